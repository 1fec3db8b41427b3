//! Records spans of the crate `tracing` for the transaction of the work that they belong to.
//!
//! This layer replaces the SDK's, which forks a hub each time a span is entered, that is at each poll of a future,
//! and copies each span when it ends. The fields `sentry.op`, `sentry.name` and `sentry.status` set operation, name
//! and status of a span; all other fields are its data. The JSON is Sentry's span within a transaction
//! (<https://develop.sentry.dev/sdk/foundations/transport/event-payloads/span/>).

use std::cell::RefCell;
use std::fmt::{Debug, Write as _};
use std::time::SystemTime;

use sentry::protocol::SpanId;
use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};
use tracing::field::{Field, Visit};
use tracing::{Metadata, Subscriber, span};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context as Registry;
use tracing_subscriber::registry::LookupSpan;

use crate::context::Context;

/// Field with the operation of a span.
const OP: &str = "sentry.op";
/// Field with the name of a span.
const NAME: &str = "sentry.name";
/// Field with the outcome of a span, one of Sentry's span statuses.
pub(crate) const STATUS: &str = "sentry.status";
/// Crates that carry calls and queries for all services. Spans opened there get no code location, because it would
/// not tell which service called.
const CARRIERS: [&str; 2] = ["reelscope_telemetry", "reelscope_store"];

/// The identity of a span that a thread is within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenSpan {
    pub(crate) id: SpanId,
    pub(crate) parent: SpanId,
    /// Span id of the transaction that the span belongs to.
    work: SpanId,
}

thread_local! {
    /// The spans that this thread is within; the innermost is last.
    static OPEN: RefCell<Vec<(span::Id, OpenSpan)>> = const { RefCell::new(Vec::new()) };
}

/// The innermost open span of the running thread, if it belongs to the transaction `work`.
pub(crate) fn open_in(work: SpanId) -> Option<OpenSpan> {
    // The thread-local is gone while a thread ends.
    let innermost = OPEN.try_with(|open| open.borrow().last().map(|(_, span)| *span));
    innermost.ok().flatten().filter(|span| span.work == work)
}

/// A span that has ended.
pub(crate) struct Recorded {
    id: SpanId,
    parent: SpanId,
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

/// A span that has not ended, stored with its `tracing` span.
struct Open {
    context: Context,
    place: OpenSpan,
    span: Recorded,
}

/// Records our own spans within a transaction. The parent of a span is the innermost one of the thread that opens
/// it, as in `tracing`.
pub(crate) struct RecordSpans;

impl<S> Layer<S> for RecordSpans
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, registry: Registry<'_, S>) {
        let context = Context::current();
        let Some(work) = context.recording() else { return };
        let Some(kept) = registry.span(id) else { return };
        let parent = open_in(work).map_or(work, |open| open.id);
        let started = SystemTime::now();
        let mut span = Recorded {
            id: SpanId::default(),
            parent,
            op: None,
            name: None,
            status: None,
            started,
            ended: started,
            metadata: attributes.metadata(),
            fields: Vec::with_capacity(attributes.metadata().fields().len()),
        };
        attributes.record(&mut span);
        let place = OpenSpan {
            id: span.id,
            parent,
            work,
        };
        kept.extensions_mut().insert(Open { context, place, span });
    }

    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, registry: Registry<'_, S>) {
        if let Some(kept) = registry.span(id)
            && let Some(open) = kept.extensions_mut().get_mut::<Open>()
        {
            values.record(&mut open.span);
        }
    }

    fn on_enter(&self, id: &span::Id, registry: Registry<'_, S>) {
        if let Some(kept) = registry.span(id)
            && let Some(open) = kept.extensions().get::<Open>()
        {
            let _ = OPEN.try_with(|spans| spans.borrow_mut().push((id.clone(), open.place)));
        }
    }

    fn on_exit(&self, id: &span::Id, _: Registry<'_, S>) {
        let _ = OPEN.try_with(|spans| {
            let mut spans = spans.borrow_mut();
            if let Some(at) = spans.iter().rposition(|(open, _)| open == id) {
                spans.remove(at);
            }
        });
    }

    fn on_close(&self, id: span::Id, registry: Registry<'_, S>) {
        if let Some(kept) = registry.span(&id)
            && let Some(mut open) = kept.extensions_mut().remove::<Open>()
        {
            open.span.ended = SystemTime::now();
            open.context.record(open.span);
        }
    }
}
