//! The second group of faults: which there are, where each stands, and how it is switched or fired while everything
//! runs.
//!
//! As with the problems, each is a cause behind one knob in its own service, and this is where the knobs come together.
//! Where a fault stands is read from its knob, because others turn some of them too: the release dial has a wrong
//! paytable of its own. What is on is the tag `faults` on every envelope.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reelscope_api_gateway as gateway;
use reelscope_collector::Collector;
use reelscope_contracts::faults::{FaultId, FaultKind, FaultView, Faults as View};
use reelscope_contracts::problems::ProblemState;
use reelscope_contracts::telemetry::{Span, TraceDetail, TraceSummary};
use reelscope_game_engine as game;
use reelscope_payment_provider as provider;
use reelscope_payment_service as payments;
use reelscope_telemetry::Service;
use reelscope_user_service::sessions::SessionsInForce;

use crate::moment::{Moment, Moments};
use crate::problems::SwitchError;
use crate::restartable_server::RestartableServer;
use crate::spins::SPIN;
use crate::traffic::surge::{LOG_IN, Surge};

/// The knobs of the services, as the stack was started with them.
pub struct FaultKnobs {
    /// How the external provider behaves.
    pub provider: provider::State,
    /// The provider's server, which can be stopped.
    pub provider_server: RestartableServer,
    /// Those of the payment-service.
    pub payments: payments::Knobs,
    /// Which paytable the game-engine pays by.
    pub paytable: game::PaytableInForce,
    /// Those of the gateway.
    pub gateway: gateway::Knobs,
    /// Ends sessions before their time.
    pub sessions: SessionsInForce,
    /// Tagged with what is on.
    pub services: Vec<Service>,
    /// Tells before from after.
    pub moments: Moments,
}

/// All faults; clones share them.
#[derive(Clone)]
pub struct Faults {
    shared: Arc<Shared>,
}

struct Shared {
    knobs: FaultKnobs,
    cells: Mutex<HashMap<FaultId, Cell>>,
    /// Held while a switch is turned, so that the second of two that come together sees what the first has done.
    switching: tokio::sync::Mutex<()>,
    surge: Surge,
}

#[derive(Clone)]
struct Cell {
    /// Where it was last seen: when it stands elsewhere now, somebody else has turned the knob.
    seen: ProblemState,
    /// Our code copes with it.
    fixed: bool,
    fired: u64,
    /// Traces count from here.
    since: Moment,
    /// The last trace to arrive that shows it, and where it stands in that order.
    last: Option<(u64, String)>,
}

impl Faults {
    /// As the knobs stand.
    pub fn new(knobs: FaultKnobs, surge: Surge) -> Self {
        let cell = Cell {
            seen: ProblemState::Off,
            fixed: false,
            fired: 0,
            since: knobs.moments.now(),
            last: None,
        };
        let faults = Self {
            shared: Arc::new(Shared {
                knobs,
                cells: Mutex::new(FaultId::ALL.into_iter().map(|id| (id, cell.clone())).collect()),
                switching: tokio::sync::Mutex::default(),
                surge,
            }),
        };
        faults.see();
        faults
    }

    fn cells(&self) -> MutexGuard<'_, HashMap<FaultId, Cell>> {
        self.shared.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a switch stands, as its knob says; what is fired is always off.
    #[must_use]
    pub fn state(&self, id: FaultId) -> ProblemState {
        if self.is_on(id) {
            ProblemState::On
        } else if self.cells().get(&id).is_some_and(|cell| cell.fixed) {
            ProblemState::Fixed
        } else {
            ProblemState::Off
        }
    }

    fn is_on(&self, id: FaultId) -> bool {
        let knobs = &self.shared.knobs;
        match id {
            FaultId::ProviderSpike => knobs.provider.behaviour().spike,
            FaultId::RtpAnomaly => knobs.paytable.get() == game::InForce::Wrong,
            FaultId::ProviderDown => knobs.provider_server.is_stopped(),
            FaultId::NPlusOne => knobs.gateway.looks_rounds_up_singly(),
            FaultId::SlowReport => knobs.payments.reporting() == payments::Reporting::ReadingAllBets,
            FaultId::MemoryLeak => knobs.gateway.answers().keeps_all(),
            FaultId::GatewayPanic | FaultId::ExpiredToken | FaultId::SessionSurge => false,
        }
    }

    /// Switches one. The next request meets it.
    ///
    /// # Errors
    /// [`SwitchError`]; the fault is then as it was.
    pub async fn switch(&self, id: FaultId, to: ProblemState) -> Result<(), SwitchError> {
        if id.kind() == FaultKind::Fire {
            return Err(SwitchError::NotSwitched(id.as_str()));
        }
        if to == ProblemState::Fixed && !id.has_fix() {
            return Err(SwitchError::NoFix(id.as_str()));
        }
        let _switching = self.shared.switching.lock().await;
        let from = self.state(id);
        if from == to {
            return Err(SwitchError::Unchanged(id.as_str(), to.as_str()));
        }
        if from == ProblemState::Off && to == ProblemState::Fixed {
            return Err(SwitchError::NothingToFix(id.as_str()));
        }
        self.turn(id, to).await
    }

