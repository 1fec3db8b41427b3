//! Ages of envelopes, which do not depend on settings of the wall clock.
//!
//! An envelope is stored with the wall-clock time of its arrival, but that clock may be set later. The age of an
//! envelope that arrived in this process is therefore the monotonic time since then. The age of an older envelope is
//! its age at the start of the process plus the monotonic time since the start.

use std::time::{Duration, Instant};

use parking_lot::Mutex;
use reelscope_contracts::UnixMillis;

use super::state::Entry;
use crate::clock::{Clock, millis};

/// Smallest change of the wall clock, in milliseconds, that counts as setting it. Smaller ones are adjustments.
pub(crate) const ADJUSTED: i64 = 1_000;
/// Maximum number of settings of the clock that are remembered. Older ones are merged.
const MAX_SETTINGS: usize = 1_024;

/// A setting of the wall clock: the start of the process as it shows it, for envelopes from number `from` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ClockSetting {
    from: u64,
    started_at: UnixMillis,
}

/// Computes ages. It notices when the wall clock is set, but not that the clock is wrong at the start. A clock that
/// is behind at the start makes existing envelopes younger, never older.
pub(crate) struct Ages {
    clock: Clock,
    started: Instant,
    /// In order. The first applies to the envelopes that exist at the start.
    settings: Mutex<Vec<ClockSetting>>,
}

impl Ages {
    /// `newest` is the number of the newest envelope that is there.
    pub(crate) fn new(clock: Clock, newest: u64) -> Self {
        let (started, started_at) = (clock.monotonic(), clock.wall());
        let here = ClockSetting { from: 0, started_at };
        let from = newest + 1;
        Self {
            clock,
            started,
            settings: Mutex::new(vec![here, ClockSetting { from, started_at }]),
        }
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Returns the wall-clock time for envelopes from `seq` on. Notices when the clock was set.
    pub(crate) fn stamp(&self, seq: u64) -> UnixMillis {
        let at = self.clock.wall();
        let started_at = at.saturating_sub(millis(self.running()));
        let mut settings = self.settings.lock();
        if settings
            .last()
            .is_some_and(|last| last.started_at.abs_diff(started_at) >= ADJUSTED.unsigned_abs())
        {
            settings.push(ClockSetting {
                from: seq,
                started_at,
            });
            if settings.len() > MAX_SETTINGS {
                // Merges the two oldest settings in favour of the smaller age.
                let other = settings.remove(2);
                settings[1].started_at = settings[1].started_at.min(other.started_at);
            }
        }
        at
    }

    /// Returns the age of an envelope. An envelope with a time in the future is at most as old as the process.
    pub(crate) fn of(&self, entry: &Entry) -> Duration {
        let running = self.running();
        let settings = self.settings.lock();
        let setting = settings.iter().rev().find(|setting| setting.from <= entry.seq);
        let started_at = setting.map_or(entry.received_at, |setting| setting.started_at);
        // Negative for an envelope from before the start.
        let came_after = entry.received_at.saturating_sub(started_at);
        let after = Duration::from_millis(came_after.unsigned_abs());
        match setting {
            _ if came_after <= 0 => running + after,
            // An envelope from before the start has a later time only because a clock was wrong.
            Some(setting) if setting.from == 0 => running,
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
        assert_eq!(ages.settings.lock().len(), MAX_SETTINGS);
        for entry in &came {
            assert!(ages.of(entry) < Duration::from_secs(60), "{entry:?}");
        }
    }
}
