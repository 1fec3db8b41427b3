//! Reels, paylines, paytable, RNG and PAR sheet.

// In reading order; the blank lines keep rustfmt from sorting them.

pub mod reels;

pub mod paytable;

pub mod evaluate;

pub mod health;

pub mod rng;

pub mod slow_rng;

pub mod par_sheet;

pub mod rounds;

pub mod error;

pub mod http;

pub use error::GameError;
pub use http::{PaytableInForce, State, router};
pub use paytable::InForce;
pub use slow_rng::SlowRng;
