//! PoloDB behind one async door, with one writer and group commit.
//!
//! PoloDB is durable, but its transactions are not isolated from each other and several of its query shapes
//! answer wrongly without saying so (`tests/rules.rs`). This crate is the only one that names it
//! and lets through only what holds:
//!
//! - **One writer.** Every write is a closure that runs on one thread, sees all earlier writes, and is committed
//!   together with whatever else was waiting: one transaction and one fsync for all of them ([`Store::write`]).
//!   A closure that fails leaves nothing behind and disturbs nobody. The answer comes after the fsync.
//! - **Safe reads.** By `_id`, by one equal field, or a whole scan ([`Store::get`], [`Store::find_by`],
//!   [`Store::scan`]); filtering, sorting and summing is Rust's.
//! - **A directory that is understood.** Locked, from a newer build, damaged, unwritable, met by an error of the system:
//!   each has its own error ([`Store::open`]), and none of them changes what is stored. Only a caller moves a damaged
//!   database away ([`set_aside`]).
//! - **A disk that fills up.** Writes are refused while there is no room, and go on once there is ([`Store::condition`]).
//!
//! Modules in reading order: [`directory`](self) checks and locks the directory, `live` is the database while it is open,
//! `transaction` is what a closure may do, `writer` is the thread that commits, `indexes` knows which indexes there are.

mod directory;
mod error;
mod indexes;
mod live;
mod transaction;
mod writer;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;

use polodb_core::bson::{self, Document, doc};
use polodb_core::{CollectionT, Database, Transaction};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use tracing::field::Empty;
use tracing::{Instrument, Span};

pub use directory::set_aside;
pub use error::StoreError;
pub use live::Condition;
pub use transaction::Tx;

use live::{Held, Live};
use writer::Writer;

/// Name of the field that PoloDB looks documents up by.
const ID: &str = "_id";
/// `db.system` of the spans that a read or a write is, as OpenTelemetry names the attribute.
const SYSTEM: &str = "polodb";

/// A database that is open. Clones share it; the last one to go closes it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    writer: Writer,
    live: Arc<Live>,
    /// Held while a collection is read from end to end.
    scans: Arc<Semaphore>,
}

/// What the writer did since the store was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WriteStats {
    /// Closures that were run and committed.
    pub operations: u64,
    /// Commits, each with one fsync; fewer than operations when writes came together.
    pub commits: u64,
    /// Time spent applying and committing, of which the fsync is most.
    pub commit_time: Duration,
}

impl Store {
    /// Opens or creates the database in `dir`, which is created when missing. `schema_version` is the version
    /// of the documents that the caller writes. Blocks for some tens of milliseconds.
    ///
    /// # Errors
    /// One for each circumstance that keeps a database from being opened, each before anything was changed. A database
    /// that is damaged stays where it is: [`set_aside`] is the caller's decision.
    pub fn open(dir: &Path, schema_version: u32) -> Result<Self, StoreError> {
        let (db, lock) = directory::open(dir, schema_version)?;
        Self::start(dir, db, Held::Directory(lock))
    }

    /// Opens a copy of the database in `dir`, for reading: nothing in `dir` is created, changed or moved. The copy is
    /// removed with the store. Takes as long as reading all files, and as much room in the temporary directory.
    ///
    /// # Errors
    /// As [`Store::open`], and [`StoreError::Missing`] when there is no database.
    pub fn open_copy(dir: &Path, schema_version: u32) -> Result<Self, StoreError> {
        let (db, copy) = directory::open_copy(dir, schema_version)?;
        let at = copy.path().to_owned();
        Self::start(&at, db, Held::Copy(copy))
    }

    fn start(dir: &Path, db: Database, held: Held) -> Result<Self, StoreError> {
        let live = Arc::new(Live::new(dir, db, held));
        Ok(Self {
            inner: Arc::new(Inner {
                writer: Writer::start(Arc::clone(&live))?,
                live,
                scans: Arc::new(Semaphore::new(scans_at_once())),
            }),
        })
    }

