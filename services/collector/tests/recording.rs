//! Telemetry as a file: exported while a collector works on it, shown elsewhere, and never changed.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;

use axum::body::Body;
use axum::http::Request;
use reelscope_collector::{Collector, RecordingError, export, viewer_router};
use serde_json::Value;
use support::{TRACE, error_in, event_id, eventually, options, transaction};
use tower::ServiceExt;

const SPAN: &str = "b7ad6b7169203331";

/// A directory with a trace and an error in it, and a collector that has it open.
async fn at_work(dir: &Path) -> Collector {
    let (collector, _) = Collector::open(dir, options()).unwrap();
    let trace = transaction(1, TRACE, SPAN, None, 12.0);
    collector.capture_durable("api-gateway", trace).await.unwrap();
    collector
        .capture_durable("api-gateway", error_in(2, TRACE))
        .await
        .unwrap();
    collector
}

/// Opens the file as a program elsewhere does, and waits for the index.
async fn looked_at(file: &Path, dir: &Path) -> Collector {
    let collector = Collector::open_recording(file, dir).unwrap();
    eventually("it is indexed", || collector.indexed()).await;
    collector
}

async fn asked(collector: &Collector, path: &str) -> Value {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = viewer_router(collector.clone()).oneshot(request).await.unwrap();
    assert!(response.status().is_success(), "{path}: {}", response.status());
    let body = axum::body::to_bytes(response.into_body(), usize::MAX)
        .await
        .unwrap();
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test]
async fn what_is_exported_while_somebody_works_is_seen_elsewhere_and_the_file_stays_as_it_is() {
    let [here, there, place] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let file = place.path().join("monday.telemetry");
    let collector = at_work(here.path()).await;
    let bytes = export(here.path(), &file).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().len(), bytes);
    // The collector continues, and later envelopes are not in the file.
    collector
        .capture_durable("api-gateway", error_in(3, TRACE))
        .await
        .unwrap();
    let counts = collector.counts();
    collector.shutdown().await;
    let written = fs::read(&file).unwrap();

    let other = looked_at(&file, there.path()).await;
    assert_eq!((other.counts().captured, counts.captured), (2, 3));
    let traces = asked(&other, "/traces").await;
    assert_eq!(traces["traces"][0]["trace_id"], TRACE);
    let detail = asked(&other, &format!("/traces/{TRACE}")).await;
    assert_eq!(detail["spans"].as_array().unwrap().len(), 2);
    let issues = asked(&other, "/issues").await;
    let id = issues["issues"][0]["issue_id"].as_str().unwrap();
    let issue = asked(&other, &format!("/issues/{id}")).await;
    assert_eq!(issue["events"][0]["event_id"], event_id(2));
    other.shutdown().await;
    assert!(fs::read(&file).unwrap() == written, "it was changed");
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn an_old_recording_is_kept_whole_by_whoever_looks_at_it() {
    let [here, there, place] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let file = place.path().join("monday.telemetry");
    at_work(here.path()).await.shutdown().await;
    // As if it had been recorded years ago.
    let database = rusqlite::Connection::open(here.path().join("telemetry.sqlite")).unwrap();
    database
        .execute("UPDATE envelopes SET received_at = 1", ())
        .unwrap();
    drop(database);
    export(here.path(), &file).unwrap();
    let other = looked_at(&file, there.path()).await;
    assert_eq!(
        asked(&other, "/envelopes").await["envelopes"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    other.shutdown().await;
}

#[tokio::test]
async fn nothing_is_written_over_and_an_export_that_fails_leaves_nothing() {
    let [here, place] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let file = place.path().join("monday.telemetry");
    let nothing = export(here.path(), &file);
    assert!(
        matches!(nothing, Err(RecordingError::Nothing { .. })),
        "{nothing:?}"
    );
    at_work(here.path()).await.shutdown().await;

    fs::write(&file, "mine").unwrap();
    let exists = export(here.path(), &file);
    assert!(matches!(exists, Err(RecordingError::Exists { .. })), "{exists:?}");
    assert_eq!(fs::read(&file).unwrap(), b"mine");

    let nowhere = export(here.path(), &place.path().join("no/such/place"));
    assert!(
        matches!(nowhere, Err(RecordingError::Unwritable { .. })),
        "{nowhere:?}"
    );

    // The remains of a killed export do not matter.
    let again = place.path().join("tuesday");
    fs::write(place.path().join("tuesday.part"), "half").unwrap();
    export(here.path(), &again).unwrap();
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 2);
}

#[tokio::test]
async fn a_file_that_is_no_recording_is_refused_with_the_reason() {
    let [here, place] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let good = place.path().join("good");
    at_work(here.path()).await.shutdown().await;
    export(here.path(), &good).unwrap();
    let altered = |name: &str, sql: &str| {
        let file = place.path().join(name);
        fs::copy(&good, &file).unwrap();
        rusqlite::Connection::open(&file)
            .unwrap()
            .execute_batch(sql)
            .unwrap();
        file
    };
    let text = place.path().join("text");
    fs::write(&text, "no database, but long enough to be read as one").unwrap();
    let cut = place.path().join("cut");
    let bytes = fs::read(&good).unwrap();
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let trigger = "CREATE TRIGGER t AFTER INSERT ON spans BEGIN DELETE FROM envelopes; END";
    for (file, why) in [
        (text, "not a database"),
        (cut, "malformed"),
        (altered("other", "DROP TABLE bodies"), "`bodies`"),
        (altered("trigger", trigger), "trigger `t`"),
        (altered("view", "CREATE VIEW v AS SELECT 1"), "view `v`"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let opened = Collector::open_recording(&file, dir.path()).map(|_| ());
        let Err(RecordingError::Foreign { reason, .. }) = &opened else {
            panic!("{}: {opened:?}", file.display());
        };
        assert!(reason.contains(why), "{reason}");
    }
    let dir = tempfile::tempdir().unwrap();
    let newer = Collector::open_recording(&altered("newer", "PRAGMA user_version = 99"), dir.path());
    assert!(matches!(
        newer.map(|_| ()),
        Err(RecordingError::Newer { found: 99, .. })
    ));
    let missing = Collector::open_recording(&place.path().join("missing"), dir.path());
    assert!(matches!(
        missing.map(|_| ()),
        Err(RecordingError::Unreadable { .. })
    ));
}
