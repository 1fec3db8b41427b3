//! What somebody makes of traces: once of each, and again of those that more came of.

use std::collections::{BTreeMap, HashMap, HashSet};

use reelscope_contracts::telemetry::TraceSummary;
use rusqlite::Connection;

use super::traces;

/// What somebody made of traces, as far as he wants anything of them. It outlives the traces.
#[derive(Debug)]
pub struct Digests<T> {
    most: usize,
    after: u64,
    /// By the row of the trace, which grows with each that comes: its revision, and what was made of it.
    made: BTreeMap<i64, (i64, T)>,
    /// Revisions of those of which nothing is wanted.
    others: HashMap<i64, i64>,
    /// Earlier rows were forgotten; 0 while none was.
    from: i64,
}

impl<T> Digests<T> {
    /// None yet; of more than `most` the first are forgotten.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            most,
            after: 0,
            made: BTreeMap::new(),
            others: HashMap::new(),
            from: 0,
        }
    }

    /// All of them, in the order in which their traces came.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.made.values().map(|(_, value)| value)
    }

    /// Whether some were forgotten.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.from > 0
    }

    /// Follows the traces of which nothing had come when envelope `after` had. Where that is another than before, it begins
    /// anew. Of a trace that is no longer kept `gone` is told.
    ///
    /// # Errors
    /// SQLite's; of what could be read it was made all the same.
    pub(super) fn follow(
        &mut self,
        connection: &Connection,
        after: u64,
        make: impl Fn(&TraceSummary) -> Option<T>,
        gone: impl Fn(&mut T),
    ) -> rusqlite::Result<()> {
        if self.after != after {
            *self = Self {
                after,
                ..Self::new(self.most)
            };
        }
        let revisions = traces::revisions_after(connection, after, usize::MAX)?;
        let (mut others, mut unread) = (HashMap::new(), None);
        let mut kept = HashSet::new();
        for (row, revision) in revisions {
            kept.insert(row);
            let known = self.made.get(&row).map(|(revision, _)| *revision);
            if known == Some(revision) || row < self.from {
                continue;
            }
            if self.others.get(&row) == Some(&revision) {
                others.insert(row, revision);
                continue;
            }
            let line = match traces::line(connection, row) {
                Ok(Some(line)) => line,
                Ok(None) => continue,
                Err(error) => {
                    unread = Some(error);
                    continue;
                }
            };
            if let Some(value) = make(&line) {
                self.made.insert(row, (revision, value));
            } else {
                self.made.remove(&row);
                others.insert(row, revision);
            }
        }
        self.others = others;
        for (row, (_, value)) in &mut self.made {
            if !kept.contains(row) {
                gone(value);
            }
        }
        while self.made.len() > self.most {
            self.from = self.made.pop_first().map_or(0, |(row, _)| row + 1);
        }
        unread.map_or(Ok(()), Err)
    }
}
