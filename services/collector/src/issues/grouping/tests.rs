use super::*;
use crate::envelope::Envelope;
use crate::facts::{self, Source};
use serde_json::{Value, json};

fn check(value: &str, expected: &str) {
    assert_eq!(pattern(value), expected);
}

#[test]
fn what_differs_is_masked() {
    check(
        "round 9ec79c33-ec99-42ab-8353-589fcb2e04dc timed out after 5000 ms",
        "round # timed out after # ms",
    );
    check("at 0x7ffee3b2 in RS-000001", "at # in #");
    check("deadline exceeded", "deadline exceeded");
    check("", "");
    check("10.5 %", "#.# %");
}

#[test]
fn what_a_build_writes_into_names_is_no_part_of_a_place() {
    let check = |name: &str, expected: &str| assert_eq!(stable(name), expected);
    check("main.4f2a91.js", "main.#.js");
    check("chunk-7KQ2ZB4M.js", "chunk-#.js");
    check("shop::cart::h0123456789abcdef", "shop::cart::#");
    check("app$fn__12345", "app$fn__#");
    check("utf8_decode", "utf8_decode");
    check("handle_404", "handle_404");
    check("oauth2.facade", "oauth2.facade");
    assert_eq!(path("https://shop.example/static/cart.js?v=3"), "static/cart.js");
    assert_eq!(path("./src/main.rs"), "src/main.rs");
}

fn grouped(payload: &Value) -> (String, Grouping) {
    let bytes = format!("{{}}\n{{\"type\":\"event\"}}\n{payload}\n");
    let envelope = Envelope::framed(bytes.as_bytes());
    let errors = envelope.map(|envelope| facts::read(Source::external(1), &envelope).errors);
    let event = errors.ok().and_then(|errors| errors.into_iter().next());
    event
        .map(|event| (event.issue_id, event.grouping))
        .unwrap_or_default()
}

fn frame(function: &str, file: &str, in_app: bool) -> Value {
    json!({ "function": function, "filename": file, "lineno": 3, "in_app": in_app })
}

fn error(kind: &str, value: &str, frames: &[Value]) -> Value {
    json!({ "type": kind, "value": value, "stacktrace": { "frames": frames } })
}

fn thrown(exceptions: &[Value]) -> Value {
    json!({ "exception": { "values": exceptions } })
}

/// Checks that the events of each list belong to one issue, and those of two lists to different ones.
fn issues(lists: &[(GroupedBy, Vec<Value>)]) {
    let mut ids = Vec::new();
    for (by, events) in lists {
        let (id, why) = grouped(&events[0]);
        assert_eq!(why.by, *by, "{why:?}");
        for event in events {
            assert_eq!(grouped(event), (id.clone(), why.clone()), "{event}");
        }
        assert!(!ids.contains(&id), "{why:?}");
        ids.push(id);
    }
}

#[test]
fn a_place_in_the_application_is_an_issue_whatever_is_said_there() {
    let at = |value: &str, line: u64, system: &str| {
        let mut own = frame("load", "shop/cart.py", true);
        own["lineno"] = json!(line);
        thrown(&[error(
            "NotFound",
            value,
            &[frame("main", "run.py", true), own, frame(system, "lib.py", false)],
        )])
    };
    issues(&[
        (
            GroupedBy::Stack,
            vec![at("no ann", 3, "a"), at("no bob", 3, "a"), at("no bob", 9, "b")],
        ),
        (
            GroupedBy::Stack,
            vec![thrown(&[error(
                "NotFound",
                "no ann",
                &[frame("save", "shop/cart.py", true)],
            )])],
        ),
        (
            GroupedBy::Stack,
            vec![thrown(&[error(
                "Refused",
                "no ann",
                &[frame("save", "shop/cart.py", true)],
            )])],
        ),
        // The same file in another build.
        (
            GroupedBy::Stack,
            ["/s/main.4f2a91.js", "https://b.example/s/main.0be077.js"]
                .map(|file| thrown(&[error("E", "v", &[frame("f", file, true)])]))
                .to_vec(),
        ),
        // A function that calls itself more often.
        (
            GroupedBy::Stack,
            [1, 4]
                .map(|n| thrown(&[error("E", "deep", &vec![frame("r", "r.py", true); n])]))
                .to_vec(),
        ),
    ]);
}

