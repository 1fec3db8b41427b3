//! Starts and stops all of it: five services and the provider, each a real HTTP server on loopback, in one
//! process.
//!
//! Modules in reading order: [`config`] (read once, passed as values), [`start`] (a stack that runs), `assembly` (bind everything, then serve),
//! `api` (every URL of the page), [`storage`]
//! (what is kept on the disk), [`settings`] (what a person can set), [`load`] (spins for the command line and the
//! benchmarks), [`traces`], [`recording`] (somebody else's), [`bench`] (what telemetry costs), [`drawing`] (who draws the
//! window on Linux).

mod api;
mod assembly;
pub mod bench;
pub mod config;
pub mod drawing;
pub mod durable;
mod listen;
pub mod load;
mod notices;
mod overhead;
mod preferences;
pub mod recording;
pub mod settings;
mod settings_http;
pub mod start;
pub mod storage;
mod streams;
mod supervised;
pub mod traces;

pub use config::{Config, Network, default_data_dir};
pub use recording::{Recording, export as export_telemetry};
pub use reelscope_telemetry::init_logs as init_logs_at;
pub use settings::Settings;
pub use start::{STOP_PATIENCE, Stack, StartError};
pub use storage::StopError;

/// Five services in one process allocate and free on each other's threads, for which the system's allocator takes locks.
/// `reelscope bench` shows what this one brings.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Starts logging to standard error: warnings, unless `RUST_LOG` says otherwise.
pub fn init_logs() {
    init_logs_at("warn");
}
