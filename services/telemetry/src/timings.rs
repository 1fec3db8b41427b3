//! The own time of each service: the duration of its requests without the time it waits for other services.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hdrhistogram::Histogram;
use parking_lot::Mutex;

/// A histogram of own times for each service, shared by all services of a stack. Recording takes well below a
/// microsecond.
#[derive(Clone, Default)]
pub struct Timings {
    by_service: Arc<Mutex<BTreeMap<&'static str, Served>>>,
}

struct Served {
    micros: Histogram<u64>,
    errors: u64,
}

/// The figures of one service.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Requests served.
    pub requests: u64,
    /// Requests answered with a 5xx.
    pub errors: u64,
    /// Median of the own time, in milliseconds.
    pub p50_ms: f64,
    /// 95th percentile of the own time, in milliseconds.
    pub p95_ms: f64,
    /// Sum of the own time, in milliseconds.
    pub total_ms: f64,
}

/// Creates a histogram of microseconds with three significant digits. Values above one hour count as one hour.
#[must_use]
pub fn latencies() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 3_600_000_000, 3).unwrap_or_else(|_| unreachable!("the bounds are valid"))
}

/// Records a time in a histogram of [`latencies`].
pub fn record_latency(latencies: &mut Histogram<u64>, time: Duration) {
    latencies.saturating_record(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
}

impl Timings {
    pub(crate) fn record(&self, service: &'static str, own: Duration, failed: bool) {
        let mut map = self.by_service.lock();
        let served = map.entry(service).or_insert_with(|| Served {
            micros: latencies(),
            errors: 0,
        });
        record_latency(&mut served.micros, own);
        served.errors += u64::from(failed);
    }

    /// Clears all histograms, so that a measurement starts after a warm-up.
    pub fn reset(&self) {
        self.by_service.lock().clear();
    }

    /// The figures of each service since the start or the last reset.
    #[must_use]
    pub fn shares(&self) -> BTreeMap<&'static str, Share> {
        let map = self.by_service.lock();
        map.iter()
            .map(|(service, served)| (*service, share(served)))
            .collect()
    }
}

#[allow(clippy::cast_precision_loss)] // microseconds of a session stay far below 2^53
fn share(served: &Served) -> Share {
    let histogram = &served.micros;
    let ms = |micros: u64| micros as f64 / 1_000.0;
    Share {
        requests: histogram.len(),
        errors: served.errors,
        p50_ms: ms(histogram.value_at_quantile(0.50)),
        p95_ms: ms(histogram.value_at_quantile(0.95)),
        total_ms: histogram.mean() * histogram.len() as f64 / 1_000.0,
    }
}
