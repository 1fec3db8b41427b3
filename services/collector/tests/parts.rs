//! Rate limits hold the categories that they name and nothing else, and are tested by one request at a time.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::time::Duration;

use reelscope_collector::{Clock, Collector, Destinations};
use reelscope_page_api::telemetry::EnvelopeState;
use support::{Answer, FakeSentry, balanced, delivered, error, event_id, eventually, options, to};
use tempfile::TempDir;

const HOUR: Duration = Duration::from_secs(3_600);
const EVENT: &str = "{\"type\":\"event\"}\n{\"message\":\"1\",  \"odd\":1e2}";
const TRANSACTION: &str = "{\"type\":\"transaction\",\"sample_rates\":[]}\n{\"transaction\":\"spin\"}";
const ATTACHMENT: &str = "{\"type\":\"attachment\",\"length\":3,\"filename\":\"a.txt\"}\nabc";
const SESSION: &str = "{\"type\":\"session\"}\n{\"sid\":\"0af76519-16cd-43dd-8448-eb211c80319c\"}";

fn open(clock: &Clock) -> (Collector, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let (collector, notices) = Collector::open_by(dir.path(), options(), clock.clone()).unwrap();
    assert_eq!(notices, []);
    (collector, dir)
}

fn limits(limits: &str) -> Vec<(&'static str, String)> {
    vec![("x-sentry-rate-limits", limits.to_owned())]
}

fn envelope(n: usize, items: &[&str]) -> Vec<u8> {
    let header = format!("{{\"event_id\":\"{}\"}}\n", event_id(n));
    [header, items.join("\n")].concat().into_bytes()
}

/// A collector whose destination has announced these limits, in the response to an envelope of another category.
async fn limited(clock: &Clock, sentry: &FakeSentry, said: &str) -> (Collector, TempDir) {
    let (collector, dir) = open(clock);
    sentry.answer([Answer::Taken(limits(said))]);
    collector.configure(to(&sentry.dsn()));
    let check_in = envelope(1_000, &["{\"type\":\"check_in\"}\n{}"]);
    collector.capture_durable("external", check_in).await.unwrap();
    delivered(&collector, &dir, 1).await;
    eventually("limited", || !collector.delivery().rate_limits.is_empty()).await;
    (collector, dir)
}

/// Checks the item types that were accepted after the first envelope, by envelope.
async fn taken((collector, dir): (&Collector, &TempDir), sentry: &FakeSentry, expected: &[&[&str]]) {
    eventually("taken", || {
        balanced(collector, dir.path());
        sentry.items().len() > expected.len() && collector.delivery().in_flight == 0
    })
    .await;
    assert_eq!(sentry.items()[1..], *expected);
}

#[tokio::test]
async fn what_is_not_limited_goes_at_once_and_the_rest_when_the_limit_ends() {
    let (clock, sentry) = (Clock::system(), FakeSentry::start().await);
    let (collector, dir) = limited(&clock, &sentry, "3600:transaction:key").await;
    collector.capture_nowait("api-gateway", envelope(1, &[EVENT, TRANSACTION]));
    taken((&collector, &dir), &sentry, &[&[EVENT]]).await;
    let delivery = collector.delivery();
    assert_eq!((delivery.counts.delivered, delivery.counts.held), (1, 1));
    assert_eq!(delivery.held_by_reason, [("rate_limited".to_owned(), 1)].into());
    let held = collector
        .envelopes(None, Some(EnvelopeState::Held), None, 10)
        .await
        .unwrap();
    assert_eq!(held[0].reason.as_deref(), Some("rate_limited"));
    assert_eq!(held[0].categories, ["error", "transaction"]);
    assert_eq!(sentry.requests(), 2);

    clock.pass(HOUR);
    delivered(&collector, &dir, 2).await;
    taken((&collector, &dir), &sentry, &[&[EVENT], &[TRANSACTION]]).await;
    assert_eq!(sentry.taken()[1..], [event_id(1), event_id(1)]);
    assert_eq!(sentry.requests(), 3);
    collector.shutdown().await;
}

#[tokio::test]
async fn attachments_go_with_their_event_or_after_it() {
    let clock = Clock::system();
    let cases: [(&str, &[&[&str]]); 2] = [
        ("3600:error:key", &[&[SESSION], &[EVENT, ATTACHMENT]]),
        ("3600:attachment:key", &[&[EVENT, SESSION], &[ATTACHMENT]]),
    ];
    for (said, expected) in cases {
        let sentry = FakeSentry::start().await;
        let (collector, dir) = limited(&clock, &sentry, said).await;
        let whole = envelope(1, &[EVENT, ATTACHMENT, SESSION]);
        let seq = collector
            .capture_durable("external", whole.clone())
            .await
            .unwrap()
            .seq;
        taken((&collector, &dir), &sentry, &expected[..1]).await;
        assert_eq!(collector.counts().held, 1, "{said}");
        clock.pass(HOUR);
        taken((&collector, &dir), &sentry, expected).await;
        delivered(&collector, &dir, 2).await;
        assert_eq!(collector.envelope(seq).await.unwrap().unwrap().1, whole);
        collector.shutdown().await;
    }
}

