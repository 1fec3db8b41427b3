//! Delivery to a Sentry that is down, slow, overloaded, confused, or no Sentry.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use reelscope_collector::{Collector, Destinations, Options, Pace};
use reelscope_page_api::telemetry::{EnvelopeState, HeldAction};
use support::{
    Answer, FakeSentry, TRACE, balanced, delivered, dsn, error, error_in, event_id, eventually, options, to,
    transaction,
};
use tempfile::TempDir;

fn open() -> (Collector, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    (reopen(&dir), dir)
}

fn reopen(dir: &TempDir) -> Collector {
    let (collector, notices) = Collector::open(dir.path(), options()).unwrap();
    assert_eq!(notices, []);
    collector
}

async fn capture(collector: &Collector, numbers: std::ops::Range<usize>) {
    for n in numbers {
        collector.capture_durable("api-gateway", error(n)).await.unwrap();
    }
}

#[tokio::test]
async fn everything_arrives_once_and_is_addressed_anew() {
    let sentry = FakeSentry::start().await;
    let (collector, dir) = open();
    collector.configure(to(&sentry.dsn()));
    let other = "{\"event_id\":\"EVENT\",\"dsn\":\"http://old@h/1\",\"sent_at\":\"2001-01-01T00:00:00Z\",\"trace\":{\"public_key\":\"head\"},\"sdk\":{\"name\":\"sentry.rust\",\"version\":\"0.49.5\"}}\n{\"type\":\"event\"}\n{}\n"
        .replace("EVENT", &event_id(99));
    collector
        .capture_durable("external", other.into_bytes())
        .await
        .unwrap();
    capture(&collector, 0..50).await;
    delivered(&collector, &dir, 51).await;
    assert!(sentry.how_often().values().all(|times| *times == 1));
    let requests = sentry.seen.lock().unwrap().requests.clone();
    let (_, auth, header) = requests.iter().find(|(id, ..)| *id == event_id(99)).unwrap();
    assert!(
        auth.contains("sentry_key=abcdef0123456789abcdef0123456789"),
        "{auth}"
    );
    assert!(auth.contains("sentry_client=sentry.rust/0.49.5"), "{auth}");
    assert_eq!(header["dsn"], sentry.dsn().public());
    assert_ne!(header["sent_at"], "2001-01-01T00:00:00Z");
    assert_eq!(header["trace"]["public_key"], "head");
    collector.shutdown().await;
}

#[tokio::test]
async fn what_is_down_at_first_is_delivered_once_it_is_up() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    drop(listener);
    let (collector, dir) = open();
    collector.configure(to(&dsn(addr)));
    capture(&collector, 0..100).await;
    eventually("an error", || collector.delivery().last_error.is_some()).await;
    assert_eq!(collector.delivery().last_error.unwrap().code, "refused");
    assert_eq!(collector.counts().held, 100);
    balanced(&collector, dir.path());
    let sentry = FakeSentry::serve(tokio::net::TcpListener::bind(addr).await.unwrap());
    delivered(&collector, &dir, 100).await;
    assert!(sentry.how_often().values().all(|times| *times == 1));
    collector.shutdown().await;
}

#[tokio::test]
async fn trouble_is_retried_until_it_is_over() {
    let sentry = FakeSentry::start().await;
    let (collector, dir) = open();
    sentry.answer((0..40).map(|n| match n % 4 {
        0 => Answer::Status(500, vec![]),
        1 => Answer::Garbage,
        2 => Answer::Status(503, vec![]),
        _ => Answer::Status(302, vec![("location", "http://hotel.example/".to_owned())]),
    }));
    collector.configure(to(&sentry.dsn()));
    capture(&collector, 0..60).await;
    delivered(&collector, &dir, 60).await;
    assert!(sentry.how_often().values().all(|times| *times == 1));
    assert_eq!(sentry.requests(), 100);
    collector.shutdown().await;
}

