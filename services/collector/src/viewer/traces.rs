//! The list of traces, and one trace.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use reelscope_contracts::{ApiProblem, Code};
use reelscope_http::{Path, ProblemResponse, Query};
use reelscope_page_api::telemetry::{Micros, TraceDetail, Traces};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Viewer, lines, now_us, told, unread};
use crate::envelope::{format_id, parse_id};
use crate::index::{Attribute, TraceFilter};
use crate::service_map::MINUTE;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TraceQuery {
    /// Only those that ended well, or that did not.
    ok: Option<bool>,
    /// Only those in which this service recorded something.
    service: Option<String>,
    /// Least length of the root transaction, `root_us`: what whoever began the trace waited for.
    min_duration_ms: Option<i64>,
    /// Most length of the root transaction.
    max_duration_ms: Option<i64>,
    /// Only those whose root has this release.
    release: Option<String>,
    /// Only those of the player with this `user.id`.
    player: Option<String>,
    /// Only those of virtual players, or of others.
    virtual_player: Option<bool>,
    /// Only those whose root has this name.
    name: Option<String>,
    /// Begun at or after this.
    since_us: Option<Micros>,
    /// Begun before this.
    until_us: Option<Micros>,
    /// An attribute that a span has, and its value, as `db.system=polodb`.
    #[param(pattern = r#"^[^="\\]+="#)]
    attribute: Option<String>,
    /// Most that are answered: 50 when absent, 500 at most.
    #[param(value_type = Option<u64>)]
    limit: Option<usize>,
    /// `next` of the page before.
    #[param(pattern = r"^[0-9]{1,19}\.[0-9a-f]{32}$")]
    cursor: Option<String>,
}

/// Traces, the last to arrive first.
#[utoipa::path(
    get, path = "/traces",
    params(TraceQuery),
    responses((status = 200, description = "A page of them", body = Traces))
)]
pub(super) async fn traces(
    State(viewer): State<Viewer>,
    Query(query): Query<TraceQuery>,
) -> Result<Json<Traces>, ProblemResponse> {
    viewer.look().await;
    let attribute = match query.attribute {
        Some(text) => Some(Attribute::of(&text).ok_or_else(|| {
            ApiProblem::new(Code::InvalidRequest, "Ask for an attribute as name=value.").field("attribute")
        })?),
        None => None,
    };
    let filter = TraceFilter {
        ok: query.ok,
        service: query.service,
        min_duration_us: query.min_duration_ms.map(|ms| ms.saturating_mul(1_000)),
        max_duration_us: query.max_duration_ms.map(|ms| ms.saturating_mul(1_000)),
        release: query.release,
        player: query.player,
        virtual_player: query.virtual_player,
        name: query.name,
        since_us: query.since_us,
        until_us: query.until_us,
        attribute,
    };
    let before = match query.cursor {
        Some(cursor) => Some(parse_cursor(&cursor).ok_or_else(|| {
            ApiProblem::new(Code::InvalidRequest, "The cursor is not one that this list gave.")
                .field("cursor")
        })?),
        None => None,
    };
    let now = now_us();
    let index = viewer.collector.index();
    let page = index.traces(filter, before, lines(query.limit), now - MINUTE..now + 1);
    let page = page.await.map_err(unread)?;
    let next = page
        .next
        .map(|(arrived, id)| format!("{arrived}.{}", format_id(id)));
    let (recorded, all) = page.within;
    // Not negative, and far below 2^53.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let counted = all.round() as u64;
    Ok(Json(Traces {
        traces: page.traces,
        next,
        last_minute: counted,
        last_minute_estimated: counted != recorded,
        indexed: viewer.collector.indexed(),
    }))
}

fn parse_cursor(cursor: &str) -> Option<(u64, u128)> {
    let (arrived, id) = cursor.split_once('.')?;
    Some((arrived.parse().ok()?, parse_id(id)?))
}

/// A trace with all that is known of it.
#[utoipa::path(
    get, path = "/traces/{id}",
    params(("id" = String, Path, description = "Id of the trace")),
    responses((status = 200, description = "The trace", body = TraceDetail))
)]
pub(super) async fn one_trace(
    State(viewer): State<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, ProblemResponse> {
    viewer.look().await;
    let gone = || ApiProblem::new(Code::NotFound, "No trace with this id is kept.");
    let detail = viewer.collector.trace(&id).await?.ok_or_else(gone)?;
    told(move || Json(detail)).await
}
