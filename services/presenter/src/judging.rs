//! Measures what the script claims, and whether a fix brought what it is for. Pure.

use reelscope_demo::faults::dial::{FIRST_RELEASE, RELEASES};
use reelscope_demo::faults::table::{FaultId, FaultState, STORY};
use reelscope_demo::figures::LEAST_SPINS;
use reelscope_demo::wire::{AllProblems, BeforeAfter, ComparedProblem, Figures};

use crate::chance::{Change, Said, Share, change, claimed, enough_for};
use crate::facts::{Facts, PersonSpin};
use crate::script::{Action, Claim, ClaimedFigure, Unit};
use crate::trace_figures::TraceFigures;
use crate::wire::{ClaimState, ClaimVerdict, FixState, FixVerdict};

/// With fewer spins the median wait is that of one of them.
const LEAST_FOR_MEDIAN: u64 = 3;
/// With so many spins one failure in ten is told from none and from one in five.
const ENOUGH_FOR_ONE_IN_TEN: u64 = 150;
/// A payment that fails is answered with an error by the payment-service and by the gateway.
const ANSWERS_OF_A_FAILURE: f64 = 2.0;
/// A fix has to shrink its time to one part in this many.
const LEAST_GAIN: f64 = 2.0;
/// Number of newest spins whose median is taken, so that a figure follows the machine.
const NEWEST: usize = 9;

/// A measured value with the number of spins behind it, and the number that it needs.
struct Measured {
    value: Option<f64>,
    spins: u64,
    least: u64,
    /// Size of the sample for each spin, of a figure that is a share of it.
    share_of: Option<f64>,
    /// What brings more, or other spins.
    needs: Option<Action>,
}

impl Measured {
    /// Whether it bears a claim out, or how many spins would tell.
    fn say(&self, claim: &Claim) -> Said {
        #[allow(clippy::cast_precision_loss)] // spins of a session stay far below 2^53
        let spins = self.spins as f64;
        match (self.value, self.share_of) {
            (Some(percent), Some(per_spin)) if self.spins > 0 => {
                let of = spins * per_spin;
                claimed(
                    claim,
                    Share {
                        percent,
                        of,
                        per_spin,
                    },
                )
            }
            (_, Some(per_spin)) => Said::TooFew(enough_for(claim, per_spin)),
            (Some(value), None) if self.spins >= self.least => Said::BornOut(claim.band().holds(value)),
            _ => Said::TooFew(Some(self.least)),
        }
    }
}

/// Tells whether a claim is borne out.
pub(crate) fn claim_state(claim: &Claim, facts: &Facts) -> ClaimState {
    let measured = measure(claim.figure, facts);
    let (verdict, enough) = match measured.say(claim) {
        Said::BornOut(true) => (ClaimVerdict::BorneOut, None),
        Said::BornOut(false) => (ClaimVerdict::NotBorneOut, None),
        Said::TooFew(enough) => (ClaimVerdict::TooFew, enough),
    };
    ClaimState {
        measured: measured.value,
        unit: claim.figure.unit(),
        spins: measured.spins,
        verdict,
        enough,
        needs: measured.needs.filter(|_| verdict != ClaimVerdict::BorneOut),
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
                share_of: None,
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
            of_shares(before(pair), needs, |figures| (figures.error_rate_percent, 1.0))
        }
        ClaimedFigure::P95BeforeMs => of_figures(before(all()), more_before(facts), |figures| figures.p95_ms),
        ClaimedFigure::P95AfterMs => of_figures(after(all()), more_after(facts), |figures| figures.p95_ms),
        ClaimedFigure::ErrorRateBeforePercent => of_shares(before(all()), more_before(facts), of_requests),
        ClaimedFigure::ErrorRateAfterPercent => of_shares(after(all()), more_after(facts), of_requests),
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
        share_of: None,
        needs: Some(Action::MeasureOverhead),
    }
}

fn of_figures(figures: Option<Figures>, needs: Action, of: fn(&Figures) -> f64) -> Measured {
    Measured {
        value: figures.as_ref().map(of),
        spins: figures.map_or(0, |figures| figures.recorded),
        least: LEAST_SPINS,
        share_of: None,
        needs: Some(needs),
    }
}

/// A share in percent, with the size of its sample for each spin.
fn of_shares(figures: Option<Figures>, needs: Action, of: fn(&Figures) -> (f64, f64)) -> Measured {
    let (value, per_spin) = figures.as_ref().map(of).unzip();
    Measured {
        value,
        spins: figures.map_or(0, |figures| figures.recorded),
        least: LEAST_SPINS,
        share_of: Some(per_spin.unwrap_or(1.0)),
        needs: Some(needs),
    }
}

