//! The state of delivery, and what a person may do about it.

use axum::Json;
use axum::extract::State;
use reelscope_http::{Body as JsonBody, ProblemResponse};
use reelscope_page_api::telemetry::{Changed, DecideHeld, Delivery, RetryDead, TestDelivery, TestOutcome};

use super::Viewer;

/// How delivery stands.
#[utoipa::path(
    get, path = "/delivery",
    responses((status = 200, description = "The state of the moment", body = Delivery))
)]
pub(super) async fn delivery(State(viewer): State<Viewer>) -> Json<Delivery> {
    Json(viewer.collector.delivery())
}

/// Send again what will not be sent by itself.
#[utoipa::path(
    post, path = "/delivery/retry",
    request_body = RetryDead,
    responses((status = 200, description = "How many it changed", body = Changed))
)]
pub(super) async fn retry_dead(
    State(viewer): State<Viewer>,
    JsonBody(request): JsonBody<RetryDead>,
) -> Result<Json<Changed>, ProblemResponse> {
    let changed = viewer.collector.retry_dead(request.seq).await?;
    Ok(Json(Changed { changed }))
}

/// Decide on what was captured for another DSN.
#[utoipa::path(
    post, path = "/delivery/held",
    request_body = DecideHeld,
    responses((status = 200, description = "How many it changed", body = Changed))
)]
pub(super) async fn decide_held(
    State(viewer): State<Viewer>,
    JsonBody(request): JsonBody<DecideHeld>,
) -> Result<Json<Changed>, ProblemResponse> {
    let changed = viewer.collector.decide_held(request.action).await?;
    Ok(Json(Changed { changed }))
}

/// Send a test envelope.
#[utoipa::path(
    post, path = "/delivery/test",
    request_body = TestDelivery,
    responses((status = 200, description = "What it met, good or bad", body = TestOutcome))
)]
pub(super) async fn test_delivery(
    State(viewer): State<Viewer>,
    JsonBody(request): JsonBody<TestDelivery>,
) -> Json<TestOutcome> {
    Json(viewer.collector.test_delivery(request.dsn.as_deref()).await)
}
