//! A trace: its summary while envelopes arrive, and all of its details on request.

use std::collections::{BTreeMap, BTreeSet};

use reelscope_page_api::telemetry::{
    ErrorEvent, LogLine, Micros, ServiceShare, Span, TraceSummary, is_failure,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

mod claim;
mod detail;
mod room;
mod waits;

use crate::bounds;
use crate::critical_path::{self, PathSpan};
use crate::dsn::fnv1a;
use crate::envelope::format_id;
use crate::facts::{self, Facts, MISSING_TIME, SpanFact, error};
pub(crate) use claim::root_of;
use claim::{ERROR, LOG, NamePriority, ROOT, Said, claim_of, note};
pub(crate) use detail::detail;
use room::{ListRoom, insert_all};
use waits::{Waits, longest};

/// Size of a service's JSON without its name in bytes: counts have below 8 digits, times below 18.
const SHARE_BYTES: usize = 160;
/// Size of a measurement's JSON without name and unit, in bytes.
const MEASUREMENT_BYTES: usize = 58;

/// How much earlier than its parent a span may begin, in microseconds, without counting as odd: clocks of one
/// machine differ by less.
const SKEW: Micros = 1_000;

/// A trace whose envelopes arrive in any order. Between them it is two JSON texts: its summary, and the rest.
#[derive(Serialize, Deserialize)]
pub(crate) struct Trace {
    /// Up to date after every [`Trace::add`], but for its critical path; its lists of names are sorted.
    #[serde(skip)]
    summary: TraceSummary,
    /// Earliest start and latest end of the spans with times of their own.
    of_spans: Option<(Micros, Micros)>,
    /// The same of everything else; it counts where there are no such spans.
    of_others: Option<(Micros, Micros)>,
    /// Priority of the span that names the trace.
    claim: Option<NamePriority>,
    /// Status of the root, or of the span that stands in for it.
    root_status: String,
    root_end: Micros,
    has_other_roots: bool,
    said: Said,
    measured_by: BTreeMap<String, NamePriority>,
    /// End of the transaction that says where the stake stands.
    stake_told: Option<Micros>,
    oddities: BTreeSet<String>,
    waits: Waits,
    room: ListRoom,
}

fn length_of(span: &Span) -> Micros {
    span.end_us.saturating_sub(span.start_us).max(0)
}

impl Trace {
    pub(crate) fn new(trace_id: u128) -> Self {
        let summary = TraceSummary {
            trace_id: format_id(trace_id),
            name: String::new(),
            op: String::new(),
            service: String::new(),
            root_span_id: None,
            first_envelope: 0,
            start_us: 0,
            duration_us: 0,
            root_us: 0,
            duration_unknown: true,
            background_us: 0,
            spans: 0,
            transactions: 0,
            errors: 0,
            messages: 0,
            logs: 0,
            status: "ok".to_owned(),
            ok: true,
            release: None,
            environment: None,
            player: None,
            measurements: BTreeMap::new(),
            currency: None,
            stake_status: None,
            problems: Vec::new(),
            problems_fixed: Vec::new(),
            faults: Vec::new(),
            sample_rate: None,
            virtual_player: false,
            services: Vec::new(),
            external: Vec::new(),
            critical_path: Vec::new(),
            oddities: Vec::new(),
            left_out: BTreeMap::new(),
        };
        Self {
            summary,
            of_spans: None,
            of_others: None,
            claim: None,
            root_status: "ok".to_owned(),
            root_end: 0,
            has_other_roots: false,
            said: Said::default(),
            measured_by: BTreeMap::new(),
            stake_told: None,
            oddities: BTreeSet::new(),
            waits: Waits::default(),
            room: ListRoom::default(),
        }
    }

    /// Start of the trace, as in its summary.
    pub(crate) fn start(&self) -> Micros {
        self.summary.start_us
    }

    /// Whether its summary tells of a critical path: its root is there, and it has few enough spans.
    pub(crate) fn has_path(&self) -> bool {
        let has_root = self.claim.is_some_and(|(class, ..)| class == ROOT);
        has_root && self.summary.spans <= critical_path::MOST_SPANS
    }

    /// Sets the shares of the critical path of its spans, which are in the order of their arrival; there are none if
    /// there are no spans.
    pub(crate) fn set_path(&mut self, spans: &[PathSpan]) {
        let summary = &mut self.summary;
        let root = summary.root_span_id.as_deref().unwrap_or_default();
        let (shares, more) = critical_path::largest(critical_path::shares(spans, root));
        summary.critical_path = shares;
        if more > 0 {
            summary.left_out.insert("critical_path".to_owned(), counted(more));
        }
    }

    /// Returns the trace with its summary, which is stored in columns.
    pub(crate) fn with(self, summary: TraceSummary) -> Self {
        Self { summary, ..self }
    }

    /// Marks that some of its envelopes are deleted; returns whether this is new.
    pub(crate) fn lose(&mut self) -> bool {
        let is_news = self.oddities.insert("incomplete".to_owned());
        if is_news {
            self.conclude();
        }
        is_news
    }

    /// Adds the content of one envelope.
    pub(crate) fn add(&mut self, seq: u64, spans: &[&SpanFact], errors: &[&ErrorEvent], logs: &[&LogLine]) {
        // Envelopes that existed when the index was created come newest first.
        let first = self.summary.first_envelope;
        if first == 0 || seq < first {
            self.summary.first_envelope = seq;
        }
        for fact in spans {
            self.add_span(fact);
            self.waits.add(&fact.span);
        }
        for transaction in spans.iter().filter(|fact| fact.span.transaction) {
            self.add_share(&transaction.span, transaction.waiting_us);
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

    /// Adds the duration of a service's transaction, and the part of it that it waited.
    fn add_share(&mut self, transaction: &Span, waiting: Micros) {
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
        let is_error = error::is_error(error);
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
    fn name_by(&mut self, claim: NamePriority, name: &str, service: &str) {
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
        self.summary.sample_rate = fact.sample_rate.or(self.summary.sample_rate);
        let claim = claim_of(span);
        let is_other = |best: NamePriority| best.0 == ROOT && best != claim;
        if claim.0 == ROOT && self.claim.is_some_and(is_other) {
            self.oddities.insert("several_roots".to_owned());
            self.has_other_roots = true;
        }
        let Self { summary, said, .. } = self;
        if self.claim.is_none_or(|best| claim < best) {
            self.claim = Some(claim);
            summary.name = bounds::cut(&span.description, bounds::TRANSACTION);
            summary.op.clone_from(&span.op);
            summary.service.clone_from(&span.service);
            summary.root_span_id = Some(span.span_id.clone());
            summary.root_us = length_of(span);
            summary.duration_unknown = facts::is_without_length(span);
            self.root_status.clone_from(&span.status);
            // One that ends before it starts takes no time.
            self.root_end = span.end_us.max(span.start_us);
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
        self.add_stake(span);
        let (summary, room) = (&mut self.summary, &mut self.room);
        let tag = |name: &str| span.tags.get(name).map_or("", String::as_str);
        insert_all(&mut summary.problems, names(tag("problems")), "problems", room);
        let fixed = names(tag("problems.fixed"));
        insert_all(&mut summary.problems_fixed, fixed, "problems_fixed", room);
        insert_all(&mut summary.faults, names(tag("faults")), "faults", room);
        summary.virtual_player |= span.tags.get("traffic").is_some_and(|who| who == "virtual");
    }

    /// Takes over where the stake of the round stands; what a transaction says at its end is newer than what an earlier one
    /// said.
    fn add_stake(&mut self, span: &Span) {
        let stands = span.data.get("stake.status").and_then(Value::as_str);
        if let Some(stands) = stands.filter(|_| span.transaction)
            && self.stake_told.is_none_or(|end| end <= span.end_us)
        {
            self.stake_told = Some(span.end_us);
            self.summary.stake_status = Some(bounds::cut(stands, bounds::WORD));
        }
    }

    /// The stake of its round in major units, and where it stands; `None` as long as one of them is unknown.
    pub(crate) fn stake(&self) -> Option<(f64, &str)> {
        let TraceSummary {
            measurements,
            stake_status,
            ..
        } = &self.summary;
        let stakes = ["failed_stake", "stake"]
            .iter()
            .filter_map(|name| measurements.get(*name));
        let stake = stakes.map(|stake| stake.value).find(|stake| *stake > 0.0);
        Some((stake?, stake_status.as_deref()?))
    }

    fn add_measurements(&mut self, span: &Span, claim: NamePriority) {
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

    /// Returns the share of a service; `None` where the summary has no room for another one.
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

    /// Updates what depends on the rest.
    fn conclude(&mut self) {
        let summary = &mut self.summary;
        if let Some((start, end)) = self.of_spans.or(self.of_others) {
            summary.start_us = start;
            summary.duration_us = end.saturating_sub(start);
        }
        let is_known = self.claim.is_some_and(|(class, ..)| class == ROOT) && !self.has_other_roots;
        let end = self.of_spans.filter(|_| is_known).map(|(_, end)| end);
        summary.background_us = end.map_or(0, |end| end.saturating_sub(self.root_end).max(0));
        let services = &summary.services;
        let external = self
            .waits
            .external(|peer| services.iter().any(|share| share.service == peer));
        let (external, more) = longest(external);
        summary.external = external;
        let left_out = self.room.left_out.iter();
        summary.left_out = left_out
            .map(|(list, names)| (list.clone(), counted(names.len())))
            .collect();
        if more > 0 {
            summary.left_out.insert("external".to_owned(), counted(more));
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

    /// The summary.
    pub(crate) fn summary(&self) -> &TraceSummary {
        &self.summary
    }
}

fn counted(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}

fn extend(times: &mut Option<(Micros, Micros)>, start: Micros, end: Micros) {
    let (earliest, latest) = times.unwrap_or((start, start));
    *times = Some((earliest.min(start), latest.max(start).max(end)));
}

/// Whether a status stands for a 5xx, by Sentry's mapping of HTTP to span statuses
/// (<https://develop.sentry.dev/sdk/foundations/transport/event-payloads/span/>).
fn is_server_error(status: &str) -> bool {
    matches!(
        status,
        "internal_error" | "unimplemented" | "unavailable" | "deadline_exceeded"
    )
}

/// Splits a tag into names at its commas.
fn names(value: &str) -> impl Iterator<Item = String> {
    let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.map(str::to_owned)
}

/// Adds the content of an envelope about one trace.
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
        .filter(|fact| fact.trace_id == Some(trace_id))
        .map(|fact| &fact.line)
        .collect();
    trace.add(seq, &spans, &errors, &logs);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
