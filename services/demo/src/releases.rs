//! Compares releases: waiting time, failures and return to player of each against the one before, and whether the
//! difference exceeds chance. Pure.
//!
//! Shares are compared by the z-test of two proportions with pooled variance; slow spins are those above the 95th
//! percentile of the release before. The observed RTP is compared with the exact one by the standard deviation of
//! the PAR sheet, weighted by the stakes.

use std::collections::BTreeMap;

use reelscope_contracts::Money;
use reelscope_game_engine::par_sheet::{approximate, par_sheet};
use reelscope_game_engine::paytable::CERTIFIED;
use reelscope_page_api::telemetry::nearest_rank;

use crate::faults::dial::{RELEASES, Release, of_the_dial};
use crate::faults::table::{FaultId, FaultState, STORY};
use crate::figures::{figures, sorted};
use crate::spins::{SessionSpin, whole};
use crate::wire::{ComparedFigure, Regression, ReleaseFigures, SpinMoney};

/// Standard normal quantile of 0.9995: chance alone exceeds it, on either side, once in a thousand times.
const BEYOND_CHANCE: f64 = 3.29;
/// Standard normal quantile of 0.975: 95 of 100 samples lie within it, on either side.
const Z_95: f64 = 1.959_964;

/// The exact figures of the game, from its PAR sheet.
#[derive(Debug, Clone, Copy)]
pub struct Exact {
    /// Mean payout for a stake of 1.
    pub rtp: f64,
    /// Standard deviation of the payout for a stake of 1.
    pub standard_deviation: f64,
}

impl Exact {
    /// Computes them from the PAR sheet, which takes a moment.
    #[must_use]
    pub fn of_the_game() -> Self {
        let sheet = par_sheet(&CERTIFIED);
        Self {
            rtp: approximate(sheet.rtp),
            standard_deviation: sheet.standard_deviation,
        }
    }
}

/// Adds up the money of spins, those of all releases and faults.
#[must_use]
pub fn spin_money<'a>(spins: impl IntoIterator<Item = &'a SessionSpin>, exact: Exact) -> SpinMoney {
    let spins: Vec<_> = spins.into_iter().collect();
    let sum = |of: fn(&(f64, f64)) -> f64| {
        let rounds = spins
            .iter()
            .filter_map(|spin| Some(spin.weight * of(&spin.round?)));
        whole(100.0 * rounds.sum::<f64>())
    };
    let lost = spins.iter().map(|spin| spin.failed_stake);
    let rtp = Rtp::of(&spins, exact);
    SpinMoney {
        spins: spins.len() as u64,
        staked: sum(|(stake, _)| *stake),
        paid_out: sum(|(_, payout)| *payout),
        failed_stakes: lost.fold(Money::ZERO, Money::saturating_add),
        rtp_percent: rtp.as_ref().map(Rtp::percent),
        rtp_band_percent: rtp.as_ref().map(Rtp::band_percent),
        exact_rtp_percent: 100.0 * exact.rtp,
    }
}

/// The result of comparing releases.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ComparedReleases {
    /// All releases, in the order of their first spins.
    pub releases: Vec<ReleaseFigures>,
    /// Number of spins that are left out, because of a fault that their release does not have, or because a problem
    /// was switched by hand.
    pub left_out: u64,
    /// Number of the counted spins that virtual players made.
    pub virtual_spins: u64,
}

/// Compares every release in these spins with the one before it.
#[must_use]
pub fn compare<'a>(spins: impl IntoIterator<Item = &'a SessionSpin>, exact: Exact) -> ComparedReleases {
    let mut by_release: BTreeMap<&str, Vec<&SessionSpin>> = BTreeMap::new();
    let (mut left_out, mut virtual_spins) = (0, 0);
    for spin in spins {
        let Some(release) = &spin.release else { continue };
        if spin.faults.iter().any(|fault| !is_of(release, fault)) || is_switched_by_hand(release, spin) {
            left_out += 1;
        } else {
            virtual_spins += u64::from(spin.virtual_player);
            by_release.entry(release).or_default().push(spin);
        }
    }
    let mut order: Vec<_> = by_release.into_iter().collect();
    order.sort_by_key(|(_, spins)| spins.iter().map(|spin| spin.start).min());
    let mut found = Vec::new();
    let mut before: Option<(&str, &Vec<&SessionSpin>)> = None;
    for (version, spins) in &order {
        let changes = changes(version, before.map(|(version, _)| version));
        let mut regressions = Vec::new();
        if let Some((_, before)) = before {
            regressions.extend(slower(before, spins));
            regressions.extend(more_errors(before, spins));
        }
        let rtp = Rtp::of(spins, exact);
        regressions.extend(rtp.as_ref().and_then(|rtp| rtp.out_of_band(exact)));
        for regression in &mut regressions {
            let of_service = |change: &&Change| change.service == regression.service && !change.mends;
            regression.suspect = changes.iter().find(of_service).map(|change| change.name.clone());
        }
        found.push(ReleaseFigures {
            release: (*version).to_owned(),
            changes: changes.into_iter().map(|change| change.name).collect(),
            figures: figures(spins),
            rtp_percent: rtp.as_ref().map(Rtp::percent),
            rtp_band_percent: rtp.as_ref().map(Rtp::band_percent),
            regressions,
        });
        before = Some((version, spins));
    }
    ComparedReleases {
        releases: found,
        left_out,
        virtual_spins,
    }
}

