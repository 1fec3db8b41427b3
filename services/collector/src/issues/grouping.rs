//! Which events are of one issue: by fingerprint, else by stack, else by exception, else by message, as Sentry documents it
//! (<https://docs.sentry.io/concepts/data-management/event-grouping/>).
//!
//! A stack is its application's frames, by module or file and function, of all exceptions of the chain, with their types; where
//! no frame is the application's own, all frames. Lines and values are no part of it.

use std::collections::BTreeSet;

use reelscope_contracts::telemetry::{ErrorEvent, Exception, Frame, GroupedBy, Grouping};

use crate::bounds;
use crate::dsn::fnv1a;

/// Most parts that are told.
const MOST_PARTS: usize = 20;
/// Longest part that is told.
const MOST_TEXT: usize = 200;

/// The id of an event's issue, which is 16 hexadecimal digits, the same in every version and after every restart; and why.
/// `template` is what its message was made of.
pub(crate) fn group(
    fingerprint: &[String],
    event: &ErrorEvent,
    template: Option<&str>,
) -> (String, Grouping) {
    let default = || by_content(event, template);
    let is_default = |part: &str| variable(part) == Some("default");
    let (by, parts) = if fingerprint.iter().all(|part| is_default(part)) {
        default()
    } else {
        let mut parts = Vec::new();
        for part in fingerprint {
            match variable(part) {
                Some("default") => parts.extend(default().1),
                Some(name) => parts.push(value_of(name, event, template).unwrap_or_else(|| part.clone())),
                None => parts.push(part.clone()),
            }
        }
        (GroupedBy::Fingerprint, parts)
    };
    let text = format!("{by:?}\u{1e}{}", parts.join("\u{1e}"));
    let told = parts.iter().take(MOST_PARTS);
    let grouping = Grouping {
        by,
        parts: told.map(|part| bounds::cut(part, MOST_TEXT)).collect(),
        parts_total: parts.len() as u64,
    };
    (format!("{:016x}", fnv1a(text.as_bytes())), grouping)
}

/// What groups an event that has no fingerprint of its own.
fn by_content(event: &ErrorEvent, template: Option<&str>) -> (GroupedBy, Vec<String>) {
    // A group only holds others.
    let held: Vec<&Exception> = event
        .exceptions
        .iter()
        .filter(|exception| !exception.is_exception_group || event.exceptions.len() == 1)
        .collect();
    let chain = if held.is_empty() {
        event.exceptions.iter().collect()
    } else {
        held
    };
    let own_stack = std::slice::from_ref(&event.frames);
    // Of an event whose exceptions have no stack, or that has none, it is that of the thread that told of it.
    let stacks: Vec<&[Frame]> = if chain.iter().any(|exception| !exception.frames.is_empty()) {
        chain
            .iter()
            .map(|exception| exception.frames.as_slice())
            .collect()
    } else {
        own_stack.iter().map(Vec::as_slice).collect()
    };
    let kinds: Vec<&str> = chain.iter().map(|exception| exception.kind.as_str()).collect();
    for (by, is_wanted) in [
        (GroupedBy::Stack, (|frame| frame.in_app) as fn(&Frame) -> bool),
        (GroupedBy::SystemStack, |_| true),
    ] {
        let places: Vec<Vec<String>> = stacks.iter().map(|frames| places(frames, is_wanted)).collect();
        if places.iter().any(|places| !places.is_empty()) {
            return (by, interleaved(event, &kinds, places));
        }
    }
    if chain.is_empty() {
        let message = template.map_or_else(|| pattern(&event.value), str::to_owned);
        return (GroupedBy::Message, vec![message]);
    }
    let values = chain
        .iter()
        .map(|exception| vec![pattern(&exception.value)])
        .collect();
    (GroupedBy::Exception, interleaved(event, &kinds, values))
}

/// Each type before what belongs to it. What a group holds several times is one: how many tasks failed alike makes no issue.
fn interleaved(event: &ErrorEvent, kinds: &[&str], mut belongings: Vec<Vec<String>>) -> Vec<String> {
    let is_group = event
        .exceptions
        .iter()
        .any(|exception| exception.is_exception_group);
    let mut told = BTreeSet::new();
    let mut parts = Vec::new();
    belongings.resize(belongings.len().max(kinds.len()), Vec::new());
    for (n, mut piece) in belongings.into_iter().enumerate() {
        if let Some(kind) = kinds.get(n) {
            piece.insert(0, (*kind).to_owned());
        }
        if !is_group || told.insert(piece.clone()) {
            parts.extend(piece);
        }
    }
    parts
}

