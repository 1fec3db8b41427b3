//! How the routes for SDKs receive and refuse, over TCP where the order of bytes matters.
#![allow(clippy::unwrap_used)]

#[path = "support/door.rs"]
mod door;
mod support;

use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use door::{gzip, open, open_within, send};
use http::{Request, StatusCode};
use reelscope_collector::BodyLimits;
use serde_json::json;
use support::{balanced, error, event_id, eventually};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const MIB: usize = 1024 * 1024;

/// Writes a whole request and only then reads the response, as a client that takes a broken pipe for a lost
/// network. Returns the status and the rest of the response.
async fn exchange(addr: SocketAddr, head: &str, body: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let head = format!(
        "POST {head}\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer)
}

#[tokio::test]
async fn a_refusal_reaches_who_sends_first_and_reads_then() {
    let opened = open();
    let addr = opened.listen().await;
    let auth = format!("x-sentry-auth: {}", opened.auth());
    let large = vec![b'x'; 45 * MIB];
    let envelope = [b"{}\n{\"type\":\"attachment\"}\n".as_slice(), &large].concat();
    let check = async |head: String, body: &[u8], status: u16, code: &str| {
        let (found, answer) = exchange(addr, &head, body).await;
        assert_eq!(found, status, "{head}: {answer}");
        assert!(
            answer.contains(code) && answer.contains("x-sentry-error: "),
            "{answer}"
        );
    };
    let door = "/api/1/envelope/ HTTP/1.1\r\n";
    check(format!("{door}{auth}"), &envelope, 413, "payload_too_large").await;
    check(
        format!("{door}x-sentry-auth: Sentry sentry_key=other"),
        &envelope,
        403,
        "dsn_rejected",
    )
    .await;
    check(format!("{door}accept: */*"), &envelope, 401, "dsn_required").await;
    check(
        format!("{door}{auth}\r\ncontent-encoding: compress"),
        &envelope,
        415,
        "unsupported_media_type",
    )
    .await;
    check(
        format!("{door}{auth}\r\ncontent-encoding: gzip"),
        &envelope,
        400,
        "envelope_malformed",
    )
    .await;
    check(
        format!("{door}{auth}"),
        &large[..10 * MIB],
        413,
        "payload_too_large",
    )
    .await;
    check(
        format!("/api/1/minidump/ HTTP/1.1\r\n{auth}"),
        &envelope,
        404,
        "not_found",
    )
    .await;
    check(
        format!("/api/2/envelope/ HTTP/1.1\r\n{auth}"),
        &envelope,
        403,
        "dsn_rejected",
    )
    .await;
    let delivery = opened.get("/delivery").await;
    assert_eq!(delivery["refused"], 8);
    assert_eq!(
        delivery["refused_by_code"],
        json!({ "payload_too_large": 2, "dsn_rejected": 2, "dsn_required": 1, "unsupported_media_type": 1,
            "envelope_malformed": 1, "not_found": 1 })
    );
    // A client that sends `Expect` is answered before it sends.
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let head = format!(
        "POST {door}host: x\r\nexpect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        99 * MIB
    );
    let head = head.replace(
        "HTTP/1.1\r\n",
        "HTTP/1.1\r\nx-sentry-auth: Sentry sentry_key=other\r\n",
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(Duration::from_secs(20), stream.read_to_string(&mut answer))
        .await
        .unwrap()
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn draining_ends() {
    let opened = open_within(BodyLimits {
        silence: Duration::from_millis(20),
        drained_bytes: MIB,
        ..BodyLimits::standard()
    });
    let addr = opened.listen().await;
    // The client declares more bytes and stays silent.
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let head = "POST /api/1/nowhere HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhello";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 12];
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_exact(&mut answer));
    read.await.unwrap().unwrap();
    assert_eq!(answer, b"HTTP/1.1 404");
    // The body never ends.
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let head = "POST /api/1/nowhere HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = [b"10000\r\n".as_slice(), &[b'x'; 0x10000], b"\r\n"].concat();
    let endless = async { while stream.write_all(&chunk).await.is_ok() {} };
    tokio::time::timeout(Duration::from_secs(20), endless)
        .await
        .unwrap();
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn a_key_is_looked_at_before_the_body() {
    let opened = open();
    let addr = opened.listen().await;
    let key = opened.collector.key().to_owned();
    // Only the header line arrives: the response comes although the rest does not, and reading stops after the
    // silence.
    let brief = open_within(BodyLimits {
        silence: Duration::from_millis(20),
        ..BodyLimits::standard()
    });
    let brief_addr = brief.listen().await;
    let check = async |addr, line: &str, status: &str| {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        let head = "POST /api/1/envelope/ HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n";
        stream
            .write_all(format!("{head}{line}\n").as_bytes())
            .await
            .unwrap();
        let mut answer = vec![0; 12];
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read_exact(&mut answer));
        read.await.unwrap().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&answer),
            format!("HTTP/1.1 {status}"),
            "{line}"
        );
    };
    check(brief_addr, "{\"dsn\":\"http://other@h/1\"}", "403").await;
    check(brief_addr, "{}", "401").await;
    let own = format!("{{\"dsn\":\"http://{}:secret@h/1\"}}", brief.collector.key());
    check(brief_addr, &own, "408").await;
    let delivery = brief.get("/delivery").await;
    assert_eq!(delivery["refusals"][0]["code"], "deadline_exceeded");
    let whole = format!("{{\"dsn\":\"http://{key}@h/1\"}}\n");
    let (status, _) = exchange(addr, "/api/1/envelope/ HTTP/1.1", whole.as_bytes()).await;
    assert_eq!(status, 200);
    opened.collector.shutdown().await;
    brief.collector.shutdown().await;
}

