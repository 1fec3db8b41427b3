//! The rows of the log, read beside the writer, to compare the counts with.
#![allow(dead_code, clippy::unwrap_used)]

use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant};

use reelscope_page_api::telemetry::DeliveryCounts;
use rusqlite::{Connection, OpenFlags};

/// Number of envelopes in each state, and the number of the newest; 0 without any.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows {
    pub(crate) held: u64,
    pub(crate) delivered: u64,
    pub(crate) dead: u64,
    pub(crate) newest: u64,
}

/// Whether rows may be missing that are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    All,
    /// The oldest were deleted for space or for age.
    Some,
}

fn log_in(dir: &Path) -> Connection {
    let file = dir.join("telemetry.sqlite");
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

/// Returns whether the log in `dir` still has the envelope.
pub(crate) fn is_kept(dir: &Path, seq: i64) -> bool {
    let sql = "SELECT EXISTS (SELECT 1 FROM envelopes WHERE seq = ?1)";
    log_in(dir).query_row(sql, [seq], |row| row.get(0)).unwrap()
}

/// Returns the ids of the traces of all envelopes that the log in `dir` still has.
pub(crate) fn traces_of(dir: &Path) -> HashSet<String> {
    let log = log_in(dir);
    let mut found = log
        .prepare("SELECT lower(hex(trace_id)) FROM envelopes WHERE trace_id IS NOT NULL")
        .unwrap();
    let traces = found.query_map((), |row| row.get(0)).unwrap();
    traces.collect::<rusqlite::Result<_>>().unwrap()
}

impl Rows {
    /// Reads the rows of the log in `dir`.
    pub(crate) fn of(dir: &Path) -> Self {
        let log = log_in(dir);
        let number = |sql: &str| {
            let number = log.query_row(sql, (), |row| row.get::<_, i64>(0));
            u64::try_from(number.unwrap()).unwrap()
        };
        // One snapshot for all queries.
        log.execute_batch("BEGIN").unwrap();
        Self {
            held: number("SELECT count(*) FROM envelopes WHERE state = 0"),
            delivered: number("SELECT count(*) FROM envelopes WHERE state = 1"),
            dead: number("SELECT count(*) FROM envelopes WHERE state > 1"),
            newest: number("SELECT coalesce(max(seq), 0) FROM envelopes"),
        }
    }

    fn are(self, counts: DeliveryCounts, kept: Kept) -> bool {
        let ended = |counted: u64, rows: u64| counted == rows || kept == Kept::Some && counted > rows;
        counts.captured == self.newest
            && counts.captured == counts.held + counts.delivered + counts.dead
            && counts.held == self.held
            && ended(counts.delivered, self.delivered)
            && ended(counts.dead, self.dead)
    }
}

/// Checks that every envelope is in exactly one of the counts, as in the log in `dir`. Both are read one after the
/// other, so the check repeats while something is written in between.
pub(crate) fn balanced(dir: &Path, kept: Kept, counts: impl Fn() -> DeliveryCounts) {
    let by = Instant::now() + Duration::from_secs(20);
    loop {
        let (rows, counts) = (Rows::of(dir), counts());
        if rows.are(counts, kept) {
            return;
        }
        assert!(Instant::now() < by, "{counts:?} of {rows:?}");
        std::thread::sleep(Duration::from_millis(1));
    }
}
