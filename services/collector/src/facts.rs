//! What an envelope says, item by item, in the viewer's types.
//!
//! Nothing here fails: a member of another type than expected counts as absent, and the oddity says so where it
//! matters. Source: <https://develop.sentry.dev/sdk/foundations/transport/event-payloads/> and the pages on
//! spans, logs and metrics beside it.

use std::collections::BTreeMap;

use reelscope_contracts::telemetry::{
    Breadcrumb, ErrorEvent, Frame, LogLine, Measurement, MeasurementPoint, Micros, Named, Span,
};
use serde_json::{Map, Value};

use crate::collector::EXTERNAL;
use crate::envelope::{Envelope, Item, TraceHeader, format_id, is_container, parse_id};
use crate::issues;
use crate::lenient;
use crate::log::Entry;
use crate::skim::{self, Place};

/// Most frames and breadcrumbs of an event that are shown.
const MOST_LINES: usize = 200;

/// Most lines of source before a frame's, and after it.
const MOST_CONTEXT: usize = 10;
/// Longest line of source that is shown.
const MOST_LINE: usize = 300;
/// The oddity of what could not be read.
const UNREADABLE_ITEM: &str = "unreadable_item";

/// A transaction or a standalone span, with what it says about its trace.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SpanFact {
    pub(crate) trace_id: u128,
    pub(crate) span: Span,
    pub(crate) release: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) player: Option<String>,
    /// ISO 4217 code that its data name.
    pub(crate) currency: Option<String>,
    /// All its data, as JSON; only where it was skimmed.
    pub(crate) attributes: Option<String>,
}

/// Everything that an envelope says.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Facts {
    pub(crate) spans: Vec<SpanFact>,
    pub(crate) errors: Vec<ErrorEvent>,
    /// With their traces.
    pub(crate) logs: Vec<(Option<u128>, LogLine)>,
    pub(crate) metrics: Vec<MeasurementPoint>,
    pub(crate) sessions: u64,
    /// Share of traces that the head of this envelope's records, 0 to 1, if it says so.
    pub(crate) sample_rate: Option<f64>,
    /// By `reason/category`.
    pub(crate) lost: BTreeMap<String, u64>,
    /// What could not be read, by trace where that is known.
    pub(crate) oddities: Vec<&'static str>,
}

impl Facts {
    /// The same in pieces of about `most` elements, so that who takes them in can let others in between. What is said of one
    /// trace's spans stays together, since a transaction is understood with its spans.
    pub(crate) fn pieces(self, most: usize) -> Vec<Self> {
        if self.elements() <= most {
            return vec![self];
        }
        let mut pieces = vec![Self {
            sessions: self.sessions,
            sample_rate: self.sample_rate,
            lost: self.lost,
            oddities: self.oddities,
            ..Self::default()
        }];
        let mut traces: BTreeMap<u128, Vec<SpanFact>> = BTreeMap::new();
        for fact in self.spans {
            traces.entry(fact.trace_id).or_default().push(fact);
        }
        for spans in traces.into_values() {
            last_of(&mut pieces, most, self.sample_rate).spans.extend(spans);
        }
        for error in self.errors {
            last_of(&mut pieces, most, self.sample_rate).errors.push(error);
        }
        for log in self.logs {
            last_of(&mut pieces, most, self.sample_rate).logs.push(log);
        }
        for metric in self.metrics {
            last_of(&mut pieces, most, self.sample_rate).metrics.push(metric);
        }
        pieces
    }

    pub(crate) fn elements(&self) -> usize {
        self.spans.len() + self.errors.len() + self.logs.len() + self.metrics.len()
    }
}

/// The last piece, or a new one where that is full.
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

