//! The second group of faults over HTTP, for the page.

use axum::Json;
use axum::extract::{Path, State};
use reelscope_collector::Collector;
use reelscope_contracts::faults::{FaultId, Faults as View, SwitchFault};
use reelscope_contracts::http::{Body, not_found};
use reelscope_contracts::problem::sentence;
use reelscope_contracts::{Code, Problem};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::faults::Faults;
use crate::problems_http::Nothing;

/// What the routes act on.
#[derive(Clone)]
pub struct Panel {
    /// What is switched and fired.
    pub faults: Faults,
    /// Where evidence is looked for.
    pub collector: Collector,
}

/// `/api/faults`; it belongs behind a guard.
pub fn faults_routes(panel: Panel) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(show_faults))
        .routes(routes!(switch_fault))
        .routes(routes!(fire_fault))
        .fallback(not_found)
        .with_state(panel)
}

/// How the second group of faults stands.
#[utoipa::path(get, path = "/", responses((status = 200, description = "The state of the moment", body = View)))]
async fn show_faults(State(panel): State<Panel>) -> Json<View> {
    Json(panel.faults.view(&panel.collector).await)
}

fn named(id: &str) -> Result<FaultId, Problem> {
    id.parse()
        .map_err(|text: String| Problem::new(Code::NotFound, sentence(&text)).field("id"))
}

/// Bring a fault to a state. It is answered once it is there.
#[utoipa::path(
    put, path = "/{id}", request_body = SwitchFault,
    params(("id" = FaultId, Path, description = "Which")),
    responses((status = 200, description = "How all of them stand then", body = View))
)]
async fn switch_fault(
    State(panel): State<Panel>,
    Path(id): Path<String>,
    Body(wanted): Body<SwitchFault>,
) -> Result<Json<View>, Problem> {
    panel.faults.switch(named(&id)?, wanted.state).await?;
    Ok(show_faults(State(panel)).await)
}

/// Let a fault happen once.
#[utoipa::path(
    post, path = "/{id}/fire", request_body = Nothing,
    params(("id" = FaultId, Path, description = "Which")),
    responses((status = 200, description = "How all of them stand then", body = View))
)]
async fn fire_fault(
    State(panel): State<Panel>,
    Path(id): Path<String>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Json<View>, Problem> {
    panel.faults.fire(named(&id)?)?;
    Ok(show_faults(State(panel)).await)
}
