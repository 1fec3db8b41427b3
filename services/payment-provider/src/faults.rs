//! What the demo can break at the provider: each knob with what it shows, and what a payment meets by them.
//!
//! | fault | knob |
//! |---|---|
//! | `slow-provider` | [`Behaviour::latency_ms`] |
//! | `payment-errors` | [`Behaviour::failures_in_ten`], [`State::fail_one_more`](crate::State::fail_one_more) |
//! | `provider-spike` | [`Behaviour::spike`] |
//!
//! `provider-down` is no knob of the provider: its listener is closed. `services/demo/src/faults/knobs.rs` turns
//! these knobs, together with the fixes, which are in the payment-service (`services/payment-service/src/faults.rs`).

use std::ops::RangeInclusive;
use std::time::Duration;

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use reelscope_contracts::{ApiProblem, Code};

/// Latency of a provider that is slow, in milliseconds: a trace shows `External payment provider API` as about four
/// fifths of the spin, and a spin of three to six seconds in all.
pub const SLOW_MS: RangeInclusive<u64> = 2_400..=4_400;

/// Payments of ten that fail while failures spike.
pub const SPIKE_IN_TEN: u8 = 6;

/// How the provider treats its callers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behaviour {
    /// Time to an answer in milliseconds, drawn evenly. With [`SLOW_MS`] a trace shows a long span
    /// `External payment provider API` in which nothing of ours works.
    pub latency_ms: RangeInclusive<u64>,
    /// What a payment meets that is to fail: the status of the span `External payment provider API`, and the issue.
    pub failure: Failure,
    /// Payments of every consecutive ten new ones that fail, in a shuffled order; 0 is a provider that works. A bag,
    /// not a coin: the share of traces with an issue is exact and the place cannot be foreseen.
    pub failures_in_ten: u8,
    /// While this holds, [`SPIKE_IN_TEN`] new payments in ten fail instead of `failures_in_ten`: issues of
    /// `External payment provider API` come so fast that a spike alert fires. Beside `failures_in_ten` rather than in
    /// its place, so that what that says is in force again when the spike is over.
    pub spike: bool,
    /// Seed of the shuffles, and of the latencies of requests that bring none.
    pub seed: u64,
}

impl Behaviour {
    /// Works, and answers at once.
    #[must_use]
    pub const fn healthy() -> Self {
        Self {
            latency_ms: 0..=0,
            failure: Failure::AcquirerTimeout,
            failures_in_ten: 0,
            spike: false,
            seed: 0,
        }
    }

    /// Payments of every consecutive ten new ones that fail now.
    #[must_use]
    pub const fn failing_in_ten(&self) -> u8 {
        if self.spike {
            SPIKE_IN_TEN
        } else {
            self.failures_in_ten
        }
    }
}

/// How a payment fails. The demo shows [`Failure::AcquirerTimeout`]; tests of money let the provider meet the other ways of
/// real ones too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Refused for good, at every attempt: 402, nothing was settled.
    Decline,
    /// Settled, but the answer never comes: the caller's deadline passes. Asked again, it answers.
    Hang,
    /// 503; nothing is said of whether it was settled, and it was not. Asked again, it settles.
    Unavailable,
    /// The acquiring bank did not answer the provider in time: 504 after the usual latency; nothing was settled.
    /// Asked again, it settles.
    AcquirerTimeout,
}

/// The knobs as they stand, and the random draws that depend on them.
pub(crate) struct Faults {
    behaviour: Behaviour,
    rng: ChaCha12Rng,
    /// What the next new payments meet; refilled with ten, shuffled, when empty.
    bag: Vec<bool>,
    /// New payments that fail before the bag is asked.
    pub(crate) armed: u32,
    pub(crate) refuses_reversals: bool,
}

impl Faults {
    pub(crate) fn new(behaviour: Behaviour) -> Self {
        Self {
            rng: ChaCha12Rng::seed_from_u64(behaviour.seed),
            behaviour,
            bag: Vec::new(),
            armed: 0,
            refuses_reversals: false,
        }
    }

    pub(crate) fn behaviour(&self) -> &Behaviour {
        &self.behaviour
    }

    pub(crate) fn behave(&mut self, behaviour: Behaviour) {
        if behaviour.seed != self.behaviour.seed {
            self.rng = ChaCha12Rng::seed_from_u64(behaviour.seed);
        }
        if (behaviour.seed, behaviour.failing_in_ten())
            != (self.behaviour.seed, self.behaviour.failing_in_ten())
        {
            self.bag.clear();
        }
        self.behaviour = behaviour;
    }

    /// The failure of the next new payment, if it fails.
    pub(crate) fn next_failure(&mut self) -> Option<Failure> {
        self.next_fails().then_some(self.behaviour.failure)
    }

    fn next_fails(&mut self) -> bool {
        if self.armed > 0 {
            self.armed -= 1;
            return true;
        }
        let failing = self.behaviour.failing_in_ten();
        if failing == 0 {
            return false;
        }
        if self.bag.is_empty() {
            self.bag = (0..10).map(|n| n < failing).collect();
            self.bag.shuffle(&mut self.rng);
        }
        self.bag.pop().unwrap_or(false)
    }

    /// The treatment of a request whose payment fails in this way, or not at all. `seed` makes its latency reproducible.
    pub(crate) fn treatment(&mut self, seed: Option<u64>, failure: Option<Failure>) -> Treatment {
        let range = self.behaviour.latency_ms.clone();
        let latency = match seed {
            Some(seed) => ChaCha12Rng::seed_from_u64(seed).random_range(range),
            None => self.rng.random_range(range),
        };
        Treatment {
            latency: Duration::from_millis(latency),
            failure,
        }
    }

    /// Checks that settlements may be reversed.
    ///
    /// # Errors
    /// `service_unavailable` while reversals are refused.
    pub(crate) fn allow_reversal(&self) -> Result<(), ApiProblem> {
        if self.refuses_reversals {
            Err(maintained())
        } else {
            Ok(())
        }
    }
}

/// How a request is treated; decided when it arrives.
pub(crate) struct Treatment {
    latency: Duration,
    pub(crate) failure: Option<Failure>,
}

impl Treatment {
    /// Waits for the time that the provider takes.
    pub(crate) async fn wait(&self) {
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
    }

    /// Checks that the payment is settled.
    ///
    /// # Errors
    /// The answer to a payment that is not.
    pub(crate) fn check_settles(&self) -> Result<(), ApiProblem> {
        match self.failure {
            Some(Failure::Decline) => {
                Err(ApiProblem::new(Code::PaymentDeclined, "The bank declined.").with_status(402))
            }
            Some(Failure::Unavailable) => Err(maintained()),
            Some(Failure::AcquirerTimeout) => Err(ApiProblem::new(
                Code::DeadlineExceeded,
                "The acquiring bank did not answer in time; ask again with the same reference.",
            )),
            Some(Failure::Hang) | None => Ok(()),
        }
    }

    /// Never returns when the answer of a payment that was settled is to be lost.
    pub(crate) async fn hang_if_lost(&self) {
        if self.failure == Some(Failure::Hang) {
            std::future::pending::<()>().await;
        }
    }
}

fn maintained() -> ApiProblem {
    ApiProblem::new(Code::ServiceUnavailable, "The provider is being maintained.")
}
