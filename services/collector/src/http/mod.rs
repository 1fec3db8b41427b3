//! The doors for envelopes: what they take, how it is received, and how a refusal is said.

mod auth;
mod body;
mod body_budget;
pub mod ingest;
mod refusal;
mod store;

use std::time::Duration;

pub(crate) use body_budget::BodyBudget;
pub(crate) use ingest::{EnvelopeAccepted, tunnel};

/// Bounds of what a door receives.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimits {
    /// How long a body may take.
    pub whole: Duration,
    /// How long a body may pause.
    pub silence: Duration,
    /// Most bytes of bodies that are being received at one time; without a slow one the newest makes way.
    pub room_bytes: usize,
    /// Time after which a body may have to make way for others.
    pub grace: Duration,
    /// Most bytes of a refused body that are read and thrown away, so that its sender sees the answer.
    pub drained_bytes: usize,
    /// How long they are read.
    pub drained_for: Duration,
}

impl BodyLimits {
    /// What the product uses: a minute, ten seconds of silence, 128 MiB at a time.
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
