//! What an operation can do on the writer: read and change documents by id, in memory, until the operation
//! succeeds.

use std::collections::BTreeMap;

use polodb_core::Transaction;
use polodb_core::bson::{self, Document, doc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{ID, StoreError, find_one};

pub(crate) type Key = (&'static str, String);

/// The state of a document after the commit.
#[derive(Clone)]
pub(crate) struct Change {
    /// The document without its id; `None` when the operation deletes it.
    pub document: Option<Document>,
    /// Whether the database holds a document with this id before the commit: decides between insert, update and
    /// delete.
    pub in_database: bool,
}

/// Changes by collection and id. The order of the keys makes equal batches write in the same order.
pub(crate) type Changes = BTreeMap<Key, Change>;

/// The view of one operation: its own changes over those of earlier operations of the batch, over the database. Its
/// changes join the batch only when the operation succeeds, because PoloDB does not undo a failed statement within
/// a transaction.
pub struct Tx<'a> {
    txn: &'a Transaction,
    batch: &'a Changes,
    own: Changes,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(txn: &'a Transaction, batch: &'a Changes) -> Self {
        Self {
            txn,
            batch,
            own: Changes::new(),
        }
    }

    pub(crate) fn into_changes(self) -> Changes {
        self.own
    }

    /// Returns the record with this id, as earlier operations of the batch left it.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Document`] when it does not fit `R`.
    pub fn get<R: DeserializeOwned>(
        &self,
        collection: &'static str,
        id: &str,
    ) -> Result<Option<R>, StoreError> {
        let document = match self.pending(collection, id) {
            Some(change) => change.document.clone(),
            None => find_one(self.txn, collection, doc! { ID: id })?,
        };
        Ok(document.map(bson::from_document).transpose()?)
    }

    /// Adds a record under a new id.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the id is taken.
    pub fn insert<R: Serialize>(
        &mut self,
        collection: &'static str,
        id: &str,
        record: &R,
    ) -> Result<(), StoreError> {
        let (exists, in_database) = self.state(collection, id)?;
        if exists {
            return Err(StoreError::Duplicate {
                collection,
                id: id.to_owned(),
            });
        }
        self.change(collection, id, Some(record), in_database)
    }

    /// Writes a record under its id and replaces one that may be there. A field that the new record lacks keeps its
    /// old value in the database, so a record type must not drop fields.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Document`].
    pub fn put<R: Serialize>(
        &mut self,
        collection: &'static str,
        id: &str,
        record: &R,
    ) -> Result<(), StoreError> {
        let (_, in_database) = self.state(collection, id)?;
        self.change(collection, id, Some(record), in_database)
    }

    /// Deletes the record with this id; returns whether there was one.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn delete(&mut self, collection: &'static str, id: &str) -> Result<bool, StoreError> {
        let (exists, in_database) = self.state(collection, id)?;
        self.change::<()>(collection, id, None, in_database)?;
        Ok(exists)
    }

    fn change<R: Serialize>(
        &mut self,
        collection: &'static str,
        id: &str,
        record: Option<&R>,
        in_database: bool,
    ) -> Result<(), StoreError> {
        let mut document = record.map(bson::to_document).transpose()?;
        if let Some(document) = &mut document {
            document.remove(ID);
        }
        self.own.insert(
            (collection, id.to_owned()),
            Change {
                document,
                in_database,
            },
        );
        Ok(())
    }

    fn pending(&self, collection: &'static str, id: &str) -> Option<&Change> {
        let key = (collection, id.to_owned());
        self.own.get(&key).or_else(|| self.batch.get(&key))
    }

    /// Returns whether the record exists for this operation, and whether the database holds it.
    fn state(&self, collection: &'static str, id: &str) -> Result<(bool, bool), StoreError> {
        if let Some(change) = self.pending(collection, id) {
            return Ok((change.document.is_some(), change.in_database));
        }
        let found = find_one::<Document>(self.txn, collection, doc! { ID: id })?.is_some();
        Ok((found, found))
    }
}
