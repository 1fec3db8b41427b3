//! Finds damage that nobody else reports. RocksDB ends the replay of a log at its first bad record without an error
//! (`WALRecoveryMode::kPointInTimeRecovery`), and a PoloDB cursor that meets a bad block ends as at the last document.
//! So the files are checked before PoloDB opens them:
//!
//! - A table file never changes once it is written. `<dir>/checksums` has a line for each, with its length and its
//!   CRC-32C.
//! - A log is there as long as it holds something: its line is written when the database opens, and has its length and
//!   checksum once the database is closed. The log of a killed process is read record by record.
//!
//! A table of another length than its line says was still being written when the line was, so the line counts for nothing: a
//! power cut may leave any part of such a table, in which nothing is yet that is nowhere else.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use crate::StoreError;

/// Name of the file with the checksums.
const FILE: &str = "checksums";
/// How often new table files are looked for while the database is written.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Returns the directory of PoloDB's files below `dir`.
pub(crate) fn files(dir: &Path) -> PathBuf {
    dir.join("db")
}

/// Length and checksum of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sum {
    bytes: u64,
    crc: u32,
}

/// The checksums of the files of a database.
pub(crate) struct Checksums {
    dir: PathBuf,
    /// The checksum of each file, and when the file was written.
    of: BTreeMap<String, (Sum, Option<SystemTime>)>,
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
        let mut known = read(dir).map_err(of_system)?;
        let present = present(dir).map_err(of_system)?;
        for (name, (path, bytes)) in &present {
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
        known.retain(|name, sum| present.get(name).is_some_and(|(_, bytes)| *bytes == sum.bytes));
        let written = |name: &String| present.get(name).and_then(|(path, _)| written(path));
        Ok(Self {
            of: known
                .into_iter()
                .map(|(name, sum)| (name.clone(), (sum, written(&name))))
                .collect(),
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
        for (name, (path, bytes)) in present(&self.dir)? {
            if is_log(&name) && (!closed || bytes == 0) {
                // It grows, so only its being there is noted. An empty one holds nothing that could be missing.
                if !closed {
                    of.insert(name, (Sum { bytes: 0, crc: 0 }, None));
                }
                continue;
            }
            let written = written(&path);
            let same = self
                .of
                .get(&name)
                .filter(|(sum, at)| sum.bytes == bytes && *at == written && at.is_some());
            let sum = match same {
                Some((sum, _)) => *sum,
                None => match Sum::of(&path) {
                    // A compaction removes files at any time.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    sum => sum?,
                },
            };
            of.insert(name, (sum, written));
        }
        let sums = |of: &BTreeMap<String, (Sum, Option<SystemTime>)>| {
            of.iter()
                .map(|(name, (sum, _))| (name.clone(), *sum))
                .collect::<Vec<_>>()
        };
        self.is_written &= sums(&of) == sums(&self.of);
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
        let mut file = File::open(path)?;
        let mut sum = Self { bytes: 0, crc: 0 };
        let mut block = vec![0; 1 << 20];
        loop {
            match io::Read::read(&mut file, &mut block)? {
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

/// The number in the name of a file; files of RocksDB are numbered in the order in which they begin.
fn number(name: &str) -> Option<u64> {
    name.split('.').next().and_then(|number| number.parse().ok())
}

/// The table files and logs of a database, with their lengths in bytes.
fn present(dir: &Path) -> io::Result<BTreeMap<String, (PathBuf, u64)>> {
    let mut found = BTreeMap::new();
    let entries = match fs::read_dir(files(dir)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
            .to_owned();
        if is_log(&name) || name.ends_with(".sst") {
            match fs::metadata(&path) {
                Ok(about) => drop(found.insert(name, (path, about.len()))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(found)
}

fn written(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|about| about.modified()).ok()
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

/// Writes the checksums at once or not at all.
fn write(dir: &Path, of: &BTreeMap<String, (Sum, Option<SystemTime>)>) -> io::Result<()> {
    let mut text = String::new();
    for (name, (sum, _)) in of {
        let Sum { bytes, crc } = *sum;
        let _ = writeln!(text, "{name} {bytes} {crc:08x} {:08x}", own_sum(name, *sum));
    }
    let new = dir.join("checksums.new");
    let mut file = File::create(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(new, dir.join(FILE))?;
    Ok(())
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
