//! Pages, and places on the screen that a script points at.

use reelscope_demo::faults::table::FaultId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A page of the window, or a part of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// The slot machine.
    Machine,
    /// The list of traces.
    Traces,
    /// One trace.
    Trace,
    /// Two traces side by side.
    Compare,
    /// The list of issues.
    Issues,
    /// One issue.
    Issue,
    /// The map of the services.
    Map,
    /// Business: before and after.
    Impact,
    /// Business: stakes, payouts, RTP.
    Money,
    /// Business: the releases.
    Releases,
    /// Business: the report by day.
    DailyReport,
    /// What was sent, and what was scrubbed.
    Delivery,
    /// The settings.
    Settings,
    /// The measurement of what telemetry costs.
    Overhead,
    /// The value calculator.
    Calculator,
    /// The list of questions.
    Questions,
}

/// A place on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Spot {
    /// The button SPIN.
    Spin,
    /// The reels.
    Reels,
    /// The result of the last spin.
    Result,
    /// The bar of the last spin, with a part for each service.
    SpinBar,
    /// The services that the last spin passes.
    Services,
    /// The newest spins, each a way into its trace.
    RecentSpins,
    /// The strip of all spins by their waiting time.
    HeatStrip,
    /// What took most of the time, in the bar of the spin and in the trace.
    Culprit,
    /// The newest line of the list of traces.
    NewestTrace,
    /// All rows of the trace.
    Waterfall,
    /// The first row of the trace with this service and operation.
    TraceRow(TraceRow),
    /// The measurements of the trace: stake, payout, RTP.
    Measurements,
    /// The card of a problem.
    Problem(FaultId),
    /// The release dial.
    ReleaseDial,
    /// The bar with the next step of the demo.
    NextStep,
    /// The newest line of the list of issues.
    NewestIssue,
    /// The stack of an issue.
    Stack,
    /// Whom an issue met.
    Player,
    /// The trace of an issue.
    IssueTrace,
    /// How often a request ends in an issue.
    Frequency,
    /// Stakes, payouts and losses.
    Money,
    /// The RTP with its band.
    Rtp,
    /// The large figures before and after.
    BeforeAfter,
    /// Two traces of the same round.
    Comparison,
    /// The map.
    Map,
    /// The report of a day with its totals.
    DailyReport,
    /// The figures by release.
    ReleaseFigures,
    /// The virtual players.
    Traffic,
    /// The costs of telemetry.
    Overhead,
    /// What the demo assumes and does not measure.
    Assumptions,
    /// The value calculator.
    Calculator,
    /// The list of envelopes, with what was scrubbed.
    Envelopes,
    /// The DSN in the settings.
    Dsn,
    /// The share of traces that are recorded.
    SampleRate,
    /// The questions.
    Questions,
}

/// A row of a trace by what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TraceRow {
    /// Its service, as `user-service`.
    pub service: String,
    /// Its operation, as `db.query`; absent for the first row of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub op: Option<String>,
    /// The beginning of its description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub description: Option<String>,
}