#[tokio::test]
async fn a_silent_or_resetting_peer_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let pace = Pace {
        timeout: Duration::from_millis(50),
        ..options().pace
    };
    let (collector, _) = Collector::open(dir.path(), Options { pace, ..options() }).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    collector.configure(to(&dsn(addr)));
    capture(&collector, 0..10).await;
    // Resets five connections, and speaks another protocol on the sixth.
    for n in 0..6 {
        let (stream, _) = listener.accept().await.unwrap();
        if n == 5 {
            stream.writable().await.unwrap();
            let _ = stream.try_write(b"220 mail.example ESMTP\r\n");
        }
    }
    drop(listener);
    balanced(&collector, dir.path());
    assert_eq!(collector.counts().held, 10);
    let sentry = FakeSentry::serve(tokio::net::TcpListener::bind(addr).await.unwrap());
    sentry.answer([Answer::Silence, Answer::Slow(Duration::from_millis(5))]);
    delivered(&collector, &dir, 10).await;
    assert!(sentry.how_often().values().all(|times| *times == 1));
    collector.shutdown().await;
}

#[tokio::test]
async fn refusals_are_dead_letters_that_can_be_retried() {
    let sentry = FakeSentry::start().await;
    let (collector, dir) = open();
    sentry.answer([400, 401, 403, 413, 404].map(|status| Answer::Status(status, vec![])));
    let one_by_one = Pace {
        concurrency: 1,
        ..options().pace
    };
    collector.shutdown().await;
    let (collector, _) = Collector::open(
        dir.path(),
        Options {
            pace: one_by_one,
            ..options()
        },
    )
    .unwrap();
    collector.configure(to(&sentry.dsn()));
    capture(&collector, 0..6).await;
    delivered(&collector, &dir, 1).await;
    let reasons = collector.delivery().dead_by_reason;
    for reason in ["rejected", "unauthorized", "forbidden", "too_large", "refused"] {
        assert_eq!(reasons[reason], 1, "{reasons:?}");
    }
    // The states survive a restart.
    collector.shutdown().await;
    let collector = reopen(&dir);
    assert_eq!(collector.delivery().dead_by_reason, reasons);
    assert_eq!(collector.counts().delivered, 1);
    collector.configure(to(&sentry.dsn()));
    let dead = collector
        .envelopes(None, Some(EnvelopeState::Dead), None, 10)
        .await
        .unwrap();
    assert_eq!(collector.retry_dead(Some(dead[0].seq)).await.unwrap(), 1);
    delivered(&collector, &dir, 2).await;
    assert_eq!(collector.retry_dead(None).await.unwrap(), 4);
    delivered(&collector, &dir, 6).await;
    assert!(sentry.how_often().values().all(|times| *times == 1));
    collector.shutdown().await;
}

#[tokio::test]
async fn a_limited_category_is_held_and_the_others_pass() {
    let sentry = FakeSentry::start().await;
    let (collector, dir) = open();
    sentry.answer([Answer::Status(
        429,
        vec![(
            "x-sentry-rate-limits",
            "3600:transaction:organization:quota".to_owned(),
        )],
    )]);
    collector.configure(to(&sentry.dsn()));
    collector
        .capture_durable(
            "api-gateway",
            transaction(1, TRACE, "aaaaaaaaaaaaaaaa", None, 1.0),
        )
        .await
        .unwrap();
    eventually("limited", || !collector.delivery().rate_limits.is_empty()).await;
    collector
        .capture_durable(
            "api-gateway",
            transaction(2, TRACE, "bbbbbbbbbbbbbbbb", None, 1.0),
        )
        .await
        .unwrap();
    collector
        .capture_durable("api-gateway", error_in(3, TRACE))
        .await
        .unwrap();
    delivered(&collector, &dir, 1).await;
    assert_eq!(sentry.taken(), [event_id(3)]);
    let delivery = collector.delivery();
    assert_eq!((delivery.counts.held, delivery.counts.dead), (2, 0));
    assert_eq!(delivery.rate_limits[0].category, "transaction");
    let limited = [("rate_limited".to_owned(), 2)].into();
    assert_eq!(delivery.held_by_reason, limited);
    let error = delivery.last_error.unwrap();
    assert_eq!(
        (error.code.as_str(), error.params["status"].as_str()),
        ("rate_limited", "429")
    );
    assert_eq!(sentry.requests(), 2);
    let held = collector
        .envelopes(None, Some(EnvelopeState::Held), None, 10)
        .await
        .unwrap();
    assert!(
        held.iter()
            .all(|envelope| envelope.reason.as_deref() == Some("rate_limited"))
    );
    collector.shutdown().await;
}

