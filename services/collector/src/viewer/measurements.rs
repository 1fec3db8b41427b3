//! Points of measurements and metrics.

use axum::Json;
use axum::extract::State;
use reelscope_http::{ProblemResponse, Query};
use reelscope_page_api::telemetry::{Measurements, Micros};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Viewer, unread};

/// Limit of points in one response.
const MOST_POINTS: usize = 10_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PointQuery {
    /// Only those of this name.
    name: Option<String>,
    /// Only those at or after this time.
    since_us: Option<Micros>,
    /// Most points that are answered, 10,000 at most.
    #[param(value_type = Option<u64>)]
    limit: Option<usize>,
}

/// Numbers that transactions measured and metrics recorded, newest first.
#[utoipa::path(
    get, path = "/measurements",
    params(PointQuery),
    responses((status = 200, description = "The points", body = Measurements))
)]
pub(super) async fn measurements(
    State(viewer): State<Viewer>,
    Query(query): Query<PointQuery>,
) -> Result<Json<Measurements>, ProblemResponse> {
    viewer.look().await;
    let limit = query.limit.unwrap_or(MOST_POINTS).min(MOST_POINTS);
    let since = query.since_us.unwrap_or(Micros::MIN);
    let index = viewer.collector.index();
    let found = index.measurements(query.name, since, limit).await;
    Ok(Json(found.map_err(unread)?))
}
