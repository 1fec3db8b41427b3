//! Finds `name=value` and `name: value` in a text, where the name contains a word of the table.
//!
//! A name is separated from its value by `=`, `=>` or `:`, also percent-encoded, after a quote, a closing bracket
//! of an index or white space; `::` and `==` are no separators. Separators and quotes may be written as entities of
//! HTML. This much of the value is removed:
//!
//! 1. In quotes: everything up to the same quote, with as many backslashes before it; percent-encoded up to `%22`.
//!    Without a closing quote, as in a text that was cut: up to the end of the line. A single character after a colon
//!    stays: `token: '}'`.
//! 2. In brackets: everything up to the closing bracket, otherwise to the end of the line. In JSON quotes take its
//!    place.
//! 3. After a scheme (`Basic`, `Bearer`, …): the next word; after `Digest` and similar ones the rest of the line.
//! 4. Cookies and addresses: the rest of the header's line, or everything that is joined by commas.
//! 5. After `=`: everything up to white space or a character that ends a value.
//! 6. After `:`: the text up to a character that ends a sentence, or the end of the line, is a clause.
//!    - The first word, if it is not plain (it has a digit or a special character, or a capital after a small letter).
//!    - The word of a clause of one plain word, unless it is a word about secrets (`failed`, `missing`, …).
//!    - Of a clause of several words, which is prose, only the words that are not plain; numbers of up to three
//!      digits stay.
//!
//! Values of several words on a line of their own, or on the lines below the name, are found by `line`, in YAML and
//! in settings files; there a clause after a colon is prose too if one of its words belongs to sentences.
//!
//! Values that are named in other ways (`('name', 'value')`, tags, options, parts of forms) are found by `forms`.
//! What a parser reports as unexpected stays, and so do calls that return a value, types, and placeholders (`$1`,
//! `****`).
//!
//! A number stays after a name that may count, and so do `true`, `false`, `null` and similar words, and the id of a
//! session.
//!
//! Long because every shape in which a name and its secret stand in a text is here, beside the others.

use std::borrow::Cow;
use std::ops::Range;

use super::line;
use super::values::{is_a_call, is_plain, is_small, stays};
use crate::scrub::border::is_of_a_name;
use crate::scrub::quote::{Quote, bracket_end, line_end};
use crate::scrub::rule::{FILTERED, Found};
use crate::scrub::words::{self, Meaning, NamePosition};
use crate::scrub::{entities, forms, percents};

/// Adds the named secrets in a text.
pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    let bytes = text.as_bytes();
    let mut past = 0;
    for hit in words::hits(bytes) {
        if hit.start < past {
            continue;
        }
        let name = name_around(bytes, hit.start..hit.end, past);
        past = name.end;
        let meaning = text
            .get(name.clone())
            .and_then(|name| words::meaning(name, NamePosition::Text));
        let Some(meaning) = meaning else { continue };
        if let Some(range) = forms::value(bytes, &name) {
            let value = text.get(range.clone()).unwrap_or_default();
            let is_name = words::meaning(value, NamePosition::Text).is_some();
            if !(value.is_empty() || value == FILTERED || is_name || stays(value, meaning)) {
                past = range.end;
                found.push(Found::new(range, words::rule_of(meaning)));
            }
            continue;
        }
        let Some(parted) = Parted::after(bytes, name) else {
            continue;
        };
        let before = found.len();
        parted.find(text, meaning, found);
        past = found
            .get(before..)
            .unwrap_or_default()
            .iter()
            .fold(past, |past, one| past.max(one.range.end));
    }
}

/// The whole name that contains a word, without an escape or a percent-encoded character before it.
fn name_around(bytes: &[u8], word: Range<usize>, floor: usize) -> Range<usize> {
    let before = bytes.get(floor..word.start).unwrap_or_default();
    let count = before
        .iter()
        .rev()
        .take_while(|byte| is_of_a_name(**byte))
        .count();
    let mut start = word.start - count;
    let sign = start.checked_sub(1);
    let skipped = match sign.and_then(|at| bytes.get(at)) {
        Some(b'\\') => 1,
        Some(b'%') => sign
            .and_then(|at| percents::sign(bytes, at))
            .map_or(0, |(_, length)| length - 1),
        _ => 0,
    };
    if start + skipped <= word.start {
        start += skipped;
    }
    let after = bytes.get(word.end..).unwrap_or_default();
    let end = word.end + after.iter().take_while(|byte| is_of_a_name(**byte)).count();
    start..end
}

