//! A service as telemetry sees it: the layer around its router, its HTTP client for other services, and its Sentry
//! client.

use std::any::Any;
use std::collections::BTreeMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use parking_lot::{Mutex, RwLock};
use sentry::protocol::{Log, SessionStatus, SpanStatus};
use sentry::{ClientOptions, Hub, SessionMode, TransactionContext};
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument;

use crate::call::Client;
use crate::context::{Context, Pending, TraceLink, Traced};
use crate::frames;
use crate::report::{capture, complete};
use crate::spans::Id;
use crate::timings::Timings;
use crate::trace_headers::{Head, Incoming, REPORTED, SENTRY_TRACE, sampling_context};
use crate::transport::{Sink, ToSink};

/// The settings with which all services of a stack report.
#[derive(Clone)]
pub struct Reporting {
    /// Receives the envelopes.
    pub sink: Sink,
    /// Release of the stack.
    pub release: String,
    /// Environment of the stack.
    pub environment: String,
    /// Share of traces that are recorded, 0 to 1. The head of each trace decides.
    pub sample_rate: f32,
    /// Public key that the head of a trace writes into its baggage, 32 hexadecimal digits.
    pub public_key: String,
}

/// A service. Clones share its state.
#[derive(Clone)]
pub struct Service {
    name: &'static str,
    timings: Timings,
    reporter: Option<Arc<RwLock<Arc<Reporter>>>>,
    /// Tags of all events and transactions. They outlive an exchange of the Sentry client.
    tags: Arc<RwLock<BTreeMap<&'static str, String>>>,
}

struct Reporter {
    hub: Arc<Hub>,
    reporting: Reporting,
}

impl Service {
    /// Creates a service that reports nothing. `name` is its name in traces; `timings` is shared by the whole
    /// stack.
    #[must_use]
    pub fn new(name: &'static str, timings: Timings) -> Self {
        Self {
            name,
            timings,
            reporter: None,
            tags: Arc::default(),
        }
    }

    /// Creates a service that reports through a Sentry client of its own, as if it ran on a machine of its own.
    #[must_use]
    pub fn reporting(name: &'static str, timings: Timings, reporting: Reporting) -> Self {
        Self {
            name,
            timings,
            reporter: Some(Arc::new(RwLock::new(Arc::new(Reporter::new(name, reporting))))),
            tags: Arc::default(),
        }
    }

    /// Changes the settings from the next request on, for example the release. A service that reports nothing still
    /// reports nothing.
    pub fn report_with(&self, reporting: Reporting) {
        if let Some(current) = &self.reporter {
            let new = Arc::new(Reporter::new(self.name, reporting));
            let tags = self.tags.read();
            for (key, value) in &*tags {
                new.tag(key, Some(value));
            }
            let old = std::mem::replace(&mut *current.write(), new);
            // Sends what the old client holds in batches. Requests under way keep its hub until they end.
            if let Some(client) = old.hub.client() {
                client.flush(None);
            }
        }
    }

    /// Sets a tag on all events and transactions from the next request on; `None` removes it.
    pub fn tag(&self, key: &'static str, value: Option<&str>) {
        let mut tags = self.tags.write();
        match value {
            Some(value) => tags.insert(key, value.to_owned()),
            None => tags.remove(key),
        };
        if let Some(reporter) = self.reporter() {
            reporter.tag(key, value);
        }
    }

    fn reporter(&self) -> Option<Arc<Reporter>> {
        let current = self.reporter.as_ref()?.read();
        Some(Arc::clone(&current))
    }

    /// The name of the service in traces.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Wraps a router. Each request is one transaction and one measurement of the service's own time; a failure is
    /// one log line and one issue, where it is answered. A panic is answered by `panicked`, and the service goes
    /// on.
    pub fn layer(&self, router: Router, panicked: fn(Box<dyn Any + Send>) -> Response) -> Router {
        let caught = move |panic| {
            // The panic hook has reported the panic.
            Context::current().set_reported();
            panicked(panic)
        };
        router
            .layer(CatchPanicLayer::custom(caught))
            .layer(from_fn_with_state(self.clone(), observe))
    }

