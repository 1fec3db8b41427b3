//! The body of a request: decompressed, received within limits, and read to its end when it is refused.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header::CONTENT_ENCODING;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use parking_lot::Mutex;
use reelscope_contracts::{ApiProblem, Code};
use tokio::time::{Instant, timeout_at};
use tower::{Layer, ServiceExt};
use tower_http::decompression::{DecompressionBody, RequestDecompressionLayer};

use super::BodyLimits;
use super::body_budget::{BodyBudget, BudgetGuard};
use crate::envelope::{MAX_ENVELOPE, MAX_HEADER_LINE};

/// Maximum number of nested codings of a body. Clients rarely use more than one.
const MOST_CODINGS: usize = 4;

/// The codings of a body, in the order in which they were applied. Source: RFC 9110, section 8.4.
///
/// # Errors
/// An [`ApiProblem`] for an unknown coding.
fn codings(headers: &HeaderMap) -> Result<Vec<&'static str>, ApiProblem> {
    let mut codings = Vec::new();
    for value in headers.get_all(CONTENT_ENCODING) {
        let text = value.to_str().map_err(|_| unknown_coding())?;
        for coding in text.split(',').map(|coding| coding.trim().to_ascii_lowercase()) {
            codings.push(match coding.as_str() {
                "gzip" | "x-gzip" => "gzip",
                "deflate" => "deflate",
                "br" => "br",
                "zstd" => "zstd",
                // The Ruby SDK sends an empty coding, and an old one for Android a charset.
                "" | "identity" | "none" | "utf-8" | "utf8" => continue,
                _ => return Err(unknown_coding()),
            });
        }
    }
    if codings.len() > MOST_CODINGS {
        return Err(unknown_coding());
    }
    Ok(codings)
}

fn unknown_coding() -> ApiProblem {
    let detail = "Send the body as it is, or with Content-Encoding gzip, deflate, br or zstd.";
    ApiProblem::new(Code::UnsupportedMediaType, detail).field("Content-Encoding")
}

/// Returns the decompressed body.
///
/// # Errors
/// An [`ApiProblem`] for an unknown coding.
pub(crate) async fn unpacked(headers: &HeaderMap, mut body: Body) -> Result<Body, ApiProblem> {
    for coding in codings(headers)?.into_iter().rev() {
        let mut request = Request::new(body);
        let coding = HeaderValue::from_static(coding);
        request.headers_mut().insert(CONTENT_ENCODING, coding);
        // The layer undoes one coding for a service; the service here returns the body.
        let hand_back = tower::service_fn(|request: Request<DecompressionBody<Body>>| async {
            Ok::<_, Infallible>(Response::new(Body::new(request.into_body())))
        });
        let Ok(response) = RequestDecompressionLayer::new()
            .layer(hand_back)
            .oneshot(request)
            .await;
        body = Body::new(response.into_body());
    }
    Ok(body)
}

/// Reads a body of [`unpacked`] within the limits of time, size and budget, so that a small body that decompresses
/// to a large one costs no more than the limit. Calls `check` as soon as the first line is complete.
///
/// # Errors
/// An [`ApiProblem`]: the body is too large, too slow or not compressed as declared, or `check` refuses it.
pub(crate) async fn receive(
    mut body: Body,
    room: &BodyBudget,
    limits: &BodyLimits,
    check: impl Fn(&[u8]) -> Result<(), ApiProblem>,
) -> Result<(Vec<u8>, BudgetGuard), ApiProblem> {
    let by = Instant::now() + limits.whole;
    let taking = room.enter();
    let mut bytes = Vec::new();
    let mut is_checked = false;
    loop {
        let until = by.min(Instant::now() + limits.silence);
        let frame = tokio::select! {
            biased;
            frame = timeout_at(until, body.frame()) => frame.map_err(|_| too_slow())?,
            () = taking.asked_to_leave() => return Err(no_room()),
        };
        let Some(frame) = frame else { break };
        let frame = frame.map_err(|_| {
            let detail = "The body ended early, or is not compressed as it says.";
            ApiProblem::new(Code::EnvelopeMalformed, detail).field("body")
        })?;
        let Ok(chunk) = frame.into_data() else { continue };
        if bytes.len() + chunk.len() > MAX_ENVELOPE {
            let detail = "The envelope is larger than 40 MiB; send less.";
            return Err(ApiProblem::new(Code::PayloadTooLarge, detail).field("body"));
        }
        if !taking.grow(chunk.len()) {
            return Err(no_room());
        }
        let known = bytes.len();
        bytes.extend_from_slice(&chunk);
        if !is_checked && let Some(end) = first_line(&bytes, known) {
            check(&bytes[..end])?;
            is_checked = true;
        }
    }
    if !is_checked {
        check(&bytes)?;
    }
    Ok((bytes, taking))
}

