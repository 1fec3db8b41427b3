//! The content of an envelope, item by item, in the viewer's types.
//!
//! Nothing here fails: a member of an unexpected type counts as absent, and an oddity records it where that
//! matters. Source: <https://develop.sentry.dev/sdk/foundations/transport/event-payloads/> and the pages on spans,
//! logs and metrics beside it.

use reelscope_page_api::telemetry::{ErrorEvent, LogLine, MeasurementPoint, Micros, Named, Span};
use serde_json::Value;

mod counted;
pub(crate) mod error;
mod json;
mod message;
mod skim;
mod span;
mod time;
mod waits;

use crate::bounds;
use crate::envelope::item_type::{Content, Counted, Indexed, Payload};
use crate::envelope::lenient;
use crate::envelope::{Envelope, Item, TraceHeader, format_id, is_container};
use crate::log::Entry;
use crate::service;
#[cfg(any(fuzzing, test))]
use crate::slot::EXTERNAL;
pub(crate) use counted::{Counts, LOST, SESSIONS};
use json::{Object, as_id, as_name, as_number, as_span_id, attributes, id, name, readable};
use message::{Params, filled};
use skim::{Attributes, Metric, Transaction};
use time::Clock;
pub(crate) use time::{MISSING_TIME, is_without_length};

/// The oddity of an item that cannot be read.
const UNREADABLE_ITEM: &str = "unreadable_item";

/// A transaction or a standalone span, with what it tells about its trace.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SpanFact {
    pub(crate) trace_id: u128,
    pub(crate) span: Span,
    pub(crate) release: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) player: Option<String>,
    /// Currency of its amounts, an ISO 4217 code from its data.
    pub(crate) currency: Option<String>,
    /// Sample rate of its trace; `None` where it is unknown, or where all or none are recorded.
    pub(crate) sample_rate: Option<f64>,
    /// All of its data as JSON; only when read by [`skim()`].
    pub(crate) attributes: Option<String>,
    /// Hash that identifies its transaction within the envelope.
    segment: u64,
    /// Time that a transaction waited for outgoing HTTP requests, in microseconds; overlapping requests count once.
    pub(crate) waiting_us: Micros,
}

/// An item that is listed with its content.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Listed {
    /// Type, as in its header.
    pub(crate) item_type: String,
    /// Trace id of its envelope.
    pub(crate) trace_id: Option<u128>,
    /// Size of its payload in bytes.
    pub(crate) bytes: u64,
    /// The payload; `None` where it is no text, or longer than [`MOST_CONTENT`].
    pub(crate) content: Option<String>,
}

/// Limit of a listed payload in bytes; the envelope keeps the whole.
const MOST_CONTENT: usize = 16 * 1024;

impl Listed {
    fn of(item: &Item<'_>, trace_id: Option<u128>) -> Self {
        let item_type = &item.header.item_type;
        let is_content = item_type.payload() != Payload::Bytes && item.payload.len() <= MOST_CONTENT;
        Self {
            item_type: bounds::cut(item_type.as_str(), bounds::KIND),
            trace_id,
            bytes: item.payload.len() as u64,
            content: is_content.then(|| String::from_utf8_lossy(item.payload).into_owned()),
        }
    }
}

/// A log line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LogFact {
    pub(crate) trace_id: Option<u128>,
    pub(crate) line: LogLine,
    /// Its time as it was sent, see [`time::Clock::told`]: the same whenever the envelope comes.
    pub(crate) told_us: Micros,
}

/// A metric.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MetricFact {
    pub(crate) point: MeasurementPoint,
    /// Its time as it was sent, see [`time::Clock::told`]: the same whenever the envelope comes.
    pub(crate) told_us: Micros,
    /// Hash of all of its attributes as they were sent.
    pub(crate) attributes: u64,
}

/// The content of an envelope.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Facts {
    pub(crate) spans: Vec<SpanFact>,
    pub(crate) errors: Vec<ErrorEvent>,
    pub(crate) logs: Vec<LogFact>,
    pub(crate) metrics: Vec<MetricFact>,
    pub(crate) listed: Vec<Listed>,
    /// Sessions, and what SDKs report as lost.
    pub(crate) counts: Vec<Counts>,
    /// Sample rate of the trace of this envelope, 0 to 1, if its header has it.
    pub(crate) sample_rate: Option<f64>,
    /// What could not be read.
    pub(crate) oddities: Vec<&'static str>,
}

