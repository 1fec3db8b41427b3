//! Sends what is held: in order within a trace, a few at a time, and again until it is answered.
//!
//! Envelopes of one trace form a lane; one lane has at most one request under way. A destination that cannot be
//! reached is asked by one request at a time, with growing pauses, whatever is held for it. A category that is
//! rate limited holds its envelopes and lets the others of the lane pass.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use rand::RngExt;
use reelscope_contracts::telemetry::DeliveryError;
use reelscope_contracts::{UnixMillis, now};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::category::Categories;
use crate::collector::{FRONTEND, Pace, Shared, lock};
use crate::dsn::Dsn;
use crate::envelope::Envelope;
use crate::frame::{Change, DeadReason};
use crate::ledger::{Kept, Standing};
use crate::log::{ReadError, Reader};
use crate::rate_limits::RateLimits;
use crate::sender::{Answer, Sender, Verdict};
use crate::writer::Job;

/// Sentry takes older transactions and sessions with a 200 and drops them.
const TOO_OLD: i64 = 5 * 24 * 60 * 60 * 1_000;
/// What a 429 means that names none of the envelope's categories.
const UNNAMED_LIMIT: i64 = 60 * 1_000;
/// How long requests under way may take at the end.
const LAST_ANSWERS: Duration = Duration::from_millis(500);

/// What the outbox is told.
pub(crate) enum Note {
    /// These envelopes may have become ready to be sent.
    Held(Vec<u64>),
    /// The destinations changed.
    Configured,
    /// No more; answered when nothing is under way.
    Stop(oneshot::Sender<()>),
}

/// The envelopes of one trace for one destination; an envelope without a trace is alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum LaneKey {
    Trace(u64),
    Alone(u64),
}

#[derive(Default)]
struct Lane {
    /// Waiting to be sent, oldest first.
    seqs: BTreeSet<u64>,
    in_flight: bool,
    attempts: u32,
    /// Not before, after a failure.
    not_before: UnixMillis,
    /// Until when all of it is rate limited; a newer envelope may not be.
    limited_until: UnixMillis,
}

struct Destination {
    dsn: Dsn,
    lanes: HashMap<LaneKey, Lane>,
    /// Lanes that may send now, by their oldest envelope.
    ready: BTreeSet<(u64, LaneKey)>,
    /// Lanes that may send later, by when.
    later: BTreeSet<(UnixMillis, LaneKey)>,
    in_flight: usize,
    failures: u32,
    paused_until: UnixMillis,
    limits: RateLimits,
}

impl Destination {
    fn new(dsn: Dsn) -> Self {
        Self {
            dsn,
            lanes: HashMap::new(),
            ready: BTreeSet::new(),
            later: BTreeSet::new(),
            in_flight: 0,
            failures: 0,
            paused_until: 0,
            limits: RateLimits::default(),
        }
    }

    fn add(&mut self, key: LaneKey, seq: u64, now: UnixMillis) {
        let lane = self.lanes.entry(key).or_default();
        if let Some(first) = lane.seqs.first() {
            self.ready.remove(&(*first, key));
        }
        lane.seqs.insert(seq);
        lane.limited_until = 0;
        self.place(key, now);
    }

    /// Puts a lane where it belongs: ready, later, or away when it is empty.
    fn place(&mut self, key: LaneKey, now: UnixMillis) {
        let Some(lane) = self.lanes.get(&key) else { return };
        let at = lane.not_before.max(lane.limited_until);
        match lane.seqs.first() {
            _ if lane.in_flight => {}
            None => {
                self.lanes.remove(&key);
            }
            Some(first) if at <= now => {
                self.ready.insert((*first, key));
            }
            Some(_) => {
                self.later.insert((at, key));
            }
        }
    }

    /// Moves lanes whose time has come.
    fn wake(&mut self, now: UnixMillis) {
        while let Some((at, key)) = self.later.first().copied().filter(|(at, _)| *at <= now) {
            self.later.remove(&(at, key));
            self.place(key, now);
        }
    }

