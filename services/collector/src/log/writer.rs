//! The thread of the log: it takes the queued jobs, writes them in one transaction, and then answers the callers.
//!
//! A caller that waits for an answer waits for the disk: one sync serves all callers of a batch. Our own services do
//! not wait, so their envelopes are collected for a moment and synced within [`SYNC_WITHIN`]. A spin has seven of
//! them, and a sync for each would load the disk more than the wallets do.

use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use reelscope_contracts::{UnixMillis, now};
use reelscope_page_api::telemetry::Notice;
use rusqlite::Transaction;

use super::changes::{Owed, Plan, Planned};
use super::jobs::{Arrival, Batch, Captured, Changed, Changes, Job, batch};
use super::pen::Pen;
use super::retention::{Removed, Retainer, Unpruned};
use super::schema::{is_damage, suspect};
use super::state::{Entry, Parts, State};
use super::tally::{Delta, Kind, Tally};
use crate::envelope::format_id;
use crate::error::CaptureError;
use crate::notice::notice;

/// How long envelopes without a waiting caller may stay in the page cache of the system, where only a failure of the
/// machine can lose them.
const SYNC_WITHIN: Duration = Duration::from_secs(1);

/// Receives the events of the log.
pub(crate) trait Follower: Send {
    /// Something changed. The envelopes arrived or are held after a change, so they can be sent.
    fn moved(&self, held: Vec<Entry>);
    /// An envelope was refused.
    fn refused(&self);
    /// There is a notice for the person who uses the program.
    fn say(&self, notice: Notice);
    /// The notice with this code no longer applies.
    fn take_back(&self, code: &str);
}

/// Figures that the writer shares with the other parts.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) tally: Mutex<Tally>,
    /// Bytes of the envelopes in the queue of the writer.
    pub(crate) queued: AtomicUsize,
    /// Removed envelopes whose rows the index still has to delete.
    pub(crate) unpruned: Unpruned,
}

/// The result of a commit.
struct Written {
    /// Captured envelopes in the order of their jobs.
    captured: Vec<Entry>,
    /// Number of changes with an effect, for each job.
    counts: Vec<u64>,
    /// Envelopes that are held after a change.
    again: Vec<Entry>,
    delta: Delta,
}

pub(crate) struct Writer<F> {
    pen: Pen,
    dir: PathBuf,
    figures: Arc<Figures>,
    retainer: Retainer,
    follower: F,
    owed: Owed,
    /// Time of the first commit that may not be on the disk yet.
    unsynced_since: Option<Instant>,
    /// Bytes written since the last check of the size.
    written: u64,
    /// Whether a write failed and no commit has succeeded since.
    has_failed: bool,
    /// Number of removed envelopes that were never sent and that no notice has mentioned yet.
    evicted: u64,
}

impl<F: Follower> Writer<F> {
    pub(crate) fn new(
        pen: Pen,
        dir: PathBuf,
        figures: Arc<Figures>,
        retainer: Retainer,
        follower: F,
    ) -> Self {
        Self {
            pen,
            dir,
            figures,
            retainer,
            follower,
            owed: Owed::default(),
            unsynced_since: None,
            written: 0,
            has_failed: false,
            evicted: 0,
        }
    }

    /// Runs until [`Job::Stop`]. Jobs that were queued before it are written.
    pub(crate) fn run(mut self, jobs: &mpsc::Receiver<Job>) {
        let mut stopping = false;
        let mut checked = Instant::now();
        // Room is made in steps, so that callers do not wait for all of them.
        let mut has_too_much = true;
        while !stopping {
            let timeout = match self.unsynced_since {
                _ if has_too_much => Duration::ZERO,
                Some(since) => SYNC_WITHIN.saturating_sub(since.elapsed()),
                None => self.retainer.next_check(),
            };
            let (batch, is_last) = batch(jobs, timeout);
            stopping = is_last;
            self.commit(batch);
            let due = self
                .unsynced_since
                .is_some_and(|since| stopping || since.elapsed() >= SYNC_WITHIN);
            if due && let Err(error) = self.sync() {
                // Try again after `SYNC_WITHIN`, not at once.
                self.unsynced_since = Some(Instant::now());
                self.failed(&error);
            }
            if self.written >= self.retainer.interval() || checked.elapsed() >= self.retainer.next_check() {
                checked = Instant::now();
                self.written = 0;
                has_too_much = true;
            }
            has_too_much = has_too_much && self.make_some_room();
        }
    }

