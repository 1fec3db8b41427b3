//! The state of delivery for others.

use std::collections::BTreeMap;
use std::time::Instant;

use reelscope_page_api::telemetry::{ActiveLimit, DeliveryError, DestinationStatus, EnvelopeSummary};

use super::destinations::Destinations;
use super::rate_limits::RateLimits;
use crate::clock::Clock;
use crate::envelope::category::Categories;
use crate::log::{Entry, State, Tally};

const WAITING: &str = "waiting";
const RATE_LIMITED: &str = "rate_limited";

/// State that the outbox publishes. Times are monotonic; readers get them converted to the wall clock.
#[derive(Default)]
pub(super) struct Published {
    pub(super) in_flight: u64,
    pub(super) limits: BTreeMap<u64, RateLimits>,
    /// Time of the next attempt, by destination that cannot be reached.
    pub(super) failing: BTreeMap<u64, Instant>,
    pub(super) last_error: Option<DeliveryError>,
}

/// The state of delivery at one moment.
pub(crate) struct Status {
    pub(crate) in_flight: u64,
    pub(crate) destinations: Vec<DestinationStatus>,
    pub(crate) rate_limits: Vec<ActiveLimit>,
    pub(crate) last_error: Option<DeliveryError>,
}

impl Status {
    pub(super) fn of(published: &Published, destinations: &Destinations, clock: &Clock) -> Self {
        let now = clock.monotonic();
        let status = destinations.each().map(|(slot, dsn)| {
            let next = published.failing.get(&dsn.id()).filter(|at| **at > now);
            DestinationStatus {
                slot: slot.cloned(),
                dsn: dsn.masked(),
                next_attempt_at: next.map(|at| clock.wall_at(*at)),
            }
        });
        let limits = destinations.each().flat_map(|(_, dsn)| {
            let limits = published.limits.get(&dsn.id());
            let active = limits.map(|limits| limits.active(now)).unwrap_or_default();
            active.into_iter().map(|(category, end)| ActiveLimit {
                destination: dsn.masked(),
                category: category.to_owned(),
                until: clock.wall_at(end),
            })
        });
        Self {
            in_flight: published.in_flight,
            destinations: status.collect(),
            rate_limits: limits.collect(),
            last_error: published.last_error.clone(),
        }
    }
}

/// Determines why envelopes are held.
pub(crate) struct Reasons {
    pub(super) destinations: std::sync::Arc<Destinations>,
    pub(super) limits: BTreeMap<u64, RateLimits>,
    pub(super) now: Instant,
}

impl Reasons {
    /// Number of held envelopes by reason.
    pub(crate) fn counted(&self, tally: &Tally) -> BTreeMap<String, u64> {
        let mut held = BTreeMap::new();
        for (kind, count) in tally.held() {
            let left = Categories::from_bits(kind.categories);
            let reason = self.of(&kind.slot, kind.destination, left);
            *held.entry(reason.to_owned()).or_default() += count;
        }
        held
    }

    /// Number of held envelopes that will be sent without a person's decision.
    pub(crate) fn on_their_way(&self, tally: &Tally) -> u64 {
        let on_their_way = tally
            .held()
            .filter(|(kind, _)| self.without_limits(&kind.slot, kind.destination) == WAITING);
        on_their_way.map(|(_, count)| count).sum()
    }

    /// Returns the summary of an envelope.
    pub(crate) fn summary(&self, entry: &Entry) -> EnvelopeSummary {
        let reason = match entry.state {
            State::Held => Some(self.of(&entry.slot, entry.destination, entry.left())),
            State::Delivered => None,
            State::Dead(reason) => Some(reason.as_str()),
        };
        EnvelopeSummary {
            seq: entry.seq,
            slot: entry.slot.as_ref().to_owned(),
            received_at: entry.received_at,
            bytes: entry.size,
            categories: entry.categories.each().map(|(_, name)| name.to_owned()).collect(),
            state: entry.state.word(),
            reason: reason.map(str::to_owned),
        }
    }

    fn of(&self, slot: &str, destination: u64, left: Categories) -> &'static str {
        let limits = self.limits.get(&destination);
        let is_limited = || limits.is_some_and(|limits| limits.held_until(left, self.now).is_some());
        match self.without_limits(slot, destination) {
            WAITING if is_limited() => RATE_LIMITED,
            reason => reason,
        }
    }

    fn without_limits(&self, slot: &str, destination: u64) -> &'static str {
        match self.destinations.id_of(slot) {
            0 => "no_destination",
            today if today != destination => "other_destination",
            _ if !self.destinations.sending => "paused",
            _ => WAITING,
        }
    }
}