/// Where an envelope comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    /// Its number.
    pub(crate) seq: u64,
    /// The door it came through.
    pub(crate) slot: &'a str,
    /// When it came.
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

    /// One that came from outside.
    #[cfg(any(fuzzing, test))]
    pub(crate) const fn external(seq: u64) -> Self {
        Self::at(seq, EXTERNAL)
    }

    /// One that came through this door in November 2025.
    #[cfg(any(fuzzing, test))]
    pub(crate) const fn at(seq: u64, slot: &'a str) -> Self {
        Self {
            seq,
            slot,
            received_us: 1_764_000_000_000_000,
        }
    }
}

/// Reads the facts of an envelope.
pub(crate) fn read(source: Source<'_>, envelope: &Envelope<'_>) -> Facts {
    read_items(source, envelope, |item| lenient::read(item.payload))
}

/// Those that the index keeps: as [`read`], with next to no data and attributes of spans, logs and metrics.
pub(crate) fn skim(source: Source<'_>, envelope: &Envelope<'_>) -> Facts {
    read_items(source, envelope, |item| {
        let place = Place::of(&item.header.item_type);
        lenient::read_with(item.payload, |json| skim::read(place, json))
    })
}

fn read_items<'a>(
    source: Source<'_>,
    envelope: &Envelope<'a>,
    parse: impl Fn(&Item<'a>) -> Result<Map<String, Value>, serde_json::Error>,
) -> Facts {
    let head = envelope.header.trace.as_ref();
    let mut facts = Facts {
        sample_rate: head.and_then(TraceHeader::sample_rate),
        ..Facts::default()
    };
    for item in &envelope.items {
        let known = matches!(
            item.header.item_type.as_str(),
            "event"
                | "transaction"
                | "span"
                | "log"
                | "trace_metric"
                | "session"
                | "sessions"
                | "client_report"
        );
        if !known {
            continue;
        }
        match parse(item) {
            Ok(payload) => take(&mut facts, source, envelope.trace_id, item, &payload),
            Err(_) => facts.oddities.push(UNREADABLE_ITEM),
        }
    }
    facts
}

/// What an item is made of: the elements of a container, or itself. Whether some of them could not be read.
fn elements(payload: &Map<String, Value>) -> (Vec<&Map<String, Value>>, bool) {
    let Some(items) = payload.get("items").and_then(Value::as_array) else {
        return (vec![payload], false);
    };
    let objects: Vec<_> = items.iter().filter_map(Value::as_object).collect();
    let is_broken = objects.len() < items.len() || objects.iter().any(|e| lenient::unreadable(e).is_some());
    (objects, is_broken)
}

/// `trace_id` is the one that the envelope names, for what cannot be read as far as its own.
fn take(
    facts: &mut Facts,
    source: Source<'_>,
    trace_id: Option<u128>,
    item: &Item<'_>,
    payload: &Map<String, Value>,
) {
    let (list, is_broken) = elements(payload);
    if is_broken {
        facts.oddities.push(UNREADABLE_ITEM);
    }
    match item.header.item_type.as_str() {
        "event" => facts.errors.push(error_event(source, payload)),
        "transaction" => transaction(facts, source, payload),
        "span" if is_container(item) => {
            for span in list {
                span_v2(facts, source, span);
            }
        }
        "span" => {
            let context = SpanContext {
                release: text(payload, "release"),
                environment: text(payload, "environment"),
                ..SpanContext::default()
            };
            span_v1(
                facts,
                source,
                &service_of(source.slot, payload),
                payload,
                None,
                &context,
            );
        }
        "log" => {
            for log in list {
                let line = log_line(source, log);
                let of_envelope = || trace_id.filter(|_| lenient::unreadable(log).is_some());
                facts.logs.push((id(log, "trace_id").or_else(of_envelope), line));
            }
        }
        "trace_metric" => {
            for metric in list {
                match point(source, metric) {
                    Some(point) => facts.metrics.push(point),
                    None => facts.oddities.push(UNREADABLE_ITEM),
                }
            }
        }
        "session" => facts.sessions += 1,
        "sessions" => {
            let groups = payload.get("aggregates").and_then(Value::as_array);
            let counts = groups
                .into_iter()
                .flatten()
                .filter_map(Value::as_object)
                .flat_map(|group| {
                    ["exited", "errored", "abnormal", "crashed"]
                        .map(|kind| group.get(kind).and_then(Value::as_u64))
                });
            facts.sessions += counts.flatten().fold(0, u64::saturating_add);
        }
        "client_report" => {
            let lost = payload.get("discarded_events").and_then(Value::as_array);
            for entry in lost.into_iter().flatten().filter_map(Value::as_object) {
                let name = |key| text(entry, key).unwrap_or_else(|| "unknown".to_owned());
                let count = facts
                    .lost
                    .entry(format!("{}/{}", name("reason"), name("category")))
                    .or_default();
                *count = count.saturating_add(entry.get("quantity").and_then(Value::as_u64).unwrap_or(0));
            }
        }
        _ => {}
    }
}

