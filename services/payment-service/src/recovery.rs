//! Ends bets that no request works on any more: after a restart, after the loss of a gateway, or after a provider that
//! did not answer.
//!
//! The program's [`RecoveryTiming`] is `RECOVERY` in `services/stack/src/assembly/services.rs`; `docs/money.md` tells
//! its times. `journal/open_bets.rs` says which step ends a bet, `settlement.rs` takes it, and the tries within one
//! request are those of `provider.rs`.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use reelscope_contracts::{RoundId, now};
use reelscope_telemetry::{Service, annotate, player};
use tokio::task::JoinSet;

use crate::PaymentError;
use crate::background::{AT_ONCE, log_panic};
use crate::journal::{self, Next, OpenBet, Voidable};
use crate::settlement::{Settlement, tell_stake};

/// Timing of recovery.
#[derive(Debug, Clone, Copy)]
pub struct RecoveryTiming {
    /// Pause between two reads of the open bets.
    pub interval: Duration,
    /// Time after recovery first saw a reservation without a payout from which it is voided; longer than all deadlines
    /// of a spin.
    pub abandoned_after: Duration,
    /// First pause before the provider is asked again. It doubles with every attempt.
    pub first_retry: Duration,
    /// Maximum pause between two attempts.
    pub longest_retry: Duration,
}

/// Ends the bets that were open when the service started, then reads the open bets repeatedly. Never returns; drop the
/// future to stop. It only remembers when to try which bet, so that it can be started again at any time.
///
/// `left_over` must be read before the service takes requests, so that these bets belong to an earlier process.
pub async fn run(service: Service, settlement: Settlement, left_over: Vec<OpenBet>, timing: RecoveryTiming) {
    let recovery = Recovery {
        service,
        settlement,
        timing,
    };
    recovery.run_until_dropped(left_over).await;
}

struct Recovery {
    service: Service,
    settlement: Settlement,
    timing: RecoveryTiming,
}

impl Recovery {
    async fn run_until_dropped(self, left_over: Vec<OpenBet>) {
        let mut schedule = Schedule::new(self.timing);
        self.end_all(left_over).await;
        let mut ticks = tokio::time::interval(self.timing.interval);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let unattended = |round_id| !self.settlement.is_under_way(round_id);
            match journal::open_bets(self.settlement.store(), unattended).await {
                Ok(open) => self.end_all(schedule.due(&open, Instant::now())).await,
                Err(error) => tracing::warn!(%error, "open bets cannot be read"),
            }
        }
    }

    /// Ends bets concurrently, because a slow provider may have left thousands.
    async fn end_all(&self, bets: Vec<OpenBet>) {
        let mut tasks = JoinSet::new();
        for bet in bets {
            if tasks.len() >= AT_ONCE
                && let Some(ended) = tasks.join_next().await
            {
                log_panic(&ended);
            }
            tasks.spawn(end(self.service.clone(), self.settlement.clone(), bet));
        }
        while let Some(ended) = tasks.join_next().await {
            log_panic(&ended);
        }
    }
}

/// When each open bet is worked on, by the monotonic clock of this process. Setting the wall clock has no effect, and
/// neither has the sleep of a laptop whose monotonic clock stops (Linux, macOS): a reservation that is an hour old by the
/// wall clock may be a second old.
struct Schedule {
    timing: RecoveryTiming,
    bets: HashMap<RoundId, Planned>,
}

struct Planned {
    /// The step at the time of planning.
    next: Next,
    /// Number of attempts.
    made: u32,
    at: Instant,
}

impl Schedule {
    fn new(timing: RecoveryTiming) -> Self {
        Self {
            timing,
            bets: HashMap::new(),
        }
    }

