//! Memory and CPU time of a process, from proc(5); `None` on systems without it.

use std::fs::read_to_string;

/// Resident memory of the process with this id, in bytes.
#[must_use]
pub fn resident_bytes(process: u32) -> Option<u64> {
    let status = read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes = line.split_whitespace().next()?.parse::<u64>().ok()?;
    Some(kibibytes * 1_024)
}

/// CPU time of this process in milliseconds, user and system. A tick is 10 ms on every Linux that Rust supports.
#[must_use]
pub fn cpu_ms() -> Option<f64> {
    let stat = read_to_string("/proc/self/stat").ok()?;
    let after_name = stat.rsplit_once(')')?.1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks * 10.0)
}
