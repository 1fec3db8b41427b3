//! What a stack runs: servers, each under its name, and the tasks beside them.

use std::net::SocketAddr;

use axum::Router;
use reelscope_demo::restartable_server::RestartableServer;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::listen::{LOOPBACK, listen_error, local_address};
use crate::start_error::StartError;
use crate::streams;
use crate::supervised::Tasks;

/// The servers and tasks of a stack. Dropping them aborts them.
pub(crate) struct Servers {
    addresses: Vec<(&'static str, SocketAddr)>,
    stop: DropGuard,
    servers: JoinSet<Result<(), String>>,
    /// Tasks that run until the stop.
    pub(crate) tasks: Tasks,
}

impl Servers {
    pub(crate) fn new() -> Self {
        Self {
            addresses: Vec::new(),
            stop: CancellationToken::new().drop_guard(),
            servers: JoinSet::new(),
            tasks: Tasks::new(),
        }
    }

    /// Serves `routes` until the stop.
    pub(crate) fn serve(
        &mut self,
        name: &'static str,
        listener: TcpListener,
        routes: Router,
    ) -> Result<(), StartError> {
        self.addresses.push((name, local_address(&listener)?));
        let server = streams::served(name, listener, routes, self.stop_signal());
        self.servers.spawn(server);
        Ok(())
    }

    /// Works as [`Servers::serve`], with a server that can be stopped and started.
    pub(crate) fn serve_restartable(
        &mut self,
        name: &'static str,
        listener: TcpListener,
        routes: Router,
    ) -> Result<RestartableServer, StartError> {
        self.addresses.push((name, local_address(&listener)?));
        let unknown = |error| listen_error(LOOPBACK, &error);
        let (restartable, server) =
            RestartableServer::new(name, listener, routes, self.stop_signal()).map_err(unknown)?;
        self.servers.spawn(server);
        Ok(restartable)
    }

    /// Runs work of a service that ends by itself after the stop; the stop waits for it as for a server.
    pub(crate) fn run_until_stopped(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.servers.spawn(async move {
            work.await;
            Ok(())
        });
    }

    /// Name and address of every server, in the order of their start.
    pub(crate) fn addresses(&self) -> &[(&'static str, SocketAddr)] {
        &self.addresses
    }

    /// Cancelled when the servers are to stop, or are dropped.
    pub(crate) fn stop_signal(&self) -> CancellationToken {
        self.stop.token().clone()
    }

    /// Waits for a failure of a server or a task that the stack cannot run without, and returns a sentence about
    /// it.
    pub(crate) async fn failed(&mut self) -> String {
        tokio::select! {
            ended = self.servers.join_next() => match ended {
                Some(Ok(Err(words))) => words,
                Some(Err(error)) => format!("a server met a defect: {error}"),
                Some(Ok(Ok(()))) | None => "a server stopped by itself".to_owned(),
            },
            words = self.tasks.failed() => words,
        }
    }

    /// Tells the servers to stop and waits until every request has been answered.
    pub(crate) async fn drain(&mut self) {
        self.stop.token().cancel();
        while self.servers.join_next().await.is_some() {}
    }

    /// Ends the servers, whatever they are doing, and then the tasks.
    pub(crate) async fn end(&mut self) {
        self.stop.token().cancel();
        self.servers.shutdown().await;
        self.tasks.stop().await;
    }
}
