//! The routes of the calculator.

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use reelscope_contracts::{ApiProblem, Code};
use reelscope_demo::faults_http::Nothing;
use reelscope_http::{Body, Path, ProblemResponse, not_found};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::calculator::Calculation;
use crate::calculator::formulas::{FormulaId, FormulaMistake, FormulaMistakeKind, MOST_LETTERS, check};
use crate::calculator::inputs::{InputId, ScenarioValues};
use crate::presenter::Presenter;

/// Limit of a request, in bytes.
const MOST_BYTES: usize = 16 * 1024;

/// The routes below `/api/v1/calculator`. The caller puts them behind a guard.
pub fn calculator_routes(presenter: Presenter) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(show_calculation, forget_entries))
        .routes(routes!(assume_input, forget_input))
        .routes(routes!(take_over_measurement))
        .routes(routes!(use_formula, use_built_in_formula))
        .fallback(not_found)
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(presenter)
}

/// The inputs with where they come from, the formulas, and what comes of them.
#[utoipa::path(get, path = "/", responses((status = 200, description = "The state of the moment", body = Calculation)))]
async fn show_calculation(State(presenter): State<Presenter>) -> Json<Calculation> {
    Json(presenter.calculation().await)
}

/// Bring all inputs and formulas back as they are built in.
#[utoipa::path(delete, path = "/", responses((status = 200, description = "What comes of it", body = Calculation)))]
async fn forget_entries(State(presenter): State<Presenter>) -> Result<Json<Calculation>, ProblemResponse> {
    presenter.calculator().forget_all().await?;
    Ok(show_calculation(State(presenter)).await)
}

/// Set the values of an input; they count as assumed.
#[utoipa::path(
    put, path = "/inputs/{id}", request_body = ScenarioValues,
    params(("id" = InputId, Path, description = "Which")),
    responses((status = 200, description = "What comes of it", body = Calculation))
)]
async fn assume_input(
    State(presenter): State<Presenter>,
    Path(id): Path<InputId>,
    Body(values): Body<ScenarioValues>,
) -> Result<Json<Calculation>, ProblemResponse> {
    presenter.calculator().assume(id, values).await?;
    Ok(show_calculation(State(presenter)).await)
}

/// Bring the built-in values of an input back.
#[utoipa::path(
    delete, path = "/inputs/{id}",
    params(("id" = InputId, Path, description = "Which")),
    responses((status = 200, description = "What comes of it", body = Calculation))
)]
async fn forget_input(
    State(presenter): State<Presenter>,
    Path(id): Path<InputId>,
) -> Result<Json<Calculation>, ProblemResponse> {
    presenter.calculator().forget_input(id).await?;
    Ok(show_calculation(State(presenter)).await)
}

/// Take over what the demo measured of an input.
#[utoipa::path(
    post, path = "/inputs/{id}/measured", request_body = Nothing,
    params(("id" = InputId, Path, description = "Which")),
    responses((status = 200, description = "What comes of it", body = Calculation))
)]
async fn take_over_measurement(
    State(presenter): State<Presenter>,
    Path(id): Path<InputId>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Json<Calculation>, ProblemResponse> {
    presenter.take_over(id).await?;
    Ok(show_calculation(State(presenter)).await)
}

/// `PUT /api/v1/calculator/formulas/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UseFormula {
    /// Arithmetic with the names of inputs and of formulas before this one, `min`, `max` and `if … else …`; at most 500
    /// letters.
    text: String,
}

/// Use another formula. One with a mistake changes nothing.
#[utoipa::path(
    put, path = "/formulas/{id}", request_body = UseFormula,
    params(("id" = FormulaId, Path, description = "Which")),
    responses(
        (status = 200, description = "What comes of it", body = Calculation),
        (status = 422, description = "The formula has a mistake", body = RefusedFormula, content_type = "application/problem+json"),
    )
)]
async fn use_formula(
    State(presenter): State<Presenter>,
    Path(id): Path<FormulaId>,
    Body(UseFormula { text }): Body<UseFormula>,
) -> Result<Response, ProblemResponse> {
    if let Err(mistake) = check(id, &text) {
        return Ok(refused(mistake));
    }
    presenter.calculator().use_formula(id, Some(text)).await?;
    Ok(show_calculation(State(presenter)).await.into_response())
}

/// What is wrong with a formula that was refused: an `ApiProblem`, and the mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefusedFormula {
    /// The problem.
    #[serde(flatten)]
    pub problem: ApiProblem,
    /// The first mistake of the formula, of which nothing is used; absent where the body is no formula at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub mistake: Option<FormulaMistake>,
}

fn refused(mistake: FormulaMistake) -> Response {
    let FormulaMistake { kind, at, part } = &mistake;
    let what = match kind {
        FormulaMistakeKind::TooLong => format!("a formula has at most {MOST_LETTERS} letters"),
        FormulaMistakeKind::Letter => format!("no formula has the letter `{part}`"),
        FormulaMistakeKind::Name => {
            format!("`{part}` is no input and no formula before this one")
        }
        FormulaMistakeKind::Syntax => "something is missing here, or too much".to_owned(),
        FormulaMistakeKind::NoNumber => "this gives no number".to_owned(),
    };
    let detail = format!("At letter {}: {what}.", at + 1);
    let problem = ApiProblem::new(Code::InvalidRequest, detail).field("text");
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    let mistake = Some(mistake);
    let body = RefusedFormula { problem, mistake };
    (StatusCode::UNPROCESSABLE_ENTITY, kind, Json(body)).into_response()
}

/// Bring a built-in formula back.
#[utoipa::path(
    delete, path = "/formulas/{id}",
    params(("id" = FormulaId, Path, description = "Which")),
    responses((status = 200, description = "What comes of it", body = Calculation))
)]
async fn use_built_in_formula(
    State(presenter): State<Presenter>,
    Path(id): Path<FormulaId>,
) -> Result<Json<Calculation>, ProblemResponse> {
    presenter.calculator().use_formula(id, None).await?;
    Ok(show_calculation(State(presenter)).await)
}
