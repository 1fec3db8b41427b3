//! What can go wrong with a database, each with a sentence for the person who has to act.

use std::path::PathBuf;

/// Why a store could not be opened, read or written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Another process, or another part of this one, has the directory open.
    #[error("{} is in use by another Reelscope; close it, or choose another --data-dir", .dir.display())]
    Locked {
        /// The directory.
        dir: PathBuf,
    },
    /// A newer build wrote it. Nothing was touched.
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
    /// The database cannot be read. [`crate::Store::open`] sets it aside instead of returning this.
    #[error("the database in {} is damaged: {reason}", .dir.display())]
    Damaged {
        /// The directory.
        dir: PathBuf,
        /// What the database said.
        reason: String,
    },
    /// The directory cannot be created or written.
    #[error("cannot write to {}: {reason}; choose a --data-dir that you may write to", .dir.display())]
    Unwritable {
        /// The directory.
        dir: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// No room is left.
    #[error("the disk is full; free some space and start again")]
    Full,
    /// A document with this id exists.
    #[error("`{id}` is in {collection} already")]
    Duplicate {
        /// The collection.
        collection: &'static str,
        /// The id.
        id: String,
    },
    /// Two documents have a value that only one may have.
    #[error("two documents of {collection} have the same {field}")]
    Ambiguous {
        /// The collection.
        collection: &'static str,
        /// The field.
        field: &'static str,
    },
    /// A record cannot be turned into a document, or back.
    #[error("a document does not fit its record: {0}")]
    Document(String),
    /// The operation panicked; nothing of it was written.
    #[error("a write met a defect and was undone")]
    Panicked,
    /// The store is closing.
    #[error("the store is closed")]
    Closed,
    /// Anything else the database said.
    #[error("database: {0}")]
    Database(String),
}

impl From<polodb_core::Error> for StoreError {
    fn from(error: polodb_core::Error) -> Self {
        let text = error.to_string();
        if text.contains("No space left on device") {
            Self::Full
        } else {
            Self::Database(text)
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
