//! States of envelopes, and the changes between them.

use std::sync::Arc;

use reelscope_contracts::UnixMillis;
use reelscope_page_api::telemetry::EnvelopeState;

use crate::envelope::category::Categories;

/// Why an envelope is dead. The number is stored on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum DeadReason {
    /// Sentry answered 400.
    Rejected = 1,
    /// Sentry answered 401.
    Unauthorized = 2,
    /// Sentry answered 403.
    Forbidden = 3,
    /// Sentry answered 413.
    TooLarge = 4,
    /// Sentry answered another status that a retry does not change.
    Refused = 5,
    /// Sentry would accept it and then drop it.
    TooOld = 6,
    /// A person discarded it.
    Discarded = 7,
    /// It was removed, unsent, to make room for newer ones.
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

    /// The stable name.
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

/// The state of an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum State {
    /// It may be sent, now or later.
    Held,
    /// Sentry has accepted it.
    Delivered,
    /// It will not be sent.
    Dead(DeadReason),
}

/// Base of the numbers of [`State::Dead`], to which the number of the reason is added.
const DEAD: i64 = 16;

impl State {
    /// The number that is stored on the disk.
    pub(crate) const fn number(self) -> i64 {
        match self {
            Self::Held => 0,
            Self::Delivered => 1,
            Self::Dead(reason) => DEAD + reason as i64,
        }
    }

    /// Returns the state with this number. An unknown number counts as damaged.
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

    /// The state as the API names it.
    pub(crate) const fn word(self) -> EnvelopeState {
        match self {
            Self::Held => EnvelopeState::Held,
            Self::Delivered => EnvelopeState::Delivered,
            Self::Dead(_) => EnvelopeState::Dead,
        }
    }
}

/// A change of an envelope after it was captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Sentry has accepted its items of these categories.
    Delivered(Categories),
    /// Sentry has refused its items of these categories.
    Refused(DeadReason, Categories),
    /// The items that Sentry does not have will not be sent.
    Dead(DeadReason),
    /// The dead envelope is held again.
    Retried,
    /// The held envelope is to be sent to this destination.
    Readdressed(u64),
}

impl Change {
    /// Returns the envelope after the change, or `None` if nothing changes. What is delivered stays delivered.
    pub(crate) fn of(self, before: &Entry) -> Option<Entry> {
        let mut after = before.clone();
        match (self, before.state) {
            (Self::Delivered(part), State::Held | State::Dead(_)) => {
                after.parts.delivered = before.parts.delivered.with(part);
                after.parts.refused = before.parts.refused.without(part);
                after.parts.reason = before.parts.reason.filter(|_| !after.parts.refused.is_empty());
            }
            (Self::Refused(reason, part), State::Held) => {
                after.parts.refused = before.parts.refused.with(part.of(before.left()));
                after.parts.reason = before.parts.reason.or(Some(reason));
            }
            (Self::Dead(reason), State::Held) => after.state = State::Dead(reason),
            (Self::Retried, State::Dead(reason)) if reason != DeadReason::Damaged => {
                after.state = State::Held;
            }
            (Self::Readdressed(to), State::Held) if to != before.destination => {
                // Another destination may accept what this one refused.
                (after.destination, after.parts.refused, after.parts.reason) =
                    (to, Categories::default(), None);
            }
            _ => return None,
        }
        after.settle(matches!(self, Self::Delivered(_) | Self::Refused(..)));
        (after != *before).then_some(after)
    }
}

/// The outcome of parts of an envelope. While some categories are rate-limited, the items of the others are sent
/// alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    /// Categories whose items Sentry has accepted.
    pub(crate) delivered: Categories,
    /// Categories of a held envelope whose items Sentry has refused.
    pub(crate) refused: Categories,
    /// Reason of the first refusal.
    pub(crate) reason: Option<DeadReason>,
}

/// An envelope without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Number from 1, in order of arrival.
    pub(crate) seq: u64,
    pub(crate) received_at: UnixMillis,
    pub(crate) slot: Arc<str>,
    /// Id of the destination to which it is to be sent; 0 without a DSN.
    pub(crate) destination: u64,
    pub(crate) categories: Categories,
    /// 0 for none.
    pub(crate) trace_id: u128,
    pub(crate) state: State,
    /// Size before compression, in bytes.
    pub(crate) size: u64,
    pub(crate) parts: Parts,
}

impl Entry {
    /// Categories that are neither delivered nor refused yet.
    pub(crate) fn left(&self) -> Categories {
        self.categories
            .without(self.parts.delivered)
            .without(self.parts.refused)
    }

