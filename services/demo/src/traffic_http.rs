//! The routes of the traffic.

use crate::wire::{SetTraffic, Traffic as View};
use axum::Json;
use axum::extract::State;
use reelscope_contracts::api_problem::sentence;
use reelscope_contracts::{ApiProblem, Code};
use reelscope_http::{Body, ProblemResponse, not_found};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::program::Program;
use crate::traffic::{TrafficControl, TrafficRefusal};

#[derive(Clone)]
struct Shared {
    traffic: TrafficControl,
    program: Program,
}

/// The routes below `/api/traffic`. The caller puts them behind a guard.
pub fn traffic_routes(traffic: TrafficControl, program: Program) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(show_traffic, set_traffic))
        .fallback(not_found)
        .with_state(Shared { traffic, program })
}

/// How the virtual players stand.
#[utoipa::path(get, path = "/", responses((status = 200, description = "The state of the moment", body = View)))]
async fn show_traffic(State(Shared { traffic, .. }): State<Shared>) -> Json<View> {
    Json(traffic.view())
}

/// Starts, stops or changes the virtual players.
#[utoipa::path(
    put, path = "/", request_body = SetTraffic,
    responses((status = 200, description = "The state then", body = View))
)]
async fn set_traffic(
    State(Shared { traffic, program }): State<Shared>,
    Body(wanted): Body<SetTraffic>,
) -> Result<Json<View>, ProblemResponse> {
    if wanted.running && (program.is_measuring)() {
        let sentence = "The telemetry overhead is being measured; wait for it to finish or cancel it.";
        return Err(ApiProblem::new(Code::MeasurementUnderWay, sentence).into());
    }
    traffic.set(wanted).map_err(|refusal| {
        let field = match refusal {
            TrafficRefusal::Players(_) => "players",
            TrafficRefusal::Budget(_) => "budget_percent",
        };
        ApiProblem::new(Code::InvalidRequest, sentence(&refusal.to_string())).field(field)
    })?;
    Ok(Json(traffic.view()))
}
