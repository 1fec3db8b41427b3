//! What belongs to the request that a task is working on.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::task::JoinHandle;
use tracing::Instrument;

/// Headers that carry a trace from hop to hop.
const PROPAGATED: [&str; 2] = ["sentry-trace", "baggage"];

/// The request that a task works on.
#[derive(Clone, Default)]
pub(crate) struct Context {
    propagated: Arc<Vec<(HeaderName, HeaderValue)>>,
    /// Nanoseconds spent waiting for other services.
    waited: Arc<AtomicU64>,
}

tokio::task_local! {
    static CURRENT: Context;
}

impl Context {
    /// Keeps what an incoming request has to hand on.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let kept = PROPAGATED
            .iter()
            .flat_map(|name| {
                headers
                    .get_all(*name)
                    .iter()
                    .map(|v| (HeaderName::from_static(name), v.clone()))
            })
            .collect();
        Self {
            propagated: Arc::new(kept),
            waited: Arc::default(),
        }
    }

    /// The context of the running task; an empty one outside of a request.
    pub(crate) fn current() -> Self {
        CURRENT.try_with(Clone::clone).unwrap_or_default()
    }

    pub(crate) async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    pub(crate) fn headers(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> + '_ {
        self.propagated.iter().cloned()
    }

    pub(crate) fn add_wait(&self, wait: Duration) {
        self.waited.fetch_add(
            u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX),
            Ordering::Relaxed,
        );
    }

    pub(crate) fn waited(&self) -> Duration {
        Duration::from_nanos(self.waited.load(Ordering::Relaxed))
    }
}

/// `tokio::spawn` that takes the request's context and its tracing span along.
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    tokio::spawn(Context::current().scope(future.in_current_span()))
}