#[tokio::test]
async fn dead_letters_go_to_the_corrected_dsn() {
    let (wrong, right) = (FakeSentry::start().await, FakeSentry::start().await);
    let (collector, dir) = open();
    wrong.otherwise(Answer::Status(401, vec![]));
    collector.configure(to(&wrong.dsn()));
    capture(&collector, 0..3).await;
    eventually("dead", || collector.counts().dead == 3).await;
    collector.configure(to(&right.dsn()));
    assert_eq!(collector.retry_dead(None).await.unwrap(), 3);
    delivered(&collector, &dir, 3).await;
    // An envelope that a person discarded does not return with the others.
    collector.configure(Destinations::nowhere());
    capture(&collector, 3..4).await;
    collector.configure(to(&right.dsn()));
    assert_eq!(collector.decide_held(HeldAction::Discard).await.unwrap(), 1);
    assert_eq!(collector.retry_dead(None).await.unwrap(), 0);
    assert_eq!(right.taken().len(), 3);
    collector.shutdown().await;
    let collector = reopen(&dir);
    assert_eq!((collector.counts().delivered, collector.counts().dead), (3, 1));
    collector.shutdown().await;
}

#[tokio::test]
async fn a_429_with_retry_after_holds_everything_that_long() {
    let sentry = FakeSentry::start().await;
    let (collector, dir) = open();
    sentry.answer([Answer::Status(429, vec![("retry-after", "1".to_owned())])]);
    collector.configure(to(&sentry.dsn()));
    capture(&collector, 0..1).await;
    eventually("limited", || !collector.delivery().rate_limits.is_empty()).await;
    assert_eq!(collector.delivery().rate_limits[0].category, "all");
    let limited = std::time::Instant::now();
    capture(&collector, 1..5).await;
    delivered(&collector, &dir, 5).await;
    assert!(
        limited.elapsed() > Duration::from_millis(900),
        "{:?}",
        limited.elapsed()
    );
    assert_eq!(sentry.requests(), 6);
    collector.shutdown().await;
}

#[tokio::test]
async fn envelopes_of_a_trace_arrive_in_order_and_few_at_a_time() {
    let sentry = FakeSentry::start().await;
    let (collector, dir) = open();
    sentry.otherwise(Answer::Slow(Duration::from_millis(2)));
    sentry.answer([Answer::Status(500, vec![]), Answer::Ok, Answer::Garbage]);
    let mut paused = to(&sentry.dsn());
    paused.sending = false;
    collector.configure(paused.clone());
    for n in 0..60 {
        let trace = format!("{:032x}", n % 3 + 1);
        collector
            .capture_durable("api-gateway", error_in(n, &trace))
            .await
            .unwrap();
    }
    capture(&collector, 100..200).await;
    assert_eq!(collector.delivery().held_by_reason["paused"], 160);
    collector.configure(Destinations {
        sending: true,
        ..paused
    });
    delivered(&collector, &dir, 160).await;
    let taken = sentry.taken();
    for trace in 0..3 {
        let in_order: Vec<String> = (0..60).filter(|n| n % 3 == trace).map(event_id).collect();
        let came: Vec<String> = taken.iter().filter(|id| in_order.contains(id)).cloned().collect();
        assert_eq!(came, in_order);
    }
    let most = sentry.seen.lock().unwrap().most_at_once;
    assert!((2..=16).contains(&most), "{most}");
    collector.shutdown().await;
}

#[tokio::test]
async fn another_destination_waits_for_a_person() {
    let (first, second) = (FakeSentry::start().await, FakeSentry::start().await);
    let (collector, dir) = open();
    capture(&collector, 0..3).await;
    assert_eq!(collector.delivery().held_by_reason["no_destination"], 3);
    assert_eq!(collector.decide_held(HeldAction::Send).await.unwrap(), 0);
    collector.configure(to(&first.dsn()));
    assert_eq!(collector.delivery().held_by_reason["other_destination"], 3);
    capture(&collector, 3..4).await;
    delivered(&collector, &dir, 1).await;
    assert_eq!(collector.decide_held(HeldAction::Send).await.unwrap(), 3);
    delivered(&collector, &dir, 4).await;
    let paused = Destinations {
        sending: false,
        ..to(&first.dsn())
    };
    collector.configure(paused);
    capture(&collector, 4..6).await;
    collector.configure(to(&second.dsn()));
    capture(&collector, 6..7).await;
    delivered(&collector, &dir, 5).await;
    assert_eq!(second.taken(), [event_id(6)]);
    assert_eq!(collector.decide_held(HeldAction::Discard).await.unwrap(), 2);
    assert_eq!(collector.delivery().dead_by_reason["discarded"], 2);
    collector.shutdown().await;
    let collector = reopen(&dir);
    assert_eq!(
        (
            collector.counts().delivered,
            collector.counts().dead,
            collector.counts().held
        ),
        (5, 2, 0)
    );
    assert_eq!(first.taken().len(), 4);
    collector.shutdown().await;
}

