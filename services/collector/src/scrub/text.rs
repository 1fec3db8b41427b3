//! Findings in free text. JSON within a text is handled by `walk`.

mod command;
mod email;
mod groups;
mod iban;
mod line;
mod named;
mod values;

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::border::pattern;
use super::rule::{FILTERED, Found, Rule};
use super::{card, words};

/// The compiled patterns. The first group of each is the secret.
struct Patterns {
    bearer: Regex,
    basic: Regex,
    web_token: Regex,
    private_key: Regex,
    url_auth: Regex,
    /// A node in the header `Forwarded` (RFC 7239): an address, possibly in brackets and with a port.
    forwarded: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| Patterns {
    bearer: pattern(r"(?i)\bbearer(?:\s|%20|\+)+([^\s\x22',;]+)"),
    basic: pattern(r"(?i)\bbasic(?:\s|%20|\+)+([A-Za-z0-9+/]{6,}={0,2})"),
    web_token: pattern(r"\b(eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){0,3})"),
    private_key: pattern(r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----((?:-{0,4}[^-])+)"),
    url_auth: pattern(r#"//[^\s/"'@:]*:([^\s/"'@]+)@"#),
    forwarded: pattern(
        r#"(?i)\b(?:for|by)=\\*"?(\[[0-9a-f:.]+\](?::\w+)?|\d{1,3}(?:\.\d{1,3}){3}(?::\w+)?)"#,
    ),
});

/// Whether letters are base64 rather than a word: their number is a multiple of four, and one after the first is
/// not small.
fn is_base64(text: &[u8]) -> bool {
    let is_word = text.iter().skip(1).all(u8::is_ascii_lowercase) || text.iter().all(u8::is_ascii_uppercase);
    text.len().is_multiple_of(4) && !is_word
}

/// Returns the findings in a text, unordered; they may overlap.
pub(super) fn findings(text: &str) -> Vec<Found> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    named::find(text, &mut found);
    let others = [
        (&PATTERNS.url_auth, Rule::UrlAuth),
        (&PATTERNS.bearer, Rule::Bearer),
        (&PATTERNS.basic, Rule::Basic),
        (&PATTERNS.web_token, Rule::Bearer),
        (&PATTERNS.private_key, Rule::PrivateKey),
        (&PATTERNS.forwarded, Rule::Address),
    ];
    for (pattern, rule) in others {
        let parts = pattern
            .captures_iter(bytes)
            .filter_map(|captures| captures.get(1));
        let is_said =
            |part: &[u8]| rule == Rule::Bearer && std::str::from_utf8(part).is_ok_and(words::is_said);
        let parts = parts
            .filter(|part| rule != Rule::Basic || is_base64(part.as_bytes()))
            .filter(|part| !part.as_bytes().starts_with(FILTERED.as_bytes()) && !is_said(part.as_bytes()));
        found.extend(parts.map(|part| Found::new(part.range(), rule)));
    }
    command::find(bytes, &mut found);
    let passwords: HashSet<usize> = found
        .iter()
        .filter(|one| one.rule == Rule::UrlAuth)
        .map(|one| one.range.start)
        .collect();
    // `//key@host` and `//name:password@host` are no email addresses.
    let is_in_a_url = |range: &std::ops::Range<usize>| {
        let before = range.start.checked_sub(2);
        let after_slashes = before.and_then(|before| bytes.get(before..range.start)) == Some(b"//");
        after_slashes || passwords.contains(&range.start)
    };
    email::find(text, is_in_a_url, &mut found);
    card::find(bytes, &mut found);
    iban::find(bytes, &mut found);
    groups::find(bytes, |at| card::is_named_otherwise(bytes, at), &mut found);
    found.retain(|one| !one.range.is_empty() && text.get(one.range.clone()).is_some());
    found
}
