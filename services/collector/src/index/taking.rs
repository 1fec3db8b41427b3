//! An envelope whose pieces are being indexed.

use reelscope_page_api::telemetry::{Measurement, MeasurementPoint, Micros};

use super::rows;
use crate::envelope::format_id;
use crate::facts::{Facts, SpanFact};
use crate::once::Equals;

/// An envelope whose pieces are being indexed.
pub(super) struct EnvelopeProgress {
    pub(super) seq: u64,
    pub(super) received_us: Micros,
    /// Whether it came after the index was created.
    pub(super) is_new: bool,
    /// Number of its elements that are indexed.
    element: u64,
    pub(super) equals: Equals,
}

impl EnvelopeProgress {
    pub(super) fn new(seq: u64, received_us: Micros, is_new: bool) -> Self {
        Self {
            seq,
            received_us,
            is_new,
            element: 0,
            equals: Equals::default(),
        }
    }

    pub(super) fn is_of(&self, seq: u64) -> bool {
        self.seq == seq
    }

    /// Returns the row of the next element.
    pub(super) fn row(&mut self) -> i64 {
        let row = rows::row_id(self.seq, self.element);
        self.element += 1;
        row
    }

    /// Skips a piece that was indexed before, and counts its elements.
    pub(super) fn skip(&mut self, facts: &Facts) {
        // All fields by name: the compiler asks whether a new one has rows that may come twice.
        let Facts {
            spans,
            errors: _,
            logs,
            metrics,
            listed: _,
            counts: _,
            sample_rate: _,
            oddities: _,
        } = facts;
        for fact in spans {
            self.equals.of_span(fact);
            for (name, measurement) in &fact.span.measurements {
                self.equals.of_measurement(&point_of(fact, name, measurement));
                self.element += 1;
            }
        }
        for log in logs {
            self.equals.of_log(log);
        }
        for metric in metrics {
            self.equals.of_metric(metric);
        }
        self.element += facts.elements() as u64;
    }
}

/// Converts a measurement of a transaction to a point.
pub(super) fn point_of(fact: &SpanFact, name: &str, measurement: &Measurement) -> MeasurementPoint {
    MeasurementPoint {
        at_us: fact.span.start_us,
        name: name.to_owned(),
        value: measurement.value,
        unit: measurement.unit.clone(),
        kind: "measurement".to_owned(),
        trace_id: Some(format_id(fact.trace_id)),
        service: fact.span.service.clone(),
        release: fact.release.clone(),
    }
}
