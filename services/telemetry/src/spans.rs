//! Spans of a transaction: those that a thread is within, and what is recorded of each.
//!
//! The fields `sentry.op`, `sentry.name` and `sentry.status` set operation, name and status of a span; all other fields
//! are its data. The JSON is Sentry's span within a transaction
//! (<https://develop.sentry.dev/sdk/foundations/transport/event-payloads/span/>).

use std::cell::RefCell;
use std::fmt::{self, Debug, Display, Write as _};
use std::time::SystemTime;

use sentry::protocol::SpanId;
use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};
use tracing::field::{Field, Visit};
use tracing::{Metadata, span};

/// Field with the operation of a span.
const OP: &str = "sentry.op";
/// Field with the name of a span.
const NAME: &str = "sentry.name";
/// Field with the outcome of a span, one of Sentry's span statuses.
pub(crate) const STATUS: &str = "sentry.status";
/// Crates that carry calls and queries for all services. Spans opened there get no code location, because it would
/// not tell which service called.
const CARRIERS: [&str; 2] = ["reelscope_telemetry", "reelscope_store"];

/// The id of a span as a number, because the SDK writes each digit of its own type into a string, at each use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Id(u64);

impl Id {
    fn random() -> Self {
        Self(rand::random())
    }

    /// Reads the 16 hexadecimal digits of the SDK.
    pub(crate) fn parse(digits: &str) -> Self {
        Self(u64::from_str_radix(digits, 16).unwrap_or_default())
    }
}

impl From<Id> for SpanId {
    fn from(id: Id) -> Self {
        id.0.to_be_bytes().into()
    }
}

impl Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The identity of a span that a thread is within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenSpan {
    pub(crate) id: Id,
    pub(crate) parent: Id,
    /// Id of the transaction that the span belongs to.
    work: Id,
}

thread_local! {
    /// The spans that this thread is within; the innermost is last.
    static OPEN: RefCell<Vec<(span::Id, OpenSpan)>> = const { RefCell::new(Vec::new()) };
}

/// The innermost open span of the running thread, if it belongs to the transaction `work`.
pub(crate) fn open_in(work: Id) -> Option<OpenSpan> {
    // The thread-local is gone while a thread ends.
    let innermost = OPEN.try_with(|open| open.borrow().last().map(|(_, span)| *span));
    innermost.ok().flatten().filter(|span| span.work == work)
}

/// Notes that the running thread is within a span, named as in `tracing`.
pub(crate) fn enter(id: &span::Id, span: OpenSpan) {
    let _ = OPEN.try_with(|open| open.borrow_mut().push((id.clone(), span)));
}

/// Notes that the running thread has left a span.
pub(crate) fn exit(id: &span::Id) {
    let _ = OPEN.try_with(|open| {
        let mut open = open.borrow_mut();
        if let Some(at) = open.iter().rposition(|(entered, _)| entered == id) {
            open.remove(at);
        }
    });
}

/// What is recorded of a span.
pub(crate) struct Recorded {
    id: Id,
    parent: Id,
    op: Option<String>,
    name: Option<String>,
    status: Option<String>,
    started: SystemTime,
    ended: SystemTime,
    metadata: &'static Metadata<'static>,
    fields: Vec<(&'static str, Value)>,
}

#[derive(Debug, PartialEq, Serialize)]
#[serde(untagged)]
enum Value {
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    Bool(bool),
    Text(String),
}

impl Recorded {
    /// A span of the transaction `work` that begins now. Its parent is the innermost one of the running thread.
    pub(crate) fn begin(attributes: &span::Attributes<'_>, work: Id) -> Self {
        let started = SystemTime::now();
        let metadata = attributes.metadata();
        let mut span = Self {
            id: Id::random(),
            parent: open_in(work).map_or(work, |open| open.id),
            op: None,
            name: None,
            status: None,
            started,
            ended: started,
            metadata,
            fields: Vec::with_capacity(metadata.fields().len()),
        };
        attributes.record(&mut span);
        span
    }

    /// The identity of the span, which belongs to the transaction `work`.
    pub(crate) fn identity(&self, work: Id) -> OpenSpan {
        OpenSpan {
            id: self.id,
            parent: self.parent,
            work,
        }
    }

    /// Ends the span now.
    pub(crate) fn end(&mut self) {
        self.ended = SystemTime::now();
    }

    fn set(&mut self, field: &Field, value: Value) {
        let place = match (field.name(), value) {
            (OP, Value::Text(op)) => return self.op = Some(op),
            (NAME, Value::Text(name)) => return self.name = Some(name),
            (STATUS, Value::Text(status)) => return self.status = Some(status),
            (name, value) => (name, value),
        };
        match self.fields.iter_mut().find(|(name, _)| *name == place.0) {
            Some(known) => *known = place,
            None => self.fields.push(place),
        }
    }

    /// Returns the span as an element of a transaction's `spans`.
    pub(crate) fn within<'a>(&'a self, trace_id: &'a str) -> impl Serialize + 'a {
        Line { span: self, trace_id }
    }
}

impl Visit for Recorded {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, Value::Signed(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, Value::Unsigned(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, Value::Bool(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, Value::Float(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, Value::Text(value.to_owned()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut text = String::new();
        // Writing to memory cannot fail; where the value's own `Debug` fails, what it wrote so far is kept.
        let _ = write!(text, "{value:?}");
        self.set(field, Value::Text(text));
    }
}

struct Line<'a> {
    span: &'a Recorded,
    trace_id: &'a str,
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let span = self.span;
        let mut line = serializer.serialize_struct("Span", 9)?;
        line.serialize_field("span_id", &span.id)?;
        line.serialize_field("trace_id", self.trace_id)?;
        line.serialize_field("parent_span_id", &span.parent)?;
        match &span.op {
            Some(op) => line.serialize_field("op", op)?,
            None => line.serialize_field("op", span.metadata.name())?,
        }
        let name = span.name.as_deref().unwrap_or_else(|| span.metadata.name());
        line.serialize_field("description", name)?;
        line.serialize_field("start_timestamp", &seconds(span.started))?;
        line.serialize_field("timestamp", &seconds(span.ended))?;
        if let Some(status) = &span.status {
            line.serialize_field("status", status)?;
        }
        line.serialize_field("data", &Data(span))?;
        line.end()
    }
}

/// The fields of a span, and the location in the code where it was opened.
struct Data<'a>(&'a Recorded);

impl Serialize for Data<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut data = serializer.serialize_map(None)?;
        for (name, value) in &self.0.fields {
            data.serialize_entry(name, value)?;
        }
        let metadata = self.0.metadata;
        let module = metadata.module_path().unwrap_or_default();
        if !CARRIERS.iter().any(|carrier| module.starts_with(carrier)) {
            data.serialize_entry("code.module.name", module)?;
            if let Some(file) = metadata.file() {
                data.serialize_entry("code.file.path", file)?;
            }
            if let Some(line) = metadata.line() {
                data.serialize_entry("code.line.number", &line)?;
            }
        }
        data.end()
    }
}

/// Converts a time to seconds since 1970, Sentry's format.
pub(crate) fn seconds(at: SystemTime) -> f64 {
    at.duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64())
}
