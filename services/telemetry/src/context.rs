//! The context of the unit of work, mostly a request, that a task belongs to.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Poll, ready};
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use reqwest::Method;
use sentry::protocol::{SpanStatus, Value};
use sentry::{Hub, SentryFutureExt, Transaction};
use serde_json::json;
use tokio::task::{JoinError, JoinHandle};
use tracing::Instrument;

use crate::spans::{self, Id, OpenSpan, Recorded};
use crate::trace_headers::{BAGGAGE, Incoming, SENTRY_TRACE};
use crate::transport::{self, Attribute, Carried, Measurement};

/// Limit of spans in one transaction, which is Sentry's
/// (<https://develop.sentry.dev/sdk/telemetry/traces/#span-limits>). Further spans are counted, not sent.
const MOST_SPANS: usize = 1_000;

/// The unit of work that a task belongs to. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Context {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// The incoming headers, forwarded unchanged while the work is not reported.
    incoming: Incoming,
    /// Baggage for outgoing requests: the incoming one, or our own when this service is the head of the trace.
    baggage: Option<String>,
    /// Time spent waiting for other services, in nanoseconds.
    waited: AtomicU64,
    /// Whether a failure of this work has been reported, by this service or by one that it called.
    reported: AtomicBool,
    traced: Option<Traced>,
}

/// Hub and transaction of work that is reported.
pub(crate) struct Traced {
    pub(crate) hub: Arc<Hub>,
    pub(crate) transaction: Transaction,
    /// Trace id, 32 hexadecimal digits.
    pub(crate) trace_id: String,
    /// Span id of the transaction itself.
    pub(crate) span_id: Id,
    /// The sampling decision, made by the head of the trace.
    pub(crate) sampled: bool,
    /// The `trace` header of the envelopes, as JSON.
    pub(crate) sampling: Option<Arc<str>>,
    pub(crate) pending: Arc<Mutex<Pending>>,
}

/// What a transaction that has not ended has beside the SDK's transaction, which would copy its attributes each time
/// that its ids are asked for.
#[derive(Default)]
pub(crate) struct Pending {
    spans: Vec<Recorded>,
    /// Number of spans beyond [`MOST_SPANS`].
    lost: usize,
    measurements: Vec<Measurement>,
    pub(crate) attributes: Vec<Attribute>,
    /// The calls that the work has made, as breadcrumbs for an event.
    pub(crate) calls: Vec<Called>,
}

impl Pending {
    fn annotate(&mut self, key: &'static str, value: Value) {
        match self.attributes.iter_mut().find(|(known, _)| *known == key) {
            Some(known) => known.1 = value,
            None => self.attributes.push((key, value)),
        }
    }
}

/// One call to another service.
#[derive(Clone)]
pub(crate) struct Called {
    pub(crate) at: SystemTime,
    pub(crate) method: Method,
    pub(crate) peer: &'static str,
    pub(crate) route: String,
    /// Status of the reply; `None` without a reply.
    pub(crate) status: Option<u16>,
}

tokio::task_local! {
    static CURRENT: Context;
}

impl Context {
    /// A context that is not reported; its trace headers are forwarded.
    pub(crate) fn silent(incoming: Incoming) -> Self {
        Self {
            shared: Arc::new(Shared {
                baggage: incoming.baggage.clone(),
                incoming,
                ..Shared::default()
            }),
        }
    }

    /// A context that is reported as a transaction.
    pub(crate) fn reported(traced: Traced, baggage: Option<String>) -> Self {
        Self {
            shared: Arc::new(Shared {
                baggage,
                traced: Some(traced),
                ..Shared::default()
            }),
        }
    }

    /// Returns the context of the running task, or an empty one outside of any.
    pub(crate) fn current() -> Self {
        CURRENT.try_with(Clone::clone).unwrap_or_default()
    }

    /// Runs a future within this context, with `hub` as the SDK's current hub.
    async fn scope<F: Future>(self, hub: Option<Arc<Hub>>, future: F) -> F::Output {
        match hub {
            Some(hub) => CURRENT.scope(self, future).bind_hub(hub).await,
            None => CURRENT.scope(self, future).await,
        }
    }

