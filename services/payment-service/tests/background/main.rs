//! Settlement in the background and retries, with a real provider.
#![allow(clippy::unwrap_used)]

mod bench;
mod kill;
mod panics;

use std::sync::atomic::Ordering;
use std::time::Duration;

use bench::{Bench, Door, OPENING, eventually, serve, serve_counted};
use proptest::prelude::*;
use reelscope_contracts::payments::BetStatus;
use reelscope_contracts::{Code, RoundId, StakeStatus};
use reelscope_payment_provider::{Behaviour, Failure, Settled, State as Provider};
use reelscope_payment_service::journal::{self, Voidable};
use reelscope_payment_service::provider::Deadlines;
use reelscope_payment_service::{Retrying, Settling};

const PATIENT: Deadlines = Deadlines {
    attempt: Duration::from_secs(10),
    overall: Duration::from_secs(13),
};

fn round(number: u128) -> RoundId {
    RoundId::from_u128(number)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_player_is_answered_before_the_provider_and_a_replay_starts_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let provider = Provider::new(Behaviour {
        latency_ms: 1_500..=1_500,
        ..Behaviour::healthy()
    });
    let (url, asked) = serve_counted(provider.clone()).await;
    let bench = Bench::start(dir.path(), url, PATIENT).await;
    bench.knobs.set_settling(Settling::InBackground);
    bench.open("p").await;
    bench.reserve("p", round(1), 1_000).await.unwrap();
    for _ in 0..3 {
        let bet = bench.settle(round(1), 3_000).await.unwrap();
        assert_eq!(
            (bet.status, bet.balance.minor()),
            (BetStatus::Pending, OPENING - 1_000)
        );
        assert_eq!(bench.settlement.under_way(), 1);
    }
    let other = bench.settle(round(1), 3_001).await.unwrap_err();
    assert_eq!(other.code, Code::IdempotencyConflict);
    // Turning the knob back meanwhile does not settle it a second time.
    bench.knobs.set_settling(Settling::WhilePlayerWaits);
    assert_eq!(
        bench.settle(round(1), 3_000).await.unwrap().status,
        BetStatus::Pending
    );
    assert_eq!(
        provider.settled(),
        Settled::default(),
        "nobody has waited for the provider"
    );
    bench.at_rest().await;
    assert_eq!(
        bench.settle(round(1), 3_000).await.unwrap().status,
        BetStatus::Posted
    );
    assert_eq!(bench.purse("p").await, (OPENING + 2_000, 0));
    let once = Settled {
        payments: 1,
        debit: 1_000,
        credit: 3_000,
    };
    assert_eq!(provider.settled(), once);
    assert_eq!(asked.load(Ordering::SeqCst), 1, "one settlement, one attempt");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decline_in_the_background_returns_the_stake_and_pays_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let provider = Provider::new(Behaviour {
        failure: Failure::Decline,
        failures_in_ten: 10,
        ..Behaviour::healthy()
    });
    let bench = Bench::start(dir.path(), serve(provider.clone()).await, PATIENT).await;
    bench.knobs.set_settling(Settling::InBackground);
    bench.open("p").await;
    bench.reserve("p", round(1), 1_000).await.unwrap();
    assert_eq!(
        bench.settle(round(1), 3_000).await.unwrap().status,
        BetStatus::Pending
    );
    bench.at_rest().await;
    assert_eq!(bench.status("p", round(1)).await, BetStatus::Voided);
    assert_eq!(bench.purse("p").await, (OPENING, 0));
    let again = bench.settle(round(1), 3_000).await.unwrap_err();
    assert_eq!(
        (again.code, again.stake_status),
        (Code::PaymentDeclined, Some(StakeStatus::Returned))
    );
    assert_eq!(provider.settled(), Settled::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn more_rounds_than_are_asked_at_once_are_all_settled() {
    let dir = tempfile::tempdir().unwrap();
    let provider = Provider::new(Behaviour {
        latency_ms: 50..=50,
        ..Behaviour::healthy()
    });
    let bench = Bench::start(dir.path(), serve(provider.clone()).await, PATIENT).await;
    bench.knobs.set_settling(Settling::InBackground);
    bench.open("p").await;
    let play = async |number| {
        bench.reserve("p", round(number), 100).await.unwrap();
        bench.settle(round(number), 50).await.unwrap().status
    };
    let numbers: Vec<u128> = (0..600).collect();
    for numbers in numbers.chunks(100) {
        let played = futures_util::future::join_all(numbers.iter().map(|number| play(*number))).await;
        assert!(played.iter().all(|status| *status == BetStatus::Pending));
    }
    bench.at_rest().await;
    assert_eq!(bench.purse("p").await, (OPENING - 600 * 50, 0));
    assert_eq!(provider.settled().payments, 600);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_payment_in_ten_fails_and_with_retries_none_does() {
    let dir = tempfile::tempdir().unwrap();
    let provider = Provider::new(Behaviour {
        failures_in_ten: 1,
        ..Behaviour::healthy()
    });
    let bench = Bench::start(dir.path(), serve(provider.clone()).await, PATIENT).await;
    bench.open("p").await;
    let play = async |from: u128| {
        let mut failed = 0;
        for number in from..from + 50 {
            bench.reserve("p", round(number), 100).await.unwrap();
            match bench.settle(round(number), 0).await {
                Ok(bet) => assert_eq!(bet.status, BetStatus::Posted),
                Err(problem) => {
                    let pending = (Code::PaymentPending, Some(StakeStatus::Pending));
                    assert_eq!((problem.code, problem.stake_status), pending);
                    failed += 1;
                }
            }
        }
        failed
    };
    assert_eq!(play(0).await, 5);
    bench.at_rest().await;
    bench.knobs.set_retrying(Retrying::WithBackoff);
    assert_eq!(play(100).await, 0);
    // One payment is armed to fail, and no more.
    provider.fail_next(1);
    bench.knobs.set_retrying(Retrying::Never);
    bench.reserve("p", round(200), 100).await.unwrap();
    assert_eq!(
        bench.settle(round(200), 0).await.unwrap_err().code,
        Code::PaymentPending
    );
    assert_eq!(provider.armed(), 0);
    bench.at_rest().await;
    assert_eq!(bench.purse("p").await, (OPENING - 101 * 100, 0));
    assert_eq!(provider.settled().payments, 101);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_gone_voids_only_what_it_cannot_have_been_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let provider = Provider::new(Behaviour {
        failures_in_ten: 10,
        failure: Failure::Hang,
        ..Behaviour::healthy()
    });
    // On a runtime of its own, which closes its connections when it ends.
    let elsewhere = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let url = elsewhere.spawn(serve(provider.clone())).await.unwrap();
    let deadlines = Deadlines {
        attempt: Duration::from_millis(100),
        overall: Duration::from_millis(500),
    };
    let mut bench = Bench::start(dir.path(), url, deadlines).await;
    bench.tasks.shutdown().await;
    bench.open("p").await;
    bench.reserve("p", round(1), 1_000).await.unwrap();
    assert_eq!(
        bench.settle(round(1), 0).await.unwrap_err().code,
        Code::PaymentPending
    );
    assert_eq!(
        provider.settled().payments,
        1,
        "it has settled and did not say so"
    );
    elsewhere.shutdown_background();

    for retrying in [Retrying::Never, Retrying::WithBackoff] {
        bench.knobs.set_retrying(retrying);
        let asked = bench.settle(round(1), 0).await.unwrap_err();
        assert_eq!(asked.stake_status, Some(StakeStatus::Pending), "{retrying:?}");
        assert_eq!(bench.purse("p").await, (OPENING - 1_000, 1_000));
    }
    bench.reserve("p", round(2), 1_000).await.unwrap();
    let never_asked = bench.settle(round(2), 0).await.unwrap_err();
    assert_eq!(never_asked.stake_status, Some(StakeStatus::Returned));
    assert_eq!(bench.purse("p").await, (OPENING - 1_000, 1_000));
}

#[derive(Debug, Clone)]
struct Step {
    settling: Settling,
    retrying: Retrying,
    failure: Failure,
    failures_in_ten: u8,
    on_cue: u32,
    /// Whether nothing listens on the provider's port.
    unreachable: bool,
    rounds: u8,
    /// Number of concurrent requests to settle each round.
    asked: usize,
}

fn step() -> impl Strategy<Value = Step> {
    let settling = prop_oneof![Just(Settling::WhilePlayerWaits), Just(Settling::InBackground)];
    let retrying = prop_oneof![Just(Retrying::Never), Just(Retrying::WithBackoff)];
    let failure = prop_oneof![
        Just(Failure::Decline),
        Just(Failure::Hang),
        Just(Failure::Unavailable),
        Just(Failure::AcquirerTimeout),
    ];
    (
        settling,
        retrying,
        failure,
        0..=5_u8,
        0..3_u32,
        proptest::bool::weighted(0.3),
        1..8_u8,
        1..4_usize,
    )
        .prop_map(
            |(settling, retrying, failure, failures_in_ten, on_cue, unreachable, rounds, asked)| Step {
                settling,
                retrying,
                failure,
                failures_in_ten,
                on_cue,
                unreachable,
                rounds,
                asked,
            },
        )
}

/// Whatever is switched while rounds are played, the provider has settled exactly what the ledger has posted, each once,
/// and all requests for one round get the same outcome.
async fn never_charged_twice(steps: Vec<Step>) {
    let dir = tempfile::tempdir().unwrap();
    let provider = Provider::new(Behaviour::healthy());
    let deadlines = Deadlines {
        attempt: Duration::from_millis(60),
        overall: Duration::from_millis(300),
    };
    let mut door = Door::new(provider.clone()).await;
    let bench = Bench::start(dir.path(), door.url(), deadlines).await;
    bench.open("p").await;
    let mut number = 0;
    for step in steps {
        bench.knobs.set_settling(step.settling);
        bench.knobs.set_retrying(step.retrying);
        provider.behave(Behaviour {
            latency_ms: 0..=10,
            failure: step.failure,
            failures_in_ten: step.failures_in_ten,
            seed: 1,
            ..Behaviour::healthy()
        });
        provider.fail_next(step.on_cue);
        door.set_open(!step.unreachable).await;
        for _ in 0..step.rounds {
            number += 1;
            let (round, payout) = (round(number), i64::try_from(number).unwrap() * 7 % 300);
            bench.reserve("p", round, 100).await.unwrap();
            let asked = (0..step.asked).map(|_| bench.settle(round, payout));
            let told = futures_util::future::join_all(asked).await;
            let mut stakes = told.iter().map(|told| match told {
                Ok(bet) => bet.stake_status(),
                Err(problem) => problem.stake_status.unwrap(),
            });
            // One claim has one outcome. A request after its end may find a later state.
            let (paid, returned) = (StakeStatus::Paid, StakeStatus::Returned);
            let contradicted =
                stakes.clone().any(|stake| stake == paid) && stakes.clone().any(|stake| stake == returned);
            assert!(!contradicted, "{told:?}");
            assert!(stakes.all(|stake| stake == StakeStatus::Pending || stake == paid || stake == returned));
        }
    }
    provider.behave(Behaviour::healthy());
    door.set_open(true).await;
    bench.at_rest().await;
    let mut posted = Settled::default();
    for bet in bench.bets("p").await {
        if bet.status == BetStatus::Posted {
            posted.payments += 1;
            posted.debit += i128::from(bet.stake.minor());
            posted.credit += i128::from(bet.payout.unwrap().minor());
        }
    }
    assert_eq!(provider.settled(), posted);
    let balance = i128::from(OPENING) - posted.debit + posted.credit;
    assert_eq!(bench.purse("p").await, (i64::try_from(balance).unwrap(), 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn what_the_provider_settled_is_what_the_ledger_posted(steps in proptest::collection::vec(step(), 1..6)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(never_charged_twice(steps));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_that_stays_unknown_is_left_to_recovery() {
    let dir = tempfile::tempdir().unwrap();
    let provider = Provider::new(Behaviour::healthy());
    let bench = Bench::start(dir.path(), serve(provider.clone()).await, PATIENT).await;
    bench.knobs.set_settling(Settling::InBackground);
    bench.open("p").await;
    bench.reserve("p", round(1), 1_000).await.unwrap();
    provider.fail_next(1);
    assert_eq!(
        bench.settle(round(1), 0).await.unwrap().status,
        BetStatus::Pending
    );
    eventually("the payment has failed on cue", async || provider.armed() == 0).await;
    bench.at_rest().await;
    assert_eq!(bench.status("p", round(1)).await, BetStatus::Posted);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_wait_for_one_round_share_one_attempt_and_its_outcome() {
    let dir = tempfile::tempdir().unwrap();
    let provider = Provider::new(Behaviour {
        latency_ms: 300..=300,
        ..Behaviour::healthy()
    });
    let (url, asked) = serve_counted(provider.clone()).await;
    let mut bench = Bench::start(dir.path(), url, PATIENT).await;
    bench.open("p").await;
    for number in 1..=2 {
        bench.reserve("p", round(number), 1_000).await.unwrap();
    }
    let waiting = (0..8).map(|_| bench.settle(round(1), 3_000));
    let told = futures_util::future::join_all(waiting).await;
    let first = told[0].as_ref().unwrap();
    assert_eq!(first.status, BetStatus::Posted);
    assert!(told.iter().all(|bet| bet.as_ref().unwrap() == first), "{told:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    // The ledger refuses other figures.
    let (right, wrong) = tokio::join!(bench.settle(round(2), 10), async {
        eventually("the first has claimed", async || {
            bench.settlement.under_way() == 1
        })
        .await;
        bench.settle(round(2), 20).await
    });
    assert_eq!(right.unwrap().status, BetStatus::Posted);
    let wrong = wrong.unwrap_err();
    assert_eq!(wrong.code, Code::IdempotencyConflict);
    let stake = wrong.stake_status.unwrap();
    assert!(
        matches!(stake, StakeStatus::Pending | StakeStatus::Paid),
        "{stake:?}"
    );
    // The provider refuses: all requests get that outcome, and the stake is returned once.
    bench.tasks.shutdown().await;
    provider.behave(Behaviour {
        latency_ms: 300..=300,
        failure: Failure::Decline,
        failures_in_ten: 10,
        ..Behaviour::healthy()
    });
    bench.reserve("p", round(3), 1_000).await.unwrap();
    let waiting = (0..8).map(|_| bench.settle(round(3), 3_000));
    for told in futures_util::future::join_all(waiting).await {
        let problem = told.unwrap_err();
        assert_eq!(
            (problem.code, problem.stake_status),
            (Code::PaymentDeclined, Some(StakeStatus::Returned))
        );
    }
    assert_eq!(bench.purse("p").await, (OPENING + 2_000 - 990, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_settled_there_and_voided_here_is_taken_back_even_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let provider = Provider::new(Behaviour {
        latency_ms: 300..=300,
        ..Behaviour::healthy()
    });
    let door = Door::new(provider.clone()).await;
    let mut bench = Bench::start(dir.path(), door.url(), PATIENT).await;
    bench.open("p").await;
    // No request can cause this, only a defect or manual work on the database.
    let voided_meanwhile = async |bench: &Bench, number| {
        bench.reserve("p", round(number), 1_000).await.unwrap();
        tokio::join!(bench.settle(round(number), 3_000), async {
            eventually("its payout is durable", async || {
                bench.status("p", round(number)).await == BetStatus::Pending
            })
            .await;
            let why = "by hand".to_owned();
            journal::void(&bench.store, round(number), "p".into(), why, Voidable::Refused, 1)
                .await
                .unwrap();
        })
        .0
    };
    let told = voided_meanwhile(&bench, 1).await.unwrap_err();
    assert_eq!(
        (told.code, told.stake_status),
        (Code::Internal, Some(StakeStatus::Returned))
    );
    bench.at_rest().await;
    assert_eq!(provider.settled(), Settled::default());
    assert_eq!(bench.purse("p").await, (OPENING, 0));

    // The provider reverses nothing for now, so the bet stays listed.
    bench.tasks.shutdown().await;
    provider.refuse_reversals(true);
    voided_meanwhile(&bench, 2).await.unwrap_err();
    let verified = journal::verify(&bench.store).await.unwrap();
    assert_eq!((verified.imbalance, verified.pending), (0, 1), "it is seen");
    assert_eq!(provider.settled().payments, 1);
    drop(bench);
    provider.refuse_reversals(false);
    let bench = Bench::start(dir.path(), door.url(), PATIENT).await;
    bench.at_rest().await;
    assert_eq!(provider.settled(), Settled::default());
    assert_eq!(bench.purse("p").await, (OPENING, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_that_was_unknown_is_read_from_the_providers_record() {
    let dir = tempfile::tempdir().unwrap();
    let provider = Provider::new(Behaviour {
        failures_in_ten: 10,
        failure: Failure::Hang,
        ..Behaviour::healthy()
    });
    let deadlines = Deadlines {
        attempt: Duration::from_millis(100),
        overall: Duration::from_millis(500),
    };
    let (url, asked) = serve_counted(provider.clone()).await;
    let mut bench = Bench::start(dir.path(), url, deadlines).await;
    bench.tasks.shutdown().await;
    bench.open("p").await;
    bench.reserve("p", round(1), 1_000).await.unwrap();
    let unknown = bench.settle(round(1), 30).await.unwrap_err();
    assert_eq!(unknown.stake_status, Some(StakeStatus::Pending));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    // The provider has settled without a response. Its record tells.
    let posted = bench.settle(round(1), 30).await.unwrap();
    let reference = format!("PP-{}", round(1));
    assert_eq!(posted.provider_reference.as_deref(), Some(reference.as_str()));
    assert_eq!(
        asked.load(Ordering::SeqCst),
        2,
        "the record was read, and no second payment made"
    );
    let again = bench.settle(round(1), 30).await.unwrap();
    assert_eq!(again, posted);
    assert_eq!(
        bench.bets("p").await[0].provider_reference,
        posted.provider_reference
    );
}
