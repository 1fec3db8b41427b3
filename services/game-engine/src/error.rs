//! Errors of the game engine.

use axum::response::{IntoResponse, Response};
use reelscope_contracts::{ApiProblem, Code, Money, RoundId};
use reelscope_http::respond;
use reelscope_store::StoreError;

use crate::evaluate::StakeError;
use crate::health::HealthFailure;

/// Every error of this service.
#[derive(Debug, Clone, thiserror::Error)]
pub enum GameError {
    /// The stake does not divide over the paylines, or is too large to evaluate.
    #[error("the stake does not fit the game: {0}")]
    Stake(StakeError),
    /// The seed is not 16 hex digits.
    #[error("a seed is 16 hex digits")]
    Seed,
    /// More ids than one request may ask for.
    #[error("ask for at most {0} rounds at once")]
    TooMany(usize),
    /// The round was drawn for another stake.
    #[error("round {0} was drawn for another stake; use a new idempotency key")]
    Conflict(RoundId),
    /// No round has this id.
    #[error("round {0} was never drawn; leave same_seed_as out, or name a round that was")]
    NoSuchRound(RoundId),
    /// A seed can be drawn from again only for the same stake.
    #[error("the round of same_seed_as had a stake of {0}; take the same, or leave same_seed_as out")]
    OtherStake(Money),
    /// The generator failed a health test, so nothing may be drawn from it.
    #[error("the random number generator failed its health test: {0}")]
    Unhealthy(HealthFailure),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<&GameError> for ApiProblem {
    fn from(error: &GameError) -> Self {
        let text = format!("{error}.");
        match error {
            GameError::Stake(_) => Self::new(Code::InvalidRequest, text).field("stake"),
            GameError::Seed => Self::new(Code::InvalidRequest, text).field("seed"),
            GameError::TooMany(_) => Self::new(Code::InvalidRequest, text).field("round_ids"),
            GameError::NoSuchRound(_) => Self::new(Code::NotFound, text).field("same_seed_as"),
            GameError::OtherStake(_) => Self::new(Code::InvalidRequest, text).field("stake"),
            GameError::Conflict(_) => Self::new(Code::IdempotencyConflict, text),
            GameError::Unhealthy(_) => Self::new(
                Code::Internal,
                "The random number generator failed its health test; nothing was drawn.",
            ),
            GameError::Store(StoreError::Full) => Self::disk_full(),
            GameError::Store(StoreError::System(_) | StoreError::Gone { .. }) => {
                Self::new(Code::ServiceUnavailable, text)
            }
            GameError::Store(_) => Self::new(
                Code::Internal,
                "The round could not be recorded; nothing was drawn.",
            ),
        }
    }
}

impl IntoResponse for GameError {
    fn into_response(self) -> Response {
        match &self {
            Self::Store(error) => tracing::error!(%error, "store"),
            Self::Unhealthy(error) => tracing::error!(%error, "random number generator"),
            _ => {}
        }
        respond(ApiProblem::from(&self))
    }
}
