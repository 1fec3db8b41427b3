//! Reads how busy this machine is.

/// Idle ticks and all ticks of the machine's cores, from `/proc/stat` (proc(5)); `None` on systems without it. Work
/// of low priority (nice) counts as idle, because it gives way.
pub(super) fn machine_ticks() -> Option<(u64, u64)> {
    let stat = std::fs::read_to_string("/proc/stat").ok()?;
    let ticks = stat.lines().next()?.split_whitespace().skip(1).take(8);
    let ticks: Vec<u64> = ticks.map(|tick| tick.parse().unwrap_or(0)).collect();
    let [_user, nice, _system, idle, waiting, ..] = ticks.as_slice() else {
        return None;
    };
    Some((nice + idle + waiting, ticks.iter().sum()))
}

/// Share of all cores that was busy between two samples, in percent.
#[allow(clippy::cast_precision_loss)] // ticks of half a second
pub(super) fn busy((idle_before, all_before): (u64, u64), (idle, all): (u64, u64)) -> Option<f64> {
    let all = all.checked_sub(all_before).filter(|all| *all > 0)?;
    Some(100.0 * (1.0 - idle.saturating_sub(idle_before) as f64 / all as f64))
}

/// Number of cores of this machine, at least 1.
#[must_use]
pub fn cores() -> f64 {
    #[allow(clippy::cast_precision_loss)] // a few hundred
    std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_busy_as_far_as_it_is_not_idle() {
        assert_eq!(busy((100, 1_000), (150, 1_200)), Some(75.0));
        assert_eq!(busy((100, 1_000), (100, 1_000)), None);
        if cfg!(target_os = "linux") {
            let (idle, all) = machine_ticks().unwrap();
            assert!(idle <= all && all > 0);
        }
    }
}