    fn commit(&mut self, jobs: Vec<Job>) {
        if jobs.is_empty() && self.owed.is_empty() {
            return;
        }
        let sync = !self.owed.is_empty() || jobs.iter().any(Job::is_waited_for);
        let batch = Batch::of(jobs);
        match self.write(&batch, sync) {
            Ok(written) => self.finish(batch, written),
            Err(error) => self.give_up(batch, &error),
        }
    }

    fn write(&mut self, batch: &Batch, sync: bool) -> rusqlite::Result<Written> {
        let mut seq = self.figures.tally.lock().newest_seq();
        let at = self.retainer.ages.stamp(seq + 1);
        let (mut captured, mut delta) = (Vec::with_capacity(batch.captures.len()), Delta::new());
        let mut writing = self.pen.turn();
        let transaction = writing.begin(sync)?;
        for (arrival, _) in &batch.captures {
            seq += 1;
            let entry = insert(&transaction, seq, at, arrival)?;
            *delta.entry(Kind::of(&entry)).or_default() += 1;
            captured.push(entry);
        }
        let mut plan = Plan::new(&transaction, &self.owed);
        let counts = batch.changes.iter().map(|(changes, _)| plan.add(changes));
        let counts = counts.collect::<rusqlite::Result<Vec<u64>>>()?;
        let Planned {
            states,
            delta: changed,
            again,
        } = plan.done();
        self.owed.write(&transaction, &states)?;
        Tally::write(&transaction, &merged([&delta, &changed, &self.owed.delta]))?;
        transaction.commit()?;
        drop(writing);
        // SQLite does not sync a commit without changes.
        let has_written = !(captured.is_empty() && states.is_empty() && self.owed.is_empty());
        self.owed = Owed::default();
        if has_written {
            self.unsynced_since = (!sync).then(|| self.unsynced_since.unwrap_or_else(Instant::now));
        }
        Ok(Written {
            captured,
            counts,
            again,
            delta: merged([&delta, &changed]),
        })
    }

    /// Completes a commit: updates the counts, tells the follower, then answers the callers.
    fn finish(&mut self, batch: Batch, written: Written) {
        self.figures.tally.lock().add(&written.delta);
        let bytes = written.captured.iter().map(|entry| entry.size).sum::<u64>();
        self.written += bytes;
        self.retainer.captured(bytes);
        if std::mem::take(&mut self.has_failed) {
            self.follower.take_back("disk_failed");
        }
        let mut answers = Vec::new();
        // Dropping an arrival takes it from the queue, so this follows the counting: each is always queued or counted.
        for ((arrival, answer), entry) in batch.captures.into_iter().zip(&written.captured) {
            let event_id = (arrival.event_id != 0).then(|| format_id(arrival.event_id));
            answers.extend(answer.map(|answer| {
                let seq = entry.seq;
                (answer, Captured { seq, event_id })
            }));
        }
        self.follower.moved([written.captured, written.again].concat());
        for (answer, captured) in answers {
            let _ = answer.send(Ok(captured));
        }
        for ((_, answer), count) in batch.changes.into_iter().zip(written.counts) {
            if let Some(answer) = answer {
                let is_on_disk = true;
                let _ = answer.send(Changed { count, is_on_disk });
            }
        }
    }

