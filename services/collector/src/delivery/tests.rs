//! A panic of the outbox at any moment neither loses a part of an envelope nor sends many twice; and a log that
//! cannot be read for a moment only delays its envelopes.
#![allow(clippy::panic)]

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::MethodRouter;
use reelscope_page_api::telemetry::DeliveryCounts;

use super::*;
use crate::Options;
use crate::clock::Clock;
use crate::dsn::Dsn;
use crate::envelope::Envelope;
use crate::envelope::category::Categories;
use crate::log::{self, Arrival, Body, Figures, Follower, Opened, Queued, Retainer, Writer};

#[path = "../../tests/support/rows.rs"]
mod rows;

use rows::{Kept, balanced};

const HOUR: Duration = Duration::from_secs(3_600);
const ENVELOPES: usize = 60;
/// Number of panics; fewer than make delivery give up.
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

/// Panics now and then, whatever is under way.
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

/// Accepts sessions once they are not limited, and counts how often each item came.
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
            *self.taken.lock().entry(item).or_default() += 1;
        }
        (StatusCode::OK, [("x-ok", "yes")])
    }

    async fn serve(&self) -> Dsn {
        let sentry = self.clone();
        serve(axum::routing::post(async move |body: Bytes| sentry.take(&body))).await
    }
}

async fn serve(take: MethodRouter) -> Dsn {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dsn = format!("http://abc@{}/1", listener.local_addr().unwrap());
    let router = axum::Router::new().route("/api/1/envelope/", take);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    dsn.parse().unwrap()
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
        body: Body::of(bytes.into_bytes()),
        _queued: Queued::within(0, &Arc::default(), 0).unwrap(),
    }
}

pub(super) fn context(readers: Readers, jobs: mpsc::Sender<Job>, pace: Pace, ages: Arc<Ages>) -> Context {
    Context {
        readers,
        jobs,
        sender: Sender::new(pace.timeout, &mut Vec::new()),
        pace,
        ages,
        own_key: "own".to_owned(),
        head: "frontend",
    }
}

/// A log and its delivery, without the rest of a collector.
struct Delivering {
    dir: PathBuf,
    clock: Clock,
    dsn: Dsn,
    figures: Arc<Figures>,
    handle: Arc<Handle>,
    jobs: mpsc::Sender<Job>,
    sending: thread::JoinHandle<Result<(), String>>,
    writer: thread::JoinHandle<()>,
    _lock: std::fs::File,
}

impl Delivering {
    /// Begins; nothing is sent to `dsn` before [`Delivering::configure`].
    fn begin(dir: &Path, readers: Readers, pace: Pace, dsn: Dsn, host: Arc<dyn Host>) -> Self {
        let Opened { pen, tally, lock, .. } = log::open(dir).unwrap();
        let clock = Clock::system();
        let ages = Arc::new(Ages::new(clock.clone(), 0));
        let (handle, inbox) = Handle::new(Arc::clone(&ages));
        let handle = Arc::new(handle);
        let figures = Arc::new(Figures {
            tally: Mutex::new(tally),
            ..Figures::default()
        });
        let (jobs, waiting) = mpsc::channel();
        let retainer = Retainer::new(Options::standard().retention, Arc::clone(&ages));
        let writer = Writer::new(
            pen,
            dir.to_owned(),
            Arc::clone(&figures),
            retainer,
            Forward(Arc::clone(&handle)),
        );
        let context = context(readers, jobs.clone(), pace, ages);
        let sends = Arc::clone(&handle);
        Self {
            dir: dir.to_owned(),
            clock,
            dsn,
            figures,
            handle,
            jobs,
            sending: thread::spawn(move || run(context, &sends, inbox, &host)),
            writer: thread::spawn(move || writer.run(&waiting)),
            _lock: lock,
        }
    }

    fn configure(&self) {
        self.handle.configure(Destinations {
            common: Some(self.dsn.clone()),
            ..Destinations::nowhere()
        });
    }

    fn capture(&self, n: usize) {
        let job = Job::Capture {
            arrival: arrival(n, self.dsn.id()),
            answer: None,
        };
        self.jobs.send(job).unwrap();
    }

    /// Waits until `holds` is true of the counts, and checks them against the log.
    async fn eventually(&self, holds: impl Fn(DeliveryCounts) -> bool) {
        let looked = async {
            loop {
                let counts = || self.figures.tally.lock().counts();
                balanced(&self.dir, Kept::All, counts);
                if holds(counts()) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), looked)
            .await
            .unwrap();
    }

