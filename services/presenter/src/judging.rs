//! Measures what the script claims, and whether a fix brought what it is for. Pure.

use reelscope_demo::faults::dial::{FIRST_RELEASE, RELEASES};
use reelscope_demo::faults::table::{FaultId, FaultState, STORY};
use reelscope_demo::figures::LEAST_SPINS;
use reelscope_demo::wire::{AllProblems, BeforeAfter, ComparedProblem, Figures};

use crate::facts::{Facts, PersonSpin};
use crate::script::{Action, Claim, ClaimedFigure, Unit};
use crate::trace_figures::TraceFigures;
use crate::wire::{ClaimState, ClaimVerdict, FixState, FixVerdict};

/// A fix has to shrink its figure to one part in this many.
const LEAST_GAIN: f64 = 2.0;
/// Number of newest spins whose median is taken, so that a figure follows the machine.
const NEWEST: usize = 9;

/// A measured value with the number of spins behind it, and the number that it needs.
struct Measured {
    value: Option<f64>,
    spins: u64,
    least: u64,
    /// What brings more, or other spins.
    needs: Option<Action>,
}

/// Tells whether a claim is borne out.
pub(crate) fn claim_state(claim: &Claim, facts: &Facts) -> ClaimState {
    let Measured {
        value,
        spins,
        least,
        needs,
    } = measure(claim.figure, facts);
    let verdict = match value {
        Some(value) if spins >= least => {
            if claim.band().holds(value) {
                ClaimVerdict::BorneOut
            } else {
                ClaimVerdict::NotBorneOut
            }
        }
        _ => ClaimVerdict::TooFew,
    };
    ClaimState {
        measured: value,
        unit: claim.figure.unit(),
        spins,
        verdict,
        needs: needs.filter(|_| verdict != ClaimVerdict::BorneOut),
    }
}

// Long because it has a case for each figure.
fn measure(figure: ClaimedFigure, facts: &Facts) -> Measured {
    let all_on = |spin: &PersonSpin| spin.has_all(FaultState::On);
    let has = |spin: &PersonSpin, id| stands(spin, id) == FaultState::On;
    let all = || pair(facts, ComparedProblem::All(AllProblems::All));
    let before = |all: Option<&BeforeAfter>| all.and_then(|pair| pair.before.clone());
    let after = |all: Option<&BeforeAfter>| all.and_then(|pair| pair.after.clone());
    match figure {
        ClaimedFigure::Services => {
            #[allow(clippy::cast_precision_loss)] // at most five
            let services = facts.newest().map(|figures| figures.services as f64);
            Measured {
                value: services,
                spins: u64::from(services.is_some()),
                least: 1,
                needs: Some(Action::Spin(1)),
            }
        }
        ClaimedFigure::SpinMs => of_spins(facts, bring_all(facts), |spin| {
            all_on(spin).then_some(spin.waited_ms)
        }),
        ClaimedFigure::LookUpMs => of_traces(facts, FaultId::MissingIndex, has, |figures| figures.look_up_ms),
        ClaimedFigure::DrawMs => of_traces(facts, FaultId::SlowRng, has, |figures| figures.draw_ms),
        ClaimedFigure::ProviderMs => {
            of_traces(facts, FaultId::SlowProvider, has, |figures| figures.provider_ms)
        }
        ClaimedFigure::ProviderSharePercent => of_spins(facts, bring_all(facts), |spin| {
            let figures = spin.figures.as_ref().filter(|_| all_on(spin))?;
            Some(figures.shares.get("payment-provider").copied().unwrap_or(0.0))
        }),
        ClaimedFigure::FailedSpinsPercent => {
            let pair = pair(facts, ComparedProblem::One(FaultId::PaymentErrors));
            let needs = bring(facts, FaultId::PaymentErrors).unwrap_or(Action::Traffic(true));
            of_figures(before(pair), needs, |figures| figures.error_rate_percent)
        }
        ClaimedFigure::P95BeforeMs => of_figures(before(all()), more_before(facts), |figures| figures.p95_ms),
        ClaimedFigure::P95AfterMs => of_figures(after(all()), more_after(facts), |figures| figures.p95_ms),
        ClaimedFigure::ErrorRateBeforePercent => of_figures(before(all()), more_before(facts), |figures| {
            figures.overall_error_rate_percent
        }),
        ClaimedFigure::ErrorRateAfterPercent => of_figures(after(all()), more_after(facts), |figures| {
            figures.overall_error_rate_percent
        }),
        ClaimedFigure::OverheadCpuMs => of_cost(facts, |cost| cost.cpu_ms),
        // Milliseconds in a second are tenths of a percent of one core.
        ClaimedFigure::OverheadCpuPercent => of_cost(facts, |cost| cost.cpu_ms.map(|ms| ms / 10.0)),
        ClaimedFigure::OverheadMs => of_cost(facts, |cost| Some(cost.p50_ms)),
        ClaimedFigure::BytesPerSpin => of_cost(facts, |cost| Some(cost.bytes_per_spin)),
    }
}

fn of_cost(facts: &Facts, of: fn(crate::facts::TelemetryCost) -> Option<f64>) -> Measured {
    Measured {
        value: facts.cost.and_then(of),
        spins: facts.cost.map_or(0, |cost| cost.spins),
        least: 1,
        needs: Some(Action::MeasureOverhead),
    }
}

