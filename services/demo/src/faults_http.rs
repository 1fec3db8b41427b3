//! The second group of faults over HTTP, for the page.

use axum::extract::{Path, State};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use reelscope_collector::Collector;
use reelscope_contracts::faults::{FaultId, Faults as View, SwitchFault};
use reelscope_contracts::http::{Body, method_not_allowed, not_found};
use reelscope_contracts::problem::sentence;
use reelscope_contracts::{Code, Problem};
use serde::Deserialize;

use crate::faults::Faults;

/// What the routes act on.
#[derive(Clone)]
pub struct Panel {
    /// What is switched and fired.
    pub faults: Faults,
    /// Where evidence is looked for.
    pub collector: Collector,
}

/// `/api/faults`; it belongs behind a guard.
pub fn faults_router(panel: Panel) -> Router {
    Router::new()
        .route("/", get(view))
        .route("/{id}", put(switch))
        .route("/{id}/fire", post(fire))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(panel)
}

async fn view(State(panel): State<Panel>) -> Json<View> {
    Json(panel.faults.view(&panel.collector).await)
}

fn named(id: &str) -> Result<FaultId, Problem> {
    id.parse()
        .map_err(|text: String| Problem::new(Code::NotFound, sentence(&text)).field("id"))
}

async fn switch(
    State(panel): State<Panel>,
    Path(id): Path<String>,
    Body(wanted): Body<SwitchFault>,
) -> Result<Json<View>, Problem> {
    panel.faults.switch(named(&id)?, wanted.state).await?;
    Ok(view(State(panel)).await)
}

/// No fields: there is nothing to say about it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn fire(
    State(panel): State<Panel>,
    Path(id): Path<String>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Json<View>, Problem> {
    panel.faults.fire(named(&id)?)?;
    Ok(view(State(panel)).await)
}
