//! `reelscope ledger`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Subcommand;
use reelscope_payment_service::{journal, ledger};
use reelscope_stack::{StartError, storage};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::output::{self, say};

/// Look at the ledger.
#[derive(Subcommand)]
pub(crate) enum Ledger {
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

impl Ledger {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        let Self::Verify { data_dir, json } = self;
        verify(data_dir, json).await
    }
}

async fn verify(data_dir: PathBuf, json: bool) -> Result<ExitCode, Failure> {
    let verdict = verified(data_dir, Duration::ZERO).await?;
    if json {
        output::json(&verdict.json());
    } else {
        say!("{}", verdict.sentence());
    }
    Ok(verdict.code())
}

/// The result of verifying the ledger.
pub(super) struct Verdict(ledger::Verification);

impl Verdict {
    fn imbalance(&self) -> i64 {
        i64::try_from(self.0.imbalance).unwrap_or(i64::MAX)
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "accounts": self.0.accounts, "entries": self.0.entries,
            "pending": self.0.pending, "imbalance": self.imbalance(),
        })
    }

    pub(super) fn sentence(&self) -> String {
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

    pub(super) fn code(&self) -> ExitCode {
        if self.imbalance() == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

/// Recomputes every balance of the wallets in a data directory. Waits up to `patience` for another process to close
/// it.
pub(super) async fn verified(data_dir: PathBuf, patience: Duration) -> Result<Verdict, Failure> {
    let opened = tokio::task::spawn_blocking(move || {
        let began = std::time::Instant::now();
        loop {
            match storage::open_copy_of_wallets(&data_dir) {
                Err(reelscope_store::StoreError::Locked { .. }) if began.elapsed() < patience => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                opened => break opened,
            }
        }
    });
    let store = opened
        .await
        .map_err(|error| StartError::defect("the ledger", &error))?
        .map_err(StartError::from)?;
    let result = journal::verify(&store).await.map_err(StartError::from)?;
    Ok(Verdict(result))
}
