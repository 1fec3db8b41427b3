//! Who is settling which round, so that no round is settled by two tasks beside each other.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reelscope_contracts::RoundId;

/// The rounds that tasks of this process are settling; clones share them.
#[derive(Clone, Default)]
pub(crate) struct Claims {
    rounds: Arc<Mutex<HashMap<RoundId, Claimed>>>,
}

#[derive(Clone, Copy)]
enum Claimed {
    /// By one task that nobody waits for.
    Alone,
    /// By this many requests whose callers wait.
    Waiting(usize),
}

impl Claims {
    /// For a task that nobody waits for; `None` while anybody else settles the round.
    pub(crate) fn alone(&self, round_id: RoundId) -> Option<Claim> {
        match self.rounds().entry(round_id) {
            Entry::Occupied(_) => None,
            Entry::Vacant(free) => {
                free.insert(Claimed::Alone);
                Some(self.claim(round_id))
            }
        }
    }

    /// For a request whose caller waits. There may be several for one round, since the provider and the ledger take
    /// it once; `None` while a task settles it alone.
    pub(crate) fn waiting(&self, round_id: RoundId) -> Option<Claim> {
        let mut rounds = self.rounds();
        match rounds.entry(round_id).or_insert(Claimed::Waiting(0)) {
            Claimed::Alone => None,
            Claimed::Waiting(requests) => {
                *requests += 1;
                Some(self.claim(round_id))
            }
        }
    }

    pub(crate) fn contains(&self, round_id: RoundId) -> bool {
        self.rounds().contains_key(&round_id)
    }

    pub(crate) fn count(&self) -> usize {
        self.rounds().len()
    }

    fn claim(&self, round_id: RoundId) -> Claim {
        Claim {
            claims: self.clone(),
            round_id,
        }
    }

    fn rounds(&self) -> MutexGuard<'_, HashMap<RoundId, Claimed>> {
        self.rounds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Given back however the task ends.
pub(crate) struct Claim {
    claims: Claims,
    round_id: RoundId,
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut rounds = self.claims.rounds();
        match rounds.get_mut(&self.round_id) {
            Some(Claimed::Waiting(requests)) if *requests > 1 => *requests -= 1,
            _ => drop(rounds.remove(&self.round_id)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_round_is_settled_by_one_task_or_by_those_who_wait() {
        let (claims, round) = (Claims::default(), RoundId::from_u128(1));
        let alone = claims.alone(round).unwrap();
        assert!(claims.alone(round).is_none() && claims.waiting(round).is_none());
        assert!(
            claims.alone(RoundId::from_u128(2)).is_some(),
            "another round is free"
        );
        drop(alone);
        let (first, second) = (claims.waiting(round).unwrap(), claims.waiting(round).unwrap());
        drop(first);
        assert!(claims.alone(round).is_none(), "the second still waits");
        drop(second);
        assert_eq!(claims.count(), 0);
        assert!(claims.alone(round).is_some());
    }
}
