//! Settles rounds in the background, after their players were answered.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use reelscope_telemetry::{Service, TraceLink, capture, measure};
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};

use crate::PaymentError;
use crate::journal::RecordedPayout;
use crate::round_locks::RoundLock;
use crate::settlement::Settlement;

/// Maximum number of concurrent settlements. The others wait in memory, and are on the disk.
pub(crate) const AT_ONCE: usize = 256;
/// Maximum number of settlements in the queue. When it is full, the next player waits for room, so that a provider that
/// is slower than the players slows them down.
const MOST_WAITING: usize = 4_096;
/// How long settlements may continue when the service stops. The others are settled at the next start.
const GRACE: Duration = Duration::from_secs(1);

/// A round whose payout is durable and whose player was answered.
struct Accepted {
    recorded: RecordedPayout,
    /// Held from before the response until the round is settled, so that no other task settles it.
    claim: RoundLock,
    /// The trace of the player's request.
    link: TraceLink,
}

/// Receives accepted rounds from the routes. Clones feed the same [`Backlog`].
#[derive(Clone)]
pub(crate) struct Queue(mpsc::Sender<Accepted>);

/// Rounds that wait to be settled by [`run`].
pub struct Backlog(mpsc::Receiver<Accepted>);

pub(crate) fn queue() -> (Queue, Backlog) {
    queue_of(MOST_WAITING)
}

fn queue_of(most_waiting: usize) -> (Queue, Backlog) {
    let (sender, receiver) = mpsc::channel(most_waiting);
    (Queue(sender), Backlog(receiver))
}

impl Queue {
    /// Adds a round, once there is room for it, to be settled within the trace of the running task. If the service is
    /// stopping, the next start settles it.
    pub(crate) async fn push(&self, recorded: RecordedPayout, claim: RoundLock) {
        let link = TraceLink::current();
        let _ = self
            .0
            .send(Accepted {
                recorded,
                claim,
                link,
            })
            .await;
    }
}

/// Settles the rounds of the backlog, each as a transaction of its own within its player's trace, until `stopped`. If the
/// future is dropped, the next start settles the remaining rounds.
pub async fn run(
    service: Service,
    settlement: Settlement,
    mut backlog: Backlog,
    stopped: impl Future<Output = ()>,
) {
    let mut tasks = JoinSet::new();
    let mut stopped = pin!(stopped);
    loop {
        tokio::select! {
            () = &mut stopped => break,
            Some(ended) = tasks.join_next() => log_panic(&ended),
            accepted = backlog.0.recv(), if tasks.len() < AT_ONCE => match accepted {
                Some(accepted) => drop(tasks.spawn(settle(service.clone(), settlement.clone(), accepted))),
                None => break,
            },
        }
    }
    drop(backlog);
    let ended = async {
        while let Some(ended) = tasks.join_next().await {
            log_panic(&ended);
        }
    };
    if tokio::time::timeout(GRACE, ended).await.is_err() {
        tracing::info!("settlements were still under way; they are made at the next start");
    }
    tasks.shutdown().await;
}

/// Logs a panic, which the panic hook has reported. It ends one attempt: the claim on the round is released, and recovery
/// tries again.
pub(crate) fn log_panic(ended: &Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "a settlement met a defect; it is tried again");
    }
}

async fn settle(service: Service, settlement: Settlement, accepted: Accepted) {
    let Accepted {
        recorded,
        claim,
        link,
    } = accepted;
    let (round_id, stake) = (recorded.bet.round_id, recorded.bet.stake);
    let work = async {
        let outcome = settlement.conclude(recorded).await;
        match &outcome {
            Ok(_) => tracing::info!(%round_id, "settled in the background"),
            Err(PaymentError::Declined(_)) => {
                // The gateway measures the same while a player waits.
                measure("failed_stake", stake.major(), "none");
                tracing::warn!(%round_id, "declined; the stake was returned");
            }
            Err(PaymentError::OutcomeUnknown(_)) => {
                tracing::warn!(%round_id, "not settled yet; the provider is asked again");
            }
            // The player was answered already, so an issue is the only report.
            Err(error) => {
                tracing::error!(%round_id, %error, "not settled yet");
                capture(error, &[]);
            }
        }
        claim.end(&outcome);
    };
    service
        .transaction("settle in the background", "task", link, work)
        .await;
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use reelscope_contracts::payments::{Bet, BetStatus};
    use reelscope_contracts::{Money, RoundId};

    use super::*;
    use crate::round_locks::{Claimed, RoundLocks};

    /// Returns a recorded payout and the claim on its round.
    fn round(claims: &RoundLocks, number: u128) -> (RecordedPayout, RoundLock) {
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
        let Claimed::Mine(claim) = claims.claim(round_id, payout) else {
            panic!("nobody else claims round {number}")
        };
        (RecordedPayout { bet, first: true }, claim)
    }

    #[tokio::test]
    async fn a_player_waits_while_there_is_no_room_for_his_round_and_loses_nothing() {
        const MOST: u128 = 3;
        let claims = RoundLocks::default();
        let (queue, mut backlog) = queue_of(usize::try_from(MOST).unwrap());
        for number in 0..MOST {
            let (recorded, claim) = round(&claims, number);
            queue.push(recorded, claim).await;
        }
        let (recorded, claim) = round(&claims, MOST);
        let mut next = pin!(queue.push(recorded, claim));
        let mut ready = || {
            next.as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_ready()
        };
        assert!(!ready());

        let mut settled = vec![backlog.0.recv().await.unwrap()];
        assert!(ready());

        for _ in 0..MOST {
            settled.push(backlog.0.recv().await.unwrap());
        }
        let order = settled.iter().map(|accepted| accepted.recorded.bet.round_id);
        assert!(order.eq((0..=MOST).map(RoundId::from_u128)));
    }
}
