//! The one thread that writes: it takes what is waiting, writes it at once, and then answers.
//!
//! Whoever waits for an answer waits for the disk: one sync for all who came together. Envelopes of our own services
//! wait for nobody, so they are gathered for a moment and synced within [`SYNC_WITHIN`]: seven of them a spin, each
//! with a sync of its own, took more time from the wallets' disk than the wallets did.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use reelscope_contracts::now;
use tokio::sync::oneshot;

use crate::collector::{Retention, Shared, lock};
use crate::envelope::{Envelope, format_id};
use crate::error::CaptureError;
use crate::frame::{self, Change, Meta};
use crate::ledger::Place;
use crate::log::{Log, notice};

/// Most jobs of one commit. Bounds how long the first of them waits for the last.
const MOST_JOBS: usize = 512;
/// Bytes after which a commit takes no more.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// How long envelopes that nobody waits for are gathered; whoever comes meanwhile and waits is served after it.
const GATHERED_FOR: Duration = Duration::from_millis(20);
/// How long bytes that nobody waits for may stay in the system's memory, where only a failure of the machine loses
/// them.
const SYNC_WITHIN: Duration = Duration::from_secs(1);
/// How often age is looked at while nothing comes.
const AGE_CHECK: Duration = Duration::from_secs(60);

/// An envelope that is on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured {
    /// Its number, from 1.
    pub seq: u64,
    /// Its event's id, if it has one.
    pub event_id: Option<String>,
}

pub(crate) enum Job {
    Capture {
        slot: Arc<str>,
        bytes: Vec<u8>,
        answer: Option<oneshot::Sender<Result<Captured, CaptureError>>>,
    },
    /// Answered with how many of them changed anything.
    Change {
        changes: Vec<(u64, Change)>,
        answer: Option<oneshot::Sender<u64>>,
    },
    Stop,
}

impl Job {
    /// Whether somebody waits for the disk. What the outbox says is not waited for, but is synced at once: until it is
    /// written, a kill sends an envelope twice.
    fn is_waited_for(&self) -> bool {
        match self {
            Self::Capture { answer, .. } => answer.is_some(),
            Self::Change { .. } | Self::Stop => true,
        }
    }
}

/// What a commit does once its bytes are on the disk.
enum Done {
    Captured {
        seq: u64,
        meta: Meta,
        place: Place,
        answer: Option<oneshot::Sender<Result<Captured, CaptureError>>>,
    },
    Changed {
        changes: Vec<(u64, Change)>,
        answer: Option<oneshot::Sender<u64>>,
    },
    /// An envelope for which no place was found.
    Unplaced(Option<oneshot::Sender<Result<Captured, CaptureError>>>),
}

pub(crate) struct Writer {
    /// What a commit writes; it grows once, not with every commit.
    pub(crate) buffer: Vec<u8>,
    pub(crate) log: Log,
    pub(crate) retention: Retention,
    pub(crate) shared: Arc<Shared>,
}

impl Writer {
    /// Runs until it is told to stop; what was handed over before is written.
    pub(crate) fn run(mut self, jobs: &mpsc::Receiver<Job>) {
        // Changes that the disk refused: they happened, so they are written as soon as it takes them.
        let mut owed: VecDeque<(u64, Change)> = VecDeque::new();
        let mut stopping = false;
        let mut checked = Instant::now();
        self.retain();
        while !stopping {
            let mut batch = Vec::new();
            let mut bytes = 0;
            let patience = self
                .log
                .unsynced_since()
                .map_or(AGE_CHECK, |since| SYNC_WITHIN.saturating_sub(since.elapsed()));
            match jobs.recv_timeout(patience) {
                Ok(job) => batch.push(job),
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => stopping = true,
            }
            if batch.last().is_some_and(|job| !job.is_waited_for()) {
                // Asleep rather than listening, so that those who come meanwhile need not wake this thread.
                std::thread::sleep(GATHERED_FOR);
            }
            while batch.len() < MOST_JOBS && bytes < MOST_BYTES {
                match batch.last() {
                    Some(Job::Stop) => {
                        stopping = true;
                        batch.pop();
                    }
                    Some(Job::Capture { bytes: envelope, .. }) => bytes += envelope.len(),
                    _ => {}
                }
                match jobs.try_recv() {
                    Ok(job) => batch.push(job),
                    Err(_) => break,
                }
            }
            if matches!(batch.last(), Some(Job::Stop)) {
                stopping = true;
                batch.pop();
            }
            let rotated = self.commit(batch, &mut owed);
            let due = self
                .log
                .unsynced_since()
                .is_some_and(|since| since.elapsed() >= SYNC_WITHIN);
            if (due || stopping)
                && let Err(error) = self.log.sync()
            {
                self.failed(Vec::new(), &error.to_string(), &mut owed);
            }
            if rotated || checked.elapsed() >= AGE_CHECK {
                checked = Instant::now();
                self.retain();
            }
        }
    }

