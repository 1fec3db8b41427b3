//! The collector as its owner uses it: open, capture, configure, read, shut down. It puts the parts together.

mod parts;
mod threads;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::Mutex;
use reelscope_contracts::telemetry::{
    Delivery, DeliveryCounts, EnvelopeState, EnvelopeSummary, HeldAction, Named, Notice, TestOutcome,
    TraceDetail, TraceSummary,
};
use reelscope_contracts::{ApiProblem, now};
use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use self::parts::Parts;
use self::threads::{Work, indexing, sending, writing};
use crate::bounds;
use crate::clock::Clock;
use crate::delivery::{self, Destinations, Pace, Sender};
use crate::dsn::Dsn;
use crate::envelope::{Envelope, parse_id};
use crate::error::{CaptureError, CollectorError, ReadError, RecordingError};
use crate::index::{self, Digests, Index};
use crate::large;
use crate::log::{
    self, Ages, Arrival, Body, Captured, Change, DeadReason, Entry, Figures, Job, Opened, Queued, Readers,
    Retainer, Retention, State, Writer,
};
use crate::notice::notice;
use crate::refusals::Refusals;
use crate::scrub;
use crate::trace;

/// Limit of bytes that wait for the disk; further envelopes are refused.
pub(crate) const MOST_QUEUED: usize = 64 * 1024 * 1024;
/// Additional limit for our own envelopes, so that a flood from outside does not displace them.
const OWN_QUEUED: usize = 32 * 1024 * 1024;
/// Limit of changes in one commit.
const MOST_CHANGES: usize = 2_000;
/// Limit of envelope bytes that one request of the viewer reads.
const MOST_READ: u64 = 64 * 1024 * 1024;

/// The slot of envelopes from other SDKs.
pub const EXTERNAL: &str = "external";
/// The slot of envelopes from the page, which is the head of a spin's trace.
pub(crate) const FRONTEND: &str = "frontend";

/// Options of a collector.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How long and how much is kept.
    pub retention: Retention,
    /// How envelopes are sent.
    pub pace: Pace,
}

impl Options {
    /// The options of the product: half a gigabyte or thirty days, at most two gigabytes.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            retention: Retention {
                bytes: 512 * 1024 * 1024,
                hard_cap_bytes: 2 * 1024 * 1024 * 1024,
                age: Duration::from_secs(30 * 24 * 60 * 60),
            },
            pace: Pace {
                concurrency: 16,
                timeout: Duration::from_secs(30),
                first_retry: Duration::from_millis(500),
                longest_retry: Duration::from_secs(60),
            },
        }
    }

    /// [`Options::standard`], but without retention limits.
    const fn everything() -> Self {
        Self {
            retention: Retention {
                bytes: u64::MAX,
                hard_cap_bytes: u64::MAX,
                age: Duration::MAX,
            },
            ..Self::standard()
        }
    }
}

/// Warnings raised while opening.
pub type Notices = Vec<Notice>;

/// The collector. Clones share it. It works until [`Collector::shutdown`].
#[derive(Clone)]
pub struct Collector {
    parts: Arc<Parts>,
    jobs: mpsc::Sender<Job>,
    threads: Arc<Mutex<Vec<JoinHandle<()>>>>,
    sender: Sender,
}

impl Collector {
    /// Opens the collector in `dir`, creates it where there is none, and starts its threads. Nothing is sent before
    /// [`Collector::configure`]. The notices tell of damage; they are in the status too.
    ///
    /// # Errors
    /// [`CollectorError`]: the directory is in use, is of a newer build, or cannot be written.
    pub fn open(dir: &Path, options: Options) -> Result<(Self, Notices), CollectorError> {
        Self::open_by(dir, options, Clock::system())
    }

    /// Opens a file that [`export`](crate::export) wrote, as a copy in the empty directory `dir`. The caller mounts
    /// only routes that do not add anything.
    ///
    /// # Errors
    /// [`RecordingError`]: the file is no recording, or the copy cannot be made.
    pub fn open_recording(file: &Path, dir: &Path) -> Result<Self, RecordingError> {
        log::unpack(file, dir)?;
        let (collector, _) = Self::open(dir, Options::everything())?;
        Ok(collector)
    }

