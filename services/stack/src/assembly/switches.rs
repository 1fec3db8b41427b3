//! Puts together the demo, on the knobs that the services returned.

use std::sync::Arc;

use reelscope_api_gateway as gateway;
use reelscope_demo::faults::Faults;
use reelscope_demo::faults::knobs::Knobs;
use reelscope_demo::faults::surge::Surge;
use reelscope_demo::moment::Moments;
use reelscope_demo::players::TrafficTarget;
use reelscope_demo::restartable_server::RestartableServer;
use reelscope_demo::traffic::TrafficControl;
use reelscope_demo::wire::SetTraffic;
use reelscope_payment_provider as provider;
use reelscope_payment_service as payments;
use reelscope_telemetry::Service;
use reelscope_user_service::seeding::Progress;
use tokio::sync::watch;

use super::services::{GameEngine, UserService};
use crate::config::Config;
use crate::start::{LOOK_AGAIN, Stack};
use crate::start_error::StartError;

/// What the services returned for a presenter to change.
pub(super) struct Switched<'a> {
    pub(super) provider: provider::State,
    pub(super) provider_server: RestartableServer,
    pub(super) payment: payments::Knobs,
    pub(super) engine: &'a GameEngine,
    pub(super) user: UserService,
    pub(super) gateway: gateway::Knobs,
    pub(super) release: &'a watch::Sender<String>,
}

/// The faults and the virtual players.
pub(super) struct Demo {
    pub(super) faults: Faults,
    pub(super) traffic: TrafficControl,
}

impl Demo {
    pub(super) async fn new(
        config: &Config,
        stack: &mut Stack,
        frontend: &Service,
        origin: &str,
        switched: Switched<'_>,
    ) -> Result<Self, StartError> {
        let Switched {
            provider,
            provider_server,
            payment,
            engine,
            user,
            gateway,
            release,
        } = switched;
        let services = stack.services().to_vec();
        let moments = Moments::of(stack.collector().cloned());
        let written = user.seeding.clone();
        let target = TrafficTarget {
            origin: origin.to_owned(),
            launch_token: stack.token().to_owned(),
            frontend: frontend.clone(),
            accounts: Arc::new(move || written.read().done),
        };
        let knobs = Knobs {
            users: user.knobs,
            game: engine.knobs.clone(),
            payments: payment,
            provider,
            provider_server,
            gateway,
            surge: Surge::new(target.clone(), stack.stop_signal()),
            seeding: user.seeding.clone(),
            services,
            moments,
        };
        let faults = Faults::new(knobs, release.subscribe());
        faults.bring_all(&config.faults).await?;
        let demo = Self {
            faults,
            traffic: TrafficControl::new(target),
        };
        stack.is_switched_by(demo.faults.clone(), demo.traffic.clone());
        if let Some(wish) = config.traffic {
            stack.let_players_in(demo.traffic.clone(), wish, user.seeding);
        }
        Ok(demo)
    }
}

impl Stack {
    /// Starts the virtual players once all players are written, because before that they would use the accounts of
    /// people.
    fn let_players_in(&mut self, traffic: TrafficControl, wish: SetTraffic, written: Progress) {
        self.background().spawn("start of virtual players", async move {
            while !written.is_complete() {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            if let Err(refusal) = traffic.set(wish) {
                tracing::warn!(%refusal, "no virtual players");
            }
        });
    }
}
