//! Read-only connections, so that reads do not wait for the writer.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, InterruptHandle, OpenFlags, OptionalExtension, Params, Row, ffi};
use tokio::sync::Semaphore;
use tokio::task::JoinError;

use super::body;
use super::schema::{FILE, WAL, check_pages, check_version, open_error};
use super::state::{Entry, Parts, State};
use crate::CollectorError;
use crate::envelope::category::Categories;
use crate::envelope::id_of_bytes;
use crate::supervised::last_words;

/// Maximum number of simultaneous reads and of idle connections. Further reads wait.
const MAX_READS: usize = 4;
/// Number of prepared statements that a connection caches. Readers, writer and index each use fewer.
pub(super) const STATEMENTS: usize = 128;
/// Size of the page cache of a connection in KiB.
const CACHE_KIB: i64 = 2 * 1024;

const READ_ONLY: OpenFlags = OpenFlags::SQLITE_OPEN_READ_ONLY.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);
/// What has a meaning of its own in a URI, or is not ASCII.
const IN_URIS: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#').add(b' ');

/// A pool of read-only connections. Clones share it.
#[derive(Clone)]
pub(crate) struct Readers {
    file: Arc<PathBuf>,
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(crate) fn new(dir: &Path) -> Self {
        Self {
            file: Arc::new(dir.join(FILE)),
            idle: Arc::default(),
            permits: Arc::new(Semaphore::new(MAX_READS)),
        }
    }

    /// Runs `work` on a blocking thread. It runs to its end even if the caller stops waiting.
    ///
    /// # Errors
    /// An error of SQLite, or the message of a panic of `work`. Both are logged.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> rusqlite::Result<T> {
        // The semaphore is never closed.
        let permit = Arc::clone(&self.permits).acquire_owned().await.ok();
        let readers = self.clone();
        let read = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            readers.read_here(work)
        });
        let read = read.await.unwrap_or_else(|error| Err(unfinished(error)));
        read.inspect_err(|error| tracing::warn!(%error, "telemetry could not be read"))
    }

    /// Reads every page of the file on this thread. `begun` is given what ends that early.
    ///
    /// # Errors
    /// The file is damaged, is of a newer build, or cannot be read.
    pub(crate) fn check(&self, begun: impl FnOnce(InterruptHandle)) -> Result<(), CollectorError> {
        let dir = self.file.parent().unwrap_or(&self.file);
        // On a connection of its own: one that met damage is not used again.
        let connection = open(&self.file).map_err(|error| open_error(dir, &error))?;
        begun(connection.get_interrupt_handle());
        check_version(&connection, dir)?;
        check_pages(&connection, dir)
    }

    /// Runs `work` on this thread, which may block.
    ///
    /// # Errors
    /// An error of SQLite.
    pub(crate) fn read_here<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let idle = self.idle.lock().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open(&self.file)?,
        };
        // A connection with an error is not used again.
        let read = work(&connection)?;
        let mut idle = self.idle.lock();
        if idle.len() < MAX_READS {
            idle.push(connection);
        }
        Ok(read)
    }

    /// Size of the file and its WAL in bytes.
    pub(crate) fn bytes_on_disk(&self) -> u64 {
        let wal = self.file.with_file_name(WAL);
        let len = |file: &Path| std::fs::metadata(file).map_or(0, |file| file.len());
        len(&self.file) + len(&wal)
    }

    /// Closes the idle connections. SQLite moves the WAL into the file when the last of all connections closes.
    pub(crate) fn close(&self) {
        self.idle.lock().clear();
    }
}

/// Opens a read-only connection to a file that may come from an untrusted source.
pub(super) fn read_only(file: &Path) -> rusqlite::Result<Connection> {
    prepared(Connection::open_with_flags(file, READ_ONLY)?)
}

/// As [`read_only`], for a file that nobody can change meanwhile: <https://www.sqlite.org/uri.html>.
pub(super) fn read_unchanging(file: &Path) -> rusqlite::Result<Connection> {
    let path = percent_encode(file.as_os_str().as_encoded_bytes(), IN_URIS);
    let uri = format!("file:{path}?immutable=1");
    prepared(Connection::open_with_flags(
        uri,
        READ_ONLY | OpenFlags::SQLITE_OPEN_URI,
    )?)
}

fn prepared(connection: Connection) -> rusqlite::Result<Connection> {
    connection.pragma_update(None, "trusted_schema", false)?;
    stable_plans(&connection)?;
    Ok(connection)
}

/// Makes cached statements independent of their parameters. Otherwise SQLite compiles one with `LIMIT ?` anew for each
/// new limit (<https://www.sqlite.org/queryplanner-ng.html#qpstab>).
pub(super) fn stable_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

fn open(file: &Path) -> rusqlite::Result<Connection> {
    let connection = read_only(file)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Converts the failure of a reading task into an error of SQLite.
pub(crate) fn unfinished(error: JoinError) -> rusqlite::Error {
    let words = format!("reading met a defect of Reelscope: {}", last_words(error));
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_ABORT), Some(words))
}

/// The columns that [`entry`] reads.
const ENTRY: &str =
    "seq, received_at, slot, destination, categories, trace_id, state, size, delivered, refused, reason";
/// The tables with these columns.
const ENTRIES: &str = "envelopes LEFT JOIN parts USING (seq)";

