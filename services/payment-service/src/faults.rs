//! The faults of the payment service and their fixes: each knob, what it shows, and the step of a request that it
//! changes. The causes of the first two are at the external provider (`services/payment-provider/src/faults.rs`).
//! `services/demo/src/faults/knobs.rs` turns the knobs of both.
//!
//! | fault | knob | step |
//! |---|---|---|
//! | `slow-provider` | [`Settling`] | a round is settled, and its player answered |
//! | `payment-errors` | [`Retrying`] | the provider is asked to settle |
//! | `slow-report` | [`ReportSource`] | a daily report is made |

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use reelscope_contracts::payments::DailyReport;
use reelscope_contracts::{Day, Money, RoundId};
use reelscope_store::Store;

use crate::PaymentError;
use crate::backlog::Queue;
use crate::journal;
use crate::round_locks::Outcome;
use crate::settlement::Settlement;

/// When a round is settled, as the player sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settling {
    /// Fault `slow-provider`: after the provider has answered. `External payment provider API` is within the player's
    /// request, and is most of it when the provider is slow.
    WhilePlayerWaits,
    /// The fix: once the payout is durable. The player's request ends early, and the same `External payment provider API`
    /// follows it, under `settle in the background`.
    InBackground,
}

/// What follows a failed attempt at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retrying {
    /// Fault `payment-errors`: the payment fails. There is one `External payment provider API` with an error, and an
    /// issue.
    Never,
    /// The fix: another attempt with the same reference, a little later. The trace has the failed attempt, the pause
    /// `wait before asking again`, and the successful attempt (`retry.attempt`). There is no issue unless all attempts
    /// fail.
    WithBackoff,
}

/// What a daily report is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportSource {
    /// The fix: totals that posting keeps up to date. There is one `db.query` of one row.
    FromTotals,
    /// Fault `slow-report`: all bets that exist. There is one `db.query` whose `db.rows_scanned` is their number, and
    /// which takes longer with every spin.
    ReadingAllBets,
}

/// Maximum number of attempts after the first, with [`Retrying::WithBackoff`].
const MOST_RETRIES: u32 = 3;

/// The knobs of a running service. Clones share them. Initially the first two faults are on, because the demo begins with
/// them, and `slow-report` is off.
#[derive(Debug, Clone)]
pub struct Knobs {
    in_background: Arc<AtomicBool>,
    retries: Arc<AtomicU32>,
    reading_all_bets: Arc<AtomicBool>,
}

impl Knobs {
    /// Creates the knobs; `retries` is the number that its [`Provider`](crate::provider::Provider) shares.
    pub(crate) fn new(retries: Arc<AtomicU32>) -> Self {
        Self {
            in_background: Arc::default(),
            retries,
            reading_all_bets: Arc::default(),
        }
    }

    /// Returns when players are answered.
    #[must_use]
    pub fn settling(&self) -> Settling {
        if self.in_background.load(Ordering::Relaxed) {
            Settling::InBackground
        } else {
            Settling::WhilePlayerWaits
        }
    }

    /// Sets when players are answered, for settlements that begin from now on.
    pub fn set_settling(&self, settling: Settling) {
        self.in_background
            .store(settling == Settling::InBackground, Ordering::Relaxed);
    }

    /// Settles a round and returns its bet: after the settlement, or once its payout is durable.
    pub(crate) async fn settle(
        &self,
        settlement: &Settlement,
        queue: &Queue,
        round_id: RoundId,
        payout: Money,
    ) -> Outcome {
        match self.settling() {
            Settling::WhilePlayerWaits => settlement.settle(round_id, payout).await,
            Settling::InBackground => settlement.accept(queue, round_id, payout).await,
        }
    }

    /// Returns what follows failed attempts.
    #[must_use]
    pub fn retrying(&self) -> Retrying {
        match self.retries.load(Ordering::Relaxed) {
            0 => Retrying::Never,
            _ => Retrying::WithBackoff,
        }
    }

    /// Sets what follows failed attempts, for settlements that ask the provider from now on.
    pub fn set_retrying(&self, retrying: Retrying) {
        let retries = match retrying {
            Retrying::Never => 0,
            Retrying::WithBackoff => MOST_RETRIES,
        };
        self.retries.store(retries, Ordering::Relaxed);
    }

    /// Returns what daily reports are computed from.
    #[must_use]
    pub fn reporting(&self) -> ReportSource {
        if self.reading_all_bets.load(Ordering::Relaxed) {
            ReportSource::ReadingAllBets
        } else {
            ReportSource::FromTotals
        }
    }

    /// Sets what daily reports are computed from, for requests from now on.
    pub fn set_reporting(&self, reporting: ReportSource) {
        self.reading_all_bets
            .store(reporting == ReportSource::ReadingAllBets, Ordering::Relaxed);
    }

    /// Computes the report of a day.
    pub(crate) async fn daily_report(&self, store: &Store, day: Day) -> Result<DailyReport, PaymentError> {
        match self.reporting() {
            ReportSource::FromTotals => journal::daily_report(store, day).await,
            ReportSource::ReadingAllBets => journal::recounted_report(store, day).await,
        }
    }
}
