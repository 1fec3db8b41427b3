//! The desktop shell of Reelscope: a window with the machine, and the services that live as long as it.
//!
//! ```text
//!   main ──> lifecycle   start, stop, exit code ──> the stack (five services, in this process)
//!                ├─ again     a second start while the program ends
//!                ├─ window    what the window shows, and where it may go
//!                │    ├─ frame, screen   its size, and the scale of its page
//!                │    ├─ webkit          settings of the engine (Linux)
//!                │    └─ presenter       a second window, with the presenter's notes
//!                ├─ page      keeps the stack's page open when its process dies or hangs
//!                └─ message   what the splash page says (words, language)
//!   environment   variables and display (Linux), before everything else
//! ```
//!
//! The page comes from our own server on loopback and cannot call Tauri: the program grants no capability. Whatever
//! the page can do, a browser can do too.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod again;
#[cfg(target_os = "linux")]
mod environment;
mod frame;
mod language;
mod lifecycle;
mod message;
mod page;
mod presenter;
mod screen;
#[cfg(target_os = "linux")]
mod webkit;
mod window;
mod words;

use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use reelscope_demo::faults::arguments::{Argument, argument};
use reelscope_demo::traffic;
use reelscope_stack::settings::SettingsFlags;

/// Reelscope in a window of its own.
///
/// One instance runs per desktop session, whatever its data directory: a second start brings the first window to the
/// front and exits with 0; while the first is closing, it opens again. `reelscope serve` runs as many side by side as there are data directories.
#[derive(Debug, Parser)]
#[command(name = "reelscope-desktop", version)]
struct Arguments {
    /// Where players, ledger and rounds are kept; by default the data directory of the system's user.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,

    /// Draws every round from this seed, so that a demonstration can be repeated.
    #[arg(long, value_name = "S")]
    seed: Option<u64>,

    /// How many players a new data directory is filled with.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=200_000))]
    players: Option<u64>,

    /// Where a problem of the demo stands at the start, instead of where the release has it; the id can be `all`.
    #[arg(long = "problem", value_name = "ID=on|off|fixed", value_parser = argument)]
    problems: Vec<Argument>,

    /// The script of the presentation, as TOML, instead of the one that was chosen in the window or is built in.
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,

    #[command(flatten)]
    traffic: traffic::TrafficFlags,

    #[command(flatten)]
    settings: SettingsFlags,
}

/// Exit code when there is no display to open a window on.
#[cfg(target_os = "linux")]
const NO_DISPLAY: u8 = 27;

/// Exit code when help or version could not be written.
const UNWRITTEN: u8 = 26;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(answer) => return answered(&answer),
    };
    #[cfg(target_os = "linux")]
    environment::settle();
    reelscope_stack::init_logs();
    #[cfg(target_os = "linux")]
    if let Err(reason) = environment::display() {
        // Without a window the sentence goes to standard error; a failure to write it is ignored.
        let _ = writeln!(std::io::stderr(), "reelscope-desktop: {reason}");
        return ExitCode::from(NO_DISPLAY);
    }
    lifecycle::run(arguments)
}

/// Prints help, version, or what is wrong with the arguments. A reader that has gone is no error.
fn answered(answer: &clap::Error) -> ExitCode {
    match answer.print().and_then(|()| std::io::stdout().flush()) {
        Err(error) if !answer.use_stderr() && error.kind() != ErrorKind::BrokenPipe => {
            ExitCode::from(UNWRITTEN)
        }
        _ => ExitCode::from(u8::try_from(answer.exit_code()).unwrap_or(1)),
    }
}