    /// Switches everything off that is not; what was fired and has not happened yet will not.
    ///
    /// # Errors
    /// The first [`SwitchError`]; what was switched off before it stays off.
    pub async fn all_off(&self) -> Result<(), SwitchError> {
        let _switching = self.shared.switching.lock().await;
        self.shared.knobs.gateway.disarm();
        for id in FaultId::ALL {
            if self.state(id) != ProblemState::Off {
                self.turn(id, ProblemState::Off).await?;
            }
        }
        Ok(())
    }

    /// Nothing has been fired, and nothing is seen yet; a surge that goes on ends.
    pub fn begin_session(&self) {
        self.shared.surge.end();
        for cell in self.cells().values_mut() {
            cell.fired = 0;
            cell.since = self.shared.knobs.moments.now();
            cell.last = None;
        }
    }

    async fn turn(&self, id: FaultId, to: ProblemState) -> Result<(), SwitchError> {
        let knobs = &self.shared.knobs;
        let on = to == ProblemState::On;
        match id {
            FaultId::ProviderSpike => knobs.provider.change(|behaviour| behaviour.spike = on),
            FaultId::RtpAnomaly => knobs.paytable.put(if on {
                game::InForce::Wrong
            } else {
                game::InForce::Certified
            }),
            FaultId::ProviderDown => {
                let moved = knobs.provider_server.set_running(!on).await;
                moved.map_err(|reason| SwitchError::Failed(id.as_str(), reason))?;
            }
            FaultId::NPlusOne => knobs.gateway.look_rounds_up_singly(on),
            FaultId::SlowReport => knobs.payments.set_reporting(if on {
                payments::Reporting::ReadingAllBets
            } else {
                payments::Reporting::FromTotals
            }),
            FaultId::MemoryLeak => knobs.gateway.answers().keep_all(on),
            FaultId::GatewayPanic | FaultId::ExpiredToken | FaultId::SessionSurge => {
                return Err(SwitchError::NotSwitched(id.as_str()));
            }
        }
        if let Some(cell) = self.cells().get_mut(&id) {
            cell.fixed = to == ProblemState::Fixed;
        }
        self.see();
        Ok(())
    }

    /// Lets one happen once.
    ///
    /// # Errors
    /// [`SwitchError::NotFired`]; [`SwitchError::UnderWay`] while a surge goes on.
    pub fn fire(&self, id: FaultId) -> Result<(), SwitchError> {
        // Before it can have happened.
        let since = self.shared.knobs.moments.now();
        match id {
            FaultId::GatewayPanic => self.shared.knobs.gateway.panic_once(),
            FaultId::ExpiredToken => self.shared.knobs.sessions.end_all(),
            FaultId::SessionSurge => {
                if !self.shared.surge.begin() {
                    return Err(SwitchError::UnderWay(id.as_str()));
                }
            }
            _ => return Err(SwitchError::NotFired(id.as_str())),
        }
        if let Some(cell) = self.cells().get_mut(&id) {
            cell.fired += 1;
            cell.since = since;
            cell.last = None;
        }
        Ok(())
    }

    /// Takes notice of what was switched here or elsewhere, and says what is on, on every envelope from the next request
    /// on.
    fn see(&self) {
        let states = FaultId::ALL.map(|id| (id, self.state(id)));
        let mut cells = self.cells();
        for (id, state) in states {
            if let Some(cell) = cells.get_mut(&id)
                && cell.seen != state
            {
                cell.seen = state;
                cell.since = self.shared.knobs.moments.now();
                cell.last = None;
            }
        }
        let on = states.iter().filter(|(_, state)| *state == ProblemState::On);
        let on: Vec<_> = on.map(|(id, _)| id.as_str()).collect();
        let on = (!on.is_empty()).then(|| on.join(","));
        for service in &self.shared.knobs.services {
            service.tag("faults", on.as_deref());
        }
    }

    /// What the page shows.
    pub async fn view(&self, collector: &Collector) -> View {
        self.see();
        self.look(collector).await;
        let cells = self.cells().clone();
        let fault = |id: FaultId| {
            let cell = cells.get(&id)?;
            let switched = id.kind() == FaultKind::Switch;
            Some(FaultView {
                id,
                service: id.service().to_owned(),
                kind: id.kind(),
                fixable: id.has_fix(),
                state: switched.then_some(cell.seen),
                fired: (!switched).then_some(cell.fired),
                last_trace_id: cell.last.as_ref().map(|(_, trace)| trace.clone()),
            })
        };
        View {
            faults: FaultId::ALL.into_iter().filter_map(fault).collect(),
        }
    }

