//! Capturing: checks, scrubs and queues envelopes, and counts those that are refused.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use reelscope_contracts::ApiProblem;
use tokio::sync::oneshot;

use super::Collector;
use crate::envelope::Envelope;
use crate::error::CaptureError;
use crate::large;
use crate::log::{Arrival, Body, Captured, Job, Queued};
use crate::notice::notice;
use crate::scrub;
use crate::slot::EXTERNAL;

/// Limit of bytes that wait for the disk; further envelopes are refused.
pub(crate) const MOST_QUEUED: usize = 64 * 1024 * 1024;
/// Additional limit for our own envelopes, so that a flood from outside does not displace them.
const OWN_QUEUED: usize = 32 * 1024 * 1024;

impl Collector {
    /// Queues an envelope of this process's own SDK without waiting for the disk. Its payloads are not checked, and
    /// its trace is the one of its header. An envelope that is lost counts as refused and raises a notice.
    pub fn capture_nowait(&self, slot: impl Into<Arc<str>>, envelope: Vec<u8>) {
        let slot = slot.into();
        let taken = self.room_for(&slot, envelope.len()).and_then(|queued| {
            let arrival = self.arrival(slot, envelope, queued, false)?;
            self.hand_over(arrival, None)
        });
        if let Err(error) = taken {
            self.parts.refused.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(%error, "an envelope was not taken");
            let detail = format!("An envelope was not taken: {error}.");
            let said = notice("envelope_refused", detail).with("cause", error);
            self.parts.keep(said);
        }
    }

    /// Writes an envelope and waits until it is on the disk.
    ///
    /// # Errors
    /// [`CaptureError`]: it is malformed, or the disk fails or is too slow; it is not kept then.
    pub async fn capture_durable(
        &self,
        slot: impl Into<Arc<str>>,
        envelope: Vec<u8>,
    ) -> Result<Captured, CaptureError> {
        let (answer, answered) = oneshot::channel();
        let taken = self.checked(slot.into(), envelope).await;
        let taken = taken.and_then(|arrival| self.hand_over(arrival, Some(answer)));
        taken.inspect_err(|_| {
            self.parts.refused.fetch_add(1, Ordering::Relaxed);
        })?;
        answered.await.unwrap_or(Err(CaptureError::Closed))
    }

    /// Checks an envelope from outside; a large one on a blocking thread.
    async fn checked(&self, slot: Arc<str>, envelope: Vec<u8>) -> Result<Arrival, CaptureError> {
        let queued = self.room_for(&slot, envelope.len())?;
        let collector = self.clone();
        let read = large::run(envelope.len(), move || {
            collector.arrival(slot, envelope, queued, true)
        });
        read.await.unwrap_or(Err(CaptureError::Closed))
    }

    /// Counts an envelope that a route refused. `is_counted` tells that [`Collector::capture_durable`] has counted
    /// it.
    pub(crate) fn note_refusal(&self, problem: &ApiProblem, client: Option<&str>, is_counted: bool) {
        self.parts.refusals.note(problem, client);
        if !is_counted {
            self.parts.refused.fetch_add(1, Ordering::Relaxed);
        }
        self.parts.touched();
    }

    /// Reserves bytes of the queue for the disk, if there is room.
    pub(crate) fn room_for(&self, slot: &str, bytes: usize) -> Result<Queued, CaptureError> {
        let most = if slot == EXTERNAL {
            MOST_QUEUED
        } else {
            MOST_QUEUED + OWN_QUEUED
        };
        Queued::within(most, &self.parts.figures, bytes).ok_or(CaptureError::Busy)
    }

    /// Prepares an envelope for storage: scrubs it while scrubbing is on, and checks the payloads of those from
    /// outside. Envelopes that were captured with scrubbing off stay as they are.
    fn arrival(
        &self,
        slot: Arc<str>,
        bytes: Vec<u8>,
        queued: Queued,
        is_checked: bool,
    ) -> Result<Arrival, CaptureError> {
        let framed = Envelope::framed(&bytes);
        let scrubbed = match &framed {
            Ok(envelope) if self.parts.scrubbing.load(Ordering::Relaxed) => {
                scrub::scrubbed_items(&bytes, envelope)
            }
            _ => None,
        };
        let framed = scrubbed.as_deref().map_or(framed, Envelope::framed);
        let read = if is_checked {
            framed.and_then(Envelope::checked)
        } else {
            framed
        };
        let read = read.map(|envelope| {
            (
                envelope.categories(),
                envelope.event_id().unwrap_or(0),
                envelope.trace_id.unwrap_or(0),
            )
        });
        let (categories, event_id, trace_id) = read?;
        let body = Body::of(scrubbed.unwrap_or(bytes));
        Ok(Arrival {
            destination: self.parts.destinations().id_of(&slot),
            slot,
            categories,
            event_id,
            trace_id,
            body,
            _queued: queued,
        })
    }

    fn hand_over(
        &self,
        arrival: Arrival,
        answer: Option<oneshot::Sender<Result<Captured, CaptureError>>>,
    ) -> Result<(), CaptureError> {
        let job = Job::Capture { arrival, answer };
        self.jobs.send(job).map_err(|_| CaptureError::Closed)
    }
}
