//! A demo that tests control over HTTP. Each test program uses a part of it.
#![allow(dead_code)]

pub(crate) mod files;
pub(crate) mod hops;

use std::time::{Duration, Instant};

use reelscope_payment_service::journal;
use reelscope_stack::storage::open_copy_of_wallets;
use reelscope_stack::{Config, Stack};
use reqwest::Method;
use serde_json::{Value, json};

/// A player of a running stack, over real HTTP.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) http: reqwest::Client,
    origin: String,
    pub(crate) launch: String,
    pub(crate) session: String,
}

/// Status and body of a response.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Client {
    pub(crate) async fn new(stack: &Stack, account: &str) -> Self {
        Self::at(stack.origin(), stack.token().to_owned(), account).await
    }

    /// Creates a player of a stack that may run in another process.
    pub(crate) async fn at(origin: String, launch: String, account: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut client = Self {
            http,
            origin,
            launch,
            session: String::new(),
        };
        client.log_in(account).await;
        client
    }

    /// Begins a session.
    pub(crate) async fn log_in(&mut self, account: &str) {
        let body = json!({ "account_code": account });
        let reply = self.send(Method::POST, "/api/v1/sessions", None, body).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        self.session = reply.body["token"].as_str().unwrap().to_owned();
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.origin))
            .header("x-reelscope-token", &self.launch)
            .bearer_auth(&self.session)
    }

    pub(crate) async fn send(&self, method: Method, path: &str, key: Option<&str>, body: Value) -> Reply {
        let mut request = self.request(method, path);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = if body.is_null() {
            request
        } else {
            request.json(&body)
        };
        read(request).await
    }

    pub(crate) async fn spin(&self, key: &str, stake: i64) -> Reply {
        self.send(
            Method::POST,
            "/api/v1/spins",
            Some(key),
            json!({ "stake": stake }),
        )
        .await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.send(Method::GET, path, None, Value::Null).await.body
    }

    pub(crate) async fn purse(&self) -> (i64, i64) {
        let me = self.get("/api/v1/players/me").await;
        (me["balance"].as_i64().unwrap(), me["reserved"].as_i64().unwrap())
    }
}

pub(crate) async fn read(request: reqwest::RequestBuilder) -> Reply {
    try_read(request).await.unwrap()
}

/// Returns an error where the connection broke before the response.
pub(crate) async fn try_read(request: reqwest::RequestBuilder) -> reqwest::Result<Reply> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let bytes = response.bytes().await?;
    Ok(Reply {
        status,
        body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    })
}

/// A running stack and one player of it.
pub(crate) struct Demo {
    pub(crate) stack: Stack,
    pub(crate) client: Client,
    _dir: tempfile::TempDir,
}

impl Demo {
    /// Starts a stack with a changed configuration, waits for its players, and logs one in.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let demo = Self::starting_with(change).await;
        demo.stack.seeded().await;
        demo
    }

    /// Starts it without waiting for the players.
    pub(crate) async fn starting_with(change: impl FnOnce(&mut Config)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::new(dir.path().to_owned());
        change(&mut config);
        let stack = Stack::start(config).await.unwrap();
        let client = Client::new(&stack, "RS-000001").await;
        Self {
            stack,
            client,
            _dir: dir,
        }
    }

    pub(crate) async fn log_in(&mut self) {
        self.client.log_in("RS-000001").await;
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let (status, answer, _) = self.ask_traced(method, path, body, "").await;
        (status, answer)
    }

    /// Sends a request with a trace of its own; returns status, body and trace id.
    pub(crate) async fn ask_traced(
        &self,
        method: Method,
        path: &str,
        body: Value,
        key: &str,
    ) -> (u16, Value, String) {
        let trace = format!("{:032x}", rand::random::<u128>());
        let mut request = self
            .client
            .request(method, path)
            .header("idempotency-key", if key.is_empty() { &trace } else { key })
            .header(
                "sentry-trace",
                format!("{trace}-{:016x}-1", rand::random::<u64>()),
            );
        if !body.is_null() {
            request = request.json(&body);
        }
        let reply = read(request).await;
        (reply.status, reply.body, trace)
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.ask(Method::GET, path, Value::Null).await.1
    }

    /// Turns the dial.
    pub(crate) async fn release(&self, version: &str) {
        let body = json!({"release": version});
        let (status, seen) = self.ask(Method::PUT, "/api/problems/release", body).await;
        assert_eq!(status, 200, "{seen}");
    }

    /// Makes a spin with a trace of its own; returns status, body and trace id.
    pub(crate) async fn spin(&self) -> (u16, Value, String) {
        self.ask_traced(Method::POST, "/api/v1/spins", json!({"stake": 100}), "")
            .await
    }

    /// Repeats a request until its response fulfils `shows`.
    pub(crate) async fn until(&self, path: &str, shows: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let seen = self.get(path).await;
            if shows(&seen) {
                return seen;
            }
            assert!(Instant::now() < deadline, "{path}: {seen}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Reads the trace until it fulfils `shows`.
    pub(crate) async fn trace_that(&self, id: &str, shows: impl Fn(&Value) -> bool) -> Value {
        self.until(&format!("/api/telemetry/traces/{id}"), shows).await
    }

    /// Stops the stack, and checks that no money was lost or made.
    pub(crate) async fn end(self) {
        let Self { stack, _dir, .. } = self;
        stack.shutdown().await.unwrap();
        // A round under way may hold its database for a moment.
        let deadline = Instant::now() + Duration::from_secs(10);
        let wallets = loop {
            match open_copy_of_wallets(_dir.path()) {
                Ok(wallets) => break wallets,
                Err(error) => assert!(Instant::now() < deadline, "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let ledger = journal::verify(&wallets).await.unwrap();
        assert!(ledger.entries > 0);
        assert_eq!(ledger.imbalance, 0);
    }
}

/// Returns the spans of a trace that fulfil `shows`.
pub(crate) fn spans(trace: &Value, shows: impl Fn(&Value) -> bool) -> Vec<&Value> {
    let spans = trace["spans"].as_array().map(Vec::as_slice).unwrap_or_default();
    spans.iter().filter(|span| shows(span)).collect()
}

/// Whether the trace has the gateway's transaction, which ends last of those that a player waits for.
pub(crate) fn answered(trace: &Value) -> bool {
    let last = |span: &Value| span["service"] == "api-gateway" && span["transaction"] == true;
    !spans(trace, last).is_empty()
}
