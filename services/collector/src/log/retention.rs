//! Removes the oldest envelopes when the file is too large or they are too old. Held ones go only above the hard cap.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::Connection;

use super::ages::Ages;
use super::pen::Writing;
use super::readers::rows;
use super::state::{DeadReason, Entry, State};
use super::tally::{Delta, Kind, Tally};
use crate::envelope::category::Categories;

/// Maximum number of envelopes removed in one step, so that a caller waits for the writer no longer than for a
/// commit.
const STEP: usize = 256;
/// Maximum number of removed envelopes with rows left in the index while the size of the file decides. Above it these
/// rows would count as stored envelopes, and far too many envelopes would be removed.
const FEW_UNPRUNED: u64 = 4 * STEP as u64;
/// Free pages that stay in the file, in addition to those for the bytes until the next check.
const SPARE_PAGES: u64 = 128;
/// Maximum number of bytes written between two checks of the size.
const MOST_BETWEEN: u64 = 2 * 1024 * 1024;
/// Maximum number of free pages that are returned to the file system in one step.
const PAGES_BACK: u64 = 512;

/// Interval between two checks of size and age.
const RETENTION_CHECK: Duration = Duration::from_secs(10);
/// Interval between two checks while the file is too large and the index deletes rows from it.
const SOON: Duration = Duration::from_secs(1);

/// Limits of what is kept.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// Size of the file in bytes above which the oldest envelopes are removed, except those that may still be sent.
    pub bytes: u64,
    /// Size of the file in bytes above which the oldest envelopes are removed in any state.
    pub hard_cap_bytes: u64,
    /// Age above which envelopes are removed, except those that may still be sent.
    pub age: Duration,
}

/// The result of one step.
pub(super) struct Removed {
    pub(super) delta: Delta,
    /// Number of removed envelopes that were held.
    pub(super) evicted: u64,
}

/// Number of removed envelopes of which the index still has rows. The index deletes these a little later. It is an
/// estimate that may miss the envelopes of one step.
#[derive(Debug)]
pub(crate) struct Unpruned(AtomicU64);

impl Default for Unpruned {
    /// The number is unknown until the index counts, so it begins as the maximum.
    fn default() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }
}

impl Unpruned {
    /// Sets the number that the index has counted.
    pub(crate) fn counted(&self, count: u64) {
        self.0.store(count, Ordering::Relaxed);
    }

