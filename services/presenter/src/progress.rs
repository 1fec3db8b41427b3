//! Where a presentation is, and what of it is fulfilled. Pure: the time and the state of the demo are passed in.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::wire::{PresentationStatus, Seen};

/// Limit of what is remembered as seen in a step.
const MOST_SEEN: usize = 100;

/// What is remembered of one step. It is stored, so that a restart loses nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct StepRecord {
    /// Time that was spent on it before it was entered last.
    spent_ms: u64,
    /// Number of the last envelope before it began.
    pub(crate) began_after: u64,
    /// Whether a later step was entered from it.
    pub(crate) left: bool,
    /// What a person looked at.
    pub(crate) seen: BTreeSet<Seen>,
    /// The fulfilled conditions as JSON, with the value that fulfilled each.
    fulfilled: BTreeMap<String, Option<f64>>,
}

impl StepRecord {
    /// Returns the value that fulfilled a condition; `None` while it is not fulfilled.
    pub(crate) fn fulfilled(&self, condition: &str) -> Option<Option<f64>> {
        self.fulfilled.get(condition).copied()
    }
}

/// The progress of a presentation.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Progress {
    /// Grows with every change.
    pub(crate) revision: u64,
    /// Whether the presentation is given.
    pub(crate) status: PresentationStatus,
    /// Id of the present step; empty before the first start.
    pub(crate) step: String,
    /// Index of the present line.
    pub(crate) line: u32,
    records: BTreeMap<String, StepRecord>,
    /// Ids of the opened questions.
    questions: BTreeSet<String>,
    /// Since when the present step counts its time; `None` while the presentation is not given.
    #[serde(skip)]
    running: Option<Instant>,
}

impl Progress {
    /// Continues after a restart of the program.
    pub(crate) fn resume(&mut self, now: Instant) {
        self.running = (self.status == PresentationStatus::UnderWay).then_some(now);
    }

    /// Returns the record of a step.
    pub(crate) fn record(&self, step: &str) -> Option<&StepRecord> {
        self.records.get(step)
    }

    /// Whether a question was opened.
    pub(crate) fn is_opened(&self, question: &str) -> bool {
        self.questions.contains(question)
    }

    /// Number of opened questions.
    pub(crate) fn questions_opened(&self) -> usize {
        self.questions.len()
    }

    /// Begins anew at this step. `captured` is the number of the last envelope.
    pub(crate) fn start(&mut self, step: &str, now: Instant, captured: u64) {
        *self = Self {
            revision: self.revision,
            status: PresentationStatus::UnderWay,
            ..Self::default()
        };
        self.go(step, 0, now, captured);
    }

    /// Enters a step, or goes to another line of the present one.
    pub(crate) fn go(&mut self, step: &str, line: u32, now: Instant, captured: u64) {
        self.pause(now);
        self.status = PresentationStatus::UnderWay;
        self.running = Some(now);
        self.revision += 1;
        self.line = line;
        step.clone_into(&mut self.step);
        self.records.entry(step.to_owned()).or_insert_with(|| StepRecord {
            began_after: captured,
            ..StepRecord::default()
        });
    }

    /// Notes that the present step is behind.
    pub(crate) fn leave(&mut self) {
        if let Some(record) = self.records.get_mut(&self.step) {
            record.left = true;
        }
    }

    /// Ends the presentation.
    pub(crate) fn end(&mut self, now: Instant) {
        self.pause(now);
        self.leave();
        self.status = PresentationStatus::Ended;
        self.revision += 1;
    }

    /// Notes what a person looks at. Returns whether it is new in this step.
    pub(crate) fn see(&mut self, seen: Seen) -> bool {
        if self.status != PresentationStatus::UnderWay {
            return false;
        }
        let mut is_new = false;
        if let Seen::Question(id) = &seen {
            is_new = self.questions.insert(id.clone());
        }
        if let Some(record) = self.records.get_mut(&self.step)
            && record.seen.len() < MOST_SEEN
        {
            is_new |= record.seen.insert(seen);
        }
        self.revision += u64::from(is_new);
        is_new
    }

