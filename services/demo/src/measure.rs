//! What a run takes of this process, and how long its players wait.

use hdrhistogram::Histogram;

/// Latencies in microseconds, to three digits and up to an hour; what takes longer is counted as an hour.
#[must_use]
pub fn latencies() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 3_600_000_000, 3).unwrap_or_else(|_| unreachable!("the bounds are valid"))
}

/// Memory of this process that is in use, from `/proc/self/status` (proc(5)); `None` where the system has none.
#[must_use]
pub fn resident_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes = line.split_whitespace().next()?.parse::<f64>().ok()?;
    Some(kibibytes * 1_024.0)
}

/// CPU time of this process in milliseconds, user and system, from `/proc/self/stat` (proc(5)); ticks are 10 ms on
/// every Linux that Rust supports.
#[must_use]
pub fn cpu_ms() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let after_name = stat.rsplit_once(')')?.1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks * 10.0)
}
