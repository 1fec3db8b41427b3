//! The data directory of an earlier build can be used, with a bet that a `kill -9` left open.
//!
//! `data/earlier-build.tar.gz` was written by a build whose bets had no reference of the provider: twelve spins of three
//! players with the seed 6, and a thirteenth that waited for the provider when its process was killed.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use reelscope_contracts::payments::BetStatus;
use reelscope_payment_service::journal;
use reelscope_stack::storage::open_copy_of_wallets;
use reelscope_stack::{Config, Settings, Stack};
use support::Client;

fn unpack(dir: &Path) {
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/earlier-build.tar.gz");
    let unpacked = Command::new("tar")
        .arg("xzf")
        .arg(archive)
        .arg("-C")
        .arg(dir)
        .status();
    assert!(unpacked.is_ok_and(|status| status.success()), "tar unpacks it");
}

/// The bets of the players: round, status, and payout in minor units.
async fn bets(dir: &Path) -> Vec<(String, BetStatus, Option<i64>)> {
    let wallets = open_copy_of_wallets(dir).unwrap();
    let mut bets = Vec::new();
    for player in 1..=50 {
        let player = format!("player-{player:06}").into();
        let Ok(of_player) = journal::recent(&wallets, &player, 50).await else {
            continue; // has no wallet
        };
        bets.extend(of_player.into_iter().map(|bet| {
            (
                bet.round_id.to_string(),
                bet.status,
                bet.payout.map(|payout| payout.0),
            )
        }));
    }
    bets.sort_by(|one, other| one.0.cmp(&other.0));
    bets
}

#[tokio::test(flavor = "multi_thread")]
async fn wallets_and_rounds_of_an_earlier_build_go_on_and_its_telemetry_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    unpack(dir.path());
    let before = bets(dir.path()).await;
    let ended = |bets: &[(String, BetStatus, Option<i64>)]| {
        let posted = bets.iter().filter(|bet| bet.1 == BetStatus::Posted);
        posted.cloned().collect::<Vec<_>>()
    };
    assert_eq!((before.len(), ended(&before).len()), (13, 12));

    let config = Config {
        settings: Some(Settings::default()),
        ..Config::new(dir.path().to_owned())
    };
    let stack = Stack::start(config).await.unwrap();
    assert_eq!(stack.notices(), [""; 0]);
    let client = Client::new(&stack, "RS-000001").await;
    let begun = Instant::now();
    while client.purse().await.1 != 0 {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "the bet that was left open is ended"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let reply = client.spin("of this build", 1_000).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let delivery = client.get("/api/telemetry/delivery").await;
    assert_eq!(delivery["notices"][0]["code"], "earlier_format", "{delivery}");
    let aside = delivery["notices"][0]["params"]["copy"].as_str().unwrap();
    assert!(Path::new(aside).join("segments").is_dir(), "{aside}");
    assert!(!dir.path().join("telemetry/segments").exists());
    let kept = async || client.get("/api/telemetry/traces?limit=500").await;
    let begun = Instant::now();
    while kept().await["traces"].as_array().is_none_or(Vec::is_empty) {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "the traces of this build are kept"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stack.shutdown().await.unwrap();

    let after = bets(dir.path()).await;
    assert_eq!(after.len(), 14);
    let ended_before = ended(&before);
    assert!(
        ended_before.iter().all(|bet| after.contains(bet)),
        "what was settled stays as it was"
    );
    let verified = journal::verify(&open_copy_of_wallets(dir.path()).unwrap())
        .await
        .unwrap();
    assert_eq!((verified.imbalance, verified.pending), (0, 0));
}
