//! The results of the benchmarks as tables, each figure beside its baseline from the same run.

use reelscope_contracts::Money;
use reelscope_stack::bench::{Comparison, Side};
use reelscope_stack::load::Report;

use super::collector;
use super::problems::Met;
use crate::table::{Table, digits, ratio};

/// Makes the table of spins: one after another, and the same number concurrently.
#[allow(clippy::cast_precision_loss)] // counts of a run stay far below 2^53
pub(crate) fn spins(alone: &Report, together: &Report, concurrency: u64) -> Table {
    let title = "Durable spins, one after another and at once";
    let at_once = format!("{concurrency} at once");
    let mut table = Table::new(title, &["figure", "one after another", &at_once, "ratio"]);
    let mut row = |name: String, of: &dyn Fn(&Report) -> f64, count| {
        let (one, many) = (Some(of(alone)), Some(of(together)));
        table.row(name, [digits(one, count), digits(many, count), ratio(many, one)]);
    };
    row(
        "spins a second".to_owned(),
        &|report| report.ok as f64 / report.wall.as_secs_f64(),
        0,
    );
    for (name, quantile) in [("p50", 0.50), ("p95", 0.95), ("p99", 0.99)] {
        let waited = move |report: &Report| report.latency_us.value_at_quantile(quantile) as f64 / 1e3;
        row(format!("latency {name}, ms"), &waited, 2);
    }
    let cpu = |report: &Report| report.cpu_ms.unwrap_or(f64::NAN) / report.ok.max(1) as f64;
    row("CPU of a spin, ms".to_owned(), &cpu, 2);
    for service in alone.services.keys() {
        let share = |report: &Report| {
            let whole: f64 = report.services.values().map(|share| share.total_ms).sum();
            report
                .services
                .get(service)
                .map_or(f64::NAN, |share| 100.0 * share.total_ms / whole)
        };
        row(format!("{service}, % of the services' own time"), &share, 1);
    }
    let commits = |report: &Report| {
        let time = report
            .writes
            .iter()
            .map(|(_, writes)| writes.commit_time.as_secs_f64());
        100.0 * time.sum::<f64>() / report.wall.as_secs_f64()
    };
    row(
        "commits with their fsync, % of the wall time".to_owned(),
        &commits,
        1,
    );
    let rtp = |report: &Report| match report.staked {
        Money::ZERO => f64::NAN,
        staked => 100.0 * report.paid_out.minor() as f64 / staked.minor() as f64,
    };
    row("RTP of these spins, %".to_owned(), &rtp, 1);
    table
}

/// Makes the table of the cost of telemetry, with telemetry on and off.
pub(crate) fn telemetry(measured: &Comparison, concurrency: u64) -> Table {
    let title = "What telemetry costs: every trace against none, in interleaved blocks, without a viewer";
    let mut table = Table::new(title, &["figure", "off", "on", "on ÷ off"]);
    let mut row = |name: &str, of: &dyn Fn(&Side) -> Option<f64>, count| {
        let (off, on) = (of(&measured.off), of(&measured.on));
        table.row(name, [digits(off, count), digits(on, count), ratio(on, off)]);
    };
    row("CPU of a spin, ms", &|side| side.cpu_ms_per_spin, 3);
    row("latency p50, ms", &|side| Some(side.p50_ms), 2);
    row("latency p95, ms", &|side| Some(side.p95_ms), 2);
    row("bytes kept of a spin", &|side| Some(side.bytes_per_spin), 0);
    let at_once = format!("spins a second, {concurrency} at once; runs beside each other");
    let (off, on) = (measured.off.saturated_per_s, measured.on.saturated_per_s);
    let beside = digits(Some(measured.saturated_ratio), 2);
    table.row(at_once, [digits(Some(off), 0), digits(Some(on), 0), beside]);
    table
}

