//! The parts of a collector, and the messages between them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::Mutex;
use reelscope_page_api::telemetry::Notice;
use tokio::sync::watch;

use crate::delivery::{self, Destinations};
use crate::index::Index;
use crate::log::{Entry, Figures, Follower, Readers};
use crate::refusals::Refusals;

/// Limit of notices; the oldest are dropped.
const MOST_NOTICES: usize = 50;

/// The parts, which do not know each other. Each lock is held for a moment, and never two at once.
pub(super) struct Parts {
    pub(super) readers: Readers,
    pub(super) figures: Arc<Figures>,
    /// Public key of this collector's own DSN.
    pub(super) key: String,
    pub(super) index: Index,
    pub(super) delivery: delivery::Handle,
    /// Number of changes in the state of delivery.
    pub(super) revision: watch::Sender<u64>,
    pub(super) refused: AtomicU64,
    pub(super) refusals: Refusals,
    pub(super) scrubbing: AtomicBool,
    /// The sentence of a thread that has failed for good.
    pub(super) failed: watch::Sender<Option<String>>,
    pub(super) notices: Mutex<Vec<Notice>>,
}

impl Parts {
    pub(super) fn destinations(&self) -> Arc<Destinations> {
        self.delivery.destinations()
    }

    /// Tells the viewers that the state of delivery changed.
    pub(super) fn touched(&self) {
        self.revision.send_modify(|revision| *revision += 1);
    }

    /// Adds a notice in place of one with the same code.
    pub(super) fn keep(&self, notice: Notice) {
        let mut notices = self.notices.lock();
        notices.retain(|known| known.code != notice.code);
        notices.push(notice);
        let surplus = notices.len().saturating_sub(MOST_NOTICES);
        notices.drain(..surplus);
    }
}

impl Follower for Arc<Parts> {
    fn moved(&self, held: Vec<Entry>) {
        if !held.is_empty() {
            self.delivery.held(held);
        }
        self.index.wake();
        self.touched();
    }

    fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    fn say(&self, notice: Notice) {
        self.keep(notice);
    }

    fn take_back(&self, code: &str) {
        self.notices.lock().retain(|notice| notice.code != code);
    }
}

impl delivery::Host for Parts {
    fn changed(&self) {
        self.touched();
    }

    fn say(&self, notice: Notice) {
        self.keep(notice);
    }
}
