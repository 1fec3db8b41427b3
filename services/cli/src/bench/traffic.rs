//! Measures virtual players for a while: their spins, the use of CPU and memory, and the delay for a person who
//! spins beside them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use reelscope_contracts::{Code, Money};
use reelscope_demo::figures::sorted;
use reelscope_demo::players::{self, SPIN};
use reelscope_demo::wire::SetTraffic;
use reelscope_page_api::telemetry::nearest_rank;
use reelscope_stack::Stack;
use reelscope_telemetry::{TraceLink, cpu_ms, resident_bytes};
use serde::Serialize;

/// Interval between two spins of the person: not in step with the players, and no load.
const OWN_EVERY: Duration = Duration::from_secs(4);
/// Number of spins of the person before the players start, one after another.
const ALONE: usize = 10;
/// Limit of the time for these spins.
const ALONE_WITHIN: Duration = Duration::from_secs(40);
/// Interval of sampling CPU and memory.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Number of samples for one entry of the memory over time: a minute.
const LOOKS_A_MINUTE: usize = 30;

/// Waiting times in milliseconds. Percentiles are nearest rank for the person, and have three significant digits
/// for the players.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct Waits {
    /// Number of spins.
    pub spins: u64,
    /// Number of these that failed.
    pub failed: u64,
    /// Median.
    pub p50: f64,
    /// 95th percentile.
    pub p95: f64,
    /// Maximum.
    pub max: f64,
}

/// Use of CPU by this process in percent of all cores, each sample over two seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct Cpu {
    /// Mean of the whole run.
    pub mean: f64,
    /// 5th percentile.
    pub p5: f64,
    /// Median.
    pub p50: f64,
    /// 95th percentile.
    pub p95: f64,
}

/// Resident memory in megabytes (10^6 bytes); zero where the system does not report it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Memory {
    /// Before the players start.
    pub start: f64,
    /// At the end of every minute.
    pub by_minute: Vec<f64>,
    /// Maximum of all samples.
    pub max: f64,
    /// At the end of the run.
    pub end: f64,
}

/// The measurements.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Measured {
    /// Duration of the traffic, in seconds.
    pub seconds: f64,
    /// Number of virtual players.
    pub players: u32,
    /// Budget of CPU in percent of all cores; `None` without a budget.
    pub budget_percent: Option<u32>,
    /// Waiting times of the players.
    pub players_ms: Waits,
    /// Spins of the players per second.
    pub per_second: f64,
    /// Failures of the players, by stable code.
    pub failed_by_code: BTreeMap<String, u64>,
    /// Use of CPU.
    pub cpu_percent: Cpu,
    /// Use of memory.
    pub memory_mb: Memory,
    /// Share of the samples at which the budget limited the players, in percent.
    pub throttled_percent: f64,
    /// Waiting times of the person before the players start.
    pub own_alone_ms: Waits,
    /// Waiting times of the same person beside the players.
    pub own_beside_ms: Waits,
}

