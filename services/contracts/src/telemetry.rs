//! What the collector's viewer answers: traces, issues, measurements, and the state of delivery.
//!
//! Times of spans are microseconds since the Unix epoch, those of envelopes milliseconds. Ids are lower-case hex
//! without dashes, as Sentry writes them. Words that a machine may decide by (`status`, `reason`, `oddities`,
//! `code`) are stable; sentences are not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::UnixMillis;

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

/// The value below or at which at least `percent` of the sorted values lie: the nearest-rank method (Hyndman and Fan 1996,
/// definition 1), so that it is always one that was measured. 0 for none.
#[must_use]
pub fn nearest_rank(sorted: &[Micros], percent: usize) -> Micros {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(0)
}

/// How many of its kind something stands for that was recorded at this share of traces, above 0: one over it (Horvitz and
/// Thompson 1952). Without one it stands for itself.
#[must_use]
pub fn weight(sample_rate: Option<f64>) -> f64 {
    sample_rate.map_or(1.0, f64::recip)
}

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
    /// Whether it ended well: no errors, and a status that [is no failure](is_failure).
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
    /// Problems that the tags `problem` and `problem.*` name.
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
    #[serde(default, skip_serializing_if = "is_false")]
    pub time_is_received: bool,
    /// Whether the clock of its sender was off and its times are corrected, as Relay does by `sent_at`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub clock_corrected: bool,
    /// Whether it lies before or after all spans of its trace; told with a trace only.
    #[serde(default, skip_serializing_if = "is_false")]
    pub outside: bool,
    /// The envelope that brought it.
    pub seq: u64,
}

/// A line of a stack trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Frame {
    /// Function.
    pub function: String,
    /// Module, where it differs from the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub module: Option<String>,
    /// File.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub file: Option<String>,
    /// Line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub line: Option<u64>,
    /// Whether it is the application's own code.
    pub in_app: bool,
    /// The line itself, where the event brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub context_line: Option<String>,
    /// Lines of source before it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pre_context: Vec<String>,
    /// Lines of source after it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_context: Vec<String>,
}

/// One exception of those that an event tells of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Exception {
    /// Type.
    pub kind: String,
    /// Value.
    pub value: String,
    /// Module of the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub module: Option<String>,
    /// Type of the mechanism that caught it, such as `chained`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub mechanism: Option<String>,
    /// Whether the code caught it; absent where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub handled: Option<bool>,
    /// Its number in the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub exception_id: Option<u64>,
    /// Number of the exception that it is the cause of, or the group that it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub parent_id: Option<u64>,
    /// Where its parent holds it, such as `__cause__` or `exceptions[0]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub source: Option<String>,
    /// Whether it only holds others.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_exception_group: bool,
    /// Stack, the innermost frame first.
    pub frames: Vec<Frame>,
    /// Frames that there were; more than are told where the outermost are left out.
    #[serde(default)]
    #[schema(required)]
    pub frames_total: u64,
}

/// What puts events into one issue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupedBy {
    /// The fingerprint that the event brought.
    Fingerprint,
    /// Types of its exceptions, and the application's own frames.
    Stack,
    /// The same with all frames, since none is the application's own.
    SystemStack,
    /// Types and values of its exceptions, since there are no frames.
    Exception,
    /// The template of its message, or the message.
    #[default]
    Message,
}

/// Why an event is of its issue: events with the same parts are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Grouping {
    /// By what.
    pub by: GroupedBy,
    /// The parts that are compared, to be read.
    pub parts: Vec<String>,
    /// Parts that there are; more than are told where there are many.
    #[serde(default)]
    #[schema(required)]
    pub parts_total: u64,
}

/// What happened before an error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Breadcrumb {
    /// When, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub at_us: Option<Micros>,
    /// Category.
    pub category: String,
    /// Level.
    pub level: String,
    /// Text.
    pub message: String,
    /// Data as recorded.
    #[schema(value_type = HashMap<String, Value>)]
    pub data: Named<Value>,
}

