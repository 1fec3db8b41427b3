//! Starts the services behind the gateway that have a database, one function each. Each returns what a presenter
//! can change in the service.

use std::time::Duration;

use parking_lot::Mutex;
use reelscope_api_gateway::upstream::LONGEST_ROUND;
use reelscope_demo::faults::table::{FaultId, FaultState};
use reelscope_game_engine as game;
use reelscope_http::panicked;
use reelscope_payment_service as payments;
use reelscope_store::Store;
use reelscope_telemetry::Service;
use reelscope_user_service as users;
use reelscope_user_service::seeding::Progress;
use tokio::net::TcpListener;

use super::kit::Kit;
use crate::config::Config;
use crate::notices::Notices;
use crate::servers::Servers;
use crate::start_error::StartError;

/// Lifetime of a session, in milliseconds.
const SESSION_MS: i64 = 30 * 60 * 1_000;
/// How often recovery looks for open bets, after which time a bet counts as abandoned, and how long it waits
/// between attempts.
const RECOVERY: payments::recovery::RecoveryTiming = payments::recovery::RecoveryTiming {
    interval: Duration::from_secs(1),
    abandoned_after: Duration::from_secs(60),
    first_retry: Duration::from_secs(1),
    longest_retry: Duration::from_secs(60),
};
// A bet on which the request that reserved it still works is not abandoned.
const _: () = assert!(LONGEST_ROUND.as_millis() < RECOVERY.abandoned_after.as_millis());

/// The game-engine, and what a presenter changes in it.
pub(super) struct GameEngine {
    pub(super) state: game::State,
    pub(super) knobs: game::Knobs,
}

/// What a presenter changes in the user-service.
pub(super) struct UserService {
    pub(super) knobs: users::Knobs,
    pub(super) seeding: Progress,
}

impl Servers {
    /// Starts the payment-service, and the recovery of bets that an earlier process left open.
    pub(super) async fn start_payment_service(
        &mut self,
        kit: &Kit,
        service: &Service,
        listener: TcpListener,
        state: payments::State,
        backlog: payments::backlog::Backlog,
        wallets: Store,
    ) -> Result<payments::Knobs, StartError> {
        payments::journal::migrate(&wallets).await?;
        // Read before the first request is taken, so that all of these bets belong to an earlier process.
        let left_over = payments::journal::open_bets(&wallets, |_| true).await?;
        // A restarted recovery gets an empty list; it finds the remaining bets by its own search.
        let left_over = Mutex::new(left_over);
        let (recovering, settlement) = (service.clone(), state.settlement());
        self.tasks.spawn_restarted("recovery of payments", move || {
            let left_over = std::mem::take(&mut *left_over.lock());
            payments::recovery::run(recovering.clone(), settlement.clone(), left_over, RECOVERY)
        });
        let stopped = self.stop_signal().cancelled_owned();
        let settled = payments::background::run(service.clone(), state.settlement(), backlog, stopped);
        self.run_until_stopped(settled);
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

    /// Starts the user-service, and writes the players in the background once a page had time to appear.
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
        let progress = seeding.clone();
        self.tasks.spawn("seeding of players", async move {
            let _ = page_first.await;
            users::seeding::run(players, progress).await;
        });
        Ok(UserService { knobs, seeding })
    }
}
