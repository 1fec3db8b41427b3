//! The routes of the faults, of the release dial and of the comparisons.

use std::ops::RangeInclusive;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use reelscope_contracts::api_problem::sentence;
use reelscope_contracts::{ApiProblem, Code, UnixMillis};
use reelscope_http::{Body, Path, ProblemResponse, not_found};
use serde::Deserialize;
use tokio::task::JoinError;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::costs;
use crate::faults::dial::FIRST_RELEASE;
use crate::faults::table::{FaultId, FaultState};
use crate::faults::wire::{ChooseRelease, FaultBoard, SwitchFault};
use crate::faults::{Faults, SwitchError};
use crate::figures::{self, Compared};
use crate::program::Program;
use crate::releases::{self, Exact};
use crate::spins::{SessionSpin, SessionSpins};
use crate::traffic::TrafficControl;
use crate::wire::{ProblemCosts, ProblemFigures, Releases};

/// How long a fault can be on by itself, in seconds.
pub const LASTS_SECONDS: RangeInclusive<u16> = 1..=600;

/// The state of the routes.
#[derive(Clone)]
pub struct Steering {
    /// The faults and the release dial.
    pub faults: Faults,
    /// The virtual players, who stop at a reset.
    pub traffic: TrafficControl,
    /// The spins that the figures are computed from.
    pub spins: SessionSpins,
    /// The program that the demo is a part of.
    pub program: Program,
    /// The exact figures of the game, computed at the first use.
    pub exact: Arc<OnceLock<Exact>>,
}

impl Steering {
    /// Brings everything to the start of the demo: the first release, no traffic, no fault beside the story, nothing
    /// armed, nothing measured, and figures that begin now.
    ///
    /// # Errors
    /// The [`ApiProblem`] of the step that failed.
    pub async fn reset(&self) -> Result<(), ApiProblem> {
        let switch = self.faults.begin(FIRST_RELEASE.version)?;
        let restarted = self.clone();
        let rest = async move {
            (restarted.program.say_release)(FIRST_RELEASE.version.to_owned()).await?;
            restarted.faults.begin_session();
            Ok(())
        };
        // Stops the players before the index is dropped: they would slow that down, and their spins do not belong to
        // the new session.
        self.traffic.reset();
        (self.program.stop_measuring)();
        self.faults.end_extras().await?;
        switch.apply(rest).await
    }

    /// Computes something from the session's spins, and returns since when spins count. Blocks.
    fn of_session<T>(
        &self,
        make: impl FnOnce(&mut dyn Iterator<Item = &SessionSpin>) -> T,
    ) -> (T, UnixMillis) {
        let (made, first) = self.spins.read(|| self.faults.captured_before(), make);
        let since = self.faults.since();
        (made, first.map_or(since, |first| first.max(since)))
    }
}

/// The routes below `/api/faults`. The caller puts them behind a guard.
pub fn faults_routes(steering: Steering) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(show_faults))
        .routes(routes!(switch_fault))
        .routes(routes!(fire_fault))
        .routes(routes!(reset_demo))
        .routes(routes!(choose_release))
        .routes(routes!(problem_figures))
        .routes(routes!(problem_costs))
        .routes(routes!(compared_releases))
        .fallback(not_found)
        .with_state(steering)
}

/// How the faults and the release dial stand.
#[utoipa::path(get, path = "/", responses((status = 200, description = "The state of the moment", body = FaultBoard)))]
async fn show_faults(State(steering): State<Steering>) -> Json<FaultBoard> {
    Json(steering.faults.view())
}

fn named(id: &str) -> Result<FaultId, ApiProblem> {
    FaultId::named(id, FaultId::ALL, "faults")
        .map_err(|text| ApiProblem::new(Code::NotFound, sentence(&text)).field("id"))
}

/// Bring a fault to a state. It is answered once it is there.
#[utoipa::path(
    put, path = "/{id}", request_body = SwitchFault,
    params(("id" = FaultId, Path, description = "Which")),
    responses((status = 200, description = "How all of them stand then", body = FaultBoard))
)]
async fn switch_fault(
    State(steering): State<Steering>,
    Path(id): Path<String>,
    Body(wanted): Body<SwitchFault>,
) -> Result<Json<FaultBoard>, ProblemResponse> {
    let id = named(&id)?;
    match wanted.for_seconds {
        None => steering.faults.switch(id, wanted.state).await?,
        Some(seconds) if wanted.state == FaultState::On && LASTS_SECONDS.contains(&seconds) => {
            let lasts = Duration::from_secs(u64::from(seconds));
            steering.faults.switch_on_for(id, lasts).await?;
        }
        Some(_) => {
            let (least, most) = (LASTS_SECONDS.start(), LASTS_SECONDS.end());
            let sentence =
                format!("A fault can be on for {least} to {most} seconds, and only with the state on.");
            return Err(ApiProblem::new(Code::InvalidRequest, sentence)
                .field("for_seconds")
                .into());
        }
    }
    Ok(show_faults(State(steering)).await)
}

