//! What the viewer asks for, in memory: lines of traces and issues, and numbers. Bounded; rebuilt from the log in
//! the background, newest envelopes first. Details stay in the log.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use reelscope_contracts::telemetry::{
    ErrorEvent, IssueSummary, MeasurementPoint, Measurements, Micros, Named, TraceSummary,
};
use tokio::sync::watch;

use crate::collector::Shared;
use crate::conditions::{Condition, Conditions, Place};
use crate::envelope::{Envelope, format_id, parse_id};
use crate::facts::{self, Facts, Source};
use crate::issues::{Issue, Request, Requests};
use crate::live::Live;
use crate::lock;
use crate::log;
use crate::measurements::Series;
use crate::service_map::LastMinute;
use crate::trace::{self, Trace};

/// Most traces in memory; which of them go is for [`Conditions`] to say. One takes about two kilobytes.
const MOST_TRACES: usize = 10_000;
/// Most kinds of requests that are counted; more would be names that hold an id.
const MOST_REQUESTS: usize = 2_000;
/// Most services of which the release is known.
const MOST_SERVICES: usize = 1_000;
/// How long before an error the work that it ended can have begun: longer than a request lasts. A page's trace goes on
/// for as long as the page is open.
const LONGEST_WORK: Micros = 60_000_000;
/// Most issues in memory; those not seen for longest go.
const MOST_ISSUES: usize = 1_000;

/// Which traces are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct TraceFilter {
    /// Only those that ended well, or only those that did not.
    pub(crate) ok: Option<bool>,
    /// Only those this service has part in.
    pub(crate) service: Option<String>,
    /// Only those that whoever began them waited for at least this many microseconds: their root's length, since work in
    /// the background may go on for long after it.
    pub(crate) min_duration_us: Option<Micros>,
    /// Only those that whoever began them waited for at most this many microseconds.
    pub(crate) max_duration_us: Option<Micros>,
    /// Only those of this release.
    pub(crate) release: Option<String>,
    /// Only those of this player.
    pub(crate) player: Option<String>,
    /// Only those of generated traffic, or only those of people.
    pub(crate) virtual_player: Option<bool>,
    /// Only those with this name.
    pub(crate) name: Option<String>,
    /// Only those that began at or after this.
    pub(crate) since_us: Option<Micros>,
    /// Only those that began before this.
    pub(crate) until_us: Option<Micros>,
}

impl TraceFilter {
    fn takes(&self, trace: &TraceSummary) -> bool {
        let is = |wanted: &Option<String>, has: &Option<String>| wanted.is_none() || wanted == has;
        self.ok.is_none_or(|ok| ok == trace.ok)
            && self
                .service
                .as_ref()
                .is_none_or(|wanted| trace.services.iter().any(|s| s.service == *wanted))
            && self.min_duration_us.is_none_or(|least| trace.root_us >= least)
            && self.max_duration_us.is_none_or(|most| trace.root_us <= most)
            && is(&self.release, &trace.release)
            && is(&self.player, &trace.player)
            && self.name.as_ref().is_none_or(|wanted| *wanted == trace.name)
            && self.since_us.is_none_or(|since| trace.start_us >= since)
            && self.until_us.is_none_or(|until| trace.start_us < until)
            && self
                .virtual_player
                .is_none_or(|wanted| wanted == trace.virtual_player)
    }
}

/// See the module.
pub(crate) struct Index {
    /// Each with the condition that it has in `conditions`.
    traces: HashMap<u128, (Trace, Condition)>,
    /// Traces by start.
    by_arrival: BTreeSet<Place>,
    conditions: Conditions,
    issues: HashMap<String, Issue>,
    /// Transactions of each kind.
    requests: BTreeMap<Request, Requests>,
    /// The newest time and the release that it was told with, by service.
    releases: BTreeMap<String, (Micros, String)>,
    series: Series,
    lost_by_sdks: BTreeMap<String, u64>,
    sessions: u64,
}

