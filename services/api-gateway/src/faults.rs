//! What the demo can break in the gateway: each knob with what it shows, and the step of a request that it changes.
//!
//! | fault | knob | step |
//! |---|---|---|
//! | `gateway-panic` | [`Knobs::panic_once`] | the board is noted in the trace |
//! | `n-plus-one` | [`Knobs::look_rounds_up_singly`] | the boards of the history are looked up |
//! | `memory-leak` | [`Knobs::keep_all_answers`] | the answer of a spin is handed out |

mod answers;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use reelscope_contracts::RoundId;
use reelscope_contracts::game::{Round, SymbolName};
use reelscope_page_api::gateway::SpinResult;
use reelscope_telemetry::annotate;

use crate::GatewayError;
use crate::upstream::Upstream;
use answers::Answers;

/// The knobs of a running gateway; clones turn the same ones. All start as a gateway without faults.
#[derive(Debug, Clone, Default)]
pub struct Knobs {
    panics: Arc<AtomicU32>,
    rounds_singly: Arc<AtomicBool>,
    answers: Answers,
}

impl Knobs {
    /// Fault `gateway-panic`: the board of one more round is read out of bounds, once its money is settled. It shows as a
    /// request that fails with 500 after every service behind has succeeded, and as an issue with the stack of the panic.
    pub fn panic_once(&self) {
        let more = |left: u32| Some(left.saturating_add(1));
        let _ = self
            .panics
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }

    /// No further round panics.
    pub fn disarm(&self) {
        self.panics.store(0, Ordering::Relaxed);
    }

    /// Notes the board of a round in its trace while rounds are to panic; each [`Knobs::panic_once`] counts for one round.
    pub(crate) fn note_board(&self, board: &[Vec<SymbolName>]) {
        let less = |left: u32| left.checked_sub(1);
        let armed = self
            .panics
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        if armed.is_ok() {
            annotate("board.middle_row", middle_row(board));
        }
    }

    /// Fault `n-plus-one`: the history asks the game engine for every round by itself, one after the other. It shows in
    /// `GET /api/v1/rounds` as one `http.client` span for each round, up to 50, each with a `db.query` behind it.
    pub fn look_rounds_up_singly(&self, singly: bool) {
        self.rounds_singly.store(singly, Ordering::Relaxed);
    }

    /// Whether it does.
    #[must_use]
    pub fn looks_rounds_up_singly(&self) -> bool {
        self.rounds_singly.load(Ordering::Relaxed)
    }

    /// Looks up what was drawn for these rounds.
    pub(crate) async fn look_up_rounds(
        &self,
        upstream: &Upstream,
        round_ids: Vec<RoundId>,
    ) -> Result<Vec<Round>, GatewayError> {
        if !self.looks_rounds_up_singly() {
            return upstream.rounds(round_ids).await;
        }
        let mut rounds = Vec::with_capacity(round_ids.len());
        for round_id in round_ids {
            rounds.extend(upstream.rounds(vec![round_id]).await?);
        }
        Ok(rounds)
    }

    /// Fault `memory-leak`: the answer of every spin is kept by its idempotency key, and none is ever dropped, until it is
    /// switched off. It shows as `cache.entries` in the data of the gateway's transaction, and as the gauges
    /// `cache.entries` and `process.memory`, which climb with every spin.
    pub fn keep_all_answers(&self, on: bool) {
        self.answers.keep_all(on);
    }

    /// Takes notice of the answer of a spin before it is sent.
    pub(crate) fn note_answer(&self, key: &str, answer: &SpinResult) {
        self.answers.take(key, answer);
    }
}

/// The middle row of a board as text, with the defect: it takes the board for rows of reels. A board is reels of rows, so
/// that the fourth symbol of a "row" is out of bounds.
fn middle_row(board: &[Vec<SymbolName>]) -> String {
    let symbols = (0..board.len()).map(|reel| board[1][reel].to_string());
    symbols.collect::<Vec<_>>().join(" ")
}