    /// As [`Collector::open`], with clocks that a test can move.
    ///
    /// # Errors
    /// As [`Collector::open`].
    pub fn open_by(dir: &Path, options: Options, clock: Clock) -> Result<(Self, Notices), CollectorError> {
        fs::create_dir_all(dir).map_err(|error| CollectorError::unwritable(dir, &error))?;
        let Opened {
            pen,
            tally,
            lock: lock_file,
            mut notices,
        } = log::open(dir)?;
        let key = log::own_key(dir).map_err(|error| CollectorError::unwritable(dir, &error))?;
        let sender = Sender::new(options.pace.timeout, &mut notices);
        let (jobs, waiting_jobs) = mpsc::channel();
        let ages = Arc::new(Ages::new(clock, tally.newest_seq()));
        let (delivery, inbox) = delivery::Handle::new(Arc::clone(&ages));
        let figures = Arc::new(Figures {
            tally: Mutex::new(tally),
            ..Figures::default()
        });
        let readers = Readers::new(dir);
        let (index, index_wakes) = Index::new(readers.clone(), pen.clone(), Arc::clone(&figures));
        let parts = Arc::new(Parts {
            readers,
            figures: Arc::clone(&figures),
            key,
            index,
            delivery,
            revision: watch::Sender::new(0),
            refused: AtomicU64::new(0),
            refusals: Refusals::default(),
            scrubbing: AtomicBool::new(true),
            failed: watch::Sender::new(None),
            notices: Mutex::new(notices.clone()),
        });
        let start = |name: &str, work: Work| {
            std::thread::Builder::new()
                .name(name.to_owned())
                .spawn(work)
                .map_err(|error| CollectorError::unwritable(dir, &error))
        };
        let follower = Arc::clone(&parts);
        let context = delivery::Context {
            // Connections of their own, so that a reader does not delay sending.
            readers: Readers::new(dir),
            jobs: jobs.clone(),
            sender: sender.clone(),
            pace: options.pace,
            ages: Arc::clone(&ages),
            own_key: parts.key.clone(),
            head: FRONTEND,
        };
        let retainer = Retainer::new(options.retention, ages);
        let writer = Writer::new(pen.clone(), dir.to_owned(), figures, retainer, follower);
        let threads = vec![
            start("collector-index", indexing(&parts, index_wakes))?,
            start("collector-outbox", sending(&parts, context, inbox))?,
            start(
                "collector-writer",
                writing(&parts, writer, pen, waiting_jobs, lock_file),
            )?,
        ];
        let collector = Self {
            parts,
            jobs,
            threads: Arc::new(Mutex::new(threads)),
            sender,
        };
        Ok((collector, notices))
    }

