//! Passes scrubbed events to Sentry's own normaliser: it finds nothing wrong, and keeps the remarks.
//!
//! The test needs a Python with the wheel `sentry-relay`, named by the variable `REELSCOPE_RELAY_PYTHON`;
//! `scripts/test.sh` sets it up. Without it the test prints that and checks nothing.
#![allow(clippy::unwrap_used)]

use std::process::Command;

use reelscope_collector::scrub::scrubbed;
use serde_json::json;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

#[test]
#[allow(clippy::print_stderr)] // that nothing was checked must be seen
fn what_is_scrubbed_passes_with_the_remarks_and_nothing_else() {
    let Some(python) = std::env::var_os("REELSCOPE_RELAY_PYTHON") else {
        assert!(
            std::env::var_os("CI").is_none(),
            "REELSCOPE_RELAY_PYTHON names no Python with sentry-relay"
        );
        eprintln!("skipped: REELSCOPE_RELAY_PYTHON names no Python with sentry-relay");
        return;
    };
    let user =
        json!({ "id": "player-1", "email": "ann@mail.example", "username": "ann", "ip_address": "10.0.0.1" });
    let trace = json!({ "trace_id": TRACE, "span_id": "00f067aa0ba902b7", "op": "http.server", "status": "ok",
        "data": { "http.request.header.authorization": "Basic x", "auth_ms": 12 } });
    let error = json!({
        "event_id": TRACE, "timestamp": 1_764_000_000.5, "platform": "rust", "level": "error", "user": user,
        "message": "Ж ann@mail.example paid with 4111 1111 1111 1111",
        "tags": { "service": "api-gateway", "auth": "yes" },
        "extra": { "password": "x", "secrets": ["a"], "note": "to DE89370400440532013000" },
        "contexts": { "trace": trace },
        "request": { "url": "http://127.0.0.1/", "method": "POST", "headers": [["Authorization", "Bearer x"], ["Accept", "*/*"]] },
        "breadcrumbs": { "values": [{ "timestamp": 1_764_000_000.0, "message": "sent Bearer abc", "data": { "api_key": 7 } }] },
        "exception": { "values": [{ "type": "Refused", "value": "token=abc", "stacktrace": { "frames": [
            { "function": "settle", "filename": "src/settlement.rs", "lineno": 41, "vars": { "secret": "s" } } ] } }] },
    });
    let transaction = json!({
        "event_id": TRACE, "type": "transaction", "transaction": "POST /spin", "platform": "rust", "user": user,
        "transaction_info": { "source": "route" },
        "start_timestamp": 1_764_000_000.0, "timestamp": 1_764_000_000.5, "contexts": { "trace": trace },
        "measurements": { "stake": { "value": 10.0, "unit": "none" } },
        "spans": [{ "trace_id": TRACE, "span_id": "00f067aa0ba902b8", "parent_span_id": "00f067aa0ba902b7", "op": "db.query", "status": "ok",
            "description": "players.find ann@mail.example", "start_timestamp": 1_764_000_000.1, "timestamp": 1_764_000_000.2,
            "data": { "user.name": "Ann", "db.system": "polodb" } }],
    });
    let dir = tempfile::tempdir().unwrap();
    for (kind, payload) in [("event", error), ("transaction", transaction)] {
        let envelope = format!("{{\"event_id\":\"{TRACE}\"}}\n{{\"type\":\"{kind}\"}}\n{payload}\n");
        std::fs::write(dir.path().join(kind), scrubbed(envelope.as_bytes()).unwrap()).unwrap();
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../stack/tests/normaliser.py");
    let output = Command::new(python).arg(script).arg(dir.path()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let mut lines = said.lines();
    assert_eq!(lines.next(), Some("{\"event\": 1, \"transaction\": 1}"), "{said}");
    // Sentry sorts headers and tags, and renames a message to a log entry.
    let expected = [
        r#"event: /breadcrumbs/values/0/data/api_key: rem ["@password:filter", "x"]"#,
        r#"event: /breadcrumbs/values/0/message: rem ["@bearer:filter", "s", 12, 22]"#,
        r#"event: /contexts/trace/data/http.request.header.authorization: rem ["@password:filter", "s", 0, 10]"#,
        r#"event: /exception/values/0/stacktrace/frames/0/vars/secret: rem ["@password:filter", "s", 0, 10]"#,
        r#"event: /exception/values/0/value: rem ["@password:filter", "s", 6, 16]"#,
        r#"event: /extra/note: rem ["@iban:filter", "s", 3, 13]"#,
        r#"event: /extra/password: rem ["@password:filter", "s", 0, 10]"#,
        r#"event: /extra/secrets: rem ["@password:filter", "x"]"#,
        r#"event: /logentry/formatted: rem ["@creditcard:filter", "s", 24, 34]"#,
        r#"event: /logentry/formatted: rem ["@email:filter", "s", 3, 13]"#,
        r#"event: /request/headers/0/1: rem ["@password:filter", "s", 0, 10]"#,
        r#"event: /tags/0/1: rem ["@password:filter", "s", 0, 10]"#,
        r#"event: /user/email: rem ["@email:filter", "s", 0, 10]"#,
        r#"event: /user/ip_address: rem ["@anything:remove", "x"]"#,
        r#"event: /user/username: rem ["@anything:filter", "s", 0, 10]"#,
        r#"transaction: /contexts/trace/data/http.request.header.authorization: rem ["@password:filter", "s", 0, 10]"#,
        r#"transaction: /spans/0/data/user.name: rem ["@anything:filter", "s", 0, 10]"#,
        r#"transaction: /spans/0/description: rem ["@email:filter", "s", 13, 23]"#,
        r#"transaction: /user/email: rem ["@email:filter", "s", 0, 10]"#,
        r#"transaction: /user/ip_address: rem ["@anything:remove", "x"]"#,
        r#"transaction: /user/username: rem ["@anything:filter", "s", 0, 10]"#,
    ];
    assert_eq!(lines.collect::<Vec<_>>(), expected, "{said}");
}
