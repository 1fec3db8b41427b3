//! `reelscope bench`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use reelscope_contracts::Money;
use reelscope_stack::bench::{self as telemetry, Comparison, Method};
use reelscope_stack::load::{self, Plan};
use reelscope_stack::{Config, Stack};
use serde_json::json;

use super::spin::enough_players;
use crate::bench::collector;
use crate::bench::problems::{self, Met, Missed};
use crate::failure::Failure;
use crate::output::{note, say};
use crate::report::{figures, print_figures, print_shares};

const BENCH_STAKE: Money = Money(1_000);
const BENCH_CONCURRENCY: u64 = 32;

/// Measure this machine: spins one after another, then 32 at a time, with the share of each service; what telemetry
/// costs; and what players meet with the problems and with their fixes. Takes two to three minutes.
#[derive(clap::Args)]
pub(crate) struct Bench {
    /// Print JSON, of the costs of telemetry and of the problems only.
    #[arg(long)]
    json: bool,
    /// Spins of each of the two runs.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    count: u64,
    /// Measure this alone.
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// With `--only collector`, an endpoint of Sentry's protocol that is sent the same in the same run, such as
    /// Spotlight's 127.0.0.1:8969.
    #[arg(long, value_name = "ADDRESS", requires = "only")]
    beside: Option<SocketAddr>,
}

/// A part of the benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// What telemetry costs.
    Telemetry,
    /// What players meet with the problems on and fixed.
    Problems,
    /// What the collector bears: for two minutes, in half a gigabyte of the disk, and so only when it is asked for.
    Collector,
}

impl Bench {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        let Self {
            json,
            count,
            only,
            beside,
        } = self;
        match only {
            Some(Part::Collector) => bench_collector(json, beside).await,
            _ if beside.is_some() => {
                let sentence =
                    "beside another endpoint the collector alone is measured; say --only collector";
                Err(Failure::from(sentence.to_owned()))
            }
            _ => bench(count, json, only).await,
        }
    }
}

/// Returns a new temporary directory for one measurement.
fn bench_dir() -> PathBuf {
    std::env::temp_dir().join(format!("reelscope-bench-{}", uuid::Uuid::new_v4()))
}

async fn bench(count: u64, json: bool, only: Option<Part>) -> Result<ExitCode, Failure> {
    let mut fields = json!({});
    let mut missed: Vec<Missed> = Vec::new();
    let wants = |part| only.is_none_or(|only| only == part);
    if !json && only.is_none() {
        shares(count).await?;
    }
    if wants(Part::Telemetry) {
        note!("reelscope: telemetry on against off…");
        let dir = bench_dir();
        let method = Method {
            count,
            concurrency: BENCH_CONCURRENCY,
            players: enough_players(3 * count, BENCH_CONCURRENCY, BENCH_STAKE),
            sample_rate: 1.0,
        };
        let measured = telemetry::telemetry(&dir, method, |_| (), std::future::pending()).await;
        let _ = std::fs::remove_dir_all(&dir);
        let measured = measured?.ok_or("the measurement was cancelled".to_owned())?;
        if json {
            fields = json!(measured);
        } else {
            print_comparison(&measured);
        }
    }
    if wants(Part::Problems) {
        let dir = bench_dir();
        let met = problems::run(&dir, |next| note!("reelscope: {next}…")).await;
        let _ = std::fs::remove_dir_all(&dir);
        let met = met?;
        missed = met.iter().flat_map(Met::missed).collect();
        if json {
            fields["problems"] = json!(met);
            fields["missed"] = json!(missed);
        } else {
            print_met(&met);
        }
    }
    if json {
        say!("{fields}");
    }
    for missed in &missed {
        note!(
            "reelscope: {}: {} is {:.1}, not {} to {}; is the machine busy with something else?",
            missed.condition,
            missed.figure,
            missed.measured,
            missed.least,
            missed.most
        );
    }
    Ok(ExitCode::from(u8::from(!missed.is_empty())))
}

async fn bench_collector(json: bool, beside: Option<SocketAddr>) -> Result<ExitCode, Failure> {
    let program = std::env::current_exe().map_err(|error| Failure::from(error.to_string()))?;
    let dir = bench_dir();
    let measured = collector::run(&dir, &program, beside, |next| note!("reelscope: {next}…")).await;
    let _ = std::fs::remove_dir_all(dir);
    let measured = measured?;
    if json {
        say!("{}", json!(measured));
    } else {
        print_collector(&measured);
    }
    Ok(ExitCode::SUCCESS)
}

