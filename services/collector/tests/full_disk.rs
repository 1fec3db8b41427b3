//! A disk that fills up and has room again: acknowledged envelopes are kept, refused ones get an error, and
//! envelopes that Sentry accepted meanwhile are not sent again.
//!
//! The disk is a small tmpfs in a mount namespace of its own. Where the system does not allow that, the test prints
//! so.
#![allow(clippy::unwrap_used)]
#![cfg(target_os = "linux")]

mod support;

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;

use reelscope_collector::{CaptureError, Collector};
use support::rows::Rows;
use support::{FakeSentry, balanced, error, event_id, eventually, options, to};

const DIR: &str = "REELSCOPE_COLLECTOR_SMALL_DISK";

#[test]
#[allow(clippy::print_stderr)] // that nothing was checked must be seen
fn a_full_disk_is_said_and_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    // The namespace, and its mount, ends with the process.
    let in_namespace = |script: &str| {
        let mut command = Command::new("unshare");
        command
            .args(["--user", "--map-root-user", "--mount", "sh", "-euc"])
            .arg(format!("mount -t tmpfs -o size=16m none \"$0\"; {script}"))
            .arg(dir.path());
        command
    };
    if !in_namespace("true")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        assert!(
            std::env::var_os("CI").is_none(),
            "this system lets nobody mount a small disk"
        );
        eprintln!("skipped: this system lets nobody mount a small disk");
        return;
    }
    let output = in_namespace("exec \"$1\" --exact on_a_small_disk --ignored --nocapture")
        .arg(std::env::current_exe().unwrap())
        .env(DIR, dir.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("1 passed"),
        "{said}"
    );
}

/// Fills all room that is left.
fn fill(dir: &Path) {
    let mut ballast = File::create(dir.join("ballast")).unwrap();
    for size in [64 * 1024, 4 * 1024, 1] {
        while ballast.write_all(&vec![1; size]).is_ok() {}
    }
}

/// The process on the small disk; it is started by the other test.
#[tokio::test]
#[ignore = "run by the test above in a mount namespace of its own"]
async fn on_a_small_disk() {
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
