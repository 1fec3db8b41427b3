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

use std::time::Duration;

use axum::Router;
use reelscope_api_gateway as gateway;
use reelscope_contracts::http::panicked;
use reelscope_demo::restartable_server::RestartableServer;
use reelscope_payment_provider as provider;
use reelscope_payment_service as payments;
use reelscope_payment_service::provider::Deadlines;
use tokio::net::TcpListener;
use tokio::sync::watch;
use utoipa::openapi::OpenApi;

use self::kit::{Kit, Listeners, Services};
use self::switches::{Demo, Switched};
use crate::config::Config;
use crate::listen::{LOOPBACK, listen_error, local_address};
use crate::notices::{Notices, SetAside};
use crate::settings::RELEASE;
use crate::start::{Parts, Stack};
use crate::start_error::StartError;
use crate::storage::Storage;
use crate::streams;

/// How long the payment-service waits for the provider: less than the gateway waits for the payment-service, which
/// is 15 s.
const PROVIDER_DEADLINES: Deadlines = Deadlines {
    attempt: Duration::from_secs(10),
    overall: Duration::from_secs(13),
};

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
    let mut stack = Stack::of(Parts {
        notices: kept_notices.unread().iter().map(SetAside::sentence).collect(),
        timings: kit.timings.clone(),
        provider: provider.clone(),
        payments: payment_state.clone(),
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
        limits: gateway::limits::RateLimits::new(config.rate),
        turns: stack.turns(),
        knobs: gateway_knobs,
        release: release.subscribe(),
    };
    let access = state.access.clone();
    stack.hear_refusals(access.refused());
    // Without telemetry there are no traces to show and no faults to switch.
    let (owner, document) = match storage.collector {
        Some(collector) => stack
            .owner_api(config, collector, demo, kept_notices, release)
            .await?
            .mounted(),
        None => (Router::new(), OpenApi::default()),
    };
    let routes = services.front.layer(gateway::router(state, document), panicked);
    let routes = gateway::guarded(access, owner).fallback_service(routes);
    stack.serve("api-gateway", gateway_listener, routes)?;
    // The page asks for the figures of the paytable first, and computing them takes a moment, so this starts at
    // once.
    stack
        .background()
        .spawn("enumeration of the paytable", async move {
            engine.state.enumerated().await;
        });
    Ok(stack)
}

impl Stack {
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

    /// Works as [`Stack::serve`], with a server that can be stopped and started.
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
