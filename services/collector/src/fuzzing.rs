//! Properties that hold for any bytes: used by the fuzz target in `fuzz/`, and by a test with the inputs that it
//! has found.

use crate::envelope::{Envelope, EnvelopeError};
use crate::trace::{self, Trace};
use crate::{facts, scrub};

/// Number of elements in a piece, so small that most envelopes have several pieces.
const PIECE: usize = 2;

/// Reads, scrubs and indexes bytes as the collector does.
///
/// # Panics
/// A property does not hold, or the code under test panics.
pub fn envelope(bytes: &[u8]) {
    let parsed = Envelope::framed(bytes);
    let scrubbed = scrub::scrub(bytes);
    if let Some(after) = &scrubbed {
        assert!(scrub::is_suspect(bytes), "the quick look missed something");
        let Ok(before) = &parsed else {
            panic!("what is no envelope was scrubbed");
        };
        match Envelope::framed(after) {
            Ok(after) => {
                let types = |envelope: &Envelope<'_>| -> Vec<String> {
                    let items = envelope.items.iter();
                    items.map(|item| item.header.item_type.to_string()).collect()
                };
                assert_eq!(types(before), types(&after), "an item was lost");
                assert_eq!(before.line, after.line, "the header was changed");
            }
            // The replacement may be longer than what it replaces.
            Err(EnvelopeError::TooLarge { .. }) => {}
            Err(error) => panic!("scrubbing broke the envelope: {error}"),
        }
        assert_eq!(scrub::scrub(after), None, "twice is not once");
    }
    let kept = scrubbed.as_deref().unwrap_or(bytes);
    if let Ok(envelope) = Envelope::parse(kept) {
        let source = facts::Source::external(1);
        let read = facts::read(source, &envelope);
        let skimmed = facts::skim(source, &envelope);
        assert_eq!(
            read.elements(),
            skimmed.elements(),
            "the index passes something over"
        );
        let pieces = skimmed.pieces(PIECE);
        let elements: usize = pieces.iter().map(facts::Facts::elements).sum();
        assert_eq!(read.elements(), elements, "a piece is lost");
        let ids: std::collections::BTreeSet<u128> = read.spans.iter().map(|fact| fact.trace_id).collect();
        for id in ids {
            let mut whole = Trace::new(id);
            trace::add(&mut whole, id, 1, &read);
            let mut by_pieces = Trace::new(id);
            for piece in &pieces {
                trace::add(&mut by_pieces, id, 1, piece);
            }
            let of_spans = |trace: &Trace| {
                let line = trace.summary();
                (line.spans, line.start_us, line.duration_us, line.services.clone())
            };
            assert_eq!(of_spans(&whole), of_spans(&by_pieces), "pieces are not the whole");
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    #[allow(clippy::unwrap_used)]
    fn what_was_found_once_holds() {
        let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/seeds");
        let mut count = 0;
        for file in std::fs::read_dir(seeds).unwrap() {
            super::envelope(&std::fs::read(file.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count > 0);
    }
}
