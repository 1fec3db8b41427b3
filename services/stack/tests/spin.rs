//! The whole stack over real HTTP: successful spins, invalid requests, and failures.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;
use std::time::{Duration, Instant};

use reelscope_payment_provider::{Behaviour, Failure};
use reelscope_payment_service::{Settling, journal};
use reelscope_stack::storage::open_copy_of_wallets;
use reelscope_stack::{Config, Stack, StartError};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Client, Reply, read};

fn config(dir: &Path) -> Config {
    Config {
        players: Some(600),
        seed: Some(11),
        ..Config::new(dir.to_owned())
    }
}

async fn start(config: Config) -> Stack {
    Stack::start(config).await.unwrap()
}

async fn imbalance(dir: &Path) -> i128 {
    let wallets = open_copy_of_wallets(dir).unwrap();
    let result = journal::verify(&wallets).await.unwrap();
    assert!(result.entries > 0);
    assert_eq!(result.pending, 0);
    result.imbalance
}

/// Waits for a condition. The time limit only ends a failed test.
async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds().await {
        assert!(Instant::now() < deadline, "{what} did not come true");
        // More frequent requests would exceed the rate limit of the session.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_players_are_written_once_the_page_is_on_the_screen() {
    let dir = tempfile::tempdir().unwrap();
    let stack = start(Config {
        page_first: Duration::from_secs(3_600),
        ..config(dir.path())
    })
    .await;
    // A client that has no page, or whose page is not drawn yet, does not start the writing.
    let client = Client::new(&stack, "RS-000001").await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for _ in 0..20 {
        let health = read(http.get(format!("{}/api/v1/health", stack.origin())))
            .await
            .body;
        assert_eq!(
            health["seeding"],
            json!({ "done": 500, "total": 600 }),
            "{health}"
        );
    }
    client.get("/api/notices").await;
    let seeded = tokio::time::timeout(Duration::from_secs(20), stack.seeded());
    seeded.await.expect("players are written after that");
    assert_eq!(client.get("/api/v1/health").await["seeding"]["done"], 600);
    stack.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spin_moves_the_money_it_says_and_its_key_moves_it_once() {
    let dir = tempfile::tempdir().unwrap();
    let stack = start(config(dir.path())).await;
    let client = Client::new(&stack, "RS-000001").await;
    let (mut balance, _) = client.purse().await;
    for n in 0..30 {
        let round = client.spin(&format!("key-{n}"), 1_000).await;
        assert_eq!(round.status, 200, "{}", round.body);
        balance += round.body["payout"].as_i64().unwrap() - 1_000;
        assert_eq!(round.body["balance"], balance);
        let wins: i64 = round.body["wins"]
            .as_array()
            .unwrap()
            .iter()
            .map(|w| w["payout"].as_i64().unwrap())
            .sum();
        assert_eq!(round.body["payout"], wins);
    }
    let first = client.spin("key-0", 1_000).await;
    assert_eq!((first.status, &first.body["replayed"]), (200, &json!(true)));
    assert_eq!(client.purse().await, (balance, 0));
    let conflict = client.spin("key-0", 2_000).await;
    assert_eq!(
        (conflict.status, &conflict.body["code"]),
        (409, &json!("idempotency_conflict"))
    );

    // Many concurrent requests with one key are one round.
    let replies = futures(&client, 16).await;
    let ids: std::collections::HashSet<_> = replies.iter().map(|r| r.body["round_id"].to_string()).collect();
    assert_eq!(ids.len(), 1);
    let payout = replies[0].body["payout"].as_i64().unwrap();
    assert_eq!(client.purse().await, (balance + payout - 1_000, 0));

    let rounds = client.get("/api/v1/rounds?limit=5").await;
    assert_eq!(rounds["rounds"].as_array().unwrap().len(), 5);
    assert_eq!(rounds["rounds"][0]["round_id"], replies[0].body["round_id"]);
    assert_eq!(rounds["rounds"][0]["board"], replies[0].body["board"]);
    stack.shutdown().await.unwrap();
    assert_eq!(imbalance(dir.path()).await, 0);
}

async fn futures(client: &Client, count: usize) -> Vec<Reply> {
    let sends = (0..count).map(|_| {
        let request = client
            .request(Method::POST, "/api/v1/spins")
            .header("idempotency-key", "one-for-all")
            .json(&json!({ "stake": 1_000 }));
        tokio::spawn(read(request))
    });
    let mut replies = Vec::new();
    for send in sends.collect::<Vec<_>>() {
        replies.push(send.await.unwrap());
    }
    replies
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_a_problem_with_its_field_and_reserves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let stack = start(config(dir.path())).await;
    let client = Client::new(&stack, "RS-000003").await;
    let before = client.purse().await;
    let check = async |stake: Value, status: u16, code: &str| {
        let reply = client
            .send(
                Method::POST,
                "/api/v1/spins",
                Some("k"),
                json!({ "stake": stake }),
            )
            .await;
        let found = (
            reply.status,
            reply.body["code"].as_str().unwrap(),
            reply.body["field"].as_str(),
        );
        assert_eq!(found, (status, code, Some("stake")), "{stake}");
    };
    check(json!("ten"), 422, "invalid_request").await;
    check(json!(10.5), 422, "invalid_request").await;
    check(Value::Null, 422, "invalid_request").await;
    check(json!(-1_000), 422, "stake_out_of_limits").await;
    check(json!(0), 422, "stake_out_of_limits").await;
    check(json!(90), 422, "stake_out_of_limits").await;
    check(json!(50_010), 422, "stake_out_of_limits").await;
    check(json!(i64::MAX), 422, "stake_out_of_limits").await;
    check(json!(105), 422, "stake_out_of_limits").await;

    let raw = async |body: String, content_type: &str, status: u16, code: &str| {
        let request = client
            .request(Method::POST, "/api/v1/spins")
            .header("idempotency-key", "k");
        let reply = read(request.header("content-type", content_type).body(body)).await;
        assert_eq!((reply.status, reply.body["code"].as_str()), (status, Some(code)));
    };
    raw("{".into(), "application/json", 400, "malformed_json").await;
    raw(
        "stake=1000".into(),
        "application/x-www-form-urlencoded",
        415,
        "unsupported_media_type",
    )
    .await;
    raw(" ".repeat(20_000), "application/json", 413, "payload_too_large").await;

    let reply = client
        .send(Method::POST, "/api/v1/spins", None, json!({ "stake": 1_000 }))
        .await;
    assert_eq!(
        (reply.status, reply.body["code"].as_str()),
        (400, Some("idempotency_key_missing"))
    );
    let reply = client
        .send(Method::GET, "/api/v1/rounds?limit=x", None, Value::Null)
        .await;
    assert_eq!((reply.status, reply.body["field"].as_str()), (422, Some("limit")));
    let reply = client
        .send(Method::GET, "/api/v1/nothing", None, Value::Null)
        .await;
    assert_eq!(
        (reply.status, reply.body["code"].as_str()),
        (404, Some("not_found"))
    );
    assert_eq!(client.purse().await, before);

    let poor = Client::new(&stack, "RS-000002").await;
    let reply = poor.spin("k", 500).await;
    assert_eq!(
        (reply.status, reply.body["code"].as_str()),
        (402, Some("insufficient_funds"))
    );
    assert_eq!(reply.body["stake_status"], "untouched");
    assert_eq!(poor.purse().await, (450, 0));
    // The balance is too small because it lacks the stake of this very round.
    let first = poor.spin("all of it", 450).await;
    assert_eq!(first.status, 200, "{}", first.body);
    let again = poor.spin("all of it", 450).await;
    assert_eq!((again.status, &again.body["replayed"]), (200, &json!(true)));
    assert_eq!(again.body["payout"], first.body["payout"]);
    // Every refusal of a spin contains the state of its round's stake.
    let paid = async |body: Value, status: u16| {
        let path = "/api/v1/spins";
        let reply = poor.send(Method::POST, path, Some("all of it"), body).await;
        assert_eq!(reply.status, status, "{}", reply.body);
        assert_eq!(reply.body["stake_status"], "paid", "{}", reply.body);
        assert_eq!(reply.body["round_id"], first.body["round_id"]);
    };
    paid(json!({ "stake": "ten" }), 422).await;
    paid(json!({ "stake": -10 }), 422).await;
    paid(json!([450]), 422).await;
    paid(json!({ "stake": 400 }), 409).await;
    stack.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_is_told_to_its_player_only_and_so_is_a_round_that_nobody_knows() {
    let dir = tempfile::tempdir().unwrap();
    let stack = start(config(dir.path())).await;
    let (hers, his) = (
        Client::new(&stack, "RS-000001").await,
        Client::new(&stack, "RS-000003").await,
    );
    let ask = async |client: &Client, round: &str| {
        let path = format!("/api/v1/rounds/{round}");
        client.send(Method::GET, &path, None, Value::Null).await
    };
    let round = hers.spin("k", 1_000).await;
    let id = round.body["round_id"].as_str().unwrap();
    let stands = ask(&hers, id).await;
    assert_eq!(stands.status, 200, "{}", stands.body);
    assert_eq!(
        (&stands.body["stake_status"], &stands.body["balance"]),
        (&json!("paid"), &round.body["balance"])
    );
    let rounds = hers.get("/api/v1/rounds").await;
    assert_eq!(stands.body["round"], rounds["rounds"][0], "as in the history");
    for (client, id) in [(&his, id), (&hers, "none"), (&hers, "%00")] {
        let foreign = ask(client, id).await;
        assert_eq!(
            (foreign.status, foreign.body["code"].as_str()),
            (404, Some("not_found")),
            "{}",
            foreign.body
        );
    }
    let never = ask(&his, "6f1c7a52-0d0e-4a7b-9b6e-2f55d0c184e3").await;
    assert_eq!(never.status, 200);
    assert_eq!(
        (&never.body["round"], &never.body["stake_status"]),
        (&Value::Null, &json!("untouched"))
    );
    assert_eq!(never.body["balance"], his.purse().await.0);
    stack.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_round_is_drawn_again_by_its_player_with_its_stake_and_is_marked() {
    let dir = tempfile::tempdir().unwrap();
    let stack = start(config(dir.path())).await;
    let (hers, his) = (
        Client::new(&stack, "RS-000001").await,
        Client::new(&stack, "RS-000003").await,
    );
    let first = hers.spin("k", 1_000).await.body;
    let spin = async |client: &Client, key: &str, stake: i64, earlier: &Value| {
        let body = json!({ "stake": stake, "same_seed_as": earlier });
        client.send(Method::POST, "/api/v1/spins", Some(key), body).await
    };
    let check = async |client: &Client, stake: i64, earlier: &Value, status: u16, field: &str| {
        let before = client.purse().await;
        let refused = spin(client, &format!("{stake} {earlier}"), stake, earlier).await;
        assert_eq!(
            (refused.status, refused.body["field"].as_str()),
            (status, Some(field)),
            "{}",
            refused.body
        );
        assert_eq!(refused.body["stake_status"], "untouched");
        assert_eq!(client.purse().await, before);
    };
    let nobodys = json!("6f1c7a52-0d0e-4a7b-9b6e-2f55d0c184e3");
    check(&his, 1_000, &first["round_id"], 404, "same_seed_as").await;
    check(&hers, 1_000, &nobodys, 404, "same_seed_as").await;
    check(&hers, 2_000, &first["round_id"], 422, "stake").await;

    assert!(first["same_seed_as"].is_null());
    for replayed in [false, true] {
        let again = spin(&hers, "again", 1_000, &first["round_id"]).await.body;
        assert_eq!(
            (&again["board"], &again["payout"], &again["replayed"]),
            (&first["board"], &first["payout"], &json!(replayed))
        );
        assert_eq!(again["same_seed_as"], first["round_id"], "{again}");
    }
    let rounds = hers.get("/api/v1/rounds").await;
    assert_eq!(rounds["rounds"][0]["same_seed_as"], first["round_id"], "{rounds}");
    assert!(rounds["rounds"][1]["same_seed_as"].is_null(), "{rounds}");
    let other_seed = spin(&hers, "again", 1_000, &rounds["rounds"][0]["round_id"]).await;
    assert_eq!(other_seed.status, 409, "{}", other_seed.body);
    // Each round is measured once, however often it is requested, and only the round drawn by chance has an RTP.
    eventually("one round of two is measured for the RTP", async || {
        let seen = hers.get("/api/telemetry/traces?limit=100").await;
        let measured = seen["traces"].as_array().unwrap().iter();
        let measured: Vec<_> = measured.map(|trace| &trace["measurements"]).collect();
        let with = |name: &str| measured.iter().filter(|all| all[name].is_object()).count();
        (with("payout"), with("rtp")) == (2, 1)
    })
    .await;
    stack.shutdown().await.unwrap();
    assert_eq!(imbalance(dir.path()).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ended_before_its_token_reads_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let stack = start(config(dir.path())).await;
    let mut client = Client::new(&stack, "RS-000001").await;
    let round = client.spin("k", 1_000).await;
    let paths = [
        "/api/v1/players/me".to_owned(),
        "/api/v1/rounds".to_owned(),
        format!("/api/v1/rounds/{}", round.body["round_id"].as_str().unwrap()),
    ];
    let answered = async |client: &Client, status: u16| {
        for path in &paths {
            let reply = client.send(Method::GET, path, None, Value::Null).await;
            assert_eq!(reply.status, status, "{path}: {}", reply.body);
            if status == 401 {
                assert_eq!(reply.body["code"], "session_expired", "{path}");
            }
        }
    };
    answered(&client, 200).await;
    let fire = "/api/faults/expired-token/fire";
    let fired = client.send(Method::POST, fire, None, json!({})).await;
    assert_eq!(fired.status, 200, "{}", fired.body);
    answered(&client, 401).await;
    client.log_in("RS-000001").await;
    answered(&client, 200).await;
    stack.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_this_page_with_its_token_and_session_is_served() {
    let dir = tempfile::tempdir().unwrap();
    let stack = start(config(dir.path())).await;
    let client = Client::new(&stack, "RS-000001").await;
    let me = format!("{}/api/v1/players/me", stack.origin());
    let check = async |request: reqwest::RequestBuilder, status: u16, code: &str| {
        let reply = read(request).await;
        assert_eq!((reply.status, reply.body["code"].as_str()), (status, Some(code)));
    };
    let http = &client.http;
    check(
        http.get(&me).bearer_auth(&client.session),
        401,
        "launch_token_required",
    )
    .await;
    check(
        http.get(&me).header("x-reelscope-token", "wrong"),
        401,
        "launch_token_required",
    )
    .await;
    check(
        http.get(&me).header("x-reelscope-token", &client.launch),
        401,
        "unauthorized",
    )
    .await;
    check(
        http.get(&me)
            .header("x-reelscope-token", &client.launch)
            .bearer_auth("x.y.z"),
        401,
        "unauthorized",
    )
    .await;
    check(
        client
            .request(Method::GET, "/api/v1/players/me")
            .header("host", "evil.example"),
        403,
        "foreign_host",
    )
    .await;
    let foreign = client
        .request(Method::GET, "/api/v1/players/me")
        .header("origin", "https://evil.example");
    check(foreign, 403, "foreign_origin").await;
    let own = client
        .request(Method::GET, "/api/v1/players/me")
        .header("origin", stack.origin());
    assert_eq!(read(own).await.status, 200);

    // The launch URL sets a cookie, and the token disappears from the address.
    let no_redirects = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let launched = no_redirects.get(stack.ui_url()).send().await.unwrap();
    assert_eq!(launched.status(), StatusCode::SEE_OTHER);
    assert_eq!(launched.headers()["location"], "/");
    let cookie = launched.headers()["set-cookie"].to_str().unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    let pair = cookie.split(';').next().unwrap();
    let by_cookie = http.get(&me).header("cookie", pair).bearer_auth(&client.session);
    assert_eq!(read(by_cookie).await.status, 200);
    let health = read(http.get(format!("{}/api/v1/health", stack.origin()))).await;
    assert_eq!(health.body["status"], "ok", "{}", health.body);
    stack.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_declines_gives_the_stake_back() {
    let dir = tempfile::tempdir().unwrap();
    let provider = Behaviour {
        failures_in_ten: 1,
        failure: Failure::Decline,
        ..Behaviour::healthy()
    };
    let stack = start(Config {
        provider,
        rate: None,
        ..config(dir.path())
    })
    .await;
    let client = Client::new(&stack, "RS-000001").await;
    let (mut balance, _) = client.purse().await;
    let mut declined = 0;
    for n in 0..30 {
        let reply = client.spin(&format!("k{n}"), 1_000).await;
        if reply.status == 200 {
            balance += reply.body["payout"].as_i64().unwrap() - 1_000;
        } else {
            assert_eq!(
                (reply.status, reply.body["code"].as_str()),
                (502, Some("payment_declined"))
            );
            assert_eq!(reply.body["stake_status"], "returned");
            let again = client.spin(&format!("k{n}"), 1_000).await;
            assert_eq!(
                (again.status, again.body["stake_status"].as_str()),
                (502, Some("returned"))
            );
            declined += 1;
        }
        assert_eq!(client.purse().await, (balance, 0));
    }
    assert_eq!(declined, 3, "one in every ten");
    stack.shutdown().await.unwrap();
    assert_eq!(imbalance(dir.path()).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spin_that_is_settled_in_the_background_is_answered_pending_and_posted_later() {
    let dir = tempfile::tempdir().unwrap();
    let provider = Behaviour {
        latency_ms: 1_500..=1_500,
        ..Behaviour::healthy()
    };
    let stack = start(Config {
        provider,
        ..config(dir.path())
    })
    .await;
    stack.payments().knobs().set_settling(Settling::InBackground);
    let client = Client::new(&stack, "RS-000001").await;
    let (before, _) = client.purse().await;
    let first = client.spin("k", 1_000).await;
    let again = client.spin("k", 1_000).await;
    for (reply, replayed) in [(&first, false), (&again, true)] {
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.body["status"], "pending");
        assert_eq!(reply.body["balance"], before - 1_000);
        assert_eq!(reply.body["replayed"], replayed);
        assert_eq!(reply.body["round_id"], first.body["round_id"]);
        assert_eq!(reply.body["payout"], first.body["payout"]);
    }
    assert_eq!(client.purse().await, (before - 1_000, 1_000));
    let rounds = client.get("/api/v1/rounds").await;
    assert_eq!(rounds["rounds"][0]["status"], "pending");
    assert_eq!(
        stack.provider().settled().payments,
        0,
        "the provider was not waited for"
    );

    let after = before - 1_000 + first.body["payout"].as_i64().unwrap();
    eventually("the round is posted", async || client.purse().await == (after, 0)).await;
    let rounds = client.get("/api/v1/rounds").await;
    assert_eq!(rounds["rounds"][0]["status"], "posted");
    let last = client.spin("k", 1_000).await;
    assert_eq!((last.status, &last.body["status"]), (200, &json!("posted")));
    assert_eq!(last.body["balance"], after);
    assert_eq!(stack.provider().settled().payments, 1);

    // A decline that comes after the response returns the stake, and the same key reports it.
    stack.provider().behave(Behaviour {
        failure: Failure::Decline,
        failures_in_ten: 10,
        ..Behaviour::healthy()
    });
    assert_eq!(client.spin("declined", 1_000).await.body["status"], "pending");
    eventually("the stake is back", async || client.purse().await == (after, 0)).await;
    let declined = client.spin("declined", 1_000).await;
    assert_eq!(
        (declined.status, &declined.body["stake_status"]),
        (502, &json!("returned"))
    );
    stack.shutdown().await.unwrap();
    assert_eq!(imbalance(dir.path()).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_that_stops_leaves_settlements_under_way_to_its_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let provider = Behaviour {
        latency_ms: 60_000..=60_000,
        ..Behaviour::healthy()
    };
    let stack = start(Config {
        provider,
        ..config(dir.path())
    })
    .await;
    stack.payments().knobs().set_settling(Settling::InBackground);
    let client = Client::new(&stack, "RS-000001").await;
    let (mut balance, _) = client.purse().await;
    for n in 0..20 {
        let round = client.spin(&format!("k{n}"), 1_000).await;
        assert_eq!(round.body["status"], "pending", "{}", round.body);
        balance += round.body["payout"].as_i64().unwrap() - 1_000;
    }
    assert_eq!(stack.payments().settlement().under_way(), 20);
    let stopping = Instant::now();
    stack.shutdown().await.unwrap();
    assert!(stopping.elapsed() < Duration::from_secs(10));

    let mut again = None;
    eventually("the directory is free", async || {
        again = Stack::start(config(dir.path())).await.ok();
        again.is_some()
    })
    .await;
    let stack = again.unwrap();
    let client = Client::new(&stack, "RS-000001").await;
    eventually("all are posted", async || client.purse().await == (balance, 0)).await;
    stack.shutdown().await.unwrap();
    assert_eq!(imbalance(dir.path()).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_vanishes_is_charged_once() {
    let dir = tempfile::tempdir().unwrap();
    let provider = Behaviour {
        latency_ms: 300..=300,
        ..Behaviour::healthy()
    };
    let stack = start(Config {
        provider,
        ..config(dir.path())
    })
    .await;
    let client = Client::new(&stack, "RS-000001").await;
    let (before, _) = client.purse().await;
    let request = client
        .request(Method::POST, "/api/v1/spins")
        .header("idempotency-key", "gone");
    let impatient = request
        .timeout(Duration::from_millis(60))
        .json(&json!({ "stake": 1_000 }))
        .send()
        .await;
    assert!(impatient.unwrap_err().is_timeout());
    eventually("the round is settled", async || client.purse().await.1 == 0).await;
    let round = client.spin("gone", 1_000).await;
    assert_eq!(round.status, 200, "{}", round.body);
    let after = before - 1_000 + round.body["payout"].as_i64().unwrap();
    assert_eq!(client.purse().await, (after, 0));
    stack.shutdown().await.unwrap();
    assert_eq!(imbalance(dir.path()).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_pending_at_the_end_is_settled_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    // The provider settles but never answers, so the outcome is unknown when the stack stops.
    let provider = Behaviour {
        failures_in_ten: 10,
        failure: Failure::Hang,
        ..Behaviour::healthy()
    };
    let stack = start(Config {
        provider,
        ..config(dir.path())
    })
    .await;
    let client = Client::new(&stack, "RS-000001").await;
    let (before, _) = client.purse().await;
    let request = client
        .request(Method::POST, "/api/v1/spins")
        .header("idempotency-key", "hung");
    let waiting = tokio::spawn(read(request.json(&json!({ "stake": 1_000 }))));
    eventually("the stake is reserved", async || {
        client.purse().await == (before - 1_000, 1_000)
    })
    .await;
    waiting.abort();
    drop(stack);

    let mut again = None;
    eventually("the directory is free", async || {
        again = Stack::start(config(dir.path())).await.ok();
        again.is_some()
    })
    .await;
    let stack = again.unwrap();
    let client = Client::new(&stack, "RS-000001").await;
    eventually("the round is ended", async || client.purse().await.1 == 0).await;
    let round = client.spin("hung", 1_000).await;
    let expected = match round.status {
        200 => before - 1_000 + round.body["payout"].as_i64().unwrap(),
        // The stack stopped before the payout was written, so the stake was returned.
        _ => before,
    };
    assert_eq!(client.purse().await, (expected, 0), "{}", round.body);
    stack.shutdown().await.unwrap();
    assert_eq!(imbalance(dir.path()).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_and_a_directory_in_use_are_sentences_with_their_own_codes() {
    let dir = tempfile::tempdir().unwrap();
    let stack = start(config(dir.path())).await;
    let listen = stack.address("api-gateway").unwrap();
    let fail = async |config| match Stack::start(config).await {
        Ok(_) => panic!("it started"),
        Err(error) => error,
    };
    let other = tempfile::tempdir().unwrap();
    let port = fail(Config {
        listen,
        ..config(other.path())
    })
    .await;
    assert!(matches!(port, StartError::PortInUse { .. }), "{port}");
    let locked = fail(config(dir.path())).await;
    assert_eq!(locked.code(), "data_dir_locked", "{locked}");
    let file = other.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let unwritable = fail(config(&file)).await;
    assert_eq!(unwritable.code(), "data_dir_unwritable", "{unwritable}");
    let codes = [port.exit_code(), locked.exit_code(), unwritable.exit_code()];
    assert!(
        codes.iter().all(|code| *code > 2) && codes[0] != codes[1] && codes[1] != codes[2],
        "{codes:?}"
    );
    stack.shutdown().await.unwrap();
}
