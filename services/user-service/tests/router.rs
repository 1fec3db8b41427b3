//! The service through its router, with a payment service that has one balance for all players.
#![allow(clippy::unwrap_used)]

use std::future::poll_fn;
use std::ops::ControlFlow;
use std::pin::{Pin, pin};
use std::task::Poll;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{Request, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use reelscope_contracts::payments::{Standing, Wallet};
use reelscope_contracts::users::{Player, Seeding, Session};
use reelscope_contracts::{AccountCode, ApiProblem, Code, Money, RoundId, StakeStatus};
use reelscope_store::Store;
use reelscope_telemetry::{Service, Timings};
use reelscope_user_service::{MissingIndex, State, UserError, router, seeding};
use serde::de::{DeserializeOwned, IgnoredAny};
use tower::ServiceExt;

const SESSION_MS: i64 = 60_000;
/// A round whose stake is reserved already.
const SENT_BEFORE: u128 = 7;

fn open(dir: &tempfile::TempDir) -> Store {
    Store::open(&dir.path().join("players"), seeding::SCHEMA_VERSION).unwrap()
}

async fn payment_service() -> String {
    let wallet = || async {
        Json(Wallet {
            player_id: "p".into(),
            currency: "RUB".into(),
            available: Money(700),
            reserved: Money(30),
        })
    };
    let standing = |Path(round): Path<RoundId>| async move {
        Json(Standing {
            bet: None,
            stake_status: if round == RoundId::from_u128(SENT_BEFORE) {
                StakeStatus::Reserved
            } else {
                StakeStatus::Untouched
            },
            balance: Money(700),
        })
    };
    let routes = Router::new()
        .route("/v1/reservations/{round_id}", get(standing))
        .route("/v1/wallets", post(wallet))
        .route("/v1/wallets/{player}", get(wallet));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    url
}

async fn service(store: &Store, progress: seeding::Progress, session_ms: i64) -> Router {
    let client = Service::new("user-service", Timings::default()).client();
    router(State::new(
        store.clone(),
        progress,
        client,
        payment_service().await,
        session_ms,
    ))
}

async fn call<T: DeserializeOwned>(
    router: &Router,
    method: &str,
    path: &str,
    body: &str,
) -> Result<T, ApiProblem> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    reelscope_http::reply(status, &bytes)
}

