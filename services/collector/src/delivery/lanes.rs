//! What waits for one destination, and what of it may go next.
//!
//! Envelopes of one trace form a lane; one lane has at most one request under way. A destination that cannot be
//! reached is asked by one request at a time, with growing pauses, whatever waits for it; one that has had enough of a
//! category is asked by one request at a time, once the limit is over, whether it takes it again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};

use rand::RngExt;

use super::destinations::Pace;
use super::part;
use super::rate_limits::RateLimits;
use super::sender::{Answer, Verdict};
use crate::category::Categories;
use crate::dsn::Dsn;

/// Most envelopes of one destination in memory; more wait in the log for their turn.
const MOST_WAITING: usize = 50_000;

/// Pause after a 429 to an envelope without items.
const NOTHING_LIMITED: Duration = Duration::from_secs(60);

/// The envelopes of one trace for one destination; an envelope without a trace is alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum LaneKey {
    Trace(u128),
    Alone(u64),
}

#[derive(Default)]
struct Lane {
    /// Waiting to be sent, oldest first: what is left of them.
    waiting: BTreeMap<u64, Categories>,
    in_flight: bool,
    attempts: u32,
    /// Not before, after a failure.
    not_before: Option<Instant>,
    /// Until when all of it is rate limited; a newer envelope may not be.
    limited_until: Option<Instant>,
}

/// What of a lane may go.
enum Choice {
    /// Of this envelope these categories.
    Go(u64, Categories),
    /// Nothing until another request has asked whether a limit is over.
    Behind,
    /// Nothing until then.
    Later(Option<Instant>),
}

/// What is sent in one request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Errand {
    pub(super) lane: LaneKey,
    pub(super) seq: u64,
    /// What of the envelope.
    pub(super) part: Categories,
    /// What was left of it.
    pub(super) left: Categories,
    /// What no other request may hold meanwhile.
    asks_for: Categories,
}

impl Errand {
    /// Whether it sends all that was left.
    pub(super) fn is_all(&self) -> bool {
        self.part == self.left
    }
}

pub(super) struct Destination {
    pub(super) dsn: Dsn,
    lanes: HashMap<LaneKey, Lane>,
    /// Lanes that may send now, by their oldest envelope.
    ready: BTreeSet<(u64, LaneKey)>,
    /// Lanes that may send once a request has asked whether a limit is over.
    behind: BTreeSet<(u64, LaneKey)>,
    /// Lanes that may send later, by when.
    later: BTreeSet<(Instant, LaneKey)>,
    /// Envelopes in all lanes.
    waiting: usize,
    /// More of them, with higher numbers, are in the log alone.
    loaded_through: Option<u64>,
    in_flight: usize,
    /// Categories of which a request under way asks whether their limit is over.
    asked_for: Categories,
    failures: u32,
    paused_until: Option<Instant>,
    limits: RateLimits,
}

impl Destination {
    pub(super) fn new(dsn: Dsn, limits: RateLimits) -> Self {
        Self {
            dsn,
            lanes: HashMap::new(),
            ready: BTreeSet::new(),
            behind: BTreeSet::new(),
            later: BTreeSet::new(),
            waiting: 0,
            loaded_through: None,
            in_flight: 0,
            asked_for: Categories::default(),
            failures: 0,
            paused_until: None,
            limits,
        }
    }

    pub(super) fn limits(&self) -> &RateLimits {
        &self.limits
    }

    /// When the next attempt is made, while it cannot be reached.
    pub(super) fn failing(&self) -> Option<Instant> {
        self.paused_until.filter(|_| self.failures > 0)
    }

    /// Queues what is left of an envelope.
    pub(super) fn add(&mut self, key: LaneKey, seq: u64, left: Categories, now: Instant) {
        let lane = self.lanes.entry(key).or_default();
        if let Some((first, _)) = lane.waiting.first_key_value() {
            self.ready.remove(&(*first, key));
            self.behind.remove(&(*first, key));
        }
        if lane.waiting.insert(seq, left).is_none() {
            self.waiting += 1;
        }
        lane.limited_until = None;
        self.place(key, now);
    }

    /// Whether envelope `seq` is to be taken into the lanes; those after the last that fits wait in the log.
    pub(super) fn takes(&mut self, seq: u64) -> bool {
        if self.loaded_through.is_none() && self.waiting >= MOST_WAITING {
            self.loaded_through = Some(seq - 1);
        }
        self.loaded_through.is_none_or(|through| seq <= through)
    }

    /// The number after which more of its envelopes are to be read from the log, while there is room for `some`.
    pub(super) fn wanted(&self, some: usize) -> Option<u64> {
        self.loaded_through
            .filter(|_| self.waiting + some <= MOST_WAITING)
    }

    /// Its envelopes were read up to `through`; `None` where there are no more.
    pub(super) fn loaded(&mut self, through: Option<u64>) {
        self.loaded_through = through;
    }

    /// Begins anew with what the log holds; what is under way stays so.
    pub(super) fn restart(&mut self) {
        // A person who saves the DSN expects an attempt now, not at the end of a pause.
        (self.failures, self.paused_until) = (0, None);
        self.ready.clear();
        self.behind.clear();
        self.later.clear();
        self.waiting = 0;
        self.loaded_through = Some(0);
        self.lanes.retain(|_, lane| {
            lane.waiting.clear();
            lane.in_flight
        });
    }

    /// Puts a lane where it belongs: ready, later, or away when it is empty.
    fn place(&mut self, key: LaneKey, now: Instant) {
        let Some(lane) = self.lanes.get(&key) else { return };
        let at = lane.not_before.max(lane.limited_until).filter(|at| *at > now);
        match (lane.waiting.first_key_value(), at) {
            _ if lane.in_flight => {}
            (None, _) => {
                self.lanes.remove(&key);
            }
            (Some((first, _)), None) => {
                self.ready.insert((*first, key));
            }
            (Some(_), Some(at)) => {
                self.later.insert((at, key));
            }
        }
    }

