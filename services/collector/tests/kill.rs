//! A process killed at a random moment keeps all acknowledged envelopes, counts right afterwards, and sends at most
//! those twice that were under way.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rand::RngExt;
use reelscope_collector::{Collector, Options, Retention};
use support::rows::traces_of;
use support::{Answer, FakeSentry, balanced_with_removed, error, eventually, options, to};

const DIR: &str = "REELSCOPE_COLLECTOR_KILL_DIR";
const ROUND: &str = "REELSCOPE_COLLECTOR_KILL_ROUND";
const DSN: &str = "REELSCOPE_COLLECTOR_KILL_DSN";
/// Overrides the number of kills, [`ROUNDS`].
const MORE_ROUNDS: &str = "REELSCOPE_COLLECTOR_KILLS";
const ROUNDS: usize = 25;
const TASKS: usize = 8;
/// Numbers for one task in one round.
const STRIDE: usize = 10_000;

/// A small log, so that kills happen during retention too.
fn small() -> Options {
    Options {
        retention: Retention {
            bytes: 1024 * 1024,
            ..Options::standard().retention
        },
        ..options()
    }
}

fn unlimited() -> Options {
    Options {
        retention: Retention {
            bytes: u64::MAX,
            hard_cap_bytes: u64::MAX,
            age: Duration::MAX,
        },
        ..options()
    }
}

/// The process to be killed; the other test starts it. It captures and sends at once, and prints what is durable.
#[test]
#[ignore = "run by the test below in a process of its own"]
fn child() {
    let (Ok(dir), Ok(round), Ok(dsn)) = (std::env::var(DIR), std::env::var(ROUND), std::env::var(DSN)) else {
        return;
    };
    let round: usize = round.parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (collector, _) = Collector::open(dir.as_ref(), small()).unwrap();
        balanced_with_removed(&collector, dir.as_ref());
        collector.configure(to(&dsn.parse().unwrap()));
        let mut tasks = tokio::task::JoinSet::new();
        for task in 0..TASKS {
            let collector = collector.clone();
            tasks.spawn(async move {
                for n in 0..STRIDE {
                    let number = (round * TASKS + task) * STRIDE + n;
                    collector
                        .capture_durable("api-gateway", error(number))
                        .await
                        .unwrap();
                    // One write call, so that a line is complete or absent.
                    std::io::stderr()
                        .write_all(format!("ack {number}\n").as_bytes())
                        .unwrap();
                }
            });
        }
        tasks.join_all().await;
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_lose_nothing_and_send_little_twice() {
    let rounds = std::env::var(MORE_ROUNDS).map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let sentry = FakeSentry::start().await;
    let mut acknowledged = HashSet::new();
    for round in 0..rounds {
        // Sentry is up, slow and failing in turn.
        sentry.otherwise(match round % 3 {
            0 => Answer::Ok,
            1 => Answer::Slow(Duration::from_millis(3)),
            _ => Answer::Status(500, vec![]),
        });
        let (path, dsn) = (dir.path().to_owned(), sentry.dsn().public());
        let acks = tokio::task::spawn_blocking(move || one_round(&path, round, &dsn))
            .await
            .unwrap();
        assert!(!acks.is_empty());
        acknowledged.extend(acks);
    }
    sentry.otherwise(Answer::Ok);
    // From here on nothing is removed, so that what is kept stays the same while it is looked at.
    let (collector, _) = Collector::open(dir.path(), unlimited()).unwrap();
    balanced_with_removed(&collector, dir.path());
    let counts = collector.counts();
    assert!(
        counts.captured >= acknowledged.len() as u64,
        "{counts:?}, {} acknowledged",
        acknowledged.len()
    );
    assert_eq!(counts.dead, 0);
    collector.configure(to(&sentry.dsn()));
    // A thousand kills leave more than is sent in one wait.
    while collector.counts().held > 0 {
        let held = collector.counts().held;
        eventually("more delivered", || collector.counts().held < held).await;
    }
    balanced_with_removed(&collector, dir.path());
    assert_eq!(collector.counts().dead, 0);
    let times = sentry.how_often();
    let missing = acknowledged
        .iter()
        .filter(|n| !times.contains_key(&support::event_id(**n)))
        .count();
    assert_eq!(missing, 0);
    let twice: usize = times.values().map(|times| times - 1).sum();
    println!(
        "{} acknowledged over {rounds} kills, {twice} sent twice",
        acknowledged.len()
    );
    // At most this many are under way at one time.
    let most = rounds * options().pace.concurrency;
    assert!(twice <= most, "{twice} were sent again after {rounds} kills");
    // Each envelope has a trace of its own, so the traces of the index must be those of the log after any kill.
    let kept = traces_of(dir.path());
    assert!(
        !kept.is_empty() && (kept.len() as u64) < counts.captured,
        "{} of {counts:?}",
        kept.len()
    );
    eventually("indexed", || {
        let traces = collector.traces_after_here(0, usize::MAX);
        collector.caught_up() && traces.len() == kept.len()
    })
    .await;
    let traces = collector.traces_after_here(0, usize::MAX);
    let indexed: HashSet<&str> = traces.iter().map(|trace| &*trace.trace_id).collect();
    assert_eq!(indexed, kept.iter().map(String::as_str).collect());
    collector.shutdown().await;
}

fn one_round(dir: &std::path::Path, round: usize, dsn: &str) -> Vec<usize> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .env(DIR, dir)
        .env(ROUND, round.to_string())
        .env(DSN, dsn)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut acknowledged = Vec::new();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let take = |line: &str, acknowledged: &mut Vec<usize>| {
        acknowledged.extend(line.strip_prefix("ack ").and_then(|n| n.parse::<usize>().ok()));
    };
    // The time until the kill starts with the first acknowledgement; before it nothing can be lost.
    let mut deadline = None;
    while deadline.is_none_or(|deadline| Instant::now() < deadline) {
        let Some(line) = lines.next() else { break };
        take(&line.unwrap(), &mut acknowledged);
        deadline
            .get_or_insert_with(|| Instant::now() + Duration::from_millis(rand::rng().random_range(0..150)));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // Lines printed before the kill are still in the pipe.
    for line in lines.map_while(Result::ok) {
        take(&line, &mut acknowledged);
    }
    acknowledged
}
