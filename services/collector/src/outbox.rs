//! Sends what is held: in order within a trace, a few at a time, and again until it is answered.
//!
//! Envelopes of one trace form a lane; one lane has at most one request under way. A destination that cannot be
//! reached is asked by one request at a time, with growing pauses, whatever is held for it. A category that is
//! rate limited holds its envelopes and lets the others of the lane pass.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use rand::RngExt;
use reelscope_contracts::telemetry::DeliveryError;
use reelscope_contracts::{UnixMillis, now};
use rusqlite::Connection;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::category::Categories;
use crate::collector::{FRONTEND, Pace, Shared};
use crate::dsn::Dsn;
use crate::envelope::Envelope;
use crate::lock;
use crate::log::{self, Change, DeadReason, Entry, Job, State};
use crate::rate_limits::RateLimits;
use crate::sender::{Answer, Sender, Verdict};

/// Sentry takes older transactions and sessions with a 200 and drops them.
const TOO_OLD: i64 = 5 * 24 * 60 * 60 * 1_000;
/// What a 429 means that names none of the envelope's categories.
const UNNAMED_LIMIT: i64 = 60 * 1_000;
/// Most envelopes of one destination in memory; more wait in the log for their turn.
const MOST_WAITING: usize = 50_000;
/// How many are read from the log at once.
const LOADED: usize = 5_000;
/// How long requests under way may take at the end.
const LAST_ANSWERS: Duration = Duration::from_millis(500);

/// What the outbox is told.
pub(crate) enum Note {
    /// These envelopes came, or are held again.
    Held(Vec<Entry>),
    /// The destinations changed.
    Configured,
    /// No more; answered when nothing is under way.
    Stop(oneshot::Sender<()>),
}

pub(crate) type Notes = tokio::sync::mpsc::UnboundedReceiver<Note>;

/// The envelopes of one trace for one destination; an envelope without a trace is alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum LaneKey {
    Trace(u128),
    Alone(u64),
}

