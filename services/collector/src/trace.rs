//! A trace: its line in the list while envelopes come in, and everything about it once it is asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use reelscope_contracts::telemetry::{
    ErrorEvent, ExternalShare, LogLine, MeasurementPoint, Micros, ServiceShare, Span, TraceDetail,
    TraceSummary, is_failure,
};

use crate::envelope::{Envelope, format_id};
use crate::facts::{self, Facts, Source, SpanFact};
use crate::log::Entry;
use crate::service_map;
use serde::{Deserialize, Serialize};

/// Most envelopes of a trace that are remembered; the earliest stay.
const MOST_ENVELOPES: usize = 500;
/// Most calls of a trace of which the other end may come later; of more the first word counts.
const MOST_OPEN_CALLS: usize = 1_000;
/// How far a span may begin before its parent without a word: clocks of one machine differ by less.
const SKEW: Micros = 1_000;

/// How good a claim is to name the trace; smaller is better: a transaction without parent, any transaction, a
/// span; then the earliest.
type Claim = (u8, Micros);

/// A trace while its envelopes come in, in any order. It is kept as JSON between them, its summary beside the rest.
#[derive(Serialize, Deserialize)]
pub(crate) struct Trace {
    /// Up to date after every [`Trace::add`], so that it can be lent; its lists of names are sorted.
    #[serde(skip, default = "blank")]
    summary: TraceSummary,
    start_us: Micros,
    end_us: Micros,
    claim: Option<Claim>,
    /// What the root says, or whatever stands for it while it is not there.
    root_status: String,
    measured_by: BTreeMap<String, Claim>,
    currency_by: Option<Claim>,
    oddities: BTreeSet<String>,
    seqs: BTreeSet<u64>,
    waits: Waits,
}

/// Outgoing requests of a trace, told apart by whether a service of the trace answered them. The two ends come in any
/// order, mostly in two envelopes.
#[derive(Default, Serialize, Deserialize)]
struct Waits {
    /// Microseconds, by who asks and whom.
    #[serde(with = "pairs")]
    unanswered: BTreeMap<(String, String), Micros>,
    /// The requests in `unanswered`, by span: its key there and its microseconds.
    open: HashMap<String, ((String, String), Micros)>,
    /// Spans that a transaction continues and that have not come.
    answered: HashSet<String>,
    /// Where the pages of a service came from, by service and address.
    origins: HashSet<(String, String)>,
}

impl Waits {
    fn add(&mut self, span: &Span) {
        if span.transaction {
            if let Some(address) = service_map::origin(span) {
                self.origins.insert((span.service.clone(), address.to_owned()));
            }
            let Some(caller) = &span.parent_span_id else {
                return;
            };
            if let Some((pair, length)) = self.open.remove(caller) {
                if let Some(total) = self.unanswered.get_mut(&pair) {
                    *total -= length;
                }
            } else if self.answered.len() < MOST_OPEN_CALLS {
                self.answered.insert(caller.clone());
            }
        } else if let Some(peer) = service_map::peer(span)
            && !self.answered.remove(&span.span_id)
        {
            let pair = (span.service.clone(), peer.to_owned());
            let length = span.end_us.saturating_sub(span.start_us).max(0);
            let total = self.unanswered.entry(pair.clone()).or_default();
            *total = total.saturating_add(length);
            if self.open.len() < MOST_OPEN_CALLS {
                self.open.insert(span.span_id.clone(), (pair, length));
            }
        }
    }

    /// What is left, by peer, but for those that `is_service` knows and what a page asks of where it came from.
    fn external(&self, is_service: impl Fn(&str) -> bool) -> Vec<ExternalShare> {
        let mut peers: BTreeMap<&str, Micros> = BTreeMap::new();
        for (pair, length) in &self.unanswered {
            if *length > 0 && !is_service(&pair.1) && !self.origins.contains(pair) {
                let total = peers.entry(&pair.1).or_default();
                *total = total.saturating_add(*length);
            }
        }
        let share = |(peer, waiting_us): (&str, Micros)| ExternalShare {
            peer: peer.to_owned(),
            waiting_us,
        };
        peers.into_iter().map(share).collect()
    }
}

