//! Puts a stack together, one function for each service. The order is that of the types: each stage takes what the ones
//! before it return.
//!
//! 1. All listeners of the services behind the gateway, so that each can be told where the others are.
//! 2. The provider, payment-service, game-engine and user-service, each before those that call it.
//! 3. What a presenter switches, on the knobs that the services gave back; problems are brought to where they are to stand
//!    before anybody can spin.
//! 4. The collector's door, and at last the gateway with the page's API: nobody comes in before all of that stands.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use reelscope_api_gateway as gateway;
use reelscope_collector::{Collector, ingest_router, viewer_openapi, viewer_router};
use reelscope_contracts::http::panicked;
use reelscope_contracts::problems::{ProblemId, ProblemState, SetTraffic};
use reelscope_contracts::{SERVICE_TOKEN_HEADER, ServiceToken};
use reelscope_demo::faults::{FaultKnobs, Faults};
use reelscope_demo::faults_http::{Panel, faults_router};
use reelscope_demo::moment::Moments;
use reelscope_demo::problems::{Knobs, Problems};
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
use reelscope_store::{Condition, Store};
use reelscope_telemetry::{Client, Reporting, Service, Timings};
use reelscope_user_service as users;
use reelscope_user_service::seeding::Progress;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::config::{Config, Network};
use crate::listen::{LOOPBACK, bind, bind_where_it_was, listen_error, local_address, url};
use crate::notices::{Notice, Notices, notices_router};
use crate::overhead::{Overhead, overhead_router};
use crate::preferences::{PREFERENCES, Preferences, preferences_router};
use crate::settings::RELEASE;
use crate::settings_http::{self, Current, Kept, settings_router};
use crate::start::{LOOK_AGAIN, Parts, Stack, StartError, TELEMETRY, report_to};
use crate::storage::Storage;
use crate::streams;

/// How long a session lasts, in milliseconds.
const SESSION_MS: i64 = 30 * 60 * 1_000;
/// The payment service's patience with the provider: less than the gateway's with the payment service, which is 15 s.
const PROVIDER_DEADLINES: Deadlines = Deadlines {
    attempt: Duration::from_secs(10),
    overall: Duration::from_secs(13),
};
/// When recovery looks at bets that are open, and what it does with them when.
const RECOVERY: payments::recovery::Patience = payments::recovery::Patience {
    interval: Duration::from_secs(1),
    abandoned_after: Duration::from_secs(60),
    first_retry: Duration::from_secs(1),
    longest_retry: Duration::from_secs(60),
};
/// Where the cost of telemetry is measured, below the data directory.
const OVERHEAD: &str = "overhead";

