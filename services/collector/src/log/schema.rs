//! Opens the log, with its lock, version and tables, and moves a damaged one away.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rand::RngExt;
use reelscope_contracts::now;
use reelscope_page_api::telemetry::Notice;
use rusqlite::{Connection, ErrorCode, ffi};
use tempfile::NamedTempFile;

use super::pen::Pen;
use super::readers::{Readers, STATEMENTS, stable_plans};
use super::tally::Tally;
use crate::CollectorError;
use crate::notice::notice;

/// Name of the database.
pub(super) const FILE: &str = "telemetry.sqlite";
/// Name of SQLite's write-ahead log.
pub(super) const WAL: &str = "telemetry.sqlite-wal";
/// Name of the index of the write-ahead log.
const SHM: &str = "telemetry.sqlite-shm";
/// Name of a marker. While it exists, damage is suspected and the next start reads the whole file.
const SUSPECT: &str = "suspect";
/// Version of the file. It is raised when an older build would misread the log.
pub(super) const VERSION: u32 = 2;
/// Size of a page in bytes. An envelope of one of our services fits into one page.
const PAGE: u32 = 8 * 1024;
/// Number of pages in the WAL, about 16 MiB, after which they are written into the file. The file is then synced once
/// for some thousand envelopes instead of some hundred.
const CHECKPOINT: u32 = 2 * 1024;
/// Size of the page cache of the writing connection in KiB. What a transaction of the index writes has to fit, or
/// SQLite writes pages twice.
const CACHE_KIB: i64 = 8 * 1024;
/// Size in bytes to which SQLite truncates a longer WAL.
const WAL_BYTES: i64 = 32 * 1024 * 1024;
/// Length of the public key, in hexadecimal digits.
const KEY_LEN: usize = 32;

/// Names of the tables of the log. All other tables in the file belong to the index.
pub(crate) const NAMES: [&str; 5] = ["envelopes", "bodies", "tally", "synced", "parts"];

