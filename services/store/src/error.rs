//! Errors of a database, each with a sentence that tells the person what to do.

use std::io;
use std::path::{Path, PathBuf};

/// Why a store could not be opened, read or written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Another process, or another store of this process, has the directory open.
    #[error("{} is in use by another Reelscope; close it, or choose another --data-dir", .dir.display())]
    Locked {
        /// The directory.
        dir: PathBuf,
    },
    /// A newer build wrote the directory. Nothing in it was changed.
    #[error(
        "{} was written by a newer Reelscope (schema {found}, this one knows {known}); update Reelscope, or choose another --data-dir",
        .dir.display()
    )]
    NewerSchema {
        /// The directory.
        dir: PathBuf,
        /// Version found in the directory.
        found: u32,
        /// Newest version this build knows.
        known: u32,
    },
    /// RocksDB reports corrupt files. Nothing was changed; [`crate::set_aside`] moves the directory.
    #[error("the database in {} is damaged: {reason}", .dir.display())]
    Damaged {
        /// The directory.
        dir: PathBuf,
        /// What the database said.
        reason: String,
    },
    /// Files that a store always leaves are missing or unreadable, without proof of damage. Nothing was changed.
    #[error(
        "the database in {} cannot be opened and was left as it is: {reason}; restore it, move it away, or choose another --data-dir",
        .dir.display()
    )]
    Unreadable {
        /// The directory.
        dir: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// There is no database in the directory.
    #[error("there is no database in {}; name the --data-dir of a Reelscope that has run", .dir.display())]
    Missing {
        /// The directory.
        dir: PathBuf,
    },
    /// The directory cannot be created or written.
    #[error("cannot write to {}: {reason}; choose a --data-dir that you may write to", .dir.display())]
    Unwritable {
        /// The directory.
        dir: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The database takes paths in UTF-8 only.
    #[error("the path {} is not UTF-8; choose a --data-dir whose path is", .dir.display())]
    PathNotUtf8 {
        /// The directory.
        dir: PathBuf,
    },
    /// The disk or the user's quota is full. The store takes writes again by itself once there is room.
    #[error("the disk is full; free some space")]
    Full,
    /// A failure of the system that may pass, such as an I/O error, no memory or too many open files. Stored data
    /// is intact.
    #[error(
        "the system could not read or write the database: {0}; what is stored was left as it is, try again"
    )]
    System(String),
    /// The directory is no longer where it was opened. What is written to it would be lost.
    #[error("{} was removed or moved while it was in use; put it back, or start Reelscope again", .dir.display())]
    Gone {
        /// The directory.
        dir: PathBuf,
    },
    /// RocksDB reported corrupt files during a read or a write.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// A document with this id exists already.
    #[error("`{id}` is in {collection} already")]
    Duplicate {
        /// The collection.
        collection: &'static str,
        /// The id.
        id: String,
    },
    /// Two documents have the same value in a field that must be unique.
    #[error("two documents of {collection} have the same {field}")]
    Ambiguous {
        /// The collection.
        collection: &'static str,
        /// The field.
        field: &'static str,
    },
    /// A record cannot be converted to a document, or a document to a record.
    #[error("a document does not fit its record: {0}")]
    Document(String),
    /// The operation or the writer panicked. The operation was rolled back, and the writer continues.
    #[error("a write met a defect and was undone")]
    Panicked,
    /// The store is closed, or is being closed.
    #[error("the store is closed")]
    Closed,
    /// Any other error of PoloDB.
    #[error("database: {0}")]
    Database(String),
}

impl StoreError {
    /// Whether the error concerns the files rather than the request. RocksDB refuses every write after such an
    /// error until the database is opened anew.
    pub(crate) const fn stops_writes(&self) -> bool {
        matches!(
            self,
            Self::Full | Self::System(_) | Self::Gone { .. } | Self::Corrupt(_) | Self::Panicked
        )
    }

    /// Converts an error of the system about `dir`.
    pub(crate) fn of_system(dir: &Path, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            // `NotADirectory`: a file lies where the directory should be.
            io::ErrorKind::PermissionDenied
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::AlreadyExists => Self::Unwritable {
                dir: dir.to_owned(),
                reason: error.to_string(),
            },
            _ => Self::System(format!("{}: {error}", dir.display())),
        }
    }
}

/// Classifies an error of RocksDB by the name of its status, which begins every text (`Status::ToString` in
/// `util/status.cc`), and by the system's own words, which end the text of an I/O error.
fn of_rocksdb(text: String) -> StoreError {
    let names = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // RocksDB reports an I/O error during its check of the files as corruption. Only a missing file is damage.
    let unread = names(&["IO error"]) && !names(&["No such file or directory"]);
    if text.starts_with("Corruption") && !unread {
        StoreError::Corrupt(text)
    } else if names(&["No space left on device", "Disk quota exceeded"]) {
        StoreError::Full
    } else if text.starts_with("IO error") || unread {
        StoreError::System(text)
    } else {
        StoreError::Database(text)
    }
}

impl From<polodb_core::Error> for StoreError {
    fn from(error: polodb_core::Error) -> Self {
        match error {
            polodb_core::Error::RocksDbErr(text) => of_rocksdb(text),
            polodb_core::Error::IOErr(error) => match error.source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
                _ => Self::System(error.source.to_string()),
            },
            other => Self::Database(other.to_string()),
        }
    }
}

impl From<polodb_core::bson::ser::Error> for StoreError {
    fn from(error: polodb_core::bson::ser::Error) -> Self {
        Self::Document(error.to_string())
    }
}

impl From<polodb_core::bson::de::Error> for StoreError {
    fn from(error: polodb_core::bson::de::Error) -> Self {
        Self::Document(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Uses texts as RocksDB 9 writes them.
    #[test]
    fn only_what_the_database_calls_corruption_is_damage() {
        let kind = |text: &str| match of_rocksdb(text.to_owned()) {
            StoreError::Corrupt(_) => "damage",
            StoreError::Full => "full",
            StoreError::System(_) => "system",
            StoreError::Database(_) => "other",
            other => panic!("{text}: {other:?}"),
        };
        let check = |expected: &str, text: &str| assert_eq!(kind(text), expected, "{text}");
        check(
            "damage",
            "Corruption: block checksum mismatch: stored = 1, computed = 2, type = 4  in /d/000009.sst",
        );
        check("damage", "Corruption: CURRENT file does not end with newline");
        check(
            "damage",
            "Corruption: Can't access /000012.sst: IO error: No such file or directory: while stat a file for size: /d/000012.sst: No such file or directory",
        );
        check(
            "system",
            "Corruption: Can't access /000012.sst: IO error: while stat a file for size: /d/000012.sst: Input/output error",
        );
        check(
            "full",
            "IO error: No space left on device: While appending to file: /d/000013.log: No space left on device",
        );
        check(
            "full",
            "IO error: While open a file for appending: /d/000013.log: Disk quota exceeded",
        );
        for words in [
            "Input/output error",
            "Cannot allocate memory",
            "Too many open files in system",
            "Too many open files",
        ] {
            check(
                "system",
                &format!("IO error: While open a file for random read: /d/000009.sst: {words}"),
            );
        }
        check(
            "system",
            "IO error: Stale file handle: while stat a file for size: /d/CURRENT: Stale file handle",
        );
        check("other", "Invalid argument: unsupported option");
        check("other", "Not implemented: unknown checksum");
    }
}
