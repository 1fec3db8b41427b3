//! Client of the external payment provider.

use std::time::Duration;

use reelscope_contracts::provider::SettlementRequest;
use reelscope_telemetry::{CallError, Client, Method, capture};

/// What the provider said, as far as money is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It has settled.
    Settled,
    /// It has not, and will not for this key: it refused, or was never reached.
    Refused,
    /// It may or may not have settled; only asking again with the same key tells.
    Unknown,
}

/// A payment that failed: what becomes an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PaymentFailed {
    /// The provider refused with a status of its own.
    #[error("the payment provider declined the settlement")]
    Declined {
        /// HTTP status of the refusal.
        status: u16,
    },
    /// The provider failed.
    #[error("the payment provider failed to settle")]
    ProviderError {
        /// HTTP status of the failure.
        status: u16,
    },
    /// No answer within the deadline.
    #[error("the payment provider did not answer in time")]
    Timeout,
    /// The provider could not be reached.
    #[error("the payment provider could not be reached")]
    Unreachable,
    /// The connection broke before the answer.
    #[error("the connection to the payment provider broke before its answer")]
    Broken,
}

impl PaymentFailed {
    /// Stable name, as the tag `provider.code`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Declined { .. } => "declined",
            Self::ProviderError { .. } => "provider_error",
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
            Self::Broken => "connection_broken",
        }
    }

    /// As far as money is concerned.
    fn outcome(self) -> Outcome {
        match self {
            // 408 and 429 say nothing of an earlier attempt with this key.
            Self::Declined { status: 408 | 429 } => Outcome::Unknown,
            Self::Declined { .. } | Self::Unreachable => Outcome::Refused,
            Self::ProviderError { .. } | Self::Timeout | Self::Broken => Outcome::Unknown,
        }
    }
}

/// Where the provider is and how long an answer may take.
#[derive(Clone)]
pub struct Provider {
    client: Client,
    base_url: String,
    deadline: Duration,
}

impl Provider {
    /// A client for the provider at `base_url`.
    #[must_use]
    pub fn new(client: Client, base_url: String, deadline: Duration) -> Self {
        Self {
            client,
            base_url,
            deadline,
        }
    }

    /// Asks for a settlement; the reference is the idempotency key. A failure is reported from here, where it is
    /// known best.
    pub async fn settle(&self, request: &SettlementRequest) -> Outcome {
        let url = format!("{}/v1/settlements", self.base_url);
        let call = self
            .client
            .request("payment-provider", Method::POST, &url, self.deadline);
        let reply = call
            .named("External payment provider API")
            .header("idempotency-key", &request.reference)
            .json(request)
            .send()
            .await;
        let failed = match reply {
            Ok((200..=299, _)) => return Outcome::Settled,
            Ok((status @ 400..=499, _)) => PaymentFailed::Declined { status },
            Ok((status, _)) => PaymentFailed::ProviderError { status },
            Err(CallError::NotSent) => PaymentFailed::Unreachable,
            Err(CallError::Deadline) => PaymentFailed::Timeout,
            Err(CallError::Broken) => PaymentFailed::Broken,
        };
        capture(&failed, &[("provider.code", failed.code())]);
        failed.outcome()
    }
}
