//! The error of a stack that does not start, with a code for machines and an exit code for the program.

use std::net::SocketAddr;

use reelscope_collector::{CollectorError, RecordingError};
use reelscope_demo::faults::SwitchError;
use reelscope_payment_service as payments;
use reelscope_store::StoreError;

use crate::settings::SettingsError;

/// Why a stack did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is in use.
    #[error("port {port} is in use by another program; choose another with --listen 127.0.0.1:PORT")]
    PortInUse {
        /// The port.
        port: u16,
    },
    /// The address cannot be bound.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's error.
        reason: String,
    },
    /// A database cannot be opened or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The telemetry cannot be opened or written.
    #[error(transparent)]
    Collector(#[from] CollectorError),
    /// The recording cannot be shown.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// The settings are invalid.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A fault cannot be brought to its configured state.
    #[error(transparent)]
    Problem(#[from] SwitchError),
    /// The wallets contain what this build cannot work with.
    #[error("the wallets cannot be read: {0}")]
    Wallets(String),
    /// Opening a part panicked.
    #[error("{part} could not be opened because of a defect: {reason}")]
    Defect {
        /// What was being opened.
        part: &'static str,
        /// Message of the panic.
        reason: String,
    },
}

impl From<payments::PaymentError> for StartError {
    fn from(error: payments::PaymentError) -> Self {
        match error {
            payments::PaymentError::Store(error) => Self::Store(error),
            other => Self::Wallets(other.to_string()),
        }
    }
}

impl StartError {
    /// Stable name of the error, for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.row().0
    }

    /// Exit code of the program; each cause that a person can remove has its own.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        self.row().1
    }

    fn row(&self) -> (&'static str, u8) {
        match self {
            Self::PortInUse { .. } => ("port_in_use", 10),
            Self::Listen { .. } => ("cannot_listen", 11),
            Self::Store(StoreError::Locked { .. }) => ("data_dir_locked", 12),
            Self::Store(StoreError::Unwritable { .. }) => ("data_dir_unwritable", 13),
            Self::Store(StoreError::Full) => ("disk_full", 14),
            Self::Store(StoreError::NewerSchema { .. }) => ("data_dir_newer", 15),
            Self::Collector(CollectorError::Locked { .. }) => ("data_dir_locked", 12),
            Self::Collector(CollectorError::Unwritable { .. }) => ("data_dir_unwritable", 13),
            Self::Collector(CollectorError::NewerFormat { .. }) => ("data_dir_newer", 15),
            Self::Collector(CollectorError::Full { .. }) => ("disk_full", 14),
            Self::Collector(CollectorError::Damaged { .. }) => ("database_damaged", 18),
            Self::Store(StoreError::Unreadable { .. }) => ("data_dir_unreadable", 16),
            Self::Recording(RecordingError::Copy(_) | RecordingError::Unwritable { .. }) => {
                ("recording_not_written", 30)
            }
            Self::Recording(_) => ("recording_unreadable", 29),
            Self::Settings(_) => ("settings_invalid", 17),
            Self::Store(StoreError::Damaged { .. } | StoreError::Corrupt(_)) => ("database_damaged", 18),
            Self::Store(StoreError::System(_)) => ("system_error", 19),
            Self::Store(StoreError::PathNotUtf8 { .. }) => ("path_not_utf8", 20),
            Self::Store(StoreError::Missing { .. }) => ("data_dir_missing", 21),
            Self::Problem(_) => ("problem_not_switched", 22),
            Self::Defect { .. } | Self::Store(StoreError::Panicked) => ("defect", 23),
            Self::Store(
                StoreError::Duplicate { .. }
                | StoreError::Ambiguous { .. }
                | StoreError::Document(_)
                | StoreError::Closed
                | StoreError::Database(_),
            ) => ("database_error", 24),
            Self::Wallets(_) => ("wallets_unreadable", 25),
        }
    }
}
