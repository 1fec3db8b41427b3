//! Compares what a player is told about a failed spin with the ledger, for every hop and every kind of failure.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;
use std::time::{Duration, Instant};

use reelscope_contracts::RoundId;
use reelscope_payment_service::journal;
use reelscope_stack::storage::open_copy_of_wallets;
use reelscope_stack::{Config, Stack};
use reqwest::Method;
use serde_json::{Value, json};
use support::hops::{Fault, Hops, Rule};
use support::{Client, Reply};

const STAKE: i64 = 1_000;

/// The requests of a spin in their order: how each begins, and what it contains.
const ELIGIBILITY: (&str, &str) = ("POST /v1/eligibility ", "");
const BALANCE: (&str, &str) = ("GET /v1/wallets/", "");
const RESERVE: (&str, &str) = ("POST /v1/reservations ", "");
const DRAW: (&str, &str) = ("POST /v1/rounds ", "");
const SETTLE: (&str, &str) = ("POST /v1/reservations/", "/settle ");
const PROVIDER: (&str, &str) = ("POST /v1/settlements ", "");
const SPIN: [(&str, &str); 6] = [ELIGIBILITY, BALANCE, RESERVE, DRAW, SETTLE, PROVIDER];
/// The requests that follow when one of these has failed.
const VOID: (&str, &str) = ("POST /v1/reservations/", "/void ");
const STANDING: (&str, &str) = ("GET /v1/reservations/", "");

const FAULTS: [Fault; 14] = [
    Fault::ResetBefore,
    Fault::ResetAfter,
    Fault::GarbledBefore,
    Fault::GarbledAfter,
    Fault::StatusBefore(400),
    Fault::StatusBefore(404),
    Fault::StatusBefore(409),
    Fault::StatusBefore(500),
    Fault::StatusBefore(503),
    Fault::StatusAfter(409),
    Fault::StatusAfter(500),
    Fault::SilenceBefore,
    Fault::SilenceAfter,
    Fault::Late,
];

fn config(dir: &Path, hops: &Hops) -> Config {
    Config {
        players: Some(600),
        seed: Some(5),
        rate: None,
        settings: None,
        network: hops.network(),
        ..Config::new(dir.to_owned())
    }
}

/// A player with an idempotency key, and the balance before the spin.
#[derive(Clone)]
struct Case {
    what: String,
    client: Client,
    player: String,
    key: String,
    before: i64,
}

impl Case {
    async fn new(stack: &Stack, number: u64, what: String) -> Self {
        let client = Client::new(stack, &format!("RS-{number:06}")).await;
        let (before, reserved) = client.purse().await;
        assert_eq!(reserved, 0, "{what}");
        Self {
            what,
            client,
            player: format!("player-{number:06}"),
            key: format!("key-{number}"),
            before,
        }
    }

    fn round(&self) -> RoundId {
        reelscope_api_gateway::spin::round_id(&self.player.as_str().into(), &self.key)
    }

    fn rule(&self, (begins, contains): (&'static str, &'static str), fault: Fault, left: u32) -> Rule {
        Rule {
            begins,
            contains,
            names: vec![self.player.clone(), self.round().to_string()],
            fault,
            left,
        }
    }

    async fn spin(&self) -> Reply {
        self.client.spin(&self.key, STAKE).await
    }

    /// Returns the state and the payout of the round.
    async fn truth(&self) -> (String, i64) {
        let path = format!("/api/v1/rounds/{}", self.round());
        let reply = self.client.send(Method::GET, &path, None, Value::Null).await;
        assert_eq!(reply.status, 200, "{}: {}", self.what, reply.body);
        let payout = reply.body["round"]["payout"].as_i64().unwrap_or(0);
        (reply.body["stake_status"].as_str().unwrap().to_owned(), payout)
    }

    /// Compares what the player was told with the ledger. The ledger may be ahead by now, but never behind.
    async fn told_the_truth(&self, reply: &Reply, may_be_unknown: bool) {
        let what = format!("{}: {} {}", self.what, reply.status, reply.body);
        let told = match reply.status {
            200 if reply.body["status"] == "posted" => "paid",
            200 => reply.body["status"].as_str().unwrap(),
            _ => reply.body["stake_status"].as_str().expect(&what),
        };
        assert_eq!(reply.body["round_id"], self.round().to_string(), "{what}");
        let (stands, payout) = self.truth().await;
        let becomes: &[&str] = match told {
            "untouched" | "returned" | "paid" => &[],
            "reserved" => &["returned", "pending", "paid"],
            "pending" => &["paid", "returned"],
            "unknown" if may_be_unknown => &["untouched", "reserved", "returned", "pending", "paid"],
            _ => panic!("{what}"),
        };
        assert!(
            stands == told || becomes.contains(&stands.as_str()),
            "{what}: {stands}"
        );
        if !matches!(stands.as_str(), "reserved" | "pending") {
            self.purse_is(&stands, payout, &what).await;
        }
        if reply.status == 200 && told == "paid" {
            assert_eq!(reply.body["payout"], payout, "{what}");
            assert_eq!(reply.body["balance"], self.before - STAKE + payout, "{what}");
        }
    }

