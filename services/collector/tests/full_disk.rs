//! A disk that fills up and has room again: acknowledged envelopes are kept, refused ones get an error, and
//! envelopes that Sentry accepted meanwhile are not sent again.
#![allow(clippy::unwrap_used)]
#![cfg(target_os = "linux")]

#[path = "../../store/tests/support/small_disk.rs"]
mod small_disk;
mod support;

use std::fs;
use std::path::Path;

use reelscope_collector::{CaptureError, Collector};
use small_disk::{DIR, fill, on_a_small_disk};
use support::rows::Rows;
use support::{FakeSentry, balanced, error, event_id, eventually, options, to};

#[test]
fn a_full_disk_is_said_and_forgotten() {
    on_a_small_disk(16, "with_16_megabytes");
}

/// The process on the small disk; it is started by the other test.
#[tokio::test]
#[ignore = "run by the test above in a mount namespace of its own"]
async fn with_16_megabytes() {
    let Ok(dir) = std::env::var(DIR) else { return };
    let dir = Path::new(&dir);
    let telemetry = dir.join("telemetry");
    let (collector, _) = Collector::open(&telemetry, options()).unwrap();
    let sentry = FakeSentry::start().await;
    let paused = reelscope_collector::Destinations {
        sending: false,
        ..to(&sentry.dsn())
    };
    collector.configure(paused);
    for n in 0..20 {
        collector.capture_durable("api-gateway", error(n)).await.unwrap();
    }
    fill(dir);
    // The rest of the last page has room for a few more.
    let mut taken = 20;
    let refused = loop {
        match collector.capture_durable("api-gateway", error(taken)).await {
            Ok(_) => taken += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, CaptureError::Disk(_)), "{refused:?}");
    let delivery = collector.delivery();
    let said = delivery
        .notices
        .iter()
        .find(|notice| notice.code == "disk_failed")
        .unwrap();
    assert!(said.params["cause"].contains("full"), "{said:?}");
    assert_eq!((delivery.refused, delivery.counts.captured), (1, taken as u64));
    balanced(&collector, &telemetry);

    // Sending needs no room; its outcome is written once there is some.
    collector.configure(to(&sentry.dsn()));
    eventually("delivered from a full disk", || {
        collector.counts().delivered == taken as u64
    })
    .await;
    // The counts are ahead of the rows, and no row is lost.
    let rows = Rows::of(&telemetry);
    assert_eq!(
        (rows.held + rows.delivered, rows.newest),
        (taken as u64, taken as u64)
    );
    let unwaited = taken + 100;
    collector.capture_nowait("api-gateway", error(unwaited));
    eventually("refused", || collector.delivery().refused == 2).await;

    fs::remove_file(dir.join("ballast")).unwrap();
    for n in taken..taken + 20 {
        collector.capture_durable("api-gateway", error(n)).await.unwrap();
    }
    taken += 20;
    eventually("all delivered", || collector.counts().delivered == taken as u64).await;
    balanced(&collector, &telemetry);
    for (n, seq) in (1..=taken as u64).enumerate() {
        assert_eq!(
            collector.envelope(seq).await.unwrap().unwrap().1,
            error(n),
            "{seq}"
        );
    }
    collector.shutdown().await;

    let (collector, notices) = Collector::open(&telemetry, options()).unwrap();
    assert_eq!(notices, []);
    collector.configure(to(&sentry.dsn()));
    let counts = collector.counts();
    assert_eq!((counts.captured, counts.delivered), (taken as u64, taken as u64));
    collector.shutdown().await;
    assert!(sentry.how_often().values().all(|times| *times == 1));
    assert!(!sentry.taken().contains(&event_id(unwaited)));
    // Opening on a full disk returns the error and damages nothing.
    fill(dir);
    drop(collector);
    match Collector::open(&telemetry, options()) {
        Ok((collector, _)) => {
            assert_eq!(collector.counts(), counts);
            collector.shutdown().await;
        }
        Err(error) => assert!(error.to_string().contains("the disk is full"), "{error}"),
    }
    fs::remove_file(dir.join("ballast")).unwrap();
    let (collector, _) = Collector::open(&telemetry, options()).unwrap();
    assert_eq!(collector.counts(), counts);
    collector.shutdown().await;
}
