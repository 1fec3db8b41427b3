//! Finds damage that nobody else reports. RocksDB ends the replay of a log at its first bad record without an error
//! (`WALRecoveryMode::kPointInTimeRecovery`), and a PoloDB cursor that meets a bad block ends as at the last document.
//! So the files are checked before PoloDB opens them:
//!
//! - A table file never changes once it is written. `<dir>/checksums` has a line for each, with its length and its
//!   CRC-32C.
//! - A log is there as long as it holds something: its line is written when the database opens, and has its length and
//!   checksum once the database is closed. The log of a killed process is read record by record.
//! - The manifest, which tells which tables are part of the database, is only appended to. Its line has the length and the
//!   checksum that it had then, which what it begins with must still have. RocksDB takes one that is cut for an older state
//!   and deletes the tables that it does not name.
//!
//! A table of another length than its line says was still being written when the line was, so the line counts for nothing: a
//! power cut may leave any part of such a table, in which nothing is yet that is nowhere else.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use crate::{StoreError, files};

/// Name of the file with the checksums.
const FILE: &str = "checksums";
/// How often new table files are looked for while the database is written.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Length and checksum of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sum {
    bytes: u64,
    crc: u32,
}

/// A file as it was when its checksum was noted.
#[derive(Clone, Copy)]
struct Noted {
    sum: Sum,
    /// `None` where it is not known, and for a file that is not read again.
    written: Option<SystemTime>,
}

/// A table file, log or manifest that is there.
struct Present {
    path: PathBuf,
    bytes: u64,
    written: Option<SystemTime>,
}

/// The checksums of the files of a database.
pub(crate) struct Checksums {
    dir: PathBuf,
    /// The noted files, by name.
    of: BTreeMap<String, Noted>,
    /// Whether the file has all of them.
    is_written: bool,
    looked: Instant,
}

impl Checksums {
    /// Checks the files of the database in `dir`. Nothing is written.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a file holds other bytes than were written, [`StoreError::Unreadable`] where the
    /// log is missing, and errors of the system.
    pub(crate) fn verify(dir: &Path) -> Result<Self, StoreError> {
        let of_system = |error: io::Error| StoreError::of_system(dir, &error);
        let damaged = |name: &str, what: &str| StoreError::Damaged {
            dir: dir.to_owned(),
            reason: format!("db/{name} {what}"),
        };
        let known = read(dir).map_err(of_system)?;
        let present = present(dir).map_err(of_system)?;
        if !known.is_empty() && present.is_empty() {
            return Err(StoreError::Unreadable {
                dir: dir.to_owned(),
                reason: "db is missing or empty".to_owned(),
            });
        }
        for (name, Present { path, bytes, .. }) in &present {
            if is_manifest(name) {
                let begins_as = |sum: &Sum| Sum::of_first(path, sum.bytes).map(|first| first == *sum);
                if !known.get(name).map_or(Ok(true), begins_as).map_err(of_system)? {
                    return Err(damaged(name, "does not begin with what was written to it"));
                }
                continue;
            }
            // A log that is longer has grown since. RocksDB itself refuses a table that it needs and that is shorter.
            let is_of_it = |sum: &&Sum| *bytes == sum.bytes || (is_log(name) && *bytes < sum.bytes);
            let line = known.get(name).filter(is_of_it);
            match line {
                Some(sum) if *sum != Sum::of(path).map_err(of_system)? => {
                    return Err(damaged(name, "does not hold what was written to it"));
                }
                None if is_log(name) && has_damage(&fs::read(path).map_err(of_system)?) => {
                    return Err(damaged(
                        name,
                        "has a record that cannot be read before others that can",
                    ));
                }
                _ => {}
            }
        }
        // RocksDB removes a log only once there is one with a higher number.
        let is_later = |missing: &String| {
            let mut logs = present.keys().filter(|name| is_log(name));
            logs.any(|name| number(name) >= number(missing))
        };
        if let Some(missing) = known.keys().find(|name| is_log(name) && !is_later(name)) {
            return Err(StoreError::Unreadable {
                dir: dir.to_owned(),
                reason: format!("db/{missing} is missing"),
            });
        }
        let noted = |(name, sum): (String, Sum)| {
            let present = present.get(&name).filter(|present| present.bytes == sum.bytes)?;
            let written = present.written;
            Some((name, Noted { sum, written }))
        };
        Ok(Self {
            of: known.into_iter().filter_map(noted).collect(),
            dir: dir.to_owned(),
            is_written: true,
            looked: Instant::now(),
        })
    }