/// The separation of a name and its value.
#[derive(Debug, Clone)]
struct Parted<'a> {
    name: Range<usize>,
    /// Position of the separator.
    sign: usize,
    /// Position of the value.
    value: usize,
    /// Whether the separator is a colon, which occurs in prose too.
    is_colon: bool,
    in_percents: bool,
    /// The quote after the name.
    quote: Option<Quote<'a>>,
    /// The quote before the name, as in `'Cookie: a=b'`.
    around: Option<u8>,
    /// As in `Unexpected token: punc (,)`.
    is_said_by_a_parser: bool,
}

impl<'a> Parted<'a> {
    fn after(bytes: &'a [u8], name: Range<usize>) -> Option<Self> {
        let mut at = name.end;
        at += match (bytes.get(at), percents::sign(bytes, at)) {
            (Some(b']'), _) => 1,
            (_, Some((b']', length))) => length,
            _ => 0,
        };
        let quote = Quote::at(bytes, at);
        at = skip_blank(bytes, at + quote.map_or(0, |quote| quote.written.len()));
        let (is_colon, in_percents, length) = match bytes.get(at..)? {
            [b':', b':', ..] | [b'=', b'=', ..] => return None,
            [b'=', b'>', ..] | [b':', b'=', ..] => (false, false, 2),
            [b'=', ..] => (false, false, 1),
            [b':', ..] => (true, false, 1),
            [b'&', ..] => match entities::sign(bytes, at)? {
                (sign @ (b'=' | b':'), length) => (sign == b':', false, length),
                _ => return None,
            },
            _ => match percents::sign(bytes, at)? {
                (sign @ (b'=' | b':'), length) => (sign == b':', true, length),
                _ => return None,
            },
        };
        let around = name.start.checked_sub(1).and_then(|at| bytes.get(at));
        Some(Self {
            sign: at,
            value: skip_scheme_blank(bytes, skip_blank(bytes, at + length)),
            is_colon,
            in_percents,
            quote,
            is_said_by_a_parser: is_after_unexpected(bytes, name.start),
            around: around.copied().filter(|sign| b"\"'`".contains(sign)),
            name,
        })
    }

    /// Adds the part of the value that is secret.
    // Long because it has a case for each shape of a value.
    fn find(&self, text: &str, meaning: Meaning, found: &mut Vec<Found>) {
        let bytes = text.as_bytes();
        let rest = bytes.get(self.value..).unwrap_or_default();
        if rest.starts_with(FILTERED.as_bytes()) {
            return;
        }
        let rule = words::rule_of(meaning);
        let mut add = |range: Range<usize>| {
            let value = text.get(range.clone()).unwrap_or_default();
            if !(value.is_empty() || value == FILTERED || stays(value, meaning)) {
                found.push(Found::new(range, rule));
            }
        };
        if let Some(range) = self.of_lines(text, meaning) {
            return add(range);
        }
        // Prefixes of strings in Python and Rust: bytes, Unicode, raw.
        let prefix = usize::from(matches!(
            rest,
            [
                b'b' | b'u' | b'r' | b'f' | b'B' | b'U' | b'R' | b'F',
                b'"' | b'\'',
                ..
            ]
        ));
        if let Some(quote) = Quote::at(bytes, self.value + prefix) {
            let start = self.value + prefix + quote.written.len();
            let range = start..quote.end(bytes, start);
            let inner = bytes.get(range.clone()).unwrap_or_default();
            let is_a_sign = matches!(inner, [sign] if sign.is_ascii_punctuation());
            if !(is_a_sign && self.is_colon && self.quote.is_none()) {
                add(range);
            }
            return;
        }
        if let [b'[' | b'{' | b'(' | b'<', ..] = rest {
            let range = self.value..self.bare_end(bytes, bracket_end(bytes, self.value));
            let quote = self
                .quote
                .and_then(|quote| std::str::from_utf8(quote.written).ok());
            let with = match quote {
                Some(quote) => Cow::Owned(format!("{quote}{FILTERED}{quote}")),
                None => Cow::Borrowed(FILTERED),
            };
            if !matches!(rest, [b'[', b']', ..] | [b'{', b'}', ..] | [b'(', b')', ..]) {
                found.push(Found { range, rule, with });
            }
            return;
        }
        if !self.in_percents && is_a_call(rest) {
            return;
        }
        let bare = self.value..self.bare_end(bytes, self.value);
        if let Some(range) = after_a_scheme(text, &bare) {
            if !bytes
                .get(range.start..)
                .unwrap_or_default()
                .starts_with(FILTERED.as_bytes())
            {
                add(range);
            }
            return;
        }
        match meaning {
            Meaning::Cookies if has_a_name(bytes.get(bare.clone()).unwrap_or_default()) => {
                add(self.value..self.header_end(bytes));
            }
            Meaning::Address => add(joined_by_commas(bytes, bare)),
            _ if self.is_colon && self.is_in_an_option(bytes) => add(self.value..self.header_end(bytes)),
            Meaning::Person if matches!(rest.first(), Some(b'+' | b'0'..=b'9')) => {
                let is_part = |byte: &&u8| byte.is_ascii_digit() || b"+-(). ".contains(byte);
                let length = rest.iter().take_while(is_part).count();
                let part = rest.get(..length).unwrap_or_default().trim_ascii_end();
                let end = (self.value + part.len()).max(bare.end);
                add(self.value..end);
            }
            _ if self.is_colon && !self.in_percents && self.quote.is_none() => {
                self.of_a_clause(text, bare, meaning, add);
            }
            _ => add(bare),
        }
    }

