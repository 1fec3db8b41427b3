//! The database while it is open, and its way back after an error that stops it.
//!
//! RocksDB refuses every write after one has failed for want of room or by an I/O error, until it has been opened anew: with
//! transactions it does not resume by itself (`ErrorHandler::OverrideNoSpaceError` in `db/error_handler.cc`).

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use parking_lot::{Mutex, MutexGuard, RwLock};
use polodb_core::Database;
use tempfile::TempDir;

use crate::directory::{self, DirectoryLock};
use crate::indexes::Indexes;
use crate::{StoreError, directory::files};

/// Room that is wanted beside what RocksDB writes while it opens.
const SPARE_ROOM: u64 = 1024 * 1024;

/// Whether a store takes writes.
#[derive(Debug, Clone)]
pub enum Condition {
    /// It does.
    Well,
    /// It does not, for this reason, and goes on once the reason has gone.
    Stopped(StoreError),
    /// It was closed.
    Closed,
}

impl Condition {
    /// The word of a health check: `ok`, `disk_full`, `storage_error` or `closed`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Well => "ok",
            Self::Stopped(StoreError::Full) => "disk_full",
            Self::Stopped(_) => "storage_error",
            Self::Closed => "closed",
        }
    }
}

/// What belongs to the store and goes with it.
pub(crate) enum Held {
    /// The lock of the data directory.
    Directory(#[allow(dead_code)] DirectoryLock),
    /// A copy of a directory, which is removed.
    Copy(#[allow(dead_code)] TempDir),
}

/// A database and which indexes it has.
struct Open {
    db: Database,
    indexes: Indexes,
}

impl Open {
    fn new(db: Database) -> Self {
        Self {
            indexes: Indexes::of(&db),
            db,
        }
    }
}

/// The open database. Whoever uses it holds it for reading; it is exchanged when nobody does.
pub(crate) struct Live {
    dir: PathBuf,
    open: RwLock<Option<Open>>,
    condition: Mutex<Condition>,
    held: Mutex<Option<Held>>,
}

impl Live {
    pub(crate) fn new(dir: &Path, db: Database, held: Held) -> Self {
        Self {
            dir: dir.to_owned(),
            open: RwLock::new(Some(Open::new(db))),
            condition: Mutex::new(Condition::Well),
            held: Mutex::new(Some(held)),
        }
    }

    pub(crate) fn condition(&self) -> Condition {
        self.lock_condition().clone()
    }

    /// Uses the database.
    ///
    /// # Errors
    /// Why there is none at the moment; else what `work` says.
    pub(crate) fn with<T>(
        &self,
        work: impl FnOnce(&Database, &Indexes) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let open = self.open.read();
        match open.as_ref() {
            Some(open) => work(&open.db, &open.indexes),
            None => Err(self.why_stopped().unwrap_or(StoreError::Closed)),
        }
    }

    /// Why no writes are taken; `None` when they are.
    pub(crate) fn why_stopped(&self) -> Option<StoreError> {
        match &*self.lock_condition() {
            Condition::Well => None,
            Condition::Stopped(error) => Some(error.clone()),
            Condition::Closed => Some(StoreError::Closed),
        }
    }

    /// From here on no writes are taken until [`Live::reopen`] succeeds.
    pub(crate) fn stop(&self, error: StoreError) {
        let mut condition = self.lock_condition();
        if matches!(*condition, Condition::Well) {
            tracing::error!(dir = %self.dir.display(), %error, "the database takes no writes until this has passed");
        }
        *condition = Condition::Stopped(error);
    }

    /// Opens the database anew, once there is room for what RocksDB writes while it opens.
    ///
    /// # Errors
    /// Why it did not work, which is then the condition.
    pub(crate) fn reopen(&self) -> Result<(), StoreError> {
        let reopened = self.exchange();
        match &reopened {
            Ok(()) => {
                *self.lock_condition() = Condition::Well;
                tracing::warn!(dir = %self.dir.display(), "the database takes writes again");
            }
            Err(error) => self.stop(error.clone()),
        }
        reopened
    }

    fn exchange(&self) -> Result<(), StoreError> {
        self.room_to_open()
            .and_then(|wanted| self.try_room(wanted))
            .map_err(|error| StoreError::of_system(&self.dir, &error))?;
        // Waits for whoever reads, and closes before it opens: RocksDB has its files open once.
        let mut open = self.open.write();
        *open = None;
        *open = Some(Open::new(directory::open_files(&self.dir, true)?));
        Ok(())
    }

    /// Bytes that RocksDB writes at most while it opens: everything that is in its logs alone.
    fn room_to_open(&self) -> io::Result<u64> {
        let mut wanted = SPARE_ROOM;
        for entry in fs::read_dir(files(&self.dir))? {
            let entry = entry?;
            if entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "log")
            {
                wanted += entry.metadata()?.len();
            }
        }
        Ok(wanted)
    }

    /// Writes that much, and removes it again.
    fn try_room(&self, wanted: u64) -> io::Result<()> {
        let path = self.dir.join("room");
        let written = (|| {
            let mut file = File::create(&path)?;
            let block = [0_u8; 64 * 1024];
            for _ in 0..wanted.div_ceil(block.len() as u64) {
                file.write_all(&block)?;
            }
            file.sync_all()
        })();
        // Whether it could be created or not.
        let _ = fs::remove_file(&path);
        written
    }

    /// Lets the database and its directory go.
    ///
    /// # Errors
    /// Why no writes were taken in the end; or that there is no room, which RocksDB says on standard error alone when it
    /// cannot write out what it holds.
    pub(crate) fn close(&self) -> Result<(), StoreError> {
        let last = std::mem::replace(&mut *self.lock_condition(), Condition::Closed);
        *self.open.write() = None;
        let closed = match last {
            Condition::Stopped(error) => Err(error),
            Condition::Well => {
                let tried = self.try_room(SPARE_ROOM);
                tried.map_err(|error| StoreError::of_system(&self.dir, &error))
            }
            Condition::Closed => Ok(()),
        };
        drop(self.held.lock().take());
        closed
    }

    fn lock_condition(&self) -> MutexGuard<'_, Condition> {
        self.condition.lock()
    }
}