/// What an envelope changed.
pub(crate) struct Touched {
    traces: Vec<u128>,
    issues: Vec<String>,
}

impl Index {
    pub(crate) fn new() -> Self {
        Self {
            traces: HashMap::new(),
            by_arrival: BTreeSet::new(),
            conditions: Conditions::default(),
            issues: HashMap::new(),
            requests: BTreeMap::new(),
            releases: BTreeMap::new(),
            series: Series::default(),
            lost_by_sdks: BTreeMap::new(),
            sessions: 0,
        }
    }

    pub(crate) fn add(&mut self, seq: u64, facts: &Facts) -> Touched {
        let spans = facts.spans.iter().map(|fact| fact.trace_id);
        let errors = facts
            .errors
            .iter()
            .filter_map(|error| error.trace_id.as_deref().and_then(parse_id));
        let logs = facts.logs.iter().filter_map(|(trace, _)| *trace);
        let mut traces: BTreeSet<u128> = spans.chain(errors).chain(logs).collect();
        for id in &traces {
            self.add_to_trace(*id, seq, facts);
        }
        // A metric belongs to a trace that is there; one alone makes none.
        let metrics = facts.metrics.iter();
        for id in metrics.filter_map(|point| parse_id(point.trace_id.as_deref()?)) {
            if let Some((trace, _)) = self.traces.get_mut(&id)
                && traces.insert(id)
            {
                trace.add(seq, &[], &[], &[]);
            }
        }
        while self.traces.len() > MOST_TRACES {
            let Some(place) = self.conditions.pop() else {
                break;
            };
            self.by_arrival.remove(&place);
            self.traces.remove(&place.1);
        }
        for error in &facts.errors {
            self.note_release(&error.service, error.at_us, error.release.as_deref());
            self.issues
                .entry(error.issue_id.clone())
                .or_insert_with(|| Issue::new(error))
                .add(error, facts.sample_rate);
        }
        if self.issues.len() > MOST_ISSUES {
            let oldest = self.issues.iter().min_by_key(|(_, issue)| issue.last_seen());
            if let Some(id) = oldest.map(|(id, _)| id.clone()) {
                self.issues.remove(&id);
            }
        }
        for fact in &facts.spans {
            if fact.span.transaction {
                self.note_release(&fact.span.service, fact.span.end_us, fact.release.as_deref());
                let request = (fact.span.service.clone(), fact.span.description.clone());
                if self.requests.len() < MOST_REQUESTS || self.requests.contains_key(&request) {
                    self.requests.entry(request).or_default().add(facts.sample_rate);
                }
            }
            for (name, measurement) in &fact.span.measurements {
                self.series.add(&MeasurementPoint {
                    at_us: fact.span.start_us,
                    name: name.clone(),
                    value: measurement.value,
                    unit: measurement.unit.clone(),
                    kind: "measurement".to_owned(),
                    trace_id: Some(format_id(fact.trace_id)),
                    service: fact.span.service.clone(),
                    release: fact.release.clone(),
                });
            }
        }
        for point in &facts.metrics {
            self.series.add(point);
        }
        self.sessions = self.sessions.saturating_add(facts.sessions);
        for (what, count) in &facts.lost {
            let total = self.lost_by_sdks.entry(what.clone()).or_default();
            *total = total.saturating_add(*count);
        }
        Touched {
            traces: traces.into_iter().collect(),
            issues: facts.errors.iter().map(|error| error.issue_id.clone()).collect(),
        }
    }

    fn add_to_trace(&mut self, id: u128, seq: u64, facts: &Facts) {
        let is_new = !self.traces.contains_key(&id);
        let (trace, condition) = self.traces.entry(id).or_insert_with(|| (Trace::new(id), 0));
        let before = *condition;
        trace::add(trace, id, seq, facts);
        *condition = trace.condition();
        let (place, now) = ((trace.arrived(), id), *condition);
        // Most envelopes of a trace change nothing here.
        if !is_new && now == before {
            return;
        }
        if !is_new {
            self.conditions.remove(before, place);
        }
        self.by_arrival.insert(place);
        self.conditions.insert(now, place);
    }

