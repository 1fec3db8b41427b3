//! Assembles a stack, with one function for each service. The types enforce the order, because each stage takes
//! what earlier stages return:
//!
//! 1. The listeners of all services behind the gateway, so that each service can be given the addresses of the
//!    others.
//! 2. The provider, payment-service, game-engine and user-service, each before the services that call it.
//! 3. The demo, on the knobs that the services returned. Faults get their states before anybody can spin.
//! 4. The collector's port, and last the gateway with the page's API, so that no request arrives before all of it
//!    is ready.

mod kit;
mod owner;
mod services;
mod switches;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use reelscope_api_gateway as gateway;
use reelscope_demo::players::TrafficTarget;
use reelscope_http::panicked;
use reelscope_payment_provider as provider;
use reelscope_payment_service as payments;
use reelscope_payment_service::provider::Deadlines;
use tokio::net::TcpListener;
use tokio::sync::watch;
use utoipa::openapi::OpenApi;

use self::kit::{Kit, Listeners, Services};
use self::switches::{Demo, Switched};
use crate::config::Config;
use crate::listen::listen_error;
use crate::notices::{Notices, SetAside};
use crate::servers::Servers;
use crate::settings::RELEASE;
use crate::stack::Stack;
use crate::start_error::StartError;
use crate::storage::Storage;

/// How long the payment-service waits for the provider.
const PROVIDER_DEADLINES: Deadlines = Deadlines {
    attempt: Duration::from_secs(10),
    overall: Duration::from_secs(13),
};
// Who waits for another waits longer, so that the answer that arrives is that of whoever knows the reason.
const _: () = assert!(
    PROVIDER_DEADLINES.attempt.as_millis() < PROVIDER_DEADLINES.overall.as_millis()
        && PROVIDER_DEADLINES.overall.as_millis() < gateway::upstream::SETTLEMENT.as_millis()
);

/// Starts everything behind `gateway_listener`, and then the gateway on it.
///
/// # Errors
/// [`StartError`]; closing the databases is then the caller's part.
// Long because it names every part once, in the order in which they start.
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
    let mut servers = Servers::new();

    let routes = kit.guarded(&listeners.provider, provider::router(provider.clone()))?;
    let provider_server = servers.serve_restartable("payment-provider", listeners.provider, routes)?;
    let payment_at = kit.address("user-service", "payment-service", &listeners.payment)?;
    let upstream = gateway::upstream::Addresses {
        user_service: kit.address("api-gateway", "user-service", &listeners.user)?,
        game_engine: kit.address("api-gateway", "game-engine", &listeners.game)?,
        payment_service: kit.address("api-gateway", "payment-service", &listeners.payment)?,
    };
    let payment = servers
        .start_payment_service(
            &kit,
            &services.payment,
            listeners.payment,
            payment_state.clone(),
            backlog,
            storage.wallets.clone(),
        )
        .await?;
    let engine = servers.start_game_engine(
        &kit,
        &services.engine,
        listeners.game,
        storage.rounds.clone(),
        config.seed,
    )?;
    let user = servers
        .start_user_service(
            &kit,
            &services.user,
            listeners.user,
            storage.players.clone(),
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
    let token = format!("{:032x}", rand::random::<u128>());
    let seeding = user.seeding.clone();
    let written = seeding.clone();
    let target = TrafficTarget {
        origin: format!("http://{listen}"),
        launch_token: token.clone(),
        frontend: services.frontend.clone(),
        accounts: Arc::new(move || written.read().done),
    };
    let switched = Switched {
        provider: provider.clone(),
        provider_server,
        payment,
        engine: &engine,
        user,
        gateway: gateway_knobs.clone(),
        release: &release,
        services: services.all(),
        collector: storage.collector.clone(),
    };
    let demo = Demo::new(&config, &mut servers, target, switched).await?;
    let turns = gateway::turns::Turns::default();
    let state = gateway::State {
        upstream: gateway::upstream::Upstream::new(kit.client(&services.front), upstream),
        tokens: gateway::auth::Tokens::new(&rand::random::<[u8; 32]>()),
        access: gateway::access::Access::new(&token, listen),
        limits: gateway::limits::RateLimits::new(config.rate),
        turns: turns.clone(),
        knobs: gateway_knobs,
        release: release.subscribe(),
    };
    let access = state.access.clone();
    let notices = kept_notices.unread().iter().map(SetAside::sentence).collect();
    // Without telemetry there are no traces to show and no faults to switch.
    let (owner, document, program) = match storage.collector.clone() {
        Some(collector) => {
            let api = servers
                .owner_api(
                    config,
                    collector,
                    demo.clone(),
                    services.all(),
                    kept_notices,
                    release,
                )
                .await?;
            let program = api.program.clone();
            let (owner, document) = api.mounted();
            (owner, document, Some(program))
        }
        None => (Router::new(), OpenApi::default(), None),
    };
    let routes = services.front.layer(gateway::router(state, document), panicked);
    let refused = access.refused();
    let routes = gateway::guarded(access, owner).fallback_service(routes);
    servers.serve("api-gateway", gateway_listener, routes)?;
    // The page asks for the figures of the paytable first, and computing them takes a moment, so this starts at
    // once.
    servers.tasks.spawn("enumeration of the paytable", async move {
        engine.state.enumerated().await;
    });
    Ok(Stack {
        token,
        notices,
        timings: kit.timings.clone(),
        provider,
        payments: payment_state,
        services: services.all(),
        storage,
        servers,
        turns,
        faults: demo.faults,
        traffic: demo.traffic,
        seeding,
        refused,
        program,
    })
}