#[test]
fn without_frames_of_the_application_all_frames_count_and_without_any_the_words() {
    let system =
        |function: &str, value: &str| thrown(&[error("E", value, &[frame(function, "lib.py", false)])]);
    issues(&[
        (GroupedBy::SystemStack, vec![system("a", "x"), system("a", "y")]),
        (GroupedBy::SystemStack, vec![system("b", "x")]),
        (GroupedBy::Exception, vec![thrown(&[error("E", "no 17", &[])]), thrown(&[error("E", "no 18", &[])])]),
        (GroupedBy::Exception, vec![thrown(&[error("F", "no 17", &[])])]),
        // Frames without names do not count.
        (GroupedBy::Exception, vec![thrown(&[json!({ "type": "G", "value": "v", "stacktrace": { "frames": [{ "in_app": true }] } })])]),
        // The stack of the thread stands in for the event's own.
        (GroupedBy::Stack, ["one", "two"].map(|text| json!({
            "message": text, "threads": { "values": [{ "current": true, "stacktrace": { "frames": [frame("f", "f.py", true)] } }] },
        })).to_vec()),
    ]);
}

#[test]
fn a_message_is_its_template() {
    let entry = |entry: Value| json!({ "logentry": entry });
    issues(&[
        (
            GroupedBy::Message,
            vec![
                entry(
                    json!({ "message": "user %s is slow", "params": ["ann"], "formatted": "user ann is slow" }),
                ),
                entry(json!({ "message": "user %s is slow", "params": ["bob"] })),
                json!({ "message": { "message": "user %s is slow", "params": ["eve"] } }),
            ],
        ),
        (
            GroupedBy::Message,
            vec![
                json!({ "message": "took 5 ms" }),
                json!({ "message": "took 17 ms" }),
            ],
        ),
        (GroupedBy::Message, vec![json!({ "message": "took long" })]),
    ]);
}

#[test]
fn causes_and_what_is_in_a_group_are_part_of_an_issue() {
    let outer = |mechanism: Value| {
        let mut outer = error("JobFailed", "job failed", &[frame("run", "jobs.py", true)]);
        outer["mechanism"] = mechanism;
        outer
    };
    let inner = |kind: &str, value: &str, function: &str| {
        let mut inner = error(kind, value, &[frame(function, "store.py", true)]);
        inner["mechanism"] = json!({ "exception_id": 1, "parent_id": 0 });
        inner
    };
    let chained = |inner: Value| thrown(&[inner, outer(json!({ "exception_id": 0 }))]);
    let group = |inner: Value| {
        thrown(&[
            inner,
            outer(json!({ "exception_id": 0, "is_exception_group": true })),
        ])
    };
    issues(&[
        (
            GroupedBy::Stack,
            vec![
                chained(inner("Refused", "port 1", "connect")),
                chained(inner("Refused", "host b", "connect")),
            ],
        ),
        (
            GroupedBy::Stack,
            vec![chained(inner("KeyError", "port 1", "connect"))],
        ),
        (
            GroupedBy::Stack,
            vec![chained(inner("Refused", "port 1", "read"))],
        ),
        // Equal to an event without the group.
        (
            GroupedBy::Stack,
            vec![
                group(inner("Timeout", "a", "wait")),
                thrown(&[error("Timeout", "b", &[frame("wait", "store.py", true)])]),
            ],
        ),
        (GroupedBy::Stack, vec![group(inner("Denied", "a", "wait"))]),
    ]);
}

