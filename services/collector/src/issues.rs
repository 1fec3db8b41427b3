//! Issues while their events come in; [`grouping`] says which events are of one.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use reelscope_contracts::telemetry::{ErrorEvent, Frame, IssueStatus, IssueSummary, Micros, RequestShare};

use crate::dsn::fnv1a;
use crate::issue_status::by_release;

mod grouping;

pub(crate) use grouping::group;

/// Most players that are told apart.
const MOST_PLAYERS: usize = 1_000;
/// Most traces that an issue shows.
const MOST_TRACES: usize = 20;
/// Most events that an issue shows.
const MOST_EVENTS: usize = 50;
/// Most times of events that an issue shows.
const MOST_TIMES: usize = 2_000;
/// Most kinds of requests that an issue is counted in.
const MOST_REQUESTS: usize = 50;
/// Most requests of an issue that are remembered, so that one with several events counts once: those events come close
/// to each other.
const MOST_FAILED: usize = 1_000;
/// Longest value that an issue shows.
const MOST_TEXT: usize = 1_000;

/// A function as it is told; nameless code, such as a closure or the body of an async function, by its module.
fn name_of(frame: &Frame) -> String {
    let module = frame.module.as_deref().and_then(|path| path.rsplit("::").next());
    match module {
        Some(module) if frame.function.starts_with('{') => format!("{module}::{}", frame.function),
        _ => frame.function.clone(),
    }
}

/// An issue while its events come in, in any order.
pub(crate) struct Issue {
    summary: IssueSummary,
    players: HashSet<u64>,
    services: BTreeSet<String>,
    releases: BTreeSet<String>,
    /// Newest first: time, envelope, trace.
    events: VecDeque<(Micros, u64, Option<String>)>,
    /// Oldest first.
    times: VecDeque<Micros>,
    /// How many of each kind ended in it.
    requests: BTreeMap<Request, u64>,
    /// Hashes of those that were counted last, oldest first, and the same to be looked up.
    failed: (VecDeque<u64>, HashSet<u64>),
}

/// A kind of request: service and name of its transaction.
pub(crate) type Request = (String, String);

/// Requests of one kind, counted from their transactions.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Requests {
    recorded: u64,
    /// How many there were, each that was recorded standing for one over its sample rate (Horvitz and Thompson 1952).
    estimate: f64,
}

impl Requests {
    /// Counts one that was recorded at `sample_rate`; one that does not say, or says none, stands for itself.
    pub(crate) fn add(&mut self, sample_rate: Option<f64>) {
        self.recorded += 1;
        self.estimate += sample_rate.filter(|rate| *rate > 0.0).map_or(1.0, f64::recip);
    }

    /// The share of them that `failed`.
    fn share(self, (service, transaction): &Request, failed: u64) -> RequestShare {
        // Never negative; what is too large for the type is its largest number.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let estimate = self.estimate.round() as u64;
        RequestShare {
            service: service.clone(),
            transaction: transaction.clone(),
            failed,
            // Each that failed was one, whether it was recorded or not.
            requests: estimate.max(failed),
            estimated: estimate.max(failed) > self.recorded,
        }
    }
}

impl Issue {
    pub(crate) fn new(event: &ErrorEvent) -> Self {
        let summary = IssueSummary {
            issue_id: event.issue_id.clone(),
            kind: event.kind.clone(),
            value: String::new(),
            culprit: String::new(),
            level: String::new(),
            events: 0,
            players: 0,
            services: Vec::new(),
            releases: Vec::new(),
            first_seen_us: event.at_us,
            last_seen_us: Micros::MIN,
            trace_ids: Vec::new(),
            share: None,
            status: IssueStatus::Unresolved,
            resolved_in: None,
            regressed_in: None,
            reopened_in: None,
        };
        Self {
            summary,
            players: HashSet::new(),
            services: BTreeSet::new(),
            releases: BTreeSet::new(),
            events: VecDeque::new(),
            times: VecDeque::new(),
            requests: BTreeMap::new(),
            failed: Default::default(),
        }
    }

