//! The cause of the fault `memory-leak`: answers are kept by idempotency key, and none is ever dropped.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use reelscope_page_api::gateway::SpinResult;
use reelscope_telemetry::{annotate, gauge, resident_bytes};

/// Bytes of the buffer that an answer is rendered into and kept with: a hundred times what it needs, as in code that sizes
/// a buffer generously so that it never grows.
const BUFFER: usize = 256 * 1024;
/// Bytes at which the leak ends, so that the machine of the demo survives it.
const MOST_BYTES: usize = 256 * 1024 * 1024;

/// Keeps the answer of every spin while it is on. Clones share what is kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Answers {
    shared: Arc<Mutex<LeakedAnswers>>,
}

#[derive(Debug, Default)]
struct LeakedAnswers {
    on: bool,
    by_key: HashMap<String, Vec<u8>>,
    bytes: usize,
    /// What the gauge reported last; a gauge that reported something reports 0 once it is over.
    reported: usize,
}

impl Answers {
    fn kept(&self) -> MutexGuard<'_, LeakedAnswers> {
        self.shared.lock()
    }

    /// Keeps from now on, or forgets all and keeps no more.
    pub(super) fn keep_all(&self, on: bool) {
        let mut kept = self.kept();
        kept.on = on;
        if !on {
            kept.bytes = 0;
            kept.by_key = HashMap::new();
        }
    }

    /// Takes notice of an answer, and says how much is kept.
    pub(super) fn take(&self, key: &str, answer: &SpinResult) {
        let Some(entries) = self.kept().take(key, answer, MOST_BYTES) else {
            return;
        };
        annotate("cache.entries", entries);
        #[allow(clippy::cast_precision_loss)] // at most 1,024
        gauge("cache.entries", entries as f64, "none");
        if let Some(bytes) = resident_bytes(std::process::id()) {
            #[allow(clippy::cast_precision_loss)] // memory is far below 2^53 bytes
            gauge("process.memory", bytes as f64, "byte");
        }
    }
}

impl LeakedAnswers {
    /// How many answers are kept now, when there is anything to report.
    fn take(&mut self, key: &str, answer: &SpinResult, most_bytes: usize) -> Option<usize> {
        if self.on && self.bytes + BUFFER <= most_bytes && !self.by_key.contains_key(key) {
            // Spaces around JSON mean nothing; written, so that the memory is really there.
            let mut buffer = vec![b' '; BUFFER];
            // A larger answer would be cut off; what is kept is never read.
            let _ = serde_json::to_writer(buffer.as_mut_slice(), answer);
            self.bytes += buffer.len();
            self.by_key.insert(key.to_owned(), buffer);
        }
        let entries = self.by_key.len();
        let before = std::mem::replace(&mut self.reported, entries);
        (self.on || before > 0).then_some(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reelscope_contracts::payments::BetStatus;
    use reelscope_contracts::{Money, RoundId};

    fn answer() -> SpinResult {
        SpinResult {
            round_id: RoundId::from_u128(7),
            status: BetStatus::Posted,
            stake: Money(100),
            payout: Money(0),
            currency: "RUB".to_owned(),
            balance: Money(0),
            seed: "1".to_owned(),
            stops: Vec::new(),
            board: Vec::new(),
            wins: Vec::new(),
            same_seed_as: None,
            replayed: false,
        }
    }

    #[test]
    fn what_is_kept_grows_to_its_limit_and_goes_when_it_is_switched_off() {
        let answers = Answers::default();
        let take = |key: usize| answers.kept().take(&key.to_string(), &answer(), 5 * BUFFER + 1);
        assert_eq!(take(0), None, "nothing to report");
        answers.keep_all(true);
        assert_eq!(
            (0..9).filter_map(take).collect::<Vec<_>>(),
            [1, 2, 3, 4, 5, 5, 5, 5, 5]
        );
        assert_eq!(take(0), Some(5), "a key is kept once");
        assert_eq!(answers.kept().bytes, 5 * BUFFER);
        let kept = answers.kept().by_key["0"].clone();
        assert_eq!(serde_json::from_slice::<SpinResult>(&kept).ok(), Some(answer()));
        answers.keep_all(false);
        assert_eq!((take(1), take(2)), (Some(0), None));
        assert_eq!(answers.kept().by_key.capacity(), 0);
    }
}
