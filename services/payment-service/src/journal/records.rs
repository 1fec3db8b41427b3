//! The documents of wallets, bets and entries.

use reelscope_contracts::payments::{Bet, BetStatus, Wallet};
use reelscope_contracts::{Money, PlayerId, RoundId, UnixMillis};
use reelscope_telemetry::TraceLink;
use serde::{Deserialize, Serialize};

use crate::ledger::Balances;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct WalletRecord {
    #[serde(rename = "_id", default, skip_serializing)]
    pub(super) player_id: PlayerId,
    pub(super) currency: String,
    pub(super) available: Money,
    pub(super) reserved: Money,
    /// The last rounds, newest last.
    pub(super) recent: Vec<RoundId>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct BetRecord {
    #[serde(rename = "_id", default, skip_serializing)]
    pub(super) round_id: RoundId,
    pub(super) player_id: PlayerId,
    pub(super) currency: String,
    pub(super) stake: Money,
    pub(super) payout: Option<Money>,
    pub(super) status: BetStatus,
    pub(super) void_reason: Option<String>,
    pub(super) reserved_at: UnixMillis,
    pub(super) settled_at: Option<UnixMillis>,
    /// The trace that the round belongs to; recovery continues it.
    #[serde(default)]
    pub(super) trace: TraceLink,
    /// The round whose seed it draws from again.
    #[serde(default)]
    pub(super) same_seed_as: Option<RoundId>,
    /// The provider's reference of the settlement, once it has settled.
    #[serde(default)]
    pub(super) provider_reference: Option<String>,
    /// The reversal of a bet that was voided here and settled at the provider.
    #[serde(default)]
    pub(super) reversal: Option<Reversal>,
}

/// Progress of reversing the provider's settlement of a voided bet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reversal {
    /// The provider still has to reverse it.
    Due,
    /// The provider has reversed it.
    Made,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct EntryRecord {
    pub(super) kind: String,
    pub(super) debit: String,
    pub(super) credit: String,
    pub(super) amount: Money,
    pub(super) round_id: Option<RoundId>,
    pub(super) at: UnixMillis,
}

impl WalletRecord {
    pub(super) fn balances(&self) -> Balances {
        Balances {
            available: self.available,
            reserved: self.reserved,
        }
    }

    pub(super) fn reply(&self, player_id: &PlayerId) -> Wallet {
        Wallet {
            player_id: player_id.clone(),
            currency: self.currency.clone(),
            available: self.available,
            reserved: self.reserved,
        }
    }
}

impl BetRecord {
    pub(super) fn reply(&self, round_id: RoundId, wallet: &WalletRecord) -> Bet {
        Bet {
            round_id,
            player_id: self.player_id.clone(),
            stake: self.stake,
            payout: self.payout,
            currency: self.currency.clone(),
            status: self.status,
            reserved_at: self.reserved_at,
            settled_at: self.settled_at,
            same_seed_as: self.same_seed_as,
            provider_reference: self.provider_reference.clone(),
            balance: wallet.available,
        }
    }
}
