//! The collections of the players, and how many of them a lookup reads.
//!
//! Players are kept in parts of [`PART`], in the order of their numbers. A lookup searches the first parts, and the others
//! only where it finds nothing there. Without an index it reads the parts that it searches from end to end, so their
//! number is what such a lookup takes: it follows the speed of the machine.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reelscope_contracts::users::Limits;
use reelscope_contracts::{AccountCode, Money, PlayerId};
use reelscope_store::{Scan, Store, StoreError};
use reelscope_telemetry::Calibration;
use serde::{Deserialize, Serialize};

use crate::players::Player;

/// The field by which a player is looked up.
pub(crate) const ACCOUNT_CODE: &str = "account_code";

/// Number of players in a part.
pub(crate) const PART: u64 = 10_000;
/// The collections.
pub(crate) const PARTS: [&str; 20] = [
    "players",
    "players_02",
    "players_03",
    "players_04",
    "players_05",
    "players_06",
    "players_07",
    "players_08",
    "players_09",
    "players_10",
    "players_11",
    "players_12",
    "players_13",
    "players_14",
    "players_15",
    "players_16",
    "players_17",
    "players_18",
    "players_19",
    "players_20",
];

/// Wanted time of a lookup without an index.
pub const LOOK_UP_WITHOUT_INDEX: Duration = Duration::from_millis(500);
/// Times of such a lookup at which the parts that it searches stay the same.
const BAND: RangeInclusive<Duration> = Duration::from_millis(370)..=Duration::from_millis(630);

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PlayerRecord {
    #[serde(rename = "_id", default, skip_serializing)]
    player_id: PlayerId,
    pub(crate) account_code: AccountCode,
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

/// Creates or drops the index of a part.
pub(crate) async fn set_index(store: &Store, part: &'static str, indexed: bool) -> Result<(), StoreError> {
    // A start asks for what is there already, and a change waits for the disk.
    if store.has_index(part, ACCOUNT_CODE).await? == Some(indexed) {
        return Ok(());
    }
    if indexed {
        store.create_index(part, ACCOUNT_CODE).await
    } else {
        store.drop_index(part, ACCOUNT_CODE).await
    }
}

/// The parts, and how many of them are searched first. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Roster {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// Number of players in the first part. It is larger than [`PART`] in a database of a build that had no parts.
    first: u64,
    /// Number of parts that have players.
    filled: AtomicUsize,
    /// Number of parts that are searched first.
    searched: AtomicUsize,
    calibration: Calibration,
}

impl Roster {
    /// Creates the roster of `done` players, all of which are searched.
    pub(crate) fn new(first: u64, done: u64) -> Self {
        let roster = Self {
            shared: Arc::new(Shared {
                first,
                filled: AtomicUsize::new(0),
                searched: AtomicUsize::new(PARTS.len()),
                calibration: Calibration::new(LOOK_UP_WITHOUT_INDEX, BAND),
            }),
        };
        roster.fill(done);
        roster
    }

    /// Index of the part of the player with this number, from 1.
    pub(crate) fn part_of(&self, number: u64) -> usize {
        let beyond = number.saturating_sub(self.shared.first);
        usize::try_from(beyond.div_ceil(PART))
            .unwrap_or(usize::MAX)
            .min(PARTS.len() - 1)
    }

    /// Number of the last player whose part is `part`.
    pub(crate) fn end_of(&self, part: usize) -> u64 {
        self.shared.first + part as u64 * PART
    }

    /// Number of players in the first part.
    pub(crate) fn first(&self) -> u64 {
        self.shared.first
    }

    /// Notes that the players up to this number exist.
    pub(crate) fn fill(&self, done: u64) {
        let filled = if done == 0 { 0 } else { self.part_of(done) + 1 };
        self.shared.filled.store(filled, Ordering::Release);
    }

