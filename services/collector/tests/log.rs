//! The log under damage, a torn end, another process, another build, and at its size limit.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use reelscope_collector::{Collector, CollectorError, Options, Retention, set_aside};
use support::{FakeSentry, balanced, balanced_with_removed, error, eventually, options, to};

const FILE: &str = "telemetry.sqlite";

async fn fill(dir: &Path, count: usize) -> Collector {
    let (collector, _) = Collector::open(dir, options()).unwrap();
    for n in 0..count {
        collector.capture_durable("api-gateway", error(n)).await.unwrap();
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

/// Overwrites a part of SQLite's file.
fn garble(file: &Path, at: u64, bytes: usize) {
    let mut file = fs::File::options().write(true).open(file).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(&vec![0xa5; bytes]).unwrap();
}

/// Checks that damage is reported and nothing is moved, and that after setting it aside a new log begins with the
/// old key.
async fn is_damaged(dir: &Path) {
    let file = fs::read(dir.join(FILE)).unwrap();
    let key = fs::read_to_string(dir.join("key")).unwrap();
    let opened = Collector::open(dir, options()).map(|_| ());
    assert!(
        matches!(opened, Err(CollectorError::Damaged { .. })),
        "{opened:?}"
    );
    assert!(fs::read(dir.join(FILE)).unwrap() == file, "it was changed");
    let aside = set_aside(dir).unwrap();
    assert!(fs::read(aside.join(FILE)).unwrap() == file, "it was changed");
    let (collector, notices) = Collector::open(dir, options()).unwrap();
    assert_eq!((collector.counts().captured, notices), (0, vec![]));
    assert_eq!(collector.key(), key);
    assert_eq!(
        collector
            .capture_durable("api-gateway", error(0))
            .await
            .unwrap()
            .seq,
        1
    );
    collector.shutdown().await;
}

#[tokio::test]
async fn a_garbled_or_truncated_file_is_said_and_never_set_aside_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    for damage in [
        |file: &Path| garble(file, 0, 100),
        |file: &Path| {
            let file = fs::File::options().write(true).open(file).unwrap();
            file.set_len(file.metadata().unwrap().len() / 2).unwrap();
        },
    ] {
        let telemetry = dir.path().join("telemetry");
        fill(&telemetry, 100).await.shutdown().await;
        damage(&telemetry.join(FILE));
        is_damaged(&telemetry).await;
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 3);
}

#[tokio::test]
async fn damage_that_is_met_later_is_said_and_found_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let telemetry = dir.path().join("telemetry");
    fill(&telemetry, 400).await.shutdown().await;
    let file = telemetry.join(FILE);
    let len = fs::metadata(&file).unwrap().len();
    // All pages but those that a start reads.
    garble(&file, 8 * 8_192, usize::try_from(len - 8 * 8_192).unwrap());
    let (collector, _) = Collector::open(&telemetry, options()).unwrap();
    let mut more = 0;
    while collector
        .capture_durable("api-gateway", error(more))
        .await
        .is_ok()
    {
        more += 1;
        assert!(more < 1_000, "it is not met");
    }
    let delivery = collector.delivery();
    let said = delivery
        .notices
        .iter()
        .find(|notice| notice.code == "telemetry_damaged");
    assert!(said.unwrap().params["cause"].contains("malformed"), "{said:?}");
    let taken = 400 + more as u64;
    assert_eq!(
        (collector.counts().captured, collector.counts().held),
        (taken, taken)
    );
    collector.shutdown().await;
    drop(collector);
    is_damaged(&telemetry).await;
}

