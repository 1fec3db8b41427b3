//! Transactions and spans: <https://develop.sentry.dev/sdk/telemetry/traces/>.

use std::collections::HashMap;

use reelscope_page_api::telemetry::{Micros, Named, Span};
use serde_json::Value;

use super::json::{
    Object, as_id, as_name, as_span_id, attributes, id, measurements, name, named, player, tags,
};
use super::skim::{self, Contexts, Transaction};
use super::time::Clock;
use super::{Facts, Source, SpanFact, UNREADABLE_ITEM, service_of};
use crate::bounds;
use crate::dsn::fnv1a;
use crate::envelope::lenient;
use crate::service;

/// What a transaction passes on to its spans.
#[derive(Default)]
struct Within {
    trace_id: Option<u128>,
    service: String,
    release: Option<String>,
    environment: Option<String>,
    player: Option<String>,
    start_us: Option<Micros>,
    segment: u64,
}

pub(super) fn transaction<const ALL: bool>(
    facts: &mut Facts,
    source: Source<'_>,
    clock: Clock,
    payload: Transaction<ALL>,
) {
    let Contexts { trace, others } = payload.contexts.0.unwrap_or_default();
    let trace = trace.0.unwrap_or_default();
    let Some(trace_id) = as_id(&trace.trace_id) else {
        facts.oddities.push("transaction_without_trace");
        return;
    };
    let clock = clock.of_item(Some(&payload.end));
    let mut oddities = broken(&payload.unreadable);
    let (start_us, end_us) = clock.interval([&payload.start, &payload.end], &mut oddities);
    let tags = tags(&payload.tags);
    let within = Within {
        trace_id: Some(trace_id),
        service: service_of(source.slot, &tags, &payload.server_name),
        release: as_name(&payload.release, bounds::RELEASE),
        environment: as_name(&payload.environment, bounds::ENVIRONMENT),
        player: player(&payload.user),
        start_us: Some(start_us),
        segment: facts.spans.len() as u64,
    };
    let about = [payload.dist.0, payload.platform.0, payload.sdk.0];
    let resource = resource(others, payload.server_name, about);
    let span = Span {
        span_id: span_id(&trace.span_id, &mut oddities),
        parent_span_id: parent(&trace.parent),
        transaction: true,
        service: within.service.clone(),
        op: op(as_name(&trace.op, bounds::OP)),
        description: as_name(&payload.name, bounds::TRANSACTION).unwrap_or_default(),
        start_us,
        end_us,
        status: status(&trace.status),
        data: trace.data.members,
        tags,
        measurements: measurements(&payload.measurements),
        release: within.release.clone(),
        environment: within.environment.clone(),
        player: within.player.clone(),
        user: named(payload.user),
        resource,
        oddities,
        seq: source.seq,
    };
    facts.spans.push(SpanFact {
        attributes: trace.data.raw,
        ..SpanFact::of(trace_id, within.segment, span)
    });
    for child in payload.spans.0.into_iter().flatten() {
        match child {
            Some(child) => span_v1(facts, source, clock, child, &within),
            None => facts.oddities.push(UNREADABLE_ITEM),
        }
    }
}

/// What a transaction tells about the program that recorded it, from its contexts on.
fn resource(mut resource: Named<Value>, server_name: Value, about: [Option<Value>; 3]) -> Named<Value> {
    if !server_name.is_null() {
        resource.insert("server_name".to_owned(), server_name);
    }
    let about = ["dist", "platform", "sdk"].into_iter().zip(about);
    resource.extend(about.filter_map(|(name, value)| Some((name.to_owned(), value?))));
    resource
}

/// Reads a single span of the first format, which is rare: all of it is read for the index too.
pub(super) fn alone(facts: &mut Facts, source: Source<'_>, clock: Clock, payload: skim::Span<true>) {
    let within = Within {
        service: service_of(source.slot, &tags(&payload.tags), &payload.server_name),
        release: as_name(&payload.release, bounds::RELEASE),
        environment: as_name(&payload.environment, bounds::ENVIRONMENT),
        player: player(&payload.user),
        segment: facts.spans.len() as u64,
        ..Within::default()
    };
    let clock = clock.of_item(Some(&payload.end));
    span_v1(facts, source, clock, payload, &within);
}

