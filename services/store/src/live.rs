//! The open database, and how it is opened anew after an error that stops writes.
//!
//! After a write fails for want of room or with an I/O error, RocksDB refuses all writes until it is opened anew. A
//! database with transactions does not resume by itself (`ErrorHandler::OverrideNoSpaceError` in
//! `db/error_handler.cc`).

use std::fs::{self, File};
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use parking_lot::{Mutex, MutexGuard, RwLock};
use polodb_core::Database;
use tempfile::TempDir;

use crate::directory::{self, DirectoryLock};
use crate::indexes::Indexes;
use crate::integrity::Checksums;
use crate::{StoreError, files};

/// Bytes of free room to require beyond what RocksDB writes while it opens: 1 MiB.
const SPARE_ROOM: u64 = 1024 * 1024;

/// Whether a store takes writes.
#[derive(Debug, Clone)]
pub enum Condition {
    /// The store takes writes.
    Well,
    /// The store refuses writes with this error, and takes them again once its cause has gone.
    Stopped(StoreError),
    /// The store is closed.
    Closed,
}

impl Condition {
    /// The word for a health check: `ok`, `disk_full`, `storage_error` or `closed`.
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

/// The resource that the store releases when it closes.
pub(crate) enum Held {
    /// The lock on the data directory.
    Directory(DirectoryLock),
    /// The temporary directory of a copy, removed when dropped.
    Copy(#[allow(dead_code)] TempDir),
}

/// An open database and what is known about its indexes.
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

/// The open database. Users hold the lock `open` for reading; [`Live::reopen`] exchanges the database under the
/// write lock.
pub(crate) struct Live {
    dir: PathBuf,
    open: RwLock<Option<Open>>,
    condition: Mutex<Condition>,
    held: Mutex<Option<Held>>,
    /// `None` for a copy, which is read once, and after the database has been closed.
    checksums: Arc<Mutex<Option<Checksums>>>,
}

impl Live {
    pub(crate) fn new(dir: &Path, db: Database, held: Held, checksums: Option<Checksums>) -> Self {
        Self {
            dir: dir.to_owned(),
            open: RwLock::new(Some(Open::new(db))),
            condition: Mutex::new(Condition::Well),
            held: Mutex::new(Some(held)),
            checksums: Arc::new(Mutex::new(checksums)),
        }
    }

    pub(crate) fn condition(&self) -> Condition {
        self.lock_condition().clone()
    }

    /// Calls `work` with the database.
    ///
    /// # Errors
    /// The error that stopped the database while there is none; otherwise the error of `work`.
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

    /// The error that writes are refused with; `None` while they are taken.
    pub(crate) fn why_stopped(&self) -> Option<StoreError> {
        match &*self.lock_condition() {
            Condition::Well => None,
            Condition::Stopped(error) => Some(error.clone()),
            Condition::Closed => Some(StoreError::Closed),
        }
    }

    /// Refuses writes from now on, until [`Live::reopen`] succeeds.
    pub(crate) fn stop(&self, error: StoreError) {
        let mut condition = self.lock_condition();
        if matches!(*condition, Condition::Well) {
            tracing::error!(dir = %self.dir.display(), %error, "the database takes no writes until this has passed");
        }
        *condition = Condition::Stopped(error);
    }

    /// Closes the database and opens it anew, if there is enough room for what RocksDB writes while it opens.
    ///
    /// # Errors
    /// Why the database could not be opened; the store then refuses writes with this error.
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

    /// Checks that the directory is still there, because RocksDB goes on writing to files that were removed.
    ///
    /// # Errors
    /// [`StoreError::Gone`], or an error of the system.
    pub(crate) fn is_here(&self) -> Result<(), StoreError> {
        let held = self.held.lock();
        let Some(Held::Directory(lock)) = &*held else {
            return Ok(());
        };
        match lock.is_in(&self.dir) {
            Ok(true) => Ok(()),
            Ok(false) => Err(StoreError::Gone {
                dir: self.dir.clone(),
            }),
            Err(error) => Err(StoreError::of_system(&self.dir, &error)),
        }
    }

    fn exchange(&self) -> Result<(), StoreError> {
        self.is_here()?;
        self.room_to_open()
            .and_then(|wanted| self.try_room(wanted))
            .map_err(|error| StoreError::of_system(&self.dir, &error))?;
        // The write lock waits for readers. The old database closes before the new one opens, because RocksDB locks
        // its files.
        let mut open = self.open.write();
        *open = None;
        *open = Some(Open::new(directory::open_files(&self.dir, true)?));
        note_files(&self.checksums);
        Ok(())
    }

    /// Upper bound of the bytes that RocksDB writes while it opens: the size of its logs, plus [`SPARE_ROOM`].
    fn room_to_open(&self) -> io::Result<u64> {
        let mut wanted = SPARE_ROOM;
        for entry in fs::read_dir(files::database(&self.dir))? {
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

    /// Checks that `wanted` bytes can be written, by writing a file of that size and removing it.
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
        // The file may not exist, when it could not be created.
        let _ = fs::remove_file(&path);
        written
    }

    /// Closes the database and releases its directory.
    ///
    /// # Errors
    /// The error that the store refused writes with at the end, or [`StoreError::Full`]: RocksDB reports only on
    /// standard error that it could not write out its memory, so room is checked here.
    pub(crate) fn close(&self) -> Result<(), StoreError> {
        let last = std::mem::replace(&mut *self.lock_condition(), Condition::Closed);
        let mut open = self.open.write();
        let was_open = open.take().is_some();
        drop(open);
        // Taken, so that a look that is about to begin finds nothing to do in a directory that is released.
        let checksums = self.checksums.lock().take();
        // Another database may be there now.
        let is_here = self.is_here();
        if let Some(mut checksums) = checksums.filter(|_| was_open && is_here.is_ok()) {
            checksums.note(true);
        }
        let closed = match last {
            Condition::Stopped(error) => Err(error),
            Condition::Well => {
                let tried = || self.try_room(SPARE_ROOM);
                is_here.and_then(|()| tried().map_err(|error| StoreError::of_system(&self.dir, &error)))
            }
            Condition::Closed => Ok(()),
        };
        drop(self.held.lock().take());
        closed
    }

    /// Notes new files of the database once in a while, on a thread of its own, because they may be large.
    pub(crate) fn look_at_files(&self) {
        let checksums = self.checksums.try_lock();
        let is_due = checksums.is_some_and(|checksums| checksums.as_ref().is_some_and(Checksums::is_due));
        if !is_due || self.is_here().is_err() {
            return;
        }
        let checksums = Arc::clone(&self.checksums);
        let started = thread::Builder::new()
            .name("checksums".to_owned())
            .spawn(move || {
                if catch_unwind(AssertUnwindSafe(|| note_files(&checksums))).is_err() {
                    tracing::error!("the checksums of the database met a defect");
                }
            });
        if let Err(error) = started {
            tracing::warn!(%error, "the checksums of the database wait");
        }
    }

    fn lock_condition(&self) -> MutexGuard<'_, Condition> {
        self.condition.lock()
    }
}

/// Notes the files of an open database; does nothing once it is closed.
fn note_files(checksums: &Mutex<Option<Checksums>>) {
    if let Some(checksums) = &mut *checksums.lock() {
        checksums.note(false);
    }
}
