//! The external payment provider, simulated: a real server with faults of its own.
//!
//! It stands for somebody else's machine, so it knows nothing of ours but the wire format. How it behaves is
//! [`Behaviour`]: how long it takes, and which requests it does not serve. It is the only place of the product
//! that waits.

use std::collections::{HashMap, VecDeque};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State as AxumState;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use axum::{Json, Router};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use reelscope_contracts::http::{Body, method_not_allowed, not_found};
use reelscope_contracts::provider::{SettlementReply, SettlementRequest};
use reelscope_contracts::{Code, Health, Problem};

/// How the provider treats its callers.
#[derive(Debug, Clone)]
pub struct Behaviour {
    /// Time to an answer in milliseconds, drawn evenly: what a player waits for at a slow provider.
    pub latency_ms: RangeInclusive<u64>,
    /// What a request meets that is to fail.
    pub failure: Failure,
    /// Requests of every consecutive ten that fail, in a shuffled order; 0 is a provider that works. A bag, not
    /// a coin: the share is exact and the place cannot be foreseen.
    pub failures_in_ten: u8,
    /// Seed of the shuffles, and of the latencies of requests that bring none.
    pub seed: u64,
}

impl Behaviour {
    /// Works, and answers at once.
    #[must_use]
    pub const fn healthy() -> Self {
        Self {
            latency_ms: 0..=0,
            failure: Failure::Decline,
            failures_in_ten: 0,
            seed: 0,
        }
    }
}

/// How a request fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Refused for good: 402, nothing was settled.
    Decline,
    /// Settled, but the answer never comes: the caller's deadline passes.
    Hang,
    /// 503; nothing is said of whether it was settled, and it was not.
    Unavailable,
}

/// Settlements remembered for callers that ask again.
const REMEMBERED: usize = 100_000;

/// What the routes share.
#[derive(Clone)]
pub struct State {
    behaviour: Arc<Behaviour>,
    desk: Arc<Mutex<Desk>>,
}

struct Desk {
    rng: ChaCha12Rng,
    /// What the next requests meet; refilled with ten, shuffled, when empty.
    bag: Vec<bool>,
    settled: HashMap<String, SettlementRequest>,
    order: VecDeque<String>,
}

impl State {
    /// A provider that behaves so.
    #[must_use]
    pub fn new(behaviour: Behaviour) -> Self {
        let rng = ChaCha12Rng::seed_from_u64(behaviour.seed);
        let desk = Desk {
            rng,
            bag: Vec::new(),
            settled: HashMap::new(),
            order: VecDeque::new(),
        };
        Self {
            behaviour: Arc::new(behaviour),
            desk: Arc::new(Mutex::new(desk)),
        }
    }
}

impl Desk {
    fn next_fails(&mut self, failures_in_ten: u8) -> bool {
        if failures_in_ten == 0 {
            return false;
        }
        if self.bag.is_empty() {
            self.bag = (0..10).map(|n| n < failures_in_ten).collect();
            self.bag.shuffle(&mut self.rng);
        }
        self.bag.pop().unwrap_or(false)
    }

    fn remember(&mut self, request: &SettlementRequest) {
        if self
            .settled
            .insert(request.reference.clone(), request.clone())
            .is_none()
        {
            self.order.push_back(request.reference.clone());
        }
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.settled.remove(&oldest);
        }
    }
}

/// The provider's routes.
pub fn router(state: State) -> Router {
    Router::new()
        .route("/v1/settlements", post(settle))
        .route("/health", get(health))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(state)
}

async fn settle(
    AxumState(state): AxumState<State>,
    headers: HeaderMap,
    Body(request): Body<SettlementRequest>,
) -> Result<Json<SettlementReply>, Problem> {
    let key = headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if key != request.reference {
        return Err(Problem::new(
            Code::IdempotencyKeyMissing,
            "Send the reference as the header Idempotency-Key too.",
        )
        .field("Idempotency-Key"));
    }
    let (known, fails, latency) = {
        let mut desk = state.desk.lock().unwrap_or_else(PoisonError::into_inner);
        let known = desk.settled.get(key).cloned();
        let fails = known.is_none() && desk.next_fails(state.behaviour.failures_in_ten);
        let range = state.behaviour.latency_ms.clone();
        let latency = match request.seed {
            Some(seed) => ChaCha12Rng::seed_from_u64(seed).random_range(range),
            None => desk.rng.random_range(range),
        };
        (known, fails, latency)
    };
    if let Some(earlier) = &known
        && (earlier.debit, earlier.credit) != (request.debit, request.credit)
    {
        return Err(Problem::new(
            Code::IdempotencyConflict,
            "This reference was settled with other amounts.",
        ));
    }
    if latency > 0 {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
    match (fails, state.behaviour.failure) {
        (true, Failure::Decline) => {
            return Err(Problem::new(Code::PaymentDeclined, "The bank declined.").with_status(402));
        }
        (true, Failure::Unavailable) => {
            return Err(Problem::new(
                Code::ServiceUnavailable,
                "The provider is being maintained.",
            ));
        }
        (true, Failure::Hang) | (false, _) => {}
    }
    state
        .desk
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remember(&request);
    if fails {
        std::future::pending::<()>().await;
    }
    Ok(Json(SettlementReply {
        provider_reference: format!("PP-{}", request.reference),
        status: "settled".to_owned(),
    }))
}

async fn health() -> Json<Health> {
    Json(Health::ok("payment-provider"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_block_of_ten_holds_exactly_the_failures(seed in any::<u64>(), failures in 0_u8..=10) {
            let state = State::new(Behaviour { failures_in_ten: failures, seed, ..Behaviour::healthy() });
            let mut desk = state.desk.lock().unwrap();
            for _ in 0..5 {
                let failed = (0..10).filter(|_| desk.next_fails(failures)).count();
                prop_assert_eq!(failed, usize::from(failures));
            }
        }
    }
}
