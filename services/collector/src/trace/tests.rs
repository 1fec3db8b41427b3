//! Traces are built from envelopes in any order.

use super::*;
use crate::envelope::Envelope;
use crate::facts::{self, Source};
use serde_json::{Value, json};

fn ended_well(status: &str, errors: usize) -> (String, bool) {
    let mut trace = Trace::new(1);
    let context = json!({ "trace_id": format_id(1), "span_id": "a", "status": status });
    let spin = json!({ "transaction": "spin", "contexts": { "trace": context } });
    let mut text = format!("{{}}\n{{\"type\":\"transaction\"}}\n{spin}\n");
    for _ in 0..errors {
        let error = json!({ "message": "lost", "contexts": { "trace": context } });
        text += &format!("{{\"type\":\"event\"}}\n{error}\n");
    }
    let envelope = Envelope::framed(text.as_bytes()).unwrap();
    add(
        &mut trace,
        1,
        1,
        &facts::skim(Source::at(1, "frontend"), &envelope),
    );
    (trace.summary().status.clone(), trace.summary().ok)
}

#[test]
fn a_status_that_is_no_failure_ends_well_unless_there_are_errors() {
    for calm in ["ok", "unset", "unknown", "cancelled"] {
        assert_eq!(ended_well(calm, 0), (calm.to_owned(), true));
        assert_eq!(ended_well(calm, 1), ("error".to_owned(), false));
    }
    for failure in ["internal_error", "deadline_exceeded", "error"] {
        assert_eq!(ended_well(failure, 0), (failure.to_owned(), false));
        assert_eq!(ended_well(failure, 1), (failure.to_owned(), false));
    }
}

/// The part of one service in trace 1: its transaction with an HTTP call.
fn part(service: &str, (id, parent): (&str, Option<&str>), (call, peer, ms): (&str, &str, u32)) -> Facts {
    let payload = json!({
        "transaction": "spin", "start_timestamp": 10, "timestamp": 20,
        "contexts": { "trace": {
            "trace_id": format_id(1), "span_id": id, "parent_span_id": parent, "op": "pageload",
            "data": { "url.full": "http://127.0.0.1:4000/slot" },
        } },
        "spans": [{
            "trace_id": format_id(1), "span_id": call, "parent_span_id": id, "op": "http.client",
            "start_timestamp": 10, "timestamp": 10.0 + f64::from(ms) / 1_000.0,
            "data": { "peer.service": peer },
        }],
    });
    let bytes = format!("{{}}\n{{\"type\":\"transaction\"}}\n{payload}\n");
    facts::skim(
        Source::at(1, service),
        &Envelope::framed(bytes.as_bytes()).unwrap(),
    )
}

fn external(parts: &[&Facts]) -> Vec<(String, Micros)> {
    let mut trace = Trace::new(1);
    for (seq, part) in parts.iter().enumerate() {
        add(&mut trace, 1, seq as u64, part);
    }
    let shares = trace.summary().external.iter();
    shares
        .map(|share| (share.peer.clone(), share.waiting_us))
        .collect()
}

#[test]
fn who_is_waited_for_and_answers_nothing_is_outside_in_whatever_order_it_is_told() {
    let gateway = part("gateway", ("a1", None), ("a2", "payments", 500));
    let payments = part("payments", ("b1", Some("a2")), ("b2", "provider", 400));
    let again = part("payments", ("c1", Some("a9")), ("c2", "provider", 30));
    let expected = vec![("provider".to_owned(), 430_000)];
    assert_eq!(external(&[&gateway, &payments, &again]), expected);
    assert_eq!(external(&[&again, &payments, &gateway]), expected);
    // Without the callee's part, it is unknown that it is one of the services.
    assert_eq!(external(&[&gateway]), [("payments".to_owned(), 500_000)]);
    // A service of the trace is not external, although this call to it has no other end.
    let unheard = part("payments", ("d1", None), ("d2", "gateway", 5));
    assert_eq!(external(&[&gateway, &unheard]), []);
    // The origin of the page itself is not external either.
    assert_eq!(
        external(&[&part("page", ("e1", None), ("e2", "127.0.0.1:4000", 5))]),
        []
    );
}

