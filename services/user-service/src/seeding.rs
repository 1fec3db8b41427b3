//! Creates the synthetic players in the background, in batches, and continues where the last start stopped. Each start
//! measures how many of them a lookup reads in the wanted time, and creates some more than that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use reelscope_contracts::AccountCode;
use reelscope_contracts::users::Seeding;
use reelscope_store::{Condition, Store, StoreError};
use reelscope_telemetry::scaled;
use serde::{Deserialize, Serialize};

use crate::players::synthetic;
pub use crate::roster::LOOK_UP_WITHOUT_INDEX;
use crate::roster::{ACCOUNT_CODE, PART, PARTS, PlayerRecord, Roster, set_index};

/// Version of the documents below. It is raised when an older build would misread them.
pub const SCHEMA_VERSION: u32 = 2;

const PROGRESS: &str = "progress";
const PROGRESS_ID: &str = "players";

/// Largest number of players in one write. The progress is in the same write, so that a start after a crash continues
/// exactly there.
const BATCH: u64 = 500;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct ProgressRecord {
    done: i64,
    /// The number that was determined for this machine; absent before that. A start with a given number never writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    total: Option<i64>,
    /// Number of players in the first part; absent in a database of a build that had no parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_part: Option<i64>,
}

/// How the number of players is determined when the configuration does not set it. More players make a lookup without an
/// index slower, so these figures decide what the fault `missing-index` shows in a trace.
struct Sizing {
    /// Number of players that are created before the lookup is measured.
    sample: u64,
    /// Wanted time of a lookup without an index.
    lookup: Duration,
    /// Number of players for each hundred that a lookup reads, so that more stand ready when the machine becomes faster.
    percent_created: u64,
    /// Minimum number of players, for a slow machine.
    fewest: u64,
    /// Maximum number of players, for a fast machine, because creating them takes seconds and disk space.
    most: u64,
}

const SIZING: Sizing = Sizing {
    sample: 20_000,
    lookup: LOOK_UP_WITHOUT_INDEX,
    percent_created: 130,
    fewest: 50_000,
    most: 200_000,
};

/// Number of players that is reported before it is determined.
const PROVISIONAL: u64 = 100_000;

/// Pause after an error before the next attempt. It doubles with every attempt that writes no player.
const FIRST_RETRY: Duration = Duration::from_millis(500);
const LONGEST_RETRY: Duration = Duration::from_secs(30);

/// Number of measurements of the lookup.
const MEASUREMENTS: u32 = 9;

/// Progress of creating the players. Clones share it.
#[derive(Debug, Clone)]
pub struct Progress {
    shared: Arc<Counts>,
    roster: Roster,
    /// Whether the number of players follows the machine.
    is_sized: bool,
    indexed: bool,
}

#[derive(Debug)]
struct Counts {
    done: AtomicU64,
    total: AtomicU64,
    /// Whether the total is final.
    total_known: AtomicBool,
}

impl Progress {
    /// Returns the progress for the route. The total may change once, when the first start measures this machine.
    #[must_use]
    pub fn read(&self) -> Seeding {
        let total = self.total();
        Seeding {
            done: self.done().min(total),
            total,
        }
    }

    /// Whether all players exist.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.total_is_known() && self.done() >= self.total()
    }

    /// The collections of the players.
    pub(crate) fn roster(&self) -> &Roster {
        &self.roster
    }

    /// Whether the collections were prepared with an index.
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

/// Prepares the collections: creates or drops their index, as `indexed` says, and writes the first batch, which contains
/// the player of the demo, so that the machine can be played before the others exist. Creating or dropping the index of
/// all players takes about a second.
///
/// There will be `players`, and a lookup without an index reads them all. Without a number, [`run`] determines at each
/// start how many players make such a lookup take about half a second on this machine.
///
/// # Errors
/// An error of the store.
pub async fn prepare(store: &Store, players: Option<u64>, indexed: bool) -> Result<Progress, StoreError> {
    let record = store
        .get::<ProgressRecord>(PROGRESS, PROGRESS_ID)
        .await?
        .unwrap_or_default();
    let part = i64::try_from(PART).unwrap_or(i64::MAX);
    let first = record.first_part.unwrap_or(record.done).max(part);
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    let roster = Roster::new(count(first), count(record.done));
    // Done before this process writes the first player, so that nothing is written while an index is created.
    for part in roster.filled() {
        set_index(store, part, indexed).await?;
    }
    let found = record.total.and_then(|total| u64::try_from(total).ok());
    let total = players.or(found);
    let progress = Progress {
        shared: Arc::new(Counts {
            done: AtomicU64::new(count(record.done)),
            total: AtomicU64::new(total.unwrap_or(PROVISIONAL)),
            total_known: AtomicBool::new(total.is_some()),
        }),
        roster,
        is_sized: players.is_none(),
        indexed,
    };
    if progress.done() == 0 {
        write_batch(store, &progress).await?;
    }
    Ok(progress)
}