    fn note_release(&mut self, service: &str, at: Micros, release: Option<&str>) {
        let Some(release) = release else { return };
        if let Some((newest, known)) = self.releases.get_mut(service) {
            if at >= *newest {
                *newest = at;
                release.clone_into(known);
            }
        } else if self.releases.len() < MOST_SERVICES {
            self.releases.insert(service.to_owned(), (at, release.to_owned()));
        }
    }

    /// The release that was told last by one of these services.
    pub(crate) fn release_in_force(&self, services: &[String]) -> Option<String> {
        let told = services.iter().filter_map(|service| self.releases.get(service));
        told.max().map(|(_, release)| release.clone())
    }

    /// When the work began that ended in an error, as far as its trace is known; 0 where the error has no time.
    fn began(&self, error: &ErrorEvent) -> Micros {
        let trace = error.trace_id.as_deref().and_then(parse_id);
        let start = trace.and_then(|id| Some(self.traces.get(&id)?.0.start()));
        let is_work_of = |start: &Micros| (error.at_us - LONGEST_WORK..=error.at_us).contains(start);
        start.filter(is_work_of).unwrap_or(error.at_us)
    }

    /// Forgets traces of which nothing is kept any more.
    fn forget_before(&mut self, first_seq: u64) {
        let gone = |trace: &Trace| trace.envelopes().last().is_some_and(|last| *last < first_seq);
        let (by_arrival, conditions) = (&mut self.by_arrival, &mut self.conditions);
        self.traces.retain(|id, (trace, condition)| {
            let keep = !gone(trace);
            if !keep {
                let place = (trace.arrived(), *id);
                by_arrival.remove(&place);
                conditions.remove(*condition, place);
            }
            keep
        });
    }

    /// A page of traces, the last to arrive first, and where the next begins.
    pub(crate) fn traces(
        &self,
        filter: &TraceFilter,
        before: Option<Place>,
        limit: usize,
    ) -> (Vec<TraceSummary>, Option<Place>) {
        let end = before.unwrap_or((u64::MAX, u128::MAX));
        let mut page = Vec::new();
        let mut last = None;
        for place in self.by_arrival.range(..end).rev() {
            let Some((trace, _)) = self.traces.get(&place.1) else {
                continue;
            };
            let summary = trace.summary();
            if filter.takes(summary) {
                if page.len() == limit {
                    return (page, last);
                }
                page.push(summary.clone());
                last = Some(*place);
            }
        }
        (page, None)
    }

    /// How many traces began within these times.
    pub(crate) fn count_within(&self, times: &Range<Micros>, filter: &TraceFilter) -> u64 {
        let summaries = self.traces.values().map(|(trace, _)| trace.summary());
        let found = summaries.filter(|trace| times.contains(&trace.start_us) && filter.takes(trace));
        found.count() as u64
    }

    /// Traces of which nothing had come when envelope `after` had, the last to arrive first.
    pub(crate) fn traces_after(&self, after: u64, limit: usize) -> Vec<&TraceSummary> {
        let newest = self
            .by_arrival
            .range((after.saturating_add(1), 0)..)
            .rev()
            .take(limit);
        newest
            .filter_map(|(_, id)| Some(self.traces.get(id)?.0.summary()))
            .collect()
    }

    /// The envelopes of a trace, oldest first.
    pub(crate) fn envelopes_of(&self, trace: u128) -> Option<Vec<u64>> {
        Some(self.traces.get(&trace)?.0.envelopes().iter().copied().collect())
    }

