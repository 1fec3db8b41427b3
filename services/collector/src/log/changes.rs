//! Computes what a batch of state changes does to entries and counts, before it is written.

use std::collections::BTreeMap;

use rusqlite::{Connection, Transaction};

use super::readers::row;
use super::state::{Change, Entry, Parts, State};
use super::tally::{Delta, Kind};

/// Changes that count in memory although the disk refused them. They are written with the next commit that succeeds.
#[derive(Default)]
pub(super) struct Owed {
    states: BTreeMap<u64, Entry>,
    pub(super) delta: Delta,
}

impl Owed {
    pub(super) fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    pub(super) fn take_on(&mut self, planned: &Planned) {
        let states = planned.states.iter().map(|(seq, entry)| (*seq, entry.clone()));
        self.states.extend(states);
        for (kind, change) in &planned.delta {
            *self.delta.entry(kind.clone()).or_default() += change;
        }
    }

    /// Writes these states, then `states`, which are newer.
    pub(super) fn write(
        &self,
        transaction: &Transaction<'_>,
        states: &BTreeMap<u64, Entry>,
    ) -> rusqlite::Result<()> {
        if self.states.is_empty() && states.is_empty() {
            return Ok(());
        }
        let mut update =
            transaction.prepare_cached("UPDATE envelopes SET state = ?2, destination = ?3 WHERE seq = ?1")?;
        let mut insert =
            transaction.prepare_cached("INSERT OR REPLACE INTO parts VALUES (?1, ?2, ?3, ?4)")?;
        let mut delete = transaction.prepare_cached("DELETE FROM parts WHERE seq = ?1")?;
        for entry in self.states.values().chain(states.values()) {
            let (seq, parts) = (entry.seq.cast_signed(), entry.parts);
            update.execute((seq, entry.state.number(), entry.destination.cast_signed()))?;
            if parts == Parts::default() {
                delete.execute([seq])?;
            } else {
                let reason = parts.reason.map(|reason| State::Dead(reason).number());
                insert.execute((seq, parts.delivered.bits(), parts.refused.bits(), reason))?;
            }
        }
        Ok(())
    }
}

/// The effect of changes that are not written yet.
pub(super) struct Planned {
    /// The new entry of each envelope that changes.
    pub(super) states: BTreeMap<u64, Entry>,
    pub(super) delta: Delta,
    /// Entries that are held after their change, so that delivery picks them up, possibly for another destination.
    pub(super) again: Vec<Entry>,
}

impl Planned {
    pub(super) fn nothing() -> Self {
        Self {
            states: BTreeMap::new(),
            delta: Delta::new(),
            again: Vec::new(),
        }
    }
}

/// Applies changes one after another to the entries on the disk and in [`Owed`], without writing them.
pub(super) struct Plan<'a> {
    connection: &'a Connection,
    owed: &'a Owed,
    states: BTreeMap<u64, Entry>,
    delta: Delta,
}

impl<'a> Plan<'a> {
    pub(super) fn new(connection: &'a Connection, owed: &'a Owed) -> Self {
        Self {
            connection,
            owed,
            states: BTreeMap::new(),
            delta: Delta::new(),
        }
    }

    /// Applies changes and returns how many of them have an effect. Changes of envelopes that are no longer kept are
    /// skipped.
    pub(super) fn add(&mut self, changes: &[(u64, Change)]) -> rusqlite::Result<u64> {
        let mut count = 0;
        for (seq, change) in changes {
            let Some(before) = self.get(*seq)? else { continue };
            let Some(after) = change.of(&before) else { continue };
            *self.delta.entry(Kind::of(&before)).or_default() -= 1;
            *self.delta.entry(Kind::of(&after)).or_default() += 1;
            self.states.insert(*seq, after);
            count += 1;
        }
        Ok(count)
    }

    fn get(&self, seq: u64) -> rusqlite::Result<Option<Entry>> {
        let known = self.states.get(&seq).or_else(|| self.owed.states.get(&seq));
        match known {
            Some(known) => Ok(Some(known.clone())),
            None => row(self.connection, seq),
        }
    }

    pub(super) fn done(self) -> Planned {
        let held = self.states.values().filter(|entry| entry.state == State::Held);
        Planned {
            again: held.cloned().collect(),
            states: self.states,
            delta: self.delta,
        }
    }
}