#[tokio::test]
async fn slow_senders_do_not_shut_out_others() {
    let opened = open_within(BodyLimits {
        room_bytes: 4 * MIB,
        grace: Duration::ZERO,
        ..BodyLimits::standard()
    });
    let addr = opened.listen().await;
    let mut slow = Vec::new();
    for _ in 0..8 {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        let head = format!(
            "POST /api/1/envelope/ HTTP/1.1\r\nhost: x\r\nx-sentry-auth: {}\r\ncontent-length: {}\r\n\r\n{{}}\n",
            opened.auth(),
            30 * MIB
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&vec![b'x'; 3 * MIB / 2]).await.unwrap();
        slow.push(stream);
    }
    let evicted = || {
        opened
            .collector
            .delivery()
            .refused_by_code
            .get("service_unavailable")
            .copied()
    };
    eventually("made way", || evicted() >= Some(5)).await;
    for n in 0..20 {
        let large = format!("{{\"type\":\"attachment\"}}\n{}\n", "x".repeat(2 * MIB));
        let body = [error(n), large.into_bytes()].concat();
        let head = format!("/api/1/envelope/ HTTP/1.1\r\nx-sentry-auth: {}", opened.auth());
        assert_eq!(exchange(addr, &head, &body).await.0, 200);
    }
    // Our own envelopes have an additional budget.
    let own = format!("{{\"dsn\":\"http://{}@h/1\"}}\n", opened.collector.key());
    let request = Request::post("/envelope").body(Body::from(own)).unwrap();
    assert_eq!(send(&opened.viewer, request).await.0.status(), StatusCode::OK);
    drop(slow);
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn a_coding_is_undone_however_it_is_written() {
    let opened = open();
    let plain = error(1);
    for (coding, body) in [
        ("", plain.clone()),
        ("UTF-8", plain.clone()),
        ("identity", plain.clone()),
        ("GZIP", gzip(&plain)),
        ("x-gzip", gzip(&plain)),
        ("gzip, identity", gzip(&plain)),
        ("gzip, gzip", gzip(&gzip(&plain))),
    ] {
        let mut request = opened.post("/api/1/envelope/", body);
        request
            .headers_mut()
            .insert("content-encoding", coding.parse().unwrap());
        let (response, body) = send(&opened.ingest, request).await;
        assert_eq!(response.status(), StatusCode::OK, "{coding}: {body}");
    }
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn a_path_is_read_with_any_slashes_and_others_say_what_they_are_not() {
    let opened = open();
    for path in ["/api/1/envelope", "/api/1/envelope/", "//api/1//envelope//"] {
        opened.taken(path, error(1)).await;
    }
    let check = async |method: &str, path: &str, status: u16, word: &str| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::from("x"))
            .unwrap();
        let (response, problem) = send(&opened.ingest, request).await;
        let detail = problem["detail"].as_str().unwrap();
        assert_eq!(response.status().as_u16(), status, "{path}: {detail}");
        assert!(detail.contains(word), "{path}: {detail}");
        assert!(response.headers().contains_key("x-sentry-error"));
    };
    check("POST", "/api/1/minidump/", 404, "Minidumps").await;
    check("POST", "/api/1/unreal/abc/", 404, "Unreal").await;
    check("POST", "/api/1/security/?sentry_key=x", 404, "Security reports").await;
    check("GET", "/api/1/cron/nightly/abc/", 404, "cron").await;
    check("POST", "/api/1/events/abc/attachments/", 404, "Attachments").await;
    check("POST", "/api/1/integration/otlp/v1/traces", 404, "OTLP").await;
    check("GET", "/api/0/projects/", 404, "web API").await;
    check("POST", "/api/1/from-tomorrow/", 404, "/api/1/envelope/").await;
    check("POST", "/elsewhere", 404, "/api/1/store/").await;
    // A visit with a browser is answered; nothing is lost.
    check("GET", "/favicon.ico", 404, "/api/1/envelope/").await;
    check("GET", "/api/1/envelope/", 405, "POST").await;
    check("GET", "/api/1/store/?sentry_data=x", 405, "POST").await;
    // Ten sentences of eleven, the newest first, and no key.
    let request = Request::post("/api/1/envelope/?sentry_key=fedcba9876543210fedcba9876543210")
        .header("user-agent", "old/1 fedcba9876543210fedcba9876543210")
        .body(Body::from("{}"))
        .unwrap();
    send(&opened.ingest, request).await;
    let delivery = opened.get("/delivery").await;
    let refusals = delivery["refusals"].as_array().unwrap();
    assert_eq!((refusals.len(), &refusals[0]["client"]), (10, &json!("old/1 …")));
    assert!(!delivery.to_string().contains("fedcba98"), "{delivery}");
    assert_eq!(delivery["refused_by_code"]["not_found"], 9);
    balanced(&opened.collector, opened.dir.path());
    opened.collector.shutdown().await;
}

