//! Every defect of a directory has its own error, and opening a defective directory changes nothing in it.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use reelscope_store::{Store, StoreError, set_aside};
use serde::{Deserialize, Serialize};

const ACCOUNTS: &str = "accounts";

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Account {
    balance: i64,
}

/// Creates a database with a table file, as it is after a regular close.
async fn good(dir: &Path) {
    let store = Store::open(dir, 1).unwrap();
    for n in 0..200 {
        store
            .write(move |tx| tx.insert(ACCOUNTS, &format!("id-{n}"), &Account { balance: n }))
            .await
            .unwrap();
    }
    store.close().await.unwrap();
}

/// Returns every file with its content, except RocksDB's `LOG` files, which hold no data.
fn content(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                open.push(path);
            } else if !name.starts_with("LOG") {
                found.insert(path.clone(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn table_file(dir: &Path) -> PathBuf {
    let entries = fs::read_dir(dir.join("db")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|e| e == "sst"))
        .max_by_key(|path| fs::metadata(path).unwrap().len())
        .unwrap()
}

fn flip_bytes_of(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let until = bytes.len() / 2;
    for byte in &mut bytes[8..until] {
        *byte = !*byte;
    }
    fs::write(path, bytes).unwrap();
}

/// Checks that opening `dir` returns an error of this kind twice and leaves the stored data as it is. RocksDB
/// begins new logs and manifests before it meets a damaged table; opening a copy leaves every byte alone.
fn check(dir: &Path, expected: fn(&StoreError) -> bool) {
    let before = content(dir);
    for _ in 0..2 {
        let error = Store::open_copy(dir, 1).map(|_| ()).unwrap_err();
        assert!(expected(&error), "the copy: {error:?}");
        assert!(
            !error.to_string().contains("reelscope-"),
            "the copy is no place to look: {error}"
        );
    }
    assert_eq!(content(dir), before);
    for _ in 0..2 {
        let error = Store::open(dir, 1).map(|_| ()).unwrap_err();
        assert!(expected(&error), "{error:?}");
    }
    let after = content(dir);
    let stored =
        |path: &Path| path.extension().is_some_and(|e| e == "sst") || path.ends_with("schema-version");
    for (path, bytes) in before.iter().filter(|(path, _)| stored(path)) {
        assert_eq!(after.get(path), Some(bytes), "{}", path.display());
    }
    let parent = dir.parent().unwrap();
    assert_eq!(fs::read_dir(parent).unwrap().count(), 1, "nothing was moved");
}

#[tokio::test]
async fn a_table_with_wrong_bytes_is_damage_and_stays_until_it_is_set_aside() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("wallets");
    good(&dir).await;
    let table = table_file(&dir);
    flip_bytes_of(&table);
    let damaged = fs::read(&table).unwrap();
    check(&dir, |error| matches!(error, StoreError::Damaged { .. }));
    let aside = set_aside(&dir).unwrap();
    assert!(!dir.exists());
    let name = table.strip_prefix(&dir).unwrap();
    assert_eq!(fs::read(aside.join(name)).unwrap(), damaged, "moved whole");
    let store = Store::open(&dir, 1).unwrap();
    assert_eq!(store.get::<Account>(ACCOUNTS, "id-1").await.unwrap(), None);
}

#[tokio::test]
async fn damage_of_the_list_of_files_is_damage() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("wallets");
    good(&dir).await;
    fs::write(dir.join("db/CURRENT"), b"\x00garbage").unwrap();
    check(&dir, |error| matches!(error, StoreError::Damaged { .. }));
}

#[tokio::test]
async fn a_file_of_the_database_that_is_gone_is_never_a_new_database() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("wallets");
    good(&dir).await;
    let current = fs::read_to_string(dir.join("db/CURRENT")).unwrap();
    fs::remove_file(dir.join("db").join(current.trim())).unwrap();
    check(&dir, |error| matches!(error, StoreError::Unreadable { .. }));
    fs::remove_file(dir.join("db/CURRENT")).unwrap();
    check(&dir, |error| matches!(error, StoreError::Unreadable { .. }));
}