    /// Whether writes are taken; while they are not, the store looks once a second whether they can be.
    #[must_use]
    pub fn condition(&self) -> Condition {
        self.inner.live.condition()
    }

    /// Ends the store, whoever else has a clone of it: what was handed over is written, then the database and its
    /// directory are let go. Everything afterwards is [`StoreError::Closed`].
    ///
    /// # Errors
    /// Why the store took no writes, when it did not in the end. What was acknowledged is on the disk all the same.
    pub async fn close(&self) -> Result<(), StoreError> {
        let inner = Arc::clone(&self.inner);
        let closed = tokio::task::spawn_blocking(move || {
            inner.writer.close();
            inner.live.close()
        });
        closed.await.map_err(|_| StoreError::Panicked)?
    }

    /// Runs `operation` on the writer and answers once its writes are durable. Either all of them are, or none.
    /// Operations run one after another and each sees those before it. Dropping the future does not stop an
    /// operation that was handed over.
    ///
    /// # Errors
    /// What the operation returned; or a [`StoreError`] when the commit failed or the operation panicked.
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

    /// Makes lookups by `field` fast, for documents that are there and for those to come. Runs on the writer,
    /// with nothing beside it; 100,000 documents take about a second. Does nothing when it exists. Either the
    /// whole index is there afterwards or none of it, after a kill too. Dropping the future does not stop it.
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

    /// Takes the index away again, as [`Store::create_index`] made it and at the same price. What its entries leave
    /// behind costs later reads nothing (`tests/indexes.rs` pins that).
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn drop_index(&self, collection: &'static str, field: &'static str) -> Result<(), StoreError> {
        self.inner.writer.drop_index(collection, field).await
    }

    /// Whether lookups by `field` use an index, as the database itself shows it, from whichever process it is.
    /// `None` while that cannot be told: the collection is empty, and nobody has created or dropped the index.
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

    /// The document with this id.
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

    /// The documents with these ids, in their order; those that are missing are left out.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub async fn get_many<R>(&self, collection: &'static str, ids: Vec<String>) -> Result<Vec<R>, StoreError>
    where
        R: DeserializeOwned + Send + 'static,
    {
        // As it is done: one by one, in one transaction. PoloDB takes no `$in`.
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

    /// The document whose `field`, which must be different in all of them, equals `value`: by the index when there is
    /// one, else as [`Store::find_by_reading_all`].
    ///
    /// # Errors
    /// As there.
    pub async fn find_by<R>(
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
        let query = doc! { field: value.clone() };
        let by_index = move |inner: &Inner| {
            inner.live.with(|db, indexes| {
                let look = || read_only(db, |txn| find_one(txn, collection, query));
                indexes.using(db, collection, field, look)
            })
        };
        let lookup = async {
            if let Some(found) = self.blocking(by_index).await? {
                return Ok(Lookup {
                    rows_scanned: u64::from(found.is_some()),
                    found,
                    index_used: true,
                });
            }
            self.scanning(move |txn| find_in_all(txn, collection, field, &value, &wanted))
                .await
        };
        let lookup = lookup.instrument(span.clone()).await?;
        drop(asker);
        Ok(lookup.told_to(&span))
    }

    /// The same without any index, even when there is one: every document is read, about 4 µs each, to the end of
    /// the collection, because nothing but reading on shows that the value is there only once. What a lookup without
    /// an index would cost can be measured with it before there is none.
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
            .scanning(move |txn| find_in_all(txn, collection, field, &value, &wanted))
            .instrument(span.clone())
            .await?;
        drop(asker);
        Ok(lookup.told_to(&span))
    }

    /// Hands every document of a collection to `visit`, in the order of their ids, until it breaks.
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

    /// What the writer did since the store was opened.
    #[must_use]
    pub fn stats(&self) -> WriteStats {
        self.inner.writer.stats()
    }

    /// Reads a collection from end to end, when it is its turn. Whoever goes away while he waits for it costs nothing.
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

/// One core is left to everything else: hundreds of scans at once would end no sooner, and the rest of the program would
/// stand still meanwhile.
fn scans_at_once() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1).max(1))
}

