//! Follows the log on a thread of its own: takes in what comes, and in between what was there when the index began, newest
//! first; and takes out what the log has removed.
//!
//! Where it is stands in the tables and is written with what it has done, so that a start goes on where the last one
//! ended.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::time::Duration;

use reelscope_contracts::telemetry::Micros;
use rusqlite::Connection;

use super::Index;
use super::keeper::{Keeper, Touched, counters, removed_count, removed_seqs};
use super::pace::{Ended, Pace, Wake};
use super::progress::Progress;
use super::taking::EnvelopeProgress;
use super::{issues, schema};
use crate::envelope::Envelope;
use crate::facts::{self, Facts, Source};
use crate::live::Live;
use crate::log::{self, Entry};

/// Most elements of envelopes that are taken in at once: whoever writes meanwhile waits for them.
const PIECE: usize = 256;
/// Most envelopes that are read at once, and the bytes after which no more of them are.
const MOST_ENVELOPES: usize = 64;
const MOST_BYTES: u64 = 1024 * 1024;
/// Most envelopes that are taken out at once.
const MOST_REMOVED: usize = 64;
/// How long after an error of SQLite the next attempt is made.
const RETRY: Duration = Duration::from_secs(1);

/// What is passed over after a defect.
#[derive(Default)]
pub(crate) struct Defects {
    /// The envelope that is being taken in.
    current: u64,
    /// Those that met a defect.
    passed_over: BTreeSet<u64>,
}

impl Defects {
    /// The envelope that was being taken in met a defect. Returns its number.
    pub(crate) fn pass_over(&mut self) -> u64 {
        self.passed_over.insert(self.current);
        self.current
    }
}

/// Whether the envelopes came after the index began, or were there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    New,
    Old,
}

/// A part of an envelope.
struct Piece {
    seq: u64,
    received_us: Micros,
    /// Its place among the pieces of the envelope.
    number: u64,
    is_last: bool,
    facts: Facts,
}

struct Following<'a> {
    index: &'a Index,
    pace: Pace<'a>,
    defects: &'a mut Defects,
    /// `None` before the tables are known, and after an error, which leaves what is in memory ahead of them.
    known: Option<(Keeper, Progress)>,
    /// Something was taken out last: it is the turn of what comes.
    has_taken_out: bool,
}

/// Runs until it is told to end. While nobody looks it leaves the cores to those who serve, and catches up when they rest.
pub(crate) fn run(index: &Index, wakes: &mpsc::Receiver<Wake>, defects: &mut Defects) {
    let mut following = Following {
        index,
        pace: Pace::new(index, wakes),
        defects,
        known: None,
        has_taken_out: false,
    };
    // It ends only when it is told to.
    let Err(Ended) = following.run();
}

