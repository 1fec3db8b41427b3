//! The service through its router, with a provider whose responses the test sets.
#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use reelscope_contracts::payments::{Bet, BetStatus, Standing, Wallet};
use reelscope_contracts::{ApiProblem, Code, Money, RoundId, StakeStatus};
use reelscope_payment_service::provider::{Deadlines, Provider};
use reelscope_payment_service::{State, journal, router};
use reelscope_store::Store;
use reelscope_telemetry::{Service, Timings};
use serde::de::DeserializeOwned;
use tower::ServiceExt;

/// Response of a provider that has settled.
const SETTLED: &str = r#"{"provider_reference":"PP-77","status":"settled"}"#;

struct Bench {
    router: Router,
    store: Store,
    /// Status of the provider's responses.
    status: Arc<AtomicU16>,
    /// Body of the provider's responses.
    body: Arc<Mutex<String>>,
    /// The provider's record of any reference.
    record: Arc<Mutex<Option<String>>>,
    /// Number of requests to the provider.
    asked: Arc<AtomicU64>,
    _dir: tempfile::TempDir,
}

async fn bench() -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("wallets"), journal::SCHEMA_VERSION).unwrap();
    let (status, asked) = (Arc::new(AtomicU16::new(200)), Arc::new(AtomicU64::new(0)));
    let (body, record) = (Arc::new(Mutex::new(SETTLED.to_owned())), Arc::default());
    let answer = {
        let (status, asked, body) = (Arc::clone(&status), Arc::clone(&asked), Arc::clone(&body));
        move || async move {
            asked.fetch_add(1, Ordering::SeqCst);
            let body = body.lock().unwrap().clone();
            (StatusCode::from_u16(status.load(Ordering::SeqCst)).unwrap(), body)
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let recorded = {
        let record: Arc<Mutex<Option<String>>> = Arc::clone(&record);
        move || async move {
            let record = record.lock().unwrap().clone();
            record.map_or((StatusCode::NOT_FOUND, String::new()), |record| {
                (StatusCode::OK, record)
            })
        }
    };
    let provider = Router::new()
        .route("/v1/settlements", axum::routing::post(answer))
        .route("/v1/settlements/{reference}", axum::routing::get(recorded));
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
        body,
        record,
        asked,
        _dir: dir,
    }
}

