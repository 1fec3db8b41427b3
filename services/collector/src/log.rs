//! The log on disk: segments of frames, and one small file with what became of removed segments.
//!
//! ```text
//! <dir>/lock                  held while the log is open
//! <dir>/key                   the public key of this collector's own DSN
//! <dir>/totals.json           replaced as a whole, before a segment is deleted
//! <dir>/segments/00000001.log
//! <dir>/set-aside/            stretches of segments that could not be read
//! ```

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use reelscope_contracts::telemetry::{Named, Notice};
use reelscope_contracts::{UnixMillis, now};
use serde::{Deserialize, Serialize};

use crate::CollectorError;
use crate::frame::{self, Change, DeadReason, Frame, HEAD, MAX_META, Record};
use crate::ledger::{Ledger, Place, Totals};

/// Version of the directory; raised when an older build would misread it.
const VERSION: u32 = 1;
/// Bytes read at once while heads are looked at: a few small frames, or one head.
const WINDOW: usize = 512;
/// Most bytes of a buffer that a reader keeps for the next envelope.
const MOST_BUFFERED: usize = 1024 * 1024;

#[derive(Serialize, Deserialize)]
struct TotalsFile {
    version: u32,
    #[serde(flatten)]
    totals: Totals,
}

/// What is known of a segment.
#[derive(Debug, Clone, Copy)]
struct Segment {
    bytes: u64,
    newest: UnixMillis,
}

/// The log, as its one writer sees it.
pub(crate) struct Log {
    dir: PathBuf,
    _lock: File,
    segment_bytes: u64,
    segments: BTreeMap<u32, Segment>,
    active: u32,
    file: File,
    /// When the first of the bytes was written that the disk may not have yet.
    unsynced_since: Option<Instant>,
}

/// A log that was opened, with what it holds.
pub(crate) struct Opened {
    pub(crate) log: Log,
    pub(crate) ledger: Ledger,
    pub(crate) notices: Vec<Notice>,
}

