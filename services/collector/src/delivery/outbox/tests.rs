#![allow(clippy::panic)]

use std::sync::mpsc;

use parking_lot::Mutex;
use reelscope_page_api::telemetry::Notice;

use super::*;
use crate::Options;
use crate::category::Categories;
use crate::clock::Clock;
use crate::delivery::tests::context;
use crate::delivery::{Destinations, Handle};
use crate::log::{Ages, Readers};

const MINUTE: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Told(Mutex<Vec<Notice>>);

impl Host for Told {
    fn changed(&self) {}

    fn say(&self, notice: Notice) {
        self.0.lock().push(notice);
    }
}

#[tokio::test]
async fn a_request_that_meets_a_defect_is_told_and_tried_again_and_its_trace_goes_on() {
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
    let mut desk = Desk::new(inbox.0);
    outbox.reconfigure();
    let of_a_trace = [1, 2].map(|seq| Entry {
        destination: dsn.id(),
        categories: Categories::ERROR,
        trace_id: 7,
        ..Entry::external(seq)
    });
    outbox.destinations.values_mut().for_each(|to| to.loaded(None));
    outbox.look_at(&desk, &of_a_trace);

    let next = |outbox: &mut Outbox| {
        let now = clock.monotonic();
        let destination = outbox.destinations.get_mut(&dsn.id())?;
        destination.wake(now);
        destination.next(pace, now)
    };
    for attempt in 1..=3 {
        let errand = next(&mut outbox).unwrap();
        assert_eq!(errand.seq, 1);
        let mut requests = JoinSet::<Outcome>::new();
        let id = requests.spawn(async { panic!("odd bytes") }).id();
        outbox.under_way.insert(id, (dsn.id(), errand));
        let outcome = requests.join_next_with_id().await.unwrap();
        outbox.answered(&mut desk, outcome).await;
        let notices = told.0.lock().clone();
        let notice = notices.last().unwrap();
        assert_eq!(notices.len(), attempt);
        assert_eq!(
            (notice.code.as_str(), &*notice.params["seq"]),
            ("request_defect", "1")
        );
        assert_eq!(notice.params["cause"], "odd bytes");
        if attempt == 1 {
            assert_eq!(next(&mut outbox).unwrap().seq, 2);
        }
        assert!(next(&mut outbox).is_none(), "without a pause");
        clock.pass(MINUTE);
    }
}
