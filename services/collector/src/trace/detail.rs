//! The details of a trace on request.

use std::collections::{HashMap, HashSet};

use reelscope_page_api::telemetry::{MeasurementPoint, Micros, OtherRoot, Span, TraceDetail};

use super::{ROOT, SKEW, Trace, add, claim_of, length_of};
use crate::critical_path::PathSpan;
use crate::envelope::{Envelope, format_id};
use crate::facts::{self, Source};
use crate::log::Entry;
use crate::once::Seen;

/// Builds a trace from its envelopes; `oddity` tells why some of them are missing.
// Long because each kind of fact of a trace is taken in turn.
pub(crate) fn detail(trace_id: u128, envelopes: &[(Entry, Vec<u8>)], oddity: Option<&str>) -> TraceDetail {
    let mut trace = Trace::new(trace_id);
    let wanted = format_id(trace_id);
    let mut spans = Vec::new();
    let mut errors = Vec::new();
    let mut logs = Vec::new();
    let mut metrics: Vec<MeasurementPoint> = Vec::new();
    let mut seen = Seen::default();
    for (entry, bytes) in envelopes {
        let Ok(envelope) = Envelope::framed(bytes) else {
            trace.oddities.insert("unreadable_item".to_owned());
            continue;
        };
        let facts = seen.fresh(facts::read(Source::of(entry), &envelope));
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
                .filter(|fact| fact.trace_id == Some(trace_id))
                .map(|fact| fact.line),
        );
        metrics.extend(
            facts
                .metrics
                .into_iter()
                .map(|fact| fact.point)
                .filter(|point| point.trace_id.as_ref() == Some(&wanted)),
        );
    }
    trace.oddities.extend(oddity.map(str::to_owned));
    mark_odd_spans(&mut spans);
    for error in &mut errors {
        error.outside = trace.is_outside(error.at_us);
    }
    for log in &mut logs {
        log.outside = trace.is_outside(log.at_us);
    }
    let path: Vec<_> = spans.iter().map(PathSpan::of).collect();
    spans.sort_by_key(|span| (span.start_us, !span.transaction, span.seq));
    errors.sort_by_key(|error| error.at_us);
    logs.sort_by_key(|log| log.at_us);
    metrics.sort_by_key(|point| point.at_us);
    trace
        .oddities
        .extend(spans.iter().flat_map(|span| span.oddities.iter().cloned()));
    trace.conclude();
    if trace.has_path() {
        trace.set_path(&path);
    }
    TraceDetail {
        other_roots: other_roots(trace.summary.root_span_id.as_deref(), &spans),
        summary: trace.summary,
        spans,
        errors,
        logs,
        metrics,
        envelopes: envelopes.iter().map(|(entry, _)| entry.seq).collect(),
    }
}

/// Transactions without a parent, besides the root, in the order of their starts.
fn other_roots(root: Option<&str>, spans: &[Span]) -> Vec<OtherRoot> {
    let mut told: HashSet<&str> = root.into_iter().collect();
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

/// Marks what shows only with all spans: missing parents, repeated ids, clocks that differ.
fn mark_odd_spans(spans: &mut [Span]) {
    let mut starts: HashMap<String, Micros> = HashMap::new();
    let mut repeated = HashSet::new();
    // Spans without an id, which are marked as that, have none in common.
    for span in spans.iter().filter(|span| !span.span_id.is_empty()) {
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
