//! The public API: what a page or a client sends to the gateway and gets back.

use std::collections::BTreeMap;

use reelscope_contracts::game::{SymbolName, Win};
use reelscope_contracts::payments::BetStatus;
use reelscope_contracts::users::{Player, Seeding};
use reelscope_contracts::{Money, PlayerId, RoundId, StakeStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /api/v1/sessions`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogIn {
    /// The player's account code.
    #[schema(example = "RS-000001")]
    pub account_code: String,
    /// Whose it is, for a client that was told so at an earlier log-in: the player need not be looked up by the code then.
    /// Where the code is somebody else's, this counts for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub player_id: Option<PlayerId>,
}

/// A session token and whose it is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LoggedIn {
    /// Signed JWT; send it as `Authorization: Bearer …`.
    pub token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// RFC 3339.
    pub expires_at: String,
    /// Who plays.
    pub player: Player,
}

/// `POST /api/v1/spins`, with the header `Idempotency-Key`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Spin {
    /// The stake of the whole round in minor units.
    pub stake: Money,
    /// A round of the same player with the same stake whose seed is drawn from again, so that two traces of one board
    /// can be compared. It is a bet like any other and no part of the observed RTP. Real machines offer no such thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    pub same_seed_as: Option<RoundId>,
}

/// A spin that was played.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SpinResult {
    /// The round.
    #[schema(value_type = String, format = "uuid")]
    pub round_id: RoundId,
    /// Where its bet stands: `posted`; or `pending` when the payment provider is asked after the answer. A pending
    /// round's payout is what it will pay, and not in the balance yet; `GET /api/v1/rounds` shows when it is posted,
    /// or that the stake was returned.
    pub status: BetStatus,
    /// The stake.
    pub stake: Money,
    /// Sum of all wins.
    pub payout: Money,
    /// ISO 4217 code.
    pub currency: String,
    /// Money that can be staked now.
    pub balance: Money,
    /// 64-bit seed of the draw, 16 hex digits.
    pub seed: String,
    /// Where each reel stopped: index of the strip's symbol in the top row.
    pub stops: Vec<u16>,
    /// Symbols by reel, top row first.
    pub board: Vec<Vec<SymbolName>>,
    /// What won.
    pub wins: Vec<Win>,
    /// The round whose seed was drawn from again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid", nullable = false)]
    pub same_seed_as: Option<RoundId>,
    /// The key was seen before: this is the round it made then.
    pub replayed: bool,
}

/// One of the player's last rounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoundSummary {
    /// The round.
    #[schema(value_type = String, format = "uuid")]
    pub round_id: RoundId,
    /// The stake.
    pub stake: Money,
    /// What was paid; absent until known, and on a voided round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub payout: Option<Money>,
    /// ISO 4217 code.
    pub currency: String,
    /// Where the bet stands.
    pub status: BetStatus,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub settled_at: Option<String>,
    /// Seed of the draw; absent when the round was never drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub seed: Option<String>,
    /// Where each reel stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub stops: Option<Vec<u16>>,
    /// Symbols by reel, top row first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub board: Option<Vec<Vec<SymbolName>>>,
    /// The round whose seed was drawn from again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid", nullable = false)]
    pub same_seed_as: Option<RoundId>,
}

/// `GET /api/v1/rounds/{round_id}`: what became of a round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoundStanding {
    /// `null` where no stake was ever reserved.
    #[schema(required)]
    pub round: Option<RoundSummary>,
    /// Where its stake stands.
    pub stake_status: StakeStatus,
    /// Money that can be staked now.
    pub balance: Money,
}

/// `GET /api/v1/rounds`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Rounds {
    /// Newest first.
    pub rounds: Vec<RoundSummary>,
}

/// Whether everything works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StackStatus {
    /// Every service does.
    Ok,
    /// One of them does not.
    Degraded,
}

/// `GET /api/v1/health`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StackHealth {
    /// `ok` when every service is, else `degraded`.
    pub status: StackStatus,
    /// Release of this stack.
    pub release: String,
    /// `ok` or a word on what is missing, by service.
    pub services: BTreeMap<String, String>,
    /// Progress of writing the synthetic players; absent while the user service cannot be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub seeding: Option<Seeding>,
    /// Name of the file that is looked at; absent where the stack itself runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub recording: Option<String>,
}