    /// Whether it is time to look for new table files.
    pub(crate) fn is_due(&self) -> bool {
        self.looked.elapsed() >= LOOK_EVERY
    }

    /// Notes the table files that were written since the last time; and, `closed`, the logs.
    pub(crate) fn note(&mut self, closed: bool) {
        self.looked = Instant::now();
        if let Err(error) = self.noted(closed) {
            // Damage of these files would stay unseen.
            tracing::warn!(dir = %self.dir.display(), %error, "checksums cannot be written");
        }
    }

    fn noted(&mut self, closed: bool) -> io::Result<()> {
        let mut of = BTreeMap::new();
        let present = present(&self.dir)?;
        if present.is_empty() && !self.of.is_empty() {
            return Err(io::ErrorKind::NotFound.into());
        }
        for (name, Present { path, bytes, written }) in present {
            if is_log(&name) && !closed {
                // It grows, so only its being there is noted.
                let sum = Sum { bytes: 0, crc: 0 };
                of.insert(name, Noted { sum, written: None });
                continue;
            }
            // What was just appended may not be synced yet, and a power cut would seem to be damage. So while the database is
            // open, the line stays as it was noted when it opened.
            if let Some(noted) = self.of.get(&name).filter(|_| is_manifest(&name) && !closed) {
                of.insert(name, *noted);
                continue;
            }
            #[cfg(unix)]
            if is_manifest(&name) {
                File::open(&path)?.sync_all()?;
            }
            // An empty log holds nothing that could be missing.
            if is_log(&name) && bytes == 0 {
                continue;
            }
            let is_same = |noted: &&Noted| noted.sum.bytes == bytes && noted.written == written;
            let noted = self.of.get(&name).filter(is_same).filter(|_| written.is_some());
            let sum = match noted {
                Some(noted) => noted.sum,
                None => match Sum::of(&path) {
                    // A compaction removes files at any time.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    sum => sum?,
                },
            };
            of.insert(name, Noted { sum, written });
        }
        let sums = |(name, noted): (&String, &Noted)| (name.clone(), noted.sum);
        self.is_written &= of.iter().map(sums).eq(self.of.iter().map(sums));
        self.of = of;
        if !self.is_written {
            write(&self.dir, &self.of)?;
            self.is_written = true;
        }
        Ok(())
    }
}

impl Sum {
    fn of(path: &Path) -> io::Result<Self> {
        Self::of_first(path, u64::MAX)
    }

    /// Of the first `most` bytes, or of all where there are fewer.
    fn of_first(path: &Path, most: u64) -> io::Result<Self> {
        let mut file = File::open(path)?.take(most);
        let mut sum = Self { bytes: 0, crc: 0 };
        let mut block = vec![0; 1 << 20];
        loop {
            match file.read(&mut block)? {
                0 => return Ok(sum),
                read => {
                    sum.bytes += read as u64;
                    sum.crc = crc32c::crc32c_append(sum.crc, &block[..read]);
                }
            }
        }
    }
}

fn is_log(name: &str) -> bool {
    name.ends_with(".log")
}

fn is_manifest(name: &str) -> bool {
    name.starts_with("MANIFEST-")
}

/// The number in the name of a file; files of RocksDB are numbered in the order in which they begin.
fn number(name: &str) -> Option<u64> {
    name.split('.').next().and_then(|number| number.parse().ok())
}

