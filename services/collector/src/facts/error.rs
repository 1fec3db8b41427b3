//! Error events: <https://develop.sentry.dev/sdk/foundations/transport/event-payloads/>, exceptions by its pages on the
//! exception interface and on exception groups.

use std::collections::HashSet;

use reelscope_page_api::telemetry::{Breadcrumb, ErrorEvent, Exception, Frame, Grouping};
use serde_json::Value;

use super::json::{
    Object, as_name, as_span_id, as_text, either, id, name, named, player, readable, tags, text,
    trace_context, values,
};
use super::message::{Params, filled};
use super::time::Clock;
use super::{Source, service_of};
use crate::bounds;
use crate::envelope::format_id;
use crate::issues;

/// Limit of frames, and of breadcrumbs, that are shown of an event.
const MOST_LINES: usize = 200;
/// Limit of exceptions that are shown of an event.
const MOST_EXCEPTIONS: usize = 50;
/// Limit of exceptions that are read of an event, from the end of its list.
const MOST_READ: usize = 500;
/// Limit of source lines before a frame's line, and after it.
const MOST_CONTEXT: usize = 10;
/// Limit of a source line that is shown.
const MOST_LINE: usize = 300;

/// Whether an event is an error. One of a lower level is a message, unless it was not handled.
pub(crate) fn is_error(event: &ErrorEvent) -> bool {
    event.handled == Some(false)
        || !matches!(
            event.level.as_str(),
            "warning" | "warn" | "info" | "log" | "debug" | "trace"
        )
}

pub(super) fn event(source: Source<'_>, clock: Clock, payload: &Object) -> ErrorEvent {
    let clock = clock.of_item(payload.get("timestamp"));
    let (at_us, time_is_received, clock_corrected) = clock.moment(payload.get("timestamp"));
    let listed = values(either(payload, "exception", "sentry.interfaces.Exception"));
    let exceptions_total = listed.len() as u64;
    let exceptions = chain(&listed);
    let seen = seen(&exceptions);
    let (message, template) = message(payload);
    let (kind, value) = match seen {
        Some(seen) => (seen.kind.clone(), seen.value.clone()),
        None => ("message".to_owned(), message),
    };
    let (frames, frames_total) = match seen {
        Some(seen) if !seen.frames.is_empty() => (seen.frames.clone(), seen.frames_total),
        _ => frames(stack_of_event(payload)),
    };
    let (breadcrumbs, breadcrumbs_total) = breadcrumbs(clock, payload);
    let trace = trace_context(payload);
    let absent = Value::Null;
    let member = |name: &str| payload.get(name).unwrap_or(&absent);
    let tags = tags(member("tags"));
    let mut event = ErrorEvent {
        event_id: id(payload, "event_id").map(format_id).unwrap_or_default(),
        issue_id: String::new(),
        service: service_of(source.slot, &tags, member("server_name")),
        at_us,
        level: level(member("level")),
        kind,
        value,
        handled: exceptions.iter().find_map(|exception| exception.handled),
        transaction: name(payload, "transaction", bounds::TRANSACTION),
        trace_id: trace.and_then(|trace| id(trace, "trace_id")).map(format_id),
        span_id: trace.and_then(|trace| trace.get("span_id")).and_then(as_span_id),
        release: name(payload, "release", bounds::RELEASE),
        environment: name(payload, "environment", bounds::ENVIRONMENT),
        player: player(member("user")),
        tags,
        frames,
        frames_total,
        exceptions,
        exceptions_total,
        breadcrumbs,
        breadcrumbs_total,
        grouping: Grouping::default(),
        time_is_received,
        clock_corrected,
        outside: false,
        seq: source.seq,
    };
    let fingerprint = payload.get("fingerprint").and_then(Value::as_array);
    let fingerprint: Vec<String> = fingerprint.into_iter().flatten().filter_map(as_text).collect();
    (event.issue_id, event.grouping) = issues::group(&fingerprint, &event, template.as_deref());
    event
}

