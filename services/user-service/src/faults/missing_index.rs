//! The cause of the fault `missing-index`: drops the index on the account code, and creates it again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use reelscope_contracts::users::Seeding;
use reelscope_store::{Store, StoreError};
use reelscope_telemetry::watched;

use crate::UserError;
use crate::roster::{ACCOUNT_CODE, set_index};
use crate::seeding::Progress;

/// Switches the index on the account code. Clones share the switch.
#[derive(Clone)]
pub struct MissingIndex {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    seeding: Progress,
    on: AtomicBool,
    /// Number of players whose part is switched, while a switch is under way.
    switched: Mutex<Option<u64>>,
}

impl MissingIndex {
    pub(super) fn new(store: Store, seeding: Progress) -> Self {
        Self {
            shared: Arc::new(Shared {
                store,
                on: AtomicBool::new(!seeding.indexed()),
                seeding,
                switched: Mutex::default(),
            }),
        }
    }

    /// Whether the index is missing. A switch under way counts only once it is done.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.shared.on.load(Ordering::Acquire)
    }

    /// Drops the index while lookups continue; from then on they read the players
    /// that the roster searches. Does nothing when the index is
    /// missing.
    ///
    /// When the future is dropped, a switch under way continues. After an error some parts of the players may be
    /// switched; the fault is on while any of them has no index.
    ///
    /// # Errors
    /// [`UserError::Seeding`], [`UserError::Busy`], [`UserError::Store`].
    pub async fn switch_on(&self) -> Result<(), UserError> {
        self.switch(false).await
    }

    /// Creates the index while lookups continue; they use it once it is complete. Otherwise as
    /// [`MissingIndex::switch_on`].
    ///
    /// # Errors
    /// As [`MissingIndex::switch_on`].
    pub async fn switch_off(&self) -> Result<(), UserError> {
        self.switch(true).await
    }

    /// Returns the progress of a switch under way, in players. PoloDB reports none, so it grows by whole collections.
    #[must_use]
    pub fn progress(&self) -> Option<Seeding> {
        let done = (*self.shared.switched.lock())?;
        let Seeding { total, .. } = self.shared.seeding.read();
        Some(Seeding {
            done: done.min(total.saturating_sub(1)),
            total,
        })
    }

    async fn switch(&self, indexed: bool) -> Result<(), UserError> {
        let claim = SwitchGuard::take(&self.shared)?;
        if self.is_on() != indexed {
            return Ok(());
        }
        // On a task of its own, so that the outcome is recorded even if the caller is gone.
        let switched = tokio::spawn(async move {
            let switched = watched("switch of the index", claim.carry_out(indexed)).await;
            switched.unwrap_or(Err(UserError::Store(StoreError::Panicked)))
        });
        // A task that does not panic ends early only while the runtime ends.
        switched
            .await
            .unwrap_or(Err(UserError::Store(StoreError::Closed)))
    }
}

/// The right to switch the index, which only one caller has at a time.
struct SwitchGuard {
    shared: Arc<Shared>,
}

impl SwitchGuard {
    fn take(shared: &Arc<Shared>) -> Result<Self, UserError> {
        if !shared.seeding.is_complete() {
            return Err(UserError::Seeding(shared.seeding.read()));
        }
        let mut switched = shared.switched.lock();
        if switched.is_some() {
            return Err(UserError::Busy);
        }
        *switched = Some(0);
        drop(switched);
        Ok(Self {
            shared: Arc::clone(shared),
        })
    }

    async fn carry_out(self, indexed: bool) -> Result<(), UserError> {
        let Shared {
            store,
            seeding,
            on,
            switched,
        } = &*self.shared;
        let roster = seeding.roster();
        let mut outcome = Ok(());
        for (part, collection) in roster.filled().iter().enumerate() {
            outcome = set_index(store, collection, indexed).await;
            if outcome.is_err() {
                break;
            }
            *switched.lock() = Some(roster.end_of(part));
        }
        // Read from the database, so that it is also right after a failure.
        let mut is_missing = false;
        for collection in roster.filled() {
            let there = store.has_index(collection, ACCOUNT_CODE).await?;
            is_missing |= there == Some(false);
        }
        on.store(is_missing, Ordering::Release);
        Ok(outcome?)
    }
}

impl Drop for SwitchGuard {
    /// Allows another switch, also after a failure.
    fn drop(&mut self) {
        *self.shared.switched.lock() = None;
    }
}
