//! `reelscope`: the command line, without a window.

mod output;

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use reelscope_contracts::Money;
use reelscope_contracts::game::Paytable;
use reelscope_contracts::problems::{ProblemId, ProblemState, SetTraffic};
use reelscope_contracts::telemetry::{DeliveryCounts, Span, TraceDetail};
use reelscope_stack::bench::{Comparison, Method};
use reelscope_stack::collector_bench;
use reelscope_stack::load::{self, Plan, Report};
use reelscope_stack::problem_bench::{self, Met};
use reelscope_stack::problems::{self, FIRST_RELEASE, States};
use reelscope_stack::settings::{Flags, Settings, SettingsError};
use reelscope_stack::soak;
use reelscope_stack::traffic;
use reelscope_stack::{Config, Recording, Stack, StartError, StopError, default_data_dir, doctor, init_logs};
use serde_json::{Value, json};

use crate::output::{note, say};

/// A slot machine whose every spin runs through five services.
#[derive(Parser)]
#[command(name = "reelscope", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run everything for a browser until SIGINT or SIGTERM.
    Serve {
        /// Where the page and the API listen.
        #[arg(long, default_value = "127.0.0.1:4200")]
        listen: SocketAddr,
        /// Where the databases are [default: the user's data directory].
        #[arg(long)]
        data_dir: Option<PathBuf>,
        /// Begin a reproducible sequence of rounds.
        #[arg(long)]
        seed: Option<u64>,
        /// Synthetic players there are to be [default: so many that a look-up without index costs half a second here].
        #[arg(long, value_parser = clap::value_parser!(u64).range(1..=200_000))]
        players: Option<u64>,
        /// Begin where the demo begins: release 1.0.0 with all four problems on.
        #[arg(long)]
        demo: bool,
        /// Look at the telemetry in this file, which `telemetry export` has written, and run nothing.
        #[arg(
            long,
            value_name = "FILE",
            conflicts_with_all = ["data_dir", "seed", "players", "demo", "problems", "traffic_flags", "Flags"]
        )]
        telemetry: Option<PathBuf>,
        /// Where a problem stands; the id can be `all`.
        #[arg(long = "problem", value_name = "ID=on|off|fixed", value_parser = problems::argument)]
        problems: Vec<problems::Argument>,
        #[command(flatten)]
        traffic: traffic::Flags,
        #[command(flatten)]
        settings: Flags,
    },
    /// Run virtual players for a while, and a person who spins beside them; print what all of them met. Ctrl-C ends it
    /// early, with the figures so far.
    Traffic {
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
        #[arg(long = "problem", value_name = "ID=on|off|fixed", value_parser = problems::argument)]
        problems: Vec<problems::Argument>,
        /// Where the databases are [default: a directory that is removed afterwards].
        #[arg(long)]
        data_dir: Option<PathBuf>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Start the stack, spin, print what was measured.
    Spin {
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
        #[arg(long = "problem", value_name = "ID=on|off|fixed", value_parser = problems::argument)]
        problems: Vec<problems::Argument>,
        #[command(flatten)]
        settings: Flags,
        /// Wait so many seconds for envelopes to be delivered.
        #[arg(long, default_value_t = 10, value_name = "SECONDS")]
        drain: u64,
        /// Where the databases are [default: a directory that is removed afterwards].
        #[arg(long)]
        data_dir: Option<PathBuf>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Measure this machine: spins one after another, then 32 at a time, with the share of each service; what telemetry
    /// costs; and what players meet with the problems and with their fixes. Takes two to three minutes.
    Bench {
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
        beside: Option<std::net::SocketAddr>,
    },
    /// Print the exact figures of the game.
    ParSheet {
        /// Print JSON, with strips, paylines and paytable.
        #[arg(long)]
        json: bool,
    },
    /// Look at the ledger.
    Ledger {
        #[command(subcommand)]
        command: LedgerCommand,
    },
    /// Look at the traces of a data directory that no Reelscope has open.
    Traces {
        #[command(subcommand)]
        command: TracesCommand,
    },
    /// Give telemetry away.
    Telemetry {
        #[command(subcommand)]
        command: TelemetryCommand,
    },
    /// Say what could keep this machine from running the demo.
    Doctor {
        /// Also send one envelope there and say what happened.
        #[arg(long)]
        dsn: Option<String>,
        /// Where the databases are [default: the user's data directory].
        #[arg(long)]
        data_dir: Option<PathBuf>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum LedgerCommand {
    /// Recompute every balance from the entries and compare.
    Verify {
        /// Where the databases are.
        #[arg(long)]
        data_dir: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum TracesCommand {
    /// The newest traces, newest first.
    List {
        /// Where the databases are.
        #[arg(long)]
        data_dir: PathBuf,
        /// Most traces to print.
        #[arg(long, default_value_t = 20)]
        limit: usize,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// One trace as a tree.
    Show {
        /// 32 hexadecimal digits.
        trace_id: String,
        /// Where the databases are.
        #[arg(long)]
        data_dir: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// One trace with everything that is known of it, as JSON.
    Export {
        /// 32 hexadecimal digits.
        trace_id: String,
        /// Where the databases are.
        #[arg(long)]
        data_dir: PathBuf,
        /// Also for people who write it: the output is JSON either way.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum TelemetryCommand {
    /// Write all telemetry that is kept to one new file, which `serve --telemetry FILE` shows on any machine. Reelscope may
    /// be running meanwhile.
    Export {
        /// The file to write.
        file: PathBuf,
        /// Where the databases are [default: the user's data directory].
        #[arg(long)]
        data_dir: Option<PathBuf>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// A sentence for the person and a code for the shell.
struct Failure {
    sentence: String,
    exit_code: u8,
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self {
            sentence: error.to_string(),
            exit_code: error.exit_code(),
        }
    }
}

impl From<StopError> for Failure {
    fn from(error: StopError) -> Self {
        Self {
            sentence: error.to_string(),
            exit_code: error.exit_code(),
        }
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self {
            sentence: error.to_string(),
            exit_code: 17,
        }
    }
}

impl From<String> for Failure {
    fn from(sentence: String) -> Self {
        Self {
            sentence,
            exit_code: 1,
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    init_logs();
    let result = match Cli::parse().command {
        Command::Serve {
            listen,
            telemetry: Some(file),
            ..
        } => look_at(&file, listen).await,
        Command::Serve {
            listen,
            data_dir,
            seed,
            players,
            demo,
            telemetry: None,
            problems,
            traffic,
            settings,
        } => {
            let config = |data_dir| Config {
                listen,
                players,
                problems: problems::states(&problems),
                traffic: traffic.wish(),
                ..Config::new(data_dir).seeded(seed)
            };
            match data_dir_or_default(data_dir) {
                Ok(data_dir) => serve(config(data_dir), settings, demo).await,
                Err(failure) => Err(failure),
            }
        }
        Command::Spin {
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
        } => {
            let plan = Plan {
                count,
                concurrency,
                players: players.unwrap_or_else(|| enough_players(count, concurrency, stake)),
                stake,
                run: uuid::Uuid::new_v4().to_string(),
            };
            let run = Run {
                plan,
                seed,
                problems: problems::states(&problems),
                settings,
                drain: Duration::from_secs(drain),
                data_dir,
                json,
            };
            spin(run).await
        }
        Command::Traffic {
            players,
            minutes,
            budget,
            problems,
            data_dir,
            json,
        } => {
            let wish = SetTraffic {
                running: true,
                players,
                budget_percent: budget.0,
            };
            soak(wish, minutes, problems::states(&problems), data_dir, json).await
        }
        Command::Bench {
            json,
            only: Some(Part::Collector),
            beside,
            ..
        } => collector_bench(json, beside).await,
        Command::Bench { beside: Some(_), .. } => {
            let sentence = "beside another endpoint the collector alone is measured; say --only collector";
            Err(Failure::from(sentence.to_owned()))
        }
        Command::Bench {
            json, count, only, ..
        } => bench(count, json, only).await,
        Command::ParSheet { json } => par_sheet(json),
        Command::Ledger {
            command: LedgerCommand::Verify { data_dir, json },
        } => verify(data_dir, json).await,
        Command::Traces { command } => traces(command).await,
        Command::Telemetry {
            command: TelemetryCommand::Export { file, data_dir, json },
        } => export(data_dir, file, json).await,
        Command::Doctor { dsn, data_dir, json } => examine(dsn, data_dir, json).await,
    };
    match result.and_then(|code| written().map(|()| code)) {
        Ok(code) => code,
        Err(failure) => {
            note!("reelscope: {}", failure.sentence);
            ExitCode::from(failure.exit_code)
        }
    }
}

/// Whether everything that was said has reached whoever reads it.
fn written() -> Result<(), Failure> {
    output::unwritten().map_or(Ok(()), |sentence| {
        Err(Failure {
            sentence,
            exit_code: output::UNWRITTEN,
        })
    })
}

fn data_dir_or_default(given: Option<PathBuf>) -> Result<PathBuf, Failure> {
    let none = || Failure::from("there is no home directory; choose a directory with --data-dir".to_owned());
    given.or_else(default_data_dir).ok_or_else(none)
}

async fn serve(config: Config, settings: Flags, demo: bool) -> Result<ExitCode, Failure> {
    // Before anything else, so that a signal during the start is not lost.
    let stop = stop_signal();
    let (settings, release) = settings.with_release(demo.then_some(FIRST_RELEASE))?;
    let mut stack = Stack::start(Config {
        settings: Some(settings),
        settings_file: Settings::file(),
        ..config.on_the_dial(release)
    })
    .await?;
    for notice in stack.notices() {
        note!("reelscope: {notice}");
    }
    let services: serde_json::Map<String, Value> = stack
        .addresses()
        .iter()
        .map(|(name, address)| ((*name).to_owned(), Value::from(format!("http://{address}"))))
        .collect();
    let ready = json!({
        "ready": true,
        "ui": stack.ui_url(),
        "gateway": stack.origin(),
        "collector_dsn": stack.collector_dsn(),
        "services": services,
    });
    say!("{ready}");
    if let Err(unwritten) = written() {
        // Nobody knows where it listens.
        stack.shutdown().await?;
        return Err(unwritten);
    }
    tokio::select! {
        () = stop => {
            stack.shutdown().await?;
            Ok(ExitCode::SUCCESS)
        }
        words = stack.failed() => {
            if let Err(error) = stack.shutdown().await {
                note!("reelscope: {error}");
            }
            Err(Failure::from(words))
        }
    }
}

/// Shows a recording until it is told to stop.
async fn look_at(file: &std::path::Path, listen: SocketAddr) -> Result<ExitCode, Failure> {
    let stop = stop_signal();
    let mut recording = Recording::open(file, listen).await?;
    let ready = json!({"ready": true, "ui": recording.ui_url(), "gateway": recording.origin()});
    say!("{ready}");
    let ended = match written() {
        Err(unwritten) => Err(unwritten),
        Ok(()) => tokio::select! {
            () = stop => Ok(ExitCode::SUCCESS),
            words = recording.failed() => Err(Failure::from(words)),
        },
    };
    recording.shutdown().await;
    ended
}

async fn export(data_dir: Option<PathBuf>, file: PathBuf, json: bool) -> Result<ExitCode, Failure> {
    let data_dir = data_dir_or_default(data_dir)?;
    let exported = file.clone();
    let written =
        tokio::task::spawn_blocking(move || reelscope_stack::export_telemetry(&data_dir, &exported));
    let bytes = written
        .await
        .map_err(|error| Failure::from(error.to_string()))?
        .map_err(StartError::from)?;
    if json {
        say!("{}", json!({"file": file, "bytes": bytes}));
    } else {
        say!("{} bytes of telemetry written to {}", bytes, file.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads minutes such as `10` or `0.5`: from a second to a day.
fn minutes(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().map(|minutes| 60.0 * minutes);
    let seconds = seconds.filter(|seconds| (1.0..=86_400.0).contains(seconds));
    let none = "minutes are a number such as 10 or 0.5, at most those of a day";
    seconds
        .map(Duration::from_secs_f64)
        .ok_or_else(|| none.to_owned())
}

/// A round that was under way at the end may hold its database a moment longer.
const CLOSED_WITHIN: Duration = Duration::from_secs(5);
/// Accounts for two hundred players, beside the thousand that are people's.
const PLAYERS_OF_TRAFFIC: u64 = 2_000;
/// Settlements in the background after the players have gone.
const SETTLED_AFTER_TRAFFIC: Duration = Duration::from_secs(60);

async fn soak(
    wish: SetTraffic,
    minutes: Duration,
    problems: States,
    data_dir: Option<PathBuf>,
    json: bool,
) -> Result<ExitCode, Failure> {
    let stop = stop_signal();
    let own = data_dir.is_none();
    let dir = data_dir
        .unwrap_or_else(|| std::env::temp_dir().join(format!("reelscope-traffic-{}", uuid::Uuid::new_v4())));
    let stood = problems.clone();
    // A look-up without an index costs what it is said to only among all players.
    let scans = problems.get(&ProblemId::MissingIndex) == Some(&ProblemState::On);
    let result = async {
        let (settings, _) = Flags::default().with_release(None)?;
        let stack = Stack::start(Config {
            problems,
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
            let measured = soak::run(&stack, wish, minutes, stop).await?;
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
        print_soak(&measured);
        say!("{}", ledger.sentence());
    }
    Ok(ledger.code())
}

fn print_soak(measured: &soak::Measured) {
    let waits = |name: &str, waits: &soak::Waits| {
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

#[cfg(unix)]
fn stop_signal() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = signal(SignalKind::terminate());
    let interrupt = signal(SignalKind::interrupt());
    async move {
        let (Ok(mut terminate), Ok(mut interrupt)) = (terminate, interrupt) else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
fn stop_signal() -> impl Future<Output = ()> {
    async {
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// So many players that each can lose every spin: the smallest purse of the synthetic players that take part in a
/// load holds 500.00.
fn enough_players(count: u64, concurrency: u64, stake: Money) -> u64 {
    const SMALLEST_PURSE: u64 = 50_000;
    let stake = u64::try_from(stake.minor()).unwrap_or(0);
    let spins_each = (SMALLEST_PURSE / stake.max(1)).max(1);
    count.div_ceil(spins_each).max(concurrency).min(10_000)
}

struct Run {
    plan: Plan,
    seed: Option<u64>,
    problems: States,
    settings: Flags,
    drain: Duration,
    data_dir: Option<PathBuf>,
    json: bool,
}

async fn spin(run: Run) -> Result<ExitCode, Failure> {
    let Run {
        plan,
        seed,
        problems,
        settings,
        drain,
        data_dir,
        json,
    } = run;
    let (settings, release) = settings.with_release(None)?;
    let own = data_dir.is_none();
    let dir = data_dir
        .unwrap_or_else(|| std::env::temp_dir().join(format!("reelscope-spin-{}", uuid::Uuid::new_v4())));
    // One more than there are players in the run, because the second account is left out.
    let players = (plan.players + 1).max(1_000);
    let config = Config {
        problems,
        settings: Some(settings),
        rate: None,
        ..Config::new(dir.clone()).seeded(seed)
    }
    .on_the_dial(release);
    // A look-up without an index costs what it is said to only among all players.
    let scans = config.problems.get(&ProblemId::MissingIndex) == Some(&ProblemState::On);
    let config = Config {
        players: (!scans).then_some(players),
        ..config
    };
    let result = async {
        let stack = Stack::start(config).await?;
        for notice in stack.notices() {
            note!("reelscope: {notice}");
        }
        let measured = async {
            stack.seeded().await;
            let report = load::run(&stack, &plan).await?;
            let reported = Reported::of(&stack, &report, drain).await?;
            Ok::<_, String>((report, reported))
        }
        .await;
        stack.shutdown().await?;
        Ok::<_, Failure>(measured?)
    }
    .await;
    if own {
        let _ = std::fs::remove_dir_all(&dir);
    }
    let (report, reported) = result?;
    let mut figures = figures(&plan, &report);
    reported.add_to(&mut figures, &report);
    if json {
        say!("{figures}");
    } else {
        print_figures(&figures, &report);
    }
    Ok(if report.failed_by_code.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A part of the benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// What telemetry costs.
    Telemetry,
    /// What players meet with the problems on and fixed.
    Problems,
    /// What the collector bears: for two minutes, in half a gigabyte of the disk, and so only when it is asked for.
    Collector,
}

/// A directory for one measurement.
fn bench_dir() -> PathBuf {
    std::env::temp_dir().join(format!("reelscope-bench-{}", uuid::Uuid::new_v4()))
}

async fn bench(count: u64, json: bool, only: Option<Part>) -> Result<ExitCode, Failure> {
    let mut fields = json!({});
    let mut missed: Vec<problem_bench::Missed> = Vec::new();
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
        let measured = reelscope_stack::bench::telemetry(&dir, method, |_| (), std::future::pending()).await;
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
        let met = problem_bench::run(&dir, |next| note!("reelscope: {next}…")).await;
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

async fn collector_bench(json: bool, beside: Option<std::net::SocketAddr>) -> Result<ExitCode, Failure> {
    let program = std::env::current_exe().map_err(|error| Failure::from(error.to_string()))?;
    let dir = bench_dir();
    let measured = collector_bench::run(&dir, &program, beside, |next| note!("reelscope: {next}…")).await;
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
fn print_collector(measured: &collector_bench::Report) {
    let collector_bench::Report {
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

const BENCH_STAKE: Money = Money(1_000);
const BENCH_CONCURRENCY: u64 = 32;

/// Spins one after another and then at once, with the share of each service.
async fn shares(count: u64) -> Result<(), Failure> {
    let stake = BENCH_STAKE;
    let dir = std::env::temp_dir().join(format!("reelscope-bench-{}", uuid::Uuid::new_v4()));
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

/// What share of all time worked in services each service has, and how much of it is commits with their fsync.
fn print_shares(report: &Report) {
    let whole: f64 = report.services.values().map(|share| share.total_ms).sum();
    for (name, share) in &report.services {
        say!(
            "  {name:<16} {:>5.1} % of the services' own time",
            100.0 * share.total_ms / whole
        );
    }
    let commits: f64 = report
        .writes
        .iter()
        .map(|(_, writes)| 1e3 * writes.commit_time.as_secs_f64())
        .sum();
    let wall = 1e3 * report.wall.as_secs_f64();
    say!(
        "  commits took {:.1} % of the run's wall time",
        100.0 * commits / wall
    );
}

/// How long the index may take to catch up with a run, during which it stood back.
const INDEXED_WITHIN: Duration = Duration::from_secs(60);

/// How long settlements in the background may take after a run: 256 at a time, each as slow as the provider.
const SETTLED_WITHIN: Duration = Duration::from_secs(120);

/// What became of a run's telemetry.
struct Reported {
    envelopes: DeliveryCounts,
    spans: Option<(u32, u32)>,
}

impl Reported {
    /// Waits until what can be delivered is, `drain` at most.
    async fn of(stack: &Stack, report: &Report, drain: Duration) -> Result<Self, String> {
        let Some(collector) = stack.collector() else {
            return Ok(Self {
                envelopes: DeliveryCounts::default(),
                spans: None,
            });
        };
        // What is settled behind the players belongs to their traces.
        let settled = async {
            while stack.settlement().under_way() > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(SETTLED_WITHIN, settled).await.is_err() {
            note!(
                "reelscope: settlements are still under way; the next start of this data directory ends them"
            );
        }
        stack.flush().await;
        let spans = reelscope_stack::traces::spans(collector, &report.trace_ids, INDEXED_WITHIN).await?;
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

/// The fields of product.md that a run itself measures.
#[allow(clippy::cast_precision_loss)] // counts of a run stay far below 2^53
fn figures(plan: &Plan, report: &Report) -> Value {
    let ms = |micros: u64| round3(micros as f64 / 1_000.0);
    let failed: u64 = report.failed_by_code.values().sum();
    let requests: u64 = report.services.values().map(|share| share.requests).sum();
    let errors: u64 = report.services.values().map(|share| share.errors).sum();
    let service_ms: serde_json::Map<String, Value> = report
        .services
        .iter()
        .map(|(name, share)| {
            (
                (*name).to_owned(),
                json!({"p50": round3(share.p50_ms), "p95": round3(share.p95_ms)}),
            )
        })
        .collect();
    let rtp = (report.staked > Money::ZERO)
        .then(|| round3(100.0 * report.paid_out.minor() as f64 / report.staked.minor() as f64));
    json!({
        "spins": plan.count,
        "ok": report.ok,
        "failed": failed,
        "failed_by_code": report.failed_by_code,
        "latency_ms": {
            "p50": ms(report.latency_us.value_at_quantile(0.50)),
            "p95": ms(report.latency_us.value_at_quantile(0.95)),
            "p99": ms(report.latency_us.value_at_quantile(0.99)),
            "max": ms(report.latency_us.max()),
        },
        "service_ms": service_ms,
        "staked": report.staked,
        "paid_out": report.paid_out,
        "rtp_percent": rtp,
        "requests": requests,
        "errors": errors,
        "error_rate_percent": round3(100.0 * errors as f64 / requests.max(1) as f64),
        "cpu_ms_per_spin": report.cpu_ms.map(|cpu| round3(cpu / plan.count as f64)),
        "wall_s": round3(report.wall.as_secs_f64()),
    })
}

fn round3(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

#[allow(clippy::cast_precision_loss)] // counts of a run stay far below 2^53
fn print_figures(figures: &Value, report: &Report) {
    let latency = &figures["latency_ms"];
    let money = |key: &str| Money(figures[key].as_i64().unwrap_or_default());
    say!(
        "{} of {} spins played in {} s",
        figures["ok"],
        figures["spins"],
        figures["wall_s"]
    );
    say!(
        "latency ms     p50 {}  p95 {}  p99 {}  max {}",
        latency["p50"],
        latency["p95"],
        latency["p99"],
        latency["max"]
    );
    say!(
        "staked {}  paid out {}  RTP {} %",
        money("staked"),
        money("paid_out"),
        figures["rtp_percent"]
    );
    say!("own time ms by service:");
    for (name, share) in figures["service_ms"].as_object().into_iter().flatten() {
        say!("  {name:<16} p50 {}  p95 {}", share["p50"], share["p95"]);
    }
    for (name, writes) in &report.writes {
        say!(
            "  {name:<16} {} writes in {} commits, {:.3} ms a commit",
            writes.operations,
            writes.commits,
            1e3 * writes.commit_time.as_secs_f64() / writes.commits.max(1) as f64
        );
    }
    for (code, count) in figures["failed_by_code"].as_object().into_iter().flatten() {
        say!("failed: {code} {count}");
    }
}

fn par_sheet(json: bool) -> Result<ExitCode, Failure> {
    let paytable = reelscope_game_engine::rounds::paytable();
    if json {
        say!("{}", par_sheet_json(&paytable)?);
        return Ok(ExitCode::SUCCESS);
    }
    let sheet = &paytable.par_sheet;
    say!(
        "{}: {} reels, {} rows, {} paylines",
        paytable.game,
        paytable.reels,
        paytable.rows,
        paytable.paylines.len()
    );
    say!("cycle          {}", sheet.cycle);
    say!(
        "RTP            {:.4} %  ({}/{})",
        sheet.rtp_percent,
        sheet.rtp.numerator,
        sheet.rtp.denominator
    );
    say!(
        "hit frequency  {:.4} %  ({}/{})",
        sheet.hit_frequency_percent,
        sheet.hit_frequency.numerator,
        sheet.hit_frequency.denominator
    );
    let volatility = &sheet.volatility;
    say!(
        "volatility     {} (σ {:.4}, index {:.4})",
        volatility.class,
        volatility.standard_deviation,
        volatility.index_90
    );
    say!(
        "max payout     {} × stake, {} in the cycle",
        sheet.max_payout,
        sheet.max_payout_combinations
    );
    say!("contribution to the RTP:");
    for part in &sheet.contributions {
        say!(
            "  {:<8} × {}  {:>8.4} %",
            part.symbol,
            part.count,
            part.rtp_percent
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The sheet's fields at the top level, as product.md names them, with strips, paylines and paytable beside them.
fn par_sheet_json(paytable: &Paytable) -> Result<Value, Failure> {
    let to_value =
        |value: Result<Value, serde_json::Error>| value.map_err(|error| Failure::from(error.to_string()));
    let mut whole = to_value(serde_json::to_value(paytable))?;
    if let Some(fields) = whole.as_object_mut()
        && let Some(Value::Object(mut sheet)) = fields.remove("par_sheet")
    {
        // A number here, because the cycle of this game fits one and the command line's reader expects one.
        if let Ok(cycle) = paytable.par_sheet.cycle.parse::<u64>() {
            sheet.insert("cycle".to_owned(), Value::from(cycle));
        }
        fields.extend(sheet);
    }
    Ok(whole)
}

async fn verify(data_dir: PathBuf, json: bool) -> Result<ExitCode, Failure> {
    let verdict = verified(data_dir, Duration::ZERO).await?;
    if json {
        say!("{}", verdict.json());
    } else {
        say!("{}", verdict.sentence());
    }
    Ok(verdict.code())
}

/// What the ledger says of itself.
struct Verdict(reelscope_payment_service::ledger::Verification);

impl Verdict {
    fn imbalance(&self) -> i64 {
        i64::try_from(self.0.imbalance).unwrap_or(i64::MAX)
    }

    fn json(&self) -> Value {
        json!({
            "accounts": self.0.accounts, "entries": self.0.entries,
            "pending": self.0.pending, "imbalance": self.imbalance(),
        })
    }

    fn sentence(&self) -> String {
        let verdict = if self.imbalance() == 0 {
            "the ledger balances"
        } else {
            "THE LEDGER DOES NOT BALANCE"
        };
        format!(
            "{verdict}: {} accounts, {} entries, {} pending, imbalance {}",
            self.0.accounts,
            self.0.entries,
            self.0.pending,
            self.imbalance()
        )
    }

    fn code(&self) -> ExitCode {
        if self.imbalance() == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

/// Recomputes every balance of the wallets in a data directory that nothing else has open, or will have after `patience`.
async fn verified(data_dir: PathBuf, patience: Duration) -> Result<Verdict, Failure> {
    let opened = tokio::task::spawn_blocking(move || {
        let began = std::time::Instant::now();
        loop {
            match reelscope_stack::storage::open_copy_of_wallets(&data_dir) {
                Err(reelscope_store::StoreError::Locked { .. }) if began.elapsed() < patience => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                opened => break opened,
            }
        }
    });
    let store = opened
        .await
        .map_err(|error| Failure::from(error.to_string()))?
        .map_err(StartError::from)?;
    let result = reelscope_payment_service::journal::verify(&store)
        .await
        .map_err(StartError::from)?;
    Ok(Verdict(result))
}

async fn traces(command: TracesCommand) -> Result<ExitCode, Failure> {
    use reelscope_stack::traces as viewer;
    match command {
        TracesCommand::List {
            data_dir,
            limit,
            json,
        } => {
            let collector = viewer::open(&data_dir).await?;
            let found = viewer::list(&collector, limit).await;
            collector.shutdown().await;
            let found = found?;
            if json {
                say!("{}", json!({"traces": found}));
            } else {
                for trace in &found {
                    say!(
                        "{}  {}  {:>9.1} ms  {:>3} spans  {:<8} {} {}",
                        trace.trace_id,
                        reelscope_contracts::rfc3339(trace.start_us / 1_000),
                        milliseconds(trace.duration_us),
                        trace.spans,
                        trace.status,
                        trace.service,
                        trace.name,
                    );
                }
            }
        }
        TracesCommand::Show {
            trace_id,
            data_dir,
            json: false,
        } => {
            let trace = one_trace(&trace_id, &data_dir).await?;
            print_tree(&trace);
        }
        TracesCommand::Show {
            trace_id, data_dir, ..
        }
        | TracesCommand::Export {
            trace_id, data_dir, ..
        } => {
            say!("{}", json!(one_trace(&trace_id, &data_dir).await?));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn one_trace(trace_id: &str, data_dir: &std::path::Path) -> Result<TraceDetail, Failure> {
    let collector = reelscope_stack::traces::open(data_dir).await?;
    let found = reelscope_stack::traces::one(&collector, trace_id).await;
    collector.shutdown().await;
    Ok(found?)
}

#[allow(clippy::cast_precision_loss)] // spans last far less than 2^53 microseconds
fn milliseconds(micros: i64) -> f64 {
    micros as f64 / 1_000.0
}

/// Spans under their parents, in the order in which they began; one whose parent is not there stands at the root.
fn print_tree(trace: &TraceDetail) {
    let known: HashSet<&str> = trace.spans.iter().map(|span| span.span_id.as_str()).collect();
    let mut children: HashMap<&str, Vec<&Span>> = HashMap::new();
    let mut stack = Vec::new();
    for span in &trace.spans {
        match span.parent_span_id.as_deref() {
            Some(parent) if known.contains(parent) && parent != span.span_id => {
                children.entry(parent).or_default().push(span);
            }
            _ => stack.push((0, span)),
        }
    }
    stack.sort_by_key(|(_, span)| std::cmp::Reverse(span.start_us));
    while let Some((depth, span)) = stack.pop() {
        say!(
            "{:indent$}{:<16} {:<14} {:>9.2} ms  {}",
            "",
            span.service,
            span.op,
            milliseconds(span.end_us - span.start_us),
            span.description,
            indent = 2 * depth,
        );
        let mut under = children.remove(span.span_id.as_str()).unwrap_or_default();
        under.sort_by_key(|span| std::cmp::Reverse(span.start_us));
        stack.extend(under.into_iter().map(|span| (depth + 1, span)));
    }
}

async fn examine(dsn: Option<String>, data_dir: Option<PathBuf>, json: bool) -> Result<ExitCode, Failure> {
    let mut findings = doctor::examine(&data_dir_or_default(data_dir)?).await;
    if let Some(dsn) = dsn.map_or_else(
        || Settings::of_this_machine().map(|found| found.dsn),
        |dsn| Ok(Some(dsn)),
    )? {
        findings.push(doctor::delivery(&dsn).await);
    }
    let well = findings.iter().all(|finding| finding.ok);
    if json {
        say!("{}", json!({"ok": well, "findings": findings}));
    } else {
        for finding in &findings {
            say!(
                "{} {}: {}",
                if finding.ok { "ok  " } else { "FAIL" },
                finding.check,
                finding.detail
            );
        }
    }
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
