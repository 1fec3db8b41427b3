//! Traces, errors, measurements, logs and timings of every service; the only crate that names `sentry`.
//!
//! A service holds one [`Service`]: it wraps the router ([`Service::layer`]), makes the HTTP client that speaks to
//! other services ([`Service::client`]), and has a client of Sentry of its own. Spans are those of the crate
//! `tracing`: a service writes `info_span!("game.rng", …)` and knows no Sentry; the fields `sentry.op` and
//! `sentry.name` name it. Whatever a task that serves a request does is part of that request's trace, and so is a task
//! that it spawns with [`spawn`]; work that goes on later links to it with [`TraceLink`].
//!
//! Modules in reading order: [`logs`](init_logs), `trace_headers` (what goes from hop to hop), `context` (what a task
//! works on), `spans` (what it does there), `service`, `call`, `report` (what a service says of its work), `frames` (whose code a stack shows), `transport` (envelopes to bytes),
//! `timings` (how long each service worked itself).

mod call;
mod context;
mod frames;
mod logs;
mod report;
mod service;
mod spans;
mod timings;
mod trace_headers;
mod transport;

pub use call::{Call, CallError, Client};
pub use context::{Spawned, TraceLink, spawn};
pub use http::Method;
pub use logs::init_logs;
pub use report::{Turnover, annotate, capture, gauge, measure, player, reported_by_another, tag};
pub use service::{Reporting, Service, Sink};
pub use timings::{Share, Timings};