    /// Returns a value of several words or lines.
    fn of_lines(&self, text: &str, meaning: Meaning) -> Option<Range<usize>> {
        if self.in_percents || self.quote.is_some() {
            return None;
        }
        let of_words = match meaning {
            Meaning::Secret => true,
            Meaning::LastPart | Meaning::Person => !self.is_colon,
            _ => false,
        };
        let is_secret = |value: &str| {
            let is_odd = || {
                value
                    .split_whitespace()
                    .any(|word| word != "-" && !is_plain(word))
            };
            !line::has_prose(value) && (of_words || meaning == Meaning::LastPart || is_odd())
        };
        let below = self
            .is_colon
            .then(|| line::below(text, &self.name, self.sign, is_secret))
            .flatten();
        below.or_else(|| line::rest(text, &self.name, self.value, self.is_colon).filter(|_| of_words))
    }

    /// The end of a value without quotes.
    fn bare_end(&self, bytes: &[u8], from: usize) -> usize {
        let mut at = from;
        let mut is_word = true;
        let mut is_indexed = false;
        while let Some(byte) = bytes.get(at) {
            match byte {
                // Such as `Some("…")`.
                b'(' | b'{' if is_word && at > from => return bracket_end(bytes, at),
                b'&' | b',' | b';' | b'"' | b'\'' | b'<' | b'>' | b'(' | b')' | b'{' | b'}' => break,
                b'[' => is_indexed = true,
                b']' if !is_indexed => break,
                b'\\' if matches!(bytes.get(at + 1), Some(b'"' | b'\'' | b'\\' | b' ')) => break,
                b'%' if self.in_percents && ends_in_percents(bytes, at) => break,
                byte if byte.is_ascii_whitespace() => break,
                _ => {}
            }
            is_word &= byte.is_ascii_alphanumeric() || *byte == b':' || *byte == b'_';
            at += 1;
        }
        at
    }

    /// The end of a header's line, or of the quotes around it.
    fn header_end(&self, bytes: &[u8]) -> usize {
        let end = line_end(bytes, self.value);
        let line = bytes.get(self.value..end).unwrap_or_default();
        let quote = self.around.and_then(|sign| memchr::memchr(sign, line));
        let quoted = quote.map_or(end, |at| self.value + at);
        let slashes = bytes.get(self.value..quoted).unwrap_or_default().iter().rev();
        if quote.is_some() {
            quoted - slashes.take_while(|byte| **byte == b'\\').count()
        } else {
            end
        }
    }

    /// Whether it is a header in a quoted option of a command: `-H 'name: value'`.
    fn is_in_an_option(&self, bytes: &[u8]) -> bool {
        let quote = self.around.and_then(|_| self.name.start.checked_sub(1));
        let before = quote.and_then(|at| bytes.get(..at)).unwrap_or_default();
        let option = before
            .strip_suffix(b"=")
            .unwrap_or_else(|| before.trim_ascii_end());
        option.ends_with(b" -H") || option.ends_with(b" --header")
    }

    /// Adds the secret part of the clause after a colon.
    fn of_a_clause(
        &self,
        text: &str,
        bare: Range<usize>,
        meaning: Meaning,
        mut add: impl FnMut(Range<usize>),
    ) {
        let first = text.get(bare.clone()).unwrap_or_default();
        let tokens = clause(text, self.value);
        let second = tokens.get(1).and_then(|second| text.get(second.clone()));
        // `2 of 3`, and the name or the kind of an unexpected token.
        if is_small(first) && second == Some("of") || self.is_said_by_a_parser && is_plain(first) {
            return;
        }
        if !is_plain(first) {
            return add(bare);
        }
        if tokens.len() < 2 {
            if !words::is_said(first) {
                add(bare);
            }
            return;
        }
        let is_capital = |range: &Range<usize>| {
            let token = text.get(range.clone()).unwrap_or_default();
            token.starts_with(char::is_uppercase)
        };
        if meaning == Meaning::Person && is_capital(&bare) {
            let last = tokens.iter().take_while(|token| is_capital(token)).last();
            return add(bare.start..last.map_or(bare.end, |last| last.end));
        }
        for range in tokens {
            let token = text.get(range.clone()).unwrap_or_default();
            let is_sign = token.bytes().all(|byte| byte.is_ascii_punctuation());
            if !(is_plain(token) || is_small(token) || is_sign || token == FILTERED) {
                add(range);
            }
        }
    }
}

