//! Checks that the panic of every task and thread is noticed: a new one needs its place in a table that says by whom.
#![allow(clippy::unwrap_used)]

#[path = "support/files.rs"]
mod files;

use std::collections::BTreeMap;
use std::path::Path;

/// Each source file that starts tasks or threads, in how many places, and who notices a panic of them. Work on a blocking
/// thread (`spawn_blocking`) is awaited where it is started.
const NOTICED: [(&str, usize, &str); 26] = [
    ("api-gateway/src/http.rs", 1, "the request, which awaits its spin"),
    (
        "cli/src/bench/collector/client.rs",
        2,
        "the clients: their requests fail, and they are joined",
    ),
    ("cli/src/bench/collector/hostile.rs", 1, "`Asked::ended`"),
    (
        "cli/src/bench/collector/ingest.rs",
        2,
        "the measurement, which joins them",
    ),
    (
        "cli/src/bench/collector/kept.rs",
        1,
        "none: it is a process, whose answers are awaited",
    ),
    (
        "collector/src/collector.rs",
        1,
        "`collector::threads`, which restarts the work or ends the collector",
    ),
    (
        "collector/src/delivery/outbox.rs",
        1,
        "the outbox, which joins its requests",
    ),
    (
        "demo/src/faults.rs",
        1,
        "`watched`: the fault stands where it stood",
    ),
    (
        "demo/src/faults/dial.rs",
        1,
        "`watched`: the faults are brought back",
    ),
    ("demo/src/faults/surge.rs", 2, "`watched`: the surge has ended"),
    (
        "demo/src/traffic.rs",
        3,
        "`watched`, in `State::spawn`: the traffic has stopped",
    ),
    (
        "payment-service/src/background.rs",
        1,
        "its loop: recovery tries again",
    ),
    ("payment-service/src/recovery.rs", 1, "its loop: it tries again"),
    (
        "payment-service/src/settlement.rs",
        2,
        "the request that awaits the round's outcome",
    ),
    (
        "stack/src/assembly.rs",
        1,
        "`supervised::Tasks`, which ends the stack",
    ),
    (
        "stack/src/assembly/services.rs",
        1,
        "`supervised::Tasks`, which ends the stack",
    ),
    (
        "stack/src/assembly/switches.rs",
        1,
        "`supervised::Tasks`, which ends the stack",
    ),
    ("stack/src/load.rs", 1, "the run, which joins its players"),
    (
        "stack/src/overhead.rs",
        2,
        "`watched`: the measurement has failed",
    ),
    ("stack/src/recording.rs", 1, "`Recording::failed`"),
    (
        "stack/src/servers.rs",
        3,
        "`Servers::failed`, which ends the stack",
    ),
    (
        "stack/src/supervised.rs",
        2,
        "`watched`: the task is begun again, or the stack ends",
    ),
    ("store/src/live.rs", 1, "the thread itself, which reports it"),
    ("store/src/writer.rs", 1, "the writer itself, which goes on"),
    ("telemetry/src/context.rs", 1, "whoever awaits `Spawned`"),
    (
        "user-service/src/faults/missing_index.rs",
        1,
        "`watched`: the index is read from the database",
    ),
];

/// Number of places in a file, without comments and inline tests, that start a task or a thread.
fn starts(file: &Path) -> usize {
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().take_while(|line| !line.starts_with("mod tests {"));
    let code = lines.filter(|line| !line.trim_start().starts_with("//") && !line.contains("fn spawn"));
    let of_line = |line: &str| {
        let starts = line.match_indices("spawn(");
        let is_whole_word =
            |(at, _): &(usize, &str)| !line[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        starts.filter(is_whole_word).count()
    };
    code.map(of_line).sum()
}

#[test]
fn the_panic_of_every_task_is_noticed() {
    let services = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = BTreeMap::new();
    for file in files::below(&services, ".rs").filter(|file| !file.ends_with("tests.rs")) {
        let below = file
            .strip_prefix(&services)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        let count = starts(&file);
        if count > 0 && below.contains("/src/") {
            found.insert(below, count);
        }
    }
    let expected = NOTICED.map(|(file, count, _)| (file.to_owned(), count));
    assert_eq!(
        found,
        BTreeMap::from(expected),
        "say in the table who notices a panic"
    );
}
