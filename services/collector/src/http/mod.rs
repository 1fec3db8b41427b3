//! The routes that receive envelopes: what they accept, how they read it, and how they refuse it.

mod auth;
mod body;
mod body_budget;
pub mod ingest;
mod refusal;
mod store;

use std::time::Duration;

pub(crate) use body_budget::BodyBudget;
pub(crate) use ingest::{EnvelopeAccepted, tunnel};

/// Limits of receiving bodies.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimits {
    /// Limit of the whole time of a body.
    pub whole: Duration,
    /// Limit of a pause within a body.
    pub silence: Duration,
    /// Limit of the bytes of all bodies that are being received.
    pub room_bytes: usize,
    /// Time after which a body may be dropped in favour of others.
    pub grace: Duration,
    /// Limit of the bytes of a refused body that are read and discarded, so that its sender sees the answer.
    pub drained_bytes: usize,
    /// Limit of the time for reading them.
    pub drained_for: Duration,
}

impl BodyLimits {
    /// The limits of the product: one minute, ten seconds of pause, 128 MiB in total.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            whole: Duration::from_secs(60),
            silence: Duration::from_secs(10),
            room_bytes: 128 * 1024 * 1024,
            grace: Duration::from_secs(2),
            drained_bytes: 256 * 1024 * 1024,
            drained_for: Duration::from_secs(30),
        }
    }

    pub(crate) fn room(&self) -> BodyBudget {
        BodyBudget::new(self.room_bytes, self.grace)
    }
}
