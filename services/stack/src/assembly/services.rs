//! The services behind the gateway that keep something, one function each: what it begins with, what runs beside it, what of
//! it a presenter can change.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reelscope_contracts::http::panicked;
use reelscope_demo::faults::table::{FaultId, FaultState};
use reelscope_game_engine as game;
use reelscope_payment_service as payments;
use reelscope_store::{Condition, Store};
use reelscope_telemetry::Service;
use reelscope_user_service as users;
use reelscope_user_service::seeding::Progress;
use tokio::net::TcpListener;

use super::kit::Kit;
use crate::config::Config;
use crate::notices::Notices;
use crate::start::{LOOK_AGAIN, Stack, StartError};

/// How long a session lasts, in milliseconds.
const SESSION_MS: i64 = 30 * 60 * 1_000;
/// When recovery looks at bets that are open, and what it does with them when.
const RECOVERY: payments::recovery::RecoveryTiming = payments::recovery::RecoveryTiming {
    interval: Duration::from_secs(1),
    abandoned_after: Duration::from_secs(60),
    first_retry: Duration::from_secs(1),
    longest_retry: Duration::from_secs(60),
};

/// What a presenter changes in the game-engine, and the engine.
pub(super) struct GameEngine {
    pub(super) state: game::State,
    pub(super) knobs: game::Knobs,
}

/// What a presenter changes in the user-service.
pub(super) struct UserService {
    pub(super) knobs: users::Knobs,
    pub(super) seeding: Progress,
}

impl Stack {
    /// Ends what an earlier process left over, and serves.
    pub(super) async fn start_payment_service(
        &mut self,
        kit: &Kit,
        service: &Service,
        listener: TcpListener,
        state: payments::State,
        backlog: payments::background::Backlog,
        wallets: Store,
    ) -> Result<payments::Knobs, StartError> {
        payments::journal::migrate(&wallets).await?;
        // Read before the first request is taken: these bets are of a process that is gone.
        let left_over = payments::journal::open_bets(&wallets, |_| true).await?;
        // Those that were left over are ended once; begun again, it finds the others by looking.
        let left_over = Mutex::new(left_over);
        let (recovering, settlement) = (service.clone(), state.settlement());
        self.background()
            .spawn_restarted("recovery of payments", move || {
                let left_over =
                    std::mem::take(&mut *left_over.lock().unwrap_or_else(PoisonError::into_inner));
                payments::recovery::run(recovering.clone(), settlement.clone(), left_over, RECOVERY)
            });
        let settled = payments::background::run(service.clone(), state.settlement(), backlog, self.stopped());
        self.serve_until_stopped(settled);
        let knobs = state.knobs();
        let routes = kit.guarded(&listener, payments::router(state))?;
        self.serve("payment-service", listener, service.layer(routes, panicked))?;
        Ok(knobs)
    }

    pub(super) fn start_game_engine(
        &mut self,
        kit: &Kit,
        service: &Service,
        listener: TcpListener,
        rounds: Store,
        seed: Option<u64>,
    ) -> Result<GameEngine, StartError> {
        let state = game::State::new(rounds, game::http::SeedSource::new(seed));
        let routes = kit.guarded(&listener, game::router(state.clone()))?;
        self.serve("game-engine", listener, service.layer(routes, panicked))?;
        Ok(GameEngine {
            knobs: state.knobs(),
            state,
        })
    }

    /// Serves, and writes players in the background once a page had its time.
    #[allow(clippy::too_many_arguments)]
    pub(super) async fn start_user_service(
        &mut self,
        kit: &Kit,
        service: &Service,
        listener: TcpListener,
        players: Store,
        payment_at: String,
        config: &Config,
        notices: &Notices,
    ) -> Result<UserService, StartError> {
        let scans = config.faults.get(&FaultId::MissingIndex) == Some(&FaultState::On);
        let seeding = users::seeding::prepare(&players, config.players, !scans).await?;
        let client = kit.client(service);
        let state = users::State::new(players.clone(), seeding.clone(), client, payment_at, SESSION_MS);
        let knobs = state.knobs();
        let page_first = tokio::time::timeout(config.page_first, notices.first_listed());
        let routes = kit.guarded(&listener, users::router(state))?;
        self.serve("user-service", listener, service.layer(routes, panicked))?;
        self.is_seeded_by(seeding.clone());
        let progress = seeding.clone();
        self.background().spawn("seeding of players", async move {
            let _ = page_first.await;
            while let Err(error) = users::seeding::run(players.clone(), progress.clone()).await {
                tracing::error!(%error, "players could not be written");
                // Once the database takes writes again, the rest follows.
                if matches!(players.condition(), Condition::Well | Condition::Closed) {
                    break;
                }
                while matches!(players.condition(), Condition::Stopped(_)) {
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
            }
        });
        Ok(UserService { knobs, seeding })
    }
}
