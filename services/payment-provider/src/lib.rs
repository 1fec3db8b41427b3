//! The external payment provider, simulated: a real server with faults of its own.
//!
//! It stands for somebody else's machine, so it knows nothing of ours but the wire format. How it behaves is
//! [`Behaviour`]: how long it takes, and which payments it does not serve; it can be changed while it runs. It is the
//! only place of the product that waits.

use std::collections::{HashMap, VecDeque};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{Path, State as AxumState};
use axum::http::HeaderMap;
use axum::routing::{get, post};
use axum::{Json, Router};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use reelscope_contracts::http::{Body, method_not_allowed, not_found};
use reelscope_contracts::provider::{SettlementReply, SettlementRequest, SettlementStatus};
use reelscope_contracts::{ApiProblem, Code, Health, Money};

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
    /// While this holds, [`SPIKE_IN_TEN`] new payments in ten fail, whatever `failures_in_ten` says: issues of
    /// `External payment provider API` come so fast that a spike alert fires. Beside `failures_in_ten` rather than in
    /// its place, so that what that says is in force again when the spike is over.
    pub spike: bool,
    /// So many times faster than in earnest it does everything it takes time for; 1 is in earnest. For rehearsals: what
    /// is slow stays the slowest, and nobody waits for it.
    pub speed: u32,
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
            speed: 1,
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

/// How a payment fails.
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

/// Payments remembered for callers that ask again.
const REMEMBERED: usize = 100_000;

/// What the routes share; clones share it too.
#[derive(Clone)]
pub struct State {
    desk: Arc<Mutex<Desk>>,
}

/// What was settled and not taken back, each reference once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settled {
    /// References.
    pub payments: u64,
    /// What players paid, in minor units.
    pub debit: i128,
    /// What players got, in minor units.
    pub credit: i128,
}

struct Desk {
    behaviour: Behaviour,
    rng: ChaCha12Rng,
    /// What the next new payments meet; refilled with ten, shuffled, when empty.
    bag: Vec<bool>,
    /// New payments that fail before the bag is asked.
    armed: u32,
    payments: HashMap<String, Payment>,
    /// References of `payments`, oldest first.
    order: VecDeque<String>,
    settled: Settled,
    refuses_reversals: bool,
}

/// A payment that was asked for at least once.
struct Payment {
    debit: Money,
    credit: Money,
    currency: String,
    standing: Standing,
}

impl Payment {
    fn reply(&self, reference: &str) -> SettlementReply {
        SettlementReply {
            provider_reference: format!("{OWN}{reference}"),
            status: match self.standing {
                Standing::Open => SettlementStatus::Open,
                Standing::Declined => SettlementStatus::Declined,
                Standing::Settled => SettlementStatus::Settled,
                Standing::Reversed => SettlementStatus::Reversed,
            },
            reference: Some(reference.to_owned()),
            debit: Some(self.debit),
            credit: Some(self.credit),
            currency: Some(self.currency.clone()),
        }
    }
}

/// Begins the provider's own references.
const OWN: &str = "PP-";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Open,
    Declined,
    Settled,
    Reversed,
}

impl State {
    /// A provider that behaves so.
    #[must_use]
    pub fn new(behaviour: Behaviour) -> Self {
        let desk = Desk {
            rng: ChaCha12Rng::seed_from_u64(behaviour.seed),
            behaviour,
            bag: Vec::new(),
            armed: 0,
            payments: HashMap::new(),
            order: VecDeque::new(),
            settled: Settled::default(),
            refuses_reversals: false,
        };
        Self {
            desk: Arc::new(Mutex::new(desk)),
        }
    }

    /// Behaves so from the next request on. What was settled stays settled. A block of ten that has begun goes on
    /// unless the share of failures or the seed changes.
    pub fn behave(&self, behaviour: Behaviour) {
        self.change(|current| *current = behaviour);
    }

    /// Changes something of how it behaves, and leaves the rest as whoever else changed it. Otherwise as
    /// [`State::behave`].
    pub fn change(&self, change: impl FnOnce(&mut Behaviour)) {
        let mut desk = self.desk();
        let mut behaviour = desk.behaviour.clone();
        change(&mut behaviour);
        if behaviour.seed != desk.behaviour.seed {
            desk.rng = ChaCha12Rng::seed_from_u64(behaviour.seed);
        }
        if (behaviour.seed, behaviour.failing_in_ten())
            != (desk.behaviour.seed, desk.behaviour.failing_in_ten())
        {
            desk.bag.clear();
        }
        desk.behaviour = behaviour;
    }

    /// How it behaves now.
    #[must_use]
    pub fn behaviour(&self) -> Behaviour {
        self.desk().behaviour.clone()
    }