#[derive(Default)]
struct Lane {
    /// Waiting to be sent, oldest first, with what is limited about them.
    waiting: BTreeMap<u64, Categories>,
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
    /// Envelopes in all lanes.
    waiting: usize,
    /// More of them, with higher numbers, are in the log alone.
    loaded_through: Option<u64>,
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
            waiting: 0,
            loaded_through: None,
            later: BTreeSet::new(),
            in_flight: 0,
            failures: 0,
            paused_until: 0,
            limits: RateLimits::default(),
        }
    }

    fn add(&mut self, entry: &Entry, now: UnixMillis) {
        let key = lane_of(entry);
        let lane = self.lanes.entry(key).or_default();
        if let Some((first, _)) = lane.waiting.first_key_value() {
            self.ready.remove(&(*first, key));
        }
        if lane.waiting.insert(entry.seq, entry.categories).is_none() {
            self.waiting += 1;
        }
        lane.limited_until = 0;
        self.place(key, now);
    }

    /// Whether envelope `seq` is to be taken into the lanes; those after the last that fits wait in the log.
    fn takes(&mut self, seq: u64) -> bool {
        if self.loaded_through.is_none() && self.waiting >= MOST_WAITING {
            self.loaded_through = Some(seq - 1);
        }
        self.loaded_through.is_none_or(|through| seq <= through)
    }

    /// Forgets what waits; what is under way stays so.
    fn clear(&mut self) {
        self.ready.clear();
        self.later.clear();
        self.waiting = 0;
        self.loaded_through = Some(0);
        self.lanes.retain(|_, lane| {
            lane.waiting.clear();
            lane.in_flight
        });
    }

    /// Puts a lane where it belongs: ready, later, or away when it is empty.
    fn place(&mut self, key: LaneKey, now: UnixMillis) {
        let Some(lane) = self.lanes.get(&key) else { return };
        let at = lane.not_before.max(lane.limited_until);
        match lane.waiting.first_key_value() {
            _ if lane.in_flight => {}
            None => {
                self.lanes.remove(&key);
            }
            Some((first, _)) if at <= now => {
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
    /// `None` when nothing was sent: too old, damaged, gone, decided on meanwhile.
    answer: Option<Answer>,
    /// Whether it came to an end that the disk has not been told yet.
    is_owed: bool,
}

pub(crate) struct Outbox {
    shared: Arc<Shared>,
    jobs: mpsc::Sender<Job>,
    sender: Sender,
    pace: Pace,
    destinations: HashMap<u64, Destination>,
    /// By request, so that one that panics is found again: destination, lane, envelope.
    under_way: HashMap<tokio::task::Id, (u64, LaneKey, u64)>,
    /// What has come to its end while the disk was full; the log may still have it as held.
    ended: HashSet<u64>,
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
            ended: HashSet::new(),
            sending: false,
        }
    }

    /// Runs on a thread of its own until it is told to stop. Begun anew after a defect, it knows what the log knows.
    pub(crate) fn run(mut self, notes: &mut Notes) {
        self.reconfigure();
        match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(self.work(notes)),
            Err(error) => tracing::error!(%error, "the outbox cannot start; everything is held"),
        }
    }

    async fn work(&mut self, notes: &mut Notes) {
        let mut requests = JoinSet::new();
        loop {
            self.load().await;
            self.start_requests(&mut requests);
            self.publish();
            let pause = self.next_wake().map(|at| millis(at.saturating_sub(now()).max(1)));
            tokio::select! {
                note = notes.recv() => match note {
                    Some(Note::Held(entries)) => {
                        for entry in &entries {
                            self.ended.remove(&entry.seq);
                        }
                        self.look_at(&entries);
                    }
                    Some(Note::Configured) => self.reconfigure(),
                    Some(Note::Stop(done)) => {
                        let answers = async {
                            while let Some(outcome) = requests.join_next_with_id().await {
                                self.answered(outcome).await;
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
                Some(outcome) = requests.join_next_with_id(), if !requests.is_empty() => self.answered(outcome).await,
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
            destination.clear();
            self.destinations.insert(dsn.id(), destination);
        }
    }

    /// Takes what waits in the log where there is room for it.
    async fn load(&mut self) {
        let ids: Vec<u64> = self.destinations.keys().copied().collect();
        for id in ids {
            while let Some(after) = self.wanted(id) {
                let read = move |connection: &Connection| {
                    let which = format!(
                        "WHERE state = 0 AND destination = ?1 AND seq > ?2 ORDER BY seq LIMIT {LOADED}"
                    );
                    log::rows(connection, &which, [id.cast_signed(), after.cast_signed()])
                };
                let Ok(held) = self.shared.readers.read(read).await else {
                    break;
                };
                if let Some(destination) = self.destinations.get_mut(&id) {
                    let last = held.last().filter(|_| held.len() == LOADED);
                    destination.loaded_through = last.map(|last| last.seq);
                }
                self.look_at(&held);
            }
        }
    }

    /// The number after which more of a destination's envelopes are to be read from the log.
    fn wanted(&self, destination: u64) -> Option<u64> {
        let destination = self.destinations.get(&destination)?;
        let has_room = destination.waiting + LOADED <= MOST_WAITING;
        destination.loaded_through.filter(|_| has_room)
    }

    /// Queues those that are held for a destination of today and belong to its slot.
    fn look_at(&mut self, entries: &[Entry]) {
        let now = now();
        let configured = self.shared.destinations();
        let under_way: HashSet<u64> = self.under_way.values().map(|(.., seq)| *seq).collect();
        for entry in entries {
            let today = configured.id_of(&entry.slot);
            if entry.state == State::Held
                && entry.destination == today
                && !under_way.contains(&entry.seq)
                && !self.ended.contains(&entry.seq)
                && let Some(destination) = self.destinations.get_mut(&today)
                && destination.takes(entry.seq)
            {
                destination.add(entry, now);
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
                let (chosen, until) = choose(lane, &destination.limits, now);
                let Some(seq) = chosen else {
                    lane.limited_until = until;
                    destination.place(key, now);
                    continue;
                };
                lane.waiting.remove(&seq);
                lane.in_flight = true;
                destination.waiting -= 1;
                destination.in_flight += 1;
                let request = Request {
                    destination: *id,
                    dsn: destination.dsn.clone(),
                    lane: key,
                    seq,
                    shared: Arc::clone(&self.shared),
                    jobs: self.jobs.clone(),
                    sender: self.sender.clone(),
                };
                let id_of_task = requests.spawn(request.run()).id();
                self.under_way.insert(id_of_task, (*id, key, seq));
            }
        }
    }

    async fn answered(&mut self, outcome: Result<(tokio::task::Id, Outcome), tokio::task::JoinError>) {
        let outcome = match outcome {
            Ok((id, outcome)) => {
                self.under_way.remove(&id);
                outcome
            }
            Err(error) => {
                let Some((_, _, seq)) = self.under_way.remove(&error.id()) else {
                    return;
                };
                tracing::error!(%error, seq, "sending an envelope met a defect; it is held until the next start");
                self.ended.insert(seq);
                return;
            }
        };
        let now = now();
        if let Some(answer) = &outcome.answer {
            self.remember(outcome.destination, answer, now);
        }
        if outcome.is_owed {
            self.ended.insert(outcome.seq);
        }
        let again = if outcome.is_final() {
            None
        } else {
            self.still_held(outcome.seq).await
        };
        self.settle(&outcome, again.as_ref(), now);
        if let Some(entry) = again {
            // Today's configuration decides, and not the one that it was sent under.
            self.look_at(&[entry]);
        }
    }

    /// An envelope as the log has it, if it is still to be sent.
    async fn still_held(&self, seq: u64) -> Option<Entry> {
        let read = move |connection: &Connection| log::row(connection, seq);
        let entry = self.shared.readers.read(read).await.ok()??;
        Some(entry).filter(|entry| entry.state == State::Held)
    }

    /// What the answer means for its lane and its destination.
    fn settle(&mut self, outcome: &Outcome, held: Option<&Entry>, now: UnixMillis) {
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
                    let categories = held.map_or(Categories::default(), |entry| entry.categories);
                    let until = destination.limits.held_until(categories, now);
                    lane.not_before = if until.is_some() { 0 } else { now + UNNAMED_LIMIT };
                    destination.failures = 0;
                }
                Verdict::Retry => {
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
        // An empty lane goes, and with it how often it failed.
        if held.is_none() {
            destination.place(outcome.lane, now);
        }
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
fn choose(lane: &Lane, limits: &RateLimits, now: UnixMillis) -> (Option<u64>, UnixMillis) {
    let mut until = UnixMillis::MAX;
    for (seq, categories) in &lane.waiting {
        match limits.held_until(*categories, now) {
            None => return (Some(*seq), now),
            Some(end) => until = until.min(end),
        }
    }
    (None, until)
}

fn lane_of(entry: &Entry) -> LaneKey {
    if entry.trace_id == 0 {
        LaneKey::Alone(entry.seq)
    } else {
        LaneKey::Trace(entry.trace_id)
    }
}

/// One envelope on its way.
struct Request {
    destination: u64,
    dsn: Dsn,
    lane: LaneKey,
    seq: u64,
    shared: Arc<Shared>,
    jobs: mpsc::Sender<Job>,
    sender: Sender,
}

impl Request {
    async fn run(self) -> Outcome {
        let (answer, change) = self.attempt().await;
        let mut is_owed = false;
        if let Some(change) = change {
            // Under way until the log has it, so that it is not sent twice.
            let (written, is_written) = oneshot::channel();
            let job = Job::Change {
                changes: vec![(self.seq, change)],
                answer: Some(written),
            };
            is_owed = self.jobs.send(job).is_err() || !is_written.await.is_ok_and(|done| done.is_on_disk);
        }
        Outcome {
            destination: self.destination,
            lane: self.lane,
            seq: self.seq,
            answer,
            is_owed,
        }
    }

    async fn attempt(&self) -> (Option<Answer>, Option<Change>) {
        let dead = |reason| (None, Some(Change::Dead(reason)));
        let seq = self.seq;
        let read = move |connection: &Connection| log::envelope(connection, seq);
        let (entry, bytes) = match self.shared.readers.read(read).await {
            Ok(Some(found)) => found,
            // Counted as evicted when it went.
            Ok(None) => return (None, None),
            Err(error) => {
                tracing::error!(%error, seq, "an envelope cannot be read");
                return (None, None);
            }
        };
        if entry.state != State::Held || entry.destination != self.destination {
            return (None, None);
        }
        let dropped_when_old = Categories::TRANSACTION.with(Categories::SESSION);
        if entry.categories.meets(dropped_when_old)
            && !entry.categories.meets(Categories::ERROR)
            && now().saturating_sub(entry.received_at) > TOO_OLD
        {
            return dead(DeadReason::TooOld);
        }
        let (bytes, sdk) = {
            let Ok(envelope) = Envelope::framed(&bytes) else {
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

impl Outcome {
    /// Whether it was answered for good.
    fn is_final(&self) -> bool {
        let verdict = self.answer.as_ref().map(|answer| &answer.verdict);
        matches!(verdict, Some(Verdict::Delivered | Verdict::Dead(_)))
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
    use crate::{Collector, Destinations, Options};

    /// The log is written by hand, since only the past can make an envelope old.
    #[tokio::test]
    async fn old_transactions_die_unsent_and_old_errors_are_still_sent() {
        let dir = tempfile::tempdir().unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let dsn: Dsn = format!("http://abc@{}/1", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        drop(listener);
        let to_nobody = Destinations {
            common: Some(dsn.clone()),
            sending: false,
            ..Destinations::nowhere()
        };
        let (collector, _) = Collector::open(dir.path(), Options::standard()).unwrap();
        collector.configure(to_nobody.clone());
        for kind in ["transaction", "event", "transaction"] {
            let envelope = format!("{{}}\n{{\"type\":\"{kind}\"}}\n{{}}\n");
            collector
                .captured("api-gateway", envelope.into_bytes())
                .await
                .unwrap();
        }
        collector.shutdown().await;
        let log = Connection::open(dir.path().join("telemetry.sqlite")).unwrap();
        for (seq, age) in [(1, TOO_OLD + 60_000), (2, TOO_OLD * 2), (3, TOO_OLD / 2)] {
            let received_at = now() - age;
            let update = "UPDATE envelopes SET received_at = ?2 WHERE seq = ?1";
            assert_eq!(log.execute(update, [seq, received_at]).unwrap(), 1);
        }
        drop(log);
        let (collector, _) = Collector::open(dir.path(), Options::standard()).unwrap();
        collector.configure(Destinations {
            sending: true,
            ..to_nobody
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
