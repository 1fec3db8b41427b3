//! The faults of the user service: each knob, and what it shows.
//!
//! | fault | knob | what it changes |
//! |---|---|---|
//! | `missing-index` | [`Knobs::missing_index`] | the index by which the database finds a player |
//! | `expired-token` | [`Knobs::end_all_sessions`] | the sessions that are open |
//!
//! No step of a request asks a knob: the index is really missing, and the sessions have really ended.

mod missing_index;

use std::sync::Arc;

use parking_lot::Mutex;
use reelscope_store::Store;

use crate::seeding::Progress;
use crate::sessions::Sessions;
pub use missing_index::MissingIndex;

/// The knobs of a running user service. Clones share them.
#[derive(Clone)]
pub struct Knobs {
    missing_index: MissingIndex,
    sessions: Arc<Mutex<Sessions>>,
}

impl Knobs {
    /// Creates the knobs of a service with its players in `store`.
    pub(crate) fn new(store: Store, seeding: Progress, sessions: Arc<Mutex<Sessions>>) -> Self {
        Self {
            missing_index: MissingIndex::new(store, seeding),
            sessions,
        }
    }

    /// Fault `missing-index`: players are looked up by account code without an index. A `db.query` then takes about half
    /// a second, reads tens of thousands of players (`db.rows_scanned`) and uses no index (`db.index_used`). With the
    /// index the same query takes less than a millisecond and reads one.
    #[must_use]
    pub fn missing_index(&self) -> &MissingIndex {
        &self.missing_index
    }

    /// Fault `expired-token`: ends all sessions, although their tokens are still valid. `POST /v1/eligibility` answers
    /// the next spin of a session with 401 `session_expired`, its stake stays untouched, and the player logs in again.
    pub fn end_all_sessions(&self) {
        self.sessions.lock().end_all();
    }
}
