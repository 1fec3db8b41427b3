//! Bind all listeners, open all databases, then serve.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use reelscope_api_gateway as gateway;
use reelscope_collector::{
    Collector, CollectorError, Options, RecordingError, ingest_router, viewer_openapi, viewer_router,
};
use reelscope_contracts::http::panicked;
use reelscope_contracts::problems::{ProblemId, ProblemState};
use reelscope_contracts::{SERVICE_TOKEN_HEADER, ServiceToken};
use reelscope_demo::faults::{FaultKnobs, Faults};
use reelscope_demo::faults_http::{Panel, faults_router};
use reelscope_demo::moment::Moments;
use reelscope_demo::problems::{Knobs, Problems, SwitchError};
use reelscope_demo::problems_http::{Steering, problems_router};
use reelscope_demo::program::Program;
use reelscope_demo::restartable_server::RestartableServer;
use reelscope_demo::spins::SessionSpins;
use reelscope_demo::traffic::surge::Surge;
use reelscope_demo::traffic::{Traffic, TrafficTarget};
use reelscope_demo::traffic_http::traffic_router;
use reelscope_game_engine as game;
use reelscope_payment_provider as provider;
use reelscope_payment_service as payments;
use reelscope_payment_service::provider::Deadlines;
use reelscope_payment_service::settlement::Settlement;
use reelscope_store::{Condition, StoreError, WriteStats};
use reelscope_telemetry::{Reporting, Service, Timings, init_logs};
use reelscope_user_service as users;
use reelscope_user_service::seeding::Progress;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::Config;
use crate::durable;
use crate::notices::{Notice, Notices, notices_router};
use crate::overhead::{Overhead, overhead_router};
use crate::preferences::{PREFERENCES, Preferences, preferences_router};
use crate::settings::{RELEASE, Settings, SettingsError};
use crate::settings_http::{self, Current, Kept, settings_router};
use crate::storage::{StopError, Storage};
use crate::streams;
use crate::supervised::Tasks;

