//! What the external payment provider takes and answers. Its terms are its own, since it stands for an external service.

use serde::{Deserialize, Serialize};

use crate::Money;

/// `POST /v1/settlements`, with the header `Idempotency-Key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettlementRequest {
    /// The merchant's reference: our round id.
    pub reference: String,
    /// What the player pays.
    pub debit: Money,
    /// What the player gets.
    pub credit: Money,
    /// ISO 4217 code.
    pub currency: String,
    /// Makes the provider's latency for this request reproducible; absent, it draws its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

/// A settlement as the provider has it: the answer of `POST /v1/settlements`, of `GET /v1/settlements/{reference}` (by the
/// merchant's reference or by its own), and of `POST /v1/settlements/{reference}/reversal`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettlementReply {
    /// The provider's own reference.
    pub provider_reference: String,
    /// Where it stands.
    pub status: SettlementStatus,
    /// The merchant's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What the player pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debit: Option<Money>,
    /// What the player gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<Money>,
    /// ISO 4217 code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// Where a settlement stands at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettlementStatus {
    /// The money has moved.
    Settled,
    /// It has not, and will not for this reference.
    Declined,
    /// Asked for and not settled yet.
    Open,
    /// It had moved and was moved back, for good.
    Reversed,
    /// A word of the provider's that we do not know.
    #[serde(other)]
    Other,
}
