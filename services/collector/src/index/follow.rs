//! Follows the log on a thread of its own: indexes new envelopes, and between them those that existed when the index
//! was created, newest first; removes those that the log has deleted.
//!
//! Its position is stored in the tables in the same transaction as the rows, so that a start continues where the
//! last one ended.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::time::Duration;

use reelscope_page_api::telemetry::Micros;
use rusqlite::Connection;

use super::Index;
use super::keeper::{Keeper, Touched, counters, removed_count, removed_seqs};
use super::pace::{Ended, Pace, Wake};
use super::progress::Progress;
use super::schema::PIECE;
use super::taking::EnvelopeProgress;
use super::{issues, schema};
use crate::envelope::Envelope;
use crate::facts::{self, Facts, Source};
use crate::live::Live;
use crate::log::{self, Entry};

/// Limit of envelopes that are read at once; about as many of ours have the elements of one transaction.
const MOST_ENVELOPES: usize = 128;
/// Limit of the bytes of envelopes that are read at once.
const MOST_BYTES: u64 = 1024 * 1024;
/// Limit of envelopes that are removed at once.
const MOST_REMOVED: usize = 64;
/// Pause before the next attempt after an error of SQLite.
const RETRY: Duration = Duration::from_secs(1);

/// Envelopes that make the index panic, which are skipped.
#[derive(Default)]
pub(crate) struct Defects {
    /// The envelope that is being indexed.
    current: u64,
    /// The envelopes to skip.
    passed_over: BTreeSet<u64>,
}

impl Defects {
    /// Skips the envelope that was being indexed; returns its number.
    pub(crate) fn pass_over(&mut self) -> u64 {
        self.passed_over.insert(self.current);
        self.current
    }
}

/// Whether envelopes came after the index was created, or existed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    New,
    Old,
}

/// A piece of an envelope.
struct Piece {
    seq: u64,
    received_us: Micros,
    /// Number of the piece within its envelope.
    number: u64,
    is_last: bool,
    facts: Facts,
}

struct Following<'a> {
    index: &'a Index,
    pace: Pace<'a>,
    defects: &'a mut Defects,
    /// `None` at the start, and after an error, when the state in memory is ahead of the tables.
    known: Option<(Keeper, Progress)>,
    /// Whether the last step removed something, so that new envelopes have their turn.
    has_taken_out: bool,
}

/// Runs until told to end. Without viewers it leaves the cores to the services, and catches up when they rest.
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

    /// Does one step; returns whether there was anything to do. The inner error is one of SQLite.
    fn step(&mut self) -> Result<rusqlite::Result<bool>, Ended> {
        let progress = match self.begin() {
            Ok(progress) => progress,
            Err(error) => return Ok(Err(error)),
        };
        let captured = self.index.figures.tally.lock().newest_seq();
        let more_came = progress.new.0 <= captured;
        // Removing and adding take turns, so that neither waits for all of the other.
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

    /// Removes some envelopes that the log has deleted; returns whether there were any.
    fn take_out(&mut self) -> rusqlite::Result<bool> {
        let unpruned = self.index.figures.unpruned.get();
        let seqs = self
            .index
            .readers
            .read_here(|connection| removed_seqs(connection, MOST_REMOVED))?;
        let Some((keeper, _)) = self.known.as_mut().filter(|_| !seqs.is_empty()) else {
            self.index.figures.unpruned.none_since(unpruned);
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

    /// Indexes some envelopes.
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
            // The envelopes have been deleted from the log.
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

    /// Returns the content of an envelope in pieces; an unreadable or skipped one has an empty piece.
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

    /// Indexes pieces, as many in one transaction as others can wait for.
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

    /// Sends the changes to the viewers.
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

    /// Moves the position past deleted envelopes, through `seq`.
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
