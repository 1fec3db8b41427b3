//! Where envelopes go, and how they are sent.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::dsn::Dsn;

/// How envelopes are sent.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Most requests under way to one destination, so that a slow one does not hold up the others.
    pub concurrency: usize,
    /// How long an answer may take.
    pub timeout: Duration,
    /// Pause after the first failure; doubles with every further one.
    pub first_retry: Duration,
    /// Longest pause.
    pub longest_retry: Duration,
}

/// Where envelopes go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destinations {
    /// For every slot that has none of its own.
    pub common: Option<Dsn>,
    /// By slot.
    pub by_slot: BTreeMap<String, Dsn>,
    /// Whether anything is sent at all; what is captured meanwhile is held.
    pub sending: bool,
}

impl Destinations {
    /// Nowhere: everything is held for the viewer.
    #[must_use]
    pub const fn nowhere() -> Self {
        Self {
            common: None,
            by_slot: BTreeMap::new(),
            sending: true,
        }
    }

    /// Where the envelopes of a slot go.
    #[must_use]
    pub fn of(&self, slot: &str) -> Option<&Dsn> {
        self.by_slot.get(slot).or(self.common.as_ref())
    }

    /// The number under which the log keeps that; 0 for nowhere.
    pub(crate) fn id_of(&self, slot: &str) -> u64 {
        self.of(slot).map_or(0, Dsn::id)
    }

    pub(crate) fn each(&self) -> impl Iterator<Item = (Option<&String>, &Dsn)> {
        let own = self.by_slot.iter().map(|(slot, dsn)| (Some(slot), dsn));
        self.common.iter().map(|dsn| (None, dsn)).chain(own)
    }
}
