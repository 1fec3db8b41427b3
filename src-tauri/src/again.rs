//! Handles a second start while the program is ending: the program starts anew once everything is closed.

use std::process::ExitCode;
use std::sync::Arc;

use parking_lot::Mutex;

/// The start that is pending. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Again(Arc<Mutex<Option<Start>>>);

/// Arguments and working directory of a start.
struct Start {
    words: Vec<String>,
    directory: String,
}

impl Again {
    /// Records a start; a later one replaces an earlier one.
    pub(crate) fn ask(&self, words: Vec<String>, directory: String) {
        *self.0.lock() = Some(Start { words, directory });
    }

    /// Starts the program anew if a start is pending, otherwise returns `code`. Where the system can, the same
    /// process continues, so that a process that waits for the first program also waits for the second.
    pub(crate) fn or_end(self, code: ExitCode) -> ExitCode {
        let asked = self.0.lock().take();
        match asked {
            Some(start) => {
                // The first word is the program itself.
                let words = start.words.into_iter().skip(1);
                start_anew(words, Some(&start.directory), code)
            }
            None => code,
        }
    }
}

/// Starts this program anew with the same arguments.
pub(crate) fn as_it_was(code: ExitCode) -> ExitCode {
    start_anew(std::env::args_os().skip(1), None, code)
}

fn start_anew<W: AsRef<std::ffi::OsStr>>(
    words: impl Iterator<Item = W>,
    directory: Option<&str>,
    otherwise: ExitCode,
) -> ExitCode {
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => {
            tracing::error!(%error, "the program cannot be started again");
            return otherwise;
        }
    };
    let mut command = std::process::Command::new(program);
    command.args(words);
    // A directory that is gone would make the start fail.
    if let Some(directory) = directory.filter(|directory| std::path::Path::new(directory).is_dir()) {
        command.current_dir(directory);
    }
    #[cfg(unix)]
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    #[cfg(not(unix))]
    let Err(error) = command.spawn() else {
        return otherwise;
    };
    tracing::error!(%error, "the program could not be started again");
    otherwise
}
