//! A fake Sentry that misbehaves on demand, sample envelopes, and waiting for a condition.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

pub(crate) mod rows;

use std::collections::{HashMap, VecDeque};
use std::io::Read;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use reelscope_collector::{Collector, Destinations, Dsn, Options, Pace};
use rows::Kept;
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// The next response of the fake.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Ok,
    /// 200 with these headers.
    Taken(Vec<(&'static str, String)>),
    Status(u16, Vec<(&'static str, String)>),
    Garbage,
    /// No response.
    Silence,
    /// Accepts the request and answers after a while.
    Slow(Duration),
}

#[derive(Default)]
pub(crate) struct Seen {
    /// Ids of the events that were answered with 200, in order.
    pub(crate) taken: Vec<String>,
    /// Their envelopes, as received.
    pub(crate) bodies: Vec<Vec<u8>>,
    /// All requests: event id, authorisation, header line.
    pub(crate) requests: Vec<(String, String, Value)>,
    /// Maximum of concurrent requests.
    pub(crate) most_at_once: usize,
    at_once: usize,
    answers: VecDeque<Answer>,
    pub(crate) otherwise: Option<Answer>,
}

#[derive(Clone)]
pub(crate) struct FakeSentry {
    pub(crate) seen: Arc<Mutex<Seen>>,
    pub(crate) addr: SocketAddr,
}

impl FakeSentry {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::serve(listener)
    }

    /// Serves on a listener that was bound before, so that the fake can come up later.
    pub(crate) fn serve(listener: tokio::net::TcpListener) -> Self {
        let fake = Self {
            seen: Arc::default(),
            addr: listener.local_addr().unwrap(),
        };
        let router = axum::Router::new()
            .route("/api/{project}/envelope/", post(take))
            .with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        fake
    }

    pub(crate) fn dsn(&self) -> Dsn {
        dsn(self.addr)
    }

    pub(crate) fn answer(&self, answers: impl IntoIterator<Item = Answer>) {
        self.seen.lock().unwrap().answers.extend(answers);
    }

    pub(crate) fn otherwise(&self, answer: Answer) {
        self.seen.lock().unwrap().otherwise = Some(answer);
    }

    pub(crate) fn taken(&self) -> Vec<String> {
        self.seen.lock().unwrap().taken.clone()
    }

    /// The accepted items, header and payload of each, by envelope. Their payloads contain no newline.
    pub(crate) fn items(&self) -> Vec<Vec<String>> {
        let seen = self.seen.lock().unwrap();
        let lines = |body: &[u8]| -> Vec<String> {
            let text = String::from_utf8(body.to_vec()).unwrap();
            text.lines().skip(1).map(str::to_owned).collect()
        };
        let items = |lines: Vec<String>| lines.chunks(2).map(|item| item.join("\n")).collect();
        seen.bodies.iter().map(|body| items(lines(body))).collect()
    }

    pub(crate) fn requests(&self) -> usize {
        self.seen.lock().unwrap().requests.len()
    }

    pub(crate) fn how_often(&self) -> HashMap<String, usize> {
        let mut counts = HashMap::new();
        for id in self.taken() {
            *counts.entry(id).or_default() += 1;
        }
        counts
    }
}

pub(crate) fn dsn(addr: SocketAddr) -> Dsn {
    format!("http://abcdef0123456789abcdef0123456789@{addr}/7")
        .parse()
        .unwrap()
}

async fn take(State(fake): State<FakeSentry>, headers: HeaderMap, body: Bytes) -> Response {
    let mut text = Vec::new();
    assert_eq!(headers["content-encoding"], "gzip");
    flate2::read::GzDecoder::new(&body[..])
        .read_to_end(&mut text)
        .unwrap();
    let line = text.split(|byte| *byte == b'\n').next().unwrap();
    let header: Value = serde_json::from_slice(line).unwrap();
    let id = header["event_id"].as_str().unwrap_or("").to_owned();
    let auth = headers["x-sentry-auth"].to_str().unwrap().to_owned();
    let answer = {
        let mut seen = fake.seen.lock().unwrap();
        seen.requests.push((id.clone(), auth, header));
        seen.at_once += 1;
        seen.most_at_once = seen.most_at_once.max(seen.at_once);
        let otherwise = seen.otherwise.clone().unwrap_or(Answer::Ok);
        seen.answers.pop_front().unwrap_or(otherwise)
    };
    if let Answer::Slow(pause) = &answer {
        tokio::time::sleep(*pause).await;
    }
    if matches!(answer, Answer::Silence) {
        std::future::pending::<()>().await;
    }
    let mut seen = fake.seen.lock().unwrap();
    seen.at_once -= 1;
    match answer {
        Answer::Taken(headers) => {
            seen.taken.push(id.clone());
            seen.bodies.push(text);
            let mut response = axum::Json(serde_json::json!({ "id": id })).into_response();
            for (name, value) in headers {
                response.headers_mut().insert(name, value.parse().unwrap());
            }
            response
        }
        Answer::Ok | Answer::Slow(_) => {
            seen.taken.push(id.clone());
            seen.bodies.push(text);
            axum::Json(serde_json::json!({ "id": id })).into_response()
        }
        Answer::Garbage => "<html>Welcome to the hotel</html>".into_response(),
        Answer::Status(status, headers) => {
            let mut response = StatusCode::from_u16(status).unwrap().into_response();
            for (name, value) in headers {
                response.headers_mut().insert(name, value.parse().unwrap());
            }
            response
        }
        Answer::Silence => unreachable!(),
    }
}

/// Options for tests, with short pauses.
pub(crate) fn options() -> Options {
    Options {
        pace: Pace {
            concurrency: 16,
            timeout: Duration::from_secs(5),
            first_retry: Duration::from_millis(5),
            longest_retry: Duration::from_millis(50),
        },
        ..Options::standard()
    }
}

pub(crate) fn to(dsn: &Dsn) -> Destinations {
    Destinations {
        common: Some(dsn.clone()),
        ..Destinations::nowhere()
    }
}

pub(crate) fn event_id(n: usize) -> String {
    format!("{n:032x}")
}

/// An error event with a trace of its own.
pub(crate) fn error(n: usize) -> Vec<u8> {
    error_in(n, &format!("{:032x}", n + 1_000_000))
}

pub(crate) fn error_in(n: usize, trace: &str) -> Vec<u8> {
    let id = event_id(n);
    let event = serde_json::json!({
        "event_id": id, "timestamp": 1_764_000_000.5, "level": "error", "release": "1.0.0",
        "user": { "id": "player-1" }, "transaction": "POST /spin",
        "contexts": { "trace": { "trace_id": trace, "span_id": "00f067aa0ba902b7" } },
        "exception": { "values": [{ "type": "PaymentTimeout", "value": format!("no answer after {n} ms"),
            "mechanism": { "type": "generic", "handled": true },
            "stacktrace": { "frames": [
                { "function": "main", "in_app": false },
                { "function": "settle", "filename": "src/settlement.rs", "lineno": 41, "in_app": true } ] } }] },
    });
    format!("{{\"event_id\":\"{id}\"}}\n{{\"type\":\"event\"}}\n{event}\n").into_bytes()
}

/// A transaction; with `parent` it continues another span.
pub(crate) fn transaction(n: usize, trace: &str, span: &str, parent: Option<&str>, millis: f64) -> Vec<u8> {
    let id = event_id(n);
    let start = 1_764_000_000.0;
    let event = serde_json::json!({
        "event_id": id, "type": "transaction", "transaction": "slot-machine-spin", "release": "1.0.0",
        "environment": "demo", "user": { "id": "player-1" }, "tags": { "problems": "slow-rng" },
        "start_timestamp": start, "timestamp": start + millis / 1_000.0,
        "contexts": { "trace": { "trace_id": trace, "span_id": span, "parent_span_id": parent, "op": "http.server", "status": "ok" } },
        "measurements": { "stake": { "value": 10.0, "unit": "none" } },
        "spans": [{ "trace_id": trace, "span_id": format!("{span}-c"), "parent_span_id": span, "op": "http.client",
            "description": "POST /v1/settle", "start_timestamp": start + 0.001, "timestamp": start + millis / 2_000.0 }],
    });
    format!(
        "{{\"event_id\":\"{id}\",\"trace\":{{\"trace_id\":\"{trace}\",\"public_key\":\"head\"}}}}\n{{\"type\":\"transaction\"}}\n{event}\n"
    )
    .into_bytes()
}

/// Waits until so many envelopes are delivered; none is lost meanwhile.
pub(crate) async fn delivered(collector: &Collector, dir: &TempDir, count: u64) {
    eventually("delivered", || {
        balanced(collector, dir.path());
        collector.counts().delivered == count
    })
    .await;
}

/// Repeats the check until it holds; fails the test after a while.
pub(crate) async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let looked = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), looked)
        .await
        .unwrap_or_else(|_| panic!("never: {what}"));
}

/// Checks that the counts equal those of the log in `dir`, of which nothing was deleted.
pub(crate) fn balanced(collector: &Collector, dir: &Path) {
    rows::balanced(dir, Kept::All, || collector.counts());
}

/// The same where the oldest may have been deleted.
pub(crate) fn balanced_with_removed(collector: &Collector, dir: &Path) {
    rows::balanced(dir, Kept::Some, || collector.counts());
}
