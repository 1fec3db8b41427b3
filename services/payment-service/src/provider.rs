//! Client of the external payment provider.

use std::time::Duration;

use reelscope_contracts::provider::SettlementRequest;
use reelscope_telemetry::{CallError, Client, Method};

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

    /// Asks for a settlement; the reference is the idempotency key.
    pub async fn settle(&self, request: &SettlementRequest) -> Outcome {
        let url = format!("{}/v1/settlements", self.base_url);
        let call = self.client.request(Method::POST, &url, self.deadline);
        let reply = call
            .header("idempotency-key", &request.reference)
            .json(request)
            .send()
            .await;
        match reply {
            Ok((200..=299, _)) => Outcome::Settled,
            // 408 and 429 say nothing of an earlier attempt with this key.
            Ok((408 | 429, _)) => Outcome::Unknown,
            Ok((400..=499, _)) | Err(CallError::NotSent) => Outcome::Refused,
            Ok(_) | Err(CallError::Deadline | CallError::Broken) => Outcome::Unknown,
        }
    }
}
