//! The index continues where it stopped, whatever stopped it, and answers through its routes.
#![allow(clippy::unwrap_used)]

#[path = "support/door.rs"]
mod door;
mod support;

use std::path::Path;

use axum::Router;
use axum::body::Body;
use door::{open, send};
use http::{Request, StatusCode};
use reelscope_collector::{Collector, viewer_router};
use serde_json::{Value, json};
use support::{TRACE, error, event_id, eventually, options};

/// A second of November 2025.
const BEGAN: u64 = 1_764_000_000;

async fn get(viewer: &Router, path: &str) -> Value {
    let (response, body) = send(viewer, Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}: {body}");
    body
}

/// Returns the lists, and whether the whole log is in them.
async fn lists(dir: &Path) -> (Collector, Value, Value) {
    let (collector, _) = Collector::open(dir, options()).unwrap();
    let viewer = viewer_router(collector.clone());
    let traces = get(&viewer, "/traces?limit=500").await;
    let issues = get(&viewer, "/issues").await;
    (collector, traces["traces"].clone(), issues["issues"].clone())
}

#[tokio::test]
async fn a_start_goes_on_where_the_last_one_ended() {
    let dir = tempfile::tempdir().unwrap();
    let (collector, mut before, _) = lists(dir.path()).await;
    assert_eq!(before, json!([]));
    for n in 0..40 {
        collector.capture_durable("api-gateway", error(n)).await.unwrap();
    }
    eventually("indexed", || collector.caught_up()).await;
    collector.shutdown().await;
    let mut counted = Value::Null;
    for _ in 0..3 {
        let (collector, traces, issues) = lists(dir.path()).await;
        let events: u64 = issues
            .as_array()
            .unwrap()
            .iter()
            .map(|issue| issue["events"].as_u64().unwrap())
            .sum();
        assert_eq!(events, 40);
        if counted != Value::Null {
            assert_eq!((&traces, &issues), (&before, &counted));
        }
        (before, counted) = (traces, issues);
        collector.shutdown().await;
    }
}

fn logs(count: u32) -> Vec<u8> {
    let logs = (1..=count).map(|n| json!({ "timestamp": n, "trace_id": format!("{n:032x}"), "body": "x" }));
    let payload = json!({ "items": logs.collect::<Vec<_>>() });
    format!("{{}}\n{{\"type\":\"log\"}}\n{payload}\n").into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_envelope_that_was_taken_in_half_is_taken_in_whole() {
    const TRACES: u32 = 8_000;
    let dir = tempfile::tempdir().unwrap();
    let (collector, _) = Collector::open(dir.path(), options()).unwrap();
    collector.capture_durable("external", logs(TRACES)).await.unwrap();
    let seen = || collector.traces_after_here(0, usize::MAX).len();
    eventually("some of it is there", || seen() > 0).await;
    assert!(
        seen() < TRACES as usize,
        "nothing is left that a stop could interrupt"
    );
    collector.shutdown().await;
    let (collector, _) = Collector::open(dir.path(), options()).unwrap();
    eventually("all of it is there", || collector.caught_up()).await;
    let traces = collector.traces_after(0, usize::MAX).await;
    assert_eq!(traces.len(), TRACES as usize);
    assert!(traces.iter().all(|trace| trace.logs == 1));
    collector.shutdown().await;
}

#[tokio::test]
async fn traces_are_filtered_by_an_attribute_and_what_is_none_is_refused() {
    let opened = open();
    let span = json!({
        "trace_id": TRACE, "span_id": "b", "start_timestamp": BEGAN, "timestamp": BEGAN + 1, "op": "db",
        "data": { "db.system": "polodb", "rows": 7 },
    });
    let spin = json!({
        "event_id": event_id(1), "transaction": "spin", "start_timestamp": BEGAN, "timestamp": BEGAN + 1, "spans": [span],
        "contexts": { "trace": { "trace_id": TRACE, "span_id": "a" } },
    });
    let body = format!("{{}}\n{{\"type\":\"transaction\"}}\n{spin}\n");
    opened.taken("/api/1/envelope/", body).await;
    for (attribute, expected) in [
        ("db.system%3Dpolodb", 1),
        ("rows=7", 1),
        ("rows=8", 0),
        ("system=polodb", 0),
    ] {
        let found = opened.get(&format!("/traces?attribute={attribute}")).await;
        assert_eq!(found["traces"].as_array().unwrap().len(), expected, "{attribute}");
        assert_eq!(found["last_minute"], 0);
    }
    let request = Request::get("/traces?attribute=rows")
        .body(Body::empty())
        .unwrap();
    let (response, problem) = send(&opened.viewer, request).await;
    assert_eq!(
        (response.status(), &problem["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("attribute"))
    );
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn what_is_sent_again_beside_something_new_is_told_once() {
    let opened = open();
    let spin = json!({
        "event_id": event_id(1), "transaction": "spin", "start_timestamp": BEGAN, "timestamp": BEGAN + 1,
        "contexts": { "trace": { "trace_id": TRACE, "span_id": "a" } },
    });
    let error = json!({
        "event_id": event_id(2), "timestamp": BEGAN, "message": "lost",
        "contexts": { "trace": { "trace_id": TRACE, "span_id": "a" } },
    });
    let log = |body: &str| json!({ "items": [{ "timestamp": BEGAN, "trace_id": TRACE, "body": body }] });
    for (kind, payload, log) in [
        ("transaction", &spin, log("one")),
        ("event", &error, log("one")),
        ("transaction", &spin, log("two")),
        ("event", &error, log("three")),
    ] {
        let body = format!("{{}}\n{{\"type\":\"{kind}\"}}\n{payload}\n{{\"type\":\"log\"}}\n{log}\n");
        opened.taken("/api/1/envelope/", body).await;
    }
    let trace = opened.get(&format!("/traces/{TRACE}")).await;
    let told = |name: &str| trace[name].as_array().unwrap().len();
    assert_eq!((told("spans"), told("errors"), told("logs")), (1, 1, 3));
    let line = &opened.get("/traces").await["traces"][0];
    assert_eq!(
        (&line["spans"], &line["errors"], &line["logs"]),
        (&json!(1), &json!(1), &json!(3))
    );
    assert_eq!(trace["summary"], *line);
    let issues = opened.get("/issues").await;
    assert_eq!(issues["issues"][0]["events"], 1);
    let issue = issues["issues"][0]["issue_id"].as_str().unwrap();
    let events = opened.get(&format!("/issues/{issue}")).await;
    assert_eq!(events["events"].as_array().unwrap().len(), 1);
    opened.collector.shutdown().await;
}