impl Log {
    /// Opens the log in `dir`, or begins one. Only heads are read, but for the newest segment, whose end may be
    /// torn.
    pub(crate) fn open(dir: &Path, segment_bytes: u64) -> Result<Opened, CollectorError> {
        let unwritable = |error: io::Error| CollectorError::unwritable(dir, &error);
        let totals_file = dir.join("totals.json");
        let mut notices = Vec::new();
        // Read before anything is created: a directory of a newer build stays as it is.
        let mut totals = match fs::read(&totals_file) {
            Ok(bytes) => match serde_json::from_slice::<TotalsFile>(&bytes) {
                Ok(file) if file.version > VERSION => {
                    return Err(CollectorError::NewerFormat {
                        dir: dir.to_owned(),
                        found: file.version,
                    });
                }
                Ok(file) => Some(file.totals),
                Err(error) => {
                    notices.push(notice(
                        "totals_damaged",
                        format!("totals.json could not be read ({error}); what was delivered before the oldest segment is unknown."),
                    ).with("cause", error));
                    None
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some(Totals::default()),
            Err(error) => return Err(unwritable(error)),
        };
        let segments_dir = dir.join("segments");
        fs::create_dir_all(&segments_dir).map_err(unwritable)?;
        let lock = lock(dir)?;

        let mut ids = Vec::new();
        for entry in fs::read_dir(&segments_dir).map_err(unwritable)? {
            let name = entry.map_err(unwritable)?.file_name();
            let id = name
                .to_str()
                .and_then(|name| name.strip_suffix(".log"))
                .and_then(|id| id.parse::<u32>().ok());
            ids.extend(id);
        }
        ids.sort_unstable();
        let removed = totals.as_ref().map_or(0, |totals| totals.through_segment);
        ids.retain(|id| {
            let gone = *id <= removed;
            if gone {
                // Counted in the totals already; another try is made at the next start.
                let _ = fs::remove_file(segment_path(dir, *id));
            }
            !gone
        });

        let mut segments = BTreeMap::new();
        let mut ledger = None;
        let last = ids.last().copied();
        for id in ids {
            let mut scan = Scan {
                dir,
                id,
                is_last: Some(id) == last,
                notices: &mut notices,
            };
            let segment = scan
                .run(|frame, offset, sound| {
                    let ledger = ledger.get_or_insert_with(|| {
                        Ledger::new(totals.take().unwrap_or_else(|| unknown(frame.seq, id)))
                    });
                    take_in(ledger, frame, id, offset, sound)
                })
                .map_err(unwritable)?;
            segments.insert(id, segment);
        }
        let ledger = ledger.unwrap_or_else(|| Ledger::new(totals.unwrap_or_default()));
        let active = last.unwrap_or(removed + 1);
        if last.is_none() {
            segments.insert(active, Segment { bytes: 0, newest: 0 });
        }
        let file = open_segment(dir, active).map_err(unwritable)?;
        sync_dir(&segments_dir);
        let log = Self {
            dir: dir.to_owned(),
            _lock: lock,
            segment_bytes,
            segments,
            active,
            file,
            unsynced_since: None,
        };
        if !totals_file.exists() {
            log.write_totals(&Totals::default()).map_err(unwritable)?;
        }
        Ok(Opened { log, ledger, notices })
    }

    /// Where the next bytes will stand: segment and offset. Begins a new segment when the last is full.
    pub(crate) fn next_place(&mut self) -> io::Result<(u32, u32)> {
        if self.len() >= self.segment_bytes {
            self.sync()?;
            let next = self.active + 1;
            self.file = open_segment(&self.dir, next)?;
            sync_dir(&self.dir.join("segments"));
            self.active = next;
            self.segments.insert(next, Segment { bytes: 0, newest: 0 });
        }
        let offset = u32::try_from(self.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        Ok((self.active, offset))
    }

    /// Writes `bytes` where [`Log::next_place`] said. From then on they outlive the process; with `sync`, and from the
    /// next [`Log::sync`] on, they outlive the machine. A failed write leaves the log as it was.
    pub(crate) fn append(&mut self, bytes: &[u8], at: UnixMillis, sync: bool) -> io::Result<()> {
        let before = self.len();
        let mut written = self.file.write_all(bytes);
        if sync {
            written = written.and_then(|()| self.file.sync_data());
        }
        if written.is_ok() {
            self.unsynced_since = match sync {
                true => None,
                false => self.unsynced_since.or_else(|| Some(Instant::now())),
            };
        }
        if let Err(error) = written {
            let restored = self
                .file
                .set_len(before)
                .and_then(|()| self.file.seek(SeekFrom::Start(before)));
            // A segment that cannot be cut back is left as it is: the next bytes begin a new one.
            if restored.is_err()
                && let Some(segment) = self.segments.get_mut(&self.active)
            {
                segment.bytes = segment.bytes.max(self.segment_bytes);
            }
            return Err(error);
        }
        if let Some(segment) = self.segments.get_mut(&self.active) {
            segment.bytes += bytes.len() as u64;
            segment.newest = at;
        }
        Ok(())
    }

    /// When the oldest bytes were written that the disk may not have yet.
    pub(crate) fn unsynced_since(&self) -> Option<Instant> {
        self.unsynced_since
    }

    /// Returns once everything is on the disk.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        if self.unsynced_since.is_some() {
            self.file.sync_data()?;
            self.unsynced_since = None;
        }
        Ok(())
    }

    /// Bytes of all segments.
    pub(crate) fn bytes(&self) -> u64 {
        self.segments.values().map(|segment| segment.bytes).sum()
    }

    /// The oldest segment and the time of its newest envelope, unless it is the one being written.
    pub(crate) fn oldest(&self) -> Option<(u32, UnixMillis)> {
        self.segments
            .first_key_value()
            .filter(|(id, _)| **id != self.active)
            .map(|(id, segment)| (*id, segment.newest))
    }

    /// Deletes the oldest segment, after `totals`, which count it, are on the disk.
    pub(crate) fn remove(&mut self, segment: u32, totals: &Totals) -> io::Result<()> {
        self.write_totals(totals)?;
        self.segments.remove(&segment);
        // A file that stays is deleted at the next start: the totals say that it is gone.
        fs::remove_file(segment_path(&self.dir, segment)).or(Ok(()))
    }

    fn len(&self) -> u64 {
        self.segments.get(&self.active).map_or(0, |segment| segment.bytes)
    }

    fn write_totals(&self, totals: &Totals) -> io::Result<()> {
        let file = TotalsFile {
            version: VERSION,
            totals: totals.clone(),
        };
        replace(&self.dir.join("totals.json"), &serde_json::to_vec_pretty(&file)?)
    }
}

/// Writes a file so that at any moment either the old or the new one is there, whole. On Unix it is its owner's alone: the
/// collector's key is such a file.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    // One that a crash has left keeps its mode while it is opened.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    if let Some(dir) = path.parent() {
        sync_dir(dir);
    }
    Ok(())
}

/// Makes names durable. Windows has no such call and needs none.
fn sync_dir(dir: &Path) {
    let _ = File::open(dir).and_then(|dir| dir.sync_all());
}