    /// Issues, last seen first; those seen at the same time by their ids, so that each answer has the same order.
    pub(crate) fn issues(&self, limit: usize) -> Vec<IssueSummary> {
        let mut issues: Vec<_> = self.issues.iter().collect();
        issues.sort_by_key(|(id, issue)| (std::cmp::Reverse(issue.last_seen()), *id));
        let newest = issues.into_iter().take(limit);
        newest.map(|(_, issue)| issue.summary(&self.requests)).collect()
    }

    /// The envelopes of each of the traces that arrived last, and what part of those that began in `minute` these are.
    pub(crate) fn newest_traces(
        &self,
        limit: usize,
        minute: &Range<Micros>,
    ) -> (Vec<(u128, Vec<u64>)>, LastMinute) {
        let newest = self.by_arrival.iter().rev().take(limit);
        let began = |id: &u128| {
            self.traces
                .get(id)
                .is_some_and(|(trace, _)| minute.contains(&trace.start()))
        };
        let minute = LastMinute {
            traces: self.traces.keys().filter(|id| began(id)).count() as u64,
            drawn: newest.clone().filter(|(_, id)| began(id)).count() as u64,
        };
        let envelopes = newest.filter_map(|(_, id)| Some((*id, self.envelopes_of(*id)?)));
        (envelopes.collect(), minute)
    }

    /// An issue's line.
    pub(crate) fn issue(&self, id: &str) -> Option<IssueSummary> {
        Some(self.issues.get(id)?.summary(&self.requests))
    }

    /// An issue, the envelopes of its newest events, and the times of its events.
    pub(crate) fn issue_with_events(&self, id: &str) -> Option<(IssueSummary, Vec<u64>, Vec<Micros>)> {
        let issue = self.issues.get(id)?;
        Some((issue.summary(&self.requests), issue.envelopes(), issue.times()))
    }

    pub(crate) fn measurements(&self, name: Option<&str>, since: Micros, limit: usize) -> Measurements {
        Measurements {
            names: self.series.names(),
            points: self.series.points(name, since, limit),
            indexed: false,
        }
    }

    pub(crate) fn lost_by_sdks(&self) -> &Named<u64> {
        &self.lost_by_sdks
    }

    pub(crate) fn sessions(&self) -> u64 {
        self.sessions
    }

    fn tell(&self, touched: &Touched) -> Vec<Live> {
        let traces = touched.traces.iter().filter_map(|id| self.traces.get(id));
        let issues = touched.issues.iter().filter_map(|id| self.issues.get(id));
        traces
            .map(|(trace, _)| Live::Trace(trace.summary().clone()))
            .chain(issues.map(|issue| Live::Issue(issue.summary(&self.requests))))
            .collect()
    }
}

/// Most elements of an envelope that are taken in at once: whoever asks meanwhile waits for them.
const PIECE: usize = 256;
/// Longest work without a pause while envelopes keep coming and nobody looks.
const SLICE: Duration = Duration::from_millis(5);
/// How many slices the pause after one is: the index then takes a twentieth of one core from those who serve.
const PAUSE: u32 = 19;
/// Longest pause, however long a slice has taken.
const LONGEST_PAUSE: Duration = Duration::from_millis(200);
/// How long after a question somebody is taken to look.
const LOOKS_FOR: Duration = Duration::from_secs(10);

/// Who looks at the index, and how far it is.
pub(crate) struct Attention {
    asked: Mutex<Option<Instant>>,
    /// Every envelope that came since the start, up to this number, is indexed.
    through: watch::Sender<u64>,
}

impl Attention {
    pub(crate) fn new(through: u64) -> Self {
        Self {
            asked: Mutex::new(None),
            through: watch::Sender::new(through),
        }
    }

    pub(crate) fn is_through(&self, captured: u64) -> bool {
        *self.through.borrow() >= captured
    }

    fn is_paid(&self, shared: &Shared) -> bool {
        let asked = lock(&self.asked).is_some_and(|at| at.elapsed() < LOOKS_FOR);
        asked || shared.live.receiver_count() > 0
    }
}

