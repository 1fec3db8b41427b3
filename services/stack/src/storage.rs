//! The data on the disk: three databases, as on three machines, and the collector's telemetry. They are opened
//! concurrently and closed in a fixed order.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use reelscope_collector::Collector;
use reelscope_game_engine as game;
use reelscope_payment_service as payments;
use reelscope_store::{Store, StoreError};
use reelscope_user_service as users;

use crate::start_error::StartError;

const PLAYERS: &str = "players";
const ROUNDS: &str = "rounds";
const WALLETS: &str = "wallets";
const TELEMETRY: &str = "telemetry";

/// What went wrong while a stack stopped. Acknowledged writes were written to the disk all the same.
#[derive(Debug, thiserror::Error)]
pub enum StopError {
    /// A database took no writes when it was closed.
    #[error(
        "{database} could not be written any more when they were closed ({reason}){}",
        kept(reason)
    )]
    Database {
        /// What the database holds.
        database: &'static str,
        /// Why it took no writes.
        reason: StoreError,
    },
    /// The databases were not closed within [`STOP_PATIENCE`](crate::STOP_PATIENCE). The next start reads them as
    /// after a crash.
    #[error("the services did not stop in time and were left behind; what was confirmed is kept")]
    TooLate,
}

/// What became of the acknowledged writes, as far as it is known.
fn kept(reason: &StoreError) -> &'static str {
    match reason {
        StoreError::Gone { .. } => "; what was confirmed is in that directory, if there still is one",
        _ => "; what was confirmed is kept",
    }
}

/// Exit code of [`StopError::TooLate`].
const TOO_LATE: u8 = 28;

impl StopError {
    /// Exit code of the program: the one of a start with the same error, where a start can have it.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Database { reason, .. } => StartError::Store(reason.clone()).exit_code(),
            Self::TooLate => TOO_LATE,
        }
    }
}

/// Directory of the collector's file, below the data directory.
#[must_use]
pub fn telemetry_dir(data_dir: &Path) -> PathBuf {
    data_dir.join(TELEMETRY)
}

/// Opens a copy of the wallets of a data directory, for `ledger verify`; nothing in the directory changes.
///
/// # Errors
/// [`StoreError`].
pub fn open_copy_of_wallets(data_dir: &Path) -> Result<Store, StoreError> {
    Store::open_copy(&data_dir.join(WALLETS), payments::journal::SCHEMA_VERSION)
}

/// Reads a copy of each database of a data directory, and every page of the telemetry, so that nothing that is stored
/// changes. Returns what each holds, and whether it can be read; those that are not there are left out. Blocks for as long
/// as reading all files.
#[must_use]
pub fn read_all(data_dir: &Path) -> Vec<(&'static str, Result<(), StartError>)> {
    let databases = [
        (PLAYERS, users::seeding::SCHEMA_VERSION),
        (ROUNDS, game::rounds::SCHEMA_VERSION),
        (WALLETS, payments::journal::SCHEMA_VERSION),
    ];
    let opened = databases.into_iter().map(|(name, version)| {
        let opened = Store::open_copy(&data_dir.join(name), version);
        (name, opened.map(drop).map_err(StartError::from))
    });
    let telemetry = Some(telemetry_dir(data_dir)).filter(|dir| dir.exists());
    let telemetry = telemetry.map(|dir| {
        let read = reelscope_collector::check(&dir);
        (TELEMETRY, read.map_err(StartError::from))
    });
    let mut found: Vec<_> = opened.chain(telemetry).collect();
    found.retain(|(_, read)| !matches!(read, Err(StartError::Store(StoreError::Missing { .. }))));
    found
}

/// The open databases. Clones share them; [`Storage::close`] closes them for all clones.
#[derive(Clone)]
pub(crate) struct Storage {
    pub(crate) players: Store,
    pub(crate) rounds: Store,
    pub(crate) wallets: Store,
    pub(crate) collector: Option<Collector>,
}

impl Storage {
    /// Opens the databases. A damaged one is set aside and a new one is created; [`crate::notices`] shows that
    /// until a person has read it. Every other error leaves the directory as it is.
    ///
    /// # Errors
    /// [`StartError`], when one of them cannot be opened.
    pub(crate) async fn open(data_dir: PathBuf) -> Result<Self, StartError> {
        let data_dir = Arc::new(data_dir);
        let open = |name: &'static str, version| {
            let dir = data_dir.join(name);
            tokio::task::spawn_blocking(move || match Store::open(&dir, version) {
                Err(StoreError::Damaged { reason, .. }) => {
                    let aside = reelscope_store::set_aside(&dir)?;
                    tracing::error!(dir = %dir.display(), aside = %aside.display(), reason, "damaged database set aside");
                    Store::open(&dir, version)
                }
                opened => opened,
            })
        };
        let (players, rounds, wallets) = tokio::join!(
            open(PLAYERS, users::seeding::SCHEMA_VERSION),
            open(ROUNDS, game::rounds::SCHEMA_VERSION),
            open(WALLETS, payments::journal::SCHEMA_VERSION),
        );
        let take = |opened: Result<Result<Store, StoreError>, tokio::task::JoinError>| match opened {
            Ok(opened) => opened.map_err(StartError::from),
            Err(error) => Err(StartError::defect("a database", &error)),
        };
        Ok(Self {
            players: take(players)?,
            rounds: take(rounds)?,
            wallets: take(wallets)?,
            collector: None,
        })
    }

    /// Service, content and store of each database, in the order of closing: the wallets last, because records of
    /// players and rounds follow from theirs.
    pub(crate) fn databases(&self) -> [(&'static str, &'static str, &Store); 3] {
        [
            ("user-service", "the players", &self.players),
            ("game-engine", "the rounds", &self.rounds),
            ("payment-service", "the wallets", &self.wallets),
        ]
    }

    /// Closes the databases in their order, then the collector, which may still send to Sentry for a moment.
    pub(crate) async fn close(&self) -> Vec<StopError> {
        let mut errors = Vec::new();
        for (_, database, store) in self.databases() {
            let begun = Instant::now();
            if let Err(reason) = store.close().await {
                tracing::error!(%reason, "{database} took no writes when they were closed");
                errors.push(StopError::Database { database, reason });
            }
            tracing::debug!(elapsed = ?begun.elapsed(), "{database} are closed");
        }
        if let Some(collector) = &self.collector {
            collector.shutdown().await;
        }
        errors
    }
}
