//! What the external payment provider takes and answers. It is somebody else's machine: its words are its own.

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

/// A settlement the provider has made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettlementReply {
    /// The provider's own reference.
    pub provider_reference: String,
    /// `settled`.
    pub status: String,
}
