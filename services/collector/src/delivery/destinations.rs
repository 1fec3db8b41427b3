//! The destinations of envelopes, and the pace of sending.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::dsn::Dsn;

/// The pace of sending.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Limit of concurrent requests to one destination, so that a slow one does not delay the others.
    pub concurrency: usize,
    /// Deadline of one request.
    pub timeout: Duration,
    /// Pause after the first failure; it doubles with each further one.
    pub first_retry: Duration,
    /// Limit of the pause.
    pub longest_retry: Duration,
}

/// The destinations of envelopes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destinations {
    /// Destination of slots without one of their own.
    pub common: Option<Dsn>,
    /// Destination by slot.
    pub by_slot: BTreeMap<String, Dsn>,
    /// Whether envelopes are sent; while not, they are held.
    pub sending: bool,
}

impl Destinations {
    /// No destination: all envelopes are held for the viewer.
    #[must_use]
    pub const fn nowhere() -> Self {
        Self {
            common: None,
            by_slot: BTreeMap::new(),
            sending: true,
        }
    }

    /// Returns the destination of a slot.
    #[must_use]
    pub fn of(&self, slot: &str) -> Option<&Dsn> {
        self.by_slot.get(slot).or(self.common.as_ref())
    }

    /// The number of a slot's destination in the log; 0 for none.
    pub(crate) fn id_of(&self, slot: &str) -> u64 {
        self.of(slot).map_or(0, Dsn::id)
    }

    pub(crate) fn each(&self) -> impl Iterator<Item = (Option<&String>, &Dsn)> {
        let own = self.by_slot.iter().map(|(slot, dsn)| (Some(slot), dsn));
        self.common.iter().map(|dsn| (None, dsn)).chain(own)
    }
}
