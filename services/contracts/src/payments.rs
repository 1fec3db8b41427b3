//! What the payment service takes and answers.

use serde::{Deserialize, Serialize};

use crate::{Day, Money, PlayerId, RoundId, StakeStatus, UnixMillis};

/// `POST /v1/wallets`: open a wallet, once per player.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenWallet {
    /// Whose wallet.
    pub player_id: PlayerId,
    /// ISO 4217 code.
    pub currency: String,
    /// Deposit that the wallet starts with.
    pub opening_balance: Money,
}

/// A wallet at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wallet {
    /// Whose wallet.
    pub player_id: PlayerId,
    /// ISO 4217 code.
    pub currency: String,
    /// Money that can be staked.
    pub available: Money,
    /// Stakes of rounds that are not settled yet.
    pub reserved: Money,
}

/// `POST /v1/reservations`: set the stake of a round aside, once per round.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reserve {
    /// The round; also the idempotency key.
    pub round_id: RoundId,
    /// Who stakes.
    pub player_id: PlayerId,
    /// How much, above zero.
    pub stake: Money,
    /// The round whose seed is to be drawn from again, which keeps this one out of the observed RTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_seed_as: Option<RoundId>,
}

/// `POST /v1/reservations/{round_id}/settle`: take the stake and pay the payout.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settle {
    /// What the round paid, zero or more.
    pub payout: Money,
}

/// `POST /v1/reservations/{round_id}/void`: give the stake back. A round that was never reserved is marked
/// voided too, so that a reservation that arrives late finds it closed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Void {
    /// Whose round.
    pub player_id: PlayerId,
    /// Why, for the ledger.
    pub reason: String,
}

/// Where a bet stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BetStatus {
    /// The stake is set aside and no payout is known.
    Reserved,
    /// The payout is known and durable; the provider has not confirmed yet.
    Pending,
    /// Stake taken, payout paid.
    Posted,
    /// Stake given back.
    Voided,
}

/// The record of one bet, with the wallet's balance at the time of the reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bet {
    /// The round.
    pub round_id: RoundId,
    /// Who played.
    pub player_id: PlayerId,
    /// The stake.
    pub stake: Money,
    /// The payout, once known.
    pub payout: Option<Money>,
    /// ISO 4217 code.
    pub currency: String,
    /// Where it stands.
    pub status: BetStatus,
    /// When the stake was reserved.
    pub reserved_at: UnixMillis,
    /// When it was posted or voided.
    pub settled_at: Option<UnixMillis>,
    /// The round whose seed it draws from again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_seed_as: Option<RoundId>,
    /// What the payment provider calls the settlement, once it has made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_reference: Option<String>,
    /// Money that can be staked now.
    pub balance: Money,
}

impl Bet {
    /// Where its stake stands.
    #[must_use]
    pub fn stake_status(&self) -> StakeStatus {
        match self.status {
            BetStatus::Reserved => StakeStatus::Reserved,
            BetStatus::Pending => StakeStatus::Pending,
            BetStatus::Posted => StakeStatus::Paid,
            // Closed before anything was reserved.
            BetStatus::Voided if self.stake == Money::ZERO => StakeStatus::Untouched,
            BetStatus::Voided => StakeStatus::Returned,
        }
    }
}

/// `GET /v1/reservations/{round_id}?player_id=…`: where a round of the player's stands, in one order with everything
/// that was asked for before. 404 for a round of another player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Absent where nothing was ever reserved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bet: Option<Bet>,
    /// Where its stake stands.
    pub stake_status: StakeStatus,
    /// Money that the player can stake now.
    pub balance: Money,
}

/// `GET /v1/players/{player_id}/bets`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Bets {
    /// Newest first.
    pub bets: Vec<Bet>,
}

/// `GET /v1/reports/daily?day=2026-01-31`: what was staked and paid out by the bets that were posted on a day (UTC).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DailyReport {
    /// The day.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "2026-01-31"))]
    pub day: Day,
    /// One entry a currency, in the order of the alphabet; none when nothing was posted.
    pub totals: Vec<DayTotals>,
}

/// What was staked and paid out in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayTotals {
    /// ISO 4217 code.
    pub currency: String,
    /// Sum of the stakes.
    pub stakes: Money,
    /// Sum of the payouts.
    pub payouts: Money,
    /// Bets that were posted.
    pub bets: i64,
}
