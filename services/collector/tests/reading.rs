//! Irregular input is read leniently and is visible: an unusual header, half an emoji, a broken element of a batch.
#![allow(clippy::unwrap_used)]

#[path = "support/door.rs"]
mod door;
mod support;

use axum::body::Body;
use door::{Opened, open, send};
use http::Request;
use serde_json::{Value, json};
use support::{TRACE, error, error_in, event_id, eventually, transaction};

#[tokio::test]
async fn an_odd_header_costs_only_itself() {
    let opened = open();
    let id = event_id(1);
    for head in [
        format!("{{\"event_id\":\"{id}\",\"event_id\":\"{id}\",\"sent_at\":\"a\",\"sent_at\":7}}"),
        "{\"event_id\":null,\"trace\":null,\"sdk\":null,\"dsn\":null}".to_owned(),
        "{\"event_id\":\"\",\"dsn\":\"\"}".to_owned(),
        "{\"event_id\":[1],\"trace\":\"x\",\"sdk\":\"x/1\"}".to_owned(),
        "{\"trace\":{\"trace_id\":5,\"sample_rate\":{}},\"sdk\":{\"name\":\"x\",\"version\":8}}".to_owned(),
        "{\"sdk\":{\"name\":\"half \\ud83d\"},\"retries\":1e999}".to_owned(),
    ] {
        let body = format!("{head}\n{{\"type\":\"event\",\"content_type\":7}}\n{{\"event_id\":\"{id}\"}}\n");
        opened.taken("/api/1/envelope/", body).await;
    }
    for (body, field) in [
        ("{}\n{\"type\":7}\n{}", "items[0]"),
        ("{}\n{\"type\":\"event\",\"length\":\"2\"}\n{}", "items[0]"),
        ("{\"trace\":\n{}", "header"),
    ] {
        let (response, problem) = send(&opened.ingest, opened.post("/api/1/envelope/", body)).await;
        assert_eq!(
            (response.status().as_u16(), problem["field"].as_str()),
            (400, Some(field)),
            "{problem}"
        );
    }
    opened.collector.shutdown().await;
}

fn batch(kind: &str, elements: &[String]) -> Vec<u8> {
    let payload = format!("{{\"items\":[{}]}}", elements.join(","));
    let head = json!({ "type": kind, "item_count": elements.len(), "length": payload.len(),
        "content_type": format!("application/vnd.sentry.items.{kind}+json") });
    format!("{{}}\n{head}\n{payload}\n").into_bytes()
}

/// Returns a trace once it is indexed.
async fn trace(opened: &Opened, is_whole: impl Fn(&Value) -> bool) -> Value {
    let mut detail = Value::Null;
    for _ in 0..2_000 {
        let request = Request::get(format!("/traces/{TRACE}"))
            .body(Body::empty())
            .unwrap();
        detail = send(&opened.viewer, request).await.1;
        if is_whole(&detail) {
            return detail;
        }
        tokio::task::yield_now().await;
    }
    panic!("never whole: {detail:#}");
}