    /// When there is something to do without being told.
    fn next_wake(&self) -> Option<UnixMillis> {
        let paused = (!self.ready.is_empty()).then_some(self.paused_until);
        self.later
            .first()
            .map(|(at, _)| *at)
            .into_iter()
            .chain(paused)
            .min()
    }

    fn may_send(&self, now: UnixMillis) -> bool {
        self.paused_until <= now && (self.failures == 0 || self.in_flight == 0)
    }
}

/// What a request came to.
struct Outcome {
    destination: u64,
    lane: LaneKey,
    seq: u64,
    categories: Categories,
    /// `None` when nothing was sent: too old, damaged, gone.
    answer: Option<Answer>,
}

pub(crate) struct Outbox {
    shared: Arc<Shared>,
    jobs: mpsc::Sender<Job>,
    sender: Sender,
    pace: Pace,
    destinations: HashMap<u64, Destination>,
    /// By request, so that one that panics is found again: destination, lane, envelope.
    under_way: HashMap<tokio::task::Id, (u64, LaneKey, u64)>,
    sending: bool,
}

impl Outbox {
    pub(crate) fn new(shared: Arc<Shared>, jobs: mpsc::Sender<Job>, sender: Sender, pace: Pace) -> Self {
        Self {
            shared,
            jobs,
            sender,
            pace,
            destinations: HashMap::new(),
            under_way: HashMap::new(),
            sending: false,
        }
    }