/// The table files, logs and manifests of a database.
fn present(dir: &Path) -> io::Result<BTreeMap<String, Present>> {
    let mut found = BTreeMap::new();
    let entries = match fs::read_dir(files::database(dir)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()).map(str::to_owned) else {
            continue;
        };
        if !is_log(&name) && !is_manifest(&name) && !name.ends_with(".sst") {
            continue;
        }
        let about = match fs::metadata(&path) {
            // A compaction removes files at any time.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            about => about?,
        };
        let (bytes, written) = (about.len(), about.modified().ok());
        found.insert(name, Present { path, bytes, written });
    }
    Ok(found)
}

/// Reads the checksums. A line that makes no sense counts as none: the file is no part of the data.
fn read(dir: &Path) -> io::Result<BTreeMap<String, Sum>> {
    let text = match fs::read(dir.join(FILE)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        text => text?,
    };
    let line = |line: &str| {
        let mut words = line.split(' ');
        let (name, bytes, crc) = (words.next()?, words.next()?, words.next()?);
        let sum = Sum {
            bytes: bytes.parse().ok()?,
            crc: u32::from_str_radix(crc, 16).ok()?,
        };
        // The line's own checksum, so that damage of this file is not taken for damage of the others.
        let own = u32::from_str_radix(words.next()?, 16).ok()?;
        (own == own_sum(name, sum)).then(|| (name.to_owned(), sum))
    };
    Ok(String::from_utf8_lossy(&text).lines().filter_map(line).collect())
}

fn own_sum(name: &str, Sum { bytes, crc }: Sum) -> u32 {
    crc32c::crc32c(format!("{name} {bytes} {crc:08x}").as_bytes())
}

fn write(dir: &Path, of: &BTreeMap<String, Noted>) -> io::Result<()> {
    let mut text = String::new();
    for (name, Noted { sum, .. }) in of {
        let Sum { bytes, crc } = *sum;
        let _ = writeln!(text, "{name} {bytes} {crc:08x} {:08x}", own_sum(name, *sum));
    }
    files::replace(dir, FILE, text.as_bytes())
}

/// Bytes of a block of a log; no record lies in two.
const BLOCK: usize = 32 * 1024;
/// Checksum, length and type of a record.
const HEADER: usize = 7;

/// A record of a log, whose checksum holds.
struct Record {
    /// The offset behind it.
    end: usize,
    /// Whether a write begins with it, which larger ones continue in further records.
    begins: bool,
}

/// Whether a record of this log cannot be read although a later write can. Each write is synced before the next one
/// begins, so a power cut can leave only the last one incomplete, which RocksDB rightly ignores.
///
/// Source: `db/log_format.h` and `db/log_reader.cc` of RocksDB 9.
fn has_damage(log: &[u8]) -> bool {
    let mut at = 0;
    while at < log.len() {
        let room = BLOCK - at % BLOCK;
        if room < HEADER {
            at += room;
            continue;
        }
        match record(log, at) {
            Some(record) => at = record.end,
            None => return (at + 1..log.len()).any(|at| record(log, at).is_some_and(|record| record.begins)),
        }
    }
    false
}

fn record(log: &[u8], at: usize) -> Option<Record> {
    let header = log.get(at..at + HEADER)?;
    let [a, b, c, d, low, high, kind] = *<&[u8; HEADER]>::try_from(header).ok()?;
    let end = at + HEADER + usize::from(u16::from_le_bytes([low, high]));
    // The other types are of recycled logs, which PoloDB has none of.
    if !matches!(kind, 1..=4 | 9 | 10) || end > (at / BLOCK + 1) * BLOCK {
        return None;
    }
    let summed = log.get(at + HEADER - 1..end)?;
    // RocksDB masks checksums, because data may contain checksums.
    let masked = crc32c::crc32c(summed).rotate_right(15).wrapping_add(0xa282_ead8);
    let begins = matches!(kind, 1 | 2);
    (masked == u32::from_le_bytes([a, b, c, d])).then_some(Record { end, begins })
}
