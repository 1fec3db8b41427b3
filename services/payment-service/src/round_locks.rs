//! One task settles a round at a time. Other requests for the same round wait for the outcome of that task.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use reelscope_contracts::payments::Bet;
use reelscope_contracts::{Money, RoundId};
use tokio::sync::watch;

use crate::PaymentError;

/// The outcome of settling a round.
pub(crate) type Outcome = Result<Bet, PaymentError>;

/// The rounds that are being settled in this process. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct RoundLocks {
    rounds: Arc<Mutex<HashMap<RoundId, Held>>>,
}

struct Held {
    payout: Money,
    stage: watch::Receiver<Stage>,
}

/// Progress of the task that holds a round.
#[derive(Debug, Clone)]
enum Stage {
    /// The payout is not durable yet.
    Locked,
    /// The payout is durable, and no request waits for the rest.
    Queued(Bet),
    /// The payout is durable, and a request waits for the end.
    Asking(Bet),
    /// The task has ended.
    Ended(Outcome),
}

/// The result of locking a round.
pub(crate) enum Locked {
    /// No other task settles the round.
    Mine(RoundLock),
    /// Another task settles the round.
    Theirs(Theirs),
}

impl RoundLocks {
    /// Claims a round to settle it with this payout.
    pub(crate) fn lock(&self, round_id: RoundId, payout: Money) -> Locked {
        match self.rounds().entry(round_id) {
            Entry::Occupied(held) => {
                let held = held.get();
                Locked::Theirs(Theirs {
                    same_payout: held.payout == payout,
                    stage: held.stage.clone(),
                })
            }
            Entry::Vacant(free) => {
                let (stage, followed) = watch::channel(Stage::Locked);
                free.insert(Held {
                    payout,
                    stage: followed,
                });
                Locked::Mine(RoundLock {
                    locks: self.clone(),
                    round_id,
                    stage,
                })
            }
        }
    }

    pub(crate) fn contains(&self, round_id: RoundId) -> bool {
        self.rounds().contains_key(&round_id)
    }

    pub(crate) fn count(&self) -> usize {
        self.rounds().len()
    }

    fn rounds(&self) -> MutexGuard<'_, HashMap<RoundId, Held>> {
        self.rounds.lock()
    }
}

/// The right to settle a round, which is released when dropped.
pub(crate) struct RoundLock {
    locks: RoundLocks,
    round_id: RoundId,
    stage: watch::Sender<Stage>,
}

impl RoundLock {
    /// Notes that the payout is durable and that the rest is done in the background.
    pub(crate) fn queued(&self, bet: &Bet) {
        self.stage.send_replace(Stage::Queued(bet.clone()));
    }

    /// Notes that the payout is durable and that the provider is asked next.
    pub(crate) fn asking(&self, bet: &Bet) {
        self.stage.send_replace(Stage::Asking(bet.clone()));
    }

    /// Releases the lock with the outcome. If it is dropped without one, the next request settles the round.
    pub(crate) fn end(self, outcome: &Outcome) {
        self.stage.send_replace(Stage::Ended(outcome.clone()));
    }
}

impl Drop for RoundLock {
    fn drop(&mut self) {
        self.locks.rounds().remove(&self.round_id);
    }
}

/// A round that another task settles.
pub(crate) struct Theirs {
    /// Whether it has the requested payout.
    pub(crate) same_payout: bool,
    stage: watch::Receiver<Stage>,
}

impl Theirs {
    /// Returns the outcome of the task, or the bet as it is now if it is settled in the background. `None` if the task
    /// ended before it asked the provider; the round can then be locked.
    pub(crate) async fn outcome(&mut self) -> Option<Outcome> {
        self.reached(|stage| matches!(stage, Stage::Queued(_) | Stage::Ended(_)))
            .await
    }

    /// Returns the bet once its payout is durable, or the outcome of a task that ended before. `None` as in
    /// [`Theirs::outcome`].
    pub(crate) async fn durable(&mut self) -> Option<Outcome> {
        self.reached(|stage| !matches!(stage, Stage::Locked)).await
    }

    async fn reached(&mut self, far_enough: impl FnMut(&Stage) -> bool) -> Option<Outcome> {
        match self.stage.wait_for(far_enough).await.ok()?.clone() {
            Stage::Locked => None,
            Stage::Queued(bet) | Stage::Asking(bet) => Some(Ok(bet)),
            Stage::Ended(outcome) => Some(outcome),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use reelscope_contracts::payments::BetStatus;

    fn bet(status: BetStatus) -> Bet {
        Bet {
            round_id: RoundId::from_u128(1),
            player_id: "p".into(),
            stake: Money(10),
            payout: Some(Money(4)),
            currency: "RUB".to_owned(),
            status,
            reserved_at: 0,
            settled_at: None,
            same_seed_as: None,
            provider_reference: None,
            balance: Money(0),
        }
    }

    fn lock(locks: &RoundLocks, payout: i64) -> Result<RoundLock, Theirs> {
        match locks.lock(RoundId::from_u128(1), Money(payout)) {
            Locked::Mine(lock) => Ok(lock),
            Locked::Theirs(theirs) => Err(theirs),
        }
    }

    #[tokio::test]
    async fn one_task_settles_a_round_and_all_learn_what_it_came_to() {
        let locks = RoundLocks::default();
        let mine = lock(&locks, 4).ok().unwrap();
        assert!(matches!(
            locks.lock(RoundId::from_u128(2), Money(0)),
            Locked::Mine(_)
        ));
        let mut waiting = lock(&locks, 4).err().unwrap();
        let mut in_a_hurry = lock(&locks, 4).err().unwrap();
        assert!(waiting.same_payout && !lock(&locks, 5).err().unwrap().same_payout);
        mine.asking(&bet(BetStatus::Pending));
        let durable = in_a_hurry.durable().await.unwrap().unwrap();
        assert_eq!(durable.status, BetStatus::Pending);
        mine.end(&Ok(bet(BetStatus::Posted)));
        assert_eq!(
            waiting.outcome().await.unwrap().unwrap().status,
            BetStatus::Posted
        );
        assert_eq!(locks.count(), 0);

        let mine = lock(&locks, 4).ok().unwrap();
        let mut waiting = lock(&locks, 4).err().unwrap();
        mine.queued(&bet(BetStatus::Pending));
        assert_eq!(
            waiting.outcome().await.unwrap().unwrap().status,
            BetStatus::Pending
        );
        drop(mine);
        assert!(lock(&locks, 4).is_ok(), "the lock is free");
    }

    #[tokio::test]
    async fn a_task_that_gives_up_leaves_the_round_to_those_who_follow() {
        let locks = RoundLocks::default();
        let mine = lock(&locks, 4).ok().unwrap();
        let mut theirs = lock(&locks, 4).err().unwrap();
        drop(mine);
        assert!(theirs.outcome().await.is_none() && theirs.durable().await.is_none());
        assert!(lock(&locks, 4).is_ok());
    }
}
