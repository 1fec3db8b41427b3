//! The start of a stack. What it consists of is put together in [`assembly`](crate::assembly).

use std::path::Path;

use reelscope_collector::{Collector, CollectorError, Options};
use reelscope_telemetry::init_logs;

use crate::assembly::assemble;
use crate::config::Config;
use crate::listen::bind;
use crate::stack::Stack;
use crate::start_error::StartError;
use crate::storage::{Storage, telemetry_dir};

impl Stack {
    /// Starts everything. When it returns, every server answers and the player of the demo can spin; the other
    /// players are being written in the background.
    ///
    /// # Errors
    /// [`StartError`]; nothing is left running.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        // Does nothing when the program has set up logging before.
        init_logs("warn");
        let listener = bind(config.listen).await?;
        let mut storage = Storage::open(config.data_dir.clone()).await?;
        let started = async {
            if config.settings.is_some() {
                storage.collector = Some(open_collector(&config.data_dir).await?);
            }
            assemble(config, listener, storage.clone()).await
        };
        let started = started.await;
        if started.is_err() {
            // Tasks that have started may still hold clones of the databases; closing releases the locks all the
            // same.
            for error in storage.close().await {
                tracing::warn!(%error, "after a start that failed");
            }
        }
        started
    }
}

async fn open_collector(data_dir: &Path) -> Result<Collector, StartError> {
    let dir = telemetry_dir(data_dir);
    let opened = tokio::task::spawn_blocking(move || match Collector::open(&dir, Options::standard()) {
        Err(CollectorError::Damaged { reason, .. }) => {
            let aside = reelscope_collector::set_aside(&dir)?;
            tracing::error!(dir = %dir.display(), aside = %aside.display(), reason, "damaged telemetry set aside");
            Collector::open(&dir, Options::standard())
        }
        opened => opened,
    });
    let opened = opened.await;
    let (collector, met) = opened.map_err(|error| StartError::defect("the telemetry", &error))??;
    // Telemetry contains no money, so these warnings are logged only and are no notice in the page.
    for notice in met {
        tracing::warn!("{}", notice.detail);
    }
    Ok(collector)
}
