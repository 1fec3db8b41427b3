//! The service through its router, with a provider that says what the test wants.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use reelscope_contracts::payments::{Bet, BetStatus, Wallet};
use reelscope_contracts::{Code, Money, Problem, RoundId, StakeStatus};
use reelscope_payment_service::provider::{Deadlines, Provider};
use reelscope_payment_service::{State, journal, router};
use reelscope_store::Store;
use reelscope_telemetry::{Service, Timings};
use serde::de::DeserializeOwned;
use tower::ServiceExt;

struct Bench {
    router: Router,
    store: Store,
    /// Status that the provider answers with.
    status: Arc<AtomicU16>,
    /// Requests that the provider got.
    asked: Arc<AtomicU64>,
    _dir: tempfile::TempDir,
}

async fn bench() -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("wallets"), journal::SCHEMA_VERSION).unwrap();
    let (status, asked) = (Arc::new(AtomicU16::new(200)), Arc::new(AtomicU64::new(0)));
    let answer = {
        let (status, asked) = (Arc::clone(&status), Arc::clone(&asked));
        move || async move {
            asked.fetch_add(1, Ordering::SeqCst);
            StatusCode::from_u16(status.load(Ordering::SeqCst)).unwrap()
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let provider = Router::new().route("/v1/settlements", axum::routing::post(answer));
    tokio::spawn(async move { axum::serve(listener, provider).await });
    let client = Service::new("payment-service", Timings::default()).client();
    let deadlines = Deadlines {
        attempt: Duration::from_secs(5),
        overall: Duration::from_secs(5),
    };
    let (state, _) = State::new(store.clone(), Provider::new(client, url, deadlines));
    Bench {
        router: router(state),
        store,
        status,
        asked,
        _dir: dir,
    }
}

impl Bench {
    async fn call<T: DeserializeOwned>(&self, method: &str, path: &str, body: &str) -> Result<T, Problem> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_owned()))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        reelscope_contracts::http::reply(status, &bytes)
    }

    async fn open(&self) {
        let body = r#"{"player_id":"p","currency":"RUB","opening_balance":5000}"#;
        for _ in 0..2 {
            let wallet: Wallet = self.call("POST", "/v1/wallets", body).await.unwrap();
            assert_eq!(wallet.available, Money(5_000), "a wallet is opened once");
        }
    }

    async fn reserve(&self, round: u128, stake: i64) -> Result<Bet, Problem> {
        let round = RoundId::from_u128(round);
        let body = format!(r#"{{"round_id":"{round}","player_id":"p","stake":{stake}}}"#);
        self.call("POST", "/v1/reservations", &body).await
    }

    async fn settle(&self, round: u128, payout: i64) -> Result<Bet, Problem> {
        let path = format!("/v1/reservations/{}/settle", RoundId::from_u128(round));
        self.call("POST", &path, &format!(r#"{{"payout":{payout}}}"#))
            .await
    }

    async fn void(&self, round: u128) -> Result<Bet, Problem> {
        let path = format!("/v1/reservations/{}/void", RoundId::from_u128(round));
        self.call("POST", &path, r#"{"player_id":"p","reason":"test"}"#)
            .await
    }

    async fn purse(&self) -> (i64, i64) {
        let wallet: Wallet = self.call("GET", "/v1/wallets/p", "").await.unwrap();
        (wallet.available.minor(), wallet.reserved.minor())
    }

    async fn balanced(&self) {
        assert_eq!(journal::verify(&self.store).await.unwrap().imbalance, 0);
    }
}

#[tokio::test]
async fn reserve_and_post_happen_once_per_round() {
    let bench = bench().await;
    bench.open().await;
    for _ in 0..2 {
        assert_eq!(bench.reserve(1, 1_000).await.unwrap().status, BetStatus::Reserved);
        assert_eq!(bench.purse().await, (4_000, 1_000));
    }
    for _ in 0..2 {
        assert_eq!(bench.settle(1, 3_000).await.unwrap().status, BetStatus::Posted);
        assert_eq!(bench.purse().await, (7_000, 0));
    }
    assert_eq!(
        bench.asked.load(Ordering::SeqCst),
        1,
        "the provider is not asked for what is posted"
    );
    assert_eq!(
        bench.reserve(1, 2_000).await.unwrap_err().code,
        Code::IdempotencyConflict
    );
    assert_eq!(
        bench.settle(1, 3_001).await.unwrap_err().code,
        Code::IdempotencyConflict
    );
    assert_eq!(bench.void(1).await.unwrap_err().code, Code::IdempotencyConflict);
    assert_eq!(bench.purse().await, (7_000, 0));
    bench.balanced().await;
}

#[tokio::test]
async fn a_void_gives_back_once_and_closes_a_round_that_was_never_reserved() {
    let bench = bench().await;
    bench.open().await;
    bench.reserve(1, 1_000).await.unwrap();
    for _ in 0..2 {
        assert_eq!(bench.void(1).await.unwrap().status, BetStatus::Voided);
        assert_eq!(bench.purse().await, (5_000, 0));
    }
    let late = bench.settle(1, 3_000).await.unwrap_err();
    assert_eq!(
        (late.code, late.stake_status),
        (Code::PaymentDeclined, Some(StakeStatus::Returned))
    );

    bench.void(2).await.unwrap();
    assert_eq!(
        bench.reserve(2, 1_000).await.unwrap().status,
        BetStatus::Voided,
        "the late reservation finds it closed"
    );
    assert_eq!(bench.purse().await, (5_000, 0));
    bench.balanced().await;
}

#[tokio::test]
async fn a_refusal_returns_the_stake_and_silence_keeps_it_until_asked_again() {
    let bench = bench().await;
    bench.open().await;
    bench.reserve(1, 1_000).await.unwrap();
    bench.status.store(402, Ordering::SeqCst);
    let refused = bench.settle(1, 3_000).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.stake_status),
        (Code::PaymentDeclined, Some(StakeStatus::Returned))
    );
    assert_eq!(bench.purse().await, (5_000, 0));

    bench.reserve(2, 1_000).await.unwrap();
    bench.status.store(500, Ordering::SeqCst);
    let unknown = bench.settle(2, 3_000).await.unwrap_err();
    assert_eq!(
        (unknown.code, unknown.stake_status),
        (Code::PaymentPending, Some(StakeStatus::Pending))
    );
    assert_eq!(bench.purse().await, (4_000, 1_000));
    assert_eq!(
        bench.void(2).await.unwrap().status,
        BetStatus::Pending,
        "nobody may void what may be settled"
    );
    let open = journal::open_bets(&bench.store, |_| true).await.unwrap();
    assert_eq!(
        open.iter().map(|bet| bet.payout).collect::<Vec<_>>(),
        [Some(Money(3_000))]
    );

    bench.status.store(200, Ordering::SeqCst);
    assert_eq!(bench.settle(2, 3_000).await.unwrap().status, BetStatus::Posted);
    assert_eq!(bench.purse().await, (7_000, 0));
    assert!(
        journal::open_bets(&bench.store, |_| true)
            .await
            .unwrap()
            .is_empty()
    );
    bench.balanced().await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_moves_nothing() {
    let bench = bench().await;
    bench.open().await;
    for (stake, code) in [
        (5_001, Code::InsufficientFunds),
        (i64::MAX, Code::InsufficientFunds),
        (0, Code::InvalidRequest),
        (-5, Code::InvalidRequest),
    ] {
        let problem = bench.reserve(1, stake).await.unwrap_err();
        assert_eq!(
            (problem.code, problem.field.as_deref()),
            (code, Some("stake")),
            "{stake}"
        );
    }
    assert_eq!(bench.settle(9, 1).await.unwrap_err().code, Code::NotFound);
    let nobody = bench
        .call::<Wallet>("GET", "/v1/wallets/nobody", "")
        .await
        .unwrap_err();
    assert_eq!(nobody.code, Code::NotFound);
    bench.reserve(2, 1_000).await.unwrap();
    assert_eq!(bench.settle(2, -1).await.unwrap_err().code, Code::InvalidRequest);
    bench.void(2).await.unwrap();
    assert_eq!(bench.purse().await, (5_000, 0));
    bench.balanced().await;
}