    /// Returns the open bets that are due. Each is planned when it is first seen with its step.
    fn due(&mut self, open: &[OpenBet], now: Instant) -> Vec<OpenBet> {
        let timing = self.timing;
        let mut before = std::mem::take(&mut self.bets);
        let mut due = Vec::new();
        for bet in open {
            let known = before
                .remove(&bet.round_id)
                .filter(|planned| planned.next == bet.next);
            let mut planned = known.unwrap_or_else(|| Planned {
                next: bet.next.clone(),
                made: 0,
                at: now
                    + match bet.next {
                        Next::Void => timing.abandoned_after,
                        Next::Settle(_) | Next::Reverse(_) => timing.first_retry,
                    },
            });
            if now >= planned.at {
                planned.made += 1;
                let pause = timing
                    .first_retry
                    .saturating_mul(1 << planned.made.min(16))
                    .min(timing.longest_retry);
                planned.at = now + pause;
                due.push(bet.clone());
            }
            self.bets.insert(bet.round_id, planned);
        }
        due
    }
}

/// Ends a bet as a transaction of its own, within the trace of its round.
async fn end(service: Service, settlement: Settlement, bet: OpenBet) {
    let work = async {
        player(bet.player_id.as_str());
        annotate("round.id", bet.round_id.to_string());
        report(&bet, bring_to_end(&settlement, &bet).await);
    };
    service
        .transaction("settle open bet", "task", bet.trace.clone(), work)
        .await;
}

/// Takes the next step of a bet. A bet that another task has ended stays as it is.
async fn bring_to_end(settlement: &Settlement, bet: &OpenBet) -> Result<(), PaymentError> {
    let ended = match &bet.next {
        Next::Settle(payout) => settlement.resume(bet.round_id, *payout).await,
        Next::Reverse(provider_reference) => settlement.reverse(bet.round_id, provider_reference).await,
        Next::Void => {
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
            .map(|bet| tell_stake(Some(bet.stake_status())))
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

#[cfg(test)]
mod tests {
    use super::*;
    use reelscope_contracts::Money;
    use reelscope_telemetry::TraceLink;

    const TIMING: RecoveryTiming = RecoveryTiming {
        interval: Duration::from_secs(1),
        abandoned_after: Duration::from_secs(60),
        first_retry: Duration::from_secs(1),
        longest_retry: Duration::from_secs(8),
    };

    fn bet(number: u128, next: Next, reserved_at: i64) -> OpenBet {
        OpenBet {
            round_id: RoundId::from_u128(number),
            player_id: "p".into(),
            next,
            reserved_at,
            trace: TraceLink::default(),
        }
    }

    fn seconds(schedule: &mut Schedule, open: &[OpenBet], began: Instant, upto: u64) -> Vec<u64> {
        let due = |second: &u64| {
            !schedule
                .due(open, began + Duration::from_secs(*second))
                .is_empty()
        };
        (0..=upto).filter(due).collect()
    }

    #[test]
    fn a_reservation_is_abandoned_by_the_time_that_passed_wherever_the_clock_stands() {
        const TWO_HOURS: i64 = 7_200_000;
        let wall = now();
        for reserved_at in [wall, wall - TWO_HOURS, wall + TWO_HOURS, i64::MIN, i64::MAX, 0] {
            let (mut schedule, began) = (Schedule::new(TIMING), Instant::now());
            let open = [bet(1, Next::Void, reserved_at)];
            let due = seconds(&mut schedule, &open, began, 61);
            assert_eq!(due, [60], "{reserved_at}");
        }
    }

    #[test]
    fn the_provider_is_asked_again_after_pauses_that_double_up_to_a_bound() {
        let (mut schedule, began) = (Schedule::new(TIMING), Instant::now());
        let open = [bet(1, Next::Settle(Money(1)), 0)];
        assert_eq!(seconds(&mut schedule, &open, began, 33), [1, 3, 7, 15, 23, 31]);
        // A bet that ended and is open again with another step is planned anew.
        let began = began + Duration::from_secs(33);
        assert!(schedule.due(&[], began).is_empty());
        let open = [bet(1, Next::Reverse("PP-1".to_owned()), 0)];
        assert_eq!(seconds(&mut schedule, &open, began, 2), [1]);
        let open = [bet(1, Next::Void, 0)];
        let began = began + Duration::from_secs(3);
        assert_eq!(seconds(&mut schedule, &open, began, 60), [60]);
    }
}