    async fn end(self) {
        self.handle.stop().await.unwrap();
        assert_eq!(self.sending.join().unwrap(), Ok(()));
        self.jobs.send(Job::Stop).unwrap();
        self.writer.join().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_defect_between_two_parts_loses_neither() {
    let (dir, sentry) = (tempfile::tempdir().unwrap(), Sentry::default());
    let host = Arc::new(Faulty::default());
    let pace = Pace {
        concurrency: 4,
        ..Options::standard().pace
    };
    let readers = Readers::new(dir.path());
    let dsn = sentry.serve().await;
    let delivering = Delivering::begin(dir.path(), readers, pace, dsn, Arc::clone(&host) as Arc<dyn Host>);
    delivering.configure();
    for n in 0..ENVELOPES {
        delivering.capture(n);
    }
    let all = ENVELOPES as u64;
    delivering
        .eventually(|counts| counts.captured == all && sentry.taken.lock().len() == ENVELOPES)
        .await;
    sentry.takes_all.store(true, Ordering::Relaxed);
    delivering.clock.pass(HOUR);
    delivering.eventually(|counts| counts.delivered == all).await;
    delivering.end().await;

    let taken = sentry.taken.lock();
    assert_eq!(taken.len(), 2 * ENVELOPES);
    assert!(host.met.load(Ordering::Relaxed) >= DEFECTS, "too few defects");
    let twice: usize = taken.values().map(|times| times - 1).sum();
    assert!(twice <= DEFECTS * pace.concurrency, "{twice} were sent twice");
}

/// Counts the changes that it is notified of.
#[derive(Default)]
struct Counting(AtomicUsize);

impl Host for Counting {
    fn changed(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn say(&self, notice: Notice) {
        panic!("{}", notice.detail);
    }
}

#[test]
fn what_cannot_begin_says_so() {
    let ages = Arc::new(Ages::new(Clock::system(), 0));
    let (dir, pace) = (tempfile::tempdir().unwrap(), Options::standard().pace);
    let (handle, inbox) = Handle::new(Arc::clone(&ages));
    let context = context(Readers::new(dir.path()), mpsc::channel().0, pace, ages);
    let host: Arc<dyn Host> = Arc::<Counting>::default();
    let runtime = || Err(io::Error::other("too many open files"));
    let ended = run_on(runtime, context, &handle, inbox, &host);
    assert_eq!(ended, Err("it cannot begin: too many open files".to_owned()));
}

/// A symbolic link to the log's directory: without it nothing can be read, but writing still works.
#[cfg(unix)]
#[derive(Clone)]
struct Name {
    of: PathBuf,
    name: PathBuf,
    readers: Readers,
}

#[cfg(unix)]
impl Name {
    fn give(&self) {
        std::os::unix::fs::symlink(&self.of, &self.name).unwrap();
    }

    fn take(&self) {
        std::fs::remove_file(&self.name).unwrap();
        self.readers.close();
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_for_a_moment_is_sent_once_it_can_be() {
    let (dir, host) = (tempfile::tempdir().unwrap(), Arc::new(Counting::default()));
    let (of, name) = (dir.path().join("log"), dir.path().join("name"));
    std::fs::create_dir(&of).unwrap();
    let readers = Readers::new(&name);
    let name = Name {
        of: of.clone(),
        name,
        readers: readers.clone(),
    };
    // Answers 503 and removes the link when asked to.
    let is_to_fail = Arc::new(AtomicBool::new(false));
    let answer = axum::routing::post({
        let (name, is_to_fail) = (name.clone(), Arc::clone(&is_to_fail));
        async move || {
            if is_to_fail.swap(false, Ordering::Relaxed) {
                name.take();
                return StatusCode::SERVICE_UNAVAILABLE;
            }
            StatusCode::OK
        }
    });
    let dsn = serve(answer).await;
    let pace = Pace {
        first_retry: Duration::from_millis(5),
        longest_retry: Duration::from_millis(50),
        ..Options::standard().pace
    };
    let delivering = Delivering::begin(&of, readers, pace, dsn, Arc::clone(&host) as Arc<dyn Host>);
    // Some attempts fail, and each of them is reported.
    let tried = async |of: u64| {
        let before = host.0.load(Ordering::Relaxed);
        let is_tried =
            |counts: DeliveryCounts| counts.captured == of && host.0.load(Ordering::Relaxed) > before + 5;
        delivering.eventually(is_tried).await;
        name.give();
        delivering.eventually(|counts| counts.delivered == of).await;
    };

    // Envelopes that wait in the log.
    delivering.capture(1);
    delivering.eventually(|counts| counts.held == 1).await;
    delivering.configure();
    tried(1).await;
    // Envelopes that arrive.
    name.take();
    delivering.capture(2);
    tried(2).await;
    // Envelopes that are answered.
    is_to_fail.store(true, Ordering::Relaxed);
    delivering.capture(3);
    tried(3).await;
    delivering.end().await;
}
