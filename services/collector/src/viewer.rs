//! What the viewer asks: traces, issues, measurements, and the state of delivery; and the browser's tunnel.
//!
//! The routes are relative: the stack mounts them under `/api/telemetry`, behind the gateway's guard.

mod delivery;
mod envelopes;
mod events;
mod issues;
mod map;
mod measurements;
mod traces;

use axum::Router;
use axum::extract::{FromRequestParts, Query, Request, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use reelscope_contracts::http::{method_not_allowed, not_found};
use reelscope_contracts::telemetry::Micros;
use reelscope_contracts::{ApiProblem, Code, now};
use serde::de::DeserializeOwned;
use tower_http::decompression::RequestDecompressionLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::collector::Collector;
use crate::error::ReadError;
use crate::http::{self, BodyBudget, BodyLimits, EnvelopeAccepted};
use crate::large;

/// Most lines of a list that are answered at once, and how many when nobody asks for a number.
const MOST_LINES: usize = 500;
const USUAL_LINES: usize = 50;

#[derive(Clone)]
struct Viewer {
    collector: Collector,
    room: BodyBudget,
}

impl Viewer {
    /// The index keeps up with whoever looks, and shows what was captured before the question.
    async fn look(&self) {
        self.collector.index().look().await;
    }
}

/// The viewer's routes, each with its description. They show everything and change delivery, so they belong behind a guard.
pub fn viewer_routes(collector: Collector) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(traces::traces))
        .routes(routes!(traces::one_trace))
        .routes(routes!(issues::issues))
        .routes(routes!(issues::one_issue, issues::change_issue))
        .routes(routes!(map::service_map))
        .routes(routes!(measurements::measurements))
        .routes(routes!(events::telemetry_events))
        .routes(routes!(envelopes::envelopes))
        .routes(routes!(envelopes::one_envelope))
        .routes(routes!(delivery::delivery))
        .routes(routes!(delivery::retry_dead))
        .routes(routes!(delivery::decide_held))
        .routes(routes!(delivery::test_delivery))
        .layer(RequestDecompressionLayer::new())
        // It unpacks bodies itself, so that a refused one can be read to its end.
        .routes(routes!(tunnel))
        .fallback(not_found)
        .with_state(Viewer {
            collector,
            room: BodyLimits::standard().room(),
        })
}

/// The viewer's routes by themselves.
pub fn viewer_router(collector: Collector) -> Router {
    Router::from(viewer_routes(collector)).method_not_allowed_fallback(method_not_allowed)
}

/// Take an envelope of the page, or of any other browser of this origin.
#[utoipa::path(
    post, path = "/envelope",
    request_body(content = inline(Vec<u8>), content_type = "application/x-sentry-envelope", description = "An envelope of Sentry"),
    responses(
        (status = 200, description = "Taken", body = EnvelopeAccepted),
    )
)]
async fn tunnel(State(viewer): State<Viewer>, request: Request) -> Response {
    http::tunnel(&viewer.collector, &viewer.room, request).await
}

/// What is asked for could not be read from the disk.
fn unread(error: rusqlite::Error) -> ApiProblem {
    ReadError::from(error).into()
}

/// Microseconds since the Unix epoch.
fn now_us() -> Micros {
    now().saturating_mul(1_000)
}

/// An answer that may be as large as all that is read for it, made where that may take its time.
async fn told<T: IntoResponse>(answer: impl FnOnce() -> T + Send + 'static) -> Result<Response, ApiProblem> {
    let made = tokio::task::spawn_blocking(move || answer().into_response());
    made.await.map_err(large::unfinished)
}

fn lines(limit: Option<usize>) -> usize {
    limit.unwrap_or(USUAL_LINES).clamp(1, MOST_LINES)
}

/// A query. Unlike axum's own extractor its rejection is a problem.
struct Asked<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiProblem> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(query)| Self(query)).map_err(|rejection| {
            let detail = format!("The query does not fit: {}.", rejection.body_text());
            ApiProblem::new(Code::InvalidRequest, detail).field("query")
        })
    }
}
