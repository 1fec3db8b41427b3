//! The content of envelopes is read right: times, exceptions and causes, services, and sizes within what a response
//! can hold.
#![allow(clippy::unwrap_used)]

#[path = "support/door.rs"]
mod door;
mod support;

use std::time::{SystemTime, UNIX_EPOCH};

use door::{Opened, open};
use serde_json::{Value, json};
use support::event_id;

const TRACE: &str = "1bf7651916cd43dd8448eb211c80319c";

/// Seconds since the Unix epoch in whole milliseconds, so that differences are exact in microseconds.
fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    (since.as_secs_f64() * 1e3).floor() / 1e3
}

/// Sends items, each a type and a payload, with this header.
async fn post(opened: &Opened, header: &Value, items: &[(&str, Value)]) {
    let mut text = format!("{header}\n");
    for (kind, payload) in items {
        let head = match *kind {
            "span" | "log" => {
                json!({ "type": kind, "content_type": format!("application/vnd.sentry.items.{kind}+json"),
                    "item_count": payload["items"].as_array().unwrap().len() })
            }
            kind => json!({ "type": kind }),
        };
        text += &format!("{head}\n{payload}\n");
    }
    opened.taken("/api/1/envelope/", text).await;
}

async fn send(opened: &Opened, kind: &str, payload: Value) {
    post(opened, &json!({}), &[(kind, payload)]).await;
}

/// A transaction of its trace that has just ended, with a service of its own.
fn transaction(span: &str, members: &Value) -> Value {
    let now = now();
    let mut event = json!({
        "type": "transaction", "transaction": "work", "start_timestamp": now - 0.5, "timestamp": now,
        "tags": { "service": "shop" }, "contexts": { "trace": { "trace_id": TRACE, "span_id": span, "op": "task" } },
    });
    event
        .as_object_mut()
        .unwrap()
        .extend(members.as_object().unwrap().clone());
    event
}

fn in_trace() -> Value {
    json!({ "trace": { "trace_id": TRACE, "span_id": "a" } })
}

fn frame(function: &str) -> Value {
    json!({ "function": function, "filename": "shop.py", "lineno": 3, "in_app": true })
}

async fn trace(opened: &Opened) -> Value {
    opened.get(&format!("/traces/{TRACE}")).await
}

/// Returns the newest event of the only issue with this type.
async fn newest(opened: &Opened, kind: &str) -> Value {
    let issues = opened.get("/issues").await;
    let issues: Vec<&Value> = issues["issues"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|issue| issue["kind"] == kind)
        .collect();
    assert_eq!(issues.len(), 1, "{kind}: {issues:?}");
    let id = issues[0]["issue_id"].as_str().unwrap();
    opened.get(&format!("/issues/{id}")).await["events"][0].clone()
}

