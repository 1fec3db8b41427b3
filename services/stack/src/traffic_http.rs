//! The traffic over HTTP, for the page.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use reelscope_contracts::http::{Body, method_not_allowed, not_found};
use reelscope_contracts::problem::sentence;
use reelscope_contracts::problems::{SetTraffic, Traffic as View};
use reelscope_contracts::{Code, Problem};

use crate::traffic::{Traffic, TrafficRefusal};

/// `/api/traffic`; it belongs behind a guard.
pub(crate) fn traffic_router(traffic: Traffic) -> Router {
    Router::new()
        .route("/", get(read).put(set))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(traffic)
}

async fn read(State(traffic): State<Traffic>) -> Json<View> {
    Json(traffic.view())
}

async fn set(State(traffic): State<Traffic>, Body(wanted): Body<SetTraffic>) -> Result<Json<View>, Problem> {
    traffic.set(wanted).map_err(|refusal| {
        let field = match refusal {
            TrafficRefusal::Players(_) => "players",
            TrafficRefusal::Budget(_) => "budget_percent",
        };
        Problem::new(Code::InvalidRequest, sentence(&refusal.to_string())).field(field)
    })?;
    Ok(Json(traffic.view()))
}