/// Runs traffic for `length`, or until `stop` completes, which also ends the person's first spins.
///
/// # Errors
/// A sentence: the person cannot log in, or the traffic is refused.
// Long because it is one run: the person alone, the person beside the players, and the results of both.
pub(crate) async fn run(
    stack: &Stack,
    wish: SetTraffic,
    length: Duration,
    stop: impl Future<Output = ()>,
) -> Result<Measured, String> {
    let traffic = stack.traffic().clone();
    let mut stop = std::pin::pin!(stop);
    let person = Person::log_in(stack).await?;
    let mut alone = Vec::new();
    let began = Instant::now();
    let mut over = false;
    while !over && alone.len() < ALONE && began.elapsed() < ALONE_WITHIN {
        tokio::select! {
            spun = person.spin() => alone.push(spun),
            () = &mut stop => over = true,
        }
    }
    let mut looks = Looks::begin();
    let mut beside = Vec::new();
    let began = Instant::now();
    if !over {
        traffic.set(wish).map_err(|refusal| refusal.to_string())?;
        let spins = async {
            let mut ticks = tokio::time::interval(OWN_EVERY);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            // The first tick comes at once; the players start in the meantime.
            ticks.tick().await;
            loop {
                ticks.tick().await;
                beside.push(person.spin().await);
            }
        };
        let look = async {
            let mut ticks = tokio::time::interval(LOOK_EVERY);
            ticks.tick().await;
            loop {
                ticks.tick().await;
                looks.look(traffic.view().throttled);
            }
        };
        tokio::select! {
            () = spins => {}
            () = look => {}
            () = stop => {}
            () = tokio::time::sleep(length) => {}
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    let tally = traffic.tally();
    traffic.stop();
    let (cpu_percent, memory_mb, throttled_percent) = looks.end(seconds);
    #[allow(clippy::cast_precision_loss)] // counts of a run stay far below 2^53
    let per_second = (tally.ok + tally.failed()) as f64 / seconds.max(1e-3);
    Ok(Measured {
        seconds,
        players: wish.players,
        budget_percent: wish.budget_percent,
        players_ms: of_histogram(&tally.waits_us, tally.failed()),
        per_second,
        failed_by_code: tally.failed_by_code,
        cpu_percent,
        memory_mb,
        throttled_percent,
        own_alone_ms: of_spins(&alone),
        own_beside_ms: of_spins(&beside),
    })
}

#[allow(clippy::cast_precision_loss)] // microseconds of an hour
fn of_histogram(waits_us: &Histogram<u64>, failed: u64) -> Waits {
    let ms = |micros: u64| micros as f64 / 1e3;
    Waits {
        spins: waits_us.len(),
        failed,
        p50: ms(waits_us.value_at_quantile(0.50)),
        p95: ms(waits_us.value_at_quantile(0.95)),
        max: ms(waits_us.max()),
    }
}

type Spun = (Duration, Result<(), Code>);

#[allow(clippy::cast_precision_loss)] // microseconds of an hour
fn of_spins(spins: &[Spun]) -> Waits {
    let micros = spins
        .iter()
        .map(|(waited, _)| i64::try_from(waited.as_micros()).unwrap_or(i64::MAX));
    let waits = sorted(micros);
    let ms = |percent| nearest_rank(&waits, percent) as f64 / 1e3;
    Waits {
        spins: spins.len() as u64,
        failed: spins.iter().filter(|(_, spun)| spun.is_err()).count() as u64,
        p50: ms(50),
        p95: ms(95),
        max: ms(100),
    }
}

/// A person at the machine, with an account that no virtual player uses.
struct Person<'a> {
    stack: &'a Stack,
    client: reelscope_telemetry::Client,
    frontend: reelscope_telemetry::Service,
    session: String,
}

impl<'a> Person<'a> {
    async fn log_in(stack: &'a Stack) -> Result<Self, String> {
        let frontend = stack
            .service("frontend")
            .ok_or("the stack has no frontend")?
            .clone();
        let client = frontend.client();
        let session = players::log_in_at(&stack.origin(), stack.token(), &client, 1).await?;
        Ok(Self {
            stack,
            client,
            frontend,
            session,
        })
    }

    async fn spin(&self) -> Spun {
        let key = format!("own-{}", uuid::Uuid::new_v4());
        let url = format!("{}/api/v1/spins", self.stack.origin());
        let stake = Money(100);
        let work = players::spin(&self.client, &url, self.stack.token(), &self.session, &key, stake);
        let began = Instant::now();
        let spun = self
            .frontend
            .transaction(SPIN, "ui.action", TraceLink::default(), work)
            .await;
        (began.elapsed(), spun.map(|_| ()))
    }
}

/// Samples of CPU and memory.
struct Looks {
    cpu_at_start: Option<f64>,
    before: (Instant, Option<f64>),
    cpu: Vec<f64>,
    memory: Memory,
    throttled: usize,
}

impl Looks {
    fn begin() -> Self {
        let cpu = cpu_ms();
        let start = megabytes();
        Self {
            cpu_at_start: cpu,
            before: (Instant::now(), cpu),
            cpu: Vec::new(),
            memory: Memory {
                start,
                max: start,
                ..Memory::default()
            },
            throttled: 0,
        }
    }

    fn look(&mut self, throttled: bool) {
        let now = (Instant::now(), cpu_ms());
        let elapsed_s = (now.0 - self.before.0).as_secs_f64();
        if let Some((before, after)) = self.before.1.zip(now.1) {
            self.cpu.push(share(after - before, elapsed_s));
        }
        self.before = now;
        self.throttled += usize::from(throttled);
        let memory = megabytes();
        self.memory.max = self.memory.max.max(memory);
        if self.cpu.len().is_multiple_of(LOOKS_A_MINUTE) {
            self.memory.by_minute.push(memory);
        }
    }

    #[allow(clippy::cast_precision_loss)] // counts of a run
    fn end(mut self, seconds: f64) -> (Cpu, Memory, f64) {
        self.memory.end = megabytes();
        self.memory.max = self.memory.max.max(self.memory.end);
        let spent = self
            .cpu_at_start
            .zip(cpu_ms())
            .map(|(before, after)| after - before);
        self.cpu.sort_by(f64::total_cmp);
        let at = |percent| nearest_rank(&self.cpu, percent);
        let cpu = Cpu {
            mean: spent.map_or(0.0, |spent| share(spent, seconds)),
            p5: at(5),
            p50: at(50),
            p95: at(95),
        };
        let throttled = 100.0 * self.throttled as f64 / self.cpu.len().max(1) as f64;
        (cpu, self.memory, throttled)
    }
}

/// Converts CPU time to a share of all cores, in percent.
fn share(spent_ms: f64, elapsed_s: f64) -> f64 {
    spent_ms / elapsed_s.max(1e-3) / reelscope_demo::traffic::cores() / 10.0
}

#[allow(clippy::cast_precision_loss)] // memory is far below 2^53 bytes
fn megabytes() -> f64 {
    resident_bytes(std::process::id()).unwrap_or(0) as f64 / 1e6
}
