//! What the collector bears: envelopes from eight clients beside the bare disk, how soon they are seen, what a hostile one
//! does to the gateway, and what a million spans cost whoever starts and asks. Load and collector share the cores.

mod client;
mod hostile;
mod ingest;
mod kept;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use hostile::Hostile;
use ingest::{Ingest, Seen};
use kept::Stored;

/// How long an answer, or the index for all of it, may take.
const PATIENCE: Duration = Duration::from_secs(180);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// What was measured.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    /// See [`Ingest`].
    pub ingest: Ingest,
    /// See [`Seen`].
    pub seen: Seen,
    /// See [`Hostile`].
    pub hostile: Hostile,
    /// See [`Stored`].
    pub kept: Stored,
}

/// Measures in `dir`, which has to be new, and `beside` another endpoint; `program` is this program, and `next` is told what
/// is measured next.
///
/// # Errors
/// A sentence.
pub(crate) async fn run(
    dir: &Path,
    program: &Path,
    beside: Option<SocketAddr>,
    next: impl Fn(&str),
) -> Result<Report, String> {
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
