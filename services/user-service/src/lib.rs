//! The user service: who is playing, within which limits, and whether the balance suffices.
//!
//! ```text
//! http ──> sessions   open sessions, in memory                       pure
//!      ├─> players    the n-th synthetic player, limits of a stake   pure
//!      ├─> roster     the collections of the players, and how many of them a lookup reads
//!      ├─> seeding    writes 50,000 to 200,000 players in the background at the first start
//!      ├─> wallets    the balance, which the payment service has
//!      └─> faults     the index that a look-up by account code needs, and sessions that end early
//! ```
//!
//! ```
//! use reelscope_contracts::Money;
//! use reelscope_user_service::players::{StakeRefusal, check_stake, synthetic};
//!
//! let player = synthetic(1); // the same on every machine
//! assert_eq!(player.account_code.as_str(), "RS-000001");
//! assert_eq!(check_stake(&player.limits, Money(1_000)), Ok(()));
//! assert_eq!(check_stake(&player.limits, Money(1_005)), Err(StakeRefusal::OffStep));
//! ```

pub mod error;
pub mod faults;
pub mod http;
pub mod players;
pub mod roster;
pub mod seeding;
pub mod sessions;
mod wallets;

pub use error::UserError;
pub use faults::{Knobs, MissingIndex};
pub use http::{State, router};
