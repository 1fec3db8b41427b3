//! The lines of the list of traces.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Measurement, Micros, Named};

/// What one service did in a trace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceShare {
    /// The service.
    pub service: String,
    /// Transactions it recorded.
    pub transactions: u32,
    /// Errors it recorded.
    pub errors: u32,
    /// Requests it answered: its transactions of operation `http.server`.
    #[serde(default)]
    #[schema(required)]
    pub requests: u32,
    /// Of them, those that it answered with a 5xx.
    #[serde(default)]
    #[schema(required)]
    pub failed_requests: u32,
    /// Microseconds of its transactions, less those in which it waited for an outgoing HTTP request.
    pub own_us: Micros,
    /// Microseconds of its transactions in which it waited for an outgoing HTTP request.
    pub waiting_us: Micros,
}

/// For whom the services of a trace waited that recorded nothing in it themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExternalShare {
    /// What the calls name: their `peer.service`, else their `server.address`.
    pub peer: String,
    /// Microseconds of the outgoing HTTP requests to it; of those at the same time each counts.
    pub waiting_us: Micros,
}

/// What the critical path of a trace owes to one service or peer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PathShare {
    /// A service, or the peer of a call that nobody answered in this trace.
    pub actor: String,
    /// Its time on the critical path, in microseconds.
    pub time_us: Micros,
}

/// A trace in one line. All of its figures are those of one root: the earliest transaction without a parent; while there is
/// none the earliest transaction, else the earliest span.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TraceSummary {
    /// Id of the trace.
    pub trace_id: String,
    /// Name of the root; of a trace without spans the transaction or the kind of its first error, else its first log line.
    pub name: String,
    /// Operation of the root.
    pub op: String,
    /// Service of the root; of a trace without spans that of its first error, else of its first log line.
    pub service: String,
    /// Span id of the root; absent where there are no spans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub root_span_id: Option<String>,
    /// Number of the first envelope that told of it. In this order traces arrived, whatever the clock did meanwhile.
    #[serde(default)]
    #[schema(required)]
    pub first_envelope: u64,
    /// Earliest start of any span that has a time of its own; where there is none, of any error or log line. Errors and log
    /// lines never move a trace that has spans.
    pub start_us: Micros,
    /// From the earliest start to the latest end of the same.
    pub duration_us: Micros,
    /// Length of the root: what whoever began the trace waited for. Work in the background may go on after it.
    pub root_us: Micros,
    /// Whether nobody knows how long it lasted: it has no spans, or its root lacks its start or its end. `root_us` is 0
    /// then.
    #[serde(default, skip_serializing_if = "super::is_false")]
    #[schema(required = false)]
    pub duration_unknown: bool,
    /// How long spans go on after the root ended; 0 while the root is not there, and where there are several: nobody knows
    /// then what is in the background of which.
    #[serde(default)]
    #[schema(required)]
    pub background_us: Micros,
    /// Spans, transactions included.
    pub spans: u32,
    /// Transactions.
    pub transactions: u32,
    /// Errors: events of level `error` or `fatal`, and exceptions that nobody caught.
    pub errors: u32,
    /// Events that are no errors: of level `warning`, `info` or `debug`.
    #[serde(default)]
    #[schema(required)]
    pub messages: u32,
    /// Log lines.
    pub logs: u32,
    /// `ok`, or Sentry's status of the root; `error` when errors belong to the trace and the root's status is no failure.
    pub status: String,
    /// Whether it ended well: no errors, and a status that is no failure.
    pub ok: bool,
    /// Release of the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub release: Option<String>,
    /// Environment of the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub environment: Option<String>,
    /// `user.id`, from whichever part of the trace has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub player: Option<String>,
    /// Measurements of all transactions; the root's win.
    #[schema(value_type = HashMap<String, Measurement>)]
    pub measurements: Named<Measurement>,
    /// ISO 4217 code of its money, which the root's data name, or those of whichever span comes next to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub currency: Option<String>,
    /// Where the stake of its round stands, by the latest transaction that says so: `untouched`, `reserved`, `pending`,
    /// `returned`, `paid` or `unknown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub stake_status: Option<String>,
    /// Problems that the tag `problems` names.
    pub problems: Vec<String>,
    /// Problems that the tag `problems.fixed` names: they are there, and are coped with.
    #[serde(default)]
    #[schema(required)]
    pub problems_fixed: Vec<String>,
    /// Faults that the tag `faults` names.
    #[serde(default)]
    #[schema(required)]
    pub faults: Vec<String>,
    /// Share of traces that its head records, above 0 and below 1; absent where that is all of them, or is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sample_rate: Option<f64>,
    /// Whether it was begun by traffic that is generated, as the tag `traffic` says.
    #[serde(default)]
    #[schema(required)]
    pub virtual_player: bool,
    /// One entry a service.
    pub services: Vec<ServiceShare>,
    /// One entry for each peer outside of them, by name.
    #[serde(default)]
    #[schema(required)]
    pub external: Vec<ExternalShare>,
    /// Where the time of the root went: the shares of the critical path, the largest first, which sum to `root_us`. Empty
    /// while its root is not there, and for a trace of more than 1,000 spans.
    #[serde(default)]
    #[schema(required)]
    pub critical_path: Vec<PathShare>,
    /// What is odd about it, such as `missing_root` or `negative_duration`.
    pub oddities: Vec<String>,
    /// How many entries of the lists of this line are not told, by the list's name, counted up to 1,000. All of the lists
    /// together are bounded in bytes.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub left_out: Named<u32>,
}

/// `GET /traces`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Traces {
    /// Newest first.
    pub traces: Vec<TraceSummary>,
    /// Ask with this for the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next: Option<String>,
    /// Traces, on whichever page, that began in the minute before the answer.
    pub last_minute: u64,
    /// Whether that is an estimate, since not all of them were recorded.
    #[serde(default)]
    #[schema(required)]
    pub last_minute_estimated: bool,
    /// Whether everything in the log has been read since the start.
    pub indexed: bool,
}
