//! The map of services.

use std::collections::{BTreeMap, HashSet};

use axum::Json;
use axum::extract::State;
use reelscope_http::{ProblemResponse, Query};
use reelscope_page_api::telemetry::ServiceMap;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{MOST_LINES, Viewer, now_us, unread};
use crate::envelope::Envelope;
use crate::facts::{self, Source};
use crate::once::Seen;
use crate::service_map::{self, Drawn, MINUTE};

/// Default number of traces that the map is computed from; so few that the map follows the present.
const USUAL_MAP: usize = 200;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct MapQuery {
    /// Newest traces that it is drawn from: 200 when absent, 500 at most.
    #[param(value_type = Option<u64>)]
    traces: Option<usize>,
}

/// Who calls whom, how often and how fast, drawn from the newest traces.
#[utoipa::path(
    get, path = "/map",
    params(MapQuery),
    responses((status = 200, description = "The map", body = ServiceMap))
)]
pub(super) async fn service_map(
    State(viewer): State<Viewer>,
    Query(query): Query<MapQuery>,
) -> Result<Json<ServiceMap>, ProblemResponse> {
    viewer.look().await;
    let limit = query.traces.unwrap_or(USUAL_MAP).clamp(1, MOST_LINES);
    let now = now_us();
    let index = viewer.collector.index();
    let newest = index.newest_traces(limit, now - MINUTE..now + 1);
    let (newest, minute) = newest.await.map_err(unread)?;
    let ids: HashSet<u128> = newest.iter().map(|(id, _)| *id).collect();
    // Newest first, because the bytes that are read are limited. An envelope may have parts of several traces.
    let mut seqs: Vec<u64> = newest.into_iter().flat_map(|(_, seqs)| seqs).collect();
    seqs.sort_unstable_by(|one, other| other.cmp(one));
    seqs.dedup();
    let (found, _) = viewer.collector.read_many(seqs).await.map_err(unread)?;
    let drawn = tokio::task::spawn_blocking(move || {
        let (mut traces, mut seen) = (BTreeMap::<u128, Drawn>::new(), Seen::default());
        for (entry, bytes) in &found {
            let Ok(envelope) = Envelope::framed(bytes) else {
                continue;
            };
            for fact in seen.fresh(facts::read(Source::of(entry), &envelope)).spans {
                if ids.contains(&fact.trace_id) {
                    let trace = traces.entry(fact.trace_id).or_default();
                    trace.sample_rate = fact.sample_rate.or(trace.sample_rate);
                    trace.spans.push(fact.span);
                }
            }
        }
        service_map::draw(&traces.into_values().collect::<Vec<_>>(), now, minute)
    });
    let drawn = drawn
        .await
        .unwrap_or_else(|_| service_map::draw(&[], now, minute));
    Ok(Json(ServiceMap {
        indexed: viewer.collector.indexed(),
        ..drawn
    }))
}