/// Creates the missing players. It can be stopped at any moment; the next start continues. After an error it tries
/// again, until the store is closed.
pub async fn run(store: Store, progress: Progress) {
    run_until_done(&store, &progress, &SIZING, FIRST_RETRY).await;
}

async fn run_until_done(store: &Store, progress: &Progress, sizing: &Sizing, first_retry: Duration) {
    let (mut pause, mut done) = (first_retry, progress.done());
    while let Err(error) = run_sized(store, progress, sizing).await {
        if matches!(store.condition(), Condition::Closed) {
            return;
        }
        if progress.done() > done {
            (pause, done) = (first_retry, progress.done());
        }
        tracing::error!(%error, ?pause, "players could not be written; it is tried again");
        tokio::time::sleep(pause).await;
        // A store that refuses writes says when it takes them again.
        while matches!(store.condition(), Condition::Stopped(_)) {
            tokio::time::sleep(first_retry).await;
        }
        // A write may be in the database although its answer was an error.
        if let Ok(Some(stored)) = store.get::<ProgressRecord>(PROGRESS, PROGRESS_ID).await {
            let stored = u64::try_from(stored.done).unwrap_or(0);
            progress.shared.done.store(stored, Ordering::Release);
        }
        pause = (2 * pause).min(LONGEST_RETRY);
    }
}