#[tokio::test]
async fn a_slot_may_have_a_destination_of_its_own() {
    let (common, own) = (FakeSentry::start().await, FakeSentry::start().await);
    let (collector, dir) = open();
    let mut destinations = to(&common.dsn());
    destinations.by_slot.insert("user-service".to_owned(), own.dsn());
    collector.configure(destinations);
    collector.capture_durable("user-service", error(1)).await.unwrap();
    collector.capture_durable("game-engine", error(2)).await.unwrap();
    delivered(&collector, &dir, 2).await;
    assert_eq!(
        (own.taken(), common.taken()),
        (vec![event_id(1)], vec![event_id(2)])
    );
    collector.shutdown().await;
}

#[tokio::test]
async fn draining_ends_when_nothing_is_on_its_way_or_time_is_up() {
    let sentry = FakeSentry::start().await;
    let (collector, _dir) = open();
    capture(&collector, 0..2).await;
    collector.configure(to(&sentry.dsn()));
    for n in 2..50 {
        collector.capture_nowait("api-gateway", error(n));
    }
    let counts = collector.drain(Duration::from_secs(20)).await;
    assert_eq!((counts.delivered, counts.held), (48, 2));
    sentry.otherwise(Answer::Status(500, vec![]));
    capture(&collector, 50..51).await;
    let counts = collector.drain(Duration::from_millis(20)).await;
    assert_eq!((counts.delivered, counts.held), (48, 3));
    collector.shutdown().await;
}

#[tokio::test]
async fn a_test_envelope_says_what_happened() {
    let sentry = FakeSentry::start().await;
    let (collector, _dir) = open();
    let check = async |dsn: Option<&str>, code: &str| {
        let outcome = collector.test_delivery(dsn).await;
        assert_eq!(
            (outcome.code.as_str(), outcome.ok),
            (code, code == "ok"),
            "{}",
            outcome.detail
        );
        assert!(outcome.detail.ends_with('.'), "{}", outcome.detail);
    };
    check(None, "no_destination").await;
    check(Some("nonsense"), "dsn_invalid").await;
    let outcome = collector.test_delivery(Some("https://sentry.example/7")).await;
    assert_eq!(
        (outcome.code.as_str(), outcome.params["reason"].as_str()),
        ("dsn_invalid", "no_key")
    );
    let text = sentry.dsn().public();
    for (status, code) in [
        (401, "unauthorized"),
        (403, "forbidden"),
        (404, "not_found"),
        (429, "rate_limited"),
        (500, "server_error"),
    ] {
        sentry.answer([Answer::Status(status, vec![])]);
        check(Some(&text), code).await;
    }
    let said = vec![("x-sentry-error", "no such project.".to_owned())];
    sentry.answer([Answer::Status(404, said)]);
    let outcome = collector.test_delivery(Some(&text)).await;
    let params = [("said", "no such project."), ("status", "404")];
    let params = params.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(outcome.params, params.into());
    assert!(
        outcome.detail.ends_with("DSN: no such project."),
        "{}",
        outcome.detail
    );
    sentry.answer([Answer::Garbage]);
    check(Some(&text), "not_sentry").await;
    check(Some(&text), "ok").await;
    check(Some(&text.replace("http://", "https://")), "tls").await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = dsn(listener.local_addr().unwrap()).public();
    drop(listener);
    check(Some(&gone), "refused").await;
    collector.configure(to(&sentry.dsn()));
    check(None, "ok").await;
    assert_eq!(collector.counts().captured, 0);
    collector.shutdown().await;
}
