//! Values derived from traces: each is computed once, and again when more of the trace arrives.

use std::collections::{BTreeMap, HashMap, HashSet};

use reelscope_page_api::telemetry::TraceSummary;
use rusqlite::Connection;

use super::traces::{self, Whose};

/// Values derived from traces. They outlive the traces.
#[derive(Debug)]
pub struct Digests<T> {
    most: usize,
    after: u64,
    /// Revision of the trace and the derived value, by the row of the trace; rows grow in the order of arrival.
    made: BTreeMap<i64, (i64, T)>,
    /// Revisions of traces without a value, by row.
    others: HashMap<i64, i64>,
    /// The first row whose value is kept; 0 while none has been dropped.
    from: i64,
}

impl<T> Digests<T> {
    /// Creates it empty. Beyond `most` values the earliest are dropped.
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

    /// Returns all values, in the order in which their traces arrived.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.made.values().map(|(_, value)| value)
    }

    /// Returns all values for a change, in the same order.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.made.values_mut().map(|(_, value)| value)
    }

    /// Whether values have been dropped.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.from > 0
    }

    /// Updates the values of these traces whose first envelope came after envelope `after`. Another `after` than
    /// before starts over. Calls `gone` with the values of deleted traces.
    ///
    /// # Errors
    /// An error of SQLite; everything that could be read is updated.
    pub(super) fn follow(
        &mut self,
        connection: &Connection,
        (after, whose): (u64, Whose),
        make: impl Fn(&TraceSummary) -> Option<T>,
        gone: impl Fn(&mut T),
    ) -> rusqlite::Result<()> {
        if self.after != after {
            *self = Self {
                after,
                ..Self::new(self.most)
            };
        }
        let revisions = traces::revisions_after(connection, after, whose, usize::MAX)?;
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
