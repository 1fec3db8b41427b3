//! The directory of a database: who holds it, which version wrote it, is it whole.
//!
//! ```text
//! <dir>/lock             held while the database is open
//! <dir>/schema-version   a decimal number, written before anything else
//! <dir>/db/              PoloDB's own files
//! ```

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use polodb_core::bson::{Document, doc};
use polodb_core::{CollectionT, Database, IndexModel};

use crate::{ID, StoreError};

/// PoloDB's cursors start at the first key of the whole database and walk over every tombstone before theirs.
/// One indexed document in a collection that sorts first keeps them short (measured: 117 ms → 0.1 ms).
const SENTINEL: &str = "!sentinel";

/// Holds the operating system's lock on `<dir>/lock`; it goes with the process, however that ends.
pub(crate) struct DirectoryLock {
    _file: File,
}

/// Opens the database in `dir`, or begins one.
pub(crate) fn open(dir: &Path, schema_version: u32) -> Result<(Database, DirectoryLock), StoreError> {
    let unwritable = |error: io::Error| unwritable(dir, &error);
    // Read before anything is created: a directory of a newer build stays as it is, to the last file time.
    let version_file = dir.join("schema-version");
    let found = match fs::read_to_string(&version_file) {
        Ok(text) => Some(text.trim().parse::<u32>().map_err(|_| {
            damaged(
                dir,
                format!(
                    "schema-version holds `{}`",
                    text.chars().take(40).collect::<String>()
                ),
            )
        })?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(damaged(dir, "schema-version is not text"));
        }
        Err(error) => return Err(unwritable(error)),
    };
    if let Some(found) = found.filter(|found| *found > schema_version) {
        return Err(StoreError::NewerSchema {
            dir: dir.to_owned(),
            found,
            known: schema_version,
        });
    }

    fs::create_dir_all(dir).map_err(unwritable)?;
    let lock = lock(dir)?;
    let files = dir.join("db");
    if found.is_none() && files.exists() {
        return Err(damaged(dir, "schema-version is missing"));
    }
    if found != Some(schema_version) {
        // From here on an older build refuses the directory: before the first document that it would misread.
        write_version(dir, schema_version).map_err(unwritable)?;
    }

    // PoloDB unwraps in a few places while it opens; on files that it does not understand this is damage too.
    let opened = catch_unwind(AssertUnwindSafe(|| open_database(&files)));
    match opened {
        Ok(Ok(db)) => Ok((db, lock)),
        Ok(Err(error)) => Err(classify(dir, error)),
        Err(_) => Err(damaged(dir, "the database could not make sense of its files")),
    }
}

/// Whole or not at all: a version that is cut short would be taken for damage.
fn write_version(dir: &Path, schema_version: u32) -> io::Result<()> {
    let new = dir.join("schema-version.new");
    let mut file = File::create(&new)?;
    writeln!(file, "{schema_version}")?;
    file.sync_all()?;
    fs::rename(new, dir.join("schema-version"))
}

fn open_database(files: &Path) -> Result<Database, StoreError> {
    let path = files
        .to_str()
        .ok_or_else(|| StoreError::Database("the path is not UTF-8".to_owned()))?;
    let db = Database::open_path(path)?;
    let names = db.list_collection_names()?;
    let sentinel = db.collection::<Document>(SENTINEL);
    if sentinel.find_one(doc! { ID: "sentinel" })?.is_none() {
        if let Some(other) = names.iter().find(|name| *name != SENTINEL) {
            return Err(StoreError::Database(format!(
                "Corruption: {other} is older than the sentinel"
            )));
        }
        sentinel.create_index(IndexModel {
            keys: doc! { "key": 1 },
            options: None,
        })?;
        sentinel.insert_one(doc! { ID: "sentinel", "key": "sentinel" })?;
    }
    // A block that does not match its checksum shows when it is read, so every collection is touched once.
    for name in names {
        db.collection::<Document>(&name).find_one(doc! {})?;
    }
    Ok(db)
}

/// Tells damage from circumstances that a person can change. The texts are RocksDB's status names.
fn classify(dir: &Path, error: StoreError) -> StoreError {
    let StoreError::Database(text) = error else {
        return error;
    };
    if text.contains("lock") || text.contains("LOCK") {
        StoreError::Locked { dir: dir.to_owned() }
    } else if text.contains("Permission denied") || text.contains("Read-only file system") {
        StoreError::Unwritable {
            dir: dir.to_owned(),
            reason: text,
        }
    } else {
        damaged(dir, text)
    }
}

/// Moves a damaged directory out of the way and returns its new name.
pub(crate) fn set_aside(dir: &Path) -> Result<PathBuf, StoreError> {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_secs());
    let mut name = dir.as_os_str().to_owned();
    name.push(format!(".damaged-{seconds}"));
    let mut aside = PathBuf::from(name.clone());
    let mut n = 1;
    while aside.exists() {
        n += 1;
        let mut numbered = name.clone();
        numbered.push(format!("-{n}"));
        aside = PathBuf::from(numbered);
    }
    fs::rename(dir, &aside).map_err(|error| unwritable(dir, &error))?;
    Ok(aside)
}

fn lock(dir: &Path) -> Result<DirectoryLock, StoreError> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(dir.join("lock"))
        .map_err(|error| unwritable(dir, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(DirectoryLock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked { dir: dir.to_owned() }),
        Err(TryLockError::Error(error)) => Err(unwritable(dir, &error)),
    }
}

fn damaged(dir: &Path, reason: impl Into<String>) -> StoreError {
    StoreError::Damaged {
        dir: dir.to_owned(),
        reason: reason.into(),
    }
}

fn unwritable(dir: &Path, error: &io::Error) -> StoreError {
    if error.kind() == io::ErrorKind::StorageFull {
        StoreError::Full
    } else {
        StoreError::Unwritable {
            dir: dir.to_owned(),
            reason: error.to_string(),
        }
    }
}
