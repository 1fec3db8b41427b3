//! Tracks viewers and progress, and makes the index leave the cores to the services.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::watch;

use super::Index;

/// Limit of work without a pause, while envelopes arrive and there is no viewer.
const SLICE: Duration = Duration::from_millis(5);
/// Length of the pause in slices: the index then takes a twentieth of one core.
const PAUSE: u32 = 19;
/// How long arriving envelopes are collected before a commit, because a commit writes whole pages.
const GATHERED_FOR: Duration = Duration::from_millis(25);
/// How long arriving envelopes are collected while there is no viewer.
const GATHERED_UNSEEN_FOR: Duration = Duration::from_millis(300);
/// Limit of a pause, however long a slice takes.
const LONGEST_PAUSE: Duration = Duration::from_millis(200);
/// How long after a query a viewer counts as active.
const LOOKS_FOR: Duration = Duration::from_secs(10);

/// Activity of viewers, and progress of the index.
pub(super) struct Attention {
    asked: Mutex<Option<Instant>>,
    /// Number up to which all envelopes are indexed.
    through: watch::Sender<u64>,
}

impl Attention {
    pub(super) fn new() -> Self {
        Self {
            asked: Mutex::new(None),
            through: watch::Sender::new(0),
        }
    }

    /// Sets the progress.
    pub(super) fn through(&self, seq: u64) {
        self.through.send_replace(seq);
    }

    pub(super) fn is_through(&self, seq: u64) -> bool {
        *self.through.borrow() >= seq
    }

    /// Marks a viewer as active, and waits up to `patience` until everything up to `seq` is indexed.
    pub(super) async fn wait(&self, seq: u64, patience: Duration) {
        *self.asked.lock() = Some(Instant::now());
        let mut through = self.through.subscribe();
        let _ = tokio::time::timeout(patience, through.wait_for(|through| *through >= seq)).await;
    }

    fn is_paid(&self) -> bool {
        self.asked.lock().is_some_and(|at| at.elapsed() < LOOKS_FOR)
    }
}

/// Why the thread is woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wake {
    /// Envelopes have arrived.
    More,
    /// A viewer is active.
    Look,
    /// The thread must end.
    End,
}

/// The index was told to end.
pub(super) struct Ended;

/// Waits for messages, and makes pauses while there is no viewer.
pub(super) struct Pace<'a> {
    index: &'a Index,
    wakes: &'a mpsc::Receiver<Wake>,
    slice: Instant,
    /// The newest envelope at the last pause.
    newest: u64,
}

impl<'a> Pace<'a> {
    pub(super) fn new(index: &'a Index, wakes: &'a mpsc::Receiver<Wake>) -> Self {
        Self {
            index,
            wakes,
            slice: Instant::now(),
            newest: 0,
        }
    }

    /// Called between two pieces of work; pauses when a slice is used up.
    pub(super) fn breathe(&mut self) -> Result<(), Ended> {
        self.listen(Duration::ZERO)?;
        if self.slice.elapsed() < SLICE {
            return Ok(());
        }
        let newest = self.index.figures.tally.lock().newest_seq();
        let more_came = std::mem::replace(&mut self.newest, newest) != newest;
        if more_came && !self.somebody_looks() {
            self.listen((self.slice.elapsed() * PAUSE).min(LONGEST_PAUSE))?;
        }
        self.slice = Instant::now();
        Ok(())
    }

    fn somebody_looks(&self) -> bool {
        self.index.attention.is_paid() || self.index.live.receiver_count() > 0
    }

    /// Waits for `pause`, until a viewer is active, or for the end.
    pub(super) fn listen(&self, pause: Duration) -> Result<(), Ended> {
        let until = Instant::now() + pause;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.wakes.recv_timeout(left) {
                Ok(Wake::More) => {}
                Ok(Wake::Look) | Err(mpsc::RecvTimeoutError::Timeout) => return Ok(()),
                Ok(Wake::End) | Err(mpsc::RecvTimeoutError::Disconnected) => return Err(Ended),
            }
        }
    }

    /// Waits for work, and then a moment for more of it; or for the end.
    pub(super) fn wait(&mut self) -> Result<(), Ended> {
        match self.wakes.recv() {
            Ok(Wake::Look) => {}
            Ok(Wake::More) if self.somebody_looks() => self.listen(GATHERED_FOR)?,
            Ok(Wake::More) => self.listen(GATHERED_UNSEEN_FOR)?,
            Ok(Wake::End) | Err(_) => return Err(Ended),
        }
        self.slice = Instant::now();
        Ok(())
    }
}