    /// Runs on a thread of its own until it is told to stop.
    pub(crate) fn run(mut self, notes: tokio::sync::mpsc::UnboundedReceiver<Note>) {
        match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(self.work(notes)),
            Err(error) => tracing::error!(%error, "the outbox cannot start; everything is held"),
        }
    }

    async fn work(&mut self, mut notes: tokio::sync::mpsc::UnboundedReceiver<Note>) {
        let mut requests = JoinSet::new();
        loop {
            self.start_requests(&mut requests);
            self.publish();
            let pause = self.next_wake().map(|at| millis(at.saturating_sub(now()).max(1)));
            tokio::select! {
                note = notes.recv() => match note {
                    Some(Note::Held(seqs)) => self.look_at(&seqs),
                    Some(Note::Configured) => self.reconfigure(),
                    Some(Note::Stop(done)) => {
                        let answers = async {
                            while let Some(outcome) = requests.join_next_with_id().await {
                                self.answered(outcome);
                            }
                        };
                        // What is not answered by then stays held.
                        let _ = tokio::time::timeout(LAST_ANSWERS, answers).await;
                        self.publish();
                        let _ = done.send(());
                        return;
                    }
                    None => return,
                },
                Some(outcome) = requests.join_next_with_id(), if !requests.is_empty() => self.answered(outcome),
                () = sleep(pause) => {}
            }
        }
    }

    /// Begins anew with what the log holds; what is under way stays so.
    fn reconfigure(&mut self) {
        let configured = self.shared.destinations();
        self.sending = configured.sending;
        let mut before = std::mem::take(&mut self.destinations);
        for dsn in configured.common.iter().chain(configured.by_slot.values()) {
            let mut destination = before
                .remove(&dsn.id())
                .unwrap_or_else(|| Destination::new(dsn.clone()));
            // A person who saves the DSN expects an attempt now, not at the end of a pause.
            destination.failures = 0;
            destination.paused_until = 0;
            destination.ready.clear();
            destination.later.clear();
            destination.lanes.retain(|_, lane| {
                lane.seqs.clear();
                lane.in_flight
            });
            self.destinations.insert(dsn.id(), destination);
        }
        let seqs: Vec<u64> = {
            let ledger = lock(&self.shared.ledger);
            let held = ledger
                .oldest_first()
                .filter(|(_, kept)| kept.standing == Standing::Held);
            held.map(|(seq, _)| seq).collect()
        };
        self.look_at(&seqs);
    }

    /// Queues those of `seqs` that are held for a destination of today.
    fn look_at(&mut self, seqs: &[u64]) {
        let now = now();
        let configured = self.shared.destinations();
        let ledger = lock(&self.shared.ledger);
        let under_way: HashSet<u64> = self.under_way.values().map(|(.., seq)| *seq).collect();
        for seq in seqs.iter().copied().filter(|seq| !under_way.contains(seq)) {
            let Some(kept) = ledger.get(seq) else { continue };
            let today = configured.id_of(&ledger.slot_name(kept.slot));
            if kept.standing == Standing::Held
                && kept.destination == today
                && let Some(destination) = self.destinations.get_mut(&today)
            {
                destination.add(lane_of(seq, kept), seq, now);
            }
        }
    }

    fn start_requests(&mut self, requests: &mut JoinSet<Outcome>) {
        if !self.sending {
            return;
        }
        let now = now();
        for (id, destination) in &mut self.destinations {
            destination.wake(now);
            while destination.in_flight < self.pace.concurrency && destination.may_send(now) {
                let Some((_, key)) = destination.ready.pop_first() else {
                    break;
                };
                let Some(lane) = destination.lanes.get_mut(&key) else {
                    continue;
                };
                let (chosen, until) = choose(lane, &destination.limits, &self.shared, now);
                let Some((seq, kept)) = chosen else {
                    lane.limited_until = until;
                    destination.place(key, now);
                    continue;
                };
                lane.seqs.remove(&seq);
                lane.in_flight = true;
                destination.in_flight += 1;
                let request = Request {
                    destination: *id,
                    dsn: destination.dsn.clone(),
                    lane: key,
                    seq,
                    kept,
                    shared: Arc::clone(&self.shared),
                    jobs: self.jobs.clone(),
                    sender: self.sender.clone(),
                };
                let id_of_task = requests.spawn(request.run()).id();
                self.under_way.insert(id_of_task, (*id, key, seq));
            }
        }
    }

    fn answered(&mut self, outcome: Result<(tokio::task::Id, Outcome), tokio::task::JoinError>) {
        let now = now();
        let outcome = match outcome {
            Ok((id, outcome)) => {
                self.under_way.remove(&id);
                outcome
            }
            Err(error) => {
                let Some((destination, lane, seq)) = self.under_way.remove(&error.id()) else {
                    return;
                };
                tracing::error!(%error, seq, "sending an envelope met a defect; it is held until the next start");
                Outcome {
                    destination,
                    lane,
                    seq,
                    categories: Categories::default(),
                    answer: None,
                }
            }
        };
        if let Some(answer) = &outcome.answer {
            self.remember(outcome.destination, answer, now);
        }
        let pace = self.pace;
        let Some(destination) = self.destinations.get_mut(&outcome.destination) else {
            return;
        };
        destination.in_flight = destination.in_flight.saturating_sub(1);
        let lane = destination.lanes.entry(outcome.lane).or_default();
        (lane.in_flight, lane.limited_until) = (false, 0);
        if let Some(answer) = &outcome.answer {
            destination.limits.learn(
                answer.status,
                answer.rate_limits.as_deref(),
                answer.retry_after.as_deref(),
                now,
            );
            match answer.verdict {
                Verdict::Delivered | Verdict::Dead(_) => {
                    (lane.attempts, lane.not_before) = (0, 0);
                    destination.failures = 0;
                }
                Verdict::Limited => {
                    lane.seqs.insert(outcome.seq);
                    let until = destination.limits.held_until(outcome.categories, now);
                    lane.not_before = if until.is_some() { 0 } else { now + UNNAMED_LIMIT };
                    destination.failures = 0;
                }
                Verdict::Retry => {
                    lane.seqs.insert(outcome.seq);
                    lane.attempts += 1;
                    lane.not_before = now + backoff(pace, lane.attempts);
                    // Requests that were under way together fail together, which is one failure.
                    if destination.paused_until <= now {
                        destination.failures += 1;
                        destination.paused_until = now + backoff(pace, destination.failures);
                    }
                }
            }
        }
        destination.place(outcome.lane, now);
    }

    fn remember(&self, destination: u64, answer: &Answer, now: UnixMillis) {
        if answer.verdict == Verdict::Delivered {
            return;
        }
        let masked = self
            .destinations
            .get(&destination)
            .map(|d| d.dsn.masked())
            .unwrap_or_default();
        lock(&self.shared.outbox).last_error = Some(DeliveryError {
            code: answer.code.to_owned(),
            detail: answer.detail.clone(),
            params: answer.params.clone(),
            destination: masked,
            at: now,
        });
    }

    fn next_wake(&self) -> Option<UnixMillis> {
        self.sending
            .then(|| {
                self.destinations
                    .values()
                    .filter_map(Destination::next_wake)
                    .min()
            })
            .flatten()
    }

    fn publish(&self) {
        let mut status = lock(&self.shared.outbox);
        status.in_flight = self.under_way.len() as u64;
        status.limits = self
            .destinations
            .iter()
            .map(|(id, d)| (*id, d.limits.clone()))
            .collect();
        status.failing = self
            .destinations
            .iter()
            .filter(|(_, destination)| destination.failures > 0)
            .map(|(id, destination)| (*id, destination.paused_until))
            .collect();
        drop(status);
        self.shared.touched();
    }
}

