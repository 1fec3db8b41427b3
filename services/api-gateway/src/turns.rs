//! One request at a time for each round: a key that is sent again while its first attempt runs waits for the end of that
//! attempt, so that two requests never decide about one round at the same time.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use parking_lot::{Mutex, MutexGuard};
use reelscope_contracts::RoundId;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// The rounds on which requests are at work; clones share them.
#[derive(Debug, Clone, Default)]
pub struct Turns {
    rounds: Arc<Mutex<HashMap<RoundId, Weak<AsyncMutex<()>>>>>,
}

impl Turns {
    /// Waits for the turn of this request.
    pub(crate) async fn wait(&self, round_id: RoundId) -> Turn {
        let guard = self.place(round_id).lock_owned().await;
        self.turn(round_id, guard)
    }

    /// The turn, when no other request has it.
    pub(crate) fn try_now(&self, round_id: RoundId) -> Option<Turn> {
        let guard = self.place(round_id).try_lock_owned().ok()?;
        Some(self.turn(round_id, guard))
    }

    /// Whether a request is at work on the round.
    pub(crate) fn is_taken(&self, round_id: RoundId) -> bool {
        self.rounds()
            .get(&round_id)
            .is_some_and(|place| place.strong_count() > 0)
    }

    /// Whether no request is at work on any round.
    #[must_use]
    pub fn are_over(&self) -> bool {
        self.rounds().values().all(|place| place.strong_count() == 0)
    }

    fn place(&self, round_id: RoundId) -> Arc<AsyncMutex<()>> {
        let mut rounds = self.rounds();
        let there = rounds.get(&round_id).and_then(Weak::upgrade);
        there.unwrap_or_else(|| {
            let new = Arc::default();
            rounds.insert(round_id, Arc::downgrade(&new));
            new
        })
    }

    fn turn(&self, round_id: RoundId, guard: OwnedMutexGuard<()>) -> Turn {
        Turn {
            turns: self.clone(),
            round_id,
            guard: Some(guard),
        }
    }

    fn rounds(&self) -> MutexGuard<'_, HashMap<RoundId, Weak<AsyncMutex<()>>>> {
        self.rounds.lock()
    }
}

/// Held while a request is at work on a round.
pub(crate) struct Turn {
    turns: Turns,
    round_id: RoundId,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut rounds = self.turns.rounds();
        drop(self.guard.take());
        // A request that waits holds a reference to the place.
        if rounds
            .get(&self.round_id)
            .is_some_and(|place| place.strong_count() == 0)
        {
            rounds.remove(&self.round_id);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn a_round_is_worked_on_by_one_request_and_forgotten_after_the_last() {
        let (turns, round) = (Turns::default(), RoundId::from_u128(1));
        let first = turns.wait(round).await;
        assert!(turns.is_taken(round) && turns.try_now(round).is_none());
        assert!(
            turns.try_now(RoundId::from_u128(2)).is_some(),
            "another round is free"
        );
        let mut second = Box::pin(turns.wait(round));
        assert!(
            (&mut second).now_or_never().is_none(),
            "the second waits for the first"
        );
        drop(first);
        assert!(turns.is_taken(round) && !turns.are_over(), "the second holds on");
        let second = second.await;
        drop(second);
        assert!(turns.are_over() && turns.rounds().is_empty());
        let third = turns.wait(round).await;
        drop(Box::pin(turns.wait(round)));
        drop(third);
        assert!(turns.rounds().is_empty());
    }
}