/// An error event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ErrorEvent {
    /// Id of the event.
    pub event_id: String,
    /// The issue it belongs to.
    pub issue_id: String,
    /// Which service recorded it.
    pub service: String,
    /// When.
    pub at_us: Micros,
    /// `fatal`, `error`, `warning`, `info` or `debug`.
    pub level: String,
    /// Type of the exception that was seen, of a group that of the first in it; `message` for a plain message.
    pub kind: String,
    /// Value of that exception, or the message with its parameters filled in.
    pub value: String,
    /// Whether the code caught it; absent where the event does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub handled: Option<bool>,
    /// Transaction it happened in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub transaction: Option<String>,
    /// Trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub trace_id: Option<String>,
    /// Span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub span_id: Option<String>,
    /// Release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub release: Option<String>,
    /// Environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub environment: Option<String>,
    /// `user.id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub player: Option<String>,
    /// Tags.
    pub tags: Named<String>,
    /// Stack of that exception, the innermost frame first; where it has none that of the event or its thread.
    pub frames: Vec<Frame>,
    /// Frames that there were; more than are told where the outermost are left out.
    #[serde(default)]
    #[schema(required)]
    pub frames_total: u64,
    /// All exceptions, the one that was seen first, each followed by its causes, or by what is in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<Exception>,
    /// Exceptions that there were; more than are told where there are many.
    #[serde(default)]
    #[schema(required)]
    pub exceptions_total: u64,
    /// The newest breadcrumbs, oldest first.
    pub breadcrumbs: Vec<Breadcrumb>,
    /// Breadcrumbs that there were; more than are told where the oldest are left out.
    #[serde(default)]
    #[schema(required)]
    pub breadcrumbs_total: u64,
    /// Why it is of its issue.
    #[serde(default)]
    #[schema(required)]
    pub grouping: Grouping,
    /// Whether it brought no time, or one that cannot be: `at_us` is then the time of receipt.
    #[serde(default, skip_serializing_if = "is_false")]
    pub time_is_received: bool,
    /// Whether the clock of its sender was off and its times are corrected, as Relay does by `sent_at`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub clock_corrected: bool,
    /// Whether it lies before or after all spans of its trace; told with a trace only.
    #[serde(default, skip_serializing_if = "is_false")]
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

/// What people hold of an issue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssueStatus {
    /// It is open.
    #[default]
    Unresolved,
    /// Somebody said that it is mended, and it has not come back.
    Resolved,
    /// It was resolved, and is open again: it happened since then in that release or an older one, or in one of which it
    /// is not known whether it is later.
    Reopened,
    /// It was resolved and came back in a later release.
    Regressed,
}

/// How often a request ends in an issue: `failed` of `requests`, which are never fewer. Both are counted over all that is
/// kept. Errors are not sampled; where transactions are, each counts for as many as the sample rate of its trace says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestShare {
    /// The service that answers it.
    pub service: String,
    /// Name of its transaction.
    pub transaction: String,
    /// Traces with an event of the issue in such a transaction, and events of no trace.
    pub failed: u64,
    /// Such transactions.
    pub requests: u64,
    /// Whether `requests` is an estimate, since not all of them were recorded.
    #[serde(default)]
    #[schema(required)]
    pub estimated: bool,
}

/// An issue in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssueSummary {
    /// Stable over restarts: a hash of what groups its events.
    pub issue_id: String,
    /// Type of the exception.
    pub kind: String,
    /// Value of the newest event.
    pub value: String,
    /// Function and file the newest event comes from.
    pub culprit: String,
    /// Level of the newest event.
    pub level: String,
    /// Events.
    pub events: u64,
    /// Different players met, counted up to 1,000.
    pub players: u64,
    /// Services.
    pub services: Vec<String>,
    /// Releases it was seen in, oldest first where they are semantic versions, else in the order of the alphabet.
    pub releases: Vec<String>,
    /// First event.
    pub first_seen_us: Micros,
    /// Newest event.
    pub last_seen_us: Micros,
    /// Some of its traces, newest first.
    pub trace_ids: Vec<String>,
    /// The request that it befalls most often; absent where no event names one that was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub share: Option<RequestShare>,
    /// Whether it is open.
    #[serde(default)]
    #[schema(required)]
    pub status: IssueStatus,
    /// The release in force when it was resolved, as far as its services had told; or a later one that it had been seen in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub resolved_in: Option<String>,
    /// The later release that it came back in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub regressed_in: Option<String>,
    /// The release that it still happens in; absent where the event that opened it again names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reopened_in: Option<String>,
}

