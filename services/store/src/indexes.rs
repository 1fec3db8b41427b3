//! Which indexes there are. PoloDB keeps them in its own files and has no call that lists them.

use std::collections::BTreeMap;

use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use polodb_core::bson::{Document, doc};
use polodb_core::{CollectionT, Database, IndexModel, Metrics};

use crate::{StoreError, read_only};

type Key = (&'static str, &'static str);

/// By collection and field: whether there is an index, as far as it is known. Who looks something up by an index
/// holds the lock for reading until it has its answer, so that the index cannot go between the plan and the search.
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

    /// Whether there is an index; asks the database when that is not known yet.
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
        // Nobody looks anything up by an index beside this, so that a hit that is counted is ours.
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

    /// Runs a lookup that relies on the index; `None` when there is none to rely on.
    pub(crate) fn using<T>(
        &self,
        db: &Database,
        collection: &'static str,
        field: &'static str,
        lookup: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.has(db, collection, field)?;
        let known = self.read();
        // Looked at again: the index may have gone since.
        if known.get(&(collection, field)) == Some(&true) {
            lookup().map(Some)
        } else {
            Ok(None)
        }
    }

    /// Called on the writer only.
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

    /// Called on the writer only.
    pub(crate) fn drop(
        &self,
        db: &Database,
        collection: &'static str,
        field: &'static str,
    ) -> Result<(), StoreError> {
        let key = (collection, field);
        // From here on lookups read the collection, and those that were using the index are done.
        self.write().insert(key, false);
        let dropped = db
            .collection::<Document>(collection)
            .drop_index(index_name(field));
        if dropped.is_err() {
            // Whatever is there now, the database is asked for it.
            self.write().remove(&key);
        }
        Ok(dropped?)
    }

    /// Looks for what the first document holds: PoloDB counts it when an index answered, and without one its search
    /// ends at that same first document.
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

/// The name that PoloDB gives to an ascending index on one field.
fn index_name(field: &str) -> String {
    format!("{}_1", field.replace('.', "_"))
}
