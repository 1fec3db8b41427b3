//! What the log survives: damage, a torn end, removal, a full cap.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use reelscope_collector::{Collector, CollectorError, Options, Retention};
use support::{FakeSentry, balanced, error, eventually, options, to};

fn segments(dir: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(dir.join("segments"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}

/// Enough envelopes for several segments.
async fn fill(dir: &Path, count: usize) -> Collector {
    let (collector, _) = Collector::open(dir, options()).unwrap();
    for n in 0..count {
        collector.captured("api-gateway", error(n)).await.unwrap();
    }
    collector
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_that_others_could_read_is_its_owners_after_the_next_start() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("key");
    fill(dir.path(), 1).await.shutdown().await;
    let key = fs::read_to_string(&file).unwrap();
    fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
    let (collector, _) = Collector::open(dir.path(), options()).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(collector.key(), key);
    collector.shutdown().await;
}

#[tokio::test]
async fn a_damaged_middle_costs_only_itself() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 400).await.shutdown().await;
    let key = fs::read_to_string(dir.path().join("key")).unwrap();
    let first = segments(dir.path())[0].clone();
    let mut bytes = fs::read(&first).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 3_000].fill(0xa5);
    fs::write(&first, bytes).unwrap();

    let (collector, notices) = Collector::open(dir.path(), options()).unwrap();
    let codes: Vec<&str> = notices.iter().map(|notice| notice.code.as_str()).collect();
    assert_eq!(codes, ["segment_damaged", "envelopes_lost"]);
    let counts = collector.counts();
    // What the sentence says is also there by itself.
    assert_eq!(notices[1].params["count"], counts.dead.to_string());
    assert!(
        notices.iter().all(|notice| notice.params["segment"] == "1"),
        "{notices:?}"
    );
    assert!(Path::new(&notices[0].params["copy"]).exists(), "{notices:?}");
    assert_eq!(counts.captured, 400);
    assert!((3..=6).contains(&counts.dead), "{counts:?}");
    assert_eq!(collector.delivery().dead_by_reason["damaged"], counts.dead);
    balanced(&collector);
    assert!(fs::read_dir(dir.path().join("set-aside")).unwrap().count() > 0);
    assert_eq!(collector.key(), key);
    collector.captured("api-gateway", error(400)).await.unwrap();
    eventually("indexed", || collector.indexed()).await;
    collector.shutdown().await;
}

#[tokio::test]
async fn a_torn_end_is_cut_and_writing_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 10).await.shutdown().await;
    let last = segments(dir.path()).pop().unwrap();
    let whole = fs::read(&last).unwrap();
    for torn in [whole.len() - 1, whole.len() - 500] {
        fs::write(&last, &whole[..torn]).unwrap();
        let (collector, notices) = Collector::open(dir.path(), options()).unwrap();
        assert_eq!(notices[0].code, "torn_tail");
        let cut: u64 = notices[0].params["bytes"].parse().unwrap();
        assert!(
            cut > 0 && notices[0].detail.contains(&cut.to_string()),
            "{notices:?}"
        );
        assert_eq!(collector.counts().captured, 9);
        let captured = collector.captured("api-gateway", error(77)).await.unwrap();
        assert_eq!(captured.seq, 10);
        assert_eq!(collector.envelope(10).await.unwrap().1, error(77));
        collector.shutdown().await;
    }
    let mut zeroes = whole.clone();
    zeroes.extend([0; 4_096]);
    fs::write(&last, zeroes).unwrap();
    let (collector, _) = Collector::open(dir.path(), options()).unwrap();
    assert_eq!(collector.counts().captured, 10);
    collector.shutdown().await;
}

#[tokio::test]
async fn one_process_at_a_time_and_no_newer_format() {
    let dir = tempfile::tempdir().unwrap();
    let collector = fill(dir.path(), 1).await;
    let second = Collector::open(dir.path(), options());
    assert!(matches!(second, Err(CollectorError::Locked { .. })));
    collector.shutdown().await;
    drop(collector);
    let totals = dir.path().join("totals.json");
    let newer = fs::read_to_string(&totals)
        .unwrap()
        .replace("\"version\": 1", "\"version\": 2");
    fs::write(&totals, newer).unwrap();
    let newer = Collector::open(dir.path(), options());
    assert!(matches!(newer, Err(CollectorError::NewerFormat { found: 2, .. })));
}

#[tokio::test]
async fn old_segments_go_and_the_sum_stays() {
    let dir = tempfile::tempdir().unwrap();
    let sentry = FakeSentry::start().await;
    let small = Options {
        retention: Retention {
            bytes: 128 * 1024,
            hard_cap_bytes: 320 * 1024,
            ..Options::standard().retention
        },
        ..options()
    };
    let (collector, _) = Collector::open(dir.path(), small).unwrap();
    collector.configure(to(&sentry.dsn()));
    for n in 0..600 {
        collector.captured("api-gateway", error(n)).await.unwrap();
    }
    eventually("delivered", || collector.counts().delivered == 600).await;
    let delivery = collector.delivery();
    assert!(delivery.bytes <= 256 * 1024, "{}", delivery.bytes);
    assert!(collector.envelope(1).await.is_none());
    // Held ones are kept over the size, up to the hard cap; then they are evicted, which is said.
    collector.configure(reelscope_collector::Destinations::nowhere());
    for n in 600..1_200 {
        collector.captured("api-gateway", error(n)).await.unwrap();
    }
    let delivery = collector.delivery();
    assert!(delivery.dead_by_reason["evicted"] > 0);
    let evicted = delivery
        .notices
        .iter()
        .find(|notice| notice.code == "evicted")
        .unwrap();
    assert!(
        evicted.detail.starts_with(&evicted.params["count"]),
        "{evicted:?}"
    );
    assert!(delivery.bytes <= 400 * 1024, "{}", delivery.bytes);
    balanced(&collector);
    let counts = collector.counts();
    collector.shutdown().await;

    // Killed between the totals and the deletion: the file is still there, and is not counted again.
    let oldest = segments(dir.path())[0].clone();
    let id: u32 = oldest.file_stem().unwrap().to_str().unwrap().parse().unwrap();
    fs::copy(&oldest, oldest.with_file_name(format!("{:08}.log", id - 1))).unwrap();
    let (collector, notices) = Collector::open(dir.path(), small).unwrap();
    assert_eq!(notices, []);
    assert_eq!(collector.counts(), counts);
    assert_eq!(segments(dir.path())[0], oldest);
    collector.shutdown().await;
}

#[tokio::test]
async fn lost_totals_are_said_and_the_sum_stays() {
    let dir = tempfile::tempdir().unwrap();
    let collector = fill(dir.path(), 400).await;
    collector.shutdown().await;
    fs::remove_file(&segments(dir.path())[0]).unwrap();
    fs::write(dir.path().join("totals.json"), "{").unwrap();
    let (collector, notices) = Collector::open(dir.path(), options()).unwrap();
    assert_eq!(notices[0].code, "totals_damaged");
    assert!(
        notices[0].detail.contains(&notices[0].params["cause"]),
        "{notices:?}"
    );
    assert_eq!(collector.counts().captured, 400);
    balanced(&collector);
    collector.shutdown().await;
}
