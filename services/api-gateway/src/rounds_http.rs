//! Routes of a player's rounds.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State as AxumState;
use reelscope_contracts::game::Round;
use reelscope_contracts::payments::{Bet, BetStatus, Standing};
use reelscope_contracts::{ApiProblem, Code, Money, RoundId, StakeStatus, rfc3339};
use reelscope_http::{Path, ProblemResponse, Query};
use reelscope_page_api::gateway::{RoundStanding, RoundSummary, Rounds};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::session::SignedIn;
use crate::{GatewayError, State};

/// Rounds in one page of the history.
const MOST_ROUNDS: usize = 50;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::default()
        .routes(routes!(rounds))
        .routes(routes!(round))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Page {
    /// Rounds to return, 1 to 50; 20 when absent.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<usize>,
}

/// The player's last rounds, newest first.
#[utoipa::path(
    get, path = "/api/v1/rounds", params(Page), security(("launch_token" = [], "session" = [])),
    responses((status = 200, description = "The rounds", body = Rounds))
)]
async fn rounds(
    AxumState(state): AxumState<State>,
    SignedIn(claims): SignedIn,
    Query(Page { limit }): Query<Page>,
) -> Result<Json<Rounds>, GatewayError> {
    let limit = limit.unwrap_or(20);
    if !(1..=MOST_ROUNDS).contains(&limit) {
        let sentence = format!("The limit is a number from 1 to {MOST_ROUNDS}.");
        let problem = ApiProblem::new(Code::InvalidRequest, sentence);
        return Err(GatewayError::Service(problem.field("limit")));
    }
    let bets = state.upstream.bets(&claims.sub, limit).await?;
    // The boards are the game engine's, and the bets the payment service's.
    let wanted: Vec<RoundId> = bets.iter().map(|bet| bet.round_id).collect();
    let drawn = state.knobs.look_up_rounds(&state.upstream, wanted).await?;
    let mut drawn: HashMap<RoundId, _> = drawn.into_iter().map(|round| (round.round_id, round)).collect();
    let summary = |bet: Bet| {
        let round = drawn.remove(&bet.round_id);
        summary(bet, round)
    };
    Ok(Json(Rounds {
        rounds: bets.into_iter().map(summary).collect(),
    }))
}

fn summary(bet: Bet, drawn: Option<Round>) -> RoundSummary {
    let drawn_like = drawn.as_ref().and_then(|round| round.same_seed_as);
    let (seed, stops, board) = drawn.map_or((None, None, None), |round| {
        (Some(round.seed), Some(round.stops), Some(round.board))
    });
    RoundSummary {
        round_id: bet.round_id,
        stake: bet.stake,
        payout: bet.payout.filter(|_| bet.status != BetStatus::Voided),
        currency: bet.currency,
        status: bet.status,
        created_at: rfc3339(bet.reserved_at),
        settled_at: bet.settled_at.map(rfc3339),
        seed,
        stops,
        board,
        same_seed_as: bet.same_seed_as.or(drawn_like),
    }
}

/// What became of a round of the player's.
#[utoipa::path(
    get, path = "/api/v1/rounds/{round_id}", security(("launch_token" = [], "session" = [])),
    params(("round_id" = String, Path, format = "uuid", description = "The round, as a spin or its problem names it")),
    responses((status = 200, description = "The round; one that nobody has reserved a stake for is null", body = RoundStanding))
)]
async fn round(
    AxumState(state): AxumState<State>,
    SignedIn(claims): SignedIn,
    asked: Result<Path<RoundId>, ProblemResponse>,
) -> Result<Json<RoundStanding>, GatewayError> {
    let unknown = || GatewayError::Service(ApiProblem::new(Code::NotFound, "No round of yours has this id."));
    let Ok(Path(round_id)) = asked else {
        return Err(unknown());
    };
    // Read before the standing, so that a spin that ends meanwhile still counts as running.
    let at_work = state.turns.is_taken(round_id);
    let stands = match state.upstream.standing(&claims.sub, round_id).await {
        Ok(stands) => stands,
        Err(GatewayError::Service(problem)) if problem.code == Code::NotFound => return Err(unknown()),
        Err(error) => return Err(error),
    };
    let Standing {
        bet,
        stake_status,
        balance,
    } = stands;
    // A round that was closed before its stake was reserved is not shown to its player.
    let round = match bet.filter(|bet| bet.stake > Money::ZERO) {
        Some(bet) => {
            // The money is reported even where its board is missing.
            let drawn = state
                .upstream
                .rounds(vec![round_id])
                .await
                .unwrap_or_else(|error| {
                    tracing::warn!(%error, "the board of a round is missing");
                    Vec::new()
                });
            Some(summary(bet, drawn.into_iter().next()))
        }
        None => None,
    };
    Ok(Json(RoundStanding {
        round,
        // A spin that is running may be about to reserve.
        stake_status: if at_work && stake_status == StakeStatus::Untouched {
            StakeStatus::Unknown
        } else {
            stake_status
        },
        balance,
    }))
}
