//! The routes of the presentation.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use reelscope_contracts::{ApiProblem, Code};
use reelscope_http::{Body, ProblemResponse, Query, not_found};
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use reelscope_demo::faults_http::Nothing;

use crate::presenter::Presenter;
use crate::reading::{MOST_BYTES, ScriptMistake};
use crate::schema::schema;
use crate::script::ScriptLanguage;
use crate::scripts::OwnScript;
use crate::take_away::{POLICY, TakeAway, html};
use crate::wire::{GoTo, Presentation, PresentationState, RefusedScript, Seen};

/// Content type of a script.
const TOML: &str = "application/toml";

/// The routes below `/api/v1/presentation`. The caller puts them behind a guard.
pub fn presentation_routes(presenter: Presenter) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(show_presentation))
        .routes(routes!(start_presentation))
        .routes(routes!(next_step))
        .routes(routes!(step_back))
        .routes(routes!(go_to_step))
        .routes(routes!(end_presentation))
        .routes(routes!(note_seen))
        .routes(routes!(show_script, use_own_script, use_built_in_script))
        .routes(routes!(script_schema))
        .fallback(not_found)
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(presenter)
}

/// The routes below `/api/v1/report`. The caller puts them behind a guard.
pub fn report_routes(presenter: Presenter) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(report_page))
        .routes(routes!(report_data))
        .fallback(not_found)
        .with_state(presenter)
}

/// The language that is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InLanguage {
    /// Language of the built-in script; English where absent.
    language: Option<ScriptLanguage>,
}

impl InLanguage {
    fn language(self) -> ScriptLanguage {
        self.language.unwrap_or(ScriptLanguage::En)
    }
}

/// The script, where its presentation stands, and what of it is fulfilled and borne out.
#[utoipa::path(
    get, path = "/", params(InLanguage),
    responses((status = 200, description = "The state of the moment", body = Presentation))
)]
async fn show_presentation(
    State(presenter): State<Presenter>,
    Query(asked): Query<InLanguage>,
) -> Result<Json<Presentation>, ProblemResponse> {
    Ok(Json(presenter.presentation(asked.language()).await))
}

/// `POST /api/v1/presentation/start`.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StartPresentation {
    /// Whether the demo is brought to its start first, as `POST /api/faults/reset` does.
    reset_demo: bool,
}

/// Begin at the first step; what was fulfilled before is forgotten.
#[utoipa::path(
    post, path = "/start", request_body = StartPresentation,
    responses((status = 200, description = "Where it stands then", body = PresentationState))
)]
async fn start_presentation(
    State(presenter): State<Presenter>,
    Body(StartPresentation { reset_demo }): Body<StartPresentation>,
) -> Result<Json<PresentationState>, ProblemResponse> {
    presenter.start(reset_demo).await?;
    Ok(Json(presenter.standing().await))
}

/// Go to the next step; after the last one the presentation ends.
#[utoipa::path(
    post, path = "/next", request_body = Nothing,
    responses((status = 200, description = "Where it stands then", body = PresentationState))
)]
async fn next_step(
    State(presenter): State<Presenter>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Json<PresentationState>, ProblemResponse> {
    presenter.next().await?;
    Ok(Json(presenter.standing().await))
}

/// Go back to the step before; the first one stays.
#[utoipa::path(
    post, path = "/back", request_body = Nothing,
    responses((status = 200, description = "Where it stands then", body = PresentationState))
)]
async fn step_back(
    State(presenter): State<Presenter>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Json<PresentationState>, ProblemResponse> {
    presenter.back().await?;
    Ok(Json(presenter.standing().await))
}

/// Go to a step and a line of what it says; begins the presentation where none is given.
#[utoipa::path(
    post, path = "/go", request_body = GoTo,
    responses((status = 200, description = "Where it stands then", body = PresentationState))
)]
async fn go_to_step(
    State(presenter): State<Presenter>,
    Body(GoTo { step, line }): Body<GoTo>,
) -> Result<Json<PresentationState>, ProblemResponse> {
    presenter.go(&step, line).await?;
    Ok(Json(presenter.standing().await))
}

