//! A disk that fills up and has room again: acknowledged writes are kept, refused writes get an error, and the
//! store takes writes again by itself.
//!
//! The disk is a small tmpfs in a mount namespace of its own.
#![allow(clippy::unwrap_used)]
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use reelscope_store::{Condition, Store, StoreError};
use serde::{Deserialize, Serialize};

const DIR: &str = "REELSCOPE_STORE_SMALL_DISK";
const NOTES: &str = "notes";

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Note {
    text: String,
}

#[test]
#[allow(clippy::print_stderr)] // that nothing was checked must be seen
fn a_full_disk_stops_writes_until_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    // The namespace, and its mount, ends with the process.
    let in_namespace = |script: &str| {
        let mut command = Command::new("unshare");
        command
            .args(["--user", "--map-root-user", "--mount", "sh", "-euc"])
            .arg(format!("mount -t tmpfs -o size=16m none \"$0\"; {script}"))
            .arg(dir.path());
        command
    };
    if !in_namespace("true")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        assert!(
            std::env::var_os("CI").is_none(),
            "this system lets nobody mount a small disk"
        );
        eprintln!("skipped: this system lets nobody mount a small disk");
        return;
    }
    let output = in_namespace("exec \"$1\" --exact on_a_small_disk --ignored --nocapture")
        .arg(std::env::current_exe().unwrap())
        .env(DIR, dir.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("1 passed"),
        "{said}"
    );
}

/// Fills all room that is left.
fn fill(dir: &Path) {
    let mut ballast = File::create(dir.join("ballast")).unwrap();
    for size in [64 * 1024, 4 * 1024, 1] {
        while ballast.write_all(&vec![1; size]).is_ok() {}
    }
}

async fn write(store: &Store, n: u32) -> Result<(), StoreError> {
    let note = Note {
        text: "x".repeat(10_000),
    };
    store
        .write(move |tx| tx.insert(NOTES, &format!("{n:06}"), &note))
        .await
}

/// The process on the small disk; it is started by the other test.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the test above in a mount namespace of its own"]
async fn on_a_small_disk() {
    let Ok(dir) = std::env::var(DIR) else { return };
    let dir = Path::new(&dir);
    let notes = dir.join("notes");
    let store = Store::open(&notes, 1).unwrap();
    for n in 0..20 {
        write(&store, n).await.unwrap();
    }
    fill(dir);
    let mut taken = 20;
    let refused = loop {
        match write(&store, taken).await {
            Ok(()) => taken += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, StoreError::Full), "{refused:?}");
    assert_eq!(store.condition().word(), "disk_full");
    // Reads still work, and the next write is refused with the reason.
    assert!(store.get::<Note>(NOTES, "000019").await.unwrap().is_some());
    let refused = write(&store, 900).await.unwrap_err();
    assert!(matches!(refused, StoreError::Full), "{refused:?}");

    fs::remove_file(dir.join("ballast")).unwrap();
    let since = Instant::now();
    while !matches!(store.condition(), Condition::Well) {
        assert!(
            since.elapsed() < Duration::from_secs(30),
            "{:?}",
            store.condition()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for n in 1_000..1_020 {
        write(&store, n).await.unwrap();
    }
    store.close().await.unwrap();
    let store = Store::open(&notes, 1).unwrap();
    for n in (0..taken).chain(1_000..1_020) {
        let found = store.get::<Note>(NOTES, format!("{n:06}")).await.unwrap();
        assert!(found.is_some(), "{n} was acknowledged");
    }
}
