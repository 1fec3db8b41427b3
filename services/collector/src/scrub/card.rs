//! Payment card numbers.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::border::{is_free_after, is_free_before};
use super::rule::{Found, Rule};
use super::words;

static DIGITS: LazyLock<Regex> = LazyLock::new(|| super::border::pattern(r"\d(?:[ -]?\d){12,}"));

/// Adds the card numbers in a text.
pub(super) fn find(bytes: &[u8], found: &mut Vec<Found>) {
    for run in DIGITS.find_iter(bytes) {
        let (mut start, mut end) = (run.start(), run.end());
        let space = |byte: &u8| *byte == b' ';
        // Digits next to a letter are something else; digits separated from it by a space are not.
        if !is_free_before(bytes, start, b"-._") {
            start = run
                .as_bytes()
                .iter()
                .position(space)
                .map_or(end, |at| start + at + 1);
        }
        if !is_free_after(bytes, end, b"-._") {
            end = run
                .as_bytes()
                .iter()
                .rposition(space)
                .map_or(start, |at| run.start() + at);
        }
        if is_named_otherwise(bytes, start) {
            continue;
        }
        let cards = cards(bytes.get(start..end).unwrap_or_default()).into_iter();
        found.extend(cards.map(|card| Found::new(start + card.start..start + card.end, Rule::Card)));
    }
}

/// Whether the number at `at` has the name of an id, an amount, a count or a time: `trace_id=…`, `"amount_minor":
/// …`.
pub(super) fn is_named_otherwise(bytes: &[u8], at: usize) -> bool {
    /// How far back the name is searched, in bytes.
    const FOLLOWED: usize = 48;
    let head = bytes.get(at.saturating_sub(FOLLOWED)..at).unwrap_or_default();
    let is_filling = |byte: u8| b"\"'\\ ".contains(&byte);
    let length = |head: &[u8]| head.iter().rev().take_while(|byte| is_filling(**byte)).count();
    let head = head.get(..head.len() - length(head)).unwrap_or_default();
    let [head @ .., b'=' | b':'] = head else {
        return false;
    };
    let head = head.get(..head.len() - length(head)).unwrap_or_default();
    let is_of_a_name = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
    let count = head.iter().rev().take_while(is_of_a_name).count();
    let name = head
        .get(head.len() - count..)
        .and_then(|name| std::str::from_utf8(name).ok());
    name.is_some_and(|name| words::names_an_id(name) || words::names_a_quantity(name))
}

/// Limit of the digits of a JSON number that counts as a card. Programs do not store longer ones as numbers,
/// because those of JavaScript are exact only up to 2^53, and random 64-bit numbers mostly have 19 digits.
const MOST_DIGITS: usize = 16;

/// Whether a JSON number is a card number: an integer, possibly followed by `.0`.
pub(super) fn is_card_number(number: &[u8]) -> bool {
    let whole = number.strip_suffix(b".0").unwrap_or(number);
    whole.len() <= MOST_DIGITS && whole.iter().all(u8::is_ascii_digit) && is_card(whole)
}

/// The card numbers in a run of digits, which spaces or dashes may divide into groups. Other numbers may stand
/// beside a card number, but equal groups beside it make the run a list, and dashes join everything to one thing.
fn cards(run: &[u8]) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for part in run.split(|byte| !byte.is_ascii_digit()) {
        groups.push(start..start + part.len());
        start += part.len() + 1;
    }
    let card_from = |first: usize| {
        let lasts = (first..groups.len().min(first + MOST_GROUPS)).rev();
        lasts.into_iter().find_map(|last| {
            let (head, tail) = (groups.get(first)?, groups.get(last)?);
            // Whether the neighbouring group belongs to the group at the edge of the card number.
            let belongs = |beside: Option<&Range<usize>>, joint: Option<&u8>, edge: &Range<usize>| {
                beside.is_some_and(|beside| match joint {
                    Some(b'-') => first == last || beside.len() > 3,
                    _ => first != last && beside.len() == edge.len(),
                })
            };
            let before = head.start.checked_sub(1).and_then(|at| run.get(at));
            let is_part = belongs(first.checked_sub(1).and_then(|at| groups.get(at)), before, head)
                || belongs(groups.get(last + 1), run.get(tail.end), tail);
            let range = head.start..tail.end;
            (!is_part && is_card(run.get(range.clone())?)).then_some((range, last))
        })
    };
    let mut cards = Vec::new();
    let mut first = 0;
    while first < groups.len() {
        first = match card_from(first) {
            Some((card, last)) => {
                cards.push(card);
                last + 1
            }
            None => first + 1,
        };
    }
    cards
}

/// Limit of the groups of a card number.
const MOST_GROUPS: usize = 5;

/// Whether digits, possibly in groups, are a card number: by the first digits of the networks (ISO/IEC 7812), the
/// length, and Luhn's check digit. No network's numbers begin like times of this century in seconds, milli-, micro-
/// or nanoseconds.
pub(super) fn is_card(text: &[u8]) -> bool {
    let mut groups = text.split(|byte| !byte.is_ascii_digit()).map(<[u8]>::len);
    // A list of small numbers is no card number.
    if groups.next().is_none_or(|first| first < 4) || groups.any(|group| group < 3) {
        return false;
    }
    let digits: Vec<u32> = text
        .iter()
        .filter_map(|byte| char::from(*byte).to_digit(10))
        .collect();
    let head = |count: usize| {
        let head = digits.iter().take(count);
        head.fold(0, |number, digit| number * 10 + digit)
    };
    let fits = match (head(1), digits.len()) {
        (4, 13 | 16 | 19) => true,
        (5, 16) => head(2) != 59,
        (5, 13..=19) => matches!(head(2), 50 | 56..=58),
        (3, 15) if matches!(head(2), 34 | 37) => true,
        (3, 14..=19) if matches!(head(3), 300..=305) || matches!(head(2), 36 | 38 | 39) => true,
        (3, 16..=19) => matches!(head(4), 3528..=3589),
        (6, 13..=19) => true,
        (2, 16..=19) => matches!(head(4), 2200..=2204 | 2221..=2720),
        _ => false,
    };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => *digit,
            (_, double) => double / 10 + double % 10,
        })
        .sum();
    fits && sum.is_multiple_of(10)
}