/// Says that somebody looks, and waits until what was captured by now is indexed, at most for `patience`.
pub(crate) async fn caught_up(shared: &Shared, patience: Duration) {
    *lock(&shared.attention.asked) = Some(Instant::now());
    let captured = lock(&shared.figures.tally).newest_seq();
    let mut through = shared.attention.through.subscribe();
    let _ = tokio::time::timeout(patience, through.wait_for(|through| *through >= captured)).await;
}

/// The index was told to end.
struct Ended;

/// Listens for the end, and leaves the cores to those who serve while nobody looks.
struct Pace<'a> {
    shared: &'a Shared,
    wakes: &'a mpsc::Receiver<bool>,
    slice: Instant,
    /// The newest envelope at the last pause.
    newest: u64,
}

impl Pace<'_> {
    /// Called between two pieces of work.
    fn breathe(&mut self) -> Result<(), Ended> {
        self.listen(Duration::ZERO)?;
        if self.slice.elapsed() < SLICE {
            return Ok(());
        }
        let newest = lock(&self.shared.figures.tally).newest_seq();
        let more_came = std::mem::replace(&mut self.newest, newest) != newest;
        if more_came && !self.shared.attention.is_paid(self.shared) {
            self.listen((self.slice.elapsed() * PAUSE).min(LONGEST_PAUSE))?;
        }
        self.slice = Instant::now();
        Ok(())
    }

    /// Waits for so long, or for the end.
    fn listen(&self, pause: Duration) -> Result<(), Ended> {
        let until = Instant::now() + pause;
        loop {
            match self
                .wakes
                .recv_timeout(until.saturating_duration_since(Instant::now()))
            {
                Ok(true) => {}
                Ok(false) | Err(mpsc::RecvTimeoutError::Disconnected) => return Err(Ended),
                Err(mpsc::RecvTimeoutError::Timeout) => return Ok(()),
            }
        }
    }

    /// Waits for work, or for the end.
    fn wait(&mut self) -> Result<(), Ended> {
        let more = self.wakes.recv().is_ok_and(|more| more);
        self.slice = Instant::now();
        if more { Ok(()) } else { Err(Ended) }
    }
}

/// Where the index is, for who begins it anew after a defect.
#[derive(Default)]
pub(crate) struct Progress {
    /// The envelope that is being read.
    current: u64,
    /// Those that met a defect: they are passed over.
    passed_over: BTreeSet<u64>,
}

impl Progress {
    /// The envelope that was being read met a defect. Returns its number.
    pub(crate) fn pass_over(&mut self) -> u64 {
        self.passed_over.insert(self.current);
        self.current
    }
}

/// Indexes what comes, and in between what was there at the start, newest first. Runs on a thread of its own until
/// it is woken with `false`. While nobody looks it leaves the cores to those who serve, and catches up when they rest.
pub(crate) fn run(shared: &Arc<Shared>, wakes: &mpsc::Receiver<bool>, progress: &mut Progress) {
    *lock(&shared.index) = Index::new();
    shared.indexed.store(false, Ordering::Release);
    let mut pace = Pace {
        shared,
        wakes,
        slice: Instant::now(),
        newest: 0,
    };
    // It ends only when it is told to.
    let Err(Ended) = follow(shared, &mut pace, progress);
}

fn follow(
    shared: &Shared,
    pace: &mut Pace<'_>,
    progress: &mut Progress,
) -> Result<std::convert::Infallible, Ended> {
    let bounds = || {
        let newest = lock(&shared.figures.tally).newest_seq();
        (shared.figures.oldest.load(Ordering::Relaxed).max(1), newest + 1)
    };
    let (mut first, mut next_new) = bounds();
    let mut next_old = next_new - 1;
    loop {
        let (first_now, end) = bounds();
        if first_now != first {
            first = first_now;
            lock(&shared.index).forget_before(first);
        }
        if next_new < end {
            index_one(shared, pace, progress, (next_new, true))?;
            shared.attention.through.send_replace(next_new);
            next_new += 1;
        } else if next_old >= first && next_old > 0 {
            index_one(shared, pace, progress, (next_old, false))?;
            next_old -= 1;
        } else {
            shared.indexed.store(true, Ordering::Release);
            pace.wait()?;
        }
        pace.breathe()?;
    }
}

