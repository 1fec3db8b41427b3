//! Rounds that are answered first and settled in the background are settled even after kill -9.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::bench::{Bench, OPENING, serve};
use rand::RngExt;
use reelscope_contracts::RoundId;
use reelscope_contracts::payments::BetStatus;
use reelscope_payment_provider::{Behaviour, State as Provider};
use reelscope_payment_service::provider::Deadlines;
use reelscope_payment_service::{Retrying, Settling};

const DIR: &str = "REELSCOPE_KILL_TEST_DIR";
const LIFE: &str = "REELSCOPE_KILL_TEST_LIFE";
const PROVIDER: &str = "REELSCOPE_KILL_TEST_PROVIDER";
const PLAYERS: u128 = 8;
const STAKE: i64 = 100;
const DEADLINES: Deadlines = Deadlines {
    attempt: Duration::from_secs(5),
    overall: Duration::from_secs(6),
};

fn player(number: u128) -> String {
    format!("player-{number}")
}

/// Some rounds win, some lose.
fn payout(round: RoundId) -> i64 {
    i64::try_from(round.as_u128() % 3).unwrap() * 110
}

/// The process that is killed, no test of its own. It prints each round once its player was answered.
#[test]
#[ignore = "run by the test below in a process of its own"]
fn child() {
    let (Ok(dir), Ok(life), Ok(provider)) =
        (std::env::var(DIR), std::env::var(LIFE), std::env::var(PROVIDER))
    else {
        return;
    };
    let life: u128 = life.parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let bench = Bench::start(dir.as_ref(), provider, DEADLINES).await;
        bench.knobs.set_settling(Settling::InBackground);
        bench.knobs.set_retrying(Retrying::WithBackoff);
        let play = async |number: u128| {
            let player = player(number);
            bench.open(&player).await;
            for n in 0.. {
                let round = RoundId::from_u128(life << 64 | number << 32 | n);
                bench.reserve(&player, round, STAKE).await.unwrap();
                let bet = bench.settle(round, payout(round)).await.unwrap();
                assert_eq!(bet.status, BetStatus::Pending);
                // One write, so that a line is complete or absent.
                std::io::stderr()
                    .write_all(format!("ack {round}\n").as_bytes())
                    .unwrap();
            }
        };
        futures_util::future::join_all((0..PLAYERS).map(play)).await;
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn rounds_under_way_are_ended_after_a_kill_and_charged_once() {
    let dir = tempfile::tempdir().unwrap();
    let provider = Provider::new(Behaviour {
        latency_ms: 0..=150,
        failures_in_ten: 1,
        ..Behaviour::healthy()
    });
    let url = serve(provider.clone()).await;
    let mut answered = Vec::new();
    for life in 1..=6 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kill::child", "--ignored", "--nocapture"])
            .env(DIR, dir.path())
            .env(LIFE, life.to_string())
            .env(PROVIDER, &url)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        // The time until the kill begins with the first answer, because before it nothing is under way.
        let read = tokio::task::spawn_blocking(move || {
            let mut answered: Vec<RoundId> = Vec::new();
            let mut deadline = None;
            for line in lines.map_while(Result::ok) {
                if let Some(round) = line.strip_prefix("ack ") {
                    answered.push(round.parse().unwrap());
                    let moment = Duration::from_millis(rand::rng().random_range(0..400));
                    if Instant::now() >= *deadline.get_or_insert_with(|| Instant::now() + moment) {
                        // Lines that are printed but not read before the kill are not needed: there are many others.
                        break;
                    }
                }
            }
            child.kill().unwrap();
            child.wait().unwrap();
            answered
        });
        answered.extend(read.await.unwrap());
    }
    assert!(
        answered.len() > 60,
        "{} rounds are too few to tell",
        answered.len()
    );

    let bench = Bench::start(dir.path(), url, DEADLINES).await;
    assert!(bench.left_over > 0, "nothing was under way at the last kill");
    bench.at_rest().await;
    for round in &answered {
        let number = round.as_u128() >> 32 & 0xffff_ffff;
        let bet = bench.reserve(&player(number), *round, STAKE).await.unwrap();
        assert_eq!(bet.status, BetStatus::Posted, "{round} was answered");
        assert_eq!(bet.payout.unwrap().minor(), payout(*round));
    }
    let mut lost = 0;
    for number in 0..PLAYERS {
        let (available, reserved) = bench.purse(&player(number)).await;
        assert_eq!(reserved, 0);
        lost += i128::from(OPENING - available);
    }
    let settled = provider.settled();
    assert!(settled.payments >= answered.len() as u64);
    assert_eq!(
        settled.debit - settled.credit,
        lost,
        "the provider took what the players lost"
    );
}
