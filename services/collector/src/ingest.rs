//! The door for every Sentry SDK: `POST /api/{project}/envelope/`, as Sentry has it.
//!
//! Source: <https://develop.sentry.dev/sdk/foundations/transport/envelopes/> and `…/authentication/`.

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CONTENT_ENCODING, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use http_body_util::BodyExt;
use reelscope_contracts::http::{method_not_allowed, not_found};
use reelscope_contracts::{Code, Problem};
use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tower_http::cors::{Any, CorsLayer};
use tower_http::decompression::RequestDecompressionLayer;
use utoipa::ToSchema;

use crate::collector::{Collector, EXTERNAL};
use crate::dsn::Dsn;
use crate::envelope::{Envelope, MAX_ENVELOPE};

/// The only project of this collector's own DSN.
pub const PROJECT: &str = "1";
/// Most bytes of envelopes that are being received at one time; more senders are asked to come again.
const MOST_RECEIVING: usize = 128 * 1024 * 1024;
/// How long a browser may remember that it may send.
const PREFLIGHT: Duration = Duration::from_secs(24 * 60 * 60);
const ENCODINGS: [&str; 5] = ["gzip", "deflate", "br", "zstd", "identity"];

#[derive(Clone)]
struct Ingest {
    collector: Collector,
    room: Room,
}

/// The routes for SDKs, for a listener of their own: any page and any program may send here.
pub fn ingest_router(collector: Collector) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::POST])
        .allow_headers(Any)
        .allow_private_network(true)
        .expose_headers(
            ["x-sentry-rate-limits", "retry-after", "x-sentry-error"].map(HeaderName::from_static),
        )
        .max_age(PREFLIGHT);
    Router::new()
        .route("/api/{project}/envelope/", post(take))
        .route("/api/{project}/envelope", post(take))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(RequestDecompressionLayer::new())
        .layer(from_fn(speak))
        .layer(cors)
        .with_state(Ingest {
            collector,
            room: Room::default(),
        })
}

/// Answers an encoding that is not known here as a problem, and repeats a problem's sentence where SDKs look for
/// it.
async fn speak(request: axum::extract::Request, next: Next) -> Response {
    let encodings: Vec<_> = request.headers().get_all(CONTENT_ENCODING).iter().collect();
    let known = encodings.len() <= 1
        && encodings
            .iter()
            .filter_map(|v| v.to_str().ok())
            .all(|v| ENCODINGS.contains(&v.trim()));
    let mut response = if known {
        next.run(request).await
    } else {
        let problem = Problem::new(
            Code::UnsupportedMediaType,
            "Send the envelope as it is, or with one of gzip, deflate, br and zstd.",
        );
        problem.field("Content-Encoding").into_response()
    };
    let said = response
        .extensions()
        .get::<Problem>()
        .map(|problem| problem.detail.clone());
    if let Some(said) = said.and_then(|said| HeaderValue::from_str(&said).ok()) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("x-sentry-error"), said);
    }
    response
}

/// Sentry's answer to an envelope.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Taken {
    /// Id of the event in it, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
}

