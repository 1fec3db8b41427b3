//! Decides which events belong to one issue: by fingerprint, otherwise by stack, otherwise by exception, otherwise
//! by message, as Sentry documents it (<https://docs.sentry.io/concepts/data-management/event-grouping/>).
//!
//! A stack is the application's frames of all exceptions in the chain, each as module or file with function,
//! together with the types of the exceptions; without application frames it is all frames. Lines and values are not
//! part of it.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use reelscope_page_api::telemetry::{ErrorEvent, Exception, Frame, GroupedBy, Grouping};

use crate::bounds;
use crate::dsn::fnv1a_of;
use crate::envelope::MAX_EVENT;

/// Limit of parts that are shown.
const MOST_PARTS: usize = 20;
/// Limit of the length of a part that is shown.
const MOST_TEXT: usize = 200;
/// Limit of the bytes that variables of a fingerprint are replaced by; later variables stay as they are.
const MOST_FILLED: usize = MAX_EVENT;

/// Returns the id of an event's issue, 16 hexadecimal digits, which is the same in every version, and the reason.
/// `template` is the one that the message was made of.
pub(crate) fn group(
    fingerprint: &[String],
    event: &ErrorEvent,
    template: Option<&str>,
) -> (String, Grouping) {
    let default = LazyCell::new(|| by_content(event, template));
    let is_default = |part: &String| variable(part) == Some("default");
    let (by, parts) = if fingerprint.iter().all(is_default) {
        (default.0, default.1.iter().map(String::as_str).collect())
    } else {
        let value_of = |name: &str| match name {
            "default" => default.1.iter().map(String::as_str).collect(),
            name => value_of(name, event, template).into_iter().collect(),
        };
        (GroupedBy::Fingerprint, filled(fingerprint, value_of))
    };
    let by_name = format!("{by:?}");
    let pieces = parts.iter().flat_map(|part| ["\u{1e}", part]);
    let hash = fnv1a_of(by_name.bytes().chain(pieces.flat_map(str::bytes)));
    let told = parts.iter().take(MOST_PARTS);
    let grouping = Grouping {
        by,
        parts: told.map(|part| bounds::cut(part, MOST_TEXT)).collect(),
        parts_total: parts.len() as u64,
    };
    (format!("{hash:016x}"), grouping)
}

/// The parts of a fingerprint, with each variable replaced by what `value_of` returns. A variable without a value
/// stays as it is, and so does each after [`MOST_FILLED`] bytes, because one variable may stand for everything in
/// the event.
fn filled<'a>(fingerprint: &'a [String], value_of: impl Fn(&str) -> Vec<&'a str>) -> Vec<&'a str> {
    let (mut parts, mut bytes) = (Vec::new(), 0);
    for part in fingerprint {
        let values = variable(part).filter(|_| bytes < MOST_FILLED).map(&value_of);
        let Some(values) = values.filter(|values| !values.is_empty()) else {
            parts.push(part.as_str());
            continue;
        };
        bytes += values.iter().map(|value| value.len() + 1).sum::<usize>();
        parts.extend(values);
    }
    parts
}

/// The parts that group an event without a fingerprint.
fn by_content(event: &ErrorEvent, template: Option<&str>) -> (GroupedBy, Vec<String>) {
    // A group only holds other exceptions.
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
    // If no exception has a stack, the stack of the thread counts.
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

/// Puts each type before its parts. Equal members of a group count once, so that the number of failed tasks does
/// not make another issue.
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

/// Functions of a stack, the innermost first; a recursive one counts once.
fn places(frames: &[Frame], is_wanted: fn(&Frame) -> bool) -> Vec<String> {
    let mut places: Vec<String> = frames
        .iter()
        .filter(|frame| is_wanted(frame))
        .filter_map(place)
        .collect();
    places.dedup();
    places
}

/// A function with its module or file, without what differs between builds. `None` where neither is known.
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

/// The path of a file without host, query, and leading dots and slashes.
fn path(file: &str) -> &str {
    let file = match file.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or(rest, |(_, path)| path),
        None => file,
    };
    let file = file.split(['?', '#']).next().unwrap_or(file);
    file.trim_start_matches(['.', '/', '\\'])
}

/// A name without hashes of a build and without numbers of a compiler. A word becomes `#` if it has at least five
/// characters, all hexadecimal and one a digit, or at least eight, all capitals or digits and one a digit.
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
    // The hashes of Rust have the prefix `h`.
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

/// The value of a variable (<https://docs.sentry.io/concepts/data-management/event-grouping/fingerprint-rules/>).
fn value_of<'a>(name: &str, event: &'a ErrorEvent, template: Option<&'a str>) -> Option<&'a str> {
    let frame = event
        .frames
        .iter()
        .find(|frame| frame.in_app)
        .or(event.frames.first());
    let value = match name {
        "error.type" | "type" => Some(&event.kind),
        "error.value" | "value" => Some(&event.value),
        "message" => return Some(template.unwrap_or(&event.value)),
        "transaction" => event.transaction.as_ref(),
        "level" => Some(&event.level),
        "function" | "stack.function" => frame.map(|frame| &frame.function),
        "module" | "stack.module" => frame.and_then(|frame| frame.module.as_ref()),
        "stack.abs_path" | "path" => frame.and_then(|frame| frame.file.as_ref()),
        name => event.tags.get(name.strip_prefix("tags.")?),
    };
    Some(value.map_or("<none>", String::as_str))
}

/// The value without what differs between events: a word with a digit, such as a number, a UUID, a hash or an
/// address, becomes `#`.
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
mod tests;
