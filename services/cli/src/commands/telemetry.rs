//! `reelscope telemetry`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use reelscope_stack::{StartError, export_telemetry};
use serde_json::json;

use super::data_dir_or_default;
use crate::failure::Failure;
use crate::output::{self, say};

/// Give telemetry away.
#[derive(Subcommand)]
pub(crate) enum Telemetry {
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

impl Telemetry {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        let Self::Export { file, data_dir, json } = self;
        export(data_dir, file, json).await
    }
}

async fn export(data_dir: Option<PathBuf>, file: PathBuf, json: bool) -> Result<ExitCode, Failure> {
    let data_dir = data_dir_or_default(data_dir)?;
    let exported = file.clone();
    let written = tokio::task::spawn_blocking(move || export_telemetry(&data_dir, &exported));
    let bytes = written
        .await
        .map_err(|error| StartError::defect("the telemetry", &error))?
        .map_err(StartError::from)?;
    if json {
        output::json(&json!({"file": file, "bytes": bytes}));
    } else {
        say!("{} bytes of telemetry written to {}", bytes, file.display());
    }
    Ok(ExitCode::SUCCESS)
}
