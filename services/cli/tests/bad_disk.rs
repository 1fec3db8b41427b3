//! Wallets that cannot be opened for different reasons. Only damage sets them aside, and the notice stays until a
//! person has read it; every passing error leaves them in place.
#![allow(clippy::unwrap_used)]
#![cfg(target_os = "linux")]

#[path = "../../store/tests/support/small_disk.rs"]
mod small_disk;
#[path = "../../stack/tests/support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use reelscope_stack::{Config, Settings, Stack};
use reqwest::Method;
use serde_json::Value;
use small_disk::{DIR, fill, mounting, on_a_small_disk};
use support::{Client, Reply};

fn reelscope(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reelscope"));
    command.args(arguments).env("RUST_LOG", "off");
    command
}

/// A data directory with played spins; returns the output of its `ledger verify`.
fn played(dir: &Path) -> Value {
    let data = dir.to_str().unwrap();
    let output = reelscope(&["spin", "--count", "20", "--data-dir", data])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let (code, verdict) = verify(dir);
    assert_eq!(code, Some(0));
    serde_json::from_str(&verdict).unwrap()
}

/// Exit code and output of `ledger verify`.
fn verify(dir: &Path) -> (Option<i32>, String) {
    let output = reelscope(&["ledger", "verify", "--json", "--data-dir", dir.to_str().unwrap()])
        .output()
        .unwrap();
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

/// Every file below `dir` with its content, without RocksDB's own `LOG`.
fn content(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(content(&path));
        } else if !path.file_name().unwrap().to_string_lossy().starts_with("LOG") {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

fn set_aside(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    names.filter(|name| name.contains("damaged")).collect()
}

fn damage(dir: &Path) {
    let tables = fs::read_dir(dir.join("wallets/db"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    for table in tables.filter(|path| path.extension().is_some_and(|e| e == "sst")) {
        let mut bytes = fs::read(&table).unwrap();
        let half = bytes.len() / 2;
        bytes[8..half].fill(0xA5);
        fs::write(&table, bytes).unwrap();
    }
}

/// Runs a command that must fail; returns its exit code and its sentence.
fn refused(command: &mut Command) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = command.output().unwrap();
    (status.code(), String::from_utf8(stderr).unwrap())
}

#[test]
fn an_error_of_the_system_moves_nothing_and_says_what_it_is() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    let before = played(&dir);
    let shim = parent.path().join("refuse_files.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/refuse_files.c");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([shim.as_path(), source.as_path(), Path::new("-ldl")])
        .status();
    assert!(
        built.unwrap().success(),
        "cc is part of build-essential, which RocksDB needs too"
    );
    // The numbers are Linux's: EDQUOT, ENOSPC, EIO, ENOMEM, ENFILE, EMFILE, ESTALE, EROFS, EACCES.
    let cases = [
        (122, 14),
        (28, 14),
        (5, 19),
        (12, 19),
        (23, 19),
        (24, 19),
        (116, 19),
        (30, 13),
        (13, 13),
    ];
    for (errno, code) in cases {
        let data = dir.to_str().unwrap();
        for _ in 0..2 {
            let (ended, sentence) = refused(
                reelscope(&["serve", "--listen", "127.0.0.1:0", "--data-dir", data])
                    .env("LD_PRELOAD", &shim)
                    .env("REFUSE_FILES", errno.to_string())
                    .stdout(Stdio::null()),
            );
            assert_eq!(ended, Some(code), "{errno}: {sentence}");
            assert_eq!(sentence.trim_end().lines().count(), 1, "{errno}: {sentence}");
            assert_eq!(set_aside(&dir), [""; 0], "{errno}");
        }
        let (_, verdict) = verify(&dir);
        assert_eq!(
            serde_json::from_str::<Value>(&verdict).unwrap(),
            before,
            "{errno}"
        );
    }
}

#[test]
fn verifying_a_damaged_ledger_is_an_error_and_changes_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    played(&dir);
    damage(&dir);
    let before = content(&dir);
    for _ in 0..2 {
        let (code, said) = verify(&dir);
        assert_eq!(code, Some(18), "{said}");
        assert!(said.contains("damaged"), "{said}");
    }
    assert_eq!(content(&dir), before);
    let (code, said) = verify(&parent.path().join("nowhere"));
    assert_eq!(code, Some(21), "{said}");
    assert!(!parent.path().join("nowhere").exists());
}

/// Exit code, and output as JSON, of `doctor`.
fn doctor(dir: &Path) -> (Option<i32>, Value) {
    let output = reelscope(&["doctor", "--json", "--data-dir", dir.to_str().unwrap()])
        .output()
        .unwrap();
    (
        output.status.code(),
        serde_json::from_slice(&output.stdout).unwrap(),
    )
}

#[test]
fn doctor_says_which_database_cannot_be_read_and_changes_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    played(&dir);
    let found = |said: &Value, check: &str| {
        let findings = said["findings"].as_array().unwrap().iter();
        let mut of_it = findings.filter(|finding| finding["check"] == check);
        of_it.next().map(|finding| {
            let detail = finding["detail"].as_str().unwrap();
            (finding["ok"] == true, detail.to_owned())
        })
    };
    let (code, said) = doctor(&dir);
    assert_eq!(code, Some(0), "{said}");
    for check in ["players", "rounds", "wallets", "telemetry"] {
        assert!(found(&said, check).unwrap().0, "{said}");
    }
    damage(&dir);
    fs::remove_file(dir.join("rounds/schema-version")).unwrap();
    // SQLite makes its two files beside the telemetry for whoever reads it.
    let stored = || {
        let mut stored = content(&dir);
        stored.retain(|path, _| !path.to_string_lossy().contains("telemetry.sqlite-"));
        stored
    };
    let before = stored();
    let (code, said) = doctor(&dir);
    assert_eq!(code, Some(1), "{said}");
    let is_bad = |check: &str, words: &str| {
        let (ok, detail) = found(&said, check).unwrap();
        !ok && detail.contains(words) && detail.contains(dir.to_str().unwrap())
    };
    assert!(is_bad("wallets", "damaged"), "{said}");
    assert!(is_bad("rounds", "schema-version is missing"), "{said}");
    assert!(found(&said, "players").unwrap().0, "{said}");
    assert_eq!(stored(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn telemetry_that_cannot_be_shown_ends_with_the_code_of_its_cause() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    let data = dir.to_str().unwrap();
    let check = |expected| {
        let file = parent.path().join("exported");
        let id = "0123456789abcdef0123456789abcdef";
        for command in [
            &["traces", "list"][..],
            &["traces", "show", id],
            &["traces", "export", id],
        ] {
            let (code, said) = refused(reelscope(command).args(["--data-dir", data]));
            assert_eq!(code, Some(expected), "{command:?}: {said}");
            assert_eq!(said.trim_end().lines().count(), 1, "{command:?}: {said}");
        }
        file
    };
    let file = check(21);
    let export = ["telemetry", "export", file.to_str().unwrap(), "--data-dir", data];
    assert_eq!(refused(&mut reelscope(&export)).0, Some(21));
    let stack = start(&dir).await;
    check(12);
    stack.shutdown().await.unwrap();
    // A trace that is not there has no cause that a person could remove.
    let id = "0123456789abcdef0123456789abcdef";
    let none = ["traces", "show", id, "--data-dir", data];
    assert_eq!(refused(&mut reelscope(&none)).0, Some(1));

    let telemetry = dir.join("telemetry/telemetry.sqlite");
    let mut bytes = fs::read(&telemetry).unwrap();
    bytes.fill(0xA5);
    fs::write(&telemetry, bytes).unwrap();
    check(18);
    let (code, said) = refused(&mut reelscope(&export));
    assert!(code == Some(18) && said.contains("damaged"), "{code:?}: {said}");
    assert!(!file.exists());
}

/// A report without what cannot be read would look like a whole one.
#[test]
fn a_report_of_telemetry_that_is_damaged_in_part_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let (dir, report) = (parent.path().join("data"), parent.path().join("report.html"));
    played(&dir);
    let (data, to) = (dir.to_str().unwrap(), report.to_str().unwrap());
    let telemetry = dir.join("telemetry/telemetry.sqlite");
    let mut bytes = fs::read(&telemetry).unwrap();
    bytes[3 * 4_096..6 * 4_096].fill(0xA5);
    fs::write(&telemetry, bytes).unwrap();
    let (code, said) = refused(&mut reelscope(&["report", "-o", to, "--data-dir", data]));
    assert!(code == Some(18) && said.contains("damaged"), "{code:?}: {said}");
    assert!(!report.exists());
}

#[test]
fn telemetry_on_a_disk_that_is_mounted_for_reading_can_be_exported() {
    let script = "cd \"$0\" && mount -t tmpfs x 'dis k?' && cp -r data 'dis k?' && mount -o remount,ro 'dis k?' \
        && \"$1\" telemetry export exported --data-dir 'dis k?/data'";
    let Some(mut command) = mounting(script) else {
        return;
    };
    let parent = tempfile::tempdir().unwrap();
    played(&parent.path().join("data"));
    fs::create_dir(parent.path().join("dis k?")).unwrap();
    let output = command
        .arg(parent.path())
        .arg(env!("CARGO_BIN_EXE_reelscope"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let exported = fs::metadata(parent.path().join("exported")).unwrap();
    assert!(exported.len() > 8 * 1_024, "{exported:?}");
}

async fn start(dir: &Path) -> Stack {
    let config = Config {
        players: Some(600),
        settings: Some(Settings::default()),
        ..Config::new(dir.to_owned())
    };
    Stack::start(config).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_wallets_are_set_aside_and_told_at_every_start_until_somebody_has_read_it() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    played(&dir);
    damage(&dir);
    let mut told = Vec::new();
    for _ in 0..3 {
        let stack = start(&dir).await;
        assert_eq!(set_aside(&dir).len(), 1, "once, not at every start");
        assert!(
            stack.notices().iter().any(|notice| notice.contains("wallets")),
            "{:?}",
            stack.notices()
        );
        let client = Client::new(&stack, "RS-000001").await;
        told = client.get("/api/notices").await["notices"]
            .as_array()
            .unwrap()
            .clone();
        stack.shutdown().await.unwrap();
        assert_eq!(told.len(), 1);
        assert_eq!(
            (&told[0]["code"], &told[0]["database"]),
            (&"database_set_aside".into(), &"wallets".into())
        );
    }
    let stack = start(&dir).await;
    let client = Client::new(&stack, "RS-000001").await;
    let path = format!("/api/notices/{}", told[0]["id"].as_str().unwrap());
    assert_eq!(
        client.send(Method::DELETE, &path, None, Value::Null).await.status,
        204
    );
    assert_eq!(
        client.send(Method::DELETE, &path, None, Value::Null).await.status,
        404
    );
    assert_eq!(
        client.get("/api/notices").await["notices"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    stack.shutdown().await.unwrap();
    let stack = start(&dir).await;
    assert_eq!(stack.notices(), [""; 0]);
    stack.shutdown().await.unwrap();
}

#[test]
fn a_full_disk_is_said_and_forgotten_once_there_is_room() {
    on_a_small_disk(60, "spins_on_a_full_disk");
}

/// Spins until one spin is refused.
async fn until_refused(client: &Client) -> Reply {
    let begun = Instant::now();
    loop {
        let key = format!("full-{}", uuid::Uuid::new_v4());
        let reply = client.spin(&key, 1_000).await;
        if reply.status != 200 {
            return reply;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "the disk never filled up"
        );
    }
}

/// The process on the small disk; other tests start it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the test above in a mount namespace of its own"]
async fn spins_on_a_full_disk() {
    let Some(disk) = std::env::var_os(DIR) else {
        return;
    };
    let disk = Path::new(&disk);
    let stack = start(&disk.join("data")).await;
    stack.seeded().await;
    let client = Client::new(&stack, "RS-000001").await;
    assert_eq!(client.spin("before", 1_000).await.status, 200);
    let ballast = disk.join("ballast");
    fill(disk);
    let refusal = until_refused(&client).await;
    assert_eq!(
        (refusal.status, &refusal.body["code"]),
        (503, &Value::from("disk_full")),
        "{}",
        refusal.body
    );
    let health = client.get("/api/v1/health").await;
    assert_eq!(health["status"], "degraded", "{health}");
    let words: Vec<_> = health["services"].as_object().unwrap().values().collect();
    assert!(words.contains(&&Value::from("disk_full")), "{health}");

    fs::remove_file(&ballast).unwrap();
    let room = Instant::now();
    while client.get("/api/v1/health").await["status"] != "ok" {
        assert!(
            room.elapsed() < Duration::from_secs(60),
            "{}",
            client.get("/api/v1/health").await
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let reply = client.spin("after", 1_000).await;
    assert_eq!(reply.status, 200, "{}", reply.body);

    // Stopped while there is no room, the program reports it; acknowledged spins are kept.
    fill(disk);
    until_refused(&client).await;
    // The database frees some room when it closes; this file takes it, so that the disk stays full.
    let more = disk.join("more");
    let _ = fs::write(&more, vec![1; 60 << 20]);
    let error = stack.shutdown().await.unwrap_err();
    assert_eq!(error.exit_code(), 14, "{error}");
    for file in [ballast, more] {
        fs::remove_file(file).unwrap();
    }
    let (code, verdict) = verify(&disk.join("data"));
    assert_eq!(code, Some(0), "{verdict}");
}