fn of_figures(figures: Option<Figures>, needs: Action, of: fn(&Figures) -> f64) -> Measured {
    Measured {
        value: figures.as_ref().map(of),
        spins: figures.map_or(0, |figures| figures.recorded),
        least: LEAST_SPINS,
        needs: Some(needs),
    }
}

/// The median over the newest spins of people that have the value.
fn of_spins(facts: &Facts, bring: Option<Action>, of: impl Fn(&PersonSpin) -> Option<f64>) -> Measured {
    let values = facts.spins.iter().rev().filter_map(of).take(NEWEST).collect();
    let (value, spins) = median(values);
    Measured {
        value,
        spins,
        least: 1,
        needs: Some(bring.unwrap_or(Action::Spin(3))),
    }
}

/// The median of a figure over the newest traces with a problem.
fn of_traces(
    facts: &Facts,
    id: FaultId,
    has: impl Fn(&PersonSpin, FaultId) -> bool,
    of: fn(&TraceFigures) -> f64,
) -> Measured {
    of_spins(facts, bring(facts, id), |spin| {
        spin.figures.as_ref().filter(|_| has(spin, id)).map(of)
    })
}

/// The median by the nearest rank, and the number of values.
fn median(mut values: Vec<f64>) -> (Option<f64>, u64) {
    values.sort_by(f64::total_cmp);
    let middle = values.len().saturating_sub(1) / 2;
    (values.get(middle).copied(), values.len() as u64)
}

fn pair(facts: &Facts, problem: ComparedProblem) -> Option<&BeforeAfter> {
    facts.pairs.iter().find(|pair| pair.problem == problem)
}

/// The state of a problem of the story when the spin was made.
fn stands(spin: &PersonSpin, id: FaultId) -> FaultState {
    let of_story = STORY.iter().zip(spin.story);
    of_story
        .filter(|(each, _)| **each == id)
        .map(|(_, state)| state)
        .next()
        .unwrap_or(FaultState::Off)
}

/// The state of a problem; where nothing runs, the one that the newest spin met.
fn state_now(facts: &Facts, id: FaultId) -> FaultState {
    let fault = facts.board.faults.iter().find(|fault| fault.id == id);
    let met = || {
        facts
            .spins
            .last()
            .map_or(FaultState::Off, |spin| stands(spin, id))
    };
    fault.map_or_else(met, |fault| fault.state)
}

/// What brings a problem back; `None` while it is on.
fn bring(facts: &Facts, id: FaultId) -> Option<Action> {
    (state_now(facts, id) != FaultState::On).then_some(Action::BringBack(id))
}

/// What brings all problems back; `None` while they are on.
fn bring_all(facts: &Facts) -> Option<Action> {
    let are_on = STORY.iter().all(|id| state_now(facts, *id) == FaultState::On);
    (!are_on).then(|| Action::Release(FIRST_RELEASE.version.to_owned()))
}

/// What brings more spins with all problems.
fn more_before(facts: &Facts) -> Action {
    bring_all(facts).unwrap_or(Action::Traffic(true))
}

/// What brings more spins with all fixes.
fn more_after(facts: &Facts) -> Action {
    let are_fixed = STORY.iter().all(|id| state_now(facts, *id) == FaultState::Fixed);
    let healed = RELEASES.iter().find(|release| release.faults.is_empty());
    match healed {
        Some(release) if !are_fixed => Action::Release(release.version.to_owned()),
        _ => Action::Traffic(true),
    }
}

/// Tells what the fix of a problem brought.
pub(crate) fn fix_state(problem: FaultId, facts: &Facts) -> FixState {
    let is_about_time = problem.slows().is_some();
    let (before, after, least) = if is_about_time {
        let side = |state| {
            let of = facts
                .spins
                .iter()
                .rev()
                .filter(|spin| stands(spin, problem) == state);
            let values = of.filter_map(|spin| spin.figures.as_ref()?.cause_ms(problem));
            median(values.take(NEWEST).collect())
        };
        (side(FaultState::On), side(FaultState::Fixed), 1)
    } else {
        let pair = pair(facts, ComparedProblem::One(problem));
        let side = |figures: Option<&Figures>| {
            (
                figures.map(|figures| figures.error_rate_percent),
                figures.map_or(0, |figures| figures.recorded),
            )
        };
        (
            side(pair.and_then(|pair| pair.before.as_ref())),
            side(pair.and_then(|pair| pair.after.as_ref())),
            LEAST_SPINS,
        )
    };
    let state = state_now(facts, problem);
    let verdict = match (before, after) {
        ((Some(one), enough), (Some(other), more)) if enough >= least && more >= least => {
            if other * LEAST_GAIN <= one && other < one {
                FixVerdict::Helped
            } else {
                FixVerdict::DidNotHelp
            }
        }
        _ => FixVerdict::TooFew,
    };
    let more = if is_about_time {
        Action::Spin(1)
    } else {
        Action::Traffic(true)
    };
    let needs = match (before.1 >= least, state) {
        (true, FaultState::On) => Action::Fix(problem),
        (true, FaultState::Fixed) | (false, FaultState::On) => more,
        (true, FaultState::Off) | (false, _) => Action::BringBack(problem),
    };
    FixState {
        problem,
        state,
        unit: if is_about_time { Unit::Ms } else { Unit::Percent },
        before: before.0,
        spins_before: before.1,
        after: after.0,
        spins_after: after.1,
        verdict,
        needs: (verdict == FixVerdict::TooFew).then_some(needs),
    }
}
