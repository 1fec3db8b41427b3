//! What the collector's viewer answers: traces, issues, measurements, and the state of delivery.
//!
//! Times of spans are microseconds since the Unix epoch, those of envelopes milliseconds. Ids are lower-case hex
//! without dashes, as Sentry writes them. Words that a machine may decide by (`status`, `reason`, `oddities`,
//! `code`) are stable; sentences are not.

mod delivery;
mod errors;
mod issues;
mod measurements;
mod service_map;
mod spans;
mod traces;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use delivery::{
    ActiveLimit, Changed, DecideHeld, Delivery, DeliveryCounts, DeliveryError, DestinationStatus,
    EnvelopeDetail, EnvelopeItem, EnvelopeState, EnvelopeSummary, Envelopes, HeldAction, Notice, Refusal,
    RetryDead, TestDelivery, TestOutcome,
};
pub use errors::{Breadcrumb, ErrorEvent, Exception, Frame, GroupedBy, Grouping};
pub use issues::{
    ChangeIssue, EventCounts, IssueDecision, IssueDetail, IssueStakes, IssueStatus, IssueSummary, Issues,
    RequestShare,
};
pub use measurements::{MeasurementPoint, Measurements};
pub use service_map::{MapEdge, MapNode, MapTraffic, NodeKind, ServiceMap};
pub use spans::{LogLine, OtherRoot, Span, TraceDetail};
pub use traces::{ExternalShare, PathShare, ServiceShare, TraceSummary, Traces};

/// Microseconds since the Unix epoch, UTC; or, where a name says so, a span of them.
pub type Micros = i64;

/// Names things by string, in the order of the alphabet.
pub type Named<T> = BTreeMap<String, T>;

/// A number with its unit, as Sentry keeps them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Measurement {
    /// The number.
    pub value: f64,
    /// Sentry's name of the unit; `none` for a bare number.
    pub unit: String,
}

// What serde asks for takes a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Whether a status, of a span or of a trace, says that it went wrong. One that says nothing does not, and what was
/// cancelled or is unknown is none in Sentry's failure rate either.
#[must_use]
pub fn is_failure(status: &str) -> bool {
    !matches!(status, "ok" | "unset" | "unknown" | "cancelled" | "")
}

/// The index of the value below or at which at least `percent` of `count` sorted values lie: the nearest-rank method
/// (Hyndman and Fan 1996, definition 1). 0 for none.
#[must_use]
pub const fn rank_index(count: usize, percent: usize) -> usize {
    (count * percent).div_ceil(100).saturating_sub(1)
}

/// The value at [`rank_index`], so that it is always one that was measured; the default for none.
#[must_use]
pub fn nearest_rank<T: Copy + Default>(sorted: &[T], percent: usize) -> T {
    let index = rank_index(sorted.len(), percent);
    sorted.get(index).copied().unwrap_or_default()
}

/// How many of its kind something stands for that was recorded at this share of traces, above 0: one over it (Horvitz and
/// Thompson 1952). Without one it stands for itself.
#[must_use]
pub fn weight(sample_rate: Option<f64>) -> f64 {
    sample_rate.map_or(1.0, f64::recip)
}