impl Trace {
    pub(crate) fn new(trace_id: u128) -> Self {
        let summary = TraceSummary {
            trace_id: format_id(trace_id),
            ..blank()
        };
        Self {
            summary,
            start_us: Micros::MAX,
            end_us: Micros::MIN,
            claim: None,
            root_status: "ok".to_owned(),
            measured_by: BTreeMap::new(),
            currency_by: None,
            oddities: BTreeSet::new(),
            seqs: BTreeSet::new(),
            waits: Waits::default(),
        }
    }

    /// When its earliest span began.
    pub(crate) fn start(&self) -> Micros {
        self.start_us
    }

    /// The same with its line, which is kept beside it.
    pub(crate) fn with(self, summary: TraceSummary) -> Self {
        Self { summary, ..self }
    }

    /// One of its envelopes is no longer kept. Whether it was the last.
    pub(crate) fn lose(&mut self, seq: u64) -> bool {
        self.seqs.remove(&seq);
        self.oddities.insert("incomplete".to_owned());
        self.conclude();
        self.seqs.is_empty()
    }

    pub(crate) fn envelopes(&self) -> &BTreeSet<u64> {
        &self.seqs
    }

    /// Takes in what one envelope says about this trace.
    pub(crate) fn add(&mut self, seq: u64, spans: &[&SpanFact], errors: &[&ErrorEvent], logs: &[&LogLine]) {
        // Those that were there when the index began are read newest first.
        if self.seqs.first().is_none_or(|first| seq < *first) {
            self.summary.first_envelope = seq;
        }
        self.seqs.insert(seq);
        if self.seqs.len() > MOST_ENVELOPES {
            self.seqs.pop_last();
            self.oddities.insert("too_many_envelopes".to_owned());
        }
        for fact in spans {
            self.add_span(fact);
            self.waits.add(&fact.span);
        }
        for transaction in spans.iter().filter(|fact| fact.span.transaction) {
            let waiting = waiting(&transaction.span, spans.iter().map(|fact| &fact.span));
            let length = (transaction.span.end_us - transaction.span.start_us).max(0);
            let share = self.share(&transaction.span.service);
            share.transactions += 1;
            if transaction.span.op == "http.server" {
                share.requests += 1;
                share.failed_requests += u32::from(is_server_error(&transaction.span.status));
            }
            share.own_us = share.own_us.saturating_add(length - waiting);
            share.waiting_us = share.waiting_us.saturating_add(waiting);
        }
        for error in errors {
            self.summary.errors += 1;
            self.share(&error.service).errors += 1;
            self.extend_to(error.at_us, error.at_us);
            if self.claim.is_none() && self.summary.name.is_empty() {
                self.summary.name = error.transaction.clone().unwrap_or_else(|| error.kind.clone());
                self.summary.service.clone_from(&error.service);
            }
            let player = self.summary.player.take().or_else(|| error.player.clone());
            self.summary.player = player;
        }
        for log in logs {
            self.summary.logs += 1;
            self.extend_to(log.at_us, log.at_us);
        }
        self.conclude();
    }

