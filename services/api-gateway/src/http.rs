//! Routes of the gateway and their OpenAPI document.

use axum::extract::{DefaultBodyLimit, Extension, State as AxumState};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use reelscope_contracts::game::Paytable;
use reelscope_contracts::payments::DailyReport;
use reelscope_contracts::users::{OpenSession, Player};
use reelscope_contracts::{ApiProblem, Code, parse_day, rfc3339};
use reelscope_http::{Body, ProblemResponse, Query, method_not_allowed, not_found};
use reelscope_page_api::gateway::{LogIn, LoggedIn, Spin, SpinResult, StackHealth, StackStatus};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{Access, exchange_token, launch_token_only, own_host_only};
use crate::auth::Bearer;
use crate::document::LazyDocument;
use crate::session::SignedIn;
use crate::spin::{Play, round_id};
use crate::{GatewayError, State, document, rounds_http, ui};

/// Largest request body in bytes, a hundred times what the largest valid one needs.
const BODY_LIMIT: usize = 16 * 1024;

fn api() -> (OpenApiRouter<State>, OpenApiRouter<State>) {
    let guarded = OpenApiRouter::with_openapi(document::of_this_server())
        .routes(routes!(log_in))
        .routes(routes!(spin))
        .routes(routes!(me))
        .merge(rounds_http::routes())
        .routes(routes!(paytable))
        .routes(routes!(daily_report));
    let open = OpenApiRouter::default()
        .routes(routes!(health))
        .routes(routes!(openapi));
    (guarded, open)
}

/// The gateway's routes: the API, and the page on every other path. Its OpenAPI document has `others` too, the routes of
/// other services of this page's origin.
pub fn router(state: State, others: OpenApi) -> Router {
    let access = state.access.clone();
    let (guarded, open) = api();
    let guarded = guarded.layer(from_fn_with_state(access.clone(), launch_token_only));
    let (routes, mut document) = guarded.merge(open).split_for_parts();
    document.merge(others);
    routes
        .layer(Extension(Arc::new(LazyDocument::new(document))))
        .route("/api/{*rest}", axum::routing::any(not_found))
        .fallback_service(page(access.clone()))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(access, own_host_only))
        .layer(from_fn(ui::secure))
        .with_state(state)
}

/// The page, on every path.
pub fn page(access: Access) -> Router {
    Router::new()
        .fallback(get(ui::serve).fallback(method_not_allowed))
        .layer(from_fn_with_state(access, exchange_token))
}

/// Puts routes that everybody may ask, such as the [`page`], behind the gateway's door: own host and origin, and the headers
/// that every answer carries.
pub fn open_to_all(access: Access, routes: Router) -> Router {
    routes
        .layer(from_fn_with_state(access, own_host_only))
        .layer(from_fn(ui::secure))
}

/// Puts routes of another service of this page's origin behind the gateway's door: own host and origin, the launch
/// token, and the headers that every answer carries.
pub fn guarded(access: Access, routes: Router) -> Router {
    open_to_all(
        access.clone(),
        routes.layer(from_fn_with_state(access, launch_token_only)),
    )
}

/// Log in.
#[utoipa::path(
    post, path = "/api/v1/sessions", request_body = LogIn,
    responses((status = 201, description = "The session", body = LoggedIn))
)]
async fn log_in(
    AxumState(state): AxumState<State>,
    Body(request): Body<LogIn>,
) -> Result<(StatusCode, Json<LoggedIn>), GatewayError> {
    state.limits.check("log-in")?;
    let LogIn {
        account_code,
        player_id,
    } = request;
    let open = OpenSession {
        account_code: account_code
            .parse()
            .map_err(|_| GatewayError::Service(ApiProblem::player_not_found(&account_code)))?,
        player_id,
    };
    let session = state.upstream.open_session(&open).await?;
    let token = state.tokens.issue(&session)?;
    let expires_at = rfc3339(session.expires_at);
    let reply = LoggedIn {
        token,
        token_type: "Bearer".to_owned(),
        expires_at,
        player: session.player,
    };
    Ok((StatusCode::CREATED, Json(reply)))
}

