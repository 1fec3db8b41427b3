//! The service through its router, with a payment service that holds one balance for everybody.
#![allow(clippy::unwrap_used)]

use std::ops::ControlFlow;

use axum::body::Body;
use axum::http::{Request, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use reelscope_contracts::payments::Wallet;
use reelscope_contracts::users::{Player, Seeding, Session};
use reelscope_contracts::{Code, Money, Problem};
use reelscope_store::Store;
use reelscope_telemetry::{Service, Timings};
use reelscope_user_service::{State, router, seeding};
use serde::de::{DeserializeOwned, IgnoredAny};
use tower::ServiceExt;

const SESSION_MS: i64 = 60_000;

fn open(dir: &tempfile::TempDir) -> Store {
    Store::open(&dir.path().join("players"), seeding::SCHEMA_VERSION)
        .unwrap()
        .store
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
    let routes = Router::new()
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
) -> Result<T, Problem> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    reelscope_contracts::http::reply(status, &bytes)
}

async fn log_in(router: &Router, account: &str) -> Result<Session, Problem> {
    call(
        router,
        "POST",
        "/v1/sessions",
        &format!(r#"{{"account_code":"{account}"}}"#),
    )
    .await
}

async fn eligible(router: &Router, session: &str, account: &str, stake: i64) -> Result<Player, Problem> {
    let body = format!(r#"{{"session_id":"{session}","account_code":"{account}","stake":{stake}}}"#);
    call(router, "POST", "/v1/eligibility", &body).await
}

#[tokio::test]
async fn a_session_is_checked_with_its_account_and_the_stake_with_its_limits() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let progress = seeding::prepare(&store, 10).await.unwrap();
    let router = service(&store, progress, SESSION_MS).await;
    let session = log_in(&router, "RS-000001").await.unwrap();
    assert_eq!(
        (session.player.balance, session.player.reserved),
        (Money(700), Money(30))
    );
    let id = &session.session_id;

    let player = eligible(&router, id, "RS-000001", 1_000).await.unwrap();
    assert_eq!(
        player.balance,
        Money(700),
        "a balance that is short is the reservation's to refuse"
    );
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

    let ended = service(&store, seeding::prepare(&store, 10).await.unwrap(), 0).await;
    let session = log_in(&ended, "RS-000001").await.unwrap();
    let late = eligible(&ended, &session.session_id, "RS-000001", 1_000)
        .await
        .unwrap_err();
    assert_eq!(late.code, Code::SessionExpired);
}

#[tokio::test]
async fn seeding_goes_on_where_it_was_stopped_and_the_demo_player_is_there_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let progress = seeding::prepare(&store, 2_300).await.unwrap();
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

    // A start after that, as after a kill: it takes up the count that the last batch wrote with its players.
    let store = open(&dir);
    let progress = seeding::prepare(&store, 2_300).await.unwrap();
    assert_eq!(progress.read().done, 500);
    seeding::run(store.clone(), progress.clone()).await.unwrap();
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
