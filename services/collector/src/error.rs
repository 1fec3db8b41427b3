//! What the collector cannot do or refuses, and how it says so.

use std::io;
use std::path::{Path, PathBuf};

use axum::response::{IntoResponse, Response};
use reelscope_contracts::{ApiProblem, Code};

use crate::envelope::EnvelopeError;

/// Why a collector could not be opened.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CollectorError {
    /// Another process has the directory open.
    #[error("{} is in use by another Reelscope; close it, or choose another --data-dir", .dir.display())]
    Locked {
        /// The directory.
        dir: PathBuf,
    },
    /// A newer build wrote it. Nothing was touched.
    #[error("{} was written by a newer Reelscope (telemetry format {found}); update Reelscope, or choose another --data-dir", .dir.display())]
    NewerFormat {
        /// The directory.
        dir: PathBuf,
        /// Version found.
        found: u32,
    },
    /// The file is damaged; [`set_aside`](crate::set_aside) moves it out of the way. Nothing was touched.
    #[error("the telemetry in {} is damaged ({reason}); start Reelscope, which sets it aside and begins a new one", .dir.display())]
    Damaged {
        /// The directory.
        dir: PathBuf,
        /// What SQLite said.
        reason: String,
    },
    /// There is no room to begin with.
    #[error("the disk is full, so that telemetry cannot be kept in {}; make room, or choose another --data-dir", .dir.display())]
    Full {
        /// The directory.
        dir: PathBuf,
    },
    /// The directory cannot be read or written.
    #[error("cannot store telemetry in {}: {reason}; choose a --data-dir with write permission", .dir.display())]
    Unwritable {
        /// The directory.
        dir: PathBuf,
        /// What the system said.
        reason: String,
    },
}

impl CollectorError {
    pub(crate) fn unwritable(dir: &Path, error: &io::Error) -> Self {
        Self::Unwritable {
            dir: dir.to_owned(),
            reason: error.to_string(),
        }
    }
}

/// What is kept could not be read from the disk just now: nothing is said of what it is.
#[derive(Debug, thiserror::Error)]
#[error("the telemetry could not be read: {0}")]
pub struct ReadError(#[from] rusqlite::Error);

impl From<ReadError> for ApiProblem {
    fn from(ReadError(error): ReadError) -> Self {
        let detail = format!(
            "The telemetry could not be read ({error}). Ask again; if it stays so, start Reelscope again."
        );
        Self::new(Code::ServiceUnavailable, detail)
    }
}

/// Why telemetry was not written to a file, or a file of it not opened.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RecordingError {
    /// There is none to export.
    #[error("there is no telemetry in {}; spin first", .dir.display())]
    Nothing {
        /// The directory.
        dir: PathBuf,
    },
    /// A file of this name is there already. It was not touched.
    #[error("{} is there already; choose another name", .file.display())]
    Exists {
        /// The file.
        file: PathBuf,
    },
    /// A newer build wrote it.
    #[error("{} was written by a newer Reelscope (telemetry format {found}); update Reelscope", .file.display())]
    Newer {
        /// The file.
        file: PathBuf,
        /// Version found.
        found: u32,
    },
    /// It is no telemetry of Reelscope, or damaged.
    #[error("{} is not telemetry of Reelscope, or is damaged ({reason}); export it again with `reelscope telemetry export`", .file.display())]
    Foreign {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It cannot be read.
    #[error("{} cannot be read: {reason}", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// It cannot be written.
    #[error("{} cannot be written: {reason}; make room, or choose a place with write permission", .file.display())]
    Unwritable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The copy that was made of it cannot be opened.
    #[error(transparent)]
    Copy(#[from] CollectorError),
}

impl RecordingError {
    /// `file` could not be written, which `error` says why.
    pub fn unwritable(file: &Path, error: &dyn std::error::Error) -> Self {
        Self::Unwritable {
            file: file.to_owned(),
            reason: error.to_string(),
        }
    }
}

/// Why an envelope was not taken.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CaptureError {
    /// It is not an envelope, or too large.
    #[error(transparent)]
    Malformed(#[from] EnvelopeError),
    /// More is waiting to be written than may be kept in memory.
    #[error("too many envelopes are waiting to be written to disk")]
    Busy,
    /// The disk refused it.
    #[error("the envelope could not be written: {0}")]
    Disk(String),
    /// The collector is shutting down.
    #[error("the collector is closed")]
    Closed,
}

impl From<&CaptureError> for ApiProblem {
    fn from(error: &CaptureError) -> Self {
        let later = |detail: &str| Self {
            retry_after: Some(1),
            ..Self::new(Code::ServiceUnavailable, detail)
        };
        match error {
            CaptureError::Malformed(error) => error.into(),
            CaptureError::Busy => {
                later("Envelopes arrive faster than the disk can write; send this one again.")
            }
            CaptureError::Disk(_) => later("The envelope could not be written to the disk; send it again."),
            CaptureError::Closed => later("The collector is shutting down; send the envelope again."),
        }
    }
}

impl IntoResponse for CaptureError {
    fn into_response(self) -> Response {
        ApiProblem::from(&self).into_response()
    }
}
