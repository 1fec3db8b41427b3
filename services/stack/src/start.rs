//! A stack that runs: from its start, which [`assembly`](crate::assembly) does, to its stop.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use reelscope_api_gateway as gateway;
use reelscope_collector::{Collector, CollectorError, Options, RecordingError};
use reelscope_demo::faults::{Faults, SwitchError};
use reelscope_demo::traffic::TrafficControl;
use reelscope_payment_provider as provider;
use reelscope_payment_service as payments;
use reelscope_payment_service::settlement::Settlement;
use reelscope_store::{StoreError, WriteStats};
use reelscope_telemetry::{Reporting, Service, Timings, init_logs};
use reelscope_user_service::seeding::Progress;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::Config;
use crate::assembly::assemble;
use crate::listen::bind;
use crate::overhead::Overhead;
use crate::settings::{Settings, SettingsError};
use crate::storage::{StopError, Storage};
use crate::supervised::Tasks;

pub(crate) const DRAIN: Duration = Duration::from_millis(1_500);
/// How long [`Stack::shutdown`] takes at most: requests under way, then the databases, which take seconds on a full disk,
/// then the last answers of Sentry.
pub const STOP_PATIENCE: Duration = Duration::from_secs(5);
/// Between two looks at the seeding.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A stack that runs. Dropping it stops its tasks at once; [`Stack::shutdown`] lets requests end.
pub struct Stack {
    addresses: Vec<(&'static str, SocketAddr)>,
    token: String,
    notices: Vec<String>,
    timings: Timings,
    provider: provider::State,
    settlement: Settlement,
    storage: Storage,
    services: Vec<Service>,
    stop: watch::Sender<bool>,
    servers: JoinSet<Result<(), String>>,
    background: Tasks,
    turns: gateway::turns::Turns,
    traffic: Option<TrafficControl>,
    overhead: Option<Overhead>,
    faults: Option<Faults>,
    seeding: Option<Progress>,
    refused: Arc<Notify>,
}

/// What a stack is made of before anything of it runs.
pub(crate) struct Parts {
    pub(crate) notices: Vec<String>,
    pub(crate) timings: Timings,
    pub(crate) provider: provider::State,
    pub(crate) settlement: Settlement,
    pub(crate) services: Vec<Service>,
    pub(crate) storage: Storage,
}

/// Why a stack did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken.
    #[error("port {port} is in use by another program; choose another with --listen 127.0.0.1:PORT")]
    PortInUse {
        /// The port.
        port: u16,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        reason: String,
    },
    /// A database cannot be opened or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The directory of envelopes cannot be opened or written.
    #[error(transparent)]
    Collector(#[from] CollectorError),
    /// The recording cannot be looked at.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A problem of the demo could not be brought to where it is to stand.
    #[error(transparent)]
    Problem(#[from] SwitchError),
    /// The wallets hold what this build cannot work with.
    #[error("the wallets cannot be read: {0}")]
    Wallets(String),
    /// A part of the start met a defect of ours.
    #[error("{part} could not be opened because of a defect: {reason}")]
    Defect {
        /// What was being opened.
        part: &'static str,
        /// What the panic said.
        reason: String,
    },
}

impl From<payments::PaymentError> for StartError {
    fn from(error: payments::PaymentError) -> Self {
        match error {
            payments::PaymentError::Store(error) => Self::Store(error),
            other => Self::Wallets(other.to_string()),
        }
    }
}

impl StartError {
    /// Stable name for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.row().0
    }

    /// Exit code of the program, distinct for each circumstance that a person can change.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        self.row().1
    }

