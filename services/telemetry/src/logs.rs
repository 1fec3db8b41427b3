//! Logs go to standard error, so that standard output stays the program's answer.

use tracing_subscriber::EnvFilter;

/// Starts logging at `RUST_LOG`'s level, or at `default_filter` when it is unset or wrong. A second call does
/// nothing: the first one in a process wins.
pub fn init_logs(default_filter: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default_filter));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}
