//! What a stack is started with. Read once, by the program; passed as values from here on.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reelscope_api_gateway::limits::Rate;
use reelscope_demo::wire::SetTraffic;
use reelscope_payment_provider::Behaviour;

use crate::settings::Settings;
use reelscope_demo::faults::States;
use reelscope_demo::faults::dial::Release;

/// By which address one service reaches another: given who calls, who is called, and where that listens.
pub type Route = Arc<dyn Fn(&'static str, &'static str, String) -> String + Send + Sync>;

/// What lies between the services. Nothing, unless somebody puts a hop between them that loses or garbles what passes.
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

/// Everything a stack can be told.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the databases are; created when missing.
    pub data_dir: PathBuf,
    /// Where the gateway listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Synthetic players there are to be; `None` takes as many as make a look-up without an index cost half a second on
    /// this machine.
    pub players: Option<u64>,
    /// How long the writing of the players waits for a page to be on the screen: while it is being drawn it has the
    /// processor to itself.
    pub page_first: Duration,
    /// Begins a reproducible sequence of rounds; without it the operating system's generator seeds each.
    pub seed: Option<u64>,
    /// How the external payment provider behaves.
    pub provider: Behaviour,
    /// Where the demo's faults are to stand; those that are not named are off.
    pub faults: States,
    /// Virtual players that begin once all players are written.
    pub traffic: Option<SetTraffic>,
    /// Requests of one session; `None` lets everything through.
    pub rate: Option<Rate>,
    /// What is reported, as what, and where it goes; `None` reports nothing and keeps nothing.
    pub settings: Option<Settings>,
    /// Where settings that are changed in the window are kept; `None` keeps them until the end of the process.
    pub settings_file: Option<PathBuf>,
    /// What lies between the services.
    pub network: Network,
}

impl Config {
    /// What a double click starts: a free port on loopback, about 100,000 players, no problem.
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
            // A finger on the space bar in turbo makes five spins a second, each with its look at the history.
            rate: NonZeroU32::new(30)
                .zip(NonZeroU32::new(60))
                .map(|(per_second, burst)| Rate { per_second, burst }),
            settings: Some(Settings::default()),
            settings_file: None,
            network: Network::default(),
        }
    }

    /// The same rounds, the same latencies and the same failures again, where a seed is given.
    #[must_use]
    pub fn seeded(mut self, seed: Option<u64>) -> Self {
        self.seed = seed;
        self.provider.seed = seed.unwrap_or(self.provider.seed);
        self
    }

    /// As a release of the dial has it, except for the faults that are named already.
    #[must_use]
    pub fn on_the_dial(mut self, release: Option<&Release>) -> Self {
        if let Some(release) = release {
            let named = std::mem::replace(&mut self.faults, release.states());
            self.faults.extend(named);
        }
        self
    }
}

/// The directory for a user's data by the rules of the operating system; `None` without a home directory.
#[must_use]
pub fn default_data_dir() -> Option<PathBuf> {
    directories().map(|dirs| dirs.data_dir().to_owned())
}

/// The directories of this program. A home that is not absolute is none: what it names depends on where the program is
/// started.
pub(crate) fn directories() -> Option<directories::ProjectDirs> {
    directories::ProjectDirs::from("dev", "Reelscope", "Reelscope")
        .filter(|dirs| dirs.data_dir().is_absolute())
}
