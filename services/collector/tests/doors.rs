//! What SDKs and the viewer get from the routers.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::Write;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use reelscope_collector::{Collector, ingest_router, viewer_router};
use serde_json::Value;
use support::{TRACE, balanced, error, error_in, eventually, options, transaction};
use tower::ServiceExt;

struct Opened {
    collector: Collector,
    ingest: Router,
    viewer: Router,
    dir: tempfile::TempDir,
}

fn open() -> Opened {
    let dir = tempfile::tempdir().unwrap();
    let (collector, notices) = Collector::open(dir.path(), options()).unwrap();
    assert_eq!(notices, []);
    Opened {
        ingest: ingest_router(collector.clone()),
        viewer: viewer_router(collector.clone()),
        collector,
        dir,
    }
}

async fn send(router: &Router, request: Request<Body>) -> (Response<()>, Value) {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (
        Response::from_parts(parts, ()),
        serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    )
}

async fn get(router: &Router, path: &str) -> Value {
    let (response, body) = send(router, Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}: {body}");
    body
}

fn ingest(key: &str, body: Vec<u8>) -> Request<Body> {
    Request::post("/api/1/envelope/")
        .header(
            "x-sentry-auth",
            format!("Sentry sentry_version=7, sentry_client=test/1, sentry_key={key}"),
        )
        .body(Body::from(body))
        .unwrap()
}

