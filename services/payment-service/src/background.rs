//! Settles rounds in the background, after their players were answered.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use reelscope_telemetry::{Service, capture, measure_as_metric};
use tokio::task::{JoinError, JoinSet};

use crate::PaymentError;
use crate::backlog::{Accepted, Backlog};
use crate::settlement::Settlement;

/// Maximum number of concurrent settlements. The others wait in memory, and are on the disk.
pub(crate) const AT_ONCE: usize = 256;
/// How long settlements may continue when the service stops. The others are settled at the next start.
pub const GRACE: Duration = Duration::from_secs(1);

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
            accepted = backlog.next(), if tasks.len() < AT_ONCE => match accepted {
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

/// Logs a panic, which the panic hook has reported. It ends one attempt: the lock on the round is released, and recovery
/// tries again.
pub(crate) fn log_panic(ended: &Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "a settlement met a defect; it is tried again");
    }
}

async fn settle(service: Service, settlement: Settlement, accepted: Accepted) {
    let Accepted { recorded, lock, link } = accepted;
    let (round_id, stake) = (recorded.bet.round_id, recorded.bet.stake);
    let work = async {
        let outcome = settlement.conclude(recorded).await;
        match &outcome {
            Ok(_) => tracing::info!(%round_id, "settled in the background"),
            Err(PaymentError::Declined(_)) => {
                // The gateway measures the same while a player waits.
                measure_as_metric("failed_stake", stake.major(), "none");
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
        lock.end(&outcome);
    };
    service
        .transaction("settle in the background", "task", link, work)
        .await;
}
