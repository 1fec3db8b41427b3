//! How a refusal reaches who sent: the rest of the body is read, the sentence stands where SDKs look for it, and the
//! viewer is told.

use axum::body::Body;
use axum::extract::Request;
use axum::http::Method;
use axum::http::header::{EXPECT, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use reelscope_contracts::ApiProblem;

use super::BodyLimits;
use super::auth;
use super::body::Wire;
use crate::collector::Collector;
use crate::error::CaptureError;

/// Says that a refusal is among those that the writer counted.
#[derive(Clone, Copy)]
struct CountedByWriter;

/// The answer to an envelope that the collector did not take.
pub(crate) fn not_captured(error: &CaptureError) -> Response {
    let mut response = ApiProblem::from(error).into_response();
    response.extensions_mut().insert(CountedByWriter);
    response
}

/// Answers a request; one that is refused is read to its end first, within the limits.
pub(crate) async fn answered<F: Future<Output = Response>>(
    collector: &Collector,
    limits: &BodyLimits,
    request: Request,
    answer: impl FnOnce(Request) -> F,
) -> Response {
    let (parts, body) = request.into_parts();
    let wire = Wire::new(body);
    let client = auth::client(&parts);
    // Whoever looks around with a browser loses nothing.
    let sends = parts.method == Method::POST || parts.uri.path().trim_start_matches('/').starts_with("api/");
    // Who waits for leave to send does not send what is refused.
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

/// A header has no other letters.
fn ascii(sentence: &str) -> String {
    let sign = |c: char| if c == ' ' || c.is_ascii_graphic() { c } else { '?' };
    sentence.replace('→', "->").chars().map(sign).collect()
}
