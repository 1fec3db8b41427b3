//! What goes when there is too much or it is too old: the oldest, and of what may still be sent nothing before the hard cap.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::Connection;

use super::ages::Ages;
use super::pen::Writing;
use super::readers::rows;
use super::state::{DeadReason, Entry, State};
use super::tally::{Delta, Kind, Tally};
use crate::category::Categories;

/// Most envelopes of one step: a caller waits for the writer no longer than for a commit.
const STEP: usize = 256;
/// Envelopes that the index may have still to take out while the size of the file decides. Beyond that their rows would
/// count as kept ones, and far too many would be removed.
const FEW_UNPRUNED: u64 = 4 * STEP as u64;
/// Free pages that the file keeps, beside those for what comes until the next look.
const SPARE_PAGES: u64 = 128;
/// Most bytes that are written between two looks at the size.
const MOST_BETWEEN: u64 = 2 * 1024 * 1024;
/// Most pages that are given back in one step.
const PAGES_BACK: u64 = 512;

/// Interval of checking size and age.
const RETENTION_CHECK: Duration = Duration::from_secs(10);
/// The same while the index makes room.
const SOON: Duration = Duration::from_secs(1);

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// Bytes after which the oldest envelopes go, unless they may still be sent.
    pub bytes: u64,
    /// Bytes after which they go all the same.
    pub hard_cap_bytes: u64,
    /// Age after which they go, unless they may still be sent.
    pub age: Duration,
}

/// What a step removed.
pub(super) struct Removed {
    pub(super) delta: Delta,
    /// How many of them had never been sent.
    pub(super) evicted: u64,
}

/// How many envelopes the log has removed of which the index still has rows; these go by themselves a little later.
/// An estimate: it may miss those of one step.
#[derive(Debug)]
pub(crate) struct Unpruned(AtomicU64);

impl Default for Unpruned {
    /// Not known before the index has counted them: as many as there can be.
    fn default() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }
}

impl Unpruned {
    /// The index has counted them.
    pub(crate) fn counted(&self, count: u64) {
        self.0.store(count, Ordering::Relaxed);
    }

    /// The number, for [`Unpruned::none_since`].
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// The index found none after the number was `before`; it counts unless some were removed meanwhile.
    pub(crate) fn none_since(&self, before: u64) {
        let _ = self
            .0
            .compare_exchange(before, 0, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// The index has taken some out.
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

/// Decides, step by step.
pub(crate) struct Retainer {
    retention: Retention,
    pub(super) ages: Arc<Ages>,
    /// Older ones may still be sent, as far as is known.
    from: u64,
    /// Bytes of all envelopes that are kept, before compression; `None` until they are first needed, since the database is
    /// asked for them.
    kept_bytes: Option<u64>,
    /// The file is too large, and the index has still to make room in it.
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

    /// After which time size and age are to be checked again even when few envelopes come: the index writes to the file
    /// too, and takes rows out of it.
    pub(super) fn next_check(&self) -> Duration {
        if self.awaits_index { SOON } else { RETENTION_CHECK }
    }

    /// An envelope of so many bytes was written.
    pub(super) fn captured(&mut self, bytes: u64) {
        self.kept_bytes = self.kept_bytes.map(|kept| kept.saturating_add(bytes));
    }

    /// Bytes after which it is worth another look.
    pub(super) fn interval(&self) -> u64 {
        (self.retention.bytes / 16).min(MOST_BETWEEN)
    }

    /// Removes some envelopes, or gives room back; `None` when there is nothing more to do.
    pub(super) fn step(
        &mut self,
        writing: &mut Writing,
        unpruned: &Unpruned,
    ) -> rusqlite::Result<Option<Removed>> {
        let connection = &*writing.connection()?;
        let Pages { used, free, page } = Pages::of(connection)?;
        let (file, hard_cap) = (used * page, self.retention.hard_cap_bytes);
        self.awaits_index = file > self.retention.bytes && !unpruned.is_few();
        // Rows that the index has still to take out are no reason to remove envelopes. Those that are kept are then counted
        // without compression: at least `bytes` of them stay.
        let bytes = if self.awaits_index {
            self.kept_bytes(connection)?.min(file)
        } else {
            file
        };
        let chosen = if file > hard_cap {
            let mut all = oldest(connection, 0, "1")?;
            all.truncate(enough_of(&all, file - hard_cap));
            all
        } else {
            let mut done = oldest(connection, self.from, "state != 0")?;
            let mut many = enough_of(&done, bytes.saturating_sub(self.retention.bytes));
            // One by one, since one whose time is wrong says nothing about the others.
            done.retain(|entry| {
                let goes = many > 0 || self.ages.of(entry) > self.retention.age;
                many = many.saturating_sub(1);
                goes
            });
            // From the beginning again at the next look: what was held may have been delivered since.
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
            give_back(connection, (free - spare).min(PAGES_BACK))?;
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

/// How many of the first free `excess` bytes.
fn enough_of(oldest: &[Entry], excess: u64) -> usize {
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

fn give_back(connection: &Connection, pages: u64) -> rusqlite::Result<()> {
    let mut vacuum = connection.prepare(&format!("PRAGMA incremental_vacuum({pages})"))?;
    // One row a page.
    let mut rows = vacuum.query(())?;
    while rows.next()?.is_some() {}
    Ok(())
}

/// How the file is filled.
struct Pages {
    used: u64,
    free: u64,
    /// Bytes of one.
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
