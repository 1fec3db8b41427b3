//! `reelscope bench`.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use reelscope_contracts::Money;
use reelscope_stack::bench::{self as on_and_off, Comparison, Method};
use reelscope_stack::load::{self, Plan};
use reelscope_stack::{Config, Stack};
use serde_json::json;

use super::spin::enough_players;
use crate::bench::problems::{self, BenchCase, Met, Missed};
use crate::bench::{collector, tables};
use crate::failure::Failure;
use crate::output::{self, note, say};
use crate::run::RunDir;
use crate::table::{Format, Table};

const BENCH_STAKE: Money = Money(1_000);
const BENCH_CONCURRENCY: u64 = 32;

/// Measure this machine: spins one after another, then 32 at a time, with the share of each service; what telemetry
/// costs; and what players meet with the problems and with their fixes. Takes two to three minutes.
#[derive(clap::Args)]
pub(crate) struct Bench {
    /// Print JSON, of the costs of telemetry and of the problems only.
    #[arg(long)]
    json: bool,
    /// Print a document in Markdown, of the collector too.
    #[arg(long, conflicts_with_all = ["json", "only"])]
    markdown: bool,
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
    /// What a presenter's spins meet, one at a time with all problems; not part of the whole benchmark.
    Story,
    /// What the collector bears: for two minutes, in half a gigabyte of the disk, and so only when it is asked for.
    Collector,
}

impl Bench {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        if self.beside.is_some() && self.only != Some(Part::Collector) {
            let sentence = "beside another endpoint the collector alone is measured; say --only collector";
            return Err(Failure::from(sentence.to_owned()));
        }
        let format = if self.markdown {
            Format::Markdown
        } else {
            Format::Text
        };
        if self.markdown {
            heading().lines().for_each(|line| say!("{line}"));
        }
        let (mut fields, mut missed) = (json!({}), Vec::new());
        if self.only.is_none() && !self.json {
            spins(self.count).await?.print(format);
        }
        if self.wants(Part::Telemetry) {
            let measured = telemetry(self.count).await?;
            fields = json!(measured);
            if !self.json {
                tables::telemetry(&measured, BENCH_CONCURRENCY).print(format);
            }
        }
        let cases = match self.only {
            Some(Part::Story) => vec![problems::story()],
            None | Some(Part::Problems) => problems::conditions(),
            Some(Part::Telemetry | Part::Collector) => Vec::new(),
        };
        if !cases.is_empty() {
            let met = problems(cases).await?;
            missed = met.iter().flat_map(Met::missed).collect();
            fields["problems"] = json!(met);
            fields["missed"] = json!(missed);
            if !self.json {
                tables::problems(&met).print(format);
            }
        }
        if self.only == Some(Part::Collector) || self.markdown {
            let measured = collector(self.beside).await?;
            fields = json!(measured);
            if !self.json {
                tables::collector(&measured).print(format);
            }
        }
        if self.json {
            output::json(&fields);
        }
        note_missed(&missed);
        Ok(ExitCode::from(u8::from(!missed.is_empty())))
    }

    /// Whether to measure `part`, one of those that a whole benchmark consists of.
    fn wants(&self, part: Part) -> bool {
        self.only.is_none_or(|only| only == part)
    }
}

/// Returns the head of a document: the machine and the build that were measured.
fn heading() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    format!(
        "# Performance\n\nWritten by `reelscope bench --markdown` of {} {} ({profile} profile) on {} {}, {cores} cores. Each figure \
         stands beside its baseline of the same run: machines differ, ratios less so.",
        env!("CARGO_PKG_NAME"),
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
    )
}

/// Measures in a temporary directory, which is also removed after an error.
async fn in_own_dir<T, E>(measure: impl AsyncFnOnce(&Path) -> Result<T, E>) -> Result<T, E> {
    let dir = RunDir::new(None, "bench");
    measure(dir.path()).await
}

async fn telemetry(count: u64) -> Result<Comparison, Failure> {
    note!("reelscope: telemetry on against off…");
    let method = Method {
        count,
        concurrency: BENCH_CONCURRENCY,
        players: enough_players(3 * count, BENCH_CONCURRENCY, BENCH_STAKE),
        sample_rate: 1.0,
    };
    let measured =
        in_own_dir(async |dir| on_and_off::telemetry(dir, method, |_| (), std::future::pending()).await);
    let measured = measured.await?;
    Ok(measured.ok_or("the measurement was cancelled".to_owned())?)
}

async fn problems(cases: Vec<BenchCase>) -> Result<Vec<Met>, Failure> {
    let begins = |next: &str| note!("reelscope: {next}…");
    Ok(in_own_dir(async |dir| problems::run(dir, cases, begins).await).await?)
}

async fn collector(beside: Option<SocketAddr>) -> Result<collector::Report, Failure> {
    let program = std::env::current_exe().map_err(|error| Failure::from(error.to_string()))?;
    let next = |next: &str| note!("reelscope: {next}…");
    Ok(in_own_dir(async |dir| collector::run(dir, &program, beside, next).await).await?)
}

fn note_missed(missed: &[Missed]) {
    for missed in missed {
        note!(
            "reelscope: {}: {} is {:.1}, not {} to {}; is the machine busy with something else?",
            missed.condition,
            missed.figure,
            missed.measured,
            missed.least,
            missed.most
        );
    }
}

/// Measures spins, one after another and then concurrently, with the own time of each service.
async fn spins(count: u64) -> Result<Table, Failure> {
    let stake = BENCH_STAKE;
    let players = enough_players(count, BENCH_CONCURRENCY, stake);
    in_own_dir(async |dir| {
        let config = Config {
            players: Some((players + 1).max(1_000)),
            rate: None,
            ..Config::new(dir.to_owned())
        };
        let stack = Stack::start(config).await?;
        let run = |concurrency| Plan {
            count,
            concurrency,
            players,
            stake,
            run: uuid::Uuid::new_v4().to_string(),
        };
        let measured = async {
            let alone = load::run(&stack, &run(1)).await?;
            let together = load::run(&stack, &run(BENCH_CONCURRENCY)).await?;
            Ok::<_, String>(tables::spins(&alone, &together, BENCH_CONCURRENCY))
        };
        let measured = measured.await;
        stack.shutdown().await?;
        Ok(measured?)
    })
    .await
}
