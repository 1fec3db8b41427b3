//! The routes of the viewer: traces, issues, measurements and the state of delivery, and the browser's tunnel.
//!
//! The paths are relative: the stack mounts them below `/api/telemetry`, behind the gateway's guard.

mod delivery;
mod envelopes;
mod events;
mod issues;
mod map;
mod measurements;
mod traces;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use reelscope_contracts::{ApiProblem, now};
use reelscope_http::{ProblemResponse, method_not_allowed, not_found};
use reelscope_page_api::telemetry::Micros;
use tower_http::decompression::RequestDecompressionLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::collector::Collector;
use crate::error::ReadError;
use crate::http::{self, BodyBudget, BodyLimits, EnvelopeAccepted};
use crate::large;

/// Limit of the lines of a list in one response.
const MOST_LINES: usize = 500;
/// Number of lines in the response to a request that names no limit.
const USUAL_LINES: usize = 50;

#[derive(Clone)]
struct Viewer {
    collector: Collector,
    room: BodyBudget,
}

impl Viewer {
    /// Marks the viewer as active and waits until everything captured before the request is indexed.
    async fn look(&self) {
        self.collector.index().look().await;
    }
}

/// The routes of the viewer with their descriptions. They show everything and change delivery, so the caller puts
/// them behind a guard.
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
        // This route decompresses bodies itself, so that a refused one can be read to its end.
        .routes(routes!(tunnel))
        .fallback(not_found)
        .with_state(Viewer {
            collector,
            room: BodyLimits::standard().room(),
        })
}

/// The routes of the viewer without their descriptions.
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

/// The response when stored data cannot be read.
fn unread(error: rusqlite::Error) -> ApiProblem {
    ReadError::from(error).into()
}

/// The time in microseconds since the Unix epoch.
fn now_us() -> Micros {
    now().saturating_mul(1_000)
}

/// Builds a large response on a blocking thread.
async fn told<T: IntoResponse>(
    answer: impl FnOnce() -> T + Send + 'static,
) -> Result<Response, ProblemResponse> {
    let made = tokio::task::spawn_blocking(move || answer().into_response());
    Ok(made.await.map_err(large::unfinished)?)
}

fn lines(limit: Option<usize>) -> usize {
    limit.unwrap_or(USUAL_LINES).clamp(1, MOST_LINES)
}
