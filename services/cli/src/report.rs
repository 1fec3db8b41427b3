//! The figures of a run of spins, as text and as JSON.

use reelscope_contracts::Money;
use reelscope_stack::load::{Plan, Report};
use serde_json::{Value, json};

use crate::output::say;

/// Returns the figures that a run measures itself, as JSON.
#[allow(clippy::cast_precision_loss)] // counts of a run stay far below 2^53
pub(crate) fn figures(plan: &Plan, report: &Report) -> Value {
    let ms = |micros: u64| round3(micros as f64 / 1_000.0);
    let failed: u64 = report.failed_by_code.values().sum();
    let requests: u64 = report.services.values().map(|share| share.requests).sum();
    let errors: u64 = report.services.values().map(|share| share.errors).sum();
    let service_ms: serde_json::Map<String, Value> = report
        .services
        .iter()
        .map(|(name, share)| {
            (
                (*name).to_owned(),
                json!({"p50": round3(share.p50_ms), "p95": round3(share.p95_ms)}),
            )
        })
        .collect();
    let rtp = (report.staked > Money::ZERO)
        .then(|| round3(100.0 * report.paid_out.minor() as f64 / report.staked.minor() as f64));
    json!({
        "spins": plan.count,
        "ok": report.ok,
        "failed": failed,
        "failed_by_code": report.failed_by_code,
        "latency_ms": {
            "p50": ms(report.latency_us.value_at_quantile(0.50)),
            "p95": ms(report.latency_us.value_at_quantile(0.95)),
            "p99": ms(report.latency_us.value_at_quantile(0.99)),
            "max": ms(report.latency_us.max()),
        },
        "service_ms": service_ms,
        "staked": report.staked,
        "paid_out": report.paid_out,
        "rtp_percent": rtp,
        "requests": requests,
        "errors": errors,
        "error_rate_percent": round3(100.0 * errors as f64 / requests.max(1) as f64),
        "cpu_ms_per_spin": report.cpu_ms.map(|cpu| round3(cpu / plan.count as f64)),
        "wall_s": round3(report.wall.as_secs_f64()),
    })
}

fn round3(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

#[allow(clippy::cast_precision_loss)] // counts of a run stay far below 2^53
pub(crate) fn print_figures(figures: &Value, report: &Report) {
    let latency = &figures["latency_ms"];
    let money = |key: &str| Money(figures[key].as_i64().unwrap_or_default());
    say!(
        "{} of {} spins played in {} s",
        figures["ok"],
        figures["spins"],
        figures["wall_s"]
    );
    say!(
        "latency ms     p50 {}  p95 {}  p99 {}  max {}",
        latency["p50"],
        latency["p95"],
        latency["p99"],
        latency["max"]
    );
    say!(
        "staked {}  paid out {}  RTP {}",
        money("staked"),
        money("paid_out"),
        figures["rtp_percent"]
            .as_f64()
            .map_or("–".to_owned(), |rtp| format!("{rtp} %"))
    );
    say!("own time ms by service:");
    for (name, share) in figures["service_ms"].as_object().into_iter().flatten() {
        say!("  {name:<16} p50 {}  p95 {}", share["p50"], share["p95"]);
    }
    for (name, writes) in &report.writes {
        say!(
            "  {name:<16} {} writes in {} commits, {:.3} ms a commit",
            writes.operations,
            writes.commits,
            1e3 * writes.commit_time.as_secs_f64() / writes.commits.max(1) as f64
        );
    }
    for (code, count) in figures["failed_by_code"].as_object().into_iter().flatten() {
        say!("failed: {code} {count}");
    }
}
