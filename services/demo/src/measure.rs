//! CPU time and memory of this process, and histograms of waiting times.

use hdrhistogram::Histogram;

/// Creates a histogram of microseconds with three significant digits. Values above one hour count as one hour.
#[must_use]
pub fn latencies() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 3_600_000_000, 3).unwrap_or_else(|_| unreachable!("the bounds are valid"))
}

/// Memory in use by this process in bytes, from `/proc/self/status` (proc(5)); `None` on systems without it.
#[must_use]
pub fn resident_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes = line.split_whitespace().next()?.parse::<f64>().ok()?;
    Some(kibibytes * 1_024.0)
}

/// CPU time of this process in milliseconds, user and system, from `/proc/self/stat` (proc(5)). A tick is 10 ms on
/// every Linux that Rust supports.
#[must_use]
pub fn cpu_ms() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let after_name = stat.rsplit_once(')')?.1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks * 10.0)
}
