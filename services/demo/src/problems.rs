//! The problems of the demo: which there are, where each stands, and how it is switched while everything runs.
//!
//! Every problem is a cause in its own service, behind one knob there; this is where the knobs come together with the
//! release dial, and where the spans are looked at for evidence. What is in force is a tag on every envelope: `problems`
//! for those that hurt, `problems.fixed` for those that are coped with.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reelscope_collector::Collector;
use reelscope_contracts::problems::{
    Observed, ProblemId, ProblemState, ProblemView, Problems as View, ReleaseView, Switching,
};
use reelscope_contracts::telemetry::{ServiceShare, Span, TraceDetail, TraceSummary};
use reelscope_contracts::{Code, Problem, UnixMillis, now};
use reelscope_game_engine as game;
use reelscope_payment_provider as provider;
use reelscope_payment_service as payments;
use reelscope_telemetry::Service;
use reelscope_user_service as users;
use reelscope_user_service::seeding::Progress;
use tokio::sync::{OwnedRwLockWriteGuard, RwLock, watch};

use crate::figures::{RTP_ANOMALY, micros};
use crate::moment::{Moment, Moments};

/// Where each problem is to stand.
pub type States = HashMap<ProblemId, ProblemState>;

/// A release of the demo's dial.
#[derive(Debug, Clone, Copy)]
pub struct Release {
    /// Its version.
    pub version: &'static str,
    /// Problems that hurt in it; the others are fixed.
    pub problems: &'static [ProblemId],
    /// Whether its paytable pays what the game was not certified with: a regression that only the business figures show.
    pub wrong_paytable: bool,
}

/// The dial, oldest first: what a team would have shipped one after the other.
pub const RELEASES: [Release; 4] = [
    Release {
        version: "1.0.0",
        problems: &ProblemId::ALL,
        wrong_paytable: false,
    },
    Release {
        version: "1.1.0",
        problems: &[ProblemId::SlowProvider, ProblemId::PaymentErrors],
        wrong_paytable: false,
    },
    Release {
        version: "1.2.0",
        problems: &[],
        wrong_paytable: false,
    },
    // The fix of the payments is lost in a merge, and a paytable is deployed that nobody has enumerated.
    Release {
        version: "1.3.0",
        problems: &[ProblemId::PaymentErrors],
        wrong_paytable: true,
    },
];

/// The start of the demo.
pub const FIRST_RELEASE: &Release = &RELEASES[0];

impl Release {
    /// Where every problem stands in this release.
    #[must_use]
    pub fn states(&self) -> States {
        let state = |id| {
            if self.problems.contains(&id) {
                ProblemState::On
            } else {
                ProblemState::Fixed
            }
        };
        ProblemId::ALL.into_iter().map(|id| (id, state(id))).collect()
    }
}

/// One `--problem` of a command line: a problem, or all of them, and where it is to stand.
pub type Argument = (Option<ProblemId>, ProblemState);

/// Reads `slow-rng=on` or `all=fixed`.
///
/// # Errors
/// A sentence that names what there is.
pub fn argument(text: &str) -> Result<Argument, String> {
    let (id, state) = text
        .split_once('=')
        .ok_or("write ID=on, ID=off or ID=fixed, such as slow-rng=on")?;
    let id = if id == "all" { None } else { Some(id.parse()?) };
    Ok((id, state.parse()?))
}

/// What these arguments come to; later ones win over earlier ones.
#[must_use]
pub fn states(arguments: &[Argument]) -> States {
    let mut states = States::new();
    for (id, state) in arguments {
        match id {
            Some(id) => states.extend([(*id, *state)]),
            None => states.extend(ProblemId::ALL.map(|id| (id, *state))),
        }
    }
    states
}

