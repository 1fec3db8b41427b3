//! A trace: its line in the list while envelopes come in, and everything about it once it is asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use reelscope_contracts::telemetry::{
    ErrorEvent, ExternalShare, LogLine, MeasurementPoint, Micros, OtherRoot, ServiceShare, Span, TraceDetail,
    TraceSummary, is_failure,
};
use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::dsn::fnv1a;
use crate::envelope::{Envelope, format_id};
use crate::facts::{self, Facts, MISSING_TIME, Source, SpanFact};
use crate::log::Entry;
use crate::service_map;

/// Most envelopes of a trace that are remembered; the earliest stay.
const MOST_ENVELOPES: usize = 500;
/// Most calls of a trace of which the other end may come later; of more the first word counts.
const MOST_OPEN_CALLS: usize = 1_000;
/// How far a span may begin before its parent without a word: clocks of one machine differ by less.
const SKEW: Micros = 1_000;

/// Most bytes of JSON that the services, measurements, problems and faults of a trace's line take together: with its other
/// members, each of which is bounded, a line is then below 4,000 bytes, and a list of 50 below 200 kB.
const MOST_LISTED_BYTES: usize = 1_850;
/// Most names that are told apart of those that are not told.
const MOST_LEFT_OUT: usize = 1_000;
/// Most pairs of caller and peer, and most addresses of pages, that are told apart.
const MOST_PAIRS: usize = 500;
/// Most bytes of JSON that the peers of a trace's line take.
const MOST_PEER_BYTES: usize = 250;
/// Bytes of JSON of a peer without its name: its numbers are below 18 digits.
const PEER_BYTES: usize = 46;
/// Bytes of JSON of a service without its name: counts below 8 digits, times below 18.
const SHARE_BYTES: usize = 160;
/// Bytes of JSON of a measurement without its name and unit.
const MEASUREMENT_BYTES: usize = 58;

/// How good a claim is to speak for the trace; smaller is better: a transaction without a parent, any transaction, a span
/// without a parent, a span, an error, a log line; then the earliest; then its id, so that the order of arrival decides
/// nothing.
type Claim = (u8, Micros, u64);
const ROOT: u8 = 0;
const ERROR: u8 = 4;
const LOG: u8 = 5;

fn claim_of(span: &Span) -> Claim {
    let class = match (span.transaction, &span.parent_span_id) {
        (true, None) => ROOT,
        (true, Some(_)) => 1,
        (false, None) => 2,
        (false, Some(_)) => 3,
    };
    (class, span.start_us, fnv1a(span.span_id.as_bytes()))
}

/// What the best of those who said something said.
#[derive(Default, Serialize, Deserialize)]
struct Said {
    release: Option<Claim>,
    environment: Option<Claim>,
    player: Option<Claim>,
    currency: Option<Claim>,
}

/// Notes what is said with a claim, unless it is nothing or a better one said something.
fn note(place: &mut Option<String>, by: &mut Option<Claim>, said: Option<&String>, claim: Claim) {
    if said.is_some() && by.is_none_or(|best| claim < best) {
        *place = said.cloned();
        *by = Some(claim);
    }
}

/// A trace while its envelopes come in, in any order. It is kept as JSON between them, its line beside the rest.
#[derive(Serialize, Deserialize)]
pub(crate) struct Trace {
    /// Up to date after every [`Trace::add`], so that it can be lent; its lists of names are sorted.
    #[serde(skip)]
    summary: TraceSummary,
    /// From the earliest start to the latest end of spans that have times of their own.
    of_spans: Option<(Micros, Micros)>,
    /// The same of everything else. It counts where there are no such spans.
    of_others: Option<(Micros, Micros)>,
    /// Whose name, operation, service, status and length are told.
    claim: Option<Claim>,
    /// What the root says, or whatever stands for it while it is not there.
    root_status: String,
    said: Said,
    measured_by: BTreeMap<String, Claim>,
    oddities: BTreeSet<String>,
    seqs: BTreeSet<u64>,
    waits: Waits,
    room: Room,
}