async fn log_in(router: &Router, account: &str) -> Result<Session, ApiProblem> {
    call(
        router,
        "POST",
        "/v1/sessions",
        &format!(r#"{{"account_code":"{account}"}}"#),
    )
    .await
}

async fn eligible(router: &Router, session: &str, account: &str, stake: i64) -> Result<Player, ApiProblem> {
    eligible_for(router, session, account, stake, 1).await
}

async fn eligible_for(
    router: &Router,
    session: &str,
    account: &str,
    stake: i64,
    round: u128,
) -> Result<Player, ApiProblem> {
    let round = RoundId::from_u128(round);
    let body = format!(
        r#"{{"session_id":"{session}","account_code":"{account}","stake":{stake},"round_id":"{round}"}}"#
    );
    call(router, "POST", "/v1/eligibility", &body).await
}

async fn is_open(router: &Router, session: &str, account: &str) -> Result<(), ApiProblem> {
    let body = format!(r#"{{"session_id":"{session}","account_code":"{account}"}}"#);
    let answer = call::<IgnoredAny>(router, "POST", "/v1/sessions/check", &body).await;
    answer.map(drop)
}

#[tokio::test]
async fn an_account_is_its_own_players_whoever_the_client_takes_it_for() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let progress = seeding::prepare(&store, Some(10), false).await.unwrap();
    let router = service(&store, progress, SESSION_MS).await;
    let owner = log_in(&router, "RS-000002").await.unwrap().player.player_id;
    for taken_for in [owner.as_str(), "player-000003", "nobody", ""] {
        let body = format!(r#"{{"account_code":"RS-000002","player_id":"{taken_for}"}}"#);
        let session: Session = call(&router, "POST", "/v1/sessions", &body).await.unwrap();
        assert_eq!(session.player.player_id, owner, "taken for {taken_for:?}");
    }
}

#[tokio::test]
async fn a_session_is_checked_with_its_account_and_the_stake_with_its_limits() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let progress = seeding::prepare(&store, Some(10), true).await.unwrap();
    let router = service(&store, progress, SESSION_MS).await;
    let session = log_in(&router, "RS-000001").await.unwrap();
    assert_eq!(
        (session.player.balance, session.player.reserved),
        (Money(700), Money(30))
    );
    let id = session.session_id.as_str();

    let player = eligible(&router, id, "RS-000001", 700).await.unwrap();
    assert_eq!(player.balance, Money(700));
    let short = eligible(&router, id, "RS-000001", 710).await.unwrap_err();
    assert_eq!(
        (short.code, short.field.as_deref()),
        (Code::InsufficientFunds, Some("stake"))
    );
    let again = eligible_for(&router, id, "RS-000001", 710, SENT_BEFORE).await;
    assert_eq!(
        again.unwrap().balance,
        Money(700),
        "its stake is out of the balance already"
    );
    is_open(&router, id, "RS-000001").await.unwrap();
    for (session, account) in [(id, "RS-000003"), ("other", "RS-000001")] {
        let refused = is_open(&router, session, account).await.unwrap_err();
        assert_eq!(refused.code, Code::SessionExpired, "{session} {account}");
    }
    let check = async |session: &str, account: &str, stake, code, field: Option<&str>| {
        let problem = eligible(&router, session, account, stake).await.unwrap_err();
        assert_eq!(
            (problem.code, problem.field.as_deref()),
            (code, field),
            "{}",
            problem.detail
        );
    };
    check(id, "RS-000001", 90, Code::StakeOutOfLimits, Some("stake")).await;
    check(id, "RS-000001", 50_010, Code::StakeOutOfLimits, Some("stake")).await;
    check(id, "RS-000003", 1_000, Code::SessionExpired, None).await;
    check("other", "RS-000001", 1_000, Code::SessionExpired, None).await;
    let unknown = log_in(&router, "RS-999999").await.unwrap_err();
    assert_eq!((unknown.code, unknown.retry_after), (Code::PlayerNotFound, None));

    let ended = service(&store, seeding::prepare(&store, Some(10), true).await.unwrap(), 0).await;
    let session = log_in(&ended, "RS-000001").await.unwrap();
    let late = eligible(&ended, session.session_id.as_str(), "RS-000001", 1_000)
        .await
        .unwrap_err();
    assert_eq!(late.code, Code::SessionExpired);
    let late = is_open(&ended, session.session_id.as_str(), "RS-000001")
        .await
        .unwrap_err();
    assert_eq!(late.code, Code::SessionExpired);
}

#[tokio::test]
async fn seeding_goes_on_where_it_was_stopped_and_the_demo_player_is_there_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let progress = seeding::prepare(&store, Some(2_300), true).await.unwrap();
    let router = service(&store, progress.clone(), SESSION_MS).await;
    let told: Seeding = call(&router, "GET", "/v1/seeding", "").await.unwrap();
    assert_eq!(
        told,
        Seeding {
            done: 500,
            total: 2_300
        }
    );
    log_in(&router, "RS-000001").await.unwrap();
    let not_yet = log_in(&router, "RS-002300").await.unwrap_err();
    assert_eq!(
        (not_yet.code, not_yet.retry_after),
        (Code::PlayerNotFound, Some(2))
    );
    drop((router, progress, store));

    // A start after that, as after a kill, continues from the count that the last batch wrote with its players.
    let store = open(&dir);
    let progress = seeding::prepare(&store, Some(2_300), true).await.unwrap();
    assert_eq!(progress.read().done, 500);
    seeding::run(store.clone(), progress.clone()).await;
    assert_eq!(
        progress.read(),
        Seeding {
            done: 2_300,
            total: 2_300
        }
    );
    let count = store
        .scan::<IgnoredAny, _, _>("players", 0_u64, |count, _| {
            *count += 1;
            ControlFlow::Continue(())
        })
        .await
        .unwrap();
    assert_eq!(count, 2_300);
    let router = service(&store, progress, SESSION_MS).await;
    log_in(&router, "RS-002300").await.unwrap();
}

