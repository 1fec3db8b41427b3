//! The faults beside the story, switched and fired in a whole stack and seen in its real traces.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reelscope_contracts::Money;
use reelscope_demo::faults::table::{FaultId, STORY};
use reelscope_stack::Config;
use reelscope_stack::load::{self, Plan};
use reqwest::Method;
use serde_json::{Value, json};
use support::{Demo, answered, spans};

fn few_players(config: &mut Config) {
    config.players = Some(400);
    config.seed = Some(11);
}

impl Demo {
    async fn start() -> Self {
        Self::start_with(|config| {
            few_players(config);
            config.rate = None;
        })
        .await
    }

    async fn put(&self, id: &str, state: &str) -> (u16, Value) {
        let path = format!("/api/faults/{id}");
        self.ask(Method::PUT, &path, json!({"state": state})).await
    }

    async fn switch(&self, id: &str, state: &str) {
        let (status, seen) = self.put(id, state).await;
        assert_eq!(status, 200, "{id} {state}: {seen}");
        assert_eq!(fault(&seen, id)["state"], state, "{seen}");
    }

    async fn fire(&self, id: &str) {
        let (status, seen) = self
            .ask(Method::POST, &format!("/api/faults/{id}/fire"), json!({}))
            .await;
        assert_eq!(status, 200, "{seen}");
        assert_eq!(fault(&seen, id)["fired"], 1, "{seen}");
    }

    /// Makes ten spins and returns how many failed.
    async fn failures(&self) -> usize {
        let mut failed = 0;
        for _ in 0..10 {
            failed += usize::from(self.spin().await.0 != 200);
        }
        failed
    }

    /// Returns the balance and the reserved money.
    async fn money(&self) -> (i64, i64) {
        let player = self.get("/api/v1/players/me").await;
        let amount = |name: &str| player[name].as_i64().unwrap();
        (amount("balance"), amount("reserved"))
    }

    /// Returns the trace once it has the gateway's transaction, which ends last of those that a player waits for.
    async fn trace(&self, id: &str) -> Value {
        self.trace_that(id, answered).await
    }

    /// Waits until the fault has this trace as its evidence.
    async fn shown(&self, id: &str, trace: &str) {
        self.until("/api/faults", |seen| {
            fault(seen, id)["observed"]["trace_id"] == trace
        })
        .await;
    }
}

