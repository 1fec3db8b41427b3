//! Before or after: told by the order in which traces arrive, and by a clock that cannot be set. A laptop's wall clock
//! can be, by hours and in the middle of a demo.

use std::time::Instant;

use reelscope_collector::Collector;
use reelscope_contracts::telemetry::{Micros, TraceSummary};
use reelscope_contracts::{UnixMillis, now};

use crate::figures::micros;

/// Tells moments; clones tell the same.
#[derive(Clone)]
pub struct Moments {
    collector: Option<Collector>,
}

impl Moments {
    /// `None` when nothing is reported.
    pub fn of(collector: Option<Collector>) -> Self {
        Self { collector }
    }

    /// This moment.
    pub fn now(&self) -> Moment {
        Moment {
            at: now(),
            elapsed_from: Instant::now(),
            captured: self.collector.as_ref().map_or(0, Collector::captured_so_far),
        }
    }
}

/// When something was switched.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// By the wall clock of then.
    at: UnixMillis,
    elapsed_from: Instant,
    /// Number of the last envelope of then.
    captured: u64,
}

impl Moment {
    /// By the wall clock of then, for people.
    pub const fn at(&self) -> UnixMillis {
        self.at
    }

    /// Milliseconds since then, whatever was done to the wall clock.
    pub fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.elapsed_from.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Number of the last envelope that had come.
    pub const fn captured(&self) -> u64 {
        self.captured
    }

    /// The later of two.
    pub fn max(self, other: Self) -> Self {
        if other.elapsed_from > self.elapsed_from {
            other
        } else {
            self
        }
    }

    /// Whether a trace was begun after it: it arrived after it, and its start, by the clock as it stands at present, is no
    /// earlier.
    pub fn is_before(&self, trace: &TraceSummary) -> bool {
        trace.first_envelope > self.captured && trace.start_us >= self.at_by_the_clock_of(now())
    }

    /// Microseconds since the Unix epoch. By a clock that was set back meanwhile, it was earlier.
    fn at_by_the_clock_of(&self, now: UnixMillis) -> Micros {
        let elapsed = i64::try_from(self.elapsed_from.elapsed().as_millis()).unwrap_or(i64::MAX);
        // Two clocks tick a little differently.
        const TOLERANCE_MS: i64 = 50;
        let reckoned = now.saturating_sub(elapsed);
        let set_back = reckoned < self.at - TOLERANCE_MS;
        micros(if set_back { reckoned } else { self.at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_back_moves_the_moment_with_it() {
        let moment = Moment {
            at: 10_000_000,
            elapsed_from: Instant::now(),
            captured: 7,
        };
        let check = |now, expected: UnixMillis| {
            let by_clock = moment.at_by_the_clock_of(now) / 1_000;
            assert!(
                (expected - 1_000..=expected).contains(&by_clock),
                "{now}: {by_clock}"
            );
        };
        check(10_000_000, 10_000_000);
        check(10_060_000, 10_000_000);
        check(2_800_000, 2_800_000);
    }

    #[test]
    fn how_long_ago_it_was_does_not_depend_on_the_wall_clock() {
        let moment = |at| Moment {
            at,
            elapsed_from: Instant::now(),
            captured: 7,
        };
        // One that the wall clock places a century ahead, and one that it places at the epoch.
        for at in [now() + 3_000_000_000_000, 0] {
            assert!(moment(at).elapsed_ms() < 60_000);
        }
    }
}
