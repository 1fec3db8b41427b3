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
use reelscope_contracts::{Code, Problem, now};
use serde::de::DeserializeOwned;
use tower_http::decompression::RequestDecompressionLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::collector::Collector;
use crate::error::ReadError;
use crate::http::{self, Limits, Room, Taken};
use crate::large;

/// Most lines of a list that are answered at once, and how many when nobody asks for a number.
const MOST_LINES: usize = 500;
const USUAL_LINES: usize = 50;

#[derive(Clone)]
struct Viewer {
    collector: Collector,
    room: Room,
}

impl Viewer {
    /// The index keeps up with whoever looks, and shows what was captured before the question.
    async fn look(&self) {
        self.collector.index().look().await;
    }
}

/// It unpacks bodies itself, so that a refused one can be read to its end.
fn tunnel_api() -> OpenApiRouter<Viewer> {
    OpenApiRouter::new().routes(routes!(tunnel))
}

fn api() -> OpenApiRouter<Viewer> {
    OpenApiRouter::new()
        .routes(routes!(traces::traces))
        .routes(routes!(traces::one_trace))
        .routes(routes!(issues::issues))
        .routes(routes!(issues::one_issue, issues::change_issue))
        .routes(routes!(map::map))
        .routes(routes!(measurements::measurements))
        .routes(routes!(events::events))
        .routes(routes!(envelopes::envelopes))
        .routes(routes!(envelopes::one_envelope))
        .routes(routes!(delivery::delivery))
        .routes(routes!(delivery::retry))
        .routes(routes!(delivery::held))
        .routes(routes!(delivery::test))
}

/// The viewer's routes. They show everything and change delivery, so they belong behind a guard.
pub fn viewer_router(collector: Collector) -> Router {
    Router::from(api())
        .layer(RequestDecompressionLayer::new())
        .merge(Router::from(tunnel_api()))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(Viewer {
            collector,
            room: Limits::standard().room(),
        })
}

/// The OpenAPI document of the viewer's routes, generated from them, for where they are mounted, such as
/// `/api/telemetry`.
#[must_use]
pub fn viewer_openapi(mounted_at: &str) -> OpenApi {
    OpenApiRouter::<Viewer>::new()
        .nest(mounted_at, tunnel_api().merge(api()))
        .into_openapi()
}

/// Take an envelope of the page, or of any other browser of this origin.
#[utoipa::path(
    post, path = "/envelope",
    request_body(content = inline(Vec<u8>), content_type = "application/x-sentry-envelope", description = "An envelope of Sentry"),
    responses(
        (status = 200, description = "Taken", body = Taken),
        (status = "4XX", description = "Problem", body = Problem, content_type = "application/problem+json"),
        (status = "5XX", description = "Problem", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn tunnel(State(viewer): State<Viewer>, request: Request) -> Response {
    http::tunnel(&viewer.collector, &viewer.room, request).await
}

/// What is asked for could not be read from the disk.
fn unread(error: rusqlite::Error) -> Problem {
    ReadError::from(error).into()
}

/// Microseconds since the Unix epoch.
fn now_us() -> Micros {
    now().saturating_mul(1_000)
}

/// An answer that may be as large as all that is read for it, made where that may take its time.
async fn told<T: IntoResponse>(answer: impl FnOnce() -> T + Send + 'static) -> Result<Response, Problem> {
    let made = tokio::task::spawn_blocking(move || answer().into_response());
    made.await.map_err(large::unfinished)
}

fn lines(limit: Option<usize>) -> usize {
    limit.unwrap_or(USUAL_LINES).clamp(1, MOST_LINES)
}

/// A query. Unlike axum's own extractor its rejection is a problem.
struct Asked<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(query)| Self(query)).map_err(|rejection| {
            let detail = format!("The query does not fit: {}.", rejection.body_text());
            Problem::new(Code::InvalidRequest, detail).field("query")
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_openapi_document_names_every_route_and_what_it_speaks_of() {
        let document = serde_json::to_value(viewer_openapi("/api/telemetry")).unwrap();
        let mut routes = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            let path = path.strip_prefix("/api/telemetry").unwrap();
            routes.extend(
                methods
                    .as_object()
                    .unwrap()
                    .keys()
                    .map(|method| format!("{method} {path}")),
            );
        }
        routes.sort_unstable();
        let expected = [
            "get /delivery",
            "get /envelopes",
            "get /envelopes/{seq}",
            "get /events",
            "get /issues",
            "get /issues/{id}",
            "get /map",
            "get /measurements",
            "get /traces",
            "get /traces/{id}",
            "post /delivery/held",
            "post /delivery/retry",
            "post /delivery/test",
            "post /envelope",
            "post /issues/{id}",
        ];
        assert_eq!(routes, expected);
        let text = document.to_string();
        for (at, _) in text.match_indices("#/components/schemas/") {
            let name = &text[at + "#/components/schemas/".len()..];
            let name = &name[..name.find('"').unwrap()];
            assert!(
                document["components"]["schemas"].get(name).is_some(),
                "{name} is not described"
            );
        }
    }
}
