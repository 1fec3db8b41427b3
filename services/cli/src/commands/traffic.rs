//! `reelscope traffic`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use reelscope_demo::faults::arguments::{self, Argument};
use reelscope_demo::faults::table::{FaultId, FaultState};
use reelscope_demo::traffic;
use reelscope_demo::wire::SetTraffic;
use reelscope_stack::settings::SettingsFlags;
use reelscope_stack::{Config, Stack};
use serde_json::{Value, json};

use super::ledger::verified;
use crate::bench::traffic::{self as measuring, Measured, Waits};
use crate::failure::Failure;
use crate::output::{note, say};
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
        let stop = stop_signal();
        let own = data_dir.is_none();
        let dir = data_dir.unwrap_or_else(|| {
            std::env::temp_dir().join(format!("reelscope-traffic-{}", uuid::Uuid::new_v4()))
        });
        let stood = problems.clone();
        // Only among all players does a look-up without an index take its promised time.
        let scans = problems.get(&FaultId::MissingIndex) == Some(&FaultState::On);
        let result = async {
            let (settings, _) = SettingsFlags::default().with_release(None)?;
            let stack = Stack::start(Config {
                faults: problems,
                players: (!scans).then_some(PLAYERS_OF_TRAFFIC),
                settings: Some(settings),
                ..Config::new(dir.clone())
            })
            .await?;
            for notice in stack.notices() {
                note!("reelscope: {notice}");
            }
            let measured = async {
                note!("reelscope: writing the players, then spinning alone, then beside them…");
                stack.seeded().await;
                let measured = measuring::run(&stack, wish, minutes, stop).await?;
                let settled = async {
                    while stack.settlement().under_way() > 0 {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                };
                if tokio::time::timeout(SETTLED_AFTER_TRAFFIC, settled).await.is_err() {
                    note!("reelscope: settlements are still under way; the next start of this data directory ends them");
                }
                Ok::<_, String>(measured)
            }
            .await;
            stack.shutdown().await?;
            let measured = measured?;
            Ok::<_, Failure>((measured, verified(dir.clone(), CLOSED_WITHIN).await?))
        }
        .await;
        if own {
            let _ = std::fs::remove_dir_all(&dir);
        }
        let (measured, ledger) = result?;
        let mut fields = json!(measured);
        let states = stood
            .iter()
            .map(|(id, state)| (id.as_str().to_owned(), json!(state)));
        fields["problems"] = Value::Object(states.collect());
        fields["ledger"] = ledger.json();
        if json {
            say!("{fields}");
        } else {
            print_measured(&measured);
            say!("{}", ledger.sentence());
        }
        Ok(ledger.code())
    }
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
