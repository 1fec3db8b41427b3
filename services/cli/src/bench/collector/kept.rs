//! Measures what a million stored spans cost at the start and in requests.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use reelscope_page_api::telemetry::nearest_rank;
use reelscope_stack::{RunError, telemetry_dir};
use reelscope_telemetry::resident_bytes;
use serde::Serialize;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};

use super::client::{Door, SPANS, sent, trace_id};
use super::milliseconds;

/// Number of stored transactions, for a million spans.
const KEPT: u64 = 1_000_000 / SPANS + 1;
/// Number of starts and requests; the median counts.
const TIMES: usize = 5;

/// A program with a million stored spans, and one with none.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Stored {
    /// Number of stored spans.
    pub spans: u64,
    /// Size of the file in bytes.
    pub file_bytes: u64,
    /// Time from the start to the ready line, in milliseconds.
    pub start_ms: f64,
    /// The same of the program without spans, in milliseconds.
    pub empty_start_ms: f64,
    /// Time of the newest 50 traces, in milliseconds.
    pub list_ms: f64,
    /// Time of one trace, in milliseconds.
    pub trace_ms: f64,
    /// Time of one issue, in milliseconds.
    pub issue_ms: f64,
    /// Time of the traces with an attribute that only the first one has, in milliseconds.
    pub filter_ms: f64,
    /// Resident memory after these requests, in bytes; `None` where the system does not report it.
    pub memory_bytes: Option<u64>,
    /// The same of the program without spans, in bytes.
    pub empty_memory_bytes: Option<u64>,
}

pub(super) async fn kept(full: &Path, empty: &Path, program: &Path) -> Result<Stored, RunError> {
    const RUN: u64 = 3;
    let door = Door::open(&telemetry_dir(full)).await?;
    sent(&door.target, RUN, |number| number >= KEPT).await?;
    door.caught_up().await?;
    door.collector.shutdown().await;
    let file = std::fs::metadata(telemetry_dir(full).join("telemetry.sqlite"));
    let file_bytes = file.map_err(|error| error.to_string())?.len();
    // The first start of a directory writes wallets and players, so it is not measured.
    let (mut starts, mut empty_starts) = (Vec::new(), Vec::new());
    for time in 0..=TIMES {
        for (dir, starts) in [(full, &mut starts), (empty, &mut empty_starts)] {
            let started = Started::of(program, dir).await?;
            if time > 0 {
                starts.push(started.after);
            }
            started.stop().await?;
        }
    }
    let one = format!("/traces/{}", trace_id(RUN, KEPT / 2));
    let started = Started::of(program, full).await?;
    let issues = started.ask("/issues").await?;
    let issue = issues["issues"][0]["issue_id"]
        .as_str()
        .ok_or("no issue is kept")?;
    let list_ms = started.median("/traces?limit=50").await?;
    let trace_ms = started.median(&one).await?;
    let issue_ms = started.median(&format!("/issues/{issue}")).await?;
    let found = started.ask("/traces?attribute=bench.first%3D1").await?;
    if found["traces"].as_array().map(Vec::len) != Some(1) {
        return Err("the filter does not find the one trace".into());
    }
    let filter_ms = started.median("/traces?attribute=bench.first%3D1").await?;
    let memory_bytes = started.process.id().and_then(resident_bytes);
    started.stop().await?;
    let started = Started::of(program, empty).await?;
    for path in ["/issues", "/traces?limit=50", "/traces?attribute=bench.first%3D1"] {
        started.median(path).await?;
    }
    let empty_memory_bytes = started.process.id().and_then(resident_bytes);
    started.stop().await?;
    Ok(Stored {
        spans: KEPT * SPANS,
        file_bytes,
        start_ms: median(&mut starts),
        empty_start_ms: median(&mut empty_starts),
        list_ms,
        trace_ms,
        issue_ms,
        filter_ms,
        memory_bytes,
        empty_memory_bytes,
    })
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    milliseconds(nearest_rank(times, 50))
}

/// A running `serve` in a process of its own.
struct Started {
    process: tokio::process::Child,
    /// Time from the start to the ready line.
    after: Duration,
    http: reqwest::Client,
    origin: String,
    token: String,
}

impl Started {
    async fn of(program: &Path, dir: &Path) -> Result<Self, String> {
        let told = |error: std::io::Error| error.to_string();
        let data_dir: PathBuf = dir.to_owned();
        let began = Instant::now();
        let mut process = tokio::process::Command::new(program)
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--players",
                "1000",
                "--data-dir",
            ])
            .arg(data_dir)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(told)?;
        let stdout = process.stdout.as_mut().ok_or("nobody hears the program")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).await.map_err(told)?;
        let after = began.elapsed();
        let ready: Value = serde_json::from_str(&line).map_err(|error| error.to_string())?;
        let word = |name: &str| ready[name].as_str().unwrap_or_default().to_owned();
        let token = word("ui")
            .split_once("?token=")
            .map(|(_, token)| token.to_owned());
        let http = reqwest::Client::builder().no_proxy().build();
        Ok(Self {
            process,
            after,
            http: http.map_err(|error| error.to_string())?,
            origin: word("gateway"),
            token: token.unwrap_or_default(),
        })
    }

    async fn ask(&self, path: &str) -> Result<Value, String> {
        let told = |error: reqwest::Error| error.to_string();
        let url = format!("{}/api/telemetry{path}", self.origin);
        let request = self.http.get(url).header("x-reelscope-token", &self.token);
        let reply = request.send().await.map_err(told)?.bytes().await.map_err(told)?;
        serde_json::from_slice(&reply).map_err(|error| error.to_string())
    }

    /// Median response time in milliseconds, including the first response, for which nothing is in memory.
    async fn median(&self, path: &str) -> Result<f64, String> {
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let began = Instant::now();
            self.ask(path).await?;
            times.push(began.elapsed());
        }
        Ok(median(&mut times))
    }

    async fn stop(mut self) -> Result<(), String> {
        #[cfg(unix)]
        if let Some(id) = self.process.id() {
            let kill = tokio::process::Command::new("kill").arg(id.to_string()).status();
            kill.await.map_err(|error| error.to_string())?;
            self.process.wait().await.map_err(|error| error.to_string())?;
            return Ok(());
        }
        self.process.kill().await.map_err(|error| error.to_string())
    }
}
