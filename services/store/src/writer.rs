//! The only thread that writes. It takes the operations that wait, runs them, commits them in one transaction, and
//! then answers their callers. After an error that stops the database it answers with that error and tries once a
//! second to open the database anew.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use polodb_core::bson::{Document, doc};
use polodb_core::{CollectionT, Transaction};
use tokio::sync::oneshot;

use crate::live::Live;
use crate::transaction::{Change, Changes, Tx};
use crate::{ID, StoreError, WriteStats};

/// Limit of operations in one commit, so that the first of them does not wait long for the last.
const MOST_OPERATIONS: usize = 256;
/// Limit of changed documents in one commit, for operations that each change many.
const MOST_CHANGES: usize = 4_000;
/// Interval between attempts to open a stopped database anew.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Sends the result of the commit to the caller of an operation.
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// Runs an operation over the batch so far, or answers its caller with the error that there is no transaction.
/// Returns `None` after a failed operation, whose caller has been answered and which adds no change.
type Operation =
    Box<dyn FnOnce(Result<(&Transaction, &Changes), StoreError>) -> Option<(Changes, Answer)> + Send>;

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

/// Size of the changes of one operation, for its span.
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
    queue: Mutex<Option<mpsc::Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    counters: Arc<Counters>,
}

impl Writer {
    /// # Errors
    /// [`StoreError::System`] when the system cannot start the thread.
    pub(crate) fn start(live: Arc<Live>) -> Result<Self, StoreError> {
        let (queue, jobs) = mpsc::channel();
        let counters = Arc::new(Counters::default());
        let counted = Arc::clone(&counters);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || write_until_closed(&live, &jobs, &counted))
            .map_err(|error| StoreError::System(error.to_string()))?;
        Ok(Self {
            queue: Mutex::new(Some(queue)),
            thread: Mutex::new(Some(thread)),
            counters,
        })
    }

    /// Closes the queue and waits until the operations in it are written.
    pub(crate) fn close(&self) {
        drop(self.queue.lock().take());
        let thread = self.thread.lock().take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }

    /// Runs an operation; returns its result and what it changed, once that is committed.
    pub(crate) async fn run<T, E, F>(&self, operation: F) -> Result<(T, Changed), E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel::<Result<(T, Changed), E>>();
        let boxed: Operation = Box::new(move |begun| {
            let (txn, batch) = match begun {
                Ok(begun) => begun,
                Err(error) => {
                    let _ = sender.send(Err(error.into()));
                    return None;
                }
            };
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
        // When the writer's thread panics, the sender is dropped and the caller gets an error.
        receiver
            .await
            .unwrap_or_else(|_| Err(StoreError::Panicked.into()))
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
        receiver.await.unwrap_or(Err(StoreError::Panicked))
    }

    pub(crate) fn stats(&self) -> WriteStats {
        WriteStats {
            operations: self.counters.operations.load(Ordering::Relaxed),
            commits: self.counters.commits.load(Ordering::Relaxed),
            commit_time: Duration::from_nanos(self.counters.commit_nanos.load(Ordering::Relaxed)),
        }
    }

    fn send(&self, job: Job) -> Result<(), StoreError> {
        let queue = self.queue.lock();
        let queue = queue.as_ref().ok_or(StoreError::Closed)?;
        queue.send(job).map_err(|_| StoreError::Closed)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

fn write_until_closed(live: &Live, jobs: &mpsc::Receiver<Job>, counters: &Counters) {
    let mut looked = Instant::now();
    let mut next = None;
    loop {
        let stopped = live.why_stopped();
        if stopped.is_some() && looked.elapsed() >= LOOK_AGAIN {
            // If PoloDB panics while it closes or opens, the database stays stopped.
            let _ = catch_unwind(AssertUnwindSafe(|| live.reopen()));
            looked = Instant::now();
            continue;
        }
        let job = match (next.take(), &stopped) {
            (Some(job), _) => job,
            (None, None) => match jobs.recv() {
                Ok(job) => job,
                Err(mpsc::RecvError) => return,
            },
            (None, Some(_)) => match jobs.recv_timeout(LOOK_AGAIN) {
                Ok(job) => job,
                Err(mpsc::RecvTimeoutError::Timeout) => continue,
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
            },
        };
        if let Some(error) = stopped {
            refuse(job, error);
            continue;
        }
        match catch_unwind(AssertUnwindSafe(|| work(live, job, jobs, counters))) {
            Ok(left_over) => next = left_over,
            // After a panic in PoloDB its state in memory is unknown, so the database is opened anew.
            Err(panic) => {
                tracing::error!(panic = panic_text(panic.as_ref()), "the writer met a defect");
                live.stop(StoreError::Panicked);
                let _ = catch_unwind(AssertUnwindSafe(|| live.reopen()));
            }
        }
        live.look_at_files();
        looked = Instant::now();
    }
}

/// Answers a job with `error` without running it.
fn refuse(job: Job, error: StoreError) {
    match job {
        Job::Write(operation) => drop(operation(Err(error))),
        Job::Index { answer, .. } => drop(answer.send(Err(error))),
    }
}

/// Runs a job, together with those of the queue that fit into the same commit. Returns a job that was taken from
/// the queue but does not fit.
fn work(live: &Live, job: Job, jobs: &mpsc::Receiver<Job>, counters: &Counters) -> Option<Job> {
    match job {
        Job::Write(first) => write_batch(live, first, jobs, counters),
        // Runs on the writer's thread, because PoloDB leaves holes in an index that is created beside concurrent
        // inserts.
        Job::Index {
            change,
            collection,
            field,
            answer,
        } => {
            let result = live.with(|db, indexes| {
                tracing::trace!(collection, field, "index work");
                match change {
                    IndexChange::Create => indexes.create(db, collection, field),
                    IndexChange::Drop => indexes.drop(db, collection, field),
                }
            });
            stop_on(live, result.as_ref().err());
            let _ = answer.send(result);
            None
        }
    }
}

/// Stops the database after an error that RocksDB recovers from only by opening anew.
fn stop_on(live: &Live, error: Option<&StoreError>) {
    if let Some(error) = error.filter(|error| error.stops_writes()) {
        live.stop(error.clone());
    }
}

/// Runs `first` and the operations waiting behind it, commits, and answers. Returns a job of the queue that is no
/// operation, if it met one.
fn write_batch(
    live: &Live,
    first: Operation,
    jobs: &mpsc::Receiver<Job>,
    counters: &Counters,
) -> Option<Job> {
    let mut first = Some(first);
    let mut answers: Vec<Answer> = Vec::new();
    let mut left_over = None;
    let committed = live.with(|db, _| {
        let txn = db.start_transaction()?;
        let mut batch = Changes::new();
        while let Some(run) = first.take() {
            if let Some((changes, answer)) = run(Ok((&txn, &batch))) {
                batch.extend(changes);
                answers.push(answer);
            }
            if answers.len() < MOST_OPERATIONS && batch.len() < MOST_CHANGES {
                match jobs.try_recv() {
                    Ok(Job::Write(next)) => first = Some(next),
                    Ok(other) => left_over = Some(other),
                    Err(_) => {}
                }
            }
        }
        let started = Instant::now();
        if !batch.is_empty() {
            live.is_here()?;
        }
        commit(&txn, batch)?;
        counters
            .operations
            .fetch_add(answers.len() as u64, Ordering::Relaxed);
        counters.commits.fetch_add(1, Ordering::Relaxed);
        let nanos = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        counters.commit_nanos.fetch_add(nanos, Ordering::Relaxed);
        Ok(())
    });
    stop_on(live, committed.as_ref().err());
    // `first` is still here when the transaction could not begin, so it is answered with that error.
    if let (Some(first), Err(error)) = (first, &committed) {
        first(Err(error.clone()));
    }
    for answer in answers {
        answer(committed.clone());
    }
    left_over
}

/// Commits the batch. An empty batch is rolled back, which costs no fsync.
fn commit(txn: &Transaction, batch: Changes) -> Result<(), StoreError> {
    if batch.is_empty() {
        return Ok(txn.rollback()?);
    }
    let documents = batch.len();
    let result = apply(txn, batch).and_then(|()| {
        tracing::trace!(documents, "commit");
        txn.commit().map_err(StoreError::from)
    });
    if result.is_err() {
        let _ = txn.rollback();
    }
    result
}

/// Writes the batch into the transaction. Inserts into one collection are one call, because PoloDB looks the
/// collection up at every call.
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
