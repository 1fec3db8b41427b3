//! The stop of a stack: its order, and how long each step may take.
//!
//! | step | limit | what is left when the limit is reached |
//! |---|---|---|
//! | 1. virtual players and a measurement of the overhead end | none, at once | nothing |
//! | 2. spins under way end, then the servers | [`DRAIN`], 1.5 s | the rounds stay reserved; the next start settles or returns them |
//! | 3. settlements behind an answer end | within step 2: `GRACE` of the payment-service's `background`, 1 s | as in step 2 |
//! | 4. background tasks end | none, they end between two steps | nothing |
//! | 5. services hand what they hold to the collector | none, in memory | nothing |
//! | 6. databases close: players, rounds, wallets | none of its own | nothing; what was acknowledged is on the disk |
//! | 7. the collector closes | `LAST_ANSWERS` of its `delivery::outbox`, 0.5 s, for responses of Sentry | envelopes stay held and are sent after the next start |
//!
//! Together they take [`STOP_PATIENCE`], 5 s, at most. After that the caller gives up, and the next start reads the
//! databases as after a crash. The window waits for one second more (`SLACK` in `src-tauri/src/lifecycle.rs`).
//!
//! A recording has neither servers behind the gateway nor databases: it closes at once (`recording.rs`). A start that
//! fails closes what it has opened, in the same order (`start.rs`).
//!
//! Steps 6 and 7 are `Storage::close` in `storage.rs`. A limit that no longer fits into the one around it does not
//! compile; no test compares what `docs/command-line.md` tells of step 2 and of all together.

use std::time::Duration;

use reelscope_collector::LAST_ANSWERS;
use reelscope_payment_service::background::GRACE;

use crate::stack::{LOOK_AGAIN, Stack};
use crate::storage::StopError;

/// How long spins under way and servers may take to end.
pub(crate) const DRAIN: Duration = Duration::from_millis(1_500);
/// Limit of [`Stack::shutdown`]: closing the databases takes seconds on a full disk.
pub const STOP_PATIENCE: Duration = Duration::from_secs(5);
const _: () = assert!(GRACE.as_millis() < DRAIN.as_millis());
const _: () = assert!(DRAIN.as_millis() + LAST_ANSWERS.as_millis() < STOP_PATIENCE.as_millis());

impl Stack {
    /// Stops the stack: refuses new requests, waits for those under way, writes pending telemetry, and closes the
    /// databases, players and rounds before the wallets, because their records follow from those of the wallets.
    /// Takes [`STOP_PATIENCE`] at most.
    ///
    /// # Errors
    /// [`StopError`]: a database had stopped taking writes, or was not closed in time. Acknowledged writes are on
    /// the disk all the same.
    pub async fn shutdown(self) -> Result<(), StopError> {
        let stopped = tokio::time::timeout(STOP_PATIENCE, self.stop_in_order()).await;
        stopped.unwrap_or(Err(StopError::TooLate))
    }

    async fn stop_in_order(mut self) -> Result<(), StopError> {
        self.traffic.stop();
        if let Some(program) = &self.program {
            (program.stop_measuring)();
        }
        let drained = async {
            // A spin continues after its client has gone, and needs the services behind the gateway until its end.
            while !self.turns.are_over() {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            self.servers.drain().await;
        };
        let drained = tokio::time::timeout(DRAIN, drained).await;
        if drained.is_err() {
            tracing::info!(
                "requests were still under way; what was not answered is settled at the next start"
            );
        }
        self.servers.end().await;
        self.flush().await;
        match self.storage.close().await.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        if let Some(collector) = &self.storage.collector {
            collector.stop();
        }
    }
}
