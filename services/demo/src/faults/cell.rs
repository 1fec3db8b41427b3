//! The state of one fault, and the traces that are counted as evidence of it.

use std::collections::BTreeMap;
use std::time::Instant;

use reelscope_page_api::telemetry::{Micros, TraceSummary};

use super::evidence::Evidence;
use super::table::FaultState;
use super::wire::Observed;
use crate::moment::Moment;

/// The end of a fault that is on for a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending {
    pub(super) at: Instant,
    /// The state that it goes back to.
    pub(super) back: FaultState,
}

/// The state of a fault, and the evidence of it in this session.
#[derive(Clone)]
pub(super) struct Cell {
    pub(super) state: FaultState,
    /// The target state of a switch under way.
    pub(super) to: Option<FaultState>,
    /// When the fault entered its state.
    pub(super) switched: Moment,
    /// When it goes back by itself.
    pub(super) ending: Option<Ending>,
    /// Start of the evidence: the last change of state, or the last firing.
    pub(super) since: Moment,
    /// Number of firings in this session.
    pub(super) fired: u64,
    /// Whether it was fired and no trace has shown it yet.
    pub(super) is_awaited: bool,
    pub(super) observed: Option<Observed>,
    /// Number of the first envelope of the newest trace in `observed`.
    pub(super) newest: u64,
    /// Traces counted as evidence, by id, with their start: so that a repeated search does not count them again.
    pub(super) counted: BTreeMap<String, Micros>,
}

impl Cell {
    pub(super) fn new(state: FaultState, now: Moment) -> Self {
        Self {
            state,
            to: None,
            switched: now,
            ending: None,
            since: now,
            fired: 0,
            is_awaited: false,
            observed: None,
            newest: 0,
            counted: BTreeMap::new(),
        }
    }

    /// Enters a state at `now`.
    pub(super) fn stand(&mut self, state: FaultState, now: Moment) {
        self.state = state;
        self.switched = now;
        self.ending = None;
        self.is_awaited = false;
        self.begin(now);
    }

    /// Discards the evidence; it counts from `now`.
    pub(super) fn begin(&mut self, now: Moment) {
        self.since = now;
        self.forget();
    }

    /// Discards the evidence.
    pub(super) fn forget(&mut self) {
        self.observed = None;
        self.newest = 0;
        self.counted.clear();
    }

    /// Whether to search for evidence: while the fault is on, and after it was fired until one trace shows it.
    pub(super) fn is_in_question(&self) -> bool {
        self.state == FaultState::On || self.is_awaited
    }

    pub(super) fn note(&mut self, line: &TraceSummary, Evidence { ms, size }: Evidence) {
        self.is_awaited = false;
        self.counted.insert(line.trace_id.clone(), line.start_us);
        let before = self.observed.as_ref();
        let count = before.map_or(0, |observed| observed.count);
        if self.newest <= line.first_envelope {
            self.newest = line.first_envelope;
            let size_was = before.and_then(|before| match (before.size, size) {
                (Some(was), Some(is)) if was != is => Some(was),
                _ => before.size_was,
            });
            self.observed = Some(Observed {
                count,
                trace_id: line.trace_id.clone(),
                at: line.start_us / 1_000,
                ms,
                size,
                size_was,
            });
        }
        if let Some(observed) = &mut self.observed {
            observed.count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::tests::trace;
    use crate::moment::Moments;

    #[test]
    fn a_size_that_follows_the_machine_is_said_beside_the_one_before_until_the_evidence_begins_anew() {
        let mut cell = Cell::new(FaultState::On, Moments::of(None).now());
        let note = |cell: &mut Cell, number, size| {
            cell.note(
                &trace(number, 500, &[], &[]),
                Evidence {
                    ms: Some(500.0),
                    size,
                },
            );
            cell.observed
                .as_ref()
                .map(|observed| (observed.size, observed.size_was))
        };
        assert_eq!(note(&mut cell, 1, Some(20_000)), Some((Some(20_000), None)));
        assert_eq!(note(&mut cell, 2, Some(20_000)), Some((Some(20_000), None)));
        assert_eq!(
            note(&mut cell, 3, Some(50_000)),
            Some((Some(50_000), Some(20_000)))
        );
        assert_eq!(
            note(&mut cell, 4, Some(50_000)),
            Some((Some(50_000), Some(20_000)))
        );
        cell.begin(Moments::of(None).now());
        assert_eq!(note(&mut cell, 5, Some(60_000)), Some((Some(60_000), None)));
    }
}