#[tokio::test]
async fn what_a_power_cut_tears_is_the_end_alone() {
    let dir = tempfile::tempdir().unwrap();
    let collector = fill(dir.path(), 10).await;
    // As after a kill, without a clean close. The copy is cut within a transaction.
    let copy = tempfile::tempdir().unwrap();
    for name in [FILE, "telemetry.sqlite-wal", "key"] {
        fs::copy(dir.path().join(name), copy.path().join(name)).unwrap();
    }
    let wal = fs::File::options()
        .write(true)
        .open(copy.path().join("telemetry.sqlite-wal"))
        .unwrap();
    wal.set_len(wal.metadata().unwrap().len() - 500).unwrap();
    let (torn, notices) = Collector::open(copy.path(), options()).unwrap();
    assert_eq!(notices, []);
    // The last capture is lost, or only what the index wrote after it.
    let left = torn.counts().captured;
    assert!((9..=10).contains(&left), "{left}");
    balanced(&torn, copy.path());
    let next = torn.capture_durable("api-gateway", error(77)).await.unwrap().seq;
    assert_eq!(next, left + 1);
    assert_eq!(torn.envelope(next).await.unwrap().unwrap().1, error(77));
    torn.shutdown().await;
    collector.shutdown().await;
}

#[tokio::test]
async fn one_process_at_a_time_and_no_newer_format() {
    let dir = tempfile::tempdir().unwrap();
    let collector = fill(dir.path(), 1).await;
    let second = Collector::open(dir.path(), options()).map(|_| ());
    assert!(matches!(second, Err(CollectorError::Locked { .. })), "{second:?}");
    assert!(matches!(
        set_aside(dir.path()),
        Err(CollectorError::Locked { .. })
    ));
    collector.shutdown().await;
    // Position of the schema version: https://www.sqlite.org/fileformat2.html#user_version_number
    let file = dir.path().join(FILE);
    let mut database = fs::File::options().write(true).open(&file).unwrap();
    database.seek(SeekFrom::Start(60)).unwrap();
    database.write_all(&7_u32.to_be_bytes()).unwrap();
    let before = fs::read(&file).unwrap();
    let newer = Collector::open(dir.path(), options()).map(|_| ());
    assert!(
        matches!(newer, Err(CollectorError::NewerFormat { found: 7, .. })),
        "{newer:?}"
    );
    assert!(fs::read(&file).unwrap() == before, "it was changed");
}

#[tokio::test]
async fn a_log_without_compressed_bodies_goes_on_and_is_of_the_new_format_then() {
    let dir = tempfile::tempdir().unwrap();
    let collector = fill(dir.path(), 1).await;
    collector.shutdown().await;
    drop(collector);
    let database = || rusqlite::Connection::open(dir.path().join(FILE)).unwrap();
    database().pragma_update(None, "user_version", 1).unwrap();
    let (collector, notices) = Collector::open(dir.path(), options()).unwrap();
    assert_eq!(notices, []);
    let long = large(2);
    let seq = collector
        .capture_durable("api-gateway", long.clone())
        .await
        .unwrap()
        .seq;
    assert_eq!(collector.envelope(seq).await.unwrap().unwrap().1, long);
    assert_eq!(collector.envelope(1).await.unwrap().unwrap().1, error(0));
    collector.shutdown().await;
    let kept = |sql: &str| database().query_row(sql, (), |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(kept("PRAGMA user_version"), 2);
    let stored = kept("SELECT length(body) FROM bodies ORDER BY seq DESC LIMIT 1");
    assert!(usize::try_from(stored).unwrap() < long.len(), "{stored}");
}

#[tokio::test]
async fn segments_of_an_earlier_build_are_set_aside_with_one_sentence() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("segments")).unwrap();
    fs::write(dir.path().join("segments/00000001.log"), b"RSL1").unwrap();
    fs::write(dir.path().join("totals.json"), b"{}").unwrap();
    // They stay beside a damaged log, so that the next start reports them.
    fs::write(dir.path().join(FILE), "no database").unwrap();
    let damaged = Collector::open(dir.path(), options()).map(|_| ());
    assert!(
        matches!(damaged, Err(CollectorError::Damaged { .. })),
        "{damaged:?}"
    );
    assert!(dir.path().join("segments").exists());
    fs::remove_file(dir.path().join(FILE)).unwrap();
    let (collector, notices) = Collector::open(dir.path(), options()).unwrap();
    let codes: Vec<&str> = notices.iter().map(|notice| notice.code.as_str()).collect();
    assert_eq!(codes, ["earlier_format"]);
    let copy = Path::new(&notices[0].params["copy"]);
    assert_eq!(fs::read(copy.join("segments/00000001.log")).unwrap(), b"RSL1");
    assert!(copy.join("totals.json").exists());
    collector.shutdown().await;
    drop(collector);
    let (collector, notices) = Collector::open(dir.path(), options()).unwrap();
    assert_eq!(notices, []);
    collector.shutdown().await;
}

