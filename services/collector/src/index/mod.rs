//! The index: tables beside the log for the viewer's queries, with summaries of traces and issues, spans, and
//! numbers. It follows the log from a position of its own and can be rebuilt from it at any time. Details stay in
//! the log.
//!
//! [`follow`] is the thread; [`keeper`] and [`rows`] write and remove; [`traces`], [`issues`] and [`points`] answer
//! queries; [`digests`] are values that others derive from traces; [`decisions`] of people about issues are the
//! only table that is not derived; [`schema`] creates the tables.

mod decisions;
mod digests;
mod follow;
mod issues;
mod keeper;
mod pace;
mod points;
mod progress;
mod releases;
mod rows;
mod schema;
mod sums;
mod taking;
#[cfg(test)]
pub(crate) mod tests;
mod traces;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use parking_lot::Mutex;
use reelscope_page_api::telemetry::{IssueDecision, IssueSummary, Measurements, Micros, Named, TraceSummary};
use rusqlite::Connection;
use tokio::sync::broadcast;

pub use self::digests::Digests;
pub(crate) use self::follow::{Defects, run};
use self::pace::Attention;
pub(crate) use self::pace::Wake;
pub(crate) use self::rows::ENVELOPES_OF_TYPE;
pub use self::traces::Whose;
pub(crate) use self::traces::{Attribute, ListPosition, TraceFilter, WithEnvelopes};
use crate::facts::{LOST, SESSIONS};
use crate::live::Live;
use crate::log::{Figures, Pen, Readers};
use crate::service_map::LastMinute;

/// Limit of live messages that a slow reader may be behind.
const MOST_LIVE: usize = 1_024;
/// Limit of trace summaries in memory, for readers that poll.
const MOST_LINES: usize = 2_000;
/// Limit of waiting for the index to catch up before a query is answered.
const PATIENCE: Duration = Duration::from_secs(1);

/// The index as the other parts use it.
pub(crate) struct Index {
    readers: Readers,
    pen: Pen,
    figures: Arc<Figures>,
    attention: Attention,
    live: broadcast::Sender<Arc<Live>>,
    counters: Mutex<BTreeMap<String, u64>>,
    indexed: AtomicBool,
    /// Summaries in memory by row, each with its revision; those of the earliest traces are dropped first.
    lines: Mutex<BTreeMap<i64, (i64, Arc<TraceSummary>)>>,
    wake: mpsc::Sender<Wake>,
}

/// A page of the list of traces.
pub(crate) struct TracePage {
    pub(crate) traces: Vec<TraceSummary>,
    /// Position of the next page.
    pub(crate) next: Option<ListPosition>,
    /// Number of matching traces that began in the requested time, on any page, and the number that these stand
    /// for.
    pub(crate) within: (u64, f64),
}

/// An issue, and its newest events.
pub(crate) struct IssueEvents {
    pub(crate) summary: IssueSummary,
    /// Envelopes of the newest events, newest first.
    pub(crate) envelopes: Vec<u64>,
    /// Times of the newest events, oldest first.
    pub(crate) times: Vec<Micros>,
}

impl Index {
    /// Creates the index, and the receiver that wakes its thread; [`run`] takes it.
    pub(crate) fn new(readers: Readers, pen: Pen, figures: Arc<Figures>) -> (Self, mpsc::Receiver<Wake>) {
        let (wake, wakes) = mpsc::channel();
        // The tables exist before the thread starts, so that early queries find them empty. If this fails, the
        // thread tries again.
        if let Err(error) = schema::prepare(&pen) {
            tracing::warn!(%error, "telemetry cannot be indexed yet");
        }
        let index = Self {
            readers,
            pen,
            figures,
            attention: Attention::new(),
            live: broadcast::Sender::new(MOST_LIVE),
            counters: Mutex::default(),
            indexed: AtomicBool::new(false),
            lines: Mutex::default(),
            wake,
        };
        (index, wakes)
    }

    /// Tells that envelopes have arrived.
    pub(crate) fn wake(&self) {
        let _ = self.wake.send(Wake::More);
    }

    /// Ends the thread.
    pub(crate) fn stop(&self) {
        let _ = self.wake.send(Wake::End);
    }

