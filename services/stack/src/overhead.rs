//! Measures the cost of telemetry on this machine for the page: the benchmark in two stacks of its own beside the
//! running one, so that the demo is not affected. Their directory lies within the data directory, and so on the
//! same disk and under its lock.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use parking_lot::{Mutex, MutexGuard};
use reelscope_contracts::{ApiProblem, Code, UnixMillis, now};
use reelscope_demo::traffic::TrafficControl;
use reelscope_http::{Body, ProblemResponse, not_found};
use reelscope_presenter::facts::TelemetryCost;
use reelscope_telemetry::watched;
use serde::{Deserialize, Serialize};
use tokio_util::sync::{CancellationToken, DropGuard};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::bench::{self, BLOCKS, Comparison, Method};
use crate::run_error::RunError;

/// Number of spins of each side one after another; twice as many follow concurrently: a block has a hundred, enough for a 95th
/// percentile.
const SPINS: u64 = 600;
const CONCURRENCY: u64 = 16;
/// Number of players, so many that no wallet runs empty.
const PLAYERS: u64 = 200;

/// The measurement. Clones share it.
#[derive(Clone)]
pub(crate) struct Overhead {
    dir: Arc<PathBuf>,
    /// Virtual players must not run, because their CPU time would count for both sides.
    traffic: TrafficControl,
    state: Arc<Mutex<Measuring>>,
}

#[derive(Default)]
struct Measuring {
    sample_rate: f32,
    /// Number of blocks that have ended; `None` while no measurement runs.
    done: Option<u64>,
    /// Number of the measurement. A cancelled one may end later and must not write here.
    number: u64,
    /// Cancels the running measurement when dropped.
    cancel: Option<DropGuard>,
    result: Option<OverheadResult>,
    failed: Option<String>,
}

/// The result of a measurement.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
struct OverheadResult {
    /// Sample rate of the side with telemetry, 0 to 1.
    sample_rate: f32,
    /// When it ended.
    at: UnixMillis,
    #[serde(flatten)]
    comparison: Comparison,
}

/// `GET /api/overhead`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
struct OverheadView {
    /// Whether a measurement runs.
    running: bool,
    /// Number of blocks that have ended.
    done: u64,
    /// Number of blocks in total.
    total: u64,
    /// Sample rate of the side with telemetry in the last measurement, 0 to 1.
    sample_rate: f32,
    /// Number of spins of each side one after another; twice as many follow concurrently.
    spins: u64,
    /// Number of concurrent spins where throughput is measured.
    concurrency: u64,
    /// Result of the last completed measurement; `null` without one.
    #[schema(required)]
    result: Option<OverheadResult>,
    /// Why the last measurement failed; `null` where it did not.
    #[schema(required)]
    failed: Option<String>,
}

/// `POST /api/overhead`.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MeasureOverhead {
    /// Sample rate of the side with telemetry, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    sample_rate: f32,
}

/// The routes below `/api/overhead`. The caller puts them behind a guard.
pub(crate) fn overhead_routes(overhead: Overhead) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(show_overhead, measure_overhead, cancel_overhead))
        .fallback(not_found)
        .with_state(overhead)
}

