//! The outbox sends held envelopes: in order within a trace, several requests at a time, and again until there is a
//! response.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use reelscope_page_api::telemetry::DeliveryError;
use rusqlite::Connection;
use tokio::sync::oneshot;
use tokio::task::{Id, JoinError, JoinSet};

use super::desk::{Desk, Note};
use super::lanes::{Destination, Errand, LaneKey, backoff};
use super::rate_limits::RateLimits;
use super::request::{Outcome, Request};
use super::sender::{Answer, Verdict};
use super::{Context, Host, Shared};
use crate::envelope::category::Categories;
use crate::log::{self, Entry, Job, State};
use crate::notice::notice;
use crate::supervised::last_words;

/// Number of envelopes that are read from the log at once.
const LOADED: usize = 1_000;
/// How long a stop waits for the responses of requests under way.
pub const LAST_ANSWERS: Duration = Duration::from_millis(500);

pub(super) struct Outbox {
    context: Arc<Context>,
    shared: Arc<Shared>,
    host: Arc<dyn Host>,
    destinations: HashMap<u64, Destination>,
    /// Destination and content of the requests under way by task, so that they are known after the task panics.
    under_way: HashMap<Id, (u64, Errand)>,
    /// Numbers of held envelopes that were not queued because a request with them was under way. They may have been held
    /// again after the response of that request was stored, before it is known here.
    passed_over: HashSet<u64>,
    sending: bool,
    /// Number of failed reads of the log in a row, and the time of the next attempt.
    unread: u32,
    read_again: Option<Instant>,
}

impl Outbox {
    pub(super) fn new(context: &Arc<Context>, shared: &Arc<Shared>, host: &Arc<dyn Host>) -> Self {
        Self {
            context: Arc::clone(context),
            shared: Arc::clone(shared),
            host: Arc::clone(host),
            destinations: HashMap::new(),
            under_way: HashMap::new(),
            passed_over: HashSet::new(),
            sending: false,
            unread: 0,
            read_again: None,
        }
    }

    /// Sends until told to stop. After a panic a new outbox begins with what the log holds.
    pub(super) async fn run(mut self, desk: &mut Desk) {
        self.reconfigure();
        self.work(desk).await;
    }

    async fn work(&mut self, desk: &mut Desk) {
        if std::mem::replace(&mut desk.has_run, true) {
            self.caught_up().await;
        }
        let mut requests = JoinSet::new();
        let clock = self.context.ages.clock().clone();
        let mut moves = clock.moves();
        loop {
            if let Some(done) = self.hear_all(desk) {
                return self.finish(desk, requests, done).await;
            }
            let has_more = self.load(desk).await;
            // The clock is read once, so that all decisions of this round agree on which pauses have ended.
            let now = clock.monotonic();
            self.start_requests(&mut requests, now);
            self.publish();
            let wake = if has_more { Some(now) } else { self.next_wake(now) };
            tokio::select! {
                note = desk.notes.recv() => match note.map(|note| self.hear(desk, note)) {
                    Some(Some(done)) => return self.finish(desk, requests, done).await,
                    Some(None) => {}
                    None => return,
                },
                Some(outcome) = requests.join_next_with_id(), if !requests.is_empty() => {
                    // Messages of the writer about an envelope are handled before the response of its request.
                    let stop = self.hear_all(desk);
                    self.answered(desk, outcome).await;
                    if let Some(done) = stop {
                        return self.finish(desk, requests, done).await;
                    }
                }
                () = moves.sleep(&clock, wake) => {}
            }
        }
    }

    /// Waits until the writer has done what it was told by the requests of an earlier outbox.
    async fn caught_up(&self) {
        let (answer, answered) = oneshot::channel();
        let nothing = Job::Change {
            changes: Vec::new(),
            answer: Some(answer),
        };
        if self.context.jobs.send(nothing).is_ok() {
            let _ = answered.await;
        }
    }

    fn hear_all(&mut self, desk: &mut Desk) -> Option<oneshot::Sender<()>> {
        while let Ok(note) = desk.notes.try_recv() {
            let stop = self.hear(desk, note);
            if stop.is_some() {
                return stop;
            }
        }
        None
    }

    /// Handles a message; returns the sender to answer when it is told to stop.
    fn hear(&mut self, desk: &mut Desk, note: Note) -> Option<oneshot::Sender<()>> {
        match note {
            Note::Held(entries) => {
                desk.correct(&entries);
                self.look_at(desk, &entries);
            }
            Note::Configured => self.reconfigure(),
            Note::Stop(done) => return Some(done),
        }
        None
    }

