//! Envelopes, and what became of them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::Named;
use reelscope_contracts::UnixMillis;

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
    /// What is odd about its content, each word once. `transaction_without_trace`, `span_without_trace` and
    /// `log_without_trace` are on no other page; of what is `unreadable_item` some may be.
    pub oddities: Vec<String>,
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