/// Bytes that the file may have in addition to the envelopes that are to be kept.
const SLACK: u64 = 1024 * 1024;

fn small(age: Duration) -> Options {
    Options {
        retention: Retention {
            bytes: 1024 * 1024,
            hard_cap_bytes: 3 * 1024 * 1024,
            age,
        },
        ..options()
    }
}

/// An envelope that takes about 16 kB of the disk.
fn large(n: usize) -> Vec<u8> {
    let envelope = String::from_utf8(error(n)).unwrap();
    // Random words, because envelopes are stored compressed.
    let words = (0..4_500).map(|_| {
        let letters = (0..5).map(|_| char::from(rand::random_range(b'a'..=b'z')));
        letters.collect::<String>()
    });
    let filler = format!("no answer after {} ms", words.collect::<Vec<_>>().join(" "));
    envelope
        .replace(&format!("no answer after {n} ms"), &filler)
        .into_bytes()
}

#[tokio::test]
async fn the_oldest_go_and_the_sum_stays() {
    let dir = tempfile::tempdir().unwrap();
    let sentry = FakeSentry::start().await;
    let options = small(Options::standard().retention.age);
    let (collector, _) = Collector::open(dir.path(), options).unwrap();
    let file = dir.path().join(FILE);
    let len = || fs::metadata(&file).unwrap().len();
    collector.configure(to(&sentry.dsn()));
    for n in 0..300 {
        collector.capture_durable("api-gateway", large(n)).await.unwrap();
    }
    eventually("delivered", || collector.counts().delivered == 300).await;
    collector
        .capture_durable("api-gateway", large(300))
        .await
        .unwrap();
    eventually("made room", || len() <= options.retention.bytes + SLACK).await;
    assert!(collector.envelope(1).await.unwrap().is_none());
    // Envelopes that may still be sent are kept beyond the size limit, up to the hard limit; then they are evicted,
    // with a notice.
    collector.configure(reelscope_collector::Destinations::nowhere());
    for n in 301..800 {
        collector.capture_durable("api-gateway", large(n)).await.unwrap();
    }
    eventually("evicted", || {
        collector.delivery().dead_by_reason.contains_key("evicted")
    })
    .await;
    eventually("below the cap", || {
        len() <= options.retention.hard_cap_bytes + SLACK
    })
    .await;
    let delivery = collector.delivery();
    let evicted = delivery
        .notices
        .iter()
        .find(|notice| notice.code == "evicted")
        .unwrap();
    assert!(
        evicted.detail.starts_with(&evicted.params["count"]),
        "{evicted:?}"
    );
    balanced_with_removed(&collector, dir.path());
    collector.shutdown().await;
    let counts = collector.counts();
    assert_eq!(counts.captured, 800);
    drop(collector);
    let (collector, notices) = Collector::open(dir.path(), options).unwrap();
    assert_eq!((collector.counts(), notices), (counts, vec![]));
    collector.shutdown().await;
}

