//! Forms of naming a value in a text without a separator between them: `('name', 'value')`, `{'name': 'password',
//! 'value': …}`, `<name>value</name>`, `--name value`, and a part of a form (RFC 7578).

use std::ops::Range;

use super::border::is_of_a_name;
use super::quote::Quote;

/// How far back the text before a name is searched, in bytes; a longer name counts as none.
const FOLLOWED: usize = 64;

/// `<` and `>` as entities.
const LESS: &[u8] = b"&lt;";
const GREATER: &[u8] = b"&gt;";

/// What precedes a name, apart from its quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Bracket,
    /// `name=`, `"key":` and similar.
    Name,
    Tag,
    /// A tag written in entities: `&lt;name&gt;`.
    WrittenTag,
    Dashes,
}

/// Returns the start of the name that contains `at`, and what precedes it. Escapes may stand between, as in JSON.
fn before(bytes: &[u8], at: usize) -> Option<(usize, Before)> {
    let head = bytes.get(at.saturating_sub(FOLLOWED)..at)?;
    let length = head.iter().rev().take_while(|byte| is_of_a_name(**byte)).count();
    let start = at - length;
    if bytes.get(start..).is_some_and(|name| name.starts_with(b"--")) {
        return Some((start, Before::Dashes));
    }
    let head = bytes.get(start.saturating_sub(FOLLOWED)..start)?;
    let is_filling = |byte: u8| b"\"'`\\ ".contains(&byte);
    let rest = trimmed(head, is_filling);
    let is_quoted = head.len() > rest.len() && head.last() != Some(&b' ');
    // Prefixes of bytes and Unicode strings in Python.
    let rest = match rest {
        [inner @ .., b'b' | b'u']
            if is_quoted && inner.last().is_some_and(|byte| b"([ ,:".contains(byte)) =>
        {
            trimmed(inner, is_filling)
        }
        _ => rest,
    };
    if rest.ends_with(LESS) {
        return Some((start, Before::WrittenTag));
    }
    match rest.split_last()? {
        (b'(' | b'[', _) if is_quoted => Some((start, Before::Bracket)),
        (b'<' | b'/', _) => Some((start, Before::Tag)),
        (b':', inner) if inner.contains(&b'<') && !is_quoted => Some((start, Before::Tag)),
        (b'=' | b':', inner) if is_quoted => {
            let inner = trimmed(inner, is_filling);
            let names = ["name", "key", "header", "field"];
            names
                .iter()
                .any(|name| ends_with(inner, name.as_bytes()))
                .then_some((start, Before::Name))
        }
        _ => None,
    }
}

fn trimmed(mut bytes: &[u8], is_filling: impl Fn(u8) -> bool) -> &[u8] {
    while let [rest @ .., last] = bytes
        && is_filling(*last)
    {
        bytes = rest;
    }
    bytes
}

