//! Reads only those members of a payload that the index needs.
//!
//! Data of spans and attributes of metrics are most of an envelope, and the index keeps little of them, so they are
//! skipped without being built. A test compares the result with that of [`crate::facts::read`].

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::item_type::ItemType;
use crate::lenient::UNREADABLE;

/// Member of a span's data that holds all of the data as JSON.
pub(crate) const RAW: &str = "reelscope.raw";

/// Members that are needed of the data of a transaction.
const TRACE_DATA: [&str; 2] = ["currency", "url.full"];
/// Members that are needed of the data of a span within a transaction.
const SPAN_DATA: [&str; 3] = ["peer.service", "server.address", "user.id"];

/// The part of the payload that is being parsed. The elements of an array belong to the part of the array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonSection {
    Transaction,
    Contexts,
    TraceContext,
    Spans,
    /// Data of a transaction.
    TraceData,
    /// Data of a span within a transaction.
    SpanData,
    Metrics,
    Attributes,
    /// Everything is needed.
    Everything,
}

impl JsonSection {
    /// The part that the payload of an item is.
    pub(crate) fn of(item_type: &ItemType) -> Self {
        match item_type {
            ItemType::Transaction => Self::Transaction,
            ItemType::TraceMetric => Self::Metrics,
            _ => Self::Everything,
        }
    }

    /// The part that a member is, if the index needs it.
    fn member(self, name: &str) -> Option<Self> {
        let wanted = |names: &[&str]| names.contains(&name).then_some(Self::Everything);
        match self {
            Self::Everything => Some(Self::Everything),
            Self::Transaction => match name {
                "spans" => Some(Self::Spans),
                "contexts" => Some(Self::Contexts),
                _ => wanted(&[
                    "transaction",
                    "start_timestamp",
                    "timestamp",
                    "tags",
                    "measurements",
                    "release",
                    "environment",
                    "server_name",
                    "user",
                ]),
            },
            Self::Contexts => (name == "trace").then_some(Self::TraceContext),
            Self::TraceContext if name == "data" => Some(Self::TraceData),
            Self::TraceContext => Some(Self::Everything),
            Self::Spans if name == "data" => Some(Self::SpanData),
            Self::Spans => Some(Self::Everything),
            Self::TraceData => wanted(&TRACE_DATA),
            Self::SpanData => wanted(&SPAN_DATA),
            // A container of metrics, or one metric.
            Self::Metrics => match name {
                "items" => Some(Self::Metrics),
                "attributes" => Some(Self::Attributes),
                _ => wanted(&[
                    "timestamp",
                    "trace_id",
                    "name",
                    "value",
                    "unit",
                    "type",
                    UNREADABLE,
                ]),
            },
            // Parameters of a template that is the body of a log.
            Self::Attributes if name.starts_with("sentry.message.") => Some(Self::Everything),
            Self::Attributes => wanted(&["sentry.release", "service.name"]),
        }
    }
}

impl JsonSection {
    /// Whether the data may have a member that is needed: a quick search, before all of it is parsed.
    fn may_be_in(self, data: &str) -> bool {
        let has = |name: &&str| memchr::memmem::find(data.as_bytes(), name.as_bytes()).is_some();
        // A name may be escaped.
        data.contains('\\')
            || match self {
                Self::TraceData => TRACE_DATA.iter().any(has),
                _ => SPAN_DATA.iter().any(has),
            }
    }
}

/// Parses the members of a payload that are needed.
///
/// # Errors
/// The payload is not JSON, or no object.
pub(crate) fn read(place: JsonSection, payload: &[u8]) -> Result<Map<String, Value>, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_slice(payload);
    let value = place.deserialize(&mut json)?;
    json.end()?;
    match value {
        Value::Object(members) => Ok(members),
        other => serde_json::from_value(other),
    }
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> DeserializeSeed<'de> for JsonSection {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self {
            Self::Everything => Value::deserialize(deserializer),
            Self::TraceData | Self::SpanData => {
                let raw = <&RawValue>::deserialize(deserializer)?.get();
                let mut value = if raw.starts_with('{') && !self.may_be_in(raw) {
                    Value::Object(Map::new())
                } else {
                    serde_json::Deserializer::from_str(raw)
                        .deserialize_any(self)
                        .map_err(serde::de::Error::custom)?
                };
                if let Value::Object(members) = &mut value {
                    members.insert(RAW.to_owned(), Value::from(raw));
                }
                Ok(value)
            }
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for JsonSection {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(Name(name)) = map.next_key()? {
            match self.member(&name) {
                Some(place) => {
                    let value = map.next_value_seed(place)?;
                    members.insert(name.into_owned(), value);
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Value::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element_seed(self)? {
            elements.push(element);
        }
        Ok(Value::Array(elements))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::from(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
}
