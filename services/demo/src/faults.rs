//! The faults of the demo: the state of each, and how they are switched while everything runs.
//!
//! A fault is a real cause behind one knob in its own service. [`table`] has a row for each, [`knobs`] turns the
//! knobs, [`surge`] is the cause of the one that needs players, `cell` has the state of one, `ending` turns off those that
//! are on for a time, `search` looks for faults in traces by what `evidence` says of each, and [`dial`] has the releases. Every envelope carries the state as tags:
//! `problems` for the problems of the story that are on, `problems.fixed` for the fixed ones, and `faults` for the other
//! faults that are on.

pub mod arguments;
mod cell;
pub mod dial;
mod ending;
mod evidence;
pub mod knobs;
mod search;
pub mod surge;
pub mod table;
pub mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use reelscope_contracts::UnixMillis;
use reelscope_telemetry::watched;
use tokio::sync::{Notify, RwLock, watch};

use crate::moment::Moment;
use cell::Cell;
use dial::RELEASES;
use knobs::Knobs;
use table::{FaultId, FaultState, Group, STORY, StoryStates};
use wire::{FaultBoard, FaultView, GroupName, Switching};

/// The wanted or the present state of some faults.
pub type States = BTreeMap<FaultId, FaultState>;

/// Name of the release in [`SwitchError::UnderWay`], while one is being put in force.
const THE_RELEASE: &str = "the release";

