//! Measures what a hostile envelope does to the gateway.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use reelscope_stack::{Config, RunError, Stack, traces};
use serde::Serialize;

use super::client::{Client, Target};
use super::{PATIENCE, histogram_ms, micros};

/// Number of log entries in the hostile envelope; each names a trace of its own.
const HOSTILE: u64 = 676_000;
/// Interval between requests to the gateway.
const ASKED_EVERY: Duration = Duration::from_millis(10);

/// The effect of one envelope of log entries, each of a trace of its own, on requests to the gateway.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Hostile {
    /// Number of log entries.
    pub entries: u64,
    /// The gateway's slowest response until all entries are indexed, in milliseconds.
    pub slowest_ms: f64,
    /// The slowest response during one second before it, in milliseconds.
    pub slowest_before_ms: f64,
    /// Time until all entries are indexed, in seconds.
    pub indexed_s: f64,
}

pub(super) async fn hostile(dir: &Path) -> Result<Hostile, RunError> {
    let config = Config {
        players: Some(1_000),
        rate: None,
        ..Config::new(dir.to_owned())
    };
    let stack = Stack::start(config).await?;
    let measured = hostile_to(&stack).await;
    stack.shutdown().await?;
    measured
}

async fn hostile_to(stack: &Stack) -> Result<Hostile, RunError> {
    stack.seeded().await;
    let address = stack.address("collector").ok_or("there is no collector")?;
    let collector = stack.collector().ok_or("there is no collector")?;
    let key = collector.key().to_owned();
    let mut client = Client::to(&Target { address, key }).await?;
    let envelope = logs();
    let asked = Asked::of(format!("{}/api/v1/health", stack.origin()));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = asked.slowest();
    let began = Instant::now();
    client.send(&envelope).await?;
    // These requests make the index work, which otherwise leaves the cores to the gateway.
    while !collector.caught_up() {
        if began.elapsed() > PATIENCE {
            return Err("the index does not keep up".into());
        }
        traces::list(collector, 1).await?;
    }
    let indexed = began.elapsed();
    let slowest = asked.ended().await?;
    Ok(Hostile {
        entries: HOSTILE,
        slowest_ms: histogram_ms(slowest),
        slowest_before_ms: histogram_ms(before),
        indexed_s: indexed.as_secs_f64(),
    })
}

/// An envelope with as many log entries as one may have, each of a trace of its own.
fn logs() -> String {
    let entries: Vec<String> = (1..=HOSTILE)
        .map(|n| format!("{{\"trace_id\":\"{n:032x}\",\"body\":\"a\"}}"))
        .collect();
    let payload = format!("{{\"items\":[{}]}}", entries.join(","));
    let header = "application/vnd.sentry.items.log+json";
    format!(
        "{{}}\n{{\"type\":\"log\",\"item_count\":{HOSTILE},\"content_type\":\"{header}\",\"length\":{}}}\n{payload}\n",
        payload.len()
    )
}

/// A client that sends requests one after another.
struct Asked {
    slowest: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<Result<(), String>>,
}

impl Asked {
    fn of(url: String) -> Self {
        let (slowest, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let (longest, ended) = (Arc::clone(&slowest), Arc::clone(&over));
        let task = tokio::spawn(async move {
            let told = |error: reqwest::Error| error.to_string();
            let http = reqwest::Client::builder().no_proxy().build().map_err(told)?;
            while !ended.load(Ordering::Relaxed) {
                let began = Instant::now();
                http.get(&url)
                    .send()
                    .await
                    .map_err(told)?
                    .bytes()
                    .await
                    .map_err(told)?;
                longest.fetch_max(micros(began.elapsed()), Ordering::Relaxed);
                tokio::time::sleep(ASKED_EVERY).await;
            }
            Ok(())
        });
        Self { slowest, over, task }
    }

    /// Returns the slowest response since the last call, in microseconds.
    fn slowest(&self) -> u64 {
        self.slowest.swap(0, Ordering::Relaxed)
    }

    async fn ended(self) -> Result<u64, String> {
        self.over.store(true, Ordering::Relaxed);
        self.task.await.map_err(|error| error.to_string())??;
        Ok(self.slowest.load(Ordering::Relaxed))
    }
}
