//! PoloDB behind an async interface, with one writer and group commit; and small files beside it ([`durable`]).
//!
//! PoloDB is durable, but its transactions are not isolated from each other, and several of its query shapes return
//! wrong results without an error (`tests/rules.rs`). This crate is the only one that names PoloDB, and it lets
//! through only what is sound:
//!
//! - **One writer.** Every write is a closure that runs on one thread, sees all earlier writes, and is committed
//!   together with the other closures that wait: one transaction and one fsync for all of them ([`Store::write`]).
//!   A closure that fails changes nothing and does not affect the others. The caller is answered after the fsync.
//! - **Safe reads.** By `_id`, by one equal field, or a whole scan ([`Store::get`], [`Store::find_by`],
//!   [`Store::scan`]). Filtering, sorting and summing is done in Rust.
//! - **An error for each state of the directory.** Locked, of a newer build, damaged, unwritable, unreadable
//!   because of the system ([`Store::open`]). None of them changes what is stored; a caller decides whether to move
//!   a damaged database away ([`set_aside`]).
//! - **A full disk.** Writes are refused while there is no room, and are taken again once there is
//!   ([`Store::condition`]).
//!
//! ```text
//!   Store::open ────> directory   lock, schema version, checks ──> PoloDB's files
//!                       └── integrity   finds damage that PoloDB would pass over
//!
//!   Store::write ───> writer      queue ──> one thread ──> one transaction, one fsync
//!                       │          each closure works on a transaction::Tx
//!   Store::get ──┐      v
//!   Store::find_by ──> live       the open database; opened anew after an error that stops it
//!   Store::scan ─┘      │
//!                       v
//!                    indexes      which fields have an index, so that find_by knows how to search
//! ```
//!
//! # Example
//!
//! ```
//! use reelscope_store::{Store, StoreError};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Wallet {
//!     balance: i64,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let dir = tempfile::tempdir()?;
//! let store = Store::open(dir.path(), 1)?;
//! let balance = store
//!     .write(|tx| {
//!         let mut wallet: Wallet = tx.get("wallets", "ada")?.unwrap_or(Wallet { balance: 0 });
//!         wallet.balance += 500;
//!         tx.put("wallets", "ada", &wallet)?;
//!         Ok::<_, StoreError>(wallet.balance)
//!     })
//!     .await?; // the write is on the disk
//! assert_eq!(balance, 500);
//! # store.close().await?;
//! # Ok(())
//! # }
//! ```

mod directory;
pub mod durable;
mod error;
mod files;
mod indexes;
mod integrity;
mod live;
mod queries;
mod transaction;
mod writer;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use polodb_core::bson::{self, Document, doc};
use polodb_core::{CollectionT, Database, Transaction};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use tracing::Instrument;
use tracing::field::Empty;

pub use directory::set_aside;
pub use error::StoreError;
pub use live::Condition;
pub use queries::{Found, Scan};
pub use transaction::Tx;

use integrity::Checksums;
use live::{Held, Live};
use queries::{Lookup, asked, find_in_all, find_one, query_span, read_only};
use writer::Writer;

/// Name of the field that holds a document's id.
const ID: &str = "_id";
/// Value of `db.system` in the spans of reads and writes; the attribute's name is OpenTelemetry's.
const SYSTEM: &str = "polodb";

/// An open database. Clones share it; dropping the last one closes it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    writer: Writer,
    live: Arc<Live>,
    /// Permits for reading a collection from end to end, see [`scans_at_once`].
    scans: Arc<Semaphore>,
}

/// Counters of the writer since the store was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WriteStats {
    /// Closures that were run and committed.
    pub operations: u64,
    /// Commits, each with one fsync. Fewer than `operations` when several were waiting at once.
    pub commits: u64,
    /// Time spent applying changes and committing them; most of it is the fsync.
    pub commit_time: Duration,
}

impl Store {
    /// Opens the database in `dir`, and creates directory and database where they are missing. `schema_version` is
    /// the version of the documents that the caller writes. Blocks for some tens of milliseconds.
    ///
    /// # Errors
    /// One variant of [`StoreError`] for each state that prevents opening; nothing in `dir` is changed by any of
    /// them. A damaged database stays in place, until the caller moves it with [`set_aside`].
    pub fn open(dir: &Path, schema_version: u32) -> Result<Self, StoreError> {
        let (db, lock, checksums) = directory::open(dir, schema_version)?;
        Self::start(dir, db, Held::Directory(lock), Some(checksums))
    }

    /// Opens a copy of the database in `dir` for reading: nothing in `dir` is created, changed or moved. The copy
    /// is removed when the store is dropped. It takes as long as reading all files, and needs their size in the
    /// temporary directory.
    ///
    /// # Errors
    /// As [`Store::open`], and [`StoreError::Missing`] when there is no database.
    pub fn open_copy(dir: &Path, schema_version: u32) -> Result<Self, StoreError> {
        let (db, copy) = directory::open_copy(dir, schema_version)?;
        let at = copy.path().to_owned();
        Self::start(&at, db, Held::Copy(copy), None)
    }

