//! Requests and responses about faults. Times are milliseconds since the Unix epoch.

use reelscope_contracts::UnixMillis;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::table::{FaultId, FaultState, How};

/// Which of the two lists a fault is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum GroupName {
    /// A problem of the story.
    Story,
    /// A fault beside the story.
    Extra,
}

/// A change of a fault that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Switching {
    /// The target state.
    pub to: FaultState,
    /// Documents that are processed, as far as that is known.
    pub done: u64,
    /// Documents in total; 0 when that is unknown.
    pub total: u64,
}

/// Evidence of a fault in real spans or issues.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Observed {
    /// Number of traces that show the fault since it was switched on or fired.
    pub count: u64,
    /// The newest of these traces, 32 hexadecimal digits.
    pub trace_id: String,
    /// Start of that trace.
    pub at: UnixMillis,
    /// Duration of the span, in milliseconds; absent where the evidence has no duration, such as an issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ms: Option<f64>,
    /// Size of the work whose size follows the speed of the machine: players that a look-up reads, random words that a draw
    /// tests. Absent for other evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub size: Option<u64>,
    /// The size before the machine's speed changed it; absent while that did not happen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub size_was: Option<u64>,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FaultView {
    /// The id of the fault.
    pub id: FaultId,
    /// Which of the two lists it is in.
    pub group: GroupName,
    /// The service that causes the fault and has its fix.
    pub service: String,
    /// How the fault is switched.
    pub how: How,
    /// Whether our code has a fix: the fault can be `fixed`, and not only off.
    pub fixable: bool,
    /// The present state; a fault that is only fired is always off.
    pub state: FaultState,
    /// The change that is under way, if there is one.
    #[schema(required)]
    pub switching: Option<Switching>,
    /// When the fault entered its state.
    pub switched_at: UnixMillis,
    /// Milliseconds since then, by the monotonic clock.
    pub switched_ms_ago: u64,
    /// Milliseconds until it turns itself off; absent where it does not.
    #[schema(required)]
    pub ends_in_ms: Option<u64>,
    /// Number of firings in this session.
    pub fired: u64,
    /// Evidence since the fault was switched on or fired; absent while there is none.
    #[schema(required)]
    pub observed: Option<Observed>,
}

/// A release of the demo and the faults it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseView {
    /// Version, as in every envelope.
    pub version: String,
    /// Faults that are on in it.
    pub faults: Vec<FaultId>,
}

/// `GET /api/faults`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FaultBoard {
    /// The release that envelopes name now.
    pub release: String,
    /// The releases of the demo, oldest first.
    pub releases: Vec<ReleaseView>,
    /// All faults: the problems in the order of the story, then the others.
    pub faults: Vec<FaultView>,
    /// Number of payments that are armed to fail.
    pub armed_failures: u32,
    /// Whether every fault can be switched, that is, whether all players are written.
    pub ready: bool,
}

/// `PUT /api/faults/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchFault {
    /// The wanted state.
    pub state: FaultState,
    /// With `on`, seconds until it goes back by itself to the state that it had; 1 to 600.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 600)]
    pub for_seconds: Option<u16>,
}

/// `PUT /api/faults/release`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChooseRelease {
    /// One of the demo's versions.
    pub release: String,
}