    /// Returns a client that carries the trace on and whose waiting time is not counted as own time. It keeps
    /// connections and uses no proxy, because it speaks to services of this stack only.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new()
    }

    /// Runs work that no request causes as a transaction. It continues the trace of `link`, or begins one where
    /// `link` is empty.
    pub async fn transaction<F: Future>(&self, name: &str, op: &str, link: TraceLink, work: F) -> F::Output {
        let context = self.begin(name, op, link.into());
        let output = context.clone().run(work).await;
        let status = if context.is_reported() {
            SpanStatus::InternalError
        } else {
            SpanStatus::Ok
        };
        context.finish(status);
        output
    }

    /// Sends what the client holds in batches (logs, metrics, session counts) to the sink.
    pub fn flush(&self) {
        if let Some(client) = self.reporter().and_then(|reporter| reporter.hub.client()) {
            client.flush(None);
        }
    }

    fn begin(&self, name: &str, op: &str, incoming: Incoming) -> Context {
        let Some(reporter) = self.reporter() else {
            return Context::silent(incoming);
        };
        let hub = Arc::new(Hub::new_from_top(&reporter.hub));
        let trace = incoming
            .sentry_trace
            .as_deref()
            .map(|value| (SENTRY_TRACE, value));
        let transaction = hub.start_transaction(TransactionContext::continue_from_headers(name, op, trace));
        transaction.set_origin("auto.http.axum");
        // One text has all three; the SDK writes an id at each question.
        let header = transaction
            .iter_headers()
            .next()
            .map_or_else(String::new, |(_, value)| value);
        let mut parts = header.split('-');
        let trace_id = parts.next().unwrap_or_default().to_owned();
        let work = Id::parse(parts.next().unwrap_or_default());
        let sampled = parts.next() == Some("1");
        let baggage = match incoming {
            Incoming {
                sentry_trace: Some(_),
                baggage,
            } => baggage,
            Incoming {
                sentry_trace: None, ..
            } => Some(reporter.head(name, &trace_id, sampled)),
        };
        let sampling = baggage.as_deref().and_then(sampling_context);
        let pending = Arc::<Mutex<Pending>>::default();
        hub.configure_scope(|scope| {
            scope.set_transaction(Some(name));
            scope.set_span(Some(transaction.clone().into()));
            // Every holder of the lock leaves the lists whole, so a panic while it is held does no harm.
            let pending = AssertUnwindSafe(Arc::clone(&pending));
            let sampling = sampling.clone();
            scope
                .add_event_processor(move |event| Some(complete(event, work, &pending, sampling.as_deref())));
        });
        let traced = Traced {
            sampled,
            hub,
            transaction,
            trace_id,
            span_id: work,
            sampling,
            pending,
        };
        Context::reported(traced, baggage)
    }
}

impl Reporter {
    fn new(name: &'static str, reporting: Reporting) -> Self {
        let mut options = ClientOptions::new()
            .release(reporting.release.clone())
            .environment(reporting.environment.clone())
            .server_name(name)
            .traces_sample_rate(reporting.sample_rate.clamp(0.0, 1.0))
            .before_send(|event| Some(frames::mark(event)))
            .before_send_log(|log| Some(at_its_span(log)))
            .auto_session_tracking(false)
            .session_mode(SessionMode::Request)
            .transport(ToSink {
                service: name,
                sink: Arc::clone(&reporting.sink),
            });
        // The SDK disables a client without a DSN, so this is a placeholder; the owner of the sink decides where
        // envelopes go.
        options.dsn = format!("http://{}@127.0.0.1/1", reporting.public_key)
            .parse()
            .ok();
        let client = sentry::Client::from(sentry::apply_defaults(options));
        let hub = Hub::new(Some(Arc::new(client)), Arc::default());
        hub.configure_scope(|scope| scope.set_tag("service", name));
        Self {
            hub: Arc::new(hub),
            reporting,
        }
    }