/// Copies the files of an open database, which is what a killed process leaves.
fn killed(dir: &Path, to: &Path) {
    for (path, bytes) in content(dir) {
        let copy = to.join(path.strip_prefix(dir).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::write(copy, bytes).unwrap();
    }
}

fn log_file(dir: &Path) -> PathBuf {
    let entries = fs::read_dir(dir.join("db")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut logs = paths.filter(|path| path.extension().is_some_and(|e| e == "log"));
    logs.next().unwrap()
}

fn is_damaged(error: &StoreError) -> bool {
    matches!(error, StoreError::Damaged { .. })
}

/// PoloDB ends a scan at a block that it cannot read, and answers that a document in it is not there.
#[tokio::test]
async fn one_wrong_bit_anywhere_in_a_table_is_damage() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("wallets");
    good(&dir).await;
    // The log becomes a table.
    Store::open(&dir, 1).unwrap().close().await.unwrap();
    let table = table_file(&dir);
    let bytes = fs::read(&table).unwrap();
    for part in 0..20 {
        let mut wrong = bytes.clone();
        wrong[part * (bytes.len() - 1) / 19] ^= 1;
        fs::write(&table, wrong).unwrap();
        check(&dir, is_damaged);
    }
    fs::write(&table, bytes).unwrap();
    let store = Store::open(&dir, 1).unwrap();
    assert!(store.get::<Account>(ACCOUNTS, "id-199").await.unwrap().is_some());
}

fn manifest(dir: &Path) -> PathBuf {
    let current = fs::read_to_string(dir.join("db/CURRENT")).unwrap();
    dir.join("db").join(current.trim())
}

/// RocksDB takes a manifest that ends early, or whose record cannot be read, for an older state, in which the tables
/// written since are not there; it deletes them.
#[tokio::test]
async fn a_manifest_with_a_wrong_bit_or_that_is_cut_is_damage() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("wallets");
    good(&dir).await;
    Store::open(&dir, 1).unwrap().close().await.unwrap();
    let manifest = manifest(&dir);
    let bytes = fs::read(&manifest).unwrap();
    for part in 0..20 {
        let mut wrong = bytes.clone();
        wrong[part * (bytes.len() - 1) / 19] ^= 1;
        fs::write(&manifest, wrong).unwrap();
        check(&dir, is_damaged);
        fs::write(&manifest, &bytes[..part * bytes.len() / 20]).unwrap();
        check(&dir, is_damaged);
    }
    fs::write(&manifest, bytes).unwrap();
    let store = Store::open(&dir, 1).unwrap();
    assert!(store.get::<Account>(ACCOUNTS, "id-199").await.unwrap().is_some());
}

/// A killed process leaves a manifest that has grown since its line was written.
#[tokio::test]
async fn a_manifest_that_has_grown_is_no_damage_and_one_that_is_cut_before_it_is() {
    let parent = tempfile::tempdir().unwrap();
    let (running, dir) = (
        parent.path().join("running"),
        parent.path().join("killed/wallets"),
    );
    good(&running).await;
    let store = Store::open(&running, 1).unwrap();
    killed(&running, &dir);
    store.close().await.unwrap();
    let manifest = manifest(&dir);
    let bytes = fs::read(&manifest).unwrap();
    fs::write(&manifest, &bytes[..bytes.len() - 1]).unwrap();
    check(&dir, is_damaged);
    fs::write(&manifest, bytes).unwrap();
    let store = Store::open(&dir, 1).unwrap();
    assert!(store.get::<Account>(ACCOUNTS, "id-199").await.unwrap().is_some());
    let files = parent.path().join("again/wallets");
    killed(&dir, &files);
    store.close().await.unwrap();
    let store = Store::open(&files, 1).unwrap();
    assert!(store.get::<Account>(ACCOUNTS, "id-199").await.unwrap().is_some());
}

#[tokio::test]
async fn a_database_whose_files_are_all_gone_is_no_empty_one() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("wallets");
    good(&dir).await;
    let is_refused = || matches!(Store::open(&dir, 1), Err(StoreError::Unreadable { .. }));
    fs::remove_dir_all(dir.join("db")).unwrap();
    assert!(is_refused());
    fs::create_dir(dir.join("db")).unwrap();
    assert!(is_refused());
    assert_eq!(fs::read_dir(dir.join("db")).unwrap().count(), 0);
}

/// A power cut may leave any part of a table that was still being written when its line was.
#[tokio::test]
async fn a_table_that_was_never_finished_is_no_damage() {
    for left in [0, 500, 2_000] {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("wallets");
        good(&dir).await;
        let line = format!("000999.sst 1000 {:08x}", crc32c::crc32c(&[7; 1_000]));
        let own = crc32c::crc32c(line.as_bytes());
        let checksums = fs::read_to_string(dir.join("checksums")).unwrap();
        fs::write(dir.join("checksums"), format!("{checksums}{line} {own:08x}\n")).unwrap();
        fs::write(dir.join("db/000999.sst"), vec![7; left]).unwrap();
        let store = Store::open(&dir, 1).unwrap();
        assert!(store.get::<Account>(ACCOUNTS, "id-199").await.unwrap().is_some());
    }
}