    /// Runs a future within this context and with its hub.
    pub(crate) async fn run<F: Future>(self, future: F) -> F::Output {
        let hub = self.shared.traced.as_ref().map(|traced| Arc::clone(&traced.hub));
        self.scope(hub, future).await
    }

    /// Finishes the transaction. Spans that are still open are left out.
    pub(crate) fn finish(&self, status: SpanStatus) {
        let Some(traced) = &self.shared.traced else {
            return;
        };
        let mut pending = std::mem::take(&mut *traced.pending.lock());
        if pending.lost > 0 {
            pending.annotate("spans.lost", json!(pending.lost));
        }
        traced.transaction.set_status(status);
        let transaction = traced.transaction.clone();
        let carried = Carried {
            trace_id: traced.trace_id.clone(),
            spans: pending.spans,
            attributes: pending.attributes,
            measurements: pending.measurements,
            sampling: traced.sampling.clone(),
        };
        transport::carrying(carried, || {
            Hub::run(Arc::clone(&traced.hub), || transaction.finish());
        });
    }

    /// The trace headers for a request to another service; the innermost open span is the parent.
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

    /// Sets an attribute of the transaction; a later value of the same key replaces the earlier one.
    pub(crate) fn annotate(&self, key: &'static str, value: impl Into<Value>) {
        if let Some(traced) = self.traced() {
            traced.pending.lock().annotate(key, value.into());
        }
    }

    /// Whether the running task has a context that is reported.
    pub(crate) fn is_reporting() -> bool {
        CURRENT
            .try_with(|context| context.shared.traced.is_some())
            .unwrap_or(false)
    }

    /// Span id of the transaction to record spans for; `None` where the trace is not sampled.
    pub(crate) fn recording(&self) -> Option<Id> {
        self.traced()
            .filter(|traced| traced.sampled)
            .map(|traced| traced.span_id)
    }

    /// Adds a span that has ended. A span that ends after its transaction is dropped.
    pub(crate) fn record(&self, span: Recorded) {
        let Some(traced) = self.traced() else { return };
        let mut pending = traced.pending.lock();
        if pending.spans.len() < MOST_SPANS {
            pending.spans.push(span);
        } else {
            pending.lost += 1;
        }
    }

    /// Sets a measurement; a later value of the same name replaces the earlier one.
    pub(crate) fn measured(&self, measurement: Measurement) {
        let Some(traced) = self.traced() else { return };
        let measurements = &mut traced.pending.lock().measurements;
        measurements.retain(|(name, ..)| *name != measurement.0);
        measurements.push(measurement);
    }

    /// Remembers a call as a breadcrumb; the newest are kept.
    pub(crate) fn called(&self, call: Called) {
        /// Limit of remembered calls: the SDK keeps as many breadcrumbs.
        const MOST: usize = 100;
        let Some(traced) = self.traced() else { return };
        let calls = &mut traced.pending.lock().calls;
        if calls.len() == MOST {
            calls.remove(0);
        }
        calls.push(call);
    }

    /// Marks the failure of this work as reported; returns whether it was marked before.
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
    /// The innermost open span of this work on the running thread.
    fn open(&self) -> Option<OpenSpan> {
        spans::open_in(self.span_id)
    }
}

/// A reference to a trace, with which another task or another process can continue it.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct TraceLink {
    /// The header `sentry-trace`; it names the span that caused the later work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentry_trace: Option<String>,
    /// The header `baggage` of the trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baggage: Option<String>,
}

impl TraceLink {
    /// Returns a link to the work of the running task.
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

    /// The trace id, 32 hexadecimal digits.
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

/// Spawns a task within the context, the hub and the span of the caller. The panic hook reports a panic of the
/// task, so the caller that awaits it does not report it again.
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

/// A task of the request that spawned it. Dropping this handle does not stop the task.
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
