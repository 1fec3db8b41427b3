//! Points a Sentry SDK of another language at the collector's own DSN: everything it sends is accepted, shown and
//! forwarded.
//!
//! The test needs a Python with the packages `sentry-sdk` and `brotli`, named by the variable
//! `REELSCOPE_SENTRY_PYTHON`; `scripts/test.sh` sets it up. Without it the test prints that and checks nothing.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use http_body_util::BodyExt;
use reelscope_collector::{Collector, ingest_router, viewer_router};
use serde_json::Value;
use support::{FakeSentry, balanced, eventually, options, to};
use tower::ServiceExt;

async fn get(viewer: &Router, path: &str) -> Value {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = viewer.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status().as_u16(), 200, "{path}");
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test]
#[allow(clippy::print_stderr)] // that nothing was checked must be seen
async fn pythons_sdk_is_taken_at_its_word() {
    let Some(python) = std::env::var_os("REELSCOPE_SENTRY_PYTHON") else {
        assert!(
            std::env::var_os("CI").is_none(),
            "REELSCOPE_SENTRY_PYTHON names no Python with sentry-sdk"
        );
        eprintln!("skipped: REELSCOPE_SENTRY_PYTHON names no Python with sentry-sdk");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let (collector, _) = Collector::open(dir.path(), options()).unwrap();
    let sentry = FakeSentry::start().await;
    collector.configure(to(&sentry.dsn()));
    // The encodings of the bodies, as the SDK declares them.
    let encodings: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let seen = Arc::clone(&encodings);
    let note = from_fn(move |request: Request, next: Next| {
        let encoding = request.headers().get("content-encoding");
        let encoding = encoding.map_or("none", |encoding| encoding.to_str().unwrap());
        seen.lock().unwrap().insert(encoding.to_owned());
        next.run(request)
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dsn = format!("http://{}@{}/1", collector.key(), listener.local_addr().unwrap());
    let ingest = ingest_router(collector.clone()).layer(note);
    tokio::spawn(async move { axum::serve(listener, ingest).await.unwrap() });
    let viewer = viewer_router(collector.clone());

    for compression in ["none", "gzip", "br"] {
        let mut command = Command::new(&python);
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/foreign_sdk.py"));
        // Only to this machine, whatever the environment contains.
        command
            .args([dsn.as_str(), compression])
            .env("NO_PROXY", "127.0.0.1")
            .env_remove("SENTRY_DSN");
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{compression}: {said}");
        let trace = String::from_utf8(output.stdout).unwrap().trim().to_owned();

        let captured = collector.counts().captured;
        eventually("delivered", || collector.counts().delivered == captured).await;
        let path = format!("/traces/{trace}");
        let whole = |detail: &Value| {
            let summary = &detail["summary"];
            (
                summary["spans"].as_u64(),
                summary["errors"].as_u64(),
                summary["logs"].as_u64(),
            ) == (Some(2), Some(1), Some(1))
        };
        let mut detail = get(&viewer, &path).await;
        let asked = std::time::Instant::now();
        while !whole(&detail) && asked.elapsed().as_secs() < 20 {
            tokio::task::yield_now().await;
            detail = get(&viewer, &path).await;
        }
        assert!(whole(&detail), "{detail:#}");
        assert_eq!(detail["summary"]["name"], format!("foreign-{compression}"));
        assert_eq!(detail["summary"]["release"], format!("foreign@{compression}"));
        assert_eq!(detail["summary"]["oddities"], serde_json::json!([]));
        let child = detail["spans"]
            .as_array()
            .unwrap()
            .iter()
            .find(|span| span["transaction"] == false);
        assert_eq!(
            (&child.unwrap()["op"], &child.unwrap()["data"]["rows"]),
            (&"db.query".into(), &3.into())
        );
        let error = &detail["errors"][0];
        assert_eq!(
            (&error["kind"], &error["value"]),
            (&"IndexError".into(), &"pop from empty list".into())
        );
        assert_eq!(
            (&error["player"], &error["handled"]),
            (&"player-9".into(), &true.into())
        );
        assert_eq!(error["frames"][0]["function"], "main");
        let log = &detail["logs"][0];
        assert_eq!(
            (&log["message"], &log["level"]),
            (&"stake of 10 taken".into(), &"info".into())
        );
        let mut metrics: Vec<_> = detail["metrics"]
            .as_array()
            .unwrap()
            .iter()
            .map(|point| {
                (
                    point["name"].as_str().unwrap(),
                    point["value"].as_f64().unwrap(),
                    point["kind"].as_str().unwrap(),
                )
            })
            .collect();
        metrics.sort_by_key(|(name, ..)| *name);
        let (distribution, counter) = (
            format!("foreign.{compression}"),
            format!("foreign.{compression}.count"),
        );
        assert_eq!(
            metrics,
            [
                (distribution.as_str(), 12.5, "distribution"),
                (counter.as_str(), 2.0, "counter")
            ]
        );
    }
    assert_eq!(
        *encodings.lock().unwrap(),
        ["br", "gzip", "none"].map(str::to_owned).into()
    );
    let issues = get(&viewer, "/issues").await;
    assert_eq!(
        (
            issues["issues"].as_array().unwrap().len(),
            &issues["issues"][0]["events"]
        ),
        (1, &3.into())
    );
    assert_eq!(
        issues["issues"][0]["releases"],
        serde_json::json!(["foreign@br", "foreign@gzip", "foreign@none"])
    );

    let delivery = collector.delivery();
    assert_eq!((delivery.refused, delivery.counts.dead), (0, 0));
    assert!(delivery.sessions >= 3, "{}", delivery.sessions);
    assert_eq!(delivery.lost_by_sdks, [].into());
    balanced(&collector, dir.path());
    // All of them came in the slot for external SDKs, and contain nothing of the person but the id.
    let kinds: BTreeSet<String> = collector
        .envelopes(None, None, None, 500)
        .await
        .unwrap()
        .into_iter()
        .flat_map(|envelope| envelope.categories)
        .collect();
    let wanted = ["error", "log_item", "session", "trace_metric", "transaction"];
    assert_eq!(kinds, wanted.map(str::to_owned).into());
    for envelope in collector.envelopes(None, None, None, 500).await.unwrap() {
        assert_eq!(envelope.slot, "external");
        let (_, bytes) = collector.envelope(envelope.seq).await.unwrap().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("ann@mail") && !text.contains("10.1.2.3"), "{text}");
    }
    collector.shutdown().await;
}
