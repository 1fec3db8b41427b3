//! The user service: who is playing, within which limits, and whether the balance suffices.
//!
//! Players are looked up by account code. There are 50,000 to 200,000 of them, synthetic ([`players`]), written in the
//! background at the first start ([`seeding`]). The balance belongs to the payment service and is asked for over HTTP.
//!
//! Modules in reading order: [`players`] (pure), [`sessions`] (pure), [`seeding`], [`faults`] (what the demo can break),
//! [`http`].

pub mod error;
pub mod faults;
pub mod http;
pub mod players;
pub mod seeding;
pub mod sessions;
mod wallets;

pub use error::UserError;
pub use faults::{Knobs, MissingIndex};
pub use http::{State, router};
