//! The faults of the demo: which there are, where each stands, and how it is switched while everything runs.
//!
//! Every fault is a cause in its own service, behind one knob there. [`table`] has one row for each, [`knobs`] turns what
//! the row is about, `evidence` finds it in traces, [`dial`] has the releases; this file is the state of all of them. What
//! is in force is a tag on every envelope: `problems` for the problems of the story that hurt, `problems.fixed` for those
//! that are coped with, `faults` for the others.

pub mod arguments;
pub mod dial;
mod evidence;
pub mod knobs;
pub mod table;
pub mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use reelscope_collector::Collector;
use reelscope_contracts::telemetry::{Micros, TraceSummary};
use reelscope_contracts::{UnixMillis, now};
use tokio::sync::{RwLock, watch};

use crate::figures::micros;
use crate::moment::Moment;
use crate::spins::SPIN;
use dial::RELEASES;
use evidence::{Evidence, Line};
use knobs::Knobs;
use table::{FaultId, FaultState, Group, STORY, StoryStates};
use wire::{FaultBoard, FaultView, GroupName, Observed, Switching};

/// Where each of some faults is to stand, or stands.
pub type States = BTreeMap<FaultId, FaultState>;

/// Between two looks for evidence.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// A trace is looked at again while its envelopes may still come, in milliseconds.
const LOOK_BACK_MS: i64 = 15_000;
/// Traces whose line is looked at in one look.
const LOOK_AT_MOST: usize = 1_000;
/// Spins that are read in one look, and as many other traces: under load the newest are evidence enough.
const READ_AT_MOST: usize = 20;
/// What a refusal calls a release that is being put in force.
const THE_RELEASE: &str = "the release";

/// Why a fault was not switched or triggered.
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

/// All faults; clones share them.
#[derive(Clone)]
pub struct Faults {
    shared: Arc<Shared>,
}

struct Shared {
    knobs: Knobs,
    /// Release that envelopes say now, whoever set it.
    release: watch::Receiver<String>,
    board: Mutex<Board>,
    /// Read by a switch of one fault, of which several may go on; written by a release, which is about many of them.
    switching: Arc<RwLock<()>>,
}

struct Board {
    cells: BTreeMap<FaultId, Cell>,
    /// Figures and evidence count from here.
    since: Moment,
}

#[derive(Clone)]
struct Cell {
    state: FaultState,
    /// The state that a switch under way leads to.
    to: Option<FaultState>,
    /// When it came to this state.
    switched: Moment,
    /// Evidence counts from here: since it came to this state, or was triggered last.
    since: Moment,
    /// How often it was triggered in this session.
    fired: u64,
    /// It was triggered, and no trace has shown it yet.
    is_awaited: bool,
    observed: Option<Observed>,
    /// Where the trace that was observed last stands in the order of arrival.
    newest: u64,
    /// Traces that were counted as evidence and may be looked at again, each with its start.
    counted: BTreeMap<String, Micros>,
}

impl Cell {
    fn new(state: FaultState, now: Moment) -> Self {
        Self {
            state,
            to: None,
            switched: now,
            since: now,
            fired: 0,
            is_awaited: false,
            observed: None,
            newest: 0,
            counted: BTreeMap::new(),
        }
    }

    /// Stands there from now on.
    fn stand(&mut self, state: FaultState, now: Moment) {
        self.state = state;
        self.switched = now;
        self.is_awaited = false;
        self.begin(now);
    }

    /// Nothing has been seen of it yet.
    fn begin(&mut self, now: Moment) {
        self.since = now;
        self.observed = None;
        self.newest = 0;
        self.counted.clear();
    }

    /// Whether evidence is looked for: while it hurts, and once after it was triggered.
    fn is_in_question(&self) -> bool {
        self.state == FaultState::On || self.is_awaited
    }

    fn note(&mut self, line: &TraceSummary, Evidence { ms }: Evidence) {
        self.is_awaited = false;
        self.counted.insert(line.trace_id.clone(), line.start_us);
        let count = self.observed.as_ref().map_or(0, |observed| observed.count);
        if self.newest <= line.first_envelope {
            self.newest = line.first_envelope;
            self.observed = Some(Observed {
                count,
                trace_id: line.trace_id.clone(),
                at: line.start_us / 1_000,
                ms,
            });
        }
        if let Some(observed) = &mut self.observed {
            observed.count += 1;
        }
    }
}