/// Bytes of the pages that hold something; the file itself is cut at the next checkpoint.
fn bytes_in_use(dir: &Path) -> u64 {
    let connection = rusqlite::Connection::open(dir.join(FILE)).unwrap();
    let number = |name| {
        connection
            .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
            .unwrap()
    };
    let pages = number("page_count") - number("freelist_count");
    u64::try_from(pages * number("page_size")).unwrap()
}

#[tokio::test]
async fn what_goes_makes_room_for_no_more_than_is_needed() {
    const EARLIER: usize = 12_000;
    let dir = tempfile::tempdir().unwrap();
    let sentry = FakeSentry::start().await;
    let (collector, _) = Collector::open(dir.path(), options()).unwrap();
    collector.configure(to(&sentry.dsn()));
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..EARLIER {
        let collector = collector.clone();
        tasks.spawn(async move { collector.capture_durable("api-gateway", error(n)).await.unwrap() });
    }
    tasks.join_all().await;
    eventually("delivered and indexed", || {
        collector.counts().delivered == EARLIER as u64 && collector.caught_up()
    })
    .await;
    collector.shutdown().await;
    drop(collector);

    // Far more than may be kept now. The index takes its rows out more slowly than the log removes envelopes.
    let room = bytes_in_use(dir.path()) / 2;
    let options = small(Options::standard().retention.age);
    let retention = Retention {
        bytes: room,
        hard_cap_bytes: 8 * room,
        ..options.retention
    };
    let options = Options { retention, ..options };
    let (collector, _) = Collector::open(dir.path(), options).unwrap();
    eventually("made room", || {
        collector.caught_up() && bytes_in_use(dir.path()) <= room + SLACK
    })
    .await;
    let kept = collector.envelopes(None, None, None, usize::MAX).await.unwrap();
    let share = kept.len() as f64 / EARLIER as f64;
    assert!(
        (0.25..0.55).contains(&share),
        "{} stayed for half of the room",
        kept.len()
    );
    collector.shutdown().await;
}

#[tokio::test]
async fn what_is_too_old_goes_unless_it_may_still_be_sent_and_gives_its_room_back() {
    let dir = tempfile::tempdir().unwrap();
    let sentry = FakeSentry::start().await;
    let ever = small(Options::standard().retention.age);
    let (collector, _) = Collector::open(
        dir.path(),
        Options {
            retention: Retention {
                bytes: 1 << 30,
                ..ever.retention
            },
            ..ever
        },
    )
    .unwrap();
    collector.configure(to(&sentry.dsn()));
    for n in 0..600 {
        collector.capture_durable("api-gateway", large(n)).await.unwrap();
    }
    eventually("delivered", || collector.counts().delivered == 600).await;
    collector.configure(reelscope_collector::Destinations::nowhere());
    collector
        .capture_durable("api-gateway", large(600))
        .await
        .unwrap();
    collector.shutdown().await;
    drop(collector);
    let file = dir.path().join(FILE);
    let before = fs::metadata(&file).unwrap().len();
    let (collector, _) = Collector::open(dir.path(), small(Duration::ZERO)).unwrap();
    // Retention runs at the start, while requests are served.
    let held = collector
        .capture_durable("api-gateway", large(601))
        .await
        .unwrap()
        .seq;
    let pages = rusqlite::Connection::open(&file).unwrap();
    let pages_in_file = || {
        let count = pages.pragma_query_value(None, "page_count", |row| row.get::<_, u32>(0));
        u64::from(count.unwrap()) * 8 * 1024
    };
    eventually("its room is given back", || pages_in_file() < before / 2).await;
    drop(pages);
    collector.shutdown().await;
    let left: Vec<u64> = collector
        .envelopes(None, None, None, 1_000)
        .await
        .unwrap()
        .iter()
        .map(|one| one.seq)
        .collect();
    assert_eq!(left, [held, 601]);
    assert_eq!(collector.counts().delivered, 600);
    balanced_with_removed(&collector, dir.path());
    let after = fs::metadata(&file).unwrap().len();
    assert!(after < before / 2, "{before} to {after}");
}
