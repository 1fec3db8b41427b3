//! Faults that are on for a time and turn themselves off, so that nobody forgets one in the middle of a demo.

use std::time::{Duration, Instant};

use super::cell::Ending;
use super::table::{FaultId, FaultState};
use super::{Faults, SwitchError};

/// Pause before a switch is tried again that could not be made.
const TRY_AGAIN: Duration = Duration::from_millis(500);

impl Ending {
    /// Milliseconds until the end, by the monotonic clock.
    pub(super) fn in_ms(self) -> u64 {
        let left = self.at.saturating_duration_since(Instant::now());
        u64::try_from(left.as_millis()).unwrap_or(u64::MAX)
    }
}

impl Faults {
    /// Switches a fault on that goes back by itself after a time, to the state that it has now.
    ///
    /// # Errors
    /// [`SwitchError`]; the fault keeps its state.
    pub async fn switch_on_for(&self, id: FaultId, lasts: Duration) -> Result<(), SwitchError> {
        let back = self.state(id);
        self.switch(id, FaultState::On).await?;
        let at = Instant::now() + lasts;
        if let Some(cell) = self.board().cells.get_mut(&id) {
            cell.ending = Some(Ending { at, back });
        }
        self.shared.timed.notify_one();
        Ok(())
    }

    /// Turns faults off when their time is over, until the task is dropped.
    pub async fn end_timed(self) {
        loop {
            match self.next_ending() {
                None => self.shared.timed.notified().await,
                Some((id, ending)) => tokio::select! {
                    () = tokio::time::sleep_until(ending.at.into()) => self.end(id).await,
                    () = self.shared.timed.notified() => {}
                },
            }
        }
    }

    fn next_ending(&self) -> Option<(FaultId, Ending)> {
        let board = self.board();
        let endings = board
            .cells
            .iter()
            .filter_map(|(id, cell)| Some((*id, cell.ending?)));
        endings.min_by_key(|(_, ending)| ending.at)
    }

    async fn end(&self, id: FaultId) {
        // It may have been switched, or switched on anew, since its end was read.
        let due = |ending: &Ending| ending.at <= Instant::now();
        let ending = self
            .board()
            .cells
            .get(&id)
            .and_then(|cell| cell.ending)
            .filter(due);
        let Some(Ending { back, .. }) = ending else {
            return;
        };
        if let Err(error) = self.switch(id, back).await {
            tracing::warn!(%error, "a fault did not turn itself off and is tried again");
            if let Some(ending) = self
                .board()
                .cells
                .get_mut(&id)
                .and_then(|cell| cell.ending.as_mut())
            {
                ending.at = Instant::now() + TRY_AGAIN;
            }
        }
    }
}