/// The level of an event. As a number it is that of Python's `logging`, which the first SDKs sent.
fn level(level: &Value) -> String {
    let name = match level.as_u64() {
        Some(10) => "debug",
        Some(20) => "info",
        Some(30) => "warning",
        Some(40) => "error",
        Some(50) => "fatal",
        _ => return as_name(level, bounds::WORD).unwrap_or_else(|| "error".to_owned()),
    };
    name.to_owned()
}

/// Returns the message of an event, and the template that it was made of.
fn message(payload: &Object) -> (String, Option<String>) {
    let entry = either(payload, "logentry", "sentry.interfaces.Message");
    let entries = [entry, payload.get("message")];
    for entry in entries.into_iter().flatten() {
        match entry {
            Value::String(text) if !text.is_empty() => return (bounds::cut(text, bounds::VALUE), None),
            Value::Object(entry) => {
                let template = text(entry, "message");
                let params = Params::of(entry.get("params"));
                let made = match (text(entry, "formatted"), &template, &params) {
                    (Some(formatted), ..) if !formatted.is_empty() => formatted,
                    (_, Some(template), Some(params)) => filled(template, params),
                    (_, Some(template), None) => template.clone(),
                    _ => continue,
                };
                let template = template.filter(|template| params.is_some() || *template != made);
                return (bounds::cut(&made, bounds::VALUE), template);
            }
            _ => {}
        }
    }
    (String::new(), None)
}

/// The exceptions, the outermost first, each followed by its causes or by the members of its group.
///
/// SDKs list the outermost last. Some number the exceptions and link each to its parent; these are in the order of
/// their numbers.
fn chain(listed: &[&Object]) -> Vec<Exception> {
    let last = listed.iter().rev().take(MOST_READ);
    let mut left: Vec<Exception> = last.map(|listed| exception(listed)).collect();
    let is_linked = left.iter().any(|exception| exception.parent_id.is_some());
    if !is_linked {
        left.truncate(MOST_EXCEPTIONS);
        return left;
    }
    let mut told = Vec::new();
    let mut numbers = HashSet::new();
    // An exception without a parent begins a chain; so does one of a circle.
    while told.len() < MOST_EXCEPTIONS && !left.is_empty() {
        let first = left.iter().position(|exception| exception.parent_id.is_none());
        let mut waiting = vec![left.remove(first.unwrap_or(0))];
        while let Some(exception) = waiting.pop().filter(|_| told.len() < MOST_EXCEPTIONS) {
            let number = exception.exception_id.filter(|number| numbers.insert(*number));
            told.push(exception);
            let Some(number) = number else { continue };
            let (mut held, others): (Vec<_>, Vec<_>) = left
                .into_iter()
                .partition(|exception| exception.parent_id == Some(number));
            left = others;
            held.sort_by_key(|exception| std::cmp::Reverse(exception.exception_id));
            waiting.extend(held);
        }
    }
    told
}

/// The exception that names the event: the first, or the first member of a group, because a group only holds
/// others.
fn seen(exceptions: &[Exception]) -> Option<&Exception> {
    let mut seen = exceptions.first()?;
    let mut looked = HashSet::new();
    while seen.is_exception_group && seen.exception_id.is_some_and(|number| looked.insert(number)) {
        let held = exceptions.iter().find(|held| held.parent_id == seen.exception_id);
        let Some(held) = held else { break };
        seen = held;
    }
    Some(seen)
}

fn exception(payload: &Object) -> Exception {
    let nothing = Object::new();
    let mechanism = payload
        .get("mechanism")
        .and_then(Value::as_object)
        .unwrap_or(&nothing);
    let number = |name: &str| mechanism.get(name).and_then(Value::as_u64);
    let flag = |name: &str| mechanism.get(name).and_then(Value::as_bool);
    let stack = either(payload, "stacktrace", "raw_stacktrace");
    let (frames, frames_total) = frames(stack);
    let value = readable(payload, "value", bounds::VALUE);
    let (kind, value) = match name(payload, "type", bounds::KIND).filter(|kind| !kind.is_empty()) {
        Some(kind) => (kind, value),
        None => typed(value),
    };
    Exception {
        kind,
        value,
        module: name(payload, "module", bounds::FILE),
        mechanism: name(mechanism, "type", bounds::WORD),
        handled: flag("handled"),
        exception_id: number("exception_id"),
        parent_id: number("parent_id"),
        source: name(mechanism, "source", bounds::FILE),
        is_exception_group: flag("is_exception_group").unwrap_or(false),
        frames,
        frames_total,
    }
}