/// Whether this release of the dial has the fault.
fn is_of(version: &str, fault: &str) -> bool {
    Release::of(version).is_some_and(|release| release.faults.iter().any(|id| id.as_str() == fault))
}

struct Change {
    name: String,
    service: &'static str,
    /// Whether the release fixes the fault.
    mends: bool,
}

/// Whether a problem is in another state than the dial gives it in this release. In a stack that does not use the
/// dial the problems are off, which does not count.
fn is_switched_by_hand(version: &str, spin: &SessionSpin) -> bool {
    Release::of(version).is_some_and(|release| {
        let mut standing = STORY.into_iter().zip(spin.story);
        standing.any(|(id, state)| match state {
            FaultState::Off => false,
            FaultState::On => !release.has(id),
            FaultState::Fixed => release.has(id),
        })
    })
}

/// The name of a fault among the changes of a release.
fn change_of(id: FaultId) -> &'static str {
    match id {
        FaultId::RtpAnomaly => "wrong-paytable",
        id => id.as_str(),
    }
}

/// The changes of a release of the dial against `compared_with`, or against the one before it on the dial where
/// `compared_with` is not a release of the dial.
fn changes(version: &str, compared_with: Option<&str>) -> Vec<Change> {
    let place = |version: &str| RELEASES.iter().position(|release| release.version == version);
    let Some(at) = place(version) else {
        return Vec::new();
    };
    let before = compared_with.and_then(place).or_else(|| at.checked_sub(1));
    let (release, Some(before)) = (&RELEASES[at], before.map(|place| &RELEASES[place])) else {
        return Vec::new();
    };
    of_the_dial()
        .filter(|id| release.has(*id) != before.has(*id))
        .map(|id| {
            let mends = before.has(id);
            let name = change_of(id);
            Change {
                name: if mends {
                    format!("{name}-fixed")
                } else {
                    name.to_owned()
                },
                service: id.service(),
                mends,
            }
        })
        .collect()
}

/// The distance of the second share above the first, in standard errors; `None` where there is nothing to compare.
#[allow(clippy::cast_precision_loss)] // counts of a session stay far below 2^53
fn above((some, of): (usize, usize), (others, of_others): (usize, usize)) -> Option<f64> {
    if of == 0 || of_others == 0 {
        return None;
    }
    let pooled = (some + others) as f64 / (of + of_others) as f64;
    let variance = pooled * (1.0 - pooled) * (1.0 / of as f64 + 1.0 / of_others as f64);
    let difference = others as f64 / of_others as f64 - some as f64 / of as f64;
    (variance > 0.0).then(|| difference / variance.sqrt())
}

#[allow(clippy::cast_precision_loss)] // microseconds of a spin stay far below 2^53
fn slower(before: &[&SessionSpin], after: &[&SessionSpin]) -> Option<Regression> {
    let waits = |spins: &[&SessionSpin]| sorted(spins.iter().map(|spin| spin.waited));
    let (old, new) = (waits(before), waits(after));
    let bar = nearest_rank(&old, 95);
    let beyond = |waits: &[i64]| waits.len() - waits.partition_point(|wait| *wait <= bar);
    let standard_errors = above((beyond(&old), old.len()), (beyond(&new), new.len()))?;
    let measured = nearest_rank(&new, 95);
    (standard_errors > BEYOND_CHANCE && measured > bar).then(|| Regression {
        figure: ComparedFigure::P95,
        expected: bar as f64 / 1e3,
        measured: measured as f64 / 1e3,
        standard_errors,
        service: grown(before, after),
        suspect: None,
    })
}

/// Mean work of each service for a spin, in microseconds. The waiting time of the payment-service, which is for the
/// provider, counts as its work up to the time that the player waited; the rest happens after the response.
#[allow(clippy::cast_precision_loss)]
fn work_per_spin<'a>(spins: &[&'a SessionSpin]) -> BTreeMap<&'a str, f64> {
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    for spin in spins {
        for share in &spin.shares {
            let waiting = if share.service == "payment-service" {
                share.waiting.min(spin.waited)
            } else {
                0
            };
            *sums.entry(&share.service).or_default() += (share.own + waiting) as f64 / spins.len() as f64;
        }
    }
    sums
}