/// `POST /issues/{id}`; answered with the issue's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeIssue {
    /// What it shall be.
    pub status: IssueDecision,
}

/// What a person may say of an issue; that it regressed is for the collector to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssueDecision {
    /// It is mended.
    Resolved,
    /// It is open.
    Unresolved,
}

/// `GET /issues`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Issues {
    /// Last seen first.
    pub issues: Vec<IssueSummary>,
    /// Whether everything in the log has been read since the start.
    pub indexed: bool,
}

/// `GET /issues/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IssueDetail {
    /// The same line as in the list.
    pub summary: IssueSummary,
    /// Its newest events, newest first.
    pub events: Vec<ErrorEvent>,
    /// Times of its newest events, at most 2,000, oldest first: those of `events` and more.
    #[serde(default)]
    #[schema(required)]
    pub times_us: Vec<Micros>,
}

/// What was done, how often and how fast.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MapTraffic {
    /// Requests, or calls.
    pub calls: u64,
    /// Requests, or calls, a minute: those that began in the minute before the answer. Estimated where the map says so.
    pub per_minute: u64,
    /// Those whose status [is a failure](is_failure).
    pub errors: u64,
    /// The duration that half of them do not exceed (nearest rank).
    pub p50_us: Micros,
    /// The duration that 95 of 100 do not exceed.
    pub p95_us: Micros,
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

/// Where an envelope stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnvelopeState {
    /// Kept, and to be sent as soon as it may.
    Held,
    /// Sentry has it.
    Delivered,
    /// It will not be sent, unless it is retried by hand; the reason says why.
    Dead,
}

/// An envelope in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnvelopeSummary {
    /// Number of the envelope, from 1.
    pub seq: u64,
    /// Which door it came through: a service's name, `frontend`, or `external`.
    pub slot: String,
    /// When it came.
    pub received_at: UnixMillis,
    /// Bytes as received.
    pub bytes: u64,
    /// What it holds, in Sentry's words: `error`, `transaction`, `log_item`, …
    pub categories: Vec<String>,
    /// Where it stands.
    pub state: EnvelopeState,
    /// Why it is held or dead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<String>,
}

/// `GET /envelopes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Envelopes {
    /// Newest first.
    pub envelopes: Vec<EnvelopeSummary>,
    /// Ask with `before` set to this for the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next: Option<u64>,
}

/// One item of an envelope, readable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EnvelopeItem {
    /// Its header.
    pub header: Value,
    /// Bytes of its payload.
    pub bytes: u64,
    /// The payload, where it is JSON and not larger than 1 MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub json: Option<Value>,
    /// The payload, where it is text but not JSON, cut after 64 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub text: Option<String>,
}

/// `GET /envelopes/{seq}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EnvelopeDetail {
    /// The same line as in the list.
    pub summary: EnvelopeSummary,
    /// Its header.
    pub header: Value,
    /// Its items.
    pub items: Vec<EnvelopeItem>,
}

/// The four numbers of which nothing may go missing: `captured = delivered + held + dead`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryCounts {
    /// Envelopes taken, ever.
    pub captured: u64,
    /// Envelopes that Sentry has.
    pub delivered: u64,
    /// Envelopes kept to be sent.
    pub held: u64,
    /// Envelopes that will not be sent by themselves.
    pub dead: u64,
}

/// A category that Sentry does not take at the moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActiveLimit {
    /// Masked DSN.
    pub destination: String,
    /// Category, or `all`.
    pub category: String,
    /// When it ends.
    pub until: UnixMillis,
}

/// A place that envelopes are sent to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DestinationStatus {
    /// The slot with a DSN of its own; absent for the common one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub slot: Option<String>,
    /// Masked DSN.
    pub dsn: String,
    /// When the next attempt is made, while it cannot be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next_attempt_at: Option<UnixMillis>,
}

/// The last thing that went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryError {
    /// Stable code, the same words as [`TestOutcome::code`].
    pub code: String,
    /// One sentence.
    pub detail: String,
    /// What the sentence names, as [`TestOutcome::params`].
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub params: Named<String>,
    /// Masked DSN.
    pub destination: String,
    /// When.
    pub at: UnixMillis,
}

