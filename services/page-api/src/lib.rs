//! What the page asks, and what it gets. Faults, traffic and settings are answered by crates that own their types.
//!
//! ```text
//! gateway    log-in, spins, rounds and health of the gateway
//! telemetry  what the collector's viewer answers: traces, issues, measurements, delivery
//! ```
//!
//! ```
//! use reelscope_page_api::gateway::Spin;
//!
//! let spin: Spin = serde_json::from_str(r#"{"stake":100}"#)?;
//! assert_eq!(spin.stake.minor(), 100);
//! assert!(serde_json::from_str::<Spin>(r#"{"stake":100,"tip":1}"#).is_err());
//! # Ok::<(), serde_json::Error>(())
//! ```

pub mod gateway;
pub mod telemetry;
