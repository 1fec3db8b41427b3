//! Clients that send envelopes as SDKs do, each on one kept-alive connection.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use hdrhistogram::Histogram;
use reelscope_collector::{Collector, Options, ingest_router};
use reelscope_stack::{RunError, StartError, traces};
use reelscope_telemetry::{latencies, record_latency};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::PATIENCE;

/// Number of clients that send at the same time; each sends one envelope after another.
pub(super) const CLIENTS: u64 = 8;
/// Number of spans in each transaction, including its own.
pub(super) const SPANS: u64 = 6;
/// One of this many transactions comes with an error.
const ERRORS: u64 = 1_000;

/// Address and key of an endpoint.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) address: SocketAddr,
    pub(super) key: String,
}

/// A collector with a port of its own.
pub(super) struct Door {
    pub(super) collector: Collector,
    pub(super) target: Target,
}

impl Door {
    pub(super) async fn open(dir: &Path) -> Result<Self, RunError> {
        let (collector, _) = Collector::open(dir, Options::standard()).map_err(StartError::from)?;
        let told = |error: std::io::Error| error.to_string();
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(told)?;
        let address = listener.local_addr().map_err(told)?;
        let routes = ingest_router(collector.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let key = collector.key().to_owned();
        Ok(Self {
            collector,
            target: Target { address, key },
        })
    }

    pub(super) async fn caught_up(&self) -> Result<(), String> {
        if traces::caught_up(&self.collector, PATIENCE).await {
            Ok(())
        } else {
            Err("the index does not keep up".to_owned())
        }
    }
}

/// A client with a kept-alive connection.
pub(super) struct Client {
    stream: BufReader<TcpStream>,
    head: String,
    line: String,
}

impl Client {
    pub(super) async fn to(Target { address, key }: &Target) -> Result<Self, String> {
        let stream = TcpStream::connect(address)
            .await
            .map_err(|error| error.to_string())?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        let head = format!(
            "POST /api/1/envelope/ HTTP/1.1\r\nHost: {address}\r\nX-Sentry-Auth: Sentry sentry_key={key}\r\n\
             Content-Type: application/x-sentry-envelope\r\nContent-Length: "
        );
        Ok(Self {
            stream: BufReader::new(stream),
            head,
            line: String::new(),
        })
    }

