//! Errors of the collector, with their sentences.

use std::io;
use std::path::{Path, PathBuf};

use axum::response::{IntoResponse, Response};
use reelscope_contracts::{ApiProblem, Code};
use reelscope_http::respond;

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
    /// A newer build wrote it. Nothing was changed.
    #[error("{} was written by a newer Reelscope (telemetry format {found}); update Reelscope, or choose another --data-dir", .dir.display())]
    NewerFormat {
        /// The directory.
        dir: PathBuf,
        /// Version found.
        found: u32,
    },
    /// The file is damaged; [`set_aside`](crate::set_aside) moves it. Nothing was changed.
    #[error("the telemetry in {} is damaged ({reason}); start Reelscope, which sets it aside and begins a new one", .dir.display())]
    Damaged {
        /// The directory.
        dir: PathBuf,
        /// SQLite's message.
        reason: String,
    },
    /// The disk is full.
    #[error("the disk is full, so that telemetry cannot be kept in {}; make room, or choose another --data-dir", .dir.display())]
    Full {
        /// The directory.
        dir: PathBuf,
    },
    /// A failure of the system that may pass, such as an I/O error. Stored data is intact.
    #[error("the system could not read or write the telemetry in {}: {reason}; what is stored was left as it is, try again", .dir.display())]
    System {
        /// The directory.
        dir: PathBuf,
        /// The system's error.
        reason: String,
    },
    /// The directory cannot be read or written.
    #[error("cannot store telemetry in {}: {reason}; choose a --data-dir with write permission", .dir.display())]
    Unwritable {
        /// The directory.
        dir: PathBuf,
        /// The system's error.
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

/// Stored data could not be read. This does not mean that it is damaged or missing.
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

/// Why a recording was not written or not opened.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RecordingError {
    /// There is no telemetry to export.
    #[error("there is no telemetry in {}; spin first", .dir.display())]
    Nothing {
        /// The directory.
        dir: PathBuf,
    },
    /// The file exists. It was not changed.
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
    /// The file is no telemetry of Reelscope, or it is damaged.
    #[error("{} is not telemetry of Reelscope, or is damaged ({reason}); export it again with `reelscope telemetry export`", .file.display())]
    Foreign {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The file cannot be read.
    #[error("{} cannot be read: {reason}", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The system's error.
        reason: String,
    },
    /// The file cannot be written.
    #[error("{} cannot be written: {reason}; make room, or choose a place with write permission", .file.display())]
    Unwritable {
        /// The file.
        file: PathBuf,
        /// The system's error.
        reason: String,
    },
    /// The copy of the file cannot be opened.
    #[error(transparent)]
    Copy(#[from] CollectorError),
}

impl RecordingError {
    /// `file` could not be written because of `error`.
    pub fn unwritable(file: &Path, error: &dyn std::error::Error) -> Self {
        Self::Unwritable {
            file: file.to_owned(),
            reason: error.to_string(),
        }
    }
}

/// Why an envelope was refused.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CaptureError {
    /// It is no envelope, or it is too large.
    #[error(transparent)]
    Malformed(#[from] EnvelopeError),
    /// Too many bytes wait for the disk.
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
        respond(ApiProblem::from(&self))
    }
}
