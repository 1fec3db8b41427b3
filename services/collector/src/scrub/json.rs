//! JSON by its bytes: where values begin and end, without reading them into a tree, so that what is not changed is not
//! written anew.

use std::borrow::Cow;
use std::ops::Range;

/// The first place at or after `at` that is not white space.
pub(super) fn skip_space(text: &[u8], mut at: usize) -> usize {
    while matches!(text.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// The end of the string that begins at `at`.
pub(super) fn string_end(text: &[u8], at: usize) -> Option<usize> {
    if text.get(at) != Some(&b'"') {
        return None;
    }
    let mut at = at + 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The end of the value that begins at or after `at`. Structure is followed without recursion.
pub(super) fn value_end(text: &[u8], at: usize) -> Option<usize> {
    let mut at = skip_space(text, at);
    let mut depth = 0_usize;
    loop {
        match text.get(at)? {
            b'"' => at = string_end(text, at)?,
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                at += 1;
            }
            b',' | b':' if depth == 0 => return None,
            b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => at += 1,
            _ => {
                let is_scalar = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
                let rest = text.get(at..).unwrap_or_default();
                let length = rest.iter().take_while(|byte| is_scalar(byte)).count();
                if length == 0 {
                    return None;
                }
                at += length;
            }
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

/// The value of the first member of an object whose key `holds`.
fn members(object: &[u8], holds: impl Fn(&str) -> bool) -> Option<Range<usize>> {
    let mut at = skip_space(object, 0);
    if object.get(at) != Some(&b'{') {
        return None;
    }
    at = skip_space(object, at + 1);
    loop {
        let key_end = string_end(object, at)?;
        let key = unescaped(object, at..key_end)?;
        at = skip_space(object, key_end);
        if object.get(at) != Some(&b':') {
            return None;
        }
        let start = skip_space(object, at + 1);
        let end = value_end(object, start)?;
        if holds(&key) {
            return Some(start..end);
        }
        at = skip_space(object, end);
        if object.get(at) != Some(&b',') {
            return None;
        }
        at = skip_space(object, at + 1);
    }
}

pub(super) fn member(object: &[u8], name: &str) -> Option<Range<usize>> {
    members(object, |key| key == name)
}

/// The name and the place of the value, where an array of exactly two begins at `at` and the first is a string.
pub(super) fn pair(text: &[u8], at: usize) -> Option<(Cow<'_, str>, usize)> {
    if text.get(at) != Some(&b'[') {
        return None;
    }
    let start = skip_space(text, at + 1);
    let name_end = string_end(text, start)?;
    let comma = skip_space(text, name_end);
    if text.get(comma) != Some(&b',') {
        return None;
    }
    let value = skip_space(text, comma + 1);
    let end = skip_space(text, value_end(text, value)?);
    (text.get(end) == Some(&b']')).then_some((unescaped(text, start..name_end)?, value))
}

/// A JSON string read. What is not quite Unicode, as when JavaScript or a proxy cut it, has its halves replaced.
pub(super) fn unescaped(text: &[u8], range: Range<usize>) -> Option<Cow<'_, str>> {
    let quoted = text.get(range)?;
    let inner = quoted.get(1..quoted.len().checked_sub(1)?)?;
    if !inner.contains(&b'\\') {
        return Some(String::from_utf8_lossy(inner));
    }
    let read = serde_json::from_slice(quoted).ok();
    Some(Cow::Owned(read.unwrap_or_else(|| {
        let whole = without_surrogates(&String::from_utf8_lossy(quoted));
        serde_json::from_str(&whole).unwrap_or(whole)
    })))
}

/// The JSON string with U+FFFD for every escape of a surrogate, be it one of a pair or not.
fn without_surrogates(quoted: &str) -> String {
    let mut whole = String::with_capacity(quoted.len());
    let mut rest = quoted;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        whole.push_str(before);
        let is_surrogate = matches!(
            escape.as_bytes(),
            [
                b'\\',
                b'u',
                b'd' | b'D',
                b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F',
                ..,
            ]
        );
        let length = if is_surrogate {
            6
        } else {
            1 + escape.chars().nth(1).map_or(0, char::len_utf8)
        };
        let (escape, after) = escape.split_at_checked(length).unwrap_or((escape, ""));
        whole.push_str(if is_surrogate { "\\ufffd" } else { escape });
        rest = after;
    }
    whole.push_str(rest);
    whole
}

/// Whether the object at `at` is the value of an attribute: `{"value": …, "type": …}`, perhaps with a unit.
pub(super) fn is_attribute(text: &[u8], at: usize) -> bool {
    let Some(end) = value_end(text, at) else {
        return false;
    };
    let object = text.get(at..end).unwrap_or_default();
    let known = ["value", "type", "unit"];
    let others = members(object, |key| !known.contains(&key));
    others.is_none() && member(object, "value").is_some()
}