impl Following<'_> {
    fn run(&mut self) -> Result<std::convert::Infallible, Ended> {
        loop {
            match self.step() {
                Ok(Ok(true)) => self.pace.breathe()?,
                Ok(Ok(false)) => {
                    self.index.indexed.store(true, Ordering::Release);
                    self.pace.wait()?;
                }
                Ok(Err(error)) => {
                    tracing::warn!(%error, "telemetry could not be indexed");
                    self.known = None;
                    self.pace.listen(RETRY)?;
                }
                Err(ended) => return Err(ended),
            }
        }
    }

    /// Does some of the work; whether there was any. The inner error is SQLite's.
    fn step(&mut self) -> Result<rusqlite::Result<bool>, Ended> {
        let progress = match self.begin() {
            Ok(progress) => progress,
            Err(error) => return Ok(Err(error)),
        };
        let captured = self.index.figures.tally.lock().newest_seq();
        let more_came = progress.new.0 <= captured;
        // In turns, so that neither waits for all of the other.
        if !(more_came && self.has_taken_out) {
            match self.take_out() {
                Ok(false) => {}
                done => {
                    self.has_taken_out = true;
                    return Ok(done);
                }
            }
        }
        self.has_taken_out = false;
        if more_came {
            self.take_in(Which::New, captured)
        } else if progress.old.0 > 0 {
            self.take_in(Which::Old, captured)
        } else {
            Ok(Ok(false))
        }
    }

    fn begin(&mut self) -> rusqlite::Result<Progress> {
        if let Some((_, progress)) = &self.known {
            return Ok(*progress);
        }
        schema::prepare(&self.index.pen)?;
        let (keeper, progress) = self.index.readers.read_here(|connection| {
            *self.index.counters.lock() = counters(connection)?;
            self.index.figures.unpruned.counted(removed_count(connection)?);
            let progress = Progress::read(connection)?;
            Ok((Keeper::new(progress), progress))
        })?;
        self.index.attention.through(progress.new.0 - 1);
        self.known = Some((keeper, progress));
        Ok(progress)
    }

    /// Takes out some of what the log has removed; whether there was any.
    fn take_out(&mut self) -> rusqlite::Result<bool> {
        let seqs = self
            .index
            .readers
            .read_here(|connection| removed_seqs(connection, MOST_REMOVED))?;
        let Some((keeper, _)) = self.known.as_mut().filter(|_| !seqs.is_empty()) else {
            self.index.figures.unpruned.counted(0);
            return Ok(false);
        };
        let count = seqs.len();
        self.index.pen.write(false, |transaction| {
            for seq in seqs {
                keeper.remove(transaction, seq)?;
            }
            keeper.flush(transaction)
        })?;
        keeper.settle();
        self.index.figures.unpruned.pruned(count);
        Ok(true)
    }

    /// Takes some envelopes in.
    fn take_in(&mut self, which: Which, captured: u64) -> Result<rusqlite::Result<bool>, Ended> {
        let Some((_, progress)) = self.known.as_ref() else {
            return Ok(Ok(true));
        };
        let (rows, from) = match which {
            Which::New => ("seq >= ?1 ORDER BY seq", progress.new.0),
            Which::Old => ("seq <= ?1 ORDER BY seq DESC", progress.old.0),
        };
        let found = self.index.readers.read_here(|connection| {
            log::some_envelopes(connection, rows, from, (MOST_ENVELOPES, MOST_BYTES))
        });
        let found = match found {
            Ok(found) => found,
            Err(error) => return Ok(Err(error)),
        };
        if found.is_empty() {
            // What was there is no longer kept.
            let passed = match which {
                Which::New => captured,
                Which::Old => 0,
            };
            return Ok(self.pass(which, passed).map(|()| true));
        }
        let mut pieces: Vec<Piece> = Vec::new();
        for (entry, bytes) in &found {
            pieces.extend(self.pieces(entry, bytes));
            self.pace.listen(Duration::ZERO)?;
        }
        self.take(which, pieces)
    }

    /// What an envelope says. One that cannot be read, or that met a defect, says nothing.
    fn pieces(&mut self, entry: &Entry, bytes: &[u8]) -> Vec<Piece> {
        self.defects.current = entry.seq;
        let source = Source::of(entry);
        let is_passed_over = self.defects.passed_over.contains(&entry.seq);
        let envelope = Envelope::framed(bytes).ok().filter(|_| !is_passed_over);
        let pieces = envelope.map_or_else(
            || vec![Facts::default()],
            |envelope| facts::skim(source, &envelope).pieces(PIECE),
        );
        let last = pieces.len() - 1;
        let piece = |(number, facts)| Piece {
            seq: entry.seq,
            received_us: source.received_us,
            number: number as u64,
            is_last: number == last,
            facts,
        };
        pieces.into_iter().enumerate().map(piece).collect()
    }

    /// Takes pieces in, as many at once as nobody has to wait for.
    fn take(&mut self, which: Which, pieces: Vec<Piece>) -> Result<rusqlite::Result<bool>, Ended> {
        let mut pieces = pieces.into_iter().peekable();
        let mut taking = None;
        while pieces.peek().is_some() {
            let mut some = Vec::new();
            let mut elements = 0;
            while let Some(piece) = pieces.next_if(|_| elements < PIECE) {
                elements += piece.facts.elements().max(1);
                some.push(piece);
            }
            if let Err(error) = self.commit(which, &mut taking, &some) {
                return Ok(Err(error));
            }
            self.pace.breathe()?;
        }
        Ok(Ok(true))
    }

    fn commit(
        &mut self,
        which: Which,
        taking: &mut Option<EnvelopeProgress>,
        some: &[Piece],
    ) -> rusqlite::Result<()> {
        let Some((keeper, progress)) = &mut self.known else {
            return Ok(());
        };
        let mut now = *progress;
        self.index.pen.write(false, |transaction| {
            for piece in some {
                self.defects.current = piece.seq;
                if !taking.as_ref().is_some_and(|taking| taking.is_of(piece.seq)) {
                    *taking = None;
                }
                let taking = taking.get_or_insert_with(|| {
                    EnvelopeProgress::new(piece.seq, piece.received_us, which == Which::New)
                });
                let place = match which {
                    Which::New => &mut now.new,
                    Which::Old => &mut now.old,
                };
                if place.0 == piece.seq && piece.number < place.1 {
                    taking.skip(&piece.facts);
                } else {
                    keeper.add(transaction, taking, &piece.facts)?;
                }
                *place = match (piece.is_last, which) {
                    (false, _) => (piece.seq, piece.number + 1),
                    (true, Which::New) => (piece.seq + 1, 0),
                    (true, Which::Old) => (piece.seq - 1, 0),
                };
            }
            keeper.flush(transaction)?;
            now.next_trace = keeper.next_trace();
            now.write(transaction)
        })?;
        *progress = now;
        let is_told = which == Which::New && self.index.live.receiver_count() > 0;
        let touched = is_told.then(|| keeper.touched());
        keeper.settle();
        if some.iter().any(|piece| !piece.facts.counts.is_empty()) {
            *self.index.counters.lock() = self.index.readers.read_here(counters)?;
        }
        if let Some(touched) = touched {
            self.tell(touched)?;
        }
        if which == Which::New {
            self.index.attention.through(now.new.0 - 1);
        }
        Ok(())
    }

    /// Tells those who watch.
    fn tell(&self, Touched { traces, issues }: Touched) -> rusqlite::Result<()> {
        for trace in traces {
            let _ = self.index.live.send(Live::Trace(trace).into());
        }
        for issue in issues {
            let read = |connection: &Connection| issues::one(connection, &issue);
            if let Some(issue) = self.index.readers.read_here(read)? {
                let _ = self.index.live.send(Live::Issue(issue).into());
            }
        }
        Ok(())
    }

    /// Passes over what is not kept, through `seq`.
    fn pass(&mut self, which: Which, seq: u64) -> rusqlite::Result<()> {
        let Some((_, progress)) = &mut self.known else {
            return Ok(());
        };
        let mut now = *progress;
        match which {
            Which::New => now.new = (seq + 1, 0),
            Which::Old => now.old = (0, 0),
        }
        self.index
            .pen
            .write(false, |transaction| now.write(transaction))?;
        *progress = now;
        self.index.attention.through(now.new.0 - 1);
        Ok(())
    }
}
