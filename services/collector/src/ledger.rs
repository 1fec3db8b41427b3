//! Where every kept envelope stands, in memory: what a start reads out of the log's heads.
//!
//! Pure: it is told what the log holds, and answers. `captured = delivered + held + dead` at all times.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use reelscope_contracts::UnixMillis;
use reelscope_contracts::telemetry::DeliveryCounts;
use serde::{Deserialize, Serialize};

use crate::category::Categories;
use crate::frame::{Change, DeadReason, Meta};

/// Where an envelope's frame is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) segment: u32,
    pub(crate) offset: u32,
    pub(crate) meta_len: u16,
    pub(crate) payload_len: u32,
}

/// Where an envelope stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Held,
    Delivered,
    Dead(DeadReason),
}

/// What is known of an envelope without reading it; small, since there may be a million.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    pub(crate) place: Place,
    pub(crate) received_at: UnixMillis,
    /// The lower half of the trace's id, 0 for none: enough to keep a trace's envelopes in order.
    pub(crate) trace: u64,
    pub(crate) destination: u64,
    pub(crate) categories: Categories,
    /// Index among the slots' names.
    pub(crate) slot: u8,
    pub(crate) standing: Standing,
}

/// What became of envelopes whose segments are gone. Written to disk before a segment is deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Totals {
    pub(crate) delivered: u64,
    pub(crate) dead: BTreeMap<String, u64>,
    /// All envelopes up to this number are counted here and nowhere else.
    pub(crate) through_seq: u64,
    /// All segments up to this one are counted here; a file of them that is still there is deleted unread.
    pub(crate) through_segment: u32,
}

impl Totals {
    fn add(&mut self, standing: Standing) {
        match standing {
            Standing::Delivered => self.delivered += 1,
            Standing::Dead(reason) => *self.dead.entry(reason.as_str().to_owned()).or_default() += 1,
            // A held envelope whose segment goes was evicted.
            Standing::Held => {
                *self
                    .dead
                    .entry(DeadReason::Evicted.as_str().to_owned())
                    .or_default() += 1;
            }
        }
    }
}

/// See the module.
pub(crate) struct Ledger {
    totals: Totals,
    /// The first has number `totals.through_seq + 1`, and so on without gaps.
    kept: VecDeque<Kept>,
    slots: Vec<Arc<str>>,
    delivered: u64,
    held: HashMap<(u8, u64), u64>,
    dead: BTreeMap<DeadReason, u64>,
}

impl Ledger {
    pub(crate) fn new(totals: Totals) -> Self {
        Self {
            totals,
            kept: VecDeque::new(),
            slots: Vec::new(),
            delivered: 0,
            held: HashMap::new(),
            dead: BTreeMap::new(),
        }
    }

    /// The number of the next envelope.
    pub(crate) fn next_seq(&self) -> u64 {
        self.totals.through_seq + self.kept.len() as u64 + 1
    }

    /// The number of the oldest envelope that is kept.
    pub(crate) fn first_seq(&self) -> u64 {
        self.totals.through_seq + 1
    }

    /// Takes in an envelope of the log. Numbers that are missing before it were lost to damage; they are counted
    /// as dead in its segment. Returns how many. A number that was met before is not counted again.
    pub(crate) fn captured(&mut self, seq: u64, meta: &Meta, place: Place) -> u64 {
        let next = self.next_seq();
        if seq < next {
            return 0;
        }
        let slot = self.slot(&meta.slot);
        let lost = seq - next;
        for _ in 0..lost {
            let standing = Standing::Dead(DeadReason::Damaged);
            let place = Place {
                payload_len: 0,
                ..place
            };
            self.push(Kept {
                place,
                received_at: meta.received_at,
                trace: 0,
                destination: 0,
                categories: Categories::default(),
                slot,
                standing,
            });
        }
        self.push(Kept {
            place,
            received_at: meta.received_at,
            trace: low_half(meta.trace_id),
            destination: meta.destination,
            categories: meta.categories,
            slot,
            standing: Standing::Held,
        });
        lost
    }

