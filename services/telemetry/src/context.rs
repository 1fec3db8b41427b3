//! What belongs to the request, or other unit of work, that a task is working on.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Poll, ready};
use std::time::{Duration, SystemTime};

use parking_lot::{Mutex, MutexGuard};
use reqwest::Method;
use sentry::protocol::{SpanId, SpanStatus};
use sentry::{Hub, SentryFutureExt, Transaction};
use serde_json::json;
use tokio::task::{JoinError, JoinHandle};
use tracing::Instrument;

use crate::spans::{self, OpenSpan, Recorded};
use crate::trace_headers::{BAGGAGE, Incoming, SENTRY_TRACE};
use crate::transport::{self, Carried};

/// Most spans of a transaction, as Sentry takes it
/// (<https://develop.sentry.dev/sdk/telemetry/traces/#span-limits>); what comes later is counted.
const MOST_SPANS: usize = 1_000;

/// The work that a task is part of.
#[derive(Clone, Default)]
pub(crate) struct Context {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Handed on as they came while nothing is reported.
    incoming: Incoming,
    /// Baggage of the trace, ours when this service is its head.
    baggage: Option<String>,
    /// Nanoseconds spent waiting for other services.
    waited: AtomicU64,
    /// Whether what went wrong here was reported, by this service or by one behind it.
    reported: AtomicBool,
    traced: Option<Traced>,
}

/// The hub and the transaction of work that is reported.
pub(crate) struct Traced {
    pub(crate) hub: Arc<Hub>,
    pub(crate) transaction: Transaction,
    /// 32 hexadecimal digits.
    pub(crate) trace_id: String,
    /// Span of the transaction itself.
    pub(crate) span_id: SpanId,
    /// Whether the head of the trace decided to send it.
    pub(crate) sampled: bool,
    /// The envelope's `trace` header, as JSON.
    pub(crate) sampling: Option<Arc<str>>,
    pub(crate) kept: Mutex<PendingSpans>,
    pub(crate) calls: Calls,
}

/// What a transaction is sent with, gathered while it runs.
#[derive(Default)]
pub(crate) struct PendingSpans {
    spans: Vec<Recorded>,
    /// Spans for which there was no room.
    lost: usize,
    measurements: Vec<Measurement>,
}

/// A number of the business: its name, its value, its unit.
pub(crate) type Measurement = (&'static str, f64, &'static str);

/// Calls that the work has made, for the event of a failure.
pub(crate) type Calls = Arc<Mutex<Vec<Called>>>;

/// One of them.
#[derive(Clone)]
pub(crate) struct Called {
    pub(crate) at: SystemTime,
    pub(crate) method: Method,
    pub(crate) peer: &'static str,
    pub(crate) route: String,
    /// None when no reply came.
    pub(crate) status: Option<u16>,
}

tokio::task_local! {
    static CURRENT: Context;
}

impl Context {
    /// Work that is not reported: its trace is handed on.
    pub(crate) fn silent(incoming: Incoming) -> Self {
        Self {
            shared: Arc::new(Shared {
                baggage: incoming.baggage.clone(),
                incoming,
                ..Shared::default()
            }),
        }
    }

    /// Work that is reported as a transaction.
    pub(crate) fn reported(traced: Traced, baggage: Option<String>) -> Self {
        Self {
            shared: Arc::new(Shared {
                baggage,
                traced: Some(traced),
                ..Shared::default()
            }),
        }
    }

    /// The context of the running task; an empty one outside of a request.
    pub(crate) fn current() -> Self {
        CURRENT.try_with(Clone::clone).unwrap_or_default()
    }

    /// Runs a future as part of this work, reporting to `hub`.
    async fn scope<F: Future>(self, hub: Option<Arc<Hub>>, future: F) -> F::Output {
        match hub {
            Some(hub) => CURRENT.scope(self, future).bind_hub(hub).await,
            None => CURRENT.scope(self, future).await,
        }
    }

    /// Runs a future as this work.
    pub(crate) async fn run<F: Future>(self, future: F) -> F::Output {
        let hub = self.shared.traced.as_ref().map(|traced| Arc::clone(&traced.hub));
        self.scope(hub, future).await
    }

    /// Ends the work's transaction. Spans that are still open are not part of it.
    pub(crate) fn finish(&self, status: SpanStatus) {
        let Some(traced) = &self.shared.traced else {
            return;
        };
        let kept = std::mem::take(&mut *traced.kept.lock());
        if kept.lost > 0 {
            traced.transaction.set_data("spans.lost", json!(kept.lost));
        }
        traced.transaction.set_status(status);
        let transaction = traced.transaction.clone();
        let carried = Carried {
            trace_id: traced.trace_id.clone(),
            spans: kept.spans,
            measurements: kept.measurements,
            sampling: traced.sampling.clone(),
        };
        transport::carrying(carried, || {
            Hub::run(Arc::clone(&traced.hub), || transaction.finish());
        });
    }

