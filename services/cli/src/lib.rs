//! The program `reelscope`: the command line, without a window.
//!
//! ```text
//!   main ──> commands   serve, spin, traffic, bench, doctor, traces, telemetry, report, ledger,
//!              │            par-sheet
//!              │
//!              ├─ run          the data directory of a run, and waiting for its end
//!              ├─ bench        benchmarks: problems, traffic, collector
//!              ├─ examination  the checks of doctor
//!              ├─ report       the figures of a run, as text and JSON
//!              ├─ table        figures in rows, for a terminal or a document
//!              ├─ reference    the document of all commands
//!              └─ signal       Ctrl-C and SIGTERM
//!           output    standard output and standard error, also when their reader has gone
//!           failure   sentences and exit codes
//! ```
//!
//! Every command that spins uses [`reelscope_stack::Stack`], the same that the window runs.

pub mod bench;
mod commands;
mod examination;
mod failure;
mod hand_out;
mod output;
mod reference;
mod report;
mod run;
mod signal;
mod table;

use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory, Parser};
use reelscope_stack::{StartErrorCode, init_logs};

use crate::commands::{Command, INTERRUPTED};
use crate::failure::written;
use crate::output::note;

pub use reference::reference;

/// A slot machine whose every spin runs through five services.
#[derive(Parser)]
#[command(name = "reelscope", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Describes the command line, for documents and tests.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// How long an interrupted command waits for work that cannot be given up.
const PATIENCE: Duration = Duration::from_secs(1);

/// Runs the command of the process's arguments and returns the exit code. A failure is one sentence on standard
/// error.
#[must_use]
pub fn run() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime {
        Ok(runtime) => {
            let code = runtime.block_on(run_command());
            if code == ExitCode::from(INTERRUPTED) {
                // Otherwise the end waits for work that cannot be given up, such as a copy of the telemetry.
                runtime.shutdown_timeout(PATIENCE);
                run::remove_deferred();
            }
            code
        }
        // There are too few files or threads.
        Err(error) => {
            note!(
                "reelscope: the system does not let the program start ({error}); raise its limits, or try again"
            );
            ExitCode::from(StartErrorCode::SystemError.exit_code())
        }
    }
}

async fn run_command() -> ExitCode {
    init_logs();
    let result = match Cli::try_parse() {
        Ok(cli) => cli.command.run_until_interrupted().await,
        Err(answer) => {
            output::usage(&answer);
            Ok(ExitCode::from(u8::try_from(answer.exit_code()).unwrap_or(1)))
        }
    };
    match result.and_then(|code| written().map(|()| code)) {
        Ok(code) => code,
        Err(failure) => {
            note!("reelscope: {}", failure.sentence);
            ExitCode::from(failure.exit_code)
        }
    }
}
