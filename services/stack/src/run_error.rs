//! The error of what runs for a limited time, on a stack of its own or on stored telemetry.

use crate::start_error::{StartError, StartErrorCode};
use crate::storage::StopError;

/// Why a run did not come to its end. It keeps its cause, because the exit code of the program follows from it.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The data could not be opened, or the stack could not be started.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The stack could not be stopped.
    #[error(transparent)]
    Stop(#[from] StopError),
    /// Stored telemetry is not damaged, and could not be read all the same, for the reason of this sentence.
    #[error("{0}")]
    Unread(String),
    /// The run itself failed, for the reason of this sentence.
    #[error("{0}")]
    Failed(String),
}

impl From<String> for RunError {
    fn from(sentence: String) -> Self {
        Self::Failed(sentence)
    }
}

impl From<&str> for RunError {
    fn from(sentence: &str) -> Self {
        Self::Failed(sentence.to_owned())
    }
}

impl RunError {
    /// Exit code of the program: that of the cause, where it has one.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Start(error) => error.exit_code(),
            Self::Stop(error) => error.exit_code(),
            // The system could not read it, which may pass.
            Self::Unread(_) => StartErrorCode::SystemError.exit_code(),
            Self::Failed(_) => 1,
        }
    }
}
