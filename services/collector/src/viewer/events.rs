//! The stream of changes.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use tokio::sync::{broadcast, watch};
use tokio::time::Instant;

use super::Viewer;
use crate::collector::Collector;
use crate::live::Live;

/// Shortest time between two messages about delivery.
const DELIVERY_EVERY: Duration = Duration::from_millis(200);
/// Interval of messages on a stream without changes.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The stream of one viewer.
struct Watching {
    collector: Collector,
    live: broadcast::Receiver<Arc<Live>>,
    revisions: watch::Receiver<u64>,
    /// Earliest time of the next message about delivery.
    not_before: Instant,
    waiting: VecDeque<Event>,
}

/// What happens, as it happens: `trace` (`TraceSummary`), `issue` (`IssueSummary`), `delivery` (`Delivery`),
/// `presentation` (`{"revision"}`: it has changed), and `missed` where the reader was too slow for all of it.
#[utoipa::path(
    get, path = "/events",
    responses((status = 200, description = "Server-sent events", body = String, content_type = "text/event-stream"))
)]
pub(super) async fn telemetry_events(
    State(viewer): State<Viewer>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let live = viewer.collector.index().subscribe();
    let mut revisions = viewer.collector.revisions();
    // The present state is sent first, so that a viewer that reconnects misses nothing.
    revisions.mark_changed();
    let watching = Watching {
        live,
        revisions,
        not_before: Instant::now(),
        waiting: VecDeque::new(),
        collector: viewer.collector.clone(),
    };
    let events = stream::unfold(watching, |mut watching| async {
        let event = watching.next().await?;
        Some((Ok(event), watching))
    });
    let beat = Event::default().event("heartbeat").data("{}");
    Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT).event(beat))
}

impl Watching {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            let not_before = self.not_before;
            tokio::select! {
                message = self.live.recv() => match message {
                    Ok(message) => self.waiting.extend(event_of(&message)),
                    // The reader was too slow and must read the lists again.
                    Err(broadcast::error::RecvError::Lagged(missed)) => {
                        let event = Event::default().event("missed").json_data(serde_json::json!({ "messages": missed }));
                        self.waiting.extend(event.ok());
                    }
                    Err(broadcast::error::RecvError::Closed) => return None,
                },
                changed = async {
                    tokio::time::sleep_until(not_before).await;
                    self.revisions.changed().await
                } => {
                    changed.ok()?;
                    self.not_before = Instant::now() + DELIVERY_EVERY;
                    let event = Event::default().event("delivery").json_data(self.collector.delivery());
                    self.waiting.extend(event.ok());
                }
            }
        }
    }
}

fn event_of(message: &Live) -> Option<Event> {
    let event = match message {
        Live::Trace(trace) => Event::default().event("trace").json_data(trace),
        Live::Issue(issue) => Event::default().event("issue").json_data(issue),
        Live::Revision { event, revision } => Event::default()
            .event(event)
            .json_data(serde_json::json!({ "revision": revision })),
    };
    event.ok()
}
