//! How often: a token bucket per session, and one for all log-ins.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::GatewayError;

/// Checks between two clean-ups of buckets that are full again.
const CLEAN_EVERY: u64 = 4_096;

/// Requests that one key may make.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Sustained requests a second.
    pub per_second: NonZeroU32,
    /// Requests at once after a rest.
    pub burst: NonZeroU32,
}

/// Buckets by key. Without a rate everything passes: the load generator of the command line is bounded by its own
/// concurrency.
#[derive(Clone)]
pub struct RateLimits {
    buckets: Option<Arc<DefaultKeyedRateLimiter<String>>>,
    checks: Arc<AtomicU64>,
}

impl RateLimits {
    /// Buckets of this rate, or none.
    #[must_use]
    pub fn new(rate: Option<Rate>) -> Self {
        let quota = |rate: Rate| Quota::per_second(rate.per_second).allow_burst(rate.burst);
        Self {
            buckets: rate.map(|rate| Arc::new(RateLimiter::keyed(quota(rate)))),
            checks: Arc::default(),
        }
    }

    /// Takes one request out of the key's bucket.
    ///
    /// # Errors
    /// [`GatewayError::RateLimited`] with the seconds to wait, rounded up.
    pub fn check(&self, key: &str) -> Result<(), GatewayError> {
        let Some(buckets) = &self.buckets else {
            return Ok(());
        };
        if self.checks.fetch_add(1, Ordering::Relaxed) % CLEAN_EVERY == CLEAN_EVERY - 1 {
            buckets.retain_recent();
        }
        buckets.check_key(&key.to_owned()).map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            GatewayError::RateLimited(wait.as_secs() + 1)
        })
    }
}
