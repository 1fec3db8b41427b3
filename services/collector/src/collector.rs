//! The collector as its owner sees it: open, capture, configure, ask, shut down.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rand::RngExt;
use reelscope_contracts::telemetry::{
    ActiveLimit, Delivery, DeliveryCounts, DeliveryError, DestinationStatus, EnvelopeState, EnvelopeSummary,
    HeldAction, Named, Notice, TestOutcome, TraceDetail, TraceSummary,
};
use reelscope_contracts::{UnixMillis, now};
use tokio::sync::{broadcast, oneshot, watch};

use crate::dsn::Dsn;
use crate::envelope::parse_id;
use crate::error::{CaptureError, CollectorError};
use crate::frame::{Change, DeadReason};
use crate::index::{self, Attention, Index};
use crate::issue_status::Statuses;
use crate::ledger::{Kept, Ledger, Standing};
use crate::live::Live;
use crate::log::{Log, Opened, ReadError, Reader, notice, replace};
use crate::outbox::{self, Note};
use crate::rate_limits::RateLimits;
use crate::scrub;
use crate::sender::Sender;
use crate::trace;
use crate::writer::{Captured, Job, Writer};

/// Most bytes that wait for the disk; more are refused.
const MOST_QUEUED: usize = 64 * 1024 * 1024;
/// Most notices that are kept; the oldest go.
const MOST_NOTICES: usize = 50;
/// Most live messages that a slow reader may be behind.
const MOST_LIVE: usize = 1_024;
/// Length of this collector's own public key, in hexadecimal digits.
const KEY_LEN: usize = 32;
/// Most bytes of envelopes that are read for one question of the viewer.
const MOST_READ: u64 = 64 * 1024 * 1024;

/// The slot of envelopes that came from an SDK that is not ours.
pub const EXTERNAL: &str = "external";
/// The slot of the browser's envelopes; the head of a spin's trace.
pub(crate) const FRONTEND: &str = "frontend";

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// Bytes after which the oldest segments go, unless they hold what is still to be sent.
    pub bytes: u64,
    /// Bytes after which they go all the same.
    pub hard_cap_bytes: u64,
    /// Age after which they go, unless they hold what is still to be sent.
    pub age: Duration,
}

/// How envelopes are sent.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Most requests under way to one destination, so that a slow one does not hold up the others.
    pub concurrency: usize,
    /// How long an answer may take.
    pub timeout: Duration,
    /// Pause after the first failure; doubles with every further one.
    pub first_retry: Duration,
    /// Longest pause.
    pub longest_retry: Duration,
}

/// How a collector works.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Size at which a new segment is begun.
    pub segment_bytes: u64,
    /// How much is kept.
    pub retention: Retention,
    /// How envelopes are sent.
    pub pace: Pace,
}

impl Options {
    /// What the product uses: half a gigabyte or thirty days, at most two gigabytes.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            segment_bytes: 16 * 1024 * 1024,
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
}

/// Where envelopes go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destinations {
    /// For every slot that has none of its own.
    pub common: Option<Dsn>,
    /// By slot.
    pub by_slot: BTreeMap<String, Dsn>,
    /// Whether anything is sent at all; what is captured meanwhile is held.
    pub sending: bool,
}

impl Destinations {
    /// Nowhere: everything is held for the viewer.
    #[must_use]
    pub const fn nowhere() -> Self {
        Self {
            common: None,
            by_slot: BTreeMap::new(),
            sending: true,
        }
    }

    /// Where the envelopes of a slot go.
    #[must_use]
    pub fn of(&self, slot: &str) -> Option<&Dsn> {
        self.by_slot.get(slot).or(self.common.as_ref())
    }

    /// The number under which the log keeps that; 0 for nowhere.
    pub(crate) fn id_of(&self, slot: &str) -> u64 {
        self.of(slot).map_or(0, Dsn::id)
    }

    fn each(&self) -> impl Iterator<Item = (Option<&String>, &Dsn)> {
        let own = self.by_slot.iter().map(|(slot, dsn)| (Some(slot), dsn));
        self.common.iter().map(|dsn| (None, dsn)).chain(own)
    }
}

