//! Edits of bytes.

use std::ops::Range;

/// A replacement of a range of bytes.
#[derive(Debug)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

impl Edit {
    pub(super) const fn at(range: Range<usize>, text: String) -> Self {
        Self { range, text }
    }

    pub(super) fn moved(self, by: usize) -> Self {
        Self {
            range: self.range.start + by..self.range.end + by,
            text: self.text,
        }
    }
}

/// The length after the edits.
pub(super) fn grown(bytes: &[u8], edits: &[Edit]) -> usize {
    edits.iter().fold(bytes.len(), |length, edit| {
        (length + edit.text.len()).saturating_sub(edit.range.len())
    })
}

/// Applies the edits, which are in order and do not overlap.
pub(super) fn applied(bytes: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut made = Vec::with_capacity(grown(bytes, edits));
    let mut from = 0;
    for edit in edits {
        made.extend_from_slice(bytes.get(from..edit.range.start).unwrap_or_default());
        made.extend_from_slice(edit.text.as_bytes());
        from = edit.range.end;
    }
    made.extend_from_slice(bytes.get(from..).unwrap_or_default());
    made
}
