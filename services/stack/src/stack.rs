//! A running stack and its accessors. [`start`](crate::start) has its start, [`stop`](crate::stop) its stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reelscope_api_gateway::turns::Turns;
use reelscope_collector::{Collector, ingest_dsn};
use reelscope_demo::faults::Faults;
use reelscope_demo::program::Program;
use reelscope_demo::traffic::TrafficControl;
use reelscope_payment_provider as provider;
use reelscope_payment_service as payments;
use reelscope_store::WriteStats;
use reelscope_telemetry::{Service, Timings};
use reelscope_user_service::seeding::Progress;
use tokio::sync::Notify;

use crate::servers::Servers;
use crate::storage::Storage;

/// Interval of checking whether the players are written, or the last spins have ended.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A running stack. Dropping it aborts its tasks; [`Stack::shutdown`] lets requests end first.
pub struct Stack {
    pub(crate) token: String,
    pub(crate) notices: Vec<String>,
    pub(crate) timings: Timings,
    pub(crate) provider: provider::State,
    pub(crate) payments: payments::State,
    pub(crate) storage: Storage,
    pub(crate) services: Vec<Service>,
    pub(crate) servers: Servers,
    pub(crate) turns: Turns,
    pub(crate) faults: Faults,
    pub(crate) traffic: TrafficControl,
    pub(crate) seeding: Progress,
    pub(crate) refused: Arc<Notify>,
    /// `None` without telemetry, whose cost is then not measured.
    pub(crate) program: Option<Program>,
}

impl Stack {
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

    /// Name and address of every server, in the order of their start: the gateway last.
    #[must_use]
    pub fn addresses(&self) -> &[(&'static str, SocketAddr)] {
        self.servers.addresses()
    }

    /// Address of the server with this name.
    #[must_use]
    pub fn address(&self, name: &str) -> Option<SocketAddr> {
        self.addresses()
            .iter()
            .find(|(service, _)| *service == name)
            .map(|(_, address)| *address)
    }

    /// DSN of the built-in collector, for any Sentry SDK; `None` without telemetry.
    #[must_use]
    pub fn collector_dsn(&self) -> Option<String> {
        let address = self.address("collector")?;
        self.collector().map(|collector| ingest_dsn(collector, address))
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
        if let Err(error) = flushed.await {
            tracing::error!(%error, "what the services hold could not be sent to the collector");
        }
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
        while !self.seeding.is_complete() {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// The virtual players.
    #[must_use]
    pub fn traffic(&self) -> &TrafficControl {
        &self.traffic
    }

    /// The faults of the demo.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
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
            words = self.servers.failed() => words,
        }
    }
}
