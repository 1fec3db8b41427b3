//! Before and after: what players of this session met with a problem, and with its fix. Pure; from the lines of traces.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use reelscope_contracts::problems::{BeforeAfter, Figures, ProblemId, ProblemState};
use reelscope_contracts::telemetry::{Micros, TraceSummary};
use reelscope_contracts::{Money, UnixMillis};

/// Name of the root transaction of a spin.
pub const SPIN: &str = "slot-machine-spin";
/// Measurement of the stake of a spin that failed, in major units.
pub const FAILED_STAKE: &str = "failed_stake";

/// A pause of this length parts two runs of spins: nobody played in between.
const PAUSE: Micros = 10_000_000;

/// Where each problem stood, in the order of [`ProblemId::ALL`].
type Condition = [ProblemState; 4];

struct Spin<'a> {
    start: Micros,
    waited: Micros,
    failed: bool,
    failed_stake: Money,
    player: Option<&'a str>,
    trace_id: &'a str,
}

/// The pairs for every problem and for all of them, from the traces of spins among `traces`.
///
/// A problem is compared under conditions that differ in nothing else; of several such pairs the one counts whose smaller
/// side has the most spins.
#[must_use]
pub fn pairs(traces: &[TraceSummary]) -> Vec<BeforeAfter> {
    let mut by_condition: BTreeMap<[u8; 4], Vec<Spin<'_>>> = BTreeMap::new();
    for trace in traces.iter().filter(|trace| trace.name == SPIN) {
        by_condition
            .entry(condition(trace).map(rank))
            .or_default()
            .push(spin(trace));
    }
    let of = |condition: Condition| by_condition.get(&condition.map(rank)).map(Vec::as_slice);
    let mut found: Vec<_> = ProblemId::ALL
        .into_iter()
        .enumerate()
        .map(|(place, id)| {
            let others = by_condition
                .keys()
                .filter(|key| key[place] != rank(ProblemState::Off));
            let best = others
                .map(|key| key.map(state))
                .map(|mut condition| {
                    condition[place] = ProblemState::On;
                    let before = of(condition);
                    condition[place] = ProblemState::Fixed;
                    (before, of(condition))
                })
                .max_by_key(|(before, after)| {
                    let count = |spins: &Option<&[Spin<'_>]>| spins.map_or(0, <[Spin<'_>]>::len);
                    let (before, after) = (count(before), count(after));
                    (before.min(after), before.max(after))
                });
            let (before, after) = best.unwrap_or((None, None));
            pair(id.as_str(), before, after)
        })
        .collect();
    found.push(pair(
        "all",
        of([ProblemState::On; 4]),
        of([ProblemState::Fixed; 4]),
    ));
    found
}

fn pair(problem: &str, before: Option<&[Spin<'_>]>, after: Option<&[Spin<'_>]>) -> BeforeAfter {
    BeforeAfter {
        problem: problem.to_owned(),
        before: before.map(figures),
        after: after.map(figures),
        before_trace: before.and_then(typical),
        after_trace: after.and_then(typical),
    }
}

fn rank(state: ProblemState) -> u8 {
    match state {
        ProblemState::Off => 0,
        ProblemState::On => 1,
        ProblemState::Fixed => 2,
    }
}

fn state(rank: u8) -> ProblemState {
    match rank {
        0 => ProblemState::Off,
        1 => ProblemState::On,
        _ => ProblemState::Fixed,
    }
}

fn condition(trace: &TraceSummary) -> Condition {
    let names = |list: &[String], id: ProblemId| list.iter().any(|name| name == id.as_str());
    ProblemId::ALL.map(|id| {
        // A spin during which it was switched saw both; it was begun with the problem.
        if names(&trace.problems, id) {
            ProblemState::On
        } else if names(&trace.problems_fixed, id) {
            ProblemState::Fixed
        } else {
            ProblemState::Off
        }
    })
}

fn spin(trace: &TraceSummary) -> Spin<'_> {
    let stake = trace.measurements.get(FAILED_STAKE);
    Spin {
        start: trace.start_us,
        waited: trace.root_us,
        failed: trace.status != "ok",
        failed_stake: stake.map_or(Money::ZERO, |stake| minor(stake.value)),
        player: trace.player.as_deref(),
        trace_id: &trace.trace_id,
    }
}