/// Places in the code, the innermost first; one that calls itself is one.
fn places(frames: &[Frame], is_wanted: fn(&Frame) -> bool) -> Vec<String> {
    let mut places: Vec<String> = frames
        .iter()
        .filter(|frame| is_wanted(frame))
        .filter_map(place)
        .collect();
    places.dedup();
    places
}

/// A function with its module or file, without what changes from build to build. `None` where neither is known.
fn place(frame: &Frame) -> Option<String> {
    let function = match frame.function.as_str() {
        "?" | "" | "<anonymous>" | "<unknown>" | "<redacted>" => String::new(),
        function => stable(function),
    };
    let home = match (&frame.module, &frame.file) {
        (Some(module), _) if !module.is_empty() => stable(module),
        (_, Some(file)) => stable(path(file)),
        _ => String::new(),
    };
    match (function.is_empty(), home.is_empty()) {
        (true, true) => None,
        (true, false) => Some(home),
        (false, true) => Some(function),
        (false, false) => Some(format!("{function} ({home})")),
    }
}

/// The path of a file, without the host that it was loaded from, a query, and leading dots and slashes.
fn path(file: &str) -> &str {
    let file = match file.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or(rest, |(_, path)| path),
        None => file,
    };
    let file = file.split(['?', '#']).next().unwrap_or(file);
    file.trim_start_matches(['.', '/', '\\'])
}

/// A name without hashes of a build and numbers that a compiler gives: a word between signs that has five letters or digits
/// and is all hexadecimal with a digit in it, or that has eight and mixes capitals and digits, becomes `#`.
fn stable(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for piece in name.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let word = piece.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let rest = &piece[word.len()..];
        text.push_str(if is_hash(word) { "#" } else { word });
        text.push_str(rest);
    }
    text
}

fn is_hash(word: &str) -> bool {
    let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
    // Rust's begin with a letter of their own.
    let digits = word
        .strip_prefix('h')
        .filter(|rest| rest.len() == 16)
        .unwrap_or(word);
    let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_base = word.len() >= 8
        && word
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    has_digit && (word.len() >= 5 && is_hexadecimal || is_base)
}

/// The name in a variable of a fingerprint, `{{ name }}`.
fn variable(part: &str) -> Option<&str> {
    Some(part.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim())
}

/// What a variable stands for (<https://docs.sentry.io/concepts/data-management/event-grouping/fingerprint-rules/>).
fn value_of(name: &str, event: &ErrorEvent, template: Option<&str>) -> Option<String> {
    let frame = event
        .frames
        .iter()
        .find(|frame| frame.in_app)
        .or(event.frames.first());
    let none = || "<none>".to_owned();
    Some(match name {
        "error.type" | "type" => event.kind.clone(),
        "error.value" | "value" => event.value.clone(),
        "message" => template.unwrap_or(&event.value).to_owned(),
        "transaction" => event.transaction.clone().unwrap_or_else(none),
        "level" => event.level.clone(),
        "function" | "stack.function" => frame.map_or_else(none, |frame| frame.function.clone()),
        "module" | "stack.module" => frame.and_then(|frame| frame.module.clone()).unwrap_or_else(none),
        "stack.abs_path" | "path" => frame.and_then(|frame| frame.file.clone()).unwrap_or_else(none),
        name => {
            let tag = name.strip_prefix("tags.")?;
            event.tags.get(tag).cloned().unwrap_or_else(none)
        }
    })
}

/// The value without what differs from event to event: a word with a digit in it, be it a number, a UUID, a hash
/// or an address, becomes `#`.
fn pattern(value: &str) -> String {
    let mut masked = String::with_capacity(value.len());
    let mut word = String::new();
    let is_part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    for c in value.chars().chain([' ']) {
        if is_part(c) {
            word.push(c);
            continue;
        }
        if word.contains(|c: char| c.is_ascii_digit()) {
            masked.push('#');
        } else {
            masked.push_str(&word);
        }
        word.clear();
        masked.push(c);
    }
    masked.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
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

    /// Those of each list are of one issue, and no two lists of the same.
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
            // A file of another build is the same.
            (
                GroupedBy::Stack,
                ["/s/main.4f2a91.js", "https://b.example/s/main.0be077.js"]
                    .map(|file| thrown(&[error("E", "v", &[frame("f", file, true)])]))
                    .to_vec(),
            ),
            // So is one that calls itself more often.
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
            // Nameless frames say nothing.
            (GroupedBy::Exception, vec![thrown(&[json!({ "type": "G", "value": "v", "stacktrace": { "frames": [{ "in_app": true }] } })])]),
            // The stack of the thread that told of it stands for one of its own.
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
            // As if it had been seen without the group.
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
}
