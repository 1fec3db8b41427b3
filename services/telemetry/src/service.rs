//! A service as telemetry sees it: the layer around its router and the client it calls others with.

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use reqwest::{Method, RequestBuilder};
use serde::Serialize;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument;

use crate::context::Context;
use crate::timings::Timings;

/// One of the five services; cheap to clone.
#[derive(Clone)]
pub struct Service {
    name: &'static str,
    timings: Timings,
}

impl Service {
    /// A service with the name it has in traces; `timings` is shared by the whole stack.
    #[must_use]
    pub fn new(name: &'static str, timings: Timings) -> Self {
        Self { name, timings }
    }

    /// The name in traces.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Puts a router under observation: a span a request, the service's own time, one log line for a failure at
    /// the place where it is answered, and a panic answered by `panicked` while the service goes on.
    pub fn layer(&self, router: Router, panicked: fn(Box<dyn Any + Send>) -> Response) -> Router {
        router
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn_with_state(self.clone(), observe))
    }

    /// A client that hands the trace on and whose waits are not counted as this service's own time. Connections
    /// are kept; there is no proxy, since it speaks to services of this stack.
    #[must_use]
    pub fn client(&self) -> Client {
        // Without TLS and proxy there is nothing in the builder that can fail.
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .unwrap_or_else(|_| reqwest::Client::new());
        Client { http: Arc::new(http) }
    }
}

async fn observe(State(service): State<Service>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let context = Context::of(request.headers());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or_else(
        || request.uri().path().to_owned(),
        |path| path.as_str().to_owned(),
    );
    let span = tracing::info_span!("http.server", service = service.name, %method, route);
    let response = context
        .clone()
        .scope(next.run(request).instrument(span.clone()))
        .await;
    service
        .timings
        .record(service.name, started.elapsed().saturating_sub(context.waited()));
    let status = response.status().as_u16();
    let _entered = span.enter();
    if status >= 500 {
        tracing::warn!(status, "request failed");
    } else {
        tracing::debug!(status, "request served");
    }
    response
}

/// Speaks to another service.
#[derive(Clone)]
pub struct Client {
    http: Arc<reqwest::Client>,
}

impl Client {
    /// Begins a request that must be answered within `deadline`.
    #[must_use]
    pub fn request(&self, method: Method, url: &str, deadline: Duration) -> Call {
        let context = Context::current();
        let mut builder = self.http.request(method, url).timeout(deadline);
        for (name, value) in context.headers() {
            builder = builder.header(name, value);
        }
        Call { builder, context }
    }
}

/// A request that is being put together.
pub struct Call {
    builder: RequestBuilder,
    context: Context,
}

impl Call {
    /// Sets the JSON body.
    #[must_use]
    pub fn json<T: Serialize>(mut self, body: &T) -> Self {
        self.builder = self.builder.json(body);
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    /// Sends it and reads the whole reply: its status and its body.
    ///
    /// # Errors
    /// No reply came; a status of whatever kind is a reply.
    pub async fn send(self) -> Result<(u16, Vec<u8>), CallError> {
        let started = Instant::now();
        let result = async {
            let response = self.builder.send().await?;
            let status = response.status().as_u16();
            Ok((status, response.bytes().await?.to_vec()))
        }
        .await;
        self.context.add_wait(started.elapsed());
        result.map_err(|error: reqwest::Error| CallError::of(&error))
    }
}

/// Why a call brought no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// No connection was made, so the request cannot have been worked on.
    #[error("no connection could be made")]
    NotSent,
    /// The deadline passed; the request may or may not have been worked on.
    #[error("no reply came in time")]
    Deadline,
    /// The connection broke; the request may or may not have been worked on.
    #[error("the connection broke before the reply")]
    Broken,
}

impl CallError {
    fn of(error: &reqwest::Error) -> Self {
        if error.is_connect() {
            Self::NotSent
        } else if error.is_timeout() {
            Self::Deadline
        } else {
            Self::Broken
        }
    }
}
