//! Searches recorded traces for evidence of the faults that are on.

use std::time::Duration;

use reelscope_collector::Collector;
use reelscope_contracts::now;
use reelscope_page_api::telemetry::{Micros, TraceSummary};

use super::Faults;
use super::evidence::{self, Evidence, Line};
use super::table::FaultId;
use crate::moment::micros;
use crate::players::SPIN;

/// Interval between two searches for evidence.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long after its start a trace is searched again, because more of its envelopes may arrive, in milliseconds.
const LOOK_BACK_MS: i64 = 15_000;
/// Limit of trace summaries in one search.
const LOOK_AT_MOST: usize = 1_000;
/// Limit of whole traces that one search reads, for spins and for other traces each. Under load the newest are
/// evidence enough.
const READ_AT_MOST: usize = 20;
impl Faults {
    /// Searches the recorded traces for evidence until the task is dropped.
    pub async fn watch(self, collector: Collector) {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.look(&collector).await;
        }
    }

    async fn look(&self, collector: &Collector) {
        let earliest = {
            let board = self.board();
            let cells = board.cells.iter().filter(|(_, cell)| cell.is_in_question());
            cells
                .map(|(id, cell)| {
                    let since = cell.since.max(board.since).captured();
                    since.saturating_sub(evidence::under_way(*id))
                })
                .min()
        };
        let Some(earliest) = earliest else { return };
        let now = micros(now());
        self.forget_counted_before(now - 2 * micros(LOOK_BACK_MS));
        let (mut spins, mut others) = (0, 0);
        for line in collector.traces_after(earliest, LOOK_AT_MOST).await {
            if (line.start_us - now).abs() > micros(LOOK_BACK_MS) {
                continue;
            }
            let to_read = self.note_by_line(&line);
            let read = if line.name == SPIN {
                &mut spins
            } else {
                &mut others
            };
            if to_read.is_empty() || *read == READ_AT_MOST {
                continue;
            }
            *read += 1;
            let Ok(Some(trace)) = collector.trace(&line.trace_id).await else {
                continue;
            };
            let mut board = self.board();
            for (id, after) in to_read {
                if let (Some(evidence), Some(cell)) =
                    (evidence::in_trace(id, &trace, after), board.cells.get_mut(&id))
                {
                    cell.note(&line, evidence);
                }
            }
        }
    }

    /// Forgets counted traces that began before `start`; they are not searched again.
    fn forget_counted_before(&self, start: Micros) {
        for cell in self.board().cells.values_mut() {
            cell.counted.retain(|_, started| *started >= start);
        }
    }

    /// Counts what the summary of a trace proves. Returns the faults for which the trace must be read, each with
    /// the number of the last envelope before the fault.
    fn note_by_line(&self, line: &TraceSummary) -> Vec<(FaultId, u64)> {
        let mut to_read = Vec::new();
        let mut board = self.board();
        let begun = board.since;
        for (id, cell) in &mut board.cells {
            let since = cell.since.max(begun);
            // The trace of a request under way may begin before the fault that it meets.
            let after = evidence::under_way(*id) > 0 || since.is_before(line);
            if !cell.is_in_question() || !after || cell.counted.contains_key(&line.trace_id) {
                continue;
            }
            match evidence::in_line(*id, line) {
                Line::Nothing => {}
                Line::Shows => cell.note(line, Evidence::default()),
                Line::Read => to_read.push((*id, since.captured())),
            }
        }
        to_read
    }
}