/// What a transaction hands to the spans in it.
#[derive(Default)]
struct SpanContext {
    trace_id: Option<u128>,
    release: Option<String>,
    environment: Option<String>,
    player: Option<String>,
}

fn transaction(facts: &mut Facts, source: Source<'_>, payload: &Map<String, Value>) {
    let service = service_of(source.slot, payload);
    let nothing = Map::new();
    let trace = payload
        .get("contexts")
        .and_then(|contexts| contexts.get("trace"))
        .and_then(Value::as_object);
    let trace = trace.unwrap_or(&nothing);
    let Some(trace_id) = id(trace, "trace_id") else {
        facts.oddities.push("transaction_without_trace");
        return;
    };
    let context = SpanContext {
        trace_id: Some(trace_id),
        release: text(payload, "release"),
        environment: text(payload, "environment"),
        player: player(payload),
    };
    let mut oddities = Vec::new();
    let (start_us, end_us) = interval(payload, ["start_timestamp", "timestamp"], &mut oddities);
    let (data, attributes) = data(trace);
    let span = Span {
        span_id: text(trace, "span_id").unwrap_or_else(|| odd(&mut oddities, "missing_span_id")),
        parent_span_id: parent(trace),
        transaction: true,
        service: service.clone(),
        op: text(trace, "op").unwrap_or_else(|| "default".to_owned()),
        description: text(payload, "transaction").unwrap_or_default(),
        start_us,
        end_us,
        status: text(trace, "status").unwrap_or_else(|| "ok".to_owned()),
        data,
        tags: tags(payload),
        measurements: measurements(payload),
        oddities,
        seq: source.seq,
    };
    facts.spans.push(SpanFact {
        trace_id,
        currency: currency(&span.data),
        attributes,
        span,
        release: context.release.clone(),
        environment: context.environment.clone(),
        player: context.player.clone(),
    });
    let children = payload.get("spans").and_then(Value::as_array);
    for child in children.into_iter().flatten() {
        match child.as_object() {
            Some(child) => span_v1(facts, source, &service, child, Some(start_us), &context),
            None => facts.oddities.push(UNREADABLE_ITEM),
        }
    }
}

fn span_v1(
    facts: &mut Facts,
    source: Source<'_>,
    service: &str,
    payload: &Map<String, Value>,
    within: Option<Micros>,
    context: &SpanContext,
) {
    let Some(trace_id) = id(payload, "trace_id").or(context.trace_id) else {
        facts.oddities.push("span_without_trace");
        return;
    };
    let mut oddities = Vec::new();
    let (start_us, end_us) = interval(payload, ["start_timestamp", "timestamp"], &mut oddities);
    if within.is_some_and(|start| start_us < start) {
        oddities.push("before_its_transaction".to_owned());
    }
    let (data, attributes) = data(payload);
    let span = Span {
        span_id: text(payload, "span_id").unwrap_or_else(|| odd(&mut oddities, "missing_span_id")),
        parent_span_id: parent(payload),
        transaction: false,
        service: service.to_owned(),
        op: text(payload, "op").unwrap_or_else(|| "default".to_owned()),
        description: text(payload, "description").unwrap_or_default(),
        start_us,
        end_us,
        status: text(payload, "status").unwrap_or_else(|| "ok".to_owned()),
        data,
        tags: tags(payload),
        measurements: measurements(payload),
        oddities,
        seq: source.seq,
    };
    facts.spans.push(SpanFact {
        trace_id,
        // Within a transaction it is the transaction that names it.
        currency: within.map_or_else(|| currency(&span.data), |_| None),
        attributes,
        span,
        release: context.release.clone(),
        environment: context.environment.clone(),
        player: context.player.clone(),
    });
}

