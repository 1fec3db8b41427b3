//! Before and after: figures of this session's spins with a problem and with its fix. Pure.
//!
//! Percentiles are of the nearest rank (`nearest_rank` in `services/page-api/src/telemetry.rs`), each recorded spin
//! counted once: in `figures` those of the waits of a side, in `slowed_time` the P95 of the time on the critical path
//! of what one problem slows down. Numbers and shares of spins are weighted by the sample rate.

use std::cell::OnceCell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use reelscope_page_api::telemetry::{Micros, nearest_rank, rank_index};

use crate::faults::table::{FaultState, STORY, StoryStates, is_felt};
use crate::spins::{SessionSpin, whole};
use crate::wire::{AllProblems, BeforeAfter, ComparedProblem, Figures, SlowedTime};

/// With fewer recorded spins a percentile or a share of failures is determined by one or two of them.
pub const LEAST_SPINS: u64 = 20;

/// A pause between spins of at least this length, in microseconds, is left out of the rate of spins.
const PAUSE: Micros = 10_000_000;

/// The result of comparing the spins of a session.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Compared {
    /// One pair for each problem, and one for all of them.
    pub pairs: Vec<BeforeAfter>,
    /// Figures of the spins with every problem in its present state.
    pub now: Option<Figures>,
    /// Number of spins that are left out.
    pub left_out: u64,
    /// Number of the counted spins that virtual players made.
    pub virtual_spins: u64,
}

/// Compares the spins with each problem to those with its fix, and computes the figures for the states `now`.
///
/// The two sides of a pair differ in the state of that one problem only. Of several such pairs the one with the
/// most spins on its smaller side is taken. Spins that a felt fault beside the story could disturb are left out.
#[must_use]
pub fn compare<'a>(spins: impl IntoIterator<Item = &'a SessionSpin>, now: StoryStates) -> Compared {
    let mut by_story: BTreeMap<StoryStates, Side<'_>> = BTreeMap::new();
    let (mut left_out, mut virtual_spins) = (0, 0);
    for spin in spins {
        if spin.faults.iter().any(|fault| is_felt(fault)) {
            left_out += 1;
            continue;
        }
        virtual_spins += u64::from(spin.virtual_player);
        by_story.entry(spin.story).or_default().spins.push(spin);
    }
    let of = |story: StoryStates| by_story.get(&story);
    let mut found: Vec<_> = STORY
        .into_iter()
        .enumerate()
        .map(|(place, id)| {
            let others = by_story.keys().filter(|story| story[place] != FaultState::Off);
            let best = others
                .map(|story| {
                    let mut story = *story;
                    story[place] = FaultState::On;
                    let before = of(story);
                    story[place] = FaultState::Fixed;
                    (before, of(story))
                })
                .max_by_key(|(before, after)| {
                    let count = |side: &Option<&Side<'_>>| side.map_or(0, |side| side.spins.len());
                    let (before, after) = (count(before), count(after));
                    (before.min(after), before.max(after))
                });
            let (before, after) = best.unwrap_or((None, None));
            BeforeAfter {
                slowed: slowed_time(place, before, after),
                ..pair(ComparedProblem::One(id), before, after)
            }
        })
        .collect();
    found.push(pair(
        ComparedProblem::All(AllProblems::All),
        of(STORY.map(|_| FaultState::On)),
        of(STORY.map(|_| FaultState::Fixed)),
    ));
    Compared {
        pairs: found,
        now: of(now).map(Side::figures),
        left_out,
        virtual_spins,
    }
}

/// The spins with equal states of the problems. The figures are computed once, because several pairs may share a
/// side.
#[derive(Default)]
struct Side<'a> {
    spins: Vec<&'a SessionSpin>,
    figures: OnceCell<Figures>,
    typical: OnceCell<Option<String>>,
}

impl Side<'_> {
    fn figures(&self) -> Figures {
        self.figures.get_or_init(|| figures(&self.spins)).clone()
    }

    fn typical(&self) -> Option<String> {
        self.typical.get_or_init(|| typical(&self.spins)).clone()
    }
}

fn pair(problem: ComparedProblem, before: Option<&Side<'_>>, after: Option<&Side<'_>>) -> BeforeAfter {
    BeforeAfter {
        problem,
        before: before.map(Side::figures),
        after: after.map(Side::figures),
        slowed: None,
        before_trace: before.and_then(Side::typical),
        after_trace: after.and_then(Side::typical),
    }
}

/// The 95th percentiles of the time of the part that the problem at this place of the story slows down.
#[allow(clippy::cast_precision_loss)] // microseconds of a spin stay far below 2^53
fn slowed_time(place: usize, before: Option<&Side<'_>>, after: Option<&Side<'_>>) -> Option<SlowedTime> {
    let p95_ms = |side: &Side<'_>| {
        let times = sorted(side.spins.iter().map(|spin| spin.slowed[place]));
        nearest_rank(&times, 95) as f64 / 1e3
    };
    Some(SlowedTime {
        actor: STORY[place].slows()?.to_owned(),
        before_p95_ms: p95_ms(before?),
        after_p95_ms: p95_ms(after?),
    })
}

