//! The rules of PoloDB and of this crate that the product relies on.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use reelscope_store::{Store, StoreError, Tx};
use serde::{Deserialize, Serialize};

const ACCOUNTS: &str = "accounts";

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Account {
    balance: i64,
    code: String,
}

fn account(balance: i64) -> Account {
    Account {
        balance,
        code: format!("code-{balance}"),
    }
}

fn open(dir: &Path) -> Store {
    Store::open(dir, 1).unwrap()
}

#[derive(Debug)]
enum Refused {
    Short,
    Store(#[allow(dead_code)] StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

fn debit(tx: &mut Tx<'_>, amount: i64) -> Result<(), Refused> {
    let from: Account = tx.get(ACCOUNTS, "player")?.unwrap();
    let to: Account = tx.get(ACCOUNTS, "house")?.unwrap();
    // Written before the check, so that the refusal has something to undo.
    tx.put(
        ACCOUNTS,
        "house",
        &Account {
            balance: to.balance + amount,
            ..to
        },
    )?;
    if from.balance < amount {
        return Err(Refused::Short);
    }
    tx.put(
        ACCOUNTS,
        "player",
        &Account {
            balance: from.balance - amount,
            ..from
        },
    )?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_debits_conserve_the_sum_and_never_overdraw() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    const OPENING: i64 = 20_000;
    store
        .write(|tx| {
            tx.insert(ACCOUNTS, "player", &account(OPENING))?;
            tx.insert(ACCOUNTS, "house", &account(0))
        })
        .await
        .unwrap();
    // 8 × 1,000 debits of 1 to 7 ask for about 32,000 in total, so many must be refused.
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..8_i64 {
        let store = store.clone();
        tasks.spawn(async move {
            let mut taken = 0;
            for n in 0..1_000_i64 {
                let amount = 1 + (n + task) % 7;
                match store.write(move |tx| debit(tx, amount)).await {
                    Ok(()) => taken += amount,
                    Err(Refused::Short) => {}
                    Err(Refused::Store(error)) => panic!("{error}"),
                }
            }
            taken
        });
    }
    let taken: i64 = tasks.join_all().await.into_iter().sum();
    let player: Account = store.get(ACCOUNTS, "player").await.unwrap().unwrap();
    let house: Account = store.get(ACCOUNTS, "house").await.unwrap().unwrap();
    assert_eq!(house.balance, taken);
    assert_eq!(player.balance, OPENING - taken);
    assert!(
        (0..7).contains(&player.balance),
        "the purse was emptied: {}",
        player.balance
    );
    let stats = store.stats();
    assert!(
        stats.commits < stats.operations,
        "writes that came together were committed together: {stats:?}"
    );
}

#[tokio::test]
async fn an_operation_that_fails_or_panics_leaves_nothing_and_disturbs_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let failing = store.write::<(), StoreError, _>(|tx| {
        tx.insert(ACCOUNTS, "a", &account(1))?;
        Err(StoreError::Closed)
    });
    let panicking = store.write::<(), StoreError, _>(|tx| {
        tx.insert(ACCOUNTS, "b", &account(1))?;
        panic!("on purpose")
    });
    let working = store.write::<(), StoreError, _>(|tx| tx.insert(ACCOUNTS, "c", &account(1)));
    let (failed, panicked, worked) = tokio::join!(failing, panicking, working);
    assert!(matches!(failed, Err(StoreError::Closed)));
    assert!(matches!(panicked, Err(StoreError::Panicked)));
    worked.unwrap();
    for (id, there) in [("a", false), ("b", false), ("c", true)] {
        assert_eq!(
            store.get::<Account>(ACCOUNTS, id).await.unwrap().is_some(),
            there,
            "{id}"
        );
    }
}

#[tokio::test]
async fn ids_are_unique_and_changes_are_seen_by_later_operations() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let inserts = (0..50).map(|n| {
        let store = store.clone();
        tokio::spawn(async move {
            store
                .write(move |tx| tx.insert(ACCOUNTS, "same", &account(n)))
                .await
        })
    });
    let mut won = 0;
    for insert in inserts.collect::<Vec<_>>() {
        match insert.await.unwrap() {
            Ok(()) => won += 1,
            Err(error) => assert!(matches!(error, StoreError::Duplicate { .. }), "{error}"),
        }
    }
    assert_eq!(won, 1);
    let deleted = store
        .write::<_, StoreError, _>(|tx| tx.delete(ACCOUNTS, "same"))
        .await
        .unwrap();
    assert!(deleted);
    store
        .write(|tx| tx.insert(ACCOUNTS, "same", &account(99)))
        .await
        .unwrap();
    assert_eq!(
        store.get::<Account>(ACCOUNTS, "same").await.unwrap(),
        Some(account(99))
    );
}

#[tokio::test]
async fn a_field_is_found_with_and_without_an_index_that_comes_later() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let fill = |from: i64, to: i64| {
        store.write::<_, StoreError, _>(move |tx| {
            (from..to).try_for_each(|n| tx.insert(ACCOUNTS, &format!("id-{n}"), &account(n)))
        })
    };
    fill(0, 300).await.unwrap();
    for indexed in [false, true] {
        if indexed {
            store.create_index(ACCOUNTS, "code").await.unwrap();
            fill(300, 600).await.unwrap();
        }
        for n in [0, 150, 299] {
            let found = store
                .find_by::<Account>(ACCOUNTS, "code", format!("code-{n}"))
                .await
                .unwrap();
            assert_eq!(found, Some(account(n)), "indexed: {indexed}");
        }
        assert_eq!(
            store
                .find_by::<Account>(ACCOUNTS, "code", "code-x")
                .await
                .unwrap(),
            None
        );
    }
    assert_eq!(
        store
            .find_by::<Account>(ACCOUNTS, "code", "code-599")
            .await
            .unwrap(),
        Some(account(599))
    );
    let sum = store
        .scan::<Account, _, _>(ACCOUNTS, 0, |sum, account| {
            *sum += account.balance;
            std::ops::ControlFlow::Continue(())
        })
        .await
        .unwrap();
    assert_eq!(sum, (0..600).sum::<i64>());
}

#[tokio::test]
async fn a_directory_is_opened_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let error = Store::open(dir.path(), 1).map(|_| ()).unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error}");
    drop(store);
    open(dir.path());
}

#[tokio::test]
async fn a_newer_directory_is_refused_and_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    fs::write(dir.path().join("schema-version"), "2\n").unwrap();
    let before = listing(dir.path());
    let error = Store::open(dir.path(), 1).map(|_| ()).unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::NewerSchema {
                found: 2,
                known: 1,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(listing(dir.path()), before);
}

fn listing(dir: &Path) -> Vec<(String, u64, std::time::SystemTime)> {
    let mut files: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .chain(fs::read_dir(dir.join("db")).unwrap())
        .map(|entry| {
            let entry = entry.unwrap();
            let meta = entry.metadata().unwrap();
            (
                entry.path().display().to_string(),
                meta.len(),
                meta.modified().unwrap(),
            )
        })
        .collect();
    files.sort();
    files
}

#[test]
fn a_path_that_is_a_file_is_a_sentence() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("file");
    fs::write(&path, "x").unwrap();
    let error = Store::open(&path, 1).map(|_| ()).unwrap_err();
    assert!(matches!(error, StoreError::Unwritable { .. }), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "x");
}