    /// Handles a failed commit. Envelopes are refused. Changes have happened already, so they count and are written
    /// with the next commit that succeeds.
    fn give_up(&mut self, batch: Batch, error: &rusqlite::Error) {
        self.failed(error);
        let reason = error.to_string();
        for (_, answer) in batch.captures {
            self.follower.refused();
            if let Some(answer) = answer {
                let _ = answer.send(Err(CaptureError::Disk(reason.clone())));
            }
        }
        let mut again = Vec::new();
        for (changes, answer) in batch.changes {
            let (count, planned) = self.planned(&changes).unwrap_or_else(|error| {
                tracing::error!(%error, "what became of envelopes is not known at the next start");
                (0, Planned::nothing())
            });
            self.figures.tally.lock().add(&planned.delta);
            self.owed.take_on(&planned);
            again.extend(planned.again);
            if let Some(answer) = answer {
                let is_on_disk = false;
                let _ = answer.send(Changed { count, is_on_disk });
            }
        }
        self.follower.moved(again);
    }

    /// Returns the number of changes with an effect, and that effect.
    fn planned(&self, changes: &Changes) -> rusqlite::Result<(u64, Planned)> {
        let mut writing = self.pen.turn();
        let mut plan = Plan::new(writing.connection()?, &self.owed);
        let count = plan.add(changes)?;
        Ok((count, plan.done()))
    }

    fn failed(&mut self, error: &rusqlite::Error) {
        self.has_failed = true;
        tracing::error!(%error, "telemetry could not be written");
        let said = if is_damage(error) {
            suspect(&self.dir);
            notice(
                "telemetry_damaged",
                format!(
                    "The file of the telemetry is damaged ({error}). Start Reelscope again: it sets the file aside and begins a new one."
                ),
            )
        } else {
            notice("disk_failed", format!("Telemetry could not be written: {error}."))
        };
        self.follower.say(said.with("cause", error));
    }

    /// Syncs all commits so far, because a synced commit includes those before it.
    fn sync(&mut self) -> rusqlite::Result<()> {
        self.pen.write(true, |transaction| {
            transaction.execute("UPDATE synced SET at = ?1", [now()])
        })?;
        self.unsynced_since = None;
        Ok(())
    }

    /// Performs a step of retention and returns whether there may be more to do. Owed changes have to be written
    /// first, because until then the disk has outdated states.
    fn make_some_room(&mut self) -> bool {
        if !self.owed.is_empty() {
            return false;
        }
        let step = self.retainer.step(&mut self.pen.turn(), &self.figures.unpruned);
        match step {
            Ok(Some(Removed { delta, evicted })) => {
                self.figures.tally.lock().add(&delta);
                self.evicted += evicted;
                self.follower.moved(Vec::new());
                true
            }
            Ok(None) => {
                let evicted = std::mem::take(&mut self.evicted);
                if evicted > 0 {
                    let detail =
                        format!("{evicted} envelopes that were never sent had to make room for newer ones.");
                    self.follower
                        .say(notice("evicted", detail).with("count", evicted));
                    self.follower.moved(Vec::new());
                }
                false
            }
            Err(error) => {
                self.failed(&error);
                false
            }
        }
    }
}

fn insert(
    transaction: &Transaction<'_>,
    seq: u64,
    at: UnixMillis,
    arrival: &Arrival,
) -> rusqlite::Result<Entry> {
    let entry = Entry {
        seq,
        received_at: at,
        slot: Arc::clone(&arrival.slot),
        destination: arrival.destination,
        categories: arrival.categories,
        trace_id: arrival.trace_id,
        state: State::Held,
        size: arrival.body.size,
        parts: Parts::default(),
    };
    let trace = (entry.trace_id != 0).then(|| entry.trace_id.to_be_bytes());
    transaction
        .prepare_cached("INSERT INTO envelopes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
        .execute((
            seq.cast_signed(),
            at,
            &*entry.slot,
            entry.destination.cast_signed(),
            entry.categories.bits(),
            trace.as_ref().map(<[u8; 16]>::as_slice),
            entry.state.number(),
            entry.size.cast_signed(),
        ))?;
    transaction
        .prepare_cached("INSERT INTO bodies VALUES (?1, ?2)")?
        .execute((seq.cast_signed(), &arrival.body.stored))?;
    Ok(entry)
}

fn merged<const N: usize>(deltas: [&Delta; N]) -> Delta {
    let mut sum = Delta::new();
    for (kind, change) in deltas.into_iter().flatten() {
        *sum.entry(kind.clone()).or_default() += change;
    }
    sum
}