/// Small rows are separate from large bodies, so that a change of state does not rewrite the body.
const TABLES: &str = "
    CREATE TABLE envelopes (
        seq INTEGER PRIMARY KEY,
        received_at INTEGER NOT NULL,
        slot TEXT NOT NULL,
        destination INTEGER NOT NULL,
        categories INTEGER NOT NULL,
        trace_id BLOB,
        state INTEGER NOT NULL,
        size INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX envelopes_held ON envelopes (destination, seq) WHERE state = 0;
    CREATE TABLE bodies (seq INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
    CREATE TABLE tally (
        state INTEGER NOT NULL,
        slot TEXT NOT NULL,
        destination INTEGER NOT NULL,
        categories INTEGER NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (state, slot, destination, categories)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE synced (at INTEGER NOT NULL) STRICT;
    INSERT INTO synced VALUES (0);
";

/// The index of envelopes that may be removed, and the outcome of parts of envelopes, without rows for whole ones.
/// They are created separately, so that a log without them can be opened.
const LATER_TABLES: &str = "
    CREATE INDEX IF NOT EXISTS envelopes_done ON envelopes (seq) WHERE state != 0;
    CREATE TABLE IF NOT EXISTS parts (
        seq INTEGER PRIMARY KEY,
        delivered INTEGER NOT NULL,
        refused INTEGER NOT NULL,
        reason INTEGER
    ) STRICT;
";

/// A log that was opened.
pub(crate) struct Opened {
    /// The only connection that writes.
    pub(crate) pen: Pen,
    pub(crate) tally: Tally,
    /// Held while the log is open.
    pub(crate) lock: File,
    pub(crate) notices: Vec<Notice>,
}

/// Opens the log in `dir`, or begins one.
///
/// # Errors
/// The directory is in use, of a newer build, damaged, or cannot be written. Nothing is changed then.
pub(crate) fn open(dir: &Path) -> Result<Opened, CollectorError> {
    let unwritable = |error: io::Error| CollectorError::unwritable(dir, &error);
    let lock = lock(dir)?;
    let connection = open_connection(dir).map_err(|error| open_error(dir, &error))?;
    let version = check_version(&connection, dir)?;
    let suspect = dir.join(SUSPECT);
    if suspect.exists() {
        check_pages(&connection, dir)?;
        let _ = fs::remove_file(suspect);
    }
    let tally = prepare(&connection, version).map_err(|error| open_error(dir, &error))?;
    // Done last, so that a log that cannot be opened does not change, and the notice is raised once.
    let notices = earlier_build_set_aside(dir)
        .map_err(unwritable)?
        .into_iter()
        .collect();
    Ok(Opened {
        pen: Pen::new(connection),
        tally,
        lock,
        notices,
    })
}

/// Reads the version of the file, and refuses that of a newer build.
pub(super) fn check_version(connection: &Connection, dir: &Path) -> Result<u32, CollectorError> {
    let version: u32 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|error| open_error(dir, &error))?;
    if version > VERSION {
        return Err(CollectorError::NewerFormat {
            dir: dir.to_owned(),
            found: version,
        });
    }
    Ok(version)
}

/// Reads every page of the telemetry in `dir`, which may be open meanwhile; where there is none, there is nothing to
/// read. Blocks.
///
/// # Errors
/// [`CollectorError`]: it is damaged, is of a newer build, or cannot be read.
pub fn check(dir: &Path) -> Result<(), CollectorError> {
    match dir.join(FILE).try_exists() {
        Ok(false) => Ok(()),
        Ok(true) => Readers::new(dir).check(drop),
        Err(error) => Err(CollectorError::unwritable(dir, &error)),
    }
}

/// Opens the connection of the writer. Writes nothing, because the version is not known yet.
fn open_connection(dir: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(dir.join(FILE))?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT)?;
    connection.pragma_update(None, "journal_size_limit", WAL_BYTES)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // The file may come from an untrusted source.
    connection.pragma_update(None, "trusted_schema", false)?;
    stable_plans(&connection)?;
    Ok(connection)
}

fn prepare(connection: &Connection, version: u32) -> rusqlite::Result<Tally> {
    if version == 0 {
        // Later, these would need a `VACUUM` of the whole file.
        connection.pragma_update(None, "page_size", PAGE)?;
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    if version == 0 {
        let transaction = connection.unchecked_transaction()?;
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
        transaction.commit()?;
    } else if version < VERSION {
        // Version 1 has no compressed bodies and is otherwise equal.
        connection.pragma_update(None, "user_version", VERSION)?;
    }
    connection.execute_batch(LATER_TABLES)?;
    Tally::read(connection)
}

/// Creates the tables of a new log.
#[cfg(test)]
pub(crate) fn tables(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(TABLES)
}

/// Reads every page of a file in which damage is suspected.
pub(super) fn check_pages(connection: &Connection, dir: &Path) -> Result<(), CollectorError> {
    let found: Result<String, _> = connection.query_row("PRAGMA quick_check(1)", (), |row| row.get(0));
    match found.map_err(|error| open_error(dir, &error))?.as_str() {
        "ok" => Ok(()),
        reason => Err(CollectorError::Damaged {
            dir: dir.to_owned(),
            reason: reason.to_owned(),
        }),
    }
}

/// Creates the marker of damage for the next start.
pub(super) fn suspect(dir: &Path) {
    if let Err(error) = File::create(dir.join(SUSPECT)) {
        tracing::warn!(%error, "damage of the telemetry is not remembered");
    }
}

/// Whether the file itself is damaged, and not only impossible to read or write now.
pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}

fn extended_code(error: &rusqlite::Error) -> i32 {
    error.sqlite_error().map_or(0, |error| error.extended_code)
}

pub(super) fn open_error(dir: &Path, error: &rusqlite::Error) -> CollectorError {
    let (dir, reason) = (dir.to_owned(), error.to_string());
    match error.sqlite_error_code() {
        _ if is_damage(error) => CollectorError::Damaged { dir, reason },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => CollectorError::Locked { dir },
        Some(ErrorCode::DiskFull) => CollectorError::Full { dir },
        // The file of the shared memory cannot grow.
        Some(ErrorCode::SystemIoFailure) if extended_code(error) == ffi::SQLITE_IOERR_SHMSIZE => {
            CollectorError::Full { dir }
        }
        Some(ErrorCode::SystemIoFailure | ErrorCode::OutOfMemory) => CollectorError::System { dir, reason },
        _ => CollectorError::Unwritable { dir, reason },
    }
}

/// Moves the log to `<dir>.damaged-<unix seconds>`, so that a new one can begin, and returns that path. The key
/// stays. The caller has to tell the person.
///
/// # Errors
/// The directory is in use, or files cannot be moved.
pub fn set_aside(dir: &Path) -> Result<PathBuf, CollectorError> {
    let _lock = lock(dir)?;
    let mut name = dir.as_os_str().to_owned();
    name.push(".damaged-");
    let aside = free_path(Path::new(&name), now() / 1_000);
    move_files(dir, &aside, &[FILE, WAL, SHM, SUSPECT])
        .map_err(|error| CollectorError::unwritable(dir, &error))?;
    Ok(aside)
}

/// Moves away the envelopes that a build before SQLite kept as segments. They are not read any more.
fn earlier_build_set_aside(dir: &Path) -> io::Result<Option<Notice>> {
    if !dir.join("segments").exists() {
        return Ok(None);
    }
    let aside = free_path(&dir.join("earlier-build-"), now() / 1_000);
    move_files(dir, &aside, &["segments", "totals.json", "issues.json"])?;
    let detail = format!(
        "Telemetry of an earlier build of Reelscope is not read any more; it was set aside as {}.",
        aside.display()
    );
    Ok(Some(
        notice("earlier_format", detail).with("copy", aside.display()),
    ))
}

fn move_files(from: &Path, to: &Path, names: &[&str]) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for name in names {
        match fs::rename(from.join(name), to.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    sync_dir(from);
    Ok(())
}

/// Returns the first path that does not exist: `name` with a number, at least `number`.
fn free_path(name: &Path, number: i64) -> PathBuf {
    let mut number = number;
    loop {
        let mut numbered = name.as_os_str().to_owned();
        numbered.push(number.to_string());
        let place = PathBuf::from(numbered);
        if !place.exists() {
            return place;
        }
        number += 1;
    }
}

/// Returns the key in `<dir>/key`, and creates it if it is missing. A damaged one is replaced; SDKs then need the new
/// DSN.
pub(crate) fn own_key(dir: &Path) -> io::Result<String> {
    let path = dir.join("key");
    match fs::read_to_string(&path) {
        Ok(key) if key.trim().len() == KEY_LEN && key.trim().bytes().all(|b| b.is_ascii_hexdigit()) => {
            // An older build may have left it readable for others. If that cannot be changed, it is used
            // nevertheless.
            #[cfg(unix)]
            let _ = fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600));
            return Ok(key.trim().to_owned());
        }
        Ok(_) => {}
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidData) => {}
        Err(error) => return Err(error),
    }
    let key = format!("{:032x}", rand::rng().random::<u128>());
    // On Unix its owner's alone from the beginning, and at any moment either the old or the new key is there, whole.
    let mut new = NamedTempFile::new_in(dir)?;
    new.write_all(key.as_bytes())?;
    new.as_file().sync_all()?;
    new.persist(&path)?;
    sync_dir(dir);
    Ok(key)
}

/// Makes names durable. Windows has no such call and does not need it.
fn sync_dir(dir: &Path) {
    let _ = File::open(dir).and_then(|dir| dir.sync_all());
}

fn lock(dir: &Path) -> Result<File, CollectorError> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(dir.join("lock"))
        .map_err(|error| CollectorError::unwritable(dir, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(CollectorError::Locked { dir: dir.to_owned() }),
        Err(TryLockError::Error(error)) => Err(CollectorError::unwritable(dir, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsn::fnv1a;

    /// A file of the last version must get the changed tables in [`prepared`]. Then raise [`VERSION`], and write both
    /// down here.
    #[test]
    fn tables_do_not_change_without_a_version() {
        assert_eq!((VERSION, fnv1a(TABLES.as_bytes())), (2, 0x2a12_85a4_cf05_a147));
    }
}
