//! The one connection that writes, taken in turn: by the writer for each commit, by the index for its pieces of work, and
//! by who decides on an issue. Turns are fair, so that whoever has much to write lets the others in between.

use std::sync::Arc;

use parking_lot::{FairMutex, FairMutexGuard};
use rusqlite::{Connection, Transaction, TransactionBehavior, ffi};

/// Clones share the connection.
#[derive(Clone)]
pub(crate) struct Pen(Arc<FairMutex<Writing>>);

/// The connection while somebody has the turn.
pub(crate) struct Writing {
    /// `None` once it is closed.
    connection: Option<Connection>,
    /// Whether the next commit is synced, as SQLite was told last.
    syncs: bool,
}

impl Pen {
    /// `connection` syncs its commits.
    pub(crate) fn new(connection: Connection) -> Self {
        Self(Arc::new(FairMutex::new(Writing {
            connection: Some(connection),
            syncs: true,
        })))
    }

    /// Waits for the turn.
    pub(crate) fn turn(&self) -> FairMutexGuard<'_, Writing> {
        self.0.lock()
    }

    /// Waits for the turn and does `work` in a transaction; see [`Writing::begin`] for `synced`.
    ///
    /// # Errors
    /// SQLite's, and those of `work`; nothing was changed then.
    pub(crate) fn write<T>(
        &self,
        synced: bool,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let mut writing = self.turn();
        let transaction = writing.begin(synced)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    /// Nothing is written any more; the last connection of all writes what stands in the WAL into the file.
    pub(crate) fn close(&self) {
        self.turn().connection = None;
    }
}

impl Writing {
    /// Begins a transaction; with `synced` its commit waits for the disk, else it outlives the process and not the machine.
    ///
    /// # Errors
    /// SQLite's.
    pub(crate) fn begin(&mut self, synced: bool) -> rusqlite::Result<Transaction<'_>> {
        if self.syncs != synced {
            // https://www.sqlite.org/pragma.html#pragma_synchronous, in WAL mode
            let level = if synced { "FULL" } else { "NORMAL" };
            self.connection()?.pragma_update(None, "synchronous", level)?;
            self.syncs = synced;
        }
        self.connection()?
            .transaction_with_behavior(TransactionBehavior::Immediate)
    }

    /// The connection, outside of a transaction.
    ///
    /// # Errors
    /// It is closed.
    pub(crate) fn connection(&mut self) -> rusqlite::Result<&mut Connection> {
        let closed = || {
            let error = ffi::Error::new(ffi::SQLITE_MISUSE);
            rusqlite::Error::SqliteFailure(error, Some("the telemetry is closed".to_owned()))
        };
        self.connection.as_mut().ok_or_else(closed)
    }
}
