//! Jobs of the writer: envelopes to append and state changes. They are taken in batches, and each batch is one
//! commit.

use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use tokio::sync::oneshot;

use super::body::Body;
use super::state::Change;
use super::writer::Figures;
use crate::envelope::category::Categories;
use crate::error::CaptureError;

/// Maximum number of jobs in one commit. It bounds how long the first of them waits.
const MOST_JOBS: usize = 512;
/// Size of stored bodies, in bytes, after which a commit takes no more jobs.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// How long envelopes without a waiting caller are collected. A caller that arrives meanwhile waits for the rest of
/// this time.
const GATHERED_FOR: Duration = Duration::from_millis(20);

/// An envelope that is on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured {
    /// Sequence number, from 1.
    pub seq: u64,
    /// Id of its event, if it has one.
    pub event_id: Option<String>,
}

/// An envelope to append, in the form in which it is stored.
pub(crate) struct Arrival {
    pub(crate) slot: Arc<str>,
    /// Id of the destination; 0 for none.
    pub(crate) destination: u64,
    pub(crate) categories: Categories,
    /// 0 for none.
    pub(crate) event_id: u128,
    /// 0 for none.
    pub(crate) trace_id: u128,
    pub(crate) body: Body,
    pub(crate) _queued: Queued,
}

/// A reservation of bytes in the writer's queue. Dropping it releases them.
pub(crate) struct Queued {
    figures: Arc<Figures>,
    bytes: usize,
}

impl Queued {
    /// Reserves `bytes`. Returns `None` when more than `most` bytes are reserved already.
    pub(crate) fn within(most: usize, figures: &Arc<Figures>, bytes: usize) -> Option<Self> {
        let before = figures.queued.fetch_add(bytes, Ordering::Relaxed);
        let queued = Self {
            figures: Arc::clone(figures),
            bytes,
        };
        (before <= most).then_some(queued)
    }
}

impl Drop for Queued {
    fn drop(&mut self) {
        self.figures.queued.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// The result of a [`Job::Change`].
pub(crate) struct Changed {
    /// Number of changes that have an effect.
    pub(crate) count: u64,
    /// Whether the changes are on the disk. If not, they are kept in memory and written with the next commit that
    /// succeeds.
    pub(crate) is_on_disk: bool,
}

/// A job of the writer.
pub(crate) enum Job {
    Capture {
        arrival: Arrival,
        answer: CaptureAnswer,
    },
    Change {
        changes: Changes,
        answer: Option<oneshot::Sender<Changed>>,
    },
    Stop,
}

impl Job {
    /// Whether the commit must be synced at once: a caller waits for it, or it is a change of delivery. If a kill
    /// loses such a change, the envelope is sent twice.
    pub(super) fn is_waited_for(&self) -> bool {
        match self {
            Self::Capture { answer, .. } => answer.is_some(),
            Self::Change { .. } | Self::Stop => true,
        }
    }
}

pub(crate) type Changes = Vec<(u64, Change)>;
pub(crate) type CaptureAnswer = Option<oneshot::Sender<Result<Captured, CaptureError>>>;

/// The jobs of one commit, captures before changes.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) captures: Vec<(Arrival, CaptureAnswer)>,
    pub(super) changes: Vec<(Changes, Option<oneshot::Sender<Changed>>)>,
}

impl Batch {
    pub(super) fn of(jobs: Vec<Job>) -> Self {
        let mut batch = Self::default();
        for job in jobs {
            match job {
                Job::Capture { arrival, answer } => batch.captures.push((arrival, answer)),
                Job::Change { changes, answer } => batch.changes.push((changes, answer)),
                Job::Stop => {}
            }
        }
        batch
    }
}

/// Waits up to `timeout` for a job and takes all that are queued. Returns them, and whether they are the last.
pub(super) fn batch(jobs: &mpsc::Receiver<Job>, timeout: Duration) -> (Vec<Job>, bool) {
    let mut batch = Vec::new();
    match jobs.recv_timeout(timeout) {
        Ok(job) => batch.push(job),
        Err(mpsc::RecvTimeoutError::Timeout) => return (batch, false),
        Err(mpsc::RecvTimeoutError::Disconnected) => return (batch, true),
    }
    if batch.iter().all(|job| !job.is_waited_for()) {
        // A sleep instead of a wait on the channel, so that senders need not wake this thread.
        std::thread::sleep(GATHERED_FOR);
    }
    let mut bytes = 0;
    loop {
        match batch.last() {
            Some(Job::Stop) => return (batch, true),
            Some(Job::Capture { arrival, .. }) => bytes += arrival.body.stored.len(),
            _ => {}
        }
        if batch.len() >= MOST_JOBS || bytes >= MOST_BYTES {
            return (batch, false);
        }
        match jobs.try_recv() {
            Ok(job) => batch.push(job),
            Err(_) => return (batch, false),
        }
    }
}