    /// Takes in an event of a trace whose head records the share `sample_rate` of traces.
    pub(crate) fn add(&mut self, event: &ErrorEvent, sample_rate: Option<f64>) {
        let summary = &mut self.summary;
        summary.events += 1;
        summary.first_seen_us = summary.first_seen_us.min(event.at_us);
        if event.at_us >= summary.last_seen_us {
            summary.last_seen_us = event.at_us;
            summary.value = event.value.chars().take(MOST_TEXT).collect();
            summary.level.clone_from(&event.level);
            let frame = event
                .frames
                .iter()
                .find(|frame| frame.in_app)
                .or(event.frames.first());
            summary.culprit = match frame {
                Some(frame) => match &frame.file {
                    Some(file) => format!("{} ({file})", name_of(frame)),
                    None => name_of(frame),
                },
                None => event.transaction.clone().unwrap_or_default(),
            };
        }
        if let Some(player) = &event.player
            && self.players.len() < MOST_PLAYERS
        {
            self.players.insert(fnv1a(player.as_bytes()));
        }
        self.services.insert(event.service.clone());
        self.releases.extend(event.release.clone());
        // Where nothing is recorded there is nothing that it could be a share of.
        if let Some(name) = event.transaction.as_ref().filter(|_| sample_rate != Some(0.0)) {
            let request = (event.service.clone(), name.clone());
            if self.requests.len() < MOST_REQUESTS || self.requests.contains_key(&request) {
                let is_first = self.is_first(&request, event.trace_id.as_deref());
                *self.requests.entry(request).or_default() += u64::from(is_first);
            }
        }
        let position = self.times.partition_point(|at| *at <= event.at_us);
        self.times.insert(position, event.at_us);
        if self.times.len() > MOST_TIMES {
            self.times.pop_front();
        }
        let position = self.events.partition_point(|(at, ..)| *at > event.at_us);
        if position < MOST_EVENTS {
            self.events
                .insert(position, (event.at_us, event.seq, event.trace_id.clone()));
            self.events.truncate(MOST_EVENTS);
        }
    }

    /// Whether this is the first event of the request in the trace; without a trace each is.
    fn is_first(&mut self, request: &Request, trace_id: Option<&str>) -> bool {
        let Some(trace_id) = trace_id else { return true };
        let mut hasher = DefaultHasher::new();
        (request, trace_id).hash(&mut hasher);
        let hash = hasher.finish();
        let (order, known) = &mut self.failed;
        let is_first = known.insert(hash);
        if is_first {
            order.push_back(hash);
            if order.len() > MOST_FAILED
                && let Some(oldest) = order.pop_front()
            {
                known.remove(&oldest);
            }
        }
        is_first
    }

    pub(crate) fn last_seen(&self) -> Micros {
        self.summary.last_seen_us
    }

    /// Its line; `requests` counts the transactions of each kind.
    pub(crate) fn summary(&self, requests: &BTreeMap<Request, Requests>) -> IssueSummary {
        let mut summary = self.summary.clone();
        let counted = self.requests.iter().filter_map(|(request, failed)| {
            let all = requests.get(request)?;
            Some((request, *failed, *all))
        });
        summary.share = counted
            .max_by_key(|(_, failed, _)| *failed)
            .map(|(request, failed, all)| all.share(request, failed));
        summary.players = self.players.len() as u64;
        summary.services = self.services.iter().cloned().collect();
        summary.releases = self.releases.iter().cloned().collect();
        summary.releases.sort_by(|one, other| by_release(one, other));
        for trace in self.events.iter().filter_map(|(.., trace)| trace.as_ref()) {
            if summary.trace_ids.len() < MOST_TRACES && !summary.trace_ids.contains(trace) {
                summary.trace_ids.push(trace.clone());
            }
        }
        summary
    }

    /// Times of the newest events, oldest first.
    pub(crate) fn times(&self) -> Vec<Micros> {
        self.times.iter().copied().collect()
    }

    /// Envelopes of the newest events, newest first.
    pub(crate) fn envelopes(&self) -> Vec<u64> {
        let mut seqs: Vec<u64> = self.events.iter().map(|(_, seq, _)| *seq).collect();
        seqs.dedup();
        seqs
    }
}
