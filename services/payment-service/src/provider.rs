//! Client of the external payment provider.

use std::time::{Duration, Instant};

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use reelscope_contracts::provider::SettlementRequest;
use reelscope_telemetry::{CallError, Client, Method, capture};
use tracing::{Instrument, info_span};

use crate::Retrying;

/// What the provider said, as far as money is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It has settled.
    Settled,
    /// It has not, and will not for this key: it refused, or was never reached.
    Refused,
    /// It may or may not have settled; only asking again with the same key tells.
    Unknown,
}

/// A payment that failed: what becomes an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PaymentFailed {
    /// The provider refused with a status of its own.
    #[error("the payment provider declined the settlement")]
    Declined {
        /// HTTP status of the refusal.
        status: u16,
    },
    /// The provider failed.
    #[error("the payment provider failed to settle")]
    ProviderError {
        /// HTTP status of the failure.
        status: u16,
    },
    /// The provider answered that its acquiring bank had not answered it in time.
    #[error("the payment provider's acquiring bank did not answer in time")]
    AcquirerTimeout,
    /// No answer within the deadline.
    #[error("the payment provider did not answer in time")]
    Timeout,
    /// The provider could not be reached.
    #[error("the payment provider could not be reached")]
    Unreachable,
    /// The connection broke before the answer.
    #[error("the connection to the payment provider broke before its answer")]
    Broken,
}

impl PaymentFailed {
    /// Stable name, as the tag `provider.code`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Declined { .. } => "declined",
            Self::ProviderError { .. } => "provider_error",
            Self::AcquirerTimeout | Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
            Self::Broken => "connection_broken",
        }
    }

    /// As far as money is concerned.
    fn outcome(self) -> Outcome {
        match self {
            // 408 and 429 say nothing of an earlier attempt with this key.
            Self::Declined { status: 408 | 429 } => Outcome::Unknown,
            Self::Declined { .. } | Self::Unreachable => Outcome::Refused,
            Self::ProviderError { .. } | Self::AcquirerTimeout | Self::Timeout | Self::Broken => {
                Outcome::Unknown
            }
        }
    }

    /// Whether the same request may be answered otherwise a moment later.
    fn is_transient(self) -> bool {
        self == Self::Unreachable || self.outcome() == Outcome::Unknown
    }
}

/// How long the provider may take.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// For one attempt.
    pub attempt: Duration,
    /// For all attempts and the pauses between them; less than whoever waits for the settlement waits.
    pub overall: Duration,
}

/// Attempts after the first.
const MOST_RETRIES: u32 = 3;
/// Longest pause before the first retry; doubles with every attempt.
const FIRST_PAUSE_MS: u64 = 50;

/// The pause after `attempt` attempts that failed: evenly between nothing and a bound that doubles, so that payments
/// that failed together are not made again together ("full jitter",
/// <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>).
fn pause_after(attempt: u32, rng: &mut impl Rng) -> Duration {
    let bound = FIRST_PAUSE_MS << attempt.saturating_sub(1).min(10);
    Duration::from_millis(rng.random_range(0..=bound))
}

/// Where the provider is and how long an answer may take.
#[derive(Clone)]
pub struct Provider {
    client: Client,
    base_url: String,
    deadlines: Deadlines,
}

impl Provider {
    /// A client for the provider at `base_url`.
    #[must_use]
    pub fn new(client: Client, base_url: String, deadlines: Deadlines) -> Self {
        Self {
            client,
            base_url,
            deadlines,
        }
    }

    /// Asks for a settlement; the reference is the idempotency key of every attempt, so that however many are made it
    /// is settled once. `asked_before` says that somebody may have asked for this reference already: then not reaching
    /// the provider does not mean that nothing was settled. A failure that stays one is reported from here, where it
    /// is known best.
    pub async fn settle(
        &self,
        request: &SettlementRequest,
        retrying: Retrying,
        asked_before: bool,
    ) -> Outcome {
        let began = Instant::now();
        let left = || self.deadlines.overall.saturating_sub(began.elapsed());
        // Seeded by the round, so that rounds differ and a round that is replayed does not.
        let mut rng = ChaCha12Rng::seed_from_u64(request.seed.unwrap_or_default());
        let mut maybe_settled = asked_before;
        let mut attempt = 1;
        loop {
            let sent = Instant::now();
            let Err(failed) = self.attempt(request, attempt, left()).await else {
                return Outcome::Settled;
            };
            maybe_settled |= failed.outcome() == Outcome::Unknown;
            let pause = pause_after(attempt, &mut rng);
            // The next attempt may take as long as this one: one that would be cut off is not begun.
            let fits = pause + sent.elapsed() <= left();
            let again =
                retrying == Retrying::WithBackoff && attempt <= MOST_RETRIES && failed.is_transient() && fits;
            if !again {
                capture(&failed, &[("provider.code", failed.code())]);
                return match failed {
                    PaymentFailed::Unreachable if maybe_settled => Outcome::Unknown,
                    failed => failed.outcome(),
                };
            }
            tracing::warn!(attempt, code = failed.code(), "the payment is tried again");
            tokio::time::sleep(pause)
                .instrument(info_span!(
                    "retry.backoff",
                    sentry.op = "retry.backoff",
                    sentry.name = "wait before asking again"
                ))
                .await;
            attempt += 1;
        }
    }

    async fn attempt(
        &self,
        request: &SettlementRequest,
        attempt: u32,
        left: Duration,
    ) -> Result<(), PaymentFailed> {
        let url = format!("{}/v1/settlements", self.base_url);
        let deadline = self.deadlines.attempt.min(left);
        let call = self
            .client
            .request("payment-provider", Method::POST, &url, deadline);
        let reply = call
            .named("External payment provider API")
            .attempt(attempt)
            .header("idempotency-key", &request.reference)
            .json(request)
            .send()
            .await;
        match reply {
            Ok((200..=299, _)) => Ok(()),
            Ok((status @ 400..=499, _)) => Err(PaymentFailed::Declined { status }),
            Ok((504, _)) => Err(PaymentFailed::AcquirerTimeout),
            Ok((status, _)) => Err(PaymentFailed::ProviderError { status }),
            Err(CallError::NotSent) => Err(PaymentFailed::Unreachable),
            Err(CallError::Deadline) => Err(PaymentFailed::Timeout),
            Err(CallError::Broken) => Err(PaymentFailed::Broken),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pauses_stay_below_a_bound_that_doubles(seed in any::<u64>(), attempt in 1_u32..200) {
            let mut rng = ChaCha12Rng::seed_from_u64(seed);
            let bound = 50 * 2_u64.pow((attempt - 1).min(10));
            let (first, second) = (pause_after(attempt, &mut rng), pause_after(attempt, &mut rng));
            prop_assert!(first.max(second) <= Duration::from_millis(bound));
            let mut again = ChaCha12Rng::seed_from_u64(seed);
            prop_assert_eq!(pause_after(attempt, &mut again), first);
        }
    }

    #[test]
    fn pauses_are_spread_over_the_whole_bound() {
        let pauses: Vec<_> = (0..1_000)
            .map(|seed| pause_after(3, &mut ChaCha12Rng::seed_from_u64(seed)).as_millis())
            .collect();
        let in_first_half = pauses.iter().filter(|pause| **pause < 100).count();
        assert!((400..600).contains(&in_first_half), "{in_first_half} of 1000");
    }
}