    /// Subscribes to changes from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<Live>> {
        self.live.subscribe()
    }

    /// Sends a message to all viewers.
    pub(crate) fn announce(&self, message: Live) {
        // Without a viewer nobody is told.
        let _ = self.live.send(message.into());
    }

    /// Marks that a viewer is active, and waits up to [`PATIENCE`] until everything captured before this call is
    /// indexed.
    pub(crate) async fn look(&self) {
        let captured = self.figures.tally.lock().newest_seq();
        if !self.is_through(captured) {
            let _ = self.wake.send(Wake::Look);
        }
        self.attention.wait(captured, PATIENCE).await;
    }

    /// Whether everything captured is indexed.
    pub(crate) fn is_whole(&self) -> bool {
        self.indexed.load(Ordering::Acquire)
    }

    /// Whether everything up to this envelope is indexed.
    pub(crate) fn is_through(&self, seq: u64) -> bool {
        self.attention.is_through(seq)
    }

    /// Returns a page of traces, the last to arrive first, and counts those that began in `times`.
    pub(crate) async fn traces(
        &self,
        filter: TraceFilter,
        before: Option<ListPosition>,
        limit: usize,
        times: Range<Micros>,
    ) -> rusqlite::Result<TracePage> {
        let read = move |connection: &Connection| {
            let (traces, next) = traces::page(connection, &filter, before, limit)?;
            Ok(TracePage {
                traces,
                next,
                within: traces::count_within(connection, &times, &filter)?,
            })
        };
        self.readers.read(read).await
    }

    /// Returns the traces whose first envelope came after envelope `after`, the last to arrive first. Blocks.
    pub(crate) fn traces_after(&self, after: u64, limit: usize) -> Vec<Arc<TraceSummary>> {
        let read = |connection: &Connection| {
            let revisions = traces::revisions_after(connection, after, Whose::All, limit)?;
            let mut lines = self.lines.lock();
            let mut found = Vec::with_capacity(revisions.len());
            for (row, revision) in revisions {
                let known = lines.get(&row).filter(|(known, _)| *known == revision);
                if let Some((_, line)) = known {
                    found.push(Arc::clone(line));
                } else if let Some(line) = traces::line(connection, row)?.map(Arc::new) {
                    lines.insert(row, (revision, Arc::clone(&line)));
                    found.push(line);
                }
            }
            while lines.len() > MOST_LINES {
                lines.pop_first();
            }
            Ok(found)
        };
        self.readers.read_here(read).unwrap_or_else(|error| {
            tracing::warn!(%error, "traces could not be read");
            Vec::new()
        })
    }

    /// Implements [`Digests::follow`]. Blocks.
    pub(crate) fn follow<T>(
        &self,
        after: (u64, Whose),
        digests: &mut Digests<T>,
        make: impl Fn(&TraceSummary) -> Option<T>,
        gone: impl Fn(&mut T),
    ) -> rusqlite::Result<()> {
        let follow = |connection: &Connection| digests.follow(connection, after, make, gone);
        self.readers.read_here(follow)
    }

    /// Returns the envelopes of a trace, oldest first, up to a limit, and whether there are more; `None` for an
    /// unknown trace.
    pub(crate) async fn envelopes_of(&self, trace: u128) -> rusqlite::Result<Option<(Vec<u64>, bool)>> {
        let read = move |connection: &Connection| traces::envelopes(connection, trace);
        self.readers.read(read).await
    }

    /// Returns the envelopes of the newest traces, and which share of those that began in `minute` they are.
    pub(crate) async fn newest_traces(
        &self,
        limit: usize,
        minute: Range<Micros>,
    ) -> rusqlite::Result<(WithEnvelopes, LastMinute)> {
        let read = move |connection: &Connection| traces::newest(connection, limit, &minute);
        self.readers.read(read).await
    }

    /// Returns issues, that of the event that arrived last first.
    pub(crate) async fn issues(&self, limit: usize) -> rusqlite::Result<Vec<IssueSummary>> {
        let read = move |connection: &Connection| issues::newest(connection, limit);
        self.readers.read(read).await
    }

    /// Returns an issue and its newest events; `None` for an unknown one.
    pub(crate) async fn issue(&self, id: String) -> rusqlite::Result<Option<IssueEvents>> {
        let read = move |connection: &Connection| {
            let Some(summary) = issues::one(connection, &id)? else {
                return Ok(None);
            };
            Ok(Some(IssueEvents {
                summary,
                envelopes: issues::envelopes(connection, &id)?,
                times: issues::times(connection, &id)?,
            }))
        };
        self.readers.read(read).await
    }

    /// Stores the decision of a person about an issue; `now` returns the time. Returns the changed issue; `None`
    /// for an unknown one. Blocks.
    ///
    /// # Errors
    /// An error of SQLite; nothing is changed.
    pub(crate) fn decide(
        &self,
        id: &str,
        decision: IssueDecision,
        now: impl FnOnce() -> Micros,
    ) -> rusqlite::Result<Option<IssueSummary>> {
        let decided = self.pen.write(true, |transaction| {
            // Read within the write transaction, so that every envelope with an earlier time has its number.
            let (newest, now) = (newest_seq(transaction)?, now());
            let newest = newest.max(self.figures.tally.lock().newest_seq());
            let Some(issue) = issues::one(transaction, id)? else {
                return Ok(None);
            };
            let in_force = issues::release_in_force(transaction, &issue.services)?;
            decisions::decide(transaction, &issue, decision, in_force.as_deref(), (newest, now))?;
            issues::one(transaction, id)
        })?;
        if let Some(issue) = &decided {
            let _ = self.live.send(Live::Issue(issue.clone()).into());
        }
        Ok(decided)
    }

    /// Returns points of measurements and metrics, newest first.
    pub(crate) async fn measurements(
        &self,
        name: Option<String>,
        since: Micros,
        limit: usize,
    ) -> rusqlite::Result<Measurements> {
        let indexed = self.is_whole();
        let read = move |connection: &Connection| {
            Ok(Measurements {
                names: points::names(connection)?,
                points: points::since(connection, name.as_deref(), since, limit)?,
                indexed,
            })
        };
        self.readers.read(read).await
    }

    /// What SDKs report as lost, by `reason/category`.
    pub(crate) fn lost_by_sdks(&self) -> Named<u64> {
        let counters = self.counters.lock();
        let lost = counters
            .iter()
            .filter_map(|(name, count)| Some((name.strip_prefix(LOST)?, count)));
        lost.map(|(name, count)| (name.to_owned(), *count)).collect()
    }

    pub(crate) fn sessions(&self) -> u64 {
        self.counters.lock().get(SESSIONS).copied().unwrap_or(0)
    }
}

/// Number of the newest stored envelope; 0 where there is none.
fn newest_seq(connection: &Connection) -> rusqlite::Result<u64> {
    let mut newest = connection.prepare_cached("SELECT coalesce(max(seq), 0) FROM envelopes")?;
    newest.query_row((), |row| Ok(row.get::<_, i64>(0)?.cast_unsigned()))
}