/// RocksDB ends at a record of the log that it cannot read, and forgets what follows.
#[tokio::test]
async fn a_wrong_bit_in_the_log_is_damage_unless_nothing_follows() {
    let parent = tempfile::tempdir().unwrap();
    let (running, dir) = (
        parent.path().join("running"),
        parent.path().join("killed/wallets"),
    );
    let store = Store::open(&running, 1).unwrap();
    for n in 0..200 {
        let account = Account { balance: n };
        let written = store.write(move |tx| tx.insert(ACCOUNTS, &format!("id-{n}"), &account));
        written.await.unwrap();
    }
    killed(&running, &dir);
    store.close().await.unwrap();
    let log = log_file(&dir);
    let bytes = fs::read(&log).unwrap();
    for part in 1..10 {
        let mut wrong = bytes.clone();
        wrong[part * bytes.len() / 10] ^= 1;
        fs::write(&log, wrong).unwrap();
        check(&dir, is_damaged);
    }
    // What a power cut leaves of the last write.
    fs::write(&log, &bytes[..bytes.len() - 5]).unwrap();
    let store = Store::open(&dir, 1).unwrap();
    assert!(store.get::<Account>(ACCOUNTS, "id-198").await.unwrap().is_some());
    assert!(store.get::<Account>(ACCOUNTS, "id-199").await.unwrap().is_none());
}

#[tokio::test]
async fn a_log_that_is_gone_is_no_empty_database() {
    let parent = tempfile::tempdir().unwrap();
    let (running, dir) = (
        parent.path().join("running"),
        parent.path().join("killed/wallets"),
    );
    let store = Store::open(&running, 1).unwrap();
    let written = store.write(|tx| tx.insert(ACCOUNTS, "id-1", &Account { balance: 1 }));
    written.await.unwrap();
    killed(&running, &dir);
    store.close().await.unwrap();
    let log = log_file(&dir);
    let bytes = fs::read(&log).unwrap();
    fs::remove_file(&log).unwrap();
    check(&dir, |error| matches!(error, StoreError::Unreadable { .. }));
    fs::write(&log, bytes).unwrap();
    let store = Store::open(&dir, 1).unwrap();
    assert!(store.get::<Account>(ACCOUNTS, "id-1").await.unwrap().is_some());

    // One that holds nothing may be gone.
    let dir = parent.path().join("closed/wallets");
    good(&dir).await;
    assert_eq!(fs::read(log_file(&dir)).unwrap().len(), 0);
    fs::remove_file(log_file(&dir)).unwrap();
    let store = Store::open(&dir, 1).unwrap();
    assert!(store.get::<Account>(ACCOUNTS, "id-199").await.unwrap().is_some());
}

/// The checksums are no part of the data: without them, or with wrong ones, the database opens.
#[tokio::test]
async fn checksums_that_are_gone_or_garbled_are_written_anew() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("wallets");
    good(&dir).await;
    let checksums = dir.join("checksums");
    let written = fs::read_to_string(&checksums).unwrap();
    for content in [
        None,
        Some(written.replace("0000", "0001")),
        Some("\u{fffd}".to_owned()),
    ] {
        match content {
            Some(content) => fs::write(&checksums, content).unwrap(),
            None => fs::remove_file(&checksums).unwrap(),
        }
        let store = Store::open(&dir, 1).unwrap();
        assert!(store.get::<Account>(ACCOUNTS, "id-199").await.unwrap().is_some());
        store.close().await.unwrap();
        assert!(fs::read_to_string(&checksums).unwrap().contains(".sst "));
    }
}

#[tokio::test]
async fn a_version_that_is_gone_or_garbled_is_no_damage() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("wallets");
    good(&dir).await;
    let version = dir.join("schema-version");
    for content in [&b""[..], b"one", b"\xff\xfe", b"-1"] {
        fs::write(&version, content).unwrap();
        check(&dir, |error| matches!(error, StoreError::Unreadable { .. }));
    }
    fs::remove_file(&version).unwrap();
    check(&dir, |error| matches!(error, StoreError::Unreadable { .. }));
    fs::write(&version, "1\n").unwrap();
    let store = Store::open(&dir, 1).unwrap();
    assert!(store.get::<Account>(ACCOUNTS, "id-1").await.unwrap().is_some());
}

