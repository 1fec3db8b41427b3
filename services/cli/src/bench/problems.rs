//! Measures what players meet in given states: with all problems of the story, with all fixes, and with each
//! problem alone. Uses spins of a real stack and their traces.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use reelscope_contracts::Money;
use reelscope_demo::faults::States;
use reelscope_demo::faults::table::{Band, FaultId, FaultState, Figure, Group, Promise, STORY};
use reelscope_demo::figures::sorted;
use reelscope_page_api::telemetry::{Micros, Span, TraceDetail, nearest_rank};
use reelscope_stack::load::{self, Plan};
use reelscope_stack::{Config, RunError, Stack};
use serde::Serialize;

use crate::run::settled;

/// Limit of waiting for settlements and traces after a run.
const AT_REST_WITHIN: Duration = Duration::from_secs(60);
/// Interval of checking whether they have ended.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Number of spins that are not measured, where they take no time.
const WARM_UP: u64 = 20;

const fn band(figure: Figure, least: f64, most: f64) -> Band {
    Band { figure, least, most }
}

/// Promised figures with all problems: the provider takes most of the time, and one payment in ten fails.
const ALL_ON: &[Band] = &[
    band(Figure::P50Ms, 3_000.0, 6_000.0),
    band(Figure::ProviderSharePercent, 70.0, 90.0),
    band(Figure::FailedPercent, 10.0, 10.0),
];
/// Promised figures with all fixes: players hardly wait, and hardly any spin fails.
const ALL_FIXED: &[Band] = &[
    band(Figure::P95Ms, 0.0, 200.0),
    band(Figure::FailedPercent, 0.0, 1.0),
];

/// Promised figures of a presenter's spins. They hold beside other programs too, because the causes follow the speed of
/// the machine.
const STORY_BANDS: &[Band] = &[
    band(Figure::P50Ms, 3_000.0, 6_000.0),
    band(Figure::LookUpP50Ms, 350.0, 650.0),
    band(Figure::DrawP50Ms, 150.0, 400.0),
    band(Figure::ProviderSharePercent, 70.0, 85.0),
];

/// The spins of a presenter: with all problems, one at a time. Takes a minute.
#[must_use]
pub fn story() -> BenchCase {
    BenchCase {
        name: "a presenter's spins".to_owned(),
        bands: STORY_BANDS.to_vec(),
        // The causes follow the last five of each.
        warm_up: 6,
        ..BenchCase::all(FaultState::On, 12, 1)
    }
}

/// The cases in the order of measuring. Each takes about a quarter of a minute.
#[must_use]
pub fn conditions() -> Vec<BenchCase> {
    let alone = STORY.into_iter().filter_map(BenchCase::alone);
    // Two concurrent spins use the cores for a fifth of their time; the rest is waiting for the provider.
    let all = [
        BenchCase::all(FaultState::On, 20, 2),
        BenchCase::all(FaultState::Fixed, 300, 1),
    ];
    all.into_iter().chain(alone).collect()
}

/// One case to measure.
#[derive(Debug, Clone)]
pub struct BenchCase {
    /// A problem's id, `all on` or `all fixed`.
    pub name: String,
    /// State of every problem.
    pub states: States,
    /// Number of spins.
    pub spins: u64,
    /// Number of concurrent spins.
    pub at_once: u64,
    /// Number of spins before them that are not measured: neither first-time work such as connecting nor what the
    /// previous case left behind counts.
    pub warm_up: u64,
    /// The figures that the demo promises on an idle machine.
    pub bands: Vec<Band>,
}

impl BenchCase {
    /// A case with all problems of the story in one state.
    #[must_use]
    pub fn all(state: FaultState, spins: u64, at_once: u64) -> Self {
        Self {
            name: format!("all {}", state.as_str()),
            states: STORY.map(|id| (id, state)).into(),
            spins,
            at_once,
            // They would take a minute with the slow provider, beside which they are nothing.
            warm_up: if state == FaultState::On { 0 } else { WARM_UP },
            bands: match state {
                FaultState::On => ALL_ON.to_vec(),
                FaultState::Fixed => ALL_FIXED.to_vec(),
                FaultState::Off => Vec::new(),
            },
        }
    }