fn currency(transactions: &[(Option<&str>, Option<&str>)]) -> Option<String> {
    let mut trace = Trace::new(1);
    for (number, (parent, currency)) in transactions.iter().enumerate() {
        let payload = json!({
            "transaction": "spin",
            "start_timestamp": 10 + number,
            "timestamp": 20 + number,
            "contexts": { "trace": {
                "trace_id": format_id(1), "span_id": "a", "parent_span_id": parent, "data": { "currency": currency },
            } },
        })
        .to_string();
        let bytes = format!("{{}}\n{{\"type\":\"transaction\"}}\n{payload}\n");
        let envelope = Envelope::parse(bytes.as_bytes()).unwrap();
        add(
            &mut trace,
            1,
            number as u64,
            &facts::skim(Source::at(1, "frontend"), &envelope),
        );
    }
    trace.summary().currency.clone()
}

#[test]
fn the_currency_is_the_roots_and_else_that_of_the_first_who_names_one() {
    assert_eq!(
        currency(&[(Some("b"), Some("EUR")), (None, Some("RUB"))]).as_deref(),
        Some("RUB")
    );
    assert_eq!(
        currency(&[(Some("b"), Some("EUR")), (None, None)]).as_deref(),
        Some("EUR")
    );
    assert_eq!(currency(&[(None, Some("roubles")), (None, None)]), None);
}

/// A transaction of trace 1 from `start` to `end`, in seconds after 1,764,000,000.
fn work(name: &str, id: &str, parent: Option<&str>, (start, end): (f64, f64)) -> Facts {
    let at = |seconds: f64| 1_763_990_000.0 + seconds;
    said(&json!({
        "transaction": name, "start_timestamp": at(start), "timestamp": at(end), "tags": { "service": name },
        "release": name,
        "contexts": { "trace": { "trace_id": format_id(1), "span_id": id, "parent_span_id": parent, "op": name } },
    }))
}

fn said(payload: &Value) -> Facts {
    let kind = match payload {
        payload if payload.get("transaction").is_some() => "transaction",
        payload if payload.get("body").is_some() => "log",
        _ => "event",
    };
    let bytes = format!("{{}}\n{{\"type\":\"{kind}\"}}\n{payload}\n");
    facts::read(Source::external(1), &Envelope::framed(bytes.as_bytes()).unwrap())
}

/// The summary of a trace from these parts in order, stored and read between them.
fn line(parts: &[&Facts]) -> TraceSummary {
    let mut trace = Trace::new(1);
    for (seq, part) in parts.iter().enumerate() {
        add(&mut trace, 1, seq as u64, part);
        let [line, rest] = [
            serde_json::to_string(trace.summary()),
            serde_json::to_string(&trace),
        ]
        .map(Result::unwrap);
        trace = serde_json::from_str::<Trace>(&rest)
            .unwrap()
            .with(serde_json::from_str(&line).unwrap());
    }
    TraceSummary {
        first_envelope: 0,
        ..trace.summary().clone()
    }
}

#[test]
fn one_root_speaks_for_a_trace_whatever_arrives_first() {
    let first = work("page", "a", None, (1.0, 1.2));
    let second = work("click", "b", None, (11.0, 15.0));
    let child = work("shop", "c", Some("b"), (0.5, 14.0));
    let orders = [
        [&first, &second, &child],
        [&second, &child, &first],
        [&child, &second, &first],
        [&child, &first, &second],
    ];
    let expected = line(&orders[0]);
    for order in orders {
        assert_eq!(line(&order), expected);
    }
    assert_eq!(
        (
            expected.name.as_str(),
            expected.op.as_str(),
            expected.service.as_str(),
            expected.release.as_deref()
        ),
        ("page", "page", "page", Some("page"))
    );
    assert_eq!(
        (expected.root_us, expected.root_span_id.as_deref()),
        (200_000, Some("a"))
    );
    assert_eq!(expected.duration_us, 14_500_000);
    assert_eq!(expected.oddities, ["several_roots"]);
    assert_eq!(expected.background_us, 0);
    let late = work("late", "d", Some("a"), (1.1, 4.2));
    for order in [[&first, &late, &late], [&late, &first, &late]] {
        assert_eq!(line(&order).background_us, 3_000_000);
    }
    assert_eq!(line(&[&late]).background_us, 0);
    // The same root again is no other root.
    assert_eq!(line(&[&first, &first]).oddities, Vec::<String>::new());
    // Without a root the earliest transaction names the trace.
    let orphan = line(&[&child]);
    assert_eq!(
        (orphan.name.as_str(), orphan.oddities),
        ("shop", vec!["missing_root".to_owned()])
    );
}

