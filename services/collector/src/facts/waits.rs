//! The time that transactions wait for others.

use std::collections::HashMap;

use reelscope_page_api::telemetry::{Micros, Span};

use super::SpanFact;

/// Sets the waiting time of each transaction: the union of its own outgoing HTTP requests.
pub(super) fn note(facts: &mut [SpanFact]) {
    let mut waits: HashMap<(u128, u64), Vec<(Micros, Micros)>> = HashMap::new();
    for fact in facts.iter() {
        let span = &fact.span;
        if !span.transaction && span.op.starts_with("http.client") && span.start_us < span.end_us {
            let of_segment = waits.entry((fact.trace_id, fact.segment)).or_default();
            of_segment.push((span.start_us, span.end_us));
        }
    }
    for waits in waits.values_mut() {
        waits.sort_unstable();
    }
    for fact in facts.iter_mut().filter(|fact| fact.span.transaction) {
        if let Some(waits) = waits.get(&(fact.trace_id, fact.segment)) {
            fact.waiting_us = within(&fact.span, waits);
        }
    }
}

/// Microseconds of a transaction that lie within one of these times, which are sorted.
fn within(transaction: &Span, waits: &[(Micros, Micros)]) -> Micros {
    let (mut total, mut until) = (0, transaction.start_us);
    for (start, end) in waits {
        let end = (*end).min(transaction.end_us);
        total += end.saturating_sub((*start).max(until)).max(0);
        until = until.max(end);
    }
    total
}
