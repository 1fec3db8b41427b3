//! Reads traces and envelopes for the viewer and the demo.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use parking_lot::Mutex;
use reelscope_page_api::telemetry::{
    EnvelopeState, EnvelopeSummary, IssueSummary, TraceDetail, TraceSummary,
};
use rusqlite::{Connection, InterruptHandle};
use tokio::sync::watch;

use super::Collector;
use crate::bounds;
use crate::envelope::parse_id;
use crate::error::{CollectorError, ReadError};
use crate::index::{self, Digests, Index, Whose};
use crate::live::Live;
use crate::log::{self, Entry};
use crate::trace;

/// A check that runs on a thread of its own; dropping this ends it.
#[derive(Default)]
struct Running(Arc<Mutex<Option<InterruptHandle>>>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(handle) = &*self.0.lock() {
            handle.interrupt();
        }
    }
}

/// Limit of envelope bytes that one request of the viewer reads.
const MOST_READ: u64 = 64 * 1024 * 1024;

impl Collector {
    /// Whether the index has caught up with the log once since the start.
    #[must_use]
    pub fn indexed(&self) -> bool {
        self.parts.index.is_whole()
    }

    /// Whether everything captured so far is indexed. This call does not count as a viewer's.
    #[must_use]
    pub fn caught_up(&self) -> bool {
        if self.parts.figures.queued.load(Ordering::Relaxed) > 0 {
            return false;
        }
        self.parts.index.is_through(self.captured_so_far())
    }

    /// Number of the newest envelope; 0 before the first.
    #[must_use]
    pub fn captured_so_far(&self) -> u64 {
        self.parts.figures.tally.lock().newest_seq()
    }

    /// Returns up to `limit` indexed traces whose first envelope came after envelope `after`, newest first. This
    /// call does not count as a viewer's.
    pub async fn traces_after(&self, after: u64, limit: usize) -> Vec<Arc<TraceSummary>> {
        let collector = self.clone();
        let found = tokio::task::spawn_blocking(move || collector.traces_after_here(after, limit));
        found.await.unwrap_or_else(|error| {
            tracing::error!(%error, "traces could not be read");
            Vec::new()
        })
    }

    /// As [`Collector::traces_after`], on the calling thread. Blocks.
    #[must_use]
    pub fn traces_after_here(&self, after: u64, limit: usize) -> Vec<Arc<TraceSummary>> {
        self.parts.index.traces_after(after, limit)
    }

    /// Updates `digests` with these traces whose first envelope came after envelope `after`: `make` is called for
    /// each new or changed one, `gone` for each that has been deleted. This call does not count as a viewer's.
    /// Blocks.
    ///
    /// # Errors
    /// Some traces could not be read.
    pub fn follow_traces<T>(
        &self,
        (after, whose): (u64, Whose),
        digests: &mut Digests<T>,
        make: impl Fn(&TraceSummary) -> Option<T>,
        gone: impl Fn(&mut T),
    ) -> Result<(), ReadError> {
        Ok(self.parts.index.follow((after, whose), digests, make, gone)?)
    }

    /// Returns everything about one trace; `None` when it is unknown. This call does not count as a viewer's.
    ///
    /// # Errors
    /// It could not be read.
    pub async fn trace(&self, trace_id: &str) -> Result<Option<TraceDetail>, ReadError> {
        let Some(id) = parse_id(trace_id) else {
            return Ok(None);
        };
        let Some((seqs, is_more)) = self.parts.index.envelopes_of(id).await? else {
            return Ok(None);
        };
        let (found, missing) = self.read_many(seqs).await?;
        let oddity = match missing {
            0 => is_more.then_some("too_many_envelopes"),
            _ => Some("incomplete"),
        };
        let detail = tokio::task::spawn_blocking(move || trace::detail(id, &found, oddity));
        Ok(Some(detail.await.map_err(log::unfinished)?))
    }

