//! The payment service: wallets with an immutable ledger, and the settlement of every round with the external
//! payment provider.
//!
//! A round's money moves in three steps, each durable before it is answered and each done once per round id:
//! the stake is **reserved**; once the payout is known it is written down and the provider is asked to settle;
//! then stake and payout are **posted** in one transaction. A failure that is known **voids** the reservation.
//! An outcome that is unknown stays pending and is asked for again, with the same key, by [`recovery`]; no later refusal
//! ends that doubt, only the provider's own record of the round does.
//!
//! This service is the only one that knows where a stake stands, and says so with every problem of a round and to
//! whoever asks (`GET /v1/reservations/{round_id}`).
//!
//! Whether the player waits for the provider or is answered once the payout is written down, and whether a failed
//! attempt is made again at once, is set by [`Knobs`] while the service runs.
//!
//! Modules in reading order: [`ledger`] (the pure rules), [`journal`] (the rules applied to the store), [`faults`] (what
//! the demo can break), [`provider`] (the client), `round_locks` (who settles what), [`settlement`], [`background`], [`recovery`], [`reports`],
//! [`http`].

pub mod background;
pub mod error;
pub mod faults;
pub mod http;
pub mod journal;
pub mod ledger;
pub mod provider;
pub mod recovery;
pub mod reports;
mod round_locks;
pub mod settlement;

pub use error::PaymentError;
pub use faults::{Knobs, ReportSource, Retrying, Settling};
pub use http::{State, router};
