//! Measurements of root transactions.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Micros, Named};

/// One number at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MeasurementPoint {
    /// When: the start of the transaction, or the time of the metric.
    pub at_us: Micros,
    /// Name.
    pub name: String,
    /// The number.
    pub value: f64,
    /// Unit, as Sentry names it.
    pub unit: String,
    /// `measurement` of a transaction, or the kind of a metric: `counter`, `gauge`, `distribution`.
    pub kind: String,
    /// Trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub trace_id: Option<String>,
    /// Service.
    pub service: String,
    /// Release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub release: Option<String>,
}

/// `GET /measurements`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Measurements {
    /// Every name with the number of its points.
    pub names: Named<u64>,
    /// Points, newest first.
    pub points: Vec<MeasurementPoint>,
    /// Whether everything in the log has been read since the start.
    pub indexed: bool,
}