/// Totals when their file is lost: what is before the first frame was captured, and no more is known.
fn unknown(first_seq: u64, first_segment: u32) -> Totals {
    let before = first_seq.saturating_sub(1);
    Totals {
        dead: BTreeMap::from([(DeadReason::Damaged.as_str().to_owned(), before)]),
        through_seq: before,
        through_segment: first_segment.saturating_sub(1),
        ..Totals::default()
    }
}

/// Counts a frame; returns its time and how many envelopes before it were lost.
fn take_in(ledger: &mut Ledger, frame: &Frame, segment: u32, offset: u64, sound: bool) -> (UnixMillis, u64) {
    match &frame.record {
        Record::Envelope(meta) => {
            let place = Place {
                segment,
                offset: u32::try_from(offset).unwrap_or(u32::MAX),
                meta_len: frame.meta_len,
                payload_len: frame.payload_len,
            };
            let lost = ledger.captured(frame.seq, meta, place);
            if !sound {
                ledger.changed(frame.seq, Change::Dead(DeadReason::Damaged));
            }
            (meta.received_at, lost)
        }
        Record::Change(change) => {
            ledger.changed(frame.seq, *change);
            (0, 0)
        }
    }
}

/// Reads the heads of one segment.
struct Scan<'a> {
    dir: &'a Path,
    id: u32,
    is_last: bool,
    notices: &'a mut Vec<Notice>,
}

impl Scan<'_> {
    fn run(&mut self, mut take: impl FnMut(&Frame, u64, bool) -> (UnixMillis, u64)) -> io::Result<Segment> {
        let path = segment_path(self.dir, self.id);
        let mut file = File::open(&path)?;
        let len = file.metadata()?.len();
        let mut window = Window {
            bytes: Vec::new(),
            at: 0,
        };
        // The end of the newest segment may be torn, so all of it is read and its payloads are checked.
        if self.is_last {
            file.read_to_end(&mut window.bytes)?;
        }
        let (mut at, mut newest, mut lost) = (0, 0, 0);
        while at < len {
            let head = window.at(&mut file, at, len)?;
            let frame = frame::read(head).filter(|frame| at + frame.len() <= len);
            let sound = |frame: &Frame| {
                let start = HEAD + usize::from(frame.meta_len);
                let payload = head
                    .get(start..)
                    .and_then(|rest| rest.get(..size(frame.payload_len)));
                !self.is_last || payload.is_some_and(|payload| crc32fast::hash(payload) == frame.payload_crc)
            };
            match frame {
                // An unsound payload at the very end is a torn write; elsewhere it is damage.
                Some(frame) if sound(&frame) || at + frame.len() < len => {
                    let (time, missing) = take(&frame, at, sound(&frame));
                    newest = newest.max(time);
                    lost += missing;
                    at += frame.len();
                }
                _ => match self.next_frame(&mut file, at, len)? {
                    Some(next) => {
                        self.set_aside(&mut file, at, next)?;
                        at = next;
                    }
                    None if self.is_last => {
                        let cut = len - at;
                        let detail = format!(
                            "The last {cut} bytes of segment {} were never finished and were cut.",
                            self.id
                        );
                        self.notices.push(
                            notice("torn_tail", detail)
                                .with("bytes", cut)
                                .with("segment", self.id),
                        );
                        let file = File::options().write(true).open(&path)?;
                        file.set_len(at)?;
                        file.sync_all()?;
                        break;
                    }
                    None => {
                        self.set_aside(&mut file, at, len)?;
                        at = len;
                    }
                },
            }
        }
        if lost > 0 {
            let detail = format!(
                "{lost} envelopes before or in segment {} were lost to damage on the disk.",
                self.id
            );
            self.notices.push(
                notice("envelopes_lost", detail)
                    .with("count", lost)
                    .with("segment", self.id),
            );
        }
        Ok(Segment {
            bytes: if self.is_last { at } else { len },
            newest,
        })
    }

    /// The next place after `at` where a whole frame begins.
    fn next_frame(&self, file: &mut File, at: u64, len: u64) -> io::Result<Option<u64>> {
        let mut rest = Vec::new();
        file.seek(SeekFrom::Start(at + 1))?;
        file.read_to_end(&mut rest)?;
        for (position, offset) in (0..rest.len()).zip(at + 1..) {
            let bytes = &rest[position..];
            if bytes.starts_with(&frame::MAGIC)
                && frame::read(bytes).is_some_and(|frame| offset + frame.len() <= len)
            {
                return Ok(Some(offset));
            }
        }
        Ok(None)
    }

    fn set_aside(&mut self, file: &mut File, from: u64, to: u64) -> io::Result<()> {
        let aside = self.dir.join("set-aside");
        let target = aside.join(format!("{:08}-{from}.bin", self.id));
        if !target.exists() {
            fs::create_dir_all(&aside)?;
            file.seek(SeekFrom::Start(from))?;
            io::copy(&mut file.take(to - from), &mut File::create(&target)?)?;
        }
        let detail = format!(
            "{} bytes of segment {} could not be read; they were copied to {}.",
            to - from,
            self.id,
            target.display()
        );
        let damaged = notice("segment_damaged", detail).with("bytes", to - from);
        self.notices
            .push(damaged.with("segment", self.id).with("copy", target.display()));
        Ok(())
    }
}

