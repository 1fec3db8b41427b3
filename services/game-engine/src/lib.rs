//! Reels, paylines, paytable, RNG and PAR sheet.

// In reading order; the blank lines keep rustfmt from sorting them.

pub mod reels;

pub mod paytable;

pub mod evaluate;

pub mod health;

pub mod rng;

pub mod par_sheet;

pub mod faults;

pub mod rounds;

pub mod error;

pub mod http;

pub use error::GameError;
pub use faults::Knobs;
pub use http::{State, router};