/// Sorts times.
#[must_use]
pub fn sorted(waits: impl Iterator<Item = Micros>) -> Vec<Micros> {
    let mut waits: Vec<_> = waits.collect();
    waits.sort_unstable();
    waits
}

/// Rounds a weighted count. The values are not negative and far below 2^53.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn counted(weighted: f64) -> u64 {
    weighted.round() as u64
}

/// Computes the figures of these spins.
#[allow(clippy::cast_precision_loss)] // microseconds of a session stay far below 2^53
pub fn figures(spins: &[&SessionSpin]) -> Figures {
    let waits = sorted(spins.iter().map(|spin| spin.waited));
    let ms = |percent| nearest_rank(&waits, percent) as f64 / 1e3;
    let of = |what: fn(&SessionSpin) -> f64| spins.iter().map(|spin| spin.weight * what(spin)).sum::<f64>();
    let all = of(|_| 1.0);
    let failed = of(|spin| f64::from(u8::from(spin.failed)));
    let players: BTreeSet<_> = spins.iter().map(|spin| spin.player.as_deref()).collect();
    let waited = of(|spin| spin.waited as f64);
    let requests = of(|spin| spin.requests as f64);
    let failed_requests = of(|spin| spin.failed_requests as f64);
    let share = |part: f64, whole: f64| if whole > 0.0 { 100.0 * part / whole } else { 0.0 };
    Figures {
        spins: counted(all),
        recorded: spins.len() as u64,
        failed: counted(failed),
        p50_ms: ms(50),
        p95_ms: ms(95),
        p99_ms: ms(99),
        error_rate_percent: share(failed, all),
        per_second: per_second(spins, all),
        waited_s_per_player: waited / 1e6 / players.len().max(1) as f64,
        failed_minor: whole(of(|spin| spin.failed_stake.0 as f64)),
        requests: counted(requests),
        failed_requests: counted(failed_requests),
        overall_error_rate_percent: share(failed_requests, requests),
    }
}

/// Spins per second while they came, with pauses left out; `all` is their weighted number.
#[allow(clippy::cast_precision_loss)]
fn per_second(spins: &[&SessionSpin], all: f64) -> Option<f64> {
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
    (spins.len() >= 2 && played > 0).then(|| all / (played as f64 / 1e6))
}