    /// Takes in what happened to an envelope; whether that changed anything. An envelope that was delivered
    /// stays so, whatever is said later.
    pub(crate) fn changed(&mut self, seq: u64, change: Change) -> bool {
        let Some(index) = self.index(seq) else {
            return false;
        };
        let Some(before) = self.kept.get(index).copied() else {
            return false;
        };
        let mut after = before;
        match (change, before.standing) {
            (Change::Delivered, Standing::Held | Standing::Dead(_)) => after.standing = Standing::Delivered,
            (Change::Dead(reason), Standing::Held) => after.standing = Standing::Dead(reason),
            (Change::Retried, Standing::Dead(reason)) if reason != DeadReason::Damaged => {
                after.standing = Standing::Held;
            }
            (Change::Readdressed(destination), Standing::Held) => after.destination = destination,
            _ => return false,
        }
        self.count(before, false);
        self.count(after, true);
        if let Some(kept) = self.kept.get_mut(index) {
            *kept = after;
        }
        true
    }

    /// The totals as they will be once `segment`, the oldest, is gone.
    pub(crate) fn totals_without(&self, segment: u32) -> Totals {
        let mut totals = self.totals.clone();
        for kept in self.kept.iter().take_while(|kept| kept.place.segment <= segment) {
            totals.add(kept.standing);
            totals.through_seq += 1;
        }
        totals.through_segment = totals.through_segment.max(segment);
        totals
    }

    /// Forgets what `totals` count; returns how many held envelopes that evicted.
    pub(crate) fn forget(&mut self, totals: Totals) -> u64 {
        let mut evicted = 0;
        while self.first_seq() <= totals.through_seq {
            let Some(kept) = self.kept.pop_front() else { break };
            self.totals.through_seq += 1;
            self.count(kept, false);
            evicted += u64::from(kept.standing == Standing::Held);
        }
        self.totals = totals;
        evicted
    }

    /// Whether envelopes of a segment are still to be sent.
    pub(crate) fn holds(&self, segment: u32) -> bool {
        self.kept
            .iter()
            .take_while(|kept| kept.place.segment <= segment)
            .any(|kept| kept.place.segment == segment && kept.standing == Standing::Held)
    }

    pub(crate) fn get(&self, seq: u64) -> Option<&Kept> {
        self.kept.get(self.index(seq)?)
    }

    /// All of them, newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = (u64, &Kept)> {
        (self.first_seq()..self.next_seq())
            .rev()
            .zip(self.kept.iter().rev())
    }

    /// All of them, oldest first.
    pub(crate) fn oldest_first(&self) -> impl Iterator<Item = (u64, &Kept)> {
        (self.first_seq()..).zip(&self.kept)
    }

    pub(crate) fn slot_name(&self, slot: u8) -> Arc<str> {
        self.slots
            .get(usize::from(slot))
            .cloned()
            .unwrap_or_else(|| Arc::from("external"))
    }

    pub(crate) fn counts(&self) -> DeliveryCounts {
        DeliveryCounts {
            captured: self.next_seq() - 1,
            delivered: self.totals.delivered + self.delivered,
            held: self.held.values().sum(),
            dead: self.totals.dead.values().sum::<u64>() + self.dead.values().sum::<u64>(),
        }
    }

    /// Held envelopes by slot and destination.
    pub(crate) fn held(&self) -> Vec<(Arc<str>, u64, u64)> {
        self.held
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|((slot, destination), count)| (self.slot_name(*slot), *destination, *count))
            .collect()
    }

    pub(crate) fn dead_by_reason(&self) -> BTreeMap<String, u64> {
        let mut all = self.totals.dead.clone();
        for (reason, count) in self.dead.iter().filter(|(_, count)| **count > 0) {
            *all.entry(reason.as_str().to_owned()).or_default() += count;
        }
        all
    }

    fn push(&mut self, kept: Kept) {
        self.count(kept, true);
        self.kept.push_back(kept);
    }

    fn count(&mut self, kept: Kept, add: bool) {
        let counter = match kept.standing {
            Standing::Delivered => &mut self.delivered,
            Standing::Held => self.held.entry((kept.slot, kept.destination)).or_default(),
            Standing::Dead(reason) => self.dead.entry(reason).or_default(),
        };
        if add {
            *counter += 1;
        } else {
            *counter = counter.saturating_sub(1);
        }
    }

    fn index(&self, seq: u64) -> Option<usize> {
        usize::try_from(seq.checked_sub(self.first_seq())?).ok()
    }

    /// More than 255 different slots would be a defect of a caller; they share the last place.
    fn slot(&mut self, name: &str) -> u8 {
        let position = self
            .slots
            .iter()
            .position(|known| **known == *name)
            .unwrap_or_else(|| {
                if self.slots.len() < usize::from(u8::MAX) {
                    self.slots.push(Arc::from(name));
                }
                self.slots.len() - 1
            });
        u8::try_from(position).unwrap_or(u8::MAX)
    }
}