#[allow(clippy::cast_precision_loss)] // bytes of this machine stay far below 2^53
fn print_collector(measured: &collector::Report) {
    let collector::Report {
        ingest,
        seen,
        hostile,
        kept,
    } = measured;
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    say!("-- the collector, its load on the same cores");
    say!(
        "  eight clients     {:.0} envelopes of {} bytes a second, each on the disk when it is answered: {:.1} times the bare disk's {:.0}; slowest answer {:.0} ms",
        ingest.per_s,
        ingest.envelope_bytes,
        ingest.ratio,
        ingest.bare_per_s,
        ingest.slowest_ms
    );
    if let Some(beside) = &ingest.beside {
        say!(
            "                    the same to the other endpoint: {:.0} a second, so {:.1} times as many here",
            beside.per_s,
            ingest.per_s / beside.per_s
        );
    }
    say!(
        "  seen              {:.0} ms after its answer at p50, {:.0} ms at most, at {:.0} a second",
        seen.p50_ms,
        seen.slowest_ms,
        seen.per_s
    );
    say!(
        "  hostile           {} log entries: the gateway's slowest answer {:.0} ms (before {:.0} ms); indexed after {:.0} s",
        hostile.entries,
        hostile.slowest_ms,
        hostile.slowest_before_ms,
        hostile.indexed_s
    );
    let memory = |bytes: Option<u64>| bytes.map_or(f64::NAN, megabytes);
    say!(
        "  kept              {} spans in {:.0} MB: ready after {:.0} ms (empty {:.0} ms), {:.0} MB of memory (empty {:.0} MB)",
        kept.spans,
        megabytes(kept.file_bytes),
        kept.start_ms,
        kept.empty_start_ms,
        memory(kept.memory_bytes),
        memory(kept.empty_memory_bytes)
    );
    say!(
        "                    list {:.1} ms, trace {:.1} ms, issue {:.1} ms, filter by an attribute of one trace {:.0} ms",
        kept.list_ms,
        kept.trace_ms,
        kept.issue_ms,
        kept.filter_ms
    );
}

fn print_comparison(measured: &Comparison) {
    say!("-- telemetry on (every trace) against off, in interleaved blocks of this run, without a viewer");
    for (name, side) in [("off", &measured.off), ("on", &measured.on)] {
        say!(
            "  {name:<4} {:.3} ms of CPU a spin, p50 {:.2} ms, p95 {:.2} ms, {:.0} spins a second at {BENCH_CONCURRENCY}, {:.0} bytes kept a spin",
            side.cpu_ms_per_spin.unwrap_or(f64::NAN),
            side.p50_ms,
            side.p95_ms,
            side.saturated_per_s,
            side.bytes_per_spin,
        );
    }
    say!(
        "  added: {:.3} ms of CPU a spin, {:.2} ms at p50; saturated throughput on to off {:.2}",
        measured.added_cpu_ms.unwrap_or(f64::NAN),
        measured.added_p50_ms,
        measured.saturated_ratio,
    );
}

fn print_met(met: &[Met]) {
    say!("-- problems: what players meet, and the errors among all requests to the four backend services");
    say!(
        "  {:<15} {:>6} {:>8} {:>10} {:>10} {:>10} {:>10} {:>9} {:>8} {:>14}",
        "condition",
        "spins",
        "at once",
        "p50 ms",
        "p95 ms",
        "look-up ms",
        "drawing ms",
        "provider",
        "failed",
        "errors"
    );
    for met in met {
        say!(
            "  {:<15} {:>6} {:>8} {:>10.1} {:>10.1} {:>10.2} {:>10.2} {:>7.1} % {:>6.1} % {:>6.2} % of {}",
            met.condition,
            met.spins,
            met.at_once,
            met.p50_ms,
            met.p95_ms,
            met.look_up_p50_ms,
            met.draw_p50_ms,
            met.provider_share_percent,
            met.failed_percent,
            met.error_rate_percent,
            met.requests,
        );
    }
}

/// Prints spins one after another and concurrent ones, with the share of each service.
async fn shares(count: u64) -> Result<(), Failure> {
    let stake = BENCH_STAKE;
    let dir = bench_dir();
    let players = enough_players(count, BENCH_CONCURRENCY, stake);
    let config = Config {
        players: Some((players + 1).max(1_000)),
        rate: None,
        ..Config::new(dir.clone())
    };
    let result = async {
        let stack = Stack::start(config).await?;
        let mut rates = Vec::new();
        for concurrency in [1, BENCH_CONCURRENCY] {
            let run_id = uuid::Uuid::new_v4().to_string();
            let plan = Plan {
                count,
                concurrency,
                players,
                stake,
                run: run_id,
            };
            let report = load::run(&stack, &plan).await?;
            say!("-- {concurrency} at a time");
            print_figures(&figures(&plan, &report), &report);
            print_shares(&report);
            rates.push(report.ok as f64 / report.wall.as_secs_f64());
        }
        say!(
            "-- durable spins a second: {:.0} one after another, {:.0} at 32, ratio {:.2}",
            rates[0],
            rates[1],
            rates[1] / rates[0]
        );
        stack.shutdown().await?;
        Ok::<_, Failure>(())
    }
    .await;
    let _ = std::fs::remove_dir_all(&dir);
    result
}
