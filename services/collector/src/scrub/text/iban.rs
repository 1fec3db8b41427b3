//! International bank account numbers.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::scrub::border::{is_free_after, is_free_before, pattern};
use crate::scrub::rule::{Found, Rule};

static IBAN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b[A-Z]{2}\d{2} ?[A-Z0-9]{4}(?: ?[A-Z0-9]){7,26}\b"));

/// Adds the IBANs in a text.
pub(super) fn find(bytes: &[u8], found: &mut Vec<Found>) {
    let mut at = 0;
    while let Some(candidate) = IBAN.find_at(bytes, at) {
        at = candidate.start() + 2;
        if let Some(length) = iban_len(candidate.as_bytes()) {
            let range = candidate.start()..candidate.start() + length;
            if is_free_before(bytes, range.start, b"-_") && is_free_after(bytes, range.end, b"-_") {
                at = range.end;
                found.push(Found::new(range, Rule::Iban));
            }
        }
    }
}

/// Length of the IBAN at the beginning of a text, including spaces: the longest with valid check digits.
fn iban_len(text: &[u8]) -> Option<usize> {
    let ends = (LEAST..=text.len())
        .rev()
        .filter(|end| text.get(end - 1).is_some_and(|byte| *byte != b' '));
    ends.into_iter().find(|end| {
        let characters = text.iter().take(*end).copied();
        let characters: Vec<u8> = characters.filter(|byte| *byte != b' ').collect();
        text.get(*end).is_none_or(|next| *next == b' ') && is_iban(&characters)
    })
}

/// Length of the shortest IBAN, that of Norway.
const LEAST: usize = 15;

/// Whether letters and digits are an IBAN, by length and check digits (ISO 13616: the number with its first four
/// characters moved to the end, and letters as 10 to 35, is 1 modulo 97).
pub(super) fn is_iban(characters: &[u8]) -> bool {
    let Some((head, body)) = characters.split_at_checked(4) else {
        return false;
    };
    let is_begin = matches!(head, [a, b, c, d] if a.is_ascii_uppercase() && b.is_ascii_uppercase()
        && c.is_ascii_digit() && d.is_ascii_digit());
    let value = body.iter().chain(head).fold(0_u32, |rest, byte| {
        let digit = char::from(*byte).to_digit(36).unwrap_or(0);
        (if digit < 10 { rest * 10 } else { rest * 100 } + digit) % 97
    });
    (LEAST..=34).contains(&characters.len()) && is_begin && value == 1
}