fn span_v1<const ALL: bool>(
    facts: &mut Facts,
    source: Source<'_>,
    clock: Clock,
    payload: skim::Span<ALL>,
    within: &Within,
) {
    let Some(trace_id) = as_id(&payload.trace_id).or(within.trace_id) else {
        facts.oddities.push("span_without_trace");
        return;
    };
    let mut oddities = broken(&payload.unreadable);
    let (start_us, end_us) = clock.interval([&payload.start, &payload.end], &mut oddities);
    if within.start_us.is_some_and(|start| start_us < start) {
        oddities.push("before_its_transaction".to_owned());
    }
    let is_alone = within.trace_id.is_none();
    let data = payload.data.members;
    let own_player = data.get("user.id").and_then(|id| as_name(id, bounds::PLAYER));
    let span = Span {
        span_id: span_id(&payload.span_id, &mut oddities),
        parent_span_id: parent(&payload.parent),
        transaction: false,
        service: within.service.clone(),
        op: op(as_name(&payload.op, bounds::OP)),
        description: as_name(&payload.description, bounds::DESCRIPTION).unwrap_or_default(),
        start_us,
        end_us,
        status: status(&payload.status),
        data,
        tags: tags(&payload.tags),
        measurements: measurements(&payload.measurements),
        // For a span of a transaction the transaction has these.
        release: within.release.clone().filter(|_| is_alone),
        environment: within.environment.clone().filter(|_| is_alone),
        player: own_player.or_else(|| within.player.clone()),
        user: if is_alone {
            named(payload.user)
        } else {
            Named::new()
        },
        resource: Named::new(),
        oddities,
        seq: source.seq,
    };
    facts.spans.push(SpanFact {
        release: within.release.clone(),
        environment: within.environment.clone(),
        attributes: payload.data.raw,
        ..SpanFact::of(trace_id, within.segment, span)
    });
}

/// Reads a container of spans of the second format.
pub(super) fn spans_v2(facts: &mut Facts, source: Source<'_>, clock: Clock, list: &[&Object]) {
    let spans: Vec<_> = list
        .iter()
        .map(|payload| (*payload, attributes(payload)))
        .collect();
    let families = Families::of(&spans);
    let services = families.services();
    let segments = families.segments();
    for (((payload, data), claimed), segment) in spans.iter().zip(services).zip(segments) {
        let service = service::name(source.slot, claimed);
        span_v2(facts, source, clock, (payload, data), service, segment);
    }
}

/// The spans of a container, each with its parent among them.
struct Families<'a> {
    spans: &'a [(&'a Object, Named<Value>)],
    above: Vec<Option<usize>>,
}

impl<'a> Families<'a> {
    fn of(spans: &'a [(&'a Object, Named<Value>)]) -> Self {
        let ids: HashMap<String, usize> = spans
            .iter()
            .enumerate()
            .filter_map(|(n, (payload, _))| Some((as_span_id(payload.get("span_id")?)?, n)))
            .collect();
        let above = spans.iter().map(|(payload, _)| {
            let names = ["parent_span_id", "segment_id"];
            let mut above = names.iter().filter_map(|name| as_span_id(payload.get(*name)?));
            above.find_map(|id| ids.get(&id)).copied()
        });
        let above = above.collect();
        Self { spans, above }
    }

    /// The service of each span. A span that names none has the service of its parent. The first span of a service
    /// may be named by the address that it answers at; in a call that address is the callee's.
    fn services(&self) -> Vec<Option<&'a str>> {
        let word = |data: &'a Named<Value>, name: &str| {
            let word = data.get(name).and_then(Value::as_str);
            word.filter(|word| !word.is_empty())
        };
        let own = self.spans.iter().map(|(payload, data)| {
            let address =
                || word(data, "server.address").filter(|_| is_segment(payload) && !is_call(payload, data));
            word(data, "service.name").or_else(address)
        });
        self.inherited(own.collect())
    }

    /// The segment of each span: the one that it names, or that of its parent.
    fn segments(&self) -> Vec<u64> {
        let own = self.spans.iter().map(|(payload, _)| {
            let name = if is_segment(payload) {
                "span_id"
            } else {
                "segment_id"
            };
            let id = payload.get(name).and_then(as_span_id);
            id.map(|id| fnv1a(id.as_bytes()))
        });
        let segments = self.inherited(own.collect());
        segments.into_iter().map(Option::unwrap_or_default).collect()
    }

    /// For each span its own value, or the value of its nearest ancestor that has one. Each span is visited once.
    /// In a circle there is no value.
    fn inherited<T: Copy>(&self, mut known: Vec<Option<T>>) -> Vec<Option<T>> {
        let mut looked = vec![false; known.len()];
        for n in 0..known.len() {
            let (mut path, mut at) = (Vec::new(), Some(n));
            while let Some(here) = at.filter(|here| known[*here].is_none() && !looked[*here]) {
                looked[here] = true;
                path.push(here);
                at = self.above[here];
            }
            let found = at.and_then(|at| known[at]);
            for here in path {
                known[here] = found;
            }
        }
        known
    }
}

fn is_segment(payload: &Object) -> bool {
    payload
        .get("is_segment")
        .and_then(Value::as_bool)
        .unwrap_or(false)
}

