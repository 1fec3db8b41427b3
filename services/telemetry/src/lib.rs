//! Logs, timings and trace propagation of every service; the only crate that may name `sentry`.
//!
//! A service holds one [`Service`]: it wraps the router ([`Service::layer`]), makes the HTTP client that speaks
//! to other services ([`Service::client`]) and carries both over a spawned task ([`spawn`]). Incoming
//! `sentry-trace` and `baggage` headers are forwarded unread on every outgoing request, so that a trace that was
//! begun outside goes through all hops.
//!
//! Modules in reading order: `logs`, `context` (what a request carries), `service` (the layer and the client),
//! `timings` (how long each service worked itself).

mod context;
mod logs;
mod service;
mod timings;

pub use context::spawn;
pub use http::Method;
pub use logs::init_logs;
pub use service::{Call, CallError, Client, Service};
pub use timings::{Share, Timings};
