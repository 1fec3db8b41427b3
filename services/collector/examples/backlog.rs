//! Measures how fast a backlog is captured, opened, indexed and delivered, and the resources it takes: `cargo run
//! --release -p reelscope-collector --example backlog [ENVELOPES]`.
#![allow(clippy::print_stdout, clippy::unwrap_used)] // the figures are its output; a failure ends it
#![allow(clippy::cast_precision_loss)] // counts of a run stay far below 2^53

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use reelscope_collector::{Collector, Destinations, Dsn, Options};

/// Size of one envelope in bytes, about that of a transaction with twenty spans.
const ENVELOPE_BYTES: usize = 5_000;
/// Number of envelopes of one trace.
const PER_TRACE: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        // Each phase runs in a process of its own, so that its memory is measured by itself.
        Some("fill") => run(fill(Path::new(&arguments[2]), arguments[3].parse().unwrap())),
        Some("send") => run(send(Path::new(&arguments[2]), arguments[3].parse().unwrap())),
        count => {
            let count = count.unwrap_or("50000");
            let dir = tempfile::tempdir().unwrap();
            for phase in ["fill", "send"] {
                let status = Command::new(std::env::current_exe().unwrap())
                    .args([phase, dir.path().to_str().unwrap(), count])
                    .status();
                assert!(status.unwrap().success());
            }
        }
    }
}

fn run(phase: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(phase);
}

/// Returns a DSN with the port of this run.
fn dsn(port: u16) -> Dsn {
    format!("http://abcdef0123456789abcdef0123456789@127.0.0.1:{port}/7")
        .parse()
        .unwrap()
}

async fn fill(dir: &Path, count: usize) {
    let (collector, _) = Collector::open(dir, Options::standard()).unwrap();
    let started = Instant::now();
    let mut handing_over = Duration::ZERO;
    for n in 0..count {
        let envelope = envelope(n);
        let before = Instant::now();
        collector.capture_nowait("api-gateway", envelope);
        handing_over += before.elapsed();
        // The queue for the disk is bounded, so a loop that is faster than the disk waits.
        while n as u64 > collector.counts().captured + 2_000 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    while collector.counts().captured < count as u64 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "captured       {count} envelopes in {seconds:.2} s, {:.0}/s",
        count as f64 / seconds
    );
    println!(
        "hand-over      {:.2} µs each on the caller's thread",
        handing_over.as_secs_f64() * 1e6 / count as f64
    );
    let started = Instant::now();
    for n in 0..200 {
        collector
            .capture_durable("api-gateway", envelope(n))
            .await
            .unwrap();
    }
    println!(
        "durable        {:.2} ms each, one at a time",
        started.elapsed().as_secs_f64() * 5.0
    );
    println!("log            {:.0} MB", collector.delivery().bytes as f64 / 1e6);
    println!("memory         {} (high water, capturing)", high_water());
    collector.shutdown().await;
}

async fn send(dir: &Path, count: usize) {
    let started = Instant::now();
    let (collector, notices) = Collector::open(dir, Options::standard()).unwrap();
    println!(
        "opened         in {:.0} ms, {} held, {} notices",
        started.elapsed().as_secs_f64() * 1e3,
        collector.counts().held,
        notices.len()
    );
    while !collector.indexed() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!(
        "indexed        after {:.2} s in the background",
        started.elapsed().as_secs_f64()
    );
    println!("memory         {} (high water, indexed)", high_water());
    let taken = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&taken);
    let router = Router::new().route(
        "/api/7/envelope/",
        post(move |_: Bytes| {
            let counted = Arc::clone(&counted);
            async move {
                counted.fetch_add(1, Ordering::Relaxed);
                "{}"
            }
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let destinations = Destinations {
        common: Some(dsn(port)),
        ..Destinations::nowhere()
    };
    collector.configure(destinations);
    // The envelopes were captured without a DSN.
    let started = Instant::now();
    let readdressed = collector
        .decide_held(reelscope_page_api::telemetry::HeldAction::Send)
        .await
        .unwrap();
    println!(
        "readdressed    {readdressed} in {:.2} s",
        started.elapsed().as_secs_f64()
    );
    let started = Instant::now();
    let counts = collector.drain(Duration::from_secs(600)).await;
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "delivered      {} in {seconds:.2} s, {:.0}/s",
        counts.delivered,
        counts.delivered as f64 / seconds
    );
    println!("memory         {} (high water, delivered)", high_water());
    println!("cpu            {}", cpu());
    assert_eq!(counts.captured, counts.delivered + counts.held + counts.dead);
    assert!(counts.delivered >= count as u64);
    assert_eq!(taken.load(Ordering::Relaxed), counts.delivered);
    collector.shutdown().await;
}

fn envelope(n: usize) -> Vec<u8> {
    let trace = format!("{:032x}", 0x1000_0000_u64 + (n / PER_TRACE) as u64);
    let span = format!("{n:016x}");
    let start = 1_764_000_000.0 + n as f64 / 100.0;
    let spans: Vec<_> = (0..20)
        .map(|child| {
            serde_json::json!({ "trace_id": trace, "span_id": format!("{:016x}", n * 100 + child + 1_000_000_000), "parent_span_id": span,
                "op": "db.query", "description": "players.find { account_code }", "start_timestamp": start, "timestamp": start + 0.5 })
        })
        .collect();
    let mut event = serde_json::json!({
        "type": "transaction", "transaction": "POST /api/v1/spins", "start_timestamp": start, "timestamp": start + 1.0, "release": "1.0.0",
        "contexts": { "trace": { "trace_id": trace, "span_id": span, "op": "http.server", "status": "ok" } },
        "measurements": { "stake": { "value": 10.0, "unit": "none" } }, "spans": spans, "extra": { "padding": "" },
    });
    let padding = ENVELOPE_BYTES.saturating_sub(event.to_string().len() + 120);
    event["extra"]["padding"] = "x".repeat(padding).into();
    format!("{{\"event_id\":\"{n:032x}\",\"trace\":{{\"trace_id\":\"{trace}\"}}}}\n{{\"type\":\"transaction\"}}\n{event}\n").into_bytes()
}

/// Peak of the resident memory of this process, where the system reports it.
fn high_water() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or("unknown".to_owned(), |line| line.trim().to_owned())
}

/// CPU time of this process in ticks of 10 ms, where the system reports it.
fn cpu() -> String {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |n: usize| {
        fields
            .get(n)
            .and_then(|field| field.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    format!(
        "{:.2} s of processor time in all",
        (ticks(11) + ticks(12)) / 100.0
    )
}
