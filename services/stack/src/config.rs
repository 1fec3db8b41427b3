//! The configuration of a stack. The program reads it once; everything else gets it as values.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reelscope_api_gateway::limits::Rate;
use reelscope_demo::wire::SetTraffic;
use reelscope_payment_provider::Behaviour;
use reelscope_presenter::scripts::OwnScript;

use crate::settings::Settings;
use reelscope_demo::faults::States;
use reelscope_demo::faults::dial::Release;

/// Maps the address of a service to the one to call instead: takes the caller, the callee and the callee's address.
pub type Route = Arc<dyn Fn(&'static str, &'static str, String) -> String + Send + Sync>;

/// The network between the services. By default nothing; tests put hops in between that lose or garble requests.
#[derive(Clone, Default)]
pub struct Network(pub Option<Route>);

impl Network {
    pub(crate) fn route(&self, caller: &'static str, callee: &'static str, address: &str) -> String {
        match &self.0 {
            Some(route) => route(caller, callee, address.to_owned()),
            None => address.to_owned(),
        }
    }
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Network").field(&self.0.is_some()).finish()
    }
}

/// The configuration of a stack.
#[derive(Debug, Clone)]
pub struct Config {
    /// Directory of the databases, created when missing.
    pub data_dir: PathBuf,
    /// Address of the gateway; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Number of synthetic players; `None` is as many as make a look-up without an index take half a second on this
    /// machine.
    pub players: Option<u64>,
    /// How long writing the players waits for a page to appear, so that drawing the page has the processor to
    /// itself.
    pub page_first: Duration,
    /// Seed of a reproducible sequence of rounds; without it the operating system's generator seeds each round.
    pub seed: Option<u64>,
    /// Behaviour of the external payment provider.
    pub provider: Behaviour,
    /// Initial states of faults; a fault that is not listed is off.
    pub faults: States,
    /// Virtual players that start once all players are written.
    pub traffic: Option<SetTraffic>,
    /// Rate limit of one session; `None` is no limit.
    pub rate: Option<Rate>,
    /// Settings of telemetry; `None` records nothing.
    pub settings: Option<Settings>,
    /// File of the settings that are changed in the window; `None` keeps changes until the process ends.
    pub settings_file: Option<PathBuf>,
    /// The presenter's own script; `None` uses the one that was stored, or the built-in ones.
    pub script: Option<OwnScript>,
    /// The network between the services.
    pub network: Network,
}

impl Config {
    /// A free port on loopback, as many players as [`Config::players`] says, no fault and the default settings.
    #[must_use]
    pub fn new(data_dir: PathBuf) -> Self {
        Self {
            data_dir,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            players: None,
            page_first: Duration::ZERO,
            seed: None,
            provider: Behaviour {
                seed: rand::random(),
                ..Behaviour::healthy()
            },
            faults: States::new(),
            traffic: None,
            // The space bar held down in turbo makes five spins a second, each with a request for the history.
            rate: NonZeroU32::new(30)
                .zip(NonZeroU32::new(60))
                .map(|(per_second, burst)| Rate { per_second, burst }),
            settings: Some(Settings::default()),
            settings_file: None,
            script: None,
            network: Network::default(),
        }
    }

    /// With a seed, makes rounds, latencies and failures of the provider repeatable.
    #[must_use]
    pub fn seeded(mut self, seed: Option<u64>) -> Self {
        self.seed = seed;
        self.provider.seed = seed.unwrap_or(self.provider.seed);
        self
    }

    /// Sets the faults of a release, except for those that are configured already.
    #[must_use]
    pub fn on_the_dial(mut self, release: Option<&Release>) -> Self {
        if let Some(release) = release {
            let named = std::mem::replace(&mut self.faults, release.states());
            self.faults.extend(named);
        }
        self
    }
}
