//! The trace of a spin through a whole stack: its exact shape, one event for each error, its measurements, and the
//! panic of a service.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use reelscope_contracts::Money;
use reelscope_page_api::telemetry::{Span, TraceDetail};
use reelscope_payment_provider::{Behaviour, Failure};
use reelscope_payment_service::{Retrying, Settling};
use reelscope_stack::load::{self, Plan, Report};
use reelscope_stack::settings::Settings;
use reelscope_stack::{Config, Stack, traces};
use serde_json::{Value, json};

fn config(dir: &Path) -> Config {
    Config {
        players: Some(600),
        seed: Some(11),
        rate: None,
        ..Config::new(dir.to_owned())
    }
}

async fn spin(stack: &Stack, count: u64) -> Report {
    let plan = Plan {
        count,
        concurrency: 1,
        players: 1,
        stake: Money(1_000),
        run: "run".into(),
    };
    load::run(stack, &plan).await.unwrap()
}

/// Returns the trace once it has `spans` spans. The time limit only ends a failed test.
async fn trace(stack: &Stack, id: &str, spans: usize) -> TraceDetail {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let found = traces::one(stack.collector().unwrap(), id).await;
        match found {
            Ok(found) if found.spans.len() >= spans => return found,
            found => assert!(Instant::now() < deadline, "{found:?}"),
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Service, op and name of every span below its parent, in the order of their starts; without ids and times.
fn shape(trace: &TraceDetail) -> Vec<String> {
    let mut children: BTreeMap<Option<&str>, Vec<&Span>> = BTreeMap::new();
    for span in &trace.spans {
        children
            .entry(span.parent_span_id.as_deref())
            .or_default()
            .push(span);
    }
    for spans in children.values_mut() {
        spans.sort_by_key(|span| std::cmp::Reverse(span.start_us));
    }
    let mut open: Vec<_> = children
        .remove(&None)
        .unwrap_or_default()
        .into_iter()
        .map(|span| (0, span))
        .collect();
    let mut lines = Vec::new();
    while let Some((depth, span)) = open.pop() {
        lines.push(format!(
            "{}{} {} {}",
            "  ".repeat(depth),
            span.service,
            span.op,
            span.description
        ));
        let under = children.remove(&Some(span.span_id.as_str())).unwrap_or_default();
        open.extend(under.into_iter().map(|span| (depth + 1, span)));
    }
    assert!(
        children.is_empty(),
        "spans without a way to the root: {children:?}"
    );
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spin_is_one_trace_of_this_shape() {
    let dir = tempfile::tempdir().unwrap();
    let stack = Stack::start(config(dir.path())).await.unwrap();
    let report = spin(&stack, 2).await;
    let trace = trace(&stack, &report.trace_ids().nth(1).unwrap(), 26).await;
    insta::assert_json_snapshot!("spin", shape(&trace));
    assert!(trace.summary.ok && trace.summary.errors == 0 && trace.summary.oddities.is_empty());
    assert_eq!(trace.summary.player.as_deref(), Some("player-000001"));

    // The attributes that an engineer looks for, and no secret.
    let of = |service: &str, op: &str| {
        trace
            .spans
            .iter()
            .find(|span| span.service == service && span.op == op)
            .unwrap()
    };
    let gateway = of("api-gateway", "http.server");
    let round = gateway.data["round.id"].clone();
    assert_eq!(
        (&gateway.data["stake"], &gateway.data["currency"]),
        (&json!(10.0), &json!("RUB"))
    );
    assert_eq!(of("game-engine", "http.server").data["round.id"], round);
    assert_eq!(of("game-engine", "http.server").data["game"], "reelscope-classic");
    let query = of("user-service", "db.query");
    assert_eq!(
        [
            &query.data["db.system"],
            &query.data["db.collection.name"],
            &query.data["db.operation.name"]
        ],
        [&json!("polodb"), &json!("players"), &json!("findOne")]
    );
    assert_eq!(
        (&query.data["db.rows_scanned"], &query.data["db.index_used"]),
        (&json!(1), &json!(true))
    );
    let provider = trace
        .spans
        .iter()
        .find(|span| span.description == "External payment provider API")
        .unwrap();
    assert_eq!(
        (provider.op.as_str(), &provider.data["peer.service"]),
        ("http.client", &json!("payment-provider"))
    );
    let whole = serde_json::to_string(&trace).unwrap();
    assert!(!whole.contains(stack.token()) && !whole.to_lowercase().contains("bearer"));

    // Business measurements of three services: as measurements, in the span's data, and as metrics.
    for service in ["frontend", "game-engine", "payment-service"] {
        let measured = trace
            .spans
            .iter()
            .find(|span| span.service == service && !span.measurements.is_empty())
            .unwrap_or_else(|| panic!("{service} measured nothing"));
        let names: BTreeSet<_> = measured.measurements.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            BTreeSet::from(["payout", "rtp", "rtp_running", "stake"]),
            "{service}"
        );
        assert!((measured.measurements["stake"].value - 10.0).abs() < 1e-9);
        assert_eq!(measured.measurements["rtp"].unit, "percent");
        assert_eq!(measured.data["stake"], 10.0);
    }
    // Sentry sums metrics over all services, so each number is there once.
    stack.flush().await;
    let metrics = eventually(&stack, &report.trace_ids().nth(1).unwrap(), |trace| {
        !trace.metrics.is_empty()
    })
    .await;
    let mut metrics: Vec<_> = metrics
        .metrics
        .iter()
        .map(|metric| (metric.name.as_str(), metric.service.as_str()))
        .collect();
    metrics.sort_unstable();
    assert_eq!(
        metrics,
        ["payout", "rtp", "rtp_running", "stake"].map(|name| (name, "payment-service"))
    );
    stack.shutdown().await.unwrap();
}

async fn eventually(stack: &Stack, id: &str, holds: impl Fn(&TraceDetail) -> bool) -> TraceDetail {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let found = trace(stack, id, 1).await;
        if holds(&found) {
            return found;
        }
        assert!(Instant::now() < deadline, "{found:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_payment_is_one_issue_with_its_place_its_player_and_its_trace() {
    let dir = tempfile::tempdir().unwrap();
    let provider = Behaviour {
        failures_in_ten: 10,
        failure: Failure::Decline,
        ..Behaviour::healthy()
    };
    let stack = Stack::start(Config {
        provider,
        ..config(dir.path())
    })
    .await
    .unwrap();
    let report = spin(&stack, 3).await;
    assert_eq!(report.failed_by_code["payment_declined"], 3);
    for id in report.trace_ids() {
        let id = id.as_str();
        let trace = trace(&stack, id, 24).await;
        let trace = if trace.errors.is_empty() {
            eventually(&stack, id, |trace| !trace.errors.is_empty()).await
        } else {
            trace
        };
        assert_eq!(
            trace.errors.len(),
            1,
            "seen by three services, reported by one: {:?}",
            trace.errors
        );
        let error = &trace.errors[0];
        assert_eq!(
            (error.service.as_str(), error.kind.as_str()),
            ("payment-service", "Declined")
        );
        assert_eq!(error.player.as_deref(), Some("player-000001"));
        assert_eq!(error.tags["provider.code"], "declined");
        assert_eq!(error.tags["service"], "payment-service");
        let place = error.frames.iter().find(|frame| frame.in_app).unwrap();
        assert_eq!(
            place.module.as_deref(),
            Some("reelscope_payment_service::provider"),
            "{place:?}"
        );
        assert_eq!(
            place.file.as_deref(),
            Some("services/payment-service/src/provider.rs")
        );
        assert!(place.line.is_some(), "{place:?}");
        assert!(
            error.breadcrumbs.iter().any(|crumb| crumb.category == "http"),
            "{:?}",
            error.breadcrumbs
        );
        assert!(!trace.summary.ok);
    }
    stack.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_settled_in_the_background_hangs_under_the_request_that_was_answered() {
    let dir = tempfile::tempdir().unwrap();
    let provider = Behaviour {
        latency_ms: 300..=300,
        ..Behaviour::healthy()
    };
    let stack = Stack::start(Config {
        provider,
        ..config(dir.path())
    })
    .await
    .unwrap();
    stack.payments().knobs().set_settling(Settling::InBackground);
    let report = spin(&stack, 1).await;
    assert_eq!(report.ok, 1);
    let settled = |trace: &TraceDetail| named(trace, "settle in the background").is_some();
    let trace = eventually(&stack, &report.trace_ids().next().unwrap(), settled).await;
    let task = named(&trace, "settle in the background").unwrap();
    assert!(task.transaction && task.service == "payment-service" && task.op == "task");
    let request = named(&trace, "POST /v1/reservations/{round_id}/settle").unwrap();
    assert_eq!(task.parent_span_id.as_deref(), Some(request.span_id.as_str()));
    assert!(
        request.end_us < task.end_us - 200_000,
        "the player did not wait: {request:?} {task:?}"
    );
    let payment = named(&trace, PROVIDER).unwrap();
    assert_eq!(payment.parent_span_id.as_deref(), Some(task.span_id.as_str()));
    assert_eq!(payment.data["retry.attempt"], 1);
    assert_eq!(task.data["round.id"], request.data["round.id"]);
    assert_eq!(task.measurements["stake"].value.to_string(), "10");
    shape(&trace);
    assert!(
        trace.summary.ok && trace.summary.oddities.is_empty(),
        "{:?}",
        trace.summary
    );

    // A decline after the response is still an issue in the trace.
    stack.provider().behave(Behaviour {
        failure: Failure::Decline,
        failures_in_ten: 10,
        ..Behaviour::healthy()
    });
    let plan = Plan {
        count: 1,
        concurrency: 1,
        players: 1,
        stake: Money(1_000),
        run: "declined".into(),
    };
    let report = load::run(&stack, &plan).await.unwrap();
    assert_eq!(report.ok, 1);
    let declined = |trace: &TraceDetail| !trace.errors.is_empty() && settled(trace);
    let trace = eventually(&stack, &report.trace_ids().next().unwrap(), declined).await;
    let error = &trace.errors[0];
    assert_eq!((trace.errors.len(), error.kind.as_str()), (1, "Declined"));
    assert_eq!(error.player.as_deref(), Some("player-000001"));
    stack.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_is_made_good_is_a_span_with_an_error_and_no_issue() {
    let dir = tempfile::tempdir().unwrap();
    let stack = Stack::start(config(dir.path())).await.unwrap();
    stack.payments().knobs().set_retrying(Retrying::WithBackoff);
    stack.provider().fail_next(1);
    let report = spin(&stack, 1).await;
    assert_eq!(report.ok, 1, "{:?}", report.failed_by_code);
    let trace = trace(&stack, &report.trace_ids().next().unwrap(), 28).await;
    let payments: Vec<_> = trace
        .spans
        .iter()
        .filter(|span| span.description == PROVIDER)
        .collect();
    let attempts: BTreeSet<_> = payments
        .iter()
        .map(|span| (span.data["retry.attempt"].as_u64().unwrap(), span.status.as_str()))
        .collect();
    assert_eq!(attempts, BTreeSet::from([(1, "deadline_exceeded"), (2, "ok")]));
    assert!(named(&trace, "wait before asking again").is_some());
    assert!(trace.errors.is_empty(), "{:?}", trace.errors);

    // The log line carries the span that it was written in.
    stack.flush().await;
    let said = eventually(&stack, &report.trace_ids().next().unwrap(), |trace| {
        !trace.logs.is_empty()
    })
    .await;
    let line = &said.logs[0];
    assert_eq!(
        (line.service.as_str(), line.level.as_str(), line.message.as_str()),
        ("payment-service", "warn", "the payment is tried again")
    );
    assert_eq!(line.attributes["code"], "timeout");
    let within = said
        .spans
        .iter()
        .find(|span| Some(&span.span_id) == line.span_id.as_ref());
    assert_eq!(within.map(|span| span.service.as_str()), Some("payment-service"));

    // Without retries the same failure is an issue of another kind.
    stack.payments().knobs().set_retrying(Retrying::Never);
    stack.provider().fail_next(1);
    let plan = Plan {
        count: 1,
        concurrency: 1,
        players: 1,
        stake: Money(1_000),
        run: "once".into(),
    };
    let report = load::run(&stack, &plan).await.unwrap();
    assert_eq!(report.failed_by_code["payment_pending"], 1);
    let failed = eventually(&stack, &report.trace_ids().next().unwrap(), |trace| {
        !trace.errors.is_empty()
    })
    .await;
    let error = &failed.errors[0];
    assert_eq!(error.kind, "AcquirerTimeout");
    assert_eq!(error.tags["provider.code"], "timeout");
    stack.shutdown().await.unwrap();
}

const PROVIDER: &str = "External payment provider API";

fn named<'a>(trace: &'a TraceDetail, name: &str) -> Option<&'a Span> {
    trace.spans.iter().find(|span| span.description == name)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_settled_after_a_restart_stays_in_its_trace() {
    let dir = tempfile::tempdir().unwrap();
    // The provider settles but never answers.
    let provider = Behaviour {
        failures_in_ten: 10,
        failure: Failure::Hang,
        ..Behaviour::healthy()
    };
    let stack = Stack::start(Config {
        provider,
        ..config(dir.path())
    })
    .await
    .unwrap();
    let plan = Plan {
        count: 1,
        concurrency: 1,
        players: 1,
        stake: Money(1_000),
        run: "hung".into(),
    };
    // The load is dropped while the provider hangs, as if the process ended.
    let hung = tokio::time::timeout(Duration::from_secs(1), load::run(&stack, &plan)).await;
    assert!(hung.is_err());
    drop(stack);

    let deadline = Instant::now() + Duration::from_secs(20);
    let stack = loop {
        match Stack::start(config(dir.path())).await {
            Ok(stack) => break stack,
            Err(error) => assert!(Instant::now() < deadline, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    let settled = loop {
        let all = traces::list(stack.collector().unwrap(), 100).await.unwrap();
        let mut found = None;
        for summary in all {
            let detail = traces::one(stack.collector().unwrap(), &summary.trace_id)
                .await
                .unwrap();
            if detail
                .spans
                .iter()
                .any(|span| span.description == "settle open bet")
            {
                found = Some(detail);
            }
        }
        if let Some(found) = found {
            break found;
        }
        assert!(
            Instant::now() < deadline,
            "the bet was not settled as part of a trace"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let task = settled
        .spans
        .iter()
        .find(|span| span.description == "settle open bet")
        .unwrap();
    assert_eq!(
        (task.service.as_str(), task.op.as_str()),
        ("payment-service", "task")
    );
    assert!(
        task.parent_span_id.is_some(),
        "it hangs under the reservation that began it"
    );
    assert!(
        settled
            .spans
            .iter()
            .any(|span| span.description == "External payment provider API")
    );
    stack.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_envelopes_carry_the_heads_context_and_no_time_or_address_of_sending() {
    let dir = tempfile::tempdir().unwrap();
    let settings = Settings {
        environment: "pilot, Москва".into(),
        release: "2.3.4".into(),
        ..Settings::default()
    };
    let stack = Stack::start(Config {
        settings: Some(settings),
        ..config(dir.path())
    })
    .await
    .unwrap();
    let report = spin(&stack, 1).await;
    let trace = trace(&stack, &report.trace_ids().next().unwrap(), 26).await;
    let collector = stack.collector().unwrap();
    let mut transactions = 0;
    for seq in &trace.envelopes {
        let (_, bytes) = collector.envelope(*seq).await.unwrap().unwrap();
        let mut lines = bytes.split(|byte| *byte == b'\n');
        let header: Value = serde_json::from_slice(lines.next().unwrap()).unwrap();
        let item: Value = serde_json::from_slice(lines.next().unwrap()).unwrap();
        assert!(
            header.get("dsn").is_none() && header.get("sent_at").is_none(),
            "{header}"
        );
        if item["type"] == "transaction" {
            transactions += 1;
            assert_eq!(header["trace"]["trace_id"], report.trace_ids().next().unwrap());
            assert_eq!(header["trace"]["transaction"], "slot-machine-spin");
            assert_eq!(header["trace"]["environment"], "pilot, Москва");
            assert_eq!(header["trace"]["public_key"], collector.key());
            let payload: Value = serde_json::from_slice(lines.next().unwrap()).unwrap();
            assert_eq!(
                (&payload["release"], &payload["environment"]),
                (&json!("2.3.4"), &json!("pilot, Москва"))
            );
            assert!(payload["extra"].get("reelscope.trace").is_none());
        }
    }
    // Frontend, gateway, user-service, game-engine, and three of the payment-service.
    assert_eq!(transactions, 7);
    stack.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsampled_head_is_obeyed_by_all() {
    let dir = tempfile::tempdir().unwrap();
    let settings = Settings {
        traces_sample_rate: 0.0,
        ..Settings::default()
    };
    let stack = Stack::start(Config {
        settings: Some(settings),
        ..config(dir.path())
    })
    .await
    .unwrap();
    let report = spin(&stack, 5).await;
    assert_eq!(report.ok, 5);
    stack.flush().await;
    let found = traces::list(stack.collector().unwrap(), 100).await.unwrap();
    assert!(found.iter().all(|trace| trace.transactions == 0), "{found:?}");
    stack.shutdown().await.unwrap();
}
