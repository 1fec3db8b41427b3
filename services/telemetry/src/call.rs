//! Calls to other services. Each is a span of the caller, and carries the trace on.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use reqwest::header::HeaderValue;
use reqwest::{Method, RequestBuilder, Url};
use serde::Serialize;
use tracing::Instrument;
use tracing::field::Empty;

use crate::context::{Called, Context};
use crate::spans::STATUS;
use crate::trace_headers::REPORTED;

/// The HTTP client of a service for calls to other services. Clones share its connections.
#[derive(Clone)]
pub struct Client {
    http: Arc<reqwest::Client>,
    /// A header for every request, which appears in no trace.
    header: Option<(&'static str, HeaderValue)>,
}

impl Client {
    pub(crate) fn new() -> Self {
        // Services speak plain HTTP to each other. Without certificates and a proxy the builder cannot fail.
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .build()
            .unwrap_or_else(|_| reqwest::Client::new());
        Self {
            http: Arc::new(http),
            header: None,
        }
    }

    /// Returns the client with `name: value` on every request.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: HeaderValue) -> Self {
        self.header = Some((name, value));
        self
    }

    /// Begins a request to the service with the name `peer` in traces. The whole reply must arrive within
    /// `deadline`.
    #[must_use]
    pub fn request(&self, peer: &'static str, method: Method, url: &str, deadline: Duration) -> Call {
        let mut builder = self.http.request(method.clone(), url).timeout(deadline);
        if let Some((name, value)) = &self.header {
            builder = builder.header(*name, value);
        }
        Call {
            name: None,
            attempt: None,
            peer,
            method,
            builder,
            url: url.to_owned(),
        }
    }
}

/// A request that is being built.
pub struct Call {
    name: Option<&'static str>,
    attempt: Option<u32>,
    peer: &'static str,
    method: Method,
    builder: RequestBuilder,
    url: String,
}

impl Call {
    /// Sets the name of the span; the default is method and path.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    /// Sets the number of the attempt, 1 for the first; it is the span's `retry.attempt`.
    #[must_use]
    pub fn attempt(mut self, attempt: u32) -> Self {
        self.attempt = Some(attempt);
        self
    }

    /// Sets the body to `body` as JSON.
    #[must_use]
    pub fn json<T: Serialize>(mut self, body: &T) -> Self {
        self.builder = self.builder.json(body);
        self
    }

    /// Adds a header to this request.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    /// Sends the request and reads the whole reply; returns its status and its body.
    ///
    /// # Errors
    /// There is no reply. A reply with any status, 5xx too, is not an error.
    pub async fn send(self) -> Result<(u16, Vec<u8>), CallError> {
        let context = Context::current();
        let started = Instant::now();
        let url = Url::parse(&self.url).ok();
        let path = url.as_ref().map_or("", Url::path);
        let route = route(path);
        let name = self
            .name
            .map_or_else(|| format!("{} {route}", self.method), str::to_owned);
        let span = tracing::info_span!(
            "http.client",
            sentry.op = "http.client",
            sentry.name = name,
            http.request.method = self.method.as_str(),
            http.route = route,
            server.address = url.as_ref().and_then(Url::host_str),
            server.port = url.as_ref().and_then(Url::port),
            peer.service = self.peer,
            http.response.status_code = Empty,
            sentry.status = Empty,
            retry.attempt = self.attempt,
        );
        let builder = self.builder;
        let result = async {
            let builder = context
                .headers()
                .into_iter()
                .fold(builder, |builder, (name, value)| builder.header(name, value));
            let response = builder.send().await?;
            let status = response.status().as_u16();
            let reported = response.headers().contains_key(REPORTED);
            Ok((status, reported, response.bytes().await?.to_vec()))
        }
        .instrument(span.clone())
        .await
        .map_err(|error: reqwest::Error| CallError::of(&error));
        context.add_wait(started.elapsed());
        span.record(STATUS, status_of(&result));
        if let Ok((status, reported, _)) = &result {
            span.record("http.response.status_code", status);
            if *reported {
                context.set_reported();
            }
        }
        context.called(Called {
            at: SystemTime::now(),
            method: self.method,
            peer: self.peer,
            route,
            status: result.as_ref().map(|reply| reply.0).ok(),
        });
        result.map(|(status, _, body)| (status, body))
    }
}

/// The outcome of a call as one of Sentry's span statuses.
fn status_of(result: &Result<(u16, bool, Vec<u8>), CallError>) -> &'static str {
    match result {
        Ok((status, ..)) if *status < 400 => "ok",
        Ok((404, ..)) => "not_found",
        Ok((status, ..)) if *status < 500 => "invalid_argument",
        Ok((504, ..)) | Err(CallError::Deadline) => "deadline_exceeded",
        Ok(_) => "internal_error",
        Err(CallError::NotSent | CallError::Broken) => "unavailable",
    }
}

/// Replaces the ids in a path, so that all calls of one kind have one name. An id is a segment that contains a
/// digit and is longer than a version such as `v1`.
fn route(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        let is_id = segment.len() > 3 && segment.bytes().any(|byte| byte.is_ascii_digit());
        if is_id { "{id}" } else { segment }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// Why a call has no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// There was no connection, so the other service has not seen the request.
    #[error("no connection could be made")]
    NotSent,
    /// The deadline passed. The other service may have handled the request.
    #[error("no reply came in time")]
    Deadline,
    /// The connection broke. The other service may have handled the request.
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

#[cfg(test)]
mod tests {
    use super::route;

    #[test]
    fn ids_are_not_part_of_a_name() {
        assert_eq!(route("/v1/rounds"), "/v1/rounds");
        assert_eq!(route("/v1/players/RS-000001"), "/v1/players/{id}");
        assert_eq!(
            route("/v1/reservations/0190c0de-0000-7000-8000-000000000000/settle"),
            "/v1/reservations/{id}/settle"
        );
    }
}
