//! How long a text may be that becomes a name: whatever lists show, filter and group by. The whole text stays in the
//! envelope.
//!
//! Lengths are those of Relay's schema (`max_chars` in `relay-event-schema/src/protocol`) where it has one. They are counted in
//! bytes of JSON, so that an answer is bounded whatever the text is made of: a quote takes two, a control character six.

/// Name of a transaction; culprit.
pub(crate) const TRANSACTION: usize = 200;
/// Operation of a span.
pub(crate) const OP: usize = 128;
/// Status of a span: Sentry's words have at most 19 letters.
pub(crate) const STATUS: usize = 32;
/// Release. A Sentry server takes 250, Relay 200.
pub(crate) const RELEASE: usize = 200;
/// Environment.
pub(crate) const ENVIRONMENT: usize = 64;
/// Service or peer. Relay has 256 for a host; a list tells many of them in one line.
pub(crate) const SERVICE: usize = 100;
/// Id of a user.
pub(crate) const PLAYER: usize = 128;
/// Id of a span: 16 hexadecimal digits, for an SDK that counts otherwise.
pub(crate) const ID: usize = 64;
/// Name of a tag.
pub(crate) const TAG: usize = 200;
/// Value of a tag. Relay has 200; ours holds the names of all problems.
pub(crate) const TAG_VALUE: usize = 500;
/// Name of a measurement or metric.
pub(crate) const MEASUREMENT: usize = 150;
/// Unit, level, kind: one word.
pub(crate) const WORD: usize = 32;
/// Type of an exception.
pub(crate) const KIND: usize = 128;
/// Value of an exception, or a message.
pub(crate) const VALUE: usize = 8_192;
/// Function of a frame.
pub(crate) const FUNCTION: usize = 512;
/// Module or file of a frame.
pub(crate) const FILE: usize = 256;
/// Description of a span. Relay has none: enough for a statement of SQL that a person reads.
pub(crate) const DESCRIPTION: usize = 2_048;

const ELLIPSIS: &str = "…";

/// The text, or as much of its beginning as fits into `most` bytes with an ellipsis after it.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let mut taken = 0;
    // Where the ellipsis goes if the text does not end in time.
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

/// Bytes of a text within the quotes of JSON.
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
