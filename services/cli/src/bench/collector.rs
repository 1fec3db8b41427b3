//! Measures the collector: envelopes from eight clients compared with the bare disk, how soon they are seen, what a
//! hostile envelope does to the gateway, and what a million stored spans cost at the start and in requests. Load
//! and collector share the cores.

mod client;
mod hostile;
mod ingest;
mod kept;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use reelscope_stack::RunError;
use serde::Serialize;

use hostile::Hostile;
use ingest::{Ingest, Seen};
use kept::Stored;

/// Limit of waiting for a response, or for the index to catch up.
const PATIENCE: Duration = Duration::from_secs(180);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// The measurements.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    /// How many envelopes the collector takes.
    pub ingest: Ingest,
    /// How soon they are seen.
    pub seen: Seen,
    /// What a hostile envelope does to the gateway.
    pub hostile: Hostile,
    /// What stored spans cost.
    pub kept: Stored,
}

/// Measures in the new directory `dir`, and sends the same to the endpoint `beside`. `program` is the path of this
/// program. `next` receives the name of each measurement before it begins.
///
/// # Errors
/// A collector or a stack could not be started, or a measurement failed.
pub(crate) async fn run(
    dir: &Path,
    program: &Path,
    beside: Option<SocketAddr>,
    next: impl Fn(&str),
) -> Result<Report, RunError> {
    let told = |error: std::io::Error| error.to_string();
    std::fs::create_dir_all(dir).map_err(told)?;
    next("the bare disk, then envelopes from eight clients");
    let mut ingest = ingest::ingest(dir).await?;
    if let Some(address) = beside {
        next("the same to the other endpoint");
        ingest.beside = Some(ingest::to_another(address).await?);
    }
    next("how soon they are seen");
    let seen = ingest::seen(&dir.join("seen")).await?;
    next("a hostile envelope");
    let hostile = hostile::hostile(&dir.join("hostile")).await?;
    next("a million spans");
    let kept = kept::kept(&dir.join("kept"), &dir.join("empty"), program).await?;
    Ok(Report {
        ingest,
        seen,
        hostile,
        kept,
    })
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn milliseconds(time: Duration) -> f64 {
    1e3 * time.as_secs_f64()
}

#[allow(clippy::cast_precision_loss)] // far below 2^53
fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

#[allow(clippy::cast_precision_loss)] // far below 2^53
fn histogram_ms(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}
