//! The messages to the outbox, and what it knows beyond the log.

use std::collections::HashMap;

use tokio::sync::oneshot;

use crate::envelope::category::Categories;
use crate::log::Entry;

/// A message to the outbox.
pub(super) enum Note {
    /// These envelopes are new, or held again.
    Held(Vec<Entry>),
    /// The destinations changed.
    Configured,
    /// Stop; answered when no request is under way.
    Stop(oneshot::Sender<()>),
}

pub(super) type Notes = tokio::sync::mpsc::UnboundedReceiver<Note>;

/// State of the outbox that survives its panics.
pub(super) struct Desk {
    pub(super) notes: Notes,
    /// Parts of envelopes that were delivered or refused while the disk was full. The log may still show them as
    /// held.
    ended: HashMap<u64, Categories>,
    pub(super) has_run: bool,
}

impl Desk {
    pub(super) fn new(notes: Notes) -> Self {
        Self {
            notes,
            ended: HashMap::new(),
            has_run: false,
        }
    }

    /// The part of a held envelope that remains to be sent; `None` for nothing.
    pub(super) fn left(&self, entry: &Entry) -> Option<Categories> {
        self.left_of(entry.seq, entry.left())
    }

    /// The same for an envelope of which the log shows `left`.
    pub(super) fn left_of(&self, seq: u64, left: Categories) -> Option<Categories> {
        let Some(ended) = self.ended.get(&seq) else {
            return Some(left);
        };
        Some(left.without(*ended)).filter(|left| !left.is_empty())
    }

    /// Records a part that has ended while the disk could not store that.
    pub(super) fn owes(&mut self, seq: u64, part: Categories) {
        let ended = self.ended.entry(seq).or_default();
        *ended = ended.with(part);
    }

    /// Replaces the parts of these envelopes by those that the writer reports, which are newer.
    pub(super) fn correct(&mut self, entries: &[Entry]) {
        for entry in entries {
            if let Some(ended) = self.ended.get_mut(&entry.seq) {
                *ended = entry.parts.delivered.with(entry.parts.refused);
                if ended.is_empty() {
                    self.ended.remove(&entry.seq);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Change, DeadReason};

    const ERROR: Categories = Categories::ERROR;
    const SESSION: Categories = Categories::SESSION;

    /// The log shows the envelope as held all the time, because the disk is full.
    #[test]
    fn what_ended_on_a_full_disk_is_not_sent_again_before_it_is_tried_again() {
        let mut desk = Desk::new(tokio::sync::mpsc::unbounded_channel().1);
        let held = Entry {
            categories: ERROR.with(SESSION),
            ..Entry::external(1)
        };
        assert_eq!(desk.left(&held), Some(ERROR.with(SESSION)));
        desk.ended.insert(1, ERROR);
        let half = Change::Delivered(ERROR).of(&held).unwrap();
        desk.correct(std::slice::from_ref(&half));
        assert_eq!(
            (desk.left(&held), desk.left(&half)),
            (Some(SESSION), Some(SESSION))
        );
        desk.ended.insert(1, ERROR.with(SESSION));
        assert_eq!(desk.left(&held), None);
        // A person retries the refused part; the delivered part is not sent again.
        let refused = Change::Refused(DeadReason::Rejected, SESSION).of(&half).unwrap();
        let again = Change::Retried.of(&refused).unwrap();
        desk.correct(&[again]);
        assert_eq!(desk.left(&held), Some(SESSION));
    }
}