/// What a lookup by a field found, and how.
struct Lookup<R> {
    found: Option<R>,
    rows_scanned: u64,
    index_used: bool,
}

impl<R> Lookup<R> {
    fn told_to(self, span: &Span) -> Option<R> {
        span.record("db.index_used", self.index_used);
        span.record("db.rows_scanned", self.rows_scanned);
        self.found
    }
}

/// A read as a span: its statement has no values in it.
fn query_span(collection: &'static str, operation: &'static str, filter: &str) -> Span {
    tracing::info_span!(
        "db.query",
        sentry.op = "db.query",
        sentry.name = format!("{collection}.{operation}({filter})"),
        db.system = SYSTEM,
        db.collection.name = collection,
        db.operation.name = operation,
        db.operation.batch.size = Empty,
        db.rows_scanned = Empty,
        db.index_used = Empty,
    )
}

/// Reads within a transaction that is rolled back: outside of one, a search that finds nothing ends with an fsync.
fn read_only<T>(
    db: &Database,
    read: impl FnOnce(&Transaction) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let txn = db.start_transaction()?;
    let result = read(&txn);
    txn.rollback()?;
    result
}

/// `query` must be one field, equal: PoloDB answers `{_id, other}` wrongly.
fn find_one<R: DeserializeOwned>(
    txn: &Transaction,
    collection: &str,
    query: Document,
) -> Result<Option<R>, StoreError> {
    debug_assert_eq!(query.len(), 1, "only single-field queries are answered rightly");
    let found = txn.collection::<Document>(collection).find_one(query)?;
    Ok(found.map(bson::from_document).transpose()?)
}

/// Documents between two looks whether somebody still waits: about a millisecond of reading.
const LOOKED_UP_EVERY: u64 = 256;

/// Held by whoever waits for a lookup, and what the lookup knows of it.
fn asked() -> (Arc<()>, Weak<()>) {
    let asker = Arc::new(());
    let wanted = Arc::downgrade(&asker);
    (asker, wanted)
}

/// Reads every document. A search within PoloDB would be cheaper, but it does not tell how many it read.
fn find_in_all<R: DeserializeOwned>(
    txn: &Transaction,
    collection: &'static str,
    field: &'static str,
    value: &str,
    wanted: &Weak<()>,
) -> Result<Lookup<R>, StoreError> {
    let mut rows_scanned: u64 = 0;
    let mut found = None;
    let mut cursor = txn.collection::<Document>(collection).find(doc! {}).run()?;
    while cursor.advance()? {
        rows_scanned += 1;
        // Lookups that nobody waits for any more would pile up, and take the time of those that somebody waits for.
        if rows_scanned.is_multiple_of(LOOKED_UP_EVERY) && wanted.strong_count() == 0 {
            return Err(StoreError::Closed);
        }
        let document = cursor.deserialize_current()?;
        // It goes on after a hit: with no unique index to vouch for it, only the end of the collection shows that
        // no other document has the value.
        if document.get_str(field) == Ok(value) && found.replace(document).is_some() {
            return Err(StoreError::Ambiguous { collection, field });
        }
    }
    Ok(Lookup {
        found: found.map(bson::from_document).transpose()?,
        rows_scanned,
        index_used: false,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_lookup_ends_when_nobody_waits_for_it_any_more() {
        let dir = tempfile::tempdir().unwrap();
        let db = Database::open_path(dir.path()).unwrap();
        let players: Vec<_> = (0..2 * LOOKED_UP_EVERY)
            .map(|n| doc! { "code": n.to_string() })
            .collect();
        db.collection("players").insert_many(players).unwrap();
        let look = |wanted: &Weak<()>| {
            read_only(&db, |txn| {
                find_in_all::<Document>(txn, "players", "code", "3", wanted)
            })
        };

        let (asker, wanted) = asked();
        let found = look(&wanted).unwrap();
        assert_eq!(found.rows_scanned, 2 * LOOKED_UP_EVERY);
        assert!(found.found.is_some());
        drop(asker);
        assert!(matches!(look(&wanted), Err(StoreError::Closed)));
    }
}
