//! What a spin of the session stakes, and what each problem cost its players. Pure.

use reelscope_contracts::Money;

use crate::faults::table::{FaultId, FaultState, STORY, is_felt};
use crate::spins::SessionSpin;
use crate::wire::ProblemCost;

/// What each problem of the story cost in the spins that had it.
#[must_use]
pub fn problem_costs(spins: &[&SessionSpin]) -> Vec<ProblemCost> {
    let cost = |(place, id): (usize, FaultId)| {
        let met = spins.iter().filter(|spin| {
            spin.story[place] == FaultState::On && !spin.faults.iter().any(|fault| is_felt(fault))
        });
        // What slows nothing down makes spins fail, and players wait for those in vain.
        let waited = |spin: &SessionSpin| match id.slows() {
            Some(_) => spin.slowed[place],
            None if spin.failed => spin.waited,
            None => 0,
        };
        let lost = |spin: &SessionSpin| match id.slows() {
            Some(_) => Money::ZERO,
            None => spin.failed_stake,
        };
        let none = ProblemCost {
            problem: id,
            spins: 0,
            waited_us: 0,
            failed_stakes: Money::ZERO,
        };
        met.fold(none, |cost, spin| ProblemCost {
            spins: cost.spins + 1,
            waited_us: cost.waited_us + waited(spin),
            failed_stakes: cost.failed_stakes.saturating_add(lost(spin)),
            ..cost
        })
    };
    STORY.into_iter().enumerate().map(cost).collect()
}

/// The mean of some stakes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanStake {
    /// In minor units.
    pub minor: f64,
    /// Number of spins that it was measured over.
    pub spins: u64,
}

/// Mean stakes; `None` without such spins.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct StakeSizes {
    /// Of all spins whose stake is known.
    pub all: Option<MeanStake>,
    /// Of spins that failed.
    pub failed: Option<MeanStake>,
}

impl StakeSizes {
    /// Computes them.
    #[must_use]
    pub fn of<'a>(spins: impl IntoIterator<Item = &'a SessionSpin>) -> Self {
        let (mut all, mut failed) = (Vec::new(), Vec::new());
        for spin in spins {
            if spin.failed_stake > Money::ZERO {
                failed.push(100.0 * spin.failed_stake.major());
            } else if let Some((stake, _)) = spin.round {
                all.push(100.0 * stake);
            }
        }
        all.extend(&failed);
        Self {
            all: mean(&all),
            failed: mean(&failed),
        }
    }
}

#[allow(clippy::cast_precision_loss)] // counts of a session stay far below 2^53
fn mean(stakes: &[f64]) -> Option<MeanStake> {
    (!stakes.is_empty()).then(|| MeanStake {
        minor: stakes.iter().sum::<f64>() / stakes.len() as f64,
        spins: stakes.len() as u64,
    })
}

#[cfg(test)]
mod tests {
    use reelscope_page_api::telemetry::{Measurement, PathShare, TraceSummary};

    use super::*;
    use crate::faults::table::FaultId;
    use crate::figures::tests::{spins, trace};
    use crate::spins::FAILED_STAKE;

    fn with_path(mut trace: TraceSummary, actor: &str, time_us: i64) -> TraceSummary {
        trace.critical_path.push(PathShare {
            actor: actor.to_owned(),
            time_us,
        });
        trace
    }

    fn measuring(mut trace: TraceSummary, values: &[(&str, f64)]) -> TraceSummary {
        for (name, value) in values {
            let measurement = Measurement {
                value: *value,
                unit: String::new(),
            };
            trace.measurements.insert((*name).to_owned(), measurement);
        }
        trace
    }

    #[test]
    fn a_problem_costs_what_players_waited_for_it_and_the_stakes_of_spins_that_it_failed() {
        let mut failed = measuring(trace(3, 700, &["payment-errors"], &[]), &[(FAILED_STAKE, 10.0)]);
        failed.status = "error".to_owned();
        let mut disturbed = with_path(
            trace(4, 900, &["slow-provider"], &[]),
            "payment-provider",
            800_000,
        );
        disturbed.faults.push(FaultId::ProviderSpike.as_str().to_owned());
        let traces = [
            with_path(
                trace(1, 3_000, &["slow-provider"], &[]),
                "payment-provider",
                2_500_000,
            ),
            with_path(
                trace(2, 2_000, &["slow-provider"], &["payment-errors"]),
                "payment-provider",
                1_500_000,
            ),
            with_path(trace(5, 30, &[], &["slow-provider"]), "payment-provider", 20_000),
            failed,
            disturbed,
        ];
        let spins = spins(&traces);
        let costs = problem_costs(&spins.iter().collect::<Vec<_>>());
        assert_eq!(costs.iter().map(|cost| cost.problem).collect::<Vec<_>>(), STORY);
        let of = |id: FaultId| {
            let cost = costs.iter().find(|cost| cost.problem == id).unwrap();
            (cost.spins, cost.waited_us, cost.failed_stakes)
        };
        assert_eq!(of(FaultId::SlowProvider), (2, 4_000_000, Money::ZERO));
        assert_eq!(of(FaultId::PaymentErrors), (1, 700_000, Money(1_000)));
        assert_eq!(of(FaultId::SlowRng), (0, 0, Money::ZERO));
    }

    #[test]
    fn stakes_are_averaged_over_the_spins_that_have_one() {
        let drawn = |n, stake| {
            measuring(
                trace(n, 30, &[], &[]),
                &[("stake", stake), ("payout", 0.0), ("rtp", 0.0)],
            )
        };
        let failed = measuring(trace(3, 30, &[], &[]), &[("stake", 6.0), (FAILED_STAKE, 6.0)]);
        let spins = spins(&[drawn(1, 1.0), drawn(2, 2.0), failed, trace(4, 30, &[], &[])]);
        let mean = |minor, spins| Some(MeanStake { minor, spins });
        let expected = StakeSizes {
            all: mean(300.0, 3),
            failed: mean(600.0, 1),
        };
        assert_eq!(StakeSizes::of(&spins), expected);
        assert_eq!(StakeSizes::of(&[]), StakeSizes::default());
    }
}