impl Facts {
    /// Splits the content into pieces of about `most` elements, so that other writers get their turn between them.
    pub(crate) fn pieces(self, most: usize) -> Vec<Self> {
        if self.elements() <= most {
            return vec![self];
        }
        // All fields by name: the compiler asks where a new one goes.
        let Self {
            spans,
            errors,
            logs,
            metrics,
            listed,
            counts,
            sample_rate,
            oddities,
        } = self;
        let mut pieces = vec![Self {
            counts,
            sample_rate,
            oddities,
            ..Self::default()
        }];
        for fact in spans {
            last_of(&mut pieces, most, sample_rate).spans.push(fact);
        }
        for error in errors {
            last_of(&mut pieces, most, sample_rate).errors.push(error);
        }
        for log in logs {
            last_of(&mut pieces, most, sample_rate).logs.push(log);
        }
        for metric in metrics {
            last_of(&mut pieces, most, sample_rate).metrics.push(metric);
        }
        for item in listed {
            last_of(&mut pieces, most, sample_rate).listed.push(item);
        }
        pieces
    }

    /// Number of elements, besides logs, that a page shows.
    fn shown(&self) -> usize {
        self.spans.len() + self.errors.len() + self.metrics.len()
    }

    /// Number of rows that it becomes.
    pub(crate) fn elements(&self) -> usize {
        // By name, so that a field that is new does not compile before it is decided whether it has rows.
        let Self {
            spans,
            errors,
            logs,
            metrics,
            listed,
            counts: _,
            sample_rate: _,
            oddities: _,
        } = self;
        spans.len() + errors.len() + logs.len() + metrics.len() + listed.len()
    }
}

/// Returns the last piece, or a new one where that is full.
fn last_of(pieces: &mut Vec<Facts>, most: usize, sample_rate: Option<f64>) -> &mut Facts {
    if pieces.last().is_none_or(|last| last.elements() >= most) {
        pieces.push(Facts {
            sample_rate,
            ..Facts::default()
        });
    }
    let last = pieces.len() - 1;
    &mut pieces[last]
}

/// The origin of an envelope.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    /// Number of the envelope.
    pub(crate) seq: u64,
    /// The slot that it was captured in.
    pub(crate) slot: &'a str,
    /// Time of its arrival.
    pub(crate) received_us: Micros,
}

impl<'a> Source<'a> {
    pub(crate) fn of(entry: &'a Entry) -> Self {
        Self {
            seq: entry.seq,
            slot: &entry.slot,
            received_us: entry.received_at.saturating_mul(1_000),
        }
    }

    /// An origin for tests: from outside.
    #[cfg(any(fuzzing, test))]
    pub(crate) const fn external(seq: u64) -> Self {
        Self::at(seq, EXTERNAL)
    }

    /// An origin for tests: this slot, in November 2025.
    #[cfg(any(fuzzing, test))]
    pub(crate) const fn at(seq: u64, slot: &'a str) -> Self {
        Self {
            seq,
            slot,
            received_us: 1_764_000_000_000_000,
        }
    }
}

/// Reads the content of an envelope.
pub(crate) fn read(source: Source<'_>, envelope: &Envelope<'_>) -> Facts {
    read_items::<true>(source, envelope)
}

/// Reads the content that the index keeps: as [`read`], but without most data and attributes of spans and metrics.
pub(crate) fn skim(source: Source<'_>, envelope: &Envelope<'_>) -> Facts {
    read_items::<false>(source, envelope)
}

