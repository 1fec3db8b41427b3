//! The ends of quotes and brackets in a text.

use super::{entities, percents};

/// A quote as it is written: with its backslashes, percent-encoded, or as an entity.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quote<'a> {
    pub(super) written: &'a [u8],
}

impl<'a> Quote<'a> {
    /// The quote at `at`.
    pub(super) fn at(bytes: &'a [u8], at: usize) -> Option<Self> {
        let rest = bytes.get(at..)?;
        let slashes = rest.iter().take_while(|byte| **byte == b'\\').count();
        let length = match rest.get(slashes..)? {
            [b'"' | b'\'' | b'`', ..] => slashes + 1,
            [b'%', ..] if slashes == 0 => match percents::sign(bytes, at)? {
                (b'"' | b'\'', length) => length,
                _ => return None,
            },
            [b'&', ..] if slashes == 0 => match entities::sign(bytes, at)? {
                (b'"' | b'\'' | b'`', length) => length,
                _ => return None,
            },
            _ => return None,
        };
        Some(Self {
            written: rest.get(..length)?,
        })
    }

    /// The position of the quote that closes a string which begins at `from`; the end of the line where there is
    /// none.
    pub(super) fn end(self, bytes: &[u8], from: usize) -> usize {
        let slashes = self.written.len() - 1;
        let mut at = from;
        if let [b'%' | b'&', ..] = self.written {
            let rest = bytes.get(from..).unwrap_or_default();
            let end = memchr::memmem::find(rest, self.written);
            return end.map_or_else(|| line_end(bytes, from), |end| from + end);
        }
        while let Some(byte) = bytes.get(at) {
            let run = bytes.get(at..).unwrap_or_default();
            let count = run.iter().take_while(|byte| **byte == b'\\').count();
            let is_quote = run.get(count) == self.written.last();
            let ends = if slashes == 0 {
                count % 2 == 0
            } else {
                count <= slashes
            };
            if is_quote && ends {
                // Pairs of backslashes belong to the string.
                return if slashes == 0 { at + count } else { at };
            }
            if *byte == b'\n' {
                return at;
            }
            at += count + 1;
        }
        bytes.len()
    }
}

/// The end of the line, or of the text.
pub(super) fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    memchr::memchr2(b'\n', b'\r', rest).map_or(bytes.len(), |end| from + end)
}

/// How far the closing bracket is searched, in bytes, so that the time is linear in the text.
const FOLLOWED: usize = 4_096;

/// The end of what the bracket at `at` opens. Where the text ends before the closing bracket it is the end of the
/// line; where the bracket is not closed soon it is the end of the text. Brackets in quotes count too.
pub(super) fn bracket_end(bytes: &[u8], at: usize) -> usize {
    let mut depth = 0_usize;
    let rest = bytes.get(at..).unwrap_or_default();
    for (place, byte) in rest.iter().take(FOLLOWED).enumerate() {
        match byte {
            b'[' | b'{' | b'(' | b'<' => depth += 1,
            b']' | b'}' | b')' | b'>' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return at + place + 1;
        }
    }
    if rest.len() > FOLLOWED {
        bytes.len()
    } else {
        line_end(bytes, at)
    }
}
