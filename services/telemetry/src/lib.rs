//! Traces, errors, measurements, logs and timings of all services. The only crate that names `sentry`.
//!
//! Each service holds one [`Service`] with a Sentry client of its own. It wraps the router ([`Service::layer`]) and
//! makes the HTTP client for calls to other services ([`Service::client`]). Spans are those of the crate `tracing`:
//! a service writes `info_span!("game.rng", …)` and does not know Sentry; the fields `sentry.op` and `sentry.name`
//! set operation and name. All work of a task that serves a request belongs to that request's trace, and so does a
//! task that it starts with [`spawn`]. Work that happens later continues the trace through a [`TraceLink`].
//!
//! ```text
//!   request ──> service   begins a transaction and a context, measures the own time (timings)
//!                  │
//!                  v
//!               handler ── info_span! ──────> recorder  adds ended spans to the context
//!                  ├────── measure, tag … ──> report  player, tags, numbers, failures
//!                  │                            └──> frames  which frames of a stack are ours
//!                  └────── Client::request ─> call ── trace_headers ──> the next service
//!                  v
//!               context   ends the transaction ──> transport  bytes ──> Sink (the collector)
//!
//!   calibration  keeps a measured time of work within a band
//!   logs     log lines to standard error, and those of a request to Sentry too
//!   process  memory and CPU time, for gauges and measurements
//!   watched  the panic of a task that nothing waits for, as a log line and a sentence
//! ```
//!
//! # Example
//!
//! ```no_run
//! use std::any::Any;
//! use std::sync::Arc;
//!
//! use axum::Router;
//! use axum::http::StatusCode;
//! use axum::response::{IntoResponse, Response};
//! use axum::routing::get;
//! use reelscope_telemetry::{Reporting, Service, Timings, annotate, init_logs};
//!
//! async fn draw() -> String {
//!     annotate("round.id", "7f3a");
//!     tracing::info_span!("game.rng", sentry.op = "function").in_scope(|| "3 7 1".to_owned())
//! }
//!
//! fn panicked(_: Box<dyn Any + Send>) -> Response {
//!     StatusCode::INTERNAL_SERVER_ERROR.into_response()
//! }
//!
//! init_logs("info");
//! let reporting = Reporting {
//!     sink: Arc::new(|service: &'static str, envelope: Vec<u8>| {
//!         println!("{service} sends {} bytes", envelope.len());
//!     }),
//!     release: "1.0.0".to_owned(),
//!     environment: "demo".to_owned(),
//!     sample_rate: 1.0,
//!     public_key: "0123456789abcdef0123456789abcdef".to_owned(),
//! };
//! let service = Service::reporting("game-engine", Timings::default(), reporting);
//! let router: Router = service.layer(Router::new().route("/internal/draw", get(draw)), panicked);
//! ```

mod calibration;
mod call;
mod context;
mod frames;
mod logs;
mod process;
mod recorder;
mod report;
mod service;
mod spans;
mod timings;
mod trace_headers;
mod transport;
mod watched;

pub use calibration::{Calibration, scaled};
pub use call::{Call, CallError, Client};
pub use context::{Spawned, TraceLink, spawn};
pub use http::Method;
pub use logs::init_logs;
pub use process::{cpu_ms, resident_bytes};
pub use report::{
    Turnover, annotate, capture, gauge, measure, measure_as_metric, player, reported_by_another, tag,
};
pub use service::{Reporting, Service};
pub use timings::{Share, Timings, latencies, record_latency};
pub use transport::Sink;
pub use watched::watched;