    /// Returns up to `limit` issues, that of the event that arrived last first. This call does not count as a viewer's.
    ///
    /// # Errors
    /// They could not be read.
    pub async fn issues(&self, limit: usize) -> Result<Vec<IssueSummary>, ReadError> {
        Ok(self.parts.index.issues(limit).await?)
    }

    /// Reads every page of the file, which takes as long as copying it.
    ///
    /// # Errors
    /// [`CollectorError::Damaged`], or an error of the system.
    pub async fn check(&self) -> Result<(), CollectorError> {
        let readers = self.parts.readers.clone();
        let running = Running::default();
        let begun = Arc::clone(&running.0);
        let checked =
            tokio::task::spawn_blocking(move || readers.check(|handle| *begun.lock() = Some(handle)));
        checked
            .await
            .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }

    pub(crate) fn index(&self) -> &Index {
        &self.parts.index
    }

    /// Tells all viewers that something beside telemetry has a new revision, under the name `event`.
    pub fn announce(&self, event: &'static str, revision: u64) {
        self.parts.index.announce(Live::Revision { event, revision });
    }

    /// Changes whenever the state of delivery does.
    pub(crate) fn revisions(&self) -> watch::Receiver<u64> {
        self.parts.revision.subscribe()
    }

    /// Returns up to `limit` envelopes in `state` with numbers below `before`, newest first.
    ///
    /// # Errors
    /// They could not be read.
    pub async fn envelopes(
        &self,
        before: Option<u64>,
        state: Option<EnvelopeState>,
        item_type: Option<String>,
        limit: usize,
    ) -> Result<Vec<EnvelopeSummary>, ReadError> {
        let states = match state {
            None => "1",
            Some(EnvelopeState::Held) => "state = 0",
            Some(EnvelopeState::Delivered) => "state = 1",
            Some(EnvelopeState::Dead) => "state > 1",
        };
        let before = before.map_or(i64::MAX, |before| i64::try_from(before).unwrap_or(i64::MAX));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let read = move |connection: &Connection| {
            let Some(item_type) = item_type else {
                let which = format!("WHERE seq < ?1 AND {states} ORDER BY seq DESC LIMIT ?2");
                return log::rows(connection, &which, [before, limit]);
            };
            let item_type = bounds::cut(&item_type, bounds::KIND);
            let listed = index::ENVELOPES_OF_TYPE;
            let which =
                format!("WHERE seq < ?1 AND {states} AND seq IN ({listed}) ORDER BY seq DESC LIMIT ?2");
            log::rows(connection, &which, (before, limit, item_type))
        };
        let found = self.parts.readers.read(read).await?;
        let reasons = self.parts.delivery.reasons();
        Ok(found.iter().map(|entry| reasons.summary(entry)).collect())
    }

    /// Returns one envelope as summary and bytes; `None` when it is not kept.
    ///
    /// # Errors
    /// It could not be read.
    pub async fn envelope(&self, seq: u64) -> Result<Option<(EnvelopeSummary, Vec<u8>)>, ReadError> {
        let read = move |connection: &Connection| log::envelope(connection, seq);
        let found = self.parts.readers.read(read).await?;
        Ok(found.map(|(entry, bytes)| (self.parts.delivery.reasons().summary(&entry), bytes)))
    }

    /// Returns those of the envelopes `seqs` that are kept, up to [`MOST_READ`] bytes, and the number of missing
    /// ones.
    pub(crate) async fn read_many(&self, seqs: Vec<u64>) -> rusqlite::Result<(Vec<(Entry, Vec<u8>)>, usize)> {
        let asked = seqs.len();
        let read = move |connection: &Connection| {
            let (mut found, mut left) = (Vec::new(), MOST_READ);
            for seq in seqs {
                let Some((entry, bytes)) = log::envelope(connection, seq)? else {
                    continue;
                };
                if entry.size > left {
                    break;
                }
                left -= entry.size;
                found.push((entry, bytes));
            }
            Ok(found)
        };
        let found = self.parts.readers.read(read).await?;
        let missing = asked - found.len();
        Ok((found, missing))
    }
}