    fn tag(&self, key: &str, value: Option<&str>) {
        self.hub.configure_scope(|scope| match value {
            Some(value) => scope.set_tag(key, value),
            None => scope.remove_tag(key),
        });
    }

    /// The baggage of a trace that begins in this service.
    fn head(&self, name: &str, trace_id: &str, sampled: bool) -> String {
        Head {
            trace_id,
            public_key: &self.reporting.public_key,
            release: &self.reporting.release,
            environment: &self.reporting.environment,
            transaction: name,
            sample_rate: self.reporting.sample_rate,
            sampled,
        }
        .baggage()
    }
}

/// Renames the attribute that holds a log line's span: Sentry reads `sentry.trace.parent_span_id`
/// (<https://develop.sentry.dev/sdk/telemetry/logs/>), and the SDK writes `parent_span_id`.
fn at_its_span(mut log: Log) -> Log {
    if let Some(span) = log.attributes.remove("parent_span_id") {
        log.attributes
            .insert("sentry.trace.parent_span_id".to_owned(), span);
    }
    log
}

async fn observe(State(service): State<Service>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let incoming = Incoming::of(request.headers());
    let matched = request.extensions().get::<MatchedPath>();
    // A path without a route is a file of the page or an unknown path. Neither is an operation of the service, so
    // there is no transaction.
    let (route, context) = match matched {
        Some(path) => {
            let route = path.as_str().to_owned();
            let context = service.begin(&format!("{method} {route}"), "http.server", incoming);
            (route, context)
        }
        None => (request.uri().path().to_owned(), Context::silent(incoming)),
    };
    context.annotate("http.request.method", method.as_str());
    context.annotate("http.route", route.as_str());
    context.annotate("service", service.name);
    if let Some(hub) = context.hub() {
        hub.start_session();
    }
    // This span is for log lines only; in traces the transaction is the request's span.
    let span = tracing::info_span!(target: "request", "http.server", service = service.name, %method, %route);
    let mut response = context
        .clone()
        .run(answer(next, request).instrument(span.clone()))
        .await;
    let status = response.status().as_u16();
    let own = started.elapsed().saturating_sub(context.waited());
    service.timings.record(service.name, own, status >= 500);
    context.annotate("http.response.status_code", status);
    if let Some(hub) = context.hub() {
        hub.end_session_with_status(match status {
            500.. => SessionStatus::Abnormal,
            _ => SessionStatus::Exited,
        });
    }
    context.finish(span_status(status));
    let _entered = span.enter();
    if status >= 500 {
        tracing::warn!(target: "request", status, "request failed");
        if context.is_reported() {
            response
                .headers_mut()
                .insert(REPORTED, HeaderValue::from_static("1"));
        }
    } else {
        tracing::debug!(target: "request", status, "request served");
    }
    response
}

/// Reports a failure where it is answered, unless a service behind this one, or the handler, has reported it.
async fn answer(next: Next, request: Request) -> Response {
    let response = next.run(request).await;
    if response.status().is_server_error() && !Context::current().is_reported() {
        capture(&Unreported(response.status().as_u16()), &[]);
    }
    response
}

#[derive(Debug, thiserror::Error)]
#[error("the request was answered with {0}")]
struct Unreported(u16);

/// Maps an HTTP status to a span status as Sentry does
/// (<https://develop.sentry.dev/sdk/foundations/transport/event-payloads/span/>).
fn span_status(status: u16) -> SpanStatus {
    match status {
        ..=399 => SpanStatus::Ok,
        401 => SpanStatus::Unauthenticated,
        403 => SpanStatus::PermissionDenied,
        404 => SpanStatus::NotFound,
        409 => SpanStatus::AlreadyExists,
        429 => SpanStatus::ResourceExhausted,
        400..=499 => SpanStatus::InvalidArgument,
        501 => SpanStatus::Unimplemented,
        503 => SpanStatus::Unavailable,
        504 => SpanStatus::DeadlineExceeded,
        _ => SpanStatus::InternalError,
    }
}
