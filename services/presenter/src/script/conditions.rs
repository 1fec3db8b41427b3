//! When a step is fulfilled.

use reelscope_demo::faults::table::{FaultId, FaultState};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::places::Page;

/// A condition over what really happened since its step began. Once fulfilled it stays so until the presentation is
/// started again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepCondition {
    /// A person made at least so many spins, 1 to 100.
    Spins(u32),
    /// At least so many spins of a person failed, 1 to 100.
    Failures(u32),
    /// A trace was opened that has such a span.
    TraceOpened(SpanShown),
    /// A service has at least this share of the critical path of the newest spin.
    Share(ServiceShareAtLeast),
    /// A trace has shown the problem since it was switched on.
    Observed(FaultId),
    /// A fault is in this state.
    Problem(ProblemStands),
    /// A fix brought what it is for, by spins before and after.
    FixHelped(FaultId),
    /// This release is in force.
    Release(String),
    /// Virtual players spin, or do not.
    Traffic(bool),
    /// The telemetry overhead has been measured.
    OverheadMeasured,
    /// The same round was compared before and after a fix.
    SameRoundCompared,
    /// An issue was opened.
    IssueOpened,
    /// A page was looked at.
    PageSeen(Page),
    /// At least so many questions were opened, 1 to 100.
    QuestionsOpened(u32),
}

/// A span with the named properties; without any every span has them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpanShown {
    /// Its service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub service: Option<String>,
    /// Its operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub op: Option<String>,
    /// Its description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub description: Option<String>,
    /// An attribute that it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub attribute: Option<String>,
    /// The value of that attribute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub equals: Option<Value>,
    /// Its least duration, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub at_least_ms: Option<f64>,
}

/// A share of the critical path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceShareAtLeast {
    /// The service, or the external service that ours wait for, such as `payment-provider`.
    pub service: String,
    /// Its least share, in percent.
    #[schema(minimum = 0, maximum = 100)]
    pub percent: f64,
}

/// A state of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProblemStands {
    /// Which fault.
    pub id: FaultId,
    /// Its state.
    pub is: FaultState,
}