/// The oldest envelope of a lane that is not limited; else until when all of them are.
fn choose(
    lane: &mut Lane,
    limits: &RateLimits,
    shared: &Shared,
    now: UnixMillis,
) -> (Option<(u64, Kept)>, UnixMillis) {
    let ledger = lock(&shared.ledger);
    lane.seqs.retain(|seq| {
        ledger
            .get(*seq)
            .is_some_and(|kept| kept.standing == Standing::Held)
    });
    let mut until = UnixMillis::MAX;
    for seq in &lane.seqs {
        let Some(kept) = ledger.get(*seq) else { continue };
        match limits.held_until(kept.categories, now) {
            None => return (Some((*seq, *kept)), now),
            Some(end) => until = until.min(end),
        }
    }
    (None, until)
}

fn lane_of(seq: u64, kept: &Kept) -> LaneKey {
    if kept.trace == 0 {
        LaneKey::Alone(seq)
    } else {
        LaneKey::Trace(kept.trace)
    }
}

/// One envelope on its way.
struct Request {
    destination: u64,
    dsn: Dsn,
    lane: LaneKey,
    seq: u64,
    kept: Kept,
    shared: Arc<Shared>,
    jobs: mpsc::Sender<Job>,
    sender: Sender,
}

impl Request {
    async fn run(self) -> Outcome {
        let (answer, change) = self.attempt().await;
        if let Some(change) = change {
            // Under way until the log has it, so that it is not sent twice.
            let (written, is_written) = oneshot::channel();
            let job = Job::Change {
                changes: vec![(self.seq, change)],
                answer: Some(written),
            };
            if self.jobs.send(job).is_ok() {
                let _ = is_written.await;
            }
        }
        Outcome {
            destination: self.destination,
            lane: self.lane,
            seq: self.seq,
            categories: self.kept.categories,
            answer,
        }
    }

    async fn attempt(&self) -> (Option<Answer>, Option<Change>) {
        let dead = |reason| (None, Some(Change::Dead(reason)));
        let dropped_when_old = Categories::TRANSACTION.with(Categories::SESSION);
        let categories = self.kept.categories;
        if categories.meets(dropped_when_old)
            && !categories.meets(Categories::ERROR)
            && now().saturating_sub(self.kept.received_at) > TOO_OLD
        {
            return dead(DeadReason::TooOld);
        }
        let (bytes, sdk) = {
            let mut reader = Reader::new(&self.shared.dir);
            let bytes = match reader.read(self.kept.place) {
                Ok(bytes) => bytes,
                Err(ReadError::Damaged) => return dead(DeadReason::Damaged),
                // Counted as evicted when its segment went.
                Err(ReadError::Gone) => return (None, None),
                Err(ReadError::Io(error)) => {
                    tracing::error!(%error, seq = self.seq, "an envelope cannot be read");
                    return dead(DeadReason::Damaged);
                }
            };
            let Ok(envelope) = Envelope::framed(bytes) else {
                return dead(DeadReason::Damaged);
            };
            let destinations = self.shared.destinations();
            let head = destinations.of(FRONTEND).unwrap_or(&self.dsn);
            let addressed = envelope.addressed(&self.dsn, now(), &self.shared.key, head.key());
            (addressed, sdk_name(&envelope))
        };
        let answer = self.sender.send(&self.dsn, &bytes, &sdk).await;
        let change = match answer.verdict {
            Verdict::Delivered => Some(Change::Delivered),
            Verdict::Dead(reason) => Some(Change::Dead(reason)),
            Verdict::Limited | Verdict::Retry => None,
        };
        (Some(answer), change)
    }
}

