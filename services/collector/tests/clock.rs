//! Setting the wall clock forward or back while envelopes wait makes nothing early, late or lost.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;
use std::time::Duration;

use reelscope_collector::{Clock, Collector, Destinations, Options, Pace, Retention};
use support::rows::is_kept;
use support::{
    Answer, FakeSentry, TRACE, balanced, balanced_with_removed, error, event_id, eventually, options, to,
    transaction,
};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap()
}

fn open(dir: &Path, options: Options, clock: &Clock) -> Collector {
    let (collector, notices) = Collector::open_by(dir, options, clock.clone()).unwrap();
    assert_eq!(notices, []);
    collector
}

/// Sends one more envelope to another destination, so that the outbox has certainly read its clock.
async fn looked(collector: &Collector, other: &FakeSentry) {
    let before = other.taken().len();
    collector.capture_durable("other", error(before)).await.unwrap();
    eventually("looked", || other.taken().len() > before).await;
}

fn to_both(sentry: &FakeSentry, other: &FakeSentry) -> Destinations {
    let mut destinations = to(&sentry.dsn());
    destinations.by_slot.insert("other".to_owned(), other.dsn());
    destinations
}

/// Checks that `at` is about `left` after the present wall clock.
#[track_caller]
fn is_about(at: i64, clock: &Clock, left: Duration) {
    let told = at - clock.wall();
    assert!(
        (told - millis(left)).abs() < millis(HOUR) / 4,
        "in {told} ms instead of {left:?}"
    );
}

#[tokio::test]
async fn a_limit_lasts_as_long_as_it_was_said() {
    let (sentry, other) = (FakeSentry::start().await, FakeSentry::start().await);
    let (dir, clock) = (tempfile::tempdir().unwrap(), Clock::system());
    let collector = open(dir.path(), options(), &clock);
    let retry_after = vec![("retry-after", "7200".to_owned())];
    sentry.answer([Answer::Status(429, retry_after)]);
    collector.configure(to_both(&sentry, &other));
    collector.capture_durable("api-gateway", error(1)).await.unwrap();
    eventually("limited", || !collector.delivery().rate_limits.is_empty()).await;
    for by in [millis(30 * DAY), -millis(90 * DAY)] {
        clock.set_wall_by(by);
        looked(&collector, &other).await;
        let delivery = collector.delivery();
        is_about(delivery.rate_limits[0].until, &clock, 2 * HOUR);
        assert_eq!(delivery.held_by_reason["rate_limited"], 1);
    }
    clock.pass(HOUR);
    looked(&collector, &other).await;
    is_about(collector.delivery().rate_limits[0].until, &clock, HOUR);
    assert_eq!(sentry.requests(), 1);
    clock.pass(HOUR);
    eventually("delivered", || sentry.taken() == [event_id(1)]).await;
    eventually("over", || collector.delivery().rate_limits.is_empty()).await;
    collector.shutdown().await;
}

#[tokio::test]
async fn the_pause_after_a_failure_is_the_time_that_passes() {
    let (sentry, other) = (FakeSentry::start().await, FakeSentry::start().await);
    let (dir, clock) = (tempfile::tempdir().unwrap(), Clock::system());
    let pace = Pace {
        first_retry: 2 * HOUR,
        longest_retry: 2 * HOUR,
        ..options().pace
    };
    let collector = open(dir.path(), Options { pace, ..options() }, &clock);
    sentry.answer([Answer::Status(500, vec![])]);
    collector.configure(to_both(&sentry, &other));
    collector.capture_durable("api-gateway", error(1)).await.unwrap();
    let next_attempt = || collector.delivery().destinations[0].next_attempt_at;
    eventually("failed", || next_attempt().is_some()).await;
    for by in [millis(30 * DAY), -millis(90 * DAY)] {
        clock.set_wall_by(by);
        looked(&collector, &other).await;
        // With a fifth of jitter.
        let told = next_attempt().unwrap() - clock.wall();
        assert!(
            (millis(HOUR) * 3 / 2..=millis(HOUR) * 5 / 2).contains(&told),
            "{told}"
        );
    }
    assert_eq!(sentry.requests(), 1);
    clock.pass(3 * HOUR);
    eventually("delivered", || sentry.taken() == [event_id(1)]).await;
    assert_eq!(sentry.requests(), 2);
    collector.shutdown().await;
}