#[tokio::test]
async fn an_sdk_is_told_the_id_after_the_envelope_is_durable() {
    let opened = open();
    let (response, body) = send(&opened.ingest, ingest(opened.collector.key(), error(1))).await;
    assert_eq!(
        (response.status(), body["id"].as_str()),
        (StatusCode::OK, Some(support::event_id(1).as_str()))
    );
    let list = get(&opened.viewer, "/envelopes?state=held").await;
    assert_eq!(list["envelopes"][0]["reason"], "no_destination");
    assert_eq!(list["envelopes"][0]["slot"], "external");
    let one = get(&opened.viewer, "/envelopes/1").await;
    assert_eq!(one["items"][0]["json"]["release"], "1.0.0");
    let raw = Request::get("/envelopes/1?raw=1").body(Body::empty()).unwrap();
    let raw = opened
        .viewer
        .clone()
        .oneshot(raw)
        .await
        .unwrap()
        .into_body()
        .collect()
        .await
        .unwrap();
    assert_eq!(raw.to_bytes(), error(1));
    balanced(&opened.collector, opened.dir.path());
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn every_encoding_is_taken_and_a_bomb_is_not() {
    let opened = open();
    let key = opened.collector.key();
    let encoded = |encoding: &str, bytes: Vec<u8>| {
        let mut request = ingest(key, bytes);
        request
            .headers_mut()
            .insert("content-encoding", encoding.parse().unwrap());
        request
    };
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(&error(2)).unwrap();
    for (encoding, bytes) in [("gzip", gzip(&error(1))), ("deflate", zlib.finish().unwrap())] {
        let (response, body) = send(&opened.ingest, encoded(encoding, bytes)).await;
        assert_eq!(response.status(), StatusCode::OK, "{encoding}: {body}");
    }
    // Stored instead of compressed, as both formats allow: a header of eleven bytes.
    let brotli = b"\x0b\x05\x80{}         \x03".to_vec();
    let zstd = b"\x28\xb5\x2f\xfd\x20\x0b\x59\x00\x00{}         ".to_vec();
    for (encoding, bytes) in [("br", brotli), ("zstd", zstd)] {
        let (response, body) = send(&opened.ingest, encoded(encoding, bytes)).await;
        assert_eq!(response.status(), StatusCode::OK, "{encoding}: {body}");
    }
    let bomb = gzip(&vec![b' '; 64 * 1024 * 1024]);
    let (response, body) = send(&opened.ingest, encoded("gzip", bomb)).await;
    assert_eq!(
        (response.status(), body["code"].as_str()),
        (StatusCode::PAYLOAD_TOO_LARGE, Some("payload_too_large"))
    );
    let (response, body) = send(&opened.ingest, encoded("gzip", b"not gzip".to_vec())).await;
    assert_eq!(
        (response.status(), body["code"].as_str()),
        (StatusCode::BAD_REQUEST, Some("envelope_malformed"))
    );
    let (response, _) = send(&opened.ingest, encoded("compress", error(1))).await;
    assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(response.headers().contains_key("x-sentry-error"));
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn a_key_is_asked_for_and_must_be_ours() {
    let opened = open();
    let key = opened.collector.key().to_owned();
    let check = async |path: &str, header: &str, expected: u16| {
        let body = format!("{header}\n{{\"type\":\"event\"}}\n{{}}\n");
        let request = Request::post(path).body(Body::from(body)).unwrap();
        let (response, body) = send(&opened.ingest, request).await;
        assert_eq!(response.status().as_u16(), expected, "{path} {header}: {body}");
    };
    let own = format!("{{\"dsn\":\"http://{key}@127.0.0.1:1/1\"}}");
    check("/api/1/envelope/", "{}", 401).await;
    check(&format!("/api/1/envelope/?sentry_key={key}"), "{}", 200).await;
    check(
        &format!("/api/1/envelope?sentry_version=7&sentry_key={key}"),
        "{}",
        200,
    )
    .await;
    check("/api/1/envelope/", &own, 200).await;
    check("/api/1/envelope/?sentry_key=0123", &own, 403).await;
    check("/api/2/envelope/", &own, 403).await;
    check(
        "/api/1/envelope/",
        "{\"dsn\":\"http://other@127.0.0.1:1/1\"}",
        403,
    )
    .await;
    check(
        "/api/1/envelope/",
        &format!("{{\"dsn\":\"http://{key}@127.0.0.1:1/2\"}}"),
        403,
    )
    .await;
    check("/api/1/envelope/", "{\"dsn\":\"nonsense\"}", 403).await;
    let tunnel = async |header: &str| {
        let body = format!("{header}\n{{\"type\":\"event\"}}\n{{}}");
        send(
            &opened.viewer,
            Request::post("/envelope").body(Body::from(body)).unwrap(),
        )
        .await
        .0
        .status()
        .as_u16()
    };
    assert_eq!(tunnel(&own).await, 200);
    assert_eq!(tunnel("{}").await, 401);
    assert_eq!(tunnel("{\"dsn\":\"http://other@127.0.0.1:1/1\"}").await, 403);
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn any_page_may_send() {
    let opened = open();
    let preflight = Request::options("/api/1/envelope/")
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "x-sentry-auth,content-type")
        .body(Body::empty())
        .unwrap();
    let (response, _) = send(&opened.ingest, preflight).await;
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    let mut request = ingest(opened.collector.key(), error(1));
    request
        .headers_mut()
        .insert("origin", "https://shop.example".parse().unwrap());
    let (response, _) = send(&opened.ingest, request).await;
    let exposed = response.headers()["access-control-expose-headers"]
        .to_str()
        .unwrap()
        .to_owned();
    for header in ["x-sentry-rate-limits", "retry-after", "x-sentry-error"] {
        assert!(exposed.contains(header), "{exposed}");
    }
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn a_trace_is_there_within_300_ms() {
    let opened = open();
    let started = Instant::now();
    opened
        .collector
        .capture_durable(
            "api-gateway",
            transaction(1, TRACE, "aaaaaaaaaaaaaaaa", None, 100.0),
        )
        .await
        .unwrap();
    let path = format!("/traces/{TRACE}");
    loop {
        let request = Request::get(&path).body(Body::empty()).unwrap();
        if send(&opened.viewer, request).await.0.status() == StatusCode::OK {
            break;
        }
        assert!(started.elapsed() < Duration::from_millis(300));
    }
    let child = transaction(2, TRACE, "bbbbbbbbbbbbbbbb", Some("aaaaaaaaaaaaaaaa-c"), 40.0);
    opened
        .collector
        .capture_durable("payment-service", child)
        .await
        .unwrap();
    opened
        .collector
        .capture_durable("payment-service", error_in(3, TRACE))
        .await
        .unwrap();
    let viewer = opened.viewer.clone();
    let mut summary = Value::Null;
    while summary["errors"] != 1 {
        summary = get(&viewer, "/traces?ok=false&service=payment-service").await["traces"]
            .get(0)
            .cloned()
            .unwrap_or_default();
        assert!(started.elapsed() < Duration::from_secs(5));
        tokio::task::yield_now().await;
    }
    assert_eq!(summary["name"], "slot-machine-spin");
    assert_eq!(summary["service"], "api-gateway");
    assert_eq!(summary["transactions"], 2);
    assert_eq!(summary["spans"], 4);
    // The error came after all spans.
    assert_eq!(summary["duration_us"], 100_000);
    assert_eq!(summary["measurements"]["stake"]["value"], 10.0);
    assert_eq!(summary["problems"], serde_json::json!(["slow-rng"]));
    assert_eq!(summary["services"][0]["own_us"], 100_000 - 49_000);
    assert_eq!(summary["services"][0]["waiting_us"], 49_000);
    let detail = get(&viewer, &path).await;
    assert_eq!(detail["spans"].as_array().unwrap().len(), 4);
    assert_eq!(detail["errors"][0]["frames"][0]["function"], "settle");
    let issues = get(&viewer, "/issues").await;
    assert_eq!(issues["issues"][0]["kind"], "PaymentTimeout");
    let id = issues["issues"][0]["issue_id"].as_str().unwrap();
    let issue = get(&viewer, &format!("/issues/{id}")).await;
    assert_eq!(issue["events"][0]["player"], "player-1");
    let points = get(&viewer, "/measurements?name=stake").await;
    assert_eq!(points["names"]["stake"], 2);
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn changes_are_streamed() {
    let opened = open();
    let request = Request::get("/events").body(Body::empty()).unwrap();
    let mut body = opened.viewer.clone().oneshot(request).await.unwrap().into_body();
    opened.collector.capture_nowait(
        "api-gateway",
        transaction(1, TRACE, "aaaaaaaaaaaaaaaa", None, 100.0),
    );
    let mut text = String::new();
    let read = async {
        while !(text.contains("event: trace") && text.contains("event: delivery")) {
            let frame = body.frame().await.unwrap().unwrap();
            text.push_str(&String::from_utf8_lossy(&frame.into_data().unwrap()));
        }
    };
    tokio::time::timeout(Duration::from_secs(5), read).await.unwrap();
    assert!(text.contains(TRACE));
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn odd_data_is_kept_and_given_a_word() {
    let opened = open();
    let spans = [
        serde_json::json!({ "trace_id": TRACE, "span_id": "1", "parent_span_id": "gone", "start_timestamp": 1_764_000_010, "timestamp": 1_764_000_009 }),
        serde_json::json!({ "trace_id": TRACE, "span_id": "2", "parent_span_id": "1", "start_timestamp": 1_764_000_005, "timestamp": 1_764_000_006 }),
        serde_json::json!({ "trace_id": TRACE, "start_timestamp": "yesterday", "op": [1], "data": 7 }),
        serde_json::json!({ "trace_id": TRACE, "span_id": "2", "start_timestamp": 1e300, "timestamp": -1e300, "tags": [["a", 1], 3] }),
    ];
    for span in spans {
        let envelope = format!("{{}}\n{{\"type\":\"span\"}}\n{span}\n");
        opened
            .collector
            .capture_durable("external", envelope.into_bytes())
            .await
            .unwrap();
    }
    let broken = b"{}\n{\"type\":\"span\"}\n[]\n{\"type\":\"log\"}\n{\"items\":[7,{\"body\":1}]}".to_vec();
    opened
        .collector
        .capture_durable("external", broken)
        .await
        .unwrap();
    let viewer = opened.viewer.clone();
    eventually("indexed", || opened.collector.indexed()).await;
    let mut oddities = String::new();
    let path = format!("/traces/{TRACE}");
    while !oddities.contains("repeated_span_id") {
        let request = Request::get(&path).body(Body::empty()).unwrap();
        let (_, detail) = send(&viewer, request).await;
        oddities = detail["summary"]["oddities"].to_string();
    }
    for word in [
        "negative_duration",
        "orphan",
        "clock_skew",
        "missing_time",
        "missing_span_id",
        "missing_root",
    ] {
        assert!(oddities.contains(word), "{word} in {oddities}");
    }
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn own_envelopes_that_are_none_are_counted() {
    let opened = open();
    opened
        .collector
        .capture_nowait("api-gateway", b"nonsense".to_vec());
    eventually("refused", || opened.collector.delivery().refused == 1).await;
    let delivery = get(&opened.viewer, "/delivery").await;
    assert_eq!(delivery["captured"], 0);
    assert_eq!(delivery["notices"][0]["code"], "envelope_refused");
    let (response, problem) = send(
        &opened.ingest,
        ingest(opened.collector.key(), b"{}\n{\"type\":3}\n".to_vec()),
    )
    .await;
    assert_eq!(
        (response.status(), problem["field"].as_str()),
        (StatusCode::BAD_REQUEST, Some("items[0]"))
    );
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn a_query_that_does_not_fit_is_a_problem() {
    let opened = open();
    for path in [
        "/traces?limit=x",
        "/traces?cursor=x",
        "/issues?limit=-1",
        "/measurements?since_us=x",
        "/envelopes?state=x",
    ] {
        let (response, problem) = send(&opened.viewer, Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(
            (response.status().as_u16(), problem["code"].as_str()),
            (422, Some("invalid_request")),
            "{path}"
        );
    }
    for path in [
        "/envelopes/x",
        "/envelopes/1",
        "/traces/x",
        "/issues/x",
        "/nowhere",
    ] {
        let (response, _) = send(&opened.viewer, Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn pages_of_traces_follow_each_other() {
    let opened = open();
    for n in 0..7 {
        let trace = format!("{:032x}", n + 1);
        opened
            .collector
            .capture_durable(
                "api-gateway",
                transaction(n, &trace, "aaaaaaaaaaaaaaaa", None, 1.0),
            )
            .await
            .unwrap();
    }
    while get(&opened.viewer, "/traces").await["traces"]
        .as_array()
        .unwrap()
        .len()
        < 7
    {
        tokio::task::yield_now().await;
    }
    let mut ids = Vec::new();
    let mut path = "/traces?limit=3&ok=true&player=player-1".to_owned();
    loop {
        let page = get(&opened.viewer, &path).await;
        ids.extend(
            page["traces"]
                .as_array()
                .unwrap()
                .iter()
                .map(|trace| trace["trace_id"].to_string()),
        );
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/traces?limit=3&ok=true&player=player-1&cursor={next}");
    }
    let mut different = ids.clone();
    different.sort();
    different.dedup();
    assert_eq!((ids.len(), different.len()), (7, 7));
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn a_trace_is_as_long_as_whoever_began_it_waited_and_the_minute_is_counted_beyond_the_page() {
    let opened = open();
    let (collector, viewer) = (&opened.collector, &opened.viewer);
    for n in 1..=5 {
        let trace = format!("{n:032x}");
        let begun = now_seconds() - if n <= 2 { 300 } else { 10 };
        let spin = transaction(n, &trace, "a", None, 100.0 * n as f64);
        collector
            .capture_durable("api-gateway", at(&spin, begun))
            .await
            .unwrap();
        // Work continues after the response.
        let settling = transaction(10 + n, &trace, "b", Some("a-c"), 6_000.0);
        let settling = at(&settling, begun);
        collector
            .capture_durable("payment-service", settling)
            .await
            .unwrap();
    }
    let listed = async |query: &str| {
        let page = get(viewer, &format!("/traces?{query}")).await;
        let last_minute = page["last_minute"].as_u64().unwrap();
        (page["traces"].as_array().unwrap().len(), last_minute)
    };
    assert_eq!(listed("limit=1").await, (1, 3));
    assert_eq!(listed("min_duration_ms=400").await, (2, 2));
    assert_eq!(listed("max_duration_ms=300").await, (3, 1));
    assert_eq!(listed("service=user-service").await, (0, 0));
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn whoever_sends_it_an_envelope_is_scrubbed_before_it_is_kept_while_that_is_on() {
    let opened = open();
    let letter = b"{}\n{\"type\":\"event\"}\n{\"message\":\"ask ann@mail.example\"}\n".to_vec();
    let kept = async |seq: u64| {
        let (_, bytes) = opened.collector.envelope(seq).await.unwrap().unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let scrubbed = "{}\n{\"type\":\"event\"}\n{\"message\":\"ask [Filtered]\",\"_meta\":{\"message\":{\"\":{\"len\":20,\"rem\":[[\"@email:filter\",\"s\",4,14]]}}}}\n";
    let (response, body) = send(&opened.ingest, ingest(opened.collector.key(), letter.clone())).await;
    assert_eq!(response.status(), StatusCode::OK, "{body}");
    opened
        .collector
        .capture_durable("api-gateway", letter.clone())
        .await
        .unwrap();
    assert_eq!(
        (kept(1).await, kept(2).await),
        (scrubbed.to_owned(), scrubbed.to_owned())
    );
    assert_eq!(get(&opened.viewer, "/delivery").await["scrubbing"], true);
    opened.collector.set_scrubbing(false);
    opened
        .collector
        .capture_durable("api-gateway", letter.clone())
        .await
        .unwrap();
    assert_eq!(kept(3).await.into_bytes(), letter);
    assert_eq!(get(&opened.viewer, "/delivery").await["scrubbing"], false);
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn envelopes_are_listed_page_by_page() {
    let opened = open();
    for n in 0..7 {
        opened
            .collector
            .capture_durable("api-gateway", error(n))
            .await
            .unwrap();
    }
    let page = async |query: &str| {
        let body = get(&opened.viewer, &format!("/envelopes?state=held&limit=3{query}")).await;
        let seqs: Vec<u64> = body["envelopes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["seq"].as_u64().unwrap())
            .collect();
        (seqs, body["next"].as_u64())
    };
    assert_eq!(page("").await, (vec![7, 6, 5], Some(5)));
    // Later arrivals do not move a page.
    opened
        .collector
        .capture_durable("api-gateway", error(8))
        .await
        .unwrap();
    assert_eq!(page("&before=5").await, (vec![4, 3, 2], Some(2)));
    assert_eq!(page("&before=2").await, (vec![1], None));
    assert_eq!(page("&before=4").await, (vec![3, 2, 1], None));
    assert_eq!(page("&before=0").await, (vec![], None));
    assert_eq!(
        page("&before=18446744073709551615").await,
        (vec![8, 7, 6], Some(6))
    );
    assert_eq!(
        get(&opened.viewer, "/envelopes?state=dead").await["envelopes"],
        serde_json::json!([])
    );
    let bad = Request::get("/envelopes?before=-1").body(Body::empty()).unwrap();
    let (response, body) = send(&opened.viewer, bad).await;
    assert_eq!(
        (response.status(), body["field"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("before"))
    );
    opened.collector.shutdown().await;
}

/// An error of now and of `release`, in the same request and of the same kind as all of [`error`].
fn error_of(n: usize, release: &str) -> Vec<u8> {
    at(&of_release(error(n), release), now_seconds())
}

fn of_release(envelope: Vec<u8>, release: &str) -> Vec<u8> {
    let text = String::from_utf8(envelope).unwrap();
    text.replace("\"release\":\"1.0.0\"", &format!("\"release\":\"{release}\""))
        .into_bytes()
}

/// Moves an envelope in time, so that the second for which all of them are made is `seconds` since the Unix epoch.
fn at(envelope: &[u8], seconds: u64) -> Vec<u8> {
    let text = std::str::from_utf8(envelope).unwrap();
    text.replace("1764000000.", &format!("{seconds}.")).into_bytes()
}

/// The next second since the epoch: what is made for it has not begun yet.
fn now_seconds() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.unwrap().as_secs() + 1
}

async fn only_issue(viewer: &Router) -> Value {
    let list = get(viewer, "/issues").await;
    assert_eq!(list["issues"].as_array().unwrap().len(), 1);
    list["issues"][0].clone()
}

async fn decide(viewer: &Router, id: &str, status: &str) -> (Response<()>, Value) {
    let request = Request::post(format!("/issues/{id}"))
        .header("content-type", "application/json")
        .body(Body::from(format!("{{\"status\":\"{status}\"}}")))
        .unwrap();
    send(viewer, request).await
}

#[tokio::test]
async fn a_resolved_issue_that_comes_back_has_regressed_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let open = || Collector::open(dir.path(), options()).unwrap().0;
    let collector = open();
    let viewer = viewer_router(collector.clone());
    for (n, release) in [(1, "1.9.0"), (2, "1.10.0")] {
        collector
            .capture_durable("payments", error_of(n, release))
            .await
            .unwrap();
    }
    let issue = only_issue(&viewer).await;
    assert_eq!(issue["status"], "unresolved");
    assert_eq!(issue["releases"], serde_json::json!(["1.9.0", "1.10.0"]));
    let id = issue["issue_id"].as_str().unwrap().to_owned();

    let (response, resolved) = decide(&viewer, &id, "resolved").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        (&resolved["status"], &resolved["resolved_in"]),
        (&"resolved".into(), &"1.10.0".into())
    );
    assert_eq!(
        decide(&viewer, &id, "regressed").await.0.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        decide(&viewer, "0000000000000000", "resolved").await.0.status(),
        StatusCode::NOT_FOUND
    );
    collector.shutdown().await;

    // Its old events are indexed again and reopen nothing.
    let collector = open();
    let viewer = viewer_router(collector.clone());
    eventually("the log to be indexed", || collector.indexed()).await;
    assert_eq!(only_issue(&viewer).await["status"], "resolved");
    collector
        .capture_durable("payments", error_of(3, "1.11.0"))
        .await
        .unwrap();
    let back = only_issue(&viewer).await;
    assert_eq!(
        (&back["status"], &back["regressed_in"]),
        (&"regressed".into(), &"1.11.0".into())
    );
    collector
        .capture_durable("payments", error_of(4, "1.12.0"))
        .await
        .unwrap();
    assert_eq!(
        only_issue(&viewer).await["regressed_in"],
        "1.11.0",
        "the first one brought it back"
    );
    collector.shutdown().await;

    let collector = open();
    let viewer = viewer_router(collector.clone());
    eventually("the log to be indexed", || collector.indexed()).await;
    assert_eq!(only_issue(&viewer).await["status"], "regressed");
    decide(&viewer, &id, "unresolved").await;
    let reopened = get(&viewer, &format!("/issues/{id}")).await;
    assert_eq!(reopened["summary"]["status"], "unresolved");
    assert_eq!(reopened["times_us"].as_array().unwrap().len(), 4);
    collector.shutdown().await;
}

/// A collector with one issue, seen in 1.1.0, that was resolved while its service ran `in_force`.
async fn resolved(in_force: &str) -> (Opened, Value) {
    let opened = open();
    let first = at(&of_release(error(1), "1.1.0"), now_seconds() - 120);
    opened.collector.capture_durable("payments", first).await.unwrap();
    let spin = transaction(2, TRACE, "a", None, 5.0);
    let spin = at(&of_release(spin, in_force), now_seconds() - 60);
    opened.collector.capture_durable("payments", spin).await.unwrap();
    // The release of another service does not matter.
    let other = transaction(3, TRACE, "b", Some("a-c"), 5.0);
    let other = at(&of_release(other, "7.0.0"), now_seconds() - 30);
    opened.collector.capture_durable("users", other).await.unwrap();
    let id = only_issue(&opened.viewer).await["issue_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let (_, resolved) = decide(&opened.viewer, &id, "resolved").await;
    (opened, resolved)
}

#[tokio::test]
async fn an_issue_is_resolved_in_the_release_that_is_in_force_and_comes_back_in_a_later_one() {
    let (opened, issue) = resolved("1.2.0").await;
    assert_eq!(issue["resolved_in"], "1.2.0");
    let meet = async |n: usize, release: &str| {
        opened
            .collector
            .capture_durable("payments", error_of(n, release))
            .await
            .unwrap();
        let issue = only_issue(&opened.viewer).await;
        let text = |name: &str| issue[name].as_str().unwrap_or_default().to_owned();
        (text("status"), text("reopened_in"), text("regressed_in"))
    };
    let said = |status: &str, reopened_in: &str, regressed_in: &str| {
        (status.to_owned(), reopened_in.to_owned(), regressed_in.to_owned())
    };
    // It is not reported as a regression, and the first release that shows it stays.
    assert_eq!(meet(11, "1.2.0").await, said("reopened", "1.2.0", ""));
    assert_eq!(meet(12, "1.1.0").await, said("reopened", "1.2.0", ""));
    assert_eq!(meet(13, "1.3.0").await, said("regressed", "", "1.3.0"));
    assert_eq!(meet(14, "1.2.0").await, said("regressed", "", "1.3.0"));
    opened.collector.shutdown().await;
    // In an older release than the one it was seen in, the newer of both counts.
    let (opened, issue) = resolved("1.0.0").await;
    assert_eq!(issue["resolved_in"], "1.1.0");
    opened
        .collector
        .capture_durable("payments", error_of(11, "nightly"))
        .await
        .unwrap();
    let issue = only_issue(&opened.viewer).await;
    assert_eq!(
        (&issue["status"], &issue["reopened_in"]),
        (&"reopened".into(), &"nightly".into())
    );
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn what_began_before_an_issue_was_resolved_does_not_open_it_again() {
    let (opened, _) = resolved("1.2.0").await;
    let (collector, viewer) = (&opened.collector, &opened.viewer);
    let trace = format!("{:032x}", 77);
    // A request under way: one of its services answered before the issue was resolved, another failed after it.
    let began = at(&transaction(20, &trace, "a", None, 5.0), now_seconds() - 5);
    collector.capture_durable("users", began).await.unwrap();
    let failed = at(&of_release(error_in(21, &trace), "1.3.0"), now_seconds());
    collector.capture_durable("payments", failed).await.unwrap();
    assert_eq!(only_issue(viewer).await["status"], "resolved");
    // The SDK was offline.
    let late = at(&of_release(error(22), "1.3.0"), now_seconds() - 600);
    collector.capture_durable("payments", late).await.unwrap();
    assert_eq!(only_issue(viewer).await["status"], "resolved");
    // The same after a restart, when the newest envelopes are read first.
    collector.shutdown().await;
    let collector = Collector::open(opened.dir.path(), options()).unwrap().0;
    let viewer = &viewer_router(collector.clone());
    eventually("the log to be indexed", || collector.indexed()).await;
    assert_eq!(only_issue(viewer).await["status"], "resolved");
    // A page that has been open for long is no request under way.
    let trace = format!("{:032x}", 78);
    let page = at(&transaction(23, &trace, "a", None, 5.0), now_seconds() - 3_600);
    collector.capture_durable("frontend", page).await.unwrap();
    let failed = at(&of_release(error_in(24, &trace), "1.3.0"), now_seconds());
    collector.capture_durable("payments", failed).await.unwrap();
    assert_eq!(only_issue(viewer).await["regressed_in"], "1.3.0");
    collector.shutdown().await;
}

#[tokio::test]
async fn the_share_of_an_issue_is_of_the_requests_it_befalls() {
    let opened = open();
    for n in 1..=10 {
        let text = String::from_utf8(transaction(
            n,
            &format!("{n:032x}"),
            "00f067aa0ba902b7",
            None,
            5.0,
        ))
        .unwrap();
        let settle = text.replace(
            "\"transaction\":\"slot-machine-spin\"",
            "\"transaction\":\"POST /spin\"",
        );
        opened
            .collector
            .capture_durable("payments", settle.into_bytes())
            .await
            .unwrap();
    }
    // A request that is retried and fails again counts as one failure.
    for n in [11, 12] {
        opened
            .collector
            .capture_durable("payments", error_in(n, &format!("{:032x}", 3)))
            .await
            .unwrap();
    }
    let expected = serde_json::json!({
        "service": "payments", "transaction": "POST /spin", "failed": 1, "requests": 10, "estimated": false,
    });
    let issue = only_issue(&opened.viewer).await;
    assert_eq!((&issue["share"], &issue["events"]), (&expected, &2.into()));
    opened.collector.shutdown().await;
}

/// The envelope with this sample rate in its trace header.
fn sampled(envelope: Vec<u8>, trace: &str, sample_rate: &str) -> Vec<u8> {
    let text = String::from_utf8(envelope).unwrap();
    let (_, rest) = text.split_once('\n').unwrap();
    format!("{{\"trace\":{{\"trace_id\":\"{trace}\",\"sample_rate\":{sample_rate}}}}}\n{rest}").into_bytes()
}

#[tokio::test]
async fn the_share_of_an_issue_is_estimated_while_transactions_are_sampled_and_errors_are_not() {
    let opened = open();
    let (viewer, collector) = (&opened.viewer, &opened.collector);
    let share = async || {
        let share = only_issue(viewer).await["share"].clone();
        (
            share["failed"].clone(),
            share["requests"].clone(),
            share["estimated"].clone(),
        )
    };
    // Twenty requests, of which one in ten is recorded, and two fail: the first is recorded, the second is not.
    for n in 1..=2 {
        let trace = format!("{n:032x}");
        let request = String::from_utf8(transaction(n, &trace, "a", None, 5.0)).unwrap();
        let request = request.replace("slot-machine-spin", "POST /spin").into_bytes();
        collector
            .capture_durable("payments", sampled(request, &trace, "\"0.1\""))
            .await
            .unwrap();
    }
    for n in 2..=3 {
        let trace = format!("{n:032x}");
        collector
            .capture_durable("payments", sampled(error_in(n, &trace), &trace, "0.1"))
            .await
            .unwrap();
    }
    assert_eq!(share().await, (2.into(), 20.into(), true.into()));
    // Where nothing is recorded, there are no requests to take a share of.
    for n in 4..=40 {
        let trace = format!("{n:032x}");
        collector
            .capture_durable("payments", sampled(error_in(n, &trace), &trace, "\"0\""))
            .await
            .unwrap();
    }
    assert_eq!(share().await, (2.into(), 20.into(), true.into()));
    // More failures than known requests, because the heads do not tell their sample rate: never more than all.
    for n in 41..=70 {
        collector
            .capture_durable("payments", error_in(n, &format!("{n:032x}")))
            .await
            .unwrap();
    }
    assert_eq!(share().await, (32.into(), 32.into(), true.into()));
    // An invalid sample rate is no reason to refuse an envelope.
    for (n, rate) in ["\"often\"", "[1e999]", "-1", "null", "1e999"]
        .into_iter()
        .enumerate()
    {
        let trace = format!("{:032x}", 100 + n);
        collector
            .capture_durable("payments", sampled(error_in(100 + n, &trace), &trace, rate))
            .await
            .unwrap();
    }
    assert_eq!(share().await.0, 37);
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn the_map_shows_who_calls_whom() {
    let opened = open();
    opened
        .collector
        .capture_durable("gateway", transaction(1, TRACE, "a", None, 10.0))
        .await
        .unwrap();
    opened
        .collector
        .capture_durable("payments", transaction(2, TRACE, "b", Some("a-c"), 4.0))
        .await
        .unwrap();
    let map = get(&opened.viewer, "/map").await;
    assert_eq!(
        (&map["traces"], &map["nodes"][0]["id"]),
        (&1.into(), &"gateway".into())
    );
    assert_eq!(map["nodes"][1]["traffic"]["p95_us"], 4_000);
    // The list, the trace and the map tell the same critical path.
    let path = serde_json::json!([{ "actor": "gateway", "time_us": 7_000 }, { "actor": "payments", "time_us": 3_000 }]);
    let line = &get(&opened.viewer, "/traces").await["traces"][0];
    assert_eq!(line["critical_path"], path);
    let detail = get(&opened.viewer, &format!("/traces/{TRACE}")).await;
    assert_eq!(detail["summary"]["critical_path"], path);
    let of_nodes = |place: usize| &map["nodes"][place]["path_us"];
    assert_eq!((of_nodes(0), of_nodes(1)), (&7_000.into(), &3_000.into()));
    assert_eq!(
        (&map["path_traces"], &map["path_us"]),
        (&1.into(), &10_000.into())
    );
    let edge = &map["edges"][0];
    assert_eq!(
        (&edge["from"], &edge["to"], &edge["traffic"]["calls"]),
        (&"gateway".into(), &"payments".into(), &1.into())
    );
    assert_eq!(get(&opened.viewer, "/map?traces=1").await["edges"], map["edges"]);
    opened.collector.shutdown().await;
}
