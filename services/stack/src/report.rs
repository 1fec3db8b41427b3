//! The take-away of a data directory that no Reelscope has open.

use std::path::PathBuf;
use std::sync::Arc;

use reelscope_presenter::facts::Observer;
use reelscope_presenter::presenter::Presenter;
use reelscope_presenter::scripts::ScriptError;
use reelscope_presenter::take_away::TakeAway;

pub use reelscope_presenter::script::ScriptLanguage;
pub use reelscope_presenter::take_away::html;

use crate::run_error::RunError;
use crate::start_error::StartError;
use crate::traces;

/// Gathers the take-away of a data directory.
///
/// # Errors
/// There is no telemetry, another process uses it, or it cannot be read.
pub async fn take_away(data_dir: PathBuf, language: ScriptLanguage) -> Result<TakeAway, RunError> {
    let collector = traces::open(&data_dir).await?;
    let observer = Observer::of_stored(collector.clone(), Arc::new(|| None));
    let made = async {
        // A report that leaves out what cannot be read would look like a whole one.
        collector.check().await.map_err(StartError::from)?;
        let presenter = Presenter::new(observer, data_dir, None)
            .map_err(|mistakes| StartError::from(ScriptError::Mistaken(mistakes)))?;
        let made = presenter.take_away(language).await;
        made.map_err(|error| RunError::Unread(error.to_string()))
    };
    let made = made.await;
    collector.shutdown().await;
    made
}
