//! What the demo can break in the user service: each knob with what it shows.
//!
//! | fault | knob | what it changes |
//! |---|---|---|
//! | `missing-index` | [`Knobs::missing_index`] | the index by which the database finds a player |
//! | `expired-token` | [`Knobs::end_all_sessions`] | the sessions that are open |
//!
//! No step of a request asks a knob: the index is really missing, and the sessions are really over.

mod missing_index;

use std::sync::Arc;

use parking_lot::Mutex;
use reelscope_store::Store;

use crate::seeding::Progress;
use crate::sessions::Sessions;
pub use missing_index::MissingIndex;

/// The knobs of a running user service; clones turn the same ones.
#[derive(Clone)]
pub struct Knobs {
    missing_index: MissingIndex,
    sessions: Arc<Mutex<Sessions>>,
}

impl Knobs {
    /// The knobs of the service that keeps its players in `store`.
    pub(crate) fn new(store: Store, seeding: Progress, sessions: Arc<Mutex<Sessions>>) -> Self {
        Self {
            missing_index: MissingIndex::new(store, seeding),
            sessions,
        }
    }

    /// Fault `missing-index`: players are looked up by account code without an index. It shows as a `db.query` of about
    /// half a second that read every player (`db.rows_scanned`) and used no index (`db.index_used`); with the index the
    /// same query takes less than a millisecond and reads one.
    #[must_use]
    pub fn missing_index(&self) -> &MissingIndex {
        &self.missing_index
    }

    /// Fault `expired-token`: ends all sessions, though their tokens say that they go on. It shows as the next spin of a
    /// session answered with 401 `session_expired` by `POST /v1/eligibility`, its stake untouched, and a log-in after it.
    pub fn end_all_sessions(&self) {
        self.sessions.lock().end_all();
    }
}
