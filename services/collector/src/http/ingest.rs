//! The routes for all Sentry SDKs: `POST /api/{project}/envelope/`, and `…/store/` for SDKs from before envelopes.
//!
//! Source: <https://develop.sentry.dev/sdk/foundations/transport/envelopes/> and `…/authentication/`.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use reelscope_contracts::{ApiProblem, Code};
use reelscope_http::respond;
use serde::Serialize;
use tower_http::cors::{Any, CorsLayer};
use utoipa::ToSchema;

use super::auth::{Presented, presented};
use super::body::{receive, unpacked};
use super::body_budget::BodyBudget;
use super::{BodyLimits, refusal, store};
use crate::collector::Collector;
use crate::dsn::Dsn;
use crate::envelope::{Envelope, Header, MAX_EVENT};
use crate::large;
use crate::slot::{EXTERNAL, FRONTEND};

/// The only project of this collector's own DSN.
const PROJECT: &str = "1";
/// How long a browser may cache the response to a preflight request.
const PREFLIGHT: Duration = Duration::from_secs(24 * 60 * 60);
const ENVELOPE_TYPE: &str = "application/x-sentry-envelope";

#[derive(Clone)]
struct Ingest {
    collector: Collector,
    limits: BodyLimits,
    room: BodyBudget,
}

/// The routes for SDKs, on a port of their own: every page and program may send here.
pub fn ingest_router(collector: Collector) -> Router {
    ingest_router_within(collector, BodyLimits::standard())
}

/// The DSN with which an SDK sends to `collector`, where [`ingest_router`] is served at `address`.
#[must_use]
pub fn ingest_dsn(collector: &Collector, address: SocketAddr) -> String {
    format!("http://{}@{address}/{PROJECT}", collector.key())
}

/// As [`ingest_router`], with other limits than the product's.
pub fn ingest_router_within(collector: Collector, limits: BodyLimits) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::POST])
        .allow_headers(Any)
        .allow_private_network(true)
        .expose_headers(
            ["x-sentry-rate-limits", "retry-after", "x-sentry-error"].map(HeaderName::from_static),
        )
        .max_age(PREFLIGHT);
    // One handler for all paths, because SDKs add slashes that a router would distinguish.
    Router::new().fallback(door).layer(cors).with_state(Ingest {
        collector,
        limits,
        room: limits.room(),
    })
}

async fn door(State(ingest): State<Ingest>, request: Request) -> Response {
    let answer = |request| take(&ingest, request);
    refusal::answered(&ingest.collector, &ingest.limits, request, answer).await
}

/// Sentry's answer to an envelope.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EnvelopeAccepted {
    /// Id of the event in it, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
}

/// What a path accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Endpoint {
    Envelope,
    Store,
}

/// Parses a path to the endpoint and the project, if it has one.
fn endpoint(path: &str) -> Result<(Endpoint, Option<&str>), ApiProblem> {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    match segments[..] {
        ["api", "store"] => Ok((Endpoint::Store, None)),
        ["api", project, "envelope"] => Ok((Endpoint::Envelope, Some(project))),
        ["api", project, "store"] => Ok((Endpoint::Store, Some(project))),
        ["api", "0", ..] => Err(unsupported("Sentry's web API")),
        ["api", "embed", ..] => Err(unsupported("Sentry's dialog for user feedback")),
        ["api", _, ref rest @ ..] => Err(not_taken(rest)),
        _ => Err(nothing_here()),
    }
}

/// Explains what Sentry's other endpoints are for. Source: Relay's `endpoints/mod.rs`.
fn not_taken(rest: &[&str]) -> ApiProblem {
    match rest {
        ["minidump", ..] => unsupported("Minidumps"),
        ["unreal", ..] => unsupported("Crash reports of the Unreal Engine"),
        ["playstation", ..] => unsupported("Crash dumps of PlayStation"),
        ["security" | "csp-report", ..] => unsupported("Security reports of browsers"),
        ["nel", ..] => unsupported("Network error logs of browsers"),
        ["cron", ..] => unsupported("Check-ins of cron monitors by address"),
        ["attachment" | "attachments", ..] | ["events", _, "attachments", ..] => {
            unsupported("Attachments without their envelope")
        }
        ["upload", ..] => unsupported("Uploads without their envelope"),
        ["otlp", ..] | ["integration", "otlp", ..] => unsupported("OpenTelemetry's protocol (OTLP)"),
        ["integration", ..] => unsupported("Integrations of other log formats"),
        _ => nothing_here(),
    }
}