/// Takes an envelope in; `is_new` where it came after the start.
fn index_one(
    shared: &Shared,
    pace: &mut Pace<'_>,
    progress: &mut Progress,
    (seq, is_new): (u64, bool),
) -> Result<(), Ended> {
    if progress.passed_over.contains(&seq) {
        return Ok(());
    }
    progress.current = seq;
    let found = shared
        .readers
        .read_here(|connection| log::envelope(connection, seq));
    let (entry, bytes) = match found {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(()),
        Err(error) => {
            tracing::warn!(%error, seq, "an envelope could not be read");
            return Ok(());
        }
    };
    let Ok(envelope) = Envelope::framed(&bytes) else {
        return Ok(());
    };
    for facts in facts::skim(Source::of(&entry), &envelope).pieces(PIECE) {
        take_in(shared, seq, &facts, is_new);
        pace.breathe()?;
    }
    Ok(())
}

fn take_in(shared: &Shared, seq: u64, facts: &Facts, is_new: bool) {
    let (mut live, began) = {
        let mut index = lock(&shared.index);
        let touched = index.add(seq, facts);
        let began: Vec<Micros> = facts.errors.iter().map(|error| index.began(error)).collect();
        let live = if is_new && shared.live.receiver_count() > 0 {
            index.tell(&touched)
        } else {
            Vec::new()
        };
        (live, began)
    };
    note_returns(shared, &facts.errors, &began, is_new);
    for message in &mut live {
        if let Live::Issue(issue) = message {
            lock(&shared.statuses).tell(issue);
        }
    }
    for message in live {
        let _ = shared.live.send(Arc::new(message));
    }
}

