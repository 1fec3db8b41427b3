//! The program `reelscope`: the command line, without a window.
//!
//! Modules in reading order: [`commands`] (one file each), [`bench`] (what is measured), `examination` (what could keep a
//! machine from running the demo), `report`, `table` and `output` (what is printed), `failure` (sentences and exit codes), `reference` (the document of it all).

pub mod bench;
mod commands;
mod examination;
mod failure;
mod output;
mod reference;
mod report;
mod signal;
mod table;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use reelscope_stack::init_logs;

use crate::commands::Command;
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

/// What the command line takes, for documents and tests.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// Does what the arguments of the process ask for. Returns the exit code, after a sentence on standard error where it
/// could not be done.
pub async fn run() -> ExitCode {
    init_logs();
    let result = Cli::parse().command.run().await;
    match result.and_then(|code| written().map(|()| code)) {
        Ok(code) => code,
        Err(failure) => {
            note!("reelscope: {}", failure.sentence);
            ExitCode::from(failure.exit_code)
        }
    }
}
