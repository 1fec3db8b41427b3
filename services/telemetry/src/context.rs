//! What belongs to the request, or other unit of work, that a task is working on.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, ready};
use std::time::Duration;

use sentry::protocol::{Map, SpanStatus, Value};
use sentry::{Hub, SentryFutureExt, Transaction};
use tokio::task::{JoinError, JoinHandle};
use tracing::Instrument;

use crate::trace_headers::{BAGGAGE, Incoming, SENTRY_TRACE};
use crate::transport::MEASUREMENTS;

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
    measurements: Mutex<Map<String, Value>>,
    traced: Option<Traced>,
}

/// The hub and the transaction of work that is reported.
pub(crate) struct Traced {
    pub(crate) hub: Arc<Hub>,
    pub(crate) transaction: Transaction,
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
    pub(crate) fn traced(traced: Traced, baggage: Option<String>) -> Self {
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

    /// Ends the work's transaction.
    pub(crate) fn finish(&self, status: SpanStatus) {
        let Some(traced) = &self.shared.traced else {
            return;
        };
        let measurements = std::mem::take(&mut *self.measurements());
        if !measurements.is_empty() {
            let object = Value::Object(measurements.into_iter().collect());
            traced.transaction.set_extra(MEASUREMENTS, object);
        }
        traced.transaction.set_status(status);
        let transaction = traced.transaction.clone();
        Hub::run(Arc::clone(&traced.hub), || transaction.finish());
    }

    /// Headers for a request to another service, naming the span that is open now as its parent.
    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = Vec::with_capacity(2);
        let open = Hub::current().configure_scope(|scope| scope.get_span());
        let trace = match (&self.shared.traced, open) {
            (Some(_), Some(span)) => span.iter_headers().next().map(|(_, value)| value),
            (Some(traced), None) => traced.transaction.iter_headers().next().map(|(_, value)| value),
            (None, _) => self.shared.incoming.sentry_trace.clone(),
        };
        headers.extend(trace.map(|value| (SENTRY_TRACE, value)));
        headers.extend(self.shared.baggage.clone().map(|value| (BAGGAGE, value)));
        headers
    }

    pub(crate) fn hub(&self) -> Option<&Arc<Hub>> {
        self.shared.traced.as_ref().map(|traced| &traced.hub)
    }

    pub(crate) fn transaction(&self) -> Option<&Transaction> {
        self.shared.traced.as_ref().map(|traced| &traced.transaction)
    }

    pub(crate) fn measurements(&self) -> std::sync::MutexGuard<'_, Map<String, Value>> {
        self.shared
            .measurements
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
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
    let hub = context.hub().map(|_| Hub::current());
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
