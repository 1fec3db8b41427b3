//! Money is right after a `kill -9` of the whole stack at any moment.
#![allow(clippy::unwrap_used)]

#[path = "../../stack/tests/support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rand::RngExt;
use reelscope_payment_service::journal;
use reelscope_stack::storage::open_copy_of_wallets;
use reqwest::Method;
use serde_json::{Value, json};
use support::{Client, Reply, try_read};

struct Running {
    child: Child,
    client: Client,
}

/// Makes a spin; `None` when the process was killed meanwhile.
async fn spin(client: &Client, key: &str) -> Option<Reply> {
    let request = client
        .request(Method::POST, "/api/v1/spins")
        .header("idempotency-key", key)
        .json(&json!({"stake": 100}));
    try_read(request).await.ok()
}

/// Starts `reelscope serve` in a process of its own and logs the demo's player in.
async fn serve(dir: &Path) -> Running {
    let mut child = Command::new(env!("CARGO_BIN_EXE_reelscope"))
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--players",
            "600",
            "--data-dir",
        ])
        .arg(dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(ready["ready"], true);
    let launch = ready["ui"]
        .as_str()
        .unwrap()
        .rsplit('=')
        .next()
        .unwrap()
        .to_owned();
    let origin = ready["gateway"].as_str().unwrap().to_owned();
    let client = Client::at(origin, launch, "RS-000001").await;
    Running { child, client }
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_rounds_survive_and_the_ledger_balances() {
    let dir = tempfile::tempdir().unwrap();
    // Key of every answered round, with its response.
    let answered: Arc<Mutex<BTreeMap<String, Value>>> = Arc::default();
    // At least 64 lives; more where a busy machine answers few rounds in each.
    for life in 0..64 {
        if life >= 8 && answered.lock().unwrap().len() > 80 {
            break;
        }
        let mut running = serve(dir.path()).await;
        let mut players = tokio::task::JoinSet::new();
        for player in 0..8 {
            let (client, answered) = (running.client.clone(), Arc::clone(&answered));
            players.spawn(async move {
                for n in 0.. {
                    let key = format!("{life}-{player}-{n}");
                    match spin(&client, &key).await {
                        Some(Reply { status: 200, body }) => {
                            drop(answered.lock().unwrap().insert(key, body));
                        }
                        // The gateway limits a session; the refused spin moved no money and is sent again later.
                        Some(Reply { status: 429, .. }) => tokio::task::yield_now().await,
                        Some(Reply { status, body }) => panic!("{status} {body}"),
                        None => break,
                    }
                }
            });
        }
        let before = answered.lock().unwrap().len();
        let alive = Instant::now();
        while answered.lock().unwrap().len() == before {
            assert!(alive.elapsed() < Duration::from_secs(20), "no spin was answered");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // The kill comes at a random moment on purpose; this is no wait for a condition.
        let moment = Duration::from_micros(rand::rng().random_range(0..150_000));
        tokio::time::sleep(moment).await;
        running.child.kill().unwrap();
        running.child.wait().unwrap();
        while let Some(player) = players.join_next().await {
            player.unwrap();
        }
    }

    let mut running = serve(dir.path()).await;
    let answered = std::mem::take(&mut *answered.lock().unwrap());
    assert!(
        answered.len() > 80,
        "{} rounds are too few to tell",
        answered.len()
    );
    for (key, round) in &answered {
        let again = loop {
            match spin(&running.client, key).await.unwrap() {
                Reply { status: 200, body } => break body,
                Reply { status: 429, .. } => tokio::time::sleep(Duration::from_millis(20)).await,
                Reply { status, body } => panic!("{key} was answered before: {status} {body}"),
            }
        };
        assert_eq!(again["replayed"], true);
        for field in ["round_id", "payout", "board", "seed"] {
            assert_eq!(again[field], round[field], "{key}");
        }
    }
    running.child.kill().unwrap();
    running.child.wait().unwrap();
    let wallets = open_copy_of_wallets(dir.path()).unwrap();
    let result = journal::verify(&wallets).await.unwrap();
    assert_eq!((result.imbalance, result.pending), (0, 0));
    assert!(result.entries >= 2 * answered.len() as u64);
}
