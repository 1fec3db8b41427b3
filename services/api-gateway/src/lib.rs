//! The API gateway: authorises, orchestrates a spin, serves the UI.
//!
//! Modules in reading order: [`access`] (who may speak to this server at all), [`auth`] (who is playing),
//! [`limits`] (how often), [`turns`] (one request at a time for each round), [`faults`] (what the demo can
//! break), [`spin`] (the orchestration, on one page), [`upstream`] (the services behind),
//! [`ui`] (the page), [`http`] (routes), `document` (what OpenAPI says of them).

pub mod access;
pub mod auth;
mod document;
pub mod error;
pub mod faults;
pub mod http;
pub mod limits;
pub mod spin;
pub mod turns;
pub mod ui;
pub mod upstream;

pub use error::GatewayError;
pub use faults::Knobs;
pub use http::{State, guarded, open_to_all, page, router};
