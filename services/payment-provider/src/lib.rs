//! The external payment provider, simulated: a real server with faults of its own.
//!
//! It stands for an external service, so it knows nothing of ours but the wire format. [`Behaviour`] says how long it takes
//! and which payments it does not serve, and can be changed while it runs. Its waits stand for work of
//! somebody else; no other fault of the demo is a wait.
//!
//! ```text
//! POST /v1/settlements ──> http ──> state ──> desk: one record for each reference, settled at most once
//!                                               └─> faults: what a new payment meets, and after how long
//! ```
//!
//! ```
//! use reelscope_payment_provider::{Behaviour, State, router};
//!
//! let state = State::new(Behaviour::healthy());
//! let routes = router(state.clone());
//! state.fail_next(1); // the next new payment fails
//! assert_eq!(state.armed(), 1);
//! # drop(routes);
//! ```

mod desk;
pub mod faults;
mod http;
mod state;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use desk::Settled;
pub use faults::{Behaviour, Failure, SLOW_MS, SPIKE_IN_TEN};
pub use http::router;
pub use state::State;
