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
    /// A fault beside it.
    Extra,
}

/// A change that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Switching {
    /// The state that it leads to.
    pub to: FaultState,
    /// Documents that are done with, as far as that can be known.
    pub done: u64,
    /// Documents in all; 0 when that cannot be known.
    pub total: u64,
}

/// Evidence of a fault in real spans or issues.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Observed {
    /// Traces that show it since it was switched on or triggered.
    pub count: u64,
    /// The newest of them, 32 hexadecimal digits.
    pub trace_id: String,
    /// When that trace began.
    pub at: UnixMillis,
    /// Milliseconds that the span took; absent where the evidence has no duration, such as an issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ms: Option<f64>,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FaultView {
    /// Which.
    pub id: FaultId,
    /// Which of the two lists it is in.
    pub group: GroupName,
    /// The service that is wrong, where it is mended.
    pub service: String,
    /// How it is brought about.
    pub how: How,
    /// Whether our code has a way to cope with it: it can be `fixed`, and not only off.
    pub fixable: bool,
    /// Where it stands; what is only triggered is always off.
    pub state: FaultState,
    /// A change that is under way.
    #[schema(required)]
    pub switching: Option<Switching>,
    /// When it came to this state.
    pub switched_at: UnixMillis,
    /// Milliseconds since then, by a clock that cannot be set: what was before it and what after is told by this.
    pub switched_ms_ago: u64,
    /// How often it was triggered in this session.
    pub fired: u64,
    /// Evidence since it was switched on or triggered; absent while there is none.
    #[schema(required)]
    pub observed: Option<Observed>,
}

/// A release of the demo and the faults it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseView {
    /// Version, as every envelope says it.
    pub version: String,
    /// Faults that hurt in it.
    pub faults: Vec<FaultId>,
}

/// `GET /api/faults`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FaultBoard {
    /// Release that envelopes say now.
    pub release: String,
    /// The releases of the demo, oldest first.
    pub releases: Vec<ReleaseView>,
    /// All faults: the problems in the order of the story, then the others.
    pub faults: Vec<FaultView>,
    /// Payments that will fail on cue.
    pub armed_failures: u32,
    /// Whether every fault can be switched: the players are written.
    pub ready: bool,
}

/// `PUT /api/faults/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchFault {
    /// The state that is wanted.
    pub state: FaultState,
}

/// `PUT /api/faults/release`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChooseRelease {
    /// One of the demo's versions.
    pub release: String,
}