    async fn purse_is(&self, stands: &str, payout: i64, what: &str) {
        let change = if stands == "paid" { payout - STAKE } else { 0 };
        assert_eq!(
            self.client.purse().await,
            (self.before + change, 0),
            "{what}: {stands}"
        );
    }

    /// Repeats the spin until its round has ended; returns its state and its payout.
    async fn to_the_end(&self) -> (String, i64) {
        let deadline = Instant::now() + Duration::from_secs(40);
        loop {
            let reply = self.spin().await;
            self.told_the_truth(&reply, false).await;
            let (stands, payout) = self.truth().await;
            let ended = (reply.status == 200 && stands == "paid")
                || matches!(stands.as_str(), "returned" | "untouched");
            if ended {
                self.purse_is(&stands, payout, &self.what).await;
                return (stands, payout);
            }
            assert!(
                Instant::now() < deadline,
                "{}: {} {}",
                self.what,
                reply.status,
                reply.body
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn start_again(dir: &Path, hops: &Hops) -> Stack {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        match Stack::start(config(dir, hops)).await {
            Ok(stack) => return stack,
            Err(error) => assert!(Instant::now() < deadline, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Checks that no money was lost or made, and that no bet is open.
async fn at_rest(dir: &Path) {
    let deadline = Instant::now() + Duration::from_secs(20);
    let wallets = loop {
        match open_copy_of_wallets(dir) {
            Ok(wallets) => break wallets,
            Err(error) => assert!(Instant::now() < deadline, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let ledger = journal::verify(&wallets).await.unwrap();
    assert!(ledger.entries > 0);
    assert_eq!((ledger.imbalance, ledger.pending), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_a_spin_can_fail_at_every_hop_is_told_as_the_ledger_has_it() {
    let dir = tempfile::tempdir().unwrap();
    let hops = Hops::default();
    let stack = Stack::start(config(dir.path(), &hops)).await.unwrap();
    let mut cases = Vec::new();
    let mut number = 2;
    let mut case = async |faults: &[((&'static str, &'static str), Fault, u32)]| {
        number += 1;
        let case = Case::new(&stack, number, format!("{faults:?}")).await;
        for (request, fault, left) in faults {
            hops.rule(case.rule(*request, *fault, *left));
        }
        // Where the payment-service cannot be asked, the gateway may answer `unknown`.
        let silenced = faults.iter().any(|(request, ..)| *request == STANDING);
        cases.push((case, silenced));
    };
    for fault in FAULTS {
        for request in SPIN {
            case(&[(request, fault, 1)]).await;
        }
        case(&[(DRAW, Fault::ResetBefore, 1), (VOID, fault, 1)]).await;
        case(&[(RESERVE, Fault::ResetAfter, 1), (VOID, fault, 1)]).await;
        case(&[(ELIGIBILITY, Fault::StatusBefore(500), 1), (STANDING, fault, 1)]).await;
        case(&[(SETTLE, Fault::ResetAfter, 1), (STANDING, fault, 1)]).await;
        case(&[
            (RESERVE, Fault::ResetAfter, 1),
            (VOID, fault, 1),
            (STANDING, fault, 1),
        ])
        .await;
    }
    let played = cases.iter().map(|(case, silenced)| async move {
        let reply = case.spin().await;
        case.told_the_truth(&reply, *silenced).await;
        let end = case.to_the_end().await;
        (case, end)
    });
    let ended = futures_util::future::join_all(played).await;

    // The provider has settled exactly what was paid.
    let settled = stack.provider().settled();
    let paid: Vec<i64> = ended
        .iter()
        .filter(|(_, (stands, _))| stands == "paid")
        .map(|(_, (_, payout))| *payout)
        .collect();
    assert!(paid.len() > 20 && paid.len() < ended.len(), "{}", paid.len());
    assert_eq!(settled.payments, paid.len() as u64);
    assert_eq!(settled.credit, i128::from(paid.iter().sum::<i64>()));
    let ends: Vec<_> = ended.into_iter().map(|(case, end)| (case.clone(), end)).collect();

    // Neither a restart nor requests that were stuck change any of it.
    hops.forget_rules();
    stack.shutdown().await.unwrap();
    let stack = start_again(dir.path(), &hops).await;
    for (case, (stands, payout)) in ends {
        let case = Case {
            client: Client::new(&stack, &format!("RS-{}", &case.player["player-".len()..])).await,
            ..case
        };
        let reply = case.spin().await;
        case.told_the_truth(&reply, false).await;
        // A round that was never touched may be played with its key.
        if stands != "untouched" || reply.status != 200 {
            assert_eq!(case.truth().await, (stands, payout), "{}", case.what);
        }
    }
    stack.shutdown().await.unwrap();
    at_rest(dir.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_refuses_connections_is_told_as_the_ledger_has_it() {
    let dir = tempfile::tempdir().unwrap();
    let hops = Hops::default();
    let stack = Stack::start(config(dir.path(), &hops)).await.unwrap();
    let pairs = [
        ("api-gateway", "user-service"),
        ("user-service", "payment-service"),
        ("api-gateway", "payment-service"),
        ("api-gateway", "game-engine"),
        ("payment-service", "payment-provider"),
    ];
    for (number, (caller, callee)) in (3..).zip(pairs) {
        let case = Case::new(&stack, number, format!("{caller} to {callee}")).await;
        let (replay, paid) = (
            Case {
                key: "before".to_owned(),
                ..case.clone()
            },
            case,
        );
        let before = replay.spin().await;
        assert_eq!(before.status, 200, "{}", before.body);
        let case = Case {
            before: before.body["balance"].as_i64().unwrap(),
            ..paid
        };
        hops.close(caller, callee).await;
        let reply = case.spin().await;
        assert!(reply.status >= 500, "{}: {}", case.what, reply.body);
        let told = reply.body["stake_status"].as_str().unwrap().to_owned();
        // The key of a paid round is sent again; whatever fails, its stake is not `untouched`.
        let again = replay.spin().await;
        if again.status != 200 {
            let told = again.body["stake_status"].as_str().unwrap();
            assert!(
                matches!(told, "paid" | "unknown"),
                "{}: {}",
                case.what,
                again.body
            );
        }
        hops.open(caller, callee);
        case.told_the_truth(&reply, callee == "payment-service" && caller == "api-gateway")
            .await;
        assert_eq!(
            told == "unknown",
            (caller, callee) == ("api-gateway", "payment-service")
        );
        case.to_the_end().await;
    }
    stack.shutdown().await.unwrap();
    at_rest(dir.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_sent_again_while_its_first_attempt_runs_is_told_the_truth() {
    let dir = tempfile::tempdir().unwrap();
    let hops = Hops::default();
    let stack = Stack::start(config(dir.path(), &hops)).await.unwrap();
    let mut cases = Vec::new();
    for (number, request) in (3..).zip(SPIN) {
        for (number, fault) in [(number, Fault::SilenceAfter), (number + 10, Fault::Late)] {
            let case = Case::new(&stack, number, format!("{request:?} {fault:?}")).await;
            hops.rule(case.rule(request, fault, 1));
            cases.push(case);
        }
    }
    let played = cases.into_iter().map(|case| {
        let hops = hops.clone();
        async move {
            let first = {
                let case = case.clone();
                tokio::spawn(async move { case.spin().await })
            };
            hops.met(&case.player).await;
            // Another stake, an invalid body, and the same request, all while the first is stuck.
            let other = async { case.client.spin(&case.key, 2 * STAKE).await };
            let none = case.client.send(
                Method::POST,
                "/api/v1/spins",
                Some(&case.key),
                json!({ "stake": "ten" }),
            );
            let (same, other, none) = tokio::join!(case.spin(), other, none);
            assert_eq!(none.status, 422, "{}", none.body);
            assert_eq!(
                none.body["stake_status"], "unknown",
                "{}: nothing lasts yet",
                case.what
            );
            let first = first.await.unwrap();
            let told = first.body["stake_status"].as_str().unwrap_or("paid").to_owned();
            assert_ne!(told, "unknown", "{}: {}", case.what, first.body);
            // Either of the two waiting requests may come first, where the first request has left the round
            // untouched.
            if other.status == 200 {
                assert_eq!(told, "untouched", "{}", case.what);
            } else {
                case.told_the_truth(&same, false).await;
                assert!(
                    matches!(
                        other.body["stake_status"].as_str(),
                        Some("paid" | "returned" | "untouched" | "pending")
                    ),
                    "{}: {}",
                    case.what,
                    other.body
                );
                case.to_the_end().await;
            }
        }
    });
    futures_util::future::join_all(played).await;
    hops.forget_rules();
    stack.shutdown().await.unwrap();
    at_rest(dir.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_that_is_gone_in_mid_spin_leaves_a_round_that_is_told_as_the_ledger_has_it() {
    let dir = tempfile::tempdir().unwrap();
    let hops = Hops::default();
    let mut stack = Stack::start(config(dir.path(), &hops)).await.unwrap();
    for (number, request) in (3..).zip(SPIN) {
        for (number, fault) in [(number, Fault::SilenceBefore), (number + 10, Fault::SilenceAfter)] {
            let case = Case::new(&stack, number, format!("{request:?} {fault:?}")).await;
            hops.rule(case.rule(request, fault, 1));
            let waiting = {
                let case = case.clone();
                tokio::spawn(async move { case.spin().await })
            };
            hops.met(&case.player).await;
            waiting.abort();
            drop(stack);
            stack = start_again(dir.path(), &hops).await;
            let case = Case {
                client: Client::new(&stack, &format!("RS-{number:06}")).await,
                ..case
            };
            let (stands, _) = case.truth().await;
            assert_ne!(stands, "unknown", "{}", case.what);
            let (ended, _) = case.to_the_end().await;
            match stands.as_str() {
                "untouched" | "paid" => assert_eq!(ended, "paid", "{}", case.what),
                "returned" => assert_eq!(ended, "returned", "{}", case.what),
                _ => assert_ne!(ended, "untouched", "{}", case.what),
            }
        }
    }
    stack.shutdown().await.unwrap();
    at_rest(dir.path()).await;
}
