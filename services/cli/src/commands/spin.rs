//! `reelscope spin`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use reelscope_contracts::Money;
use reelscope_demo::faults::arguments::{self, Argument};
use reelscope_demo::faults::table::{FaultId, FaultState};
use reelscope_page_api::telemetry::DeliveryCounts;
use reelscope_stack::load::{self, Plan, Report};
use reelscope_stack::settings::SettingsFlags;
use reelscope_stack::{Config, RunError, Stack, traces};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::output::{self, note};
use crate::report::{figures, print_figures};
use crate::run::{RunDir, settled};

/// Start the stack, spin, print what was measured.
#[derive(clap::Args)]
pub(crate) struct Spin {
    /// Spins in all.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    count: u64,
    /// Spins under way at the same time.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1024))]
    concurrency: u64,
    /// Players who take turns [default: so many that no purse runs empty].
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    players: Option<u64>,
    /// Stake of each spin.
    #[arg(long, default_value = "10.00")]
    stake: Money,
    /// Begin a reproducible sequence of rounds.
    #[arg(long)]
    seed: Option<u64>,
    /// Where a problem stands; the id can be `all`. `fixed` keeps a bad provider and copes with it.
    #[arg(long = "problem", value_name = "ID=on|off|fixed", value_parser = arguments::argument)]
    problems: Vec<Argument>,
    #[command(flatten)]
    settings: SettingsFlags,
    /// Wait so many seconds for envelopes to be delivered.
    #[arg(long, default_value_t = 10, value_name = "SECONDS")]
    drain: u64,
    /// Where the databases are [default: a directory that is removed afterwards].
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Spin {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        let Self {
            count,
            concurrency,
            players,
            stake,
            seed,
            problems,
            settings,
            drain,
            data_dir,
            json,
        } = self;
        let plan = Plan {
            count,
            concurrency,
            players: players.unwrap_or_else(|| enough_players(count, concurrency, stake)),
            stake,
            run: uuid::Uuid::new_v4().to_string(),
        };
        let problems = arguments::states(&problems);
        let drain = Duration::from_secs(drain);
        let (settings, release) = settings.with_release(None)?;
        let dir = RunDir::new(data_dir, "spin");
        // One more than there are players in the run, because the second account is left out.
        let players = (plan.players + 1).max(1_000);
        let config = Config {
            faults: problems,
            settings: Some(settings),
            rate: None,
            ..Config::new(dir.path().to_owned()).seeded(seed)
        }
        .on_the_dial(release);
        // Only among all players does a look-up without an index take its promised time.
        let scans = config.faults.get(&FaultId::MissingIndex) == Some(&FaultState::On);
        let config = Config {
            players: (!scans).then_some(players),
            ..config
        };
        let (report, reported) = measure(config, &plan, drain).await?;
        let mut figures = figures(&plan, &report);
        reported.add_to(&mut figures, &report);
        if json {
            output::json(&figures);
        } else {
            print_figures(&figures, &report);
        }
        Ok(if report.failed_by_code.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

/// Runs the spins on a stack of their own.
async fn measure(config: Config, plan: &Plan, drain: Duration) -> Result<(Report, Reported), Failure> {
    let stack = Stack::start(config).await?;
    for notice in stack.notices() {
        note!("reelscope: {notice}");
    }
    let measured = async {
        stack.seeded().await;
        let report = load::run(&stack, plan).await?;
        let reported = Reported::of(&stack, &report, drain).await?;
        Ok::<_, RunError>((report, reported))
    }
    .await;
    stack.shutdown().await?;
    Ok(measured?)
}

/// The number of players with which each can lose all of its spins: the smallest wallet of the synthetic players in
/// a load holds 500.00.
pub(super) fn enough_players(count: u64, concurrency: u64, stake: Money) -> u64 {
    const SMALLEST_PURSE: u64 = 50_000;
    let stake = u64::try_from(stake.minor()).unwrap_or(0);
    let spins_each = (SMALLEST_PURSE / stake.max(1)).max(1);
    count.div_ceil(spins_each).max(concurrency).min(10_000)
}

/// Limit of waiting for the index, which pauses during a run.
const INDEXED_WITHIN: Duration = Duration::from_secs(60);

/// Limit of waiting for settlements in the background: 256 at a time, each as slow as the provider.
const SETTLED_WITHIN: Duration = Duration::from_secs(120);

/// The telemetry of a run.
struct Reported {
    envelopes: DeliveryCounts,
    spans: Option<(u32, u32)>,
}

impl Reported {
    /// Waits up to `drain` until everything that can be delivered is.
    async fn of(stack: &Stack, report: &Report, drain: Duration) -> Result<Self, RunError> {
        let Some(collector) = stack.collector() else {
            return Ok(Self {
                envelopes: DeliveryCounts::default(),
                spans: None,
            });
        };
        // Settlements in the background belong to the traces of the spins.
        if !settled(stack, SETTLED_WITHIN).await {
            note!(
                "reelscope: settlements are still under way; the next start of this data directory ends them"
            );
        }
        stack.flush().await;
        let spans = traces::spans(collector, &report.trace_ids, INDEXED_WITHIN).await?;
        Ok(Self {
            envelopes: collector.drain(drain).await,
            spans,
        })
    }

    fn add_to(&self, figures: &mut Value, report: &Report) {
        figures["trace_ids"] = report.trace_ids().collect();
        if let Some((min, max)) = self.spans {
            figures["spans_per_trace"] = json!({"min": min, "max": max});
        }
        figures["envelopes"] = json!(self.envelopes);
    }
}
