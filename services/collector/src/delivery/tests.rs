//! A defect of the outbox, at whatever moment, neither loses a part of an envelope nor sends many twice.
#![allow(clippy::panic)]

use std::collections::HashMap;
use std::io::Read;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::StatusCode;
use reelscope_contracts::telemetry::DeliveryCounts;

use super::*;
use crate::Options;
use crate::category::Categories;
use crate::clock::Clock;
use crate::dsn::Dsn;
use crate::envelope::Envelope;
use crate::log::{self, Arrival, Figures, Follower, Opened, Queued, Retainer, Writer};

const HOUR: Duration = Duration::from_secs(3_600);
const ENVELOPES: usize = 60;
/// Fewer than a defect may be met before it is final.
const DEFECTS: usize = 5;

struct Forward(Arc<Handle>);

impl Follower for Forward {
    fn moved(&self, held: Vec<Entry>) {
        self.0.held(held);
    }

    fn refused(&self) {}

    fn say(&self, _: Notice) {}

    fn take_back(&self, _: &str) {}
}

/// Meets a defect now and then, whatever is under way.
#[derive(Default)]
struct Faulty {
    changes: AtomicUsize,
    met: AtomicUsize,
}

impl Host for Faulty {
    fn changed(&self) {
        let change = self.changes.fetch_add(1, Ordering::Relaxed);
        if change % 9 == 8 && self.met.fetch_add(1, Ordering::Relaxed) < DEFECTS {
            panic!("a defect after {change} changes");
        }
    }

    fn say(&self, notice: Notice) {
        assert_eq!(notice.code, "delivery_defect");
    }
}

/// Takes sessions once they are not limited, and how often each item came.
#[derive(Clone, Default)]
struct Sentry {
    takes_all: Arc<AtomicBool>,
    taken: Arc<Mutex<HashMap<(String, String), usize>>>,
}

impl Sentry {
    fn take(&self, body: &[u8]) -> (StatusCode, [(&'static str, &'static str); 1]) {
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(body)
            .read_to_end(&mut bytes)
            .unwrap();
        let envelope = Envelope::parse(&bytes).unwrap();
        let said = [("x-sentry-rate-limits", "3600:session:key")];
        if !self.takes_all.load(Ordering::Relaxed) && envelope.categories().meets(Categories::SESSION) {
            return (StatusCode::TOO_MANY_REQUESTS, said);
        }
        let id = envelope.header.event_id.clone().unwrap();
        for item in &envelope.items {
            let item = (id.clone(), item.header.item_type.to_string());
            *lock(&self.taken).entry(item).or_default() += 1;
        }
        (StatusCode::OK, [("x-ok", "yes")])
    }

    async fn serve(&self) -> Dsn {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dsn = format!("http://abc@{}/1", listener.local_addr().unwrap());
        let sentry = self.clone();
        let take = axum::routing::post(async move |body: Bytes| sentry.take(&body));
        let router = axum::Router::new().route("/api/1/envelope/", take);
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        dsn.parse().unwrap()
    }
}

fn arrival(n: usize, destination: u64) -> Arrival {
    let bytes = format!(
        "{{\"event_id\":\"{n:032x}\"}}\n{{\"type\":\"event\"}}\n{{}}\n{{\"type\":\"session\"}}\n{{}}\n"
    );
    Arrival {
        slot: Arc::from("external"),
        destination,
        categories: Categories::ERROR.with(Categories::SESSION),
        event_id: 0,
        trace_id: 0,
        bytes: bytes.into_bytes(),
        _queued: Queued::within(0, &Arc::default(), 0).unwrap(),
    }
}

/// Waits until `holds` says so of the counts, whose sum is right meanwhile.
async fn eventually(figures: &Figures, holds: impl Fn(DeliveryCounts) -> bool) {
    let looked = async {
        loop {
            let counts = lock(&figures.tally).counts();
            assert_eq!(counts.captured, counts.delivered + counts.held + counts.dead);
            if holds(counts) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), looked)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_defect_between_two_parts_loses_neither() {
    let (dir, clock, sentry) = (tempfile::tempdir().unwrap(), Clock::system(), Sentry::default());
    let dsn = sentry.serve().await;
    let Opened {
        pen,
        tally,
        lock: _held,
        ..
    } = log::open(dir.path()).unwrap();
    let ages = Arc::new(Ages::new(clock.clone(), 0));
    let (handle, inbox) = Handle::new(Arc::clone(&ages));
    let (handle, host) = (Arc::new(handle), Arc::new(Faulty::default()));
    let figures = Arc::new(Figures {
        tally: Mutex::new(tally),
        ..Figures::default()
    });
    let options = Options::standard();
    let (jobs, waiting) = mpsc::channel();
    let retainer = Retainer::new(options.retention, Arc::clone(&ages));
    let path = dir.path().to_owned();
    let writer = Writer::new(
        pen,
        path,
        Arc::clone(&figures),
        retainer,
        Forward(Arc::clone(&handle)),
    );
    let writer = thread::spawn(move || writer.run(&waiting));
    let pace = Pace {
        concurrency: 4,
        ..options.pace
    };
    let context = Context {
        readers: Readers::new(dir.path()),
        jobs: jobs.clone(),
        sender: Sender::new(pace.timeout, &mut Vec::new()),
        pace,
        ages,
        own_key: "own".to_owned(),
        head: "frontend",
    };
    let sending = thread::spawn({
        let (handle, host) = (Arc::clone(&handle), Arc::clone(&host) as Arc<dyn Host>);
        move || run(context, &handle, inbox, &host)
    });
    handle.configure(Destinations {
        common: Some(dsn.clone()),
        ..Destinations::nowhere()
    });
    for n in 0..ENVELOPES {
        let job = Job::Capture {
            arrival: arrival(n, dsn.id()),
            answer: None,
        };
        jobs.send(job).unwrap();
    }
    let all = ENVELOPES as u64;
    eventually(&figures, |counts| {
        counts.captured == all && lock(&sentry.taken).len() == ENVELOPES
    })
    .await;
    sentry.takes_all.store(true, Ordering::Relaxed);
    clock.pass(HOUR);
    eventually(&figures, |counts| counts.delivered == all).await;
    handle.stop().await.unwrap();
    assert_eq!(sending.join().unwrap(), Ok(()));
    jobs.send(Job::Stop).unwrap();
    writer.join().unwrap();

    let taken = lock(&sentry.taken);
    assert_eq!(taken.len(), 2 * ENVELOPES);
    assert!(host.met.load(Ordering::Relaxed) >= DEFECTS, "too few defects");
    let twice: usize = taken.values().map(|times| times - 1).sum();
    assert!(twice <= DEFECTS * pace.concurrency, "{twice} were sent twice");
}
