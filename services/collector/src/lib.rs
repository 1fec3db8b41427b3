//! A local Sentry endpoint: receives envelopes, indexes them for the viewer, and forwards them to a DSN.
//!
//! An envelope is written to the log and synced before it is acknowledged. From then on it is delivered, held or
//! dead, and `captured = delivered + held + dead` at every moment, also after a kill. Payloads are never rewritten,
//! except by scrubbing. Without a DSN everything works and envelopes are held.
//!
//! ```text
//!   SDKs ──> http ──┐   key, body, envelope (lenient, item_type, dsn)
//!                   v
//!   own services ─> collector ──> scrub    removes secrets and personal data
//!                   │                v
//!                   │               log      one writer, one SQLite file, retention
//!                   │               │  │
//!                   │               │  └─> delivery   sends held envelopes to the DSN, stores the outcome
//!                   │               └────> index      tables of traces, issues, points (facts, trace, issues, once)
//!                   v                         │
//!                viewer <─────────────────────┘   routes of the page (service_map, live)
//! ```
//!
//! The log, the index and delivery each have a thread. [`collector`] puts the parts together; index and delivery do
//! not know each other.
//!
//! # Example
//!
//! ```no_run
//! use std::path::Path;
//!
//! use reelscope_collector::{Collector, Destinations, Options, ingest_dsn, ingest_router};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (collector, _notices) = Collector::open(Path::new("/tmp/telemetry"), Options::standard())?;
//! collector.configure(Destinations {
//!     common: Some("https://0123456789abcdef@sentry.example.com/1".parse()?),
//!     ..Destinations::nowhere()
//! });
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let address = listener.local_addr()?;
//! println!("point an SDK at {}", ingest_dsn(&collector, address));
//! axum::serve(listener, ingest_router(collector.clone())).await?;
//! collector.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod bounds;
pub mod clock;
pub mod collector;
mod content_hash;
pub mod critical_path;
mod delivery;
pub mod dsn;
pub mod envelope;
pub mod error;
mod facts;
#[cfg(any(fuzzing, test))]
pub mod fuzzing;
pub mod http;
mod index;
mod issues;
mod large;
mod live;
mod log;
mod notice;
mod once;
mod peer;
mod refusals;
pub mod scrub;
mod service;
mod service_map;
mod slot;
mod supervised;
mod trace;
pub mod viewer;

pub use clock::Clock;
pub use collector::{Collector, Notices, Options};
pub use delivery::{Destinations, LAST_ANSWERS, Pace};
pub use dsn::{Dsn, DsnError};
pub use error::{CaptureError, CollectorError, ReadError, RecordingError};
pub use http::BodyLimits;
pub use http::ingest::{ingest_dsn, ingest_router, ingest_router_within};
pub use index::{Digests, Whose};
pub use log::{Captured, Retention, check, export, set_aside};
pub use slot::EXTERNAL;
pub use viewer::{viewer_router, viewer_routes};