/// The lower half of an id, which is random in every part.
pub(crate) fn low_half(id: u128) -> u64 {
    u64::try_from(id & u128::from(u64::MAX)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn meta() -> Meta {
        Meta {
            received_at: 0,
            destination: 1,
            categories: Categories::ERROR,
            event_id: 0,
            trace_id: 0,
            slot: "external".to_owned(),
        }
    }

    fn place(segment: u32) -> Place {
        Place {
            segment,
            offset: 0,
            meta_len: 0,
            payload_len: 1,
        }
    }

    fn balanced(ledger: &Ledger) {
        let counts = ledger.counts();
        assert_eq!(
            counts.captured,
            counts.delivered + counts.held + counts.dead,
            "{counts:?}"
        );
    }

    #[test]
    fn lost_numbers_are_dead() {
        let mut ledger = Ledger::new(Totals::default());
        assert_eq!(ledger.captured(3, &meta(), place(1)), 2);
        assert_eq!(
            ledger.dead_by_reason(),
            BTreeMap::from([("damaged".to_owned(), 2)])
        );
        assert!(!ledger.changed(1, Change::Retried));
        balanced(&ledger);
    }

    #[test]
    fn a_held_envelope_of_a_removed_segment_is_evicted() {
        let mut ledger = Ledger::new(Totals::default());
        for seq in 1..=4 {
            ledger.captured(seq, &meta(), place(u32::try_from(seq.div_ceil(2)).unwrap()));
        }
        ledger.changed(1, Change::Delivered);
        assert!(ledger.holds(1));
        let totals = ledger.totals_without(1);
        assert_eq!(ledger.forget(totals), 1);
        assert_eq!(
            ledger.counts(),
            DeliveryCounts {
                captured: 4,
                delivered: 1,
                held: 2,
                dead: 1
            }
        );
        assert!(ledger.get(2).is_none());
        assert!(ledger.get(3).is_some());
        assert_eq!(ledger.next_seq(), 5);
    }

    proptest! {
        #[test]
        fn nothing_goes_missing(steps in proptest::collection::vec((0_u8..7, 1_u64..40), 0..200)) {
            let mut ledger = Ledger::new(Totals::default());
            let mut segment = 1;
            for (step, seq) in steps {
                match step {
                    0 | 1 => { ledger.captured(ledger.next_seq() + seq % 2, &meta(), place(segment)); }
                    2 => { ledger.changed(seq, Change::Delivered); }
                    3 => { ledger.changed(seq, Change::Dead(DeadReason::Rejected)); }
                    4 => { ledger.changed(seq, Change::Retried); }
                    5 => { ledger.changed(seq, Change::Readdressed(9)); }
                    _ => {
                        let totals = ledger.totals_without(segment);
                        ledger.forget(totals);
                        segment += 1;
                    }
                }
                balanced(&ledger);
            }
        }
    }
}
