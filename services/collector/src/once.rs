//! What is sent again is the same thing, and counts once.
//!
//! An error is known by its event's id. A span is known by its id, and by what it says of itself, since ids repeat; not by
//! its times, which are corrected by when it came. Log lines and metrics have no id: one is the same where another envelope
//! has brought its equal of the same microsecond.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use reelscope_contracts::telemetry::{LogLine, MeasurementPoint};

use crate::facts::{Facts, SpanFact};

/// A number for something that has an id, or that is known by all of itself.
pub(crate) fn number_of(hash: impl Hash) -> i64 {
    hashed(hash).cast_signed()
}

fn hashed(hash: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    hash.hash(&mut hasher);
    hasher.finish()
}

/// Tells equal elements of one envelope apart, which are none that were sent again.
#[derive(Default)]
pub(crate) struct Equals(HashMap<u64, u64>);

impl Equals {
    pub(crate) fn of_span(&mut self, fact: &SpanFact) -> i64 {
        let span = &fact.span;
        self.number((
            fact.trace_id,
            &span.span_id,
            &span.parent_span_id,
            span.transaction,
            &span.service,
            &span.op,
            &span.description,
            span.end_us.wrapping_sub(span.start_us),
        ))
    }

    pub(crate) fn of_log(&mut self, trace_id: Option<u128>, log: &LogLine) -> i64 {
        self.number((
            trace_id,
            log.at_us,
            &log.level,
            &log.service,
            &log.message,
            &log.span_id,
            &log.attributes,
        ))
    }

    pub(crate) fn of_point(&mut self, point: &MeasurementPoint) -> i64 {
        self.number((
            point.at_us,
            &point.name,
            point.value.to_bits(),
            &point.unit,
            &point.kind,
            &point.trace_id,
            &point.service,
        ))
    }

    /// A number for what is hashed: the same for its first, its second and so on in each envelope.
    fn number(&mut self, hash: impl Hash) -> i64 {
        let of_one = hashed(hash);
        let count = self.0.entry(of_one).or_default();
        *count += 1;
        // Spread, so that the second of one is not the first of another.
        of_one
            .wrapping_add((*count - 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .cast_signed()
    }
}

/// What several envelopes have told.
#[derive(Default)]
pub(crate) struct Seen {
    events: HashSet<String>,
    numbers: HashSet<i64>,
}

impl Seen {
    /// What an envelope tells that none before it has told.
    pub(crate) fn fresh(&mut self, mut facts: Facts) -> Facts {
        let mut equals = Equals::default();
        let Self { events, numbers } = self;
        facts
            .errors
            .retain(|error| error.event_id.is_empty() || events.insert(error.event_id.clone()));
        facts.spans.retain(|fact| numbers.insert(equals.of_span(fact)));
        facts
            .logs
            .retain(|(trace_id, log)| numbers.insert(equals.of_log(*trace_id, log)));
        facts
            .metrics
            .retain(|point| numbers.insert(equals.of_point(point)));
        facts
    }
}
