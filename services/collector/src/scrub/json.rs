//! JSON as bytes: finds where values begin and end without building a tree, so that unchanged parts are not
//! rewritten.

use std::borrow::Cow;
use std::ops::Range;

use crate::envelope::lenient;

/// The first position from `at` on that is no white space.
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

/// The end of the value that begins at `at` or after it. Nesting is followed without recursion.
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

/// The value of the first member of an object whose key fulfils `holds`.
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

/// The first string and the position of the second element, where an array of exactly two elements begins at `at`.
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

/// A JSON string that is read.
pub(super) struct Read<'a> {
    /// Its content. It is shorter than its written form, except for invalid UTF-8 and unescaped control characters.
    pub(super) text: Cow<'a, str>,
    /// The text between the quotes, where it is not valid JSON and can be read in another way.
    pub(super) otherwise: Option<Cow<'a, str>>,
}

/// Reads a JSON string. Half a surrogate pair, as after a cut by JavaScript or a proxy, is replaced; a backslash
/// that escapes nothing stands for itself.
pub(super) fn read(text: &[u8], range: Range<usize>) -> Option<Read<'_>> {
    let quoted = text.get(range)?;
    let inner = quoted.get(1..quoted.len().checked_sub(1)?)?;
    let sound = |text| {
        Some(Read {
            text,
            otherwise: None,
        })
    };
    if !inner.contains(&b'\\') {
        return sound(String::from_utf8_lossy(inner));
    }
    if let Ok(read) = serde_json::from_slice(quoted) {
        return sound(Cow::Owned(read));
    }
    let inner = String::from_utf8_lossy(inner);
    let mended = serde_json::from_str(&format!("\"{}\"", mended(&inner)));
    Some(Read {
        text: mended.map_or_else(|_| inner.clone(), Cow::Owned),
        otherwise: Some(inner),
    })
}

/// The content of a JSON string; see [`read`].
pub(super) fn unescaped(text: &[u8], range: Range<usize>) -> Option<Cow<'_, str>> {
    read(text, range).map(|read| read.text)
}

/// Repairs the escapes in the text between the quotes of a JSON string.
fn mended(inner: &str) -> String {
    let mut whole = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find(|c: char| c == '\\' || c < ' ') {
        let (before, from) = rest.split_at(at);
        whole.push_str(before);
        let kept = |length| (from.get(..length).unwrap_or_default(), length);
        let (escape, length) = match (from.as_bytes(), lenient::unit(from.as_bytes())) {
            (_, Some(0xD800..0xDC00)) if is_second_half(from.get(6..)) => kept(12),
            // Half a surrogate pair.
            (_, Some(0xD800..0xE000)) => ("\\ufffd", 6),
            (_, Some(_)) => kept(6),
            ([b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..], _) => kept(2),
            ([b'\\', ..], _) => ("\\\\", 1),
            ([b'\t', ..], _) => ("\\t", 1),
            ([b'\n', ..], _) => ("\\n", 1),
            ([b'\r', ..], _) => ("\\r", 1),
            _ => ("\\ufffd", 1),
        };
        whole.push_str(escape);
        rest = from.get(length..).unwrap_or_default();
    }
    whole.push_str(rest);
    whole
}

/// Whether a text begins with the escape of a second surrogate.
fn is_second_half(text: Option<&str>) -> bool {
    let unit = text.and_then(|text| lenient::unit(text.as_bytes()));
    unit.is_some_and(|unit| (0xDC00..0xE000).contains(&unit))
}

/// Whether the object at `at` is the value of an attribute: `{"value": …, "type": …}`, possibly with a unit.
pub(super) fn is_attribute(text: &[u8], at: usize) -> bool {
    let Some(end) = value_end(text, at) else {
        return false;
    };
    let object = text.get(at..end).unwrap_or_default();
    let known = ["value", "type", "unit"];
    let others = members(object, |key| !known.contains(&key));
    others.is_none() && member(object, "value").is_some()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_backslash_that_escapes_nothing_stands_for_itself() {
        for (quoted, text) in [
            (r#""C:\password=a\n""#, "C:\\password=a\n"),
            ("\"a\tb\\\"\"", "a\tb\""),
            (r#""\ud83dx\u00e9\u12""#, "\u{fffd}xé\\u12"),
            // A whole pair beside half a pair.
            (r#""\ud83d\ude00\ud83d""#, "\u{1f600}\u{fffd}"),
        ] {
            let read = unescaped(quoted.as_bytes(), 0..quoted.len()).unwrap();
            assert_eq!(read, text, "{quoted}");
        }
    }

    proptest! {
        /// A string within a string is shorter than the outer one, otherwise the walk would find the same string in
        /// itself.
        #[test]
        fn what_is_read_is_shorter_than_what_is_written(parts in prop::collection::vec(
            prop_oneof![
                prop::sample::select(vec!["\\", "\\\"", "\\\\", "\\u", "\\ud8", "\n"]).prop_map(str::to_owned),
                "[a-f0-9]{1,4}",
                "\\PC",
            ],
            0..12,
        )) {
            let quoted = format!("\"{}\"", parts.concat());
            if let Some(end) = string_end(quoted.as_bytes(), 0).filter(|end| *end <= quoted.len()) {
                let text = unescaped(quoted.as_bytes(), 0..end).unwrap();
                prop_assert!(text.len() + 2 <= end, "{quoted} is {text}");
            }
        }
    }
}