fn span_v2(facts: &mut Facts, source: Source<'_>, payload: &Map<String, Value>) {
    let Some(trace_id) = id(payload, "trace_id") else {
        facts.oddities.push("span_without_trace");
        return;
    };
    let data = attributes(payload);
    let attribute = |names: &[&str]| names.iter().find_map(|name| data.get(*name).and_then(as_text));
    let mut oddities = Vec::new();
    let (start_us, end_us) = interval(payload, ["start_timestamp", "end_timestamp"], &mut oddities);
    let span = Span {
        span_id: text(payload, "span_id").unwrap_or_else(|| odd(&mut oddities, "missing_span_id")),
        parent_span_id: parent(payload),
        transaction: payload
            .get("is_segment")
            .and_then(Value::as_bool)
            .unwrap_or(false),
        service: if source.slot == EXTERNAL {
            attribute(&["service.name", "server.address"]).unwrap_or_else(|| source.slot.to_owned())
        } else {
            source.slot.to_owned()
        },
        op: attribute(&["sentry.op"]).unwrap_or_else(|| "default".to_owned()),
        description: text(payload, "name").unwrap_or_default(),
        start_us,
        end_us,
        status: text(payload, "status").unwrap_or_else(|| "ok".to_owned()),
        tags: Named::new(),
        measurements: Named::new(),
        oddities,
        seq: source.seq,
        data: data.clone(),
    };
    facts.spans.push(SpanFact {
        trace_id,
        currency: currency(&span.data),
        attributes: serde_json::to_string(&span.data).ok(),
        span,
        release: attribute(&["sentry.release"]),
        environment: attribute(&["sentry.environment"]),
        player: attribute(&["user.id"]),
    });
}

/// The currency that data name, where it looks like a code of ISO 4217.
fn currency(data: &Named<Value>) -> Option<String> {
    let code = data.get("currency")?.as_str()?;
    let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    is_code.then(|| code.to_owned())
}

fn error_event(source: Source<'_>, payload: &Map<String, Value>) -> ErrorEvent {
    let exceptions = payload
        .get("exception")
        .map(|list| list.get("values").unwrap_or(list));
    // The last one is the one that was seen; those before it are its causes.
    let exception = exceptions
        .and_then(Value::as_array)
        .and_then(|list| list.last())
        .and_then(Value::as_object);
    let trace = payload
        .get("contexts")
        .and_then(|contexts| contexts.get("trace"))
        .and_then(Value::as_object);
    let (kind, value) = match exception {
        Some(exception) => (
            text(exception, "type").unwrap_or_else(|| "Error".to_owned()),
            readable(exception, "value"),
        ),
        None => ("message".to_owned(), message(payload)),
    };
    let frames = exception.map(frames).unwrap_or_default();
    let mut event = ErrorEvent {
        event_id: id(payload, "event_id").map(format_id).unwrap_or_default(),
        issue_id: String::new(),
        service: service_of(source.slot, payload),
        at_us: payload
            .get("timestamp")
            .and_then(micros)
            .unwrap_or(source.received_us),
        level: text(payload, "level").unwrap_or_else(|| "error".to_owned()),
        kind,
        value,
        handled: exception.and_then(|e| e.get("mechanism")?.get("handled")?.as_bool()),
        transaction: text(payload, "transaction"),
        trace_id: trace.and_then(|trace| id(trace, "trace_id")).map(format_id),
        span_id: trace.and_then(|trace| text(trace, "span_id")),
        release: text(payload, "release"),
        environment: text(payload, "environment"),
        player: player(payload),
        tags: tags(payload),
        frames,
        breadcrumbs: breadcrumbs(payload),
        seq: source.seq,
    };
    let fingerprint = payload.get("fingerprint").and_then(Value::as_array);
    let fingerprint: Vec<String> = fingerprint.into_iter().flatten().filter_map(as_text).collect();
    event.issue_id = issues::key(&fingerprint, &event);
    event
}