    /// The public key of this collector's own DSN, `http://<key>@<address>/1`. It is the same after a restart.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.parts.key
    }

    /// Queues an envelope of this process's own SDK without waiting for the disk. Its payloads are not checked, and
    /// its trace is the one of its header. An envelope that is lost counts as refused and raises a notice.
    pub fn capture_nowait(&self, slot: impl Into<Arc<str>>, envelope: Vec<u8>) {
        let slot = slot.into();
        let taken = self.room_for(&slot, envelope.len()).and_then(|queued| {
            let arrival = self.arrival(slot, envelope, queued, false)?;
            self.hand_over(arrival, None)
        });
        if let Err(error) = taken {
            self.parts.refused.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(%error, "an envelope was not taken");
            let detail = format!("An envelope was not taken: {error}.");
            let said = notice("envelope_refused", detail).with("cause", error);
            self.parts.keep(said);
        }
    }

    /// Writes an envelope and waits until it is on the disk.
    ///
    /// # Errors
    /// [`CaptureError`]: it is malformed, or the disk fails or is too slow; it is not kept then.
    pub async fn capture_durable(
        &self,
        slot: impl Into<Arc<str>>,
        envelope: Vec<u8>,
    ) -> Result<Captured, CaptureError> {
        let (answer, answered) = oneshot::channel();
        let taken = self.checked(slot.into(), envelope).await;
        let taken = taken.and_then(|arrival| self.hand_over(arrival, Some(answer)));
        taken.inspect_err(|_| {
            self.parts.refused.fetch_add(1, Ordering::Relaxed);
        })?;
        answered.await.unwrap_or(Err(CaptureError::Closed))
    }

    /// Checks an envelope from outside; a large one on a blocking thread.
    async fn checked(&self, slot: Arc<str>, envelope: Vec<u8>) -> Result<Arrival, CaptureError> {
        let queued = self.room_for(&slot, envelope.len())?;
        let collector = self.clone();
        let read = large::run(envelope.len(), move || {
            collector.arrival(slot, envelope, queued, true)
        });
        read.await.unwrap_or(Err(CaptureError::Closed))
    }

    /// Counts an envelope that a route refused. `is_counted` tells that [`Collector::capture_durable`] has counted
    /// it.
    pub(crate) fn note_refusal(&self, problem: &ApiProblem, client: Option<&str>, is_counted: bool) {
        self.parts.refusals.note(problem, client);
        if !is_counted {
            self.parts.refused.fetch_add(1, Ordering::Relaxed);
        }
        self.parts.touched();
    }

    /// Reserves bytes of the queue for the disk, if there is room.
    pub(crate) fn room_for(&self, slot: &str, bytes: usize) -> Result<Queued, CaptureError> {
        let most = if slot == EXTERNAL {
            MOST_QUEUED
        } else {
            MOST_QUEUED + OWN_QUEUED
        };
        Queued::within(most, &self.parts.figures, bytes).ok_or(CaptureError::Busy)
    }

    /// Prepares an envelope for storage: scrubs it while scrubbing is on, and checks the payloads of those from
    /// outside. Envelopes that were captured with scrubbing off stay as they are.
    fn arrival(
        &self,
        slot: Arc<str>,
        bytes: Vec<u8>,
        queued: Queued,
        is_checked: bool,
    ) -> Result<Arrival, CaptureError> {
        let framed = Envelope::framed(&bytes);
        let scrubbed = match &framed {
            Ok(envelope) if self.parts.scrubbing.load(Ordering::Relaxed) => {
                scrub::scrubbed_items(&bytes, envelope)
            }
            _ => None,
        };
        let framed = scrubbed.as_deref().map_or(framed, Envelope::framed);
        let read = if is_checked {
            framed.and_then(Envelope::checked)
        } else {
            framed
        };
        let read = read.map(|envelope| {
            (
                envelope.categories(),
                envelope.event_id().unwrap_or(0),
                envelope.trace_id.unwrap_or(0),
            )
        });
        let (categories, event_id, trace_id) = read?;
        let body = Body::of(scrubbed.unwrap_or(bytes));
        Ok(Arrival {
            destination: self.parts.destinations().id_of(&slot),
            slot,
            categories,
            event_id,
            trace_id,
            body,
            _queued: queued,
        })
    }

    fn hand_over(
        &self,
        arrival: Arrival,
        answer: Option<oneshot::Sender<Result<Captured, CaptureError>>>,
    ) -> Result<(), CaptureError> {
        let job = Job::Capture { arrival, answer };
        self.jobs.send(job).map_err(|_| CaptureError::Closed)
    }

    /// Sets where envelopes go from now on. Envelopes captured for another destination stay held.
    pub fn configure(&self, destinations: Destinations) {
        self.parts.delivery.configure(destinations);
        self.parts.touched();
    }

    /// Sets whether envelopes are scrubbed before they are kept, from now on; see [`crate::scrub`]. It is on at the
    /// start.
    pub fn set_scrubbing(&self, on: bool) {
        self.parts.scrubbing.store(on, Ordering::Relaxed);
        self.parts.touched();
    }

    /// The counts of captured, delivered, held and dead envelopes; the first is the sum of the others.
    #[must_use]
    pub fn counts(&self) -> DeliveryCounts {
        self.parts.figures.tally.lock().counts()
    }

    /// The whole state of delivery.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        let reasons = self.parts.delivery.reasons();
        let tally = self.parts.figures.tally.lock().clone();
        let delivery::Status {
            in_flight,
            destinations,
            rate_limits,
            last_error,
        } = self.parts.delivery.status();
        let index = &self.parts.index;
        let (lost_by_sdks, sessions) = (index.lost_by_sdks(), index.sessions());
        let (refused_by_code, refusals) = self.parts.refusals.told();
        Delivery {
            counts: tally.counts(),
            held_by_reason: reasons.counted(&tally),
            dead_by_reason: tally.dead_by_reason(),
            refused: self.parts.refused.load(Ordering::Relaxed),
            refused_by_code,
            refusals,
            lost_by_sdks,
            sessions,
            sending: self.parts.destinations().sending,
            scrubbing: self.parts.scrubbing.load(Ordering::Relaxed),
            in_flight,
            destinations,
            rate_limits,
            last_error,
            notices: self.parts.notices.lock().clone(),
            bytes: self.parts.readers.bytes_on_disk(),
            indexed: self.indexed(),
        }
    }

    /// Makes dead envelopes held again, so that they are sent to the present destination: the one with number
    /// `seq`, or all. "All" omits those that a person discarded and those too old for Sentry; one named by its
    /// number is sent once, whatever its age. Returns the number of envelopes.
    ///
    /// # Errors
    /// They could not be read; nothing is changed.
    pub async fn retry_dead(&self, seq: Option<u64>) -> Result<u64, ReadError> {
        let destinations = self.parts.destinations();
        let left = [DeadReason::Discarded, DeadReason::TooOld].map(State::Dead);
        let dead = match seq {
            Some(seq) => self.entries("seq = ?1 AND state > 1", seq.cast_signed()).await,
            None => self.entries("state > ?1", State::Delivered.number()).await,
        }?;
        let mut changes = Vec::new();
        let mut retried = 0;
        for entry in dead {
            if seq.is_none() && left.contains(&entry.state) {
                continue;
            }
            if seq.is_some() {
                self.parts.delivery.insist(entry.seq);
            }
            retried += 1;
            changes.push((entry.seq, Change::Retried));
            let today = destinations.id_of(&entry.slot);
            if today != 0 {
                changes.push((entry.seq, Change::Readdressed(today)));
            }
        }
        Ok(self.change(changes).await.min(retried))
    }

    /// Sends or discards the envelopes that were captured for another destination. Returns their number.
    ///
    /// # Errors
    /// They could not be read; nothing is changed.
    pub async fn decide_held(&self, action: HeldAction) -> Result<u64, ReadError> {
        let destinations = self.parts.destinations();
        let held = self.entries("state = ?1", State::Held.number()).await?;
        let changes = held.into_iter().filter_map(|entry| {
            let today = destinations.id_of(&entry.slot);
            let change = match action {
                HeldAction::Send if today == 0 => return None,
                HeldAction::Send => Change::Readdressed(today),
                HeldAction::Discard => Change::Dead(DeadReason::Discarded),
            };
            (today != entry.destination).then_some((entry.seq, change))
        });
        Ok(self.change(changes.collect()).await)
    }

    /// Returns the envelopes for which the condition `which` holds, oldest first.
    async fn entries(&self, which: &'static str, value: i64) -> rusqlite::Result<Vec<Entry>> {
        let read = move |connection: &Connection| {
            log::rows(connection, &format!("WHERE {which} ORDER BY seq"), [value])
        };
        self.parts.readers.read(read).await
    }

    /// Applies changes, a limited number in each commit so that other writes need not wait for all. Returns the
    /// number of envelopes that changed.
    async fn change(&self, changes: Vec<(u64, Change)>) -> u64 {
        let mut changed = 0;
        for some in changes.chunks(MOST_CHANGES) {
            let (answer, answered) = oneshot::channel();
            let job = Job::Change {
                changes: some.to_vec(),
                answer: Some(answer),
            };
            if self.jobs.send(job).is_err() {
                break;
            }
            changed += answered.await.map_or(0, |done| done.count);
        }
        changed
    }

    /// Sends one real envelope to `dsn`, or to the common destination, and returns what happened. The envelope is
    /// not kept.
    pub async fn test_delivery(&self, dsn: Option<&str>) -> TestOutcome {
        let refused = |code: &str, detail: String, params| TestOutcome {
            ok: false,
            code: code.to_owned(),
            detail,
            params,
            destination: None,
            elapsed_ms: 0,
        };
        let dsn = match dsn {
            Some(text) => match text.parse::<Dsn>() {
                Ok(dsn) => dsn,
                Err(error) => {
                    let params = Named::from([("reason".to_owned(), error.code().to_owned())]);
                    return refused("dsn_invalid", error.to_string(), params);
                }
            },
            None => match self.parts.destinations().each().next() {
                Some((_, dsn)) => dsn.clone(),
                None => {
                    let detail = "No DSN is set; enter one first.".to_owned();
                    return refused("no_destination", detail, Named::new());
                }
            },
        };
        self.sender.test(&dsn, now()).await
    }

    /// Waits until nothing is left to send now, or until `deadline` has passed; returns the counts.
    pub async fn drain(&self, deadline: Duration) -> DeliveryCounts {
        let mut revisions = self.parts.revision.subscribe();
        let drained = async { while self.sendable() > 0 && revisions.changed().await.is_ok() {} };
        let _ = tokio::time::timeout(deadline, drained).await;
        self.counts()
    }

    /// Number of held envelopes that will be sent without a person's decision.
    fn sendable(&self) -> u64 {
        let waiting = self.parts.figures.queued.load(Ordering::Relaxed) as u64;
        let reasons = self.parts.delivery.reasons();
        waiting + reasons.on_their_way(&self.parts.figures.tally.lock())
    }

    /// Tells the threads to end, without waiting; queued envelopes are still written. For an owner that cannot
    /// wait: the directory is released a moment later.
    pub fn stop(&self) {
        drop(self.parts.delivery.stop());
        let _ = self.jobs.send(Job::Stop);
        self.parts.index.stop();
    }

    /// Stops sending, writes what is queued, and ends all threads. Requests under way get a moment for their
    /// responses; without one the envelope stays held and is sent again after the next start.
    pub async fn shutdown(&self) {
        let _ = self.parts.delivery.stop().await;
        self.parts.index.stop();
        let (jobs, readers) = (self.jobs.clone(), self.parts.readers.clone());
        let mut threads = std::mem::take(&mut *self.threads.lock());
        let joined = tokio::task::spawn_blocking(move || {
            // The writer ends last and closes the last connection, because only then SQLite removes its journal.
            let writer = threads.pop();
            for thread in threads {
                let _ = thread.join();
            }
            readers.close();
            let _ = jobs.send(Job::Stop);
            if let Some(writer) = writer {
                let _ = writer.join();
            }
        });
        let _ = joined.await;
    }

    /// Waits for a failure of a thread that a restart cannot repair, and returns a sentence about it.
    pub async fn failed(&self) -> String {
        let mut failed = self.parts.failed.subscribe();
        let words = failed
            .wait_for(Option::is_some)
            .await
            .ok()
            .and_then(|words| words.clone());
        match words {
            Some(words) => words,
            None => std::future::pending().await,
        }
    }

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
        found.await.unwrap_or_default()
    }

    /// As [`Collector::traces_after`], on the calling thread. Blocks.
    #[must_use]
    pub fn traces_after_here(&self, after: u64, limit: usize) -> Vec<Arc<TraceSummary>> {
        self.parts.index.traces_after(after, limit)
    }

    /// Updates `digests` with the traces whose first envelope came after envelope `after`: `make` is called for
    /// each new or changed one, `gone` for each that has been deleted. This call does not count as a viewer's.
    /// Blocks.
    ///
    /// # Errors
    /// Some traces could not be read.
    pub fn follow_traces<T>(
        &self,
        after: u64,
        digests: &mut Digests<T>,
        make: impl Fn(&TraceSummary) -> Option<T>,
        gone: impl Fn(&mut T),
    ) -> Result<(), ReadError> {
        Ok(self.parts.index.follow(after, digests, make, gone)?)
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

    pub(crate) fn index(&self) -> &Index {
        &self.parts.index
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
