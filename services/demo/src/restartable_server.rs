//! A server that can be stopped and started on the same port while everything else runs.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// How long idle connections have to close after the listener, so that none of them carries the next request. Requests
/// under way get no more time, because under load there are always some, as slow as the provider.
const IDLE_CLOSED_WITHIN: Duration = Duration::from_millis(100);

/// Stops and starts a server. While it is stopped nothing listens on its port, and the operating system refuses
/// connections: the span `External payment provider API` of a spin ends at once, an issue has `provider.code:
/// unreachable`, and the stake is returned. Clones control the same server.
#[derive(Clone)]
pub struct RestartableServer {
    orders: mpsc::Sender<Order>,
}

struct Order {
    running: bool,
    done: oneshot::Sender<Result<(), String>>,
}

impl RestartableServer {
    /// Creates a started server and the future that runs it, until `stop` is cancelled.
    pub fn new(
        name: &'static str,
        listener: TcpListener,
        router: Router,
        stop: CancellationToken,
    ) -> io::Result<(Self, impl Future<Output = Result<(), String>> + Send)> {
        let address = listener.local_addr()?;
        let (orders, taken) = mpsc::channel(1);
        let server = Server {
            name,
            address,
            router,
            orders: taken,
            stop,
        };
        Ok((Self { orders }, server.run(listener)))
    }

    /// Starts or stops the server, and returns when this is done. Dropping the future does not interrupt it.
    ///
    /// # Errors
    /// The error of the operating system when the port cannot be bound again; the server stays stopped then.
    pub async fn set_running(&self, running: bool) -> Result<(), String> {
        let (done, told) = oneshot::channel();
        let stopped = || "its server has stopped".to_owned();
        let order = Order { running, done };
        self.orders.send(order).await.map_err(|_| stopped())?;
        told.await.unwrap_or_else(|_| Err(stopped()))
    }
}

struct Server {
    name: &'static str,
    address: SocketAddr,
    router: Router,
    orders: mpsc::Receiver<Order>,
    stop: CancellationToken,
}

impl Server {
    async fn run(mut self, first: TcpListener) -> Result<(), String> {
        let mut listener = first;
        loop {
            let Some(done) = self.serve(listener).await? else {
                return Ok(());
            };
            // The caller may have dropped the future.
            let _ = done.send(Ok(()));
            let Some(opened) = self.stopped_until_told().await else {
                return Ok(());
            };
            listener = opened;
        }
    }

    /// Serves until an order to stop arrives; returns `None` when the whole stack stops.
    async fn serve(
        &mut self,
        listener: TcpListener,
    ) -> Result<Option<oneshot::Sender<Result<(), String>>>, String> {
        let close = self.stop.child_token();
        let closed = close.clone().cancelled_owned();
        let serving = axum::serve(listener, self.router.clone()).with_graceful_shutdown(closed);
        let mut serving = pin!(serving.into_future());
        let done = loop {
            tokio::select! {
                served = &mut serving => {
                    return served
                        .map(|()| None)
                        .map_err(|error| format!("{} stopped: {error}", self.name));
                }
                Some(Order { running, done }) = self.orders.recv() => {
                    if !running {
                        break done;
                    }
                    let _ = done.send(Ok(()));
                }
            }
        };
        // The listener closes first, then each connection after its current request.
        close.cancel();
        let _ = tokio::time::timeout(IDLE_CLOSED_WITHIN, serving).await;
        Ok(Some(done))
    }

    /// Waits for an order to start and binds the port; returns `None` when the whole stack stops.
    async fn stopped_until_told(&mut self) -> Option<TcpListener> {
        loop {
            let order = tokio::select! {
                () = self.stop.cancelled() => return None,
                order = self.orders.recv() => order?,
            };
            if !order.running {
                let _ = order.done.send(Ok(()));
                continue;
            }
            match TcpListener::bind(self.address).await {
                Ok(listener) => {
                    let _ = order.done.send(Ok(()));
                    return Some(listener);
                }
                Err(error) => {
                    let _ = order.done.send(Err(error.to_string()));
                }
            }
        }
    }
}
