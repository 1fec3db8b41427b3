//! Telemetry recorded on one machine and shown on another: both commands, and what the page may request.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::Value;

fn reelscope(arguments: &[&str], scratch: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reelscope"));
    command
        .args(arguments)
        .env("RUST_LOG", "error")
        .env("TMPDIR", scratch)
        .env("XDG_CONFIG_HOME", scratch.join("config"));
    command
}

fn run(arguments: &[&str], scratch: &Path) -> Output {
    reelscope(arguments, scratch).output().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A running viewer, killed when dropped, so that it does not outlive a failed test.
struct Viewer {
    process: Child,
    http: Client,
    origin: String,
    token: String,
}

impl Drop for Viewer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Viewer {
    fn of(file: &Path, scratch: &Path) -> Self {
        let arguments = ["serve", "--telemetry", text(file), "--listen", "127.0.0.1:0"];
        let mut process = reelscope(&arguments, scratch)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let (_, token) = ready["ui"].as_str().unwrap().split_once("?token=").unwrap();
        Self {
            process,
            http: Client::builder().no_proxy().build().unwrap(),
            origin: ready["gateway"].as_str().unwrap().to_owned(),
            token: token.to_owned(),
        }
    }

    async fn ask(&self, method: Method, path: &str, token: &str) -> (u16, Value) {
        let request = self.http.request(method, format!("{}{path}", self.origin));
        let reply = request
            .header("x-reelscope-token", token)
            .json(&Value::Null)
            .send()
            .await
            .unwrap();
        (reply.status().as_u16(), reply.json().await.unwrap_or_default())
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(Method::GET, path, &self.token).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_session_is_a_file_that_another_machine_shows_and_nobody_can_change() {
    let [here, scratch, place] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let file = place.path().join("monday.telemetry");
    let data = text(here.path());
    let spun = run(&["spin", "--count", "3", "--data-dir", data], scratch.path());
    assert!(spun.status.success(), "{spun:?}");
    let export = ["telemetry", "export", text(&file), "--data-dir", data];
    let exported = run(&[&export[..], &["--json"]].concat(), scratch.path());
    let bytes = std::fs::metadata(&file).unwrap().len();
    let said: Value = serde_json::from_slice(&exported.stdout).unwrap();
    assert_eq!(
        (said["bytes"].as_u64(), &said["file"]),
        (Some(bytes), &text(&file).into())
    );
    // A second export does not overwrite the file.
    let again = run(&export, scratch.path());
    assert_eq!(again.status.code(), Some(29), "{again:?}");

    let mut viewer = Viewer::of(&file, scratch.path());
    let health = viewer.get("/api/v1/health").await;
    assert_eq!(health["recording"], "monday.telemetry");
    let indexed = async {
        loop {
            let traces = viewer.get("/api/telemetry/traces").await;
            if traces["indexed"] == true {
                return traces;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let traces = tokio::time::timeout(Duration::from_secs(20), indexed)
        .await
        .unwrap();
    let spins = traces["traces"].as_array().unwrap().iter();
    let spins = spins
        .filter(|trace| trace["name"] == reelscope_demo::players::SPIN)
        .count();
    assert_eq!(spins, 3, "{traces}");
    let id = traces["traces"][0]["trace_id"].as_str().unwrap();
    let trace = viewer.get(&format!("/api/telemetry/traces/{id}")).await;
    assert!(!trace["spans"].as_array().unwrap().is_empty());

    for (method, path) in [
        (Method::POST, "/api/v1/sessions"),
        (Method::GET, "/api/v1/paytable"),
        (Method::GET, "/api/settings"),
        (Method::POST, "/api/telemetry/issues/0"),
        (Method::POST, "/api/telemetry/envelope"),
        (Method::POST, "/api/telemetry/delivery/retry"),
    ] {
        let (status, problem) = viewer.ask(method, path, &viewer.token).await;
        assert_eq!(
            (status, &problem["code"]),
            (403, &"recording_read_only".into()),
            "{path}"
        );
    }
    let (status, stranger) = viewer.ask(Method::GET, "/api/telemetry/traces", "guessed").await;
    assert_eq!(
        (status, &stranger["code"]),
        (401, &"launch_token_required".into())
    );
    let page = viewer.http.get(&viewer.origin).header("host", "evil.example");
    assert_eq!(page.send().await.unwrap().status().as_u16(), 403);

    let stopped = Command::new("kill")
        .args(["-TERM", &viewer.process.id().to_string()])
        .status();
    assert!(stopped.unwrap().success());
    assert_eq!(viewer.process.wait().unwrap().code(), Some(0));
    assert_eq!(std::fs::metadata(&file).unwrap().len(), bytes);
    let left = std::fs::read_dir(scratch.path()).unwrap().flatten();
    let left: Vec<_> = left
        .map(|entry| entry.file_name())
        .filter(|name| name.to_string_lossy().contains("recording"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_is_no_recording_is_one_sentence_with_its_own_code() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("notes.txt");
    std::fs::write(&file, "remember the milk").unwrap();
    let missing = place.path().join("missing");
    for (file, code) in [(&file, 29), (&missing, 29)] {
        let serve = ["serve", "--listen", "127.0.0.1:0", "--telemetry", text(file)];
        let output = run(&serve, place.path());
        let sentence = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{sentence}");
        assert_eq!(sentence.trim_end().lines().count(), 1, "{sentence}");
        assert!(sentence.contains(text(file)), "{sentence}");
    }
    let both = [
        "serve",
        "--telemetry",
        text(&file),
        "--data-dir",
        text(place.path()),
    ];
    assert_eq!(run(&both, place.path()).status.code(), Some(2));
}
