//! A failed start leaves no thread, no lock and no port behind. It is the only test of its program, because it
//! counts the threads of the process.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use reelscope_stack::{Config, Settings, Stack, StartError};

fn config(data_dir: &Path, settings_file: &Path) -> Config {
    Config {
        players: Some(100),
        settings: Some(Settings::default()),
        settings_file: Some(settings_file.to_owned()),
        ..Config::new(data_dir.to_owned())
    }
}

/// Names of the threads that Reelscope starts; the system keeps 15 bytes of a name.
fn our_threads() -> Vec<String> {
    let tasks = fs::read_dir("/proc/self/task").expect("the threads of this process");
    let names = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("comm")).ok());
    let ours = |name: &String| name.starts_with("store-") || name.starts_with("collector-");
    let mut names: Vec<_> = names.map(|name| name.trim().to_owned()).filter(ours).collect();
    names.sort();
    names
}

/// Waits, because the system removes a thread a moment after it has ended.
async fn none_is_left() {
    let begun = Instant::now();
    while !our_threads().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", our_threads());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn fails(config: Config) -> StartError {
    match Stack::start(config).await {
        Ok(_) => panic!("it started"),
        Err(error) => error,
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_failed_start_leaves_no_thread_and_no_lock() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let settings = dir.path().join("settings.json");

    // The settings file is the last thing that a start reads.
    fs::write(&settings, "this is no JSON").unwrap();
    let error = fails(config(&data, &settings)).await;
    assert_eq!(error.code(), "settings_invalid", "{error}");
    none_is_left().await;

    // This error comes when the databases are open already.
    fs::remove_file(&settings).unwrap();
    fs::rename(data.join("telemetry"), dir.path().join("aside")).unwrap();
    fs::write(data.join("telemetry"), "this is no directory").unwrap();
    let error = fails(config(&data, &settings)).await;
    assert_eq!(error.code(), "data_dir_unwritable", "{error}");
    none_is_left().await;

    // The directory is not locked: the next start opens it at once.
    fs::remove_file(data.join("telemetry")).unwrap();
    let stack = Stack::start(config(&data, &settings)).await.unwrap();
    assert!(our_threads().contains(&"store-writer".to_owned()));
    stack.shutdown().await.unwrap();
    none_is_left().await;
}
