//! `reelscope serve`.

use reelscope_demo::faults::arguments::{self, Argument};
use reelscope_demo::faults::dial::FIRST_RELEASE;
use reelscope_demo::traffic;
use reelscope_stack::settings::{Settings, SettingsFlags};
use reelscope_stack::{Config, OwnScript, Recording, ScriptError, Stack, StartError};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::data_dir_or_default;
use crate::failure::{Failure, written};
use crate::output::{self, note};
use crate::signal::stop_signal;

/// Run everything for a browser until SIGINT or SIGTERM.
#[derive(clap::Args)]
pub(crate) struct Serve {
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
    /// Begin where the demo begins: release 1.0.0 with all problems of the story on.
    #[arg(long)]
    demo: bool,
    /// The script of the presentation, as TOML [default: the one that was chosen in the window, or the built-in one].
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Look at the telemetry in this file, which `telemetry export` has written, and run nothing.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["data_dir", "seed", "players", "demo", "script", "problems", "TrafficFlags", "SettingsFlags"]
    )]
    telemetry: Option<PathBuf>,
    /// Where a problem stands; the id can be `all`.
    #[arg(long = "problem", value_name = "ID=on|off|fixed", value_parser = arguments::argument)]
    problems: Vec<Argument>,
    #[command(flatten)]
    traffic: traffic::TrafficFlags,
    #[command(flatten)]
    settings: SettingsFlags,
}

impl Serve {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        if let Some(file) = &self.telemetry {
            return look_at(file, self.listen).await;
        }
        let script = self.script.as_deref().map(opened).transpose()?;
        let config = Config {
            listen: self.listen,
            script,
            players: self.players,
            faults: arguments::states(&self.problems),
            traffic: self.traffic.wish(),
            ..Config::new(data_dir_or_default(self.data_dir)?).seeded(self.seed)
        };
        serve(config, self.settings, self.demo).await
    }
}

/// Opens a script; each of its mistakes is a line on standard error.
fn opened(file: &Path) -> Result<OwnScript, Failure> {
    OwnScript::open(file).map_err(|error| {
        let ScriptError::Mistaken(mistakes) = &error else {
            return StartError::from(error).into();
        };
        for mistake in mistakes {
            note!("{}: {mistake}", file.display());
        }
        Failure {
            sentence: format!("the script has {} mistakes; nothing was started", mistakes.len()),
            exit_code: StartError::from(error).exit_code(),
        }
    })
}

async fn serve(config: Config, settings: SettingsFlags, demo: bool) -> Result<ExitCode, Failure> {
    // Registered first, so that a signal during the start is not lost.
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
    output::json(&ready);
    if let Err(unwritten) = written() {
        // The ready line could not be written, so no client knows the address.
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

/// Shows a recording until the program is told to stop.
async fn look_at(file: &Path, listen: SocketAddr) -> Result<ExitCode, Failure> {
    let stop = stop_signal();
    let mut recording = Recording::open(file, listen).await?;
    let ready = json!({"ready": true, "ui": recording.ui_url(), "gateway": recording.origin()});
    output::json(&ready);
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