/// Returns the trace of the median spin, among those with a stored trace that did not fail, or among all with a
/// stored trace when each of them failed.
fn typical(spins: &[&SessionSpin]) -> Option<String> {
    let kept = || spins.iter().filter(|spin| spin.has_trace);
    let well: Vec<_> = kept().filter(|spin| !spin.failed).collect();
    let mut of: Vec<_> = if well.is_empty() { kept().collect() } else { well };
    of.sort_by(|a, b| match a.waited.cmp(&b.waited) {
        // Among equals the newest one, because its trace is kept for longest.
        Ordering::Equal => b.start.cmp(&a.start),
        other => other,
    });
    of.get(rank_index(of.len(), 50))
        .map(|spin| spin.trace_id.to_string())
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // milliseconds of the fixtures come back unchanged
pub(crate) mod tests {
    use super::*;
    use crate::players::SPIN;
    use crate::spins::FAILED_STAKE;
    use reelscope_contracts::Money;
    use reelscope_page_api::telemetry::{Measurement, PathShare, ServiceShare, TraceSummary};

    pub(crate) fn trace(n: i64, wait_ms: i64, on: &[&str], fixed: &[&str]) -> TraceSummary {
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect();
        TraceSummary {
            first_envelope: 1,
            trace_id: format!("{n:032x}"),
            name: SPIN.to_owned(),
            op: "ui.action".to_owned(),
            service: "frontend".to_owned(),
            start_us: n * 1_000_000,
            // Work in the background, which the player does not wait for.
            duration_us: wait_ms * 1_000 + 4_000_000,
            root_us: wait_ms * 1_000,
            duration_unknown: false,
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
            faults: Vec::new(),
            sample_rate: None,
            virtual_player: false,
            services: Vec::new(),
            ..TraceSummary::default()
        }
    }

    pub(crate) fn spins(traces: &[TraceSummary]) -> Vec<SessionSpin> {
        traces.iter().filter_map(SessionSpin::of).collect()
    }

    fn pairs(traces: &[TraceSummary]) -> Vec<BeforeAfter> {
        all_on(traces).pairs
    }

    fn all_on(traces: &[TraceSummary]) -> Compared {
        compare(&spins(traces), STORY.map(|_| FaultState::On))
    }

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    fn of<'a>(found: &'a [BeforeAfter], problem: &str) -> &'a BeforeAfter {
        found
            .iter()
            .find(|pair| serde_json::json!(pair.problem) == problem)
            .unwrap()
    }

    #[test]
    fn a_problem_is_compared_where_nothing_else_differs() {
        let traces = [
            trace(1, 900, &["missing-index", "slow-rng"], &[]),
            trace(2, 400, &["slow-rng"], &["missing-index"]),
            // Another state of the other problems: the generator is fixed too.
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
    fn a_problem_is_compared_by_the_time_of_what_it_slows_down() {
        let spin = |n, on: &[&str], fixed: &[&str], times: [i64; 2]| TraceSummary {
            critical_path: ["payment-provider", "game-engine"]
                .into_iter()
                .zip(times)
                .map(|(actor, ms)| PathShare {
                    actor: actor.to_owned(),
                    time_us: ms * 1_000,
                })
                .collect(),
            ..trace(n, 5_000, on, fixed)
        };
        let traces = [
            spin(1, &["slow-rng", "payment-errors"], &[], [4_000, 290]),
            spin(2, &["slow-rng", "payment-errors"], &[], [3_000, 270]),
            spin(3, &["payment-errors"], &["slow-rng"], [4_000, 2]),
            spin(4, &["slow-rng"], &["payment-errors"], [4_000, 280]),
        ];
        let found = pairs(&traces);
        let expected = SlowedTime {
            actor: "game-engine".to_owned(),
            before_p95_ms: 290.0,
            after_p95_ms: 2.0,
        };
        assert_eq!(of(&found, "slow-rng").slowed, Some(expected));
        // It makes spins fail, and none slower.
        assert!(of(&found, "payment-errors").after.is_some());
        assert_eq!(of(&found, "payment-errors").slowed, None);
        assert_eq!(of(&found, "slow-provider").slowed, None);
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
        // Two runs of 9.5 s each; the 980 s between them do not count.
        assert!((figures.per_second.unwrap() - 1.0).abs() < 1e-9, "{figures:?}");
        near(figures.waited_s_per_player, 9.5);
        assert_eq!(of(&found, "payment-errors").after, None);
    }

    #[test]
    fn what_holds_now_is_summed_and_the_overall_error_rate_is_of_backend_requests() {
        let all = ["missing-index", "slow-rng", "slow-provider", "payment-errors"];
        let share = |service: &str, requests, failed_requests| ServiceShare {
            service: service.to_owned(),
            requests,
            failed_requests,
            ..ServiceShare::default()
        };
        let mut traces: Vec<_> = (0..10).map(|n| trace(n, 500, &all, &[])).collect();
        for spin in &mut traces {
            spin.services = vec![
                share("api-gateway", 1, 0),
                share("frontend", 0, 0),
                share("game-engine", 1, 0),
                share("payment-service", 3, 0),
                share("user-service", 1, 0),
                // A service in the same trace that is not ours.
                share("crm", 7, 7),
            ];
        }
        traces[2].status = "internal_error".to_owned();
        traces[2].services[0].failed_requests = 1;
        traces[2].services[3].failed_requests = 1;
        // The spin succeeded for its player, and what ran after the response failed.
        traces[3].status = "error".to_owned();
        // Another state of the problems.
        traces.push(trace(20, 5, &[], &all));
        let found = all_on(&traces).now.unwrap();
        assert_eq!((found.spins, found.failed), (10, 2));
        assert_eq!((found.requests, found.failed_requests), (60, 2));
        near(found.overall_error_rate_percent, 100.0 * 2.0 / 60.0);
        assert_eq!(all_on(&traces[10..]).now, None);
    }

    #[test]
    fn spins_with_a_fault_count_nowhere_unless_it_is_only_what_is_paid() {
        let mut traces: Vec<_> = (0..4).map(|n| trace(n, 500, &["slow-rng"], &[])).collect();
        traces[0].faults = vec!["provider-down".to_owned(), "rtp-anomaly".to_owned()];
        traces[1].faults = vec!["rtp-anomaly".to_owned()];
        traces[2].faults = vec!["memory-leak".to_owned()];
        let found = all_on(&traces);
        assert_eq!(found.left_out, 2);
        assert_eq!(of(&found.pairs, "slow-rng").before.as_ref().unwrap().spins, 2);
    }

    #[test]
    fn a_trace_that_is_gone_is_not_pointed_at() {
        let traces: Vec<_> = (0..3).map(|n| trace(n, 500 + n, &["slow-rng"], &[])).collect();
        let mut spins = spins(&traces);
        let typical = |spins: &[SessionSpin]| {
            let found = compare(spins, STORY.map(|_| FaultState::On));
            let slow = of(&found.pairs, "slow-rng");
            (slow.before.as_ref().unwrap().spins, slow.before_trace.clone())
        };
        assert_eq!(typical(&spins), (3, Some(format!("{:032x}", 1))));
        spins[0].has_trace = false;
        spins[1].has_trace = false;
        assert_eq!(typical(&spins), (3, Some(format!("{:032x}", 2))));
        spins[2].has_trace = false;
        assert_eq!(typical(&spins), (3, None));
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
