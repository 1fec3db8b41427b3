//! Routes of the user service.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State as AxumState;
use axum::routing::{get, post};
use axum::{Json, Router};
use parking_lot::Mutex;
use reelscope_contracts::payments::Wallet;
use reelscope_contracts::users::{
    CheckEligibility, CheckSession, OpenSession, Player as PlayerReply, Seeding, Session,
};
use reelscope_contracts::{AccountCode, Health, PlayerId, SessionId, StakeStatus, now};
use reelscope_http::{Body, Path, method_not_allowed, not_found};
use reelscope_store::Store;
use reelscope_telemetry::{Client, player as player_of_request};

use crate::UserError;
use crate::faults::Knobs;
use crate::players::{Player, check_stake};
use crate::seeding::Progress;
use crate::sessions::Sessions;
use crate::wallets::Wallets;

/// State that the routes share.
#[derive(Clone)]
pub struct State {
    store: Store,
    progress: Progress,
    knobs: Knobs,
    sessions: Arc<Mutex<Sessions>>,
    session_lifetime_ms: i64,
    wallets: Wallets,
}

impl State {
    /// Creates the state, with players in `store` and balances from the payment service at the URL `payment_service`.
    /// Sessions last `session_lifetime_ms`.
    #[must_use]
    pub fn new(
        store: Store,
        progress: Progress,
        client: Client,
        payment_service: String,
        session_lifetime_ms: i64,
    ) -> Self {
        let lifetime = Duration::from_millis(u64::try_from(session_lifetime_ms).unwrap_or(0));
        let sessions = Arc::new(Mutex::new(Sessions::new(lifetime)));
        Self {
            knobs: Knobs::new(store.clone(), progress.clone(), Arc::clone(&sessions)),
            store,
            progress,
            sessions,
            session_lifetime_ms,
            wallets: Wallets {
                client,
                payment_service,
            },
        }
    }

    /// Returns the knobs of the service's faults.
    #[must_use]
    pub fn knobs(&self) -> Knobs {
        self.knobs.clone()
    }

    fn check_session(&self, session_id: &SessionId, account_code: &AccountCode) -> Result<(), UserError> {
        let open = self
            .sessions
            .lock()
            .is_open(session_id, account_code, Instant::now());
        if open {
            Ok(())
        } else {
            Err(UserError::SessionExpired)
        }
    }
}

/// The routes of the service.
pub fn router(state: State) -> Router {
    Router::new()
        .route("/v1/sessions", post(open_session))
        .route("/v1/sessions/check", post(check_session))
        .route("/v1/players/{account_code}", get(player))
        .route("/v1/eligibility", post(eligibility))
        .route("/v1/seeding", get(seeding))
        .route("/health", get(health))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(state)
}

async fn open_session(
    AxumState(state): AxumState<State>,
    Body(request): Body<OpenSession>,
) -> Result<Json<Session>, UserError> {
    let OpenSession {
        account_code,
        player_id,
    } = request;
    let known = match player_id {
        Some(id) => player_by_id(&state, id, &account_code).await?,
        None => None,
    };
    let player = match known {
        Some(player) => player,
        None => player_by_code(&state, &account_code).await?,
    };
    let wallet = state.wallets.open(&player).await?;
    let session_id = SessionId::random();
    state
        .sessions
        .lock()
        .open(session_id.clone(), player.account_code.clone(), Instant::now());
    let expires_at = now().saturating_add(state.session_lifetime_ms);
    // The session id is not logged, because anyone who has it can play as this player.
    tracing::info!(user.id = %player.player_id, "session opened");
    Ok(Json(Session {
        session_id,
        expires_at,
        player: with_balance(player, &wallet),
    }))
}

async fn check_session(
    AxumState(state): AxumState<State>,
    Body(request): Body<CheckSession>,
) -> Result<Json<()>, UserError> {
    state
        .check_session(&request.session_id, &request.account_code)
        .map(Json)
}

async fn player(
    AxumState(state): AxumState<State>,
    Path(code): Path<AccountCode>,
) -> Result<Json<PlayerReply>, UserError> {
    let player = player_by_code(&state, &code).await?;
    let wallet = state.wallets.of(&player.player_id).await?;
    Ok(Json(with_balance(player, &wallet)))
}

async fn eligibility(
    AxumState(state): AxumState<State>,
    Body(request): Body<CheckEligibility>,
) -> Result<Json<PlayerReply>, UserError> {
    let CheckEligibility {
        session_id,
        account_code,
        stake,
        round_id,
    } = request;
    state.check_session(&session_id, &account_code)?;
    let player = player_by_code(&state, &account_code).await?;
    check_stake(&player.limits, stake).map_err(|refusal| UserError::Stake(refusal, player.limits))?;
    let wallet = state.wallets.of(&player.player_id).await?;
    if wallet.available < stake {
        // A round that is sent again has taken its stake from the balance already. The reservation decides, because two
        // concurrent spins may both pass this check.
        let stands = state.wallets.standing(&player.player_id, round_id).await?;
        if stands == StakeStatus::Untouched {
            return Err(UserError::InsufficientFunds);
        }
    }
    Ok(Json(with_balance(player, &wallet)))
}

async fn seeding(AxumState(state): AxumState<State>) -> Json<Seeding> {
    Json(state.progress.read())
}

async fn health(AxumState(state): AxumState<State>) -> Json<Health> {
    Json(Health::of("user-service", state.store.condition().word()))
}

/// Returns the player with this id, if they have this account code.
async fn player_by_id(
    state: &State,
    player_id: PlayerId,
    account_code: &AccountCode,
) -> Result<Option<Player>, UserError> {
    let found = state
        .progress
        .roster()
        .get(&state.store, &player_id, account_code)
        .await?;
    let found = found
        .map(Player::from)
        .filter(|player| player.account_code == *account_code);
    if let Some(found) = &found {
        player_of_request(found.player_id.as_str());
    }
    Ok(found)
}

async fn player_by_code(state: &State, code: &AccountCode) -> Result<Player, UserError> {
    let found = state.progress.roster().find(&state.store, code).await?;
    let found = found.map(Player::from);
    if let Some(found) = &found {
        player_of_request(found.player_id.as_str());
    }
    found.ok_or_else(|| {
        let Seeding { done, total } = state.progress.read();
        if (done + 1..=total).contains(&code.number()) {
            UserError::NotSeededYet(code.clone())
        } else {
            UserError::PlayerNotFound(code.clone())
        }
    })
}

fn with_balance(player: Player, wallet: &Wallet) -> PlayerReply {
    PlayerReply {
        player_id: player.player_id,
        account_code: player.account_code,
        display_name: player.display_name,
        currency: player.currency,
        balance: wallet.available,
        reserved: wallet.reserved,
        limits: player.limits,
    }
}
