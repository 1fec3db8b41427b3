//! Problem details of RFC 9457 with stable codes: one sentence for a person, one code for a machine.

use serde::{Deserialize, Serialize};

use crate::RoundId;

/// Thiserror's texts are fragments; a problem's detail is a sentence.
#[must_use]
pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().collect::<String>());
    format!("{}{}.", first.unwrap_or_default(), chars.as_str())
}

/// The stable name of a problem. Clients translate and decide by it; the sentence beside it may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The page or client does not hold the token of this launch.
    LaunchTokenRequired,
    /// No session token, or one that this gateway did not sign.
    Unauthorized,
    /// The session token or the session behind it is over.
    SessionExpired,
    /// No player has this account code.
    PlayerNotFound,
    /// The available balance is smaller than the stake.
    InsufficientFunds,
    /// The stake is below the minimum, above the maximum or off the step.
    StakeOutOfLimits,
    /// A field is missing or holds what it cannot hold.
    InvalidRequest,
    /// The body is not JSON.
    MalformedJson,
    /// The body is not declared as `application/json`.
    UnsupportedMediaType,
    /// The body is larger than this server reads.
    PayloadTooLarge,
    /// A request that moves money came without `Idempotency-Key`.
    IdempotencyKeyMissing,
    /// The idempotency key was used with another body.
    IdempotencyConflict,
    /// Too many requests; `Retry-After` says when to come back.
    RateLimited,
    /// The `Host` header names another machine (DNS rebinding).
    ForeignHost,
    /// The `Origin` header names another site.
    ForeignOrigin,
    /// The payment provider refused; the stake went back.
    PaymentDeclined,
    /// The payment provider did not answer; the stake stays reserved until it is settled or returned.
    PaymentPending,
    /// What was sent is not a Sentry envelope; the field says where it breaks.
    EnvelopeMalformed,
    /// An envelope came without a DSN's key.
    DsnRequired,
    /// An envelope came with a key or project that is not this collector's.
    DsnRejected,
    /// A DSN that is to be sent to cannot be one.
    DsnInvalid,
    /// The demo's problem is in the wanted state already, or has nothing to be fixed.
    ProblemUnchanged,
    /// The demo's problem is being switched; wait for its end.
    ProblemSwitching,
    /// A measurement runs; wait for its end or cancel it.
    MeasurementUnderWay,
    /// What is shown was recorded, and nothing is played or changed.
    RecordingReadOnly,
    /// Virtual players running, and what is wanted needs the machine to itself; stop them first.
    TrafficRunning,
    /// The players are being written; what needs all of them has to wait.
    PlayersNotReady,
    /// A service behind this one cannot be reached.
    ServiceUnavailable,
    /// The disk is full; writes go on by themselves once there is room.
    DiskFull,
    /// A service behind this one did not answer in time.
    DeadlineExceeded,
    /// Nothing is at this address.
    NotFound,
    /// The address exists, the method does not.
    MethodNotAllowed,
    /// A defect of ours, or a code this build does not know.
    #[serde(other)]
    Internal,
}

impl Code {
    /// The code as it stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// Short title, the same for every occurrence (RFC 9457 §3.1.3).
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.row().2
    }

    /// The status that goes with the code.
    #[must_use]
    pub const fn status(self) -> u16 {
        self.row().1
    }

    /// Code, status and title of each.
    const fn row(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::LaunchTokenRequired => ("launch_token_required", 401, "Launch token required"),
            Self::Unauthorized => ("unauthorized", 401, "Not signed in"),
            Self::SessionExpired => ("session_expired", 401, "Session expired"),
            Self::PlayerNotFound => ("player_not_found", 404, "Player not found"),
            Self::InsufficientFunds => ("insufficient_funds", 402, "Insufficient funds"),
            Self::StakeOutOfLimits => ("stake_out_of_limits", 422, "Stake out of limits"),
            Self::InvalidRequest => ("invalid_request", 422, "Invalid request"),
            Self::MalformedJson => ("malformed_json", 400, "Malformed JSON"),
            Self::UnsupportedMediaType => ("unsupported_media_type", 415, "Unsupported media type"),
            Self::PayloadTooLarge => ("payload_too_large", 413, "Payload too large"),
            Self::IdempotencyKeyMissing => ("idempotency_key_missing", 400, "Idempotency key missing"),
            Self::IdempotencyConflict => ("idempotency_conflict", 409, "Idempotency key reused"),
            Self::RateLimited => ("rate_limited", 429, "Too many requests"),
            Self::ForeignHost => ("foreign_host", 403, "Host not allowed"),
            Self::ForeignOrigin => ("foreign_origin", 403, "Origin not allowed"),
            Self::PaymentDeclined => ("payment_declined", 502, "Payment declined"),
            Self::PaymentPending => ("payment_pending", 504, "Payment outcome unknown"),
            Self::EnvelopeMalformed => ("envelope_malformed", 400, "Malformed envelope"),
            Self::DsnRequired => ("dsn_required", 401, "DSN required"),
            Self::DsnRejected => ("dsn_rejected", 403, "DSN rejected"),
            Self::DsnInvalid => ("dsn_invalid", 422, "Invalid DSN"),
            Self::ProblemUnchanged => ("problem_unchanged", 409, "Nothing to change"),
            Self::ProblemSwitching => ("problem_switching", 409, "Change in progress"),
            Self::MeasurementUnderWay => ("measurement_under_way", 409, "Measurement in progress"),
            Self::RecordingReadOnly => ("recording_read_only", 403, "Recording is read-only"),
            Self::TrafficRunning => ("traffic_running", 409, "Virtual players running"),
            Self::PlayersNotReady => ("players_not_ready", 409, "Players are being created"),
            Self::ServiceUnavailable => ("service_unavailable", 503, "Service unavailable"),
            Self::DiskFull => ("disk_full", 503, "Disk full"),
            Self::DeadlineExceeded => ("deadline_exceeded", 504, "Deadline exceeded"),
            Self::NotFound => ("not_found", 404, "Not found"),
            Self::MethodNotAllowed => ("method_not_allowed", 405, "Method not allowed"),
            Self::Internal => ("internal", 500, "Internal error"),
        }
    }
}

