//! Email addresses, in the letters of any language.

use std::ops::Range;

use crate::scrub::rule::{Found, Rule};
use crate::scrub::{entities, percents};

/// Adds the addresses in a text. `is_none` tells of a range whether it is not a person's address.
pub(super) fn find(text: &str, is_none: impl Fn(&Range<usize>) -> bool, found: &mut Vec<Found>) {
    let mut from = 0;
    for at in memchr::memchr3_iter(b'@', b'%', b'&', text.as_bytes()) {
        let rest = text.get(at..).unwrap_or_default();
        let written = percents::sign(text.as_bytes(), at).or_else(|| entities::sign(text.as_bytes(), at));
        let sign = match (rest.starts_with('@'), written) {
            (true, _) if at >= from => 1,
            (_, Some((b'@', length))) if at >= from => length,
            _ => continue,
        };
        let before = text.get(from..at).unwrap_or_default();
        let local = before.len() - before.trim_end_matches(is_local).len();
        let domain = domain_len(rest.get(sign..).unwrap_or_default());
        from = at + sign;
        if let (1.., Some(domain)) = (local, domain) {
            let range = at - local..from + domain;
            from = range.end;
            let is_machine = range.start + 3 == at && text.get(range.start..at) == Some("git");
            if !(is_machine
                || is_scaled(text.get(at + sign..range.end).unwrap_or_default())
                || is_none(&range))
            {
                found.push(Found::new(range, Rule::Email));
            }
        }
    }
}

/// Whether the domain is the end of a file name for high-density screens, such as `2x.png`.
fn is_scaled(domain: &str) -> bool {
    let rest = domain.trim_start_matches(|c: char| c.is_ascii_digit());
    let kind = rest.strip_prefix("x.").filter(|_| rest.len() < domain.len());
    kind.is_some_and(|kind| matches!(kind, "png" | "jpg" | "jpeg" | "webp" | "gif" | "svg" | "avif"))
}

/// Whether a character is a letter, a digit, or a combining mark, of any language.
fn is_letter(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '\u{300}'..='\u{36f}')
}

fn is_local(character: char) -> bool {
    is_letter(character) || matches!(character, '_' | '.' | '+' | '%' | '-')
}

/// Length of the domain at the beginning of a text: labels joined by points, the last with at least two letters, or
/// in Punycode (RFC 3492).
fn domain_len(text: &str) -> Option<usize> {
    let is_part = |character: char| is_letter(character) || matches!(character, '-' | '.');
    let whole = text.len() - text.trim_start_matches(is_part).len();
    let mut end = 0;
    let mut found = None;
    for (place, name) in text.get(..whole)?.split('.').enumerate() {
        if name.is_empty() {
            break;
        }
        end += name.len() + usize::from(place > 0);
        let is_top = name.chars().count() > 1 && !name.contains(|c: char| !is_letter(c) || c.is_numeric());
        if place > 0 && (is_top || name.starts_with("xn--")) {
            found = Some(end);
        }
    }
    found
}