/// Whether a span is an outgoing call.
fn is_call(payload: &Object, data: &Named<Value>) -> bool {
    let kinds = ["sentry.kind", "span.kind", "otel.kind"];
    let mut kinds = kinds
        .iter()
        .filter_map(|name| data.get(*name))
        .chain(payload.get("kind"));
    let asks = |kind: &Value| {
        kind.as_str()
            .is_some_and(|kind| kind.eq_ignore_ascii_case("client") || kind.eq_ignore_ascii_case("producer"))
    };
    let op = data.get("sentry.op").and_then(Value::as_str).unwrap_or_default();
    kinds.any(asks) || op.contains("client") || op.starts_with("db") || op.starts_with("queue.publish")
}

fn span_v2(
    facts: &mut Facts,
    source: Source<'_>,
    clock: Clock,
    (payload, data): (&Object, &Named<Value>),
    service: String,
    segment: u64,
) {
    let Some(trace_id) = id(payload, "trace_id") else {
        facts.oddities.push("span_without_trace");
        return;
    };
    let clock = clock.of_item(payload.get("start_timestamp"));
    let attribute = |name: &str, most| data.get(name).and_then(|value| as_name(value, most));
    let absent = Value::Null;
    let member = |name: &str| payload.get(name).unwrap_or(&absent);
    let mut oddities = broken(member(lenient::UNREADABLE));
    let times = ["start_timestamp", "end_timestamp"].map(member);
    let (start_us, end_us) = clock.interval(times, &mut oddities);
    let is_transaction = is_segment(payload);
    let most = if is_transaction {
        bounds::TRANSACTION
    } else {
        bounds::DESCRIPTION
    };
    let span = Span {
        span_id: span_id(member("span_id"), &mut oddities),
        parent_span_id: parent(member("parent_span_id")),
        transaction: is_transaction,
        service,
        op: op(attribute("sentry.op", bounds::OP)),
        description: name(payload, "name", most).unwrap_or_default(),
        start_us,
        end_us,
        status: status(member("status")),
        tags: Named::new(),
        measurements: Named::new(),
        release: attribute("sentry.release", bounds::RELEASE),
        environment: attribute("sentry.environment", bounds::ENVIRONMENT),
        player: attribute("user.id", bounds::PLAYER),
        // The attributes contain the rest.
        user: Named::new(),
        resource: Named::new(),
        oddities,
        seq: source.seq,
        data: data.clone(),
    };
    facts.spans.push(SpanFact {
        attributes: serde_json::to_string(&span.data).ok(),
        ..SpanFact::of(trace_id, segment, span)
    });
}

impl SpanFact {
    fn of(trace_id: u128, segment: u64, span: Span) -> Self {
        Self {
            trace_id,
            segment,
            attributes: None,
            waiting_us: 0,
            currency: currency(&span.data),
            release: span.release.clone(),
            environment: span.environment.clone(),
            player: span.player.clone(),
            sample_rate: None,
            span,
        }
    }
}

/// The currency in the data, if it looks like an ISO 4217 code.
fn currency(data: &Named<Value>) -> Option<String> {
    let code = data.get("currency")?.as_str()?;
    let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    is_code.then(|| code.to_owned())
}

/// The first oddities of a span, by what says that its element is broken.
fn broken(unreadable: &Value) -> Vec<String> {
    let is_broken = !unreadable.is_null();
    is_broken
        .then(|| UNREADABLE_ITEM.to_owned())
        .into_iter()
        .collect()
}

fn span_id(id: &Value, oddities: &mut Vec<String>) -> String {
    as_span_id(id).unwrap_or_else(|| {
        oddities.push("missing_span_id".to_owned());
        String::new()
    })
}

fn parent(id: &Value) -> Option<String> {
    as_span_id(id).filter(|id| !id.is_empty())
}

fn op(op: Option<String>) -> String {
    op.unwrap_or_else(|| "default".to_owned())
}

/// Names of the statuses by their numbers, those of gRPC. Source: `relay-base-schema/src/spans.rs`.
const STATUSES: [&str; 17] = [
    "ok",
    "cancelled",
    "unknown",
    "invalid_argument",
    "deadline_exceeded",
    "not_found",
    "already_exists",
    "permission_denied",
    "resource_exhausted",
    "failed_precondition",
    "aborted",
    "out_of_range",
    "unimplemented",
    "internal_error",
    "unavailable",
    "data_loss",
    "unauthenticated",
];

/// The status by Sentry's name, whether it is written as a number, as another word for success, or in other case.
fn status(status: &Value) -> String {
    let number = status.as_u64().and_then(|number| usize::try_from(number).ok());
    if let Some(name) = number.and_then(|number| STATUSES.get(number)) {
        return (*name).to_owned();
    }
    let Some(written) = as_name(status, bounds::STATUS) else {
        return STATUSES[0].to_owned();
    };
    let lower = written.to_ascii_lowercase();
    match lower.as_str() {
        "success" => STATUSES[0].to_owned(),
        "canceled" => STATUSES[1].to_owned(),
        "unset" => lower,
        name if STATUSES.contains(&name) => lower,
        _ => written,
    }
}