#[test]
fn errors_and_logs_move_no_trace_that_has_spans() {
    let at = |seconds: f64| 1_763_990_000.0 + seconds;
    let ids = json!({ "trace": { "trace_id": format_id(1), "span_id": "a" } });
    let log = said(
        &json!({ "trace_id": format_id(1), "timestamp": at(-9_000.0), "body": "early\nsecond line",
        "attributes": { "service.name": { "value": "lamp" } } }),
    );
    let error = said(
        &json!({ "timestamp": at(600.0), "contexts": ids, "exception": { "values": [{ "type": "Late" }] } }),
    );
    let timeless = said(
        &json!({ "transaction": "timeless", "contexts": { "trace": { "trace_id": format_id(1), "span_id": "z", "parent_span_id": "a" } } }),
    );
    let span = work("page", "a", None, (1.0, 1.2));
    let start = 1_763_990_001_000_000;
    for order in [[&log, &error, &timeless, &span], [&span, &timeless, &error, &log]] {
        let line = line(&order);
        assert_eq!(
            (line.start_us, line.duration_us, line.name.as_str()),
            (start, 200_000, "page")
        );
        assert_eq!((line.errors, line.logs), (1, 1));
    }
    // A trace without spans has times and a name from its log line.
    let alone = line(&[&log]);
    assert_eq!((alone.name.as_str(), alone.service.as_str()), ("early", "lamp"));
    assert_eq!(
        (alone.start_us, alone.oddities),
        (1_763_981_000_000_000, vec!["no_spans".to_owned()])
    );
    assert_eq!(line(&[&log, &error]).name, "Late");
    assert_eq!(line(&[&error, &log]).duration_us, 9_600_000_000);
}

#[test]
fn only_errors_make_a_trace_fail() {
    let ids = json!({ "trace": { "trace_id": format_id(1), "span_id": "a" } });
    let event = |level: &str, handled: Option<bool>| {
        said(
            &json!({ "level": level, "contexts": ids, "exception": { "values": [{ "type": "E", "mechanism": { "handled": handled } }] } }),
        )
    };
    let counted = |event: &Facts| {
        let line = line(&[&work("page", "a", None, (1.0, 1.2)), event]);
        let by_service: u32 = line.services.iter().map(|share| share.errors).sum();
        assert_eq!((line.errors == 0, by_service), (line.ok, line.errors));
        (line.errors, line.messages)
    };
    for level in ["info", "debug", "warning", "log"] {
        assert_eq!(counted(&event(level, None)), (0, 1), "{level}");
        assert_eq!(counted(&event(level, Some(true))), (0, 1), "{level}");
        assert_eq!(counted(&event(level, Some(false))), (1, 0), "{level}");
    }
    for level in ["error", "fatal", "of its own"] {
        assert_eq!(counted(&event(level, Some(true))), (1, 0), "{level}");
    }
}

#[test]
fn a_line_says_what_it_has_no_room_for() {
    let mut trace = Trace::new(1);
    for n in 0..300 {
        let mut part = work(&format!("service-{n}"), &format!("{n}"), None, (1.0, 2.0));
        let span = &mut part.spans[0].span;
        span.tags.insert("problems".to_owned(), format!("problem-{n}"));
        add(&mut trace, 1, n, &part);
    }
    let line = trace.summary();
    let told = u32::try_from(line.services.len()).unwrap();
    assert!(told > 4 && line.left_out["services"] == 300 - told, "{line:?}");
    assert_eq!(line.transactions, 300);
    assert!(line.problems.len() > 4 && line.left_out["problems"] > 0);
}

#[test]
fn a_duration_that_nobody_knows_is_told_as_such() {
    let at = 1_763_990_000;
    let root = |start: Value, end: Value| {
        said(&json!({
            "transaction": "root", "start_timestamp": start, "timestamp": end,
            "contexts": { "trace": { "trace_id": format_id(1), "span_id": "a" } },
        }))
    };
    let is_known = |facts: &[&Facts]| !line(facts).duration_unknown;
    assert!(is_known(&[&root(json!(at), json!(at + 1))]));
    assert!(is_known(&[&root(json!(at), json!(at))]));
    for (start, end) in [
        (json!(at), json!(null)),
        (json!(null), json!(at)),
        (json!(null), json!(null)),
    ] {
        assert!(!is_known(&[&root(start, end)]));
    }
    let log = said(&json!({ "body": "x", "trace_id": format_id(1), "timestamp": at }));
    assert!(!is_known(&[&log]));
    assert!(is_known(&[&log, &root(json!(at), json!(at + 1))]));
}

#[test]
fn a_root_that_ends_before_it_starts_leaves_nothing_behind_it() {
    let backwards = work("root", "a", None, (5.0, 0.0));
    let told = line(&[&backwards]);
    assert_eq!((told.root_us, told.duration_us, told.background_us), (0, 0, 0));
}