/// End the presentation.
#[utoipa::path(
    post, path = "/end", request_body = Nothing,
    responses((status = 200, description = "Where it stands then", body = PresentationState))
)]
async fn end_presentation(
    State(presenter): State<Presenter>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Json<PresentationState>, ProblemResponse> {
    presenter.end().await?;
    Ok(Json(presenter.standing().await))
}

/// Note what a person looks at. It counts for the present step; what is fulfilled follows from it and from what really
/// happened.
#[utoipa::path(
    post, path = "/seen", request_body = Seen,
    responses((status = 200, description = "Where it stands then", body = PresentationState))
)]
async fn note_seen(
    State(presenter): State<Presenter>,
    Body(seen): Body<Seen>,
) -> Result<Json<PresentationState>, ProblemResponse> {
    presenter.see(seen).await?;
    Ok(Json(presenter.standing().await))
}

/// The text of the script, to begin an own one with.
#[utoipa::path(
    get, path = "/script", params(InLanguage),
    responses((status = 200, description = "TOML", body = String, content_type = "application/toml"))
)]
async fn show_script(
    State(presenter): State<Presenter>,
    Query(asked): Query<InLanguage>,
) -> Result<Response, ProblemResponse> {
    let text = presenter.text(asked.language());
    Ok(([(header::CONTENT_TYPE, TOML)], text).into_response())
}

/// Use an own script from now on, in every language. A script with a mistake changes nothing.
#[utoipa::path(
    put, path = "/script",
    request_body(content = String, content_type = "application/toml", description = "The script"),
    responses(
        (status = 200, description = "Where the presentation stands then", body = PresentationState),
        (status = 422, description = "The script has mistakes", body = RefusedScript, content_type = "application/problem+json"),
    )
)]
async fn use_own_script(
    State(presenter): State<Presenter>,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<Response, ProblemResponse> {
    let declared = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = declared
        .and_then(|declared| declared.split(';').next())
        .unwrap_or_default();
    if !essence.trim().eq_ignore_ascii_case(TOML) {
        let sentence = "Send the script as TOML, with the header `Content-Type: application/toml`.";
        return Err(ApiProblem::new(Code::UnsupportedMediaType, sentence).into());
    }
    let body = body.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            let sentence = format!("A script has at most {MOST_BYTES} bytes.");
            ApiProblem::new(Code::PayloadTooLarge, sentence)
        } else {
            ApiProblem::new(Code::InvalidRequest, "The script ended early; send it again.").field("script")
        }
    })?;
    let text = String::from_utf8(body.to_vec())
        .map_err(|_| ApiProblem::new(Code::InvalidRequest, "The script is not UTF-8.").field("script"))?;
    match OwnScript::read(text) {
        Ok(own) => {
            presenter.use_script(Some(own)).await?;
            Ok(Json(presenter.standing().await).into_response())
        }
        Err(mistakes) => Ok(refused(mistakes)),
    }
}

fn refused(mistakes: Vec<ScriptMistake>) -> Response {
    let first = mistakes.first().map(ToString::to_string).unwrap_or_default();
    let detail = format!("The script has {} mistakes, the first in {first}", mistakes.len());
    let problem = ApiProblem::new(Code::InvalidRequest, detail).field("script");
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    let body = RefusedScript { problem, mistakes };
    (StatusCode::UNPROCESSABLE_ENTITY, kind, Json(body)).into_response()
}

/// Use the built-in scripts again.
#[utoipa::path(
    delete, path = "/script",
    responses((status = 200, description = "Where the presentation stands then", body = PresentationState))
)]
async fn use_built_in_script(
    State(presenter): State<Presenter>,
) -> Result<Json<PresentationState>, ProblemResponse> {
    presenter.use_script(None).await?;
    Ok(Json(presenter.standing().await))
}

/// The take-away as one HTML file, which needs no network.
#[utoipa::path(
    get, path = "/", params(InLanguage),
    responses((status = 200, description = "HTML", body = String, content_type = "text/html"))
)]
async fn report_page(
    State(presenter): State<Presenter>,
    Query(asked): Query<InLanguage>,
) -> Result<Response, ProblemResponse> {
    let report = presenter.take_away(asked.language()).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, html(&report)).into_response())
}

/// The take-away as data.
#[utoipa::path(
    get, path = "/data", params(InLanguage),
    responses((status = 200, description = "All that the HTML file shows", body = TakeAway))
)]
async fn report_data(
    State(presenter): State<Presenter>,
    Query(asked): Query<InLanguage>,
) -> Result<Json<TakeAway>, ProblemResponse> {
    Ok(Json(presenter.take_away(asked.language()).await?))
}

/// The JSON Schema of a script, for editors.
#[utoipa::path(get, path = "/schema", responses((status = 200, description = "JSON Schema, draft 2020-12", body = Value)))]
async fn script_schema() -> Json<Value> {
    Json(schema())
}
