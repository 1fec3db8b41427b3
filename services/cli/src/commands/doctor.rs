//! `reelscope doctor`.

use reelscope_stack::Settings;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

use super::data_dir_or_default;
use crate::examination;
use crate::failure::Failure;
use crate::output::{self, say};

/// Say what could keep this machine from running the demo.
#[derive(clap::Args)]
pub(crate) struct Doctor {
    /// Also send one envelope there and say what happened.
    #[arg(long)]
    dsn: Option<String>,
    /// Where the databases are [default: the user's data directory].
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        examine(self.dsn, self.data_dir, self.json).await
    }
}

async fn examine(dsn: Option<String>, data_dir: Option<PathBuf>, json: bool) -> Result<ExitCode, Failure> {
    let mut findings = examination::examine(&data_dir_or_default(data_dir)?).await;
    if let Some(dsn) = dsn.map_or_else(
        || Settings::of_this_machine().map(|found| found.dsn),
        |dsn| Ok(Some(dsn)),
    )? {
        findings.push(examination::delivery(&dsn).await);
    }
    let well = findings.iter().all(|finding| finding.ok);
    if json {
        output::json(&json!({"ok": well, "findings": findings}));
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