/// Issues of these errors, of which the work began then, may have been resolved, and are open again.
fn note_returns(shared: &Shared, errors: &[ErrorEvent], began: &[Micros], is_new: bool) {
    if errors.is_empty() {
        return;
    }
    let mut statuses = lock(&shared.statuses);
    let mut changed = false;
    for (error, began) in errors.iter().zip(began) {
        changed |= statuses.met(error, *began, is_new);
    }
    // What is not written is seen anew in the log after the next start.
    if changed && let Err(error) = statuses.write() {
        tracing::warn!(%error, "that an issue is open again was not written");
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What one envelope says: a spin's transaction, begun at second `n` in trace `n`, with the problems that are in force.
    fn spin(n: usize, problems: &str) -> Facts {
        let payload = json!({
            "transaction": "spin", "release": "1.0.0", "tags": { "problems": problems },
            "start_timestamp": n, "timestamp": n + 1,
            "contexts": { "trace": { "trace_id": format_id(n as u128), "span_id": "a" } },
        });
        let bytes = format!("{{}}\n{{\"type\":\"transaction\"}}\n{payload}\n");
        facts::skim(
            Source::at(n as u64, "frontend"),
            &Envelope::framed(bytes.as_bytes()).unwrap(),
        )
    }

    /// Starts of the traces with these problems, in seconds, the last to arrive first.
    fn kept(index: &Index, problems: &[&str]) -> Vec<Micros> {
        let traces = index.traces_after(0, usize::MAX);
        let of = traces.iter().filter(|trace| trace.problems == problems);
        of.map(|trace| trace.start_us / 1_000_000).collect()
    }

    #[test]
    fn what_was_measured_before_a_change_outlives_what_comes_after_it() {
        let mut index = Index::new();
        for n in 1..=12_500 {
            let problems = if n <= 500 { "missing-index" } else { "" };
            index.add(n as u64, &spin(n, problems));
        }
        assert_eq!(
            kept(&index, &["missing-index"]),
            (1..=500).rev().collect::<Vec<_>>()
        );
        assert_eq!(kept(&index, &[]), (3_001..=12_500).rev().collect::<Vec<_>>());
        assert_eq!(
            index.traces(&TraceFilter::default(), None, usize::MAX).0.len(),
            MOST_TRACES
        );
        let (newest, minute) = index.newest_traces(200, &(12_000_000_001..Micros::MAX));
        let expected = LastMinute {
            traces: 500,
            drawn: 200,
        };
        assert_eq!((newest.len(), minute), (200, expected));
        assert_eq!(
            index.count_within(&(12_000_000_001..Micros::MAX), &TraceFilter::default()),
            500
        );
        // What the log no longer has goes from all lists.
        index.forget_before(12_500);
        assert_eq!(
            (kept(&index, &["missing-index"]), kept(&index, &[])),
            (vec![], vec![12_500])
        );
        assert_eq!(index.conditions.pop(), Some((12_500, 12_500)));
        assert_eq!(index.conditions.pop(), None);
    }

    #[test]
    fn a_trace_stands_where_it_arrived_whatever_its_clock_says() {
        let mut index = Index::new();
        // The same trace: first as one without problems, then with one, and begun earlier than it seemed.
        index.add(1, &spin(7, ""));
        let mut earlier = spin(7, "slow-rng");
        earlier.spans[0].span.start_us = 3_000_000;
        index.add(2, &earlier);
        // Begun before it by the clock, and arrived after it.
        index.add(3, &spin(1, "slow-rng"));
        assert_eq!(kept(&index, &["slow-rng"]), [1, 3]);
        let (first_page, next) = index.traces(&TraceFilter::default(), None, 1);
        assert_eq!((first_page[0].start_us, next), (1_000_000, Some((3, 1))));
        let (second_page, next) = index.traces(&TraceFilter::default(), next, 1);
        assert_eq!((second_page[0].start_us, next), (3_000_000, None));
        assert_eq!(index.traces_after(2, usize::MAX).len(), 1);
        assert_eq!(index.conditions.pop(), Some((1, 7)));
        assert_eq!(index.conditions.pop(), Some((3, 1)));
        assert_eq!(index.conditions.pop(), None, "it is in one group only");
    }

    #[test]
    fn issues_seen_at_the_same_time_have_one_order() {
        let mut index = Index::new();
        for n in 0..32 {
            let bytes = format!(
                "{{}}\n{{\"type\":\"event\"}}\n{{\"message\":\"\",\"fingerprint\":[\"{n}\"],\"timestamp\":9}}\n"
            );
            index.add(
                n,
                &facts::skim(
                    Source::at(n, "frontend"),
                    &Envelope::framed(bytes.as_bytes()).unwrap(),
                ),
            );
        }
        let ids: Vec<_> = index
            .issues(usize::MAX)
            .into_iter()
            .map(|issue| issue.issue_id)
            .collect();
        assert_eq!(ids.len(), 32);
        assert!(ids.is_sorted(), "{ids:?}");
    }

    #[test]
    fn metrics_that_come_after_their_trace_are_told_as_a_change_of_it() {
        let metric = json!({
            "timestamp": 9, "trace_id": format_id(7), "name": "stake", "value": 10, "type": "distribution",
        });
        let bytes = format!("{{}}\n{{\"type\":\"trace_metric\"}}\n{metric}\n");
        let facts = facts::skim(
            Source::at(2, "payment-service"),
            &Envelope::framed(bytes.as_bytes()).unwrap(),
        );
        let mut index = Index::new();
        // One alone makes no trace.
        assert_eq!(index.add(1, &facts).traces, []);
        index.add(2, &spin(7, ""));
        assert_eq!(index.add(3, &facts).traces, [7]);
        assert_eq!(index.envelopes_of(7), Some(vec![2, 3]));
    }
}
