//! The game engine: reels, paylines, paytable, RNG and PAR sheet, and the rounds that are drawn with them.
//!
//! ```text
//! http ──> rounds: draw a round once for each id, and record it
//!            ├──> faults    how stops are drawn and which paytable is in force, as the demo has it
//!            ├──> rng       seed ──> stops                        pure
//!            ├──> reels     stops ──> board                       pure
//!            ├──> evaluate  paytable, board, stake ──> wins       pure
//!            └──> par_sheet paytable ──> RTP, hit frequency, …    pure
//! ```
//!
//! A round is a function of its seed:
//!
//! ```
//! use reelscope_game_engine::evaluate::evaluate;
//! use reelscope_game_engine::paytable::CERTIFIED;
//! use reelscope_game_engine::{reels, rng};
//!
//! let stops = rng::draw(42);
//! assert_eq!(stops, [23, 12, 18, 5, 22]);
//! let evaluation = evaluate(&CERTIFIED, &reels::board_at(stops), 1_000)?;
//! assert_eq!(evaluation.payout, evaluation.wins.iter().map(|win| win.payout).sum::<i64>());
//! # Ok::<(), reelscope_game_engine::evaluate::StakeError>(())
//! ```

// In reading order; the blank lines keep rustfmt from sorting them.

pub mod reels;

pub mod paytable;

pub mod evaluate;

pub mod health;

pub mod rng;

pub mod par_sheet;

mod drawing;
pub mod faults;

pub mod replies;

pub mod rounds;

pub mod error;

pub mod http;

pub use error::GameError;
pub use faults::Knobs;
pub use http::{State, router};
