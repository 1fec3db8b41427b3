//! How old what is kept is, whatever the wall clock does.
//!
//! An envelope is kept with what the wall clock said when it came. Since then that clock may have been set, so an age is
//! not the difference of two of its readings: what came in this process is as old as the time that passed since, and what
//! was there at the start is as old as it was then and the time that passed since.

use std::time::{Duration, Instant};

use parking_lot::Mutex;
use reelscope_contracts::UnixMillis;

use super::state::Entry;
use crate::clock::{Clock, millis};

/// A wall clock that is off by less than this was adjusted, not set. In milliseconds.
pub(crate) const ADJUSTED: i64 = 1_000;
/// Most settings of the clock that are remembered.
const MOST_SET: usize = 1_024;

/// From an envelope on, what the wall clock said when the process started, as it was set then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Set {
    from: u64,
    started_at: UnixMillis,
}

/// Knows when the wall clock was set, and so how old envelopes are. Of a clock that is wrong at the start it cannot know: one
/// that is behind makes what is there younger, never older.
pub(crate) struct Ages {
    clock: Clock,
    started: Instant,
    /// In order; the first holds for what was there at the start.
    sets: Mutex<Vec<Set>>,
}

impl Ages {
    /// `newest` is the number of the newest envelope that is there.
    pub(crate) fn new(clock: Clock, newest: u64) -> Self {
        let (started, started_at) = (clock.monotonic(), clock.wall());
        let here = Set { from: 0, started_at };
        let from = newest + 1;
        Self {
            clock,
            started,
            sets: Mutex::new(vec![here, Set { from, started_at }]),
        }
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The time at which envelope `seq` and those after it come, as the wall clock has it.
    pub(crate) fn stamp(&self, seq: u64) -> UnixMillis {
        let at = self.clock.wall();
        let started_at = at.saturating_sub(millis(self.running()));
        let mut sets = self.sets.lock();
        if sets
            .last()
            .is_some_and(|last| last.started_at.abs_diff(started_at) >= ADJUSTED.unsigned_abs())
        {
            sets.push(Set {
                from: seq,
                started_at,
            });
            if sets.len() > MOST_SET {
                // What came between the two counts as the younger.
                let other = sets.remove(2);
                sets[1].started_at = sets[1].started_at.min(other.started_at);
            }
        }
        at
    }

    /// How old an envelope is. One that seems to come from the future is as old as the process, or younger.
    pub(crate) fn of(&self, entry: &Entry) -> Duration {
        let running = self.running();
        let sets = self.sets.lock();
        let set = sets.iter().rev().find(|set| set.from <= entry.seq);
        let started_at = set.map_or(entry.received_at, |set| set.started_at);
        // Negative for what came before the start.
        let came_after = entry.received_at.saturating_sub(started_at);
        let after = Duration::from_millis(came_after.unsigned_abs());
        match set {
            _ if came_after <= 0 => running + after,
            // A time after the start is not one of those that were there then.
            Some(set) if set.from == 0 => running,
            _ => running.saturating_sub(after),
        }
    }

    fn running(&self) -> Duration {
        self.clock.monotonic().saturating_duration_since(self.started)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn entry(seq: u64, received_at: UnixMillis) -> Entry {
        Entry {
            received_at,
            ..Entry::external(seq)
        }
    }

    #[track_caller]
    fn is_about(age: Duration, expected: Duration) {
        let off = age.abs_diff(expected);
        assert!(off < Duration::from_secs(5), "{age:?} instead of {expected:?}");
    }

    #[test]
    fn what_was_there_ages_by_what_passes_and_not_by_what_is_set() {
        let clock = Clock::system();
        let wall = clock.wall();
        let ages = Ages::new(clock.clone(), 3);
        let [old, ahead] = [entry(1, wall - 2 * millis(DAY)), entry(2, wall + 9 * millis(DAY))];
        for by in [100, -300, 200] {
            clock.set_wall_by(by * millis(DAY));
            is_about(ages.of(&old), 2 * DAY);
            is_about(ages.of(&ahead), Duration::ZERO);
        }
        clock.pass(DAY);
        is_about(ages.of(&old), 3 * DAY);
        is_about(ages.of(&ahead), DAY);
    }

    #[test]
    fn what_came_in_this_process_is_as_old_as_the_time_since() {
        let clock = Clock::system();
        let ages = Ages::new(clock.clone(), 3);
        let mut came = vec![entry(4, ages.stamp(4))];
        for (seq, by) in [(5, 400), (6, -1_000), (7, 600)] {
            clock.pass(DAY);
            clock.set_wall_by(by * millis(DAY));
            came.push(entry(seq, ages.stamp(seq)));
        }
        for (entry, days) in came.iter().zip([3, 2, 1, 0]) {
            is_about(ages.of(entry), days * DAY);
        }
    }

    #[test]
    fn a_clock_that_never_rests_costs_little_and_makes_nothing_old() {
        let clock = Clock::system();
        let ages = Ages::new(clock.clone(), 0);
        let came: Vec<Entry> = (1..3_000)
            .map(|seq| {
                clock.set_wall_by(if seq % 2 == 0 { 90 } else { -90 } * millis(DAY));
                entry(seq, ages.stamp(seq))
            })
            .collect();
        assert_eq!(ages.sets.lock().len(), MOST_SET);
        for entry in &came {
            assert!(ages.of(entry) < Duration::from_secs(60), "{entry:?}");
        }
    }
}
