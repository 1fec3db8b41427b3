use super::*;
use axum::body::Body as HttpBody;
use axum::http::{Request, StatusCode, header};
use proptest::prelude::*;
use reelscope_contracts::Money;
use reelscope_contracts::provider::{SettlementReply, SettlementRequest, SettlementStatus};
use tower::ServiceExt;

fn failing(failure: Failure, failures_in_ten: u8, seed: u64) -> State {
    State::new(Behaviour {
        failure,
        failures_in_ten,
        seed,
        ..Behaviour::healthy()
    })
}

async fn ask(state: &State, reference: &str, credit: i64) -> StatusCode {
    let body =
        format!(r#"{{"reference":"{reference}","debit":100,"credit":{credit},"currency":"RUB","seed":7}}"#);
    let request = Request::post("/v1/settlements")
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", reference)
        .body(HttpBody::from(body))
        .unwrap();
    let response = router(state.clone()).oneshot(request).await.unwrap();
    response.status()
}

fn request(reference: &str) -> SettlementRequest {
    SettlementRequest {
        reference: reference.to_owned(),
        debit: Money(100),
        credit: Money(0),
        currency: "RUB".to_owned(),
        seed: None,
    }
}

fn fails(state: &State, reference: &str) -> bool {
    state
        .desk()
        .register(&request(reference))
        .unwrap()
        .failure
        .is_some()
}

fn failures(state: &State, name: &str, count: usize) -> usize {
    (0..count)
        .filter(|n| fails(state, &format!("{name}-{n}")))
        .count()
}

proptest! {
    #[test]
    fn every_block_of_ten_new_payments_holds_exactly_the_failures(
        seed in any::<u64>(),
        share in 0_u8..=10,
        again in proptest::collection::vec(any::<proptest::sample::Index>(), 50),
    ) {
        let state = failing(Failure::AcquirerTimeout, share, seed);
        for block in 0..5 {
            let mut failed = 0;
            for n in 0..10 {
                let met = block * 10 + n;
                failed += u8::from(fails(&state, &met.to_string()));
                // Whoever asks again draws nothing, and is served.
                let earlier = again[met].index(met + 1);
                prop_assert!(!fails(&state, &earlier.to_string()));
            }
            prop_assert_eq!(failed, share);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_at_the_same_time_share_the_bag_and_settle_once() {
    let state = failing(Failure::AcquirerTimeout, 1, 3);
    let mut payments = tokio::task::JoinSet::new();
    for n in 0..200 {
        let state = state.clone();
        payments.spawn(async move {
            let reference = n.to_string();
            let first = ask(&state, &reference, 40).await;
            let (second, third) = tokio::join!(ask(&state, &reference, 40), ask(&state, &reference, 40));
            assert_eq!((second, third), (StatusCode::OK, StatusCode::OK));
            first
        });
    }
    let first = payments.join_all().await;
    let failed = first
        .iter()
        .filter(|status| **status == StatusCode::GATEWAY_TIMEOUT)
        .count();
    let settled = first.iter().filter(|status| **status == StatusCode::OK).count();
    assert_eq!((failed, settled), (20, 180));
    let expected = Settled {
        payments: 200,
        debit: 20_000,
        credit: 8_000,
    };
    assert_eq!(state.settled(), expected);
}

#[test]
fn on_cue_fails_what_comes_next_and_leaves_the_bag_alone() {
    let state = failing(Failure::AcquirerTimeout, 1, 5);
    let before = failures(&state, "before", 4);
    state.fail_next(3);
    assert!(!fails(&state, "before-0"), "a known payment is not new");
    assert_eq!(state.armed(), 3);
    assert_eq!(failures(&state, "cue", 3), 3);
    assert_eq!(state.armed(), 0);
    assert_eq!(
        before + failures(&state, "after", 6),
        1,
        "the block of ten is whole"
    );
}

#[test]
fn another_latency_leaves_the_block_of_ten_as_it_is_and_another_share_begins_one() {
    let state = failing(Failure::AcquirerTimeout, 1, 9);
    let mut failed = 0;
    for n in 0..10 {
        failed += failures(&state, &format!("latency-{n}"), 1);
        let behaviour = state.behaviour();
        state.behave(Behaviour {
            latency_ms: n..=n + 1,
            ..behaviour
        });
    }
    assert_eq!((failed, state.behaviour().latency_ms), (1, 9..=10));
    failures(&state, "half", 5);
    let behaviour = state.behaviour();
    state.behave(Behaviour {
        failures_in_ten: 2,
        ..behaviour
    });
    assert_eq!(failures(&state, "share", 10), 2);
}

#[tokio::test]
async fn what_was_settled_stays_settled_whatever_the_behaviour() {
    let state = State::new(Behaviour::healthy());
    assert_eq!(ask(&state, "a", 1).await, StatusCode::OK);
    state.behave(Behaviour {
        failure: Failure::Decline,
        failures_in_ten: 10,
        ..Behaviour::healthy()
    });
    assert_eq!(ask(&state, "a", 1).await, StatusCode::OK);
    assert_eq!(ask(&state, "a", 2).await, StatusCode::CONFLICT, "other amounts");
    assert_eq!(ask(&state, "b", 1).await, StatusCode::PAYMENT_REQUIRED);
    state.behave(Behaviour::healthy());
    assert_eq!(
        ask(&state, "b", 1).await,
        StatusCode::PAYMENT_REQUIRED,
        "refused for good"
    );
    assert_eq!(state.settled().payments, 1);
}

async fn get(state: &State, method: &str, path: &str) -> (u16, Option<SettlementReply>) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .body(HttpBody::empty())
        .unwrap();
    let response = router(state.clone()).oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = axum::body::to_bytes(response.into_body(), 1 << 16).await.unwrap();
    (status, serde_json::from_slice(&body).ok())
}

#[tokio::test]
async fn a_payment_is_found_by_either_reference_and_taken_back_once() {
    let state = State::new(Behaviour::healthy());
    assert_eq!(get(&state, "GET", "/v1/settlements/a").await, (404, None));
    state.fail_next(1);
    assert_eq!(ask(&state, "a", 1).await, StatusCode::GATEWAY_TIMEOUT);
    let (_, open) = get(&state, "GET", "/v1/settlements/a").await;
    assert_eq!(open.unwrap().status, SettlementStatus::Open);
    assert_eq!(get(&state, "POST", "/v1/settlements/a/reversal").await.0, 409);
    assert_eq!(ask(&state, "a", 1).await, StatusCode::OK);
    let (_, by_ours) = get(&state, "GET", "/v1/settlements/a").await;
    let (_, by_theirs) = get(&state, "GET", "/v1/settlements/PP-a").await;
    let record = by_ours.clone().unwrap();
    assert_eq!(by_ours, by_theirs);
    assert_eq!(
        (record.status, record.debit, record.credit),
        (SettlementStatus::Settled, Some(Money(100)), Some(Money(1)))
    );
    for _ in 0..2 {
        let (status, reversed) = get(&state, "POST", "/v1/settlements/PP-a/reversal").await;
        assert_eq!(
            (status, reversed.unwrap().status),
            (200, SettlementStatus::Reversed)
        );
        assert_eq!(state.settled(), Settled::default());
    }
    ask(&state, "a", 1).await;
    assert_eq!(state.settled(), Settled::default(), "for good");

    state.behave(Behaviour {
        failure: Failure::Decline,
        failures_in_ten: 10,
        ..Behaviour::healthy()
    });
    assert_eq!(ask(&state, "b", 1).await, StatusCode::PAYMENT_REQUIRED);
    let (_, declined) = get(&state, "GET", "/v1/settlements/b").await;
    assert_eq!(declined.unwrap().status, SettlementStatus::Declined);
}
