//! The two clocks of a process: the wall clock, which can be set, and the monotonic clock, which only advances.
//!
//! Everything that begins in this process is timed by the monotonic clock, so that setting the wall clock, by a
//! person, by NTP or after a sleep, does not make anything happen early, late or never.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reelscope_contracts::UnixMillis;
use tokio::sync::watch;

/// The offset of a test's clocks from those of the system.
#[derive(Debug, Clone, Copy, Default)]
struct Moved {
    /// Milliseconds by which the wall clock is ahead.
    wall: i64,
    /// Additional time that has passed on both clocks.
    passed: Duration,
}

/// A wall clock and a monotonic clock. Clones share them. A test can move them.
#[derive(Debug, Clone)]
pub struct Clock(Arc<watch::Sender<Moved>>);

impl Clock {
    /// Returns the clocks of the system.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(watch::Sender::new(Moved::default())))
    }

    /// Moves the wall clock by `by` milliseconds, forward or back, as a person or NTP does. No time passes.
    pub fn set_wall_by(&self, by: i64) {
        self.0
            .send_modify(|moved| moved.wall = moved.wall.saturating_add(by));
    }

    /// Advances both clocks.
    pub fn pass(&self, time: Duration) {
        self.0.send_modify(|moved| {
            moved.passed += time;
            moved.wall = moved.wall.saturating_add(millis(time));
        });
    }

    /// The time of the wall clock.
    #[must_use]
    pub fn wall(&self) -> UnixMillis {
        reelscope_contracts::now().saturating_add(self.0.borrow().wall)
    }

    /// The time of the monotonic clock.
    #[must_use]
    pub fn monotonic(&self) -> Instant {
        Instant::now() + self.0.borrow().passed
    }

    /// The time that the wall clock will show at `at`, for display.
    #[must_use]
    pub(crate) fn wall_at(&self, at: Instant) -> UnixMillis {
        let left = at.saturating_duration_since(self.monotonic());
        self.wall().saturating_add(millis(left))
    }

    /// Returns a handle that is notified when the clocks are moved.
    pub(crate) fn moves(&self) -> Moves {
        Moves(self.0.subscribe())
    }
}

/// Notified when the clocks are moved.
pub(crate) struct Moves(watch::Receiver<Moved>);

impl Moves {
    /// Sleeps until `at`, or for ever for `None`. Returns early when the clocks are moved, so that the caller
    /// checks them again.
    pub(crate) async fn sleep(&mut self, clock: &Clock, at: Option<Instant>) {
        let slept = async {
            match at {
                Some(at) => tokio::time::sleep(at.saturating_duration_since(clock.monotonic())).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = slept => {}
            Ok(()) = self.0.changed() => {}
        }
    }
}

pub(crate) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    #[test]
    fn setting_the_wall_clock_lets_no_time_pass() {
        let clock = Clock::system();
        let (wall, began) = (clock.wall(), clock.monotonic());
        for by in [millis(HOUR), -2 * millis(HOUR)] {
            clock.set_wall_by(by);
            assert!(clock.monotonic() - began < HOUR);
        }
        let back = wall - clock.wall();
        assert!((millis(HOUR) * 9 / 10..=millis(HOUR)).contains(&back), "{back}");
        clock.pass(HOUR);
        assert!(clock.monotonic() - began >= HOUR);
        assert!(clock.wall() >= wall);
        let soon = clock.wall_at(clock.monotonic() + HOUR) - clock.wall();
        assert!((millis(HOUR) * 9 / 10..=millis(HOUR)).contains(&soon), "{soon}");
    }

    #[tokio::test]
    async fn whoever_sleeps_is_woken_when_time_passes() {
        let clock = Clock::system();
        let mut moves = clock.moves();
        let at = clock.monotonic() + HOUR;
        clock.pass(HOUR);
        moves.sleep(&clock, Some(at)).await;
        assert!(clock.monotonic() >= at);
    }
}
