//! Client of the external payment provider.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use reelscope_contracts::provider::{SettlementReply, SettlementRequest, SettlementStatus};
use reelscope_telemetry::{CallError, Client, Method, capture};
use tracing::{Instrument, info_span};

/// The outcome of a settlement at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettlementOutcome {
    /// It has settled, with this reference.
    Settled(String),
    /// It has not settled, and will not for this key, because it refused or was never reached.
    Refused,
    /// It may have settled. Only another request with the same key can tell.
    Unknown,
}

/// Why a payment failed. It is captured as an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PaymentFailed {
    /// The provider refused with a status of its own.
    #[error("the payment provider declined the settlement")]
    Declined {
        /// HTTP status of the refusal.
        status: u16,
    },
    /// The provider knows the reference with other figures, which this service never sent.
    #[error("the payment provider knows the reference with other figures")]
    Conflict,
    /// The response is successful, but it is no settlement or another one.
    #[error("the payment provider answered what cannot be read as this settlement")]
    Garbled,
    /// The provider answered that it has not settled yet.
    #[error("the payment provider has not settled yet")]
    Unsettled,
    /// The provider failed.
    #[error("the payment provider failed to settle")]
    ProviderError {
        /// HTTP status of the failure.
        status: u16,
    },
    /// The provider answered that its acquiring bank did not answer in time.
    #[error("the payment provider's acquiring bank did not answer in time")]
    AcquirerTimeout,
    /// There was no response within the deadline.
    #[error("the payment provider did not answer in time")]
    Timeout,
    /// The provider could not be reached.
    #[error("the payment provider could not be reached")]
    Unreachable,
    /// The connection broke before the response.
    #[error("the connection to the payment provider broke before its answer")]
    Broken,
}

impl PaymentFailed {
    /// Stable name, the value of the tag `provider.code`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Declined { .. } => "declined",
            Self::Conflict => "conflict",
            Self::Garbled => "garbled",
            Self::Unsettled => "unsettled",
            Self::ProviderError { .. } => "provider_error",
            Self::AcquirerTimeout | Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
            Self::Broken => "connection_broken",
        }
    }

    /// Whether this attempt may have settled, or may still settle.
    fn may_have_settled(self) -> bool {
        match self {
            // Timeout, too early, too many requests: the provider has not decided.
            Self::Declined { status } => matches!(status, 408 | 425 | 429),
            Self::Unreachable => false,
            Self::Conflict
            | Self::Garbled
            | Self::Unsettled
            | Self::ProviderError { .. }
            | Self::AcquirerTimeout
            | Self::Timeout
            | Self::Broken => true,
        }
    }

    /// Whether only the provider's record of the reference can confirm this response.
    fn wants_the_record(self) -> bool {
        matches!(self, Self::Conflict | Self::Garbled | Self::Declined { .. })
    }

    /// Whether the same request may get another response a moment later.
    fn is_transient(self) -> bool {
        self == Self::Unreachable || self.may_have_settled()
    }
}

/// Deadlines of requests to the provider.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// Deadline of one attempt.
    pub attempt: Duration,
    /// Deadline of all attempts and the pauses between them, shorter than the caller's own.
    pub overall: Duration,
}

/// Deadline of reading a record, which is no work for the provider.
const QUICK: Duration = Duration::from_secs(2);
/// Upper bound of the pause before the first retry, in milliseconds. It doubles with every attempt.
const FIRST_PAUSE_MS: u64 = 50;

/// Returns the pause after `attempt` failed attempts: evenly distributed up to a bound that doubles, so that payments
/// that failed together are not repeated together ("full jitter",
/// <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>).
fn pause_after(attempt: u32, rng: &mut impl Rng) -> Duration {
    let bound = FIRST_PAUSE_MS << attempt.saturating_sub(1).min(10);
    Duration::from_millis(rng.random_range(0..=bound))
}

/// The client of the provider.
#[derive(Clone)]
pub struct Provider {
    client: Client,
    base_url: String,
    deadlines: Deadlines,
    /// Attempts after a first one that failed.
    retries: Arc<AtomicU32>,
}

impl Provider {
    /// Creates a client of the provider at `base_url`, without retries.
    #[must_use]
    pub fn new(client: Client, base_url: String, deadlines: Deadlines) -> Self {
        Self {
            client,
            base_url,
            deadlines,
            retries: Arc::default(),
        }
    }

    /// Number of attempts that follow a failed first one, for settlements that ask the provider from now on.
    pub(crate) fn retries(&self) -> Arc<AtomicU32> {
        Arc::clone(&self.retries)
    }

