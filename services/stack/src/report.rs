//! The take-away of a data directory that no Reelscope has open.

use std::path::PathBuf;
use std::sync::Arc;

use reelscope_presenter::facts::{Observer, Surroundings};
use reelscope_presenter::presenter::Presenter;
use reelscope_presenter::scripts::ScriptError;
use reelscope_presenter::take_away::TakeAway;

pub use reelscope_presenter::script::ScriptLanguage;
pub use reelscope_presenter::take_away::html;

use crate::preferences::{PREFERENCES, Preferences};
use crate::run_error::RunError;
use crate::settings::Settings;
use crate::start_error::StartError;
use crate::traces;

/// Gathers the take-away of a data directory. The values of the calculator are those of this user.
///
/// # Errors
/// There is no telemetry, another process uses it, or it cannot be read.
pub async fn take_away(data_dir: PathBuf, language: ScriptLanguage) -> Result<TakeAway, RunError> {
    let collector = traces::open(&data_dir).await?;
    let preferences = Preferences::of(Settings::file().map(|file| file.with_file_name(PREFERENCES)));
    let surroundings = Surroundings {
        cost: Arc::new(|| None),
        assumptions: Arc::new(move || preferences.assumptions()),
    };
    let observer = Observer::of_stored(collector.clone(), surroundings);
    let made = async {
        let presenter = Presenter::new(observer, data_dir, None)
            .map_err(|mistakes| StartError::from(ScriptError::Mistaken(mistakes)))?;
        let made = presenter.take_away(language).await;
        made.map_err(|error| RunError::Unread(error.to_string()))
    };
    let made = made.await;
    collector.shutdown().await;
    made
}
