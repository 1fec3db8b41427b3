//! Measures the cost of telemetry: the same spins with it and without, in interleaved blocks of one run, so that
//! other work of the machine affects both sides alike.

use std::path::Path;
use std::time::Duration;

use reelscope_contracts::Money;
use reelscope_page_api::telemetry::nearest_rank;
use reelscope_telemetry::cpu_ms;
use serde::Serialize;
use utoipa::ToSchema;

use crate::load::{self, Plan, Players, Report};
use crate::run_error::RunError;
use crate::settings::Settings;
use crate::{Config, Stack, traces};

/// Number of pairs of blocks; the order within a pair alternates.
const PAIRS: u64 = 6;
/// Number of saturated runs of a side in a pair.
const SATURATED_RUNS: u64 = 2;
/// Time for the index to catch up after a block.
const CAUGHT_UP_WITHIN: Duration = Duration::from_secs(30);

/// Figures of one side, summed over its blocks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = OverheadSide)]
pub struct Side {
    /// Number of spins.
    pub spins: u64,
    /// CPU time of the whole process for each spin, in milliseconds: services, load and, with telemetry, the
    /// collector with its index. `None` where the system does not report it.
    #[schema(required)]
    pub cpu_ms_per_spin: Option<f64>,
    /// Median latency of sequential spins, in milliseconds.
    pub p50_ms: f64,
    /// 95th percentile of that latency, in milliseconds.
    pub p95_ms: f64,
    /// Spins per second at the saturating concurrency.
    pub saturated_per_s: f64,
    /// Bytes of stored telemetry for each spin.
    pub bytes_per_spin: f64,
}

/// Comparison of spins with and without telemetry.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Comparison {
    /// Without telemetry.
    pub off: Side,
    /// With every trace recorded.
    pub on: Side,
    /// CPU time that telemetry adds to a spin, in milliseconds. `None` where the system does not report it.
    #[schema(required)]
    pub added_cpu_ms: Option<f64>,
    /// Latency that telemetry adds to the median, in milliseconds.
    pub added_p50_ms: f64,
    /// Saturated throughput with telemetry divided by that without: the median of runs that followed each other, because
    /// other work of the machine changes from second to second.
    pub saturated_ratio: f64,
}

struct Bench {
    stack: Stack,
    players: u64,
    /// Their sessions, from the warm-up on: a block consists of spins alone.
    sessions: Players,
    cpu_ms: Option<f64>,
    p50: Vec<f64>,
    p95: Vec<f64>,
    saturated: Vec<f64>,
    spins: u64,
    blocks: u64,
    /// Bytes of telemetry that were stored before the first block.
    bytes_before: u64,
}

impl Bench {
    async fn start(dir: &Path, players: u64, settings: Option<Settings>) -> Result<Self, RunError> {
        let config = Config {
            players: Some((players + 1).max(1_000)),
            rate: None,
            settings,
            ..Config::new(dir.to_owned())
        };
        let stack = Stack::start(config).await?;
        Ok(Self {
            stack,
            players,
            sessions: Players::default(),
            cpu_ms: Some(0.0),
            p50: Vec::new(),
            p95: Vec::new(),
            saturated: Vec::new(),
            spins: 0,
            blocks: 0,
            bytes_before: 0,
        })
    }

    /// Logs the players in and spins, so that caches, indexes and wallets are filled before the measurement.
    async fn warm_up(&mut self, count: u64, concurrency: u64) -> Result<(), String> {
        self.sessions = load::log_in(&self.stack, self.players).await?;
        self.run(count, concurrency).await?;
        self.settle().await?;
        self.bytes_before = self.bytes();
        Ok(())
    }

    async fn run(&mut self, count: u64, concurrency: u64) -> Result<Report, String> {
        self.blocks += 1;
        let plan = Plan {
            count,
            concurrency,
            players: self.players,
            stake: Money(1_000),
            run: format!("block-{}", self.blocks),
        };
        let report = load::run_as(&self.sessions, &self.stack, &plan).await?;
        if report.ok != count {
            return Err(format!("spins failed: {:?}", report.failed_by_code));
        }
        Ok(report)
    }

    /// Waits for the work that a block leaves to the collector, so that its cost counts for that block. Without a
    /// viewer the index pauses under load, so its work counts in the CPU time per spin and not in the saturated
    /// throughput.
    async fn settle(&self) -> Result<(), String> {
        if let Some(collector) = self.stack.collector() {
            self.stack.flush().await;
            if !traces::caught_up(collector, CAUGHT_UP_WITHIN).await {
                return Err("the collector does not keep up".to_owned());
            }
        }
        Ok(())
    }

    async fn sequential(&mut self, count: u64) -> Result<(), String> {
        let before = cpu_ms();
        let alone = self.run(count, 1).await?;
        self.settle().await?;
        let spent = before.zip(cpu_ms()).map(|(before, after)| after - before);
        self.cpu_ms = self.cpu_ms.zip(spent).map(|(sum, spent)| sum + spent);
        self.spins += count;
        self.p50.push(quantile(&alone, 0.50));
        self.p95.push(quantile(&alone, 0.95));
        Ok(())
    }

