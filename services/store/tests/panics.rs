//! A panic in the middle of a commit or of index work: its caller gets an error, nothing of it stays, and the writer
//! goes on. The trace lines of the writer are where the panic is injected.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::{Mutex, Once, PoisonError};

use reelscope_store::{Condition, Store, StoreError};
use serde::{Deserialize, Serialize};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

const PLAYERS: &str = "players";
const CODE: &str = "code";

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Player {
    code: String,
}

fn player(number: u32) -> Player {
    Player {
        code: format!("RS-{number}"),
    }
}

/// The line of the writer at which its thread panics once, and how often it has.
static PANIC_AT: Mutex<(Option<&'static str>, usize)> = Mutex::new((None, 0));

struct Panics;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Panics {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line::default();
        event.record(&mut line);
        let is_due = {
            let mut at = PANIC_AT.lock().unwrap_or_else(PoisonError::into_inner);
            let is_due = at.0.is_some_and(|wanted| wanted == line.0);
            if is_due {
                *at = (None, at.1 + 1);
            }
            is_due
        };
        assert!(!is_due, "on purpose");
    }
}

#[derive(Default)]
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

/// Opens a store whose writer panics once at this line. The tests of this file share the injection, so each holds the
/// guard until its end.
fn armed(dir: &Path, at: &'static str) -> (Store, std::sync::MutexGuard<'static, ()>) {
    static INSTALLED: Once = Once::new();
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    INSTALLED.call_once(|| tracing_subscriber::registry().with(Panics).init());
    let guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let store = Store::open(dir, 1).unwrap();
    *PANIC_AT.lock().unwrap() = (Some(at), 0);
    (store, guard)
}

fn panics() -> usize {
    PANIC_AT.lock().unwrap().1
}

async fn insert(store: &Store, number: u32) -> Result<(), StoreError> {
    let id = number.to_string();
    store
        .write(move |tx| tx.insert(PLAYERS, &id, &player(number)))
        .await
}

async fn holds(store: &Store, number: u32) -> bool {
    let held = store.get::<Player>(PLAYERS, &number.to_string()).await.unwrap();
    held.is_some()
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::await_holding_lock,
    reason = "the guard keeps the tests of this file apart"
)]
async fn a_panic_in_a_commit_undoes_it_and_the_writer_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _guard) = armed(dir.path(), "commit");

    let lost = insert(&store, 1).await;

    assert!(matches!(lost, Err(StoreError::Panicked)), "{lost:?}");
    assert_eq!(panics(), 1);
    insert(&store, 2).await.unwrap();
    assert!(matches!(store.condition(), Condition::Well));
    assert!(!holds(&store, 1).await && holds(&store, 2).await);
    insert(&store, 1).await.unwrap();
    drop(store);
    let store = Store::open(dir.path(), 1).unwrap();
    assert!(holds(&store, 1).await && holds(&store, 2).await);
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::await_holding_lock,
    reason = "the guard keeps the tests of this file apart"
)]
async fn a_panic_in_index_work_is_an_error_of_its_caller_and_the_writer_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _guard) = armed(dir.path(), "index work");
    insert(&store, 1).await.unwrap();

    let lost = store.create_index(PLAYERS, CODE).await;

    assert!(matches!(lost, Err(StoreError::Panicked)), "{lost:?}");
    assert_eq!(panics(), 1);
    insert(&store, 2).await.unwrap();
    store.create_index(PLAYERS, CODE).await.unwrap();
    for number in [1, 2] {
        let found = store
            .find_by::<Player>(PLAYERS, CODE, player(number).code)
            .await
            .unwrap();
        assert_eq!(found, Some(player(number)));
    }
}
