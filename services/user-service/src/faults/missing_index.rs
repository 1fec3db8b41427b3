//! The cause of the fault `missing-index`: drops the index on the account code, and creates it again.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};
use reelscope_contracts::users::Seeding;
use reelscope_store::{Store, StoreError};
use reelscope_telemetry::watched;
use serde::de::IgnoredAny;

use crate::UserError;
use crate::seeding::{ACCOUNT_CODE, PLAYERS, Progress};

/// Switches the index on the account code. Clones share the switch.
#[derive(Clone)]
pub struct MissingIndex {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    seeding: Progress,
    on: AtomicBool,
    switching: Mutex<Switching>,
}

#[derive(Default)]
struct Switching {
    under_way: Option<UnderWay>,
    /// Duration of the last switch.
    last: Option<Duration>,
}

struct UnderWay {
    started: Instant,
    /// Expected duration; `None` before it is estimated.
    expected: Option<Duration>,
}

/// Number of players that are read for the first estimate.
const SAMPLE: u32 = 2_000;
/// Time of indexing a document, in percent of the time of reading it (measured: 5.3 µs and 3.4 µs).
const PERCENT_OF_READING: u32 = 160;

impl MissingIndex {
    pub(super) fn new(store: Store, seeding: Progress) -> Self {
        Self {
            shared: Arc::new(Shared {
                store,
                on: AtomicBool::new(!seeding.indexed()),
                seeding,
                switching: Mutex::default(),
            }),
        }
    }

    /// Whether the index is missing. A switch under way counts only once it is done.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.shared.on.load(Ordering::Acquire)
    }

    /// Drops the index while lookups continue; from then on they read every player. Does nothing when the index is
    /// missing.
    ///
    /// When the future is dropped, a switch under way continues. It has its whole effect or none.
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

    /// Returns the progress of a switch under way, in players. **An estimate**: PoloDB creates an index in one call and
    /// reports no progress, so this compares the elapsed time with that of the last switch, or before the first one, with
    /// that of reading some players. It is never complete before the switch is.
    #[must_use]
    pub fn progress(&self) -> Option<Seeding> {
        let switching = self.shared.switching();
        let under_way = switching.under_way.as_ref()?;
        let Seeding { total, .. } = self.shared.seeding.read();
        let expected = under_way
            .expected
            .map_or(u128::MAX, |expected| expected.as_nanos());
        let done = u128::from(total) * under_way.started.elapsed().as_nanos() / expected.max(1);
        Some(Seeding {
            done: u64::try_from(done)
                .unwrap_or(u64::MAX)
                .min(total.saturating_sub(1)),
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

impl Shared {
    fn switching(&self) -> MutexGuard<'_, Switching> {
        self.switching.lock()
    }

    async fn expected(&self) -> Result<Duration, StoreError> {
        let last = self.switching().last;
        if let Some(last) = last {
            return Ok(last);
        }
        let started = Instant::now();
        let read = self
            .store
            .scan::<IgnoredAny, _, _>(PLAYERS, 0, |count: &mut u32, _| {
                *count += 1;
                if *count < SAMPLE {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            })
            .await?;
        let players = u32::try_from(self.seeding.read().total).unwrap_or(u32::MAX);
        Ok(started.elapsed() / read.max(1) * players * PERCENT_OF_READING / 100)
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
        let mut switching = shared.switching();
        if switching.under_way.is_some() {
            return Err(UserError::Busy);
        }
        switching.under_way = Some(UnderWay {
            started: Instant::now(),
            expected: None,
        });
        drop(switching);
        Ok(Self {
            shared: Arc::clone(shared),
        })
    }

    async fn carry_out(self, indexed: bool) -> Result<(), UserError> {
        let shared = &self.shared;
        let expected = shared.expected().await?;
        let started = Instant::now();
        shared.switching().under_way = Some(UnderWay {
            started,
            expected: Some(expected),
        });
        let store = &shared.store;
        let switched = if indexed {
            store.create_index(PLAYERS, ACCOUNT_CODE).await
        } else {
            store.drop_index(PLAYERS, ACCOUNT_CODE).await
        };
        // Read from the database, so that it is also right after a failure.
        if let Some(there) = store.has_index(PLAYERS, ACCOUNT_CODE).await? {
            shared.on.store(!there, Ordering::Release);
        }
        switched?;
        shared.switching().last = Some(started.elapsed());
        Ok(())
    }
}

impl Drop for SwitchGuard {
    /// Allows another switch, also after a failure.
    fn drop(&mut self) {
        self.shared.switching().under_way = None;
    }
}
