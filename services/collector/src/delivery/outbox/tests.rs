#![allow(clippy::panic)]

use std::sync::mpsc;

use parking_lot::Mutex;
use reelscope_page_api::telemetry::{Named, Notice};

use super::*;
use crate::Options;
use crate::clock::Clock;
use crate::delivery::tests::context;
use crate::delivery::{Destinations, Handle, Pace};
use crate::envelope::category::Categories;
use crate::log::{Ages, DeadReason, Readers};

const MINUTE: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Told(Mutex<Vec<Notice>>);

impl Host for Told {
    fn changed(&self) {}

    fn say(&self, notice: Notice) {
        self.0.lock().push(notice);
    }
}

/// An outbox with two held envelopes of a trace in its queue. Its log cannot be read until there is one.
struct Bench {
    outbox: Outbox,
    desk: Desk,
    clock: Clock,
    dsn: crate::Dsn,
    told: Arc<Told>,
    of_a_trace: [Entry; 2],
    pace: Pace,
    dir: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let (dir, clock) = (tempfile::tempdir().unwrap(), Clock::system());
        let ages = Arc::new(Ages::new(clock.clone(), 0));
        let (handle, inbox) = Handle::new(Arc::clone(&ages));
        let pace = Options::standard().pace;
        let context = context(Readers::new(dir.path()), mpsc::channel().0, pace, ages);
        let dsn: crate::Dsn = "http://abc@sentry.example/1".parse().unwrap();
        handle.configure(Destinations {
            common: Some(dsn.clone()),
            ..Destinations::nowhere()
        });
        let told = Arc::new(Told::default());
        let host: Arc<dyn Host> = Arc::clone(&told) as Arc<dyn Host>;
        let mut outbox = Outbox::new(&Arc::new(context), &handle.shared, &host);
        let desk = Desk::new(inbox.0);
        outbox.reconfigure();
        let of_a_trace = [1, 2].map(|seq| Entry {
            destination: dsn.id(),
            categories: Categories::ERROR,
            trace_id: 7,
            ..Entry::external(seq)
        });
        outbox.destinations.values_mut().for_each(|to| to.loaded(None));
        outbox.look_at(&desk, &of_a_trace);
        Self {
            outbox,
            desk,
            clock,
            dsn,
            told,
            of_a_trace,
            pace,
            dir,
        }
    }

    /// Begins the log, with the first envelope in this state.
    fn log_with(&self, state: State) -> log::Opened {
        let [first, _] = &self.of_a_trace;
        let opened = log::open(self.dir.path()).unwrap();
        let mut writing = opened.pen.turn();
        writing
            .connection()
            .unwrap()
            .execute(
                "INSERT INTO envelopes VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6, 1)",
                (
                    first.seq.cast_signed(),
                    &*first.slot,
                    first.destination.cast_signed(),
                    first.categories.bits(),
                    first.trace_id.to_be_bytes(),
                    state.number(),
                ),
            )
            .unwrap();
        drop(writing);
        opened
    }

    fn next(&mut self) -> Option<Errand> {
        let now = self.clock.monotonic();
        let destination = self.outbox.destinations.get_mut(&self.dsn.id())?;
        destination.wake(now);
        destination.next(self.pace, now)
    }
}

/// The number that is sent next after a refusal of the first envelope. `now` is its state in the log by then; with
/// `None` the log cannot be read.
async fn next_after_a_refusal(is_held_again: bool, now: Option<State>) -> Option<u64> {
    let mut bench = Bench::new();
    let _log = now.map(|now| bench.log_with(now));
    let errand = bench.next().unwrap();
    assert_eq!(errand.seq, 1);
    let mut requests = JoinSet::new();
    let answer = Answer {
        verdict: Verdict::Dead(DeadReason::Rejected),
        code: "rejected",
        detail: String::new(),
        params: Named::new(),
        status: 401,
        rate_limits: None,
        retry_after: None,
    };
    let refused = Outcome::Answered { answer, owed: None };
    let id = requests.spawn(async { refused }).id();
    bench.outbox.under_way.insert(id, (bench.dsn.id(), errand));
    if is_held_again {
        bench.outbox.look_at(&bench.desk, &bench.of_a_trace[..1]);
    }
    let outcome = requests.join_next_with_id().await.unwrap();
    bench.outbox.answered(&mut bench.desk, outcome).await;
    bench.next().map(|errand| errand.seq)
}

#[tokio::test]
async fn what_is_held_again_before_the_outbox_knows_its_response_is_sent_again() {
    let dead = State::Dead(DeadReason::Rejected);
    for (is_held_again, now, next) in [
        (true, Some(State::Held), 1),
        (true, Some(dead), 2),
        (true, None, 1),
        (false, Some(dead), 2),
        (false, None, 2),
    ] {
        let sent = next_after_a_refusal(is_held_again, now).await;
        assert_eq!(sent, Some(next), "{is_held_again} {now:?}");
    }
}

#[tokio::test]
async fn a_request_that_meets_a_defect_is_told_and_tried_again_and_its_trace_goes_on() {
    let mut bench = Bench::new();
    for attempt in 1..=3 {
        let errand = bench.next().unwrap();
        assert_eq!(errand.seq, 1);
        let mut requests = JoinSet::<Outcome>::new();
        let id = requests.spawn(async { panic!("odd bytes") }).id();
        bench.outbox.under_way.insert(id, (bench.dsn.id(), errand));
        let outcome = requests.join_next_with_id().await.unwrap();
        bench.outbox.answered(&mut bench.desk, outcome).await;
        let notices = bench.told.0.lock().clone();
        let notice = notices.last().unwrap();
        assert_eq!(notices.len(), attempt);
        assert_eq!(
            (notice.code.as_str(), &*notice.params["seq"]),
            ("request_defect", "1")
        );
        assert_eq!(notice.params["cause"], "odd bytes");
        if attempt == 1 {
            assert_eq!(bench.next().unwrap().seq, 2);
        }
        assert!(bench.next().is_none(), "without a pause");
        bench.clock.pass(MINUTE);
    }
}