fn ends_with(bytes: &[u8], name: &[u8]) -> bool {
    let tail = bytes.len().checked_sub(name.len()).and_then(|at| bytes.get(at..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(name))
}

/// Whether the word may be in a name that one of these forms gives a value, by the bytes beside the name. An
/// escape, as in JSON, may stand for any of them.
pub(super) fn may_name(bytes: &[u8], word: &Range<usize>) -> bool {
    let rest = bytes.get(word.end..).unwrap_or_default();
    let next = rest.iter().find(|byte| !is_of_a_name(**byte));
    next.is_some_and(|next| {
        let is_blank = *next == b'\\' || next.is_ascii_whitespace();
        before(bytes, word.start).is_some_and(|(_, before)| match before {
            Before::Bracket | Before::Name => *next == b'\\' || b"\"'`%&".contains(next),
            Before::Tag => is_blank || *next == b'>',
            Before::WrittenTag => is_blank || *next == b'&',
            Before::Dashes => is_blank,
        })
    })
}

/// Returns the value of a name, without what encloses it.
pub(super) fn value(bytes: &[u8], name: &Range<usize>) -> Option<Range<usize>> {
    let (start, before) = before(bytes, name.start)?;
    let quote = Quote::at(bytes, name.end);
    let end = name.end + quote.map_or(0, |quote| quote.written.len());
    match (before, quote) {
        (Before::Bracket, Some(_)) => {
            let value = quoted(bytes, after(bytes, end, b',')?)?;
            let quote = Quote::at(bytes, value.end)?;
            let close = skip_blank(bytes, value.end + quote.written.len());
            matches!(bytes.get(close), Some(b')' | b']')).then_some(value)
        }
        (Before::Name, Some(_)) => {
            if let Some(part) = part_of_a_form(bytes, end) {
                return Some(part);
            }
            let at = after(bytes, end, b',').unwrap_or_else(|| skip_blank(bytes, end));
            let at = at + Quote::at(bytes, at).map_or(0, |quote| quote.written.len());
            let rest = bytes.get(at..)?;
            let at = at + rest.strip_prefix(b"value").map(|_| b"value".len())?;
            let at = at + Quote::at(bytes, at).map_or(0, |quote| quote.written.len());
            quoted(bytes, after(bytes, at, b':').or_else(|| after(bytes, at, b'='))?)
        }
        (Before::Tag, None) => of_a_tag(bytes, name.end, b"<", b">"),
        (Before::WrittenTag, None) => of_a_tag(bytes, name.end, LESS, GREATER),
        (Before::Dashes, None) if start <= name.start => {
            let rest = bytes.get(end..)?.strip_prefix(b" ")?;
            let from = end + 1;
            if rest.first().is_some_and(|byte| b"\"'".contains(byte)) {
                return quoted(bytes, from);
            }
            let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"\"'<>(){}[]|;,".contains(byte);
            let length = rest.iter().position(is_end).unwrap_or(rest.len());
            let value = rest.get(..length)?;
            // A lower-case word may be the next word of a sentence.
            let is_word = value.iter().all(u8::is_ascii_lowercase);
            (!is_word && value.first() != Some(&b'-')).then_some(from..from + length)
        }
        _ => None,
    }
}

/// Returns the text up to the next tag; the name of the present tag ends at `at`.
fn of_a_tag(bytes: &[u8], at: usize, less: &[u8], greater: &[u8]) -> Option<Range<usize>> {
    let rest = bytes.get(at..)?;
    let open = memchr::memmem::find(rest.get(..rest.len().min(FOLLOWED * 4))?, greater)?;
    let attributes = rest.get(..open)?;
    let is_tag = attributes.first().is_none_or(u8::is_ascii_whitespace)
        && memchr::memmem::find(attributes, less).is_none();
    let from = at + open + greater.len();
    let inner = bytes.get(from..).filter(|_| is_tag)?;
    let end = memchr::memmem::find(inner, less)?;
    // Only a closing tag distinguishes a tag from a type's parameter.
    inner
        .get(end + less.len()..)?
        .starts_with(b"/")
        .then_some(from..from + end)
}

/// Returns the body of a form's part: from the blank line after its header to the next boundary.
fn part_of_a_form(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = bytes.get(at..)?;
    let blank = [b"\r\n\r\n".as_slice(), b"\n\n"]
        .into_iter()
        .find(|blank| rest.starts_with(blank))?;
    let from = at + blank.len();
    let inner = bytes.get(from..)?;
    let length = memchr::memmem::find(inner, b"\n--").unwrap_or(inner.len());
    let value = inner.get(..length)?;
    Some(from..from + value.strip_suffix(b"\r").unwrap_or(value).len())
}

/// Returns the string in quotes at `at`, possibly with the prefix of bytes or Unicode.
fn quoted(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let at = at + usize::from(matches!(bytes.get(at..)?, [b'b' | b'u', b'\'' | b'"', ..]));
    let quote = Quote::at(bytes, at)?;
    let from = at + quote.written.len();
    Some(from..quote.end(bytes, from))
}

/// Returns the position after `sign`, if it follows at `at`, ignoring blanks.
fn after(bytes: &[u8], at: usize, sign: u8) -> Option<usize> {
    let at = skip_blank(bytes, at);
    (bytes.get(at) == Some(&sign)).then(|| skip_blank(bytes, at + 1))
}

fn skip_blank(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}