fn list<'a>(value: &'a Value, name: &str) -> Vec<&'a str> {
    let list = value.as_array().unwrap().iter();
    list.map(|entry| entry[name].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_has_no_time_of_its_own_stands_where_it_came_and_says_so() {
    let opened = open();
    let before = jiff::Timestamp::now().as_microsecond();
    send(&opened, "transaction", transaction("a", &json!({}))).await;
    for (n, odd) in [
        json!(null),
        json!(0),
        json!("0001-01-01T00:00:00Z"),
        json!(-1),
        json!("soon"),
        json!(1_764_000_000_000_i64),
    ]
    .into_iter()
    .enumerate()
    {
        let error = json!({ "timestamp": odd, "contexts": in_trace(), "exception": { "values": [{ "type": format!("Odd{n}") }] } });
        send(&opened, "event", error).await;
        send(
            &opened,
            "log",
            json!({ "items": [{ "trace_id": TRACE, "timestamp": odd, "body": "line" }] }),
        )
        .await;
        let event = newest(&opened, &format!("Odd{n}")).await;
        assert_eq!(event["time_is_received"], true, "{odd}");
        assert!(
            event["at_us"].as_i64().unwrap() >= before - 1_000,
            "{odd}: {event}"
        );
    }
    let detail = trace(&opened).await;
    assert_eq!(detail["summary"]["duration_us"], 500_000);
    let logs = detail["logs"].as_array().unwrap();
    assert!(
        logs.len() == 6 && logs.iter().all(|log| log["time_is_received"] == true),
        "{logs:?}"
    );
    let traces = opened.get("/traces").await;
    assert_eq!(traces["traces"][0], detail["summary"]);
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn a_span_without_an_end_keeps_its_start_and_the_other_way_round() {
    let opened = open();
    let now = now();
    let span = |id: &str, times: Value| {
        let mut span = json!({ "trace_id": TRACE, "span_id": id, "parent_span_id": "a", "op": "function" });
        span.as_object_mut()
            .unwrap()
            .extend(times.as_object().unwrap().clone());
        span
    };
    let spans = [
        span("b", json!({ "start_timestamp": now - 0.4 })),
        span("c", json!({ "timestamp": now - 0.3 })),
        span("d", json!({})),
    ];
    send(
        &opened,
        "transaction",
        transaction("a", &json!({ "spans": spans })),
    )
    .await;
    let detail = trace(&opened).await;
    let found = |id: &str| {
        let spans = detail["spans"].as_array().unwrap();
        spans.iter().find(|span| span["span_id"] == id).unwrap().clone()
    };
    for (id, oddity) in [
        ("b", "missing_end"),
        ("c", "missing_start"),
        ("d", "missing_time"),
    ] {
        let span = found(id);
        assert_eq!(
            (&span["oddities"], &span["start_us"]),
            (&json!([oddity]), &span["end_us"]),
            "{span}"
        );
    }
    let start = found("b")["start_us"].as_f64().unwrap() / 1e6;
    assert!((start - (now - 0.4)).abs() < 0.001, "{start}");
    assert_eq!(detail["summary"]["duration_us"], 500_000, "{}", detail["summary"]);
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn a_clock_that_is_off_is_corrected_by_when_the_envelope_was_sent() {
    let opened = open();
    let day = 86_400.0;
    let behind = |seconds: f64| now() - day - seconds;
    let sent_at = jiff::Timestamp::now() - jiff::SignedDuration::from_secs(86_400);
    let times = json!({ "start_timestamp": behind(3.0), "timestamp": behind(2.0) });
    let error = json!({ "timestamp": behind(2.5), "contexts": in_trace(), "exception": { "values": [{ "type": "Behind" }] },
        "breadcrumbs": [{ "timestamp": behind(10.0), "message": "before" }] });
    let header = json!({ "sent_at": sent_at.to_string() });
    post(&opened, &header, &[("transaction", transaction("a", &times))]).await;
    post(&opened, &header, &[("event", error)]).await;
    let log = json!({ "items": [{ "trace_id": TRACE, "timestamp": behind(2.4), "body": "line" }] });
    post(&opened, &header, &[("log", log)]).await;
    let detail = trace(&opened).await;
    let age = |at: &Value| now() - at.as_f64().unwrap() / 1e6;
    let start = age(&detail["summary"]["start_us"]);
    assert!((0.0..60.0).contains(&start), "{start} s ago");
    assert_eq!(detail["spans"][0]["oddities"], json!(["clock_corrected"]));
    assert_eq!(detail["errors"][0]["clock_corrected"], true);
    assert_eq!(detail["logs"][0]["clock_corrected"], true);
    assert!(age(&detail["errors"][0]["breadcrumbs"][0]["at_us"]) < 120.0);
    let length = detail["summary"]["duration_us"].as_f64().unwrap();
    assert!((length - 1e6).abs() < 1_000.0, "{length}");
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn what_happened_outside_of_the_spans_is_marked_and_moves_nothing() {
    let opened = open();
    send(&opened, "transaction", transaction("a", &json!({}))).await;
    let before = opened.get("/traces").await["traces"][0].clone();
    let now = now();
    let line = |body: &str, at: f64| json!({ "trace_id": TRACE, "timestamp": at, "body": body });
    let logs = [
        line("a day early", now - 86_400.0),
        line("just before", now - 1.0),
        line("inside", now - 0.2),
    ];
    send(&opened, "log", json!({ "items": logs })).await;
    let detail = trace(&opened).await;
    for member in ["start_us", "duration_us", "root_us", "name"] {
        assert_eq!(detail["summary"][member], before[member], "{member}");
    }
    let outside: Vec<&str> = detail["logs"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|log| log["outside"] == true)
        .map(|log| log["message"].as_str().unwrap())
        .collect();
    assert_eq!(outside, ["a day early", "just before"]);
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn the_whole_of_an_error_is_kept_and_what_is_not_is_counted() {
    let opened = open();
    let frames: Vec<Value> = (0..250).map(|n| frame(&format!("f{n}"))).collect();
    let crumbs: Vec<Value> = (0..350)
        .map(|n| json!({ "message": format!("crumb {n}") }))
        .collect();
    let chained =
        |id: u64, parent: Option<u64>| json!({ "exception_id": id, "parent_id": parent, "handled": id != 0 });
    send(&opened, "event", json!({
        "breadcrumbs": { "values": crumbs },
        "exception": { "values": [
            { "type": "Refused", "value": "port", "stacktrace": { "frames": [frame("connect")] }, "mechanism": chained(1, Some(0)) },
            { "type": "JobFailed", "value": "job", "stacktrace": { "frames": frames }, "mechanism": chained(0, None) },
        ] },
    })).await;
    let event = newest(&opened, "JobFailed").await;
    assert_eq!(list(&event["exceptions"], "kind"), ["JobFailed", "Refused"]);
    assert_eq!(event["exceptions"][1]["frames"][0]["function"], "connect");
    assert_eq!(
        (&event["handled"], &event["exceptions_total"]),
        (&json!(false), &json!(2))
    );
    let functions = list(&event["frames"], "function");
    assert_eq!(
        (functions.len(), functions[0], &event["frames_total"]),
        (200, "f249", &json!(250))
    );
    let messages = list(&event["breadcrumbs"], "message");
    assert_eq!(
        (messages.len(), messages[0], messages[199]),
        (200, "crumb 150", "crumb 349")
    );
    assert_eq!(event["breadcrumbs_total"], 350);
    assert_eq!(event["grouping"]["by"], "stack");
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn two_roots_give_one_figure_in_the_list_and_in_the_trace() {
    let opened = open();
    let now = now();
    let times = |start: f64, end: f64| json!({ "start_timestamp": now - start, "timestamp": now - end });
    send(&opened, "transaction", transaction("b", &times(20.0, 10.0))).await;
    send(&opened, "transaction", transaction("a", &times(30.0, 29.5))).await;
    let detail = trace(&opened).await;
    let line = &opened.get("/traces").await["traces"][0];
    assert_eq!(*line, detail["summary"]);
    assert_eq!(
        (&line["root_span_id"], &line["root_us"]),
        (&json!("a"), &json!(500_000))
    );
    assert_eq!(list(&detail["other_roots"], "span_id"), ["b"]);
    assert_eq!(detail["other_roots"][0]["duration_us"], 10_000_000);
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn each_span_keeps_its_user_and_what_its_program_says() {
    let opened = open();
    let spans = [
        json!({ "trace_id": TRACE, "span_id": "b", "parent_span_id": "a", "start_timestamp": now(), "timestamp": now(),
        "data": { "user.id": "bob" } }),
    ];
    let members = json!({ "spans": spans, "user": { "id": "ann", "plan": "gold" }, "server_name": "host-1",
        "contexts": { "trace": { "trace_id": TRACE, "span_id": "a" }, "os": { "name": "Linux" } } });
    send(&opened, "transaction", transaction("a", &members)).await;
    let detail = trace(&opened).await;
    assert_eq!(list(&detail["spans"], "player"), ["ann", "bob"]);
    let root = &detail["spans"][0];
    assert_eq!(
        root["resource"],
        json!({ "os": { "name": "Linux" }, "server_name": "host-1" })
    );
    assert_eq!(root["user"]["plan"], "gold");
    assert_eq!(detail["summary"]["player"], "ann");
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn a_stranger_that_is_called_like_one_of_ours_is_not_ours() {
    let opened = open();
    let members = json!({ "tags": { "service": "payment-service" } });
    send(&opened, "transaction", transaction("a", &members)).await;
    opened
        .collector
        .capture_durable("payment-service", support::error(1))
        .await
        .unwrap();
    let detail = trace(&opened).await;
    assert_eq!(detail["summary"]["service"], "payment-service (external)");
    assert_eq!(
        newest(&opened, "PaymentTimeout").await["service"],
        "payment-service"
    );
    let map = opened.get("/map").await;
    assert_eq!(list(&map["nodes"], "id"), ["payment-service (external)"]);
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn an_issue_tells_where_the_stakes_of_its_spins_stand_and_how_its_events_came() {
    let opened = open();
    let at = now();
    let said = |span: &str, end: f64, stands: &str| {
        let context = json!({ "trace_id": TRACE, "span_id": span, "data": { "currency": "EUR", "stake.status": stands } });
        let measured = json!({ "failed_stake": { "value": 2.5, "unit": "none" } });
        transaction(
            span,
            &json!({ "timestamp": at + end, "measurements": measured, "contexts": { "trace": context } }),
        )
    };
    let error = |ago: f64| json!({ "timestamp": at - ago, "contexts": in_trace(), "exception": [{ "type": "Declined" }] });
    send(&opened, "event", error(0.0)).await;
    send(&opened, "event", error(100.0)).await;
    let issue = async || opened.get("/issues").await["issues"][0].clone();
    assert_eq!(issue().await["stakes"], json!([]));
    let stakes = |held: f64, returned: f64, settled: f64| json!([{ "currency": "EUR", "spins": 1, "held": held, "returned": returned, "settled": settled }]);
    send(&opened, "transaction", said("a", 0.0, "pending")).await;
    assert_eq!(issue().await["stakes"], stakes(2.5, 0.0, 0.0));
    send(&opened, "transaction", said("b", 2.0, "returned")).await;
    // What ended before that says nothing new, however late it arrives.
    send(&opened, "transaction", said("c", 1.0, "pending")).await;
    let told = issue().await;
    assert_eq!(told["stakes"], stakes(0.0, 2.5, 0.0));

    let counts = told["recent"]["counts"].as_array().unwrap();
    let places: Vec<_> = (0..counts.len()).filter(|place| counts[*place] == 1).collect();
    assert_eq!((counts.len(), places.len(), places[1]), (40, 2, 39));
    assert!((35..=36).contains(&places[0]), "{counts:?}");
    opened.collector.shutdown().await;
}

/// A text of about this many bytes that JSON makes as long as possible.
fn long(sign: &str) -> String {
    sign.repeat(3_000 / sign.len())
}

#[tokio::test]
async fn a_list_of_fifty_traces_is_small_whatever_is_sent() {
    let opened = open();
    for n in 0..50_usize {
        let sign = ["x", "\u{1}", "\"", "ж", "\u{1f600}"][n % 5];
        let text = long(sign);
        let name = |what: &str, m: usize| format!("{what} {m} {text}");
        let trace = event_id(n + 1);
        let tags = json!({ "problems": (0..50).map(|m| format!("p{m}")).collect::<Vec<_>>().join(",") });
        let measured: Value = (0..8)
            .map(|m| (name("m", m), json!({ "value": 1.5, "unit": text })))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let context = json!({ "trace_id": trace, "span_id": "root", "op": text, "status": text });
        let begin = |m: usize| now() - 0.4 + f64::from(u32::try_from(m).unwrap()) / 25.0;
        let spans: Vec<Value> = (0..8).map(|m| json!({ "span_id": name("s", m), "parent_span_id": "root", "op": "http.client",
            "description": text, "start_timestamp": begin(m), "timestamp": begin(m) + 0.03, "data": { "server.address": name("peer", m) } })).collect();
        let whole = json!({ "transaction": text, "release": text, "environment": text, "user": { "id": text }, "server_name": text,
            "tags": tags, "measurements": measured, "contexts": { "trace": context }, "spans": spans });
        send(&opened, "transaction", transaction("a", &whole)).await;
        for m in 0..12 {
            let service = json!({ "server_name": name("service", m), "tags": {}, "contexts": { "trace": { "trace_id": trace, "span_id": format!("{m}") } },
                "transaction": text });
            send(&opened, "transaction", transaction("a", &service)).await;
        }
    }
    let traces = opened.get("/traces?limit=50").await;
    assert_eq!(traces["traces"].as_array().unwrap().len(), 50);
    let bytes = traces.to_string().len();
    assert!(bytes < 200_000, "{bytes} bytes: {}", traces["traces"][1]);
    let line = &traces["traces"][0];
    assert!(line["name"].as_str().unwrap().ends_with('…'), "{line}");
    for list in [
        "services",
        "external",
        "critical_path",
        "measurements",
        "problems",
    ] {
        assert!(line["left_out"][list].as_u64().unwrap() > 0, "{list}: {line}");
    }
    // The envelope has the whole text.
    let envelope = opened.get("/envelopes/1").await;
    assert_eq!(envelope["items"][0]["json"]["transaction"], long("x"));
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn what_has_no_page_of_its_own_is_found_by_its_type_with_its_content() {
    let opened = open();
    let check_in = json!({ "check_in_id": TRACE, "monitor_slug": "nightly", "status": "ok" });
    let long = "x".repeat(20_000);
    let head = json!({ "trace": { "trace_id": TRACE, "public_key": "k" } });
    post(
        &opened,
        &head,
        &[
            ("check_in", check_in.clone()),
            ("tomorrow", json!({ "long": long })),
        ],
    )
    .await;
    send(
        &opened,
        "session",
        json!({ "sid": TRACE, "init": true, "status": "ok", "started": "2026-01-01T00:00:00Z" }),
    )
    .await;
    send(&opened, "transaction", transaction("a", &json!({}))).await;
    let seqs = async |query: &str| {
        let page = opened.get(&format!("/envelopes?{query}")).await;
        let envelopes = page["envelopes"].as_array().unwrap();
        envelopes
            .iter()
            .map(|line| line["seq"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(seqs("item_type=check_in").await, [1]);
    assert_eq!(seqs("item_type=session").await, [2]);
    assert_eq!(seqs("item_type=tomorrow&before=1").await, [0_u64; 0]);
    assert_eq!(seqs("item_type=tomorrow&state=held").await, [1]);
    assert_eq!(seqs("item_type=transaction").await, [0_u64; 0]);

    let database = rusqlite::Connection::open(opened.dir.path().join("telemetry.sqlite")).unwrap();
    let mut items = database
        .prepare("SELECT item_type, lower(hex(trace_id)), bytes > 20000, content ->> '$.monitor_slug' FROM items ORDER BY id")
        .unwrap();
    let rows = items.query_map((), |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, bool>(2)?,
            row.get::<_, Option<String>>(3)?,
        ))
    });
    let rows: Vec<_> = rows.unwrap().collect::<Result<_, _>>().unwrap();
    let row = |kind: &str, trace: &str, is_long, slug: Option<&str>| {
        (
            kind.to_owned(),
            trace.to_owned(),
            is_long,
            slug.map(str::to_owned),
        )
    };
    assert_eq!(
        rows,
        [
            row("check_in", TRACE, false, Some("nightly")),
            row("tomorrow", TRACE, true, None),
            row("session", "", false, None),
        ]
    );
}