#[cfg(unix)]
#[tokio::test]
async fn an_error_of_the_system_is_no_damage() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("wallets");
    good(&dir).await;
    let table = table_file(&dir);
    let kept = fs::read(&table).unwrap();
    // Opening a link to itself fails with ELOOP, for root too.
    fs::remove_file(&table).unwrap();
    std::os::unix::fs::symlink(&table, &table).unwrap();
    for _ in 0..2 {
        let error = Store::open(&dir, 1).map(|_| ()).unwrap_err();
        assert!(matches!(error, StoreError::System(_)), "{error:?}");
    }
    assert_eq!(
        fs::read_dir(parent.path()).unwrap().count(),
        1,
        "nothing was moved"
    );
    fs::remove_file(&table).unwrap();
    fs::write(&table, kept).unwrap();
    let store = Store::open(&dir, 1).unwrap();
    assert!(store.get::<Account>(ACCOUNTS, "id-1").await.unwrap().is_some());
}

#[cfg(target_os = "linux")]
#[test]
fn a_path_that_is_not_utf8_is_a_sentence_and_creates_nothing() {
    use std::os::unix::ffi::OsStrExt;

    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join(std::ffi::OsStr::from_bytes(b"wallets-\xff"));
    let error = Store::open(&dir, 1).map(|_| ()).unwrap_err();
    assert!(matches!(error, StoreError::PathNotUtf8 { .. }), "{error:?}");
    assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_copy_is_read_without_touching_the_original() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("wallets");
    let missing = |dir: &Path| Store::open_copy(dir, 1).map(|_| ()).unwrap_err();
    let error = missing(&dir);
    assert!(matches!(error, StoreError::Missing { .. }), "{error:?}");
    fs::create_dir(&dir).unwrap();
    let error = missing(&dir);
    assert!(matches!(error, StoreError::Missing { .. }), "{error:?}");
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 0);

    let store = Store::open(&dir, 1).unwrap();
    let error = missing(&dir);
    assert!(matches!(error, StoreError::Locked { .. }), "{error:?}");
    store.close().await.unwrap();
    good(&dir).await;
    let before = content(&dir);
    let copy = Store::open_copy(&dir, 1).unwrap();
    let sum = copy.scan::<Account, _, _>(ACCOUNTS, 0, |sum, account| {
        *sum += account.balance;
        ControlFlow::Continue(())
    });
    assert_eq!(sum.await.unwrap(), (0..200).sum::<i64>());
    drop(copy);
    assert_eq!(content(&dir), before);
}

#[tokio::test]
async fn what_is_closed_is_closed_for_every_clone() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("wallets");
    let store = Store::open(&dir, 1).unwrap();
    let clone = store.clone();
    let write = |store: &Store, id: &'static str| {
        let store = store.clone();
        async move {
            store
                .write(move |tx| tx.insert(ACCOUNTS, id, &Account { balance: 1 }))
                .await
        }
    };
    write(&clone, "a").await.unwrap();
    store.close().await.unwrap();
    let error: StoreError = write(&clone, "b").await.unwrap_err();
    assert!(matches!(error, StoreError::Closed), "{error:?}");
    let error = clone.get::<Account>(ACCOUNTS, "a").await.unwrap_err();
    assert!(matches!(error, StoreError::Closed), "{error:?}");
    let again = Store::open(&dir, 1).unwrap();
    assert!(again.get::<Account>(ACCOUNTS, "a").await.unwrap().is_some());
}

/// RocksDB goes on writing to files that nobody finds any more.
#[cfg(unix)]
#[tokio::test]
async fn a_directory_that_is_removed_or_moved_takes_no_writes_until_it_is_back() {
    let parent = tempfile::tempdir().unwrap();
    let (dir, elsewhere) = (parent.path().join("wallets"), parent.path().join("elsewhere"));
    let store = Store::open(&dir, 1).unwrap();
    let write =
        |n: i64| store.write(move |tx| tx.insert(ACCOUNTS, &format!("id-{n}"), &Account { balance: n }));
    let is_gone = |result: Result<(), StoreError>| matches!(result, Err(StoreError::Gone { .. }));
    write(1).await.unwrap();
    fs::rename(&dir, &elsewhere).unwrap();
    assert!(is_gone(write(2).await));
    assert_eq!(store.condition().word(), "storage_error");
    // Another directory at its place is another database.
    fs::create_dir_all(dir.join("db")).unwrap();
    fs::write(dir.join("lock"), "").unwrap();
    assert!(is_gone(write(3).await));
    fs::remove_dir_all(&dir).unwrap();
    fs::rename(&elsewhere, &dir).unwrap();
    let by = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while write(4).await.is_err() {
        assert!(std::time::Instant::now() < by);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    for (n, is_kept) in [(1, true), (2, false), (3, false), (4, true)] {
        let found = store.get::<Account>(ACCOUNTS, format!("id-{n}")).await.unwrap();
        assert_eq!(found.is_some(), is_kept, "{n}");
    }
    fs::remove_dir_all(&dir).unwrap();
    assert!(is_gone(store.close().await));
}
