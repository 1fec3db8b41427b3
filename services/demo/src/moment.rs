//! Tells whether a trace came before or after a switch: by the order in which envelopes arrive and by the monotonic
//! clock, because the wall clock of a laptop can be set in the middle of a demo.

use std::time::Instant;

use reelscope_collector::Collector;
use reelscope_contracts::{UnixMillis, now};
use reelscope_page_api::telemetry::{Micros, TraceSummary};

/// Takes moments. Clones are equal.
#[derive(Clone)]
pub struct Moments {
    collector: Option<Collector>,
}

impl Moments {
    /// Creates it for a collector, or with `None` where nothing is reported.
    pub fn of(collector: Option<Collector>) -> Self {
        Self { collector }
    }

    /// Returns the present moment.
    pub fn now(&self) -> Moment {
        Moment {
            at: now(),
            elapsed_from: Instant::now(),
            captured: self.collector.as_ref().map_or(0, Collector::captured_so_far),
        }
    }
}

/// The moment of a switch.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Its time by the wall clock.
    at: UnixMillis,
    elapsed_from: Instant,
    /// Number of the last envelope that had arrived.
    captured: u64,
}

impl Moment {
    /// Its time by the wall clock, for display.
    pub const fn at(&self) -> UnixMillis {
        self.at
    }

    /// Milliseconds since then, by the monotonic clock.
    pub fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.elapsed_from.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Number of the last envelope that had arrived.
    pub const fn captured(&self) -> u64 {
        self.captured
    }

    /// Returns the later of two moments.
    pub fn max(self, other: Self) -> Self {
        if other.elapsed_from > self.elapsed_from {
            other
        } else {
            self
        }
    }

    /// Whether a trace began after this moment: its envelopes arrived after it, and its start is not earlier by the
    /// present wall clock.
    pub fn is_before(&self, trace: &TraceSummary) -> bool {
        trace.first_envelope > self.captured && trace.start_us >= self.at_by_the_clock_of(now())
    }

    /// The moment in microseconds since the Unix epoch, by the wall clock as it is set now.
    fn at_by_the_clock_of(&self, now: UnixMillis) -> Micros {
        let elapsed = i64::try_from(self.elapsed_from.elapsed().as_millis()).unwrap_or(i64::MAX);
        // Wall clock and monotonic clock drift apart by a few milliseconds; starts this much earlier still count as
        // after.
        const TOLERANCE_MS: i64 = 50;
        let reckoned = now.saturating_sub(elapsed);
        let set_back = reckoned < self.at - TOLERANCE_MS;
        micros(if set_back { reckoned } else { self.at })
    }
}

/// Converts milliseconds to microseconds.
pub(crate) const fn micros(at: UnixMillis) -> Micros {
    at.saturating_mul(1_000)
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
        // Moments that the wall clock places a century ahead and at the epoch.
        for at in [now() + 3_000_000_000_000, 0] {
            assert!(moment(at).elapsed_ms() < 60_000);
        }
    }
}
