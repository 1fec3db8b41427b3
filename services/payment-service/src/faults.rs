//! What the demo can break in the payment service, and how it copes: each knob with what it shows, and the step of a
//! request that it changes. The causes of the first two are at the external provider.
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

/// When the player is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settling {
    /// Fault `slow-provider`: once the provider has answered. It shows as `External payment provider API` within the
    /// player's request, and as most of it when the provider is slow.
    WhilePlayerWaits,
    /// The fix: once the payout is durable. It shows as a player's request that ends early, and the same
    /// `External payment provider API` that goes on behind it, under `settle in the background`.
    InBackground,
}

/// What a failed attempt at the provider leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retrying {
    /// Fault `payment-errors`: to a failed payment. It shows as one `External payment provider API` with an error, and as
    /// an issue.
    Never,
    /// The fix: to another attempt with the same reference, a little later. It shows as the attempt that failed, the pause
    /// `wait before asking again`, and the attempt that succeeded (`retry.attempt`); no issue unless all failed.
    WithBackoff,
}

/// What a daily report is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportSource {
    /// The fix: of totals that posting keeps up to date. It shows as one `db.query` of one row.
    FromTotals,
    /// Fault `slow-report`: of every bet that there ever was. It shows as one `db.query` with as many `db.rows_scanned`,
    /// which takes longer with every spin.
    ReadingAllBets,
}

/// Attempts after the first, where failed ones are retried.
const MOST_RETRIES: u32 = 3;

/// The knobs of a running service; clones turn the same ones. They start without the fixes of the first two faults, since
/// the demo begins with these, and without `slow-report`.
#[derive(Debug, Clone)]
pub struct Knobs {
    in_background: Arc<AtomicBool>,
    retries: Arc<AtomicU32>,
    reading_all_bets: Arc<AtomicBool>,
}

impl Knobs {
    /// The knobs of a service; `retries` is that of its [`Provider`](crate::provider::Provider).
    pub(crate) fn new(retries: Arc<AtomicU32>) -> Self {
        Self {
            in_background: Arc::default(),
            retries,
            reading_all_bets: Arc::default(),
        }
    }

    /// When players are answered now.
    #[must_use]
    pub fn settling(&self) -> Settling {
        if self.in_background.load(Ordering::Relaxed) {
            Settling::InBackground
        } else {
            Settling::WhilePlayerWaits
        }
    }

    /// Holds for settlements that begin from now on.
    pub fn set_settling(&self, settling: Settling) {
        self.in_background
            .store(settling == Settling::InBackground, Ordering::Relaxed);
    }

    /// Settles a round and answers with its bet: as it ends, or as it stands once its payout is durable.
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

    /// What failed attempts lead to now.
    #[must_use]
    pub fn retrying(&self) -> Retrying {
        match self.retries.load(Ordering::Relaxed) {
            0 => Retrying::Never,
            _ => Retrying::WithBackoff,
        }
    }

    /// Holds for settlements that ask the provider from now on.
    pub fn set_retrying(&self, retrying: Retrying) {
        let retries = match retrying {
            Retrying::Never => 0,
            Retrying::WithBackoff => MOST_RETRIES,
        };
        self.retries.store(retries, Ordering::Relaxed);
    }

    /// What daily reports are made of now.
    #[must_use]
    pub fn reporting(&self) -> ReportSource {
        if self.reading_all_bets.load(Ordering::Relaxed) {
            ReportSource::ReadingAllBets
        } else {
            ReportSource::FromTotals
        }
    }

    /// Holds for reports that are asked for from now on.
    pub fn set_reporting(&self, reporting: ReportSource) {
        self.reading_all_bets
            .store(reporting == ReportSource::ReadingAllBets, Ordering::Relaxed);
    }

    /// Makes the report of a day.
    pub(crate) async fn daily_report(&self, store: &Store, day: Day) -> Result<DailyReport, PaymentError> {
        match self.reporting() {
            ReportSource::FromTotals => journal::daily_report(store, day).await,
            ReportSource::ReadingAllBets => journal::recounted_report(store, day).await,
        }
    }
}
