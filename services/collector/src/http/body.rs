//! The body of a request: decompressed, received within limits, and read to its end when it is refused.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder};
use axum::body::{Body, Bytes, HttpBody};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_ENCODING;
use futures_util::TryStreamExt;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use parking_lot::Mutex;
use reelscope_contracts::{ApiProblem, Code};
use tokio::time::{Instant, timeout_at};
use tokio_util::io::{ReaderStream, StreamReader};

use super::BodyLimits;
use super::body_budget::{BodyBudget, BudgetGuard};
use crate::envelope::{MAX_ENVELOPE, MAX_HEADER_LINE};

/// Size of the pieces of a decompressed body in bytes.
const CHUNK: usize = 16 * 1024;
/// Maximum number of nested codings of a body. Clients rarely use more than one.
const MOST_CODINGS: usize = 4;

/// A coding of a body. Source: RFC 9110, section 8.4.1, and RFC 8878.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Gzip,
    /// zlib, as the RFC has it.
    Deflate,
    Brotli,
    Zstd,
}

impl Coding {
    /// The body without this coding. It may consist of several members one after the other (RFC 1952, section 2.2);
    /// other bytes after a member are an error, because they would be lost.
    fn undone(self, body: Body) -> Body {
        let coded = StreamReader::new(TryStreamExt::map_err(body.into_data_stream(), io::Error::other));
        macro_rules! all_members {
            ($decoder:ident) => {{
                let mut decoder = $decoder::new(coded);
                decoder.multiple_members(true);
                Body::from_stream(ReaderStream::with_capacity(decoder, CHUNK))
            }};
        }
        match self {
            Self::Gzip => all_members!(GzipDecoder),
            Self::Deflate => all_members!(ZlibDecoder),
            Self::Brotli => all_members!(BrotliDecoder),
            Self::Zstd => all_members!(ZstdDecoder),
        }
    }
}

/// The codings of a body, in the order in which they were applied. Source: RFC 9110, section 8.4.
///
/// # Errors
/// An [`ApiProblem`] for an unknown coding.
fn codings(headers: &HeaderMap) -> Result<Vec<Coding>, ApiProblem> {
    let mut codings = Vec::new();
    for value in headers.get_all(CONTENT_ENCODING) {
        let text = value.to_str().map_err(|_| unknown_coding())?;
        for coding in text.split(',').map(|coding| coding.trim().to_ascii_lowercase()) {
            codings.push(match coding.as_str() {
                "gzip" | "x-gzip" => Coding::Gzip,
                "deflate" => Coding::Deflate,
                "br" => Coding::Brotli,
                "zstd" => Coding::Zstd,
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
pub(crate) fn unpacked(headers: &HeaderMap, mut body: Body) -> Result<Body, ApiProblem> {
    for coding in codings(headers)?.into_iter().rev() {
        body = coding.undone(body);
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
    use axum::http::HeaderValue;

    fn check(values: &[&str], expected: Option<&[Coding]>) {
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
        check(&["GZIP"], Some(&[Coding::Gzip]));
        check(&[" x-gzip "], Some(&[Coding::Gzip]));
        check(&["deflate, Br"], Some(&[Coding::Deflate, Coding::Brotli]));
        check(
            &["deflate", "gzip, identity"],
            Some(&[Coding::Deflate, Coding::Gzip]),
        );
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
        let body = unpacked(&headers, Body::from(outer.finish().unwrap())).unwrap();
        assert_eq!(body.collect().await.unwrap().to_bytes(), "hello");
    }

    /// Unpacks a body; `None` where it is refused.
    async fn undone(coding: Coding, body: &[u8]) -> Option<Vec<u8>> {
        let body = coding.undone(Body::from(body.to_vec())).collect().await.ok()?;
        Some(body.to_bytes().to_vec())
    }

    fn coded(coding: Coding, text: &[u8]) -> Vec<u8> {
        use std::io::Read;
        let mut coded = Vec::new();
        let level = flate2::Compression::fast();
        match coding {
            Coding::Gzip => flate2::read::GzEncoder::new(text, level).read_to_end(&mut coded),
            Coding::Deflate => flate2::read::ZlibEncoder::new(text, level).read_to_end(&mut coded),
            Coding::Zstd => zstd::stream::read::Encoder::new(text, 1)
                .unwrap()
                .read_to_end(&mut coded),
            Coding::Brotli => unreachable!("there is no encoder of it here"),
        }
        .unwrap();
        coded
    }

    #[tokio::test]
    async fn all_members_of_a_body_are_read_and_nothing_after_them_is_dropped() {
        for coding in [Coding::Gzip, Coding::Deflate, Coding::Zstd] {
            let (one, two) = (coded(coding, b"one "), coded(coding, b"two"));
            let both = [one.clone(), two].concat();
            assert_eq!(undone(coding, &both).await.unwrap(), b"one two", "{coding:?}");
            assert_eq!(
                undone(coding, &[&one[..], b"more"].concat()).await,
                None,
                "{coding:?}"
            );
            assert_eq!(undone(coding, &one[..one.len() - 1]).await, None, "{coding:?}");
            assert_eq!(undone(coding, &both[..both.len() - 1]).await, None, "{coding:?}");
        }
    }
}