    /// Sends an envelope and waits for the response.
    pub(super) async fn send(&mut self, envelope: &str) -> Result<(), String> {
        let request = format!("{}{}\r\n\r\n{envelope}", self.head, envelope.len());
        let answered = async {
            self.stream.write_all(request.as_bytes()).await?;
            let mut status = String::new();
            self.stream.read_line(&mut status).await?;
            let (mut length, mut is_chunked) = (0, false);
            loop {
                self.line.clear();
                if self.stream.read_line(&mut self.line).await? <= 2 {
                    break;
                }
                let header = self.line.to_ascii_lowercase();
                if let Some(bytes) = header.strip_prefix("content-length:") {
                    length = bytes.trim().parse().unwrap_or(0);
                }
                is_chunked |= header.starts_with("transfer-encoding:");
            }
            // A chunked response without a body ends with an empty chunk.
            if is_chunked {
                length = "0\r\n\r\n".len();
            }
            let mut body = vec![0; length];
            self.stream.read_exact(&mut body).await?;
            Ok::<_, std::io::Error>((status, body))
        };
        let answered = tokio::time::timeout(PATIENCE, answered).await;
        let (status, body) = answered
            .map_err(|_| "an envelope is not answered".to_owned())?
            .map_err(|error| error.to_string())?;
        if status.contains(" 200 ") {
            return Ok(());
        }
        let why = String::from_utf8_lossy(&body);
        Err(format!("an envelope was refused: {} {why}", status.trim()))
    }
}

/// Seconds since the Unix epoch, Sentry's format of times.
#[allow(clippy::cast_precision_loss)] // to the microsecond until 2255
fn seconds_now() -> f64 {
    reelscope_contracts::now() as f64 / 1_000.0
}

/// Returns the id of a trace.
pub(super) fn trace_id(run: u64, number: u64) -> String {
    format!("{run:016x}{:016x}", number + 1)
}

/// Returns an envelope with a transaction of six spans.
pub(super) fn transaction(run: u64, number: u64) -> String {
    let (trace, end) = (trace_id(run, number), seconds_now());
    let span = |n: u64| format!("{:016x}", (number + 1) * SPANS + n);
    let rare = if number == 0 { ",\"bench.first\":1" } else { "" };
    let children: Vec<String> = (1..SPANS)
        .map(|n| {
            format!(
                "{{\"trace_id\":\"{trace}\",\"span_id\":\"{}\",\"parent_span_id\":\"{}\",\"op\":\"db.query\",\
                 \"description\":\"SELECT * FROM orders WHERE customer = ?\",\"start_timestamp\":{:.6},\
                 \"timestamp\":{:.6},\"data\":{{\"db.system\":\"postgresql\",\"db.rows\":{n}{rare}}}}}",
                span(n),
                span(0),
                end - 0.020,
                end - 0.010,
            )
        })
        .collect();
    let payload = format!(
        "{{\"type\":\"transaction\",\"transaction\":\"GET /orders/{{id}}\",\"start_timestamp\":{:.6},\
         \"timestamp\":{end:.6},\"release\":\"shop@2.4.1\",\"environment\":\"production\",\"tags\":{{\"service\":\"shop\"}},\
         \"contexts\":{{\"trace\":{{\"trace_id\":\"{trace}\",\"span_id\":\"{}\",\"op\":\"http.server\",\"status\":\"ok\"}}}},\
         \"spans\":[{}]}}",
        end - 0.050,
        span(0),
        children.join(",")
    );
    envelope("transaction", &trace, &payload)
}

/// Returns an envelope with an error of the transaction with this number.
fn error(run: u64, number: u64) -> String {
    let trace = trace_id(run, number);
    let payload = format!(
        "{{\"level\":\"error\",\"exception\":{{\"values\":[{{\"type\":\"OutOfStock\",\"value\":\"nothing left\"}}]}},\
         \"tags\":{{\"service\":\"shop\"}},\"contexts\":{{\"trace\":{{\"trace_id\":\"{trace}\",\"span_id\":\"{:016x}\"}}}}}}",
        (number + 1) * SPANS
    );
    envelope("event", &trace_id(run + ERRORS, number), &payload)
}

fn envelope(kind: &str, event_id: &str, payload: &str) -> String {
    format!(
        "{{\"event_id\":\"{event_id}\"}}\n{{\"type\":\"{kind}\",\"length\":{}}}\n{payload}\n",
        payload.len()
    )
}

/// Sends from eight clients until `enough` returns true for the number of sent envelopes. Returns their number and
/// the latency of each, in microseconds.
pub(super) async fn sent(
    target: &Target,
    run: u64,
    enough: impl Fn(u64) -> bool + Clone + Send + 'static,
) -> Result<Histogram<u64>, String> {
    let numbers = Arc::new(AtomicU64::new(0));
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let (mut client, numbers, enough) = (Client::to(target).await?, Arc::clone(&numbers), enough.clone());
        clients.spawn(async move {
            let mut latency = latencies();
            loop {
                let number = numbers.fetch_add(1, Ordering::Relaxed);
                if enough(number) {
                    return Ok::<_, String>(latency);
                }
                let began = Instant::now();
                client.send(&transaction(run, number)).await?;
                record_latency(&mut latency, began.elapsed());
                if number.is_multiple_of(ERRORS) {
                    client.send(&error(run, number)).await?;
                }
            }
        });
    }
    let mut all = latencies();
    while let Some(client) = clients.join_next().await {
        let latency = client.map_err(|error| error.to_string())??;
        all.add(latency).map_err(|error| error.to_string())?;
    }
    Ok(all)
}
