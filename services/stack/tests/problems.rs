//! The problems of the story, their fixes, the dial and the reset, in a whole stack and its real spans.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::{Duration, Instant};

use reelscope_demo::faults::table::{FaultState, STORY};
use reelscope_stack::settings::Settings;
use reqwest::Method;
use serde_json::{Value, json};
use support::{Demo, answered, spans};

impl Demo {
    async fn start() -> Self {
        Self::start_with(|config| {
            config.players = Some(3_000);
            config.rate = None;
        })
        .await
    }

    async fn put(&self, id: &str, state: &str) -> (u16, Value) {
        self.ask(Method::PUT, &format!("/api/faults/{id}"), json!({"state": state}))
            .await
    }

    async fn switch(&self, id: &str, state: &str) {
        let (status, seen) = self.put(id, state).await;
        assert_eq!(status, 200, "{id} {state}: {seen}");
        assert_eq!(problem(&seen, id)["state"], state, "{seen}");
    }
}

fn problem<'a>(board: &'a Value, id: &str) -> &'a Value {
    let problems = board["faults"].as_array().unwrap();
    problems.iter().find(|problem| problem["id"] == id).unwrap()
}

fn ms(span: &Value) -> f64 {
    (span["end_us"].as_f64().unwrap() - span["start_us"].as_f64().unwrap()) / 1e3
}

fn lookup(span: &Value) -> bool {
    span["op"] == "db.query" && span["data"]["db.collection.name"] == "players"
}

fn drawing(span: &Value) -> bool {
    span["op"] == "game.rng"
}

