//! Traces for the command line, requested from the viewer's routes as the page does.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use reelscope_collector::{Collector, Options, viewer_router};
use reelscope_contracts::ApiProblem;
use reelscope_page_api::telemetry::{TraceDetail, TraceSummary, Traces};
use serde::de::DeserializeOwned;
use tower::ServiceExt;

/// Number of traces in one page of the list.
const PAGE: usize = 500;
/// Interval of checking whether the index has caught up; short compared to a block of a benchmark.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// Opens the telemetry of a data directory for reading, without sending anything, and waits until it is indexed.
///
/// # Errors
/// A sentence: there is no telemetry, or another process uses it.
pub async fn open(data_dir: &Path) -> Result<Collector, String> {
    let dir = crate::storage::telemetry_dir(data_dir);
    if !dir.is_dir() {
        return Err(format!(
            "there are no traces in {}; spin first",
            data_dir.display()
        ));
    }
    let opened = tokio::task::spawn_blocking(move || Collector::open(&dir, Options::standard())).await;
    let (collector, _) = opened
        .map_err(|error| error.to_string())?
        .map_err(|error| error.to_string())?;
    while !collector.indexed() {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Ok(collector)
}

async fn ask<T: DeserializeOwned>(collector: &Collector, path: &str) -> Result<T, String> {
    let request = Request::get(path)
        .body(Body::empty())
        .map_err(|error| error.to_string())?;
    let Ok(response) = viewer_router(collector.clone()).oneshot(request).await;
    let well = response.status().is_success();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX)
        .await
        .map_err(|error| error.to_string())?;
    if well {
        serde_json::from_slice(&body).map_err(|error| error.to_string())
    } else {
        let problem = serde_json::from_slice::<ApiProblem>(&body);
        Err(problem.map_or_else(|error| error.to_string(), |problem| problem.detail))
    }
}

/// Returns the newest traces, newest first.
///
/// # Errors
/// A sentence about the failure.
pub async fn list(collector: &Collector, limit: usize) -> Result<Vec<TraceSummary>, String> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    while found.len() < limit {
        let lines = (limit - found.len()).min(PAGE);
        let page: Traces = ask(collector, &format!("/traces?limit={lines}{cursor}")).await?;
        found.extend(page.traces);
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    Ok(found)
}

/// Returns one trace with all its spans and events.
///
/// # Errors
/// A sentence: the id is invalid, or the collector does not have the trace.
pub async fn one(collector: &Collector, trace_id: &str) -> Result<TraceDetail, String> {
    if trace_id.is_empty() || !trace_id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(format!(
            "`{trace_id}` is not a trace id; it has 32 hexadecimal digits"
        ));
    }
    ask(collector, &format!("/traces/{trace_id}")).await
}

/// Waits until everything captured is indexed, at most for `patience`; returns whether it is.
pub async fn caught_up(collector: &Collector, patience: Duration) -> bool {
    let waited = async {
        while !collector.caught_up() {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    tokio::time::timeout(patience, waited).await.is_ok()
}

/// Returns the smallest and largest number of spans among those of these traces that the collector still has.
/// `None` when the index does not catch up within `patience`, or has none of them.
///
/// # Errors
/// A sentence about the failure.
pub async fn spans(
    collector: &Collector,
    trace_ids: &[u128],
    patience: Duration,
) -> Result<Option<(u32, u32)>, String> {
    if !caught_up(collector, patience).await {
        return Ok(None);
    }
    let seen = list(collector, trace_ids.len().saturating_mul(2)).await?;
    let seen: HashMap<u128, u32> = seen
        .iter()
        .filter_map(|trace| Some((u128::from_str_radix(&trace.trace_id, 16).ok()?, trace.spans)))
        .collect();
    let counts = || trace_ids.iter().filter_map(|id| seen.get(id).copied());
    Ok(counts().min().zip(counts().max()))
}
