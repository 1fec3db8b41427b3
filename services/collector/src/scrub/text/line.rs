//! Values of several words: the rest of a line in YAML (`password: correct horse`) and in settings files (`password
//! = correct horse`), and the lines below a name in YAML.

use std::ops::Range;

use crate::scrub::quote::line_end;
use crate::scrub::rule::FILTERED;
use crate::scrub::words;

/// Returns the value, where it is the whole rest of the name's line and has several words. After a colon it is no
/// value if one of its words is prose.
pub(super) fn rest(text: &str, name: &Range<usize>, value: usize, is_colon: bool) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let line = line_begun_by(bytes, name).filter(|line| value < line.end)?;
    let whole = without_a_remark(text.get(value..line.end)?);
    let words: Vec<&str> = whole.split_whitespace().collect();
    let is_odd = |c: char| "=<>(){}[]\"'`|&;\\".contains(c);
    if words.len() < 2 || whole.contains(is_odd) || words.iter().any(|word| word.ends_with(':')) {
        return None;
    }
    let is_value = if is_colon {
        !has_prose(whole)
    } else {
        bytes.get(name.end) == Some(&b' ') || is_beside_another(bytes, &line)
    };
    is_value.then(|| value..value + whole.len())
}

/// Returns the lines that YAML indents below a name: a text after `|` or `>`, or a list. Filtered text counts too.
/// `is_secret` decides about a list.
pub(super) fn below(
    text: &str,
    name: &Range<usize>,
    colon: usize,
    is_secret: impl Fn(&str) -> bool,
) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let line = line_begun_by(bytes, name)?;
    let mark = bytes.get(colon + 1..line.end)?.trim_ascii();
    let is_text = mark.first().is_some_and(|byte| b"|>".contains(byte))
        && mark.iter().skip(1).all(|byte| b"+-123456789".contains(byte));
    if !(is_text || mark.is_empty()) {
        return None;
    }
    let depth = indent(bytes.get(line.clone())?);
    let is_below = |line: &[u8]| match line.trim_ascii() {
        [] => is_text,
        [b'-', b' ', ..] if !is_text => indent(line) >= depth,
        _ => is_text && indent(line) > depth,
    };
    let next = |line: &Range<usize>| {
        let start = next_line(bytes, line.end);
        (start < bytes.len()).then(|| start..line_end(bytes, start))
    };
    let lines = std::iter::successors(next(&line), next).take(MOST_LINES);
    let lines = lines.take_while(|line| is_below(bytes.get(line.clone()).unwrap_or_default()));
    let first = next_line(bytes, line.end);
    let whole = text.get(first..lines.last()?.end)?;
    let start = first + whole.len() - whole.trim_start().len();
    let inner = whole.trim();
    (is_text || is_secret(inner)).then_some(start..start + inner.len())
}

/// Limit of lines below a name, so that the time is linear in the text.
const MOST_LINES: usize = 256;

/// Returns the line of a name, where only the beginning of an item or of a statement precedes the name.
fn line_begun_by(bytes: &[u8], name: &Range<usize>) -> Option<Range<usize>> {
    /// How far back the beginning of the line is searched, in bytes.
    const FOLLOWED: usize = 128;
    let head = bytes.get(name.start.saturating_sub(FOLLOWED)..name.start)?;
    let length = match memchr::memrchr2(b'\n', b'\r', head) {
        Some(at) => head.len() - at - 1,
        None if head.len() == name.start => head.len(),
        None => return None,
    };
    let start = name.start - length;
    let is_begun = matches!(
        bytes.get(start..name.start)?.trim_ascii(),
        b"" | b"-" | b"export" | b"set"
    );
    is_begun.then(|| start..line_end(bytes, name.end))
}

/// The start of the line after one that ends at `end`.
fn next_line(bytes: &[u8], end: usize) -> usize {
    let is_both = bytes.get(end..).is_some_and(|rest| rest.starts_with(b"\r\n"));
    bytes.len().min(end + 1 + usize::from(is_both))
}

fn indent(line: &[u8]) -> usize {
    line.iter().take_while(|byte| b" \t".contains(byte)).count()
}

/// The text before a comment of YAML or of settings.
fn without_a_remark(text: &str) -> &str {
    let ends = [" #", "\t#", " ;", "\t;"]
        .iter()
        .filter_map(|sign| text.find(sign));
    let end = ends.min().unwrap_or(text.len());
    text.get(..end).unwrap_or_default().trim_end()
}

/// Whether the previous or the next line also gives a value to a name, or is the header of a section.
fn is_beside_another(bytes: &[u8], line: &Range<usize>) -> bool {
    let is_one = |other: &[u8]| {
        let other = other.trim_ascii();
        let name = other
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(byte))
            .count();
        let sign = other.get(name..).unwrap_or_default().trim_ascii_start();
        name > 0 && sign.first() == Some(&b'=') || matches!(other, [b'[', .., b']'])
    };
    let before = bytes.get(..line.start).unwrap_or_default().trim_ascii_end();
    let before = before.rsplit(|byte| *byte == b'\n').next();
    let start = next_line(bytes, line.end);
    let after = bytes.get(start..line_end(bytes, start)).unwrap_or_default();
    before.is_some_and(is_one) || is_one(after)
}

/// Whether one of the words shows that they are about a secret rather than a secret: a word of [`words::is_said`],
/// or one that makes a sentence.
pub(super) fn has_prose(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        let word = word.trim_end_matches([',', '.', '!', '?', ':', '\u{2026}']);
        word == FILTERED || words::is_said(word) || PROSE.split(' ').any(|one| one.eq_ignore_ascii_case(word))
    })
}

/// Words of sentences about secrets, in English and Russian.
const PROSE: &str = "a after again an and are as at be been before but by can can't cannot character characters click could did \
    digits do docs does doesn't don't enter expires field for format from had has have here if in into it its \
    least length less may more must my not on only or please same see should than that the their then there this \
    to too try until used using were when which while will with would you your без был быть в для должен и из или \
    на не нет от по поле с";