/// The share of requests that fail, with the requests of a spin that fail independently of each other.
fn of_requests(figures: &Figures) -> (f64, f64) {
    #[allow(clippy::cast_precision_loss)] // requests of a session stay far below 2^53
    let per_spin = figures.requests as f64 / (figures.spins.max(1) as f64);
    (
        figures.overall_error_rate_percent,
        (per_spin / ANSWERS_OF_A_FAILURE).max(1.0),
    )
}

/// The median over the newest spins of people that have the value.
fn of_spins(facts: &Facts, bring: Option<Action>, of: impl Fn(&PersonSpin) -> Option<f64>) -> Measured {
    let values = facts.spins.iter().rev().filter_map(of).take(NEWEST).collect();
    let (value, spins) = median(values);
    Measured {
        value,
        spins,
        least: LEAST_FOR_MEDIAN,
        share_of: None,
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

/// One side of a fix: its figure, and the number of spins behind it.
type Side = (Option<f64>, u64);

/// Tells what the fix of a problem brought.
pub(crate) fn fix_state(problem: FaultId, facts: &Facts) -> FixState {
    let is_about_time = problem.slows().is_some();
    let [before, after] = if is_about_time {
        sides_of_time(problem, facts)
    } else {
        sides_of_failures(problem, facts)
    };
    let (verdict, enough) = if is_about_time {
        judge_time(before, after)
    } else {
        judge_failures(before, after)
    };
    let state = state_now(facts, problem);
    let (more, least) = if is_about_time {
        (Action::Spin(1), 1)
    } else {
        (Action::Traffic(true), enough.unwrap_or(LEAST_SPINS))
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
        enough,
        needs: (verdict == FixVerdict::TooFew).then_some(needs),
    }
}

/// What a problem takes of a spin with it and with its fix, in milliseconds.
fn sides_of_time(problem: FaultId, facts: &Facts) -> [Side; 2] {
    [FaultState::On, FaultState::Fixed].map(|state| {
        let spins = facts.spins.iter().rev();
        let of = spins.filter(|spin| stands(spin, problem) == state);
        let values = of.filter_map(|spin| spin.figures.as_ref()?.cause_ms(problem));
        median(values.take(NEWEST).collect())
    })
}

/// The share of spins that fail with a problem and with its fix, in percent.
fn sides_of_failures(problem: FaultId, facts: &Facts) -> [Side; 2] {
    let pair = pair(facts, ComparedProblem::One(problem));
    let sides = [
        pair.and_then(|pair| pair.before.as_ref()),
        pair.and_then(|pair| pair.after.as_ref()),
    ];
    sides.map(|figures| {
        (
            figures.map(|figures| figures.error_rate_percent),
            figures.map_or(0, |figures| figures.recorded),
        )
    })
}

/// One spin on each side shows a cause that is gone.
fn judge_time(before: Side, after: Side) -> (FixVerdict, Option<u64>) {
    match (before.0, after.0) {
        (Some(one), Some(other)) if other * LEAST_GAIN <= one && other < one => (FixVerdict::Helped, None),
        (Some(_), Some(_)) => (FixVerdict::DidNotHelp, None),
        _ => (FixVerdict::TooFew, Some(1)),
    }
}

/// The number of spins of twice the sample, and at least as many as show one failure in ten.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a number of spins
fn twice(sample: Share) -> u64 {
    (2 * sample.of as u64).max(ENOUGH_FOR_ONE_IN_TEN)
}

fn judge_failures(before: Side, after: Side) -> (FixVerdict, Option<u64>) {
    let share = |(percent, spins): Side| Some(Share::of_failures(percent?, spins));
    let (Some(before), Some(after)) = (share(before), share(after)) else {
        return (FixVerdict::TooFew, Some(LEAST_SPINS));
    };
    match change(before, after) {
        Change::Smaller => (FixVerdict::Helped, None),
        // Without a failure before the fix there is nothing that it could have mended.
        Change::None if before.percent == 0.0 => (FixVerdict::TooFew, Some(twice(before))),
        Change::Larger | Change::None => (FixVerdict::DidNotHelp, None),
        Change::TooFew(enough) => (FixVerdict::TooFew, Some(enough)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fix_of_failures_is_judged_only_where_there_were_some() {
        let judged = |before, after| judge_failures((Some(before), 200), (Some(after), 200));
        assert_eq!(judged(0.0, 0.0), (FixVerdict::TooFew, Some(400)));
        assert_eq!(judged(10.0, 0.0), (FixVerdict::Helped, None));
        assert_eq!(judged(10.0, 10.0), (FixVerdict::DidNotHelp, None));
        let few = judge_failures((Some(0.0), 20), (Some(0.0), 20));
        assert_eq!(few, (FixVerdict::TooFew, Some(150)));
    }
}
