//! The queue of one destination, and which envelope may be sent next.
//!
//! Envelopes of one trace form a lane, which has at most one request under way. A destination that cannot be
//! reached gets one request at a time with growing pauses. After a rate limit has ended, one request at a time
//! tests whether the destination takes the category again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};

use rand::RngExt;

use super::destinations::Pace;
use super::part;
use super::rate_limits::RateLimits;
use super::sender::{Answer, Verdict};
use crate::dsn::Dsn;
use crate::envelope::category::Categories;

/// Limit of envelopes of one destination in memory; further ones stay in the log until there is room.
const MOST_WAITING: usize = 50_000;

/// Pause after a 429 to an envelope without items.
const NOTHING_LIMITED: Duration = Duration::from_secs(60);

/// Identifies a lane: the envelopes of one trace for one destination. An envelope without a trace has a lane of its
/// own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum LaneKey {
    Trace(u128),
    Alone(u64),
}

#[derive(Default)]
struct Lane {
    /// The queued envelopes, oldest first, each with the categories that remain to be sent.
    waiting: BTreeMap<u64, Categories>,
    in_flight: bool,
    attempts: u32,
    /// Earliest time of the next attempt, after a failure.
    not_before: Option<Instant>,
    /// End of the rate limits that hold the whole lane. A newer envelope may not be limited.
    limited_until: Option<Instant>,
}

/// The result of looking for something to send in a lane.
enum Choice {
    /// These categories of this envelope.
    Go(u64, Categories),
    /// Nothing, until a request under way has tested a limit.
    Behind,
    /// Nothing before this time.
    Later(Option<Instant>),
}

/// The content of one request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Errand {
    pub(super) lane: LaneKey,
    pub(super) seq: u64,
    /// The categories to send.
    pub(super) part: Categories,
    /// The categories that remained before this request.
    pub(super) left: Categories,
    /// The categories whose limit this request tests; no other request may contain them meanwhile.
    asks_for: Categories,
}

impl Errand {
    /// Whether the request sends all that remains.
    pub(super) fn is_all(&self) -> bool {
        self.part == self.left
    }
}

pub(super) struct Destination {
    pub(super) dsn: Dsn,
    lanes: HashMap<LaneKey, Lane>,
    /// Lanes that may send now, by their oldest envelope.
    ready: BTreeSet<(u64, LaneKey)>,
    /// Lanes that wait for a request that tests a limit.
    behind: BTreeSet<(u64, LaneKey)>,
    /// Lanes that are backing off, by the time of their next attempt.
    later: BTreeSet<(Instant, LaneKey)>,
    /// Number of envelopes in all lanes.
    waiting: usize,
    /// Number after which more of its envelopes wait in the log; `None` when all of them are in the lanes.
    loaded_through: Option<u64>,
    in_flight: usize,
    /// Categories whose limit a request under way tests.
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

    /// Time of the next attempt while the destination cannot be reached.
    pub(super) fn failing(&self) -> Option<Instant> {
        self.paused_until.filter(|_| self.failures > 0)
    }

    /// Queues the remaining categories of an envelope.
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

    /// Whether to queue envelope `seq`; those beyond the limit in memory wait in the log.
    pub(super) fn takes(&mut self, seq: u64) -> bool {
        if self.loaded_through.is_none() && self.waiting >= MOST_WAITING {
            self.loaded_through = Some(seq - 1);
        }
        self.loaded_through.is_none_or(|through| seq <= through)
    }

    /// The number after which to read more envelopes from the log, if there is room for `some`.
    pub(super) fn wanted(&self, some: usize) -> Option<u64> {
        self.loaded_through
            .filter(|_| self.waiting + some <= MOST_WAITING)
    }

    /// Envelopes up to `through` were read from the log; `None` when there are no more.
    pub(super) fn loaded(&mut self, through: Option<u64>) {
        self.loaded_through = through;
    }

    /// Clears the queues, to fill them from the log again; requests under way stay.
    pub(super) fn restart(&mut self) {
        // A person who saves a DSN expects an attempt now, and not at the end of a pause.
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

    /// Moves a lane to `ready`, `behind` or `later`, or removes it when it is empty.
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

    /// Moves the lanes whose pause has ended.
    pub(super) fn wake(&mut self, now: Instant) {
        while let Some((at, key)) = self.later.first().copied().filter(|(at, _)| *at <= now) {
            self.later.remove(&(at, key));
            self.place(key, now);
        }
    }

    /// The next time at which there is something to do without a message.
    pub(super) fn next_wake(&self, now: Instant) -> Option<Instant> {
        // With requests under way, a pause that has ended gives no time, because their responses wake the outbox.
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

    /// Returns the next request and counts it as under way; `None` when nothing may be sent now.
    pub(super) fn next(&mut self, pace: Pace, now: Instant) -> Option<Errand> {
        while self.may_send(pace, now) {
            let (first, key) = self.ready.pop_first()?;
            // A lane may be in the set more than once.
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

    /// Ends a request. What it must send again has been queued before; an empty lane is removed together with its
    /// count of failures.
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

    /// Puts a request back, to be sent after a pause.
    pub(super) fn put_off(&mut self, errand: Errand, pace: Pace, now: Instant) {
        let lane = self.lanes.entry(errand.lane).or_default();
        lane.attempts += 1;
        lane.not_before = Some(now + backoff(pace, lane.attempts));
    }

    /// Applies the response of a request to limits and pauses.
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
                // An envelope without items has no category to limit.
                lane.not_before = errand.part.is_empty().then(|| now + NOTHING_LIMITED);
                self.failures = 0;
            }
            Verdict::Retry => {
                self.put_off(errand, pace, now);
                // Concurrent requests that fail together count as one failure.
                if self.paused_until.is_none_or(|at| at <= now) {
                    self.failures += 1;
                    self.paused_until = Some(now + backoff(pace, self.failures));
                }
            }
        }
    }
}

/// Chooses the oldest envelope of a lane of which something may be sent, or tells what all of them wait for.
fn choose(lane: &Lane, limits: &RateLimits, asked_for: Categories, now: Instant) -> Choice {
    let barred = limits.limited(now).with(asked_for);
    let (mut is_behind, mut until) = (false, None);
    // A trace may have thousands of envelopes but only a few different sets of categories.
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

/// The pause before attempt `attempts + 1`: exponential, with a fifth of jitter, so that several collectors do not
/// return at once.
pub(super) fn backoff(pace: Pace, attempts: u32) -> Duration {
    let factor = 1_u32 << attempts.saturating_sub(1).min(20);
    let pause = pace.first_retry.saturating_mul(factor).min(pace.longest_retry);
    let jittered = pause.mul_f64(rand::rng().random_range(0.8..1.2));
    jittered.max(Duration::from_millis(1))
}

#[cfg(test)]
mod tests;
