//! The members that are read of a transaction, a span of the first format, and a metric.
//!
//! Most of an envelope is data of spans and attributes of metrics. The index needs little of them, so with `ALL` false
//! they are skipped without being built. A test compares what the index gets with what it gets from everything.
//!
//! A member of an unexpected type counts as absent, and of two members with one name the last counts.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use reelscope_page_api::telemetry::Named;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::content_hash::hashed;

/// Members that the index needs of the data of a transaction.
const TRACE_DATA: &[&str] = &["currency", "stake.status", "url.full"];
/// Members that it needs of the data of a span within a transaction.
const SPAN_DATA: &[&str] = &[
    "peer.service",
    "server.address",
    "net.peer.name",
    "url.full",
    "http.url",
    "url",
    "user.id",
];

/// An object whose members are known.
pub(crate) trait Members: Default {
    /// Reads the value of the member `name`, which is the next value of `map`.
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error>;
}

/// Defines an object by its members, each with the name in JSON; [`Value::Null`] is an absent value.
macro_rules! members {
    ($(#[$about:meta])* $object:ident { $($field:ident: $type:ty = $name:pat,)* }) => {
        $(#[$about])*
        #[derive(Default)]
        pub(crate) struct $object<const ALL: bool> {
            $(pub(crate) $field: $type,)*
        }

        impl<const ALL: bool> Members for $object<ALL> {
            fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
                match name {
                    $($name => self.$field = map.next_value()?,)*
                    _ => drop(map.next_value::<IgnoredAny>()?),
                }
                Ok(())
            }
        }
    };
}

members! {
    /// A transaction.
    Transaction {
        name: Value = "transaction",
        start: Value = "start_timestamp",
        end: Value = "timestamp",
        release: Value = "release",
        environment: Value = "environment",
        server_name: Value = "server_name",
        user: Value = "user",
        tags: Value = "tags",
        measurements: Value = "measurements",
        contexts: Object<Contexts<ALL>> = "contexts",
        spans: Elements<Span<ALL>> = "spans",
        dist: Detail<ALL> = "dist",
        platform: Detail<ALL> = "platform",
        sdk: Detail<ALL> = "sdk",
        unreadable: Value = crate::envelope::lenient::UNREADABLE,
    }
}

members! {
    /// The trace context, which describes the span of a transaction.
    TraceContext {
        trace_id: Value = "trace_id",
        span_id: Value = "span_id",
        parent: Value = "parent_span_id",
        op: Value = "op",
        status: Value = "status",
        data: Data<ALL, true> = "data",
    }
}

members! {
    /// A span of the first format, within a transaction or alone.
    Span {
        trace_id: Value = "trace_id",
        span_id: Value = "span_id",
        parent: Value = "parent_span_id",
        op: Value = "op",
        status: Value = "status",
        description: Value = "description",
        start: Value = "start_timestamp",
        end: Value = "timestamp",
        tags: Value = "tags",
        measurements: Value = "measurements",
        data: Data<ALL, false> = "data",
        // These are of one that is alone.
        release: Value = "release",
        environment: Value = "environment",
        server_name: Value = "server_name",
        user: Value = "user",
        unreadable: Value = crate::envelope::lenient::UNREADABLE,
    }
}

members! {
    /// A metric, or a container of metrics.
    Metric {
        items: Elements<Metric<ALL>> = "items",
        at: Value = "timestamp",
        trace_id: Value = "trace_id",
        name: Value = "name",
        value: Value = "value",
        unit: Value = "unit",
        kind: Value = "type",
        attributes: Attributes<ALL> = "attributes",
        unreadable: Value = crate::envelope::lenient::UNREADABLE,
    }
}

members! {
    /// Members that are needed of the attributes of a metric, each `{"value": …, "type": …}`.
    MetricAttributes {
        service: Value = "service.name",
        release: Value = "sentry.release",
    }
}

/// The attributes of a metric.
#[derive(Default)]
pub(crate) struct Attributes<const ALL: bool> {
    pub(crate) known: MetricAttributes<ALL>,
    /// Hash of all of them, as they were sent.
    pub(crate) hash: u64,
}

impl<'de, const ALL: bool> Deserialize<'de> for Attributes<ALL> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let Object(known) = serde_json::from_str(raw).map_err(serde::de::Error::custom)?;
        Ok(Self {
            known: known.unwrap_or_default(),
            hash: hashed(raw),
        })
    }
}