/// What the outbox lets others see.
#[derive(Default)]
pub(crate) struct OutboxStatus {
    pub(crate) in_flight: u64,
    pub(crate) limits: BTreeMap<u64, RateLimits>,
    /// By destination, when the next attempt is made.
    pub(crate) failing: BTreeMap<u64, UnixMillis>,
    pub(crate) last_error: Option<DeliveryError>,
}

/// What the threads share. Locks are held for moments and never together.
pub(crate) struct Shared {
    pub(crate) dir: PathBuf,
    /// The public key of this collector's own DSN.
    pub(crate) key: String,
    pub(crate) ledger: Mutex<Ledger>,
    pub(crate) index: Mutex<Index>,
    /// Held while its small file is written; by the index, and by who decides.
    pub(crate) statuses: Mutex<Statuses>,
    pub(crate) outbox: Mutex<OutboxStatus>,
    pub(crate) live: broadcast::Sender<Arc<Live>>,
    /// Counts what changed in delivery.
    pub(crate) revision: watch::Sender<u64>,
    pub(crate) refused: AtomicU64,
    pub(crate) queued: AtomicUsize,
    pub(crate) bytes: AtomicU64,
    pub(crate) indexed: AtomicBool,
    pub(crate) attention: Attention,
    scrubbing: AtomicBool,
    pub(crate) notes: tokio::sync::mpsc::UnboundedSender<Note>,
    /// Wakes the index; `false` ends it.
    pub(crate) to_index: mpsc::Sender<bool>,
    destinations: Mutex<Arc<Destinations>>,
    notices: Mutex<Vec<Notice>>,
}

impl Shared {
    pub(crate) fn destinations(&self) -> Arc<Destinations> {
        Arc::clone(&lock(&self.destinations))
    }

    /// The envelope as it is to be kept: without what must not leave, while scrubbing is on. What was captured before it
    /// was switched on stays as it is.
    pub(crate) fn scrubbed(&self, envelope: Vec<u8>) -> Vec<u8> {
        let scrubbed = self
            .scrubbing
            .load(Ordering::Relaxed)
            .then(|| scrub::scrubbed(&envelope));
        scrubbed.flatten().unwrap_or(envelope)
    }

    /// Tells everyone that envelopes came or changed; `seqs` are those that may be sent.
    pub(crate) fn moved(&self, seqs: &[u64]) {
        if !seqs.is_empty() {
            let _ = self.notes.send(Note::Held(seqs.to_vec()));
        }
        let _ = self.to_index.send(true);
        self.touched();
    }

    /// Tells the viewers that something about delivery changed.
    pub(crate) fn touched(&self) {
        self.revision.send_modify(|revision| *revision += 1);
    }

    /// Keeps a notice; one with the same code replaces the last.
    pub(crate) fn say(&self, notice: Notice) {
        let mut notices = lock(&self.notices);
        notices.retain(|known| known.code != notice.code);
        notices.push(notice);
        let surplus = notices.len().saturating_sub(MOST_NOTICES);
        notices.drain(..surplus);
    }
}

/// A lock that does not care whether another thread panicked: what it guards is whole between calls.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was met while opening.
pub type Notices = Vec<Notice>;

/// The collector; cheap to clone. It works until [`Collector::shutdown`].
#[derive(Clone)]
pub struct Collector {
    shared: Arc<Shared>,
    jobs: mpsc::Sender<Job>,
    threads: Arc<Mutex<Vec<JoinHandle<()>>>>,
    sender: Sender,
}