/// Where the stake of a round stands. The payment service is the only one that knows, and so the only one that says
/// anything but [`StakeStatus::Unknown`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StakeStatus {
    /// Nothing was reserved.
    Untouched,
    /// It is reserved and no payout is known; the payment service returns it by itself unless the round goes on.
    Reserved,
    /// It was reserved and is back in the balance.
    Returned,
    /// It is reserved and the payout is known; the payment service settles or returns it by itself.
    Pending,
    /// It was taken, and the payout, if there was one, is in the balance.
    Paid,
    /// The payment service could not be asked, or a build that is older than its word reads this.
    #[serde(other)]
    Unknown,
}

/// A problem as RFC 9457 writes it, with our members `code`, `field`, `stake_status` and `round_id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiProblem {
    /// `urn:reelscope:problem:<code>`.
    #[serde(rename = "type")]
    pub type_uri: String,
    /// Short title of the code.
    pub title: String,
    /// The HTTP status, repeated.
    pub status: u16,
    /// One clear sentence that says what to do.
    pub detail: String,
    /// The stable code.
    pub code: Code,
    /// Path of the offending field in the request body, or the name of the header or of the part of the path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub field: Option<String>,
    /// What happened to the stake, on problems of a spin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub stake_status: Option<StakeStatus>,
    /// The round that the problem belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = "uuid", nullable = false))]
    pub round_id: Option<RoundId>,
    /// Seconds after which to try again; sent as the header `Retry-After` too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub retry_after: Option<u64>,
}

impl ApiProblem {
    /// A problem with the status and title of its code.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            type_uri: format!("urn:reelscope:problem:{}", code.as_str()),
            title: code.title().to_owned(),
            status: code.status(),
            detail: detail.into(),
            code,
            field: None,
            stake_status: None,
            round_id: None,
            retry_after: None,
        }
    }

    /// A request whose `Host` names another server than the one that it reached.
    #[must_use]
    pub fn foreign_host() -> Self {
        Self::new(
            Code::ForeignHost,
            "This server accepts requests only at its own address on this computer.",
        )
        .field("Host")
    }

    /// No player has this account code.
    #[must_use]
    pub fn player_not_found(account_code: &str) -> Self {
        Self::new(
            Code::PlayerNotFound,
            format!("No player has the account code {account_code}; codes run from RS-000001."),
        )
        .field("account_code")
    }

    /// A write that found no room.
    #[must_use]
    pub fn disk_full() -> Self {
        Self {
            retry_after: Some(1),
            ..Self::new(
                Code::DiskFull,
                "The disk is full; free some space, and Reelscope goes on by itself.",
            )
        }
    }

    /// The same problem under another status, where a protocol asks for it.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same problem, blamed on a field.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same problem, with what happened to the stake of which round.
    #[must_use]
    pub fn stake(mut self, status: StakeStatus, round_id: RoundId) -> Self {
        self.stake_status = Some(status);
        self.round_id = Some(round_id);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_in_json_is_the_code_in_the_table() {
        let all = [
            Code::LaunchTokenRequired,
            Code::Unauthorized,
            Code::SessionExpired,
            Code::PlayerNotFound,
            Code::InsufficientFunds,
            Code::StakeOutOfLimits,
            Code::InvalidRequest,
            Code::MalformedJson,
            Code::UnsupportedMediaType,
            Code::PayloadTooLarge,
            Code::IdempotencyKeyMissing,
            Code::IdempotencyConflict,
            Code::RateLimited,
            Code::ForeignHost,
            Code::ForeignOrigin,
            Code::PaymentDeclined,
            Code::PaymentPending,
            Code::EnvelopeMalformed,
            Code::DsnRequired,
            Code::DsnRejected,
            Code::DsnInvalid,
            Code::ServiceUnavailable,
            Code::DiskFull,
            Code::DeadlineExceeded,
            Code::NotFound,
            Code::MethodNotAllowed,
            Code::Internal,
        ];
        for code in all {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }

    #[test]
    fn a_code_of_a_newer_build_is_read_as_internal() {
        assert_eq!(
            serde_json::from_str::<Code>("\"invented_tomorrow\"").unwrap(),
            Code::Internal
        );
        assert_eq!(
            serde_json::from_str::<StakeStatus>("\"invented_tomorrow\"").unwrap(),
            StakeStatus::Unknown
        );
    }
}