fn message(payload: &Map<String, Value>) -> String {
    let entry = payload.get("logentry").or_else(|| payload.get("message"));
    match entry {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Object(entry)) => text(entry, "formatted")
            .or_else(|| text(entry, "message"))
            .unwrap_or_default(),
        _ => String::new(),
    }
}

fn frames(exception: &Map<String, Value>) -> Vec<Frame> {
    let frames = exception
        .get("stacktrace")
        .and_then(|trace| trace.get("frames"))
        .and_then(Value::as_array);
    // Sentry writes the innermost last.
    let innermost_first = frames
        .into_iter()
        .flatten()
        .rev()
        .filter_map(Value::as_object)
        .take(MOST_LINES);
    innermost_first
        .map(|frame| Frame {
            function: text(frame, "function").unwrap_or_else(|| "?".to_owned()),
            module: text(frame, "module"),
            file: text(frame, "filename").or_else(|| text(frame, "abs_path")),
            line: frame.get("lineno").and_then(Value::as_u64),
            in_app: frame.get("in_app").and_then(Value::as_bool).unwrap_or(false),
            context_line: text(frame, "context_line").map(|line| cut(&line)),
            pre_context: source_lines(frame, "pre_context"),
            post_context: source_lines(frame, "post_context"),
        })
        .collect()
}

/// Lines of source around a frame.
fn source_lines(frame: &Map<String, Value>, name: &str) -> Vec<String> {
    let lines = frame.get(name).and_then(Value::as_array);
    let lines = lines.into_iter().flatten().filter_map(Value::as_str);
    lines.take(MOST_CONTEXT).map(cut).collect()
}

/// A line of minified code may be as long as its file.
fn cut(line: &str) -> String {
    line.chars().take(MOST_LINE).collect()
}

fn breadcrumbs(payload: &Map<String, Value>) -> Vec<Breadcrumb> {
    let list = payload
        .get("breadcrumbs")
        .map(|list| list.get("values").unwrap_or(list));
    let list = list
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object);
    list.take(MOST_LINES)
        .map(|crumb| Breadcrumb {
            at_us: crumb.get("timestamp").and_then(micros),
            category: text(crumb, "category").unwrap_or_default(),
            level: text(crumb, "level").unwrap_or_else(|| "info".to_owned()),
            message: readable(crumb, "message"),
            data: object(crumb, "data"),
        })
        .collect()
}

fn log_line(source: Source<'_>, log: &Map<String, Value>) -> LogLine {
    let attributes = attributes(log);
    let service = attributes
        .get("service.name")
        .and_then(as_text)
        .filter(|_| source.slot == EXTERNAL);
    LogLine {
        at_us: log
            .get("timestamp")
            .and_then(micros)
            .unwrap_or(source.received_us),
        level: text(log, "level").unwrap_or_else(|| "info".to_owned()),
        message: readable(log, "body"),
        service: service.unwrap_or_else(|| source.slot.to_owned()),
        span_id: text(log, "span_id")
            .or_else(|| attributes.get("sentry.trace.parent_span_id").and_then(as_text)),
        attributes,
        seq: source.seq,
    }
}