    /// Headers for a request to another service, naming the span that is open now as its parent.
    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = Vec::with_capacity(2);
        let trace = match &self.shared.traced {
            Some(traced) => {
                let parent = traced.open().map_or(traced.span_id, |open| open.id);
                let sampled = u8::from(traced.sampled);
                Some(format!("{}-{parent}-{sampled}", traced.trace_id))
            }
            None => self.shared.incoming.sentry_trace.clone(),
        };
        headers.extend(trace.map(|value| (SENTRY_TRACE, value)));
        headers.extend(self.shared.baggage.clone().map(|value| (BAGGAGE, value)));
        headers
    }

    pub(crate) fn traced(&self) -> Option<&Traced> {
        self.shared.traced.as_ref()
    }

    pub(crate) fn hub(&self) -> Option<&Arc<Hub>> {
        self.traced().map(|traced| &traced.hub)
    }

    pub(crate) fn transaction(&self) -> Option<&Transaction> {
        self.traced().map(|traced| &traced.transaction)
    }

    /// Whether the running task works on something that is reported.
    pub(crate) fn is_reporting() -> bool {
        CURRENT
            .try_with(|context| context.shared.traced.is_some())
            .unwrap_or(false)
    }

    /// Span of the transaction that spans opened now are part of; `None` where none is sent.
    pub(crate) fn recording(&self) -> Option<SpanId> {
        self.traced()
            .filter(|traced| traced.sampled)
            .map(|traced| traced.span_id)
    }

    /// Adds a span that ended, unless the transaction did before.
    pub(crate) fn record(&self, span: Recorded) {
        let Some(traced) = self.traced() else { return };
        let mut kept = traced.kept.lock();
        if kept.spans.len() < MOST_SPANS {
            kept.spans.push(span);
        } else {
            kept.lost += 1;
        }
    }

    /// Adds a number of the business; a later one of the same name takes its place.
    pub(crate) fn measured(&self, measurement: Measurement) {
        let Some(traced) = self.traced() else { return };
        let measurements = &mut traced.kept.lock().measurements;
        measurements.retain(|(name, ..)| *name != measurement.0);
        measurements.push(measurement);
    }

    /// Remembers a call for the event of a failure; the newest are kept.
    pub(crate) fn called(&self, call: Called) {
        /// As many as the SDK keeps breadcrumbs.
        const MOST: usize = 100;
        let Some(traced) = self.traced() else { return };
        let mut calls = traced.calls.lock();
        if calls.len() == MOST {
            calls.remove(0);
        }
        calls.push(call);
    }

    /// Says that the failure of this work is reported; whether it was before.
    pub(crate) fn set_reported(&self) -> bool {
        self.shared.reported.swap(true, Ordering::Relaxed)
    }

    pub(crate) fn is_reported(&self) -> bool {
        self.shared.reported.load(Ordering::Relaxed)
    }

    pub(crate) fn add_wait(&self, wait: Duration) {
        let nanos = u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX);
        self.shared.waited.fetch_add(nanos, Ordering::Relaxed);
    }

    pub(crate) fn waited(&self) -> Duration {
        Duration::from_nanos(self.shared.waited.load(Ordering::Relaxed))
    }
}

impl Traced {
    /// The innermost span of this work that the running thread is within.
    fn open(&self) -> Option<OpenSpan> {
        spans::open_in(self.span_id)
    }
}

/// A trace that can be gone on with later, by another task or by another process.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct TraceLink {
    /// `sentry-trace` of the span that caused the later work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentry_trace: Option<String>,
    /// `baggage` of the trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baggage: Option<String>,
}

impl TraceLink {
    /// To the work that the running task is part of.
    #[must_use]
    pub fn current() -> Self {
        let mut link = Self::default();
        for (name, value) in Context::current().headers() {
            match name {
                SENTRY_TRACE => link.sentry_trace = Some(value),
                _ => link.baggage = Some(value),
            }
        }
        link
    }

    /// Id of the trace, 32 hexadecimal digits.
    #[must_use]
    pub fn trace_id(&self) -> Option<&str> {
        self.sentry_trace.as_deref()?.split('-').next()
    }
}

impl From<TraceLink> for Incoming {
    fn from(link: TraceLink) -> Self {
        Self {
            sentry_trace: link.sentry_trace,
            baggage: link.baggage,
        }
    }
}

/// `tokio::spawn` that takes the request, its hub and its span along. A panic of the task is reported by the panic
/// hook, so whoever awaits it need not.
pub fn spawn<F>(future: F) -> Spawned<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let context = Context::current();
    let hub = context.hub().cloned();
    let task = context.clone().scope(hub, future.in_current_span());
    Spawned {
        task: tokio::spawn(task),
        context,
    }
}

/// A task of the request that spawned it. Dropping this does not stop the task.
pub struct Spawned<T> {
    task: JoinHandle<T>,
    context: Context,
}

impl<T> Future for Spawned<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Self::Output> {
        let ended = ready!(Pin::new(&mut self.task).poll(cx));
        if ended.as_ref().is_err_and(JoinError::is_panic) {
            self.context.set_reported();
        }
        Poll::Ready(ended)
    }
}
