//! The demo: the faults that a presenter switches, the virtual players, and the figures of the session.
//!
//! ```text
//!   faults_http ──> faults    state of every fault (cell) ──> knobs of the services
//!        │           ├─ table     one row per fault
//!        │           ├─ dial      the releases, each a set of faults
//!        │           ├─ surge     many players that log in at once
//!        │           └─ search    looks for faults in the traces of the collector (evidence)
//!        └───────> spins     the session's spins, read from the collector
//!                    ├─ figures   compares before and after a fix
//!                    ├─ costs     what each problem cost, and what a spin stakes
//!                    └─ releases  compares one release with the next
//!
//!   traffic_http ─> traffic   virtual players (player), spaced by a budget of CPU (pace)
//!                    └─ players   what a player asks of the gateway
//! ```
//!
//! [`program`] is what the demo asks of the program around it, [`restartable_server`] a server that can be stopped
//! while everything runs, and [`moment`] the order of switches and traces.

pub mod costs;
pub mod faults;
pub mod faults_http;
pub mod figures;
pub mod moment;
pub mod players;
pub mod program;
pub mod releases;
pub mod restartable_server;
pub mod spins;
pub mod traffic;
pub mod traffic_http;
pub mod wire;
