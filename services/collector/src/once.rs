//! Recognises things that are sent again, so that they count once.
//!
//! An error is recognised by its event id. A span is recognised by its id together with its content, because ids
//! repeat, but without its times, which are corrected by the time of arrival. Log lines and metrics have no id; one
//! is sent again when another envelope has an equal one of the same microsecond, by the time as it was sent.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use reelscope_page_api::telemetry::{MeasurementPoint, Micros};

use crate::content_hash::hashed;
use crate::facts::{Facts, LogFact, MetricFact, SpanFact};

/// Distinguishes equal elements of one envelope, which were not sent again.
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

    pub(crate) fn of_log(&mut self, fact: &LogFact) -> i64 {
        let log = &fact.line;
        self.number((
            fact.trace_id,
            fact.told_us,
            &log.level,
            &log.service,
            &log.message,
            &log.span_id,
            &log.attributes,
        ))
    }

    pub(crate) fn of_metric(&mut self, fact: &MetricFact) -> i64 {
        self.point(&fact.point, fact.told_us, fact.attributes)
    }

    /// The number of a measurement of a transaction, which is as new as that.
    pub(crate) fn of_measurement(&mut self, point: &MeasurementPoint) -> i64 {
        self.point(point, point.at_us, 0)
    }

    fn point(&mut self, point: &MeasurementPoint, told_us: Micros, attributes: u64) -> i64 {
        self.number((
            told_us,
            attributes,
            &point.name,
            point.value.to_bits(),
            &point.unit,
            &point.kind,
            &point.trace_id,
            &point.service,
        ))
    }

    /// Number of an element. Its first, second and later occurrence in an envelope have different numbers, which
    /// are the same in every envelope.
    fn number(&mut self, hash: impl Hash) -> i64 {
        let of_one = hashed(hash);
        let count = self.0.entry(of_one).or_default();
        *count += 1;
        // Multiplied by a large odd number, so that the second occurrence of one does not equal the first of
        // another.
        of_one
            .wrapping_add((*count - 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .cast_signed()
    }
}

/// What several envelopes have contained.
#[derive(Default)]
pub(crate) struct Seen {
    events: HashSet<String>,
    numbers: HashSet<i64>,
}

impl Seen {
    /// Returns the content of an envelope that none before it had.
    pub(crate) fn fresh(&mut self, mut facts: Facts) -> Facts {
        let mut equals = Equals::default();
        let Self { events, numbers } = self;
        facts
            .errors
            .retain(|error| error.event_id.is_empty() || events.insert(error.event_id.clone()));
        facts.spans.retain(|fact| numbers.insert(equals.of_span(fact)));
        facts.logs.retain(|fact| numbers.insert(equals.of_log(fact)));
        facts
            .metrics
            .retain(|fact| numbers.insert(equals.of_metric(fact)));
        facts
    }
}