    fn add_span(&mut self, fact: &SpanFact) {
        let span = &fact.span;
        self.summary.spans += 1;
        self.summary.transactions += u32::from(span.transaction);
        self.extend_to(span.start_us, span.end_us);
        self.oddities.extend(span.oddities.iter().cloned());
        let class = match (span.transaction, &span.parent_span_id) {
            (true, None) => 0,
            (true, Some(_)) => 1,
            (false, _) => 2,
        };
        let claim = (class, span.start_us);
        if class == 0 && self.claim.is_some_and(|(class, _)| class == 0) {
            self.oddities.insert("several_roots".to_owned());
        }
        if self.claim.is_none_or(|best| claim < best) {
            self.claim = Some(claim);
            let summary = &mut self.summary;
            summary.name.clone_from(&span.description);
            summary.op.clone_from(&span.op);
            summary.service.clone_from(&span.service);
            self.root_status.clone_from(&span.status);
            summary.root_us = (span.end_us - span.start_us).max(0);
            summary.release = fact.release.clone().or(summary.release.take());
            summary.environment = fact.environment.clone().or(summary.environment.take());
            summary.player = fact.player.clone().or(summary.player.take());
        } else {
            let summary = &mut self.summary;
            summary.player = summary.player.take().or_else(|| fact.player.clone());
        }
        for (name, measurement) in &span.measurements {
            let best = self.measured_by.get(name).copied();
            if best.is_none_or(|best| claim < best) {
                self.measured_by.insert(name.clone(), claim);
                self.summary
                    .measurements
                    .insert(name.clone(), measurement.clone());
            }
        }
        if fact.currency.is_some() && self.currency_by.is_none_or(|best| claim < best) {
            self.currency_by = Some(claim);
            self.summary.currency.clone_from(&fact.currency);
        }
        let summary = &mut self.summary;
        insert_all(&mut summary.problems, problems(span));
        let tag = |name: &str| span.tags.get(name).map_or("", String::as_str);
        insert_all(&mut summary.problems_fixed, names(tag("problems.fixed")));
        insert_all(&mut summary.faults, names(tag("faults")));
        summary.virtual_player |= span.tags.get("traffic").is_some_and(|who| who == "virtual");
    }

    fn share(&mut self, service: &str) -> &mut ServiceShare {
        let services = &mut self.summary.services;
        let place = services.binary_search_by(|share| share.service.as_str().cmp(service));
        let place = place.unwrap_or_else(|place| {
            let new = ServiceShare {
                service: service.to_owned(),
                ..ServiceShare::default()
            };
            services.insert(place, new);
            place
        });
        &mut services[place]
    }

    /// A time of 0 means that none was given, and does not move the trace to 1970.
    fn extend_to(&mut self, start: Micros, end: Micros) {
        if start != 0 {
            self.start_us = self.start_us.min(start);
            self.end_us = self.end_us.max(start).max(end);
        }
    }

    /// Brings what follows from the rest up to date.
    fn conclude(&mut self) {
        let summary = &mut self.summary;
        if self.start_us != Micros::MAX {
            summary.start_us = self.start_us;
            summary.duration_us = self.end_us.saturating_sub(self.start_us);
        }
        let services = &summary.services;
        summary.external = self
            .waits
            .external(|peer| services.iter().any(|share| share.service == peer));
        summary.oddities.clear();
        summary.oddities.extend(self.oddities.iter().cloned());
        let missing = match self.claim {
            None => Some("no_spans"),
            Some((class, _)) => (class > 0).then_some("missing_root"),
        };
        insert_all(&mut summary.oddities, missing.map(str::to_owned));
        let status = if summary.errors > 0 && !is_failure(&self.root_status) {
            "error"
        } else {
            &self.root_status
        };
        status.clone_into(&mut summary.status);
        summary.ok = summary.errors == 0 && !is_failure(&summary.status);
    }

    /// Its line.
    pub(crate) fn summary(&self) -> &TraceSummary {
        &self.summary
    }
}

/// The line of a trace of which nothing is known.
fn blank() -> TraceSummary {
    TraceSummary {
        trace_id: String::new(),
        name: String::new(),
        op: String::new(),
        service: String::new(),
        first_envelope: 0,
        start_us: 0,
        duration_us: 0,
        root_us: 0,
        spans: 0,
        transactions: 0,
        errors: 0,
        logs: 0,
        status: "ok".to_owned(),
        ok: true,
        release: None,
        environment: None,
        player: None,
        measurements: BTreeMap::new(),
        currency: None,
        problems: Vec::new(),
        problems_fixed: Vec::new(),
        faults: Vec::new(),
        virtual_player: false,
        services: Vec::new(),
        external: Vec::new(),
        oddities: Vec::new(),
    }
}