#[test]
fn how_many_of_a_group_failed_alike_makes_no_issue() {
    let group = |kinds: &[&str]| {
        let held = kinds.iter().zip(1..).map(|(kind, id)| {
            let mut held = error(kind, "v", &[frame("wait", "store.py", true)]);
            held["mechanism"] = json!({ "exception_id": id, "parent_id": 0 });
            held
        });
        let mut outer = error("ExceptionGroup", "some", &[]);
        outer["mechanism"] = json!({ "exception_id": 0, "is_exception_group": true });
        thrown(&held.chain([outer]).collect::<Vec<_>>())
    };
    issues(&[
        (
            GroupedBy::Stack,
            vec![group(&["Timeout"]), group(&["Timeout", "Timeout", "Timeout"])],
        ),
        (
            GroupedBy::Stack,
            vec![
                group(&["Timeout", "Denied"]),
                group(&["Timeout", "Denied", "Timeout"]),
            ],
        ),
        (GroupedBy::Exception, vec![group(&[])]),
    ]);
}

/// Decisions are stored under the id of an issue.
#[test]
fn an_issue_has_the_same_id_in_every_version() {
    let mut event = thrown(&[error(
        "E",
        "v 7",
        &[frame("f", "f.py", true), frame("g", "g.py", true)],
    )]);
    let check = |event: &Value, expected: &str| assert_eq!(grouped(event).0, expected, "{event}");
    check(&event, "9ab6430e13c84f54");
    for (fingerprint, expected) in [
        (json!(["db"]), "7022ef558aed24d9"),
        (
            json!(["{{ default }}", "db", "{{ error.type }}", "{{ module }}"]),
            "7d9cd1cffc352485",
        ),
        (
            json!(["", "{{ unknown }}", "{{ tags.shard }}", "{{ message }}"]),
            "bbc57ecb7cc0552a",
        ),
    ] {
        event["fingerprint"] = fingerprint;
        check(&event, expected);
    }
    check(&json!({ "message": "took 5 ms" }), "9f2e8bffd5f27d38");
    check(
        &json!({ "exception": { "values": [{ "type": "E" }] } }),
        "458248cda65463db",
    );
}

#[test]
fn a_fingerprint_does_not_multiply_what_an_event_has() {
    let frames: Vec<Value> = (0..10_000)
        .map(|n| frame("f", &format!("{}.py", "q".repeat(n % 200)), true))
        .collect();
    let chain: Vec<Value> = frames.chunks(200).map(|frames| error("E", "v", frames)).collect();
    let mut event = thrown(&chain);
    let by_content = grouped(&event).1.parts_total;
    for (variable, at_least) in [
        ("{{default}}", by_content),
        ("{{ message }}", 1),
        ("{{level}}", 1),
    ] {
        let mut fingerprint = vec![variable; 45_000];
        fingerprint.push("db");
        event["fingerprint"] = json!(fingerprint);
        event["logentry"] = json!({ "message": "m".repeat(500_000), "params": [1] });
        let (_, why) = grouped(&event);
        assert_eq!(why.by, GroupedBy::Fingerprint);
        assert!(
            why.parts_total > at_least && why.parts_total < 100_000,
            "{}",
            why.parts_total
        );
    }
}

#[test]
fn a_fingerprint_comes_first_and_may_hold_the_rest() {
    let with = |fingerprint: &[&str], kind: &str| {
        let mut event = thrown(&[error(kind, "v", &[frame("f", "f.py", true)])]);
        event["fingerprint"] = json!(fingerprint);
        event["tags"] = json!({ "shard": kind });
        event
    };
    issues(&[
        (
            GroupedBy::Fingerprint,
            vec![with(&["db"], "A"), with(&["db"], "B")],
        ),
        (
            GroupedBy::Stack,
            vec![
                with(&["{{ default }}"], "A"),
                with(&["{{default}}"], "A"),
                with(&[], "A"),
            ],
        ),
        (GroupedBy::Fingerprint, vec![with(&["{{ default }}", "db"], "A")]),
        (GroupedBy::Fingerprint, vec![with(&["{{ default }}", "db"], "B")]),
        (
            GroupedBy::Fingerprint,
            vec![
                with(&["{{ error.type }}", "db"], "A"),
                with(&["{{ tags.shard }}", "db"], "A"),
            ],
        ),
    ]);
    let (_, why) = grouped(&with(&["{{ default }}", "db"], "A"));
    assert_eq!(
        (why.parts, why.parts_total),
        (vec!["A".to_owned(), "f (f.py)".to_owned(), "db".to_owned()], 3)
    );
}