/// Reads an entry from a row of the columns [`ENTRY`].
fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        seq: row.get::<_, i64>(0)?.cast_unsigned(),
        received_at: row.get(1)?,
        slot: Arc::from(row.get_ref(2)?.as_str()?),
        destination: row.get::<_, i64>(3)?.cast_unsigned(),
        categories: Categories::from_bits(row.get(4)?),
        trace_id: row.get_ref(5)?.as_blob_or_null()?.map_or(0, id_of_bytes),
        state: State::of_number(row.get(6)?),
        size: row.get::<_, i64>(7)?.cast_unsigned(),
        parts: Parts {
            delivered: Categories::from_bits(row.get::<_, Option<u32>>(8)?.unwrap_or(0)),
            refused: Categories::from_bits(row.get::<_, Option<u32>>(9)?.unwrap_or(0)),
            reason: match row.get::<_, Option<i64>>(10)?.map(State::of_number) {
                Some(State::Dead(reason)) => Some(reason),
                _ => None,
            },
        },
    })
}

/// Returns the entries that `which` selects, the SQL that follows the names of the tables.
pub(crate) fn rows(
    connection: &Connection,
    which: &str,
    params: impl Params,
) -> rusqlite::Result<Vec<Entry>> {
    let mut found = connection.prepare_cached(&format!("SELECT {ENTRY} FROM {ENTRIES} {which}"))?;
    found.query_map(params, entry)?.collect()
}

/// Returns one entry; `None` when the envelope is not, or no longer, kept.
pub(crate) fn row(connection: &Connection, seq: u64) -> rusqlite::Result<Option<Entry>> {
    let found = rows(connection, "WHERE seq = ?1", [seq.cast_signed()])?;
    Ok(found.into_iter().next())
}

/// Returns one entry and the bytes of its envelope; `None` when it is not, or no longer, kept.
pub(crate) fn envelope(connection: &Connection, seq: u64) -> rusqlite::Result<Option<(Entry, Vec<u8>)>> {
    let sql = format!("SELECT {ENTRY}, body FROM {ENTRIES} JOIN bodies USING (seq) WHERE seq = ?1");
    let mut found = connection.prepare_cached(&sql)?;
    found.query_row([seq.cast_signed()], with_envelope).optional()
}

/// Reads an entry and its envelope from a row of the columns [`ENTRY`] and `body`.
fn with_envelope(row: &Row<'_>) -> rusqlite::Result<(Entry, Vec<u8>)> {
    let entry = entry(row)?;
    let bytes = body::envelope(row.get_ref("body")?.as_blob()?, entry.size);
    Ok((entry, bytes))
}

/// Returns the envelopes that `which` selects, the SQL that follows `WHERE`, with `seq` as its parameter. Returns at
/// most `most` of them, and stops once they have `most_bytes` bytes.
pub(crate) fn some_envelopes(
    connection: &Connection,
    which: &str,
    seq: u64,
    (most, most_bytes): (usize, u64),
) -> rusqlite::Result<Vec<(Entry, Vec<u8>)>> {
    let sql =
        format!("SELECT {ENTRY}, body FROM {ENTRIES} JOIN bodies USING (seq) WHERE {which} LIMIT {most}");
    let mut found = connection.prepare_cached(&sql)?;
    let mut rows = found.query([seq.cast_signed()])?;
    let (mut envelopes, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()?
        && bytes < most_bytes
    {
        let read = with_envelope(row)?;
        bytes += read.1.len() as u64;
        envelopes.push(read);
    }
    Ok(envelopes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Barrier, mpsc};
    use std::time::Duration;

    fn readers() -> (Readers, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        Connection::open(dir.path().join(FILE)).unwrap();
        (Readers::new(dir.path()), dir)
    }

    fn resting(readers: &Readers) -> usize {
        readers.idle.lock().len()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_read_that_nobody_waits_for_takes_its_room_until_it_ends() {
        let (readers, _dir) = readers();
        let (began, begun) = mpsc::channel();
        let gate = Arc::new(Barrier::new(MAX_READS + 1));
        for _ in 0..MAX_READS {
            let (readers, began, gate) = (readers.clone(), began.clone(), Arc::clone(&gate));
            let asked = tokio::spawn(async move {
                let slow = readers.read(move |_| {
                    began.send(()).unwrap();
                    gate.wait();
                    Ok(())
                });
                slow.await
            });
            begun.recv_timeout(Duration::from_secs(20)).unwrap();
            asked.abort();
            assert!(asked.await.unwrap_err().is_cancelled());
        }
        assert_eq!(readers.permits.available_permits(), 0);
        gate.wait();
        readers.read(|_| Ok(())).await.unwrap();
    }

    #[test]
    fn few_connections_rest_however_many_were_asked_for_at_once() {
        let (readers, _dir) = readers();
        let (gate, done) = (Barrier::new(3 * MAX_READS), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..3 * MAX_READS {
                scope.spawn(|| {
                    let read = readers.read_here(|_| {
                        gate.wait();
                        Ok(())
                    });
                    done.fetch_add(usize::from(read.is_ok()), Ordering::Relaxed);
                });
            }
        });
        assert_eq!((done.into_inner(), resting(&readers)), (3 * MAX_READS, MAX_READS));
    }

    #[tokio::test]
    async fn a_defect_says_what_happened() {
        let (readers, _dir) = readers();
        let read = readers.read(|_| -> rusqlite::Result<()> { panic!("row 7 is odd") });
        let error = read.await.unwrap_err().to_string();
        assert_eq!(error, "reading met a defect of Reelscope: row 7 is odd");
        assert_eq!(readers.permits.available_permits(), MAX_READS);
    }
}
