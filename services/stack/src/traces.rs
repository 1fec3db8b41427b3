//! Traces for the command line, asked of the collector's viewer as the page asks.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use reelscope_collector::{Collector, Options, viewer_router};
use reelscope_contracts::ApiProblem;
use reelscope_contracts::telemetry::{TraceDetail, TraceSummary, Traces};
use serde::de::DeserializeOwned;
use tower::ServiceExt;

/// Traces in one page of the viewer's list.
const PAGE: usize = 500;
/// Between two looks at an index that is catching up: short beside a block of a benchmark.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// Opens the log of a data directory for reading, without sending anything, and waits until it is indexed.
///
/// # Errors
/// A sentence: there is no log, or it is in use.
pub async fn open(data_dir: &Path) -> Result<Collector, String> {
    let dir = crate::start::telemetry_dir(data_dir);
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

/// The newest traces, newest first.
///
/// # Errors
/// A sentence.
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

/// One trace with everything in it.
///
/// # Errors
/// A sentence: the collector does not have it.
pub async fn one(collector: &Collector, trace_id: &str) -> Result<TraceDetail, String> {
    if trace_id.is_empty() || !trace_id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(format!(
            "`{trace_id}` is not a trace id; it has 32 hexadecimal digits"
        ));
    }
    ask(collector, &format!("/traces/{trace_id}")).await
}

/// Waits until all that was captured is indexed, at most for `patience`; whether it is.
pub async fn caught_up(collector: &Collector, patience: Duration) -> bool {
    let waited = async {
        while !collector.caught_up() {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    tokio::time::timeout(patience, waited).await.is_ok()
}

/// Fewest and most spans of those of these traces that the collector still lists, once it has indexed all that was
/// captured; `None` when it has not after `patience`, or lists none.
///
/// # Errors
/// A sentence.
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