    fn row(&self) -> (&'static str, u8) {
        match self {
            Self::PortInUse { .. } => ("port_in_use", 10),
            Self::Listen { .. } => ("cannot_listen", 11),
            Self::Store(StoreError::Locked { .. }) => ("data_dir_locked", 12),
            Self::Store(StoreError::Unwritable { .. }) => ("data_dir_unwritable", 13),
            Self::Store(StoreError::Full) => ("disk_full", 14),
            Self::Store(StoreError::NewerSchema { .. }) => ("data_dir_newer", 15),
            Self::Collector(CollectorError::Locked { .. }) => ("data_dir_locked", 12),
            Self::Collector(CollectorError::Unwritable { .. }) => ("data_dir_unwritable", 13),
            Self::Collector(CollectorError::NewerFormat { .. }) => ("data_dir_newer", 15),
            Self::Collector(CollectorError::Full { .. }) => ("disk_full", 14),
            Self::Collector(CollectorError::Damaged { .. }) => ("database_damaged", 18),
            Self::Store(StoreError::Unreadable { .. }) => ("data_dir_unreadable", 16),
            Self::Recording(RecordingError::Copy(_) | RecordingError::Unwritable { .. }) => {
                ("recording_not_written", 30)
            }
            Self::Recording(_) => ("recording_unreadable", 29),
            Self::Settings(_) => ("settings_invalid", 17),
            Self::Store(StoreError::Damaged { .. } | StoreError::Corrupt(_)) => ("database_damaged", 18),
            Self::Store(StoreError::System(_)) => ("system_error", 19),
            Self::Store(StoreError::PathNotUtf8 { .. }) => ("path_not_utf8", 20),
            Self::Store(StoreError::Missing { .. }) => ("data_dir_missing", 21),
            Self::Problem(_) => ("problem_not_switched", 22),
            Self::Defect { .. } | Self::Store(StoreError::Panicked) => ("defect", 23),
            Self::Store(
                StoreError::Duplicate { .. }
                | StoreError::Ambiguous { .. }
                | StoreError::Document(_)
                | StoreError::Closed
                | StoreError::Database(_),
            ) => ("database_error", 24),
            Self::Wallets(_) => ("wallets_unreadable", 25),
        }
    }
}