impl Collector {
    /// Opens the collector's directory, or begins one, and starts its threads. Nothing is sent before
    /// [`Collector::configure`]. The notices are those of damage that was met; they are in the status too.
    ///
    /// # Errors
    /// The directory is in use, of a newer build, or cannot be written.
    pub fn open(dir: &Path, options: Options) -> Result<(Self, Notices), CollectorError> {
        fs::create_dir_all(dir).map_err(|error| CollectorError::unwritable(dir, &error))?;
        let Opened {
            log,
            ledger,
            mut notices,
        } = Log::open(dir, options.segment_bytes)?;
        let key = own_key(dir).map_err(|error| CollectorError::unwritable(dir, &error))?;
        let (statuses, damage) = Statuses::open(dir);
        notices.extend(damage.map(|cause| {
            let detail = format!("Issue statuses could not be read: {cause}. The file was set aside.");
            notice("issue_statuses_damaged", detail).with("cause", cause)
        }));
        let sender = Sender::new(options.pace.timeout, &mut notices);
        let (jobs, waiting_jobs) = mpsc::channel();
        let (notes, waiting_notes) = tokio::sync::mpsc::unbounded_channel();
        let (to_index, index_wakes) = mpsc::channel();
        let attention = Attention::new(ledger.next_seq() - 1);
        let shared = Arc::new(Shared {
            dir: dir.to_owned(),
            key,
            ledger: Mutex::new(ledger),
            index: Mutex::new(Index::new()),
            statuses: Mutex::new(statuses),
            outbox: Mutex::new(OutboxStatus::default()),
            live: broadcast::Sender::new(MOST_LIVE),
            revision: watch::Sender::new(0),
            refused: AtomicU64::new(0),
            queued: AtomicUsize::new(0),
            bytes: AtomicU64::new(log.bytes()),
            indexed: AtomicBool::new(false),
            attention,
            scrubbing: AtomicBool::new(true),
            notes,
            to_index,
            destinations: Mutex::new(Arc::new(Destinations::nowhere())),
            notices: Mutex::new(notices.clone()),
        });
        let start = |name: &str, work: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new()
                .name(name.to_owned())
                .spawn(work)
                .map_err(|error| CollectorError::unwritable(dir, &error))
        };
        let writer = Writer {
            buffer: Vec::new(),
            log,
            retention: options.retention,
            shared: Arc::clone(&shared),
        };
        let indexed = Arc::clone(&shared);
        let outgoing = outbox::Outbox::new(Arc::clone(&shared), jobs.clone(), sender.clone(), options.pace);
        let threads = vec![
            start("collector-writer", Box::new(move || writer.run(&waiting_jobs)))?,
            start(
                "collector-index",
                Box::new(move || index::run(&indexed, &index_wakes)),
            )?,
            start("collector-outbox", Box::new(move || outgoing.run(waiting_notes)))?,
        ];
        let collector = Self {
            shared,
            jobs,
            threads: Arc::new(Mutex::new(threads)),
            sender,
        };
        Ok((collector, notices))
    }

    /// The public key of this collector's own DSN, `http://<key>@<address>/1`; the same after a restart.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.shared.key
    }

    /// Hands an envelope that this process's own SDK wrote over to be written, without waiting. Its payloads are not
    /// checked, and its trace is the one of its header. Losses are counted and said in the status.
    pub fn capture(&self, slot: impl Into<Arc<str>>, envelope: Vec<u8>) {
        if let Err(error) = self.hand_over(slot.into(), envelope, None) {
            self.shared.refused.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(%error, "an envelope was not taken");
        }
    }

    /// Hands an envelope over and waits until it is on the disk.
    ///
    /// # Errors
    /// It is malformed, or the disk fails or is too slow; then nothing was kept.
    pub async fn captured(
        &self,
        slot: impl Into<Arc<str>>,
        envelope: Vec<u8>,
    ) -> Result<Captured, CaptureError> {
        let (answer, answered) = oneshot::channel();
        self.hand_over(slot.into(), envelope, Some(answer))?;
        answered.await.unwrap_or(Err(CaptureError::Closed))
    }

    fn hand_over(
        &self,
        slot: Arc<str>,
        bytes: Vec<u8>,
        answer: Option<oneshot::Sender<Result<Captured, CaptureError>>>,
    ) -> Result<(), CaptureError> {
        let size = bytes.len();
        if self.shared.queued.fetch_add(size, Ordering::Relaxed) > MOST_QUEUED {
            self.shared.queued.fetch_sub(size, Ordering::Relaxed);
            return Err(CaptureError::Busy);
        }
        self.jobs
            .send(Job::Capture { slot, bytes, answer })
            .map_err(|_| CaptureError::Closed)
    }

    /// Sets where envelopes go from now on. What was captured for another destination stays held.
    pub fn configure(&self, destinations: Destinations) {
        *lock(&self.shared.destinations) = Arc::new(destinations);
        let _ = self.shared.notes.send(Note::Configured);
        self.shared.touched();
    }

    /// Sets whether envelopes that come from now on are scrubbed before they are kept; see [`crate::scrub`]. At the start
    /// they are.
    pub fn set_scrubbing(&self, on: bool) {
        self.shared.scrubbing.store(on, Ordering::Relaxed);
        self.shared.touched();
    }

    /// The four numbers, of which nothing goes missing.
    #[must_use]
    pub fn counts(&self) -> DeliveryCounts {
        lock(&self.shared.ledger).counts()
    }

    /// Everything about delivery.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        let destinations = self.shared.destinations();
        let now = now();
        let mut limits = self.limits();
        limits.retain(|_, limits| !limits.active(now).is_empty());
        let (counts, held, limited, dead_by_reason) = {
            let ledger = lock(&self.shared.ledger);
            (
                ledger.counts(),
                ledger.held(),
                limited(&ledger, &limits, now),
                ledger.dead_by_reason(),
            )
        };
        let mut held_by_reason = BTreeMap::new();
        for (slot, destination, count) in held {
            let reason = held_reason(&destinations, &slot, destination);
            let limited = limited.get(&(Arc::clone(&slot), destination)).copied();
            let limited = limited.filter(|_| reason == WAITING).unwrap_or(0);
            for (reason, count) in [(RATE_LIMITED, limited), (reason, count - limited)] {
                if count > 0 {
                    *held_by_reason.entry(reason.to_owned()).or_default() += count;
                }
            }
        }
        let (in_flight, last_error, rate_limits, destinations_status) = {
            let outbox = lock(&self.shared.outbox);
            let status = destinations.each().map(|(slot, dsn)| DestinationStatus {
                slot: slot.cloned(),
                dsn: dsn.masked(),
                next_attempt_at: outbox.failing.get(&dsn.id()).copied().filter(|at| *at > now),
            });
            let limits = destinations.each().flat_map(|(_, dsn)| {
                let active = outbox
                    .limits
                    .get(&dsn.id())
                    .map(|limits| limits.active(now))
                    .unwrap_or_default();
                active.into_iter().map(|(category, until)| ActiveLimit {
                    destination: dsn.masked(),
                    category: category.to_owned(),
                    until,
                })
            });
            (
                outbox.in_flight,
                outbox.last_error.clone(),
                limits.collect(),
                status.collect(),
            )
        };
        let (lost_by_sdks, sessions) = {
            let index = lock(&self.shared.index);
            (index.lost_by_sdks().clone(), index.sessions())
        };
        Delivery {
            counts,
            held_by_reason,
            dead_by_reason,
            refused: self.shared.refused.load(Ordering::Relaxed),
            lost_by_sdks,
            sessions,
            sending: destinations.sending,
            scrubbing: self.shared.scrubbing.load(Ordering::Relaxed),
            in_flight,
            destinations: destinations_status,
            rate_limits,
            last_error,
            notices: lock(&self.shared.notices).clone(),
            bytes: self.shared.bytes.load(Ordering::Relaxed),
            indexed: self.indexed(),
        }
    }

    /// Brings dead letters back, to be sent to today's destination, which may have been corrected meanwhile: one, or
    /// all. Among all are neither those that a person discarded nor those that Sentry would drop; by its number
    /// each of them may be tried. Returns how many.
    pub async fn retry_dead(&self, seq: Option<u64>) -> u64 {
        let destinations = self.shared.destinations();
        let mut changes = Vec::new();
        let mut retried = 0;
        {
            let ledger = lock(&self.shared.ledger);
            for (number, kept) in ledger.oldest_first() {
                let chosen = match (kept.standing, seq) {
                    (Standing::Dead(DeadReason::Damaged), _) => false,
                    (Standing::Dead(_), Some(seq)) => seq == number,
                    (Standing::Dead(reason), None) => {
                        !matches!(reason, DeadReason::Discarded | DeadReason::TooOld)
                    }
                    _ => false,
                };
                if chosen {
                    retried += 1;
                    changes.push((number, Change::Retried));
                    let today = destinations.id_of(&ledger.slot_name(kept.slot));
                    if today != 0 && today != kept.destination {
                        changes.push((number, Change::Readdressed(today)));
                    }
                }
            }
        }
        self.change(changes).await.min(retried)
    }

    /// Sends or discards what was captured for another destination than today's. Returns how many envelopes.
    pub async fn decide_held(&self, action: HeldAction) -> u64 {
        let destinations = self.shared.destinations();
        let changes = {
            let ledger = lock(&self.shared.ledger);
            let held = ledger
                .oldest_first()
                .filter(|(_, kept)| kept.standing == Standing::Held);
            let changes = held.filter_map(|(seq, kept)| {
                let today = destinations.id_of(&ledger.slot_name(kept.slot));
                let change = match action {
                    HeldAction::Send if today == 0 => return None,
                    HeldAction::Send => Change::Readdressed(today),
                    HeldAction::Discard => Change::Dead(DeadReason::Discarded),
                };
                (today != kept.destination).then_some((seq, change))
            });
            changes.collect()
        };
        self.change(changes).await
    }

    async fn change(&self, changes: Vec<(u64, Change)>) -> u64 {
        if changes.is_empty() {
            return 0;
        }
        let (answer, answered) = oneshot::channel();
        if self
            .jobs
            .send(Job::Change {
                changes,
                answer: Some(answer),
            })
            .is_err()
        {
            return 0;
        }
        answered.await.unwrap_or(0)
    }

    /// Sends one real envelope to `dsn`, or to the common destination, and says what happened. It is not kept.
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
            None => match self.shared.destinations().each().next() {
                Some((_, dsn)) => dsn.clone(),
                None => {
                    let detail = "No DSN is set; enter one first.".to_owned();
                    return refused("no_destination", detail, Named::new());
                }
            },
        };
        self.sender.test(&dsn, now()).await
    }

    /// Waits until nothing is left that may be sent now, or until `deadline` has passed. Returns the numbers then.
    pub async fn drain(&self, deadline: Duration) -> DeliveryCounts {
        let mut revisions = self.shared.revision.subscribe();
        let drained = async { while self.sendable() > 0 && revisions.changed().await.is_ok() {} };
        let _ = tokio::time::timeout(deadline, drained).await;
        self.counts()
    }

    /// Held envelopes that are on their way, as opposed to those that wait for a person.
    fn sendable(&self) -> u64 {
        let waiting = self.shared.queued.load(Ordering::Relaxed) as u64;
        let destinations = self.shared.destinations();
        let held = lock(&self.shared.ledger).held();
        let on_their_way = held
            .iter()
            .filter(|(slot, destination, _)| held_reason(&destinations, slot, *destination) == WAITING);
        waiting + on_their_way.map(|(_, _, count)| count).sum::<u64>()
    }

    /// Tells the threads to end and does not wait for it; what was handed over is written. For an owner that cannot
    /// wait; the directory is free a moment later.
    pub fn stop(&self) {
        let (stopped, _) = oneshot::channel();
        let _ = self.shared.notes.send(Note::Stop(stopped));
        let _ = self.jobs.send(Job::Stop);
        let _ = self.shared.to_index.send(false);
    }

    /// Stops sending, writes what was handed over, and ends all threads. Requests under way have a moment to be
    /// answered; what is not answered by then is held and sent again after the next start.
    pub async fn shutdown(&self) {
        let (stopped, outbox_stopped) = oneshot::channel();
        if self.shared.notes.send(Note::Stop(stopped)).is_ok() {
            let _ = outbox_stopped.await;
        }
        let _ = self.jobs.send(Job::Stop);
        let _ = self.shared.to_index.send(false);
        let threads = std::mem::take(&mut *lock(&self.threads));
        let joined = tokio::task::spawn_blocking(move || {
            for thread in threads {
                let _ = thread.join();
            }
        });
        let _ = joined.await;
    }

    /// Whether everything in the log has been indexed since the start.
    #[must_use]
    pub fn indexed(&self) -> bool {
        self.shared.indexed.load(Ordering::Acquire)
    }

    /// Whether everything that was handed over by now is indexed. Asking does not count as looking.
    #[must_use]
    pub fn caught_up(&self) -> bool {
        if self.shared.queued.load(Ordering::Relaxed) > 0 {
            return false;
        }
        self.shared.attention.is_through(self.captured_so_far())
    }

    /// Number of the envelope that was captured last; 0 before the first.
    #[must_use]
    pub fn captured_so_far(&self) -> u64 {
        lock(&self.shared.ledger).next_seq() - 1
    }

    /// Traces that are indexed and of which nothing had come when envelope `after` had, the last to arrive first: at most
    /// `limit`. Asking does not count as looking.
    #[must_use]
    pub fn traces_after(&self, after: u64, limit: usize) -> Vec<TraceSummary> {
        self.look_at_traces(after, limit, |traces| traces.iter().copied().cloned().collect())
    }

    /// As [`Collector::traces_after`], lent instead of copied: nothing is indexed while `look` works, so that it has to be
    /// quick.
    pub fn look_at_traces<T>(&self, after: u64, limit: usize, look: impl FnOnce(&[&TraceSummary]) -> T) -> T {
        look(&lock(&self.shared.index).traces_after(after, limit))
    }

    /// Everything that is kept of one trace; `None` when nothing is. Asking does not count as looking.
    pub async fn trace(&self, trace_id: &str) -> Option<TraceDetail> {
        let id = parse_id(trace_id)?;
        let seqs = lock(&self.shared.index).envelopes_of(id)?;
        let (found, missing) = self.read_many(seqs).await;
        tokio::task::spawn_blocking(move || trace::detail(id, &found, missing))
            .await
            .ok()
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Envelopes in one line each, newest first: at most `limit` of those in `state`.
    #[must_use]
    pub fn envelopes(&self, state: Option<EnvelopeState>, limit: usize) -> Vec<EnvelopeSummary> {
        self.envelopes_before(u64::MAX, state, limit)
    }

    /// The same, of those with a number below `before`.
    #[must_use]
    pub fn envelopes_before(
        &self,
        before: u64,
        state: Option<EnvelopeState>,
        limit: usize,
    ) -> Vec<EnvelopeSummary> {
        let destinations = self.shared.destinations();
        let limits = self.limits();
        let ledger = lock(&self.shared.ledger);
        let newer = usize::try_from(ledger.next_seq().saturating_sub(before)).unwrap_or(usize::MAX);
        let wanted = ledger
            .newest_first()
            .skip(newer)
            .filter(|(_, kept)| state.is_none_or(|state| state == state_of(kept)));
        wanted
            .take(limit)
            .map(|(seq, kept)| summary(&ledger, &destinations, &limits, seq, kept))
            .collect()
    }

    fn limits(&self) -> BTreeMap<u64, RateLimits> {
        lock(&self.shared.outbox).limits.clone()
    }

    /// One envelope in a line and as it was received; `None` when it is not, or no longer, kept.
    pub async fn envelope(&self, seq: u64) -> Option<(EnvelopeSummary, Vec<u8>)> {
        let destinations = self.shared.destinations();
        let limits = self.limits();
        let (summary, place) = {
            let ledger = lock(&self.shared.ledger);
            let kept = ledger.get(seq)?;
            (summary(&ledger, &destinations, &limits, seq, kept), kept.place)
        };
        let bytes = self
            .blocking(move |reader| reader.read(place).map(<[u8]>::to_vec))
            .await?
            .ok()?;
        Some((summary, bytes))
    }

    /// The envelopes among `seqs` that are still kept, up to a bound: number, slot, bytes; and how many are missing.
    pub(crate) async fn read_many(&self, seqs: Vec<u64>) -> (Vec<(u64, Arc<str>, Vec<u8>)>, usize) {
        let places: Vec<_> = {
            let ledger = lock(&self.shared.ledger);
            let kept = seqs.iter().filter_map(|seq| Some((*seq, ledger.get(*seq)?)));
            kept.map(|(seq, kept)| (seq, ledger.slot_name(kept.slot), kept.place))
                .collect()
        };
        let read = self.blocking(move |reader| {
            let mut left = MOST_READ;
            let in_bounds = places.into_iter().take_while(move |(.., place)| {
                let fits = u64::from(place.payload_len) <= left;
                left = left.saturating_sub(u64::from(place.payload_len));
                fits
            });
            let found = in_bounds.filter_map(|(seq, slot, place)| match reader.read(place) {
                Ok(bytes) => Some((seq, slot, bytes.to_vec())),
                Err(ReadError::Gone | ReadError::Damaged) => None,
                Err(ReadError::Io(error)) => {
                    tracing::warn!(%error, seq, "an envelope could not be read");
                    None
                }
            });
            found.collect::<Vec<_>>()
        });
        let found = read.await.unwrap_or_default();
        let missing = seqs.len() - found.len();
        (found, missing)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Reader) -> T + Send + 'static,
    ) -> Option<T> {
        let mut reader = Reader::new(&self.shared.dir);
        tokio::task::spawn_blocking(move || work(&mut reader)).await.ok()
    }
}

