//! The service with its background task and its recovery, and a real provider on a real port.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use axum::middleware::{Next, from_fn};
use reelscope_contracts::payments::{Bet, BetStatus, Bets, Wallet};
use reelscope_contracts::{ApiProblem, RoundId};
use reelscope_payment_service::provider::{Deadlines, Provider};
use reelscope_payment_service::recovery::{self, RecoveryTiming};
use reelscope_payment_service::settlement::Settlement;
use reelscope_payment_service::{Knobs, State, background, journal, router};
use reelscope_store::Store;
use reelscope_telemetry::{Service, Timings};
use serde::de::DeserializeOwned;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tower::ServiceExt;

/// Opening balance of a wallet.
pub(crate) const OPENING: i64 = 1_000_000;

/// Serves a provider; the URL ends with the listener's task.
pub(crate) async fn serve(provider: reelscope_payment_provider::State) -> String {
    serve_counted(provider).await.0
}

/// Serves a provider and counts the requests to it.
pub(crate) async fn serve_counted(provider: reelscope_payment_provider::State) -> (String, Arc<AtomicU64>) {
    let asked = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&asked);
    let count = move |request: axum::extract::Request, next: Next| {
        counted.fetch_add(1, Ordering::SeqCst);
        next.run(request)
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = reelscope_payment_provider::router(provider).layer(from_fn(count));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (url, asked)
}

/// A provider whose connections can be refused for a while.
pub(crate) struct Door {
    at: SocketAddr,
    routes: Router,
    accepting: Option<AbortHandle>,
}

impl Door {
    pub(crate) async fn new(provider: reelscope_payment_provider::State) -> Self {
        // Without keep-alive, because a kept connection would outlive the closed listener.
        let close = |request: axum::extract::Request, next: Next| async move {
            let mut response = next.run(request).await;
            let value = header::HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, value);
            response
        };
        let routes = reelscope_payment_provider::router(provider).layer(from_fn(close));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let accepting = Some(accept(listener, routes.clone()));
        Self {
            at,
            routes,
            accepting,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.at)
    }

    /// Opens or closes it; returns when this is done.
    pub(crate) async fn set_open(&mut self, open: bool) {
        match (open, self.accepting.take()) {
            (true, None) => {
                let listener = TcpListener::bind(self.at).await.unwrap();
                self.accepting = Some(accept(listener, self.routes.clone()));
            }
            (false, Some(accepting)) => {
                accepting.abort();
                while TcpStream::connect(self.at).await.is_ok() {
                    tokio::task::yield_now().await;
                }
            }
            (_, as_it_is) => self.accepting = as_it_is,
        }
    }
}

fn accept(listener: TcpListener, routes: Router) -> AbortHandle {
    tokio::spawn(async move { axum::serve(listener, routes).await }).abort_handle()
}

pub(crate) struct Bench {
    router: Router,
    pub(crate) store: Store,
    pub(crate) settlement: Settlement,
    pub(crate) knobs: Knobs,
    /// Number of bets that were open at the start.
    pub(crate) left_over: usize,
    /// The background task and the recovery, which stop when dropped.
    pub(crate) tasks: JoinSet<()>,
}

impl Bench {
    /// Starts the service of a data directory, as the stack does.
    pub(crate) async fn start(dir: &Path, provider: String, deadlines: Deadlines) -> Self {
        let store = Store::open(dir, journal::SCHEMA_VERSION).unwrap();
        journal::migrate(&store).await.unwrap();
        let left_over = journal::open_bets(&store, |_| true).await.unwrap();
        let service = Service::new("payment-service", Timings::default());
        let provider = Provider::new(service.client(), provider, deadlines);
        let (state, backlog) = State::new(store.clone(), provider);
        let settlement = state.settlement();
        let timing = RecoveryTiming {
            interval: Duration::from_millis(20),
            abandoned_after: Duration::from_secs(60),
            first_retry: Duration::from_millis(20),
            longest_retry: Duration::from_millis(100),
        };
        let left_over_count = left_over.len();
        let mut tasks = JoinSet::new();
        let never = std::future::pending();
        tasks.spawn(background::run(
            service.clone(),
            settlement.clone(),
            backlog,
            never,
        ));
        tasks.spawn(recovery::run(service, settlement.clone(), left_over, timing));
        Self {
            knobs: state.knobs(),
            left_over: left_over_count,
            router: router(state),
            store,
            settlement,
            tasks,
        }
    }

    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        method: &str,
        path: &str,
        body: String,
    ) -> Result<T, ApiProblem> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        reelscope_http::reply(status, &bytes)
    }

    pub(crate) async fn open(&self, player: &str) {
        let body = format!(r#"{{"player_id":"{player}","currency":"RUB","opening_balance":{OPENING}}}"#);
        self.call::<Wallet>("POST", "/v1/wallets", body).await.unwrap();
    }

    pub(crate) async fn reserve(&self, player: &str, round: RoundId, stake: i64) -> Result<Bet, ApiProblem> {
        let body = format!(r#"{{"round_id":"{round}","player_id":"{player}","stake":{stake}}}"#);
        self.call("POST", "/v1/reservations", body).await
    }

    pub(crate) async fn settle(&self, round: RoundId, payout: i64) -> Result<Bet, ApiProblem> {
        let path = format!("/v1/reservations/{round}/settle");
        self.call("POST", &path, format!(r#"{{"payout":{payout}}}"#))
            .await
    }

    pub(crate) async fn purse(&self, player: &str) -> (i64, i64) {
        let path = format!("/v1/wallets/{player}");
        let wallet: Wallet = self.call("GET", &path, String::new()).await.unwrap();
        (wallet.available.minor(), wallet.reserved.minor())
    }

    /// Returns the last fifty bets.
    pub(crate) async fn bets(&self, player: &str) -> Vec<Bet> {
        let path = format!("/v1/players/{player}/bets?limit=50");
        let bets: Bets = self.call("GET", &path, String::new()).await.unwrap();
        bets.bets
    }

    pub(crate) async fn status(&self, player: &str, round: RoundId) -> BetStatus {
        let bets = self.bets(player).await;
        bets.iter().find(|bet| bet.round_id == round).unwrap().status
    }

    /// Waits until no bet is open and nothing is under way, and checks the ledger.
    pub(crate) async fn at_rest(&self) {
        eventually("every bet is ended", async || {
            journal::open_bets(&self.store, |_| true)
                .await
                .unwrap()
                .is_empty()
                && self.settlement.under_way() == 0
        })
        .await;
        let result = journal::verify(&self.store).await.unwrap();
        assert_eq!((result.imbalance, result.pending), (0, 0));
    }
}

/// Waits for a condition. The deadline only ends a test that has failed.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds().await {
        assert!(Instant::now() < deadline, "{what} did not come true");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
