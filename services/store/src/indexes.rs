//! The indexes of the database. PoloDB keeps them in its own files and has no call that lists them.

use std::collections::BTreeMap;

use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use polodb_core::bson::{Document, doc};
use polodb_core::{CollectionT, Database, IndexModel, Metrics};

use crate::{StoreError, read_only};

type Key = (&'static str, &'static str);

/// What is known about each index, by collection and field. A lookup that relies on an index holds the read lock
/// until it has its answer, so that the index cannot be dropped between plan and search.
pub(crate) struct Indexes {
    known: RwLock<BTreeMap<Key, bool>>,
    metrics: Metrics,
}

impl Indexes {
    pub(crate) fn of(db: &Database) -> Self {
        let metrics = db.metrics();
        metrics.enable();
        Self {
            known: RwLock::default(),
            metrics,
        }
    }

    /// Whether there is an index. Asks the database when this is unknown.
    pub(crate) fn has(
        &self,
        db: &Database,
        collection: &'static str,
        field: &'static str,
    ) -> Result<Option<bool>, StoreError> {
        let key = (collection, field);
        if let Some(known) = self.read().get(&key) {
            return Ok(Some(*known));
        }
        // The write lock excludes other lookups by index, so that the hit that PoloDB counts belongs to this probe.
        let mut known = self.write();
        if let Some(known) = known.get(&key) {
            return Ok(Some(*known));
        }
        let found = self.probe(db, collection, field)?;
        if let Some(found) = found {
            known.insert(key, found);
        }
        Ok(found)
    }

    /// Runs a lookup that relies on the index; returns `None` when there is no index to rely on.
    pub(crate) fn using<T>(
        &self,
        db: &Database,
        collection: &'static str,
        field: &'static str,
        lookup: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.has(db, collection, field)?;
        let known = self.read();
        // Checked again under the read lock, because the index may have been dropped in between.
        if known.get(&(collection, field)) == Some(&true) {
            lookup().map(Some)
        } else {
            Ok(None)
        }
    }

    /// Creates the index. Only the writer's thread calls this.
    pub(crate) fn create(
        &self,
        db: &Database,
        collection: &'static str,
        field: &'static str,
    ) -> Result<(), StoreError> {
        let model = IndexModel {
            keys: doc! { field: 1 },
            options: None,
        };
        db.collection::<Document>(collection).create_index(model)?;
        self.write().insert((collection, field), true);
        Ok(())
    }

    /// Drops the index. Only the writer's thread calls this.
    pub(crate) fn drop(
        &self,
        db: &Database,
        collection: &'static str,
        field: &'static str,
    ) -> Result<(), StoreError> {
        let key = (collection, field);
        // Lookups that used the index have ended when this lock is taken, and later ones read the whole collection.
        self.write().insert(key, false);
        let dropped = db
            .collection::<Document>(collection)
            .drop_index(index_name(field));
        if dropped.is_err() {
            // After an error the state is unknown, so the next lookup probes it.
            self.write().remove(&key);
        }
        Ok(dropped?)
    }

    /// Looks up the value that the first document has. PoloDB's metrics count a hit when an index answered; without
    /// an index the search ends at that first document, so the probe is cheap.
    fn probe(
        &self,
        db: &Database,
        collection: &'static str,
        field: &'static str,
    ) -> Result<Option<bool>, StoreError> {
        read_only(db, |txn| {
            let documents = txn.collection::<Document>(collection);
            let first = documents.find_one(doc! {})?;
            let Some(value) = first.as_ref().and_then(|first| first.get_str(field).ok()) else {
                return Ok(None);
            };
            let before = self.metrics.find_by_index_count();
            documents.find_one(doc! { field: value })?;
            Ok(Some(self.metrics.find_by_index_count() > before))
        })
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<Key, bool>> {
        self.known.read()
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<Key, bool>> {
        self.known.write()
    }
}

/// The name that PoloDB gives to an ascending index on `field`.
fn index_name(field: &str) -> String {
    format!("{}_1", field.replace('.', "_"))
}
