//! The collector as its owner uses it: open, capture, configure, read, shut down. It puts the parts together.

mod capturing;
mod delivering;
mod parts;
mod reading;
mod threads;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::Mutex;
use reelscope_page_api::telemetry::Notice;
use tokio::sync::watch;

#[cfg(test)]
pub(crate) use self::capturing::MOST_QUEUED;
use self::parts::Parts;
use self::threads::{Work, indexing, sending, writing};
use crate::clock::Clock;
use crate::delivery::{self, Destinations, Pace, Sender};
use crate::error::{CollectorError, RecordingError};
use crate::index::Index;
use crate::log::{self, Ages, Figures, Job, Opened, Readers, Retainer, Retention, Writer};
use crate::refusals::Refusals;
use crate::slot::FRONTEND;

/// Options of a collector.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How long and how much is kept.
    pub retention: Retention,
    /// How envelopes are sent.
    pub pace: Pace,
}

impl Options {
    /// The options of the product: half a gigabyte or thirty days, at most two gigabytes.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            retention: Retention {
                bytes: 512 * 1024 * 1024,
                hard_cap_bytes: 2 * 1024 * 1024 * 1024,
                age: Duration::from_secs(30 * 24 * 60 * 60),
            },
            pace: Pace {
                concurrency: 16,
                timeout: Duration::from_secs(30),
                first_retry: Duration::from_millis(500),
                longest_retry: Duration::from_secs(60),
            },
        }
    }

    /// [`Options::standard`], but without retention limits.
    const fn everything() -> Self {
        Self {
            retention: Retention {
                bytes: u64::MAX,
                hard_cap_bytes: u64::MAX,
                age: Duration::MAX,
            },
            ..Self::standard()
        }
    }
}

/// Warnings raised while opening.
pub type Notices = Vec<Notice>;

/// The collector. Clones share it. It works until [`Collector::shutdown`].
#[derive(Clone)]
pub struct Collector {
    parts: Arc<Parts>,
    jobs: mpsc::Sender<Job>,
    threads: Arc<Mutex<Vec<JoinHandle<()>>>>,
    sender: Sender,
}

impl Collector {
    /// Opens the collector in `dir`, creates it where there is none, and starts its threads. Nothing is sent before
    /// [`Collector::configure`]. The notices tell of damage; they are in the status too.
    ///
    /// # Errors
    /// [`CollectorError`]: the directory is in use, is of a newer build, or cannot be written.
    pub fn open(dir: &Path, options: Options) -> Result<(Self, Notices), CollectorError> {
        Self::open_by(dir, options, Clock::system())
    }

    /// Opens a file that [`export`](crate::export) wrote, as a copy in the empty directory `dir`. The caller mounts
    /// only routes that do not add anything.
    ///
    /// # Errors
    /// [`RecordingError`]: the file is no recording, or the copy cannot be made.
    pub fn open_recording(file: &Path, dir: &Path) -> Result<Self, RecordingError> {
        log::unpack(file, dir)?;
        let (collector, _) = Self::open(dir, Options::everything())?;
        Ok(collector)
    }