/// The contexts of a transaction.
#[derive(Default)]
pub(crate) struct Contexts<const ALL: bool> {
    pub(crate) trace: Object<TraceContext<ALL>>,
    /// The others.
    pub(crate) others: Named<Value>,
}

impl<const ALL: bool> Members for Contexts<ALL> {
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        if name == "trace" {
            self.trace = map.next_value()?;
        } else if let Detail(Some(context)) = map.next_value::<Detail<ALL>>()? {
            self.others.insert(name.to_owned(), context);
        }
        Ok(())
    }
}

/// A value that the index does not need.
#[derive(Default)]
pub(crate) struct Detail<const ALL: bool>(pub(crate) Option<Value>);

impl<'de, const ALL: bool> Deserialize<'de> for Detail<ALL> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(if ALL {
            Some(Value::deserialize(deserializer)?)
        } else {
            IgnoredAny::deserialize(deserializer)?;
            None
        }))
    }
}

/// The data of a span.
#[derive(Default)]
pub(crate) struct Data<const ALL: bool, const OF_TRANSACTION: bool> {
    pub(crate) members: Named<Value>,
    /// All of it as JSON, for the index.
    pub(crate) raw: Option<String>,
}

impl<'de, const ALL: bool, const OF_TRANSACTION: bool> Deserialize<'de> for Data<ALL, OF_TRANSACTION> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let needed = if OF_TRANSACTION { TRACE_DATA } else { SPAN_DATA };
        if ALL {
            let Object(members) = Object::<AnyMembers>::deserialize(deserializer)?;
            let AnyMembers(members) = members.unwrap_or_default();
            return Ok(Self { members, raw: None });
        }
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        if !raw.starts_with('{') {
            return Ok(Self::default());
        }
        // A quick search, before all of it is parsed. A name may be escaped.
        let is_in = |name: &&str| memchr::memmem::find(raw.as_bytes(), name.as_bytes()).is_some();
        let mut members = Named::new();
        if raw.contains('\\') || needed.iter().any(is_in) {
            AnyMembers(members) = serde_json::from_str::<Object<AnyMembers>>(raw)
                .map_err(serde::de::Error::custom)?
                .0
                .unwrap_or_default();
            members.retain(|name, _| needed.contains(&name.as_str()));
        }
        let raw = Some(raw.to_owned());
        Ok(Self { members, raw })
    }
}

/// An object with any members.
#[derive(Default)]
struct AnyMembers(Named<Value>);

impl Members for AnyMembers {
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        self.0.insert(name.to_owned(), map.next_value()?);
        Ok(())
    }
}

/// An object; `None` where there is something else.
pub(crate) struct Object<T>(pub(crate) Option<T>);

/// The elements of an array, `None` for those that are no objects; `None` where there is something else.
pub(crate) struct Elements<T>(pub(crate) Option<Vec<Option<T>>>);

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Default for Elements<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Members> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = deserializer.deserialize_any(Lenient(PhantomData))?;
        Ok(Self(match read {
            Read::Object(object) => Some(object),
            Read::Elements(_) | Read::Other => None,
        }))
    }
}

impl<'de, T: Members> Deserialize<'de> for Elements<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = deserializer.deserialize_any(Lenient(PhantomData))?;
        Ok(Self(match read {
            Read::Elements(elements) => Some(elements),
            Read::Object(_) | Read::Other => None,
        }))
    }
}

/// Any JSON value.
enum Read<T> {
    Object(T),
    Elements(Vec<Option<T>>),
    Other,
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Takes any JSON value.
struct Lenient<T>(PhantomData<T>);

impl<'de, T: Members> Visitor<'de> for Lenient<T> {
    type Value = Read<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Read<T>, A::Error> {
        let mut object = T::default();
        while let Some(Name(name)) = map.next_key()? {
            object.read(&name, &mut map)?;
        }
        Ok(Read::Object(object))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Read<T>, A::Error> {
        let mut elements = Vec::new();
        while let Some(Object(element)) = seq.next_element()? {
            elements.push(element);
        }
        Ok(Read::Elements(elements))
    }

    fn visit_str<E>(self, _: &str) -> Result<Read<T>, E> {
        Ok(Read::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Read<T>, E> {
        Ok(Read::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Read<T>, E> {
        Ok(Read::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Read<T>, E> {
        Ok(Read::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Read<T>, E> {
        Ok(Read::Other)
    }

    fn visit_unit<E>(self) -> Result<Read<T>, E> {
        Ok(Read::Other)
    }
}
