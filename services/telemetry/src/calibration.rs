//! Keeps the measured time of some work within a band, by another size of the work.
//!
//! What a machine needs for the same work changes while a program runs: other programs, a battery, a warm processor.

use std::time::Duration;

use parking_lot::Mutex;

/// Number of measurements whose median counts, so that a single slow one changes nothing.
const MEASUREMENTS: usize = 5;

/// The last measurements of some work, and the band in which their median stays.
#[derive(Debug)]
pub struct Calibration {
    wanted: Duration,
    band: std::ops::RangeInclusive<Duration>,
    last: Mutex<Vec<Duration>>,
}

impl Calibration {
    /// Creates a calibration without measurements. `wanted` lies within `band`.
    #[must_use]
    pub fn new(wanted: Duration, band: std::ops::RangeInclusive<Duration>) -> Self {
        Self {
            wanted,
            band,
            last: Mutex::default(),
        }
    }

    /// Adds a measurement of work with the size `size`. When the median of the last five leaves the band, returns the
    /// size with which the work takes the wanted time, and forgets the measurements, because they are of another size.
    pub fn measured(&self, size: u64, took: Duration) -> Option<u64> {
        let mut last = self.last.lock();
        if last.len() == MEASUREMENTS {
            last.remove(0);
        }
        last.push(took);
        let mut sorted = last.clone();
        sorted.sort_unstable();
        let median = *sorted.get(MEASUREMENTS / 2)?;
        if last.len() < MEASUREMENTS || self.band.contains(&median) {
            return None;
        }
        last.clear();
        Some(scaled(size, self.wanted, median))
    }

    /// Forgets the measurements, because the size of the work has changed.
    pub fn forget(&self) {
        self.last.lock().clear();
    }
}

/// The size of work that takes `wanted`, if work of `size` takes `took` and the time grows with the size.
#[must_use]
pub fn scaled(size: u64, wanted: Duration, took: Duration) -> u64 {
    let scaled = u128::from(size).saturating_mul(wanted.as_nanos()) / took.as_nanos().max(1);
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn the_size_changes_when_the_median_of_five_leaves_the_band_and_only_then() {
        let calibration = Calibration::new(ms(500), ms(350)..=ms(650));
        let measure = |times: &[u64]| -> Vec<_> {
            times
                .iter()
                .map(|time| calibration.measured(1_000, ms(*time)))
                .collect()
        };
        // Two slow ones among five are no reason.
        assert_eq!(measure(&[500, 2_000, 510, 2_000, 490, 500]), [None; 6]);
        // The machine is half as fast from now on.
        assert_eq!(
            measure(&[1_000, 1_000]),
            [None, Some(500)],
            "with the two slow ones before"
        );
        assert_eq!(measure(&[100, 100, 100, 100, 100])[4], Some(5_000));
        calibration.forget();
        assert_eq!(measure(&[100, 100, 100, 100])[3], None);
    }

    #[test]
    fn a_size_is_scaled_by_its_time_without_overflow() {
        assert_eq!(scaled(20_000, ms(500), ms(100)), 100_000);
        assert_eq!(scaled(1_000, ms(500), Duration::ZERO), 500_000_000_000);
        assert_eq!(scaled(u64::MAX, Duration::MAX, Duration::ZERO), u64::MAX);
    }
}
