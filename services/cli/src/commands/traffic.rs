//! `reelscope traffic`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use reelscope_demo::faults::States;
use reelscope_demo::faults::arguments::{self, Argument};
use reelscope_demo::faults::table::{FaultId, FaultState};
use reelscope_demo::traffic;
use reelscope_demo::wire::SetTraffic;
use reelscope_stack::settings::SettingsFlags;
use reelscope_stack::{Config, Stack};
use serde_json::{Value, json};

use super::ledger::{Verdict, verified};
use crate::bench::traffic::{self as measuring, Measured, Waits};
use crate::failure::Failure;
use crate::output::{self, note, say};
use crate::run::{RunDir, settled};
use crate::signal::stop_signal;

/// Limit of waiting for a round under way, which may hold its database after the stop.
const CLOSED_WITHIN: Duration = Duration::from_secs(5);
/// Number of accounts: enough for two hundred virtual players, beside the thousand that are for people.
const PLAYERS_OF_TRAFFIC: u64 = 2_000;
/// Limit of waiting for settlements in the background after the players have stopped.
const SETTLED_AFTER_TRAFFIC: Duration = Duration::from_secs(60);

/// Run virtual players for a while, and a person who spins beside them; print what all of them met. Ctrl-C ends it
/// early, with the figures so far.
#[derive(clap::Args)]
pub(crate) struct Traffic {
    /// Virtual players.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
    players: u32,
    /// How long they spin, in minutes; a part of one is as good.
    #[arg(long, default_value = "1", value_parser = minutes)]
    minutes: Duration,
    /// Share of all cores that they keep to, 10 to 100, or `none`.
    #[arg(long, default_value = "50", value_name = "PERCENT|none", value_parser = traffic::budget)]
    budget: traffic::Budget,
    /// Where a problem stands; the id can be `all`.
    #[arg(long = "problem", value_name = "ID=on|off|fixed", value_parser = arguments::argument)]
    problems: Vec<Argument>,
    /// Where the databases are [default: a directory that is removed afterwards].
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Traffic {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        let Self {
            players,
            minutes,
            budget,
            problems,
            data_dir,
            json,
        } = self;
        let wish = SetTraffic {
            running: true,
            players,
            budget_percent: budget.0,
        };
        let problems = arguments::states(&problems);
        let dir = RunDir::new(data_dir, "traffic");
        let (measured, ledger) = measure(&dir, problems.clone(), wish, minutes).await?;
        let mut fields = json!(measured);
        let states = problems
            .iter()
            .map(|(id, state)| (id.as_str().to_owned(), json!(state)));
        fields["problems"] = Value::Object(states.collect());
        fields["ledger"] = ledger.json();
        if json {
            output::json(&fields);
        } else {
            print_measured(&measured);
            say!("{}", ledger.sentence());
        }
        Ok(ledger.code())
    }
}

/// Runs the traffic on a stack of its own, and then verifies the ledger.
async fn measure(
    dir: &RunDir,
    problems: States,
    wish: SetTraffic,
    length: Duration,
) -> Result<(Measured, Verdict), Failure> {
    let stop = stop_signal();
    // All players are created, because the time of a look-up without an index grows with their number.
    let scans = problems.get(&FaultId::MissingIndex) == Some(&FaultState::On);
    let (settings, _) = SettingsFlags::default().with_release(None)?;
    let stack = Stack::start(Config {
        faults: problems,
        players: (!scans).then_some(PLAYERS_OF_TRAFFIC),
        settings: Some(settings),
        ..Config::new(dir.path().to_owned())
    })
    .await?;
    for notice in stack.notices() {
        note!("reelscope: {notice}");
    }
    note!("reelscope: writing the players, then spinning alone, then beside them…");
    stack.seeded().await;
    let measured = measuring::run(&stack, wish, length, stop).await;
    if measured.is_ok() && !settled(&stack, SETTLED_AFTER_TRAFFIC).await {
        note!("reelscope: settlements are still under way; the next start of this data directory ends them");
    }
    stack.shutdown().await?;
    Ok((measured?, verified(dir.path().to_owned(), CLOSED_WITHIN).await?))
}

/// Parses minutes such as `10` or `0.5`, from one second to one day.
fn minutes(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().map(|minutes| 60.0 * minutes);
    let seconds = seconds.filter(|seconds| (1.0..=86_400.0).contains(seconds));
    let none = "minutes are a number such as 10 or 0.5, at most those of a day";
    seconds
        .map(Duration::from_secs_f64)
        .ok_or_else(|| none.to_owned())
}

fn print_measured(measured: &Measured) {
    let waits = |name: &str, waits: &Waits| {
        say!(
            "{name:<22} {:>6} spins, {:>4} failed, p50 {:.1} ms, p95 {:.1} ms, max {:.1} ms",
            waits.spins,
            waits.failed,
            waits.p50,
            waits.p95,
            waits.max
        );
    };
    say!(
        "{} players for {:.0} s: {:.2} spins a second, held back {:.0} % of the time",
        measured.players,
        measured.seconds,
        measured.per_second,
        measured.throttled_percent
    );
    waits("the players", &measured.players_ms);
    for (code, count) in &measured.failed_by_code {
        say!("  failed: {code} {count}");
    }
    waits("a person alone", &measured.own_alone_ms);
    waits("the same beside them", &measured.own_beside_ms);
    let cpu = &measured.cpu_percent;
    say!(
        "CPU of all cores       mean {:.1} %; over two seconds p5 {:.1} %, p50 {:.1} %, p95 {:.1} %",
        cpu.mean,
        cpu.p5,
        cpu.p50,
        cpu.p95
    );
    let memory = &measured.memory_mb;
    let by_minute: Vec<_> = memory.by_minute.iter().map(|mb| format!("{mb:.0}")).collect();
    say!(
        "memory MB              {:.0} at the start, {:.0} at most, {:.0} at the end; by minute {}",
        memory.start,
        memory.max,
        memory.end,
        by_minute.join(" ")
    );
}