    /// Derives the state of the whole from its parts.
    fn settle(&mut self, is_answered: bool) {
        let is_delivered = self.categories.without(self.parts.delivered).is_empty();
        match self.state {
            State::Held if is_answered && self.left().is_empty() => {
                self.state = self.parts.reason.map_or(State::Delivered, State::Dead);
            }
            State::Dead(_) if is_answered && is_delivered => self.state = State::Delivered,
            _ => {}
        }
        match self.state {
            State::Held => {}
            // The retry of a dead envelope does not send the delivered parts again.
            State::Dead(_) => {
                self.parts = Parts {
                    delivered: self.parts.delivered,
                    ..Parts::default()
                };
            }
            State::Delivered => self.parts = Parts::default(),
        }
    }
}

#[cfg(test)]
impl Entry {
    /// A held envelope that an external SDK sent in November 2025.
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
            parts: Parts::default(),
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

    const ERROR: Categories = Categories::ERROR;
    const TRANSACTION: Categories = Categories::TRANSACTION;

    fn held() -> Entry {
        Entry {
            destination: 1,
            categories: ERROR.with(TRANSACTION),
            ..Entry::external(1)
        }
    }

    fn dead(reason: DeadReason) -> Entry {
        Change::Dead(reason).of(&held()).unwrap()
    }

    /// Returns the held envelope after these changes, each of which must have an effect.
    #[track_caller]
    fn after(changes: &[Change]) -> Entry {
        changes
            .iter()
            .fold(held(), |entry, change| change.of(&entry).unwrap())
    }

    #[test]
    fn what_was_delivered_stays_so_and_what_is_damaged_is_not_tried_again() {
        let delivered = after(&[Change::Delivered(ERROR.with(TRANSACTION))]);
        assert_eq!(delivered.state, State::Delivered);
        for change in [
            Change::Delivered(ERROR),
            Change::Refused(DeadReason::Rejected, ERROR),
            Change::Dead(DeadReason::Discarded),
            Change::Retried,
            Change::Readdressed(2),
        ] {
            assert_eq!(change.of(&delivered), None);
        }
        assert_eq!(Change::Retried.of(&dead(DeadReason::Damaged)), None);
        assert_eq!(Change::Retried.of(&dead(DeadReason::TooOld)), Some(held()));
        let readdressed = Change::Readdressed(2).of(&held()).unwrap();
        assert_eq!((readdressed.state, readdressed.destination), (State::Held, 2));
        assert_eq!(Change::Readdressed(2).of(&readdressed), None);
    }

    #[test]
    fn an_envelope_without_items_is_answered_too() {
        let empty = Entry::external(1);
        let nothing = Categories::default();
        let taken = Change::Delivered(nothing).of(&empty).unwrap();
        assert_eq!(taken.state, State::Delivered);
        let refused = Change::Refused(DeadReason::Rejected, nothing).of(&empty).unwrap();
        assert_eq!(refused.state, State::Dead(DeadReason::Rejected));
        assert_eq!(Change::Retried.of(&refused), Some(empty));
    }

    #[test]
    fn an_envelope_is_delivered_with_its_last_part() {
        let half = after(&[Change::Delivered(ERROR)]);
        assert_eq!((half.state, half.left()), (State::Held, TRANSACTION));
        assert_eq!(Change::Delivered(ERROR).of(&half), None);
        let whole = Change::Delivered(TRANSACTION).of(&half).unwrap();
        assert_eq!((whole.state, whole.parts), (State::Delivered, Parts::default()));
    }

    #[test]
    fn a_part_that_is_refused_waits_for_the_others_and_alone_is_tried_again() {
        let refused = Change::Refused(DeadReason::Rejected, ERROR);
        let half = after(&[refused]);
        assert_eq!((half.state, half.left()), (State::Held, TRANSACTION));
        let whole = after(&[refused, Change::Delivered(TRANSACTION)]);
        assert_eq!(whole.state, State::Dead(DeadReason::Rejected));
        let again = Change::Retried.of(&whole).unwrap();
        assert_eq!((again.state, again.left()), (State::Held, ERROR));
        assert_eq!(
            Change::Delivered(ERROR).of(&again).unwrap().state,
            State::Delivered
        );
        // Another destination may accept it.
        let elsewhere = after(&[refused, Change::Readdressed(2)]);
        assert_eq!(elsewhere.left(), ERROR.with(TRANSACTION));
    }

    #[test]
    fn what_dies_between_two_parts_forgets_none_that_was_delivered() {
        let parts = [Change::Delivered(ERROR), Change::Dead(DeadReason::Discarded)];
        let discarded = after(&parts);
        assert_eq!(discarded.state, State::Dead(DeadReason::Discarded));
        let again = Change::Retried.of(&discarded).unwrap();
        assert_eq!(again.left(), TRANSACTION);
        // The request was in flight when a person discarded the envelope.
        let taken = Change::Delivered(TRANSACTION).of(&discarded).unwrap();
        assert_eq!(taken.state, State::Delivered);
    }
}
