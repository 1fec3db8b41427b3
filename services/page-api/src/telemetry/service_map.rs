//! Who calls whom.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Micros;

/// What was done, how often and how fast.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MapTraffic {
    /// Requests, or calls.
    pub calls: u64,
    /// Requests, or calls, a minute: those that began in the minute before the answer. Estimated where the map says so.
    pub per_minute: u64,
    /// Those whose status is a failure.
    pub errors: u64,
    /// The duration that half of those with a known one do not exceed (nearest rank); absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub p50_us: Option<Micros>,
    /// The duration that 95 of 100 of them do not exceed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub p95_us: Option<Micros>,
}

/// What kind of thing does the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// It records transactions.
    Service,
    /// A database as one service uses it.
    Database,
    /// It is called, and records nothing here.
    External,
}

/// A thing that does work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MapNode {
    /// Name of a service or peer; `<service>/<system>` of a database.
    pub id: String,
    /// What it is.
    pub kind: NodeKind,
    /// Transactions of a service; of the others, the calls made to them.
    pub traffic: MapTraffic,
    /// Its time on the critical paths of the traces, in microseconds. A database has none: its time is its service's.
    #[serde(default)]
    #[schema(required)]
    pub path_us: Micros,
}

/// Calls from one to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MapEdge {
    /// Id of the node that calls.
    pub from: String,
    /// Id of the node that is called.
    pub to: String,
    /// The calls, as the caller saw them; as the callee did where the caller recorded no span of its own for them.
    pub traffic: MapTraffic,
}

/// `GET /map`: who calls whom, from the newest traces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceMap {
    /// By id.
    pub nodes: Vec<MapNode>,
    /// By ids.
    pub edges: Vec<MapEdge>,
    /// Traces that were looked at.
    pub traces: u64,
    /// Those among them that have a critical path: their root is there.
    #[serde(default)]
    #[schema(required)]
    pub path_traces: u64,
    /// Length of all critical paths together, in microseconds. Nodes that are left out have a part in it.
    #[serde(default)]
    #[schema(required)]
    pub path_us: Micros,
    /// Start of the oldest of them; 0 when there is none.
    pub from_us: Micros,
    /// Things that are not told since they are called least, with the edges to and from them; 0 where all are told.
    #[serde(default)]
    #[schema(required)]
    pub left_out: u64,
    /// Whether those traces are not all of the minute before the answer, because they are the newest of many, or because
    /// not all are recorded. Each of them then stands for as many as there are in that minute for each of them, and as the
    /// sample rate of its trace says.
    pub estimated: bool,
    /// Whether everything in the log has been read since the start.
    pub indexed: bool,
}
