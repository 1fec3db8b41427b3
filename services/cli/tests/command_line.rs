//! The program as a process: its output and its exit codes.
#![allow(clippy::unwrap_used)]

#[cfg(target_os = "linux")]
#[allow(dead_code)] // of it only `mounting` is used here
#[path = "../../store/tests/support/small_disk.rs"]
mod small_disk;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

fn reelscope(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reelscope"));
    command.args(arguments).env("RUST_LOG", "error");
    command
}

fn run(arguments: &[&str]) -> Output {
    reelscope(arguments).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// A running `serve`, killed when dropped, so that it does not outlive a failed test.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts `serve`; returns it with its ready line.
fn serve(arguments: &[&str]) -> (Served, Value) {
    let child = reelscope(&[&["serve", "--players", "600"], arguments].concat())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut served = Served(child);
    let mut line = String::new();
    BufReader::new(served.0.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    (served, serde_json::from_str(&line).unwrap())
}

#[cfg(unix)]
fn terminate(mut served: Served) -> Option<i32> {
    let sent = Command::new("kill")
        .args(["-TERM", &served.0.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    served.0.wait().unwrap().code()
}

/// Starts a program that must fail; returns its exit code and its sentence.
fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(arguments);
    assert!(output.stdout.is_empty(), "{output:?}");
    let sentence = String::from_utf8(output.stderr).unwrap();
    assert_eq!(sentence.trim_end().lines().count(), 1, "{sentence}");
    (output.status.code(), sentence)
}

#[cfg(unix)]
#[test]
fn serve_says_where_it_is_holds_its_port_and_directory_and_ends_when_told() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let (served, ready) = serve(&["--listen", "127.0.0.1:0", "--data-dir", data]);
    assert_eq!(ready["ready"], true);
    let gateway = ready["gateway"].as_str().unwrap();
    assert!(
        ready["ui"]
            .as_str()
            .unwrap()
            .starts_with(&format!("{gateway}/?token="))
    );
    let services: BTreeSet<_> = ready["services"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let dsn = ready["collector_dsn"].as_str().unwrap();
    let collector = ready["services"]["collector"].as_str().unwrap();
    assert!(
        dsn.ends_with(&format!("@{}/1", collector.strip_prefix("http://").unwrap())),
        "{dsn}"
    );
    let all = BTreeSet::from([
        "api-gateway",
        "collector",
        "game-engine",
        "payment-provider",
        "payment-service",
        "user-service",
    ]);
    assert_eq!(services, all);

    let listen = gateway.strip_prefix("http://").unwrap();
    let other = tempfile::tempdir().unwrap();
    let (code, sentence) = refused(&[
        "serve",
        "--listen",
        listen,
        "--data-dir",
        other.path().to_str().unwrap(),
    ]);
    assert!(
        code == Some(10) && sentence.contains("in use"),
        "{code:?} {sentence}"
    );
    let (code, sentence) = refused(&["serve", "--listen", "127.0.0.1:0", "--data-dir", data]);
    assert!(code == Some(12) && sentence.contains(data), "{code:?} {sentence}");
    assert_eq!(refused(&["ledger", "verify", "--data-dir", data]).0, Some(12));

    assert_eq!(terminate(served), Some(0));
    let verified = run(&["ledger", "verify", "--data-dir", data, "--json"]);
    assert_eq!(
        (verified.status.code(), &json(&verified)["imbalance"]),
        (Some(0), &Value::from(0))
    );
}

#[test]
fn spin_prints_what_it_measured_and_repeats_a_seed() {
    let spin = || {
        let output = run(&[
            "spin", "--count", "12", "--seed", "6", "--stake", "10.00", "--json",
        ]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        json(&output)
    };
    let (first, second) = (spin(), spin());
    assert_eq!(
        (&first["spins"], &first["ok"], &first["failed"]),
        (&12.into(), &12.into(), &0.into())
    );
    assert_eq!(first["staked"], 12_000);
    assert_eq!(first["paid_out"], second["paid_out"]);
    for field in ["latency_ms", "service_ms"] {
        assert!(first[field].is_object(), "{field}");
    }
    for percentile in ["p50", "p95", "p99", "max"] {
        assert!(
            first["latency_ms"][percentile].as_f64().unwrap() > 0.0,
            "{percentile}"
        );
    }
    for service in ["api-gateway", "game-engine", "payment-service", "user-service"] {
        assert!(
            first["service_ms"][service]["p50"].as_f64().unwrap() > 0.0,
            "{service}"
        );
    }
    // A spin is five requests, each served by one service: eligibility, reserve, draw, settle and the spin itself.
    assert!(first["requests"].as_u64().unwrap() >= 60, "{first}");
}

#[test]
fn traffic_says_what_players_and_a_person_met_and_what_the_ledger_says() {
    let output = run(&[
        "traffic",
        "--players",
        "30",
        "--minutes",
        "0.1",
        "--budget",
        "none",
        "--problem",
        "all=off",
        "--json",
    ]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let told = json(&output);
    assert!(told["players_ms"]["spins"].as_u64() > Some(0), "{told}");
    assert_eq!(told["failed_by_code"], serde_json::json!({}), "{told}");
    assert_eq!(told["own_alone_ms"]["spins"], 10, "{told}");
    assert_eq!(
        (&told["budget_percent"], &told["problems"]["slow-rng"]),
        (&Value::Null, &"off".into())
    );
    assert_eq!(
        (&told["ledger"]["imbalance"], &told["ledger"]["pending"]),
        (&0.into(), &0.into())
    );
}

/// After Ctrl-C it prints the figures so far.
#[cfg(unix)]
#[test]
fn traffic_that_is_interrupted_prints_its_figures() {
    let mut child = reelscope(&["traffic", "--players", "5", "--minutes", "60", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), &json(&output)["ledger"]["imbalance"]),
        (Some(0), &0.into())
    );
}

#[cfg(unix)]
#[test]
fn what_is_interrupted_says_so_and_leaves_no_directory_behind() {
    for signal in ["-INT", "-TERM"] {
        let temporary = tempfile::tempdir().unwrap();
        let begun = || {
            let mut runs = std::fs::read_dir(temporary.path()).unwrap();
            runs.any(|run| run.unwrap().path().join("wallets/db/CURRENT").exists())
        };
        let child = reelscope(&["spin", "--count", "100000000"])
            .env("TMPDIR", temporary.path())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while !begun() {
            assert!(std::time::Instant::now() < deadline);
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let sent = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(130), "{said}");
        assert!(said.ends_with("interrupted before it was done\n"), "{said}");
        let left: Vec<_> = std::fs::read_dir(temporary.path()).unwrap().collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[cfg(unix)]
#[test]
fn serve_begins_with_the_virtual_players_that_it_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let (served, ready) = serve(&[
        "--listen",
        "127.0.0.1:0",
        "--data-dir",
        data,
        "--traffic",
        "7",
        "--traffic-budget",
        "none",
    ]);
    let (address, token) = ready["ui"].as_str().unwrap().split_once("/?token=").unwrap();
    let address = address.strip_prefix("http://").unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let begun = loop {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        let request = format!(
            "GET /api/traffic HTTP/1.1\r\nhost: {address}\r\nx-reelscope-token: {token}\r\nconnection: close\r\n\r\n"
        );
        std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
        let mut answer = String::new();
        std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
        let seen: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
        if seen["running"] == true {
            break seen;
        }
        assert!(std::time::Instant::now() < deadline, "{seen}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    assert_eq!(
        (&begun["players"], &begun["budget_percent"]),
        (&7.into(), &Value::Null)
    );
    assert_eq!(terminate(served), Some(0));
}

#[test]
fn a_script_with_mistakes_is_told_line_by_line_with_its_own_code() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("script.toml");
    std::fs::write(&file, "title = 5\nlanguage = \"xx\"\nsteps = []\n").unwrap();
    let data = dir.path().join("data");
    let (file, data) = (file.to_str().unwrap(), data.to_str().unwrap());
    let output = run(&["serve", "--script", file, "--data-dir", data]);
    assert_eq!(output.status.code(), Some(31));
    let told = String::from_utf8(output.stderr).unwrap();
    let places: Vec<_> = told.lines().filter(|line| line.contains(": line ")).collect();
    assert_eq!(places.len(), 2, "{told}");
    assert!(
        places[0].starts_with(&format!("{file}: line 1, column 9: ")),
        "{told}"
    );
    let (code, sentence) = refused(&["serve", "--script", "/nowhere/script.toml", "--data-dir", data]);
    assert_eq!(code, Some(31), "{sentence}");
}

#[test]
fn a_report_of_a_data_directory_is_one_file_in_either_language() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let (data, file) = (data.to_str().unwrap(), dir.path().join("report.html"));
    let made = run(&[
        "spin",
        "--count",
        "3",
        "--problem",
        "slow-rng=on",
        "--data-dir",
        data,
        "--json",
    ]);
    assert!(made.status.success(), "{made:?}");
    let to = file.to_str().unwrap();
    for (language, phrase) in [("en", "Before and after"), ("ru", "До и после")] {
        let written = run(&["report", "-o", to, "--language", language, "--data-dir", data]);
        assert!(written.status.success(), "{written:?}");
        let page = std::fs::read_to_string(&file).unwrap();
        assert!(page.contains(phrase) && page.contains("<svg"), "{language}");
    }
    let written = run(&["report", "-o", to, "--json", "--data-dir", data]);
    assert_eq!(json(&written)["file"], to);
    let report: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(report["money"]["spins"], 3);
    // Nothing runs, so what the spins met counts.
    let fixes = report["fixes"].as_array().unwrap();
    let state = |problem| {
        let fix = fixes.iter().find(|fix| fix["problem"] == problem).unwrap();
        fix["state"].as_str().unwrap()
    };
    assert_eq!((state("slow-rng"), state("missing-index")), ("on", "off"));
    let nowhere = dir.path().join("nothing");
    let (code, _) = refused(&["report", "-o", to, "--data-dir", nowhere.to_str().unwrap()]);
    assert_eq!(code, Some(21));
}

#[test]
fn the_par_sheet_is_enough_to_recompute_it() {
    let sheet = json(&run(&["par-sheet", "--json"]));
    assert_eq!(sheet["cycle"], 32_378_880);
    assert_eq!(sheet["rtp"]["numerator"], "5180047");
    let strips = sheet["reel_strips"].as_array().unwrap();
    let cycle: usize = strips
        .iter()
        .map(|strip| strip.as_array().unwrap().len())
        .product();
    assert_eq!(cycle, 32_378_880);
    assert!(sheet["paylines"].is_array() && sheet["symbols"].is_array() && sheet["max_payout"].is_number());
}

#[test]
fn doctor_says_what_is_well_and_what_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let well = run(&["doctor", "--data-dir", dir.path().to_str().unwrap(), "--json"]);
    assert_eq!(
        (well.status.code(), &json(&well)["ok"]),
        (Some(0), &Value::from(true))
    );
    let file = dir.path().join("file");
    std::fs::write(&file, "x").unwrap();
    // A path that may be mistyped is not made.
    let absent = dir.path().join("absent/data");
    let none = run(&["doctor", "--data-dir", absent.to_str().unwrap(), "--json"]);
    assert!(none.status.success(), "{none:?}");
    assert!(!dir.path().join("absent").exists());
    let ill = run(&["doctor", "--data-dir", file.to_str().unwrap(), "--json"]);
    assert_eq!(
        (ill.status.code(), &json(&ill)["ok"]),
        (Some(1), &Value::from(false))
    );
}

#[test]
fn wrong_usage_ends_with_2_and_a_wrong_directory_with_its_own_code() {
    for wrong in [
        &["spin", "--count", "0"][..],
        &["spin", "--stake", "ten"],
        &["serve", "--listen", "nowhere"],
        &["serve", "--traffic", "0"],
        &["serve", "--traffic", "201"],
        &["serve", "--traffic", "5", "--traffic-budget", "9"],
        &["serve", "--traffic-budget", "50"],
        &["traffic", "--players", "201"],
        &["traffic", "--minutes", "0"],
        &["traffic", "--budget", "all"],
        &["ledger", "verify"],
        &["nothing"],
    ] {
        assert_eq!(run(wrong).status.code(), Some(2), "{wrong:?}");
    }
    let dir = tempfile::tempdir().unwrap();
    let absent = dir.path().join("absent");
    assert_eq!(
        refused(&["ledger", "verify", "--data-dir", absent.to_str().unwrap()]).0,
        Some(21)
    );
    assert!(!absent.exists());
}

/// Starts `serve` in a namespace of its own, with its data directory on a file system mounted with `options`;
/// returns exit code and sentence. `None` where the kernel lets no user mount one.
#[cfg(target_os = "linux")]
fn serve_on_a_disk(options: &str) -> Option<(Option<i32>, String)> {
    let script = "mount -t tmpfs -o \"$0\" reelscope \"$1\" && \"$2\" serve --listen 127.0.0.1:0 --data-dir \"$1/data\"";
    let mut command = small_disk::mounting(script)?;
    let dir = tempfile::tempdir().unwrap();
    let output = command
        .arg(options)
        .arg(dir.path())
        .arg(env!("CARGO_BIN_EXE_reelscope"))
        .env("RUST_LOG", "off")
        .output()
        .unwrap();
    Some((output.status.code(), String::from_utf8(output.stderr).unwrap()))
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_and_a_read_only_disk_are_sentences_with_their_own_codes() {
    for (options, code, words) in [("size=64k", 14, "disk is full"), ("ro", 13, "cannot write")] {
        let Some((found, sentence)) = serve_on_a_disk(options) else {
            return;
        };
        assert!(
            found == Some(code) && sentence.contains(words),
            "{options}: {found:?} {sentence}"
        );
    }
}

/// Runs a shell command with the program as `$0`. With `pipefail` the program's own exit code is that of the pipe.
#[cfg(target_os = "linux")]
fn shell(script: &str, data: &str) -> (Option<i32>, String) {
    let output = Command::new("bash")
        .args([
            "-o",
            "pipefail",
            "-c",
            script,
            env!("CARGO_BIN_EXE_reelscope"),
            data,
        ])
        .env("RUST_LOG", "error")
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn a_reader_that_goes_ends_quietly_and_an_answer_that_cannot_be_written_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let data = data.to_str().unwrap();
    assert!(run(&["spin", "--data-dir", data]).status.success());
    let commands = [
        "par-sheet --json",
        "par-sheet",
        "ledger verify --data-dir $1",
        "ledger verify --json --data-dir $1",
        "traces list --data-dir $1",
        "traces list --json --data-dir $1",
        "--help",
        "--version",
        "help",
        "traces list --help",
    ];
    for command in commands {
        // `true` reads nothing, so the pipe closes before or during the output.
        let (code, said) = shell(&format!("$0 {command} | true"), data);
        assert_eq!((code, said.as_str()), (Some(0), ""), "{command} | true");
        let (code, said) = shell(&format!("$0 {command} 2>&1 | true"), data);
        assert_eq!((code, said.as_str()), (Some(0), ""), "{command} 2>&1 | true");
        let (code, _) = shell(&format!("$0 {command} >&-"), data);
        assert!(matches!(code, Some(0 | 26)), "{command} >&-: {code:?}");
        let (code, said) = shell(&format!("$0 {command} >/dev/full"), data);
        assert_eq!(code, Some(26), "{command}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{command}: {said}");
        let (code, _) = shell(&format!("$0 {command} >/dev/full 2>/dev/full"), data);
        assert_eq!(code, Some(26), "{command}");
    }
    // A failure keeps its own exit code, even when its sentence cannot be written.
    let (code, _) = shell("$0 ledger verify --data-dir $1/nowhere 2>/dev/full", data);
    assert_eq!(code, Some(21));
    let (code, said) = shell("$0 serve --listen 127.0.0.1:0 --data-dir $1 >/dev/full", data);
    assert_eq!(code, Some(26), "{said}");
}