    /// Writes a batch; whether a new segment was begun.
    fn commit(&mut self, batch: Vec<Job>, owed: &mut VecDeque<(u64, Change)>) -> bool {
        if batch.is_empty() && owed.is_empty() {
            return false;
        }
        let at = now();
        let (segment, base) = match self.log.next_place() {
            Ok(place) => place,
            Err(error) => {
                self.failed(without_place(&self.shared, batch), &error.to_string(), owed);
                return false;
            }
        };
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        let mut done = Vec::with_capacity(batch.len());
        let mut seq = lock(&self.shared.ledger).next_seq();
        let sync = batch.iter().any(Job::is_waited_for);
        let mut taken = 0;
        for (seq, change) in owed.iter() {
            frame::write_change(&mut buffer, *seq, *change);
        }
        for job in batch {
            match job {
                Job::Capture { slot, bytes, answer } => {
                    taken += bytes.len();
                    let bytes = self.shared.scrubbed(bytes);
                    // Nobody waits for what the SDK wrote in this process; the rest comes from outside.
                    let parsed = if answer.is_some() {
                        Envelope::parse(&bytes)
                    } else {
                        Envelope::framed(&bytes)
                    };
                    let envelope = match parsed {
                        Ok(envelope) => envelope,
                        Err(error) => {
                            self.refuse(answer, error.into());
                            continue;
                        }
                    };
                    let meta = Meta {
                        received_at: at,
                        destination: self.shared.destinations().id_of(&slot),
                        categories: envelope.categories(),
                        event_id: envelope.event_id().unwrap_or(0),
                        trace_id: envelope.trace_id.unwrap_or(0),
                        slot: frame::cut(&slot).to_owned(),
                    };
                    let offset = u32::try_from(buffer.len()).ok().and_then(|n| n.checked_add(base));
                    let Some(offset) = offset else {
                        self.refuse(answer, CaptureError::Busy);
                        continue;
                    };
                    let meta_len = frame::write_envelope(&mut buffer, seq, &meta, &bytes);
                    let payload_len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
                    let place = Place {
                        segment,
                        offset,
                        meta_len,
                        payload_len,
                    };
                    done.push(Done::Captured {
                        seq,
                        meta,
                        place,
                        answer,
                    });
                    seq += 1;
                }
                Job::Change { changes, answer } => {
                    for (seq, change) in &changes {
                        frame::write_change(&mut buffer, *seq, *change);
                    }
                    done.push(Done::Changed { changes, answer });
                }
                Job::Stop => {}
            }
        }
        let written = if buffer.is_empty() {
            Ok(())
        } else {
            self.log.append(&buffer, at, sync)
        };
        match written {
            Ok(()) => {
                owed.clear();
                self.shared.bytes.store(self.log.bytes(), Ordering::Relaxed);
                self.finish(done);
            }
            Err(error) => self.failed(done, &error.to_string(), owed),
        }
        buffer.shrink_to(MOST_BYTES);
        self.buffer = buffer;
        // Only now, so that at no moment an envelope is neither waiting nor counted.
        self.shared.queued.fetch_sub(taken, Ordering::Relaxed);
        self.shared.touched();
        base == 0
    }