    /// As [`Collector::open`], with clocks that a test can move.
    ///
    /// # Errors
    /// As [`Collector::open`].
    // Long because it puts all parts together, in the order in which they need each other.
    pub fn open_by(dir: &Path, options: Options, clock: Clock) -> Result<(Self, Notices), CollectorError> {
        fs::create_dir_all(dir).map_err(|error| CollectorError::unwritable(dir, &error))?;
        let Opened {
            pen,
            tally,
            lock: lock_file,
            mut notices,
        } = log::open(dir)?;
        let key = log::own_key(dir).map_err(|error| CollectorError::unwritable(dir, &error))?;
        let sender = Sender::new(options.pace.timeout, &mut notices);
        let (jobs, waiting_jobs) = mpsc::channel();
        let ages = Arc::new(Ages::new(clock, tally.newest_seq()));
        let (delivery, inbox) = delivery::Handle::new(Arc::clone(&ages));
        let figures = Arc::new(Figures {
            tally: Mutex::new(tally),
            ..Figures::default()
        });
        let readers = Readers::new(dir);
        let (index, index_wakes) = Index::new(readers.clone(), pen.clone(), Arc::clone(&figures));
        let parts = Arc::new(Parts {
            readers,
            figures: Arc::clone(&figures),
            key,
            index,
            delivery,
            revision: watch::Sender::new(0),
            refused: AtomicU64::new(0),
            refusals: Refusals::default(),
            scrubbing: AtomicBool::new(true),
            failed: watch::Sender::new(None),
            notices: Mutex::new(notices.clone()),
        });
        let start = |name: &str, work: Work| {
            std::thread::Builder::new()
                .name(name.to_owned())
                .spawn(work)
                .map_err(|error| CollectorError::unwritable(dir, &error))
        };
        let follower = Arc::clone(&parts);
        let context = delivery::Context {
            // Connections of their own, so that a reader does not delay sending.
            readers: Readers::new(dir),
            jobs: jobs.clone(),
            sender: sender.clone(),
            pace: options.pace,
            ages: Arc::clone(&ages),
            own_key: parts.key.clone(),
            head: FRONTEND,
        };
        let retainer = Retainer::new(options.retention, ages);
        let writer = Writer::new(pen.clone(), dir.to_owned(), figures, retainer, follower);
        let threads = vec![
            start("collector-index", indexing(&parts, index_wakes))?,
            start("collector-outbox", sending(&parts, context, inbox))?,
            start(
                "collector-writer",
                writing(&parts, writer, pen, waiting_jobs, lock_file),
            )?,
        ];
        let collector = Self {
            parts,
            jobs,
            threads: Arc::new(Mutex::new(threads)),
            sender,
        };
        Ok((collector, notices))
    }

    /// The public key of this collector's own DSN. It is the same after a restart.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.parts.key
    }

    /// Sets where envelopes go from now on. Envelopes captured for another destination stay held.
    pub fn configure(&self, destinations: Destinations) {
        self.parts.delivery.configure(destinations);
        self.parts.touched();
    }

    /// Sets whether envelopes are scrubbed before they are kept, from now on; see [`crate::scrub`]. It is on at the
    /// start.
    pub fn set_scrubbing(&self, on: bool) {
        self.parts.scrubbing.store(on, Ordering::Relaxed);
        self.parts.touched();
    }

    /// Tells the threads to end, without waiting; queued envelopes are still written. For an owner that cannot
    /// wait: the directory is released a moment later.
    pub fn stop(&self) {
        drop(self.parts.delivery.stop());
        let _ = self.jobs.send(Job::Stop);
        self.parts.index.stop();
    }

    /// Stops sending, writes what is queued, and ends all threads. Requests under way get a moment for their
    /// responses; without one the envelope stays held and is sent again after the next start.
    pub async fn shutdown(&self) {
        let _ = self.parts.delivery.stop().await;
        self.parts.index.stop();
        let (jobs, readers) = (self.jobs.clone(), self.parts.readers.clone());
        let mut threads = std::mem::take(&mut *self.threads.lock());
        let joined = tokio::task::spawn_blocking(move || {
            // The writer ends last and closes the last connection, because only then SQLite removes its journal.
            let writer = threads.pop();
            for thread in threads {
                let _ = thread.join();
            }
            readers.close();
            let _ = jobs.send(Job::Stop);
            if let Some(writer) = writer {
                let _ = writer.join();
            }
        });
        let _ = joined.await;
    }

    /// Waits for a failure of a thread that a restart cannot repair, and returns a sentence about it.
    pub async fn failed(&self) -> String {
        let mut failed = self.parts.failed.subscribe();
        let words = failed
            .wait_for(Option::is_some)
            .await
            .ok()
            .and_then(|words| words.clone());
        match words {
            Some(words) => words,
            None => std::future::pending().await,
        }
    }
}