    fn start(dir: &Path, db: Database, held: Held, checksums: Option<Checksums>) -> Result<Self, StoreError> {
        let live = Arc::new(Live::new(dir, db, held, checksums));
        Ok(Self {
            inner: Arc::new(Inner {
                writer: Writer::start(Arc::clone(&live))?,
                live,
                scans: Arc::new(Semaphore::new(scans_at_once())),
            }),
        })
    }

    /// Whether the store takes writes. While it does not, it tries once a second to take them again.
    #[must_use]
    pub fn condition(&self) -> Condition {
        self.inner.live.condition()
    }

    /// Closes the store for all its clones: operations that were handed over are written, then the database and its
    /// directory are released. Every later call returns [`StoreError::Closed`].
    ///
    /// # Errors
    /// The error with which the store refused the last writes. Acknowledged writes are on the disk nevertheless.
    pub async fn close(&self) -> Result<(), StoreError> {
        let inner = Arc::clone(&self.inner);
        let closed = tokio::task::spawn_blocking(move || {
            inner.writer.close();
            inner.live.close()
        });
        closed.await.map_err(|_| StoreError::Panicked)?
    }

    /// Runs `operation` on the writer and returns its result once its changes are durable: all of them, or none.
    /// Operations run one after another, and each sees the changes of those before it. Dropping the future does not
    /// stop an operation that was handed over.
    ///
    /// # Errors
    /// The error of the operation, or a [`StoreError`] when the commit failed or the operation panicked.
    pub async fn write<T, E, F>(&self, operation: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let span = tracing::info_span!(
            "commit",
            sentry.op = "db",
            sentry.name = "commit",
            db.system = SYSTEM,
            db.operation.name = "commit",
            db.collection.name = Empty,
            db.documents_written = Empty,
        );
        let (value, changed) = self.inner.writer.run(operation).instrument(span.clone()).await?;
        span.record("db.collection.name", changed.collections.join(","));
        span.record("db.documents_written", changed.documents);
        Ok(value)
    }

