//! Writes the synthetic players in the background, in batches, from where the last start stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use reelscope_contracts::Money;
use reelscope_contracts::users::{Limits, Seeding};
use reelscope_store::{Store, StoreError};
use serde::{Deserialize, Serialize};

use crate::players::{Player, synthetic};

/// Version of the documents below; raised when an older build would misread them.
pub const SCHEMA_VERSION: u32 = 1;

pub(crate) const PLAYERS: &str = "players";
pub(crate) const ACCOUNT_CODE: &str = "account_code";
const PROGRESS: &str = "progress";
const PROGRESS_ID: &str = "players";

/// Players of one write; together with the progress, so that a start after a crash goes on exactly.
const BATCH: u64 = 500;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PlayerRecord {
    #[serde(rename = "_id", default, skip_serializing)]
    player_id: String,
    account_code: String,
    display_name: String,
    email: String,
    currency: String,
    opening_balance: i64,
    min_stake: i64,
    max_stake: i64,
    stake_step: i64,
}

impl From<Player> for PlayerRecord {
    fn from(player: Player) -> Self {
        Self {
            player_id: player.player_id,
            account_code: player.account_code,
            display_name: player.display_name,
            email: player.email,
            currency: player.currency,
            opening_balance: player.opening_balance.minor(),
            min_stake: player.limits.min_stake.minor(),
            max_stake: player.limits.max_stake.minor(),
            stake_step: player.limits.stake_step.minor(),
        }
    }
}

impl From<PlayerRecord> for Player {
    fn from(record: PlayerRecord) -> Self {
        Self {
            player_id: record.player_id,
            account_code: record.account_code,
            display_name: record.display_name,
            email: record.email,
            currency: record.currency,
            opening_balance: Money(record.opening_balance),
            limits: Limits {
                min_stake: Money(record.min_stake),
                max_stake: Money(record.max_stake),
                stake_step: Money(record.stake_step),
            },
        }
    }
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct ProgressRecord {
    done: i64,
}

/// How far the seeding is; shared between the task and the route that tells.
#[derive(Debug, Clone)]
pub struct Progress {
    done: Arc<AtomicU64>,
    total: u64,
}

impl Progress {
    /// For the route.
    #[must_use]
    pub fn read(&self) -> Seeding {
        Seeding {
            done: self.done.load(Ordering::Relaxed).min(self.total),
            total: self.total,
        }
    }
}

/// Prepares the collection: its index, and the first batch with the player of the demo, so that the machine can
/// be played before the rest is there.
///
/// # Errors
/// The store's.
pub async fn prepare(store: &Store, total: u64) -> Result<Progress, StoreError> {
    // With the index before the first player there is never anything to index beside other writes.
    store.create_index(PLAYERS, ACCOUNT_CODE).await?;
    let done = store
        .get::<ProgressRecord>(PROGRESS, PROGRESS_ID)
        .await?
        .unwrap_or_default()
        .done;
    let progress = Progress {
        done: Arc::new(AtomicU64::new(u64::try_from(done).unwrap_or(0))),
        total,
    };
    if done == 0 {
        write_batch(store, &progress).await?;
    }
    Ok(progress)
}

/// Writes the players that are missing. Stopping it at any moment loses nothing: the next start goes on.
///
/// # Errors
/// The store's.
pub async fn run(store: Store, progress: Progress) -> Result<(), StoreError> {
    while progress.done.load(Ordering::Relaxed) < progress.total {
        write_batch(&store, &progress).await?;
        // The first spins matter more than the last players.
        tokio::task::yield_now().await;
    }
    Ok(())
}

async fn write_batch(store: &Store, progress: &Progress) -> Result<(), StoreError> {
    let from = progress.done.load(Ordering::Relaxed);
    let to = (from + BATCH).min(progress.total);
    store
        .write(move |tx| {
            for number in from + 1..=to {
                let player = synthetic(number);
                let id = player.player_id.clone();
                tx.insert(PLAYERS, &id, &PlayerRecord::from(player))?;
            }
            let done = i64::try_from(to).unwrap_or(i64::MAX);
            tx.put(PROGRESS, PROGRESS_ID, &ProgressRecord { done })
        })
        .await?;
    progress.done.store(to, Ordering::Relaxed);
    Ok(())
}