/// Returns the service whose work for a spin grew most.
fn grown(before: &[&SessionSpin], after: &[&SessionSpin]) -> String {
    let old = work_per_spin(before);
    let growth = work_per_spin(after).into_iter().map(|(service, now)| {
        let then = old.get(service).copied().unwrap_or(0.0);
        (service, now - then)
    });
    growth
        .max_by(|(_, one), (_, other)| one.total_cmp(other))
        .map_or_else(String::new, |(service, _)| service.to_owned())
}

#[allow(clippy::cast_precision_loss)]
fn more_errors(before: &[&SessionSpin], after: &[&SessionSpin]) -> Option<Regression> {
    let count = |spins: &[&SessionSpin]| spins.iter().filter(|spin| spin.failed).count();
    let (old, new) = ((count(before), before.len()), (count(after), after.len()));
    let standard_errors = above(old, new)?;
    let percent = |(failed, of): (usize, usize)| 100.0 * failed as f64 / of.max(1) as f64;
    (standard_errors > BEYOND_CHANCE).then(|| {
        let mut by_service: BTreeMap<&str, u32> = BTreeMap::new();
        for share in after.iter().flat_map(|spin| &spin.shares) {
            *by_service.entry(&share.service).or_default() += share.errors;
        }
        let most = by_service.into_iter().max_by_key(|(_, errors)| *errors);
        Regression {
            figure: ComparedFigure::Errors,
            expected: percent(old),
            measured: percent(new),
            standard_errors,
            service: most.map_or_else(String::new, |(service, _)| service.to_owned()),
            suspect: None,
        }
    })
}

struct Rtp {
    observed: f64,
    standard_error: f64,
}

impl Rtp {
    fn of(spins: &[&SessionSpin], exact: Exact) -> Option<Self> {
        let (mut staked, mut squares, mut paid) = (0.0, 0.0, 0.0);
        for (stake, payout) in spins.iter().filter_map(|spin| spin.round) {
            staked += stake;
            squares += stake * stake;
            paid += payout;
        }
        (staked > 0.0).then(|| Self {
            observed: paid / staked,
            standard_error: exact.standard_deviation * squares.sqrt() / staked,
        })
    }

    fn percent(&self) -> f64 {
        100.0 * self.observed
    }

    /// Half the width of the band that contains the observed RTP 95 times in 100.
    fn band_percent(&self) -> f64 {
        100.0 * Z_95 * self.standard_error
    }

