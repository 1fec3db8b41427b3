//! Checks the scrubber with each line of `scrub-cases.jsonl`.
//!
//! A line is `{"why": …, "in": …, "out": …}`: a text or another JSON value, and the result; without `out` it must
//! stay. The cases come from the documentation of Sentry's data scrubbing
//! (<https://docs.sentry.io/security-legal-pii/scrubbing/server-side-scrubbing/>) and from what its SDKs send.
#![allow(clippy::unwrap_used)]

use reelscope_collector::scrub::scrubbed;
use serde_json::{Value, json};

/// Returns a value below `extra` after scrubbing, and whether anything changed.
fn after(value: &Value) -> (Value, bool) {
    let payload = json!({ "extra": { "x": value } });
    let envelope = format!("{{}}\n{{\"type\":\"event\"}}\n{payload}\n");
    let Some(bytes) = scrubbed(envelope.as_bytes()) else {
        return (value.clone(), false);
    };
    assert_eq!(scrubbed(&bytes), None, "twice is not once: {value}");
    let text = String::from_utf8(bytes).unwrap();
    let payload: Value = serde_json::from_str(text.lines().nth(2).unwrap()).unwrap();
    (payload["extra"]["x"].clone(), true)
}

#[test]
fn each_case_becomes_what_it_should() {
    let cases = include_str!("scrub-cases.jsonl");
    let mut wrong = Vec::new();
    for (number, line) in (1..).zip(cases.lines()) {
        let case: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("line {number}: {error}"));
        let expected = case.get("out").unwrap_or(&case["in"]);
        let (came, changed) = after(&case["in"]);
        if came != *expected || changed != case.get("out").is_some() {
            wrong.push(format!(
                "line {number} ({}): {}\n  expected {expected}\n  came     {came}",
                case["why"], case["in"]
            ));
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cases.lines().count() >= 300);
}