fn unsupported(what: &str) -> ApiProblem {
    let detail = format!(
        "{what}: not supported by this collector, which takes envelopes at /api/{PROJECT}/envelope/ \
         and events at /api/{PROJECT}/store/."
    );
    ApiProblem::new(Code::NotFound, detail)
}

fn nothing_here() -> ApiProblem {
    let detail = format!(
        "Nothing is at this address; this collector takes envelopes at /api/{PROJECT}/envelope/ \
         and events at /api/{PROJECT}/store/."
    );
    ApiProblem::new(Code::NotFound, detail)
}

fn only_post() -> Response {
    let detail = "Send envelopes and events by POST; nothing is read from the address itself.";
    let mut response = respond(ApiProblem::new(Code::MethodNotAllowed, detail));
    let headers = response.headers_mut();
    headers.insert(ALLOW, HeaderValue::from_static("POST"));
    response
}

async fn take(ingest: &Ingest, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let (endpoint, project) = match endpoint(parts.uri.path()) {
        Ok(found) => found,
        Err(problem) => return respond(problem),
    };
    if parts.method != Method::POST {
        return only_post();
    }
    // An envelope that is sent to the store endpoint is accepted as an envelope.
    let endpoint = if is_envelope(&parts.headers) {
        Endpoint::Envelope
    } else {
        endpoint
    };
    let received = received(ingest, &parts, (endpoint, project.unwrap_or(PROJECT)), body).await;
    match received {
        Ok((bytes, _room)) => captured(&ingest.collector, EXTERNAL, bytes).await,
        Err(problem) => respond(problem),
    }
}

fn is_envelope(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case(ENVELOPE_TYPE))
}

/// Receives the envelope of a request, after its key has been checked.
async fn received(
    ingest: &Ingest,
    parts: &Parts,
    (endpoint, project): (Endpoint, &str),
    body: Body,
) -> Result<(Vec<u8>, super::body_budget::BudgetGuard), ApiProblem> {
    let own = ingest.collector.key();
    if project != PROJECT {
        let detail = format!("This collector has the project {PROJECT} only; copy its DSN again.");
        return Err(ApiProblem::new(Code::DsnRejected, detail).field("project"));
    }
    let has_key = match presented(parts, own) {
        Presented::Foreign => return Err(foreign_key()),
        Presented::Own => true,
        Presented::Nothing if endpoint == Endpoint::Store => return Err(no_key_for_store()),
        Presented::Nothing => false,
    };
    let body = unpacked(&parts.headers, body)?;
    let check = |line: &[u8]| match endpoint {
        Endpoint::Envelope => check_line(line, has_key, own),
        Endpoint::Store => Ok(()),
    };
    let (bytes, room) = receive(body, &ingest.room, &ingest.limits, check).await?;
    Ok((checked(endpoint, bytes).await?, room))
}

/// The tunnel of the browser, in which only the envelope's header has a key.
pub(crate) async fn tunnel(collector: &Collector, room: &BodyBudget, request: Request) -> Response {
    let limits = BodyLimits::standard();
    let answer = |request: Request| async {
        let (parts, body) = request.into_parts();
        let received = async {
            let body = unpacked(&parts.headers, body)?;
            let check = |line: &[u8]| check_line(line, false, collector.key());
            let (bytes, room) = receive(body, room, &limits, check).await?;
            Ok::<_, ApiProblem>((checked(Endpoint::Envelope, bytes).await?, room))
        };
        match received.await {
            Ok((bytes, _room)) => captured(collector, FRONTEND, bytes).await,
            Err(problem) => respond(problem),
        }
    };
    refusal::answered(collector, &limits, request, answer).await
}

