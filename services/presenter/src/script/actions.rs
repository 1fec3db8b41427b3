//! What a button of the presenter does.

use reelscope_demo::faults::table::FaultId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::places::Page;

/// A button with its label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Button {
    /// The words on it.
    pub label: String,
    /// What it does.
    pub action: Action,
}

/// Something that the page does when a button is pressed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// `POST /api/faults/reset`: the demo as it begins.
    StartOfDemo,
    /// Makes so many spins, one after another; 1 to 20.
    Spin(u8),
    /// Plays the last round of before a fix again, with the same seed.
    SameRound,
    /// Opens a page.
    Open(Page),
    /// Opens the trace of the newest spin.
    OpenNewestTrace,
    /// Opens the newest trace that shows a problem.
    OpenTraceOf(FaultId),
    /// Selects the row of the open trace that took most of the time.
    OpenCulprit,
    /// Compares the two traces of the round that was played twice.
    Compare,
    /// Opens the newest issue.
    OpenNewestIssue,
    /// Fixes a problem.
    Fix(FaultId),
    /// Brings a problem back.
    BringBack(FaultId),
    /// Switches a fault on, which turns itself off after a time.
    Break(BreakFor),
    /// Lets a fault happen once.
    Fire(FaultId),
    /// Puts a release in force.
    Release(String),
    /// Starts or stops the virtual players.
    Traffic(bool),
    /// Measures what telemetry costs.
    MeasureOverhead,
    /// Opens a question, by its id.
    Question(String),
}

/// A fault that is on for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BreakFor {
    /// Which.
    pub fault: FaultId,
    /// Seconds until it turns itself off, 1 to 600.
    #[schema(minimum = 1, maximum = 600)]
    pub seconds: u16,
}