/// Play a round, once per idempotency key.
#[utoipa::path(
    post, path = "/api/v1/spins", request_body = Spin, security(("launch_token" = [], "session" = [])),
    params((
        "Idempotency-Key" = String, Header, min_length = 1, max_length = 128, pattern = "^[!-~]+$",
        description = "Names the round; sent again, it is not played again",
    )),
    responses((status = 200, description = "The round", body = SpinResult))
)]
async fn spin(
    AxumState(state): AxumState<State>,
    Bearer { claims, over }: Bearer,
    headers: HeaderMap,
    request: Result<Body<Spin>, ProblemResponse>,
) -> Result<Json<SpinResult>, GatewayError> {
    let allowed = state.limits.check(claims.sid.as_str());
    let key = headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if key.is_empty() || key.len() > 128 {
        return Err(allowed.err().unwrap_or(GatewayError::KeyMissing));
    }
    // The round is named from here on: a refusal says what became of its stake, since the same key may have been sent
    // before.
    let play = Play {
        round_id: round_id(&claims.sub, key),
        player_id: claims.sub.clone(),
        upstream: state.upstream,
        turns: state.turns,
        knobs: state.knobs.clone(),
    };
    if over {
        return Err(play.unauthorised(GatewayError::SessionExpired));
    }
    if let Err(error) = allowed {
        return Err(play.refused(error).await);
    }
    let request = match request {
        Ok(Body(request)) => request,
        Err(ProblemResponse(problem)) => return Err(play.refused(GatewayError::Service(problem)).await),
    };
    // On its own task: a client that goes away does not leave a round half played.
    let spun = reelscope_telemetry::spawn(play.clone().spin(claims, request)).await;
    let round = match spun {
        Ok(spun) => spun?,
        Err(_) => {
            let defect = ApiProblem::new(
                Code::Internal,
                "Internal error in the gateway; send the same key again to get the outcome of the round.",
            );
            return Err(play.refused(GatewayError::Service(defect)).await);
        }
    };
    state.knobs.note_answer(key, &round);
    Ok(Json(round))
}

/// The player of the session.
#[utoipa::path(
    get, path = "/api/v1/players/me", security(("launch_token" = [], "session" = [])),
    responses((status = 200, description = "The player", body = Player))
)]
async fn me(
    AxumState(state): AxumState<State>,
    SignedIn(claims): SignedIn,
) -> Result<Json<Player>, GatewayError> {
    state.upstream.player(&claims.account).await.map(Json)
}

/// Reel strips, paylines, paytable and PAR sheet.
#[utoipa::path(
    get, path = "/api/v1/paytable",
    responses((status = 200, description = "The game", body = Paytable))
)]
async fn paytable(AxumState(state): AxumState<State>) -> Result<Json<Paytable>, GatewayError> {
    state.upstream.paytable().await.map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OfDay {
    /// The day in UTC, as `2026-01-31`; today when absent.
    #[param(format = Date)]
    day: Option<String>,
}

/// What was staked and paid out on a day. For the operator: it is no player's, so it wants no session.
#[utoipa::path(
    get, path = "/api/v1/reports/daily", params(OfDay),
    responses((status = 200, description = "The day", body = DailyReport))
)]
async fn daily_report(
    AxumState(state): AxumState<State>,
    Query(OfDay { day }): Query<OfDay>,
) -> Result<Json<DailyReport>, GatewayError> {
    let unreadable = || {
        let sentence = "Write the day as 2026-01-31.";
        GatewayError::Service(ApiProblem::new(Code::InvalidRequest, sentence).field("day"))
    };
    let day = match day {
        Some(text) => Some(parse_day(&text).ok_or_else(unreadable)?),
        None => None,
    };
    state.upstream.daily_report(day).await.map(Json)
}

/// This document. Needs no token.
#[utoipa::path(
    get, path = "/api/openapi.json", security(()),
    responses((status = 200, description = "Every route and what it speaks of", body = HashMap<String, serde_json::Value>))
)]
async fn openapi(Extension(document): Extension<Arc<LazyDocument>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], document.json())
}

/// How every service is. Needs no token.
#[utoipa::path(
    get, path = "/api/v1/health", security(()),
    responses((status = 200, description = "The stack", body = StackHealth))
)]
async fn health(AxumState(state): AxumState<State>) -> Json<StackHealth> {
    let (services, seeding) = tokio::join!(state.upstream.health(), state.upstream.seeding());
    let well = services.iter().all(|(_, status)| status == "ok");
    let mut by_name: std::collections::BTreeMap<String, String> = services
        .into_iter()
        .map(|(name, status)| (name.to_owned(), status))
        .collect();
    by_name.insert("api-gateway".to_owned(), "ok".to_owned());
    Json(StackHealth {
        status: if well {
            StackStatus::Ok
        } else {
            StackStatus::Degraded
        },
        release: state.release.borrow().clone(),
        services: by_name,
        seeding: seeding.ok(),
        recording: None,
    })
}