/// Starts everything behind `gateway_listener`, and then what listens there.
///
/// # Errors
/// [`StartError`]; the databases are the caller's to close then.
pub(crate) async fn assemble(
    config: Config,
    gateway_listener: TcpListener,
    storage: Storage,
) -> Result<Stack, StartError> {
    let kept_notices = Notices::of(&config.data_dir);
    let listeners = Listeners::bind().await?;
    let kit = Kit::new(&config, storage.collector.as_ref())?;
    let services = Services::new(&kit);

    let provider = provider::State::new(config.provider.clone());
    let provider_at = kit.address("payment-service", "payment-provider", &listeners.provider)?;
    let client =
        payments::provider::Provider::new(kit.client(&services.payment), provider_at, PROVIDER_DEADLINES);
    let (payment_state, backlog) = payments::State::new(storage.wallets.clone(), client);
    let mut stack = Stack::of(Parts {
        notices: kept_notices.unread().iter().map(Notice::sentence).collect(),
        timings: kit.timings.clone(),
        provider: provider.clone(),
        settlement: payment_state.settlement(),
        services: services.all(),
        storage: storage.clone(),
    });

    let routes = kit.guarded(&listeners.provider, provider::router(provider.clone()))?;
    let provider_server = stack.serve_restartable("payment-provider", listeners.provider, routes)?;
    let payment_at = kit.address("user-service", "payment-service", &listeners.payment)?;
    let upstream = gateway::upstream::Addresses {
        user_service: kit.address("api-gateway", "user-service", &listeners.user)?,
        game_engine: kit.address("api-gateway", "game-engine", &listeners.game)?,
        payment_service: kit.address("api-gateway", "payment-service", &listeners.payment)?,
    };
    let payment = stack
        .start_payment_service(
            &kit,
            &services.payment,
            listeners.payment,
            payment_state,
            backlog,
            storage.wallets,
        )
        .await?;
    let engine = stack.start_game_engine(
        &kit,
        &services.engine,
        listeners.game,
        storage.rounds,
        config.seed,
    )?;
    let user = stack
        .start_user_service(
            &kit,
            &services.user,
            listeners.user,
            storage.players,
            payment_at,
            &config,
            &kept_notices,
        )
        .await?;

    let release = config.settings.as_ref().map(|settings| settings.release.clone());
    let release = watch::Sender::new(release.unwrap_or_else(|| RELEASE.to_owned()));
    let gateway_knobs = gateway::Knobs::default();
    let listen = gateway_listener
        .local_addr()
        .map_err(|error| listen_error(config.listen, &error))?;
    let demo = Demo::new(
        &config,
        &mut stack,
        &services.frontend,
        &format!("http://{listen}"),
        Switched {
            provider,
            provider_server,
            payment,
            engine: &engine,
            user,
            gateway: gateway_knobs.clone(),
            release: &release,
        },
    )
    .await?;
    let state = gateway::State {
        upstream: gateway::upstream::Upstream::new(kit.client(&services.front), upstream),
        tokens: gateway::auth::Tokens::new(&rand::random::<[u8; 32]>()),
        access: gateway::access::Access::new(stack.token(), listen),
        limits: gateway::limits::Limits::new(config.rate),
        turns: stack.turns(),
        knobs: gateway_knobs,
        release: release.subscribe(),
    };
    let access = state.access.clone();
    stack.hear_refusals(access.refused());
    let viewed = storage.collector.as_ref().map(|_| viewer_openapi(TELEMETRY));
    let gateway_routes = gateway::router(state, viewed.unwrap_or_default());
    let mut routes = services.front.layer(gateway_routes, panicked);
    if let Some(collector) = storage.collector {
        let owner = stack
            .owner_routes(config, collector, demo, kept_notices, release)
            .await?;
        routes = Router::new()
            .merge(gateway::guarded(access, owner))
            .fallback_service(routes);
    }
    stack.serve("api-gateway", gateway_listener, routes)?;
    // The first thing that a page asks for, which needs a moment itself until it does.
    stack
        .background()
        .spawn("enumeration of the paytable", async move {
            engine.state.enumerated().await;
        });
    Ok(stack)
}

/// Listeners of the services behind the gateway.
struct Listeners {
    user: TcpListener,
    game: TcpListener,
    payment: TcpListener,
    provider: TcpListener,
}

impl Listeners {
    async fn bind() -> Result<Self, StartError> {
        Ok(Self {
            user: bind(LOOPBACK).await?,
            game: bind(LOOPBACK).await?,
            payment: bind(LOOPBACK).await?,
            provider: bind(LOOPBACK).await?,
        })
    }
}

/// What every service is given.
struct Kit {
    /// The secret that calls between services carry.
    token: ServiceToken,
    timings: Timings,
    reporting: Option<Reporting>,
    network: Network,
}

impl Kit {
    fn new(config: &Config, collector: Option<&Collector>) -> Result<Self, StartError> {
        let reporting = match collector.zip(config.settings.as_ref()) {
            Some((collector, settings)) => {
                collector.configure(settings.destinations()?);
                collector.set_scrubbing(settings.scrubbing);
                Some(report_to(collector, settings))
            }
            None => None,
        };
        Ok(Self {
            token: ServiceToken::new(&format!("{:032x}", rand::random::<u128>())),
            timings: Timings::default(),
            reporting,
            network: config.network.clone(),
        })
    }

    fn service(&self, name: &'static str) -> Service {
        match &self.reporting {
            Some(reporting) => Service::reporting(name, self.timings.clone(), reporting.clone()),
            None => Service::new(name, self.timings.clone()),
        }
    }

    /// What a service calls others with.
    fn client(&self, service: &Service) -> Client {
        let client = service.client();
        match self.token.header() {
            Some(value) => client.with_header(SERVICE_TOKEN_HEADER, value),
            None => client,
        }
    }

