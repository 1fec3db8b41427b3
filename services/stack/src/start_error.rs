//! The error of a stack that does not start, with a code for machines and an exit code for the program.

use std::net::SocketAddr;

use reelscope_collector::{CollectorError, RecordingError};
use reelscope_demo::faults::SwitchError;
use reelscope_payment_service as payments;
use reelscope_presenter::scripts::ScriptError;
use reelscope_store::StoreError;
use strum::{IntoStaticStr, VariantArray};
use tokio::task::JoinError;

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
    /// The script of the presentation cannot be used.
    #[error(transparent)]
    Script(#[from] ScriptError),
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
    /// The task that opened `part` panicked.
    #[must_use]
    pub fn defect(part: &'static str, panic: &JoinError) -> Self {
        Self::Defect {
            part,
            reason: panic.to_string(),
        }
    }

    /// Stable name of the error, for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.cause().into()
    }

    /// Exit code of the program.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        self.cause().exit_code()
    }

    /// What a person is told about, and can perhaps remove.
    #[must_use]
    pub fn cause(&self) -> StartErrorCode {
        match self {
            Self::PortInUse { .. } => StartErrorCode::PortInUse,
            Self::Listen { .. } => StartErrorCode::CannotListen,
            Self::Store(error) => of_store(error),
            Self::Collector(error) => of_collector(error),
            Self::Recording(RecordingError::Copy(error @ CollectorError::Damaged { .. })) => {
                of_collector(error)
            }
            Self::Recording(RecordingError::Nothing { .. }) => StartErrorCode::DataDirMissing,
            Self::Recording(RecordingError::Copy(_) | RecordingError::Unwritable { .. }) => {
                StartErrorCode::RecordingNotWritten
            }
            Self::Recording(_) => StartErrorCode::RecordingUnreadable,
            Self::Settings(_) => StartErrorCode::SettingsInvalid,
            Self::Script(_) => StartErrorCode::ScriptInvalid,
            Self::Problem(_) => StartErrorCode::ProblemNotSwitched,
            Self::Defect { .. } => StartErrorCode::Defect,
            Self::Wallets(_) => StartErrorCode::WalletsUnreadable,
        }
    }
}

fn of_store(error: &StoreError) -> StartErrorCode {
    match error {
        StoreError::Locked { .. } => StartErrorCode::DataDirLocked,
        StoreError::Unwritable { .. } => StartErrorCode::DataDirUnwritable,
        StoreError::Full => StartErrorCode::DiskFull,
        StoreError::NewerSchema { .. } => StartErrorCode::DataDirNewer,
        StoreError::Unreadable { .. } => StartErrorCode::DataDirUnreadable,
        StoreError::Damaged { .. } | StoreError::Corrupt(_) => StartErrorCode::DatabaseDamaged,
        StoreError::System(_) | StoreError::Gone { .. } => StartErrorCode::SystemError,
        StoreError::PathNotUtf8 { .. } => StartErrorCode::PathNotUtf8,
        StoreError::Missing { .. } => StartErrorCode::DataDirMissing,
        StoreError::Panicked => StartErrorCode::Defect,
        StoreError::Duplicate { .. }
        | StoreError::Ambiguous { .. }
        | StoreError::Document(_)
        | StoreError::Closed
        | StoreError::Database(_) => StartErrorCode::DatabaseError,
    }
}

fn of_collector(error: &CollectorError) -> StartErrorCode {
    match error {
        CollectorError::Locked { .. } => StartErrorCode::DataDirLocked,
        CollectorError::Unwritable { .. } => StartErrorCode::DataDirUnwritable,
        CollectorError::NewerFormat { .. } => StartErrorCode::DataDirNewer,
        CollectorError::Full { .. } => StartErrorCode::DiskFull,
        CollectorError::System { .. } => StartErrorCode::SystemError,
        CollectorError::Damaged { .. } => StartErrorCode::DatabaseDamaged,
    }
}

/// The causes that a person can tell apart. The names are stable, and each has an exit code of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum StartErrorCode {
    /// The port is in use.
    PortInUse,
    /// The address cannot be bound.
    CannotListen,
    /// Another process has the data directory open.
    DataDirLocked,
    /// The data directory cannot be written.
    DataDirUnwritable,
    /// The disk is full.
    DiskFull,
    /// A newer build wrote the data directory.
    DataDirNewer,
    /// The data directory is not as Reelscope leaves it.
    DataDirUnreadable,
    /// The settings are invalid.
    SettingsInvalid,
    /// A database is damaged.
    DatabaseDamaged,
    /// An error of the system that may pass.
    SystemError,
    /// The path of the data directory is not UTF-8.
    #[strum(serialize = "path_not_utf8")]
    PathNotUtf8,
    /// There is no database.
    DataDirMissing,
    /// A fault cannot be brought to its configured state.
    ProblemNotSwitched,
    /// Something panicked.
    Defect,
    /// The database refused.
    DatabaseError,
    /// The wallets contain what this build cannot work with.
    WalletsUnreadable,
    /// A recording cannot be shown.
    RecordingUnreadable,
    /// A recording cannot be written or copied.
    RecordingNotWritten,
    /// The script of the presentation has mistakes, or cannot be read.
    ScriptInvalid,
}

impl StartErrorCode {
    /// All of them, in the order of their exit codes.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Exit code of the program.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::PortInUse => 10,
            Self::CannotListen => 11,
            Self::DataDirLocked => 12,
            Self::DataDirUnwritable => 13,
            Self::DiskFull => 14,
            Self::DataDirNewer => 15,
            Self::DataDirUnreadable => 16,
            Self::SettingsInvalid => 17,
            Self::DatabaseDamaged => 18,
            Self::SystemError => 19,
            Self::PathNotUtf8 => 20,
            Self::DataDirMissing => 21,
            Self::ProblemNotSwitched => 22,
            Self::Defect => 23,
            Self::DatabaseError => 24,
            Self::WalletsUnreadable => 25,
            Self::RecordingUnreadable => 29,
            Self::RecordingNotWritten => 30,
            Self::ScriptInvalid => 31,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_exit_codes_are_stable_and_each_is_one_cause() {
        let names: Vec<&str> = StartErrorCode::ALL.iter().map(Into::into).collect();
        let expected = "port_in_use cannot_listen data_dir_locked data_dir_unwritable disk_full data_dir_newer \
            data_dir_unreadable settings_invalid database_damaged system_error path_not_utf8 data_dir_missing \
            problem_not_switched defect database_error wallets_unreadable recording_unreadable recording_not_written \
            script_invalid";
        assert_eq!(names.join(" "), expected);
        let codes: Vec<u8> = StartErrorCode::ALL.iter().map(|code| code.exit_code()).collect();
        assert!(codes.is_sorted_by(|one, next| one < next), "{codes:?}");
    }
}
