//! Routes of the provider.

use axum::extract::State as AxumState;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use axum::{Json, Router};
use reelscope_contracts::provider::{SettlementReply, SettlementRequest, SettlementStatus};
use reelscope_contracts::{ApiProblem, Code, Health};
use reelscope_http::{Body, Path, ProblemResponse, method_not_allowed, not_found};

use crate::state::State;

/// The provider's routes.
pub fn router(state: State) -> Router {
    Router::new()
        .route("/v1/settlements", post(settle))
        .route("/v1/settlements/{reference}", get(record))
        .route("/v1/settlements/{reference}/reversal", post(reverse))
        .route("/health", get(health))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(state)
}

async fn settle(
    AxumState(state): AxumState<State>,
    headers: HeaderMap,
    Body(request): Body<SettlementRequest>,
) -> Result<Json<SettlementReply>, ProblemResponse> {
    let key = headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if key != request.reference {
        let sentence = "Send the reference as the header Idempotency-Key too.";
        let problem = ApiProblem::new(Code::IdempotencyKeyMissing, sentence);
        return Err(problem.field("Idempotency-Key").into());
    }
    let treatment = state.desk().register(&request)?;
    treatment.wait().await;
    treatment.check_settles()?;
    state.desk().settle(&request.reference);
    treatment.hang_if_lost().await;
    let record = state.desk().record(&request.reference);
    Ok(Json(record.ok_or_else(unknown)?))
}

/// How a payment stands. Records are read at once, and no payment fails by it.
async fn record(
    AxumState(state): AxumState<State>,
    Path(reference): Path<String>,
) -> Result<Json<SettlementReply>, ProblemResponse> {
    let record = state.desk().record(&reference);
    Ok(Json(record.ok_or_else(unknown)?))
}

async fn reverse(
    AxumState(state): AxumState<State>,
    Path(reference): Path<String>,
) -> Result<Json<SettlementReply>, ProblemResponse> {
    let mut desk = state.desk();
    desk.faults.allow_reversal()?;
    let record = desk.reverse(&reference).ok_or_else(unknown)?;
    if record.status == SettlementStatus::Reversed {
        Ok(Json(record))
    } else {
        let sentence = "Nothing was settled under this reference.";
        Err(ApiProblem::new(Code::IdempotencyConflict, sentence).into())
    }
}

fn unknown() -> ApiProblem {
    ApiProblem::new(Code::NotFound, "No payment has this reference.")
}

async fn health() -> Json<Health> {
    Json(Health::of("payment-provider", "ok"))
}
