//! Starts and stops the whole program: five services, the provider and the collector, each a real HTTP server on
//! loopback, in one process.
//!
//! ```text
//!   config, settings ──> start ──> storage    opens the databases and the collector
//!                            │
//!                            ├────> stop       ends everything in order, each step within a limit
//!                            └────> assembly   binds all ports, then starts on servers and returns as a stack:
//!                                           ├─ provider, payment-service, game-engine, user-service
//!                                           ├─ the demo, on the knobs of these services
//!                                           ├─ the collector's server
//!                                           ├─ the presenter, over the demo and the collector
//!                                           └─ api-gateway with the page's API (api)
//!                                                settings_http, preferences, notices, overhead ─> bench
//!
//!   load        makes spins for the command line and for bench
//!   traces      asks the collector, as the page does
//!   recording   page and viewer over a file, without services
//!   report      the take-away of a data directory
//!   drawing     how the window is drawn on Linux
//! ```
//!
//! # Example
//!
//! ```no_run
//! use reelscope_stack::{Config, Stack};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut config = Config::new("/tmp/reelscope".into());
//! config.players = Some(1_000);
//! let stack = Stack::start(config).await?;
//! println!("open {} in a browser", stack.ui_url());
//! stack.seeded().await;
//! stack.shutdown().await?;
//! # Ok(())
//! # }
//! ```

mod api;
mod assembly;
pub mod bench;
pub mod config;
pub mod drawing;
mod listen;
pub mod load;
mod notices;
mod overhead;
mod paths;
mod preferences;
pub mod recording;
pub mod report;
mod run_error;
mod servers;
pub mod settings;
mod settings_http;
mod stack;
mod start;
mod start_error;
mod stop;
pub mod storage;
mod streams;
mod supervised;
pub mod traces;

pub use config::{Config, Network};
pub use paths::default_data_dir;
pub use recording::{Recording, export as export_telemetry};
pub use reelscope_presenter::scripts::{OwnScript, ScriptError};
pub use reelscope_store::durable;
pub use reelscope_telemetry::init_logs as init_logs_at;
pub use run_error::RunError;
pub use settings::Settings;
pub use stack::Stack;
pub use start_error::{StartError, StartErrorCode};
pub use stop::STOP_PATIENCE;
pub use storage::{StopError, telemetry_dir};

/// Five services in one process allocate and free memory across threads, for which the system's allocator takes
/// locks. `reelscope bench` shows the difference that this allocator makes.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Starts logging to standard error, with warnings and errors unless `RUST_LOG` says otherwise.
pub fn init_logs() {
    init_logs_at("warn");
}
