//! Virtual players in a whole stack.
#![allow(clippy::unwrap_used)]

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::Demo;

#[tokio::test(flavor = "multi_thread")]
async fn virtual_players_spin_are_marked_and_stop() {
    let demo = Demo::start_with(|config| config.players = Some(1_200)).await;
    let (status, before) = demo.ask(Method::GET, "/api/traffic", Value::Null).await;
    assert_eq!(
        (status, &before["running"], &before["spins"]),
        (200, &json!(false), &json!(0))
    );

    let start = json!({"running": true, "players": 40, "budget_percent": null});
    let (status, started) = demo.ask(Method::PUT, "/api/traffic", start).await;
    assert_eq!((status, &started["players"]), (200, &json!(40)), "{started}");
    let busy = demo
        .until("/api/traffic", |seen| seen["spins"].as_u64() >= Some(20))
        .await;
    assert_eq!(busy["failed"], 0, "{busy}");
    assert!(busy["per_second"].as_f64() > Some(0.0), "{busy}");

    let virtual_ones = "/api/telemetry/traces?virtual_player=true";
    let marked = demo
        .until(virtual_ones, |seen| {
            !seen["traces"].as_array().unwrap().is_empty()
        })
        .await;
    assert_eq!(marked["traces"][0]["name"], "slot-machine-spin");
    assert_eq!(marked["traces"][0]["currency"], "RUB");
    let (_, document) = demo.ask(Method::GET, "/api/openapi.json", Value::Null).await;
    assert!(document["paths"]["/api/v1/spins"]["post"].is_object());
    assert!(document["paths"]["/api/telemetry/issues/{id}"]["post"].is_object());
    let (_, people) = demo
        .ask(
            Method::GET,
            "/api/telemetry/traces?virtual_player=false",
            Value::Null,
        )
        .await;
    for trace in people["traces"].as_array().unwrap() {
        assert_ne!(trace["name"], "slot-machine-spin", "{trace}");
    }

    let stop = json!({"running": false, "players": 40, "budget_percent": 50});
    demo.ask(Method::PUT, "/api/traffic", stop).await;
    let (_, stopped) = demo.ask(Method::GET, "/api/traffic", Value::Null).await;
    assert_eq!(
        (&stopped["running"], &stopped["per_second"]),
        (&json!(false), &json!(0.0))
    );
    let (_, later) = demo.ask(Method::GET, "/api/traffic", Value::Null).await;
    assert_eq!(later["spins"], stopped["spins"]);
    demo.end().await;
}

#[tokio::test]
async fn traffic_that_cannot_be_is_refused_with_its_field() {
    let demo = Demo::start_with(|config| config.players = Some(500)).await;
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
        let (status, problem) = demo.ask(Method::PUT, "/api/traffic", body).await;
        assert_eq!(
            (status, problem["field"].as_str()),
            (422, Some(field)),
            "{problem}"
        );
    }
    let (_, seen) = demo.ask(Method::GET, "/api/traffic", Value::Null).await;
    assert_eq!(seen["running"], false);
    demo.end().await;
}