/// A map whose keys are no texts, as JSON: a list of pairs.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub(super) fn deserialize<'de, K, V, D>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Vec::<(K, V)>::deserialize(deserializer).map(BTreeMap::from_iter)
    }
}

/// Adds names to a sorted list that has each once.
fn insert_all(list: &mut Vec<String>, names: impl IntoIterator<Item = String>) {
    for name in names {
        if let Err(place) = list.binary_search(&name) {
            list.insert(place, name);
        }
    }
}

/// Microseconds of `transaction` in which it waited for an outgoing HTTP request; overlapping ones count once.
fn waiting<'a>(transaction: &Span, spans: impl Iterator<Item = &'a Span>) -> Micros {
    let mut waits: Vec<(Micros, Micros)> = spans
        .filter(|span| !span.transaction && span.op.starts_with("http.client"))
        .map(|span| {
            (
                span.start_us.max(transaction.start_us),
                span.end_us.min(transaction.end_us),
            )
        })
        .filter(|(start, end)| start < end)
        .collect();
    waits.sort_unstable();
    let mut total = 0;
    let mut until = Micros::MIN;
    for (start, end) in waits {
        total += (end - start.max(until)).max(0);
        until = until.max(end);
    }
    total
}

/// Whether a status stands for an answer with a 5xx, as Sentry maps HTTP to span statuses
/// (<https://develop.sentry.dev/sdk/foundations/transport/event-payloads/span/>).
fn is_server_error(status: &str) -> bool {
    matches!(
        status,
        "internal_error" | "unimplemented" | "unavailable" | "deadline_exceeded"
    )
}

/// Names in a tag, separated by commas.
fn names(value: &str) -> impl Iterator<Item = String> {
    let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.map(str::to_owned)
}

/// `problem: "slow-rng,missing-index"`, or `problem.slow-rng: "on"`.
fn problems(span: &Span) -> Vec<String> {
    let mut found = Vec::new();
    for (name, value) in &span.tags {
        if name == "problem" || name == "problems" {
            found.extend(names(value));
        } else if let Some(name) = name.strip_prefix("problem.")
            && !matches!(value.as_str(), "off" | "false" | "0")
        {
            found.push(name.to_owned());
        }
    }
    found
}

/// Puts a trace together from its envelopes. `missing` of them are no longer kept, or too
/// much to be read.
pub(crate) fn detail(trace_id: u128, envelopes: &[(Entry, Vec<u8>)], missing: usize) -> TraceDetail {
    let mut trace = Trace::new(trace_id);
    let wanted = format_id(trace_id);
    let mut spans = Vec::new();
    let mut errors = Vec::new();
    let mut logs = Vec::new();
    let mut metrics: Vec<MeasurementPoint> = Vec::new();
    for (entry, bytes) in envelopes {
        let Ok(envelope) = Envelope::parse(bytes) else {
            trace.oddities.insert("unreadable_item".to_owned());
            continue;
        };
        let facts = facts::read(Source::of(entry), &envelope);
        add(&mut trace, trace_id, entry.seq, &facts);
        trace
            .oddities
            .extend(facts.oddities.iter().map(|word| (*word).to_owned()));
        spans.extend(
            facts
                .spans
                .into_iter()
                .filter(|fact| fact.trace_id == trace_id)
                .map(|fact| fact.span),
        );
        errors.extend(
            facts
                .errors
                .into_iter()
                .filter(|error| error.trace_id.as_ref() == Some(&wanted)),
        );
        logs.extend(
            facts
                .logs
                .into_iter()
                .filter(|(id, _)| *id == Some(trace_id))
                .map(|(_, log)| log),
        );
        metrics.extend(
            facts
                .metrics
                .into_iter()
                .filter(|point| point.trace_id.as_ref() == Some(&wanted)),
        );
    }
    if missing > 0 {
        trace.oddities.insert("incomplete".to_owned());
    }
    mark_odd_spans(&mut spans);
    spans.sort_by_key(|span| (span.start_us, !span.transaction, span.seq));
    errors.sort_by_key(|error| error.at_us);
    logs.sort_by_key(|log| log.at_us);
    metrics.sort_by_key(|point| point.at_us);
    trace
        .oddities
        .extend(spans.iter().flat_map(|span| span.oddities.iter().cloned()));
    trace.conclude();
    TraceDetail {
        summary: trace.summary,
        spans,
        errors,
        logs,
        metrics,
        envelopes: envelopes.iter().map(|(entry, _)| entry.seq).collect(),
    }
}