#[tokio::test]
async fn old_sdks_post_events_to_the_store() {
    use base64::Engine;
    let opened = open();
    let event = |n: usize| {
        json!({ "exception": [{ "type": "OldError", "value": format!("{n}") }], "timestamp": 1_764_000_000 })
            .to_string()
    };
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    zlib.write_all(event(3).as_bytes()).unwrap();
    let base64 = base64::engine::general_purpose::STANDARD.encode(zlib.finish().unwrap());
    for (path, body) in [
        ("/api/1/store/", event(1)),
        ("/api/1/store", event(2)),
        ("/api/1/store/", base64),
        ("/api/store/", event(4)),
    ] {
        let answer = opened.taken(path, body).await;
        assert_eq!(answer["id"].as_str().map(str::len), Some(32), "{answer}");
    }
    let mut packed = opened.post("/api/1/store/", gzip(event(5).as_bytes()));
    packed
        .headers_mut()
        .insert("content-encoding", "gzip".parse().unwrap());
    assert_eq!(send(&opened.ingest, packed).await.0.status(), StatusCode::OK);
    let id = "9ec79c33ec9942ab8353589fcb2e04dc";
    let with_id = json!({ "event_id": id, "exception": { "values": [{ "type": "OldError" }] } }).to_string();
    assert_eq!(opened.taken("/api/1/store/", with_id).await["id"], id);
    let mut envelope = opened.post("/api/1/store/", error(7));
    envelope
        .headers_mut()
        .insert("content-type", "application/x-sentry-envelope".parse().unwrap());
    assert_eq!(send(&opened.ingest, envelope).await.1["id"], event_id(7));
    let issues = opened.get("/issues").await;
    let events: u64 = issues["issues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| issue["events"].as_u64().unwrap())
        .sum();
    assert_eq!(events, 7, "{issues}");
    let keyless = Request::post("/api/1/store/").body(Body::from(event(6))).unwrap();
    assert_eq!(
        send(&opened.ingest, keyless).await.0.status(),
        StatusCode::UNAUTHORIZED
    );
    opened.collector.shutdown().await;
}
