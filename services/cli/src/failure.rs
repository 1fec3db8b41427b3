//! The end of the program when a command fails.

use reelscope_stack::settings::SettingsError;
use reelscope_stack::{RunError, StartError, StopError};

use crate::output;

/// A sentence for the person and an exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) sentence: String,
    pub(crate) exit_code: u8,
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self {
            sentence: error.to_string(),
            exit_code: error.exit_code(),
        }
    }
}

impl From<StopError> for Failure {
    fn from(error: StopError) -> Self {
        Self {
            sentence: error.to_string(),
            exit_code: error.exit_code(),
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        Self {
            sentence: error.to_string(),
            exit_code: error.exit_code(),
        }
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self {
            sentence: error.to_string(),
            exit_code: 17,
        }
    }
}

impl From<String> for Failure {
    fn from(sentence: String) -> Self {
        Self {
            sentence,
            exit_code: 1,
        }
    }
}

/// Fails when output could not be written.
pub(crate) fn written() -> Result<(), Failure> {
    output::unwritten().map_or(Ok(()), |sentence| {
        Err(Failure {
            sentence,
            exit_code: output::UNWRITTEN,
        })
    })
}
