//! Settles rounds whose players were answered already.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use reelscope_telemetry::{Service, TraceLink, capture, measure};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::PaymentError;
use crate::claims::Claim;
use crate::journal::Intent;
use crate::settlement::Settlement;

/// Settlements asked of the provider at the same time; the rest wait in memory, and on the disk.
pub(crate) const AT_ONCE: usize = 256;
/// How long settlements may take to end when the service stops. What has not ended then is settled at the next start.
const GRACE: Duration = Duration::from_secs(1);

/// A round whose payout is durable and whose player was answered.
struct Accepted {
    intent: Intent,
    /// Keeps others off the round from before the answer until it is settled.
    claim: Claim,
    /// The player's request.
    link: TraceLink,
}

/// Where routes leave accepted rounds; clones lead to the same [`Backlog`].
#[derive(Clone)]
pub(crate) struct Queue(mpsc::UnboundedSender<Accepted>);

/// Rounds that wait to be settled, for [`run`].
pub struct Backlog(mpsc::UnboundedReceiver<Accepted>);

pub(crate) fn queue() -> (Queue, Backlog) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (Queue(sender), Backlog(receiver))
}

impl Queue {
    /// Leaves a round to be settled within the trace of the running task. When the service is stopping, the round is
    /// left to the next start.
    pub(crate) fn leave(&self, intent: Intent, claim: Claim) {
        let link = TraceLink::current();
        let _ = self.0.send(Accepted { intent, claim, link });
    }
}

/// Settles what is left in the backlog, each round as a transaction of its own within its player's trace, until
/// `stopped`. Dropped, it leaves the rounds to the next start.
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
            Some(_) = tasks.join_next() => {}
            accepted = backlog.0.recv(), if tasks.len() < AT_ONCE => match accepted {
                Some(accepted) => drop(tasks.spawn(settle(service.clone(), settlement.clone(), accepted))),
                None => break,
            },
        }
    }
    drop(backlog);
    let ended = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, ended).await.is_err() {
        tracing::info!("settlements were still under way; they are made at the next start");
    }
    tasks.shutdown().await;
}

async fn settle(service: Service, settlement: Settlement, accepted: Accepted) {
    let Accepted {
        intent,
        claim: _claim,
        link,
    } = accepted;
    let (round_id, stake) = (intent.bet.round_id, intent.bet.stake);
    let work = async {
        match settlement.conclude(intent).await {
            Ok(_) => tracing::info!(%round_id, "settled in the background"),
            Err(PaymentError::Declined(_)) => {
                // As the gateway measures it where the player waits.
                measure("failed_stake", stake.major(), "none");
                tracing::warn!(%round_id, "declined; the stake was returned");
            }
            Err(PaymentError::OutcomeUnknown(_)) => {
                tracing::warn!(%round_id, "not settled yet; the provider is asked again");
            }
            // Nobody waits for an answer that could say so.
            Err(error) => {
                tracing::error!(%round_id, %error, "not settled yet");
                capture(&error, &[]);
            }
        }
    };
    service
        .transaction("settle in the background", "task", link, work)
        .await;
}