    /// A case with one problem of the story on and the others off; `None` for a fault that is not of the story.
    fn alone(id: FaultId) -> Option<Self> {
        let Group::Story(Promise {
            spins, at_once, band, ..
        }) = id.row().group
        else {
            return None;
        };
        let mut states = States::from(STORY.map(|each| (each, FaultState::Off)));
        states.insert(id, FaultState::On);
        Some(Self {
            name: id.as_str().to_owned(),
            states,
            spins,
            at_once,
            warm_up: if id == FaultId::SlowProvider { 0 } else { WARM_UP },
            bands: vec![band],
        })
    }
}

/// Times of one spin, from its trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Time that the player waited, in microseconds.
    pub waited: Micros,
    /// Part of it that was waiting for the provider, in microseconds.
    pub provider: Micros,
    /// Part of it that was looking up the player, in microseconds.
    pub look_up: Micros,
    /// Part of it that was drawing the stops, in microseconds.
    pub draw: Micros,
}

/// The figures of one case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Met {
    /// Name of the case.
    pub condition: String,
    /// State of every problem.
    pub problems: BTreeMap<&'static str, FaultState>,
    /// Number of spins.
    pub spins: u64,
    /// Number of concurrent spins.
    pub at_once: u64,
    /// Median of the waiting time, in milliseconds; nearest rank.
    pub p50_ms: f64,
    /// 95th percentile of the waiting time, in milliseconds.
    pub p95_ms: f64,
    /// Median duration of looking up the player, in milliseconds.
    pub look_up_p50_ms: f64,
    /// Median duration of drawing the stops, in milliseconds.
    pub draw_p50_ms: f64,
    /// Share of the waiting time that the provider takes, in percent: the median of the spins.
    pub provider_share_percent: f64,
    /// Number of failed spins.
    pub failed: u64,
    /// 100 × failed ÷ spins.
    pub failed_percent: f64,
    /// Number of requests that the backend services answered.
    pub requests: u64,
    /// Number of these requests that were answered with a 5xx.
    pub errors: u64,
    /// 100 × errors ÷ requests.
    pub error_rate_percent: f64,
    /// The promised figures.
    #[serde(skip)]
    pub bands: Vec<Band>,
    /// The times of each spin.
    #[serde(skip)]
    pub samples: Vec<Sample>,
}

impl Met {
    #[allow(clippy::cast_precision_loss)] // microseconds and counts of a run stay far below 2^53
    fn of(condition: &BenchCase, samples: Vec<Sample>, report: &load::Report) -> Self {
        let waits = sorted(samples.iter().map(|sample| sample.waited));
        let shares = sorted(samples.iter().map(Sample::provider_share));
        let median =
            |of: fn(&Sample) -> Micros| nearest_rank(&sorted(samples.iter().map(of)), 50) as f64 / 1e3;
        let failed: u64 = report.failed_by_code.values().sum();
        let requests: u64 = report.services.values().map(|share| share.requests).sum();
        let errors: u64 = report.services.values().map(|share| share.errors).sum();
        let percent = |part: u64, of: u64| 100.0 * part as f64 / of.max(1) as f64;
        Self {
            condition: condition.name.clone(),
            problems: condition
                .states
                .iter()
                .map(|(id, state)| (id.as_str(), *state))
                .collect(),
            spins: condition.spins,
            at_once: condition.at_once,
            p50_ms: nearest_rank(&waits, 50) as f64 / 1e3,
            p95_ms: nearest_rank(&waits, 95) as f64 / 1e3,
            look_up_p50_ms: median(|sample| sample.look_up),
            draw_p50_ms: median(|sample| sample.draw),
            provider_share_percent: nearest_rank(&shares, 50) as f64 / 1e4,
            failed,
            failed_percent: percent(failed, condition.spins),
            requests,
            errors,
            error_rate_percent: percent(errors, requests),
            bands: condition.bands.clone(),
            samples,
        }
    }
}

/// A figure outside of its promised bounds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Missed {
    /// Name of the case.
    pub condition: String,
    /// Field of [`Met`].
    pub figure: &'static str,
    /// The measured value.
    pub measured: f64,
    /// Lower bound.
    pub least: f64,
    /// Upper bound.
    pub most: f64,
}

impl Met {
    /// Returns the figures that are outside of their bounds.
    #[must_use]
    pub fn missed(&self) -> Vec<Missed> {
        let bands = &self.bands;
        let outside = bands
            .iter()
            .map(|band| (band, self.figure(band.figure)))
            .filter(|(band, measured)| !(band.least..=band.most).contains(measured));
        outside
            .map(|(band, measured)| Missed {
                condition: self.condition.clone(),
                figure: band.figure.into(),
                measured,
                least: band.least,
                most: band.most,
            })
            .collect()
    }

