//! What is measured, each with a report of its own: [`problems`] (what players meet), [`traffic`] (a load for a while),
//! [`collector`] (what the collector bears). [`tables`] says it to people. What telemetry costs stands in the stack, since the page asks for it too.

pub(crate) mod collector;
pub mod problems;
pub(crate) mod tables;
pub(crate) mod traffic;