async fn capture_old_and_new(collector: &Collector, n: usize) {
    let old = transaction(n, TRACE, "aaaaaaaaaaaaaaaa", None, 1.0);
    collector.capture_durable("api-gateway", old).await.unwrap();
    collector
        .capture_durable("api-gateway", error(n + 1))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_clock_that_is_set_makes_no_transaction_too_old_and_days_that_pass_do() {
    let sentry = FakeSentry::start().await;
    let (dir, clock) = (tempfile::tempdir().unwrap(), Clock::system());
    let collector = open(dir.path(), options(), &clock);
    let paused = Destinations {
        sending: false,
        ..to(&sentry.dsn())
    };
    let mut captured = 0;
    for by in [millis(30 * DAY), -millis(90 * DAY), millis(60 * DAY)] {
        collector.configure(paused.clone());
        capture_old_and_new(&collector, captured).await;
        captured += 2;
        clock.set_wall_by(by);
        collector.configure(to(&sentry.dsn()));
        eventually("delivered", || collector.counts().delivered == captured as u64).await;
    }
    collector.configure(paused);
    capture_old_and_new(&collector, captured).await;
    clock.pass(6 * DAY);
    collector.configure(to(&sentry.dsn()));
    eventually("too old", || collector.counts().held == 0).await;
    let delivery = collector.delivery();
    assert_eq!(delivery.dead_by_reason, [("too_old".to_owned(), 1)].into());
    assert_eq!(delivery.counts.delivered, 7);
    // A retry by number is intended, and Sentry decides about the age.
    assert_eq!(collector.retry_dead(None).await.unwrap(), 0);
    for (answer, delivered) in [(Answer::Status(400, vec![]), 7), (Answer::Status(500, vec![]), 8)] {
        sentry.answer([answer]);
        assert_eq!(collector.retry_dead(Some(7)).await.unwrap(), 1);
        eventually("sent", || collector.counts().held == 0).await;
        let counts = collector.counts();
        assert_eq!((counts.delivered, counts.dead), (delivered, 8 - delivered));
    }
    balanced(&collector, dir.path());
    collector.shutdown().await;
}

/// Captures a transaction and an error with one clock, starts again with another, `ahead` of it, and returns the
/// number of dead envelopes.
async fn dies_after_a_start(ahead: i64) -> u64 {
    let sentry = FakeSentry::start().await;
    let (dir, before, after) = (tempfile::tempdir().unwrap(), Clock::system(), Clock::system());
    let collector = open(dir.path(), options(), &before);
    collector.configure(Destinations {
        sending: false,
        ..to(&sentry.dsn())
    });
    capture_old_and_new(&collector, 1).await;
    collector.shutdown().await;
    drop(collector);
    after.set_wall_by(ahead);
    let collector = open(dir.path(), options(), &after);
    after.set_wall_by(millis(400 * DAY));
    collector.configure(to(&sentry.dsn()));
    eventually("over", || collector.counts().held == 0).await;
    balanced(&collector, dir.path());
    assert!(sentry.taken().contains(&event_id(2)));
    collector.shutdown().await;
    collector.counts().dead
}

#[tokio::test]
async fn what_was_there_at_the_start_is_as_old_as_it_was_then() {
    assert_eq!(dies_after_a_start(millis(6 * DAY)).await, 1);
    assert_eq!(dies_after_a_start(millis(4 * DAY)).await, 0);
    // The envelope is from the future, or the clock is behind.
    assert_eq!(dies_after_a_start(-millis(400 * DAY)).await, 0);
}

#[tokio::test]
async fn retention_goes_by_the_time_that_passes() {
    let sentry = FakeSentry::start().await;
    let (dir, clock) = (tempfile::tempdir().unwrap(), Clock::system());
    let options = Options {
        // Far more than is written, so that only the age decides.
        retention: Retention {
            bytes: 32 * 1024 * 1024,
            ..Options::standard().retention
        },
        ..options()
    };
    let collector = open(dir.path(), options, &clock);
    collector.configure(to(&sentry.dsn()));
    let filler = format!("no answer after {}", "a long time and ".repeat(400));
    let mut count = 0;
    // More than is written between two checks of the age: a sixteenth of the limit, or 2 MiB.
    let mut written = async || {
        for n in count..count + 450 {
            let long = String::from_utf8(error(n))
                .unwrap()
                .replace("no answer after ", &filler);
            let long = long.into_bytes();
            collector.capture_durable("api-gateway", long).await.unwrap();
        }
        count += 450;
        eventually("delivered", || collector.counts().delivered == count as u64).await;
    };
    written().await;
    for by in [millis(400 * DAY), -millis(900 * DAY)] {
        clock.set_wall_by(by);
        written().await;
        assert!(collector.envelope(1).await.unwrap().is_some());
    }
    clock.pass(31 * DAY);
    written().await;
    eventually("the old ones are removed", || !is_kept(dir.path(), 1_350)).await;
    assert!(collector.envelope(1_800).await.unwrap().is_some());
    balanced_with_removed(&collector, dir.path());
    collector.shutdown().await;
}
