//! A panic while a round is settled costs an attempt, never money. It is injected where the span of the posting begins,
//! after the provider has settled: the worst moment.

use std::cell::Cell;
use std::sync::Once;

use reelscope_contracts::Code;
use reelscope_contracts::payments::BetStatus;
use reelscope_payment_provider::{Behaviour, Settled, State as Provider};
use reelscope_payment_service::Settling;
use tracing::Subscriber;
use tracing::span::{Attributes, Id};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use super::bench::{Bench, OPENING, serve};
use super::{PATIENT, round};

thread_local! {
    /// How many of the next postings on this thread panic. A test runs on one thread, and so do its tasks.
    static PANICS_LEFT: Cell<usize> = const { Cell::new(0) };
}

struct PanicsAtPosting;

impl<S: Subscriber> Layer<S> for PanicsAtPosting {
    fn on_new_span(&self, span: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        if span.metadata().name() != "wallet.post" {
            return;
        }
        let left = PANICS_LEFT.get();
        PANICS_LEFT.set(left.saturating_sub(1));
        assert_eq!(left, 0, "on purpose");
    }
}

/// Makes the next postings of this thread panic. The subscriber is that of the process, because callsites cache what the
/// only scoped subscriber of another thread says.
fn panic_at_posting(times: usize) {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| tracing_subscriber::registry().with(PanicsAtPosting).init());
    PANICS_LEFT.set(times);
}

async fn bench(provider: &Provider, dir: &std::path::Path, settling: Settling) -> Bench {
    let bench = Bench::start(dir, serve(provider.clone()).await, PATIENT).await;
    bench.knobs.set_settling(settling);
    bench.open("p").await;
    bench.reserve("p", round(1), 1_000).await.unwrap();
    bench
}

/// Settled once at the provider, posted once here.
async fn is_right(bench: &Bench, provider: &Provider) {
    bench.at_rest().await;
    assert_eq!(bench.status("p", round(1)).await, BetStatus::Posted);
    assert_eq!(bench.purse("p").await, (OPENING + 2_000, 0));
    let once = Settled {
        payments: 1,
        debit: 1_000,
        credit: 3_000,
    };
    assert_eq!(provider.settled(), once);
}

#[tokio::test]
async fn a_panic_in_the_background_and_in_recovery_costs_attempts_and_no_money() {
    let dir = tempfile::tempdir().unwrap();
    let provider = Provider::new(Behaviour::healthy());
    // The first panic ends the settlement in the background, the other two end attempts of recovery.
    panic_at_posting(3);
    let bench = bench(&provider, dir.path(), Settling::InBackground).await;

    let accepted = bench.settle(round(1), 3_000).await.unwrap();

    assert_eq!(accepted.status, BetStatus::Pending);
    is_right(&bench, &provider).await;
    assert_eq!(PANICS_LEFT.get(), 0);
}

#[tokio::test]
async fn a_panic_while_a_player_waits_is_an_answer_and_the_round_is_settled_later() {
    let dir = tempfile::tempdir().unwrap();
    let provider = Provider::new(Behaviour::healthy());
    panic_at_posting(1);
    let bench = bench(&provider, dir.path(), Settling::WhilePlayerWaits).await;

    let problem = bench.settle(round(1), 3_000).await.unwrap_err();

    assert_eq!(PANICS_LEFT.get(), 0);
    assert_eq!(problem.code, Code::Internal);
    is_right(&bench, &provider).await;
}
