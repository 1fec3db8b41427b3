//! The traffic over HTTP, for the page.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use reelscope_contracts::http::{Body, method_not_allowed, not_found};
use reelscope_contracts::problem::sentence;
use reelscope_contracts::problems::{SetTraffic, Traffic as View};
use reelscope_contracts::{Code, Problem};

use crate::program::Program;
use crate::traffic::{Traffic, TrafficRefusal};

#[derive(Clone)]
struct Shared {
    traffic: Traffic,
    program: Program,
}

/// `/api/traffic`; it belongs behind a guard.
pub fn traffic_router(traffic: Traffic, program: Program) -> Router {
    Router::new()
        .route("/", get(read).put(set))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(Shared { traffic, program })
}

async fn read(State(Shared { traffic, .. }): State<Shared>) -> Json<View> {
    Json(traffic.view())
}

async fn set(
    State(Shared { traffic, program }): State<Shared>,
    Body(wanted): Body<SetTraffic>,
) -> Result<Json<View>, Problem> {
    if wanted.running && (program.is_measuring)() {
        let sentence = "The telemetry overhead is being measured; wait for it to finish or cancel it.";
        return Err(Problem::new(Code::MeasurementUnderWay, sentence));
    }
    traffic.set(wanted).map_err(|refusal| {
        let field = match refusal {
            TrafficRefusal::Players(_) => "players",
            TrafficRefusal::Budget(_) => "budget_percent",
        };
        Problem::new(Code::InvalidRequest, sentence(&refusal.to_string())).field(field)
    })?;
    Ok(Json(traffic.view()))
}
