//! Routes of the payment service.

use axum::extract::State as AxumState;
use axum::routing::{get, post};
use axum::{Json, Router};
use reelscope_contracts::payments::{
    Bet, Bets, DailyReport, OpenWallet, Reserve, Settle, Standing, Void, Wallet,
};
use reelscope_contracts::{ApiProblem, Health, PlayerId, RoundId, StakeStatus, day_of, now, parse_day};
use reelscope_http::{Body, Path, ProblemResponse, Query, method_not_allowed, not_found};
use reelscope_store::Store;
use reelscope_telemetry::{annotate, player};
use serde::Deserialize;
use tracing::{Instrument, info_span};

use crate::backlog::{self, Backlog, Queue};
use crate::journal::{self, Voidable};
use crate::provider::Provider;
use crate::settlement::{Settlement, tell_stake};
use crate::{Knobs, PaymentError};

/// State that the routes share.
#[derive(Clone)]
pub struct State {
    store: Store,
    settlement: Settlement,
    queue: Queue,
    knobs: Knobs,
}

impl State {
    /// Creates the state, with wallets in `store` and settlement by `provider`. The backlog is for
    /// [`crate::background::run`].
    #[must_use]
    pub fn new(store: Store, provider: Provider) -> (Self, Backlog) {
        let (queue, backlog) = backlog::queue();
        let state = Self {
            knobs: Knobs::new(provider.retries()),
            settlement: Settlement::new(store.clone(), provider),
            store,
            queue,
        };
        (state, backlog)
    }

    /// Returns the settlement, for [`crate::background::run`] and [`crate::recovery::run`].
    #[must_use]
    pub fn settlement(&self) -> Settlement {
        self.settlement.clone()
    }

    /// Returns the knobs of the service's faults.
    #[must_use]
    pub fn knobs(&self) -> Knobs {
        self.knobs.clone()
    }
}

/// The routes of the service.
pub fn router(state: State) -> Router {
    Router::new()
        .route("/v1/wallets", post(open_wallet))
        .route("/v1/wallets/{player_id}", get(wallet))
        .route("/v1/players/{player_id}/bets", get(bets))
        .route("/v1/reservations", post(reserve))
        .route("/v1/reservations/{round_id}", get(standing))
        .route("/v1/reservations/{round_id}/settle", post(settle))
        .route("/v1/reservations/{round_id}/void", post(void))
        .route("/v1/reports/daily", get(daily_report))
        .route("/health", get(health))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(state)
}

async fn open_wallet(
    AxumState(state): AxumState<State>,
    Body(request): Body<OpenWallet>,
) -> Result<Json<Wallet>, PaymentError> {
    journal::open_wallet(&state.store, request, now()).await.map(Json)
}

async fn wallet(
    AxumState(state): AxumState<State>,
    Path(player_id): Path<PlayerId>,
) -> Result<Json<Wallet>, PaymentError> {
    journal::wallet(&state.store, &player_id).await.map(Json)
}

#[derive(Deserialize)]
struct Page {
    limit: Option<usize>,
}

async fn bets(
    AxumState(state): AxumState<State>,
    Path(player_id): Path<PlayerId>,
    Query(page): Query<Page>,
) -> Result<Json<Bets>, PaymentError> {
    let bets = journal::recent(&state.store, &player_id, page.limit.unwrap_or(20)).await?;
    Ok(Json(Bets { bets }))
}

/// The player of a round.
#[derive(Deserialize)]
struct Of {
    player_id: PlayerId,
}

async fn standing(
    AxumState(state): AxumState<State>,
    Path(round_id): Path<RoundId>,
    Query(Of { player_id }): Query<Of>,
) -> Result<Json<Standing>, PaymentError> {
    player(player_id.as_str());
    annotate("round.id", round_id.to_string());
    journal::standing(&state.store, round_id, player_id)
        .await
        .map(Json)
}

/// Converts the error of a request about a round, and adds the state of its stake in the ledger. The state is absent only
/// if the ledger cannot be read.
async fn of_round(
    store: &Store,
    round_id: RoundId,
    player_id: Option<PlayerId>,
    error: PaymentError,
) -> ApiProblem {
    let problem = error.logged_problem();
    if problem.stake_status.is_some() {
        return problem;
    }
    let stands = match player_id {
        Some(player_id) => match journal::standing(store, round_id, player_id).await {
            // The round is another player's, so no stake of this player was touched.
            Err(PaymentError::BetNotFound(_)) => Ok(StakeStatus::Untouched),
            found => found.map(|standing| standing.stake_status),
        },
        None => journal::stake_status(store, round_id).await,
    };
    match stands {
        Ok(stands) => problem.stake(stands, round_id),
        Err(error) => {
            tracing::error!(%error, %round_id, "where the stake stands cannot be read");
            problem
        }
    }
}

async fn reserve(
    AxumState(state): AxumState<State>,
    Body(request): Body<Reserve>,
) -> Result<Json<Bet>, ProblemResponse> {
    player(request.player_id.as_str());
    annotate("round.id", request.round_id.to_string());
    let (round_id, player_id) = (request.round_id, request.player_id.clone());
    let span = info_span!(
        "wallet.reserve",
        sentry.op = "wallet.reserve",
        sentry.name = "reserve the stake"
    );
    match journal::reserve(&state.store, request, now())
        .instrument(span)
        .await
    {
        Ok(bet) => {
            tell_stake(Some(bet.stake_status()));
            Ok(Json(bet))
        }
        Err(error) => Err(of_round(&state.store, round_id, Some(player_id), error)
            .await
            .into()),
    }
}

async fn settle(
    AxumState(state): AxumState<State>,
    Path(round_id): Path<RoundId>,
    Body(request): Body<Settle>,
) -> Result<Json<Bet>, ProblemResponse> {
    let settled = state
        .knobs
        .settle(&state.settlement, &state.queue, round_id, request.payout)
        .await;
    match settled {
        Ok(bet) => Ok(Json(bet)),
        Err(error) => Err(of_round(&state.store, round_id, None, error).await.into()),
    }
}

async fn void(
    AxumState(state): AxumState<State>,
    Path(round_id): Path<RoundId>,
    Body(request): Body<Void>,
) -> Result<Json<Bet>, ProblemResponse> {
    let Void { player_id, reason } = request;
    let voided = journal::void(
        &state.store,
        round_id,
        player_id.clone(),
        reason,
        Voidable::Unsettled,
        now(),
    )
    .await;
    match voided {
        Ok(bet) => {
            tell_stake(Some(bet.stake_status()));
            Ok(Json(bet))
        }
        Err(error) => Err(of_round(&state.store, round_id, Some(player_id), error)
            .await
            .into()),
    }
}

#[derive(Deserialize)]
struct OfDay {
    day: Option<String>,
}

async fn daily_report(
    AxumState(state): AxumState<State>,
    Query(OfDay { day }): Query<OfDay>,
) -> Result<Json<DailyReport>, PaymentError> {
    let day = match day {
        Some(text) => parse_day(&text).ok_or(PaymentError::NoDay(text))?,
        None => day_of(now()),
    };
    state.knobs.daily_report(&state.store, day).await.map(Json)
}

async fn health(AxumState(state): AxumState<State>) -> Json<Health> {
    Json(Health::of("payment-service", state.store.condition().word()))
}