    /// Creates an index on `field`, for present and future documents; does nothing when there is one. Runs on the
    /// writer, so that no insert runs beside it; 100,000 documents take about a second. After a kill the index is
    /// either complete or absent. Dropping the future does not stop it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn create_index(
        &self,
        collection: &'static str,
        field: &'static str,
    ) -> Result<(), StoreError> {
        self.inner.writer.create_index(collection, field).await
    }

    /// Drops the index on `field`; takes about as long as creating it. The tombstones of its entries do not slow
    /// later reads, which `tests/indexes.rs` pins.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn drop_index(&self, collection: &'static str, field: &'static str) -> Result<(), StoreError> {
        self.inner.writer.drop_index(collection, field).await
    }

    /// Whether lookups by `field` use an index, asked of the database itself, so that indexes of earlier processes
    /// count. `None` while this is unknown: the collection is empty, and this store has not created or dropped the
    /// index.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn has_index(
        &self,
        collection: &'static str,
        field: &'static str,
    ) -> Result<Option<bool>, StoreError> {
        self.blocking(move |inner| inner.live.with(|db, indexes| indexes.has(db, collection, field)))
            .await
    }

    /// Returns the document with this id.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Document`] when it does not fit `R`.
    pub async fn get<R>(
        &self,
        collection: &'static str,
        id: impl Into<String>,
    ) -> Result<Option<R>, StoreError>
    where
        R: DeserializeOwned + Send + 'static,
    {
        let id = id.into();
        let span = query_span(collection, "findOne", "{_id: ?}");
        let found = self
            .reading(move |txn| find_one(txn, collection, doc! { ID: id }))
            .instrument(span.clone())
            .await?;
        span.record("db.rows_scanned", u64::from(found.is_some()));
        Ok(found)
    }

    /// Returns the documents with these ids, in the order of the ids; missing ones are left out.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub async fn get_many<R>(&self, collection: &'static str, ids: Vec<String>) -> Result<Vec<R>, StoreError>
    where
        R: DeserializeOwned + Send + 'static,
    {
        // The ids are read one by one within one transaction, because PoloDB has no `$in`.
        let span = query_span(collection, "findOne", "{_id: ?}");
        span.record("db.operation.batch.size", ids.len());
        let found: Vec<R> = self
            .reading(move |txn| {
                ids.into_iter()
                    .filter_map(|id| find_one(txn, collection, doc! { ID: id }).transpose())
                    .collect()
            })
            .instrument(span.clone())
            .await?;
        span.record("db.rows_scanned", found.len());
        Ok(found)
    }

    /// Returns the document whose `field` equals `value`, as [`Store::find_in`] does in one collection.
    ///
    /// # Errors
    /// As [`Store::find_in`].
    pub async fn find_by<R>(
        &self,
        collection: &'static str,
        field: &'static str,
        value: impl Into<String>,
    ) -> Result<Option<R>, StoreError>
    where
        R: DeserializeOwned + Send + 'static,
    {
        let found = self.find_in([collection], field, value).await?;
        Ok(found.document)
    }

    /// Returns the document of some collections whose `field` equals `value`. Values of the field must be unique in them.
    /// Uses the index where all of them have one; otherwise works as [`Store::find_by_reading_all`]. The span is named after
    /// the first of them.
    ///
    /// # Errors
    /// As [`Store::find_by_reading_all`].
    pub async fn find_in<R>(
        &self,
        collections: impl Into<Vec<&'static str>>,
        field: &'static str,
        value: impl Into<String>,
    ) -> Result<Found<R>, StoreError>
    where
        R: DeserializeOwned + Send + 'static,
    {
        let (collections, value) = (collections.into(), value.into());
        let named = collections.first().copied().unwrap_or_default();
        let span = query_span(named, "findOne", &format!("{{{field}: ?}}"));
        let (asker, wanted) = asked();
        let query = doc! { field: value.clone() };
        let searched = collections.clone();
        let by_index = move |inner: &Inner| {
            inner.live.with(|db, indexes| {
                for collection in searched {
                    let look = || read_only(db, |txn| find_one(txn, collection, query.clone()));
                    match indexes.using(db, collection, field, look)? {
                        Some(None) => {}
                        Some(found) => return Ok(Some(found)),
                        None => return Ok(None),
                    }
                }
                Ok(Some(None))
            })
        };
        let lookup = async {
            if let Some(found) = self.blocking(by_index).await? {
                return Ok(Lookup {
                    rows_scanned: u64::from(found.is_some()),
                    found,
                    read_for: None,
                });
            }
            self.scanning(move |txn| find_in_all(txn, &collections, field, &value, &wanted))
                .await
        };
        let lookup = lookup.instrument(span.clone()).await?;
        drop(asker);
        Ok(lookup.told_to(&span))
    }

    /// Returns the same document without using an index, even when there is one. Every document is read, about 4 µs
    /// each, up to the end of the collection, because without an index only that shows that the value is unique. A
    /// caller can measure with it what a lookup costs without the index.
    ///
    /// # Errors
    /// [`StoreError::Ambiguous`] when two documents have the value; else as [`Store::get`].
    pub async fn find_by_reading_all<R>(
        &self,
        collection: &'static str,
        field: &'static str,
        value: impl Into<String>,
    ) -> Result<Option<R>, StoreError>
    where
        R: DeserializeOwned + Send + 'static,
    {
        let value = value.into();
        let span = query_span(collection, "findOne", &format!("{{{field}: ?}}"));
        let (asker, wanted) = asked();
        let lookup = self
            .scanning(move |txn| find_in_all(txn, &[collection], field, &value, &wanted))
            .instrument(span.clone())
            .await?;
        drop(asker);
        Ok(lookup.told_to(&span).document)
    }

    /// Passes every document of a collection to `visit`, in the order of their ids, until `visit` breaks. Returns
    /// the state that `visit` worked on, beginning with `start`.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub async fn scan<R, A, F>(
        &self,
        collection: &'static str,
        start: A,
        mut visit: F,
    ) -> Result<A, StoreError>
    where
        R: DeserializeOwned + Send + 'static,
        A: Send + 'static,
        F: FnMut(&mut A, R) -> ControlFlow<()> + Send + 'static,
    {
        let span = query_span(collection, "find", "{}");
        let read = move |txn: &Transaction| {
            let mut state = start;
            let mut scanned = 0_u64;
            let mut cursor = txn.collection::<Document>(collection).find(doc! {}).run()?;
            while cursor.advance()? {
                scanned += 1;
                let record = bson::from_document(cursor.deserialize_current()?)?;
                if visit(&mut state, record).is_break() {
                    break;
                }
            }
            Ok((state, scanned))
        };
        let (state, scanned) = self.scanning(read).instrument(span.clone()).await?;
        span.record("db.rows_scanned", scanned);
        Ok(state)
    }

    /// Returns the counters of the writer since the store was opened.
    #[must_use]
    pub fn stats(&self) -> WriteStats {
        self.inner.writer.stats()
    }

    /// Reads a collection from end to end, once there is a permit. Dropping the future while it waits gives up its
    /// place in the queue.
    async fn scanning<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction) -> Result<T, StoreError> + Send + 'static,
    {
        let turn = Arc::clone(&self.inner.scans).acquire_owned().await;
        let turn = turn.map_err(|_| StoreError::Closed)?;
        self.reading(move |txn| {
            let _turn = turn;
            read(txn)
        })
        .await
    }

    async fn reading<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction) -> Result<T, StoreError> + Send + 'static,
    {
        self.blocking(move |inner| inner.live.with(|db, _| read_only(db, read)))
            .await
    }

    async fn blocking<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Inner) -> Result<T, StoreError> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || work(&inner))
            .await
            .map_err(|_| StoreError::Panicked)?
    }
}

/// Number of scans that run at once: all cores but one. More would end no sooner, and would take the CPU from the
/// rest of the program.
fn scans_at_once() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1).max(1))
}
