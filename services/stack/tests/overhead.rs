//! The measurement of the cost of telemetry, beside a running stack.
#![allow(clippy::unwrap_used)]

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::Demo;

#[tokio::test(flavor = "multi_thread")]
async fn a_measurement_is_one_at_a_time_and_leaves_nothing_behind() {
    let kept = tempfile::tempdir().unwrap();
    let dir = kept.path().join("data");
    // A process that is killed while it measures leaves this directory.
    let place = dir.join("overhead");
    std::fs::create_dir_all(place.join("of-a-killed-process")).unwrap();
    let demo = Demo::start_with(|config| {
        config.data_dir.clone_from(&dir);
        config.players = Some(1_200);
    })
    .await;
    assert!(!place.exists());

    let (status, problem) = demo
        .ask(Method::POST, "/api/overhead", json!({"sample_rate": 1.5}))
        .await;
    assert_eq!(
        (status, &problem["field"]),
        (422, &json!("sample_rate")),
        "{problem}"
    );

    let (status, begun) = demo
        .ask(Method::POST, "/api/overhead", json!({"sample_rate": 0.5}))
        .await;
    assert_eq!((status, &begun["running"]), (202, &json!(true)), "{begun}");
    let (status, refused) = demo
        .ask(Method::POST, "/api/overhead", json!({"sample_rate": 1.0}))
        .await;
    assert_eq!((status, &refused["code"]), (409, &json!("measurement_under_way")));
    demo.until("/api/overhead", |_| is_in_use(&place)).await;
    let players = json!({"running": true, "players": 3, "budget_percent": 50});
    let (status, refused) = demo.ask(Method::PUT, "/api/traffic", players.clone()).await;
    assert_eq!((status, &refused["code"]), (409, &json!("measurement_under_way")));

    let (status, _) = demo.ask(Method::DELETE, "/api/overhead", Value::Null).await;
    assert_eq!(status, 200);
    let ended = demo.until("/api/overhead", |_| !is_in_use(&place)).await;
    assert_eq!(
        (&ended["running"], &ended["result"]),
        (&json!(false), &Value::Null)
    );

    // A measurement is refused while virtual players run, because their CPU time would count for both sides.
    demo.ask(Method::PUT, "/api/traffic", players).await;
    let (status, refused) = demo
        .ask(Method::POST, "/api/overhead", json!({"sample_rate": 1.0}))
        .await;
    assert_eq!((status, &refused["code"]), (409, &json!("traffic_running")));
    demo.stack.shutdown().await.unwrap();
}

/// Whether a measurement has its directory there.
fn is_in_use(place: &std::path::Path) -> bool {
    std::fs::read_dir(place).is_ok_and(|mut entries| entries.next().is_some())
}