/// Where the page finds the collector's viewer.
pub(crate) const TELEMETRY: &str = "/api/telemetry";
/// How long requests that are under way may take to end when the stack stops.
pub(crate) const DRAIN: Duration = Duration::from_millis(1_500);
/// How long [`Stack::shutdown`] takes at most: requests under way, then the databases, which take seconds on a full disk,
/// then the last answers of Sentry.
pub const STOP_PATIENCE: Duration = Duration::from_secs(5);
/// How long a session lasts.
const SESSION_MS: i64 = 30 * 60 * 1_000;
/// Between two looks at the seeding.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// The payment service's patience with the provider: less than the gateway's with the payment service, which is 15 s.
const PROVIDER_DEADLINES: Deadlines = Deadlines {
    attempt: Duration::from_secs(10),
    overall: Duration::from_secs(13),
};

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
    traffic: Option<Traffic>,
    overhead: Option<Overhead>,
    problems: Option<Problems>,
    faults: Option<Faults>,
    seeding: Option<Progress>,
    refused: Arc<Notify>,
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
            Self::assemble(config, listener, storage.clone()).await
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

    async fn assemble(
        config: Config,
        gateway_listener: TcpListener,
        storage: Storage,
    ) -> Result<Self, StartError> {
        let kept_notices = Notices::of(&config.data_dir);
        let notices: Vec<String> = kept_notices.unread().iter().map(Notice::sentence).collect();
        let Storage {
            players,
            rounds,
            wallets,
            collector,
        } = storage.clone();
        let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let user_listener = bind(loopback).await?;
        let game_listener = bind(loopback).await?;
        let payment_listener = bind(loopback).await?;
        let provider_listener = bind(loopback).await?;

        let service_token = ServiceToken::new(&format!("{:032x}", rand::random::<u128>()));
        let timings = Timings::default();
        let reporting = match collector.as_ref().zip(config.settings.as_ref()) {
            Some((collector, settings)) => {
                collector.configure(settings.destinations()?);
                collector.set_scrubbing(settings.scrubbing);
                Some(report_to(collector, settings))
            }
            None => None,
        };
        let service = |name| match &reporting {
            Some(reporting) => Service::reporting(name, timings.clone(), reporting.clone()),
            None => Service::new(name, timings.clone()),
        };
        let client_of = |service: &Service| {
            let client = service.client();
            match service_token.header() {
                Some(value) => client.with_header(SERVICE_TOKEN_HEADER, value),
                None => client,
            }
        };
        let frontend = service("frontend");
        let payment = service("payment-service");
        let engine = service("game-engine");
        let user = service("user-service");
        let front = service("api-gateway");
        let provider_state = provider::State::new(config.provider);
        let network = config.network;
        let provider_at = network.route("payment-service", "payment-provider", &url(&provider_listener)?);
        let client = payments::provider::Provider::new(client_of(&payment), provider_at, PROVIDER_DEADLINES);
        let (payment_state, backlog) = payments::State::new(wallets.clone(), client);
        let mut stack = Self {
            addresses: Vec::new(),
            token: format!("{:032x}", rand::random::<u128>()),
            notices,
            services: vec![
                frontend.clone(),
                payment.clone(),
                engine.clone(),
                user.clone(),
                front.clone(),
            ],
            timings: timings.clone(),
            provider: provider_state.clone(),
            settlement: payment_state.settlement(),
            storage,
            stop: watch::Sender::new(false),
            servers: JoinSet::new(),
            background: Tasks::new(),
            turns: gateway::turns::Turns::default(),
            traffic: None,
            overhead: None,
            problems: None,
            faults: None,
            seeding: None,
            refused: Arc::default(),
        };

        let guarded = |listener: &TcpListener, routes: Router| {
            let address = local_address(listener)?;
            Ok::<_, StartError>(service_token.clone().guard(address, routes))
        };
        let provider_routes = guarded(&provider_listener, provider::router(provider_state.clone()))?;
        let provider_server =
            stack.serve_restartable("payment-provider", provider_listener, provider_routes)?;

        let payment_at = url(&payment_listener)?;
        let payment_knobs = payment_state.knobs();
        payments::journal::migrate(&wallets).await?;
        // Read before the first request is taken: these bets are of a process that is gone.
        let left_over = payments::journal::open_bets(&wallets, |_| true).await?;
        let patience = payments::recovery::Patience {
            interval: Duration::from_secs(1),
            abandoned_after: Duration::from_secs(60),
            first_retry: Duration::from_secs(1),
            longest_retry: Duration::from_secs(60),
        };
        // Those that were left over are ended once; begun again, it finds the others by looking.
        let left_over = Mutex::new(left_over);
        let (recovering, settlement) = (payment.clone(), payment_state.settlement());
        stack.background.spawn_restarted("recovery of payments", move || {
            let left_over = std::mem::take(&mut *left_over.lock().unwrap_or_else(PoisonError::into_inner));
            payments::recovery::run(recovering.clone(), settlement.clone(), left_over, patience)
        });
        let settled = payments::background::run(
            payment.clone(),
            payment_state.settlement(),
            backlog,
            stack.stopped(),
        );
        stack.servers.spawn(async move {
            settled.await;
            Ok(())
        });
        let routes = guarded(&payment_listener, payments::router(payment_state))?;
        stack.serve(
            "payment-service",
            payment_listener,
            payment.layer(routes, panicked),
        )?;

        let game_at = url(&game_listener)?;
        let game_state = game::State::new(rounds, game::http::SeedSource::new(config.seed));
        let (slow_rng, paytable) = (game_state.slow_rng(), game_state.paytable());
        let game_engine = game_state.clone();
        let routes = guarded(&game_listener, game::router(game_state))?;
        stack.serve("game-engine", game_listener, engine.layer(routes, panicked))?;

        let user_at = url(&user_listener)?;
        let scans = config.problems.get(&ProblemId::MissingIndex) == Some(&ProblemState::On);
        let progress = users::seeding::prepare(&players, config.players, !scans).await?;
        let user_state = users::State::new(
            players.clone(),
            progress.clone(),
            client_of(&user),
            network.route("user-service", "payment-service", &payment_at),
            SESSION_MS,
        );
        let missing_index = user_state.missing_index();
        let sessions = user_state.sessions_in_force();
        let page_first = tokio::time::timeout(config.page_first, kept_notices.first_listed());
        let routes = guarded(&user_listener, users::router(user_state))?;
        stack.serve("user-service", user_listener, user.layer(routes, panicked))?;
        let seeded = progress.clone();
        stack.seeding = Some(progress.clone());
        stack.background.spawn("seeding of players", async move {
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

        let release = config
            .settings
            .as_ref()
            .map_or_else(|| RELEASE.to_owned(), |settings| settings.release.clone());
        let release = watch::Sender::new(release);
        let gateway_knobs = gateway::Knobs::default();
        let moments = Moments::of(collector.clone());
        let fault_knobs = FaultKnobs {
            provider: provider_state.clone(),
            provider_server,
            payments: payment_knobs.clone(),
            paytable: paytable.clone(),
            gateway: gateway_knobs.clone(),
            sessions,
            services: stack.services.clone(),
            moments: moments.clone(),
        };
        let knobs = Knobs {
            moments,
            missing_index,
            slow_rng,
            paytable,
            payments: payment_knobs,
            provider: provider_state,
            seeding: seeded.clone(),
            services: stack.services.clone(),
        };
        let problems = Problems::new(knobs, release.subscribe());
        problems.bring_all(&config.problems).await?;
        problems.put_paytable(config.wrong_paytable);
        stack.problems = Some(problems.clone());

        let at = gateway::upstream::Addresses {
            user_service: network.route("api-gateway", "user-service", &user_at),
            game_engine: network.route("api-gateway", "game-engine", &game_at),
            payment_service: network.route("api-gateway", "payment-service", &payment_at),
        };
        let listen = gateway_listener
            .local_addr()
            .map_err(|error| listen_error(config.listen, &error))?;
        let state = gateway::State {
            upstream: gateway::upstream::Upstream::new(client_of(&front), at),
            tokens: gateway::auth::Tokens::new(&rand::random::<[u8; 32]>()),
            access: gateway::access::Access::new(&stack.token, listen),
            limits: gateway::limits::Limits::new(config.rate),
            turns: stack.turns.clone(),
            knobs: gateway_knobs,
            release: release.subscribe(),
        };
        let access = state.access.clone();
        stack.refused = access.refused();
        let target = TrafficTarget {
            origin: format!("http://{listen}"),
            launch_token: stack.token.clone(),
            frontend,
            accounts: Arc::new(move || seeded.read().done),
        };
        let faults = Faults::new(fault_knobs, Surge::new(target.clone(), stack.stop.subscribe()));
        stack.faults = Some(faults.clone());
        let traffic = Traffic::new(target);
        stack.traffic = Some(traffic.clone());
        if let Some(wish) = config.traffic {
            let (traffic, written) = (traffic.clone(), stack.seeding.clone());
            stack.background.spawn("start of virtual players", async move {
                // Before that they would be people.
                while !written.as_ref().is_none_or(Progress::is_complete) {
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
                if let Err(refusal) = traffic.set(wish) {
                    tracing::warn!(%refusal, "no virtual players");
                }
            });
        }
        let viewed = collector.as_ref().map(|_| viewer_openapi(TELEMETRY));
        let mut routes = front.layer(gateway::router(state, viewed.unwrap_or_default()), panicked);
        if let Some(collector) = collector {
            let ingest_listener = bind_where_it_was(&config.data_dir).await?;
            stack.serve("collector", ingest_listener, ingest_router(collector.clone()))?;
            // On the page's own origin, so that the browser's envelopes need no CORS; not traced, since the thing that
            // carries the traces is not.
            let current = Current {
                settings: config.settings.unwrap_or_default(),
                file: config.settings_file.clone().map(Kept::read).transpose()?,
                collector_dsn: stack.collector_dsn().unwrap_or_default(),
                services: stack.services.clone(),
                collector: collector.clone(),
                release,
            };
            let preferences = config.settings_file.map(|file| file.with_file_name(PREFERENCES));
            let settings = settings_http::Shared::new(current);
            let overhead = Overhead::new(config.data_dir.join(OVERHEAD), traffic.clone());
            stack.overhead = Some(overhead.clone());
            let (watched, watching) = (collector.clone(), problems.clone());
            stack
                .background
                .spawn_restarted("watch of the problems", move || {
                    watching.clone().watch(watched.clone())
                });
            let spins = SessionSpins::new(collector.clone());
            let (seen, session) = (spins.clone(), problems.clone());
            stack
                .background
                .spawn_restarted("look at the session's spins", move || {
                    let session = session.clone();
                    seen.clone().watch(move || session.captured_before())
                });
            let panel = Panel {
                faults: faults.clone(),
                collector: collector.clone(),
            };
            let program = program(&settings, &overhead);
            let steering = Steering {
                problems,
                faults,
                traffic: traffic.clone(),
                spins,
                program: program.clone(),
                exact: Arc::default(),
            };
            let viewer = Router::new()
                .nest(TELEMETRY, viewer_router(collector))
                .nest("/api/settings", settings_router(settings))
                .nest(
                    "/api/preferences",
                    preferences_router(Preferences::of(preferences)),
                )
                .nest("/api/notices", notices_router(kept_notices))
                .nest("/api/overhead", overhead_router(overhead))
                .nest("/api/problems", problems_router(steering))
                .nest("/api/faults", faults_router(panel))
                .nest("/api/traffic", traffic_router(traffic, program));
            routes = Router::new()
                .merge(gateway::guarded(access, viewer))
                .fallback_service(routes);
        }
        stack.serve("api-gateway", gateway_listener, routes)?;
        // The first thing that a page asks for, which needs a moment itself until it does.
        stack.background.spawn("enumeration of the paytable", async move {
            game_engine.enumerated().await;
        });
        Ok(stack)
    }

    fn serve(&mut self, name: &'static str, listener: TcpListener, router: Router) -> Result<(), StartError> {
        let address = local_address(&listener)?;
        self.addresses.push((name, address));
        self.servers
            .spawn(streams::served(name, listener, router, self.stop.subscribe()));
        Ok(())
    }

    /// As [`Stack::serve`], and it can be stopped and started again.
    fn serve_restartable(
        &mut self,
        name: &'static str,
        listener: TcpListener,
        router: Router,
    ) -> Result<RestartableServer, StartError> {
        let unknown = |error| listen_error(([127, 0, 0, 1], 0).into(), &error);
        let address = local_address(&listener)?;
        let (restartable, server) =
            RestartableServer::new(name, listener, router, self.stop.subscribe()).map_err(unknown)?;
        self.addresses.push((name, address));
        self.servers.spawn(server);
        Ok(restartable)
    }

    /// Comes true when the stack is to stop.
    fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
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

    /// The demo's problems; none when nothing is reported.
    #[must_use]
    pub fn problems(&self) -> Option<&Problems> {
        self.problems.as_ref()
    }

    /// The virtual players.
    #[must_use]
    pub fn traffic(&self) -> Option<&Traffic> {
        self.traffic.as_ref()
    }

    /// The second group of faults.
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
        sink: Arc::new(move |service, envelope| to.capture(service, envelope)),
        release: settings.release.clone(),
        environment: settings.environment.clone(),
        sample_rate: settings.traces_sample_rate,
        public_key: collector.key().to_owned(),
    }
}

/// The collector's own listener, on the port that it had last time when that is free: a DSN that a customer has put
/// into his service goes on working.
async fn bind_where_it_was(data_dir: &Path) -> Result<TcpListener, StartError> {
    let file = telemetry_dir(data_dir).join("port");
    let last = std::fs::read_to_string(&file)
        .ok()
        .and_then(|text| text.trim().parse::<u16>().ok());
    let loopback = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = match last {
        Some(port) => match bind(loopback(port)).await {
            Ok(listener) => listener,
            Err(_) => bind(loopback(0)).await?,
        },
        None => bind(loopback(0)).await?,
    };
    if let Ok(address) = listener.local_addr() {
        // Without it the next start takes another port.
        let _ = durable::write(&file, address.port().to_string().as_bytes());
    }
    Ok(listener)
}

impl Drop for Stack {
    fn drop(&mut self) {
        if let Some(collector) = &self.storage.collector {
            collector.stop();
        }
    }
}

/// Where the cost of telemetry is measured.
const OVERHEAD: &str = "overhead";

pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| listen_error(address, &error))
}

pub(crate) fn listen_error(address: SocketAddr, error: &io::Error) -> StartError {
    if error.kind() == io::ErrorKind::AddrInUse {
        StartError::PortInUse { port: address.port() }
    } else {
        StartError::Listen {
            address,
            reason: error.to_string(),
        }
    }
}

fn local_address(listener: &TcpListener) -> Result<SocketAddr, StartError> {
    listener
        .local_addr()
        .map_err(|error| listen_error(([127, 0, 0, 1], 0).into(), &error))
}

fn url(listener: &TcpListener) -> Result<String, StartError> {
    Ok(format!("http://{}", local_address(listener)?))
}

/// What the demo asks of this stack.
fn program(settings: &settings_http::Shared, overhead: &Overhead) -> Program {
    let (settings, measuring, measured) = (settings.clone(), overhead.clone(), overhead.clone());
    Program {
        say_release: Arc::new(move |release| {
            let settings = settings.clone();
            Box::pin(async move { settings.say_release(&release).await })
        }),
        is_measuring: Arc::new(move || measuring.is_measuring()),
        stop_measuring: Arc::new(move || measured.cancel()),
    }
}
