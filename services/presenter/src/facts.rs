//! What really happened in the session: the state of the demo, and the figures of people's spins.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use reelscope_collector::{Collector, Digests, Whose};
use reelscope_contracts::UnixMillis;
use reelscope_demo::faults::table::{FaultState, STORY, StoryStates};
use reelscope_demo::faults::wire::FaultBoard;
use reelscope_demo::faults_http::Steering;
use reelscope_demo::figures::compare;
use reelscope_demo::players::SPIN;
use reelscope_demo::spins::{SessionSpins, story};
use reelscope_demo::wire::BeforeAfter;
use reelscope_page_api::telemetry::{TraceDetail, TraceSummary};
use serde::Serialize;
use utoipa::ToSchema;

use crate::trace_figures::TraceFigures;

/// Limit of remembered spins of people; nobody makes more in a session.
const MOST_SPINS: usize = 2_000;
/// Limit of traces that one look reads. The newest come first.
const READ_AT_MOST: usize = 8;
/// The same where everything is asked for at once.
const READ_ALL: usize = 400;
/// A comparison of all spins is used for this many times the time that it took, so that it never takes more than a
/// hundredth of one core, however many spins there are.
const USED_FOR: u32 = 100;

/// A spin that a person made.
#[derive(Debug, Clone)]
pub(crate) struct PersonSpin {
    trace_id: String,
    /// Number of its first envelope.
    pub(crate) first_envelope: u64,
    /// Time that the player waited, in milliseconds.
    pub(crate) waited_ms: f64,
    /// Whether it failed.
    pub(crate) failed: bool,
    /// The state of each problem of the story.
    pub(crate) story: StoryStates,
    /// What its trace says; `None` until it is read, or where it cannot be.
    pub(crate) figures: Option<TraceFigures>,
}

impl PersonSpin {
    fn of(trace: &TraceSummary) -> Option<Self> {
        #[allow(clippy::cast_precision_loss)] // a spin is shorter than 2^53 microseconds
        let waited_ms = trace.root_us as f64 / 1e3;
        (trace.name == SPIN && !trace.virtual_player).then(|| Self {
            trace_id: trace.trace_id.clone(),
            first_envelope: trace.first_envelope,
            waited_ms,
            failed: trace.status != "ok",
            story: story(trace),
            figures: None,
        })
    }

    /// Whether all problems were in this state.
    pub(crate) fn has_all(&self, state: FaultState) -> bool {
        self.story.iter().all(|each| *each == state)
    }
}

/// What telemetry costs on this machine, as it was measured last.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct TelemetryCost {
    /// CPU time that it adds to a spin, in milliseconds; absent where the system does not report it.
    #[schema(required)]
    pub cpu_ms: Option<f64>,
    /// Latency that it adds to the median spin, in milliseconds.
    pub p50_ms: f64,
    /// Bytes that are stored for a spin.
    pub bytes_per_spin: f64,
    /// Number of measured spins.
    pub spins: u64,
    /// When it was measured.
    pub at: UnixMillis,
}

/// Returns the last measurement of what telemetry costs.
pub type LastCost = Arc<dyn Fn() -> Option<TelemetryCost> + Send + Sync>;

/// The facts of one moment.
pub(crate) struct Facts {
    /// The state of all faults.
    pub(crate) board: FaultBoard,
    /// Whether virtual players spin.
    pub(crate) traffic: bool,
    /// The spins that people made in this session, in the order of their arrival.
    pub(crate) spins: Vec<PersonSpin>,
    /// The comparisons before and after each fix, over the spins of all players.
    pub(crate) pairs: Vec<BeforeAfter>,
    /// What telemetry costs.
    pub(crate) cost: Option<TelemetryCost>,
}

impl Facts {
    /// The newest spin of a person whose trace is read.
    pub(crate) fn newest(&self) -> Option<&TraceFigures> {
        self.spins.iter().rev().find_map(|spin| spin.figures.as_ref())
    }
}

/// The state of no demo.
fn nothing_runs() -> FaultBoard {
    FaultBoard {
        release: String::new(),
        releases: Vec::new(),
        faults: Vec::new(),
        armed_failures: 0,
        ready: false,
    }
}

/// The spins of all players before and after each fix, as they were compared last.
struct Comparison {
    /// Number of the last envelope before the spins that count.
    after: u64,
    began: Instant,
    took: Duration,
    pairs: Vec<BeforeAfter>,
}

/// Gathers facts. Clones share what they know.
#[derive(Clone)]
pub struct Observer {
    pub(crate) collector: Collector,
    /// The spins of all players.
    pub(crate) session: SessionSpins,
    /// `None` for telemetry that is only looked at.
    steering: Option<Steering>,
    last_cost: LastCost,
    spins: Arc<Mutex<Digests<PersonSpin>>>,
    compared: Arc<Mutex<Option<Comparison>>>,
}

