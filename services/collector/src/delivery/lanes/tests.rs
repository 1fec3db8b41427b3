#![allow(clippy::panic)]

use super::*;
use crate::Options;
use crate::log::DeadReason;
use reelscope_page_api::telemetry::Named;

const ERROR: Categories = Categories::ERROR;
const SESSION: Categories = Categories::SESSION;
const MINUTE: Duration = Duration::from_secs(60);

fn destination() -> Destination {
    let dsn = "http://abc@sentry.example/1".parse().unwrap();
    Destination::new(dsn, RateLimits::default())
}

fn pace() -> Pace {
    Options::standard().pace
}

fn answer(verdict: Verdict, status: u16, rate_limits: Option<&str>) -> Answer {
    Answer {
        verdict,
        code: "",
        detail: String::new(),
        params: Named::new(),
        status,
        rate_limits: rate_limits.map(str::to_owned),
        retry_after: None,
    }
}

fn delivered() -> Answer {
    answer(Verdict::Delivered, 200, None)
}

/// Returns all requests that may be sent now.
fn sent(destination: &mut Destination, now: Instant) -> Vec<Errand> {
    destination.wake(now);
    std::iter::from_fn(|| destination.next(pace(), now)).collect()
}

fn answered(destination: &mut Destination, errand: Errand, answer: &Answer, now: Instant) {
    destination.learn(errand, answer, pace(), now);
    if matches!(answer.verdict, Verdict::Limited | Verdict::Retry) {
        destination.add(errand.lane, errand.seq, errand.part, now);
    }
    destination.returned(errand, now);
}

#[track_caller]
fn is_empty(destination: &Destination) {
    let sets = [
        destination.lanes.len(),
        destination.ready.len(),
        destination.behind.len(),
        destination.later.len(),
        destination.waiting,
        destination.in_flight,
    ];
    assert_eq!(sets, [0; 6]);
    assert!(destination.asked_for.is_empty());
}

#[test]
fn a_lane_that_is_done_leaves_nothing() {
    let (mut destination, now) = (destination(), Instant::now());
    for (seq, lane) in (1..).zip([1, 1, 2, 3]) {
        destination.add(LaneKey::Trace(lane), seq, ERROR, now);
    }
    destination.add(LaneKey::Alone(5), 5, ERROR, now);
    let first = sent(&mut destination, now);
    assert_eq!(first.iter().map(|one| one.seq).collect::<Vec<_>>(), [1, 3, 4, 5]);
    // Nothing can be done before one of them is answered.
    assert_eq!(destination.next_wake(now), None);
    let dead = answer(Verdict::Dead(DeadReason::Rejected), 400, None);
    for (errand, answer) in first.into_iter().zip([&delivered(), &dead, &delivered(), &dead]) {
        answered(&mut destination, errand, answer, now);
    }
    let second = sent(&mut destination, now);
    assert_eq!(second.len(), 1);
    // Returned without a response, as after a panic.
    destination.returned(second[0], now);
    is_empty(&destination);
}

#[test]
fn what_comes_while_a_lane_is_limited_adds_no_more_than_itself() {
    let (mut destination, now) = (destination(), Instant::now());
    destination.add(LaneKey::Trace(1), 1, ERROR, now);
    let errand = sent(&mut destination, now).remove(0);
    answered(
        &mut destination,
        errand,
        &answer(Verdict::Limited, 429, None),
        now,
    );
    for seq in 2..1_000 {
        destination.add(LaneKey::Trace(1), seq, ERROR, now);
        assert!(sent(&mut destination, now).is_empty());
    }
    assert_eq!((destination.lanes.len(), destination.later.len()), (1, 1));
    assert!(destination.ready.is_empty() && destination.behind.is_empty());
    let mut now = destination.next_wake(now).unwrap();
    for seq in 1..1_000 {
        let [errand] = sent(&mut destination, now)[..] else {
            panic!("a lane sends one by one");
        };
        assert_eq!(errand.seq, seq);
        answered(&mut destination, errand, &delivered(), now);
        now += MINUTE;
    }
    is_empty(&destination);
}

