//! What the viewer asks for, as tables beside the log: lines of traces and issues, spans, numbers. It follows the log from
//! a position of its own, and could be made anew from it at any time. Details stay in the log.
//!
//! [`follow`] (the thread), [`keeper`] and [`rows`] (what goes in and out), [`traces`], [`issues`], [`points`] (what is
//! asked), [`digests`] (what others make of traces), [`decisions`] (what people hold of issues, which is not derived), [`schema`].

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

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use parking_lot::Mutex;
use reelscope_contracts::telemetry::{
    IssueDecision, IssueSummary, Measurements, Micros, Named, TraceSummary,
};
use rusqlite::Connection;
use tokio::sync::broadcast;

pub use self::digests::Digests;
pub(crate) use self::follow::{Defects, run};
use self::pace::Attention;
pub(crate) use self::pace::Wake;
pub(crate) use self::rows::ENVELOPES_OF_TYPE;
pub(crate) use self::traces::{Attribute, ListPosition, TraceFilter, WithEnvelopes};
use crate::facts::{LOST, SESSIONS};
use crate::live::Live;
use crate::log::{Figures, Pen, Readers};
use crate::service_map::LastMinute;

/// Most live messages that a slow reader may be behind.
const MOST_LIVE: usize = 1_024;
/// Most lines of traces that are kept ready for who asks again and again.
const MOST_LINES: usize = 2_000;
/// How long an answer may wait for the index to catch up with a load.
const PATIENCE: Duration = Duration::from_secs(1);

/// The index as everybody sees it.
pub(crate) struct Index {
    readers: Readers,
    pen: Pen,
    figures: Arc<Figures>,
    attention: Attention,
    live: broadcast::Sender<Arc<Live>>,
    counters: Mutex<BTreeMap<String, u64>>,
    indexed: AtomicBool,
    /// By row: revision and line.
    lines: Mutex<HashMap<i64, (i64, Arc<TraceSummary>)>>,
    wake: mpsc::Sender<Wake>,
}

/// A page of the list of traces, and what is told beside it.
pub(crate) struct TracePage {
    pub(crate) traces: Vec<TraceSummary>,
    /// Where the next page begins.
    pub(crate) next: Option<ListPosition>,
    /// How many that the filter takes began in the time that was asked for, on whichever page; and how many those stand for.
    pub(crate) within: (u64, f64),
}

/// An issue with where its newest events stand.
pub(crate) struct IssueEvents {
    pub(crate) summary: IssueSummary,
    /// Envelopes of the newest, newest first.
    pub(crate) envelopes: Vec<u64>,
    /// Times of the newest, oldest first.
    pub(crate) times: Vec<Micros>,
}

impl Index {
    /// The index, and what wakes its thread: [`run`] takes it.
    pub(crate) fn new(readers: Readers, pen: Pen, figures: Arc<Figures>) -> (Self, mpsc::Receiver<Wake>) {
        let (wake, wakes) = mpsc::channel();
        // Whoever asks before the thread has begun sees empty tables; where they cannot be made it tries again.
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

    /// More has come.
    pub(crate) fn wake(&self) {
        let _ = self.wake.send(Wake::More);
    }

    /// Ends the thread.
    pub(crate) fn stop(&self) {
        let _ = self.wake.send(Wake::End);
    }

    /// What happens from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<Live>> {
        self.live.subscribe()
    }

    /// Somebody looks: the index keeps up, and shows what was captured before the question unless that takes too long.
    pub(crate) async fn look(&self) {
        let captured = self.figures.tally.lock().newest_seq();
        if !self.is_through(captured) {
            let _ = self.wake.send(Wake::Look);
        }
        self.attention.wait(captured, PATIENCE).await;
    }

    /// Whether everything that was captured is indexed.
    pub(crate) fn is_whole(&self) -> bool {
        self.indexed.load(Ordering::Acquire)
    }

    /// Whether everything up to this envelope is indexed.
    pub(crate) fn is_through(&self, seq: u64) -> bool {
        self.attention.is_through(seq)
    }

    /// A page of traces, the last to arrive first; counts those that began in `times`.
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

    /// Traces of which nothing had come when envelope `after` had, the last to arrive first. Blocks.
    pub(crate) fn traces_after(&self, after: u64, limit: usize) -> Vec<Arc<TraceSummary>> {
        let read = |connection: &Connection| {
            let revisions = traces::revisions_after(connection, after, limit)?;
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
            forget_oldest(&mut lines);
            Ok(found)
        };
        self.readers.read_here(read).unwrap_or_else(|error| {
            tracing::warn!(%error, "traces could not be read");
            Vec::new()
        })
    }

    /// See [`Digests::follow`]. Blocks.
    pub(crate) fn follow<T>(
        &self,
        after: u64,
        digests: &mut Digests<T>,
        make: impl Fn(&TraceSummary) -> Option<T>,
        gone: impl Fn(&mut T),
    ) -> rusqlite::Result<()> {
        let follow = |connection: &Connection| digests.follow(connection, after, make, gone);
        self.readers.read_here(follow)
    }

    /// The envelopes of a trace, oldest first, up to a bound, and whether there are more; `None` when nothing of it is kept.
    pub(crate) async fn envelopes_of(&self, trace: u128) -> rusqlite::Result<Option<(Vec<u64>, bool)>> {
        let read = move |connection: &Connection| traces::envelopes(connection, trace);
        self.readers.read(read).await
    }

    /// The envelopes of each of the traces that arrived last, and what part of those that began in `minute` these are.
    pub(crate) async fn newest_traces(
        &self,
        limit: usize,
        minute: Range<Micros>,
    ) -> rusqlite::Result<(WithEnvelopes, LastMinute)> {
        let read = move |connection: &Connection| traces::newest(connection, limit, &minute);
        self.readers.read(read).await
    }

    /// Issues, last seen first.
    pub(crate) async fn issues(&self, limit: usize) -> rusqlite::Result<Vec<IssueSummary>> {
        let read = move |connection: &Connection| issues::newest(connection, limit);
        self.readers.read(read).await
    }

    /// An issue with where its newest events stand; `None` when none is kept.
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

    /// Takes what a person decided of an issue; `now` tells the time. Returns the issue as it is then; `None` when none is
    /// kept. Blocks.
    ///
    /// # Errors
    /// SQLite's; nothing was changed then.
    pub(crate) fn decide(
        &self,
        id: &str,
        decision: IssueDecision,
        now: impl FnOnce() -> Micros,
    ) -> rusqlite::Result<Option<IssueSummary>> {
        let decided = self.pen.write(true, |transaction| {
            // Once nothing else is written: what has a time of before has its number too.
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

    /// Numbers that transactions measured and metrics recorded, newest first.
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

/// Number of the newest envelope that is kept; 0 where none is.
fn newest_seq(connection: &Connection) -> rusqlite::Result<u64> {
    let mut newest = connection.prepare_cached("SELECT coalesce(max(seq), 0) FROM envelopes")?;
    newest.query_row((), |row| Ok(row.get::<_, i64>(0)?.cast_unsigned()))
}

/// Forgets lines where there are too many: those of the traces that came first.
fn forget_oldest(lines: &mut HashMap<i64, (i64, Arc<TraceSummary>)>) {
    let surplus = lines.len().saturating_sub(MOST_LINES);
    if surplus > MOST_LINES / 8 {
        let mut rows: Vec<i64> = lines.keys().copied().collect();
        let (_, first_kept, _) = rows.select_nth_unstable(surplus);
        let first_kept = *first_kept;
        lines.retain(|row, _| *row >= first_kept);
    }
}
