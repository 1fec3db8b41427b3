//! Rounds whose players are answered before they are settled, in the order in which they were accepted.

use reelscope_telemetry::TraceLink;
use tokio::sync::mpsc;

use crate::journal::RecordedPayout;
use crate::round_locks::RoundLock;

/// Settlements that wait for their turn. Beyond that the next player waits until there is room: a provider that is slower
/// than the players spin slows them down.
const MOST_WAITING: usize = 4_096;

/// A round whose payout is durable and whose player was answered.
pub(crate) struct Accepted {
    pub(crate) recorded: RecordedPayout,
    /// Held from before the answer until the round is settled, so that no other task settles it.
    pub(crate) lock: RoundLock,
    /// The player's request.
    pub(crate) link: TraceLink,
}

/// Takes accepted rounds from the routes; clones feed the same [`Backlog`].
#[derive(Clone)]
pub(crate) struct Queue(mpsc::Sender<Accepted>);

/// Rounds that wait to be settled, for [`crate::background::run`].
pub struct Backlog(mpsc::Receiver<Accepted>);

pub(crate) fn queue() -> (Queue, Backlog) {
    queue_of(MOST_WAITING)
}

fn queue_of(most_waiting: usize) -> (Queue, Backlog) {
    let (sender, receiver) = mpsc::channel(most_waiting);
    (Queue(sender), Backlog(receiver))
}

impl Queue {
    /// Adds a round to be settled within the trace of the running task, once there is room for it. When the service is
    /// stopping, the next start settles it.
    pub(crate) async fn push(&self, recorded: RecordedPayout, lock: RoundLock) {
        let link = TraceLink::current();
        let _ = self.0.send(Accepted { recorded, lock, link }).await;
    }
}

impl Backlog {
    /// The round that waits longest, once there is one; `None` when no route can add one any more.
    pub(crate) async fn next(&mut self) -> Option<Accepted> {
        self.0.recv().await
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Waker};

    use reelscope_contracts::payments::{Bet, BetStatus};
    use reelscope_contracts::{Money, RoundId};

    use super::*;
    use crate::round_locks::{Locked, RoundLocks};

    /// A recorded payout and the lock of its round.
    fn round(locks: &RoundLocks, number: u128) -> (RecordedPayout, RoundLock) {
        let (round_id, payout) = (RoundId::from_u128(number), Money(4));
        let bet = Bet {
            round_id,
            player_id: "p".into(),
            stake: Money(10),
            payout: Some(payout),
            currency: "RUB".to_owned(),
            status: BetStatus::Pending,
            reserved_at: 0,
            settled_at: None,
            same_seed_as: None,
            provider_reference: None,
            balance: Money(0),
        };
        let Locked::Mine(lock) = locks.lock(round_id, payout) else {
            panic!("nobody else has round {number}")
        };
        (RecordedPayout { bet, first: true }, lock)
    }

    #[tokio::test]
    async fn a_player_waits_while_there_is_no_room_for_his_round_and_loses_nothing() {
        const MOST: u128 = 3;
        let locks = RoundLocks::default();
        let (queue, mut backlog) = queue_of(usize::try_from(MOST).unwrap());
        for number in 0..MOST {
            let (recorded, lock) = round(&locks, number);
            queue.push(recorded, lock).await;
        }
        let (recorded, lock) = round(&locks, MOST);
        let mut next = pin!(queue.push(recorded, lock));
        let mut ready = || {
            next.as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_ready()
        };
        assert!(!ready());

        let mut settled = vec![backlog.next().await.unwrap()];
        assert!(ready());

        for _ in 0..MOST {
            settled.push(backlog.next().await.unwrap());
        }
        let order = settled.iter().map(|accepted| accepted.recorded.bet.round_id);
        assert!(order.eq((0..=MOST).map(RoundId::from_u128)));
    }
}