/// Returns the end of the first line, of which `known` bytes were searched before. A line that is too long for a
/// header ends at the end of the bytes.
fn first_line(bytes: &[u8], known: usize) -> Option<usize> {
    let end = memchr::memchr(b'\n', &bytes[known..]).map(|end| known + end);
    end.or_else(|| (bytes.len() > MAX_HEADER_LINE).then_some(bytes.len()))
}

fn too_slow() -> ApiProblem {
    let detail = "The body did not come in time; send it again, with fewer and larger pieces.";
    ApiProblem::new(Code::DeadlineExceeded, detail)
        .with_status(408)
        .field("body")
}

fn no_room() -> ApiProblem {
    let detail = "Too many large envelopes come at once; send this one again.";
    ApiProblem {
        retry_after: Some(1),
        ..ApiProblem::new(Code::ServiceUnavailable, detail)
    }
}

/// The body on the wire, shared with the code that answers. The rest of a refused body is read and discarded,
/// because a client that is answered while it sends sees a broken connection instead of the answer.
#[derive(Clone)]
pub(crate) struct Wire(Arc<Mutex<State>>);

struct State {
    body: Body,
    has_begun: bool,
    has_ended: bool,
}

impl Wire {
    pub(crate) fn new(body: Body) -> Self {
        let state = State {
            body,
            has_begun: false,
            has_ended: false,
        };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Whether reading has begun. Before that, a client that waits for `100 Continue` sends nothing.
    pub(crate) fn has_begun(&self) -> bool {
        self.0.lock().has_begun
    }

    /// Reads and discards the rest, within the limits.
    pub(crate) async fn drain(mut self, limits: &BodyLimits) {
        let mut left = limits.drained_bytes;
        let by = Instant::now() + limits.drained_for;
        while left > 0 {
            let until = by.min(Instant::now() + limits.silence);
            let Ok(Some(Ok(frame))) = timeout_at(until, self.frame()).await else {
                return;
            };
            let length = frame.data_ref().map_or(0, Bytes::len);
            left = left.saturating_sub(length);
        }
    }
}

impl HttpBody for Wire {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut state = self.0.lock();
        state.has_begun = true;
        if state.has_ended {
            return Poll::Ready(None);
        }
        let polled = Pin::new(&mut state.body).poll_frame(context);
        state.has_ended = matches!(polled, Poll::Ready(None | Some(Err(_))));
        polled
    }

    fn is_end_stream(&self) -> bool {
        let state = self.0.lock();
        state.has_ended || state.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().body.size_hint()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn check(values: &[&str], expected: Option<&[&str]>) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CONTENT_ENCODING, value.parse().unwrap());
        }
        let found = codings(&headers).ok();
        assert_eq!(found.as_deref(), expected, "{values:?}");
    }

    #[test]
    fn codings_are_read_as_rfc_9110_has_them() {
        check(&[], Some(&[]));
        for nothing in ["", " ", "identity", "UTF-8", "utf8", "Identity,", "none"] {
            check(&[nothing], Some(&[]));
        }
        check(&["GZIP"], Some(&["gzip"]));
        check(&[" x-gzip "], Some(&["gzip"]));
        check(&["deflate, Br"], Some(&["deflate", "br"]));
        check(&["deflate", "gzip, identity"], Some(&["deflate", "gzip"]));
        check(&["compress"], None);
        check(&["gzip, rot13"], None);
        check(&["gzip,gzip,gzip,gzip,gzip"], None);
    }

    #[tokio::test]
    async fn a_body_is_unpacked_in_the_order_of_its_codings() {
        use std::io::Write;
        let mut inner = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        inner.write_all(b"hello").unwrap();
        let mut outer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        outer.write_all(&inner.finish().unwrap()).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("deflate, gzip"));
        let body = unpacked(&headers, Body::from(outer.finish().unwrap()))
            .await
            .unwrap();
        assert_eq!(body.collect().await.unwrap().to_bytes(), "hello");
    }
}