    /// Notes that a condition of a step is fulfilled, by this value. Returns whether that is new.
    pub(crate) fn fulfil(&mut self, step: &str, condition: String, measured: Option<f64>) -> bool {
        let Some(record) = self.records.get_mut(step) else {
            return false;
        };
        let is_new = !record.fulfilled.contains_key(&condition);
        if is_new {
            record.fulfilled.insert(condition, measured);
            self.revision += 1;
        }
        is_new
    }

    /// Time that was spent on a step.
    pub(crate) fn elapsed_ms(&self, step: &str, now: Instant) -> u64 {
        let spent = self.records.get(step).map_or(0, |record| record.spent_ms);
        let is_present = self.step == step;
        let running = self.running.filter(|_| is_present);
        spent + running.map_or(0, |since| millis(since, now))
    }

    /// Adds the time of the present step to what was spent on it, and counts on from `now`.
    pub(crate) fn settle(&mut self, now: Instant) {
        if self.running.is_some() {
            self.pause(now);
            self.running = Some(now);
        }
    }

    fn pause(&mut self, now: Instant) {
        if let Some(since) = self.running.take()
            && let Some(record) = self.records.get_mut(&self.step)
        {
            record.spent_ms += millis(since, now);
        }
    }
}

fn millis(since: Instant, now: Instant) -> u64 {
    u64::try_from(now.saturating_duration_since(since).as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::script::Page;

    #[test]
    fn time_counts_for_the_step_that_is_shown_and_not_after_the_end_or_between_two_runs() {
        let began = Instant::now();
        let at = |seconds| began + Duration::from_secs(seconds);
        let mut progress = Progress::default();
        progress.start("one", at(0), 7);
        progress.go("two", 0, at(10), 9);
        progress.go("one", 1, at(15), 11);
        progress.go("one", 2, at(16), 11);
        assert_eq!(progress.elapsed_ms("one", at(18)), 13_000);
        assert_eq!(progress.elapsed_ms("two", at(18)), 5_000);
        assert_eq!(progress.record("one").map(|record| record.began_after), Some(7));

        progress.settle(at(20));
        let stored = serde_json::to_string(&progress).unwrap();
        let mut again: Progress = serde_json::from_str(&stored).unwrap();
        again.resume(at(500));
        assert_eq!(again.elapsed_ms("one", at(501)), 16_000);
        again.end(at(502));
        assert_eq!(again.elapsed_ms("one", at(900)), 17_000);
        assert_eq!((again.step.as_str(), again.line), ("one", 2));
    }

    #[test]
    fn what_is_fulfilled_stays_so_until_the_next_start() {
        let now = Instant::now();
        let mut progress = Progress::default();
        assert!(!progress.see(Seen::Page(Page::Map)));
        progress.start("one", now, 0);
        let revision = progress.revision;
        assert!(progress.see(Seen::Page(Page::Map)));
        assert!(!progress.see(Seen::Page(Page::Map)));
        assert!(progress.see(Seen::Question("price".to_owned())));
        assert!(progress.fulfil("one", "spins".to_owned(), Some(3.0)));
        assert!(!progress.fulfil("one", "spins".to_owned(), Some(4.0)));
        assert_eq!(progress.revision, revision + 3);
        let fulfilled = |progress: &Progress| progress.record("one").and_then(|it| it.fulfilled("spins"));
        assert_eq!(fulfilled(&progress), Some(Some(3.0)));
        progress.go("two", 0, now, 0);
        assert!(progress.is_opened("price"));
        progress.start("one", now, 0);
        assert_eq!(fulfilled(&progress), None);
        assert!(!progress.is_opened("price"));
        assert!(progress.revision > revision + 3);
    }
}
