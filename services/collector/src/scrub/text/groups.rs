//! Card numbers and IBANs in groups with other separators than a single space or dash: points, slashes, several
//! spaces, Unicode spaces and dashes. The groups are those of print: fours, or 4, 6 and 5 or 4 digits.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::iban;
use crate::scrub::border::{is_free_after, is_free_before, pattern};
use crate::scrub::card;
use crate::scrub::rule::{Found, Rule};

/// A separator of groups: a few characters, or one of Unicode, of percent-encoding or of HTML.
const SEPARATOR: &str =
    r"(?:[ \t./_+-]{1,4}|\xC2[\xA0\xB7]|\xE2\x80[\x80-\x95\xAF]|\xE2\x88\x92|%20|&nbsp;|&#160;)";

/// The first two groups.
static FIRST: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?:\d{{4}}|[A-Z]{{2}}\d{{2}}){SEPARATOR}[A-Z0-9]{{4}}")));
static NEXT: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"\A{SEPARATOR}([A-Z0-9]{{1,35}})")));

/// Limit of groups: those of the longest IBAN, and one more to recognise a longer list.
const MOST_GROUPS: usize = 10;
/// Characters that join a run to its neighbour.
const JOINTS: &[u8] = b"-_./+";

/// Adds the card numbers and IBANs in groups. `is_named_otherwise` tells of a position whether the number there has
/// the name of something else.
pub(super) fn find(bytes: &[u8], is_named_otherwise: impl Fn(usize) -> bool, found: &mut Vec<Found>) {
    let mut at = 0;
    while let Some(first) = FIRST.find_at(bytes, at) {
        at = first.start() + 1;
        if !begins_freely(bytes, first.start()) || is_named_otherwise(first.start()) {
            continue;
        }
        let groups = groups(bytes, first.start());
        let hit = card_of(bytes, &groups)
            .map(|count| (count, Rule::Card))
            .or_else(|| iban_of(bytes, &groups).map(|count| (count, Rule::Iban)));
        if let Some((count, rule)) = hit
            && let Some(last) = groups.get(count - 1)
        {
            at = last.end;
            found.push(Found::new(first.start()..last.end, rule));
        }
    }
}

/// Whether the run at `at` does not continue an earlier one. A Unicode space is no letter.
fn begins_freely(bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(..at).unwrap_or_default();
    let is_space = |head: &[u8]| !head.last().is_some_and(u8::is_ascii_digit);
    match before {
        [head @ .., 0xC2, 0xA0 | 0xB7] | [head @ .., 0xE2, 0x80, 0x80..=0x95 | 0xAF] => is_space(head),
        _ => is_free_before(bytes, at, JOINTS),
    }
}

/// The groups from `start` on.
fn groups(bytes: &[u8], start: usize) -> Vec<Range<usize>> {
    let is_part = |byte: &&u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let rest = bytes.get(start..).unwrap_or_default();
    let first = start..start + rest.iter().take_while(is_part).count();
    let next = |last: &Range<usize>| {
        let captures = NEXT.captures(bytes.get(last.end..)?)?;
        let group = captures.get(1)?;
        Some(last.end + group.start()..last.end + group.end())
    };
    std::iter::successors(Some(first), next)
        .take(MOST_GROUPS)
        .collect()
}

/// The number of groups that are a card number.
fn card_of(bytes: &[u8], groups: &[Range<usize>]) -> Option<usize> {
    let lengths: Vec<usize> = groups.iter().map(Range::len).collect();
    let counts: &[usize] = match lengths.as_slice() {
        // A list of four-digit numbers.
        [4, 4, 4, 4, 4, ..] => &[],
        [4, 4, 4, 4, 3, ..] => &[5, 4],
        [4, 4, 4, 4, ..] => &[4],
        [4, 6, 4 | 5, ..] => &[3],
        _ => &[],
    };
    let is_card = |count: &usize| {
        let digits = characters(bytes, groups, *count);
        digits.iter().all(u8::is_ascii_digit) && card::is_card(&digits)
    };
    let holds = |count: &usize| is_parted_oddly(bytes, groups, *count, b" -") && is_card(count);
    counts
        .iter()
        .copied()
        .find(|count| holds(count) && ends_freely(bytes, groups, *count))
}

/// The number of groups that are an IBAN.
fn iban_of(bytes: &[u8], groups: &[Range<usize>]) -> Option<usize> {
    let fours = groups.iter().take_while(|group| group.len() == 4).count();
    let shorter = groups.get(fours).filter(|group| group.len() < 4);
    let most = fours + usize::from(shorter.is_some());
    let is_iban = |count: &usize| iban::is_iban(&characters(bytes, groups, *count));
    let holds = |count: &usize| is_parted_oddly(bytes, groups, *count, b" ") && is_iban(count);
    (4..=most)
        .rev()
        .find(|count| holds(count) && ends_freely(bytes, groups, *count))
}

/// Whether a separator of the first `count` groups is not one of the `known` ones. With known separators the number
/// is found without this module.
fn is_parted_oddly(bytes: &[u8], groups: &[Range<usize>], count: usize, known: &[u8]) -> bool {
    let mut parted = groups.array_windows().take(count - 1);
    parted.any(|[one, next]| !matches!(bytes.get(one.end..next.start), Some([sign]) if known.contains(sign)))
}

/// Whether the run ends after the first `count` groups.
fn ends_freely(bytes: &[u8], groups: &[Range<usize>], count: usize) -> bool {
    let Some(end) = count
        .checked_sub(1)
        .and_then(|last| groups.get(last))
        .map(|last| last.end)
    else {
        return false;
    };
    let rest = bytes.get(end..).unwrap_or_default();
    let is_unicode = matches!(rest, [0xC2, 0xA0 | 0xB7, ..] | [0xE2, 0x80, ..]);
    // A full stop ends a sentence; other characters join.
    is_unicode || is_free_after(bytes, end, JOINTS)
}

/// The characters of the first groups.
fn characters(bytes: &[u8], groups: &[Range<usize>], count: usize) -> Vec<u8> {
    let groups = groups
        .iter()
        .take(count)
        .filter_map(|group| bytes.get(group.clone()));
    groups.flatten().copied().collect()
}
