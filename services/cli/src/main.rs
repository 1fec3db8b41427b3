//! `reelscope`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    reelscope_cli::run().await
}
