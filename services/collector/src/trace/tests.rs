//! Traces are put together from envelopes in any order.

use super::*;
use serde_json::json;

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

/// One service's part of trace 1: its transaction with a call of HTTP in it.
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
    // Without the part of the callee nobody knows that it is one of the services.
    assert_eq!(external(&[&gateway]), [("payments".to_owned(), 500_000)]);
    // A service of the trace is none, though this call of it has no other end.
    let unheard = part("payments", ("d1", None), ("d2", "gateway", 5));
    assert_eq!(external(&[&gateway, &unheard]), []);
    // Nor is the place that the page itself comes from.
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