    /// The bytes are on the disk: counts them, then answers, then wakes who waits for work.
    fn finish(&self, done: Vec<Done>) {
        let mut changed_by_job = VecDeque::new();
        {
            let mut ledger = lock(&self.shared.ledger);
            for step in &done {
                match step {
                    Done::Captured { seq, meta, place, .. } => {
                        ledger.captured(*seq, meta, *place);
                    }
                    Done::Unplaced(_) => {}
                    Done::Changed { changes, .. } => {
                        let changed = changes
                            .iter()
                            .filter(|(seq, change)| ledger.changed(*seq, *change));
                        changed_by_job.push_back(changed.count() as u64);
                    }
                }
            }
        }
        self.shared.moved(&changes_of(&done));
        for step in done {
            match step {
                Done::Captured {
                    seq,
                    meta,
                    answer: Some(answer),
                    ..
                } => {
                    let event_id = (meta.event_id != 0).then(|| format_id(meta.event_id));
                    let _ = answer.send(Ok(Captured { seq, event_id }));
                }
                Done::Captured { .. } | Done::Unplaced(_) => {}
                Done::Changed { answer, .. } => {
                    let changed = changed_by_job.pop_front().unwrap_or(0);
                    if let Some(answer) = answer {
                        let _ = answer.send(changed);
                    }
                }
            }
        }
    }

    /// The disk refused a batch: envelopes are refused too, changes count in memory and are written later.
    fn failed(&self, done: Vec<Done>, reason: &str, owed: &mut VecDeque<(u64, Change)>) {
        tracing::error!(reason, "telemetry could not be written");
        let detail = format!("Telemetry could not be written: {reason}.");
        self.shared
            .say(notice("disk_failed", detail).with("cause", reason));
        let mut changed = Vec::new();
        for step in done {
            match step {
                Done::Captured { answer, .. } | Done::Unplaced(answer) => {
                    self.refuse(answer, CaptureError::Disk(reason.to_owned()));
                }
                Done::Changed { changes, answer } => {
                    owed.extend(changes.iter().copied());
                    changed.push(Done::Changed { changes, answer });
                }
            }
        }
        self.finish(changed);
    }

    fn refuse(&self, answer: Option<oneshot::Sender<Result<Captured, CaptureError>>>, error: CaptureError) {
        self.shared.refused.fetch_add(1, Ordering::Relaxed);
        match answer {
            Some(answer) => {
                let _ = answer.send(Err(error));
            }
            None => {
                tracing::warn!(%error, "an envelope was not taken");
                let detail = format!("An envelope was not taken: {error}.");
                self.shared
                    .say(notice("envelope_refused", detail).with("cause", error));
            }
        }
    }

    /// Removes the oldest segments while the log is too large or they are too old.
    fn retain(&mut self) {
        while let Some((segment, newest)) = self.log.oldest() {
            let bytes = self.log.bytes();
            let age = now().saturating_sub(newest);
            let too_old = age > i64::try_from(self.retention.age.as_millis()).unwrap_or(i64::MAX);
            let holds = lock(&self.shared.ledger).holds(segment);
            let full = bytes > self.retention.hard_cap_bytes;
            if !(full || !holds && (too_old || bytes > self.retention.bytes)) {
                break;
            }
            let totals = lock(&self.shared.ledger).totals_without(segment);
            if let Err(error) = self.log.remove(segment, &totals) {
                tracing::error!(%error, segment, "an old segment could not be removed");
                break;
            }
            let evicted = lock(&self.shared.ledger).forget(totals);
            if evicted > 0 {
                let detail =
                    format!("{evicted} envelopes that were never sent had to make room for newer ones.");
                self.shared.say(notice("evicted", detail).with("count", evicted));
            }
            self.shared.bytes.store(self.log.bytes(), Ordering::Relaxed);
            self.shared.moved(&[]);
        }
    }
}

/// The jobs of a batch for which the log has no place.
fn without_place(shared: &Shared, batch: Vec<Job>) -> Vec<Done> {
    let done = batch.into_iter().filter_map(|job| match job {
        Job::Capture { answer, bytes, .. } => {
            shared.queued.fetch_sub(bytes.len(), Ordering::Relaxed);
            Some(Done::Unplaced(answer))
        }
        Job::Change { changes, answer } => Some(Done::Changed { changes, answer }),
        Job::Stop => None,
    });
    done.collect()
}

/// Envelopes that the outbox has to look at: new ones, and those that are held again.
fn changes_of(done: &[Done]) -> Vec<u64> {
    let mut seqs = Vec::new();
    for step in done {
        match step {
            Done::Captured { seq, .. } => seqs.push(*seq),
            Done::Unplaced(_) => {}
            Done::Changed { changes, .. } => seqs.extend(
                changes
                    .iter()
                    .filter(|(_, change)| matches!(change, Change::Retried | Change::Readdressed(_)))
                    .map(|(seq, _)| *seq),
            ),
        }
    }
    seqs
}