    fn out_of_band(&self, exact: Exact) -> Option<Regression> {
        let standard_errors = (self.observed - exact.rtp) / self.standard_error;
        // A few spins are too small a sample: the payout of one is far from normally distributed.
        (standard_errors.abs() > BEYOND_CHANCE
            && self.standard_error < exact.standard_deviation / 100_f64.sqrt())
        .then(|| Regression {
            figure: ComparedFigure::Rtp,
            expected: 100.0 * exact.rtp,
            measured: self.percent(),
            standard_errors,
            service: "game-engine".to_owned(),
            suspect: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reelscope_page_api::telemetry::{Measurement, ServiceShare, TraceSummary};

    use crate::figures::tests::spins as of;

    const EXACT: Exact = Exact {
        rtp: 0.96,
        standard_deviation: 4.45,
    };

    fn compare(spins: &[TraceSummary]) -> Vec<ReleaseFigures> {
        super::compare(&of(spins), EXACT).releases
    }

    fn spin(n: i64, release: &str, wait_ms: i64, payout: f64) -> TraceSummary {
        let mut trace = crate::figures::tests::trace(n, wait_ms, &[], &[]);
        trace.release = Some(release.to_owned());
        let bare = |value| Measurement {
            value,
            unit: "none".to_owned(),
        };
        trace.measurements = [
            ("stake".to_owned(), bare(1.0)),
            ("payout".to_owned(), bare(payout)),
            ("rtp".to_owned(), bare(100.0 * payout)),
        ]
        .into();
        trace.services = vec![ServiceShare {
            service: "payment-service".to_owned(),
            transactions: 1,
            own_us: 1_000,
            waiting_us: wait_ms * 1_000,
            ..ServiceShare::default()
        }];
        trace
    }

    #[test]
    fn alike_releases_regress_in_nothing() {
        let spins: Vec<_> = (0..400)
            .map(|n| {
                spin(
                    n,
                    if n < 200 { "1.0.0" } else { "1.1.0" },
                    50 + n % 17,
                    if n % 5 == 0 { 4.8 } else { 0.0 },
                )
            })
            .collect();
        let found = compare(&spins);
        assert_eq!(found.len(), 2);
        for release in &found {
            assert_eq!(release.figures.spins, 200);
            assert_eq!(release.regressions, [], "{}", release.release);
            assert!((release.rtp_percent.unwrap() - 96.0).abs() < 1e-9);
            let band = 1.96 * 100.0 * EXACT.standard_deviation / 200_f64.sqrt();
            assert!((release.rtp_band_percent.unwrap() - band).abs() < 0.01);
        }
        assert_eq!(found[1].changes, ["missing-index-fixed", "slow-rng-fixed"]);
    }

    #[test]
    fn the_release_that_hurts_is_marked_with_its_suspect() {
        let mut spins: Vec<_> = (0..300)
            .map(|n| spin(n, "1.2.0", 50 + n % 17, if n % 5 == 0 { 4.8 } else { 0.0 }))
            .collect();
        spins.extend((300..600).map(|n| {
            let mut spin = spin(n, "1.3.0", 80 + n % 17, if n % 5 == 0 { 14.8 } else { 0.0 });
            if n % 10 == 0 {
                spin.status = "internal_error".to_owned();
                spin.services[0].errors = 1;
            }
            spin
        }));
        let found = compare(&spins);
        assert_eq!(found[0].regressions, []);
        let regressions = &found[1].regressions;
        let of = |figure| {
            regressions
                .iter()
                .find(|regression| regression.figure == figure)
                .unwrap()
        };
        assert_eq!(of(ComparedFigure::P95).service, "payment-service");
        assert_eq!(
            of(ComparedFigure::Errors).suspect.as_deref(),
            Some("payment-errors")
        );
        assert_eq!(
            (
                of(ComparedFigure::Errors).expected,
                of(ComparedFigure::Errors).measured
            ),
            (0.0, 10.0)
        );
        assert_eq!(of(ComparedFigure::Rtp).suspect.as_deref(), Some("wrong-paytable"));
        assert!(of(ComparedFigure::Rtp).standard_errors > BEYOND_CHANCE);
    }

    #[test]
    fn spins_with_a_fault_are_left_out_unless_it_came_with_the_release() {
        let mut spins: Vec<_> = ["1.2.0", "1.2.0", "1.3.0", "1.3.0"]
            .into_iter()
            .enumerate()
            .map(|(n, release)| spin(i64::try_from(n).unwrap(), release, 50, 0.0))
            .collect();
        for (n, fault) in [(0, "rtp-anomaly"), (2, "rtp-anomaly"), (3, "provider-spike")] {
            spins[n].faults = vec![fault.to_owned()];
        }
        let ComparedReleases {
            releases: found,
            left_out,
            ..
        } = super::compare(&of(&spins), EXACT);
        let counts: Vec<_> = found
            .iter()
            .map(|release| (release.release.as_str(), release.figures.spins))
            .collect();
        assert_eq!((counts, left_out), (vec![("1.2.0", 1), ("1.3.0", 1)], 2));
    }

    #[test]
    fn spins_with_a_problem_switched_by_hand_are_not_of_their_release() {
        let all = ["missing-index", "slow-rng", "slow-provider", "payment-errors"];
        let stood = |n: i64, on: &[&str], fixed: &[&str]| {
            let mut spin = crate::figures::tests::trace(n, 50, on, fixed);
            spin.release = Some("1.0.0".to_owned());
            spin
        };
        let spins = [
            stood(1, &all, &[]),
            stood(2, &all[1..], &all[..1]),
            // A spin of a stack that does not use the dial.
            stood(3, &[], &[]),
        ];
        let ComparedReleases {
            releases: found,
            left_out,
            ..
        } = super::compare(&of(&spins), EXACT);
        assert_eq!((found[0].figures.spins, left_out), (2, 1));
    }

    #[test]
    fn a_release_that_is_rolled_back_to_is_compared_with_the_one_that_was_left() {
        let spins = [spin(1, "1.2.0", 50, 0.0), spin(2, "1.1.0", 50, 0.0)];
        let found = compare(&spins);
        assert_eq!(found[1].changes, ["slow-provider", "payment-errors"]);
    }

    #[test]
    fn chance_alone_is_not_marked() {
        // 6 of 100 against 5 of 100 is within chance; 30 of 100 is not.
        assert!(above((5, 100), (6, 100)).unwrap() < 1.0);
        assert!(above((5, 100), (30, 100)).unwrap() > BEYOND_CHANCE);
        assert_eq!(above((0, 100), (0, 100)), None);
        assert_eq!(above((0, 0), (1, 100)), None);
    }
}