#[tokio::test]
async fn one_broken_element_of_a_batch_loses_itself_only() {
    let opened = open();
    let log = |body: &str| {
        format!("{{\"timestamp\":1764000000.5,\"trace_id\":\"{TRACE}\",\"level\":\"info\",\"body\":{body}}}")
    };
    let mut logs: Vec<String> = (0..40).map(|n| log(&format!("\"line {n}\""))).collect();
    logs[7] = log("\"cut \\ud83d\"");
    logs[8] = log("1e999");
    logs[9] = log("\"a\" \"b\"");
    logs[10] = "oops".to_owned();
    opened.taken("/api/1/envelope/", batch("log", &logs)).await;
    let mut bytes = batch(
        "span",
        &[
            format!(
                "{{\"trace_id\":\"{TRACE}\",\"span_id\":\"aaaaaaaaaaaaaaaa\",\"name\":\"fine\",\"start_timestamp\":1764000000,\"end_timestamp\":1764000001}}"
            ),
            format!(
                "{{\"trace_id\":\"{TRACE}\",\"span_id\":\"bbbbbbbbbbbbbbbb\",\"name\":\"cut #\",\"start_timestamp\":1764000000,\"end_timestamp\":1764000001}}"
            ),
        ],
    );
    let hash = bytes.iter().rposition(|byte| *byte == b'#').unwrap();
    bytes[hash] = 0xff;
    opened.taken("/api/1/envelope/", bytes).await;
    let detail = trace(&opened, |detail| {
        detail["logs"].as_array().is_some_and(|logs| logs.len() == 39)
            && detail["spans"].as_array().is_some_and(|spans| spans.len() == 2)
    })
    .await;
    let messages: Vec<&str> = detail["logs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|log| log["message"].as_str().unwrap())
        .collect();
    assert!(
        messages.contains(&"line 39") && messages.contains(&"cut \u{fffd}") && messages.contains(&"1e999")
    );
    assert!(
        messages.contains(&"a (unreadable: a comma is missing)"),
        "{messages:?}"
    );
    assert!(
        detail["summary"]["oddities"]
            .to_string()
            .contains("unreadable_item")
    );
    assert!(detail["spans"].to_string().contains("cut \u{fffd}"));
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn an_event_and_a_trace_with_half_an_emoji_are_seen() {
    let opened = open();
    let text = String::from_utf8(error(1))
        .unwrap()
        .replace("no answer", "no \\ud83d answer");
    opened.taken("/api/1/envelope/", text).await;
    let text = support::transaction(2, TRACE, "aaaaaaaaaaaaaaaa", None, 100.0);
    let text = String::from_utf8(text).unwrap();
    let text = text
        .replace("POST /v1/settle", "cut \\udc00")
        // In data, which is read as raw JSON first.
        .replace(
            r#""span_id":"aaaaaaaaaaaaaaaa""#,
            r#""span_id":"aaaaaaaaaaaaaaaa","data":{"title":"half \ud83d","url.full":"x","n":1e400}"#,
        )
        .replace("10.0", "1e400");
    assert!(text.contains("half"));
    opened.taken("/api/1/envelope/", text).await;
    let issues = opened.get("/issues").await;
    assert_eq!(issues["issues"][0]["value"], "no \u{fffd} answer after 1 ms");
    let detail = trace(&opened, |detail| {
        detail["spans"].as_array().is_some_and(|spans| spans.len() == 2)
    })
    .await;
    assert!(detail["spans"].to_string().contains("cut \u{fffd}"));
    let shown = opened.get("/envelopes/1").await;
    assert!(
        shown["items"][0]["json"]["exception"]
            .to_string()
            .contains("no \u{fffd} answer")
    );
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn what_is_on_no_page_is_found_in_the_list_of_envelopes_with_a_word_why() {
    let opened = open();
    let log = "{}\n{\"type\":\"log\"}\n{\"items\":[{\"body\":\"nowhere\"}]}\n";
    opened.taken("/api/1/envelope/", log.to_owned()).await;
    opened
        .taken("/api/1/envelope/", String::from_utf8(error(1)).unwrap())
        .await;
    let odd = async |seq: u64| opened.get(&format!("/envelopes/{seq}")).await["oddities"].clone();
    assert_eq!(
        (odd(1).await, odd(2).await),
        (serde_json::json!(["log_without_trace"]), serde_json::json!([]))
    );
    let listed = opened.get("/envelopes?item_type=log").await;
    let seqs: Vec<_> = listed["envelopes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["seq"])
        .collect();
    assert_eq!(seqs, [&serde_json::json!(1)]);
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn a_broken_exception_says_so_and_the_rest_of_its_event_is_seen() {
    let opened = open();
    let text = String::from_utf8(error(1)).unwrap();
    let text = text.replace("\"value\":\"no answer", "\"value\":\"no \"answer\"");
    opened.taken("/api/1/envelope/", text).await;
    let issues = opened.get("/issues").await;
    let value = issues["issues"][0]["value"].as_str().unwrap();
    assert!(value.contains("unreadable: "), "{issues}");
    let id = issues["issues"][0]["issue_id"].as_str().unwrap();
    let issue = opened.get(&format!("/issues/{id}")).await;
    assert_eq!(issue["events"][0]["player"], "player-1");
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn what_nothing_can_be_read_of_is_refused() {
    let opened = open();
    for (kind, payload) in [
        ("log", "[]"),
        ("span", "{\"items\":[{]}"),
        ("trace_metric", "hello"),
        ("event", "[]"),
    ] {
        let body = format!("{{}}\n{{\"type\":\"{kind}\"}}\n{payload}\n");
        let (response, problem) = send(&opened.ingest, opened.post("/api/1/envelope/", body)).await;
        assert_eq!(
            (response.status().as_u16(), problem["field"].as_str()),
            (400, Some("items[0].payload")),
            "{kind}: {problem}"
        );
    }
    // A broken element beside a whole one.
    let body = format!(
        "{}{{\"type\":\"log\"}}\n[}}\n",
        String::from_utf8(error(1)).unwrap()
    );
    opened.taken("/api/1/envelope/", body).await;
    eventually("counted", || opened.collector.delivery().refused == 4).await;
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn what_our_own_programs_send_is_seen_everywhere_however_large_it_is() {
    let opened = open();
    // Events above 1 MiB are refused.
    let large = |envelope: Vec<u8>| {
        let text = String::from_utf8(envelope).unwrap();
        let padding = format!("{{\"extra\":{{\"note\":\"{}\"}},", "x".repeat(2 << 20));
        let (head, event) = text.trim_end().rsplit_once('\n').unwrap();
        format!("{head}\n{}\n", event.replacen('{', &padding, 1)).into_bytes()
    };
    let spin = transaction(1, TRACE, "00f067aa0ba902b7", None, 5.0);
    opened.collector.capture_nowait("api-gateway", large(spin));
    opened
        .collector
        .capture_nowait("api-gateway", large(error_in(2, TRACE)));
    eventually("indexed", || {
        opened.collector.captured_so_far() == 2 && opened.collector.caught_up()
    })
    .await;
    let detail = opened.get(&format!("/traces/{TRACE}")).await;
    let count = |list: &str| detail[list].as_array().map(Vec::len);
    assert_eq!((count("spans"), count("errors")), (Some(2), Some(1)), "{detail}");
    assert_eq!(detail["summary"]["oddities"], json!([]));
    let issues = opened.get("/issues").await;
    let id = issues["issues"][0]["issue_id"].as_str().unwrap();
    let issue = opened.get(&format!("/issues/{id}")).await;
    assert_eq!(issue["events"].as_array().map(Vec::len), Some(1));
    let map = opened.get("/map").await;
    assert_ne!(map["nodes"], json!([]), "{map}");
    for seq in [1, 2] {
        let envelope = opened.get(&format!("/envelopes/{seq}")).await;
        assert!(envelope["items"][0]["bytes"].as_u64() > Some(2 << 20), "{seq}");
    }
    opened.collector.shutdown().await;
}