    /// Routes that answer to other services only.
    fn guarded(&self, listener: &TcpListener, routes: Router) -> Result<Router, StartError> {
        Ok(self.token.clone().guard(local_address(listener)?, routes))
    }

    /// Where `caller` reaches who listens there.
    fn address(
        &self,
        caller: &'static str,
        callee: &'static str,
        listener: &TcpListener,
    ) -> Result<String, StartError> {
        Ok(self.network.route(caller, callee, &url(listener)?))
    }
}

/// The services as telemetry sees them.
struct Services {
    frontend: Service,
    payment: Service,
    engine: Service,
    user: Service,
    front: Service,
}

impl Services {
    fn new(kit: &Kit) -> Self {
        Self {
            frontend: kit.service("frontend"),
            payment: kit.service("payment-service"),
            engine: kit.service("game-engine"),
            user: kit.service("user-service"),
            front: kit.service("api-gateway"),
        }
    }

    fn all(&self) -> Vec<Service> {
        [
            &self.frontend,
            &self.payment,
            &self.engine,
            &self.user,
            &self.front,
        ]
        .map(Clone::clone)
        .to_vec()
    }
}

/// What a presenter changes in the game-engine, and the engine.
struct GameEngine {
    state: game::State,
    slow_rng: game::SlowRng,
    paytable: game::PaytableInForce,
}

/// What a presenter changes in the user-service.
struct UserService {
    missing_index: users::MissingIndex,
    sessions: users::sessions::SessionsInForce,
    seeding: Progress,
}

impl Stack {
    /// Ends what an earlier process left over, and serves.
    async fn start_payment_service(
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

    fn start_game_engine(
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
            slow_rng: state.slow_rng(),
            paytable: state.paytable(),
            state,
        })
    }

    /// Serves, and writes players in the background once a page had its time.
    #[allow(clippy::too_many_arguments)]
    async fn start_user_service(
        &mut self,
        kit: &Kit,
        service: &Service,
        listener: TcpListener,
        players: Store,
        payment_at: String,
        config: &Config,
        notices: &Notices,
    ) -> Result<UserService, StartError> {
        let scans = config.problems.get(&ProblemId::MissingIndex) == Some(&ProblemState::On);
        let seeding = users::seeding::prepare(&players, config.players, !scans).await?;
        let client = kit.client(service);
        let state = users::State::new(players.clone(), seeding.clone(), client, payment_at, SESSION_MS);
        let (missing_index, sessions) = (state.missing_index(), state.sessions_in_force());
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
        Ok(UserService {
            missing_index,
            sessions,
            seeding,
        })
    }

    /// What the page asks for beside the game, and the door of the collector. On the page's own origin, so that the browser's
    /// envelopes need no CORS; not traced, since the thing that carries the traces is not.
    async fn owner_routes(
        &mut self,
        config: Config,
        collector: Collector,
        demo: Demo,
        notices: Notices,
        release: watch::Sender<String>,
    ) -> Result<Router, StartError> {
        let listener = bind_where_it_was(&config.data_dir).await?;
        self.serve("collector", listener, ingest_router(collector.clone()))?;
        let settings = settings_http::Shared::new(Current {
            settings: config.settings.unwrap_or_default(),
            file: config.settings_file.clone().map(Kept::read).transpose()?,
            collector_dsn: self.collector_dsn().unwrap_or_default(),
            services: self.services().to_vec(),
            collector: collector.clone(),
            release,
        });
        let preferences = config.settings_file.map(|file| file.with_file_name(PREFERENCES));
        let overhead = Overhead::new(config.data_dir.join(OVERHEAD), demo.traffic.clone());
        self.is_measured_by(overhead.clone());
        let spins = self.watch(&demo.problems, &collector);
        let program = program(&settings, &overhead);
        let panel = Panel {
            faults: demo.faults.clone(),
            collector: collector.clone(),
        };
        let steering = Steering {
            problems: demo.problems,
            faults: demo.faults,
            traffic: demo.traffic.clone(),
            spins,
            program: program.clone(),
            exact: Arc::default(),
        };
        Ok(Router::new()
            .nest(TELEMETRY, viewer_router(collector))
            .nest("/api/settings", settings_router(settings))
            .nest(
                "/api/preferences",
                preferences_router(Preferences::of(preferences)),
            )
            .nest("/api/notices", notices_router(notices))
            .nest("/api/overhead", overhead_router(overhead))
            .nest("/api/problems", problems_router(steering))
            .nest("/api/faults", faults_router(panel))
            .nest("/api/traffic", traffic_router(demo.traffic, program)))
    }

    /// Looks for evidence of problems, and at spins before their traces go.
    fn watch(&mut self, problems: &Problems, collector: &Collector) -> SessionSpins {
        let (watched, watching) = (collector.clone(), problems.clone());
        self.background()
            .spawn_restarted("watch of the problems", move || {
                watching.clone().watch(watched.clone())
            });
        let spins = SessionSpins::new(collector.clone());
        let (seen, session) = (spins.clone(), problems.clone());
        self.background()
            .spawn_restarted("look at the session's spins", move || {
                let session = session.clone();
                seen.clone().watch(move || session.captured_before())
            });
        spins
    }

    /// Lets virtual players in once all players are written: before that they would be people.
    fn let_players_in(&mut self, traffic: Traffic, wish: SetTraffic, written: Progress) {
        self.background().spawn("start of virtual players", async move {
            while !written.is_complete() {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            if let Err(refusal) = traffic.set(wish) {
                tracing::warn!(%refusal, "no virtual players");
            }
        });
    }

    pub(crate) fn serve(
        &mut self,
        name: &'static str,
        listener: TcpListener,
        router: Router,
    ) -> Result<(), StartError> {
        let address = local_address(&listener)?;
        let stop = self.stop_signal();
        self.add_server(name, address, streams::served(name, listener, router, stop));
        Ok(())
    }

    /// As [`Stack::serve`], and it can be stopped and started again.
    fn serve_restartable(
        &mut self,
        name: &'static str,
        listener: TcpListener,
        router: Router,
    ) -> Result<RestartableServer, StartError> {
        let address = local_address(&listener)?;
        let unknown = |error| listen_error(LOOPBACK, &error);
        let (restartable, server) =
            RestartableServer::new(name, listener, router, self.stop_signal()).map_err(unknown)?;
        self.add_server(name, address, server);
        Ok(restartable)
    }
}

