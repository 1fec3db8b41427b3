//! Virtual players, through the whole stack.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use reelscope_stack::{Config, Stack};
use reqwest::Method;
use serde_json::{Value, json};

async fn ask(stack: &Stack, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client
        .request(method, format!("{}{path}", stack.origin()))
        .header("x-reelscope-token", stack.token());
    if let Some(body) = body {
        request = request.json(&body);
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn until(stack: &Stack, path: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let (_, seen) = ask(stack, Method::GET, path, None).await;
        if holds(&seen) {
            return seen;
        }
        assert!(Instant::now() < deadline, "{seen}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn virtual_players_spin_are_marked_and_stop() {
    let dir = tempfile::tempdir().unwrap();
    let stack = Stack::start(Config {
        players: Some(1_200),
        ..Config::new(dir.path().to_owned())
    })
    .await
    .unwrap();
    let (status, before) = ask(&stack, Method::GET, "/api/traffic", None).await;
    assert_eq!(
        (status, &before["running"], &before["spins"]),
        (200, &json!(false), &json!(0))
    );

    let start = json!({"running": true, "players": 40, "budget_percent": null});
    let (status, started) = ask(&stack, Method::PUT, "/api/traffic", Some(start)).await;
    assert_eq!((status, &started["players"]), (200, &json!(40)), "{started}");
    let busy = until(&stack, "/api/traffic", |seen| seen["spins"].as_u64() >= Some(20)).await;
    assert_eq!(busy["failed"], 0, "{busy}");
    assert!(busy["per_second"].as_f64() > Some(0.0), "{busy}");

    let virtual_ones = "/api/telemetry/traces?virtual_player=true";
    let marked = until(&stack, virtual_ones, |seen| {
        !seen["traces"].as_array().unwrap().is_empty()
    })
    .await;
    assert_eq!(marked["traces"][0]["name"], "slot-machine-spin");
    let (_, people) = ask(
        &stack,
        Method::GET,
        "/api/telemetry/traces?virtual_player=false",
        None,
    )
    .await;
    for trace in people["traces"].as_array().unwrap() {
        assert_ne!(trace["name"], "slot-machine-spin", "{trace}");
    }

    let stop = json!({"running": false, "players": 40, "budget_percent": 50});
    ask(&stack, Method::PUT, "/api/traffic", Some(stop)).await;
    let (_, stopped) = ask(&stack, Method::GET, "/api/traffic", None).await;
    assert_eq!(
        (&stopped["running"], &stopped["per_second"]),
        (&json!(false), &json!(0.0))
    );
    let (_, later) = ask(&stack, Method::GET, "/api/traffic", None).await;
    assert_eq!(later["spins"], stopped["spins"]);
    stack.shutdown().await;
}

#[tokio::test]
async fn traffic_that_cannot_be_is_refused_with_its_field() {
    let dir = tempfile::tempdir().unwrap();
    let stack = Stack::start(Config {
        players: Some(500),
        ..Config::new(dir.path().to_owned())
    })
    .await
    .unwrap();
    for (body, field) in [
        (
            json!({"running": true, "players": 0, "budget_percent": 50}),
            "players",
        ),
        (
            json!({"running": true, "players": 201, "budget_percent": 50}),
            "players",
        ),
        (
            json!({"running": true, "players": 5, "budget_percent": 9}),
            "budget_percent",
        ),
        (
            json!({"running": true, "players": 5, "budget_percent": 101}),
            "budget_percent",
        ),
    ] {
        let (status, problem) = ask(&stack, Method::PUT, "/api/traffic", Some(body)).await;
        assert_eq!(
            (status, problem["field"].as_str()),
            (422, Some(field)),
            "{problem}"
        );
    }
    let (_, seen) = ask(&stack, Method::GET, "/api/traffic", None).await;
    assert_eq!(seen["running"], false);
    stack.shutdown().await;
}
