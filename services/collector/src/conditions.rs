//! Which trace goes when there are too many: the oldest of the largest group.
//!
//! A group is what was in force in a trace, its condition. So each condition keeps its newest traces, and what was
//! measured before a change is still there however much comes after it.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

/// A trace: number of the first envelope that told of it, and id. In this order traces arrived.
pub(crate) type Place = (u64, u128);
/// Hash of a condition.
pub(crate) type Condition = u64;

/// Traces by condition. Each call takes time in the logarithm of their number.
#[derive(Default)]
pub(crate) struct Conditions {
    groups: HashMap<Condition, BTreeSet<Place>>,
    /// The largest last; of groups of one size, the one with the oldest trace last.
    by_size: BTreeSet<(usize, Reverse<Place>, Condition)>,
}

impl Conditions {
    pub(crate) fn insert(&mut self, condition: Condition, place: Place) {
        self.change(condition, |group| group.insert(place));
    }

    pub(crate) fn remove(&mut self, condition: Condition, place: Place) {
        self.change(condition, |group| group.remove(&place));
    }

    /// Takes the trace out that goes first.
    pub(crate) fn pop(&mut self) -> Option<Place> {
        let (_, Reverse(place), condition) = *self.by_size.last()?;
        self.remove(condition, place);
        Some(place)
    }

    fn change(&mut self, condition: Condition, change: impl FnOnce(&mut BTreeSet<Place>) -> bool) {
        let group = self.groups.entry(condition).or_default();
        if let Some(oldest) = group.first() {
            self.by_size.remove(&(group.len(), Reverse(*oldest), condition));
        }
        change(group);
        match group.first() {
            Some(oldest) => {
                self.by_size.insert((group.len(), Reverse(*oldest), condition));
            }
            None => {
                self.groups.remove(&condition);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn popped(traces: &[(Condition, Place)]) -> Vec<Place> {
        let mut conditions = Conditions::default();
        for (condition, place) in traces {
            conditions.insert(*condition, *place);
        }
        std::iter::from_fn(|| conditions.pop()).collect()
    }

    #[test]
    fn the_oldest_of_the_largest_group_goes_first() {
        let traces = [(7, (1, 1)), (8, (4, 4)), (8, (2, 2)), (8, (3, 3))];
        assert_eq!(popped(&traces), [(2, 2), (3, 3), (1, 1), (4, 4)]);
    }

    #[test]
    fn groups_of_one_go_by_age() {
        let traces = [(9, (2, 2)), (1, (3, 3)), (5, (1, 1))];
        assert_eq!(popped(&traces), [(1, 1), (2, 2), (3, 3)]);
    }

    proptest! {
        #[test]
        fn what_is_taken_out_leaves_nothing_behind(
            traces in proptest::collection::btree_map(0_u128..40, (0_u64..4, 0_u64..9), 0..40),
            gone in proptest::collection::btree_set(0_u128..40, 0..40),
        ) {
            let mut conditions = Conditions::default();
            for (id, (condition, start)) in &traces {
                conditions.insert(*condition, (*start, *id));
            }
            for id in &gone {
                if let Some((condition, start)) = traces.get(id) {
                    conditions.remove(*condition, (*start, *id));
                }
            }
            let mut left: Vec<u128> = std::iter::from_fn(|| conditions.pop()).map(|(_, id)| id).collect();
            left.sort_unstable();
            let expected: Vec<u128> = traces.into_keys().filter(|id| !gone.contains(id)).collect();
            prop_assert_eq!(left, expected);
            prop_assert!(conditions.groups.is_empty() && conditions.by_size.is_empty());
        }
    }
}
