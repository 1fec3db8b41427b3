//! The demo: what a presenter switches, who plays meanwhile, and what players met.
//!
//! Modules in reading order: [`faults`] (the table of faults, where each stands, the release dial), [`traffic`] (virtual players), [`spins`] (what is remembered of a session), [`figures`] (before and after), [`releases`]
//! (compared); `*_http` are their routes, [`program`] is what they ask of the program around them, [`restartable_server`] one
//! that can be stopped and started again, [`moment`] before and after, [`players`] and [`measure`] what loads share.

pub mod faults;
pub mod faults_http;
pub mod figures;
pub mod measure;
pub mod moment;
pub mod players;
pub mod program;
pub mod releases;
pub mod restartable_server;
pub mod spins;
pub mod traffic;
pub mod traffic_http;
pub mod wire;
