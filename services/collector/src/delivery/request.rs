//! One request with an envelope, or with a part of one.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::lanes::Errand;
use super::sender::{Answer, Verdict};
use super::{Context, Shared, part};
use crate::dsn::Dsn;
use crate::envelope::Envelope;
use crate::envelope::category::Categories;
use crate::log::{self, Change, DeadReason, Entry, Job, State};

/// Age from which Sentry answers transactions and sessions with 200 and drops them.
const TOO_OLD: Duration = Duration::from_secs(5 * 24 * 60 * 60);

pub(super) struct Request {
    pub(super) destination: u64,
    pub(super) dsn: Dsn,
    pub(super) errand: Errand,
    pub(super) context: Arc<Context>,
    pub(super) shared: Arc<Shared>,
}

/// The outcome of a request. `owed` are categories whose end could not be stored, because the disk is full.
pub(super) enum Outcome {
    Answered {
        answer: Answer,
        owed: Option<Categories>,
    },
    /// Nothing was sent: the envelope is too old, damaged, deleted, or decided on meanwhile.
    Unsent { owed: Option<Categories> },
    /// The log could not be read.
    Unread,
}

impl Outcome {
    pub(super) fn owed(&self) -> Option<Categories> {
        match self {
            Self::Answered { owed, .. } | Self::Unsent { owed } => *owed,
            Self::Unread => None,
        }
    }
}

impl Request {
    pub(super) async fn run(self) -> Outcome {
        let seq = self.errand.seq;
        let read = move |connection: &Connection| log::envelope(connection, seq);
        let (entry, bytes) = match self.context.readers.read(read).await {
            Ok(Some(found)) => found,
            // It was counted as evicted when it was deleted.
            Ok(None) => return Outcome::Unsent { owed: None },
            Err(error) => {
                tracing::error!(%error, seq, "an envelope cannot be read");
                return Outcome::Unread;
            }
        };
        let (part, left) = (self.errand.part, entry.left());
        let today = self.shared.destinations().id_of(&entry.slot);
        let is_decided = entry.state != State::Held || [entry.destination, today] != [self.destination; 2];
        if is_decided || part.of(left) != part {
            return Outcome::Unsent { owed: None };
        }
        if self.is_too_old(&entry) {
            let owed = self.write(Change::Dead(DeadReason::TooOld)).await;
            return Outcome::Unsent { owed };
        }
        let Some((bytes, sdk)) = self.addressed(&entry, bytes) else {
            let owed = self.write(Change::Dead(DeadReason::Damaged)).await;
            return Outcome::Unsent { owed };
        };
        let answer = self.context.sender.send(&self.dsn, &bytes, &sdk).await;
        // Stored in the same task as the response is read, so that a panic of the outbox cannot come in between.
        let owed = match answer.verdict {
            Verdict::Delivered => self.write(Change::Delivered(part)).await,
            Verdict::Dead(reason) => self.write(Change::Refused(reason, part)).await,
            Verdict::Limited | Verdict::Retry => None,
        };
        if answer.verdict.is_final() && self.errand.is_all() {
            self.shared.insisted.lock().remove(&seq);
        }
        Outcome::Answered { answer, owed }
    }

    /// Stores the outcome and waits for the log, so that nothing under way is sent twice. Returns the categories
    /// whose end could not be stored.
    async fn write(&self, change: Change) -> Option<Categories> {
        let (written, is_written) = oneshot::channel();
        let job = Job::Change {
            changes: vec![(self.errand.seq, change)],
            answer: Some(written),
        };
        let is_sent = self.context.jobs.send(job).is_ok();
        let is_on_disk = is_sent && is_written.await.is_ok_and(|done| done.is_on_disk);
        (!is_on_disk).then_some(match change {
            Change::Delivered(part) | Change::Refused(_, part) if !self.errand.is_all() => part,
            _ => Categories::ALL,
        })
    }

    fn is_too_old(&self, entry: &Entry) -> bool {
        let dropped_when_old = Categories::TRANSACTION.with(Categories::SESSION);
        entry.left().meets(dropped_when_old)
            && !entry.left().meets(Categories::ERROR)
            && self.context.ages.of(entry) > TOO_OLD
            && !self.shared.insisted.lock().contains(&entry.seq)
    }

    /// Returns the bytes to send and the name of the SDK; `None` when the stored bytes are no envelope.
    fn addressed(&self, entry: &Entry, bytes: Vec<u8>) -> Option<(Vec<u8>, String)> {
        let part = self.errand.part;
        let bytes = if part == entry.categories {
            bytes
        } else {
            part::cut(&Envelope::framed(&bytes).ok()?, part)
        };
        let envelope = Envelope::framed(&bytes).ok()?;
        let destinations = self.shared.destinations();
        let head = destinations.of(self.context.head).unwrap_or(&self.dsn);
        let now = self.context.ages.clock().wall();
        let addressed = envelope.addressed(&self.dsn, now, &self.context.own_key, head.key());
        Some((addressed, sdk_name(&envelope)))
    }
}

/// Returns the name of the SDK, valid as a header.
fn sdk_name(envelope: &Envelope<'_>) -> String {
    let sdk = envelope.header.sdk.clone().unwrap_or_default();
    let text = format!(
        "{}/{}",
        sdk.name.unwrap_or_default(),
        sdk.version.unwrap_or_default()
    );
    let fits = |c: &char| c.is_ascii_alphanumeric() || "./-_+".contains(*c);
    let text: String = text.chars().filter(fits).take(80).collect();
    if text.starts_with('/') {
        format!("reelscope{text}")
    } else {
        text
    }
}