/// Starts a service with this number of players, all of them created; returns its router and its switch.
async fn seeded(store: &Store, players: u64, indexed: bool) -> (Router, MissingIndex) {
    let progress = seeding::prepare(store, Some(players), indexed).await.unwrap();
    seeding::run(store.clone(), progress.clone()).await;
    let client = Service::new("user-service", Timings::default()).client();
    let state = State::new(
        store.clone(),
        progress,
        client,
        payment_service().await,
        SESSION_MS,
    );
    let missing_index = state.knobs().missing_index().clone();
    (router(state), missing_index)
}

async fn has_index(store: &Store) -> Option<bool> {
    store.has_index("players", "account_code").await.unwrap()
}

/// Looks up the first player, one in the middle, the last, and one that does not exist.
async fn look_players_up(router: &Router, last: u64) {
    for number in [1, last / 2, last] {
        let code = AccountCode::numbered(number);
        let session = log_in(router, code.as_str()).await.unwrap();
        assert_eq!(session.player.account_code, code);
    }
    let unknown = log_in(router, AccountCode::numbered(last + 1).as_str())
        .await
        .unwrap_err();
    assert_eq!(unknown.code, Code::PlayerNotFound);
}

#[tokio::test]
async fn players_are_found_with_the_index_and_without_it_and_across_restarts() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(&dir);
    for indexed in [true, false, false, true] {
        let (router, missing_index) = seeded(&store, 1_200, indexed).await;
        assert_eq!(missing_index.is_on(), !indexed);
        assert_eq!(has_index(&store).await, Some(indexed), "as the start says");
        look_players_up(&router, 1_200).await;

        missing_index.switch_on().await.unwrap();
        assert!(missing_index.is_on());
        assert_eq!(has_index(&store).await, Some(false));
        look_players_up(&router, 1_200).await;
        missing_index.switch_on().await.unwrap();

        missing_index.switch_off().await.unwrap();
        assert!(!missing_index.is_on());
        assert_eq!(missing_index.progress(), None);
        assert_eq!(has_index(&store).await, Some(true));
        look_players_up(&router, 1_200).await;
        drop((router, missing_index, store));
        store = open(&dir);
    }
}

#[tokio::test]
async fn a_second_switch_is_busy_and_a_caller_who_goes_away_stops_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let (router, missing_index) = seeded(&store, 1_200, false).await;
    let (first, second) = tokio::join!(missing_index.switch_off(), missing_index.switch_on());
    first.unwrap();
    let busy = second.unwrap_err();
    assert!(matches!(busy, UserError::Busy), "{busy}");
    let problem = ApiProblem::from(&busy);
    assert_eq!(
        (problem.code, problem.retry_after),
        (Code::ServiceUnavailable, Some(1))
    );
    assert_eq!(
        (missing_index.is_on(), has_index(&store).await),
        (false, Some(true))
    );

    {
        let mut abandoned = pin!(missing_index.switch_on());
        assert!(polled(abandoned.as_mut()).await.is_pending());
    }
    let Seeding { done, total } = missing_index.progress().unwrap();
    assert!(done < total);
    assert_eq!(total, 1_200);
    while missing_index.progress().is_some() {
        tokio::task::yield_now().await;
    }
    assert_eq!(
        (missing_index.is_on(), has_index(&store).await),
        (true, Some(false))
    );
    look_players_up(&router, 1_200).await;
}

/// Polls a future once.
async fn polled<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}

#[tokio::test]
async fn the_index_is_not_switched_before_all_players_are_written() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let progress = seeding::prepare(&store, Some(2_300), true).await.unwrap();
    let client = Service::new("user-service", Timings::default()).client();
    let state = State::new(store.clone(), progress.clone(), client, String::new(), SESSION_MS);
    let missing_index = state.knobs().missing_index().clone();
    let refused = missing_index.switch_on().await.unwrap_err();
    let expected = Seeding {
        done: 500,
        total: 2_300,
    };
    assert!(
        matches!(refused, UserError::Seeding(seeding) if seeding == expected),
        "{refused}"
    );
    assert_eq!((missing_index.is_on(), missing_index.progress()), (false, None));
    assert_eq!(has_index(&store).await, Some(true));
    seeding::run(store.clone(), progress).await;
    missing_index.switch_on().await.unwrap();
    assert!(missing_index.is_on());
}
