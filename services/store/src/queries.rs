//! The shapes of queries that PoloDB answers correctly, and their spans.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use polodb_core::bson::{self, Document, doc};
use polodb_core::{CollectionT, Database, Transaction};
use serde::de::DeserializeOwned;
use tracing::Span;
use tracing::field::Empty;

use crate::{SYSTEM, StoreError};

/// The result of a lookup by a field, and how it was found.
pub(super) struct Lookup<R> {
    pub(super) found: Option<R>,
    pub(super) rows_scanned: u64,
    /// How long the documents were read; `None` where an index was used.
    pub(super) read_for: Option<Duration>,
}

impl<R> Lookup<R> {
    pub(super) fn told_to(self, span: &Span) -> Found<R> {
        span.record("db.index_used", self.read_for.is_none());
        span.record("db.rows_scanned", self.rows_scanned);
        let rows = self.rows_scanned;
        Found {
            document: self.found,
            scan: self.read_for.map(|took| Scan { rows, took }),
        }
    }
}

/// A document that was looked up by a field.
#[derive(Debug)]
pub struct Found<R> {
    /// The document; `None` where there is none.
    pub document: Option<R>,
    /// What was read for it; `None` where an index was used.
    pub scan: Option<Scan>,
}

/// Collections that were read from end to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scan {
    /// Number of documents.
    pub rows: u64,
    /// Time of reading, without the wait for a permit.
    pub took: Duration,
}

/// The span of a read. Its name is a statement without values.
pub(super) fn query_span(collection: &'static str, operation: &'static str, filter: &str) -> Span {
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

/// Runs `read` within a transaction that is rolled back. Outside of one, PoloDB ends a search without a result with
/// an fsync.
pub(super) fn read_only<T>(
    db: &Database,
    read: impl FnOnce(&Transaction) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let txn = db.start_transaction()?;
    let result = read(&txn);
    txn.rollback()?;
    result
}

/// Finds the document that matches `query`, which must be one equal field: PoloDB returns wrong results for `{_id,
/// other}`.
pub(super) fn find_one<R: DeserializeOwned>(
    txn: &Transaction,
    collection: &str,
    query: Document,
) -> Result<Option<R>, StoreError> {
    debug_assert_eq!(query.len(), 1, "only single-field queries are answered rightly");
    let found = txn.collection::<Document>(collection).find_one(query)?;
    Ok(found.map(bson::from_document).transpose()?)
}

/// Number of documents between two checks whether the caller still waits: about a millisecond of reading.
const LOOKED_UP_EVERY: u64 = 256;

/// A pair of references: the caller holds the first while it waits, and the lookup sees through the second whether
/// it still does.
pub(super) fn asked() -> (Arc<()>, Weak<()>) {
    let asker = Arc::new(());
    let wanted = Arc::downgrade(&asker);
    (asker, wanted)
}

/// Finds the document by reading all of them. A search within PoloDB would be cheaper, but does not report how many
/// documents it read.
pub(super) fn find_in_all<R: DeserializeOwned>(
    txn: &Transaction,
    collections: &[&'static str],
    field: &'static str,
    value: &str,
    wanted: &Weak<()>,
) -> Result<Lookup<R>, StoreError> {
    let started = Instant::now();
    let mut rows_scanned: u64 = 0;
    let mut found = None;
    for collection in collections.iter().copied() {
        let mut cursor = txn.collection::<Document>(collection).find(doc! {}).run()?;
        while cursor.advance()? {
            rows_scanned += 1;
            // A lookup whose caller has gone ends here, so that abandoned lookups do not pile up and delay the others.
            if rows_scanned.is_multiple_of(LOOKED_UP_EVERY) && wanted.strong_count() == 0 {
                return Err(StoreError::Closed);
            }
            let document = cursor.deserialize_current()?;
            // Reading continues after a hit: without a unique index, only the end of the collections shows that no other
            // document has the value.
            if document.get_str(field) == Ok(value) && found.replace(document).is_some() {
                return Err(StoreError::Ambiguous { collection, field });
            }
        }
    }
    Ok(Lookup {
        found: found.map(bson::from_document).transpose()?,
        rows_scanned,
        read_for: Some(started.elapsed()),
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
                find_in_all::<Document>(txn, &["players"], "code", "3", wanted)
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
