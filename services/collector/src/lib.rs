//! Local Sentry endpoint: takes envelopes, indexes them for the viewer, forwards them to the DSN.
//!
//! An envelope is written to the log and synced before it is acknowledged; from then on it is delivered, held or
//! dead, and `captured = delivered + held + dead` at every moment, whatever is killed when. Payloads are bytes as
//! they came and leave so. With no DSN everything works and is held.
//!
//! Modules in reading order: [`item_type`], [`envelope`] (the format), `lenient` (the reader of its JSON), [`dsn`], [`category`], [`clock`],
//! [`scrub`] (pure rules); `large`; `log` (what is kept, and where it stands); `bounds`, `service`, `facts`, `once`, `trace`, `issues`,
//! `service_map`, `index` (what the viewer asks for); `delivery` (what leaves); [`collector`] (all of it as its owner sees
//! it); `refusals` (what was not taken); `large` (where work that takes its time is done); [`http`] and [`viewer`] (routes). Four threads: one
//! writes, one indexes, one sends, and whoever calls.

mod bounds;
pub mod category;
pub mod clock;
pub mod collector;
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
pub mod item_type;
mod large;
mod lenient;
mod live;
mod log;
mod notice;
mod once;
mod refusals;
pub mod scrub;
mod service;
mod service_map;
mod skim;
mod supervised;
mod trace;
pub mod viewer;

pub use clock::Clock;
pub use collector::{Collector, EXTERNAL, Notices, Options};
pub use delivery::{Destinations, Pace};
pub use dsn::{Dsn, DsnError};
pub use error::{CaptureError, CollectorError, ReadError, RecordingError};
pub use http::BodyLimits;
pub use http::ingest::{ingest_router, ingest_router_within};
pub use index::Digests;
pub use log::{Captured, Retention, export, set_aside};
pub use viewer::{viewer_router, viewer_routes};
