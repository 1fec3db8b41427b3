//! Measures the promised figures of the story: a whole stack with the real latencies of the provider, and the
//! calibrated number of players. What a spin takes with all problems and with all fixes, the provider's part of it,
//! and how much fails.
#![allow(clippy::unwrap_used)]

use reelscope_cli::bench::problems::{BenchCase, Met, measure};
use reelscope_demo::faults::table::{FaultState, STORY};
use reelscope_demo::figures;
use reelscope_demo::spins::SessionSpin;
use reelscope_stack::{Config, Stack};

#[tokio::test(flavor = "multi_thread")]
async fn all_problems_and_all_fixes_bring_what_the_story_says() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config {
        rate: None,
        ..Config::new(dir.path().to_owned())
    };
    let stack = Stack::start(config).await.unwrap();
    stack.seeded().await;
    let after = stack.faults().captured_before();

    let hurts = measure(&stack, &BenchCase::all(FaultState::On, 20, 2))
        .await
        .unwrap();
    assert_eq!((hurts.spins, hurts.failed), (20, 2), "one payment in ten fails");
    assert_eq!(hurts.missed(), [], "of {hurts:?}");
    check_error_rate(&stack, after, &hurts, FaultState::On);
    // Each cause must be visible by itself. The only upper bound is that of the spin, because the tests' profile is
    // slower than a release and the machine does other work too.
    assert!(
        hurts.look_up_p50_ms > 150.0,
        "players are read: {} ms",
        hurts.look_up_p50_ms
    );
    assert!(
        hurts.draw_p50_ms > 50.0,
        "the generator is slow: {} ms",
        hurts.draw_p50_ms
    );

    // Other work of the machine only makes a run slower, so the quickest counts.
    let mut quickest: Option<Met> = None;
    for _ in 0..3 {
        let met = measure(&stack, &BenchCase::all(FaultState::Fixed, 60, 2))
            .await
            .unwrap();
        assert_eq!(met.failed, 0, "a player sees less than 1 % fail");
        assert_eq!(met.errors, 0);
        if quickest.as_ref().is_none_or(|best| met.p95_ms < best.p95_ms) {
            quickest = Some(met);
        }
    }
    let quickest = quickest.unwrap();
    assert_eq!(quickest.missed(), [], "of {quickest:?}");
    assert!(
        quickest.look_up_p50_ms < 0.1 * hurts.look_up_p50_ms,
        "{}",
        quickest.look_up_p50_ms
    );
    assert!(
        quickest.draw_p50_ms < 0.1 * hurts.draw_p50_ms,
        "{}",
        quickest.draw_p50_ms
    );
    // A settlement in the background begins while the response is on its way, so a part of it overlaps with the
    // wait.
    assert!(
        quickest.provider_share_percent < 25.0,
        "nobody waits for the provider: {} %",
        quickest.provider_share_percent
    );
    stack.shutdown().await.unwrap();
}

/// The overall error rate on the screen equals the one that a run counts itself.
fn check_error_rate(stack: &Stack, after: u64, met: &Met, state: FaultState) {
    // A failed payment is a 5xx of the payment-service and one of the gateway.
    assert_eq!(met.errors, 2 * met.failed);
    assert!(
        (2.0..4.0).contains(&met.error_rate_percent),
        "{}",
        met.error_rate_percent
    );
    let traces = stack.collector().unwrap().traces_after_here(after, usize::MAX);
    let spins: Vec<_> = traces.iter().filter_map(|trace| SessionSpin::of(trace)).collect();
    let shown = figures::compare(&spins, STORY.map(|_| state)).now.unwrap();
    assert_eq!(
        (shown.spins, shown.failed, shown.requests, shown.failed_requests),
        (met.spins, met.failed, met.requests, met.errors)
    );
    // The stake of each failed spin is 10.00.
    assert_eq!(
        u64::try_from(shown.failed_minor.minor()).unwrap(),
        met.failed * 1_000
    );
}
