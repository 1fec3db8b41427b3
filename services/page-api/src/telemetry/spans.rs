//! One trace: its spans and log lines.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{ErrorEvent, Measurement, MeasurementPoint, Micros, Named, TraceSummary};

/// A span, or a transaction, which is the first span of a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Span {
    /// Id of the span.
    pub span_id: String,
    /// The span above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub parent_span_id: Option<String>,
    /// Whether it is a transaction.
    pub transaction: bool,
    /// Which service recorded it.
    pub service: String,
    /// Operation, such as `http.server`.
    pub op: String,
    /// Description of a span, name of a transaction.
    pub description: String,
    /// Start; where the oddities say `missing_start` the end, where they say `missing_time` the time of receipt.
    pub start_us: Micros,
    /// End; where the oddities say `missing_end` the start: how long it took is not known.
    pub end_us: Micros,
    /// Sentry's status, `ok` where there is none.
    pub status: String,
    /// Data (attributes) as recorded.
    #[schema(value_type = HashMap<String, Value>)]
    pub data: Named<Value>,
    /// Tags.
    pub tags: Named<String>,
    /// Measurements of a transaction.
    #[schema(value_type = HashMap<String, Measurement>)]
    pub measurements: Named<Measurement>,
    /// Release; absent for a span within a transaction, which names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub release: Option<String>,
    /// Environment; absent as the release is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub environment: Option<String>,
    /// `user.id`, its own or that of its transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub player: Option<String>,
    /// Everything a transaction says of its user.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    #[schema(value_type = HashMap<String, Value>)]
    pub user: Named<Value>,
    /// What a transaction says of the program that recorded it: its contexts by name, `server_name`, `dist`, `platform` and
    /// `sdk`. Empty for a span within a transaction, which says it.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    #[schema(value_type = HashMap<String, Value>)]
    pub resource: Named<Value>,
    /// What is odd about it, such as `missing_end`, `clock_skew` or `clock_corrected`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub oddities: Vec<String>,
    /// The envelope that brought it.
    pub seq: u64,
}

/// A line of structured log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LogLine {
    /// When.
    pub at_us: Micros,
    /// `trace`, `debug`, `info`, `warn`, `error` or `fatal`.
    pub level: String,
    /// The text.
    pub message: String,
    /// Which service wrote it.
    pub service: String,
    /// The span it was written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub span_id: Option<String>,
    /// Attributes as recorded.
    #[schema(value_type = HashMap<String, Value>)]
    pub attributes: Named<Value>,
    /// Whether it brought no time, or one that cannot be: `at_us` is then the time of receipt.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub time_is_received: bool,
    /// Whether the clock of its sender was off and its times are corrected, as Relay does by `sent_at`.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub clock_corrected: bool,
    /// Whether it lies before or after all spans of its trace; told with a trace only.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub outside: bool,
    /// The envelope that brought it.
    pub seq: u64,
}

/// A transaction without a parent beside the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OtherRoot {
    /// Id of its span.
    pub span_id: String,
    /// Its name.
    pub name: String,
    /// Its service.
    pub service: String,
    /// Start.
    pub start_us: Micros,
    /// Length.
    pub duration_us: Micros,
}

/// `GET /traces/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TraceDetail {
    /// The same line as in the list.
    pub summary: TraceSummary,
    /// Transactions without a parent beside the root, by start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_roots: Vec<OtherRoot>,
    /// All spans, by start. Ids may repeat and parents may be missing; the oddities say so.
    pub spans: Vec<Span>,
    /// Errors, by time.
    pub errors: Vec<ErrorEvent>,
    /// Log lines, by time.
    pub logs: Vec<LogLine>,
    /// Metrics recorded in this trace, by time.
    pub metrics: Vec<MeasurementPoint>,
    /// The envelopes it was read from.
    pub envelopes: Vec<u64>,
}
