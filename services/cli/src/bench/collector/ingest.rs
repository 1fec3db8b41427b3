//! Measures how many envelopes the collector takes in a second, and how soon they are seen.

use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use reelscope_collector::Collector;
use reelscope_stack::{RunError, traces};
use serde::Serialize;
use tokio::task::JoinSet;

use super::client::{CLIENTS, Client, Door, Target, sent, trace_id, transaction};
use super::{LOOK_AGAIN, PATIENCE, histogram_ms, milliseconds, per_second};

/// Time for which the bare disk, and then the collector, is measured.
const MEASURED_FOR: Duration = Duration::from_secs(5);
/// Rate of envelopes per second while their visibility is measured.
const WATCHED_PER_S: u64 = 3_000;
/// One of this many envelopes is looked for.
const LOOKED_FOR: u64 = 300;

/// Transactions of six spans from eight clients; each is answered once it is on the disk.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Ingest {
    /// Size of one envelope in bytes.
    pub envelope_bytes: usize,
    /// Envelopes answered per second.
    pub per_s: f64,
    /// Appends of the same size to a file per second, each with a sync of its own.
    pub bare_per_s: f64,
    /// `per_s` divided by `bare_per_s`.
    pub ratio: f64,
    /// The slowest response, in milliseconds.
    pub slowest_ms: f64,
    /// The same load on another endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beside: Option<Beside>,
}

/// The rate of another endpoint of Sentry's protocol, which may keep envelopes in memory only.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Beside {
    /// Envelopes answered per second.
    pub per_s: f64,
}

/// Time from the response until the viewer shows an envelope.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Seen {
    /// Envelopes answered per second.
    pub per_s: f64,
    /// Median, in milliseconds.
    pub p50_ms: f64,
    /// The slowest, in milliseconds.
    pub slowest_ms: f64,
}

pub(super) async fn ingest(dir: &Path) -> Result<Ingest, RunError> {
    let envelope = transaction(1, 1);
    let bytes = envelope.len();
    let file = dir.join("bare");
    let bare = tokio::task::spawn_blocking(move || bare(&file, envelope.as_bytes()));
    let bare_per_s = bare
        .await
        .map_err(|error| error.to_string())?
        .map_err(|error| error.to_string())?;
    let door = Door::open(&dir.join("ingest")).await?;
    let began = Instant::now();
    let latency = sent(&door.target, 1, move |_| began.elapsed() >= MEASURED_FOR).await?;
    let per_s = per_second(latency.len(), began.elapsed());
    door.collector.shutdown().await;
    Ok(Ingest {
        envelope_bytes: bytes,
        per_s,
        bare_per_s,
        ratio: per_s / bare_per_s,
        slowest_ms: histogram_ms(latency.max()),
        beside: None,
    })
}

pub(super) async fn to_another(address: SocketAddr) -> Result<Beside, String> {
    let key = "0".repeat(32);
    let began = Instant::now();
    let enough = move |_| began.elapsed() >= MEASURED_FOR;
    let latency = sent(&Target { address, key }, 1, enough).await?;
    Ok(Beside {
        per_s: per_second(latency.len(), began.elapsed()),
    })
}

/// Appends `bytes` with a sync each, as often as possible; returns the rate per second.
fn bare(file: &Path, bytes: &[u8]) -> std::io::Result<f64> {
    let mut file = File::create(file)?;
    let (began, mut count) = (Instant::now(), 0);
    while began.elapsed() < MEASURED_FOR {
        file.write_all(bytes)?;
        file.sync_data()?;
        count += 1;
    }
    Ok(per_second(count, began.elapsed()))
}

pub(super) async fn seen(dir: &Path) -> Result<Seen, RunError> {
    const RUN: u64 = 2;
    let door = Door::open(dir).await?;
    let began = Instant::now();
    let paced = Arc::new(AtomicU64::new(0));
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let (mut client, paced, collector) = (
            Client::to(&door.target).await?,
            Arc::clone(&paced),
            door.collector.clone(),
        );
        clients.spawn(async move {
            let mut seen = Vec::new();
            loop {
                let number = paced.fetch_add(1, Ordering::Relaxed);
                let due = Duration::from_secs(1) * u32::try_from(number).unwrap_or(u32::MAX)
                    / u32::try_from(WATCHED_PER_S).unwrap_or(1);
                if due >= MEASURED_FOR {
                    return Ok::<_, String>(seen);
                }
                tokio::time::sleep(due.saturating_sub(began.elapsed())).await;
                client.send(&transaction(RUN, number)).await?;
                if number % LOOKED_FOR == 0 {
                    let (answered, collector) = (Instant::now(), collector.clone());
                    seen.push(tokio::spawn(async move {
                        is_seen(&collector, &trace_id(RUN, number)).await?;
                        Ok::<_, String>(answered.elapsed())
                    }));
                }
            }
        });
    }
    let mut times = Vec::new();
    let mut spent = Duration::ZERO;
    while let Some(client) = clients.join_next().await {
        let looked = client.map_err(|error| error.to_string())??;
        spent = began.elapsed();
        for seen in looked {
            times.push(seen.await.map_err(|error| error.to_string())??);
        }
    }
    door.collector.shutdown().await;
    times.sort_unstable();
    let count = paced.load(Ordering::Relaxed).saturating_sub(CLIENTS);
    Ok(Seen {
        per_s: per_second(count, spent),
        p50_ms: milliseconds(times.get(times.len() / 2).copied().unwrap_or_default()),
        slowest_ms: milliseconds(times.last().copied().unwrap_or_default()),
    })
}

/// Waits until the viewer answers with a trace.
async fn is_seen(collector: &Collector, trace: &str) -> Result<(), String> {
    let began = Instant::now();
    while traces::one(collector, trace).await.is_err() {
        if began.elapsed() > PATIENCE {
            return Err("an envelope is never seen".to_owned());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Ok(())
}