/// Why a fault was not switched or fired.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SwitchError {
    /// The fault is in this state already.
    #[error("{0} is {1} already; nothing was changed")]
    Unchanged(&'static str, &'static str),
    /// The fault is off, so there is nothing to fix.
    #[error("{0} is off, so there is nothing to fix; switch it on first")]
    NothingToFix(&'static str),
    /// Another switch has not ended.
    #[error("{0} is being switched; wait until it is done")]
    UnderWay(&'static str),
    /// The players are being written, and their index cannot be switched meanwhile.
    #[error("players are still being created; wait until this is done")]
    NotReady,
    /// The dial has no such release.
    #[error("there is no release {0}")]
    NoSuchRelease(String),
    /// The fault has no fix; it can only be on or off.
    #[error("{0} can only be on or off; it has no fix")]
    NoFix(&'static str),
    /// The fault is switched on and off, and cannot be fired.
    #[error("{0} is switched on and off, not triggered")]
    NotFired(&'static str),
    /// The fault is fired, and cannot be switched.
    #[error("{0} is triggered, not switched")]
    NotSwitched(&'static str),
    /// The service could not switch it, for this reason.
    #[error("{0} could not be switched: {1}")]
    Failed(&'static str, String),
}

/// The state of all faults. Clones share it.
#[derive(Clone)]
pub struct Faults {
    shared: Arc<Shared>,
}

struct Shared {
    knobs: Knobs,
    /// The release that envelopes name now; it is set elsewhere.
    release: watch::Receiver<String>,
    board: Mutex<Board>,
    /// Switches of single faults hold it for reading, and several may run at once. A release holds it for writing,
    /// because it switches many.
    switching: Arc<RwLock<()>>,
    /// Notified when a fault was switched on for a time.
    timed: Notify,
}

struct Board {
    cells: BTreeMap<FaultId, Cell>,
    /// Start of the session: figures and evidence count from here.
    since: Moment,
}

impl Faults {
    /// Creates the state with all faults off, except the index of the players, whose state its database remembers.
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
                timed: Notify::new(),
            }),
        };
        faults.tag(&faults.board());
        faults
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.shared.board.lock()
    }

    /// Returns when this session began.
    #[must_use]
    pub fn since(&self) -> UnixMillis {
        self.board().since.at()
    }

    /// Returns the number of the last envelope before this session, for [`Collector::traces_after`](reelscope_collector::Collector::traces_after).
    #[must_use]
    pub fn captured_before(&self) -> u64 {
        self.board().since.captured()
    }

    /// Returns the state of a fault. One that is only fired is always off.
    #[must_use]
    pub fn state(&self, id: FaultId) -> FaultState {
        let board = self.board();
        board.cells.get(&id).map_or(FaultState::Off, |cell| cell.state)
    }

    /// Returns the states of all faults.
    #[must_use]
    pub fn states(&self) -> States {
        let board = self.board();
        board.cells.iter().map(|(id, cell)| (*id, cell.state)).collect()
    }

    /// Returns the states of the problems of the story.
    #[must_use]
    pub fn story_states(&self) -> StoryStates {
        let states = self.states();
        STORY.map(|id| states.get(&id).copied().unwrap_or(FaultState::Off))
    }

    /// Returns a fault that is being switched, if there is one.
    fn under_way(&self) -> Option<FaultId> {
        let board = self.board();
        let mut cells = board.cells.iter();
        cells.find(|(_, cell)| cell.to.is_some()).map(|(id, _)| *id)
    }

    /// Returns what the page shows.
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
                ends_in_ms: cell.ending.map(cell::Ending::in_ms),
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

    /// Switches one fault, so that the next request meets the new state.
    ///
    /// # Errors
    /// [`SwitchError`]; the fault keeps its state.
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
            // During a switch the fault is in neither state.
            return Err(match self.board().cells.get(&id).and_then(|cell| cell.to) {
                Some(_) => SwitchError::UnderWay(id.as_str()),
                None => SwitchError::Unchanged(id.as_str(), to.as_str()),
            });
        }
        let switching = Arc::clone(&self.shared.switching).try_read_owned();
        let switching = switching.map_err(|_| SwitchError::UnderWay(THE_RELEASE))?;
        self.bring(id, to, switching).await
    }

    /// Brings several faults to the given states, one after the other. A fault that is there already counts as
    /// success.
    ///
    /// # Errors
    /// The first [`SwitchError`]; the faults switched before it keep their new states.
    pub async fn bring_all(&self, states: &States) -> Result<(), SwitchError> {
        for (id, to) in states {
            if self.state(*id) != *to {
                self.bring(*id, *to, ()).await?;
            } else if let Some(cell) = self.board().cells.get_mut(id) {
                cell.ending = None;
            }
        }
        Ok(())
    }

    /// Switches a fault on a task of its own, so that a caller that goes away does not leave it half done. Holds
    /// `held` until the end.
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
                // Marked as on before the index is fully dropped, because queries stop using it at once.
                cell.stand(to, now);
                self.tag(&board);
            }
            before
        };
        let faults = self.clone();
        let failed = move || SwitchError::Failed(id.as_str(), "its service met a defect".to_owned());
        let task = tokio::spawn(async move {
            let turned = watched("switch of a fault", faults.shared.knobs.turn(id, to)).await;
            let turned = turned.unwrap_or_else(|_| Err(failed()));
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
        task.await.unwrap_or_else(|_| Err(failed()))
    }

    /// Fires a fault: it happens once.
    ///
    /// # Errors
    /// [`SwitchError::NotFired`], or [`SwitchError::UnderWay`] while a surge runs.
    pub fn fire(&self, id: FaultId) -> Result<(), SwitchError> {
        // Taken before the fault can happen, so that its traces are after it.
        let now = self.shared.knobs.moments.now();
        self.shared.knobs.fire(id)?;
        if let Some(cell) = self.board().cells.get_mut(&id) {
            cell.fired += 1;
            // A fault that is on keeps its evidence.
            if cell.state != FaultState::On {
                cell.is_awaited = true;
                cell.begin(now);
            }
        }
        Ok(())
    }

    /// Switches off all faults beside the story, and disarms fired faults that have not happened yet.
    ///
    /// # Errors
    /// The first [`SwitchError`]; the faults switched off before it stay off.
    pub async fn end_extras(&self) -> Result<(), SwitchError> {
        self.shared.knobs.disarm();
        let extras = FaultId::ALL.iter().filter(|id| !id.is_story());
        self.bring_all(&extras.map(|id| (*id, FaultState::Off)).collect())
            .await
    }

    /// Begins a session: all evidence is discarded, counting begins anew, and fired faults are disarmed.
    pub fn begin_session(&self) {
        self.shared.knobs.disarm();
        let now = self.shared.knobs.moments.now();
        let mut board = self.board();
        board.since = now;
        for cell in board.cells.values_mut() {
            cell.fired = 0;
            cell.is_awaited = false;
            cell.forget();
        }
    }

    /// Writes the state into the tags of all services, for every envelope from the next request on.
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
}