async fn run_sized(store: &Store, progress: &Progress, sizing: &Sizing) -> Result<(), StoreError> {
    let mut is_measured = !progress.is_sized;
    while !is_measured || !progress.is_complete() {
        let is_sample_there = progress.done() >= sizing.sample || progress.is_complete();
        if !is_measured && is_sample_there {
            size(store, progress, sizing).await?;
            is_measured = true;
        } else {
            write_batch(store, progress).await?;
        }
        // Lets the first spins run before the last players are created.
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Measures this machine, and decides how many players a lookup reads and how many this database has. Players are never
/// removed.
async fn size(store: &Store, progress: &Progress, sizing: &Sizing) -> Result<(), StoreError> {
    let (done, roster) = (progress.done(), &progress.roster);
    // The shortest time, not the median: during a start the page loads and the first spins run, but the lookup on an
    // idle machine counts.
    let mut shortest = Duration::MAX;
    for _ in 0..MEASUREMENTS {
        let started = Instant::now();
        store
            .find_by_reading_all::<PlayerRecord>(PARTS[0], ACCOUNT_CODE, AccountCode::numbered(1).as_str())
            .await?;
        shortest = shortest.min(started.elapsed());
    }
    let read = sizing.players(done.min(roster.first()), shortest);
    roster.search(read);
    let total = match progress.total() {
        // They suffice, so nothing has to be written before the index can be switched.
        total if progress.total_is_known() && total >= read => total,
        _ => sizing.created(read).max(done),
    };
    let record = ProgressRecord {
        done: i64::try_from(done).unwrap_or(i64::MAX),
        total: Some(i64::try_from(total).unwrap_or(i64::MAX)),
        first_part: Some(i64::try_from(roster.first()).unwrap_or(i64::MAX)),
    };
    store
        .write::<_, StoreError, _>(move |tx| tx.put(PROGRESS, PROGRESS_ID, &record))
        .await?;
    progress.shared.total.store(total, Ordering::Release);
    progress.shared.total_known.store(true, Ordering::Release);
    Ok(())
}

impl Sizing {
    /// Returns how many players make a lookup take the wanted time, if it takes `took` among `measured` players. The time
    /// grows with their number.
    fn players(&self, measured: u64, took: Duration) -> u64 {
        scaled(measured, self.lookup, took).clamp(PART.min(self.fewest), self.most)
    }

    /// Returns how many players there are where a lookup reads `read` of them.
    fn created(&self, read: u64) -> u64 {
        (read.saturating_mul(self.percent_created) / 100).clamp(self.fewest, self.most)
    }
}

async fn write_batch(store: &Store, progress: &Progress) -> Result<(), StoreError> {
    let (from, roster) = (progress.done(), &progress.roster);
    let part = roster.part_of(from + 1);
    let to = (from + BATCH).min(progress.total()).min(roster.end_of(part));
    let collection = PARTS[part];
    if !roster.filled().contains(&collection) {
        set_index(store, collection, progress.indexed).await?;
    }
    let first = roster.first();
    store
        .write(move |tx| {
            for number in from + 1..=to {
                let player = synthetic(number);
                let id = player.player_id.clone();
                tx.insert(collection, id.as_str(), &PlayerRecord::from(player))?;
            }
            // A total that was determined earlier stays in the record, because this document lacks the field.
            let record = ProgressRecord {
                done: i64::try_from(to).unwrap_or(i64::MAX),
                total: None,
                first_part: Some(i64::try_from(first).unwrap_or(i64::MAX)),
            };
            tx.put(PROGRESS, PROGRESS_ID, &record)
        })
        .await?;
    roster.fill(to);
    progress.shared.done.store(to, Ordering::Release);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Sizing = Sizing {
        sample: 1_000,
        // So short that every machine gets the minimum number of players.
        lookup: Duration::from_nanos(1),
        percent_created: 100,
        fewest: 1_700,
        most: 2_600,
    };

    fn open(dir: &tempfile::TempDir) -> Store {
        Store::open(dir.path(), SCHEMA_VERSION).unwrap()
    }

    async fn written(store: &Store) -> u64 {
        store
            .scan::<serde::de::IgnoredAny, _, _>(PARTS[0], 0, |count, _| {
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
        check(400_000, 25_000);
        check(40_000_000, PART);
        check(1_000, 200_000);
        check(0, 200_000);
        let created = |read| SIZING.created(read);
        assert_eq!(
            [25_000, 100_000, 190_000].map(created),
            [50_000, 130_000, 200_000]
        );
    }

    #[tokio::test]
    async fn a_total_that_was_found_stays_while_it_suffices_and_a_given_one_leaves_it_alone() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(&dir);
        let progress = prepare(&store, None, true).await.unwrap();
        assert_eq!((progress.read().done, progress.read().total), (500, PROVISIONAL));
        assert!(!progress.is_complete());
        run_sized(&store, &progress, &SMALL).await.unwrap();
        assert_eq!((progress.read().done, progress.read().total), (1_700, 1_700));
        assert_eq!(written(&store).await, 1_700);
        drop((progress, store));

        // The second start finds a fast machine, but the number is given.
        let long = Sizing {
            lookup: Duration::from_secs(3_600),
            ..SMALL
        };
        let store = open(&dir);
        let given = prepare(&store, Some(2_000), true).await.unwrap();
        run_sized(&store, &given, &long).await.unwrap();
        assert_eq!(written(&store).await, 2_000);
        // A machine of the same speed has as many as it needs.
        let found = prepare(&store, None, true).await.unwrap();
        assert!(found.is_complete());
        assert_eq!(found.read().total, 1_700);
        run_sized(&store, &found, &SMALL).await.unwrap();
        assert_eq!((found.read().total, written(&store).await), (1_700, 2_000));
        // A faster one gets more.
        let found = prepare(&store, None, true).await.unwrap();
        run_sized(&store, &found, &long).await.unwrap();
        assert_eq!(written(&store).await, 2_600);

        let other = tempfile::tempdir().unwrap();
        let store = open(&other);
        let progress = prepare(&store, None, true).await.unwrap();
        run_sized(&store, &progress, &long).await.unwrap();
        assert_eq!(written(&store).await, 2_600);
    }

    #[tokio::test]
    async fn players_beyond_a_part_are_written_and_found_in_the_next_ones() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(&dir);
        let sizing = Sizing {
            fewest: 2 * PART + 700,
            most: 2 * PART + 700,
            ..SMALL
        };
        for indexed in [false, true] {
            let progress = prepare(&store, None, indexed).await.unwrap();
            run_sized(&store, &progress, &sizing).await.unwrap();
            let roster = progress.roster();
            assert_eq!(roster.filled(), &PARTS[..3]);
            // Lookups search the first part only, and the others for a player who is not in it.
            roster.search(PART);
            for number in [1, PART, PART + 1, 2 * PART + 700] {
                let code = AccountCode::numbered(number);
                let found = roster.find(&store, &code).await.unwrap().unwrap();
                assert_eq!(found.account_code, code);
                let by_id = roster.get(&store, &synthetic(number).player_id, &code).await;
                assert_eq!(by_id.unwrap().unwrap().account_code, code);
            }
            let nobody = AccountCode::numbered(2 * PART + 701);
            assert!(roster.find(&store, &nobody).await.unwrap().is_none());
        }
    }

    #[tokio::test]
    async fn an_error_ends_with_its_cause() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(&dir);
        let progress = prepare(&store, Some(1_200), true).await.unwrap();
        // The store is well, and refuses a player that is there already.
        let foreign = synthetic(700);
        let id = foreign.player_id.clone();
        store
            .write::<_, StoreError, _>(move |tx| {
                tx.insert(
                    PARTS[0],
                    foreign.player_id.clone().as_str(),
                    &PlayerRecord::from(foreign),
                )
            })
            .await
            .unwrap();
        let seeding = {
            let (store, progress) = (store.clone(), progress.clone());
            async move { run_until_done(&store, &progress, &SMALL, Duration::from_millis(1)).await }
        };
        let seeding = tokio::spawn(seeding);
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(progress.read().done, 500);
        store
            .write::<_, StoreError, _>(move |tx| tx.delete(PARTS[0], id.as_str()))
            .await
            .unwrap();
        tokio::time::timeout(Duration::from_secs(60), seeding)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(written(&store).await, 1_200);

        // A store that is closed is no cause that goes.
        let progress = prepare(&store, Some(2_000), true).await.unwrap();
        store.close().await.unwrap();
        run_until_done(&store, &progress, &SMALL, Duration::from_millis(1)).await;
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