const WAITING: &str = "waiting";
const RATE_LIMITED: &str = "rate_limited";

/// How many held envelopes are rate limited, by slot and destination. Looks at each of them, and so only at all while
/// there are `limits`.
fn limited(
    ledger: &Ledger,
    limits: &BTreeMap<u64, RateLimits>,
    now: UnixMillis,
) -> BTreeMap<(Arc<str>, u64), u64> {
    let mut counts: BTreeMap<(u8, u64), u64> = BTreeMap::new();
    if !limits.is_empty() {
        let held = ledger
            .oldest_first()
            .filter(|(_, kept)| kept.standing == Standing::Held);
        for (_, kept) in held {
            let limits = limits.get(&kept.destination);
            if limits.is_some_and(|limits| limits.held_until(kept.categories, now).is_some()) {
                *counts.entry((kept.slot, kept.destination)).or_default() += 1;
            }
        }
    }
    let named = counts.into_iter();
    named
        .map(|((slot, destination), count)| ((ledger.slot_name(slot), destination), count))
        .collect()
}

/// Why an envelope is held.
fn held_reason(destinations: &Destinations, slot: &str, destination: u64) -> &'static str {
    match destinations.id_of(slot) {
        0 => "no_destination",
        today if today != destination => "other_destination",
        _ if !destinations.sending => "paused",
        _ => WAITING,
    }
}

