//! Measures the cost of scrubbing an envelope: `cargo run --release -p reelscope-collector --example scrub
//! [DIRECTORY OF ENVELOPES]`. With a directory it also reports which of its envelopes scrubbing changes, and writes
//! those beside them as `*.scrubbed`.
#![allow(clippy::print_stdout, clippy::unwrap_used)] // the figures are its output; a failure ends it
#![allow(clippy::cast_precision_loss)] // counts of a run stay far below 2^53

use std::hint::black_box;
use std::time::Instant;

use reelscope_collector::scrub::scrubbed;

const ROUNDS: u32 = 20_000;

fn main() {
    let clean = transaction("db.query", "players.find { account_code }");
    let person = transaction("db.query", "players.find ann@mail.example");
    let large = transaction("http.client", &"POST /v1/settle ".repeat(600));
    for (name, envelope) in [
        ("nothing to scrub", clean),
        ("an e-mail in each span", person),
        ("nothing, large", large),
    ] {
        let rounds = ROUNDS * 4_000 / u32::try_from(envelope.len()).unwrap().max(4_000);
        black_box(scrubbed(&envelope));
        let started = Instant::now();
        for _ in 0..rounds {
            black_box(scrubbed(black_box(&envelope)));
        }
        let each = started.elapsed().as_secs_f64() * 1e6 / f64::from(rounds);
        println!(
            "{name:24} {:7} bytes  {each:8.2} µs  {:6.0} MB/s",
            envelope.len(),
            envelope.len() as f64 / each
        );
    }
    let Some(directory) = std::env::args().nth(1) else {
        return;
    };
    let files = std::fs::read_dir(directory)
        .unwrap()
        .map(|file| file.unwrap().path());
    let (mut all, mut bytes, mut changed) = (0, 0, 0);
    let started = Instant::now();
    for file in files.filter(|file| file.extension().is_none()) {
        let envelope = std::fs::read(&file).unwrap();
        (all, bytes) = (all + 1, bytes + envelope.len());
        if let Some(after) = scrubbed(&envelope) {
            changed += 1;
            std::fs::write(file.with_extension("scrubbed"), after).unwrap();
        }
    }
    println!(
        "{all} envelopes, {bytes} bytes, {changed} changed, {:.1} ms with reading",
        started.elapsed().as_secs_f64() * 1e3
    );
}

/// Returns a transaction with the shape and the names of this project's own.
fn transaction(op: &str, description: &str) -> Vec<u8> {
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let spans: Vec<_> = (0..12)
        .map(|n| {
            serde_json::json!({ "trace_id": trace, "span_id": format!("00f067aa0ba9{n:04x}"), "parent_span_id": "00f067aa0ba902b7", "op": op,
                "description": description, "start_timestamp": 1_764_000_000.051_234_5, "timestamp": 1_764_000_000.061_234_5, "status": "ok",
                "data": { "db.system": "polodb", "db.collection.name": "players", "rows": 1, "thread.id": 7 } })
        })
        .collect();
    let event = serde_json::json!({
        "event_id": "9ec79c33ec9942ab8353589fcb2e04dc", "type": "transaction", "transaction": "POST /api/v1/spins", "release": "1.0.0",
        "start_timestamp": 1_764_000_000.05, "timestamp": 1_764_000_000.1, "user": { "id": "player-000001" }, "tags": { "service": "api-gateway" },
        "contexts": { "trace": { "trace_id": trace, "span_id": "00f067aa0ba902b7", "op": "http.server", "status": "ok" },
            "os": { "name": "Linux", "version": "6.1", "kernel_version": "6.1" }, "rust": { "name": "rustc", "version": "1.95.0" } },
        "sdk": { "name": "sentry.rust", "version": "0.49.5", "integrations": ["panic", "tracing"] }, "spans": spans,
    });
    format!("{{\"event_id\":\"9ec79c33ec9942ab8353589fcb2e04dc\",\"trace\":{{\"trace_id\":\"{trace}\"}}}}\n{{\"type\":\"transaction\"}}\n{event}\n").into_bytes()
}
