//! Local Sentry endpoint: takes envelopes, indexes them for the viewer, forwards them to the DSN.
//!
//! An envelope is written to the log and synced before it is acknowledged; from then on it is delivered, held or
//! dead, and `captured = delivered + held + dead` at every moment, whatever is killed when. Payloads are bytes as
//! they came and leave so. With no DSN everything works and is held.
//!
//! Modules in reading order: [`envelope`] (the format), [`dsn`], [`category`], [`rate_limits`], [`scrub`] (pure rules);
//! `log` (what is kept, and where it stands); `facts`, `trace`, `issues`,
//! `issue_status`, `measurements`, `service_map`, `conditions`, `index` (what the viewer asks for); `sender`, `outbox`
//! (what leaves); [`collector`] (all of it as its owner sees it); [`ingest`] and [`viewer`] (routes). Four threads: one
//! writes, one indexes, one sends, and whoever calls.

pub mod category;
pub mod collector;
mod conditions;
pub mod dsn;
pub mod envelope;
pub mod error;
mod facts;
#[cfg(any(fuzzing, test))]
pub mod fuzzing;
mod index;
pub mod ingest;
mod issue_status;
mod issues;
mod live;
mod lock;
mod log;
mod measurements;
mod notice;
mod outbox;
pub mod rate_limits;
pub mod scrub;
mod sender;
mod service_map;
mod skim;
mod supervised;
mod trace;
pub mod viewer;

pub use collector::{Collector, Destinations, EXTERNAL, Notices, Options, Pace};
pub use dsn::{Dsn, DsnError};
pub use error::{CaptureError, CollectorError};
pub use ingest::ingest_router;
pub(crate) use lock::lock;
pub use log::{Captured, Retention, set_aside};
pub use viewer::{viewer_openapi, viewer_router};