    /// Ends the outbox. A request without a response leaves its envelope held.
    async fn finish(&mut self, desk: &mut Desk, mut requests: JoinSet<Outcome>, done: oneshot::Sender<()>) {
        let answers = async {
            while let Some(outcome) = requests.join_next_with_id().await {
                self.answered(desk, outcome).await;
            }
        };
        let _ = tokio::time::timeout(LAST_ANSWERS, answers).await;
        self.publish();
        let _ = done.send(());
    }

    /// Clears the queues, to fill them from the log again; requests under way stay.
    fn reconfigure(&mut self) {
        let configured = self.shared.destinations();
        self.sending = configured.sending;
        let mut before = std::mem::take(&mut self.destinations);
        for (_, dsn) in configured.each() {
            let mut destination = before
                .remove(&dsn.id())
                .or_else(|| self.destinations.remove(&dsn.id()))
                .unwrap_or_else(|| Destination::new(dsn.clone(), self.known_limits(dsn.id())));
            destination.restart();
            self.destinations.insert(dsn.id(), destination);
        }
    }

    /// The rate limits that an earlier outbox knew, after a panic.
    fn known_limits(&self, destination: u64) -> RateLimits {
        let published = self.shared.published.lock();
        published.limits.get(&destination).cloned().unwrap_or_default()
    }

    /// Reads some of the envelopes that wait in the log while there is room; returns whether there are more. A
    /// limited number, so that the first is sent and a stop is handled before all of them are read.
    async fn load(&mut self, desk: &Desk) -> bool {
        let ids: Vec<u64> = self.destinations.keys().copied().collect();
        let (mut has_more, mut is_unread) = (false, false);
        for id in ids {
            let Some(after) = self.destinations.get(&id).and_then(|to| to.wanted(LOADED)) else {
                continue;
            };
            let read = move |connection: &Connection| {
                let which =
                    format!("WHERE state = 0 AND destination = ?1 AND seq > ?2 ORDER BY seq LIMIT {LOADED}");
                log::rows(connection, &which, [id.cast_signed(), after.cast_signed()])
            };
            let Ok(held) = self.context.readers.read(read).await else {
                is_unread = true;
                continue;
            };
            if let Some(destination) = self.destinations.get_mut(&id) {
                let last = held.last().filter(|_| held.len() == LOADED);
                destination.loaded(last.map(|last| last.seq));
            }
            self.look_at(desk, &held);
            has_more |= self
                .destinations
                .get(&id)
                .is_some_and(|to| to.wanted(LOADED).is_some());
        }
        self.unread = if is_unread {
            self.unread.saturating_add(1)
        } else {
            0
        };
        self.read_again = is_unread.then(|| self.now() + backoff(self.context.pace, self.unread));
        has_more
    }

    /// Queues those of the envelopes that are held for the present destination of their slot.
    fn look_at(&mut self, desk: &Desk, entries: &[Entry]) {
        let now = self.now();
        let configured = self.shared.destinations();
        let under_way: HashSet<u64> = self.under_way.values().map(|(_, errand)| errand.seq).collect();
        for entry in entries {
            let today = configured.id_of(&entry.slot);
            if entry.state != State::Held || entry.destination != today {
                continue;
            }
            if under_way.contains(&entry.seq) {
                self.passed_over.insert(entry.seq);
            } else if let Some(left) = desk.left(entry)
                && let Some(destination) = self.destinations.get_mut(&today)
                && destination.takes(entry.seq)
            {
                destination.add(lane_of(entry), entry.seq, left, now);
            }
        }
    }

    fn start_requests(&mut self, requests: &mut JoinSet<Outcome>, now: Instant) {
        if !self.sending {
            return;
        }
        for (id, destination) in &mut self.destinations {
            destination.wake(now);
            while let Some(errand) = destination.next(self.context.pace, now) {
                let request = Request {
                    destination: *id,
                    dsn: destination.dsn.clone(),
                    errand,
                    context: Arc::clone(&self.context),
                    shared: Arc::clone(&self.shared),
                };
                let id_of_task = requests.spawn(request.run()).id();
                self.under_way.insert(id_of_task, (*id, errand));
            }
        }
    }