/// The SDK that made an envelope, fit for a header.
fn sdk_name(envelope: &Envelope<'_>) -> String {
    let sdk = envelope.header.sdk.clone().unwrap_or_default();
    let text = format!(
        "{}/{}",
        sdk.name.unwrap_or_default(),
        sdk.version.unwrap_or_default()
    );
    let fits = |c: &char| c.is_ascii_alphanumeric() || "./-_+".contains(*c);
    let text: String = text.chars().filter(fits).take(80).collect();
    if text.starts_with('/') {
        format!("reelscope{text}")
    } else {
        text
    }
}

/// Milliseconds of pause before attempt `attempts + 1`: doubling, with a fifth of jitter, so that several
/// collectors do not come back at once.
fn backoff(pace: Pace, attempts: u32) -> i64 {
    let factor = 1_u32 << attempts.saturating_sub(1).min(20);
    let pause = pace.first_retry.saturating_mul(factor).min(pace.longest_retry);
    let jittered = pause.mul_f64(rand::rng().random_range(0.8..1.2));
    i64::try_from(jittered.as_millis()).unwrap_or(i64::MAX).max(1)
}

fn millis(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

async fn sleep(pause: Option<Duration>) {
    match pause {
        Some(pause) => tokio::time::sleep(pause).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Meta, write_envelope};
    use crate::{Collector, Destinations, Options};

    /// Writes a log by hand, since only the past can make an envelope old.
    #[tokio::test]
    async fn old_transactions_die_unsent_and_old_errors_are_still_sent() {
        let dir = tempfile::tempdir().unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let dsn: Dsn = format!("http://abc@{}/1", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        drop(listener);
        let mut bytes = Vec::new();
        let kinds = [
            (1, "transaction", TOO_OLD + 60_000),
            (2, "event", TOO_OLD * 2),
            (3, "transaction", TOO_OLD / 2),
        ];
        for (seq, kind, age) in kinds {
            let meta = Meta {
                received_at: now() - age,
                destination: dsn.id(),
                categories: Categories::of_item(kind),
                event_id: 0,
                trace_id: 0,
                slot: "api-gateway".to_owned(),
            };
            write_envelope(
                &mut bytes,
                seq,
                &meta,
                format!("{{}}\n{{\"type\":\"{kind}\"}}\n{{}}\n").as_bytes(),
            );
        }
        let segments = dir.path().join("segments");
        std::fs::create_dir_all(&segments).unwrap();
        std::fs::write(segments.join("00000001.log"), bytes).unwrap();
        let (collector, _) = Collector::open(dir.path(), Options::standard()).unwrap();
        collector.configure(Destinations {
            common: Some(dsn),
            ..Destinations::nowhere()
        });
        let mut revisions = collector.shared().revision.subscribe();
        while collector.counts().dead == 0 {
            revisions.changed().await.unwrap();
        }
        assert_eq!(collector.delivery().dead_by_reason.get("too_old"), Some(&1));
        assert_eq!(collector.counts().held, 2);
        collector.shutdown().await;
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let pace = Options::standard().pace;
        for (attempts, around) in [(1, 500), (2, 1_000), (3, 2_000), (20, 60_000), (u32::MAX, 60_000)] {
            let pause = backoff(pace, attempts);
            assert!(
                (around * 8 / 10..=around * 12 / 10).contains(&pause),
                "{attempts}: {pause}"
            );
        }
    }
}