/// Adds what an envelope says about one trace.
pub(crate) fn add(trace: &mut Trace, trace_id: u128, seq: u64, facts: &Facts) {
    let text = format_id(trace_id);
    let spans: Vec<_> = facts
        .spans
        .iter()
        .filter(|fact| fact.trace_id == trace_id)
        .collect();
    let errors: Vec<_> = facts
        .errors
        .iter()
        .filter(|error| error.trace_id.as_ref() == Some(&text))
        .collect();
    let logs: Vec<_> = facts
        .logs
        .iter()
        .filter(|(id, _)| *id == Some(trace_id))
        .map(|(_, log)| log)
        .collect();
    trace.add(seq, &spans, &errors, &logs);
}

/// What only shows once all spans are there: parents that are missing, ids that repeat, clocks that differ.
fn mark_odd_spans(spans: &mut [Span]) {
    let mut starts: HashMap<String, Micros> = HashMap::new();
    let mut repeated = HashSet::new();
    for span in spans.iter() {
        if starts.insert(span.span_id.clone(), span.start_us).is_some() {
            repeated.insert(span.span_id.clone());
        }
    }
    for span in spans {
        if repeated.contains(&span.span_id) {
            span.oddities.push("repeated_span_id".to_owned());
        }
        match span.parent_span_id.as_ref().map(|parent| starts.get(parent)) {
            Some(None) => span.oddities.push("orphan".to_owned()),
            Some(Some(parent)) if span.start_us.saturating_add(SKEW) < *parent => {
                span.oddities.push("clock_skew".to_owned());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ended_well(status: &str, errors: usize) -> (String, bool) {
        let mut trace = Trace::new(1);
        let context = json!({ "trace_id": format_id(1), "span_id": "a", "status": status });
        let spin = json!({ "transaction": "spin", "contexts": { "trace": context } });
        let mut text = format!("{{}}\n{{\"type\":\"transaction\"}}\n{spin}\n");
        for _ in 0..errors {
            let error = json!({ "message": "lost", "contexts": { "trace": context } });
            text += &format!("{{\"type\":\"event\"}}\n{error}\n");
        }
        let envelope = Envelope::framed(text.as_bytes()).unwrap();
        add(
            &mut trace,
            1,
            1,
            &facts::skim(Source::at(1, "frontend"), &envelope),
        );
        (trace.summary().status.clone(), trace.summary().ok)
    }

    #[test]
    fn a_status_that_is_no_failure_ends_well_unless_there_are_errors() {
        for calm in ["ok", "unset", "unknown", "cancelled"] {
            assert_eq!(ended_well(calm, 0), (calm.to_owned(), true));
            assert_eq!(ended_well(calm, 1), ("error".to_owned(), false));
        }
        for failure in ["internal_error", "deadline_exceeded", "error"] {
            assert_eq!(ended_well(failure, 0), (failure.to_owned(), false));
            assert_eq!(ended_well(failure, 1), (failure.to_owned(), false));
        }
    }

    /// One service's part of trace 1: its transaction with a call of HTTP in it.
    fn part(service: &str, (id, parent): (&str, Option<&str>), (call, peer, ms): (&str, &str, u32)) -> Facts {
        let payload = json!({
            "transaction": "spin", "start_timestamp": 10, "timestamp": 20,
            "contexts": { "trace": {
                "trace_id": format_id(1), "span_id": id, "parent_span_id": parent, "op": "pageload",
                "data": { "url.full": "http://127.0.0.1:4000/slot" },
            } },
            "spans": [{
                "trace_id": format_id(1), "span_id": call, "parent_span_id": id, "op": "http.client",
                "start_timestamp": 10, "timestamp": 10.0 + f64::from(ms) / 1_000.0,
                "data": { "peer.service": peer },
            }],
        });
        let bytes = format!("{{}}\n{{\"type\":\"transaction\"}}\n{payload}\n");
        facts::skim(
            Source::at(1, service),
            &Envelope::framed(bytes.as_bytes()).unwrap(),
        )
    }

    fn external(parts: &[&Facts]) -> Vec<(String, Micros)> {
        let mut trace = Trace::new(1);
        for (seq, part) in parts.iter().enumerate() {
            add(&mut trace, 1, seq as u64, part);
        }
        let shares = trace.summary().external.iter();
        shares
            .map(|share| (share.peer.clone(), share.waiting_us))
            .collect()
    }

    #[test]
    fn who_is_waited_for_and_answers_nothing_is_outside_in_whatever_order_it_is_told() {
        let gateway = part("gateway", ("a1", None), ("a2", "payments", 500));
        let payments = part("payments", ("b1", Some("a2")), ("b2", "provider", 400));
        let again = part("payments", ("c1", Some("a9")), ("c2", "provider", 30));
        let expected = vec![("provider".to_owned(), 430_000)];
        assert_eq!(external(&[&gateway, &payments, &again]), expected);
        assert_eq!(external(&[&again, &payments, &gateway]), expected);
        // Without the part of the callee nobody knows that it is one of the services.
        assert_eq!(external(&[&gateway]), [("payments".to_owned(), 500_000)]);
        // A service of the trace is none, though this call of it has no other end.
        let unheard = part("payments", ("d1", None), ("d2", "gateway", 5));
        assert_eq!(external(&[&gateway, &unheard]), []);
        // Nor is the place that the page itself comes from.
        assert_eq!(
            external(&[&part("page", ("e1", None), ("e2", "127.0.0.1:4000", 5))]),
            []
        );
    }

    fn currency(transactions: &[(Option<&str>, Option<&str>)]) -> Option<String> {
        let mut trace = Trace::new(1);
        for (number, (parent, currency)) in transactions.iter().enumerate() {
            let payload = json!({
                "transaction": "spin",
                "start_timestamp": 10 + number,
                "timestamp": 20 + number,
                "contexts": { "trace": {
                    "trace_id": format_id(1), "span_id": "a", "parent_span_id": parent, "data": { "currency": currency },
                } },
            })
            .to_string();
            let bytes = format!("{{}}\n{{\"type\":\"transaction\"}}\n{payload}\n");
            let envelope = Envelope::parse(bytes.as_bytes()).unwrap();
            add(
                &mut trace,
                1,
                number as u64,
                &facts::skim(Source::at(1, "frontend"), &envelope),
            );
        }
        trace.summary().currency.clone()
    }

    #[test]
    fn the_currency_is_the_roots_and_else_that_of_the_first_who_names_one() {
        assert_eq!(
            currency(&[(Some("b"), Some("EUR")), (None, Some("RUB"))]).as_deref(),
            Some("RUB")
        );
        assert_eq!(
            currency(&[(Some("b"), Some("EUR")), (None, None)]).as_deref(),
            Some("EUR")
        );
        assert_eq!(currency(&[(None, Some("roubles")), (None, None)]), None);
    }
}