    /// Asks for a settlement. The reference is the idempotency key of every attempt, so that it is settled once, however
    /// many attempts there are. `asked_before` tells that the provider may have been asked for this reference. Its record
    /// is then read first, and neither a refusal nor an unreachable provider means that nothing was settled: only the
    /// record ends an unknown outcome. A final failure is captured here, where its cause is known.
    pub async fn settle(&self, request: &SettlementRequest, asked_before: bool) -> SettlementOutcome {
        let began = Instant::now();
        let left = || self.deadlines.overall.saturating_sub(began.elapsed());
        // Seeded by the round, so that rounds have different pauses and a replayed round has the same ones.
        let mut rng = ChaCha12Rng::seed_from_u64(request.seed.unwrap_or_default());
        let retries = self.retries.load(Ordering::Relaxed);
        let mut maybe_settled = asked_before;
        if asked_before && let Record::Decided(outcome) = self.record(request, left()).await {
            if outcome == SettlementOutcome::Refused {
                let declined = PaymentFailed::Declined { status: 200 };
                capture(&declined, &[("provider.code", declined.code())]);
            }
            return outcome;
        }
        let mut attempt = 1;
        loop {
            let sent = Instant::now();
            let failed = match self.attempt(request, attempt, left()).await {
                Ok(provider_reference) => return SettlementOutcome::Settled(provider_reference),
                Err(failed) => failed,
            };
            if failed.wants_the_record() {
                match self.record(request, left()).await {
                    Record::Decided(outcome @ SettlementOutcome::Settled(_)) => {
                        tracing::warn!(code = failed.code(), "settled, whatever the provider answered");
                        return outcome;
                    }
                    Record::Decided(outcome) => {
                        capture(&failed, &[("provider.code", failed.code())]);
                        return outcome;
                    }
                    Record::Open => maybe_settled = true,
                    Record::Absent => {}
                }
            }
            maybe_settled |= failed.may_have_settled();
            let pause = pause_after(attempt, &mut rng);
            // The next attempt may take as long as this one, and is not made if the deadline would end it.
            let fits = pause + sent.elapsed() <= left();
            if attempt > retries || !failed.is_transient() || !fits {
                capture(&failed, &[("provider.code", failed.code())]);
                return if maybe_settled {
                    SettlementOutcome::Unknown
                } else {
                    SettlementOutcome::Refused
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
    ) -> Result<String, PaymentFailed> {
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
            Ok((status @ 200..=299, body)) => match read(&body, request) {
                Some((SettlementStatus::Settled, provider_reference)) => Ok(provider_reference),
                Some((SettlementStatus::Declined | SettlementStatus::Reversed, _)) => {
                    Err(PaymentFailed::Declined { status })
                }
                Some((SettlementStatus::Open | SettlementStatus::Other, _)) => Err(PaymentFailed::Unsettled),
                None => Err(PaymentFailed::Garbled),
            },
            Ok((409, _)) => Err(PaymentFailed::Conflict),
            Ok((status @ 400..=499, _)) => Err(PaymentFailed::Declined { status }),
            Ok((504, _)) => Err(PaymentFailed::AcquirerTimeout),
            Ok((status, _)) => Err(PaymentFailed::ProviderError { status }),
            Err(CallError::NotSent) => Err(PaymentFailed::Unreachable),
            Err(CallError::Deadline) => Err(PaymentFailed::Timeout),
            Err(CallError::Broken) => Err(PaymentFailed::Broken),
        }
    }

    /// Reads the provider's record of the reference.
    async fn record(&self, request: &SettlementRequest, left: Duration) -> Record {
        let url = format!("{}/v1/settlements/{}", self.base_url, request.reference);
        let deadline = QUICK.min(self.deadlines.attempt).min(left);
        let call = self
            .client
            .request("payment-provider", Method::GET, &url, deadline);
        let Ok((200..=299, body)) = call.send().await else {
            return Record::Absent;
        };
        match read(&body, request) {
            Some((SettlementStatus::Settled, reference)) => {
                Record::Decided(SettlementOutcome::Settled(reference))
            }
            Some((SettlementStatus::Declined | SettlementStatus::Reversed, _)) => {
                Record::Decided(SettlementOutcome::Refused)
            }
            Some((SettlementStatus::Open | SettlementStatus::Other, _)) | None => Record::Open,
        }
    }

    /// Asks the provider to reverse a settlement, by its reference. It can be repeated. Returns whether it is reversed.
    pub(crate) async fn reverse(&self, provider_reference: &str) -> bool {
        let url = format!("{}/v1/settlements/{provider_reference}/reversal", self.base_url);
        let call = self
            .client
            .request("payment-provider", Method::POST, &url, self.deadlines.attempt);
        let reply = call.header("idempotency-key", provider_reference).send().await;
        let Ok((200..=299, body)) = reply else {
            return false;
        };
        serde_json::from_slice::<SettlementReply>(&body)
            .is_ok_and(|reply| reply.status == SettlementStatus::Reversed)
    }
}

/// The provider's record of a reference.
enum Record {
    /// It is settled, or never will be.
    Decided(SettlementOutcome),
    /// There is a record, without an outcome yet.
    Open,
    /// There is no record, or it cannot be read. This is no outcome either, because an attempt may still be on its way.
    Absent,
}

/// Returns the status of a settlement and the provider's reference; `None` if the body is no settlement or another one.
fn read(body: &[u8], request: &SettlementRequest) -> Option<(SettlementStatus, String)> {
    // serde would fill the struct from an array by position.
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return None;
    }
    let reply: SettlementReply = serde_json::from_slice(body).ok()?;
    let this = reply
        .reference
        .is_none_or(|reference| reference == request.reference)
        && reply.debit.is_none_or(|debit| debit == request.debit)
        && reply.credit.is_none_or(|credit| credit == request.credit)
        && reply.currency.is_none_or(|currency| currency == request.currency);
    (this && is_reference(&reply.provider_reference)).then_some((reply.status, reply.provider_reference))
}

/// Whether a text can be a reference. It is stored with the money and becomes part of a URL, so it is checked.
fn is_reference(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_:".contains(&byte);
    (1..=128).contains(&text.len()) && text.bytes().all(plain)
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