#[test]
fn while_one_asks_for_a_category_the_others_go_on() {
    let (mut destination, now) = (destination(), Instant::now());
    let both = ERROR.with(SESSION);
    destination.add(LaneKey::Trace(1), 1, both, now);
    let whole = sent(&mut destination, now).remove(0);
    assert!(whole.is_all());
    let limited = answer(Verdict::Limited, 429, Some("60:session:key"));
    answered(&mut destination, whole, &limited, now);
    for seq in 2..5 {
        destination.add(LaneKey::Alone(seq), seq, both, now);
    }
    let errors = sent(&mut destination, now);
    assert_eq!(errors.len(), 4);
    for errand in errors {
        assert_eq!((errand.part, errand.is_all()), (ERROR, false));
        destination.learn(errand, &delivered(), pace(), now);
        destination.add(errand.lane, errand.seq, SESSION, now);
        destination.returned(errand, now);
    }
    let mut now = now;
    for status in [429, 429, 200] {
        now += MINUTE;
        let asking = sent(&mut destination, now);
        assert_eq!((asking.len(), asking[0].part), (1, SESSION));
        destination.add(LaneKey::Alone(9), 9, both, now);
        let other = sent(&mut destination, now);
        assert_eq!((other.len(), other[0].part), (1, ERROR));
        answered(&mut destination, other[0], &delivered(), now);
        let said = answer(Verdict::Limited, status, Some("60:session:key"));
        let said = if status == 200 { delivered() } else { said };
        answered(&mut destination, asking[0], &said, now);
    }
    let rest = sent(&mut destination, now);
    assert_eq!(rest.len(), 3);
    for errand in rest {
        answered(&mut destination, errand, &delivered(), now);
    }
    is_empty(&destination);
}

#[test]
fn an_envelope_without_items_that_is_limited_pauses_alone() {
    let (mut destination, now) = (destination(), Instant::now());
    destination.add(LaneKey::Alone(1), 1, Categories::default(), now);
    let errand = sent(&mut destination, now).remove(0);
    let limited = answer(Verdict::Limited, 429, Some("60:session:key"));
    answered(&mut destination, errand, &limited, now);
    destination.add(LaneKey::Alone(2), 2, ERROR, now);
    let next = sent(&mut destination, now);
    assert_eq!((next.len(), next[0].seq), (1, 2));
    assert_eq!(sent(&mut destination, now + MINUTE).len(), 1);
}

#[test]
fn pauses_double_up_to_the_longest() {
    let pace = Options::standard().pace;
    for (attempts, around) in [(1, 500), (2, 1_000), (3, 2_000), (20, 60_000), (u32::MAX, 60_000)] {
        let pause = backoff(pace, attempts).as_millis();
        assert!(
            (around * 8 / 10..=around * 12 / 10).contains(&pause),
            "{attempts}: {pause}"
        );
    }
}

#[test]
fn whatever_waits_for_a_pause_is_woken_however_late_that_is_asked_for() {
    let (mut destination, now) = (destination(), Instant::now());
    for seq in 1..=3 {
        destination.add(LaneKey::Alone(seq), seq, ERROR, now);
    }
    let errands = sent(&mut destination, now);
    assert_eq!(errands.len(), 3);
    for errand in errands {
        answered(&mut destination, errand, &answer(Verdict::Retry, 500, None), now);
    }
    destination.add(LaneKey::Alone(4), 4, ERROR, now);
    assert!(sent(&mut destination, now).is_empty());
    for later in [now, now + MINUTE, now + 60 * MINUTE] {
        destination.wake(later);
        assert!(destination.next_wake(later).is_some());
    }
    // The response of the request under way is awaited.
    let later = now + 60 * MINUTE;
    assert_eq!(sent(&mut destination, later).len(), 1);
    assert_eq!(destination.next_wake(later), None);
}