impl Bench {
    async fn call<T: DeserializeOwned>(&self, method: &str, path: &str, body: &str) -> Result<T, ApiProblem> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_owned()))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        reelscope_http::reply(status, &bytes)
    }

    async fn open(&self) {
        let body = r#"{"player_id":"p","currency":"RUB","opening_balance":5000}"#;
        for _ in 0..2 {
            let wallet: Wallet = self.call("POST", "/v1/wallets", body).await.unwrap();
            assert_eq!(wallet.available, Money(5_000), "a wallet is opened once");
        }
    }

    async fn reserve(&self, round: u128, stake: i64) -> Result<Bet, ApiProblem> {
        let round = RoundId::from_u128(round);
        let body = format!(r#"{{"round_id":"{round}","player_id":"p","stake":{stake}}}"#);
        self.call("POST", "/v1/reservations", &body).await
    }

    async fn settle(&self, round: u128, payout: i64) -> Result<Bet, ApiProblem> {
        let path = format!("/v1/reservations/{}/settle", RoundId::from_u128(round));
        self.call("POST", &path, &format!(r#"{{"payout":{payout}}}"#))
            .await
    }

    async fn void(&self, round: u128) -> Result<Bet, ApiProblem> {
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
async fn a_bet_that_waits_for_its_draw_does_not_become_one_on_a_known_round() {
    let bench = bench().await;
    bench.open().await;
    let body = format!(
        r#"{{"round_id":"{}","player_id":"p","stake":1000,"same_seed_as":"{}"}}"#,
        RoundId::from_u128(1),
        RoundId::from_u128(7)
    );
    let on_known = async || bench.call::<Bet>("POST", "/v1/reservations", &body).await;
    bench.reserve(1, 1_000).await.unwrap();
    assert_eq!(on_known().await.unwrap_err().code, Code::IdempotencyConflict);
    // A bet of an older build, which did not record that its round was known, is returned as it is.
    bench.settle(1, 3_000).await.unwrap();
    assert_eq!(on_known().await.unwrap().status, BetStatus::Posted);
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
        open.iter().map(|bet| bet.next.clone()).collect::<Vec<_>>(),
        [journal::Next::Settle(Money(3_000))]
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

#[tokio::test]
async fn only_a_settlement_that_can_be_read_as_this_one_is_posted_and_its_reference_is_kept() {
    let bench = bench().await;
    bench.open().await;
    let garbled = [
        "",
        "<html>",
        "{}",
        r#"{"status":"settled"}"#,
        r#"{"provider_reference":"","status":"settled"}"#,
        r#"{"provider_reference":" ","status":"settled"}"#,
        r#"{"provider_reference":"../x","status":"settled"}"#,
        r#"{"provider_reference":77,"status":"settled"}"#,
        r#"["PP-1","settled"]"#,
        r#"{"provider_reference":"PP-1","status":"accepted"}"#,
        r#"{"provider_reference":"PP-1","status":"open"}"#,
        r#"{"provider_reference":"PP-1","status":"settled","reference":"another"}"#,
        r#"{"provider_reference":"PP-1","status":"settled","debit":99}"#,
        r#"{"provider_reference":"PP-1","status":"settled","debit":100,"credit":31}"#,
        r#"{"provider_reference":"PP-1","status":"settled","currency":"EUR"}"#,
    ];
    for (round, body) in (1..).zip(garbled) {
        bench.reserve(round, 100).await.unwrap();
        *bench.body.lock().unwrap() = body.to_owned();
        let unknown = bench.settle(round, 30).await.unwrap_err();
        assert_eq!(
            (unknown.code, unknown.stake_status),
            (Code::PaymentPending, Some(StakeStatus::Pending)),
            "{body}"
        );
    }
    let open = i64::try_from(garbled.len()).unwrap();
    assert_eq!(bench.purse().await, (5_000 - 100 * open, 100 * open));
    // The provider's record has the outcome that its response left open.
    *bench.record.lock().unwrap() = Some(SETTLED.to_owned());
    let posted = bench.settle(1, 30).await.unwrap();
    assert_eq!(
        (posted.status, posted.provider_reference.as_deref()),
        (BetStatus::Posted, Some("PP-77"))
    );
    bench.reserve(90, 100).await.unwrap();
    assert_eq!(bench.settle(90, 0).await.unwrap().status, BetStatus::Posted);
    bench.balanced().await;
}

#[tokio::test]
async fn a_doubt_is_ended_by_the_providers_record_and_never_by_a_later_refusal() {
    let bench = bench().await;
    bench.open().await;
    let settle = async |status: u16, round| {
        bench.status.store(status, Ordering::SeqCst);
        bench.settle(round, 0).await
    };
    for (round, first) in (1..).zip([500, 503, 504, 409, 408, 425, 429, 302]) {
        bench.reserve(round, 100).await.unwrap();
        for status in [first, 400, 401, 402, 404, 409, 422, 429] {
            let unknown = settle(status, round).await.unwrap_err();
            assert_eq!(
                (unknown.code, unknown.stake_status),
                (Code::PaymentPending, Some(StakeStatus::Pending)),
                "{status} after {first}"
            );
        }
    }
    assert_eq!(bench.purse().await, (4_200, 800));
    // Without an outcome in the record the bet stays as it is. A refusal returns the stake, a settlement is posted.
    *bench.record.lock().unwrap() = Some(r#"{"provider_reference":"PP-1","status":"open"}"#.to_owned());
    assert!(settle(402, 1).await.is_err());
    assert_eq!(bench.purse().await, (4_200, 800));
    *bench.record.lock().unwrap() = Some(r#"{"provider_reference":"PP-1","status":"declined"}"#.to_owned());
    let refused = settle(402, 1).await.unwrap_err();
    assert_eq!(refused.stake_status, Some(StakeStatus::Returned));
    *bench.record.lock().unwrap() = Some(SETTLED.to_owned());
    assert_eq!(settle(402, 2).await.unwrap().status, BetStatus::Posted);
    assert_eq!(bench.purse().await, (4_300, 600));

    // A 4xx to the first request is a refusal, so nothing was settled.
    *bench.record.lock().unwrap() = None;
    for (round, status) in (20..).zip([400, 401, 402, 403, 404, 422]) {
        bench.reserve(round, 100).await.unwrap();
        let refused = settle(status, round).await.unwrap_err();
        assert_eq!(refused.stake_status, Some(StakeStatus::Returned), "{status}");
    }
    assert_eq!(bench.purse().await, (4_300, 600));
    bench.balanced().await;
}

#[tokio::test]
async fn every_problem_of_a_round_says_where_its_stake_stands_and_so_does_a_question() {
    let bench = bench().await;
    bench.open().await;
    let check = async |round: u128, expected: StakeStatus, reserved: bool| {
        let path = format!("/v1/reservations/{}?player_id=p", RoundId::from_u128(round));
        let stands: Standing = bench.call("GET", &path, "").await.unwrap();
        assert_eq!((stands.stake_status, stands.bet.is_some()), (expected, reserved));
        assert_eq!(stands.balance.minor(), bench.purse().await.0);
        let id = Some(RoundId::from_u128(round));
        for problem in [
            bench.reserve(round, 77).await.unwrap_err(),
            bench.settle(round, -1).await.unwrap_err(),
        ] {
            assert_eq!(
                (problem.stake_status, problem.round_id),
                (Some(expected), id),
                "{problem:?}"
            );
        }
    };
    bench.reserve(1, 1_000).await.unwrap();
    check(1, StakeStatus::Reserved, true).await;
    bench.status.store(500, Ordering::SeqCst);
    bench.settle(1, 30).await.unwrap_err();
    check(1, StakeStatus::Pending, true).await;
    bench.status.store(200, Ordering::SeqCst);
    bench.settle(1, 30).await.unwrap();
    check(1, StakeStatus::Paid, true).await;
    let posted = bench.void(1).await.unwrap_err();
    assert_eq!(posted.stake_status, Some(StakeStatus::Paid));

    bench.reserve(2, 1_000).await.unwrap();
    bench.void(2).await.unwrap();
    let path = format!("/v1/reservations/{}?player_id=p", RoundId::from_u128(2));
    let stands: Standing = bench.call("GET", &path, "").await.unwrap();
    assert_eq!(stands.stake_status, StakeStatus::Returned);
    // The round is voided before it is reserved.
    bench.void(3).await.unwrap();
    let path = format!("/v1/reservations/{}?player_id=p", RoundId::from_u128(3));
    let stands: Standing = bench.call("GET", &path, "").await.unwrap();
    assert_eq!(stands.stake_status, StakeStatus::Untouched);
    for refused in [
        bench.reserve(4, 50_000).await.unwrap_err(),
        bench.reserve(4, -1).await.unwrap_err(),
        bench.settle(4, 1).await.unwrap_err(),
    ] {
        assert_eq!(refused.stake_status, Some(StakeStatus::Untouched), "{refused:?}");
    }
    let path = format!("/v1/reservations/{}?player_id=q", RoundId::from_u128(1));
    bench
        .call::<Wallet>(
            "POST",
            "/v1/wallets",
            r#"{"player_id":"q","currency":"RUB","opening_balance":5}"#,
        )
        .await
        .unwrap();
    let foreign = bench.call::<Standing>("GET", &path, "").await.unwrap_err();
    assert_eq!((foreign.code, foreign.stake_status), (Code::NotFound, None));
    bench.balanced().await;
}