    /// The parts that have players; the first one even if it has none yet.
    pub(crate) fn filled(&self) -> &'static [&'static str] {
        static ALL: [&str; PARTS.len()] = PARTS;
        let filled = self.shared.filled.load(Ordering::Acquire);
        ALL.get(..filled.max(1)).unwrap_or(&ALL)
    }

    /// Lets lookups search the parts that have about this many players.
    pub(crate) fn search(&self, players: u64) {
        let beyond = players.saturating_sub(self.shared.first);
        // Rounded to the nearest part.
        let parts = 1 + usize::try_from((beyond + PART / 2) / PART).unwrap_or(usize::MAX - 1);
        self.shared
            .searched
            .store(parts.min(PARTS.len()), Ordering::Release);
        self.shared.calibration.forget();
    }

    /// Number of players that a lookup without an index reads.
    #[cfg(test)]
    fn searched(&self, done: u64) -> u64 {
        let searched = self.shared.searched.load(Ordering::Acquire).max(1);
        self.end_of(searched - 1).min(done)
    }

    /// Finds a player by account code.
    ///
    /// # Errors
    /// As [`Store::find_in`].
    pub(crate) async fn find(
        &self,
        store: &Store,
        code: &AccountCode,
    ) -> Result<Option<PlayerRecord>, StoreError> {
        let filled = self.filled();
        let searched = self.shared.searched.load(Ordering::Acquire).min(filled.len());
        let (first, others) = filled.split_at(searched);
        let found = store.find_in(first, ACCOUNT_CODE, code.as_str()).await?;
        if let Some(scan) = found.scan {
            self.scanned(scan);
        }
        match found.document {
            None if !others.is_empty() => {
                let found = store.find_in(others, ACCOUNT_CODE, code.as_str()).await?;
                Ok(found.document)
            }
            found => Ok(found),
        }
    }

    /// Returns the player with this id.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub(crate) async fn get(
        &self,
        store: &Store,
        player_id: &PlayerId,
        code: &AccountCode,
    ) -> Result<Option<PlayerRecord>, StoreError> {
        store
            .get(PARTS[self.part_of(code.number())], player_id.as_str())
            .await
    }

    /// Changes how many parts are searched when reading them no longer takes what it should.
    fn scanned(&self, scan: Scan) {
        if let Some(players) = self.shared.calibration.measured(scan.rows, scan.took) {
            self.search(players);
            tracing::info!(
                rows = scan.rows,
                players,
                "a lookup without an index follows the speed of this machine"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn players_lie_in_parts_by_their_number() {
        let roster = Roster::new(PART, 0);
        assert_eq!(roster.filled(), ["players"]);
        let check = |number, part| assert_eq!(roster.part_of(number), part, "{number}");
        check(1, 0);
        check(PART, 0);
        check(PART + 1, 1);
        check(2 * PART, 1);
        check(200_000, 19);
        check(u64::MAX, 19);
        assert_eq!(roster.end_of(1), 2 * PART);
        roster.fill(2 * PART + 1);
        assert_eq!(roster.filled(), ["players", "players_02", "players_03"]);

        // A database of a build that had no parts.
        let older = Roster::new(100_000, 100_000);
        assert_eq!(older.filled(), ["players"]);
        assert_eq!((older.part_of(100_000), older.part_of(100_001)), (0, 1));
    }

    #[test]
    fn what_a_lookup_reads_follows_the_speed_of_the_machine() {
        let roster = Roster::new(PART, 150_000);
        assert_eq!(roster.searched(150_000), 150_000);
        roster.search(97_000);
        assert_eq!(roster.searched(150_000), 100_000);
        // The machine needs twice as long.
        for _ in 0..5 {
            roster.scanned(Scan {
                rows: 100_000,
                took: 2 * LOOK_UP_WITHOUT_INDEX,
            });
        }
        assert_eq!(roster.searched(150_000), 50_000);
        // It cannot be less than a part, nor more than there are.
        roster.search(0);
        assert_eq!(roster.searched(150_000), PART);
        roster.search(u64::MAX);
        assert_eq!(roster.searched(150_000), 150_000);
    }
}
