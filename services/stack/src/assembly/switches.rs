//! Puts together the demo, on the knobs that the services returned.

use reelscope_api_gateway as gateway;
use reelscope_collector::Collector;
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
use crate::servers::Servers;
use crate::stack::LOOK_AGAIN;
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
    /// The telemetry handle of each service.
    pub(super) services: Vec<Service>,
    pub(super) collector: Option<Collector>,
}

/// The faults and the virtual players.
#[derive(Clone)]
pub(super) struct Demo {
    pub(super) faults: Faults,
    pub(super) traffic: TrafficControl,
}

impl Demo {
    /// Brings the faults to their configured states, and starts the virtual players once their accounts exist.
    pub(super) async fn new(
        config: &Config,
        servers: &mut Servers,
        target: TrafficTarget,
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
            services,
            collector,
        } = switched;
        let knobs = Knobs {
            users: user.knobs,
            game: engine.knobs.clone(),
            payments: payment,
            provider,
            provider_server,
            gateway,
            surge: Surge::new(target.clone(), servers.stop_signal()),
            seeding: user.seeding.clone(),
            services,
            moments: Moments::of(collector),
        };
        let faults = Faults::new(knobs, release.subscribe());
        faults.bring_all(&config.faults).await?;
        let traffic = TrafficControl::new(target);
        if let Some(wish) = config.traffic {
            let players = start_players(traffic.clone(), wish, user.seeding);
            servers.tasks.spawn("start of virtual players", players);
        }
        Ok(Self { faults, traffic })
    }
}

/// Starts the virtual players once all players are written, because before that they would use the accounts of people.
async fn start_players(traffic: TrafficControl, wish: SetTraffic, written: Progress) {
    while !written.is_complete() {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    if let Err(refusal) = traffic.set(wish) {
        tracing::warn!(%refusal, "no virtual players");
    }
}
