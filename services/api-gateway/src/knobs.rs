//! What can be changed while the gateway runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::answers::Answers;

/// The knobs of a running gateway; clones turn the same ones. All start as a gateway without defects.
#[derive(Debug, Clone, Default)]
pub struct Knobs {
    panics: Arc<AtomicU32>,
    rounds_singly: Arc<AtomicBool>,
    answers: Answers,
}

impl Knobs {
    /// One more round meets the defect: its board is read as if it were rows of reels, out of bounds, once the money is
    /// settled. A trace shows every service succeed and the gateway's request fail with 500, and an issue of the gateway
    /// shows the panic with its stack.
    pub fn panic_once(&self) {
        let more = |left: u32| Some(left.saturating_add(1));
        let _ = self
            .panics
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }

    /// No round meets the defect any more.
    pub fn disarm(&self) {
        self.panics.store(0, Ordering::Relaxed);
    }

    /// Whether this round meets the defect; each time that it was asked for counts for one round.
    pub(crate) fn meets_defect(&self) -> bool {
        let less = |left: u32| left.checked_sub(1);
        self.panics
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
            .is_ok()
    }

    /// Whether the history asks the game engine for every round by itself, one after the other, instead of once for all. A
    /// trace of `GET /api/v1/rounds` shows as many equal `http.client` spans as it has rounds, up to 50, each with a
    /// `db.query` behind it.
    pub fn look_rounds_up_singly(&self, singly: bool) {
        self.rounds_singly.store(singly, Ordering::Relaxed);
    }

    /// Whether it does.
    #[must_use]
    pub fn looks_rounds_up_singly(&self) -> bool {
        self.rounds_singly.load(Ordering::Relaxed)
    }

    /// The answers that are kept for ever.
    #[must_use]
    pub fn answers(&self) -> &Answers {
        &self.answers
    }
}
