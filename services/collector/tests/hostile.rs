//! One hostile envelope neither slows the collector down for others nor prevents it from stopping.
#![allow(clippy::unwrap_used)]

mod support;

use std::fmt::Write;
use std::time::Duration;

use reelscope_collector::Collector;
use support::{balanced, eventually, options};

/// An envelope with `count` logs, each of a trace of its own.
fn logs(count: usize) -> Vec<u8> {
    let mut envelope = String::from(
        "{}\n{\"type\":\"log\",\"item_count\":1,\"content_type\":\"application/vnd.sentry.items.log+json\"}\n{\"items\":[",
    );
    for n in 1..=count {
        let comma = if n == 1 { "" } else { "," };
        write!(
            envelope,
            "{comma}{{\"timestamp\":1764000000,\"trace_id\":\"{n:032x}\",\"level\":\"info\",\"body\":\"x\"}}"
        )
        .unwrap();
    }
    envelope.push_str("]}\n");
    envelope.into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_traces_of_one_envelope_are_taken_in() {
    let dir = tempfile::tempdir().unwrap();
    let (collector, _) = Collector::open(dir.path(), options()).unwrap();
    collector
        .capture_durable("external", logs(100_000))
        .await
        .unwrap();
    // It would take minutes if each trace were searched among all entries.
    eventually("indexed", || collector.caught_up()).await;
    assert_eq!(collector.traces_after_here(0, 10).len(), 10);
    balanced(&collector, dir.path());
    collector.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_does_not_wait_for_what_is_being_indexed() {
    let dir = tempfile::tempdir().unwrap();
    let (collector, _) = Collector::open(dir.path(), options()).unwrap();
    for _ in 0..20 {
        collector.capture_durable("external", logs(20_000)).await.unwrap();
    }
    assert!(
        !collector.caught_up(),
        "there is nothing left that it could wait for"
    );
    let ended = tokio::time::timeout(Duration::from_secs(10), collector.shutdown()).await;
    assert!(ended.is_ok(), "it does not end");
    assert!(!collector.caught_up(), "it has waited for the index");
}