    /// Returns the number, for [`Unpruned::none_since`].
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Sets the number to 0, because the index found no rows to delete, unless it is no longer `before`.
    pub(crate) fn none_since(&self, before: u64) {
        let _ = self
            .0
            .compare_exchange(before, 0, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Subtracts the envelopes whose rows the index has deleted.
    pub(crate) fn pruned(&self, count: usize) {
        self.change(|before| before.saturating_sub(count as u64));
    }

    fn add(&self, count: usize) {
        self.change(|before| before.saturating_add(count as u64));
    }

    fn change(&self, change: impl Fn(u64) -> u64) {
        let next = |before| (before != u64::MAX).then(|| change(before));
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
    }

    fn is_few(&self) -> bool {
        self.get() <= FEW_UNPRUNED
    }
}

/// Decides what is removed, step by step.
pub(crate) struct Retainer {
    retention: Retention,
    pub(super) ages: Arc<Ages>,
    /// Number after which the next step searches; 0 to begin with the oldest envelope.
    from: u64,
    /// Size of all stored envelopes before compression, in bytes. `None` until it is first needed, since it takes a
    /// query.
    kept_bytes: Option<u64>,
    /// Whether the file is too large and the index still has to delete rows from it.
    awaits_index: bool,
}

impl Retainer {
    pub(crate) fn new(retention: Retention, ages: Arc<Ages>) -> Self {
        Self {
            retention,
            ages,
            from: 0,
            kept_bytes: None,
            awaits_index: false,
        }
    }

    /// Time until the next check when few envelopes arrive. It is needed because the index changes the size of the
    /// file too.
    pub(super) fn next_check(&self) -> Duration {
        if self.awaits_index { SOON } else { RETENTION_CHECK }
    }

    /// Adds the size of stored envelopes in bytes.
    pub(super) fn captured(&mut self, bytes: u64) {
        self.kept_bytes = self.kept_bytes.map(|kept| kept.saturating_add(bytes));
    }

    /// Number of written bytes after which the size is checked again.
    pub(super) fn interval(&self) -> u64 {
        (self.retention.bytes / 16).min(MOST_BETWEEN)
    }

    /// Removes some envelopes, or returns pages to the file system. Returns `None` when there is nothing more to do.
    pub(super) fn step(
        &mut self,
        writing: &mut Writing,
        unpruned: &Unpruned,
    ) -> rusqlite::Result<Option<Removed>> {
        let connection = &*writing.connection()?;
        let Pages { used, free, page } = Pages::of(connection)?;
        let (file, hard_cap) = (used * page, self.retention.hard_cap_bytes);
        self.awaits_index = file > self.retention.bytes && !unpruned.is_few();
        // Rows that the index still has to delete are no reason to remove envelopes. Meanwhile the size of the
        // envelopes before compression decides, so at least `retention.bytes` of them stay.
        let bytes = if self.awaits_index {
            self.kept_bytes(connection)?.min(file)
        } else {
            file
        };
        let chosen = if file > hard_cap {
            let mut all = oldest(connection, 0, "1")?;
            all.truncate(count_to_free(&all, file - hard_cap));
            all
        } else {
            let mut done = oldest(connection, self.from, "state != 0")?;
            let mut many = count_to_free(&done, bytes.saturating_sub(self.retention.bytes));
            // Each one is checked, since an envelope with a wrong time says nothing about the others.
            done.retain(|entry| {
                let goes = many > 0 || self.ages.of(entry) > self.retention.age;
                many = many.saturating_sub(1);
                goes
            });
            // The next check begins with the oldest again, because held envelopes may have been delivered since.
            self.from = done.last().map_or(0, |last| last.seq);
            done
        };
        if !chosen.is_empty() {
            let removed = remove(writing, &chosen)?;
            unpruned.add(chosen.len());
            let gone: u64 = chosen.iter().map(|entry| entry.size).sum();
            self.kept_bytes = self.kept_bytes.map(|kept| kept.saturating_sub(gone));
            return Ok(Some(removed));
        }
        let spare = SPARE_PAGES + self.interval() / page.max(1);
        if free > spare {
            free_pages(connection, (free - spare).min(PAGES_BACK))?;
            return Ok(Some(Removed {
                delta: Delta::new(),
                evicted: 0,
            }));
        }
        Ok(None)
    }

    fn kept_bytes(&mut self, connection: &Connection) -> rusqlite::Result<u64> {
        let kept = match self.kept_bytes {
            Some(kept) => kept,
            None => bytes_of_all(connection)?,
        };
        self.kept_bytes = Some(kept);
        Ok(kept)
    }
}

fn bytes_of_all(connection: &Connection) -> rusqlite::Result<u64> {
    let sum = connection.query_row("SELECT coalesce(sum(size), 0) FROM envelopes", (), |row| {
        row.get::<_, i64>(0)
    })?;
    Ok(sum.cast_unsigned())
}

/// Returns how many of the oldest envelopes have to go to free `excess` bytes.
fn count_to_free(oldest: &[Entry], excess: u64) -> usize {
    let mut freed = 0;
    let needed = oldest.iter().take_while(|entry| {
        let more = freed < excess;
        freed += entry.size;
        more
    });
    needed.count()
}

fn oldest(connection: &Connection, from: u64, which: &str) -> rusqlite::Result<Vec<Entry>> {
    let which = format!("WHERE seq > ?1 AND {which} ORDER BY seq LIMIT {STEP}");
    rows(connection, &which, [from.cast_signed()])
}

fn remove(writing: &mut Writing, chosen: &[Entry]) -> rusqlite::Result<Removed> {
    let (mut delta, mut evicted) = (Delta::new(), 0);
    let transaction = writing.begin(true)?;
    for entry in chosen {
        for sql in [
            "DELETE FROM envelopes WHERE seq = ?1",
            "DELETE FROM bodies WHERE seq = ?1",
            "DELETE FROM parts WHERE seq = ?1",
        ] {
            transaction
                .prepare_cached(sql)?
                .execute([entry.seq.cast_signed()])?;
        }
        if entry.state == State::Held {
            evicted += 1;
            *delta.entry(Kind::of(entry)).or_default() -= 1;
            let dead = State::Dead(DeadReason::Evicted);
            *delta
                .entry(Kind::new(dead, &entry.slot, 0, Categories::default()))
                .or_default() += 1;
        }
    }
    Tally::write(&transaction, &delta)?;
    transaction.commit()?;
    Ok(Removed { delta, evicted })
}

fn free_pages(connection: &Connection, pages: u64) -> rusqlite::Result<()> {
    let mut vacuum = connection.prepare(&format!("PRAGMA incremental_vacuum({pages})"))?;
    // Each row that is read frees one page.
    let mut rows = vacuum.query(())?;
    while rows.next()?.is_some() {}
    Ok(())
}

/// The use of the file.
struct Pages {
    used: u64,
    free: u64,
    /// Size of a page in bytes.
    page: u64,
}

impl Pages {
    fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let number = |name| {
            connection
                .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
                .map(i64::cast_unsigned)
        };
        let (all, free) = (number("page_count")?, number("freelist_count")?);
        Ok(Self {
            used: all.saturating_sub(free),
            free,
            page: number("page_size")?,
        })
    }
}
