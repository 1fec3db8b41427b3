//! Errors of the user service.

use axum::response::{IntoResponse, Response};
use reelscope_contracts::api_problem::sentence;
use reelscope_contracts::users::{Limits, Seeding};
use reelscope_contracts::{AccountCode, ApiProblem, Code};
use reelscope_http::respond;
use reelscope_store::StoreError;
use reelscope_telemetry::CallError;

use crate::players::StakeRefusal;

/// Every error of this service.
#[derive(Debug, Clone, thiserror::Error)]
pub enum UserError {
    /// No player has this account code.
    #[error("no player has the account code {0}")]
    PlayerNotFound(AccountCode),
    /// The players are still being created, and this one does not exist yet.
    #[error("the player {0} does not exist yet: players are still being created")]
    NotSeededYet(AccountCode),
    /// The index cannot be switched while players are being created, because PoloDB would leave holes in it.
    #[error("players are still being created: {} of {}", .0.done, .0.total)]
    Seeding(Seeding),
    /// The index is already being created or dropped.
    #[error("the index of the players is being switched already")]
    Busy,
    /// The session is unknown or has ended.
    #[error("the session has expired; sign in again")]
    SessionExpired,
    /// The stake breaks a limit.
    #[error("the stake breaks a limit")]
    Stake(StakeRefusal, Limits),
    /// The balance is smaller than the stake.
    #[error("the balance is smaller than the stake")]
    InsufficientFunds,
    /// The payment service answered with an error.
    #[error("{}", .0.detail)]
    Payment(ApiProblem),
    /// The payment service did not answer.
    #[error("the payment service did not answer: {0}")]
    Unreachable(#[from] CallError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<&UserError> for ApiProblem {
    fn from(error: &UserError) -> Self {
        match error {
            UserError::PlayerNotFound(code) => Self::player_not_found(code.as_str()),
            UserError::NotSeededYet(code) => Self {
                retry_after: Some(2),
                ..Self::new(
                    Code::PlayerNotFound,
                    format!(
                        "Players are still being created and {code} does not exist yet; try again in a moment."
                    ),
                )
                .field("account_code")
            },
            UserError::Seeding(Seeding { done, total }) => Self {
                retry_after: Some(2),
                ..Self::new(
                    Code::ServiceUnavailable,
                    format!(
                        "The index can be switched once all players are created ({done} of {total} so far); try again in a moment."
                    ),
                )
            },
            UserError::Busy => Self {
                retry_after: Some(1),
                ..Self::new(
                    Code::ServiceUnavailable,
                    "The index is being switched already; try again in a moment.",
                )
            },
            UserError::SessionExpired => {
                Self::new(Code::SessionExpired, "The session has expired; sign in again.")
            }
            UserError::Stake(refusal, limits) => {
                Self::new(Code::StakeOutOfLimits, stake_sentence(*refusal, limits)).field("stake")
            }
            UserError::InsufficientFunds => Self::new(
                Code::InsufficientFunds,
                "The balance is smaller than the stake; lower the stake.",
            )
            .field("stake"),
            UserError::Payment(problem) => problem.clone(),
            UserError::Unreachable(CallError::Deadline) => Self::new(
                Code::DeadlineExceeded,
                "The payment service did not respond in time; try again.",
            ),
            UserError::Unreachable(_) => Self::new(
                Code::ServiceUnavailable,
                "The payment service cannot be reached; try again.",
            ),
            UserError::Store(StoreError::Full) => Self::disk_full(),
            UserError::Store(StoreError::System(_) | StoreError::Gone { .. }) => {
                Self::new(Code::ServiceUnavailable, sentence(&error.to_string()))
            }
            UserError::Store(_) => Self::new(Code::Internal, "The players could not be read; try again."),
        }
    }
}

fn stake_sentence(refusal: StakeRefusal, limits: &Limits) -> String {
    match refusal {
        StakeRefusal::TooSmall => format!("The smallest stake is {}.", limits.min_stake),
        StakeRefusal::TooLarge => format!("The largest stake is {}.", limits.max_stake),
        StakeRefusal::OffStep => format!("The stake must be a multiple of {}.", limits.stake_step),
    }
}

impl IntoResponse for UserError {
    fn into_response(self) -> Response {
        if let Self::Store(error) = &self {
            tracing::error!(%error, "store");
        }
        respond(ApiProblem::from(&self))
    }
}
