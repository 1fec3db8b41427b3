//! What an operation may do on the writer: read by id and change by id, in memory, until it is known to succeed.

use std::collections::BTreeMap;

use polodb_core::Transaction;
use polodb_core::bson::{self, Document, doc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{ID, StoreError, find_one};

pub(crate) type Key = (&'static str, String);

/// The state a document will have after the commit.
#[derive(Clone)]
pub(crate) struct Change {
    /// The document without its id; `None` when it is to be gone.
    pub document: Option<Document>,
    /// Whether the database holds a document with this id now: decides between insert, update and delete.
    pub in_database: bool,
}

/// Ordered, so that one batch always writes in one order.
pub(crate) type Changes = BTreeMap<Key, Change>;

/// The view of one operation: the database, under what earlier operations of the batch changed, under what this
/// one changed. Its changes join the batch only when the operation succeeds, so that a failure undoes itself:
/// PoloDB does not undo a failed statement.
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

    /// The record with this id, with everything that ran before.
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

    /// Writes a record under its id, over one that may be there. A field that the record no longer has stays in
    /// the database; records keep their fields.
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

    /// Removes the record with this id; says whether there was one.
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

    /// Whether the record exists for this operation, and whether the database holds one.
    fn state(&self, collection: &'static str, id: &str) -> Result<(bool, bool), StoreError> {
        if let Some(change) = self.pending(collection, id) {
            return Ok((change.document.is_some(), change.in_database));
        }
        let found = find_one::<Document>(self.txn, collection, doc! { ID: id })?.is_some();
        Ok((found, found))
    }
}
