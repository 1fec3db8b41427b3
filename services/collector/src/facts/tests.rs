//! No input makes reading panic, and skimming gives the index as much as reading everything.

use super::*;
use crate::envelope::parse_id;
use crate::index::tests::Scratch;
use proptest::prelude::*;
use serde_json::{Map, json};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// JSON in which the known members have any value.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-2.6e11_f64..2.6e11).prop_map(Value::from),
        Just(Value::from(TRACE)),
        Just(Value::from("http.client")),
        ".{0,8}".prop_map(Value::from),
    ];
    let names = [
        "contexts",
        "trace",
        "trace_id",
        "span_id",
        "parent_span_id",
        "start_timestamp",
        "timestamp",
        "end_timestamp",
        "spans",
        "items",
        "op",
        "tags",
        "measurements",
        "value",
        "exception",
        "values",
        "stacktrace",
        "frames",
        "breadcrumbs",
        "attributes",
        "fingerprint",
        "user",
        "id",
        "aggregates",
        "discarded_events",
        "quantity",
        "is_segment",
        "status",
        "data",
        "peer.service",
        "url.full",
    ];
    leaf.prop_recursive(6, 80, 12, move |inner| {
        let members =
            proptest::collection::btree_map(prop::sample::select(names.to_vec()), inner.clone(), 0..12);
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(Value::from),
            members.prop_map(|members| {
                Value::Object(
                    members
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect(),
                )
            }),
        ]
    })
}

