//! Errors in groups, and what people decide of them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ErrorEvent, Micros};

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

/// Where the stakes of the spins stand that met an issue, in one currency. Amounts are in its major units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IssueStakes {
    /// ISO 4217 code.
    pub currency: String,
    /// Spins.
    pub spins: u64,
    /// Reserved: neither settled nor returned yet.
    pub held: f64,
    /// Back in the balances.
    pub returned: f64,
    /// Settled with their payouts.
    pub settled: f64,
}

/// How many events came in each interval of equal length.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventCounts {
    /// Start of the first interval.
    pub from_us: Micros,
    /// Length of an interval, in microseconds. Their starts are multiples of it.
    pub each_us: Micros,
    /// Events in each of them, 40 at most. The last interval is that of the latest event.
    pub counts: Vec<u32>,
}

/// An issue in one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
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
    /// Number of the envelope of the newest event. In this order events arrived, whatever the clock did meanwhile.
    pub last_envelope: u64,
    /// Time of the earliest event.
    pub first_seen_us: Micros,
    /// Time of the latest event, by the clocks of those who sent them.
    pub last_seen_us: Micros,
    /// How its newest 1,000 events came.
    pub recent: EventCounts,
    /// Where the stakes of the spins stand in whose traces its newest 1,000 events are, by currency.
    pub stakes: Vec<IssueStakes>,
    /// Some of its traces, that of the newest event first.
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Issues {
    /// In the order of their newest events, the last that arrived first.
    pub issues: Vec<IssueSummary>,
    /// Whether everything in the log has been read since the start.
    pub indexed: bool,
}

/// `GET /issues/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IssueDetail {
    /// The same line as in the list.
    pub summary: IssueSummary,
    /// The last of its events that arrived, the last first.
    pub events: Vec<ErrorEvent>,
    /// Times of the last of its events that arrived, at most 2,000, the earliest time first: those of `events` and more.
    #[serde(default)]
    #[schema(required)]
    pub times_us: Vec<Micros>,
}
