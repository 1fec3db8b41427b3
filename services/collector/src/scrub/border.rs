//! Borders of words in a text.

use regex::bytes::{Regex, RegexBuilder};

/// Compiles a pattern over bytes. A byte that is not ASCII is never part of a word.
pub(super) fn pattern(text: &str) -> Regex {
    let built = RegexBuilder::new(text).unicode(false).build();
    #[expect(clippy::expect_used, reason = "they are constants, and every test makes them")]
    built.expect("a pattern")
}

/// Whether the byte before `at` is neither a letter, nor a digit, nor one of `joints`.
pub(super) fn is_free_before(text: &[u8], at: usize, joints: &[u8]) -> bool {
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    !before.is_some_and(|byte| is_part(*byte, joints))
}

/// The same for the byte at `at`. A full stop counts as the end of a sentence.
pub(super) fn is_free_after(text: &[u8], at: usize, joints: &[u8]) -> bool {
    let goes_on = text.get(at + 1).is_some_and(u8::is_ascii_digit);
    let after = text.get(at).filter(|byte| **byte != b'.' || goes_on);
    !after.is_some_and(|byte| is_part(*byte, joints))
}

fn is_part(byte: u8, joints: &[u8]) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii() || joints.contains(&byte)
}

/// Whether a byte can be part of a name in a text.
pub(super) fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-".contains(&byte)
}