    /// Looks for traces that show what is on or was fired.
    async fn look(&self, collector: &Collector) {
        // What was fired happens once.
        let in_question =
            |cell: &Cell| cell.seen == ProblemState::On || (cell.fired > 0 && cell.last.is_none());
        let since = self
            .cells()
            .iter()
            .filter(|(_, cell)| in_question(cell))
            .map(|(id, cell)| cell.since.captured().saturating_sub(under_way(*id)))
            .min();
        let Some(since) = since else { return };
        let mut read = 0;
        for line in collector.traces_after(since, LOOK_AT_MOST).await {
            let wanted: Vec<FaultId> = {
                let cells = self.cells();
                let wanted = |id: &FaultId| {
                    cells.get(id).is_some_and(|cell| {
                        in_question(cell)
                            && (under_way(*id) > 0 || cell.since.is_before(&line))
                            && cell.last.as_ref().is_none_or(|(at, _)| *at < line.first_envelope)
                            && may_show(*id, &line)
                    })
                };
                FaultId::ALL.into_iter().filter(wanted).collect()
            };
            if wanted.is_empty() {
                continue;
            }
            // Under load the newest spins are evidence enough; reports and histories come seldom.
            read += usize::from(line.name == SPIN);
            if line.name == SPIN && read > READ_AT_MOST {
                continue;
            }
            let Ok(Some(detail)) = collector.trace(&line.trace_id).await else {
                continue;
            };
            let mut cells = self.cells();
            for id in wanted {
                if let Some(cell) = cells.get_mut(&id)
                    && shows(id, &detail, cell.since.captured())
                {
                    cell.last = Some((line.first_envelope, line.trace_id.clone()));
                }
            }
        }
    }
}

/// Traces whose line is looked at in one look.
const LOOK_AT_MOST: usize = 1_000;
/// Spins that are read in one look.
const READ_AT_MOST: usize = 20;
/// More equal look-ups than this in one request nobody would have written on purpose.
const MANY_LOOK_UPS: u32 = 4;

/// Whether the line of a trace leaves it possible that the trace shows a fault.
fn may_show(id: FaultId, line: &TraceSummary) -> bool {
    let failed = |service: &str| {
        let mut shares = line.services.iter();
        shares.any(|share| share.service == service && share.errors > 0)
    };
    match id {
        FaultId::ProviderSpike | FaultId::ProviderDown => failed("payment-service"),
        FaultId::RtpAnomaly => line
            .measurements
            .get("payout")
            .is_some_and(|payout| payout.value > 0.0),
        FaultId::GatewayPanic => failed("api-gateway"),
        // The history and the report are no spins.
        FaultId::NPlusOne => line.name != SPIN && line.spans > MANY_LOOK_UPS,
        FaultId::SlowReport => line.name != SPIN,
        // A refusal is no error: it is not in the line.
        FaultId::ExpiredToken => true,
        FaultId::MemoryLeak => line.measurements.contains_key("payout"),
        FaultId::SessionSurge => line.name == LOG_IN,
    }
}

/// How many envelopes before a fault those of a request may begin that was under way when it met the fault; 0 for one that
/// only requests meet which begin later.
const fn under_way(id: FaultId) -> u64 {
    match id {
        // Ten seconds of a busy machine.
        FaultId::GatewayPanic => 4_000,
        _ => 0,
    }
}

/// Whether a trace shows a fault that came after envelope `after`, by what its reader would point at.
fn shows(id: FaultId, trace: &TraceDetail, after: u64) -> bool {
    match id {
        // In full in the line.
        FaultId::ProviderSpike | FaultId::RtpAnomaly | FaultId::SessionSurge => may_show(id, &trace.summary),
        FaultId::MemoryLeak => {
            let mut spans = trace.spans.iter();
            spans.any(|span| {
                span.data
                    .get("cache.entries")
                    .is_some_and(|entries| *entries != 0)
            })
        }
        FaultId::ProviderDown => {
            let mut errors = trace.errors.iter();
            errors.any(|error| error.tags.get("provider.code").map(String::as_str) == Some("unreachable"))
        }
        FaultId::NPlusOne => {
            let look_up = |span: &&Span| {
                span.service == "api-gateway"
                    && span.op == "http.client"
                    && span.description.ends_with("/v1/rounds/lookup")
            };
            trace
                .spans
                .iter()
                .filter(look_up)
                .nth(MANY_LOOK_UPS as usize)
                .is_some()
        }
        FaultId::SlowReport => {
            let reads_all = |span: &Span| span.op == "db.query" && span.description == "bets.find({})";
            trace.spans.iter().any(reads_all)
        }
        FaultId::GatewayPanic => {
            let mut errors = trace.errors.iter();
            errors.any(|error| error.service == "api-gateway" && error.kind == "panic" && error.seq > after)
        }
        FaultId::ExpiredToken => {
            let unauthenticated = |span: &Span| {
                span.service == "user-service"
                    && span.transaction
                    && span.data.get("http.response.status_code") == Some(&401.into())
            };
            trace.spans.iter().any(unauthenticated)
        }
    }
}
