//! The lists of open bets: what thousands of them cost a round, and the migration of an older build's only list.
#![allow(clippy::unwrap_used)]

use reelscope_contracts::payments::{OpenWallet, Reserve};
use reelscope_contracts::{Money, RoundId};
use reelscope_payment_service::journal;
use reelscope_store::{Store, StoreError};
use serde::{Deserialize, Serialize};

/// The list, as version 1 writes it.
#[derive(Serialize, Deserialize)]
struct OneList {
    rounds: Vec<String>,
}

/// Returns an id; they are distributed as round ids are.
fn round_id(number: u128) -> RoundId {
    RoundId::from_u128(number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}

async fn open_wallet(store: &Store) {
    let wallet = OpenWallet {
        player_id: "p".into(),
        currency: "RUB".to_owned(),
        opening_balance: Money(1_000_000),
    };
    journal::open_wallet(store, wallet, 0).await.unwrap();
}

async fn reserve(store: &Store, number: u128) {
    let reserve = Reserve {
        round_id: round_id(number),
        player_id: "p".into(),
        stake: Money(1),
        same_seed_as: None,
    };
    let at = i64::try_from(number).unwrap();
    journal::reserve(store, reserve, at).await.unwrap();
}

async fn play(store: &Store, number: u128) {
    reserve(store, number).await;
    let id = round_id(number);
    journal::record_payout(store, id, Money(1)).await.unwrap();
    journal::post(store, id, "PP".to_owned(), 2).await.unwrap();
}

async fn open(store: &Store) -> Vec<RoundId> {
    let open = journal::open_bets(store, |_| true).await.unwrap();
    open.iter().map(|bet| bet.round_id).collect()
}

#[tokio::test]
async fn the_one_list_of_version_1_is_taken_over_and_its_build_refuses_what_follows() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), 1).unwrap();
    open_wallet(&store).await;
    for number in 0..200 {
        reserve(&store, number).await;
    }
    let rounds = open(&store).await;
    assert_eq!(rounds, (0..200).map(round_id).collect::<Vec<_>>(), "oldest first");
    let as_version_1 = store.write::<_, StoreError, _>(move |tx| {
        for list in 0..64 {
            tx.delete("open", &format!("bets-{list:02}"))?;
        }
        let rounds = rounds.iter().map(ToString::to_string).collect();
        tx.put("open", "bets", &OneList { rounds })
    });
    as_version_1.await.unwrap();
    drop(store);

    let store = Store::open(dir.path(), journal::SCHEMA_VERSION).unwrap();
    for _ in 0..2 {
        journal::migrate(&store).await.unwrap();
        assert_eq!(open(&store).await, (0..200).map(round_id).collect::<Vec<_>>());
    }
    journal::record_payout(&store, round_id(0), Money(1))
        .await
        .unwrap();
    journal::post(&store, round_id(0), "PP".to_owned(), 2)
        .await
        .unwrap();
    assert_eq!(open(&store).await, (1..200).map(round_id).collect::<Vec<_>>());
    let wanted = journal::open_bets(&store, |round| round == round_id(7))
        .await
        .unwrap();
    assert_eq!(wanted.len(), 1);
    drop(store);
    let older = Store::open(dir.path(), 1).map(drop).unwrap_err();
    assert!(matches!(older, StoreError::NewerSchema { .. }), "{older}");
}

/// Measures processor time, because the fsync of a write is as slow as the disk is busy.
/// `cargo test --workspace --test open_bets -- --ignored --nocapture`
#[cfg(target_os = "linux")]
#[tokio::test]
#[ignore = "a measurement of a minute"]
async fn thousands_of_open_bets_cost_a_round_less_than_a_millisecond() {
    let dir = tempfile::tempdir().unwrap();
    let cpu_ms = || reelscope_telemetry::cpu_ms().unwrap();
    let store = Store::open(dir.path(), journal::SCHEMA_VERSION).unwrap();
    open_wallet(&store).await;
    let mut number = 0;
    let mut per_round = Vec::new();
    for target in [0, 2_000, 10_000] {
        let open_now = open(&store).await.len();
        for _ in open_now..target {
            reserve(&store, number).await;
            number += 1;
        }
        let before = cpu_ms();
        for _ in 0..1_000 {
            play(&store, number).await;
            number += 1;
        }
        let cost = (cpu_ms() - before) / 1_000.0;
        println!("{target} open: {cost:.2} ms of processor a round");
        per_round.push(cost);
    }
    assert!(per_round[1] < per_round[0] + 1.0, "{per_round:?}");
}