/// What the lists of a trace's line may still take.
#[derive(Serialize, Deserialize)]
struct Room {
    bytes: usize,
    /// Hashes of names for which there was none, by list.
    left_out: BTreeMap<String, BTreeSet<u64>>,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            bytes: MOST_LISTED_BYTES,
            left_out: BTreeMap::new(),
        }
    }
}

impl Room {
    /// Whether a new name of a list, with what belongs to it, still fits.
    fn takes(&mut self, list: &str, name: &str, belongings: usize) -> bool {
        let bytes = bounds::bytes(name) + belongings;
        if let Some(left) = self.bytes.checked_sub(bytes) {
            self.bytes = left;
            return true;
        }
        let left_out = self.left_out.entry(list.to_owned()).or_default();
        if left_out.len() < MOST_LEFT_OUT {
            left_out.insert(fnv1a(name.as_bytes()));
        }
        false
    }
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
            if let Some(address) = service_map::origin(span).filter(|_| self.origins.len() < MOST_PAIRS) {
                self.origins.insert((span.service.clone(), address));
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
            let pair = (span.service.clone(), peer);
            if self.unanswered.len() >= MOST_PAIRS && !self.unanswered.contains_key(&pair) {
                return;
            }
            let length = length_of(span);
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

/// Those that were waited for longest, as many as a line has room for, by name; and how many there are more.
fn longest(mut peers: Vec<ExternalShare>) -> (Vec<ExternalShare>, usize) {
    let all = peers.len();
    let mut bytes = 0;
    peers.sort_by(|one, other| {
        other
            .waiting_us
            .cmp(&one.waiting_us)
            .then_with(|| one.peer.cmp(&other.peer))
    });
    let told = peers.iter().take_while(|share| {
        bytes += bounds::bytes(&share.peer) + PEER_BYTES;
        bytes <= MOST_PEER_BYTES
    });
    let told = told.count();
    peers.truncate(told);
    peers.sort_by(|one, other| one.peer.cmp(&other.peer));
    (peers, all - told)
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

fn length_of(span: &Span) -> Micros {
    span.end_us.saturating_sub(span.start_us).max(0)
}

/// Whether an event is an error; one of another level only tells something, unless nobody caught it.
fn is_error(event: &ErrorEvent) -> bool {
    event.handled == Some(false)
        || !matches!(
            event.level.as_str(),
            "warning" | "warn" | "info" | "log" | "debug" | "trace"
        )
}

impl Trace {
    pub(crate) fn new(trace_id: u128) -> Self {
        let summary = TraceSummary {
            trace_id: format_id(trace_id),
            status: "ok".to_owned(),
            ok: true,
            ..TraceSummary::default()
        };
        Self {
            summary,
            of_spans: None,
            of_others: None,
            claim: None,
            root_status: "ok".to_owned(),
            said: Said::default(),
            measured_by: BTreeMap::new(),
            oddities: BTreeSet::new(),
            seqs: BTreeSet::new(),
            waits: Waits::default(),
            room: Room::default(),
        }
    }

    /// When it began, as its line says.
    pub(crate) fn start(&self) -> Micros {
        self.summary.start_us
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
            self.add_share(&transaction.span, spans);
        }
        for error in errors {
            self.add_error(error);
        }
        for log in logs {
            self.summary.logs += 1;
            extend(&mut self.of_others, log.at_us, log.at_us);
            self.share(&log.service);
            let claim = (LOG, log.at_us, fnv1a(log.message.as_bytes()));
            let line = log.message.trim().lines().next().unwrap_or_default();
            self.name_by(claim, line, &log.service);
        }
        self.conclude();
    }

    /// Takes in how long a service took for a transaction, and how long of that it waited.
    fn add_share(&mut self, transaction: &Span, spans: &[&SpanFact]) {
        let waiting = waiting(transaction, spans.iter().map(|fact| &fact.span));
        let length = length_of(transaction);
        let Some(share) = self.share(&transaction.service) else {
            return;
        };
        share.transactions += 1;
        if transaction.op == "http.server" {
            share.requests += 1;
            share.failed_requests += u32::from(is_server_error(&transaction.status));
        }
        share.own_us = share.own_us.saturating_add(length - waiting);
        share.waiting_us = share.waiting_us.saturating_add(waiting);
    }

    fn add_error(&mut self, error: &ErrorEvent) {
        let is_error = is_error(error);
        self.summary.errors += u32::from(is_error);
        self.summary.messages += u32::from(!is_error);
        if let Some(share) = self.share(&error.service) {
            share.errors += u32::from(is_error);
        }
        extend(&mut self.of_others, error.at_us, error.at_us);
        let claim = (ERROR, error.at_us, fnv1a(error.event_id.as_bytes()));
        let name = error.transaction.as_ref().unwrap_or(&error.kind);
        self.name_by(claim, name, &error.service);
        let Self { summary, said, .. } = self;
        note(
            &mut summary.release,
            &mut said.release,
            error.release.as_ref(),
            claim,
        );
        note(
            &mut summary.environment,
            &mut said.environment,
            error.environment.as_ref(),
            claim,
        );
        note(
            &mut summary.player,
            &mut said.player,
            error.player.as_ref(),
            claim,
        );
    }

    /// Names a trace without spans.
    fn name_by(&mut self, claim: Claim, name: &str, service: &str) {
        if self.claim.is_none_or(|best| claim < best) {
            self.claim = Some(claim);
            self.summary.name = bounds::cut(name, bounds::TRANSACTION);
            service.clone_into(&mut self.summary.service);
        }
    }

    fn add_span(&mut self, fact: &SpanFact) {
        let span = &fact.span;
        self.summary.spans += 1;
        self.summary.transactions += u32::from(span.transaction);
        let has_time = !span.oddities.iter().any(|oddity| oddity == MISSING_TIME);
        let times = if has_time {
            &mut self.of_spans
        } else {
            &mut self.of_others
        };
        extend(times, span.start_us, span.end_us);
        self.oddities.extend(span.oddities.iter().cloned());
        let claim = claim_of(span);
        let is_other = |best: Claim| best.0 == ROOT && best != claim;
        if claim.0 == ROOT && self.claim.is_some_and(is_other) {
            self.oddities.insert("several_roots".to_owned());
        }
        let Self { summary, said, .. } = self;
        if self.claim.is_none_or(|best| claim < best) {
            self.claim = Some(claim);
            summary.name = bounds::cut(&span.description, bounds::TRANSACTION);
            summary.op.clone_from(&span.op);
            summary.service.clone_from(&span.service);
            summary.root_span_id = Some(span.span_id.clone());
            summary.root_us = length_of(span);
            self.root_status.clone_from(&span.status);
        }
        note(
            &mut summary.release,
            &mut said.release,
            fact.release.as_ref(),
            claim,
        );
        note(
            &mut summary.environment,
            &mut said.environment,
            fact.environment.as_ref(),
            claim,
        );
        note(&mut summary.player, &mut said.player, fact.player.as_ref(), claim);
        note(
            &mut summary.currency,
            &mut said.currency,
            fact.currency.as_ref(),
            claim,
        );
        self.add_measurements(span, claim);
        let (summary, room) = (&mut self.summary, &mut self.room);
        insert_all(&mut summary.problems, problems(span), "problems", room);
        let tag = |name: &str| span.tags.get(name).map_or("", String::as_str);
        let fixed = names(tag("problems.fixed"));
        insert_all(&mut summary.problems_fixed, fixed, "problems_fixed", room);
        insert_all(&mut summary.faults, names(tag("faults")), "faults", room);
        summary.virtual_player |= span.tags.get("traffic").is_some_and(|who| who == "virtual");
    }

    fn add_measurements(&mut self, span: &Span, claim: Claim) {
        for (name, measurement) in &span.measurements {
            let best = self.measured_by.get(name).copied();
            let unit = bounds::bytes(&measurement.unit);
            if best.is_some_and(|best| best <= claim)
                || best.is_none() && !self.room.takes("measurements", name, MEASUREMENT_BYTES + unit)
            {
                continue;
            }
            self.measured_by.insert(name.clone(), claim);
            self.summary
                .measurements
                .insert(name.clone(), measurement.clone());
        }
    }

    /// `None` where the line has no room for another service.
    fn share(&mut self, service: &str) -> Option<&mut ServiceShare> {
        let services = &mut self.summary.services;
        match services.binary_search_by(|share| share.service.as_str().cmp(service)) {
            Ok(place) => services.get_mut(place),
            Err(place) => {
                if !self.room.takes("services", service, SHARE_BYTES) {
                    return None;
                }
                let new = ServiceShare {
                    service: service.to_owned(),
                    ..ServiceShare::default()
                };
                services.insert(place, new);
                services.get_mut(place)
            }
        }
    }

    /// Brings what follows from the rest up to date.
    fn conclude(&mut self) {
        let summary = &mut self.summary;
        if let Some((start, end)) = self.of_spans.or(self.of_others) {
            summary.start_us = start;
            summary.duration_us = end.saturating_sub(start);
        }
        let services = &summary.services;
        let external = self
            .waits
            .external(|peer| services.iter().any(|share| share.service == peer));
        let (external, more) = longest(external);
        summary.external = external;
        let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
        let left_out = self.room.left_out.iter();
        summary.left_out = left_out
            .map(|(list, names)| (list.clone(), count(names.len())))
            .collect();
        if more > 0 {
            summary.left_out.insert("external".to_owned(), count(more));
        }
        let missing = match self.claim {
            None | Some((ERROR.., ..)) => Some("no_spans"),
            Some((class, ..)) => (class != ROOT).then_some("missing_root"),
        };
        let mut oddities = self.oddities.clone();
        oddities.extend(missing.map(str::to_owned));
        summary.oddities = oddities.into_iter().collect();
        let status = if summary.errors > 0 && !is_failure(&self.root_status) {
            "error"
        } else {
            &self.root_status
        };
        status.clone_into(&mut summary.status);
        summary.ok = summary.errors == 0 && !is_failure(&summary.status);
    }

    /// Whether something happened before or after all spans.
    fn is_outside(&self, at: Micros) -> bool {
        self.of_spans
            .is_some_and(|(start, end)| at < start.saturating_sub(SKEW) || at > end.saturating_add(SKEW))
    }

    /// Transactions without a parent beside the root, by start.
    fn other_roots(&self, spans: &[Span]) -> Vec<OtherRoot> {
        let mut told: HashSet<&str> = self.summary.root_span_id.as_deref().into_iter().collect();
        let roots = spans.iter().filter(|span| claim_of(span).0 == ROOT);
        let others = roots.filter(|span| told.insert(&span.span_id));
        others
            .map(|span| OtherRoot {
                span_id: span.span_id.clone(),
                name: span.description.clone(),
                service: span.service.clone(),
                start_us: span.start_us,
                duration_us: length_of(span),
            })
            .collect()
    }

    /// Its line.
    pub(crate) fn summary(&self) -> &TraceSummary {
        &self.summary
    }
}

fn extend(times: &mut Option<(Micros, Micros)>, start: Micros, end: Micros) {
    let (earliest, latest) = times.unwrap_or((start, start));
    *times = Some((earliest.min(start), latest.max(start).max(end)));
}

/// Adds names to a sorted list that has each once, as far as there is room.
fn insert_all(
    list: &mut Vec<String>,
    names: impl IntoIterator<Item = String>,
    name_of_list: &str,
    room: &mut Room,
) {
    for name in names {
        let name = bounds::cut(&name, bounds::ENVIRONMENT);
        // Two quotes and a comma.
        if let Err(place) = list.binary_search(&name)
            && room.takes(name_of_list, &name, 3)
        {
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
    for error in &mut errors {
        error.outside = trace.is_outside(error.at_us);
    }
    for log in &mut logs {
        log.outside = trace.is_outside(log.at_us);
    }
    spans.sort_by_key(|span| (span.start_us, !span.transaction, span.seq));
    errors.sort_by_key(|error| error.at_us);
    logs.sort_by_key(|log| log.at_us);
    metrics.sort_by_key(|point| point.at_us);
    trace
        .oddities
        .extend(spans.iter().flat_map(|span| span.oddities.iter().cloned()));
    trace.conclude();
    TraceDetail {
        other_roots: trace.other_roots(&spans),
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
mod tests;
