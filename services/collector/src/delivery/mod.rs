//! Delivery: a reader of the log that sends held envelopes and writes their outcome back.
//!
//! It uses the log and does not know the index. The owner keeps a [`Handle`]; the sending thread works with a
//! [`Context`].

mod desk;
mod destinations;
mod lanes;
mod outbox;
mod part;
mod rate_limits;
mod request;
mod sender;
mod status;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::collections::HashSet;
use std::io;
use std::sync::{Arc, mpsc};

use parking_lot::Mutex;
use reelscope_page_api::telemetry::Notice;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::log::{Ages, Entry, Job, Readers};
use crate::notice::notice;
use crate::supervised;
use desk::{Desk, Note};
pub use destinations::{Destinations, Pace};
pub use outbox::LAST_ANSWERS;
use outbox::Outbox;
pub(crate) use sender::Sender;
use status::Published;
pub(crate) use status::{Reasons, Status};

/// Receives events of delivery.
pub(crate) trait Host: Send + Sync {
    /// The state of delivery changed.
    fn changed(&self);
    /// A notice for the person.
    fn say(&self, notice: Notice);
}

/// What the sending thread works with.
pub(crate) struct Context {
    pub(crate) readers: Readers,
    /// Channel to the log's writer.
    pub(crate) jobs: mpsc::Sender<Job>,
    pub(crate) sender: Sender,
    pub(crate) pace: Pace,
    pub(crate) ages: Arc<Ages>,
    /// Public key of this collector's own DSN.
    pub(crate) own_key: String,
    /// The slot whose service is the head of traces that begin here.
    pub(crate) head: &'static str,
}

/// The owner's handle of delivery.
pub(crate) struct Handle {
    notes: tokio::sync::mpsc::UnboundedSender<Note>,
    shared: Arc<Shared>,
}

/// State that the sending thread and its owner share.
struct Shared {
    destinations: Mutex<Arc<Destinations>>,
    published: Mutex<Published>,
    /// Envelopes that a person retried by number, which are sent whatever their age.
    insisted: Mutex<HashSet<u64>>,
    ages: Arc<Ages>,
}

impl Shared {
    fn destinations(&self) -> Arc<Destinations> {
        Arc::clone(&self.destinations.lock())
    }
}

/// The receiving end of the messages to delivery; [`run`] takes it.
pub(crate) struct Inbox(desk::Notes);

impl Handle {
    /// Creates handle and inbox. Nothing is sent before [`Handle::configure`].
    pub(crate) fn new(ages: Arc<Ages>) -> (Self, Inbox) {
        let (notes, waiting) = tokio::sync::mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            destinations: Mutex::new(Arc::new(Destinations::nowhere())),
            published: Mutex::default(),
            insisted: Mutex::default(),
            ages,
        });
        (Self { notes, shared }, Inbox(waiting))
    }

    pub(crate) fn destinations(&self) -> Arc<Destinations> {
        self.shared.destinations()
    }

    /// Sets where envelopes go from now on.
    pub(crate) fn configure(&self, destinations: Destinations) {
        *self.shared.destinations.lock() = Arc::new(destinations);
        let _ = self.notes.send(Note::Configured);
    }

    /// Tells delivery that these envelopes are new, or held again.
    pub(crate) fn held(&self, entries: Vec<Entry>) {
        let _ = self.notes.send(Note::Held(entries));
    }

    /// Makes envelope `seq` be sent once, whatever its age, when it is held again.
    pub(crate) fn insist(&self, seq: u64) {
        self.shared.insisted.lock().insert(seq);
    }

    /// Ends delivery. The receiver completes when no request is under way; it fails when delivery has ended
    /// already.
    pub(crate) fn stop(&self) -> oneshot::Receiver<()> {
        let (stopped, answered) = oneshot::channel();
        let _ = self.notes.send(Note::Stop(stopped));
        answered
    }

    pub(crate) fn status(&self) -> Status {
        let destinations = self.destinations();
        Status::of(
            &self.shared.published.lock(),
            &destinations,
            self.shared.ages.clock(),
        )
    }

    /// Returns what decides why envelopes are held at present.
    pub(crate) fn reasons(&self) -> Reasons {
        Reasons {
            destinations: self.destinations(),
            limits: self.shared.published.lock().limits.clone(),
            now: self.shared.ages.clock().monotonic(),
        }
    }
}

/// Sends until told to stop, on the calling thread. After a panic it begins again with what the log holds.
///
/// # Errors
/// A sentence, when it panicked too often or cannot begin.
pub(crate) fn run(
    context: Context,
    handle: &Handle,
    inbox: Inbox,
    host: &Arc<dyn Host>,
) -> Result<(), String> {
    let runtime = || Builder::new_current_thread().enable_all().build();
    run_on(runtime, context, handle, inbox, host)
}

fn run_on(
    runtime: impl Fn() -> io::Result<Runtime>,
    context: Context,
    handle: &Handle,
    inbox: Inbox,
    host: &Arc<dyn Host>,
) -> Result<(), String> {
    let context = Arc::new(context);
    let mut desk = Desk::new(inbox.0);
    let unable = Cell::new(None);
    let send = |desk: &mut Desk| match runtime() {
        Ok(runtime) => runtime.block_on(Outbox::new(&context, &handle.shared, host).run(desk)),
        Err(error) => unable.set(Some(error)),
    };
    supervised::again(&mut desk, send, |_, words| {
        tracing::error!(words, "delivery met a defect and begins anew");
        let detail = "Delivery met a defect of Reelscope and began anew.";
        host.say(notice("delivery_defect", detail).with("cause", words));
    })?;
    match unable.take() {
        Some(error) => Err(format!("it cannot begin: {error}")),
        None => Ok(()),
    }
}