impl Overhead {
    /// Creates the measurement in `dir`, and removes what a killed process left there.
    pub(crate) fn new(dir: PathBuf, traffic: TrafficControl) -> Self {
        drop(Removed(dir.clone()));
        Self {
            dir: Arc::new(dir),
            traffic,
            state: Arc::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, Measuring> {
        self.state.lock()
    }

    fn view(&self) -> OverheadView {
        let state = self.state();
        OverheadView {
            running: state.done.is_some(),
            done: state.done.unwrap_or(0),
            total: BLOCKS,
            sample_rate: state.sample_rate,
            spins: SPINS,
            concurrency: CONCURRENCY,
            result: state.result.clone(),
            failed: state.failed.clone(),
        }
    }

    pub(crate) fn is_measuring(&self) -> bool {
        self.state().done.is_some()
    }

    /// Returns the last result; `None` without one.
    pub(crate) fn cost(&self) -> Option<TelemetryCost> {
        let state = self.state();
        let OverheadResult { at, comparison, .. } = state.result.as_ref()?;
        Some(TelemetryCost {
            cpu_ms: comparison.added_cpu_ms,
            p50_ms: comparison.added_p50_ms,
            bytes_per_spin: comparison.on.bytes_per_spin,
            spins: comparison.on.spins,
            at: *at,
        })
    }

    /// Cancels a running measurement. Its directory is removed once its stacks have stopped.
    pub(crate) fn cancel(&self) {
        let mut state = self.state();
        state.done = None;
        state.cancel = None;
    }

    fn start(&self, sample_rate: f32) -> Result<(), ApiProblem> {
        if !(0.0..=1.0).contains(&sample_rate) {
            let sentence = "The sample rate is a number from 0 to 1.";
            return Err(ApiProblem::new(Code::InvalidRequest, sentence).field("sample_rate"));
        }
        if self.traffic.view().running {
            let sentence = "Virtual players use the processor too; stop them, then measure.";
            return Err(ApiProblem::new(Code::TrafficRunning, sentence));
        }
        let (number, cancel) = self.begin(sample_rate)?;
        let measured = self.clone().measure(number, sample_rate, cancel);
        self.spawn(number, sample_rate, measured);
        Ok(())
    }

    /// Returns the number of the measurement that begins, and what cancels it.
    fn begin(&self, sample_rate: f32) -> Result<(u64, CancellationToken), ApiProblem> {
        let mut state = self.state();
        if state.done.is_some() {
            let sentence = "A measurement is in progress; wait for it to finish or cancel it.";
            return Err(ApiProblem::new(Code::MeasurementUnderWay, sentence));
        }
        let cancel = CancellationToken::new();
        let number = state.number + 1;
        *state = Measuring {
            number,
            sample_rate,
            done: Some(0),
            cancel: Some(cancel.clone().drop_guard()),
            result: state.result.take(),
            ..Measuring::default()
        };
        Ok((number, cancel))
    }

    /// Runs a measurement, and ends it whatever becomes of it.
    fn spawn(
        &self,
        number: u64,
        sample_rate: f32,
        measure: impl Future<Output = Result<Option<Comparison>, RunError>> + Send + 'static,
    ) {
        let overhead = self.clone();
        tokio::spawn(async move {
            let measured = watched("measurement", measure).await;
            let measured = measured.and_then(|measured| measured.map_err(|error| error.to_string()));
            overhead.end(number, sample_rate, measured);
        });
    }

    async fn measure(
        self,
        number: u64,
        sample_rate: f32,
        cancel: CancellationToken,
    ) -> Result<Option<Comparison>, RunError> {
        // A directory of its own, because a cancelled measurement may still be closing its databases.
        let dir = Removed(self.dir.join(uuid::Uuid::new_v4().to_string()));
        let method = Method {
            count: SPINS,
            concurrency: CONCURRENCY,
            players: PLAYERS,
            sample_rate,
        };
        let progress = self.clone();
        let told = move |blocks| {
            let mut state = progress.state();
            if state.number == number && state.done.is_some() {
                state.done = Some(blocks);
            }
        };
        bench::telemetry(dir.path(), method, told, cancel.cancelled()).await
    }

    /// Records what became of a measurement; `None` of a cancelled one.
    fn end(&self, number: u64, sample_rate: f32, measured: Result<Option<Comparison>, String>) {
        let (comparison, failed) = match measured {
            Ok(None) => return,
            Ok(Some(comparison)) => (Some(comparison), None),
            Err(sentence) => (None, Some(sentence)),
        };
        let mut state = self.state();
        // It was cancelled after its last block.
        if state.number != number || state.cancel.is_none() {
            return;
        }
        (state.done, state.cancel) = (None, None);
        state.failed = failed;
        if let Some(comparison) = comparison {
            state.result = Some(OverheadResult {
                sample_rate,
                at: now(),
                comparison,
            });
        }
    }
}

/// A directory that is removed when dropped.
struct Removed(PathBuf);

impl Removed {
    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Removed {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// How the measurement of what telemetry costs stands.
#[utoipa::path(get, path = "/", responses((status = 200, description = "The state of the moment", body = OverheadView)))]
async fn show_overhead(State(overhead): State<Overhead>) -> Json<OverheadView> {
    Json(overhead.view())
}

/// Begin a measurement. It is answered at once; the measurement takes minutes.
#[utoipa::path(
    post, path = "/", request_body = MeasureOverhead,
    responses((status = 202, description = "It has begun", body = OverheadView))
)]
async fn measure_overhead(
    State(overhead): State<Overhead>,
    Body(MeasureOverhead { sample_rate }): Body<MeasureOverhead>,
) -> Result<(StatusCode, Json<OverheadView>), ProblemResponse> {
    overhead.start(sample_rate)?;
    Ok((StatusCode::ACCEPTED, Json(overhead.view())))
}

/// End the measurement that runs, if one does.
#[utoipa::path(delete, path = "/", responses((status = 200, description = "The state of the moment", body = OverheadView)))]
async fn cancel_overhead(State(overhead): State<Overhead>) -> Json<OverheadView> {
    overhead.cancel();
    Json(overhead.view())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reelscope_demo::players::TrafficTarget;
    use reelscope_telemetry::{Service, Timings};

    async fn panics() -> Result<Option<Comparison>, RunError> {
        panic!("on purpose")
    }

    #[tokio::test]
    async fn a_measurement_that_meets_a_defect_has_failed_and_the_next_one_begins() {
        let dir = tempfile::tempdir().unwrap();
        let target = TrafficTarget {
            origin: "http://127.0.0.1:9".to_owned(),
            launch_token: String::new(),
            frontend: Service::new("frontend", Timings::default()),
            accounts: Arc::new(|| 1),
        };
        let overhead = Overhead::new(dir.path().join("overhead"), TrafficControl::new(target));
        for _ in 0..2 {
            let (number, _) = overhead.begin(1.0).unwrap();
            overhead.spawn(number, 1.0, panics());
            let ended = async {
                while overhead.is_measuring() {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(std::time::Duration::from_secs(20), ended)
                .await
                .unwrap();
            let failed = overhead.view().failed;
            assert_eq!(
                failed.as_deref(),
                Some("the measurement met a defect: on purpose")
            );
        }
    }
}