    async fn saturated(&mut self, count: u64, concurrency: u64) -> Result<(), String> {
        let together = self.run(count, concurrency).await?;
        self.settle().await?;
        self.saturated.push(per_second(&together));
        Ok(())
    }

    /// Bytes of stored telemetry.
    fn bytes(&self) -> u64 {
        let collector = self.stack.collector();
        collector.map_or(0, |collector| collector.delivery().bytes)
    }

    #[allow(clippy::cast_precision_loss)] // counts of a run stay far below 2^53
    fn side(&self) -> Side {
        let spins = self.spins as f64;
        let bytes = self.bytes().saturating_sub(self.bytes_before);
        Side {
            spins: self.spins,
            cpu_ms_per_spin: self.cpu_ms.map(|cpu| cpu / spins),
            p50_ms: median(&self.p50),
            p95_ms: median(&self.p95),
            saturated_per_s: median(&self.saturated),
            // Saturated runs write envelopes too.
            bytes_per_spin: bytes as f64 / ((1 + SATURATED_RUNS) as f64 * spins),
        }
    }
}

/// How to measure.
#[derive(Debug, Clone, Copy)]
pub struct Method {
    /// Number of spins of each side one after another; twice as many follow at `concurrency`.
    pub count: u64,
    /// Number of concurrent spins where throughput is measured.
    pub concurrency: u64,
    /// Number of players that take turns.
    pub players: u64,
    /// Share of traces that the side with telemetry records, 0 to 1.
    pub sample_rate: f32,
}

/// Number of blocks of a measurement, including those that warm up.
pub const BLOCKS: u64 = 2 + 2 * PAIRS;

/// Measures in the new directory `dir`, in which nothing runs afterwards. `done` receives how many of [`BLOCKS`]
/// have ended. Returns `None` when `cancelled` completes before the end.
///
/// # Errors
/// A stack could not be started or stopped, or spins failed.
pub async fn telemetry(
    dir: &Path,
    method: Method,
    done: impl Fn(u64) + Send,
    cancelled: impl Future<Output = ()> + Send,
) -> Result<Option<Comparison>, RunError> {
    let settings = Settings {
        traces_sample_rate: method.sample_rate,
        ..Settings::default()
    };
    let mut off = Bench::start(&dir.join("off"), method.players, None).await?;
    let on = Bench::start(&dir.join("on"), method.players, Some(settings)).await;
    let compared = match on {
        Err(error) => Err(error),
        Ok(mut on) => {
            let compared = tokio::select! {
                compared = compare(&mut off, &mut on, method, done) => compared.map(Some).map_err(RunError::from),
                () = cancelled => Ok(None),
            };
            let stopped = on.stack.shutdown().await;
            stopped.map_err(RunError::from).and(compared)
        }
    };
    // Always stopped, because running stacks hinder the removal of the directory.
    let stopped = off.stack.shutdown().await;
    stopped.map_err(RunError::from).and(compared)
}

async fn compare(
    off: &mut Bench,
    on: &mut Bench,
    Method {
        count, concurrency, ..
    }: Method,
    done: impl Fn(u64) + Send,
) -> Result<Comparison, String> {
    let each = (count / PAIRS).max(10);
    off.warm_up(each, concurrency).await?;
    on.warm_up(each, concurrency).await?;
    done(2);
    for pair in 0..PAIRS {
        let (first, second) = if pair % 2 == 0 {
            (&mut *off, &mut *on)
        } else {
            (&mut *on, &mut *off)
        };
        first.sequential(each).await?;
        second.sequential(each).await?;
        done(3 + 2 * pair);
        // What grows or fades meanwhile affects both sides alike.
        first.saturated(each, concurrency).await?;
        second.saturated(each, concurrency).await?;
        second.saturated(each, concurrency).await?;
        first.saturated(each, concurrency).await?;
        done(4 + 2 * pair);
    }
    let (without, with) = (off.side(), on.side());
    Ok(Comparison {
        added_cpu_ms: with
            .cpu_ms_per_spin
            .zip(without.cpu_ms_per_spin)
            .map(|(on, off)| on - off),
        added_p50_ms: with.p50_ms - without.p50_ms,
        saturated_ratio: {
            let runs = on.saturated.iter().zip(&off.saturated);
            median(&runs.map(|(on, off)| on / off).collect::<Vec<_>>())
        },
        off: without,
        on: with,
    })
}

#[allow(clippy::cast_precision_loss)] // microseconds of a spin stay far below 2^53
fn quantile(report: &Report, quantile: f64) -> f64 {
    report.latency_us.value_at_quantile(quantile) as f64 / 1_000.0
}

#[allow(clippy::cast_precision_loss)] // counts of a run stay far below 2^53
fn per_second(report: &Report) -> f64 {
    report.ok as f64 / report.wall.as_secs_f64()
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    nearest_rank(&sorted, 50)
}