impl Stack {
    /// Starts everything. When it returns, every server answers and the demo's player can spin; the remaining
    /// players are written in the background.
    ///
    /// # Errors
    /// [`StartError`]; nothing is left running then.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        // The subscriber is the process's; a program that has chosen its own before keeps it.
        init_logs("warn");
        let listener = bind(config.listen).await?;
        let mut storage = Storage::open(config.data_dir.clone()).await?;
        let started = async {
            if config.settings.is_some() {
                storage.collector = Some(open_collector(&config.data_dir).await?);
            }
            assemble(config, listener, storage.clone()).await
        };
        let started = started.await;
        if started.is_err() {
            // Tasks that were begun may hold clones of them for a moment: the locks are free all the same.
            for error in storage.close().await {
                tracing::warn!(%error, "after a start that failed");
            }
        }
        started
    }

    /// One of which nothing runs yet.
    pub(crate) fn of(parts: Parts) -> Self {
        let Parts {
            notices,
            timings,
            provider,
            settlement,
            services,
            storage,
        } = parts;
        Self {
            addresses: Vec::new(),
            token: format!("{:032x}", rand::random::<u128>()),
            notices,
            timings,
            provider,
            settlement,
            storage,
            services,
            stop: watch::Sender::new(false),
            servers: JoinSet::new(),
            background: Tasks::new(),
            turns: gateway::turns::Turns::default(),
            traffic: None,
            overhead: None,
            faults: None,
            seeding: None,
            refused: Arc::default(),
        }
    }

    /// Runs a server until the stack stops.
    pub(crate) fn add_server(
        &mut self,
        name: &'static str,
        address: SocketAddr,
        server: impl Future<Output = Result<(), String>> + Send + 'static,
    ) {
        self.addresses.push((name, address));
        self.servers.spawn(server);
    }

    /// Runs work of a service that ends when the stack stops, and is waited for as its server is.
    pub(crate) fn serve_until_stopped(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.servers.spawn(async move {
            work.await;
            Ok(())
        });
    }

    /// Tasks that run as long as the stack.
    pub(crate) fn background(&mut self) -> &mut Tasks {
        &mut self.background
    }

    pub(crate) fn services(&self) -> &[Service] {
        &self.services
    }

    pub(crate) fn turns(&self) -> gateway::turns::Turns {
        self.turns.clone()
    }

    pub(crate) fn stop_signal(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    pub(crate) fn hear_refusals(&mut self, refused: Arc<Notify>) {
        self.refused = refused;
    }

    pub(crate) fn is_seeded_by(&mut self, seeding: Progress) {
        self.seeding = Some(seeding);
    }

    pub(crate) fn is_measured_by(&mut self, overhead: Overhead) {
        self.overhead = Some(overhead);
    }

    pub(crate) fn is_switched_by(&mut self, faults: Faults, traffic: TrafficControl) {
        (self.faults, self.traffic) = (Some(faults), Some(traffic));
    }

    /// Comes true when the stack is to stop.
    pub(crate) fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stop = self.stop.subscribe();
        async move {
            let _ = stop.wait_for(|stop| *stop).await;
        }
    }

    /// `http://127.0.0.1:PORT` of the gateway.
    #[must_use]
    pub fn origin(&self) -> String {
        self.address("api-gateway")
            .map(|address| format!("http://{address}"))
            .unwrap_or_default()
    }

    /// Where the page is opened, with the token of this launch.
    #[must_use]
    pub fn ui_url(&self) -> String {
        format!("{}/?token={}", self.origin(), self.token)
    }

    /// The token of this launch, for clients without a page.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Notified when the gateway has refused somebody for want of the token of this launch: perhaps a page whose browser
    /// has lost the cookie.
    #[must_use]
    pub fn refused(&self) -> Arc<Notify> {
        Arc::clone(&self.refused)
    }

    /// Every server with its address, the gateway last.
    #[must_use]
    pub fn addresses(&self) -> &[(&'static str, SocketAddr)] {
        &self.addresses
    }

    /// The address of one server.
    #[must_use]
    pub fn address(&self, name: &str) -> Option<SocketAddr> {
        self.addresses
            .iter()
            .find(|(service, _)| *service == name)
            .map(|(_, address)| *address)
    }

    /// The DSN of the built-in collector, for any Sentry SDK; `None` when nothing is reported.
    #[must_use]
    pub fn collector_dsn(&self) -> Option<String> {
        let address = self.address("collector")?;
        let key = self.storage.collector.as_ref()?.key();
        Some(format!("http://{key}@{address}/1"))
    }

    /// The collector; `None` when nothing is reported.
    #[must_use]
    pub fn collector(&self) -> Option<&Collector> {
        self.storage.collector.as_ref()
    }

    /// A service as telemetry sees it, the frontend among them.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name() == name)
    }

    /// Gives what the services hold back, such as logs in batches, to the collector.
    pub async fn flush(&self) {
        let services = self.services.clone();
        // Sentry's clients block while they flush.
        let flushed = tokio::task::spawn_blocking(move || services.iter().for_each(Service::flush));
        let _ = flushed.await;
    }

    /// What a person should know about the start, such as a database that was set aside.
    #[must_use]
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// How long each service worked itself.
    #[must_use]
    pub fn timings(&self) -> &Timings {
        &self.timings
    }

    /// Waits until all players are written.
    pub async fn seeded(&self) {
        while !self.seeding.as_ref().is_none_or(Progress::is_complete) {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// The virtual players.
    #[must_use]
    pub fn traffic(&self) -> Option<&TrafficControl> {
        self.traffic.as_ref()
    }

    /// The demo's faults; none when nothing is reported.
    #[must_use]
    pub fn faults(&self) -> Option<&Faults> {
        self.faults.as_ref()
    }

    /// What the writers of the databases did.
    #[must_use]
    pub fn write_stats(&self) -> Vec<(&'static str, WriteStats)> {
        let databases = self.storage.databases();
        databases
            .map(|(service, _, store)| (service, store.stats()))
            .to_vec()
    }

    /// The external payment provider, to change how it behaves.
    #[must_use]
    pub fn provider(&self) -> &provider::State {
        &self.provider
    }

    /// The settlement of the payment service, with its knobs.
    #[must_use]
    pub fn settlement(&self) -> &Settlement {
        &self.settlement
    }

    /// Waits until a server or a task ends that none can go on without, which none does by itself: returns its last words.
    pub async fn failed(&mut self) -> String {
        let collector = self.storage.collector.clone();
        let collector_failed = async {
            match &collector {
                Some(collector) => collector.failed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            words = collector_failed => words,
            ended = self.servers.join_next() => match ended {
                Some(Ok(Err(words))) => words,
                Some(Err(error)) => format!("a server met a defect: {error}"),
                Some(Ok(Ok(()))) | None => "a server stopped by itself".to_owned(),
            },
            words = self.background.failed() => words,
        }
    }

    /// Takes no new requests, lets those under way end, writes what is held back, and closes the databases: those of
    /// players and rounds, then the wallets, which everything else writes to. Takes [`STOP_PATIENCE`] at most.
    ///
    /// # Errors
    /// [`StopError`]: a database had stopped taking writes, or there was no time to close it. What was acknowledged is on the
    /// disk all the same.
    pub async fn shutdown(self) -> Result<(), StopError> {
        let stopped = tokio::time::timeout(STOP_PATIENCE, self.stop_in_order()).await;
        stopped.unwrap_or(Err(StopError::TooLate))
    }

    async fn stop_in_order(mut self) -> Result<(), StopError> {
        if let Some(traffic) = &self.traffic {
            traffic.stop();
        }
        if let Some(overhead) = &self.overhead {
            overhead.cancel();
        }
        let drained = async {
            // A spin goes on when its client has gone, and needs the services behind the gateway until its end.
            while !self.turns.are_over() {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            let _ = self.stop.send(true);
            while self.servers.join_next().await.is_some() {}
        };
        let drained = tokio::time::timeout(DRAIN, drained).await;
        let _ = self.stop.send(true);
        if drained.is_err() {
            tracing::info!(
                "requests were still under way; what was not answered is settled at the next start"
            );
        }
        self.servers.shutdown().await;
        self.background.stop().await;
        self.flush().await;
        match self.storage.close().await.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

/// Where the collector keeps its log.
#[must_use]
pub fn telemetry_dir(data_dir: &Path) -> PathBuf {
    data_dir.join("telemetry")
}

async fn open_collector(data_dir: &Path) -> Result<Collector, StartError> {
    let dir = telemetry_dir(data_dir);
    let opened = tokio::task::spawn_blocking(move || match Collector::open(&dir, Options::standard()) {
        Err(CollectorError::Damaged { reason, .. }) => {
            let aside = reelscope_collector::set_aside(&dir)?;
            tracing::error!(dir = %dir.display(), aside = %aside.display(), reason, "damaged telemetry set aside");
            Collector::open(&dir, Options::standard())
        }
        opened => opened,
    });
    let (collector, met) = opened.await.map_err(|error| StartError::Defect {
        part: "the telemetry",
        reason: error.to_string(),
    })??;
    // No money is among it: nobody has to read it before the first spin.
    for notice in met {
        tracing::warn!("{}", notice.detail);
    }
    Ok(collector)
}

/// What every service reports with, by these settings.
pub(crate) fn report_to(collector: &Collector, settings: &Settings) -> Reporting {
    let to = collector.clone();
    Reporting {
        sink: Arc::new(move |service, envelope| to.capture_nowait(service, envelope)),
        release: settings.release.clone(),
        environment: settings.environment.clone(),
        sample_rate: settings.traces_sample_rate,
        public_key: collector.key().to_owned(),
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        if let Some(collector) = &self.storage.collector {
            collector.stop();
        }
    }
}
