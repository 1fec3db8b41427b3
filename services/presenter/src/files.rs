//! The files of the presenter in the data directory.

use std::io;
use std::path::Path;
use std::time::Instant;

use reelscope_contracts::{ApiProblem, Code};
use reelscope_store::durable;

use crate::progress::Progress;
use crate::scripts::OwnScript;

/// Name of the file with the progress.
pub(crate) const PROGRESS: &str = "presentation.json";
/// Name of the file with the presenter's own script.
pub(crate) const OWN_SCRIPT: &str = "presentation.toml";
/// Name of the file with what was entered into the calculator.
pub(crate) const CALCULATOR: &str = "calculator.json";

/// Reads a stored file; an unreadable one counts as absent, because nothing in it is worth a failed start.
pub(crate) fn stored(file: &Path) -> Option<String> {
    let read = durable::read(file).and_then(|bytes| {
        String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    });
    match read {
        Ok(text) => Some(text),
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                tracing::warn!(file = %file.display(), %error, "this file of the presenter cannot be read");
            }
            None
        }
    }
}

/// Reads the presenter's own script that was chosen in the window.
pub(crate) fn stored_script(data_dir: &Path) -> Option<OwnScript> {
    OwnScript::read(stored(&data_dir.join(OWN_SCRIPT))?)
        .inspect_err(|mistakes| {
            let first = mistakes.first().map(ToString::to_string).unwrap_or_default();
            tracing::warn!(
                first,
                "the stored script has mistakes, and the built-in one is used"
            );
        })
        .ok()
}

/// Reads the progress of the last run.
pub(crate) fn stored_progress(data_dir: &Path) -> Progress {
    let read = |text: String| {
        serde_json::from_str::<Progress>(&text)
            .inspect_err(|error| tracing::warn!(%error, "the progress of the presentation begins anew"))
            .ok()
    };
    let mut progress = stored(&data_dir.join(PROGRESS))
        .and_then(read)
        .unwrap_or_default();
    progress.resume(Instant::now());
    progress
}

/// Runs a write on a blocking thread.
pub(crate) async fn stored_on_disk(
    write: impl FnOnce() -> io::Result<()> + Send + 'static,
) -> Result<(), ApiProblem> {
    let written = tokio::task::spawn_blocking(write).await;
    let written = written.unwrap_or_else(|error| Err(io::Error::other(error)));
    written.map_err(|error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ApiProblem::disk_full(),
        _ => {
            let sentence = format!("The presentation could not be stored: {error}.");
            ApiProblem::new(Code::ServiceUnavailable, sentence)
        }
    })
}
