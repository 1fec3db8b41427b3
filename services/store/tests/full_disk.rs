//! A disk that fills up and has room again: acknowledged writes are kept, refused writes get an error, and the
//! store takes writes again by itself.
#![allow(clippy::unwrap_used)]
#![cfg(target_os = "linux")]

#[path = "support/small_disk.rs"]
mod small_disk;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use reelscope_store::{Condition, Store, StoreError};
use serde::{Deserialize, Serialize};
use small_disk::{DIR, fill, on_a_small_disk};

const NOTES: &str = "notes";

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Note {
    text: String,
}

#[test]
fn a_full_disk_stops_writes_until_there_is_room() {
    on_a_small_disk(16, "with_16_megabytes");
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
async fn with_16_megabytes() {
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
