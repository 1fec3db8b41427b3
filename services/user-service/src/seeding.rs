//! Writes the synthetic players in the background, in batches, from where the last start stopped; decides on the way
//! how many there are to be.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use reelscope_contracts::users::{Limits, Seeding};
use reelscope_contracts::{AccountCode, Money, PlayerId};
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
    player_id: PlayerId,
    account_code: AccountCode,
    display_name: String,
    email: String,
    currency: String,
    opening_balance: Money,
    min_stake: Money,
    max_stake: Money,
    stake_step: Money,
}

impl From<Player> for PlayerRecord {
    fn from(player: Player) -> Self {
        Self {
            player_id: player.player_id,
            account_code: player.account_code,
            display_name: player.display_name,
            email: player.email,
            currency: player.currency,
            opening_balance: player.opening_balance,
            min_stake: player.limits.min_stake,
            max_stake: player.limits.max_stake,
            stake_step: player.limits.stake_step,
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
            opening_balance: record.opening_balance,
            limits: Limits {
                min_stake: record.min_stake,
                max_stake: record.max_stake,
                stake_step: record.stake_step,
            },
        }
    }
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct ProgressRecord {
    done: i64,
    /// The number that was found for this machine; not written before it was, and never by a start that was given one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    total: Option<i64>,
}

/// How many players there are to be, when the configuration does not say. The more there are, the longer a lookup takes that has no
/// index: these figures decide what the problem `missing-index` shows in a trace.
struct Sizing {
    /// Players that are written before the lookup is measured.
    sample: u64,
    /// What a lookup without an index is to cost on this machine, when it has nothing else to do.
    lookup: Duration,
    /// Fewest players, on a slow machine.
    fewest: u64,
    /// Most players, on a fast one: they are written within seconds and need room.
    most: u64,
}

/// What a look-up without an index costs on the machine that the players were counted for, while it has nothing else to do.
pub const LOOK_UP_WITHOUT_INDEX: Duration = Duration::from_millis(500);

const SIZING: Sizing = Sizing {
    sample: 20_000,
    lookup: LOOK_UP_WITHOUT_INDEX,
    fewest: 50_000,
    most: 200_000,
};

/// The total that is reported until it is known.
const PROVISIONAL: u64 = 100_000;

/// Times a lookup is measured for the sizing.
const MEASUREMENTS: u32 = 9;

/// How far the seeding is; shared between the task and those who ask.
#[derive(Debug, Clone)]
pub struct Progress {
    shared: Arc<Counts>,
    indexed: bool,
}

#[derive(Debug)]
struct Counts {
    done: AtomicU64,
    total: AtomicU64,
    /// Whether the total will stay as it is.
    total_known: AtomicBool,
}

impl Progress {
    /// For the route. The total may change once, when this machine was measured at its first start.
    #[must_use]
    pub fn read(&self) -> Seeding {
        let total = self.total();
        Seeding {
            done: self.done().min(total),
            total,
        }
    }

    /// Whether all players are there.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.total_is_known() && self.done() >= self.total()
    }

    /// Whether the players were prepared with an index.
    pub(crate) fn indexed(&self) -> bool {
        self.indexed
    }

    fn done(&self) -> u64 {
        self.shared.done.load(Ordering::Acquire)
    }

    fn total(&self) -> u64 {
        self.shared.total.load(Ordering::Acquire)
    }

    fn total_is_known(&self) -> bool {
        self.shared.total_known.load(Ordering::Acquire)
    }
}

/// Prepares the collection: its index, or none, as `indexed` says; and the first batch with the player of the demo,
/// so that the machine can be played before the rest is there. Creating or dropping the index of a collection that is
/// full takes a second or so.
///
/// There are to be `players`; without a number, as many as make a lookup without an index cost about half a second on
/// this machine, which [`run`] finds out once for a database.
///
/// # Errors
/// The store's.
pub async fn prepare(store: &Store, players: Option<u64>, indexed: bool) -> Result<Progress, StoreError> {
    // Before the first player is written by this process, so that nothing is ever indexed beside other writes.
    if indexed {
        store.create_index(PLAYERS, ACCOUNT_CODE).await?;
    } else {
        store.drop_index(PLAYERS, ACCOUNT_CODE).await?;
    }
    let record = store
        .get::<ProgressRecord>(PROGRESS, PROGRESS_ID)
        .await?
        .unwrap_or_default();
    let found = record.total.and_then(|total| u64::try_from(total).ok());
    let total = players.or(found);
    let progress = Progress {
        shared: Arc::new(Counts {
            done: AtomicU64::new(u64::try_from(record.done).unwrap_or(0)),
            total: AtomicU64::new(total.unwrap_or(PROVISIONAL)),
            total_known: AtomicBool::new(total.is_some()),
        }),
        indexed,
    };
    if progress.done() == 0 {
        write_batch(store, &progress).await?;
    }
    Ok(progress)
}

/// Writes the players that are missing. Stopping it at any moment loses nothing: the next start goes on.
///
/// # Errors
/// The store's.
pub async fn run(store: Store, progress: Progress) -> Result<(), StoreError> {
    run_sized(&store, &progress, &SIZING).await
}