impl Observer {
    /// Creates it without spins.
    #[must_use]
    pub fn new(collector: Collector, steering: Steering, last_cost: LastCost) -> Self {
        Self {
            collector,
            session: steering.spins.clone(),
            steering: Some(steering),
            last_cost,
            spins: Arc::new(Mutex::new(Digests::new(MOST_SPINS))),
            compared: Arc::default(),
        }
    }

    /// Creates it for telemetry of a data directory in which nothing runs.
    #[must_use]
    pub fn of_stored(collector: Collector, last_cost: LastCost) -> Self {
        Self {
            session: SessionSpins::new(collector.clone()),
            collector,
            steering: None,
            last_cost,
            spins: Arc::new(Mutex::new(Digests::new(MOST_SPINS))),
            compared: Arc::default(),
        }
    }

    /// Number of the last envelope before the spins that count.
    pub(crate) fn captured_before(&self) -> u64 {
        let steering = self.steering.as_ref();
        steering.map_or(0, |steering| steering.faults.captured_before())
    }

    /// Number of the last envelope that arrived.
    pub(crate) fn captured(&self) -> u64 {
        self.collector.captured_so_far()
    }

    /// Brings the demo to its start.
    ///
    /// # Errors
    /// The [`ApiProblem`](reelscope_contracts::ApiProblem) of the step that failed.
    pub(crate) async fn reset(&self) -> Result<(), reelscope_contracts::ApiProblem> {
        match &self.steering {
            Some(steering) => steering.reset().await,
            None => Ok(()),
        }
    }

    /// Returns a trace; `None` where it cannot be read.
    pub(crate) async fn trace(&self, id: &str) -> Option<TraceDetail> {
        self.collector.trace(id).await.ok().flatten()
    }

    /// Tells all pages that something of this name has a new revision.
    pub(crate) fn announce(&self, event: &'static str, revision: u64) {
        self.collector.announce(event, revision);
    }

    /// Gathers the facts of the moment.
    pub(crate) async fn facts(&self) -> Facts {
        self.gather(READ_AT_MOST, USED_FOR).await
    }

    /// Gathers the facts of the moment, with the traces of all spins that figures are made of.
    pub(crate) async fn all_facts(&self) -> Facts {
        self.gather(READ_ALL, 0).await
    }

    async fn gather(&self, most: usize, used_for: u32) -> Facts {
        let observer = self.clone();
        let read = tokio::task::spawn_blocking(move || {
            observer.follow();
            observer.pairs(used_for)
        });
        let pairs = read.await.unwrap_or_else(|error| {
            tracing::error!(%error, "the spins of the session could not be compared");
            Vec::new()
        });
        for id in self.unread(most) {
            if let Some(trace) = self.trace(&id).await {
                let figures = TraceFigures::of(&trace);
                let mut spins = self.spins.lock();
                if let Some(spin) = spins.values_mut().find(|spin| spin.trace_id == id) {
                    spin.figures = figures;
                }
            }
        }
        let steering = self.steering.as_ref();
        Facts {
            board: steering.map_or_else(nothing_runs, |steering| steering.faults.view()),
            traffic: steering.is_some_and(|steering| steering.traffic.view().running),
            spins: self.spins.lock().values().cloned().collect(),
            pairs,
            cost: (self.last_cost)(),
        }
    }

    /// Compares the spins of all players before and after each fix, unless the last comparison is younger than
    /// `used_for` times the time that it took. Blocks.
    fn pairs(&self, used_for: u32) -> Vec<BeforeAfter> {
        let after = self.captured_before();
        let mut compared = self.compared.lock();
        if let Some(known) = &*compared
            && known.after == after
            && known.began.elapsed() < known.took * used_for
        {
            return known.pairs.clone();
        }
        let began = Instant::now();
        let pairs = self.compare();
        *compared = Some(Comparison {
            after,
            began,
            took: began.elapsed(),
            pairs: pairs.clone(),
        });
        pairs
    }

    fn compare(&self) -> Vec<BeforeAfter> {
        let steering = self.steering.as_ref();
        let now = steering.map_or(STORY.map(|_| FaultState::Off), |steering| {
            steering.faults.story_states()
        });
        let after = || self.captured_before();
        let (compared, _) = self.session.read(after, |spins| compare(spins, now));
        compared.pairs
    }

    /// Reads new spins. Blocks.
    fn follow(&self) {
        let after = self.captured_before();
        let mut spins = self.spins.lock();
        let followed =
            self.collector
                .follow_traces((after, Whose::People), &mut spins, PersonSpin::of, |_| {});
        if let Err(error) = followed {
            tracing::warn!(%error, "spins of people could not be read");
        }
    }

    /// The newest spins whose traces are not read yet.
    fn unread(&self, most: usize) -> Vec<String> {
        let spins = self.spins.lock();
        let unread = spins.values().filter(|spin| spin.figures.is_none());
        let mut ids: Vec<_> = unread.map(|spin| spin.trace_id.clone()).collect();
        ids.split_off(ids.len().saturating_sub(most))
    }
}
