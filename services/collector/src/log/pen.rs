//! The only connection that writes to the file. The writer, the index and decisions on issues share it. Its lock is fair,
//! so a thread that writes a lot does not starve the others.

use std::sync::Arc;

use parking_lot::{FairMutex, FairMutexGuard};
use rusqlite::{Connection, Transaction, TransactionBehavior, ffi};

/// The writing connection. Clones share it.
#[derive(Clone)]
pub(crate) struct Pen(Arc<FairMutex<Writing>>);

/// The connection while its lock is held.
pub(crate) struct Writing {
    /// `None` once it is closed.
    connection: Option<Connection>,
    /// Whether commits are synced, as last set on the connection.
    syncs: bool,
}

impl Pen {
    /// `connection` must sync its commits.
    pub(crate) fn new(connection: Connection) -> Self {
        Self(Arc::new(FairMutex::new(Writing {
            connection: Some(connection),
            syncs: true,
        })))
    }

    /// Waits until the connection is free.
    pub(crate) fn turn(&self) -> FairMutexGuard<'_, Writing> {
        self.0.lock()
    }

    /// Waits until the connection is free and runs `work` in a transaction. See [`Writing::begin`] for `synced`.
    ///
    /// # Errors
    /// Errors of SQLite and of `work`. The transaction is rolled back.
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

    /// Closes the connection; later writes fail. SQLite moves the WAL into the file when the last of all connections
    /// closes.
    pub(crate) fn close(&self) {
        self.turn().connection = None;
    }
}

impl Writing {
    /// Begins a transaction. With `synced` its commit waits for the disk; without, it survives a crash of the process
    /// but not of the machine.
    ///
    /// # Errors
    /// An error of SQLite.
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

    /// Returns the connection, outside of a transaction.
    ///
    /// # Errors
    /// The connection is closed.
    pub(crate) fn connection(&mut self) -> rusqlite::Result<&mut Connection> {
        let closed = || {
            let error = ffi::Error::new(ffi::SQLITE_MISUSE);
            rusqlite::Error::SqliteFailure(error, Some("the telemetry is closed".to_owned()))
        };
        self.connection.as_mut().ok_or_else(closed)
    }
}