fn state_of(kept: &Kept) -> EnvelopeState {
    match kept.standing {
        Standing::Held => EnvelopeState::Held,
        Standing::Delivered => EnvelopeState::Delivered,
        Standing::Dead(_) => EnvelopeState::Dead,
    }
}

fn summary(
    ledger: &Ledger,
    destinations: &Destinations,
    limits: &BTreeMap<u64, RateLimits>,
    seq: u64,
    kept: &Kept,
) -> EnvelopeSummary {
    let slot = ledger.slot_name(kept.slot);
    let limited = || {
        let limits = limits.get(&kept.destination);
        limits.is_some_and(|limits| limits.held_until(kept.categories, now()).is_some())
    };
    let reason = match kept.standing {
        Standing::Held => match held_reason(destinations, &slot, kept.destination) {
            WAITING if limited() => Some(RATE_LIMITED),
            reason => Some(reason),
        },
        Standing::Delivered => None,
        Standing::Dead(reason) => Some(reason.as_str()),
    };
    EnvelopeSummary {
        seq,
        slot: slot.as_ref().to_owned(),
        received_at: kept.received_at,
        bytes: u64::from(kept.place.payload_len),
        categories: kept.categories.each().map(|(_, name)| name.to_owned()).collect(),
        state: state_of(kept),
        reason: reason.map(str::to_owned),
    }
}

/// The key in `<dir>/key`, made at the first start. One that is damaged is replaced: SDKs then have to be given
/// the new DSN.
fn own_key(dir: &Path) -> io::Result<String> {
    let path = dir.join("key");
    match fs::read_to_string(&path) {
        Ok(key) if key.trim().len() == KEY_LEN && key.trim().bytes().all(|b| b.is_ascii_hexdigit()) => {
            // An older build may have left it readable for others; where that cannot be changed it goes on being so.
            #[cfg(unix)]
            let _ = fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600));
            return Ok(key.trim().to_owned());
        }
        Ok(_) => {}
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidData) => {}
        Err(error) => return Err(error),
    }
    let key = format!("{:032x}", rand::rng().random::<u128>());
    replace(&path, key.as_bytes())?;
    Ok(key)
}

/// Milliseconds since `started`.
pub(crate) fn elapsed_ms(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
}