async fn captured(collector: &Collector, slot: &'static str, bytes: Vec<u8>) -> Response {
    match collector.capture_durable(slot, bytes).await {
        Ok(captured) => Json(EnvelopeAccepted {
            id: captured.event_id,
        })
        .into_response(),
        Err(error) => refusal::not_captured(&error),
    }
}

/// Returns the envelope in a body, or makes one of its event, and checks that the viewer can show something of it.
async fn checked(endpoint: Endpoint, body: Vec<u8>) -> Result<Vec<u8>, ApiProblem> {
    let size = match endpoint {
        Endpoint::Envelope => body.len(),
        // A small body may decompress to a large event.
        Endpoint::Store => MAX_EVENT,
    };
    let work = move || {
        let bytes = match endpoint {
            Endpoint::Envelope => body,
            Endpoint::Store => store::envelope_of(body)?,
        };
        check_payloads(&bytes)?;
        Ok(bytes)
    };
    large::run(size, work).await.map_err(large::unfinished)?
}

fn check_payloads(bytes: &[u8]) -> Result<(), ApiProblem> {
    let envelope = Envelope::parse(bytes).map_err(|error| ApiProblem::from(&error))?;
    envelope.readable().map_err(|error| ApiProblem::from(&error))
}

/// Checks the first line of an envelope, before the rest is received.
fn check_line(line: &[u8], has_key: bool, own: &str) -> Result<(), ApiProblem> {
    let header = Header::parse(line).map_err(|error| ApiProblem::from(&error))?;
    // An empty DSN counts as none.
    let Some(text) = header.dsn.as_deref().filter(|dsn| !dsn.trim().is_empty()) else {
        return if has_key { Ok(()) } else { Err(no_key()) };
    };
    let dsn: Dsn = text.parse().map_err(|error| {
        let detail = format!("The envelope's DSN cannot be one: {error}");
        ApiProblem::new(Code::DsnRejected, detail).field("header.dsn")
    })?;
    if dsn.key() != own {
        return Err(foreign_key());
    }
    if dsn.project() != PROJECT {
        let detail = "The envelope's DSN names another project than the address it was sent to.";
        return Err(ApiProblem::new(Code::DsnRejected, detail).field("header.dsn"));
    }
    Ok(())
}

fn no_key() -> ApiProblem {
    let detail = "Send the DSN's key in X-Sentry-Auth, as ?sentry_key=, or the DSN in the envelope's header.";
    ApiProblem::new(Code::DsnRequired, detail)
}

fn no_key_for_store() -> ApiProblem {
    let detail = "Send the DSN's key in X-Sentry-Auth, or as ?sentry_key=.";
    ApiProblem::new(Code::DsnRequired, detail)
}

fn foreign_key() -> ApiProblem {
    let detail = "The key is not this collector's; copy the DSN that Reelscope shows.";
    ApiProblem::new(Code::DsnRejected, detail).field("sentry_key")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::collector::{MOST_QUEUED, Options};
    use crate::viewer::viewer_router;
    use tower::ServiceExt;

    #[tokio::test]
    async fn our_own_have_room_where_a_flood_from_outside_has_taken_the_rest() {
        let dir = tempfile::tempdir().unwrap();
        let (collector, _) = Collector::open(dir.path(), Options::standard()).unwrap();
        let flood = collector.room_for(EXTERNAL, MOST_QUEUED + 1).unwrap();
        let envelope = format!("{{\"dsn\":\"http://{}@h/1\"}}\n", collector.key());
        let post = |path: &str| Request::post(path).body(Body::from(envelope.clone())).unwrap();
        let from_outside = ingest_router(collector.clone()).oneshot(post("/api/1/envelope/"));
        let refused = from_outside.await.unwrap();
        assert_eq!(refused.status().as_u16(), 503);
        assert_eq!(refused.headers()["retry-after"], "1");
        let from_the_page = viewer_router(collector.clone()).oneshot(post("/envelope"));
        assert_eq!(from_the_page.await.unwrap().status().as_u16(), 200);
        let delivery = collector.delivery();
        // The writer counts what it refuses, and nothing is counted twice.
        assert_eq!(
            (delivery.refused, delivery.refused_by_code["service_unavailable"]),
            (1, 1)
        );
        drop(flood);
        collector.shutdown().await;
    }
}