/// Part of a file in memory.
struct Window {
    bytes: Vec<u8>,
    /// Where in the file it begins.
    at: u64,
}

impl Window {
    /// The bytes from `at`: at least a head, or all there are.
    fn at(&mut self, file: &mut File, at: u64, len: u64) -> io::Result<&[u8]> {
        let wanted = ((HEAD + MAX_META) as u64).min(len - at);
        let inside = at >= self.at && at + wanted <= self.at + self.bytes.len() as u64;
        if !inside {
            self.bytes.clear();
            file.seek(SeekFrom::Start(at))?;
            file.take(WINDOW as u64).read_to_end(&mut self.bytes)?;
            self.at = at;
        }
        let start = usize::try_from(at - self.at).unwrap_or(usize::MAX);
        Ok(self.bytes.get(start..).unwrap_or(&[]))
    }
}

/// Why a payload cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// Its segment was removed.
    #[error("the envelope is no longer kept")]
    Gone,
    /// Other bytes came back than were written.
    #[error("the envelope is damaged on the disk")]
    Damaged,
    /// The system said no.
    #[error("the envelope cannot be read: {0}")]
    Io(io::Error),
}

/// Reads payloads; keeps the last segment open, since neighbours are read together.
pub(crate) struct Reader {
    dir: PathBuf,
    open: Option<(u32, File)>,
    /// What was read last; it grows once, not with every envelope.
    buffer: Vec<u8>,
}

impl Reader {
    pub(crate) fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            open: None,
            buffer: Vec::new(),
        }
    }

    /// The envelope at `place`, as it was received. Blocks.
    pub(crate) fn read(&mut self, place: Place) -> Result<&[u8], ReadError> {
        let io = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => ReadError::Gone,
            io::ErrorKind::UnexpectedEof => ReadError::Damaged,
            _ => ReadError::Io(error),
        };
        if self
            .open
            .as_ref()
            .is_none_or(|(segment, _)| *segment != place.segment)
        {
            let file = File::open(segment_path(&self.dir, place.segment)).map_err(io)?;
            self.open = Some((place.segment, file));
        }
        let Some((_, file)) = &mut self.open else {
            return Err(ReadError::Gone);
        };
        let head = HEAD + usize::from(place.meta_len);
        let whole = head + size(place.payload_len);
        self.buffer.resize(whole, 0);
        self.buffer.shrink_to(MOST_BUFFERED.max(whole));
        file.seek(SeekFrom::Start(u64::from(place.offset))).map_err(io)?;
        file.read_exact(&mut self.buffer).map_err(io)?;
        let (head, payload) = self.buffer.split_at(head);
        let frame = frame::read(head).ok_or(ReadError::Damaged)?;
        if frame.payload_len == place.payload_len && crc32fast::hash(payload) == frame.payload_crc {
            Ok(payload)
        } else {
            Err(ReadError::Damaged)
        }
    }

    /// Lets go of the open segment, which cannot be deleted on Windows meanwhile.
    pub(crate) fn close(&mut self) {
        self.open = None;
    }
}

pub(crate) fn notice(code: &str, detail: impl Into<String>) -> Notice {
    Notice {
        code: code.to_owned(),
        detail: detail.into(),
        params: Named::new(),
        at: now(),
    }
}

fn size(len: u32) -> usize {
    usize::try_from(len).unwrap_or(usize::MAX)
}

fn segment_path(dir: &Path, id: u32) -> PathBuf {
    dir.join("segments").join(format!("{id:08}.log"))
}

fn open_segment(dir: &Path, id: u32) -> io::Result<File> {
    let mut file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(segment_path(dir, id))?;
    file.seek(SeekFrom::End(0))?;
    Ok(file)
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