fn fault<'a>(seen: &'a Value, id: &str) -> &'a Value {
    let faults = seen["faults"].as_array().unwrap();
    faults.iter().find(|fault| fault["id"] == id).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_spike_and_afterwards_what_payment_errors_says_is_in_force_again() {
    let demo = Demo::start().await;
    assert_eq!(demo.failures().await, 0);
    demo.switch("provider-spike", "on").await;
    assert_eq!(demo.failures().await, 6);
    let errors = json!({"state": "on"});
    let (status, _) = demo
        .ask(Method::PUT, "/api/problems/payment-errors", errors)
        .await;
    assert_eq!(status, 200);
    assert_eq!(demo.failures().await, 6, "the spike goes on");
    let failed = loop {
        let (status, _, id) = demo.spin().await;
        if status != 200 {
            break id;
        }
    };
    let trace = demo.trace(&failed).await;
    let tagged = |span: &Value| span["tags"]["faults"] == "provider-spike";
    assert!(!spans(&trace, tagged).is_empty(), "{trace}");
    demo.shown("provider-spike", &failed).await;
    demo.switch("provider-spike", "off").await;
    assert_eq!(demo.failures().await, 1);
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_wrong_paytable_the_later_of_dial_and_fault_wins() {
    let demo = Demo::start().await;
    let state = async || fault(&demo.get("/api/faults").await, "rtp-anomaly")["state"].clone();
    let dial = async |release: &str| {
        let (status, seen) = demo
            .ask(Method::PUT, "/api/problems/release", json!({"release": release}))
            .await;
        assert_eq!(status, 200, "{seen}");
    };
    demo.switch("rtp-anomaly", "on").await;
    let won = loop {
        let (status, round, id) = demo.spin().await;
        assert_eq!(status, 200);
        let wins = round["wins"].as_array().unwrap();
        if let Some(cherries) = wins
            .iter()
            .find(|win| win["symbol"] == "cherry" && win["count"] == 3)
        {
            assert_eq!(cherries["multiplier"], 50, "{cherries}");
            break id;
        }
    };
    demo.shown("rtp-anomaly", &won).await;
    dial("1.2.0").await;
    assert_eq!(state().await, "off");
    dial("1.3.0").await;
    assert_eq!(state().await, "on");
    demo.switch("rtp-anomaly", "off").await;
    assert_eq!(state().await, "off");
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_of_the_gateway_costs_an_answer_and_no_money() {
    let demo = Demo::start().await;
    let (before, _) = demo.money().await;
    demo.fire("gateway-panic").await;
    let (status, problem, id) = demo.spin().await;
    assert_eq!((status, &problem["code"]), (500, &json!("internal")), "{problem}");
    assert_eq!(problem["stake_status"], "paid", "{problem}");

    // With the same key the round is known and is not played again.
    let stake = json!({"stake": 100});
    let (status, round, _) = demo.ask_traced(Method::POST, "/api/v1/spins", stake, &id).await;
    assert_eq!(
        (status, &round["status"], &round["replayed"]),
        (200, &json!("posted"), &json!(true))
    );
    let after = before - 100 + round["payout"].as_i64().unwrap();
    assert_eq!(demo.money().await, (after, 0));

    let path = format!("/api/telemetry/traces/{id}");
    let trace = demo
        .until(&path, |trace| {
            trace["errors"]
                .as_array()
                .is_some_and(|errors| !errors.is_empty())
        })
        .await;
    let errors = trace["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(
        (&errors[0]["service"], &errors[0]["kind"]),
        (&json!("api-gateway"), &json!("panic"))
    );
    assert!(
        errors[0]["value"]
            .as_str()
            .unwrap()
            .contains("index out of bounds")
    );
    let frames = errors[0]["frames"].to_string();
    assert!(frames.contains("middle_row"), "{frames}");
    demo.shown("gateway-panic", &id).await;

    // The gateway still answers.
    assert_eq!(demo.spin().await.0, 200);
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spin_that_is_under_way_when_the_gateway_panics_is_the_one_that_shows_it() {
    let demo = Demo::start().await;
    let body = json!({"state": "on"});
    demo.ask(Method::PUT, "/api/problems/slow-provider", body).await;
    let status = "/api/telemetry/delivery";
    let captured = |status: &Value| status["captured"].as_u64().unwrap();
    let before = captured(&demo.ask(Method::GET, status, Value::Null).await.1);
    let ((answered, _, id), ()) = tokio::join!(demo.spin(), async {
        // An envelope has arrived, so the spin is under way and waits for the provider.
        demo.until(status, |status| captured(status) > before).await;
        demo.fire("gateway-panic").await;
    });
    assert_eq!(answered, 500);
    demo.shown("gateway-panic", &id).await;
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_end_before_their_time_and_a_log_in_begins_anew() {
    let mut demo = Demo::start().await;
    let (before, _) = demo.money().await;
    demo.fire("expired-token").await;
    let (status, problem, id) = demo.spin().await;
    assert_eq!(
        (status, &problem["code"]),
        (401, &json!("session_expired")),
        "{problem}"
    );
    assert_eq!(problem["stake_status"], "untouched", "{problem}");
    demo.shown("expired-token", &id).await;
    demo.log_in().await;
    assert_eq!(demo.money().await, (before, 0));
    assert_eq!(demo.spin().await.0, 200);
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_outlives_the_sessions_of_its_players() {
    let demo = Demo::start().await;
    let plan = Plan {
        count: 300,
        concurrency: 8,
        players: 4,
        stake: Money(1_000),
        run: "run".into(),
    };
    let ended = async {
        // Under way means that each player has a session and spins are answered.
        let deadline = Instant::now() + Duration::from_secs(20);
        while answered_spins(&demo) < 50 {
            assert!(Instant::now() < deadline, "no spins are answered");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        demo.fire("expired-token").await;
        answered_spins(&demo)
    };
    let (report, before) = tokio::join!(load::run(&demo.stack, &plan), ended);
    let report = report.unwrap();
    assert!(before < 300, "the sessions ended after the run");
    assert_eq!((report.ok, &report.failed_by_code), (300, &BTreeMap::new()));
}

/// Number of rounds that the game-engine has answered since the start.
fn answered_spins(demo: &Demo) -> u64 {
    let shares = demo.stack.timings().shares();
    shares.get("game-engine").map_or(0, |share| share.requests)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_refuses_connections_and_costs_no_stake() {
    let demo = Demo::start().await;
    let at = demo.stack.address("payment-provider").unwrap();
    // This leaves a kept-alive connection, over which the next request must not get through.
    assert_eq!(demo.spin().await.0, 200);
    demo.switch("provider-down", "on").await;
    let refused = tokio::net::TcpStream::connect(at).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    let before = demo.money().await;
    for _ in 0..3 {
        let (status, problem, _) = demo.spin().await;
        assert_eq!(
            (status, &problem["code"], &problem["stake_status"]),
            (502, &json!("payment_declined"), &json!("returned")),
            "{problem}"
        );
    }
    assert_eq!(demo.money().await, before);
    let (_, _, id) = demo.spin().await;
    let trace = demo.trace(&id).await;
    assert_eq!(
        trace["errors"][0]["tags"]["provider.code"], "unreachable",
        "{trace}"
    );
    demo.shown("provider-down", &id).await;

    demo.switch("provider-down", "off").await;
    tokio::net::TcpStream::connect(at).await.unwrap();
    assert_eq!(demo.spin().await.0, 200);

    // With settlement in the background the stake is returned too, and the trace has no payout.
    for state in ["on", "fixed"] {
        let body = json!({ "state": state });
        demo.ask(Method::PUT, "/api/problems/slow-provider", body).await;
    }
    demo.switch("provider-down", "on").await;
    let (status, round, id) = demo.spin().await;
    assert_eq!((status, &round["status"]), (200, &json!("pending")), "{round}");
    let path = format!("/api/telemetry/traces/{id}");
    let failed_stake =
        |trace: &Value| trace["summary"]["measurements"]["failed_stake"]["value"] == json!(1.0);
    let trace = demo.until(&path, failed_stake).await;
    assert_ne!(trace["summary"]["status"], "ok", "{trace}");
    // The stack also stops while the provider is down.
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_asks_for_every_round_by_itself_until_it_asks_once() {
    let demo = Demo::start().await;
    for _ in 0..12 {
        assert_eq!(demo.spin().await.0, 200);
    }
    let history = async || {
        let path = "/api/v1/rounds?limit=50";
        let (status, rounds, id) = demo.ask_traced(Method::GET, path, Value::Null, "").await;
        assert_eq!(status, 200, "{rounds}");
        let trace = demo.trace(&id).await;
        let look_up = |span: &Value| {
            span["service"] == "api-gateway" && span["description"] == "POST /v1/rounds/lookup"
        };
        (rounds, spans(&trace, look_up).len(), id)
    };
    let (rounds, once, _) = history().await;
    assert_eq!((rounds["rounds"].as_array().unwrap().len(), once), (12, 1));
    demo.switch("n-plus-one", "on").await;
    let (same, often, id) = history().await;
    assert_eq!((&same, often), (&rounds, 12));
    demo.shown("n-plus-one", &id).await;
    demo.switch("n-plus-one", "fixed").await;
    let (same, once, _) = history().await;
    assert_eq!((&same, once), (&rounds, 1));
    demo.switch("n-plus-one", "off").await;
    assert_eq!(demo.put("n-plus-one", "fixed").await.0, 409);
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daily_report_reads_every_bet_until_it_reads_its_totals() {
    let demo = Demo::start().await;
    let mut paid = 0;
    for _ in 0..20 {
        let (status, round, _) = demo.spin().await;
        assert_eq!(status, 200);
        paid += round["payout"].as_i64().unwrap();
    }
    let report = async || {
        let path = "/api/v1/reports/daily";
        let (status, report, id) = demo.ask_traced(Method::GET, path, Value::Null, "").await;
        assert_eq!(status, 200, "{report}");
        let trace = demo.trace(&id).await;
        let queries = spans(&trace, |span| {
            span["op"] == "db.query" && span["service"] == "payment-service"
        });
        assert_eq!(queries.len(), 1, "{trace}");
        let collection = queries[0]["data"]["db.collection.name"].clone();
        (
            report,
            collection,
            queries[0]["data"]["db.rows_scanned"].clone(),
            id,
        )
    };
    let (quick, collection, rows, _) = report().await;
    let totals = json!([{"currency": "RUB", "stakes": 2_000, "payouts": paid, "bets": 20}]);
    assert_eq!(quick["totals"], totals);
    assert_eq!((collection, rows), (json!("reports"), json!(1)));
    demo.switch("slow-report", "on").await;
    let (slow, collection, rows, id) = report().await;
    assert_eq!(slow, quick);
    assert_eq!((collection, rows), (json!("bets"), json!(20)));
    demo.shown("slow-report", &id).await;
    demo.switch("slow-report", "fixed").await;
    let (fixed, collection, _, _) = report().await;
    assert_eq!((fixed, collection), (quick, json!("reports")));

    let (status, none) = demo
        .ask(Method::GET, "/api/v1/reports/daily?day=2001-02-03", Value::Null)
        .await;
    assert_eq!((status, &none["totals"]), (200, &json!([])));
    let (status, refused) = demo
        .ask(Method::GET, "/api/v1/reports/daily?day=yesterday", Value::Null)
        .await;
    assert_eq!((status, &refused["field"]), (422, &json!("day")));
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leak_climbs_with_every_spin_and_is_gone_when_it_is_switched_off() {
    let demo = Demo::start().await;
    let gauges = async |name: &str| -> Vec<f64> {
        demo.stack.flush().await;
        let path = format!("/api/telemetry/measurements?name={name}");
        let seen = demo.get(&path).await;
        let points = seen["points"].as_array().unwrap().iter();
        let mut points: Vec<_> = points
            .filter(|point| point["kind"] == "gauge")
            .map(|point| (point["at_us"].as_i64().unwrap(), point["value"].as_f64().unwrap()))
            .collect();
        points.sort_by_key(|(at, _)| *at);
        points.into_iter().map(|(_, value)| value).collect()
    };
    assert_eq!(demo.spin().await.0, 200);
    demo.switch("memory-leak", "on").await;
    let mut last = String::new();
    for _ in 0..40 {
        let (status, _, id) = demo.spin().await;
        assert_eq!(status, 200);
        last = id;
    }
    demo.shown("memory-leak", &last).await;
    demo.switch("memory-leak", "off").await;
    for _ in 0..2 {
        assert_eq!(demo.spin().await.0, 200);
    }
    let deadline = Instant::now() + Duration::from_secs(30);
    let entries = loop {
        let entries = gauges("cache.entries").await;
        if entries.len() == 41 {
            break entries;
        }
        assert!(Instant::now() < deadline, "{entries:?}");
    };
    let mut expected: Vec<_> = (1..=40).map(f64::from).collect();
    expected.push(0.0);
    assert_eq!(entries, expected);
    if cfg!(target_os = "linux") {
        assert_eq!(gauges("process.memory").await.len(), 41);
    }
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_surge_of_log_ins_shows_in_the_sessions_and_the_gateway_lets_all_of_them_in() {
    let demo = Demo::start_with(few_players).await;
    let sessions = async || {
        demo.stack.flush().await;
        let delivery = demo.get("/api/telemetry/delivery").await;
        delivery["sessions"].as_u64().unwrap()
    };
    let before = sessions().await;
    let began = Instant::now();
    demo.fire("session-surge").await;
    let (status, problem) = demo
        .ask(Method::POST, "/api/faults/session-surge/fire", json!({}))
        .await;
    assert_eq!((status, &problem["code"]), (409, &json!("problem_switching")));
    let log_ins = |traces: &Value| {
        let traces = traces["traces"].as_array().unwrap().iter();
        let logged_in = |trace: &&Value| trace["name"] == "log in" && trace["ok"] == true;
        traces.filter(logged_in).count()
    };
    demo.until("/api/telemetry/traces?limit=1000", |traces| {
        log_ins(traces) == 300
    })
    .await;
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    // At least one span in the gateway and one in the user-service each.
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let counted = sessions().await - before;
        if counted >= 600 {
            break;
        }
        assert!(Instant::now() < deadline, "{counted}");
    }
    let seen = demo.get("/api/faults").await;
    assert!(
        fault(&seen, "session-surge")["observed"]["trace_id"].is_string(),
        "{seen}"
    );
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_is_refused_and_a_reset_ends_everything() {
    let demo = Demo::start().await;
    let check = async |method: Method, path: &str, body: Value, status: u16, code: &str| {
        let (found, problem) = demo.ask(method, path, body).await;
        assert_eq!(
            (found, problem["code"].as_str()),
            (status, Some(code)),
            "{path}: {problem}"
        );
    };
    let to = |state: &str| json!({"state": state});
    let (put, post) = (Method::PUT, Method::POST);
    let spike = "/api/faults/provider-spike";
    let panic = "/api/faults/gateway-panic";
    check(put.clone(), "/api/faults/no-such", to("on"), 404, "not_found").await;
    check(put.clone(), spike, to("off"), 409, "problem_unchanged").await;
    check(put.clone(), spike, to("fixed"), 422, "invalid_request").await;
    check(put.clone(), spike, to("maybe"), 422, "invalid_request").await;
    check(put.clone(), panic, to("on"), 422, "invalid_request").await;
    let fire = |path: &str| format!("{path}/fire");
    check(post.clone(), &fire(spike), json!({}), 422, "invalid_request").await;
    check(
        post.clone(),
        &fire(panic),
        json!({"x": 1}),
        422,
        "invalid_request",
    )
    .await;

    let (one, other) = tokio::join!(demo.put("provider-spike", "on"), demo.put("provider-spike", "on"));
    let mut statuses = [one.0, other.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{} {}", one.1, other.1);
    demo.fire("gateway-panic").await;
    let (status, _) = demo.ask(post, "/api/problems/reset", json!({})).await;
    assert_eq!(status, 200);
    for id in STORY {
        let path = format!("/api/problems/{}", id.as_str());
        assert_eq!(demo.ask(Method::PUT, &path, to("off")).await.0, 200);
    }
    let seen = demo.get("/api/faults").await;
    assert_eq!(fault(&seen, "provider-spike")["state"], "off");
    assert_eq!(demo.failures().await, 0, "and nothing is armed");
    demo.end().await;
}

#[test]
fn every_fault_is_tried_through_the_whole_stack() {
    let tests = [include_str!("faults.rs"), include_str!("problems.rs")].concat();
    for id in FaultId::ALL {
        let name: &str = id.into();
        assert!(tests.contains(&format!("\"{name}\"")), "{name}");
    }
}