fn is_after_unexpected(bytes: &[u8], at: usize) -> bool {
    let head = bytes
        .get(at.saturating_sub(b"unexpected ".len())..at)
        .unwrap_or_default();
    let words: [&[u8]; 2] = [b"expected ", b"illegal "];
    words.iter().any(|word| {
        let tail = head.len().checked_sub(word.len()).and_then(|at| head.get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(word))
    })
}

/// The words from `from` to the end of the sentence or of its part. Filtered text counts as a word.
fn clause(text: &str, from: usize) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut at = from;
    while let Some(rest) = text.get(at..).filter(|_| words.len() < MOST_WORDS) {
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let rest = rest.get(blank..).unwrap_or_default();
        let length = if rest.starts_with(FILTERED) {
            FILTERED.len()
        } else {
            rest.find(|c: char| c.is_whitespace() || ",;\"'`<>(){}[]|&\\".contains(c))
                .unwrap_or(rest.len())
        };
        if length == 0 {
            break;
        }
        at += blank;
        words.push(at..at + length);
        at += length;
    }
    words
}

/// Whether the value of a cookie has a name, as in a header.
fn has_a_name(value: &[u8]) -> bool {
    (0..value.len()).any(|at| {
        value.get(at) == Some(&b'=') || percents::sign(value, at).is_some_and(|(sign, _)| sign == b'=')
    })
}

/// The secret after a scheme of authorisation: one word, or the rest of the line where the scheme has parameters.
fn after_a_scheme(text: &str, bare: &Range<usize>) -> Option<Range<usize>> {
    let scheme = text.get(bare.clone())?;
    let is_one_of = |schemes: &[&str]| schemes.iter().any(|one| one.eq_ignore_ascii_case(scheme));
    let has_parameters = is_one_of(&["digest", "aws4-hmac-sha256", "oauth", "hawk", "signature"]);
    if !has_parameters && !is_one_of(&["basic", "bearer", "negotiate", "ntlm", "apikey"]) {
        return None;
    }
    let start = skip_scheme_blank(text.as_bytes(), bare.end);
    let after = text.get(start..)?;
    let word = after
        .find(|c: char| c.is_whitespace() || "\"'&,;<>{}()\\%".contains(c))
        .unwrap_or(after.len());
    let is_said = after.get(..word).is_some_and(words::is_said);
    if start == bare.end || word == 0 || is_said {
        return None;
    }
    let end = if has_parameters {
        line_end(text.as_bytes(), start)
    } else {
        start + word
    };
    Some(start..end)
}

/// Skips the blanks after a scheme, plain, percent-encoded, or after a shell's backslash.
fn skip_scheme_blank(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at += match (bytes.get(at), bytes.get(at + 1), percents::sign(bytes, at)) {
            (Some(b' ' | b'\t'), ..) => 1,
            (Some(b'\\'), Some(b' '), _) => 2,
            (_, _, Some((b' ', length))) => length,
            _ => return at,
        };
    }
}

/// Extends a range over further parts that are joined by commas.
fn joined_by_commas(bytes: &[u8], first: Range<usize>) -> Range<usize> {
    let mut end = first.end;
    while bytes.get(end) == Some(&b',') {
        let rest = bytes.get(end + 1..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| **byte == b' ').count();
        let is_part = |byte: &&u8| byte.is_ascii_hexdigit() || b".:[]".contains(byte);
        let part = rest.iter().skip(blank).take_while(is_part).count();
        if part == 0 {
            break;
        }
        end += 1 + blank + part;
    }
    first.start..end
}

/// Whether a percent-encoded character at `at` ends a value: `&`, `"`, `'`, `,`, `;`, a space, a bracket.
fn ends_in_percents(bytes: &[u8], at: usize) -> bool {
    percents::sign(bytes, at).is_some_and(|(sign, _)| b"&\"',; }]\n\r".contains(&sign))
}

/// Limit of the words of a clause, so that the time is linear in the text.
const MOST_WORDS: usize = 32;

/// The first position from `at` on that is neither white space nor an escape of it.
fn skip_blank(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at += match bytes.get(at..).unwrap_or_default() {
            [b' ' | b'\t' | b'\n' | b'\r', ..] => 1,
            [b'\\', b'n' | b'r' | b't', ..] => 2,
            [b'%', ..] => match percents::sign(bytes, at) {
                Some((b' ', length)) => length,
                _ => return at,
            },
            _ => return at,
        };
    }
}
