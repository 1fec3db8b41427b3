//! What leaves: a reader of the log that sends what is held, and writes back what became of it.
//!
//! It knows the log and nothing of the index. Whoever owns it keeps a [`Handle`]; the thread that sends works from a
//! [`Context`].

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

use std::sync::{Arc, Mutex, mpsc};

use reelscope_contracts::telemetry::Notice;
use tokio::sync::oneshot;

use crate::lock;
use crate::log::{Ages, Entry, Job, Readers};
use crate::notice::notice;
use crate::supervised;
pub use destinations::{Destinations, Pace};
use outbox::{Desk, Note, Outbox};
pub(crate) use sender::Sender;
use status::Published;
pub(crate) use status::{Reasons, Status};

/// Whoever is told what delivery did.
pub(crate) trait Host: Send + Sync {
    /// Something about delivery changed.
    fn changed(&self);
    /// Something that a person has to know.
    fn say(&self, notice: Notice);
}

/// What delivery works with.
pub(crate) struct Context {
    pub(crate) readers: Readers,
    /// To the log's writer.
    pub(crate) jobs: mpsc::Sender<Job>,
    pub(crate) sender: Sender,
    pub(crate) pace: Pace,
    pub(crate) ages: Arc<Ages>,
    /// The public key of this collector's own DSN.
    pub(crate) own_key: String,
    /// The slot of the head of traces that begin here.
    pub(crate) head: &'static str,
}

/// What its owner holds of delivery.
pub(crate) struct Handle {
    notes: tokio::sync::mpsc::UnboundedSender<Note>,
    shared: Arc<Shared>,
}

/// What the thread that sends and its owner both see.
struct Shared {
    destinations: Mutex<Arc<Destinations>>,
    published: Mutex<Published>,
    ages: Arc<Ages>,
}

impl Shared {
    fn destinations(&self) -> Arc<Destinations> {
        Arc::clone(&lock(&self.destinations))
    }
}

/// What is told to delivery and not yet heard; [`run`] takes it.
pub(crate) struct Inbox(outbox::Notes);

impl Handle {
    /// Nothing is sent before [`Handle::configure`].
    pub(crate) fn new(ages: Arc<Ages>) -> (Self, Inbox) {
        let (notes, waiting) = tokio::sync::mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            destinations: Mutex::new(Arc::new(Destinations::nowhere())),
            published: Mutex::default(),
            ages,
        });
        (Self { notes, shared }, Inbox(waiting))
    }

    pub(crate) fn destinations(&self) -> Arc<Destinations> {
        self.shared.destinations()
    }

    /// Sets where envelopes go from now on.
    pub(crate) fn configure(&self, destinations: Destinations) {
        *lock(&self.shared.destinations) = Arc::new(destinations);
        let _ = self.notes.send(Note::Configured);
    }

    /// These envelopes came, or are held again.
    pub(crate) fn held(&self, entries: Vec<Entry>) {
        let _ = self.notes.send(Note::Held(entries));
    }

    /// Ends delivery; answered when nothing is under way any more, or not at all where it has ended already.
    pub(crate) fn stop(&self) -> oneshot::Receiver<()> {
        let (stopped, answered) = oneshot::channel();
        let _ = self.notes.send(Note::Stop(stopped));
        answered
    }

    pub(crate) fn status(&self) -> Status {
        let destinations = self.destinations();
        Status::of(
            &lock(&self.shared.published),
            &destinations,
            self.shared.ages.clock(),
        )
    }

    /// Why envelopes are held at this moment.
    pub(crate) fn reasons(&self) -> Reasons {
        Reasons {
            destinations: self.destinations(),
            limits: lock(&self.shared.published).limits.clone(),
            now: self.shared.ages.clock().monotonic(),
        }
    }
}

/// Sends until it is told to stop. A defect is said and it begins anew, with what the log holds.
///
/// # Errors
/// The last words, where beginning anew is not worth it.
pub(crate) fn run(
    context: Context,
    handle: &Handle,
    inbox: Inbox,
    host: &Arc<dyn Host>,
) -> Result<(), String> {
    let context = Arc::new(context);
    let mut desk = Desk::new(inbox.0);
    let send = |desk: &mut Desk| {
        Outbox::new(&context, &handle.shared, host).run(desk);
    };
    supervised::again(&mut desk, send, |_, words| {
        tracing::error!(words, "delivery met a defect and begins anew");
        let detail = "Delivery met a defect of Reelscope and began anew.";
        host.say(notice("delivery_defect", detail).with("cause", words));
    })
}