fn point(source: Source<'_>, metric: &Map<String, Value>) -> Option<MeasurementPoint> {
    let attributes = attributes(metric);
    Some(MeasurementPoint {
        at_us: metric
            .get("timestamp")
            .and_then(micros)
            .unwrap_or(source.received_us),
        name: text(metric, "name")?,
        value: metric.get("value").and_then(Value::as_f64)?,
        unit: text(metric, "unit").unwrap_or_else(|| "none".to_owned()),
        kind: text(metric, "type").unwrap_or_else(|| "gauge".to_owned()),
        trace_id: id(metric, "trace_id").map(format_id),
        service: source.slot.to_owned(),
        release: attributes.get("sentry.release").and_then(as_text),
    })
}

/// Our own services are known by their door; others by what they call themselves.
fn service_of(slot: &str, payload: &Map<String, Value>) -> String {
    if slot != EXTERNAL {
        return slot.to_owned();
    }
    let tagged = tags(payload).remove("service");
    tagged
        .or_else(|| text(payload, "server_name"))
        .unwrap_or_else(|| slot.to_owned())
}

fn player(payload: &Map<String, Value>) -> Option<String> {
    payload
        .get("user")
        .and_then(|user| user.get("id"))
        .and_then(as_text)
}

fn parent(payload: &Map<String, Value>) -> Option<String> {
    text(payload, "parent_span_id").filter(|id| !id.is_empty())
}

/// Tags are an object, or a list of pairs.
fn tags(payload: &Map<String, Value>) -> Named<String> {
    match payload.get("tags") {
        Some(Value::Object(tags)) => tags
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), as_text(value)?)))
            .collect(),
        Some(Value::Array(pairs)) => pairs
            .iter()
            .filter_map(|pair| Some((as_text(pair.get(0)?)?, as_text(pair.get(1)?)?)))
            .collect(),
        _ => Named::new(),
    }
}

fn measurements(payload: &Map<String, Value>) -> Named<Measurement> {
    let measurements = payload
        .get("measurements")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    measurements
        .filter_map(|(name, entry)| {
            let value = entry.get("value").and_then(Value::as_f64)?;
            let unit = entry
                .get("unit")
                .and_then(Value::as_str)
                .filter(|unit| !unit.is_empty());
            Some((
                name.clone(),
                Measurement {
                    value,
                    unit: unit.unwrap_or("none").to_owned(),
                },
            ))
        })
        .collect()
}

/// The data of a span, and all of it as JSON where it was skimmed.
fn data(payload: &Map<String, Value>) -> (Named<Value>, Option<String>) {
    let mut data = object(payload, "data");
    let raw = data.remove(skim::RAW);
    (data, raw.as_ref().and_then(as_text))
}