#[tokio::test]
async fn what_is_answered_429_for_one_category_goes_without_it() {
    let (clock, sentry) = (Clock::system(), FakeSentry::start().await);
    let (collector, dir) = open(&clock);
    sentry.answer([Answer::Ok, Answer::Status(429, limits("3600:session:key"))]);
    collector.configure(to(&sentry.dsn()));
    collector.capture_durable("external", error(1_000)).await.unwrap();
    delivered(&collector, &dir, 1).await;
    collector
        .capture_durable("external", envelope(1, &[EVENT, SESSION]))
        .await
        .unwrap();
    taken((&collector, &dir), &sentry, &[&[EVENT]]).await;
    assert_eq!((sentry.requests(), collector.counts().held), (3, 1));
    collector.shutdown().await;
}

#[tokio::test]
async fn a_kill_or_a_restart_between_two_parts_sends_neither_again() {
    let (clock, sentry) = (Clock::system(), FakeSentry::start().await);
    let (collector, dir) = limited(&clock, &sentry, "3600:session:key").await;
    for n in 1..4 {
        let items = envelope(n, &[EVENT, SESSION]);
        collector.capture_durable("external", items).await.unwrap();
    }
    taken((&collector, &dir), &sentry, &[&[EVENT], &[EVENT], &[EVENT]]).await;
    // As after a kill, without a clean close.
    let copy = tempfile::tempdir().unwrap();
    for name in ["telemetry.sqlite", "telemetry.sqlite-wal", "key"] {
        fs::copy(dir.path().join(name), copy.path().join(name)).unwrap();
    }
    collector.shutdown().await;
    for dir in [copy, dir] {
        let sentry = FakeSentry::serve(tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap());
        let (collector, _) = Collector::open(dir.path(), options()).unwrap();
        balanced(&collector, dir.path());
        assert_eq!((collector.counts().held, collector.counts().delivered), (3, 1));
        collector.configure(to(&sentry.dsn()));
        let sent = collector.decide_held(reelscope_page_api::telemetry::HeldAction::Send);
        assert_eq!(sent.await.unwrap(), 3);
        delivered(&collector, &dir, 4).await;
        assert_eq!(sentry.items(), [[SESSION], [SESSION], [SESSION]]);
        collector.shutdown().await;
    }
}

#[tokio::test]
async fn a_part_that_is_refused_is_tried_again_without_the_others() {
    let (clock, sentry) = (Clock::system(), FakeSentry::start().await);
    let (collector, dir) = limited(&clock, &sentry, "3600:session:key").await;
    sentry.answer([Answer::Status(400, vec![])]);
    collector
        .capture_durable("external", envelope(1, &[EVENT, SESSION]))
        .await
        .unwrap();
    eventually("refused", || {
        balanced(&collector, dir.path());
        collector.delivery().last_error.is_some() && collector.delivery().in_flight == 0
    })
    .await;
    assert_eq!((collector.counts().held, collector.counts().dead), (1, 0));
    clock.pass(HOUR);
    taken((&collector, &dir), &sentry, &[&[SESSION]]).await;
    eventually("dead", || collector.counts().dead == 1).await;
    assert_eq!(collector.delivery().dead_by_reason["rejected"], 1);
    balanced(&collector, dir.path());
    assert_eq!(collector.retry_dead(None).await.unwrap(), 1);
    taken((&collector, &dir), &sentry, &[&[SESSION], &[EVENT]]).await;
    delivered(&collector, &dir, 2).await;
    collector.shutdown().await;
}

/// The limits of 40 traces that all get the 429 `first` end; the following requests show it.
async fn asked_by_one(first: Vec<(&'static str, String)>, limit: Duration) {
    let (clock, sentry) = (Clock::system(), FakeSentry::start().await);
    let (collector, dir) = open(&clock);
    sentry.otherwise(Answer::Status(429, first.clone()));
    let mut paused = to(&sentry.dsn());
    paused.sending = false;
    collector.configure(paused.clone());
    for n in 0..40 {
        collector.capture_durable("api-gateway", error(n)).await.unwrap();
    }
    collector.configure(Destinations {
        sending: true,
        ..paused
    });
    let is_quiet = || {
        let delivery = collector.delivery();
        let is_held = delivery.held_by_reason == [("rate_limited".to_owned(), 40)].into();
        is_held && delivery.in_flight == 0
    };
    eventually("limited", is_quiet).await;
    let began = sentry.requests();
    assert!((1..=16).contains(&began), "{began} requests, {first:?}");
    for asked in 1..4 {
        clock.pass(limit);
        eventually("asked again", || sentry.requests() > began + asked - 1).await;
        eventually("limited again", is_quiet).await;
        assert_eq!(sentry.requests(), began + asked, "{first:?}");
    }
    sentry.otherwise(Answer::Ok);
    clock.pass(limit);
    delivered(&collector, &dir, 40).await;
    assert_eq!(sentry.requests(), began + 3 + 40);
    assert!(sentry.how_often().values().all(|times| *times == 1));
    collector.shutdown().await;
}

#[tokio::test]
async fn after_a_429_one_request_asks_whether_the_limit_is_over() {
    asked_by_one(vec![("retry-after", "60".to_owned())], Duration::from_secs(60)).await;
    asked_by_one(limits("60::organization"), Duration::from_secs(60)).await;
    asked_by_one(limits("60:error;transaction:key"), Duration::from_secs(60)).await;
}

#[tokio::test]
async fn a_429_that_spares_what_was_sent_holds_it_for_the_whole_destination() {
    let mut spared = limits("600:unheard_of:key");
    spared.push(("retry-after", "30".to_owned()));
    asked_by_one(spared, Duration::from_secs(30)).await;
    asked_by_one(limits("garbage"), Duration::from_secs(60)).await;
}
