//! The one thread that writes: it takes what is waiting, runs it, commits it at once, and then answers.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use polodb_core::bson::{Document, doc};
use polodb_core::{CollectionT, Database, Transaction};
use tokio::sync::oneshot;

use crate::indexes::Indexes;
use crate::transaction::{Change, Changes, Tx};
use crate::{ID, StoreError, WriteStats};

/// Most operations of one commit. Bounds how long the first of them waits for the last.
const MOST_OPERATIONS: usize = 256;
/// Most changed documents of one commit, for operations that write many each.
const MOST_CHANGES: usize = 4_000;

/// Told to an operation's caller after the commit.
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// Runs an operation over the batch so far. An operation that failed has answered its caller and adds nothing.
type Operation = Box<dyn FnOnce(&Transaction, &Changes) -> Option<(Changes, Answer)> + Send>;

enum Job {
    Write(Operation),
    Index {
        change: IndexChange,
        collection: &'static str,
        field: &'static str,
        answer: oneshot::Sender<Result<(), StoreError>>,
    },
}

enum IndexChange {
    Create,
    Drop,
}

/// What one operation changed.
pub(crate) struct Changed {
    pub(crate) documents: usize,
    pub(crate) collections: Vec<&'static str>,
}

impl Changed {
    fn of(changes: &Changes) -> Self {
        let mut collections: Vec<_> = changes.keys().map(|(collection, _)| *collection).collect();
        collections.dedup();
        Self {
            documents: changes.len(),
            collections,
        }
    }
}

#[derive(Default)]
struct Counters {
    operations: AtomicU64,
    commits: AtomicU64,
    commit_nanos: AtomicU64,
}

pub(crate) struct Writer {
    queue: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    counters: Arc<Counters>,
}

impl Writer {
    pub(crate) fn start(db: Database, indexes: Arc<Indexes>) -> Self {
        let (queue, jobs) = mpsc::channel();
        let counters = Arc::new(Counters::default());
        let counted = Arc::clone(&counters);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || write_until_closed(&db, &indexes, &jobs, &counted))
            .ok();
        Self {
            queue: Some(queue),
            thread,
            counters,
        }
    }

    /// Answers with what the operation returned and what it changed.
    pub(crate) async fn run<T, E, F>(&self, operation: F) -> Result<(T, Changed), E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel::<Result<(T, Changed), E>>();
        let boxed: Operation = Box::new(move |txn, batch| {
            let mut tx = Tx::new(txn, batch);
            match catch_unwind(AssertUnwindSafe(|| operation(&mut tx))) {
                Ok(Ok(value)) => {
                    let changes = tx.into_changes();
                    let changed = Changed::of(&changes);
                    Some((
                        changes,
                        Box::new(move |committed: Result<(), StoreError>| {
                            let _ = sender.send(committed.map(|()| (value, changed)).map_err(E::from));
                        }),
                    ))
                }
                Ok(Err(error)) => {
                    let _ = sender.send(Err(error));
                    None
                }
                Err(panic) => {
                    tracing::error!(
                        panic = panic_text(panic.as_ref()),
                        "a write panicked and was undone"
                    );
                    let _ = sender.send(Err(StoreError::Panicked.into()));
                    None
                }
            }
        });
        self.send(Job::Write(boxed))?;
        receiver.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    pub(crate) async fn create_index(
        &self,
        collection: &'static str,
        field: &'static str,
    ) -> Result<(), StoreError> {
        self.index(IndexChange::Create, collection, field).await
    }

    pub(crate) async fn drop_index(
        &self,
        collection: &'static str,
        field: &'static str,
    ) -> Result<(), StoreError> {
        self.index(IndexChange::Drop, collection, field).await
    }

    async fn index(
        &self,
        change: IndexChange,
        collection: &'static str,
        field: &'static str,
    ) -> Result<(), StoreError> {
        let (answer, receiver) = oneshot::channel();
        self.send(Job::Index {
            change,
            collection,
            field,
            answer,
        })?;
        receiver.await.unwrap_or(Err(StoreError::Closed))
    }

    pub(crate) fn stats(&self) -> WriteStats {
        WriteStats {
            operations: self.counters.operations.load(Ordering::Relaxed),
            commits: self.counters.commits.load(Ordering::Relaxed),
            commit_time: Duration::from_nanos(self.counters.commit_nanos.load(Ordering::Relaxed)),
        }
    }

    fn send(&self, job: Job) -> Result<(), StoreError> {
        let queue = self.queue.as_ref().ok_or(StoreError::Closed)?;
        queue.send(job).map_err(|_| StoreError::Closed)
    }
}