fn object(payload: &Map<String, Value>, name: &str) -> Named<Value> {
    let object = payload.get(name).and_then(Value::as_object);
    object
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// `{"name": {"value": …, "type": …}}` without the types.
fn attributes(payload: &Map<String, Value>) -> Named<Value> {
    let attributes = payload
        .get("attributes")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    attributes
        .map(|(name, entry)| (name.clone(), entry.get("value").unwrap_or(entry).clone()))
        .collect()
}

fn interval(payload: &Map<String, Value>, names: [&str; 2], oddities: &mut Vec<String>) -> (Micros, Micros) {
    if lenient::unreadable(payload).is_some() {
        oddities.push(UNREADABLE_ITEM.to_owned());
    }
    let [start, end] = names.map(|name| payload.get(name).and_then(micros));
    let (start, end) = match (start, end) {
        (Some(start), Some(end)) => (start, end),
        (start, end) => {
            oddities.push("missing_time".to_owned());
            let known = start.or(end).unwrap_or(0);
            (known, known)
        }
    };
    if end < start {
        oddities.push("negative_duration".to_owned());
    }
    (start, end)
}

fn odd(oddities: &mut Vec<String>, word: &str) -> String {
    oddities.push(word.to_owned());
    String::new()
}

fn id(payload: &Map<String, Value>, name: &str) -> Option<u128> {
    payload
        .get(name)
        .and_then(Value::as_str)
        .and_then(parse_id)
        .filter(|id| *id != 0)
}

fn text(payload: &Map<String, Value>, name: &str) -> Option<String> {
    payload.get(name).and_then(as_text)
}

/// A text, and in its place or behind it why the rest could not be read.
fn readable(element: &Map<String, Value>, name: &str) -> String {
    match (text(element, name), lenient::unreadable(element)) {
        (Some(text), Some(reason)) => format!("{text} ({reason})"),
        (text, reason) => text.or(reason).unwrap_or_default(),
    }
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// A time as SDKs write it, seconds as a number or RFC 3339 text, in microseconds.
fn micros(value: &Value) -> Option<Micros> {
    match value {
        Value::Number(number) => number.as_f64().and_then(whole_micros),
        Value::String(text) => match text.parse::<f64>() {
            Ok(seconds) => whole_micros(seconds),
            Err(_) => rfc3339_micros(text),
        },
        _ => None,
    }
}

/// Some SDKs leave the zone out and mean UTC.
fn rfc3339_micros(text: &str) -> Option<Micros> {
    let parse = |text: &str| text.parse::<jiff::Timestamp>().ok();
    parse(text)
        .or_else(|| parse(&format!("{text}Z")))
        .map(jiff::Timestamp::as_microsecond)
}

fn whole_micros(seconds: f64) -> Option<Micros> {
    /// Beyond the year 9999 either way no clock is meant.
    const MOST: f64 = 253_402_300_800.0;
    // Rounded and bounded, so nothing is cut off.
    #[allow(clippy::cast_possible_truncation)]
    (seconds.abs() < MOST).then(|| (seconds * 1e6).round() as Micros)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::tests::Scratch;
    use proptest::prelude::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

    fn check(text: &str, expected: Option<Micros>) {
        assert_eq!(micros(&serde_json::from_str(text).unwrap()), expected, "{text}");
    }

    #[test]
    fn times_as_sdks_write_them() {
        check("1764000000.5", Some(1_764_000_000_500_000));
        check("\"1764000000.5\"", Some(1_764_000_000_500_000));
        check("\"2025-11-24T16:00:00.000001Z\"", Some(1_764_000_000_000_001));
        check("\"2025-11-24T16:00:00\"", Some(1_764_000_000_000_000));
        check("1e300", None);
        check("\"soon\"", None);
        check("null", None);
    }

    /// JSON in which the members that are looked for hold anything.
    fn anything() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            (-2.6e11_f64..2.6e11).prop_map(Value::from),
            Just(Value::from(TRACE)),
            Just(Value::from("http.client")),
            ".{0,8}".prop_map(Value::from),
        ];
        let names = [
            "contexts",
            "trace",
            "trace_id",
            "span_id",
            "parent_span_id",
            "start_timestamp",
            "timestamp",
            "end_timestamp",
            "spans",
            "items",
            "op",
            "tags",
            "measurements",
            "value",
            "exception",
            "values",
            "stacktrace",
            "frames",
            "breadcrumbs",
            "attributes",
            "fingerprint",
            "user",
            "id",
            "aggregates",
            "discarded_events",
            "quantity",
            "is_segment",
            "status",
            "data",
            "peer.service",
            "url.full",
        ];
        leaf.prop_recursive(6, 80, 12, move |inner| {
            let members =
                proptest::collection::btree_map(prop::sample::select(names.to_vec()), inner.clone(), 0..12);
            prop_oneof![
                proptest::collection::vec(inner, 0..4).prop_map(Value::from),
                members.prop_map(|members| {
                    Value::Object(
                        members
                            .into_iter()
                            .map(|(name, value)| (name.to_owned(), value))
                            .collect(),
                    )
                }),
            ]
        })
    }

    /// The text of a body, and what is shown of it; `None` where its element is broken.
    fn bodies() -> impl Strategy<Value = (Vec<u8>, Option<String>)> {
        let sound = "[a-z\u{e9}\u{1f600}\"\\\\ ]{0,8}".prop_map(|text| {
            let body = Value::from(text.as_str()).to_string().into_bytes();
            (body, Some(text))
        });
        let mended = prop_oneof![
            Just((br#""a\ud83d""#.to_vec(), "a\u{fffd}")),
            Just((br#""\udc00\ud83dz""#.to_vec(), "\u{fffd}\u{fffd}z")),
            Just((b"\"\xff\"".to_vec(), "\u{fffd}")),
            Just((b"-1e999".to_vec(), "-1e999")),
            Just((b"NaN".to_vec(), "NaN")),
        ];
        let mended = mended.prop_map(|(body, shown)| (body, Some(shown.to_owned())));
        let broken = prop_oneof![
            Just("oops"),
            Just("\"a\" \"b\""),
            Just("{\"x\"}"),
            Just("{"),
            Just("\"")
        ];
        let broken = broken.prop_map(|body| (body.as_bytes().to_vec(), None));
        prop_oneof![4 => sound, 3 => mended, 1 => broken]
    }

    proptest! {
        #[test]
        fn what_the_door_takes_is_seen_but_for_what_is_broken(
            bodies in proptest::collection::vec(bodies(), 1..12)
        ) {
            let elements: Vec<Vec<u8>> = bodies
                .iter()
                .map(|(body, _)| [format!("{{\"trace_id\":\"{TRACE}\",\"body\":").as_bytes(), body, b"}"].concat())
                .collect();
            let payload = [b"{\"items\":[".as_slice(), &elements.join(&b','), b"]}"].concat();
            let head = format!("{{}}\n{{\"type\":\"log\",\"length\":{}}}\n", payload.len());
            let bytes = [head.as_bytes(), &payload].concat();
            let envelope = Envelope::parse(&bytes).unwrap();
            match envelope.readable() {
                Err(error) => prop_assert_eq!(error.field(), "items[0].payload"),
                Ok(()) => {
                    let (found, skimmed) = (
                        read(Source::external(1), &envelope),
                        skim(Source::external(1), &envelope),
                    );
                    prop_assert_eq!(found.logs.len(), bodies.len());
                    for ((_, expected), (trace, log)) in bodies.iter().zip(&found.logs) {
                        prop_assert_eq!(*trace, parse_id(TRACE));
                        match expected {
                            Some(expected) => prop_assert_eq!(&log.message, expected),
                            None => prop_assert!(log.message.contains("unreadable: "), "{}", log.message),
                        }
                    }
                    prop_assert_eq!(&found.oddities, &skimmed.oddities);
                    prop_assert_eq!(skimmed.logs.len(), found.logs.len());
                }
            }
        }

        #[test]
        fn no_json_panics(payloads in proptest::collection::vec((0_usize..7, anything()), 1..6)) {
            let kinds = ["event", "transaction", "span", "log", "trace_metric", "sessions", "client_report"];
            let mut index = Scratch::new();
            let mut skimmed = Scratch::new();
            let mut kept = Vec::new();
            for (seq, (kind, payload)) in (1..).zip(payloads) {
                let container = if seq % 2 == 0 { ",\"content_type\":\"application/vnd.sentry.items.span.v2+json\"" } else { "" };
                let bytes = format!("{{}}\n{{\"type\":\"{}\"{container}}}\n{payload}\n", kinds[kind]).into_bytes();
                if let Ok(envelope) = Envelope::parse(&bytes) {
                    index.add(seq, read(Source::external(seq), &envelope));
                    skimmed.add(seq, skim(Source::external(seq), &envelope));
                    kept.push((Entry::external(seq), bytes));
                }
            }
            let (traces, _) = index.page(None, 100);
            for trace in traces {
                if let Some(id) = parse_id(&trace.trace_id) {
                    crate::trace::detail(id, &kept, 0);
                }
            }
            // The index is none the poorer for what it passed over.
            prop_assert_eq!(index.everything(), skimmed.everything());
        }
    }
}