/// Something that a person should know about the collector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Notice {
    /// Stable code, with what [`Notice::params`] has for it: `disk_failed` (`cause`), `telemetry_damaged` (`cause`),
    /// `earlier_format` (`copy`: a path), `envelope_refused` (`cause`), `evicted` (`count`), `no_trust_store` (`cause`),
    /// `issue_statuses_damaged` (`cause`), `index_defect` (`seq`, `cause`), `delivery_defect` (`cause`),
    /// `request_defect` (`seq`, `cause`).
    pub code: String,
    /// One sentence.
    pub detail: String,
    /// What the sentence names, so that it can be said in another language. Causes are as the system puts them.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub params: Named<String>,
    /// When it was noticed.
    pub at: UnixMillis,
}

impl Notice {
    /// The notice with one more parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }
}

/// A request that a door refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Refusal {
    /// Stable code of the problem that it was answered with.
    pub code: String,
    /// The sentence of that problem, at most 400 bytes. It quotes nothing of what was sent.
    pub detail: String,
    /// What was to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub field: Option<String>,
    /// What the sender calls itself, such as `sentry.python/2.75.0`, at most 100 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub client: Option<String>,
    /// When.
    pub at: UnixMillis,
}

/// `GET /delivery`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// The four numbers.
    #[serde(flatten)]
    pub counts: DeliveryCounts,
    /// Held envelopes by reason: `waiting`, `rate_limited`, `paused`, `no_destination`, `other_destination`.
    pub held_by_reason: Named<u64>,
    /// Dead envelopes by reason.
    pub dead_by_reason: Named<u64>,
    /// Requests to the doors that were refused, and envelopes of our own that were not taken, since the start; not among
    /// the captured.
    pub refused: u64,
    /// The requests among them, by the code of the problem that they were answered with.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub refused_by_code: Named<u64>,
    /// The newest of those, at most ten, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<Refusal>,
    /// What SDKs say they lost before the collector saw it, by `reason/category`.
    pub lost_by_sdks: Named<u64>,
    /// Sessions that SDKs reported.
    pub sessions: u64,
    /// Whether envelopes are being sent.
    pub sending: bool,
    /// Whether envelopes that come are scrubbed before they are kept.
    pub scrubbing: bool,
    /// Requests under way.
    pub in_flight: u64,
    /// Where to.
    pub destinations: Vec<DestinationStatus>,
    /// Rate limits that are in force.
    pub rate_limits: Vec<ActiveLimit>,
    /// The last failure since the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub last_error: Option<DeliveryError>,
    /// What a person should know.
    pub notices: Vec<Notice>,
    /// Bytes on disk.
    pub bytes: u64,
    /// Whether everything in the log has been read since the start.
    pub indexed: bool,
}

/// `POST /delivery/retry`: brings dead letters back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryDead {
    /// One envelope; all of them when absent.
    #[serde(default)]
    pub seq: Option<u64>,
}

/// What to do with envelopes that were captured for another destination than today's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeldAction {
    /// Send them to today's.
    Send,
    /// Never send them.
    Discard,
}

/// `POST /delivery/held`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideHeld {
    /// What to do.
    pub action: HeldAction,
}

/// How many envelopes a request changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Changed {
    /// Envelopes.
    pub changed: u64,
}

/// `POST /delivery/test`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestDelivery {
    /// The DSN to try; the one in use when absent.
    #[serde(default)]
    pub dsn: Option<String>,
}

/// What a test envelope met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestOutcome {
    /// Whether Sentry took it.
    pub ok: bool,
    /// `ok`, `dsn_invalid`, `no_destination`, `dns`, `refused`, `tls`, `proxy`, `unauthorized`, `forbidden`,
    /// `not_found`, `rejected`, `too_large`, `rate_limited`, `timeout`, `server_error`, `not_sentry` or `network`.
    pub code: String,
    /// One sentence.
    pub detail: String,
    /// What the sentence names, so that it can be said in another language: `status` (of HTTP), `said` (by Sentry),
    /// `cause` (by the system); for `dsn_invalid` `reason`, which is one of `empty`, `not_a_url`, `scheme`, `no_key`,
    /// `odd_key`, `no_host`, `no_project`, `odd_project` and `trailing`.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub params: Named<String>,
    /// Masked DSN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub destination: Option<String>,
    /// Milliseconds it took.
    pub elapsed_ms: u64,
}
