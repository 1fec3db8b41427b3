//! A running stack: its start, which [`assembly`](crate::assembly) does, and its accessors. [`stop`](crate::stop)
//! has its stop.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use reelscope_api_gateway as gateway;
use reelscope_collector::{Collector, CollectorError, Options};
use reelscope_demo::faults::Faults;
use reelscope_demo::traffic::TrafficControl;
use reelscope_payment_provider as provider;
use reelscope_payment_service as payments;
use reelscope_store::WriteStats;
use reelscope_telemetry::{Reporting, Service, Timings, init_logs};
use reelscope_user_service::seeding::Progress;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::Config;
use crate::assembly::assemble;
use crate::listen::bind;
use crate::overhead::Overhead;
use crate::settings::Settings;
use crate::start_error::StartError;
use crate::storage::Storage;
use crate::supervised::Tasks;

/// Interval of checking whether the players are written, or the last spins have ended.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A running stack. Dropping it aborts its tasks; [`Stack::shutdown`] lets requests end first.
pub struct Stack {
    addresses: Vec<(&'static str, SocketAddr)>,
    token: String,
    notices: Vec<String>,
    timings: Timings,
    provider: provider::State,
    payments: payments::State,
    pub(super) storage: Storage,
    services: Vec<Service>,
    pub(super) stop: watch::Sender<bool>,
    pub(super) servers: JoinSet<Result<(), String>>,
    pub(super) background: Tasks,
    pub(super) turns: gateway::turns::Turns,
    pub(super) traffic: Option<TrafficControl>,
    pub(super) overhead: Option<Overhead>,
    faults: Option<Faults>,
    seeding: Option<Progress>,
    refused: Arc<Notify>,
}

/// What a stack is created from, before anything of it runs.
pub(crate) struct Parts {
    pub(crate) notices: Vec<String>,
    pub(crate) timings: Timings,
    pub(crate) provider: provider::State,
    pub(crate) payments: payments::State,
    pub(crate) services: Vec<Service>,
    pub(crate) storage: Storage,
}

impl Stack {
    /// Starts everything. When it returns, every server answers and the player of the demo can spin; the other
    /// players are being written in the background.
    ///
    /// # Errors
    /// [`StartError`]; nothing is left running.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        // Does nothing when the program has set up logging before.
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
            // Tasks that have started may still hold clones of the databases; closing releases the locks all the
            // same.
            for error in storage.close().await {
                tracing::warn!(%error, "after a start that failed");
            }
        }
        started
    }

    /// Creates a stack of which nothing runs yet.
    pub(crate) fn of(parts: Parts) -> Self {
        let Parts {
            notices,
            timings,
            provider,
            payments,
            services,
            storage,
        } = parts;
        Self {
            addresses: Vec::new(),
            token: format!("{:032x}", rand::random::<u128>()),
            notices,
            timings,
            provider,
            payments,
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

    /// Runs work of a service that ends by itself when the stack stops; shutdown waits for it as for a server.
    pub(crate) fn serve_until_stopped(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.servers.spawn(async move {
            work.await;
            Ok(())
        });
    }

    /// The tasks that run as long as the stack.
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

    /// Completes when the stack is to stop.
    pub(crate) fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stop = self.stop.subscribe();
        async move {
            let _ = stop.wait_for(|stop| *stop).await;
        }
    }

    /// Origin of the gateway, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn origin(&self) -> String {
        self.address("api-gateway")
            .map(|address| format!("http://{address}"))
            .unwrap_or_default()
    }

    /// URL that opens the page, with the launch token.
    #[must_use]
    pub fn ui_url(&self) -> String {
        format!("{}/?token={}", self.origin(), self.token)
    }

    /// The launch token, for clients without a page.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Notified when the gateway refuses a request without the launch token, for example of a page whose browser
    /// has lost the cookie.
    #[must_use]
    pub fn refused(&self) -> Arc<Notify> {
        Arc::clone(&self.refused)
    }

    /// Name and address of every server, the gateway last.
    #[must_use]
    pub fn addresses(&self) -> &[(&'static str, SocketAddr)] {
        &self.addresses
    }

    /// Address of the server with this name.
    #[must_use]
    pub fn address(&self, name: &str) -> Option<SocketAddr> {
        self.addresses
            .iter()
            .find(|(service, _)| *service == name)
            .map(|(_, address)| *address)
    }

    /// DSN of the built-in collector, for any Sentry SDK; `None` without telemetry.
    #[must_use]
    pub fn collector_dsn(&self) -> Option<String> {
        let address = self.address("collector")?;
        let key = self.storage.collector.as_ref()?.key();
        Some(format!("http://{key}@{address}/1"))
    }

    /// The collector; `None` without telemetry.
    #[must_use]
    pub fn collector(&self) -> Option<&Collector> {
        self.storage.collector.as_ref()
    }

    /// The telemetry handle of a service, or of the frontend.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name() == name)
    }

    /// Sends what the services hold in batches, such as logs, to the collector.
    pub async fn flush(&self) {
        let services = self.services.clone();
        // Flushing a Sentry client blocks.
        let flushed = tokio::task::spawn_blocking(move || services.iter().for_each(Service::flush));
        let _ = flushed.await;
    }

    /// Sentences that a person should read after the start, such as about a database that was set aside.
    #[must_use]
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Own times of the services.
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

    /// The faults of the demo.
    #[must_use]
    pub fn faults(&self) -> Option<&Faults> {
        self.faults.as_ref()
    }

    /// Counters of the databases' writers, by service.
    #[must_use]
    pub fn write_stats(&self) -> Vec<(&'static str, WriteStats)> {
        let databases = self.storage.databases();
        databases
            .map(|(service, _, store)| (service, store.stats()))
            .to_vec()
    }

    /// The state of the external payment provider, to change its behaviour.
    #[must_use]
    pub fn provider(&self) -> &provider::State {
        &self.provider
    }

    /// The state of the payment-service, with its settlement and its knobs.
    #[must_use]
    pub fn payments(&self) -> &payments::State {
        &self.payments
    }

    /// Waits for a failure of a server or a task that the stack cannot run without, and returns a sentence about
    /// it.
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
}

/// Directory of the collector's file, below the data directory.
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
    // Telemetry contains no money, so these warnings are logged only and are no notice in the page.
    for notice in met {
        tracing::warn!("{}", notice.detail);
    }
    Ok(collector)
}

/// The settings with which every service reports.
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
