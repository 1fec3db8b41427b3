//! The benchmarks, each with a report of its own: [`problems`] (what players meet), [`traffic`] (virtual players
//! for a while), [`collector`] (how much the collector takes); [`tables`] shows them to people. The cost of telemetry
//! is in the stack, because the page measures it too.

pub(crate) mod collector;
pub mod problems;
pub(crate) mod tables;
pub(crate) mod traffic;
