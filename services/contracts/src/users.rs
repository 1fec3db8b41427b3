//! What the user service takes and answers.

use serde::{Deserialize, Serialize};

use crate::{AccountCode, Money, PlayerId, RoundId, SessionId, UnixMillis};

/// What one bet of this player may cost, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Limits {
    /// Smallest stake.
    pub min_stake: Money,
    /// Largest stake.
    pub max_stake: Money,
    /// A stake is a multiple of this, so that it divides evenly over the paylines.
    pub stake_step: Money,
}

/// A player with the balance of the moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Player {
    /// Id used between services; not for people.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub player_id: PlayerId,
    /// The code a person types, such as `RS-000001`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account_code: AccountCode,
    /// Synthetic name.
    pub display_name: String,
    /// ISO 4217 code of the account's currency.
    pub currency: String,
    /// Money that can be staked.
    pub balance: Money,
    /// Stakes of rounds that are not settled yet.
    pub reserved: Money,
    /// Limits of one bet.
    pub limits: Limits,
}

/// `POST /v1/sessions`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenSession {
    /// Whose session.
    pub account_code: AccountCode,
    /// Who that is, as far as the client knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub player_id: Option<PlayerId>,
}

/// A session that was opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    /// Names the session in the gateway's token.
    pub session_id: SessionId,
    /// When it ends.
    pub expires_at: UnixMillis,
    /// Who plays.
    pub player: Player,
}

/// `POST /v1/sessions/check`: is this session open? Answered with `null`, or 401.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckSession {
    /// The session that asks.
    pub session_id: SessionId,
    /// The player's account code, as in the token.
    pub account_code: AccountCode,
}

/// `POST /v1/eligibility`: may this session stake this much?
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckEligibility {
    /// The session that asks.
    pub session_id: SessionId,
    /// The player's account code, as in the token.
    pub account_code: AccountCode,
    /// The stake.
    pub stake: Money,
    /// The round: one that was asked for before has its stake out of the balance already.
    pub round_id: RoundId,
}

/// Progress of writing the synthetic players.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Seeding {
    /// Players written so far.
    pub done: u64,
    /// Players there will be.
    pub total: u64,
}
