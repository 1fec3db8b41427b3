//! Refusals: the rest of the body is read, the sentence is sent in the header that SDKs read, and the viewer shows
//! it.

use axum::body::Body;
use axum::extract::Request;
use axum::http::Method;
use axum::http::header::{EXPECT, HeaderName, HeaderValue};
use axum::response::Response;
use reelscope_contracts::ApiProblem;
use reelscope_http::respond;

use super::BodyLimits;
use super::auth;
use super::body::Wire;
use crate::collector::Collector;
use crate::error::CaptureError;

/// Marks a refusal that the writer has counted.
#[derive(Clone, Copy)]
struct CountedByWriter;

/// The response to an envelope that the collector did not accept.
pub(crate) fn not_captured(error: &CaptureError) -> Response {
    let mut response = respond(ApiProblem::from(error));
    response.extensions_mut().insert(CountedByWriter);
    response
}

/// Answers a request. The body of a refused one is read to its end first, within limits.
pub(crate) async fn answered<F: Future<Output = Response>>(
    collector: &Collector,
    limits: &BodyLimits,
    request: Request,
    answer: impl FnOnce(Request) -> F,
) -> Response {
    let (parts, body) = request.into_parts();
    let wire = Wire::new(body);
    let client = auth::client(&parts);
    // A visit with a browser does not count as a lost envelope.
    let sends = parts.method == Method::POST || parts.uri.path().trim_start_matches('/').starts_with("api/");
    // A client that waits for `100 Continue` does not send a refused body.
    let waits = parts.headers.contains_key(EXPECT);
    let body = Body::new(wire.clone());
    let mut response = answer(Request::from_parts(parts, body)).await;
    let Some(problem) = response.extensions().get::<ApiProblem>().cloned() else {
        return response;
    };
    let is_counted = response.extensions().get::<CountedByWriter>().is_some();
    if sends {
        collector.note_refusal(&problem, client.as_deref(), is_counted);
    }
    if let Ok(said) = HeaderValue::from_str(&ascii(&problem.detail)) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("x-sentry-error"), said);
    }
    if wire.has_begun() || !waits {
        wire.drain(limits).await;
    }
    response
}

/// Replaces what a header cannot contain.
fn ascii(sentence: &str) -> String {
    let sign = |c: char| if c == ' ' || c.is_ascii_graphic() { c } else { '?' };
    sentence.replace('→', "->").chars().map(sign).collect()
}
