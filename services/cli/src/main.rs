//! `reelscope`.

use std::process::ExitCode;

fn main() -> ExitCode {
    reelscope_cli::run()
}
