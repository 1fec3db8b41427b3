//! Brings bets to an end that nobody is working on any more: after a restart, after a gateway that vanished,
//! after a provider that did not answer.

use std::collections::HashMap;
use std::time::Duration;

use reelscope_contracts::{RoundId, UnixMillis, now};
use reelscope_telemetry::{Service, annotate, player};
use tokio::task::JoinSet;

use crate::PaymentError;
use crate::background::AT_ONCE;
use crate::journal::{self, OpenBet, Voidable};
use crate::settlement::Settlement;

/// How patient recovery is.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Between two looks at the open bets.
    pub interval: Duration,
    /// A reservation whose payout is still unknown after this is abandoned and voided. Longer than any spin may
    /// take.
    pub abandoned_after: Duration,
    /// First pause before the provider is asked again; doubles with every attempt.
    pub first_retry: Duration,
    /// Longest pause between two attempts.
    pub longest_retry: Duration,
}

/// Ends every bet that was open when the service started, then keeps looking. Never returns; drop it to stop.
///
/// `left_over` must be read before the service takes requests: these bets belong to a process that is gone.
pub async fn run(service: Service, settlement: Settlement, left_over: Vec<OpenBet>, patience: Patience) {
    let mut attempts = HashMap::new();
    end_all(&service, &settlement, left_over).await;
    let mut ticks = tokio::time::interval(patience.interval);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let unattended = |round_id| !settlement.is_under_way(round_id);
        match journal::open_bets(settlement.store(), unattended).await {
            Ok(open) => look(&service, &settlement, &open, &mut attempts, patience).await,
            Err(error) => tracing::warn!(%error, "open bets cannot be read"),
        }
    }
}

/// Attempts made for a round, and when the next is due.
#[derive(Clone, Copy)]
struct Attempts {
    made: u32,
    next_at: UnixMillis,
}

async fn look(
    service: &Service,
    settlement: &Settlement,
    open: &[OpenBet],
    attempts: &mut HashMap<RoundId, Attempts>,
    patience: Patience,
) {
    attempts.retain(|round, _| open.iter().any(|bet| bet.round_id == *round));
    let mut due = Vec::new();
    for bet in open {
        let now = now();
        if bet.payout.is_none() {
            if now - bet.reserved_at >= millis(patience.abandoned_after) {
                due.push(bet.clone());
            }
            continue;
        }
        let first = Attempts {
            made: 0,
            next_at: now + millis(patience.first_retry),
        };
        let attempt = attempts.entry(bet.round_id).or_insert(first);
        if now >= attempt.next_at {
            attempt.made += 1;
            let pause = patience
                .first_retry
                .saturating_mul(1 << attempt.made.min(16))
                .min(patience.longest_retry);
            attempt.next_at = now + millis(pause);
            due.push(bet.clone());
        }
    }
    end_all(service, settlement, due).await;
}

/// Ends bets beside each other: a slow provider may have left thousands.
async fn end_all(service: &Service, settlement: &Settlement, bets: Vec<OpenBet>) {
    let mut tasks = JoinSet::new();
    for bet in bets {
        if tasks.len() >= AT_ONCE {
            tasks.join_next().await;
        }
        tasks.spawn(end(service.clone(), settlement.clone(), bet));
    }
    while tasks.join_next().await.is_some() {}
}

/// Ends a bet as a transaction of its own, within the trace that the round began in.
async fn end(service: Service, settlement: Settlement, bet: OpenBet) {
    let work = async {
        player(&bet.player_id);
        annotate("round.id", bet.round_id.to_string());
        report(&bet, bring_to_end(&settlement, &bet).await);
    };
    service
        .transaction("settle open bet", "task", bet.trace.clone(), work)
        .await;
}

/// Voids a bet whose payout nobody knows, settles the others. A bet that another task ended meanwhile stays as
/// it is.
async fn bring_to_end(settlement: &Settlement, bet: &OpenBet) -> Result<(), PaymentError> {
    let ended = match bet.payout {
        Some(payout) => settlement.resume(bet.round_id, payout).await,
        None => {
            let reason = "abandoned before its outcome was known".to_owned();
            let player = bet.player_id.clone();
            journal::void(
                settlement.store(),
                bet.round_id,
                player,
                reason,
                Voidable::Unsettled,
                now(),
            )
            .await
            .map(drop)
        }
    };
    match ended {
        Ok(()) | Err(PaymentError::Declined(_) | PaymentError::AlreadyPosted(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

fn report(bet: &OpenBet, result: Result<(), PaymentError>) {
    match result {
        Ok(()) => tracing::info!(round_id = %bet.round_id, "open bet ended"),
        Err(error) => tracing::warn!(round_id = %bet.round_id, %error, "open bet not ended yet"),
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
