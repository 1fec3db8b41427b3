//! Values that are no secret: a plain word, a count, code that returns the value, a placeholder.

use crate::scrub::words::{self, Meaning};

/// Whether a word is plain: letters, no capital after a small letter, and possibly the end of a sentence.
pub(super) fn is_plain(word: &str) -> bool {
    let word = word.trim_end_matches(['.', '!', '?', ':', '\u{2026}']);
    let mut was_small = false;
    !word.is_empty()
        && word.chars().all(|c| {
            let is_mixed = was_small && c.is_uppercase();
            was_small = c.is_lowercase();
            !is_mixed && (c.is_alphabetic() || matches!(c, '-' | '_' | '\u{2019}'))
        })
}

/// Whether the text is a call: `nextToken()`, `await self.token(user)`, `Session::new()`.
pub(super) fn is_a_call(rest: &[u8]) -> bool {
    let keywords: [&[u8]; 4] = [b"await ", b"new ", b"yield ", b"try "];
    let rest = keywords
        .iter()
        .find_map(|word| rest.strip_prefix(*word))
        .unwrap_or(rest);
    let is_path = |byte: &&u8| byte.is_ascii_alphabetic() || b"_.:$".contains(byte);
    let path = rest.iter().take_while(is_path).count();
    let Some([b'(', arguments @ ..]) = rest.get(path..).filter(|_| path > 1) else {
        return false;
    };
    let is_part = |byte: &&u8| byte.is_ascii_alphabetic() || b"_., &$".contains(byte);
    let length = arguments.iter().take_while(is_part).count();
    arguments.get(length) == Some(&b')')
}

/// Whether a word is a number of up to three digits.
pub(super) fn is_small(word: &str) -> bool {
    word.len() < 4 && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a value is no secret.
pub(super) fn stays(value: &str, meaning: Meaning) -> bool {
    let counts = matches!(meaning, Meaning::Counted | Meaning::Cookies | Meaning::Session);
    words::is_literal(value)
        || is_placeholder(value)
        || meaning == Meaning::Counted && words::is_scheme(value)
        || words::is_type(value)
        || counts && is_count(value)
        || meaning == Meaning::Session && words::is_id(value, false)
}

/// Whether a value is a placeholder: a parameter of a statement or of a format, a variable, asterisks.
fn is_placeholder(value: &str) -> bool {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    matches!(value, "?" | "%s" | "%d" | "$" | "{}" | "...")
        || value
            .strip_prefix(['$', '?'])
            .is_some_and(|rest| !rest.is_empty() && rest.len() < 4 && is_number(rest))
        || !value.is_empty() && value.chars().all(|c| c == '*' || c == '\u{2022}')
}

/// Whether a value is a number, possibly with a unit.
fn is_count(value: &str) -> bool {
    let unit = value.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    unit.len() < value.len()
        && matches!(
            unit,
            "" | "%" | "ns" | "us" | "ms" | "s" | "m" | "h" | "d" | "B" | "KB" | "MB"
        )
}