impl Faults {
    /// Everything off, or, for what a database remembers, as it says.
    pub fn new(knobs: Knobs, release: watch::Receiver<String>) -> Self {
        let now = knobs.moments.now();
        let cell = |id: &FaultId| (*id, Cell::new(knobs.at_start(*id), now));
        let board = Board {
            cells: FaultId::ALL.iter().map(cell).collect(),
            since: now,
        };
        let faults = Self {
            shared: Arc::new(Shared {
                knobs,
                release,
                board: Mutex::new(board),
                switching: Arc::default(),
            }),
        };
        faults.tag(&faults.board());
        faults
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.shared.board.lock()
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

    /// Where a fault stands; what is only triggered is always off.
    #[must_use]
    pub fn state(&self, id: FaultId) -> FaultState {
        let board = self.board();
        board.cells.get(&id).map_or(FaultState::Off, |cell| cell.state)
    }

    /// Where all of them stand.
    #[must_use]
    pub fn states(&self) -> States {
        let board = self.board();
        board.cells.iter().map(|(id, cell)| (*id, cell.state)).collect()
    }

    /// Where the problems of the story stand.
    #[must_use]
    pub fn story_states(&self) -> StoryStates {
        let states = self.states();
        STORY.map(|id| states.get(&id).copied().unwrap_or(FaultState::Off))
    }

    /// One that is being switched.
    fn under_way(&self) -> Option<FaultId> {
        let board = self.board();
        let mut cells = board.cells.iter();
        cells.find(|(_, cell)| cell.to.is_some()).map(|(id, _)| *id)
    }

    /// What the page shows.
    #[must_use]
    pub fn view(&self) -> FaultBoard {
        let knobs = &self.shared.knobs;
        let building = knobs.users.missing_index().progress();
        let board = self.board();
        let fault = |(id, cell): (&FaultId, &Cell)| {
            let row = id.row();
            let progress = building.as_ref().filter(|_| *id == FaultId::MissingIndex);
            let switching = cell.to.map(|to| Switching {
                to,
                done: progress.map_or(0, |progress| progress.done),
                total: progress.map_or(0, |progress| progress.total),
            });
            FaultView {
                id: *id,
                group: match row.group {
                    Group::Story(_) => GroupName::Story,
                    Group::Extra => GroupName::Extra,
                },
                service: row.service.to_owned(),
                how: row.how,
                fixable: row.fix.is_some(),
                state: cell.state,
                switching,
                switched_at: cell.switched.at(),
                switched_ms_ago: cell.switched.elapsed_ms(),
                fired: cell.fired,
                observed: cell.observed.clone(),
            }
        };
        FaultBoard {
            release: self.shared.release.borrow().clone(),
            releases: RELEASES.iter().map(dial::Release::view).collect(),
            faults: board.cells.iter().map(fault).collect(),
            armed_failures: knobs.provider.armed(),
            ready: knobs.seeding.is_complete(),
        }
    }

    /// Switches one fault. The next request meets it.
    ///
    /// # Errors
    /// [`SwitchError`]; the fault is then as it was.
    pub async fn switch(&self, id: FaultId, to: FaultState) -> Result<(), SwitchError> {
        let (row, from) = (id.row(), self.state(id));
        if !row.how.is_switched() {
            return Err(SwitchError::NotSwitched(id.as_str()));
        }
        if to == FaultState::Fixed && row.fix.is_none() {
            return Err(SwitchError::NoFix(id.as_str()));
        }
        if from == FaultState::Off && to == FaultState::Fixed {
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

    /// Brings faults to their states, those that are there already included in the success.
    ///
    /// # Errors
    /// The first [`SwitchError`]; what was brought before it stays.
    pub async fn bring_all(&self, states: &States) -> Result<(), SwitchError> {
        for (id, to) in states {
            if self.state(*id) != *to {
                self.bring(*id, *to, ()).await?;
            }
        }
        Ok(())
    }

    /// On a task of its own, so that nobody who goes away leaves it half done. Keeps `held` until its end.
    async fn bring(&self, id: FaultId, to: FaultState, held: impl Send + 'static) -> Result<(), SwitchError> {
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
            if to == FaultState::On {
                // Marked as on before it is on in full: queries stop using an index as soon as it is being dropped.
                cell.stand(to, now);
                self.tag(&board);
            }
            before
        };
        let faults = self.clone();
        let task = tokio::spawn(async move {
            let turned = faults.shared.knobs.turn(id, to).await;
            let now = faults.shared.knobs.moments.now();
            let mut board = faults.board();
            if let Some(cell) = board.cells.get_mut(&id) {
                match &turned {
                    Ok(()) if to == FaultState::On => {}
                    Ok(()) => cell.stand(to, now),
                    Err(_) => *cell = before,
                }
                cell.to = None;
            }
            faults.tag(&board);
            drop((board, held));
            turned
        });
        let failed = || SwitchError::Failed(id.as_str(), "its service met a defect".to_owned());
        task.await.unwrap_or_else(|_| Err(failed()))
    }

    /// Lets one happen once.
    ///
    /// # Errors
    /// [`SwitchError::NotFired`]; [`SwitchError::UnderWay`] while a surge goes on.
    pub fn fire(&self, id: FaultId) -> Result<(), SwitchError> {
        // Before it can have happened.
        let now = self.shared.knobs.moments.now();
        self.shared.knobs.fire(id)?;
        if let Some(cell) = self.board().cells.get_mut(&id) {
            cell.fired += 1;
            // What hurts already goes on being counted.
            if cell.state != FaultState::On {
                cell.is_awaited = true;
                cell.begin(now);
            }
        }
        Ok(())
    }

    /// Switches everything off that does not belong to the story; what was triggered and has not happened yet will not.
    ///
    /// # Errors
    /// The first [`SwitchError`]; what was switched off before it stays off.
    pub async fn end_extras(&self) -> Result<(), SwitchError> {
        self.shared.knobs.disarm();
        let extras = FaultId::ALL.iter().filter(|id| !id.is_story());
        self.bring_all(&extras.map(|id| (*id, FaultState::Off)).collect())
            .await
    }

    /// Everything is measured anew from now on, and nothing is armed.
    pub fn begin_session(&self) {
        self.shared.knobs.disarm();
        let now = self.shared.knobs.moments.now();
        let mut board = self.board();
        board.since = now;
        for cell in board.cells.values_mut() {
            cell.fired = 0;
            cell.is_awaited = false;
            cell.observed = None;
            cell.newest = 0;
            cell.counted.clear();
        }
    }

    /// Says what is in force on every envelope from the next request on.
    fn tag(&self, board: &Board) {
        let names = |story: bool, wanted: FaultState| {
            let cells = board.cells.iter();
            let of = cells.filter(|(id, cell)| id.is_story() == story && cell.state == wanted);
            let names: Vec<_> = of.map(|(id, _)| id.as_str()).collect();
            (!names.is_empty()).then(|| names.join(","))
        };
        let problems = names(true, FaultState::On);
        let fixed = names(true, FaultState::Fixed);
        let faults = names(false, FaultState::On);
        for service in &self.shared.knobs.services {
            service.tag("problems", problems.as_deref());
            service.tag("problems.fixed", fixed.as_deref());
            service.tag("faults", faults.as_deref());
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
            let cells = board.cells.iter().filter(|(_, cell)| cell.is_in_question());
            cells
                .map(|(id, cell)| {
                    let since = cell.since.max(board.since).captured();
                    since.saturating_sub(evidence::under_way(*id))
                })
                .min()
        };
        let Some(earliest) = earliest else { return };
        let now = micros(now());
        self.forget_counted_before(now - 2 * micros(LOOK_BACK_MS));
        let (mut spins, mut others) = (0, 0);
        for line in collector.traces_after(earliest, LOOK_AT_MOST).await {
            if (line.start_us - now).abs() > micros(LOOK_BACK_MS) {
                continue;
            }
            let to_read = self.note_by_line(&line);
            let read = if line.name == SPIN {
                &mut spins
            } else {
                &mut others
            };
            if to_read.is_empty() || *read == READ_AT_MOST {
                continue;
            }
            *read += 1;
            let Ok(Some(trace)) = collector.trace(&line.trace_id).await else {
                continue;
            };
            let mut board = self.board();
            for (id, after) in to_read {
                if let (Some(evidence), Some(cell)) =
                    (evidence::in_trace(id, &trace, after), board.cells.get_mut(&id))
                {
                    cell.note(&line, evidence);
                }
            }
        }
    }

    /// Traces that began before are looked at no more.
    fn forget_counted_before(&self, start: Micros) {
        for cell in self.board().cells.values_mut() {
            cell.counted.retain(|_, started| *started >= start);
        }
    }

    /// Notes what the line of a trace shows in full. Returns the faults for which the trace has to be read, each with the
    /// number of the last envelope before it.
    fn note_by_line(&self, line: &TraceSummary) -> Vec<(FaultId, u64)> {
        let mut to_read = Vec::new();
        let mut board = self.board();
        let begun = board.since;
        for (id, cell) in &mut board.cells {
            let since = cell.since.max(begun);
            // Traces of a request that was under way begin before what it met.
            let after = evidence::under_way(*id) > 0 || since.is_before(line);
            if !cell.is_in_question() || !after || cell.counted.contains_key(&line.trace_id) {
                continue;
            }
            match evidence::in_line(*id, line) {
                Line::Nothing => {}
                Line::Shows => cell.note(line, Evidence { ms: None }),
                Line::Read => to_read.push((*id, since.captured())),
            }
        }
        to_read
    }
}