/// Measurements are floating: amounts of a demo are far below 2^53 minor units.
#[allow(clippy::cast_possible_truncation)]
fn minor(major: f64) -> Money {
    Money((major * 100.0).round() as i64)
}

/// What the players of these spins met.
pub(crate) fn figures_of<'a>(traces: impl Iterator<Item = &'a TraceSummary>) -> Figures {
    figures(&traces.map(spin).collect::<Vec<_>>())
}

/// How long the players of spins waited, sorted.
pub(crate) fn sorted(waits: impl Iterator<Item = Micros>) -> Vec<Micros> {
    let mut waits: Vec<_> = waits.collect();
    waits.sort_unstable();
    waits
}

/// The value below or at which at least `percent` of the sorted values lie: the nearest-rank method (Hyndman and Fan 1996,
/// definition 1).
pub(crate) fn nearest_rank(sorted: &[Micros], percent: usize) -> Micros {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(0)
}

#[allow(clippy::cast_precision_loss)] // microseconds of a session stay far below 2^53
fn figures(spins: &[Spin<'_>]) -> Figures {
    let waits = sorted(spins.iter().map(|spin| spin.waited));
    let ms = |percent| nearest_rank(&waits, percent) as f64 / 1e3;
    let failed = spins.iter().filter(|spin| spin.failed).count();
    let players: BTreeSet<_> = spins.iter().map(|spin| spin.player).collect();
    let waited: Micros = waits.iter().sum();
    let sum = |sum: Money, spin: &Spin<'_>| sum.checked_add(spin.failed_stake).unwrap_or(sum);
    Figures {
        spins: spins.len() as u64,
        failed: failed as u64,
        p50_ms: ms(50),
        p95_ms: ms(95),
        p99_ms: ms(99),
        error_rate_percent: 100.0 * failed as f64 / spins.len().max(1) as f64,
        per_second: per_second(spins),
        waited_s_per_player: waited as f64 / 1e6 / players.len().max(1) as f64,
        failed_minor: spins.iter().fold(Money::ZERO, sum),
    }
}

/// Ends of spins over the time in which they came, pauses left out.
#[allow(clippy::cast_precision_loss)]
fn per_second(spins: &[Spin<'_>]) -> Option<f64> {
    let mut times: Vec<_> = spins
        .iter()
        .map(|spin| (spin.start, spin.start + spin.waited))
        .collect();
    times.sort_unstable();
    let mut played: Micros = 0;
    let mut under_way: Option<(Micros, Micros)> = None;
    for (start, end) in times {
        under_way = match under_way {
            Some((first, last)) if start <= last + PAUSE => Some((first, last.max(end))),
            Some((first, last)) => {
                played += last - first;
                Some((start, end))
            }
            None => Some((start, end)),
        };
    }
    played += under_way.map_or(0, |(first, last)| last - first);
    (spins.len() >= 2 && played > 0).then(|| spins.len() as f64 / (played as f64 / 1e6))
}

/// The trace at the median of those that went well; of all when none did.
fn typical(spins: &[Spin<'_>]) -> Option<String> {
    let well: Vec<_> = spins.iter().filter(|spin| !spin.failed).collect();
    let mut of: Vec<_> = if well.is_empty() {
        spins.iter().collect()
    } else {
        well
    };
    of.sort_by(|a, b| match a.waited.cmp(&b.waited) {
        // The newest of equals is the one that is still kept for longest.
        Ordering::Equal => b.start.cmp(&a.start),
        other => other,
    });
    of.get((of.len().max(1) - 1) / 2)
        .map(|spin| spin.trace_id.to_owned())
}

/// Microseconds of a time in milliseconds.
#[must_use]
pub const fn micros(at: UnixMillis) -> Micros {
    at.saturating_mul(1_000)
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // milliseconds of the fixtures come back unchanged
pub(crate) mod tests {
    use super::*;
    use reelscope_contracts::telemetry::Measurement;

    pub(crate) fn trace(n: i64, wait_ms: i64, on: &[&str], fixed: &[&str]) -> TraceSummary {
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect();
        TraceSummary {
            trace_id: format!("{n:032x}"),
            name: SPIN.to_owned(),
            op: "ui.action".to_owned(),
            service: "frontend".to_owned(),
            start_us: n * 1_000_000,
            // Work in the background that the player does not wait for.
            duration_us: wait_ms * 1_000 + 4_000_000,
            root_us: wait_ms * 1_000,
            spans: 1,
            transactions: 1,
            errors: 0,
            logs: 0,
            status: "ok".to_owned(),
            ok: true,
            release: None,
            environment: None,
            player: Some("player-1".to_owned()),
            measurements: BTreeMap::new(),
            currency: None,
            problems: names(on),
            problems_fixed: names(fixed),
            virtual_player: false,
            services: Vec::new(),
            oddities: Vec::new(),
        }
    }

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    fn of<'a>(found: &'a [BeforeAfter], problem: &str) -> &'a BeforeAfter {
        found.iter().find(|pair| pair.problem == problem).unwrap()
    }

    #[test]
    fn a_problem_is_compared_where_nothing_else_differs() {
        let traces = [
            trace(1, 900, &["missing-index", "slow-rng"], &[]),
            trace(2, 400, &["slow-rng"], &["missing-index"]),
            // Another condition: the RNG is mended too.
            trace(3, 5, &[], &["missing-index", "slow-rng"]),
        ];
        let found = pairs(&traces);
        let index = of(&found, "missing-index");
        near(index.before.as_ref().unwrap().p50_ms, 900.0);
        near(index.after.as_ref().unwrap().p50_ms, 400.0);
        assert_eq!(
            index.before_trace.as_deref(),
            Some(format!("{:032x}", 1).as_str())
        );
        let rng = of(&found, "slow-rng");
        near(rng.before.as_ref().unwrap().p50_ms, 400.0);
        near(rng.after.as_ref().unwrap().p50_ms, 5.0);
        assert_eq!(
            (&of(&found, "all").before, &of(&found, "all").after),
            (&None, &None)
        );
    }

    #[test]
    fn the_pair_with_more_spins_behind_it_counts() {
        let mut traces: Vec<_> = (0..10).map(|n| trace(n, 100, &["slow-rng"], &[])).collect();
        traces.extend((10..20).map(|n| trace(n, 10, &[], &["slow-rng"])));
        traces.push(trace(20, 7_000, &["slow-rng", "slow-provider"], &[]));
        traces.push(trace(21, 6_000, &["slow-provider"], &["slow-rng"]));
        let found = pairs(&traces);
        let rng = of(&found, "slow-rng");
        assert_eq!(
            (
                rng.before.as_ref().unwrap().spins,
                rng.after.as_ref().unwrap().spins
            ),
            (10, 10)
        );
        near(rng.before.as_ref().unwrap().p95_ms, 100.0);
    }

    #[test]
    fn figures_count_failures_money_and_time_without_pauses() {
        let mut traces: Vec<_> = (0..10).map(|n| trace(n, 500, &["payment-errors"], &[])).collect();
        traces.extend((1_000..1_010).map(|n| trace(n, 500, &["payment-errors"], &[])));
        traces[3].status = "internal_error".to_owned();
        let stake = Measurement {
            value: 12.5,
            unit: "none".to_owned(),
        };
        traces[3].measurements.insert(FAILED_STAKE.to_owned(), stake);
        traces[4].name = "page load".to_owned();
        let found = pairs(&traces);
        let figures = of(&found, "payment-errors").before.clone().unwrap();
        assert_eq!((figures.spins, figures.failed), (19, 1));
        assert_eq!(figures.failed_minor, Money(1_250));
        // Two runs of 9.5 s each, and 980 s in between that do not count.
        assert!((figures.per_second.unwrap() - 1.0).abs() < 1e-9, "{figures:?}");
        near(figures.waited_s_per_player, 9.5);
        assert_eq!(of(&found, "payment-errors").after, None);
    }

    #[test]
    fn percentiles_are_of_nearest_rank() {
        let hundred: Vec<Micros> = (1..=100).collect();
        assert_eq!(nearest_rank(&hundred, 50), 50);
        assert_eq!(nearest_rank(&hundred, 95), 95);
        assert_eq!(nearest_rank(&hundred, 99), 99);
        assert_eq!(nearest_rank(&[7], 99), 7);
        assert_eq!(nearest_rank(&[1, 2], 50), 1);
    }
}
