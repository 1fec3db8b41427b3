//! The commands. Each file has the arguments of one command and what it does.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use reelscope_stack::{StartErrorCode, default_data_dir};

use crate::failure::Failure;
use crate::run::defer_removal;
use crate::signal::stop_signal;

mod bench;
mod doctor;
mod ledger;
mod par_sheet;
mod report;
mod serve;
mod spin;
mod telemetry;
mod traces;
mod traffic;

#[derive(Subcommand)]
pub(crate) enum Command {
    Serve(serve::Serve),
    Traffic(traffic::Traffic),
    Spin(spin::Spin),
    Bench(bench::Bench),
    ParSheet(par_sheet::ParSheet),
    #[command(subcommand)]
    Ledger(ledger::Ledger),
    #[command(subcommand)]
    Traces(traces::Traces),
    #[command(subcommand)]
    Telemetry(telemetry::Telemetry),
    Report(report::Report),
    Doctor(doctor::Doctor),
}

/// Exit code of a command that was interrupted, as shells have it for Ctrl-C.
pub(crate) const INTERRUPTED: u8 = 130;

impl Command {
    /// Runs the command until it ends, or until it is interrupted: what it holds is given up then, so that a temporary
    /// directory is removed.
    pub(crate) async fn run_until_interrupted(self) -> Result<ExitCode, Failure> {
        // These end in their own way.
        if matches!(self, Self::Serve(_) | Self::Traffic(_)) {
            return self.run().await;
        }
        tokio::select! {
            ended = self.run() => ended,
            () = interrupted() => Err(Failure {
                sentence: "interrupted before it was done".to_owned(),
                exit_code: INTERRUPTED,
            }),
        }
    }

    async fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Serve(serve) => serve.run().await,
            Self::Traffic(traffic) => traffic.run().await,
            Self::Spin(spin) => spin.run().await,
            Self::Bench(bench) => bench.run().await,
            Self::ParSheet(par_sheet) => par_sheet.run(),
            Self::Ledger(ledger) => ledger.run().await,
            Self::Traces(traces) => traces.run().await,
            Self::Telemetry(telemetry) => telemetry.run().await,
            Self::Report(report) => report.run().await,
            Self::Doctor(doctor) => doctor.run().await,
        }
    }
}

/// Completes when the command is to be given up.
async fn interrupted() {
    stop_signal().await;
    defer_removal();
}

fn data_dir_or_default(given: Option<PathBuf>) -> Result<PathBuf, Failure> {
    let none = || Failure {
        sentence: "there is no home directory; choose a directory with --data-dir".to_owned(),
        exit_code: StartErrorCode::DataDirUnwritable.exit_code(),
    };
    given.or_else(default_data_dir).ok_or_else(none)
}
