//! Limits of texts that become names, by which lists display, filter and group. The envelope keeps the whole text.
//!
//! The lengths are those of Relay's schema (`max_chars` in `relay-event-schema/src/protocol`) where it has one.
//! They are counted in bytes of JSON, so that a response is bounded whatever a text consists of: a quote takes two
//! bytes, a control character six.

/// Limit of the name of a transaction, and of a culprit.
pub(crate) const TRANSACTION: usize = 200;
/// Limit of the operation of a span.
pub(crate) const OP: usize = 128;
/// Limit of the status of a span; the longest of Sentry's has 19 letters.
pub(crate) const STATUS: usize = 32;
/// Limit of a release. A Sentry server takes 250, Relay 200.
pub(crate) const RELEASE: usize = 200;
/// Limit of an environment.
pub(crate) const ENVIRONMENT: usize = 64;
/// Limit of the name of a service or a peer. Relay has 256 for a host, but a list shows several of them in one
/// line.
pub(crate) const SERVICE: usize = 100;
/// Limit of the id of a user.
pub(crate) const PLAYER: usize = 128;
/// Limit of the id of a span. Sentry's has 16 hexadecimal digits; other SDKs have longer ones.
pub(crate) const ID: usize = 64;
/// Limit of the name of a tag.
pub(crate) const TAG: usize = 200;
/// Limit of the value of a tag. Relay has 200, but one of our tags holds the names of all problems.
pub(crate) const TAG_VALUE: usize = 500;
/// Limit of the name of a measurement or a metric.
pub(crate) const MEASUREMENT: usize = 150;
/// Limit of a unit, a level or a kind, each of which is one word.
pub(crate) const WORD: usize = 32;
/// Limit of the type of an exception.
pub(crate) const KIND: usize = 128;
/// Limit of the value of an exception, and of a message.
pub(crate) const VALUE: usize = 8_192;
/// Limit of the function of a frame.
pub(crate) const FUNCTION: usize = 512;
/// Limit of the module or the file of a frame.
pub(crate) const FILE: usize = 256;
/// Limit of the description of a span. Relay has none; this is enough for an SQL statement that a person reads.
pub(crate) const DESCRIPTION: usize = 2_048;

const ELLIPSIS: &str = "…";

/// Returns the text, or as much of its beginning as fits into `most` bytes together with an ellipsis.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let mut taken = 0;
    // The position of the ellipsis, in case the text does not fit.
    let mut end = 0;
    for (at, c) in text.char_indices() {
        if taken + ELLIPSIS.len() <= most {
            end = at;
        }
        taken += in_json(c);
        if taken > most {
            return format!("{}{ELLIPSIS}", &text[..end]);
        }
    }
    text.to_owned()
}

/// Size of a text in bytes within the quotes of JSON.
pub(crate) fn bytes(text: &str) -> usize {
    text.chars().map(in_json).sum()
}

fn in_json(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        _ => c.len_utf8(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_is_cut_between_characters_and_says_so() {
        assert_eq!(cut("twelve bytes", 12), "twelve bytes");
        assert_eq!(cut("thirteen byte", 12), "thirteen …");
        assert_eq!(cut("ёжик в тумане", 9), "ёжи…");
        assert_eq!(cut("\u{1}\u{1}\u{1}", 12), "\u{1}…");
        assert_eq!(cut("", 12), "");
    }

    proptest! {
        #[test]
        fn what_is_cut_fits_and_is_as_long_as_can_be(text in "[a-z\"\\\\\n\u{1}ё\u{1f600}]{0,40}", most in 3_usize..60) {
            let found = cut(&text, most);
            let size = |text: &str| serde_json::to_string(text).unwrap().len() - 2;
            prop_assert_eq!(bytes(&text), size(&text));
            prop_assert!(size(&found) <= most);
            match found.strip_suffix(ELLIPSIS) {
                Some(begin) if found != text => {
                    let next = text[begin.len()..].chars().next().map_or(0, in_json);
                    prop_assert!(text.starts_with(begin) && size(&found) + next > most);
                }
                _ => prop_assert_eq!(&found, &text),
            }
        }
    }
}
