//! Passes every event and transaction that a run can produce to Sentry's own normaliser.
//!
//! The test needs a Python with the wheel `sentry-relay`, named by the variable `REELSCOPE_RELAY_PYTHON`;
//! `scripts/test.sh` sets it up. Without it the test prints that and checks nothing.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use reelscope_contracts::Money;
use reelscope_http::panicked;
use reelscope_payment_provider::{Behaviour, Failure};
use reelscope_stack::load::{self, Plan};
use reelscope_stack::{Config, Stack};
use reelscope_telemetry::{Reporting, Service, Timings};
use tower::ServiceExt;

/// Makes spins with one kind of outcome, and writes their envelopes to `to`.
async fn spins(provider: Behaviour, stake: Money, to: &Path, name: &str) {
    let dir = tempfile::tempdir().unwrap();
    let stack = Stack::start(Config {
        players: Some(600),
        seed: Some(11),
        rate: None,
        provider,
        ..Config::new(dir.path().to_owned())
    })
    .await
    .unwrap();
    let plan = Plan {
        count: 6,
        concurrency: 2,
        players: 2,
        stake,
        run: "run".into(),
    };
    load::run(&stack, &plan).await.unwrap();
    stack.flush().await;
    let collector = stack.collector().unwrap().clone();
    stack.shutdown().await.unwrap();
    for envelope in collector.envelopes(None, None, None, 500).await.unwrap() {
        let (_, bytes) = collector.envelope(envelope.seq).await.unwrap().unwrap();
        std::fs::write(to.join(format!("{name}-{:04}", envelope.seq)), bytes).unwrap();
    }
}

/// Runs a service whose handler panics: the panic is an event of that service and is answered with 500, and the
/// service continues.
async fn panics(to: &Path) {
    let envelopes = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&envelopes);
    let reporting = Reporting {
        sink: Arc::new(move |service, bytes| kept.lock().unwrap().push((service, bytes))),
        release: "1.0.0".into(),
        environment: "demo".into(),
        sample_rate: 1.0,
        public_key: "0123456789abcdef0123456789abcdef".into(),
    };
    let service = Service::reporting("game-engine", Timings::default(), reporting);
    let routes = Router::new()
        .route("/panic", get(|| async { panic!("the reels fell out") as () }))
        .route("/well", get(|| async { "well" }));
    let router = service.layer(routes, panicked);
    for (path, status) in [("/panic", 500), ("/well", 200), ("/panic", 500)] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{path}");
    }
    let envelopes = envelopes.lock().unwrap();
    let events = envelopes.iter().filter(|(_, bytes)| {
        let text = String::from_utf8_lossy(bytes);
        text.contains(r#""type":"event""#) && text.contains("the reels fell out")
    });
    assert_eq!(events.count(), 2, "each panic once");
    for (n, (service, bytes)) in envelopes.iter().enumerate() {
        assert_eq!(*service, "game-engine");
        std::fs::write(to.join(format!("panic-{n:04}")), bytes).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sentrys_own_normaliser_finds_nothing_to_say() {
    let to = tempfile::tempdir().unwrap();
    let failing = |failure| Behaviour {
        failures_in_ten: 10,
        failure,
        ..Behaviour::healthy()
    };
    spins(Behaviour::healthy(), Money(1_000), to.path(), "played").await;
    spins(failing(Failure::Decline), Money(1_000), to.path(), "declined").await;
    spins(
        failing(Failure::Unavailable),
        Money(1_000),
        to.path(),
        "unavailable",
    )
    .await;
    spins(Behaviour::healthy(), Money(90), to.path(), "refused").await;
    panics(to.path()).await;

    let Some(python) = std::env::var_os("REELSCOPE_RELAY_PYTHON") else {
        assert!(
            std::env::var_os("CI").is_none(),
            "REELSCOPE_RELAY_PYTHON names no Python"
        );
        eprintln!(
            "not normalised: REELSCOPE_RELAY_PYTHON names no Python with sentry-relay; scripts/test.sh does"
        );
        return;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/normaliser.py");
    let output = Command::new(python).arg(script).arg(to.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    println!("{said}");
}