/// An object without fields.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Let a fault happen once.
#[utoipa::path(
    post, path = "/{id}/fire", request_body = Nothing,
    params(("id" = FaultId, Path, description = "Which")),
    responses((status = 200, description = "How all of them stand then", body = FaultBoard))
)]
async fn fire_fault(
    State(steering): State<Steering>,
    Path(id): Path<String>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Json<FaultBoard>, ProblemResponse> {
    steering.faults.fire(named(&id)?)?;
    Ok(show_faults(State(steering)).await)
}

/// Turn the release dial: envelopes say the release then, and its faults hurt.
#[utoipa::path(
    put, path = "/release", request_body = ChooseRelease,
    responses((status = 200, description = "How everything stands then", body = FaultBoard))
)]
async fn choose_release(
    State(steering): State<Steering>,
    Body(ChooseRelease { release }): Body<ChooseRelease>,
) -> Result<Json<FaultBoard>, ProblemResponse> {
    let switch = steering.faults.begin(&release)?;
    let say_release = Arc::clone(&steering.program.say_release);
    switch.apply(async move { say_release(release).await }).await?;
    Ok(show_faults(State(steering)).await)
}

/// The start of the demo: the first release, no traffic, no fault beside the story, nothing armed, nothing measured, and
/// figures that begin now.
#[utoipa::path(
    post, path = "/reset", request_body = Nothing,
    responses((status = 200, description = "How everything stands then", body = FaultBoard))
)]
async fn reset_demo(
    State(steering): State<Steering>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Json<FaultBoard>, ProblemResponse> {
    steering.reset().await?;
    Ok(show_faults(State(steering)).await)
}

/// What was measured of this session's spins before and after each fix.
#[utoipa::path(get, path = "/figures", responses((status = 200, description = "The figures", body = ProblemFigures)))]
async fn problem_figures(State(steering): State<Steering>) -> Result<Json<ProblemFigures>, ProblemResponse> {
    let now = steering.faults.story_states();
    let compared =
        tokio::task::spawn_blocking(move || steering.of_session(|spins| figures::compare(spins, now)));
    let (compared, since) = compared.await.map_err(uncompared)?;
    let Compared {
        pairs,
        now,
        left_out,
        virtual_spins,
    } = compared;
    Ok(Json(ProblemFigures {
        since,
        now,
        left_out,
        virtual_spins,
        pairs,
    }))
}

/// What each problem cost the players of this session, in the spins that had it.
#[utoipa::path(get, path = "/costs", responses((status = 200, description = "The sums", body = ProblemCosts)))]
async fn problem_costs(State(steering): State<Steering>) -> Result<Json<ProblemCosts>, ProblemResponse> {
    let summed = tokio::task::spawn_blocking(move || {
        steering.of_session(|spins| costs::problem_costs(&spins.collect::<Vec<_>>()))
    });
    let (costs, since) = summed.await.map_err(uncompared)?;
    Ok(Json(ProblemCosts { since, costs }))
}

/// The answer where comparing spins panicked.
fn uncompared(error: JoinError) -> ApiProblem {
    tracing::error!(%error, "spins could not be compared");
    ApiProblem::new(Code::Internal, "The figures could not be computed.")
}

/// What was measured of each release, and what left the band of chance.
#[utoipa::path(get, path = "/releases", responses((status = 200, description = "The figures", body = Releases)))]
async fn compared_releases(State(steering): State<Steering>) -> Result<Json<Releases>, ProblemResponse> {
    let exact = Arc::clone(&steering.exact);
    let compared = tokio::task::spawn_blocking(move || {
        let exact = *exact.get_or_init(Exact::of_the_game);
        let compared = steering.of_session(|spins| releases::compare(spins, exact));
        (100.0 * exact.rtp, compared)
    });
    let (exact_rtp_percent, (compared, since)) = compared.await.map_err(uncompared)?;
    let releases::ComparedReleases {
        releases,
        left_out,
        virtual_spins,
    } = compared;
    Ok(Json(Releases {
        since,
        left_out,
        virtual_spins,
        exact_rtp_percent,
        releases,
    }))
}

impl From<SwitchError> for ApiProblem {
    fn from(error: SwitchError) -> Self {
        let sentence = sentence(&error.to_string());
        match error {
            SwitchError::Unchanged(..) | SwitchError::NothingToFix(_) => {
                Self::new(Code::ProblemUnchanged, sentence).field("state")
            }
            SwitchError::UnderWay(_) => Self::new(Code::ProblemSwitching, sentence).field("state"),
            SwitchError::NotReady => Self::new(Code::PlayersNotReady, sentence),
            SwitchError::NoSuchRelease(_) => Self::new(Code::InvalidRequest, sentence).field("release"),
            SwitchError::NoFix(_) => Self::new(Code::InvalidRequest, sentence).field("state"),
            SwitchError::NotFired(_) | SwitchError::NotSwitched(_) => {
                Self::new(Code::InvalidRequest, sentence).field("id")
            }
            SwitchError::Failed(..) => Self::new(Code::Internal, sentence),
        }
    }
}