/// The text of a body, and what is shown of it; `None` where its element is broken.
fn bodies() -> impl Strategy<Value = (Vec<u8>, Option<String>)> {
    let sound = "[a-z\u{e9}\u{1f600}\"\\\\ ]{0,8}".prop_map(|text| {
        let body = Value::from(text.as_str()).to_string().into_bytes();
        (body, Some(text))
    });
    let mended = prop_oneof![
        Just((br#""a\ud83d""#.to_vec(), "a\u{fffd}")),
        Just((br#""\udc00\ud83dz""#.to_vec(), "\u{fffd}\u{fffd}z")),
        Just((b"\"\xff\"".to_vec(), "\u{fffd}")),
        Just((b"-1e999".to_vec(), "-1e999")),
        Just((b"NaN".to_vec(), "NaN")),
    ];
    let mended = mended.prop_map(|(body, shown)| (body, Some(shown.to_owned())));
    let broken = prop_oneof![
        Just("oops"),
        Just("\"a\" \"b\""),
        Just("{\"x\"}"),
        Just("{"),
        Just("\"")
    ];
    let broken = broken.prop_map(|body| (body.as_bytes().to_vec(), None));
    prop_oneof![4 => sound, 3 => mended, 1 => broken]
}

fn facts_of(head: &str, payload: &Value) -> Facts {
    let bytes = format!("{{}}\n{head}\n{payload}\n");
    let envelope = Envelope::framed(bytes.as_bytes()).unwrap();
    read(Source::external(1), &envelope)
}

#[test]
fn statuses_levels_and_ids_have_the_names_of_sentry() {
    let told = |status: Value, id: &str| {
        let trace = json!({ "trace_id": TRACE, "span_id": id, "parent_span_id": id, "status": status });
        let payload = json!({ "contexts": { "trace": trace }, "start_timestamp": 1, "timestamp": 2 });
        let span = facts_of("{\"type\":\"transaction\"}", &payload)
            .spans
            .remove(0)
            .span;
        (span.status, span.span_id, span.parent_span_id.unwrap())
    };
    for (status, expected) in [
        (json!("success"), "ok"),
        (json!("OK"), "ok"),
        (json!("Internal_Error"), "internal_error"),
        (json!("canceled"), "cancelled"),
        (json!(0), "ok"),
        (json!(5), "not_found"),
        (json!(16), "unauthenticated"),
        (json!(17), "17"),
        (json!("Broken"), "Broken"),
        (json!(null), "ok"),
    ] {
        assert_eq!(told(status.clone(), "A").0, expected, "{status}");
    }
    let (_, id, parent) = told(json!("ok"), "00F067AA0BA902B7");
    assert_eq!([&*id, &*parent], ["00f067aa0ba902b7"; 2]);
    assert_eq!(told(json!("ok"), "Span-1").1, "Span-1");
    let level = |level: Value| {
        let event = facts_of("{\"type\":\"event\"}", &json!({ "level": level }))
            .errors
            .remove(0);
        (event.level.clone(), error::is_error(&event))
    };
    assert_eq!(level(json!(10)), ("debug".to_owned(), false));
    assert_eq!(level(json!(20)), ("info".to_owned(), false));
    assert_eq!(level(json!(40)), ("error".to_owned(), true));
    assert_eq!(level(json!(25)), ("25".to_owned(), true));
    assert_eq!(level(json!(null)), ("error".to_owned(), true));
}

#[test]
fn texts_that_are_none_are_told_as_json() {
    let exception = |exception: Value| {
        let payload = json!({ "exception": { "values": [exception] } });
        let event = facts_of("{\"type\":\"event\"}", &payload).errors.remove(0);
        (event.kind, event.value)
    };
    let told = |kind: &str, value: &str| (kind.to_owned(), value.to_owned());
    assert_eq!(
        exception(json!({ "type": "E", "value": { "code": 42 } })),
        told("E", "{\"code\":42}")
    );
    assert_eq!(
        exception(json!({ "value": "RuntimeError: boom" })),
        told("RuntimeError", "boom")
    );
    assert_eq!(
        exception(json!({ "value": "it said: no" })),
        told("Error", "it said: no")
    );
    assert_eq!(
        exception(json!({ "type": "E", "value": "F: g" })),
        told("E", "F: g")
    );
    let log = json!({ "items": [{ "trace_id": TRACE, "body": ["a", 1] }] });
    let found = facts_of("{\"type\":\"log\"}", &log);
    assert_eq!(found.logs[0].line.message, "[\"a\",1]");
}

#[test]
fn a_log_is_of_the_service_that_its_address_names() {
    let service = |attributes: Value| {
        let log = json!({ "items": [{ "trace_id": TRACE, "body": "x", "attributes": attributes }] });
        facts_of("{\"type\":\"log\"}", &log).logs.remove(0).line.service
    };
    let text = |value: &str| json!({ "type": "string", "value": value });
    assert_eq!(service(json!({ "server.address": text("web-1") })), "web-1");
    assert_eq!(
        service(json!({ "server.address": text("web-1"), "service.name": text("shop") })),
        "shop"
    );
    assert_eq!(service(json!({})), EXTERNAL);
}

#[test]
fn the_id_of_an_event_is_that_of_the_header() {
    let ids = |header: &str, items: &[Value]| -> Vec<String> {
        let items = items
            .iter()
            .map(|item| format!("{{\"type\":\"event\"}}\n{item}\n"));
        let bytes = format!("{header}\n{}", items.collect::<String>());
        let found = read(Source::external(1), &Envelope::framed(bytes.as_bytes()).unwrap());
        found.errors.into_iter().map(|error| error.event_id).collect()
    };
    let (one, other) = ("11".repeat(16), "22".repeat(16));
    let header = format!("{{\"event_id\":\"{one}\"}}");
    assert_eq!(ids(&header, &[json!({})]), [&*one]);
    assert_eq!(ids(&header, &[json!({ "event_id": other })]), [&*one]);
    assert_eq!(ids("{}", &[json!({ "event_id": other })]), [&*other]);
    // Of several only their own tell them apart.
    assert_eq!(
        ids(&header, &[json!({ "event_id": other }), json!({})]),
        [&*other, ""]
    );
}

#[test]
fn what_can_be_put_on_no_page_is_listed_with_a_word_why() {
    let check = |head: &str, payload: Value, words: &[&str]| {
        let found = facts_of(&format!("{{\"type\":\"{head}\"}}"), &payload);
        let listed: Vec<_> = found.listed.iter().map(|item| &*item.item_type).collect();
        assert_eq!((listed, &*found.oddities), (vec![head], words), "{payload}");
    };
    check(
        "transaction",
        json!({ "transaction": "x" }),
        &["transaction_without_trace"],
    );
    let trace = json!({ "trace_id": "0".repeat(32), "span_id": "a" });
    check(
        "transaction",
        json!({ "contexts": { "trace": trace } }),
        &["transaction_without_trace"],
    );
    check("span", json!({ "span_id": "a" }), &["span_without_trace"]);
    check(
        "log",
        json!({ "items": [{ "body": "x" }] }),
        &["log_without_trace"],
    );
    check(
        "trace_metric",
        json!({ "items": [{ "value": 1 }] }),
        &[UNREADABLE_ITEM],
    );
    let placed = json!({ "items": [{ "trace_id": TRACE, "body": "x" }] });
    assert_eq!(facts_of("{\"type\":\"log\"}", &placed).listed, []);
}

#[test]
fn a_log_or_metric_that_is_sent_again_is_the_same_whenever_it_comes() {
    let of = |sent_at: &str, received_us: Micros, kind: &str, element: &Value| {
        let payload = json!({ "items": [element] });
        let bytes = format!("{{\"sent_at\":\"{sent_at}\"}}\n{{\"type\":\"{kind}\"}}\n{payload}\n");
        let source = Source {
            received_us,
            ..Source::external(1)
        };
        let found = skim(source, &Envelope::framed(bytes.as_bytes()).unwrap());
        let mut equals = crate::once::Equals::default();
        match (&*found.logs, &*found.metrics) {
            ([log], []) => equals.of_log(log),
            ([], [metric]) => equals.of_metric(metric),
            other => panic!("{other:?}"),
        }
    };
    let came = Source::external(1).received_us;
    let day_before = "2025-11-23T16:00:00Z";
    for kind in ["log", "trace_metric"] {
        for time in [json!(1_763_913_590), json!(1_764_086_400), json!(null)] {
            let element = |route: &str| {
                json!({ "timestamp": time, "trace_id": TRACE, "body": "x", "level": "info", "name": "n", "value": 1,
                    "type": "counter", "attributes": { "route": { "type": "string", "value": route } } })
            };
            let first = of(day_before, came, kind, &element("a"));
            assert_eq!(
                of(day_before, came + 5_000_000, kind, &element("a")),
                first,
                "{kind} {time}"
            );
            assert_ne!(of(day_before, came, kind, &element("b")), first, "{kind} {time}");
        }
    }
}

#[test]
fn a_session_is_counted_once() {
    let sessions = |head: &str, payload: Value| -> u64 {
        let counts = facts_of(head, &payload).counts;
        counts
            .iter()
            .filter_map(|counts| counts.by_name.get(SESSIONS))
            .sum()
    };
    let count = |payload: Value| sessions("{\"type\":\"session\"}", payload);
    assert_eq!(count(json!({ "sid": "a", "init": true, "status": "ok" })), 1);
    assert_eq!(count(json!({ "sid": "a", "init": false, "status": "exited" })), 0);
    assert_eq!(count(json!({ "sid": "a", "status": "exited" })), 0);
    let groups = json!({ "aggregates": [{ "exited": 3, "crashed": 1 }, { "exited": u64::MAX }] });
    assert_eq!(sessions("{\"type\":\"sessions\"}", groups), u64::MAX);
}

#[test]
fn a_member_of_an_unexpected_type_is_absent_and_of_two_with_one_name_the_last_counts() {
    let payload = format!(
        r#"{{"transaction":"first","transaction":"last","release":{{}},"tags":7,"measurements":[],"user":"ann",
            "contexts":[],"contexts":{{"trace":"","trace":{{"trace_id":"{TRACE}","span_id":"a","op":[],"data":7}}}},
            "spans":{{}},"spans":[7,{{"span_id":"b","op":"db","op":"http.client","data":[1]}},[[]]]}}"#
    );
    let payload = payload.replace('\n', " ");
    let bytes = format!("{{}}\n{{\"type\":\"transaction\"}}\n{payload}\n");
    let envelope = Envelope::framed(bytes.as_bytes()).unwrap();
    for facts in [
        read(Source::external(1), &envelope),
        skim(Source::external(1), &envelope),
    ] {
        let spans = facts.spans.iter().map(|fact| &fact.span);
        let spans: Vec<_> = spans
            .map(|span| (span.span_id.as_str(), span.op.as_str(), span.description.as_str()))
            .collect();
        assert_eq!(spans, [("a", "default", "last"), ("b", "http.client", "")]);
        assert_eq!(facts.oddities, [UNREADABLE_ITEM; 2]);
        let transaction = &facts.spans[0].span;
        assert_eq!((&transaction.release, &transaction.player), (&None, &None));
        assert!(transaction.tags.is_empty() && transaction.measurements.is_empty());
    }
}

#[test]
fn a_call_belongs_to_who_makes_it() {
    let of = |attributes: Value, more: Value| {
        let mut span =
            json!({ "trace_id": TRACE, "start_timestamp": 1_763_999_999, "end_timestamp": 1_764_000_000 });
        let attributes = attributes.as_object().unwrap().iter();
        let attributes: Map<String, Value> = attributes
            .map(|(name, value)| (name.clone(), json!({ "value": value })))
            .collect();
        span["attributes"] = Value::Object(attributes);
        span.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        span
    };
    let services = |spans: Value| -> Vec<String> {
        let head = "{\"type\":\"span\",\"content_type\":\"application/vnd.sentry.items.span.v2+json\"}";
        let facts = facts_of(head, &json!({ "items": spans }));
        facts.spans.into_iter().map(|fact| fact.span.service).collect()
    };
    let call = || {
        of(
            json!({ "sentry.op": "http.client", "server.address": "bank.example" }),
            json!({ "span_id": "b", "parent_span_id": "m" }),
        )
    };
    let middle = || of(json!({}), json!({ "span_id": "m", "parent_span_id": "a" }));
    let root = |attributes| of(attributes, json!({ "span_id": "a", "is_segment": true }));
    // A service is named by the address that it answers at, or by its name. Its calls belong to it in any order.
    assert_eq!(
        services(json!([
            call(),
            middle(),
            root(json!({ "server.address": "cart" }))
        ])),
        ["cart"; 3]
    );
    assert_eq!(
        services(json!([
            root(json!({ "service.name": "shop", "server.address": "x" })),
            middle(),
            call()
        ])),
        ["shop"; 3]
    );
    assert_eq!(services(json!([call()])), ["external"]);
    assert_eq!(
        services(json!([root(
            json!({ "sentry.kind": "client", "server.address": "bank" })
        )])),
        ["external"]
    );
    assert_eq!(
        services(json!([root(json!({ "service.name": "payment-service" }))])),
        ["payment-service (external)"]
    );
    // A circle has no service.
    let circle = |id: &str, parent: &str| of(json!({}), json!({ "span_id": id, "parent_span_id": parent }));
    assert_eq!(
        services(json!([circle("x", "y"), circle("y", "x"), circle("z", "z")])),
        ["external"; 3]
    );
}

#[test]
fn a_log_is_its_template_where_it_has_no_body() {
    let message = |log: Value| facts_of("{\"type\":\"log\"}", &log).logs[0].line.message.clone();
    let attributes = json!({
        "sentry.message.template": { "value": "player %s lost {} of %s" },
        "sentry.message.parameter.0": { "value": "%s" }, "sentry.message.parameter.1": { "value": 7 },
    });
    assert_eq!(
        message(json!({ "attributes": attributes })),
        "player %s lost {} of 7"
    );
    assert_eq!(
        message(json!({ "body": "", "attributes": attributes })),
        "player %s lost {} of 7"
    );
    assert_eq!(
        message(json!({ "body": "said", "attributes": attributes })),
        "said"
    );
    let named = json!({ "sentry.message.template": { "value": "{who} won" }, "sentry.message.parameter.who": { "value": "ann" } });
    assert_eq!(message(json!({ "attributes": named })), "ann won");
}

proptest! {
    #[test]
    fn what_the_door_takes_is_seen_but_for_what_is_broken(
        bodies in proptest::collection::vec(bodies(), 1..12)
    ) {
        let elements: Vec<Vec<u8>> = bodies
            .iter()
            .map(|(body, _)| [format!("{{\"trace_id\":\"{TRACE}\",\"body\":").as_bytes(), body, b"}"].concat())
            .collect();
        let payload = [b"{\"items\":[".as_slice(), &elements.join(&b','), b"]}"].concat();
        let head = format!("{{}}\n{{\"type\":\"log\",\"length\":{}}}\n", payload.len());
        let bytes = [head.as_bytes(), &payload].concat();
        let envelope = Envelope::parse(&bytes).unwrap();
        match envelope.readable() {
            Err(error) => prop_assert_eq!(error.field(), "items[0].payload"),
            Ok(()) => {
                let (found, skimmed) = (
                    read(Source::external(1), &envelope),
                    skim(Source::external(1), &envelope),
                );
                prop_assert_eq!(found.logs.len(), bodies.len());
                for ((_, expected), LogFact { trace_id, line: log, .. }) in bodies.iter().zip(&found.logs) {
                    prop_assert_eq!(*trace_id, parse_id(TRACE));
                    match expected {
                        Some(expected) => prop_assert_eq!(&log.message, expected),
                        None => prop_assert!(log.message.contains("unreadable: "), "{}", log.message),
                    }
                }
                prop_assert_eq!(&found.oddities, &skimmed.oddities);
                prop_assert_eq!(skimmed.logs.len(), found.logs.len());
            }
        }
    }

    #[test]
    fn no_json_panics(payloads in proptest::collection::vec((0_usize..7, anything()), 1..6)) {
        let kinds = ["event", "transaction", "span", "log", "trace_metric", "sessions", "client_report"];
        let mut index = Scratch::new();
        let mut skimmed = Scratch::new();
        let mut kept = Vec::new();
        for (seq, (kind, payload)) in (1..).zip(payloads) {
            let container = if seq % 2 == 0 { ",\"content_type\":\"application/vnd.sentry.items.span.v2+json\"" } else { "" };
            let bytes = format!("{{}}\n{{\"type\":\"{}\"{container}}}\n{payload}\n", kinds[kind]).into_bytes();
            if let Ok(envelope) = Envelope::parse(&bytes) {
                index.add(seq, read(Source::external(seq), &envelope));
                skimmed.add(seq, skim(Source::external(seq), &envelope));
                kept.push((Entry::external(seq), bytes));
            }
        }
        let (traces, _) = index.page(None, 100);
        for trace in traces {
            if let Some(id) = parse_id(&trace.trace_id) {
                crate::trace::detail(id, &kept, None);
            }
        }
        // The index has as much from skimming as from reading.
        prop_assert_eq!(index.everything(), skimmed.everything());
    }
}

#[test]
fn a_transaction_waits_for_its_own_requests_and_in_how_many_pieces_it_is_taken_in_does_not_matter() {
    let span = |id: &str, segment: &str, op: &str, (start, end): (u64, u64)| {
        json!({
            "trace_id": TRACE, "span_id": id, "segment_id": segment, "is_segment": id == segment, "name": id,
            "parent_span_id": if id == segment { Value::Null } else { json!(segment) },
            "start_timestamp": 1_763_999_000 + start, "end_timestamp": 1_763_999_000 + end,
            "attributes": { "sentry.op": { "value": op } },
        })
    };
    // Two segments at the same time: a call of one is no waiting time of the other.
    let spans = json!({ "items": [
        span("a", "a", "http.server", (0, 100)),
        span("b", "b", "http.server", (0, 100)),
        span("a1", "a", "http.client", (10, 30)),
        span("a2", "a", "http.client", (20, 40)),
        span("b1", "b", "http.client", (10, 90)),
        span("b2", "b", "db", (0, 100)),
    ] });
    let head = "{\"type\":\"span\",\"content_type\":\"application/vnd.sentry.items.span.v2+json\"}";
    let facts = facts_of(head, &spans);
    let waits = |facts: &[Facts]| -> Vec<(String, i64)> {
        let spans = facts.iter().flat_map(|facts| &facts.spans);
        let transactions = spans.filter(|fact| fact.span.transaction);
        transactions
            .map(|fact| (fact.span.span_id.clone(), fact.waiting_us / 1_000_000))
            .collect()
    };
    let expected = [("a".to_owned(), 30), ("b".to_owned(), 80)];
    for most in [1, 2, 100] {
        let pieces = facts_of(head, &spans).pieces(most);
        assert_eq!(waits(&pieces), expected);
        assert!(pieces.iter().all(|piece| piece.elements() <= most.max(1)));
    }
    assert_eq!(waits(&[facts]), expected);
}