/// Makes the table of the spins under each problem, with the fixed state as the baseline.
pub(crate) fn problems(met: &[Met]) -> Table {
    let title =
        "What players meet with the problems, and errors among all requests to the four backend services";
    let columns = [
        "condition",
        "spins",
        "at once",
        "p50 ms",
        "÷ all fixed",
        "p95 ms",
        "look-up ms",
        "drawing ms",
        "provider %",
        "failed %",
        "errors %",
    ];
    let mut table = Table::new(title, &columns);
    let fixed = met
        .iter()
        .find(|met| met.condition == "all fixed")
        .map(|met| met.p50_ms);
    for met in met {
        let cells = [
            met.spins.to_string(),
            met.at_once.to_string(),
            digits(Some(met.p50_ms), 1),
            ratio(Some(met.p50_ms), fixed),
            digits(Some(met.p95_ms), 1),
            digits(Some(met.look_up_p50_ms), 2),
            digits(Some(met.draw_p50_ms), 2),
            digits(Some(met.provider_share_percent), 1),
            digits(Some(met.failed_percent), 1),
            digits(Some(met.error_rate_percent), 2),
        ];
        table.row(met.condition.clone(), cells);
    }
    table
}

/// Makes the table of the collector's limits, measured with the load on the same cores.
#[allow(clippy::cast_precision_loss)] // bytes of this machine stay far below 2^53
// Long because it lists one row after the other.
pub(crate) fn collector(measured: &collector::Report) -> Table {
    let collector::Report {
        ingest,
        seen,
        hostile,
        kept,
    } = measured;
    let title = "What the collector bears, its load on the same cores";
    let mut table = Table::new(
        title,
        &["figure", "measured", "baseline", "ratio", "what the baseline is"],
    );
    let mut row = |name: String, (value, count): (Option<f64>, usize), beside: Option<(f64, &str)>| {
        let baseline = beside.map(|(baseline, _)| baseline);
        let what = beside.map_or("", |(_, what)| what).to_owned();
        let compared = beside.map_or_else(String::new, |_| ratio(value, baseline));
        let baseline = beside.map_or_else(String::new, |_| digits(baseline, count));
        table.row(name, [digits(value, count), baseline, compared, what]);
    };
    let name = format!(
        "envelopes of {} bytes a second, each on the disk when it is answered",
        ingest.envelope_bytes
    );
    row(
        name,
        (Some(ingest.per_s), 0),
        Some((ingest.bare_per_s, "the bare disk")),
    );
    if let Some(beside) = &ingest.beside {
        let name = "the same, beside another endpoint".to_owned();
        row(
            name,
            (Some(ingest.per_s), 0),
            Some((beside.per_s, "the other endpoint")),
        );
    }
    row(
        "slowest of these answers, ms".to_owned(),
        (Some(ingest.slowest_ms), 0),
        None,
    );
    let name = format!("seen after its answer, ms at p50, at {:.0} a second", seen.per_s);
    row(name, (Some(seen.p50_ms), 0), None);
    row("the same, slowest".to_owned(), (Some(seen.slowest_ms), 0), None);
    let name = format!(
        "the gateway's slowest answer beside a hostile envelope of {} log entries, ms",
        hostile.entries
    );
    row(
        name,
        (Some(hostile.slowest_ms), 0),
        Some((hostile.slowest_before_ms, "before it")),
    );
    row(
        "until that is indexed, s".to_owned(),
        (Some(hostile.indexed_s), 0),
        None,
    );
    let megabytes = |bytes: Option<u64>| bytes.map(|bytes| bytes as f64 / 1e6);
    let spans = format!(
        "{} spans in {} MB",
        kept.spans,
        digits(megabytes(Some(kept.file_bytes)), 0)
    );
    let empty = "an empty data directory";
    row(
        format!("start with {spans}, ms"),
        (Some(kept.start_ms), 0),
        Some((kept.empty_start_ms, empty)),
    );
    let memory = kept
        .empty_memory_bytes
        .map_or(f64::NAN, |bytes| bytes as f64 / 1e6);
    row(
        "memory with them, MB".to_owned(),
        (megabytes(kept.memory_bytes), 0),
        Some((memory, empty)),
    );
    let asked = [
        ("list of traces, ms", kept.list_ms),
        ("one trace, ms", kept.trace_ms),
        ("one issue, ms", kept.issue_ms),
        ("traces with an attribute that one has, ms", kept.filter_ms),
    ];
    for (name, ms) in asked {
        row(name.to_owned(), (Some(ms), 1), None);
    }
    table
}