async fn take(
    State(ingest): State<Ingest>,
    Path(project): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Taken>, Problem> {
    let key = key_of(&headers, query.as_deref());
    let own = ingest.collector.key().to_owned();
    check(&project, key.as_deref(), &own)?;
    let (bytes, _room) = receive(body, &ingest.room).await?;
    let envelope = Envelope::parse(&bytes).map_err(|error| Problem::from(&error))?;
    check_header(&envelope, &project, key.is_some(), &own)?;
    let captured = ingest.collector.captured(EXTERNAL, bytes).await;
    let captured = captured.map_err(|error| Problem::from(&error))?;
    Ok(Json(Taken {
        id: captured.event_id,
    }))
}

/// The key in `X-Sentry-Auth`, or in the query.
fn key_of(headers: &HeaderMap, query: Option<&str>) -> Option<String> {
    let header = headers.get("x-sentry-auth").and_then(|v| v.to_str().ok());
    let fields = header.map(|header| header.trim_start_matches("Sentry").split(','));
    let mut in_header = fields
        .into_iter()
        .flatten()
        .filter_map(|field| field.trim().split_once('='));
    let mut in_query = query
        .unwrap_or("")
        .split('&')
        .filter_map(|pair| pair.split_once('='));
    let found = in_header.find(|(name, _)| name.trim() == "sentry_key");
    let found = found.or_else(|| in_query.find(|(name, _)| *name == "sentry_key"));
    found.map(|(_, key)| key.trim().to_owned())
}

fn check(project: &str, key: Option<&str>, own: &str) -> Result<(), Problem> {
    if project != PROJECT {
        let detail = format!("This collector has the project {PROJECT} only; copy its DSN again.");
        return Err(Problem::new(Code::DsnRejected, detail).field("project"));
    }
    match key {
        Some(key) if key != own => Err(foreign_key()),
        _ => Ok(()),
    }
}

fn check_header(envelope: &Envelope<'_>, project: &str, has_key: bool, own: &str) -> Result<(), Problem> {
    let Some(text) = envelope.header.dsn.as_deref() else {
        return if has_key { Ok(()) } else { Err(no_key()) };
    };
    let dsn: Dsn = text.parse().map_err(|error| {
        Problem::new(
            Code::DsnRejected,
            format!("The envelope's DSN cannot be one: {error}"),
        )
        .field("header.dsn")
    })?;
    if dsn.key() != own {
        return Err(foreign_key());
    }
    if dsn.project() != project {
        let detail = "The envelope's DSN names another project than the address it was sent to.";
        return Err(Problem::new(Code::DsnRejected, detail).field("header.dsn"));
    }
    Ok(())
}

/// The same for the browser's tunnel, where only the envelope's header says whose it is.
pub(crate) fn check_tunnelled(envelope: &Envelope<'_>, own: &str) -> Result<(), Problem> {
    check_header(envelope, PROJECT, false, own)
}

fn no_key() -> Problem {
    Problem::new(
        Code::DsnRequired,
        "Send the DSN's key in X-Sentry-Auth, as ?sentry_key=, or the DSN in the envelope's header.",
    )
}

fn foreign_key() -> Problem {
    let detail = "The key is not this collector's; copy the DSN that Reelscope shows.";
    Problem::new(Code::DsnRejected, detail).field("sentry_key")
}

/// Room for envelopes that are being received.
#[derive(Clone, Default)]
pub(crate) struct Room(Arc<AtomicUsize>);

/// Room that is taken; given back when dropped.
pub(crate) struct Taking {
    room: Room,
    bytes: usize,
}

impl Taking {
    fn grow(&mut self, bytes: usize) -> bool {
        self.bytes += bytes;
        self.room.0.fetch_add(bytes, Ordering::Relaxed) + bytes <= MOST_RECEIVING
    }
}

impl Drop for Taking {
    fn drop(&mut self) {
        self.room.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Reads a body as it comes out of decompression, and stops at the limit: a small body that unpacks to a large
/// one costs no more than the limit.
pub(crate) async fn receive(mut body: Body, room: &Room) -> Result<(Vec<u8>, Taking), Problem> {
    let mut bytes = Vec::new();
    let mut taking = Taking {
        room: room.clone(),
        bytes: 0,
    };
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| {
            Problem::new(
                Code::EnvelopeMalformed,
                "The body ended early, or is not compressed as it says.",
            )
            .field("body")
        })?;
        let Ok(chunk) = frame.into_data() else { continue };
        if bytes.len() + chunk.len() > MAX_ENVELOPE {
            let detail = "The envelope is larger than 40 MiB; send less.";
            return Err(Problem::new(Code::PayloadTooLarge, detail).field("body"));
        }
        if !taking.grow(chunk.len()) {
            let problem = Problem::new(
                Code::ServiceUnavailable,
                "Too many large envelopes come at once; send this one again.",
            );
            return Err(Problem {
                retry_after: Some(1),
                ..problem
            });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok((bytes, taking))
}
