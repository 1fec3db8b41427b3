//! Releases compared by real spins of a whole stack: a regression is found, and its change is named.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use reelscope_contracts::Money;
use reelscope_payment_provider::{Behaviour, SLOW_MS};
use reelscope_stack::load::{self, Plan};
use serde_json::{Value, json};
use support::Demo;

impl Demo {
    /// Puts a release in force, in which the provider is slow, with a `speed`th of its latency, so that the test is short.
    async fn quick_release(&self, version: &str, speed: u64) {
        self.release(version).await;
        let latency_ms = SLOW_MS.start() / speed..=SLOW_MS.end() / speed;
        self.stack
            .provider()
            .change(|behaviour| behaviour.latency_ms = latency_ms);
    }

    async fn spins(&self, run: &str, count: u64, concurrency: u64) {
        let plan = Plan {
            count,
            concurrency,
            players: 60,
            stake: Money(100),
            run: run.to_owned(),
        };
        let report = load::run(&self.stack, &plan).await.unwrap();
        let failed: u64 = report.failed_by_code.values().sum();
        assert_eq!(report.ok + failed, count);
        let collector = self.stack.collector().unwrap();
        self.stack.flush().await;
        while !collector.caught_up() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn of(&self, version: &str) -> Value {
        let seen = self.get("/api/problems/releases").await;
        let releases = seen["releases"].as_array().unwrap();
        let found = releases.iter().find(|release| release["release"] == version);
        found.unwrap_or_else(|| panic!("{version}: {seen}")).clone()
    }
}

fn regression<'a>(release: &'a Value, figure: &str) -> &'a Value {
    let regressions = release["regressions"].as_array().unwrap();
    let found = regressions
        .iter()
        .find(|regression| regression["figure"] == figure);
    found.unwrap_or_else(|| panic!("no regression of {figure}: {release}"))
}

async fn demo() -> Demo {
    Demo::start_with(|config| {
        config.players = Some(2_000);
        config.seed = Some(5);
        config.rate = None;
        config.provider = Behaviour::healthy();
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paytable_that_pays_too_much_is_found_in_real_spins() {
    let demo = demo().await;
    demo.quick_release("1.2.0", 40).await;
    demo.spins("fixed", 1_500, 16).await;
    demo.quick_release("1.3.0", 40).await;
    demo.spins("wrong", 1_500, 16).await;
    let before = demo.of("1.2.0").await;
    assert!(
        before["regressions"]
            .as_array()
            .unwrap()
            .iter()
            .all(|found| found["figure"] != "rtp"),
        "{before}"
    );
    let after = demo.of("1.3.0").await;
    let rtp = regression(&after, "rtp");
    assert_eq!(
        (&rtp["suspect"], &rtp["service"]),
        (&json!("wrong-paytable"), &json!("game-engine")),
        "{rtp}"
    );
    assert!(rtp["measured"].as_f64() > Some(120.0), "{rtp}");
    // One payment in ten fails again, which exceeds chance too.
    let errors = regression(&after, "errors");
    assert_eq!(errors["suspect"], "payment-errors", "{errors}");
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_makes_players_wait_is_found_in_real_spins() {
    let demo = demo().await;
    demo.quick_release("1.2.0", 10).await;
    demo.spins("quick", 150, 2).await;
    // After a rollback the players wait for the provider again.
    demo.quick_release("1.1.0", 10).await;
    demo.spins("slow", 150, 8).await;
    let after = demo.of("1.1.0").await;
    let p95 = regression(&after, "p95");
    assert!(p95["measured"].as_f64() > p95["expected"].as_f64(), "{p95}");
    assert_eq!(p95["service"], "payment-service", "{p95}");
    demo.end().await;
}
