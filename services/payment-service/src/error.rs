//! Errors of the payment service, and the replies to them.

use axum::response::{IntoResponse, Response};
use reelscope_contracts::api_problem::sentence;
use reelscope_contracts::payments::{Bet, BetStatus};
use reelscope_contracts::{ApiProblem, Code, PlayerId, RoundId, StakeStatus};
use reelscope_http::respond;
use reelscope_store::StoreError;

use crate::ledger::LedgerError;

/// Every error of this service.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PaymentError {
    /// No wallet has been opened for the player.
    #[error("player {0} has no wallet; open one first")]
    WalletNotFound(PlayerId),
    /// The currency of an open wallet cannot change.
    #[error("the wallet was opened in another currency")]
    OtherCurrency,
    /// No bet has this id.
    #[error("round {0} has no reservation")]
    BetNotFound(RoundId),
    /// The balance is too small, or an amount is out of range.
    #[error("{0}")]
    Refused(LedgerError),
    /// An earlier request with this id had another player, stake or payout.
    #[error("round {0} was reserved or settled with other figures; use a new idempotency key")]
    Conflict(RoundId),
    /// The bet is posted and cannot be voided.
    #[error("round {0} is posted already")]
    AlreadyPosted(RoundId),
    /// The provider refused or could not be reached. The stake was returned.
    #[error("the payment did not go through; the stake was returned")]
    Declined(RoundId),
    /// The provider has not confirmed an outcome. The stake stays reserved.
    #[error(
        "the payment provider has not confirmed yet; the round will be settled or the stake returned automatically"
    )]
    OutcomeUnknown(RoundId),
    /// The provider has settled, but the wallet could not be written.
    #[error(
        "the payment provider has settled this round and the wallet could not be written; it is posted automatically"
    )]
    NotPosted {
        /// The round.
        round_id: RoundId,
        /// Why it was not posted.
        source: Box<PaymentError>,
    },
    /// The provider has settled a round whose stake was returned before.
    #[error(
        "the payment provider settled this round after its stake had been returned; the settlement is taken back automatically"
    )]
    SettledButVoided(RoundId),
    /// The provider has not reversed a settlement yet.
    #[error("the payment provider has not taken the settlement of round {0} back yet")]
    NotReversed(RoundId),
    /// The task that settled the round panicked.
    #[error("internal error in the payment service; send the same key again to get the outcome of round {0}")]
    Defect(RoundId),
    /// The day of a report is not a date.
    #[error("`{0}` is not a date; write it as 2026-01-31")]
    NoDay(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<LedgerError> for PaymentError {
    fn from(error: LedgerError) -> Self {
        Self::Refused(error)
    }
}

impl From<&PaymentError> for ApiProblem {
    fn from(error: &PaymentError) -> Self {
        let detail = |code| ApiProblem::new(code, sentence(&error.to_string()));
        match error {
            PaymentError::WalletNotFound(_) | PaymentError::BetNotFound(_) => detail(Code::NotFound),
            PaymentError::OtherCurrency => detail(Code::IdempotencyConflict).field("currency"),
            PaymentError::Refused(LedgerError::InsufficientFunds) => ApiProblem::new(
                Code::InsufficientFunds,
                "The balance is smaller than the stake; lower the stake.",
            )
            .field("stake"),
            PaymentError::Refused(LedgerError::OutOfRange) => detail(Code::InvalidRequest).field("stake"),
            PaymentError::Conflict(_) | PaymentError::AlreadyPosted(_) => detail(Code::IdempotencyConflict),
            PaymentError::Declined(round) => {
                detail(Code::PaymentDeclined).stake(StakeStatus::Returned, *round)
            }
            PaymentError::OutcomeUnknown(round) => {
                detail(Code::PaymentPending).stake(StakeStatus::Pending, *round)
            }
            PaymentError::NotPosted { source, .. } => {
                let code = Self::from(source.as_ref()).code;
                detail(if code == Code::DiskFull {
                    code
                } else {
                    Code::Internal
                })
            }
            PaymentError::SettledButVoided(round) => {
                detail(Code::Internal).stake(StakeStatus::Returned, *round)
            }
            PaymentError::NotReversed(_) | PaymentError::Defect(_) => detail(Code::Internal),
            PaymentError::NoDay(_) => detail(Code::InvalidRequest).field("day"),
            PaymentError::Store(StoreError::Full) => ApiProblem::disk_full(),
            PaymentError::Store(StoreError::System(_) | StoreError::Gone { .. }) => {
                detail(Code::ServiceUnavailable)
            }
            // Only the record of the round tells whether anything was written.
            PaymentError::Store(_) => ApiProblem::new(
                Code::Internal,
                "The wallets could not be read or updated; try again.",
            ),
        }
    }
}

impl PaymentError {
    /// Converts it to a reply. The underlying error is logged here, because the reply does not contain it.
    pub(crate) fn logged_problem(&self) -> ApiProblem {
        match self {
            Self::Store(error) => tracing::error!(%error, "store"),
            Self::NotPosted { source, .. } => tracing::error!(error = %source, "store"),
            _ => {}
        }
        ApiProblem::from(self)
    }
}

impl IntoResponse for PaymentError {
    fn into_response(self) -> Response {
        respond(self.logged_problem())
    }
}

/// Returns the bet, or an error if it was voided.
pub(crate) fn unless_voided(bet: Bet) -> Result<Bet, PaymentError> {
    if bet.status == BetStatus::Voided {
        Err(PaymentError::Declined(bet.round_id))
    } else {
        Ok(bet)
    }
}