/// What the services gave back of which a presenter switches something.
struct Switched<'a> {
    provider: provider::State,
    provider_server: RestartableServer,
    payment: payments::Knobs,
    engine: &'a GameEngine,
    user: UserService,
    gateway: gateway::Knobs,
    release: &'a watch::Sender<String>,
}

/// What a presenter switches.
struct Demo {
    problems: Problems,
    faults: Faults,
    traffic: Traffic,
}

impl Demo {
    async fn new(
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
        let fault_knobs = FaultKnobs {
            provider: provider.clone(),
            provider_server,
            payments: payment.clone(),
            paytable: engine.paytable.clone(),
            gateway,
            sessions: user.sessions,
            services: services.clone(),
            moments: moments.clone(),
        };
        let knobs = Knobs {
            moments,
            missing_index: user.missing_index,
            slow_rng: engine.slow_rng.clone(),
            paytable: engine.paytable.clone(),
            payments: payment,
            provider,
            seeding: user.seeding.clone(),
            services,
        };
        let problems = Problems::new(knobs, release.subscribe());
        problems.bring_all(&config.problems).await?;
        problems.put_paytable(config.wrong_paytable);
        let written = user.seeding.clone();
        let target = TrafficTarget {
            origin: origin.to_owned(),
            launch_token: stack.token().to_owned(),
            frontend: frontend.clone(),
            accounts: Arc::new(move || written.read().done),
        };
        let surge = Surge::new(target.clone(), stack.stop_signal());
        let demo = Self {
            problems,
            faults: Faults::new(fault_knobs, surge),
            traffic: Traffic::new(target),
        };
        stack.is_switched_by(demo.problems.clone(), demo.faults.clone(), demo.traffic.clone());
        if let Some(wish) = config.traffic {
            stack.let_players_in(demo.traffic.clone(), wish, user.seeding);
        }
        Ok(demo)
    }
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