impl Drop for Writer {
    /// Closes the queue and waits for what is in it: what a caller handed over is written.
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write_until_closed(db: &Database, indexes: &Indexes, jobs: &mpsc::Receiver<Job>, counters: &Counters) {
    let mut next = jobs.recv().ok();
    while let Some(job) = next.take() {
        match job {
            Job::Write(first) => next = write_batch(db, first, jobs, counters),
            // On this thread, because PoloDB leaves holes in an index that is made beside inserts.
            Job::Index {
                change,
                collection,
                field,
                answer,
            } => {
                let result = match change {
                    IndexChange::Create => indexes.create(db, collection, field),
                    IndexChange::Drop => indexes.drop(db, collection, field),
                };
                let _ = answer.send(result);
            }
        }
        if next.is_none() {
            next = jobs.recv().ok();
        }
    }
}

/// Runs `first` and everything that waits behind it, commits, answers. Returns a job that does not batch, if one
/// was met.
fn write_batch(
    db: &Database,
    first: Operation,
    jobs: &mpsc::Receiver<Job>,
    counters: &Counters,
) -> Option<Job> {
    let txn = match db.start_transaction() {
        Ok(txn) => txn,
        Err(error) => {
            // The caller hears of it as of a closed store, since its answer goes with the operation.
            tracing::error!(%error, "no transaction could be begun");
            return None;
        }
    };
    let mut batch = Changes::new();
    let mut answers: Vec<Answer> = Vec::new();
    let mut operation = Some(first);
    let mut left_over = None;
    while let Some(run) = operation.take() {
        if let Some((changes, answer)) = run(&txn, &batch) {
            batch.extend(changes);
            answers.push(answer);
        }
        if answers.len() < MOST_OPERATIONS && batch.len() < MOST_CHANGES {
            match jobs.try_recv() {
                Ok(Job::Write(next)) => operation = Some(next),
                Ok(other) => left_over = Some(other),
                Err(_) => {}
            }
        }
    }
    let started = Instant::now();
    let committed = commit(&txn, batch);
    if committed.is_ok() {
        counters
            .operations
            .fetch_add(answers.len() as u64, Ordering::Relaxed);
        counters.commits.fetch_add(1, Ordering::Relaxed);
        let nanos = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        counters.commit_nanos.fetch_add(nanos, Ordering::Relaxed);
    }
    for answer in answers {
        answer(committed.clone());
    }
    left_over
}

/// Nothing to write needs no fsync.
fn commit(txn: &Transaction, batch: Changes) -> Result<(), StoreError> {
    if batch.is_empty() {
        return Ok(txn.rollback()?);
    }
    let result = apply(txn, batch).and_then(|()| txn.commit().map_err(StoreError::from));
    if result.is_err() {
        let _ = txn.rollback();
    }
    result
}

/// Inserts go in one call a collection, because each call looks the collection up anew.
fn apply(txn: &Transaction, batch: Changes) -> Result<(), StoreError> {
    let mut inserts: Vec<(&'static str, Vec<Document>)> = Vec::new();
    for (
        (collection, id),
        Change {
            document,
            in_database,
        },
    ) in batch
    {
        match (document, in_database) {
            (Some(document), true) => {
                txn.collection::<Document>(collection)
                    .update_one(doc! { ID: id }, doc! { "$set": document })?;
            }
            (Some(mut document), false) => {
                document.insert(ID, id);
                match inserts.last_mut() {
                    Some((last, documents)) if *last == collection => documents.push(document),
                    _ => inserts.push((collection, vec![document])),
                }
            }
            (None, true) => {
                txn.collection::<Document>(collection)
                    .delete_one(doc! { ID: id })?;
            }
            (None, false) => {}
        }
    }
    for (collection, documents) in inserts {
        txn.collection::<Document>(collection).insert_many(documents)?;
    }
    Ok(())
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