/// Why a problem was not switched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SwitchError {
    /// It is there already.
    #[error("{0} is {1} already; nothing was changed")]
    Unchanged(&'static str, &'static str),
    /// There is no cause that could be fixed.
    #[error("{0} is off, so there is nothing to fix; switch it on first")]
    NothingToFix(&'static str),
    /// Another switch has not ended.
    #[error("{0} is being switched; wait until it is done")]
    UnderWay(&'static str),
    /// The players are being written.
    #[error("players are still being created; wait until this is done")]
    NotReady,
    /// The dial has no such release.
    #[error("there is no release {0}")]
    NoSuchRelease(String),
    /// Our code has nothing to cope with it.
    #[error("{0} can only be on or off; it has no fix")]
    NoFix(&'static str),
    /// It holds until it is switched off.
    #[error("{0} is switched on and off, not triggered")]
    NotFired(&'static str),
    /// It happens once.
    #[error("{0} is triggered, not switched")]
    NotSwitched(&'static str),
    /// The service could not do it.
    #[error("{0} could not be switched: {1}")]
    Failed(&'static str, String),
}

/// The knobs of the services, as the stack was started with them.
pub struct Knobs {
    /// Drops and makes the index of the players.
    pub missing_index: users::MissingIndex,
    /// Makes the RNG of the game-engine slow.
    pub slow_rng: game::SlowRng,
    /// Which paytable the game-engine pays by.
    pub paytable: game::PaytableInForce,
    /// Those of the payment-service.
    pub payments: payments::Knobs,
    /// How the external provider behaves.
    pub provider: provider::State,
    /// While players are being written the index cannot be switched.
    pub seeding: Progress,
    /// Tagged with what is in force.
    pub services: Vec<Service>,
    /// Tells before from after.
    pub moments: Moments,
}

/// All problems; clones share them.
#[derive(Clone)]
pub struct Problems {
    shared: Arc<Shared>,
}

struct Shared {
    knobs: Knobs,
    /// Release that envelopes say now, whoever set it.
    release: watch::Receiver<String>,
    board: Mutex<Board>,
    /// Read by a switch of one problem, of which several may go on; written by a release, which is about all of them.
    switching: Arc<RwLock<()>>,
}

struct Board {
    cells: HashMap<ProblemId, Cell>,
    /// Figures and evidence count from here.
    since: Moment,
}

#[derive(Clone)]
struct Cell {
    state: ProblemState,
    /// The state that a switch under way leads to.
    to: Option<ProblemState>,
    switched_at: Moment,
    observed: Option<Observed>,
    /// Where the trace that was observed last stands in the order of arrival.
    newest: u64,
    /// Traces that were counted as evidence.
    counted: BTreeSet<String>,
}

impl Problems {
    /// Everything off, or, for what a database remembers, as it says.
    pub fn new(knobs: Knobs, release: watch::Receiver<String>) -> Self {
        let now = knobs.moments.now();
        let cell = |id| {
            let on = id == ProblemId::MissingIndex && knobs.missing_index.is_on();
            let cell = Cell {
                state: if on { ProblemState::On } else { ProblemState::Off },
                to: None,
                switched_at: now,
                observed: None,
                newest: 0,
                counted: BTreeSet::new(),
            };
            (id, cell)
        };
        let board = Board {
            cells: ProblemId::ALL.into_iter().map(cell).collect(),
            since: now,
        };
        let problems = Self {
            shared: Arc::new(Shared {
                knobs,
                release,
                board: Mutex::new(board),
                switching: Arc::default(),
            }),
        };
        problems.tag(&problems.board());
        problems
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.shared.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When this session's figures begin.
    #[must_use]
    pub fn since(&self) -> UnixMillis {
        self.board().since.at()
    }

    /// Number of the last envelope before this session's figures: [`Collector::traces_after`] takes it.
    #[must_use]
    pub fn captured_before(&self) -> u64 {
        self.board().since.captured()
    }

    /// Where a problem stands.
    #[must_use]
    pub fn state(&self, id: ProblemId) -> ProblemState {
        self.board()
            .cells
            .get(&id)
            .map_or(ProblemState::Off, |cell| cell.state)
    }

    /// Where all of them stand.
    #[must_use]
    pub fn states(&self) -> States {
        let board = self.board();
        board.cells.iter().map(|(id, cell)| (*id, cell.state)).collect()
    }

    /// What the page shows.
    #[must_use]
    pub fn view(&self) -> View {
        let knobs = &self.shared.knobs;
        let building = knobs.missing_index.progress();
        let board = self.board();
        let problem = |id: ProblemId| {
            let cell = board.cells.get(&id)?;
            let progress = building.as_ref().filter(|_| id == ProblemId::MissingIndex);
            let switching = cell.to.map(|to| Switching {
                to,
                done: progress.map_or(0, |progress| progress.done),
                total: progress.map_or(0, |progress| progress.total),
            });
            Some(ProblemView {
                id,
                service: id.service().to_owned(),
                state: cell.state,
                switching,
                switched_at: cell.switched_at.at(),
                switched_ms_ago: cell.switched_at.elapsed_ms(),
                observed: cell.observed.clone(),
            })
        };
        View {
            release: self.shared.release.borrow().clone(),
            releases: RELEASES.iter().map(release_view).collect(),
            problems: ProblemId::ALL.into_iter().filter_map(problem).collect(),
            armed_failures: knobs.provider.armed(),
            ready: knobs.seeding.is_complete(),
        }
    }

    /// Switches one problem. The next spin meets it.
    ///
    /// # Errors
    /// [`SwitchError`]; the problem is then as it was.
    pub async fn switch(&self, id: ProblemId, to: ProblemState) -> Result<(), SwitchError> {
        let from = self.state(id);
        if from == ProblemState::Off && to == ProblemState::Fixed {
            return Err(SwitchError::NothingToFix(id.as_str()));
        }
        if from == to {
            // While it is being switched it is neither.
            return Err(match self.board().cells.get(&id).and_then(|cell| cell.to) {
                Some(_) => SwitchError::UnderWay(id.as_str()),
                None => SwitchError::Unchanged(id.as_str(), to.as_str()),
            });
        }
        let switching = Arc::clone(&self.shared.switching).try_read_owned();
        let switching = switching.map_err(|_| SwitchError::UnderWay(THE_RELEASE))?;
        self.bring(id, to, switching).await
    }

    /// Brings every problem to its state, those that are there already included in the success.
    ///
    /// # Errors
    /// The first [`SwitchError`]; what was brought before it stays.
    pub async fn bring_all(&self, states: &States) -> Result<(), SwitchError> {
        for id in ProblemId::ALL {
            if let Some(to) = states.get(&id)
                && self.state(id) != *to
            {
                self.bring(id, *to, ()).await?;
            }
        }
        Ok(())
    }

    /// On a task of its own, so that nobody who goes away leaves it half done. Keeps `held` until its end.
    async fn bring(
        &self,
        id: ProblemId,
        to: ProblemState,
        held: impl Send + 'static,
    ) -> Result<(), SwitchError> {
        let now = self.shared.knobs.moments.now();
        let before = {
            let mut board = self.board();
            let Some(cell) = board.cells.get_mut(&id) else {
                return Ok(());
            };
            if cell.to.is_some() {
                return Err(SwitchError::UnderWay(id.as_str()));
            }
            let before = cell.clone();
            cell.to = Some(to);
            if to == ProblemState::On {
                // It begins to hurt before it is whole: an index that is being dropped is used no more. What is spun
                // meanwhile is no spin with the fix.
                cell.stand(to, now);
                self.tag(&board);
            }
            before
        };
        let problems = self.clone();
        let task = tokio::spawn(async move {
            let turned = problems.turn(id, to).await;
            let now = problems.shared.knobs.moments.now();
            let mut board = problems.board();
            if let Some(cell) = board.cells.get_mut(&id) {
                match &turned {
                    Ok(()) if to == ProblemState::On => {}
                    Ok(()) => cell.stand(to, now),
                    Err(_) => *cell = before,
                }
                cell.to = None;
            }
            problems.tag(&board);
            drop((board, held));
            turned
        });
        let failed = || SwitchError::Failed(id.as_str(), "its service met a defect".to_owned());
        task.await.unwrap_or_else(|_| Err(failed()))
    }

    /// Turns the knob of a problem.
    async fn turn(&self, id: ProblemId, to: ProblemState) -> Result<(), SwitchError> {
        let knobs = &self.shared.knobs;
        let hurts = to == ProblemState::On;
        match id {
            ProblemId::MissingIndex => {
                let index = &knobs.missing_index;
                if index.is_on() == hurts {
                    return Ok(());
                }
                let switched = if hurts {
                    index.switch_on().await
                } else {
                    index.switch_off().await
                };
                switched.map_err(|error| match error {
                    users::UserError::Busy => SwitchError::UnderWay(id.as_str()),
                    users::UserError::Seeding(_) => SwitchError::NotReady,
                    error => SwitchError::Failed(id.as_str(), error.to_string()),
                })?;
            }
            ProblemId::SlowRng => knobs.slow_rng.switch(hurts).await,
            ProblemId::SlowProvider => {
                knobs.payments.set_settling(if to == ProblemState::Fixed {
                    payments::Settling::InBackground
                } else {
                    payments::Settling::WhilePlayerWaits
                });
                let latency_ms = if to == ProblemState::Off {
                    provider::Behaviour::healthy().latency_ms
                } else {
                    provider::SLOW_MS
                };
                knobs
                    .provider
                    .change(|behaviour| behaviour.latency_ms = latency_ms);
            }
            ProblemId::PaymentErrors => {
                knobs.payments.set_retrying(if to == ProblemState::Fixed {
                    payments::Retrying::WithBackoff
                } else {
                    payments::Retrying::Never
                });
                knobs.provider.change(|behaviour| {
                    behaviour.failure = provider::Failure::AcquirerTimeout;
                    behaviour.failures_in_ten = u8::from(to != ProblemState::Off);
                });
            }
        }
        Ok(())
    }

    /// Whether the game pays by the wrong paytable.
    pub fn put_paytable(&self, wrong: bool) {
        self.shared.knobs.paytable.put(if wrong {
            game::InForce::Wrong
        } else {
            game::InForce::Certified
        });
    }

    /// No payment fails on cue any more.
    pub fn disarm(&self) {
        self.shared.knobs.provider.fail_next(0);
    }

    /// The next payment fails; after it as many more as were to fail already.
    pub fn fire(&self) {
        self.shared.knobs.provider.fail_one_more();
    }

    /// Says what is in force on every envelope from the next request on.
    fn tag(&self, board: &Board) {
        let names = |wanted| {
            let of = ProblemId::ALL
                .into_iter()
                .filter(|id| board.cells.get(id).is_some_and(|cell| cell.state == wanted));
            let names: Vec<_> = of.map(ProblemId::as_str).collect();
            (!names.is_empty()).then(|| names.join(","))
        };
        let (on, fixed) = (names(ProblemState::On), names(ProblemState::Fixed));
        for service in &self.shared.knobs.services {
            service.tag("problems", on.as_deref());
            service.tag("problems.fixed", fixed.as_deref());
        }
    }

    /// Begins to put a release of the dial in force. Until what is returned is dropped nothing else is switched.
    ///
    /// # Errors
    /// [`SwitchError`]; nothing was changed.
    pub fn begin(&self, version: &str) -> Result<ReleaseSwitch, SwitchError> {
        let release = RELEASES.iter().find(|release| release.version == version);
        let release = release.ok_or_else(|| SwitchError::NoSuchRelease(version.to_owned()))?;
        let switching = Arc::clone(&self.shared.switching).try_write_owned();
        let board = self.board();
        let under_way = board.cells.iter().find(|(_, cell)| cell.to.is_some());
        if let Some((id, _)) = under_way {
            return Err(SwitchError::UnderWay(id.as_str()));
        }
        let switching = switching.map_err(|_| SwitchError::UnderWay(THE_RELEASE))?;
        let missing =
            board.cells.get(&ProblemId::MissingIndex).map(|cell| cell.state) == Some(ProblemState::On);
        let switches_index = missing != release.problems.contains(&ProblemId::MissingIndex);
        if switches_index && !self.shared.knobs.seeding.is_complete() {
            return Err(SwitchError::NotReady);
        }
        drop(board);
        Ok(ReleaseSwitch {
            problems: self.clone(),
            release,
            switching,
        })
    }

    /// Everything is measured anew from now on.
    pub fn begin_session(&self) {
        let mut board = self.board();
        board.since = self.shared.knobs.moments.now();
        for cell in board.cells.values_mut() {
            cell.observed = None;
            cell.counted.clear();
        }
    }

    /// Looks for evidence in what was recorded, for as long as the stack runs.
    pub async fn watch(self, collector: Collector) {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.look(&collector).await;
        }
    }

    async fn look(&self, collector: &Collector) {
        let earliest = {
            let board = self.board();
            let on = board.cells.values().filter(|cell| cell.state == ProblemState::On);
            on.map(|cell| cell.switched_at.max(board.since).captured()).min()
        };
        let Some(earliest) = earliest else { return };
        let now = micros(now());
        let mut read = 0;
        for line in collector.traces_after(earliest, LOOK_AT_MOST).await {
            if (line.start_us - now).abs() > micros(LOOK_BACK_MS) {
                continue;
            }
            let wanted = self.wanted(&line);
            for id in &wanted {
                self.note(*id, &line, evidence_of_line(*id, &line));
            }
            // Under load the newest are evidence enough.
            if read == READ_AT_MOST || !wanted.iter().any(|id| in_spans(*id)) {
                continue;
            }
            read += 1;
            if let Ok(Some(detail)) = collector.trace(&line.trace_id).await {
                for id in wanted {
                    self.note(id, &line, evidence(id, &detail));
                }
            }
        }
    }

    /// Problems that hurt while this trace was made, and that it has not shown yet.
    fn wanted(&self, line: &TraceSummary) -> Vec<ProblemId> {
        let board = self.board();
        let in_question = |id: &ProblemId| {
            board.cells.get(id).is_some_and(|cell| {
                cell.state == ProblemState::On
                    && cell.switched_at.max(board.since).is_before(line)
                    && !cell.counted.contains(&line.trace_id)
            })
        };
        ProblemId::ALL.into_iter().filter(in_question).collect()
    }

    fn note(&self, id: ProblemId, line: &TraceSummary, evidence: Option<Evidence>) {
        if let (Some(evidence), Some(cell)) = (evidence, self.board().cells.get_mut(&id)) {
            cell.note(line, evidence);
        }
    }
}

const THE_RELEASE: &str = "the release";

/// A release that is about to be put in force.
pub struct ReleaseSwitch {
    problems: Problems,
    release: &'static Release,
    switching: OwnedRwLockWriteGuard<()>,
}

impl ReleaseSwitch {
    /// Puts it in force: its problems, its paytable, and `announce`, which tells it to whoever names it. All of it or, as far as
    /// the services let it be undone, nothing; whoever asked may go away.
    ///
    /// # Errors
    /// The problem of what could not be done.
    pub async fn apply(
        self,
        announce: impl Future<Output = Result<(), Problem>> + Send + 'static,
    ) -> Result<(), Problem> {
        let Self {
            problems,
            release,
            switching,
        } = self;
        let task = tokio::spawn(async move {
            let paytable = &problems.shared.knobs.paytable;
            let (states, paid_by) = (problems.states(), paytable.get());
            let put = async {
                problems.bring_all(&release.states()).await?;
                problems.put_paytable(release.wrong_paytable);
                announce.await
            };
            let put: Result<(), Problem> = put.await;
            if put.is_err() {
                paytable.put(paid_by);
                if let Err(refusal) = problems.bring_all(&states).await {
                    tracing::error!(%refusal, "problems could not be brought back to where they stood");
                }
            }
            drop(switching);
            put
        });
        let defect = || Problem::new(Code::Internal, "The release could not be put in force.");
        task.await.unwrap_or_else(|_| Err(defect()))
    }
}

/// Between two looks for evidence.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// A trace is looked at again while its envelopes may still come.
const LOOK_BACK_MS: i64 = 15_000;
/// Traces whose line is looked at in one look.
const LOOK_AT_MOST: usize = 1_000;
/// Traces that are read in one look.
const READ_AT_MOST: usize = 20;

/// What shows a problem in a trace: milliseconds of a span, or an issue without any.
struct Evidence(Option<f64>);

impl Cell {
    /// Stands there from now on; nothing has been seen of it yet.
    fn stand(&mut self, state: ProblemState, now: Moment) {
        self.state = state;
        self.switched_at = now;
        self.observed = None;
        self.newest = 0;
        self.counted.clear();
    }

    fn note(&mut self, summary: &TraceSummary, Evidence(ms): Evidence) {
        self.counted.insert(summary.trace_id.clone());
        if self.newest <= summary.first_envelope {
            self.newest = summary.first_envelope;
            self.observed = Some(Observed {
                count: 0,
                trace_id: summary.trace_id.clone(),
                at: summary.start_us / 1_000,
                ms,
            });
        }
        if let Some(observed) = &mut self.observed {
            observed.count = self.counted.len() as u64;
        }
    }
}

/// Shorter than this nobody would call the generator slow.
const SLOW_RNG_MS: f64 = 50.0;
/// Shorter than this nobody would call the provider slow.
const SLOW_PROVIDER_MS: f64 = 1_000.0;

/// Whether a problem shows in spans, which have to be read, or in the line of a trace.
const fn in_spans(id: ProblemId) -> bool {
    !matches!(id, ProblemId::PaymentErrors)
}

/// The evidence of a problem in the line of a trace.
fn evidence_of_line(id: ProblemId, line: &TraceSummary) -> Option<Evidence> {
    let failed = |share: &ServiceShare| share.service == "payment-service" && share.errors > 0;
    // A provider that is down, or a spike, fails payments too.
    let of_a_fault = line.faults.iter().any(|fault| fault != RTP_ANOMALY);
    (!in_spans(id) && !of_a_fault && line.services.iter().any(failed)).then_some(Evidence(None))
}

/// The evidence of a problem in the spans of a trace, by what a reader of the trace would point at.
fn evidence(id: ProblemId, trace: &TraceDetail) -> Option<Evidence> {
    let longest = |shows: &dyn Fn(&Span) -> bool| {
        let spans = trace.spans.iter().filter(|span| shows(span));
        spans.map(milliseconds).max_by(f64::total_cmp)
    };
    let is = |span: &Span, name: &str, wanted: &serde_json::Value| span.data.get(name) == Some(wanted);
    match id {
        ProblemId::MissingIndex => longest(&|span| {
            span.service == "user-service"
                && span.op == "db.query"
                && is(span, "db.index_used", &false.into())
        })
        .map(|ms| Evidence(Some(ms))),
        ProblemId::SlowRng => longest(&|span| span.op == "game.rng")
            .filter(|ms| *ms >= SLOW_RNG_MS)
            .map(|ms| Evidence(Some(ms))),
        ProblemId::SlowProvider => longest(&|span| span.description == PROVIDER_SPAN)
            .filter(|ms| *ms >= SLOW_PROVIDER_MS)
            .map(|ms| Evidence(Some(ms))),
        ProblemId::PaymentErrors => {
            let failed = trace
                .errors
                .iter()
                .any(|error| error.service == "payment-service");
            failed.then_some(Evidence(None))
        }
    }
}

const PROVIDER_SPAN: &str = "External payment provider API";

#[allow(clippy::cast_precision_loss)] // a span is shorter than 2^53 microseconds
fn milliseconds(span: &Span) -> f64 {
    (span.end_us - span.start_us) as f64 / 1e3
}

fn release_view(release: &Release) -> ReleaseView {
    ReleaseView {
        version: release.version.to_owned(),
        problems: release.problems.to_vec(),
        wrong_paytable: release.wrong_paytable,
    }
}