    fn figure(&self, figure: Figure) -> f64 {
        match figure {
            Figure::P50Ms => self.p50_ms,
            Figure::P95Ms => self.p95_ms,
            Figure::LookUpP50Ms => self.look_up_p50_ms,
            Figure::DrawP50Ms => self.draw_p50_ms,
            Figure::ProviderSharePercent => self.provider_share_percent,
            Figure::FailedPercent => self.failed_percent,
        }
    }
}

impl Sample {
    /// Share of the waiting time that the provider takes, in millionths.
    fn provider_share(&self) -> Micros {
        1_000_000 * self.provider / self.waited.max(1)
    }

    fn of(trace: &TraceDetail) -> Self {
        let root = (
            trace.summary.start_us,
            trace.summary.start_us + trace.summary.root_us,
        );
        // Cut to the root span, because a settlement in the background continues after the response.
        let within = |span: &Span| (span.end_us.min(root.1) - span.start_us.max(root.0)).max(0);
        let sum = |is: &dyn Fn(&Span) -> bool| trace.spans.iter().filter(|span| is(span)).map(within).sum();
        Self {
            waited: trace.summary.root_us,
            provider: sum(&|span| {
                span.service == "payment-service" && span.description == "External payment provider API"
            }),
            look_up: sum(&|span| span.service == "user-service" && span.op == "db.query"),
            draw: sum(&|span| span.op == "game.rng"),
        }
    }
}

/// Measures cases in one stack in the new directory `dir`, with as many players as make a look-up without an index take
/// its promised time. `begins` receives the name of each step before it begins.
///
/// # Errors
/// The stack could not be started or stopped, or a case could not be measured.
pub async fn run(dir: &Path, cases: Vec<BenchCase>, begins: impl Fn(&str)) -> Result<Vec<Met>, RunError> {
    begins("writing the players");
    let config = Config {
        rate: None,
        ..Config::new(dir.to_owned())
    };
    let stack = Stack::start(config).await?;
    stack.seeded().await;
    let measured = async {
        let mut met = Vec::new();
        for condition in cases {
            begins(&condition.name);
            met.push(measure(&stack, &condition).await?);
        }
        Ok::<_, RunError>(met)
    }
    .await;
    let stopped = stack.shutdown().await;
    stopped.map_err(RunError::from).and(measured)
}

/// Brings the problems of a running stack to the states of a case, makes the spins, and reads their traces.
///
/// # Errors
/// A sentence about the failure.
pub async fn measure(stack: &Stack, condition: &BenchCase) -> Result<Met, String> {
    let collector = stack.collector().ok_or("this stack reports nothing")?;
    stack
        .faults()
        .bring_all(&condition.states)
        .await
        .map_err(|error| error.to_string())?;
    let plan = |run: &str, count, concurrency| Plan {
        count,
        concurrency,
        players: 20,
        stake: Money(1_000),
        // Unique for each run, because a key that was used before returns its old round.
        run: format!("{} {run} {}", condition.name, uuid::Uuid::new_v4()),
    };
    if condition.warm_up > 0 {
        load::run(stack, &plan("warm-up", condition.warm_up, condition.at_once)).await?;
        at_rest(stack).await?;
    }
    let before = collector.captured_so_far();
    let report = load::run(stack, &plan("measured", condition.spins, condition.at_once)).await?;
    at_rest(stack).await?;
    let lines = collector.traces_after(before, usize::MAX).await;
    let mut samples = Vec::new();
    for line in lines
        .iter()
        .filter(|line| line.name == reelscope_demo::players::SPIN)
    {
        if let Ok(Some(trace)) = collector.trace(&line.trace_id).await {
            samples.push(Sample::of(&trace));
        }
    }
    if samples.len() as u64 != condition.spins {
        return Err(format!(
            "{} traces were kept of {} spins",
            samples.len(),
            condition.spins
        ));
    }
    Ok(Met::of(condition, samples, &report))
}

/// Waits until all settlements in the background have ended and all traces are indexed.
async fn at_rest(stack: &Stack) -> Result<(), String> {
    let came = async {
        settled(stack, AT_REST_WITHIN).await;
        stack.flush().await;
        while !stack
            .collector()
            .is_none_or(reelscope_collector::Collector::caught_up)
        {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    let began = Instant::now();
    tokio::time::timeout(AT_REST_WITHIN, came)
        .await
        .map_err(|_| format!("the run did not come to rest within {:?}", began.elapsed()))
}