/// Splits the value of an exception without a type: `RuntimeError: boom` tells both, as Relay reads it
/// (`relay-event-normalization/src/event.rs`).
fn typed(value: String) -> (String, String) {
    let is_word = |kind: &str| !kind.is_empty() && kind.chars().all(|c| c.is_alphanumeric() || c == '_');
    match value.split_once(':').filter(|(kind, _)| is_word(kind)) {
        Some((kind, rest)) => (bounds::cut(kind, bounds::KIND), rest.trim().to_owned()),
        None => ("Error".to_owned(), value),
    }
}

/// The stack of an event whose exceptions have none: its own, otherwise that of the crashed or the current thread.
fn stack_of_event(payload: &Object) -> Option<&Value> {
    let own = either(payload, "stacktrace", "sentry.interfaces.Stacktrace");
    own.filter(|own| own.get("frames").is_some()).or_else(|| {
        let threads = values(payload.get("threads"));
        let is = |thread: &&&Object, name: &str| thread.get(name).and_then(Value::as_bool) == Some(true);
        let thread = threads
            .iter()
            .find(|thread| is(thread, "crashed"))
            .or_else(|| threads.iter().find(|thread| is(thread, "current")))
            .or(threads.first().filter(|_| threads.len() == 1));
        thread?.get("stacktrace")
    })
}

/// The innermost frames, innermost first, while Sentry's order is innermost last; and the total number.
fn frames(stack: Option<&Value>) -> (Vec<Frame>, u64) {
    let frames = stack.and_then(|stack| stack.get("frames")?.as_array());
    let frames: Vec<&Object> = frames
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .collect();
    let innermost = frames.iter().rev().take(MOST_LINES);
    let shown = innermost.map(|frame| Frame {
        function: name(frame, "function", bounds::FUNCTION).unwrap_or_else(|| "?".to_owned()),
        module: name(frame, "module", bounds::FILE),
        file: name(frame, "filename", bounds::FILE).or_else(|| name(frame, "abs_path", bounds::FILE)),
        line: frame.get("lineno").and_then(Value::as_u64),
        in_app: frame.get("in_app").and_then(Value::as_bool).unwrap_or(false),
        context_line: frame.get("context_line").and_then(Value::as_str).map(source_line),
        pre_context: source_lines(frame, "pre_context"),
        post_context: source_lines(frame, "post_context"),
    });
    (shown.collect(), frames.len() as u64)
}

/// The source lines around a frame.
fn source_lines(frame: &Object, name: &str) -> Vec<String> {
    let lines = frame.get(name).and_then(Value::as_array);
    let lines = lines.into_iter().flatten().filter_map(Value::as_str);
    lines.take(MOST_CONTEXT).map(source_line).collect()
}

/// Cuts a line, because minified code may be one line as long as its file.
fn source_line(line: &str) -> String {
    line.chars().take(MOST_LINE).collect()
}