    /// Lets the next `payments` new ones fail, on cue: they show as the failures of the bag do, and the bag's own
    /// blocks of ten are neither shortened nor skipped. A new number replaces the one before.
    pub fn fail_next(&self, payments: u32) {
        self.desk().armed = payments;
    }

    /// Lets one more new payment fail than were to.
    pub fn fail_one_more(&self) {
        let mut desk = self.desk();
        desk.armed = desk.armed.saturating_add(1);
    }

    /// New payments that are still to fail on cue.
    #[must_use]
    pub fn armed(&self) -> u32 {
        self.desk().armed
    }

    /// While this holds it takes nothing back: 503, whoever asks.
    pub fn refuse_reversals(&self, refuse: bool) {
        self.desk().refuses_reversals = refuse;
    }

    /// What was settled since the start.
    #[must_use]
    pub fn settled(&self) -> Settled {
        self.desk().settled
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was decided about a request when it arrived.
struct Decision {
    latency: Duration,
    failure: Option<Failure>,
}

impl Desk {
    /// Takes a request in. Whether a payment fails is drawn when its reference is new, and never again: whoever asks
    /// again meets what a provider says that has come to itself.
    fn decide(&mut self, request: &SettlementRequest) -> Result<Decision, ApiProblem> {
        let failure = match self.payments.get(&request.reference) {
            Some(payment) if (payment.debit, payment.credit) != (request.debit, request.credit) => {
                return Err(ApiProblem::new(
                    Code::IdempotencyConflict,
                    "This reference came with other amounts before.",
                ));
            }
            Some(payment) => (payment.standing == Standing::Declined).then_some(Failure::Decline),
            None => {
                let failure = self.next_fails().then_some(self.behaviour.failure);
                self.remember(request, failure);
                failure
            }
        };
        let range = self.behaviour.latency_ms.clone();
        let latency = match request.seed {
            Some(seed) => ChaCha12Rng::seed_from_u64(seed).random_range(range),
            None => self.rng.random_range(range),
        };
        Ok(Decision {
            latency: Duration::from_millis(latency) / self.behaviour.speed.max(1),
            failure,
        })
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

    fn remember(&mut self, request: &SettlementRequest, failure: Option<Failure>) {
        let standing = match failure {
            Some(Failure::Decline) => Standing::Declined,
            _ => Standing::Open,
        };
        let payment = Payment {
            debit: request.debit,
            credit: request.credit,
            currency: request.currency.clone(),
            standing,
        };
        self.payments.insert(request.reference.clone(), payment);
        self.order.push_back(request.reference.clone());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.payments.remove(&oldest);
        }
    }

    /// Settles once, however often it is asked.
    fn settle(&mut self, reference: &str) {
        if let Some(payment) = self.payments.get_mut(reference)
            && payment.standing == Standing::Open
        {
            payment.standing = Standing::Settled;
            self.settled.payments += 1;
            self.settled.debit += i128::from(payment.debit.minor());
            self.settled.credit += i128::from(payment.credit.minor());
        }
    }

    /// The record of a payment, by the merchant's reference or by the provider's own.
    fn record(&self, reference: &str) -> Option<SettlementReply> {
        let reference = reference.strip_prefix(OWN).unwrap_or(reference);
        let payment = self.payments.get(reference)?;
        Some(payment.reply(reference))
    }

    /// Takes a settlement back, once however often it is asked.
    fn reverse(&mut self, reference: &str) -> Option<SettlementReply> {
        let reference = reference.strip_prefix(OWN).unwrap_or(reference);
        let payment = self.payments.get_mut(reference)?;
        if payment.standing == Standing::Settled {
            payment.standing = Standing::Reversed;
            self.settled.payments -= 1;
            self.settled.debit -= i128::from(payment.debit.minor());
            self.settled.credit -= i128::from(payment.credit.minor());
        }
        Some(payment.reply(reference))
    }
}

/// The provider's routes.
pub fn router(state: State) -> Router {
    Router::new()
        .route("/v1/settlements", post(settle))
        .route("/v1/settlements/{reference}", get(record))
        .route("/v1/settlements/{reference}/reversal", post(reverse))
        .route("/health", get(health))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(state)
}

async fn settle(
    AxumState(state): AxumState<State>,
    headers: HeaderMap,
    Body(request): Body<SettlementRequest>,
) -> Result<Json<SettlementReply>, ApiProblem> {
    let key = headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if key != request.reference {
        return Err(ApiProblem::new(
            Code::IdempotencyKeyMissing,
            "Send the reference as the header Idempotency-Key too.",
        )
        .field("Idempotency-Key"));
    }
    let decision = state.desk().decide(&request)?;
    if !decision.latency.is_zero() {
        tokio::time::sleep(decision.latency).await;
    }
    match decision.failure {
        Some(Failure::Decline) => {
            return Err(ApiProblem::new(Code::PaymentDeclined, "The bank declined.").with_status(402));
        }
        Some(Failure::Unavailable) => {
            return Err(ApiProblem::new(
                Code::ServiceUnavailable,
                "The provider is being maintained.",
            ));
        }
        Some(Failure::AcquirerTimeout) => {
            return Err(ApiProblem::new(
                Code::DeadlineExceeded,
                "The acquiring bank did not answer in time; ask again with the same reference.",
            ));
        }
        Some(Failure::Hang) | None => state.desk().settle(&request.reference),
    }
    if decision.failure == Some(Failure::Hang) {
        std::future::pending::<()>().await;
    }
    let record = state.desk().record(&request.reference);
    record.map(Json).ok_or_else(unknown)
}

/// How a payment stands. A question to a record, which takes no time and fails with no payment.
async fn record(
    AxumState(state): AxumState<State>,
    Path(reference): Path<String>,
) -> Result<Json<SettlementReply>, ApiProblem> {
    let record = state.desk().record(&reference);
    record.map(Json).ok_or_else(unknown)
}

async fn reverse(
    AxumState(state): AxumState<State>,
    Path(reference): Path<String>,
) -> Result<Json<SettlementReply>, ApiProblem> {
    let mut desk = state.desk();
    if desk.refuses_reversals {
        return Err(ApiProblem::new(
            Code::ServiceUnavailable,
            "The provider is being maintained.",
        ));
    }
    let record = desk.reverse(&reference).ok_or_else(unknown)?;
    if record.status == SettlementStatus::Reversed {
        Ok(Json(record))
    } else {
        Err(ApiProblem::new(
            Code::IdempotencyConflict,
            "Nothing was settled under this reference.",
        ))
    }
}

fn unknown() -> ApiProblem {
    ApiProblem::new(Code::NotFound, "No payment has this reference.")
}

async fn health() -> Json<Health> {
    Json(Health::of("payment-provider", "ok"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use axum::body::Body as HttpBody;
    use axum::http::{Request, StatusCode, header};
    use proptest::prelude::*;
    use tower::ServiceExt;

    fn failing(failure: Failure, failures_in_ten: u8, seed: u64) -> State {
        State::new(Behaviour {
            failure,
            failures_in_ten,
            seed,
            ..Behaviour::healthy()
        })
    }

    async fn ask(state: &State, reference: &str, credit: i64) -> StatusCode {
        let body = format!(
            r#"{{"reference":"{reference}","debit":100,"credit":{credit},"currency":"RUB","seed":7}}"#
        );
        let request = Request::post("/v1/settlements")
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", reference)
            .body(HttpBody::from(body))
            .unwrap();
        let response = router(state.clone()).oneshot(request).await.unwrap();
        response.status()
    }

    fn request(reference: &str) -> SettlementRequest {
        SettlementRequest {
            reference: reference.to_owned(),
            debit: Money(100),
            credit: Money(0),
            currency: "RUB".to_owned(),
            seed: None,
        }
    }

    fn fails(state: &State, reference: &str) -> bool {
        state
            .desk()
            .decide(&request(reference))
            .unwrap()
            .failure
            .is_some()
    }

    fn failures(state: &State, name: &str, count: usize) -> usize {
        (0..count)
            .filter(|n| fails(state, &format!("{name}-{n}")))
            .count()
    }

    proptest! {
        #[test]
        fn every_block_of_ten_new_payments_holds_exactly_the_failures(
            seed in any::<u64>(),
            share in 0_u8..=10,
            again in proptest::collection::vec(any::<proptest::sample::Index>(), 50),
        ) {
            let state = failing(Failure::AcquirerTimeout, share, seed);
            for block in 0..5 {
                let mut failed = 0;
                for n in 0..10 {
                    let met = block * 10 + n;
                    failed += u8::from(fails(&state, &met.to_string()));
                    // Whoever asks again draws nothing, and is served.
                    let earlier = again[met].index(met + 1);
                    prop_assert!(!fails(&state, &earlier.to_string()));
                }
                prop_assert_eq!(failed, share);
            }
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn payments_at_the_same_time_share_the_bag_and_settle_once() {
        let state = failing(Failure::AcquirerTimeout, 1, 3);
        let mut payments = tokio::task::JoinSet::new();
        for n in 0..200 {
            let state = state.clone();
            payments.spawn(async move {
                let reference = n.to_string();
                let first = ask(&state, &reference, 40).await;
                let (second, third) = tokio::join!(ask(&state, &reference, 40), ask(&state, &reference, 40));
                assert_eq!((second, third), (StatusCode::OK, StatusCode::OK));
                first
            });
        }
        let first = payments.join_all().await;
        let failed = first
            .iter()
            .filter(|status| **status == StatusCode::GATEWAY_TIMEOUT)
            .count();
        let settled = first.iter().filter(|status| **status == StatusCode::OK).count();
        assert_eq!((failed, settled), (20, 180));
        let expected = Settled {
            payments: 200,
            debit: 20_000,
            credit: 8_000,
        };
        assert_eq!(state.settled(), expected);
    }

    #[test]
    fn on_cue_fails_what_comes_next_and_leaves_the_bag_alone() {
        let state = failing(Failure::AcquirerTimeout, 1, 5);
        let before = failures(&state, "before", 4);
        state.fail_next(3);
        assert!(!fails(&state, "before-0"), "a known payment is not new");
        assert_eq!(state.armed(), 3);
        assert_eq!(failures(&state, "cue", 3), 3);
        assert_eq!(state.armed(), 0);
        assert_eq!(
            before + failures(&state, "after", 6),
            1,
            "the block of ten is whole"
        );
    }

    #[test]
    fn another_latency_leaves_the_block_of_ten_as_it_is_and_another_share_begins_one() {
        let state = failing(Failure::AcquirerTimeout, 1, 9);
        let mut failed = 0;
        for n in 0..10 {
            failed += failures(&state, &format!("latency-{n}"), 1);
            let behaviour = state.behaviour();
            state.behave(Behaviour {
                latency_ms: n..=n + 1,
                ..behaviour
            });
        }
        assert_eq!((failed, state.behaviour().latency_ms), (1, 9..=10));
        failures(&state, "half", 5);
        let behaviour = state.behaviour();
        state.behave(Behaviour {
            failures_in_ten: 2,
            ..behaviour
        });
        assert_eq!(failures(&state, "share", 10), 2);
    }

    #[tokio::test]
    async fn what_was_settled_stays_settled_whatever_the_behaviour() {
        let state = State::new(Behaviour::healthy());
        assert_eq!(ask(&state, "a", 1).await, StatusCode::OK);
        state.behave(Behaviour {
            failure: Failure::Decline,
            failures_in_ten: 10,
            ..Behaviour::healthy()
        });
        assert_eq!(ask(&state, "a", 1).await, StatusCode::OK);
        assert_eq!(ask(&state, "a", 2).await, StatusCode::CONFLICT, "other amounts");
        assert_eq!(ask(&state, "b", 1).await, StatusCode::PAYMENT_REQUIRED);
        state.behave(Behaviour::healthy());
        assert_eq!(
            ask(&state, "b", 1).await,
            StatusCode::PAYMENT_REQUIRED,
            "refused for good"
        );
        assert_eq!(state.settled().payments, 1);
    }

    async fn get(state: &State, method: &str, path: &str) -> (u16, Option<SettlementReply>) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(HttpBody::empty())
            .unwrap();
        let response = router(state.clone()).oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 1 << 16).await.unwrap();
        (status, serde_json::from_slice(&body).ok())
    }

    #[tokio::test]
    async fn a_payment_is_found_by_either_reference_and_taken_back_once() {
        let state = State::new(Behaviour::healthy());
        assert_eq!(get(&state, "GET", "/v1/settlements/a").await, (404, None));
        state.fail_next(1);
        assert_eq!(ask(&state, "a", 1).await, StatusCode::GATEWAY_TIMEOUT);
        let (_, open) = get(&state, "GET", "/v1/settlements/a").await;
        assert_eq!(open.unwrap().status, SettlementStatus::Open);
        assert_eq!(get(&state, "POST", "/v1/settlements/a/reversal").await.0, 409);
        assert_eq!(ask(&state, "a", 1).await, StatusCode::OK);
        let (_, by_ours) = get(&state, "GET", "/v1/settlements/a").await;
        let (_, by_theirs) = get(&state, "GET", "/v1/settlements/PP-a").await;
        let record = by_ours.clone().unwrap();
        assert_eq!(by_ours, by_theirs);
        assert_eq!(
            (record.status, record.debit, record.credit),
            (SettlementStatus::Settled, Some(Money(100)), Some(Money(1)))
        );
        for _ in 0..2 {
            let (status, reversed) = get(&state, "POST", "/v1/settlements/PP-a/reversal").await;
            assert_eq!(
                (status, reversed.unwrap().status),
                (200, SettlementStatus::Reversed)
            );
            assert_eq!(state.settled(), Settled::default());
        }
        ask(&state, "a", 1).await;
        assert_eq!(state.settled(), Settled::default(), "for good");

        state.behave(Behaviour {
            failure: Failure::Decline,
            failures_in_ten: 10,
            ..Behaviour::healthy()
        });
        assert_eq!(ask(&state, "b", 1).await, StatusCode::PAYMENT_REQUIRED);
        let (_, declined) = get(&state, "GET", "/v1/settlements/b").await;
        assert_eq!(declined.unwrap().status, SettlementStatus::Declined);
    }
}
