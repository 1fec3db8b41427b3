//! What the gateway refuses or cannot do.

use axum::response::{IntoResponse, Response};
use reelscope_contracts::{ApiProblem, Code, RoundId, StakeStatus};
use reelscope_http::respond;
use reelscope_telemetry::CallError;

/// Every failure of the gateway.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// No session token, or one this gateway did not sign.
    #[error("sign in first: POST /api/v1/sessions, then send the token as `Authorization: Bearer …`")]
    Unauthorized,
    /// The token is over.
    #[error("the session has expired; sign in again")]
    SessionExpired,
    /// No key on a request that moves money.
    #[error("send a unique key as the header Idempotency-Key, 1 to 128 printable characters")]
    KeyMissing,
    /// The bucket is empty.
    #[error("too many requests; try again in {0} s")]
    RateLimited(u64),
    /// A service behind answered with a problem.
    #[error("{}", .0.detail)]
    Service(ApiProblem),
    /// A service behind did not answer.
    #[error("the {0} did not answer: {1}")]
    NoReply(&'static str, CallError),
    /// A spin failed; this is what became of its stake.
    #[error("{}", .source.to_string())]
    Spin {
        /// Why.
        source: Box<GatewayError>,
        /// Which round.
        round_id: RoundId,
        /// What happened to the stake.
        stake: StakeStatus,
    },
}

impl From<&GatewayError> for ApiProblem {
    fn from(error: &GatewayError) -> Self {
        match error {
            GatewayError::Unauthorized => Self::new(
                Code::Unauthorized,
                "Sign in first: POST /api/v1/sessions, then send the token as `Authorization: Bearer …`.",
            )
            .field("Authorization"),
            GatewayError::SessionExpired => {
                Self::new(Code::SessionExpired, "The session has expired; sign in again.")
            }
            GatewayError::KeyMissing => Self::new(
                Code::IdempotencyKeyMissing,
                "Send a unique key as the header Idempotency-Key, 1 to 128 printable characters.",
            )
            .field("Idempotency-Key"),
            GatewayError::RateLimited(seconds) => Self {
                retry_after: Some(*seconds),
                ..Self::new(
                    Code::RateLimited,
                    format!("Too many requests; try again in {seconds} s."),
                )
            },
            GatewayError::Service(problem) => problem.clone(),
            GatewayError::NoReply(service, CallError::Deadline) => Self::new(
                Code::DeadlineExceeded,
                format!("The {service} did not respond in time; try again."),
            ),
            GatewayError::NoReply(service, _) => Self::new(
                Code::ServiceUnavailable,
                format!("The {service} cannot be reached; try again."),
            ),
            GatewayError::Spin {
                source,
                round_id,
                stake,
            } => Self::from(source.as_ref()).stake(*stake, *round_id),
        }
    }
}

impl IntoResponse for GatewayError {
    fn into_response(self) -> Response {
        respond(ApiProblem::from(&self))
    }
}
