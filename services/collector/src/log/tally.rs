//! Counts of envelopes by state. The rows change in the transaction that changes an envelope. This copy in memory
//! answers without a query.

use std::collections::BTreeMap;
use std::sync::Arc;

use reelscope_page_api::telemetry::DeliveryCounts;
use rusqlite::{Connection, Transaction};

use super::state::{DeadReason, Entry, State};
use crate::envelope::category::Categories;

/// What is counted separately: held envelopes by slot, destination and remaining categories, since delivery decides
/// by these; all others by state only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Kind {
    pub(crate) state: State,
    pub(crate) slot: Arc<str>,
    pub(crate) destination: u64,
    pub(crate) categories: u32,
}

impl Kind {
    pub(crate) fn of(entry: &Entry) -> Self {
        Self::new(entry.state, &entry.slot, entry.destination, entry.left())
    }

    pub(crate) fn new(state: State, slot: &Arc<str>, destination: u64, categories: Categories) -> Self {
        match state {
            State::Held => Self {
                state,
                slot: Arc::clone(slot),
                destination,
                categories: categories.bits(),
            },
            state => Self {
                state,
                slot: Arc::from(""),
                destination: 0,
                categories: 0,
            },
        }
    }
}

/// Changes of the counts in one transaction.
pub(crate) type Delta = BTreeMap<Kind, i64>;

/// The counts. Every envelope that was ever captured is in exactly one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally(BTreeMap<Kind, u64>);

impl Tally {
    /// Reads all counts.
    ///
    /// # Errors
    /// An error of SQLite.
    pub(crate) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let mut rows = connection.prepare("SELECT state, slot, destination, categories, count FROM tally")?;
        let counts = rows.query_map((), |row| {
            let kind = Kind {
                state: State::of_number(row.get(0)?),
                slot: Arc::from(row.get::<_, String>(1)?),
                destination: row.get::<_, i64>(2)?.cast_unsigned(),
                categories: row.get(3)?,
            };
            Ok((kind, row.get::<_, i64>(4)?.cast_unsigned()))
        })?;
        counts.collect::<rusqlite::Result<_>>().map(Self)
    }

    /// Writes `delta` to the rows, within the transaction that caused it.
    ///
    /// # Errors
    /// An error of SQLite.
    pub(crate) fn write(transaction: &Transaction<'_>, delta: &Delta) -> rusqlite::Result<()> {
        let mut add = transaction.prepare_cached(
            "INSERT INTO tally (state, slot, destination, categories, count) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET count = count + excluded.count",
        )?;
        for (kind, change) in delta.iter().filter(|(_, change)| **change != 0) {
            let destination = kind.destination.cast_signed();
            add.execute((
                kind.state.number(),
                &*kind.slot,
                destination,
                kind.categories,
                change,
            ))?;
        }
        Ok(())
    }

    /// Adds `delta` to the counts in memory.
    pub(crate) fn add(&mut self, delta: &Delta) {
        for (kind, change) in delta {
            let count = self.0.entry(kind.clone()).or_default();
            *count = count.saturating_add_signed(*change);
        }
        self.0.retain(|_, count| *count > 0);
    }

    /// Returns the number of captured, delivered, held and dead envelopes.
    pub(crate) fn counts(&self) -> DeliveryCounts {
        let of = |wanted: fn(State) -> bool| {
            let counts = self.0.iter().filter(|(kind, _)| wanted(kind.state));
            counts.map(|(_, count)| *count).sum()
        };
        DeliveryCounts {
            captured: of(|_| true),
            delivered: of(|state| state == State::Delivered),
            held: of(|state| state == State::Held),
            dead: of(|state| matches!(state, State::Dead(_))),
        }
    }

    /// Number of the envelope that was captured last, which is also the number of captures. 0 before the first.
    pub(crate) fn newest_seq(&self) -> u64 {
        self.counts().captured
    }

    /// Returns the counts of held envelopes.
    pub(crate) fn held(&self) -> impl Iterator<Item = (&Kind, u64)> {
        let held = self.0.iter().filter(|(kind, _)| kind.state == State::Held);
        held.map(|(kind, count)| (kind, *count))
    }

    /// Returns the counts of dead envelopes by the name of the reason.
    pub(crate) fn dead_by_reason(&self) -> BTreeMap<String, u64> {
        let dead = self.0.iter().filter_map(|(kind, count)| match kind.state {
            State::Dead(reason) => Some((reason, *count)),
            _ => None,
        });
        dead.map(|(reason, count): (DeadReason, u64)| (reason.as_str().to_owned(), count))
            .collect()
    }
}