fn read_items<const ALL: bool>(source: Source<'_>, envelope: &Envelope<'_>) -> Facts {
    let head = envelope.header.trace.as_ref();
    let mut facts = Facts {
        sample_rate: head.and_then(TraceHeader::sample_rate),
        ..Facts::default()
    };
    let context = EnvelopeContext {
        source,
        clock: Clock::of(source, envelope.header.sent_at.as_deref().and_then(time::sent_at)),
        trace_id: envelope.trace_id,
        event_id: envelope.event_id().filter(|_| {
            let is_error =
                |item: &&Item<'_>| matches!(item.header.item_type.indexed(), Indexed::Read(Content::Error));
            envelope.items.iter().filter(is_error).count() == 1
        }),
        sent_at: envelope.header.sent_at.as_deref(),
    };
    for item in &envelope.items {
        let indexed = item.header.item_type.indexed();
        let before = (facts.shown(), facts.logs.len(), facts.oddities.len());
        let taken = match indexed {
            Indexed::Read(content) => take::<ALL>(&mut facts, context, item, content),
            Indexed::Counted(counted) => count(&mut facts, context, item, counted),
            Indexed::Listed => Some(()),
        };
        if taken.is_none() {
            facts.oddities.push(UNREADABLE_ITEM);
        }
        // What has no page of its own is listed; so is what could be put on none, which has a word why.
        let (shown, logs, oddities) = before;
        let is_shown = facts.shown() > shown || facts.logs[logs..].iter().any(|log| log.trace_id.is_some());
        let is_read = matches!(indexed, Indexed::Read(_));
        if !is_read || (!is_shown && facts.oddities.len() > oddities) {
            facts.listed.push(Listed::of(item, envelope.trace_id));
        }
    }
    waits::note(&mut facts.spans);
    // Where all or none are recorded, each recorded trace stands for itself.
    let some = facts.sample_rate.filter(|rate| *rate > 0.0 && *rate < 1.0);
    for fact in &mut facts.spans {
        fact.sample_rate = some;
    }
    facts
}

/// Properties of the whole envelope.
#[derive(Clone, Copy)]
struct EnvelopeContext<'a> {
    source: Source<'a>,
    clock: Clock,
    /// Trace id of the envelope, for items whose own cannot be read.
    trace_id: Option<u128>,
    /// Id of the only event of the envelope, by its header; as in Relay it comes before that in the payload.
    event_id: Option<u128>,
    /// Time of sending in its header.
    sent_at: Option<&'a str>,
}

/// Returns the elements of a container that are objects, or the item itself; notes whether some could not be read.
fn sound_elements<'a>(facts: &mut Facts, payload: &'a Object) -> Vec<&'a Object> {
    let Some(items) = payload.get("items").and_then(Value::as_array) else {
        return vec![payload];
    };
    let objects: Vec<_> = items.iter().filter_map(Value::as_object).collect();
    if objects.len() < items.len() || objects.iter().any(|e| lenient::unreadable(e).is_some()) {
        facts.oddities.push(UNREADABLE_ITEM);
    }
    objects
}

/// Takes the content of an item; `None` where it is no object.
fn take<const ALL: bool>(
    facts: &mut Facts,
    context: EnvelopeContext<'_>,
    item: &Item<'_>,
    content: Content,
) -> Option<()> {
    let EnvelopeContext { source, clock, .. } = context;
    match content {
        Content::Transaction => span::transaction(facts, source, clock, object::<Transaction<ALL>>(item)?),
        Content::Spans if !is_container(item) => span::alone(facts, source, clock, object(item)?),
        Content::Spans => {
            let payload = lenient::read(item.payload).ok()?;
            let list = sound_elements(facts, &payload);
            span::spans_v2(facts, source, clock, &list);
        }
        Content::Metrics => metrics(facts, source, clock, object::<Metric<ALL>>(item)?),
        Content::Error => {
            let payload = lenient::read(item.payload).ok()?;
            sound_elements(facts, &payload);
            let mut event = error::event(source, clock, &payload);
            if let Some(id) = context.event_id {
                event.event_id = format_id(id);
            }
            facts.errors.push(event);
        }
        Content::Logs => logs(facts, context, &lenient::read(item.payload).ok()?),
    }
    Some(())
}

fn logs(facts: &mut Facts, context: EnvelopeContext<'_>, payload: &Object) {
    for log in sound_elements(facts, payload) {
        let line = log_line(context.source, context.clock, log);
        let of_envelope = || context.trace_id.filter(|_| lenient::unreadable(log).is_some());
        let trace_id = id(log, "trace_id").or_else(of_envelope);
        if trace_id.is_none() {
            facts.oddities.push("log_without_trace");
        }
        facts.logs.push(LogFact {
            trace_id,
            line,
            told_us: context.clock.told(log.get("timestamp")),
        });
    }
}

/// Counts an item; `None` where it is no object.
fn count(facts: &mut Facts, context: EnvelopeContext<'_>, item: &Item<'_>, counted: Counted) -> Option<()> {
    let payload = lenient::read(item.payload).ok()?;
    sound_elements(facts, &payload);
    facts
        .counts
        .extend(counted::counts(context.sent_at, item, counted, &payload));
    Some(())
}