async fn run_sized(store: &Store, progress: &Progress, sizing: &Sizing) -> Result<(), StoreError> {
    while !progress.is_complete() {
        if !progress.total_is_known() && progress.done() >= sizing.sample {
            size(store, progress, sizing).await?;
        } else {
            write_batch(store, progress).await?;
        }
        // The first spins come before the last players.
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Measures this machine, and decides for this database once and for all.
async fn size(store: &Store, progress: &Progress, sizing: &Sizing) -> Result<(), StoreError> {
    let done = progress.done();
    // The shortest, not the median: at a first start the page loads beside this and the first spins come in, and what
    // counts is the lookup on a machine that has come to rest.
    let mut shortest = Duration::MAX;
    for _ in 0..MEASUREMENTS {
        let started = Instant::now();
        store
            .find_by_reading_all::<PlayerRecord>(PLAYERS, ACCOUNT_CODE, AccountCode::numbered(1).as_str())
            .await?;
        shortest = shortest.min(started.elapsed());
    }
    let total = sizing.players(done, shortest).max(done);
    let record = ProgressRecord {
        done: i64::try_from(done).unwrap_or(i64::MAX),
        total: Some(i64::try_from(total).unwrap_or(i64::MAX)),
    };
    store
        .write::<_, StoreError, _>(move |tx| tx.put(PROGRESS, PROGRESS_ID, &record))
        .await?;
    progress.shared.total.store(total, Ordering::Release);
    progress.shared.total_known.store(true, Ordering::Release);
    Ok(())
}

impl Sizing {
    /// How many players make a lookup cost what it is to cost, when among `measured` of them it takes `took`: the
    /// cost of reading grows with their number.
    fn players(&self, measured: u64, took: Duration) -> u64 {
        let wanted = self.lookup.as_nanos() * u128::from(measured) / took.as_nanos().max(1);
        u64::try_from(wanted)
            .unwrap_or(u64::MAX)
            .clamp(self.fewest, self.most)
    }
}

async fn write_batch(store: &Store, progress: &Progress) -> Result<(), StoreError> {
    let from = progress.done();
    let to = (from + BATCH).min(progress.total());
    store
        .write(move |tx| {
            for number in from + 1..=to {
                let player = synthetic(number);
                let id = player.player_id.clone();
                tx.insert(PLAYERS, id.as_str(), &PlayerRecord::from(player))?;
            }
            // A total that was found earlier stays in the record, since it is not a field of this one.
            let done = i64::try_from(to).unwrap_or(i64::MAX);
            tx.put(PROGRESS, PROGRESS_ID, &ProgressRecord { done, total: None })
        })
        .await?;
    progress.shared.done.store(to, Ordering::Release);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Sizing = Sizing {
        sample: 1_000,
        // So short that every machine is to have the fewest, so long that it is to have the most.
        lookup: Duration::from_nanos(1),
        fewest: 1_700,
        most: 2_600,
    };

    fn open(dir: &tempfile::TempDir) -> Store {
        Store::open(dir.path(), SCHEMA_VERSION).unwrap()
    }

    async fn written(store: &Store) -> u64 {
        store
            .scan::<serde::de::IgnoredAny, _, _>(PLAYERS, 0, |count, _| {
                *count += 1;
                std::ops::ControlFlow::Continue(())
            })
            .await
            .unwrap()
    }

    #[test]
    fn the_number_of_players_follows_the_speed_of_the_machine_within_bounds() {
        let check = |micros, players| {
            assert_eq!(SIZING.players(20_000, Duration::from_micros(micros)), players);
        };
        check(100_000, 100_000);
        check(68_000, 147_058);
        check(400_000, 50_000);
        check(1_000, 200_000);
        check(0, 200_000);
    }

    #[tokio::test]
    async fn a_total_that_was_found_stays_and_a_given_one_leaves_it_alone() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(&dir);
        let progress = prepare(&store, None, true).await.unwrap();
        assert_eq!((progress.read().done, progress.read().total), (500, PROVISIONAL));
        assert!(!progress.is_complete());
        run_sized(&store, &progress, &SMALL).await.unwrap();
        assert_eq!((progress.read().done, progress.read().total), (1_700, 1_700));
        assert_eq!(written(&store).await, 1_700);
        drop((progress, store));

        // On another day the machine would be found fast; this database has its number already.
        let long = Sizing {
            lookup: Duration::from_secs(3_600),
            ..SMALL
        };
        let store = open(&dir);
        let given = prepare(&store, Some(2_000), true).await.unwrap();
        run_sized(&store, &given, &long).await.unwrap();
        assert_eq!(written(&store).await, 2_000);
        let found = prepare(&store, None, true).await.unwrap();
        assert!(found.is_complete());
        assert_eq!(found.read().total, 1_700);

        let other = tempfile::tempdir().unwrap();
        let store = open(&other);
        let progress = prepare(&store, None, true).await.unwrap();
        run_sized(&store, &progress, &long).await.unwrap();
        assert_eq!(written(&store).await, 2_600);
    }

    #[tokio::test]
    async fn a_database_of_an_older_build_is_measured_and_keeps_its_players() {
        #[derive(Serialize)]
        struct Older {
            done: i64,
        }
        let dir = tempfile::tempdir().unwrap();
        let store = open(&dir);
        let progress = prepare(&store, Some(2_000), true).await.unwrap();
        run_sized(&store, &progress, &SMALL).await.unwrap();
        store
            .write::<_, StoreError, _>(|tx| tx.put(PROGRESS, PROGRESS_ID, &Older { done: 2_000 }))
            .await
            .unwrap();
        let progress = prepare(&store, None, true).await.unwrap();
        assert_eq!(progress.read().done, 2_000);
        run_sized(&store, &progress, &SMALL).await.unwrap();
        assert_eq!((progress.read().done, progress.read().total), (2_000, 2_000));
        assert_eq!(written(&store).await, 2_000);
    }
}