    async fn answered(&mut self, desk: &mut Desk, outcome: Result<(Id, Outcome), JoinError>) {
        let id = outcome.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let Some((destination, errand)) = self.under_way.remove(&id) else {
            return;
        };
        let was_passed_over = self.passed_over.remove(&errand.seq);
        match outcome {
            Ok((_, outcome)) => {
                let held = self
                    .settle(desk, destination, errand, outcome, was_passed_over)
                    .await;
                // The present configuration decides, not the one at the time of the request.
                self.look_at(desk, held.as_slice());
            }
            Err(error) => self.met_defect(desk, destination, errand, &last_words(error)),
        }
        let now = self.now();
        if let Some(destination) = self.destinations.get_mut(&destination) {
            destination.returned(errand, now);
        }
    }

    /// Applies the response of a request; returns the envelope if something of it is still to be sent, or again.
    async fn settle(
        &mut self,
        desk: &mut Desk,
        id: u64,
        errand: Errand,
        outcome: Outcome,
        was_passed_over: bool,
    ) -> Option<Entry> {
        let now = self.now();
        if let Some(part) = outcome.owed() {
            desk.owes(errand.seq, part);
        }
        if let Some(destination) = self.destinations.get_mut(&id) {
            let pace = self.context.pace;
            match &outcome {
                Outcome::Answered { answer, .. } => destination.learn(errand, answer, pace, now),
                Outcome::Unread => destination.put_off(errand, pace, now),
                Outcome::Unsent { .. } => {}
            }
        }
        let mut left = errand.left;
        if let Outcome::Answered { answer, .. } = &outcome {
            self.remember(id, answer);
            if answer.verdict.is_final() {
                if !errand.is_all() {
                    left = left.without(errand.part);
                } else if !was_passed_over {
                    return None;
                }
            }
        }
        let seq = errand.seq;
        let read = move |connection: &Connection| log::row(connection, seq);
        let Ok(entry) = self.context.readers.read(read).await else {
            self.put_back(desk, id, errand, left);
            return None;
        };
        entry.filter(|entry| entry.state == State::Held)
    }

    /// Sends the envelope of a request that panicked again after a pause, in a lane of its own, so that others of
    /// its trace do not wait.
    fn met_defect(&mut self, desk: &Desk, id: u64, errand: Errand, words: &str) {
        let seq = errand.seq;
        tracing::error!(words, seq, "sending an envelope met a defect");
        let detail =
            format!("Envelope {seq} was not sent because of a defect of Reelscope; it is tried again.");
        let said = notice("request_defect", detail);
        self.host.say(said.with("seq", seq).with("cause", words));
        let (mut alone, now) = (errand, self.now());
        alone.lane = LaneKey::Alone(seq);
        if let Some(destination) = self.destinations.get_mut(&id) {
            destination.put_off(alone, self.context.pace, now);
        }
        self.put_back(desk, id, alone, errand.left);
    }

    /// Queues what may remain of an envelope; the next request reads its state from the log.
    fn put_back(&mut self, desk: &Desk, id: u64, errand: Errand, left: Categories) {
        let now = self.now();
        if let Some(left) = desk.left_of(errand.seq, left)
            && let Some(destination) = self.destinations.get_mut(&id)
        {
            destination.add(errand.lane, errand.seq, left, now);
        }
    }

    fn remember(&self, destination: u64, answer: &Answer) {
        if answer.verdict == Verdict::Delivered {
            return;
        }
        let masked = self
            .destinations
            .get(&destination)
            .map(|d| d.dsn.masked())
            .unwrap_or_default();
        self.shared.published.lock().last_error = Some(DeliveryError {
            code: answer.code.to_owned(),
            detail: answer.detail.clone(),
            params: answer.params.clone(),
            destination: masked,
            at: self.context.ages.clock().wall(),
        });
    }

    fn now(&self) -> Instant {
        self.context.ages.clock().monotonic()
    }

    fn next_wake(&self, now: Instant) -> Option<Instant> {
        let wakes = self.destinations.values().filter_map(|to| to.next_wake(now));
        wakes.chain(self.read_again).min().filter(|_| self.sending)
    }

    fn publish(&self) {
        let mut published = self.shared.published.lock();
        published.in_flight = self.under_way.len() as u64;
        let destinations = || self.destinations.iter();
        published.limits = destinations()
            .map(|(id, to)| (*id, to.limits().clone()))
            .collect();
        published.failing = destinations()
            .filter_map(|(id, to)| to.failing().map(|at| (*id, at)))
            .collect();
        drop(published);
        self.host.changed();
    }
}

fn lane_of(entry: &Entry) -> LaneKey {
    if entry.trace_id == 0 {
        LaneKey::Alone(entry.seq)
    } else {
        LaneKey::Trace(entry.trace_id)
    }
}

#[cfg(test)]
mod tests;
