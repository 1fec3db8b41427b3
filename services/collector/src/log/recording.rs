//! Exports the log as one file, and opens such a file.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode};

use super::readers::{read_only, read_unchanging};
use super::schema::{FILE, NAMES, VERSION, is_damage};
use crate::error::{CollectorError, RecordingError};

/// Copies the log in `dir` to the new file `to` and returns its size in bytes. The log may be open meanwhile. The
/// file gets its name only once it is complete.
///
/// # Errors
/// There is no log, the file exists already, or one of them cannot be read or written.
pub fn export(dir: &Path, to: &Path) -> Result<u64, RecordingError> {
    let from = dir.join(FILE);
    if !from.exists() {
        return Err(RecordingError::Nothing { dir: dir.to_owned() });
    }
    if to.exists() {
        return Err(RecordingError::Exists { file: to.to_owned() });
    }
    let partial = partial_path(to);
    let exported = copy_log(&from, &partial, to).and_then(|()| {
        let file = File::options().write(true).open(&partial);
        file.and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&partial, to))
            .and_then(|()| fs::metadata(to))
            .map_err(|error| RecordingError::unwritable(to, &error))
    });
    if exported.is_err() {
        let _ = fs::remove_file(&partial);
    }
    exported.map(|file| file.len())
}

/// Path of the partial file, which is renamed once it is complete.
fn partial_path(file: &Path) -> PathBuf {
    let mut name = file.file_name().map_or_else(OsString::new, OsString::from);
    name.push(".part");
    file.with_file_name(name)
}

/// Copies the log `from` to `partial`. Errors name `to`, for which the caller asked.
fn copy_log(from: &Path, partial: &Path, to: &Path) -> Result<(), RecordingError> {
    // Left behind by an export that was killed.
    match fs::remove_file(partial) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(RecordingError::unwritable(to, &error));
        }
        _ => {}
    }
    let connection = readable(from).map_err(|error| log_error(from, &error))?;
    copy(&connection, partial).map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::DatabaseBusy) => {
            log_error(from, &error)
        }
        _ => RecordingError::unwritable(to, &error),
    })
}

/// Opens a file for reading; also where nothing can be written beside it, as on a file system that is mounted for reading.
/// SQLite refuses that, because of the files that readers and writers share, unless it is told that nobody writes.
fn readable(file: &Path) -> rusqlite::Result<Connection> {
    let opened = read_only(file).and_then(|connection| {
        connection.query_row("SELECT count(*) FROM sqlite_schema", (), |_| Ok(()))?;
        Ok(connection)
    });
    let error = match opened {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::CannotOpen) => error,
        opened => return opened,
    };
    let mut wal = file.as_os_str().to_owned();
    wal.push("-wal");
    // What is in a log of changes would be left out.
    if !is_read_only(file) || fs::metadata(wal).is_ok_and(|wal| wal.len() > 0) {
        return Err(error);
    }
    read_unchanging(file)
}

/// Whether the file system, or its permissions, let this user write nothing beside the file.
fn is_read_only(file: &Path) -> bool {
    let Some(dir) = file.parent() else { return false };
    tempfile::tempfile_in(dir).is_err()
}

/// An error of the log in a data directory.
fn log_error(file: &Path, error: &rusqlite::Error) -> RecordingError {
    if !is_damage(error) {
        return read_error(file, error);
    }
    let dir = file.parent().unwrap_or(file).to_owned();
    let reason = error.to_string();
    CollectorError::Damaged { dir, reason }.into()
}

/// Copies the recording `file` into the empty directory `dir`, so that a log can be opened without changing the file.
/// The file may come from an untrusted source.
///
/// # Errors
/// The file cannot be read, is no recording, or is of a newer build; or there is no room for the copy.
pub(crate) fn unpack(file: &Path, dir: &Path) -> Result<(), RecordingError> {
    if !file.is_file() {
        return Err(RecordingError::Unreadable {
            file: file.to_owned(),
            reason: if file.exists() {
                "it is no file".to_owned()
            } else {
                "there is no such file".to_owned()
            },
        });
    }
    let connection = readable(file).map_err(|error| read_error(file, &error))?;
    let version: u32 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|error| read_error(file, &error))?;
    if version > VERSION {
        return Err(RecordingError::Newer {
            file: file.to_owned(),
            found: version,
        });
    }
    if let Some(reason) = find_foreign(&connection).map_err(|error| read_error(file, &error))? {
        return Err(RecordingError::Foreign {
            file: file.to_owned(),
            reason,
        });
    }
    copy(&connection, &dir.join(FILE)).map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => RecordingError::unwritable(&dir.join(FILE), &error),
        _ => read_error(file, &error),
    })
}

/// Describes something in the file that no log has, or something missing that every log has.
fn find_foreign(connection: &Connection) -> rusqlite::Result<Option<String>> {
    for name in NAMES {
        // Only a table counts: a view of that name could run any expression.
        let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1";
        if connection.query_row(sql, [name], |row| row.get::<_, i64>(0))? == 0 {
            return Ok(Some(format!("there is no table `{name}` in it")));
        }
    }
    let sql = "SELECT type || ' `' || name || '`' FROM sqlite_schema \
         WHERE type = 'view' OR (type = 'trigger' AND name != 'envelope_removed') LIMIT 1";
    let mut unexpected = connection.prepare(sql)?;
    let mut rows = unexpected.query(())?;
    let found = rows.next()?.map(|row| row.get::<_, String>(0)).transpose()?;
    Ok(found.map(|what| format!("the {what} in it is none of Reelscope's")))
}

/// Copies the database without its free pages: <https://www.sqlite.org/lang_vacuum.html#vacuum_with_an_into_clause>.
fn copy(connection: &Connection, to: &Path) -> rusqlite::Result<()> {
    let to = to
        .to_str()
        .ok_or_else(|| rusqlite::Error::InvalidPath(to.to_owned()))?;
    connection.execute("VACUUM INTO ?1", [to]).map(|_| ())
}

fn read_error(file: &Path, error: &rusqlite::Error) -> RecordingError {
    let (file, reason) = (file.to_owned(), error.to_string());
    if is_damage(error) {
        RecordingError::Foreign { file, reason }
    } else {
        RecordingError::Unreadable { file, reason }
    }
}