fn provider(span: &Value) -> bool {
    span["description"] == "External payment provider API"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_index_and_a_slow_generator_show_in_the_very_next_spin_and_so_do_their_fixes() {
    let demo = Demo::start().await;
    for (state, indexed) in [("on", false), ("fixed", true), ("on", false), ("off", true)] {
        demo.switch("missing-index", state).await;
        let (status, _, id) = demo.spin().await;
        assert_eq!(status, 200);
        let trace = demo
            .trace_that(&id, |trace| answered(trace) && !spans(trace, lookup).is_empty())
            .await;
        let query = spans(&trace, lookup)[0];
        assert_eq!(query["data"]["db.index_used"], indexed, "{query}");
        let rows = if indexed { 1 } else { 3_000 };
        assert_eq!(query["data"]["db.rows_scanned"], rows, "{query}");
        let named = trace["summary"]["problems"]
            .as_array()
            .unwrap()
            .contains(&json!("missing-index"));
        assert_eq!(named, state == "on", "{}", trace["summary"]["problems"]);
    }
    demo.switch("slow-rng", "on").await;
    let (_, before, id) = demo.spin().await;
    let trace = demo
        .trace_that(&id, |trace| answered(trace) && !spans(trace, drawing).is_empty())
        .await;
    let slow = ms(spans(&trace, drawing)[0]);
    assert!((100.0..1_500.0).contains(&slow), "{slow} ms");
    let board = demo
        .until("/api/faults", |board| {
            !problem(board, "slow-rng")["observed"].is_null()
        })
        .await;
    assert_eq!(problem(&board, "slow-rng")["observed"]["trace_id"], id.as_str());

    demo.switch("slow-rng", "fixed").await;
    let again = json!({"stake": 100, "same_seed_as": before["round_id"]});
    let spun = demo.ask(Method::POST, "/api/v1/spins", again).await;
    let after = spun.1;
    assert_eq!(
        (&after["seed"], &after["board"]),
        (&before["seed"], &before["board"])
    );
    assert_ne!(after["round_id"], before["round_id"]);
    let (_, _, id) = demo.spin().await;
    let trace = demo
        .trace_that(&id, |trace| answered(trace) && !spans(trace, drawing).is_empty())
        .await;
    let quick = ms(spans(&trace, drawing)[0]);
    assert!(quick < slow / 20.0, "{quick} ms after {slow} ms");
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_provider_is_waited_for_until_settlement_goes_on_behind_the_player() {
    let demo = Demo::start().await;
    demo.switch("slow-provider", "on").await;
    let sent = Instant::now();
    let (status, round, id) = demo.spin().await;
    let waited = sent.elapsed();
    assert_eq!((status, &round["status"]), (200, &json!("posted")));
    assert!(waited >= Duration::from_secs(2), "{waited:?}");
    let trace = demo.trace_that(&id, answered).await;
    assert!(ms(spans(&trace, provider)[0]) >= 2_000.0);

    demo.switch("slow-provider", "fixed").await;
    let sent = Instant::now();
    let (status, round, id) = demo.spin().await;
    assert!(sent.elapsed() < waited / 4, "{:?}", sent.elapsed());
    assert_eq!((status, &round["status"]), (200, &json!("pending")));
    // The settlement is in the same trace, and the round is posted in the end.
    let trace = demo
        .trace_that(&id, |trace| !spans(trace, provider).is_empty())
        .await;
    assert!(ms(spans(&trace, provider)[0]) >= 2_000.0);
    assert_eq!(trace["summary"]["problems_fixed"], json!(["slow-provider"]));
    let rounds = demo
        .until("/api/v1/rounds", |rounds| {
            rounds["rounds"][0]["status"] == "posted"
        })
        .await;
    assert_eq!(rounds["rounds"][0]["round_id"], round["round_id"]);
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_problem_is_compared_by_the_critical_path_of_the_spins() {
    let demo = Demo::start().await;
    demo.switch("slow-rng", "on").await;
    let play = json!({"running": true, "players": 3, "budget_percent": null});
    demo.ask(Method::PUT, "/api/traffic", play).await;
    let spins = |figures: &Value, side: &str| {
        let pairs = figures["pairs"].as_array().unwrap();
        let pair = pairs.iter().find(|pair| pair["problem"] == "slow-rng").unwrap();
        (pair[side]["spins"].as_u64().unwrap_or(0), pair["slowed"].clone())
    };
    let figures = "/api/faults/figures";
    demo.until(figures, |seen| spins(seen, "before").0 >= 3).await;
    demo.switch("slow-rng", "fixed").await;
    let seen = demo.until(figures, |seen| spins(seen, "after").0 >= 3).await;
    let slowed = spins(&seen, "after").1;
    let (before, after) = (slowed["before_p95_ms"].as_f64(), slowed["after_p95_ms"].as_f64());
    assert_eq!(slowed["actor"], "game-engine");
    assert!(before > Some(100.0) && after < before, "{slowed}");

    let spins = demo.get("/api/telemetry/traces?name=slot-machine-spin").await;
    let spins = spins["traces"].as_array().unwrap().iter();
    let whole: Vec<_> = spins
        .filter(|spin| spin["service"] == "frontend" && spin["root_us"] != 0)
        .collect();
    assert!(whole.len() >= 6);
    for spin in whole {
        let path = spin["critical_path"].as_array().unwrap();
        let times = path.iter().map(|share| share["time_us"].as_u64().unwrap());
        assert_eq!(Some(times.sum()), spin["root_us"].as_u64(), "{spin}");
        assert!(
            path.iter().any(|share| share["actor"] == "payment-provider"),
            "{spin}"
        );
    }
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_payment_in_ten_fails_until_it_is_tried_again() {
    let demo = Demo::start().await;
    demo.switch("payment-errors", "on").await;
    for block in 0..5 {
        let mut failed = 0;
        for _ in 0..10 {
            let (status, problem, _) = demo.spin().await;
            if status != 200 {
                assert_eq!(problem["code"], "payment_pending", "{problem}");
                failed += 1;
            }
        }
        assert_eq!(failed, 1, "block {block}");
    }
    let issues = demo
        .until("/api/telemetry/issues", |seen| seen["issues"][0]["events"] == 5)
        .await;
    assert_eq!(issues["issues"].as_array().unwrap().len(), 1, "{issues}");
    let seen = demo
        .until("/api/faults", |board| {
            problem(board, "payment-errors")["observed"]["count"] == 5
        })
        .await;
    assert!(problem(&seen, "payment-errors")["observed"]["ms"].is_null());

    demo.switch("payment-errors", "fixed").await;
    for _ in 0..20 {
        let (status, answer, _) = demo.spin().await;
        assert_eq!(status, 200, "{answer}");
    }
    // A fired failure does not depend on the random ones, and only the next spin meets it.
    let fire = "/api/faults/payment-errors/fire";
    demo.switch("payment-errors", "off").await;
    let (_, board) = demo.ask(Method::POST, fire, json!({})).await;
    assert_eq!(board["armed_failures"], 1);
    assert_ne!(demo.spin().await.0, 200);
    assert_eq!(demo.spin().await.0, 200);
    assert_eq!(demo.get("/api/faults").await["armed_failures"], 0);

    // Every round ends in the background, with the same reference.
    demo.until("/api/v1/rounds?limit=50", |seen| {
        seen["rounds"]
            .as_array()
            .unwrap()
            .iter()
            .all(|round| round["status"] == "posted")
    })
    .await;
    // The issue tells where the stakes of the six spins stand: each was held, and is settled.
    let settled = json!([{ "currency": "RUB", "spins": 6, "held": 0.0, "returned": 0.0, "settled": 6.0 }]);
    let issues = demo
        .until("/api/telemetry/issues", |seen| {
            seen["issues"][0]["stakes"] == settled
        })
        .await;
    let counts = issues["issues"][0]["recent"]["counts"].as_array().unwrap();
    assert_eq!(counts.iter().map(|count| count.as_u64().unwrap()).sum::<u64>(), 6);
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dial_brings_problems_and_says_its_release_and_a_reset_goes_back() {
    let demo = Demo::start().await;
    let states = |board: &Value| {
        let problems = board["faults"].as_array().unwrap()[..STORY.len()].to_vec();
        problems
            .iter()
            .map(|problem| problem["state"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    for (release, expected) in [
        ("1.2.0", ["fixed", "fixed", "fixed", "fixed"]),
        ("1.3.0", ["fixed", "fixed", "fixed", "on"]),
        ("1.1.0", ["fixed", "fixed", "on", "on"]),
    ] {
        let (status, board) = demo
            .ask(Method::PUT, "/api/faults/release", json!({"release": release}))
            .await;
        assert_eq!(status, 200, "{board}");
        assert_eq!(
            (states(&board), &board["release"]),
            (expected.map(str::to_owned).to_vec(), &json!(release))
        );
        assert_eq!(demo.get("/api/v1/health").await["release"], release);
    }
    let (_, _, id) = demo.spin().await;
    let trace = demo.trace_that(&id, answered).await;
    assert_eq!(trace["summary"]["release"], "1.1.0");
    assert_eq!(
        trace["summary"]["problems"],
        json!(["payment-errors", "slow-provider"])
    );

    let began = Instant::now();
    let (status, board) = demo.ask(Method::POST, "/api/faults/reset", json!({})).await;
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!(
        (status, states(&board), &board["release"]),
        (200, vec!["on".to_owned(); 4], &json!("1.0.0"))
    );
    let figures = demo.get("/api/faults/figures").await;
    assert_eq!(figures["pairs"].as_array().unwrap().len(), 5);
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_switched_is_refused_and_stays() {
    let demo = Demo::start().await;
    let before = demo.get("/api/faults").await;
    let check = async |method: Method, path: &str, body: Value, status: u16, code: &str| {
        let (found, problem) = demo.ask(method, path, body).await;
        assert_eq!(
            (found, problem["code"].as_str()),
            (status, Some(code)),
            "{path}: {problem}"
        );
    };
    let on = json!({"state": "on"});
    check(Method::PUT, "/api/faults/no-such", on, 404, "not_found").await;
    check(
        Method::PUT,
        "/api/faults/slow-rng",
        json!({"state": "fixed"}),
        409,
        "problem_unchanged",
    )
    .await;
    check(
        Method::PUT,
        "/api/faults/slow-rng",
        json!({"state": "off"}),
        409,
        "problem_unchanged",
    )
    .await;
    check(
        Method::PUT,
        "/api/faults/slow-rng",
        json!({"state": "maybe"}),
        422,
        "invalid_request",
    )
    .await;
    check(
        Method::PUT,
        "/api/faults/slow-rng",
        json!({"state": "on", "x": 1}),
        422,
        "invalid_request",
    )
    .await;
    check(
        Method::POST,
        "/api/faults/slow-rng/fire",
        json!({}),
        422,
        "invalid_request",
    )
    .await;
    check(
        Method::PUT,
        "/api/faults/release",
        json!({"release": "9.9.9"}),
        422,
        "invalid_request",
    )
    .await;
    let after = demo.get("/api/faults").await;
    assert_eq!(but_for_time(before), but_for_time(after));

    // Of two concurrent switches one is refused.
    let (one, other) = tokio::join!(demo.put("missing-index", "on"), demo.put("missing-index", "on"));
    let mut statuses = [one.0, other.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{} {}", one.1, other.1);
    assert_eq!(
        problem(&demo.get("/api/faults").await, "missing-index")["state"],
        "on"
    );
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_waits_for_no_switch_and_none_for_it_and_nothing_is_half_done() {
    let demo = Demo::start_with(|config| config.players = Some(30_000)).await;
    demo.release("1.2.0").await;

    // The index is dropped while the dial is turned: the later request is refused, and the earlier one takes effect
    // in full.
    let turn = demo.ask(Method::PUT, "/api/faults/release", json!({"release": "1.1.0"}));
    let (switched, turned) = tokio::join!(demo.put("missing-index", "on"), turn);
    let after = demo.get("/api/faults").await;
    let states: Vec<_> = ["missing-index", "slow-provider", "payment-errors"]
        .map(|id| problem(&after, id)["state"].as_str().unwrap())
        .into();
    match (switched.0, turned.0) {
        (200, 409) => assert_eq!(
            (&after["release"], states),
            (&json!("1.2.0"), vec!["on", "fixed", "fixed"])
        ),
        (409, 200) => assert_eq!(
            (&after["release"], states),
            (&json!("1.1.0"), vec!["fixed", "on", "on"])
        ),
        (200, 200) => assert_eq!(after["release"], "1.1.0"),
        other => panic!("{other:?}: {after}"),
    }
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_cannot_be_kept_leaves_everything_as_it_was() {
    let kept = tempfile::tempdir().unwrap();
    // A directory of this name prevents writing the file.
    let file = kept.path().join("settings.json");
    let demo = Demo::start_with(|config| {
        config.players = Some(1_200);
        config.settings_file = Some(file.clone());
    })
    .await;
    std::fs::create_dir(&file).unwrap();
    let before = demo.get("/api/faults").await;
    let (status, refused) = demo
        .ask(Method::PUT, "/api/faults/release", json!({"release": "1.3.0"}))
        .await;
    assert_eq!(status, 503, "{refused}");
    let after = demo.get("/api/faults").await;
    for id in ["missing-index", "slow-rng", "slow-provider", "payment-errors"] {
        assert_eq!(
            problem(&after, id)["state"],
            problem(&before, id)["state"],
            "{id}"
        );
    }
    assert_eq!(after["release"], before["release"]);
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dial_keeps_its_release_and_nothing_of_flags_and_environment() {
    let kept = tempfile::tempdir().unwrap();
    let file = kept.path().join("settings.json");
    std::fs::write(&file, r#"{"environment": "of-the-file"}"#).unwrap();
    let demo = Demo::start_with(|config| {
        config.players = Some(1_200);
        config.settings_file = Some(file.clone());
        config.settings = Some(Settings {
            dsn: Some("https://0123456789abcdef0123456789abcdef@sentry.invalid/7".to_owned()),
            environment: "of-a-flag".to_owned(),
            sending: false,
            ..Settings::default()
        });
    })
    .await;
    demo.release("1.2.0").await;
    let written: Settings = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(
        written,
        Settings {
            environment: "of-the-file".to_owned(),
            release: "1.2.0".to_owned(),
            ..Settings::default()
        }
    );
    let shown = demo.get("/api/settings").await;
    assert_eq!(shown["environment"], "of-a-flag");
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_players_are_written_the_index_waits_and_nothing_is_half_switched() {
    let demo = Demo::starting_with(|config| config.players = Some(200_000)).await;
    let before = demo.get("/api/faults").await;
    assert_eq!(before["ready"], false, "{before}");
    let (status, refused) = demo.put("missing-index", "on").await;
    assert_eq!(
        (status, &refused["code"]),
        (409, &json!("players_not_ready")),
        "{refused}"
    );
    let traffic = json!({"running": true, "players": 3, "budget_percent": 50});
    demo.ask(Method::PUT, "/api/traffic", traffic).await;
    // A reset that is refused changes nothing, not even the traffic.
    for (method, path, body) in [
        (Method::POST, "/api/faults/reset", json!({})),
        (Method::PUT, "/api/faults/release", json!({"release": "1.0.0"})),
    ] {
        let (status, refused) = demo.ask(method, path, body).await;
        assert_eq!(
            (status, &refused["code"]),
            (409, &json!("players_not_ready")),
            "{path}: {refused}"
        );
    }
    assert_eq!(demo.get("/api/traffic").await["running"], true);
    let after = demo.get("/api/faults").await;
    let (before, after) = (but_for_time(before), but_for_time(after));
    assert_eq!(
        (&after["faults"], &after["release"]),
        (&before["faults"], &before["release"])
    );
    // Faults that do not need the players can be switched.
    demo.switch("slow-rng", "on").await;
    demo.stack.shutdown().await.unwrap();
}

/// The faults without the time since each was switched, which differs in every response.
fn but_for_time(mut told: Value) -> Value {
    for problem in told["faults"].as_array_mut().unwrap() {
        problem
            .as_object_mut()
            .unwrap()
            .remove("switched_ms_ago")
            .unwrap();
    }
    told
}

/// After a hundred random switches under traffic everything behaves as at the start.
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_random_switches_under_traffic_leave_no_trace() {
    use rand::SeedableRng;
    use rand::seq::IndexedRandom;

    let demo = Demo::start().await;
    let traffic = |running| json!({"running": running, "players": 10, "budget_percent": null});
    let (status, _) = demo.ask(Method::PUT, "/api/traffic", traffic(true)).await;
    assert_eq!(status, 200);
    let mut rng = rand_chacha::ChaCha12Rng::seed_from_u64(5);
    let problems = demo.stack.faults().clone();
    for _ in 0..100 {
        let id = *STORY.choose(&mut rng).unwrap();
        let to = *match problems.state(id) {
            FaultState::Off => [FaultState::On].as_slice(),
            FaultState::On => &[FaultState::Off, FaultState::Fixed],
            FaultState::Fixed => &[FaultState::Off, FaultState::On],
        }
        .choose(&mut rng)
        .unwrap();
        problems.switch(id, to).await.unwrap();
    }
    for id in STORY {
        if problems.state(id) != FaultState::Off {
            problems.switch(id, FaultState::Off).await.unwrap();
        }
    }
    demo.ask(Method::PUT, "/api/traffic", traffic(false)).await;
    let (status, round, id) = demo.spin().await;
    assert_eq!((status, &round["status"]), (200, &json!("posted")), "{round}");
    let trace = demo
        .trace_that(&id, |trace| answered(trace) && !spans(trace, lookup).is_empty())
        .await;
    assert_eq!(spans(&trace, lookup)[0]["data"]["db.index_used"], true);
    assert!(ms(spans(&trace, drawing)[0]) < 50.0);
    assert!(ms(spans(&trace, provider)[0]) < 1_000.0);
    assert_eq!(
        (&trace["summary"]["problems"], &trace["summary"]["problems_fixed"]),
        (&json!([]), &json!([]))
    );
    demo.end().await;
}
