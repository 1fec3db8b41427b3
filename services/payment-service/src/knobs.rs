//! What can be changed while the service runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// When the player is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settling {
    /// Once the provider has answered. A trace shows `External payment provider API` within the player's request, and
    /// as most of it when the provider is slow.
    WhilePlayerWaits,
    /// Once the payout is durable. A trace shows the player's request end early, and the same
    /// `External payment provider API` go on behind it, under `settle in the background`.
    InBackground,
}

/// What a failed attempt at the provider leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retrying {
    /// To a failed payment. A trace shows one `External payment provider API` with an error, and an issue.
    Never,
    /// To another attempt with the same reference, a little later. A trace shows the attempt that failed, the pause
    /// `wait before asking again`, and the attempt that made it good (`retry.attempt`); no issue unless all failed.
    WithBackoff,
}

/// What a daily report is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportSource {
    /// Of totals that posting keeps up to date. A trace shows one `db.query` of one row.
    FromTotals,
    /// Of every bet that there ever was. A trace shows one `db.query` with as many `db.rows_scanned`, and it takes longer
    /// with every spin.
    ReadingAllBets,
}

/// The knobs of a running service; clones turn the same ones. They start as the story does: the player waits,
/// and nothing is tried twice; and as a report should be made.
#[derive(Debug, Clone, Default)]
pub struct Knobs {
    in_background: Arc<AtomicBool>,
    with_backoff: Arc<AtomicBool>,
    reading_all_bets: Arc<AtomicBool>,
}

impl Knobs {
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

    /// What failed attempts lead to now.
    #[must_use]
    pub fn retrying(&self) -> Retrying {
        if self.with_backoff.load(Ordering::Relaxed) {
            Retrying::WithBackoff
        } else {
            Retrying::Never
        }
    }

    /// Holds for settlements that ask the provider from now on.
    pub fn set_retrying(&self, retrying: Retrying) {
        self.with_backoff
            .store(retrying == Retrying::WithBackoff, Ordering::Relaxed);
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
}