/// Reads the payload of an item; `None` where it is no object.
fn object<T: skim::Members>(item: &Item<'_>) -> Option<T> {
    lenient::read::<skim::Object<T>>(item.payload).ok()?.0
}

/// Takes a metric, or those of a container.
fn metrics<const ALL: bool>(facts: &mut Facts, source: Source<'_>, clock: Clock, mut payload: Metric<ALL>) {
    let list = match payload.items.0.take() {
        Some(list) => {
            let is_sound =
                |metric: &Option<Metric<ALL>>| metric.as_ref().is_some_and(|of| of.unreadable.is_null());
            if !list.iter().all(is_sound) {
                facts.oddities.push(UNREADABLE_ITEM);
            }
            list
        }
        None => vec![Some(payload)],
    };
    for metric in list.into_iter().flatten() {
        match point(source, clock, metric) {
            Some(point) => facts.metrics.push(point),
            None => facts.oddities.push(UNREADABLE_ITEM),
        }
    }
}

fn log_line(source: Source<'_>, clock: Clock, log: &Object) -> LogLine {
    let attributes = attributes(log);
    // Sentry calls the address of a log what it calls the name of a server in an event.
    let service = ["service.name", "server.address"]
        .iter()
        .find_map(|name| as_name(attributes.get(*name)?, bounds::SERVICE).filter(|name| !name.is_empty()));
    let span_id = log
        .get("span_id")
        .and_then(as_span_id)
        .or_else(|| as_span_id(attributes.get("sentry.trace.parent_span_id")?));
    let (at_us, time_is_received, clock_corrected) =
        clock.of_item(log.get("timestamp")).moment(log.get("timestamp"));
    let written = readable(log, "body", bounds::VALUE);
    LogLine {
        at_us,
        level: name(log, "level", bounds::WORD).unwrap_or_else(|| "info".to_owned()),
        message: if written.is_empty() {
            templated(&attributes).unwrap_or_default()
        } else {
            written
        },
        service: service::name(source.slot, service.as_deref()),
        span_id,
        time_is_received,
        clock_corrected,
        outside: false,
        attributes,
        seq: source.seq,
    }
}

/// Fills the template of a log with its parameters, which are attributes
/// (<https://develop.sentry.dev/sdk/telemetry/logs/>).
fn templated(attributes: &Named<Value>) -> Option<String> {
    let template = attributes.get("sentry.message.template")?.as_str()?;
    let named = attributes.iter().filter_map(|(name, value)| {
        let name = name.strip_prefix("sentry.message.parameter.")?;
        Some((name.to_owned(), value.clone()))
    });
    let named = Value::Object(named.collect());
    let text = Params::of(Some(&named)).map(|params| filled(template, &params));
    Some(bounds::cut(text.as_deref().unwrap_or(template), bounds::VALUE))
}

fn point<const ALL: bool>(source: Source<'_>, clock: Clock, metric: Metric<ALL>) -> Option<MetricFact> {
    let Attributes {
        known: attributes,
        hash,
    } = metric.attributes;
    let told_us = clock.told(Some(&metric.at));
    let (at_us, ..) = clock.of_item(Some(&metric.at)).moment(Some(&metric.at));
    let value = |attribute: Value| attribute.get("value").cloned().unwrap_or(attribute);
    let point = MeasurementPoint {
        at_us,
        name: as_name(&metric.name, bounds::MEASUREMENT)?,
        value: as_number(&metric.value)?,
        unit: as_name(&metric.unit, bounds::WORD).unwrap_or_else(|| "none".to_owned()),
        kind: as_name(&metric.kind, bounds::WORD).unwrap_or_else(|| "gauge".to_owned()),
        trace_id: as_id(&metric.trace_id).map(format_id),
        service: service::name(source.slot, value(attributes.service).as_str()),
        release: as_name(&value(attributes.release), bounds::RELEASE),
    };
    Some(MetricFact {
        point,
        told_us,
        attributes: hash,
    })
}

/// Returns the service that recorded a payload with these tags.
fn service_of(slot: &str, tags: &Named<String>, server_name: &Value) -> String {
    let claimed = tags.get("service").cloned();
    let claimed = claimed.or_else(|| as_name(server_name, bounds::SERVICE));
    service::name(slot, claimed.as_deref())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
