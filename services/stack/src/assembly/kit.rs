//! What every service gets: listener, telemetry, and the secret of the launch.

use axum::Router;
use reelscope_collector::Collector;
use reelscope_http::{SERVICE_TOKEN_HEADER, ServiceToken};
use reelscope_telemetry::{Client, Reporting, Service, Timings};
use tokio::net::TcpListener;

use crate::config::{Config, Network};
use crate::listen::{LOOPBACK, bind, local_address, url};
use crate::start_error::StartError;

/// The listeners of the services behind the gateway.
pub(super) struct Listeners {
    pub(super) user: TcpListener,
    pub(super) game: TcpListener,
    pub(super) payment: TcpListener,
    pub(super) provider: TcpListener,
}

impl Listeners {
    pub(super) async fn bind() -> Result<Self, StartError> {
        Ok(Self {
            user: bind(LOOPBACK).await?,
            game: bind(LOOPBACK).await?,
            payment: bind(LOOPBACK).await?,
            provider: bind(LOOPBACK).await?,
        })
    }
}

/// What every service gets.
pub(super) struct Kit {
    /// The secret in every call between services.
    pub(super) token: ServiceToken,
    pub(super) timings: Timings,
    pub(super) reporting: Option<Reporting>,
    pub(super) network: Network,
}

impl Kit {
    pub(super) fn new(config: &Config, collector: Option<&Collector>) -> Result<Self, StartError> {
        let reporting = match collector.zip(config.settings.as_ref()) {
            Some((collector, settings)) => {
                collector.configure(settings.destinations()?);
                collector.set_scrubbing(settings.scrubbing);
                Some(settings.reporting(collector))
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

    pub(super) fn service(&self, name: &'static str) -> Service {
        match &self.reporting {
            Some(reporting) => Service::reporting(name, self.timings.clone(), reporting.clone()),
            None => Service::new(name, self.timings.clone()),
        }
    }

    /// Returns the client with which `service` calls other services.
    pub(super) fn client(&self, service: &Service) -> Client {
        let client = service.client();
        match self.token.header() {
            Some(value) => client.with_header(SERVICE_TOKEN_HEADER, value),
            None => client,
        }
    }

    /// Guards `routes`, so that they answer other services only.
    pub(super) fn guarded(&self, listener: &TcpListener, routes: Router) -> Result<Router, StartError> {
        Ok(self.token.clone().guard(local_address(listener)?, routes))
    }

    /// Returns the address at which `caller` reaches `callee`.
    pub(super) fn address(
        &self,
        caller: &'static str,
        callee: &'static str,
        listener: &TcpListener,
    ) -> Result<String, StartError> {
        Ok(self.network.route(caller, callee, &url(listener)?))
    }
}

/// The telemetry handle of each service.
pub(super) struct Services {
    pub(super) frontend: Service,
    pub(super) payment: Service,
    pub(super) engine: Service,
    pub(super) user: Service,
    pub(super) front: Service,
}

impl Services {
    pub(super) fn new(kit: &Kit) -> Self {
        Self {
            frontend: kit.service("frontend"),
            payment: kit.service("payment-service"),
            engine: kit.service("game-engine"),
            user: kit.service("user-service"),
            front: kit.service("api-gateway"),
        }
    }

    pub(super) fn all(&self) -> Vec<Service> {
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