/// The newest breadcrumbs, oldest first, and the total number. They are sorted, because SDKs that combine two
/// languages list those of one after those of the other.
fn breadcrumbs(clock: Clock, payload: &Object) -> (Vec<Breadcrumb>, u64) {
    let listed = values(either(payload, "breadcrumbs", "sentry.interfaces.Breadcrumbs"));
    let mut crumbs: Vec<_> = listed
        .iter()
        .map(|crumb| (clock.time(crumb.get("timestamp")), *crumb))
        .collect();
    if crumbs.iter().all(|(at_us, _)| at_us.is_some()) {
        crumbs.sort_by_key(|(at_us, _)| *at_us);
    }
    let newest = crumbs.iter().skip(crumbs.len().saturating_sub(MOST_LINES));
    let newest = newest.map(|(at_us, crumb)| Breadcrumb {
        at_us: *at_us,
        category: name(crumb, "category", bounds::KIND).unwrap_or_default(),
        level: name(crumb, "level", bounds::WORD).unwrap_or_else(|| "info".to_owned()),
        message: readable(crumb, "message", bounds::VALUE),
        data: crumb.get("data").cloned().map(named).unwrap_or_default(),
    });
    (newest.collect(), listed.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn numbered(kind: &str, id: Option<u64>, parent: Option<u64>, is_group: bool) -> Value {
        json!({ "type": kind, "value": kind, "mechanism": {
            "exception_id": id, "parent_id": parent, "is_exception_group": is_group,
        } })
    }

    /// Returns the types in the order of display, and the type that names the event.
    fn told(listed: &[Value]) -> (Vec<String>, String) {
        let listed: Vec<&Object> = listed.iter().filter_map(Value::as_object).collect();
        let told = chain(&listed);
        let named = seen(&told).map(|seen| seen.kind.clone()).unwrap_or_default();
        (told.into_iter().map(|exception| exception.kind).collect(), named)
    }

    fn check(listed: &[Value], expected: &[&str], named: &str) {
        let expected = expected.iter().map(|kind| (*kind).to_owned()).collect();
        assert_eq!(told(listed), (expected, named.to_owned()));
    }

    #[test]
    fn exceptions_are_told_as_people_read_them() {
        let bare = |kind: &str| json!({ "type": kind });
        check(
            &[bare("root cause"), bare("cause"), bare("seen")],
            &["seen", "cause", "root cause"],
            "seen",
        );
        let group = numbered("group", Some(0), None, true);
        check(
            &[
                numbered("deep", Some(3), Some(2), false),
                numbered("two", Some(2), Some(0), false),
                numbered("one", Some(1), Some(0), false),
                group.clone(),
            ],
            &["group", "one", "two", "deep"],
            "one",
        );
        // A group within a group, listed in any order.
        check(
            &[
                group.clone(),
                numbered("one", Some(2), Some(1), false),
                numbered("inner", Some(1), Some(0), true),
            ],
            &["group", "inner", "one"],
            "one",
        );
        check(&[group], &["group"], "group");
        check(&[], &[], "");
    }

    #[test]
    fn circles_and_numbers_said_twice_end() {
        check(
            &[
                numbered("a", Some(0), Some(1), true),
                numbered("b", Some(1), Some(0), true),
            ],
            &["b", "a"],
            "b",
        );
        check(&[numbered("self", Some(0), Some(0), true)], &["self"], "self");
        check(
            &[
                numbered("x", Some(7), None, true),
                numbered("y", Some(7), None, true),
                numbered("z", None, Some(7), false),
            ],
            &["y", "z", "x"],
            "z",
        );
        let many: Vec<Value> = (0..120)
            .map(|n| numbered("many", Some(n), n.checked_sub(1), false))
            .collect();
        assert_eq!(told(&many).0.len(), MOST_EXCEPTIONS);
    }

    #[test]
    fn a_message_is_made_of_its_template() {
        let check = |payload: Value, expected: &str, template: Option<&str>| {
            let found = payload.as_object().map(message);
            assert_eq!(
                found,
                Some((expected.to_owned(), template.map(str::to_owned))),
                "{payload}"
            );
        };
        check(json!({ "message": "plain" }), "plain", None);
        check(
            json!({ "message": { "message": "bet %s", "params": [5] } }),
            "bet 5",
            Some("bet %s"),
        );
        check(
            json!({ "logentry": { "message": "bet {}", "params": [5], "formatted": "bet five" } }),
            "bet five",
            Some("bet {}"),
        );
        check(json!({ "logentry": { "message": "bet %s" } }), "bet %s", None);
        check(json!({ "logentry": { "formatted": "made" } }), "made", None);
        check(json!({ "logentry": {}, "message": "plain" }), "plain", None);
        check(
            json!({ "sentry.interfaces.Message": { "message": "old %s", "params": ["sdk"] } }),
            "old sdk",
            Some("old %s"),
        );
        check(json!({}), "", None);
    }
}
