//! The log: every envelope in order of arrival, with its state, in one SQLite file.
//!
//! ```text
//! <dir>/lock              held while the log is open
//! <dir>/key               the public key of this collector's own DSN
//! <dir>/telemetry.sqlite  with SQLite's -wal and -shm beside it
//! ```
//!
//! One thread appends envelopes ([`writer`]); large ones are compressed ([`body`]). All writing shares one connection
//! ([`pen`]), and reading uses a few read-only ones ([`readers`]). Counts change in the same transaction as the
//! envelopes ([`tally`]), so that `captured = delivered + held + dead` also after a kill.

pub(crate) mod ages;
mod body;
mod changes;
mod jobs;
mod pen;
pub(crate) mod readers;
mod recording;
mod retention;
mod schema;
pub(crate) mod state;
pub(crate) mod tally;
pub(crate) mod writer;

pub(crate) use ages::Ages;
pub(crate) use body::Body;
pub use jobs::Captured;
pub(crate) use jobs::{Arrival, Job, Queued};
pub(crate) use pen::Pen;
pub(crate) use readers::{Readers, envelope, row, rows, some_envelopes, unfinished};
pub use recording::export;
pub(crate) use recording::unpack;
pub(crate) use retention::Retainer;
pub use retention::Retention;
#[cfg(test)]
pub(crate) use schema::tables;
pub(crate) use schema::{NAMES, Opened, open, own_key};
pub use schema::{check, set_aside};
pub(crate) use state::{Change, DeadReason, Entry, State};
pub(crate) use tally::Tally;
pub(crate) use writer::{Figures, Follower, Writer};
