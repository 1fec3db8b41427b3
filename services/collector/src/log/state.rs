//! Where an envelope stands, and how that changes.

use std::sync::Arc;

use reelscope_contracts::UnixMillis;
use reelscope_contracts::telemetry::EnvelopeState;

use crate::category::Categories;

/// Why an envelope is dead. The number is kept on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum DeadReason {
    /// 400.
    Rejected = 1,
    /// 401.
    Unauthorized = 2,
    /// 403.
    Forbidden = 3,
    /// 413.
    TooLarge = 4,
    /// Another status that will not change by trying again.
    Refused = 5,
    /// Sentry would take it and drop it.
    TooOld = 6,
    /// A person chose so.
    Discarded = 7,
    /// It was never sent and had to make room for newer ones.
    Evicted = 8,
    /// It cannot be read as an envelope any more.
    Damaged = 9,
}

impl DeadReason {
    const ALL: [Self; 9] = [
        Self::Rejected,
        Self::Unauthorized,
        Self::Forbidden,
        Self::TooLarge,
        Self::Refused,
        Self::TooOld,
        Self::Discarded,
        Self::Evicted,
        Self::Damaged,
    ];

    /// The stable word.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::TooLarge => "too_large",
            Self::Refused => "refused",
            Self::TooOld => "too_old",
            Self::Discarded => "discarded",
            Self::Evicted => "evicted",
            Self::Damaged => "damaged",
        }
    }
}

/// Where an envelope stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum State {
    /// It may be sent, now or later.
    Held,
    /// Sentry has it.
    Delivered,
    /// It will not be sent.
    Dead(DeadReason),
}

/// [`State::Dead`] is kept as this and the number of its reason.
const DEAD: i64 = 16;

impl State {
    /// The number that is kept on disk.
    pub(crate) const fn number(self) -> i64 {
        match self {
            Self::Held => 0,
            Self::Delivered => 1,
            Self::Dead(reason) => DEAD + reason as i64,
        }
    }

    /// The state that was kept as `number`; one that no build has written counts as damaged.
    pub(crate) fn of_number(number: i64) -> Self {
        let reason = |number| {
            DeadReason::ALL
                .into_iter()
                .find(|reason| *reason as i64 == number)
        };
        match number {
            0 => Self::Held,
            1 => Self::Delivered,
            other => Self::Dead(reason(other - DEAD).unwrap_or(DeadReason::Damaged)),
        }
    }

    /// As the API says it.
    pub(crate) const fn word(self) -> EnvelopeState {
        match self {
            Self::Held => EnvelopeState::Held,
            Self::Delivered => EnvelopeState::Delivered,
            Self::Dead(_) => EnvelopeState::Dead,
        }
    }
}

/// What happened to an envelope after it was captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Sentry has it.
    Delivered,
    /// It will not be sent.
    Dead(DeadReason),
    /// A dead one is held again.
    Retried,
    /// It is to be sent to this destination now.
    Readdressed(u64),
}

impl Change {
    /// State and destination after it; `None` where it changes nothing. An envelope that was delivered stays so, whatever
    /// is said later.
    pub(crate) fn of(self, state: State, destination: u64) -> Option<(State, u64)> {
        match (self, state) {
            (Self::Delivered, State::Held | State::Dead(_)) => Some((State::Delivered, destination)),
            (Self::Dead(reason), State::Held) => Some((State::Dead(reason), destination)),
            (Self::Retried, State::Dead(reason)) if reason != DeadReason::Damaged => {
                Some((State::Held, destination))
            }
            (Self::Readdressed(to), State::Held) if to != destination => Some((State::Held, to)),
            _ => None,
        }
    }
}

/// What is known of an envelope without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its number, from 1, in order of arrival.
    pub(crate) seq: u64,
    pub(crate) received_at: UnixMillis,
    pub(crate) slot: Arc<str>,
    /// Destination it was captured for; 0 without a DSN.
    pub(crate) destination: u64,
    pub(crate) categories: Categories,
    /// 0 for none.
    pub(crate) trace_id: u128,
    pub(crate) state: State,
    /// Bytes, as it was received.
    pub(crate) size: u64,
}

#[cfg(test)]
impl Entry {
    /// One that came from outside in November 2025.
    pub(crate) fn external(seq: u64) -> Self {
        Self {
            seq,
            received_at: 1_764_000_000_000,
            slot: Arc::from("external"),
            destination: 0,
            categories: Categories::default(),
            trace_id: 0,
            state: State::Held,
            size: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_kept_as_a_number_of_its_own() {
        let dead = DeadReason::ALL.into_iter().map(State::Dead);
        let states: Vec<State> = [State::Held, State::Delivered].into_iter().chain(dead).collect();
        for state in &states {
            assert_eq!(State::of_number(state.number()), *state);
        }
        let numbers: std::collections::BTreeSet<i64> = states.iter().map(|state| state.number()).collect();
        assert_eq!(numbers.len(), states.len());
        assert_eq!(State::of_number(99), State::Dead(DeadReason::Damaged));
    }

    #[test]
    fn what_was_delivered_stays_so_and_what_is_damaged_is_not_tried_again() {
        for change in [
            Change::Delivered,
            Change::Dead(DeadReason::Discarded),
            Change::Retried,
            Change::Readdressed(2),
        ] {
            assert_eq!(change.of(State::Delivered, 1), None);
        }
        assert_eq!(Change::Retried.of(State::Dead(DeadReason::Damaged), 1), None);
        assert_eq!(
            Change::Retried.of(State::Dead(DeadReason::TooOld), 1),
            Some((State::Held, 1))
        );
        assert_eq!(Change::Readdressed(2).of(State::Held, 1), Some((State::Held, 2)));
        assert_eq!(Change::Readdressed(2).of(State::Held, 2), None);
    }
}
