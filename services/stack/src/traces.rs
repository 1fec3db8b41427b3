//! Traces for the command line, requested from the viewer's routes as the page does.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use reelscope_collector::{Collector, Options, viewer_router};
use reelscope_contracts::{ApiProblem, Code};
use reelscope_page_api::telemetry::{TraceDetail, TraceSummary, Traces};
use reelscope_store::StoreError;
use serde::de::DeserializeOwned;
use tower::ServiceExt;

use crate::run_error::RunError;
use crate::start_error::StartError;

/// Number of traces in one page of the list.
const PAGE: usize = 500;
/// Interval of checking whether the index has caught up; short compared to a block of a benchmark.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// How long the index may take before the file is checked; that reads all of it.
const SUSPICIOUS_AFTER: Duration = Duration::from_secs(3);

/// Opens the telemetry of a data directory for reading, without sending anything, and waits until it is indexed.
///
/// # Errors
/// There is no telemetry, another process uses it, or it cannot be read.
pub async fn open(data_dir: &Path) -> Result<Collector, RunError> {
    let dir = crate::storage::telemetry_dir(data_dir);
    if !dir.is_dir() {
        let dir = data_dir.to_owned();
        return Err(StartError::Store(StoreError::Missing { dir }).into());
    }
    let opened = tokio::task::spawn_blocking(move || Collector::open(&dir, Options::standard())).await;
    let (collector, _) = opened
        .map_err(|error| StartError::defect("the telemetry", &error))?
        .map_err(StartError::from)?;
    let indexed = async {
        while !collector.indexed() {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    // A damaged page may be one that the index needs, which then never gets there.
    let damage = async {
        tokio::time::sleep(SUSPICIOUS_AFTER).await;
        match collector.check().await {
            Err(error) => error,
            Ok(()) => std::future::pending().await,
        }
    };
    let opened: Result<(), RunError> = tokio::select! {
        () = indexed => Ok(()),
        words = collector.failed() => Err(words.into()),
        error = damage => Err(StartError::from(error).into()),
    };
    if opened.is_err() {
        collector.shutdown().await;
    }
    opened.map(|()| collector)
}

async fn ask<T: DeserializeOwned>(collector: &Collector, path: &str) -> Result<T, RunError> {
    let request = Request::get(path)
        .body(Body::empty())
        .map_err(|error| error.to_string())?;
    let Ok(response) = viewer_router(collector.clone()).oneshot(request).await;
    let well = response.status().is_success();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX)
        .await
        .map_err(|error| error.to_string())?;
    if well {
        Ok(serde_json::from_slice(&body).map_err(|error| error.to_string())?)
    } else {
        let problem = serde_json::from_slice::<ApiProblem>(&body).map_err(|error| error.to_string())?;
        if problem.code != Code::ServiceUnavailable {
            return Err(problem.detail.into());
        }
        collector.check().await.map_err(StartError::from)?;
        Err(RunError::Unread(problem.detail))
    }
}

/// Returns the newest traces, newest first.
///
/// # Errors
/// They could not be read.
pub async fn list(collector: &Collector, limit: usize) -> Result<Vec<TraceSummary>, RunError> {
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
/// The id is invalid, the collector does not have the trace, or it could not be read.
pub async fn one(collector: &Collector, trace_id: &str) -> Result<TraceDetail, RunError> {
    if trace_id.is_empty() || !trace_id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(format!("`{trace_id}` is not a trace id; it has 32 hexadecimal digits").into());
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
/// They could not be read.
pub async fn spans(
    collector: &Collector,
    trace_ids: &[u128],
    patience: Duration,
) -> Result<Option<(u32, u32)>, RunError> {
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
