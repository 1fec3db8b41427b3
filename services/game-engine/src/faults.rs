//! The faults of the game engine: each knob, what it shows, and the step of a round that it changes.
//!
//! | fault | knob | step |
//! |---|---|---|
//! | `slow-rng` | [`Knobs::draw_slowly`] | the draw of the stops |
//! | `rtp-anomaly` | [`Knobs::pay_tenfold_cherries`] | the paytable that a round is evaluated by |

mod slow_rng;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use slow_rng::SlowRng;

use crate::GameError;
use crate::drawing;
use crate::paytable::{CERTIFIED, FEWEST, Paytable};
use crate::reels::{Stops, Symbol};

/// The paytable of version 2, in which three cherries pay 50 instead of 5.
pub const TENFOLD_CHERRIES: Paytable = {
    let tenfold = 10 * CERTIFIED.pay(Symbol::Cherry, FEWEST);
    CERTIFIED.with(2, Symbol::Cherry, FEWEST, tenfold)
};

/// The knobs of a running game engine, initially without faults. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Knobs {
    slow_rng: SlowRng,
    tenfold_cherries: Arc<AtomicBool>,
}

impl Knobs {
    /// Fault `slow-rng`: creates a new generator for every stop, with a start-up test each time. The span `game.rng` then
    /// takes 250 ms of CPU time instead of microseconds, while each seed still gives the same board. Switching it on for
    /// the first time measures this machine, which takes about 30 ms.
    pub async fn draw_slowly(&self, on: bool) {
        self.slow_rng.switch(on).await;
    }

    /// Whether stops are drawn slowly.
    #[cfg(test)]
    pub(crate) fn draws_slowly(&self) -> bool {
        self.slow_rng.is_on()
    }

    /// Draws the stops of a round.
    pub(crate) async fn draw_stops(&self, seed: u64) -> Result<Stops, GameError> {
        match self.slow_rng.words_per_stop() {
            None => Ok(drawing::draw_stops(seed)),
            Some(words) => self.slow_rng.draw_stops(seed, words).await,
        }
    }

    /// Fault `rtp-anomaly`: pays by [`TENFOLD_CHERRIES`]. Only the observed RTP shows it: no request fails and no span is
    /// slow.
    pub fn pay_tenfold_cherries(&self, on: bool) {
        self.tenfold_cherries.store(on, Ordering::Relaxed);
    }

    /// The paytable by which the next round is evaluated.
    pub(crate) fn paytable(&self) -> &'static Paytable {
        if self.tenfold_cherries.load(Ordering::Relaxed) {
            &TENFOLD_CHERRIES
        } else {
            &CERTIFIED
        }
    }
}