    /// Moves lanes whose time has come.
    pub(super) fn wake(&mut self, now: Instant) {
        while let Some((at, key)) = self.later.first().copied().filter(|(at, _)| *at <= now) {
            self.later.remove(&(at, key));
            self.place(key, now);
        }
    }

    /// When there is something to do without being told.
    pub(super) fn next_wake(&self, now: Instant) -> Option<Instant> {
        // While requests are under way, their answers are told; a pause that is over is no reason to wait for ever.
        let paused = self
            .paused_until
            .filter(|at| !self.ready.is_empty() && (*at > now || self.in_flight == 0));
        self.later
            .first()
            .map(|(at, _)| *at)
            .into_iter()
            .chain(paused)
            .min()
    }

    fn may_send(&self, pace: Pace, now: Instant) -> bool {
        self.in_flight < pace.concurrency
            && self.paused_until.is_none_or(|at| at <= now)
            && (self.failures == 0 || self.in_flight == 0)
    }

    /// What is to be sent next; it counts as under way from here on. `None` when nothing may be.
    pub(super) fn next(&mut self, pace: Pace, now: Instant) -> Option<Errand> {
        while self.may_send(pace, now) {
            let (first, key) = self.ready.pop_first()?;
            // It may have been told about more than once.
            let Some(lane) = self.lanes.get_mut(&key).filter(|lane| !lane.in_flight) else {
                continue;
            };
            match choose(lane, &self.limits, self.asked_for, now) {
                Choice::Go(seq, part) => {
                    let left = lane.waiting.remove(&seq).unwrap_or(part);
                    lane.in_flight = true;
                    let asks_for = self.limits.asks_for(part);
                    self.waiting -= 1;
                    self.in_flight += 1;
                    self.asked_for = self.asked_for.with(asks_for);
                    return Some(Errand {
                        lane: key,
                        seq,
                        part,
                        left,
                        asks_for,
                    });
                }
                Choice::Behind => {
                    self.behind.insert((first, key));
                }
                Choice::Later(until) => {
                    lane.limited_until = until;
                    self.place(key, now);
                }
            }
        }
        None
    }

    /// It is no longer under way. What of it is to be sent again was added before: a lane without anything goes, and with
    /// it how often it failed.
    pub(super) fn returned(&mut self, errand: Errand, now: Instant) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if !errand.asks_for.is_empty() {
            self.asked_for = self.asked_for.without(errand.asks_for);
            self.ready.append(&mut self.behind);
        }
        if let Some(lane) = self.lanes.get_mut(&errand.lane) {
            (lane.in_flight, lane.limited_until) = (false, None);
        }
        self.place(errand.lane, now);
    }

    /// It could not be sent and may be later.
    pub(super) fn put_off(&mut self, errand: Errand, pace: Pace, now: Instant) {
        let lane = self.lanes.entry(errand.lane).or_default();
        lane.attempts += 1;
        lane.not_before = Some(now + backoff(pace, lane.attempts));
    }

    /// What an answer means for what comes next.
    pub(super) fn learn(&mut self, errand: Errand, answer: &Answer, pace: Pace, now: Instant) {
        self.limits.learn(
            answer.status,
            answer.rate_limits.as_deref(),
            answer.retry_after.as_deref(),
            errand.part,
            now,
        );
        let lane = self.lanes.entry(errand.lane).or_default();
        match answer.verdict {
            Verdict::Delivered | Verdict::Dead(_) => {
                (lane.attempts, lane.not_before) = (0, None);
                self.failures = 0;
            }
            Verdict::Limited => {
                // Of an envelope without items nothing can be limited.
                lane.not_before = errand.part.is_empty().then(|| now + NOTHING_LIMITED);
                self.failures = 0;
            }
            Verdict::Retry => {
                self.put_off(errand, pace, now);
                // Requests that were under way together fail together, which is one failure.
                if self.paused_until.is_none_or(|at| at <= now) {
                    self.failures += 1;
                    self.paused_until = Some(now + backoff(pace, self.failures));
                }
            }
        }
    }
}

/// The oldest envelope of a lane of which something may go, and what; else what all of them wait for.
fn choose(lane: &Lane, limits: &RateLimits, asked_for: Categories, now: Instant) -> Choice {
    let barred = limits.limited(now).with(asked_for);
    let (mut is_behind, mut until) = (false, None);
    // A trace may have thousands of envelopes and has few kinds of them.
    let mut waits: Vec<Categories> = Vec::new();
    for (seq, left) in &lane.waiting {
        if waits.contains(left) {
            continue;
        }
        if let Some(part) = part::free(*left, barred) {
            return Choice::Go(*seq, part);
        }
        waits.push(*left);
        match limits.held_until(*left, now) {
            Some(end) => until = Some(until.map_or(end, |until: Instant| until.min(end))),
            None => is_behind = true,
        }
    }
    if is_behind {
        Choice::Behind
    } else {
        Choice::Later(until)
    }
}

/// The pause before attempt `attempts + 1`: doubling, with a fifth of jitter, so that several collectors do not come
/// back at once.
pub(super) fn backoff(pace: Pace, attempts: u32) -> Duration {
    let factor = 1_u32 << attempts.saturating_sub(1).min(20);
    let pause = pace.first_retry.saturating_mul(factor).min(pace.longest_retry);
    let jittered = pause.mul_f64(rand::rng().random_range(0.8..1.2));
    jittered.max(Duration::from_millis(1))
}

#[cfg(test)]
mod tests;
