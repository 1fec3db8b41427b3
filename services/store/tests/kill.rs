//! A process killed at a random moment keeps all acknowledged writes and leaves no write half done.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rand::RngExt;
use reelscope_store::{Store, StoreError};
use serde::{Deserialize, Serialize};

const DIR: &str = "REELSCOPE_KILL_TEST_DIR";
const ROUND: &str = "REELSCOPE_KILL_TEST_ROUND";
const TASKS: u64 = 8;

#[derive(Serialize, Deserialize)]
struct Half {
    n: i64,
}

/// The process to be killed; the other test starts it. Each operation writes two documents that belong together,
/// and its number is printed once it is durable.
#[test]
#[ignore = "run by the test below in a process of its own"]
fn child() {
    let (Ok(dir), Ok(round)) = (std::env::var(DIR), std::env::var(ROUND)) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(async {
        let store = Store::open(dir.as_ref(), 1).unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for task in 0..TASKS {
            let (store, round) = (store.clone(), round.clone());
            tasks.spawn(async move {
                for n in 0_i64.. {
                    let id = format!("{round}-{task}-{n}");
                    let written = id.clone();
                    store
                        .write::<_, StoreError, _>(move |tx| {
                            tx.insert("left", &written, &Half { n })?;
                            tx.insert("right", &written, &Half { n })
                        })
                        .await
                        .unwrap();
                    // One write call, so that a line is complete or absent.
                    std::io::stderr()
                        .write_all(format!("ack {id}\n").as_bytes())
                        .unwrap();
                }
            });
        }
        tasks.join_all().await;
    });
}

#[tokio::test]
async fn fifty_kills_lose_and_tear_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = Vec::new();
    let mut rng = rand::rng();
    for round in 0..50 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--ignored", "--nocapture"])
            .env(DIR, dir.path())
            .env(ROUND, round.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        // The time until the kill starts with the first acknowledgement; before it nothing can be lost.
        let mut deadline = None;
        while deadline.is_none_or(|deadline| Instant::now() < deadline) {
            let Some(line) = lines.next() else { break };
            if let Some(id) = line.unwrap().strip_prefix("ack ") {
                acknowledged.push(id.to_owned());
                deadline.get_or_insert_with(|| {
                    Instant::now() + Duration::from_micros(rng.random_range(0..120_000))
                });
            }
        }
        child.kill().unwrap();
        // Lines printed before the kill count too.
        acknowledged.extend(
            lines
                .map_while(Result::ok)
                .filter_map(|line| Some(line.strip_prefix("ack ")?.to_owned())),
        );
        child.wait().unwrap();
    }
    assert!(
        acknowledged.len() > 500,
        "{} operations are too few to tell",
        acknowledged.len()
    );

    let store = Store::open(dir.path(), 1).unwrap();
    let count = |collection| {
        store.scan::<Half, _, _>(collection, 0_u64, |count, _| {
            *count += 1;
            std::ops::ControlFlow::Continue(())
        })
    };
    let (left, right) = (count("left").await.unwrap(), count("right").await.unwrap());
    assert_eq!(left, right, "no operation is torn");
    let total = acknowledged.len();
    let found = store
        .get_many::<Half>("left", acknowledged.clone())
        .await
        .unwrap()
        .len();
    assert_eq!(found, total, "no acknowledged operation is lost");
    let found = store.get_many::<Half>("right", acknowledged).await.unwrap().len();
    assert_eq!(found, total, "no acknowledged operation is torn");
}
