//! The spins of a session, reduced to what the figures need. That is a tenth of a trace summary, so all spins can
//! be kept, including those whose traces have been deleted.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use reelscope_collector::{Collector, Digests, Whose};
use reelscope_contracts::{Money, SERVICES, UnixMillis};
use reelscope_page_api::telemetry::{Micros, ServiceShare, TraceSummary, weight};

use crate::faults::table::{FaultId, FaultState, STORY, StoryStates};
use crate::players::SPIN;

/// Measurement with the stake of a failed spin, in major units.
pub const FAILED_STAKE: &str = "failed_stake";

/// Limit of remembered spins: half an hour at 50 a second, in about 70 MB. The oldest are dropped first.
const MOST: usize = 100_000;
/// Interval of reading new spins while no figures are requested; the collector keeps traces for longer than this.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// One spin.
#[derive(Debug, Clone)]
pub struct SessionSpin {
    pub(crate) trace_id: Box<str>,
    /// Whether its trace is still stored.
    pub(crate) has_trace: bool,
    /// Number of spins that it stands for, by the sample rate of its trace.
    pub(crate) weight: f64,
    pub(crate) start: Micros,
    pub(crate) waited: Micros,
    /// Whether it failed, for its player or in the work after the response.
    pub(crate) failed: bool,
    pub(crate) failed_stake: Money,
    pub(crate) player: Option<Box<str>>,
    pub(crate) virtual_player: bool,
    pub(crate) requests: u64,
    pub(crate) failed_requests: u64,
    pub(crate) release: Option<Box<str>>,
    /// The state of each problem of the story.
    pub(crate) story: StoryStates,
    /// The faults beside the story that were on.
    pub(crate) faults: Box<[Cow<'static, str>]>,
    /// Stake and payout in major units; `None` for a round that is not drawn by chance.
    pub(crate) round: Option<(f64, f64)>,
    pub(crate) shares: Box<[Share]>,
    /// For each problem of the story the time on the critical path of what it slows down; 0 where it slows nothing down.
    pub(crate) slowed: [Micros; STORY.len()],
}

/// The part of one service in a spin.
#[derive(Debug, Clone)]
pub(crate) struct Share {
    pub(crate) service: Cow<'static, str>,
    pub(crate) errors: u32,
    pub(crate) own: Micros,
    pub(crate) waiting: Micros,
}

impl SessionSpin {
    /// Converts the summary of a trace; `None` where it is not a spin.
    #[must_use]
    pub fn of(trace: &TraceSummary) -> Option<Self> {
        if trace.name != SPIN {
            return None;
        }
        let measured = |name: &str| trace.measurements.get(name).map(|measurement| measurement.value);
        let round = match (measured("stake"), measured("payout"), measured("rtp")) {
            // A round that is not drawn by chance has no measurement `rtp`.
            (Some(stake), Some(payout), Some(_)) => Some((stake, payout)),
            _ => None,
        };
        let of_backend = |what: fn(&ServiceShare) -> u32| {
            // The page is no backend, and the provider is not ours.
            let shares = trace.services.iter();
            let ours = shares
                .filter(|share| share.service != "frontend" && SERVICES.contains(&share.service.as_str()));
            ours.map(|share| u64::from(what(share))).sum()
        };
        Some(Self {
            trace_id: trace.trace_id.as_str().into(),
            has_trace: true,
            weight: weight(trace.sample_rate),
            start: trace.start_us,
            waited: trace.root_us,
            failed: trace.status != "ok",
            failed_stake: measured(FAILED_STAKE).map_or(Money::ZERO, minor),
            player: trace.player.as_deref().map(Into::into),
            virtual_player: trace.virtual_player,
            requests: of_backend(|share| share.requests),
            failed_requests: of_backend(|share| share.failed_requests),
            release: trace.release.as_deref().map(Into::into),
            story: story(trace),
            faults: trace.faults.iter().map(|fault| shared_name(fault)).collect(),
            round,
            shares: trace.services.iter().map(Share::of).collect(),
            slowed: STORY.map(|id| {
                let path = trace.critical_path.iter();
                let own = path.filter(|share| id.slows() == Some(share.actor.as_str()));
                own.map(|share| share.time_us).sum()
            }),
        })
    }
}

impl Share {
    fn of(share: &ServiceShare) -> Self {
        Self {
            service: shared_name(&share.service),
            errors: share.errors,
            own: share.own_us,
            waiting: share.waiting_us,
        }
    }
}

/// Returns a name that many spins share as a static string, so that it is not stored for each spin.
fn shared_name(name: &str) -> Cow<'static, str> {
    let faults = FaultId::ALL.iter().map(|id| id.as_str());
    let known = SERVICES.into_iter().chain(faults);
    let known = known.into_iter().find(|known| *known == name);
    known.map_or_else(|| Cow::Owned(name.to_owned()), Cow::Borrowed)
}

/// The state of each problem of the story in this trace.
#[must_use]
pub fn story(trace: &TraceSummary) -> StoryStates {
    let names = |list: &[String], id: FaultId| list.iter().any(|name| name == id.as_str());
    STORY.map(|id| {
        // A spin during a switch has both tags; it began with the problem.
        if names(&trace.problems, id) {
            FaultState::On
        } else if names(&trace.problems_fixed, id) {
            FaultState::Fixed
        } else {
            FaultState::Off
        }
    })
}

/// Converts a measurement in major units to minor units.
fn minor(major: f64) -> Money {
    whole(major * 100.0)
}

/// Rounds minor units. The amounts of a demo are far below 2^53.
#[allow(clippy::cast_possible_truncation)]
pub fn whole(minor: f64) -> Money {
    Money(minor.round() as i64)
}

/// The spins of the current session. Clones share them.
#[derive(Clone)]
pub struct SessionSpins {
    collector: Collector,
    known: Arc<Mutex<Digests<SessionSpin>>>,
}

impl SessionSpins {
    /// Creates it without spins.
    #[must_use]
    pub fn new(collector: Collector) -> Self {
        Self::of_newest(collector, MOST)
    }

    fn of_newest(collector: Collector, most: usize) -> Self {
        Self {
            collector,
            known: Arc::new(Mutex::new(Digests::new(most))),
        }
    }

    /// Passes all spins after the envelope number from `after` to `make`, and returns its result. The second value
    /// is the start of the oldest remembered spin, if older ones were dropped. Blocks.
    pub fn read<T>(
        &self,
        after: impl FnOnce() -> u64,
        make: impl FnOnce(&mut dyn Iterator<Item = &SessionSpin>) -> T,
    ) -> (T, Option<UnixMillis>) {
        let mut known = self.known.lock();
        let gone = |spin: &mut SessionSpin| spin.has_trace = false;
        if let Err(error) =
            self.collector
                .follow_traces((after(), Whose::All), &mut known, SessionSpin::of, gone)
        {
            tracing::warn!(%error, "spins of the session could not be read");
        }
        let first = known
            .is_cut()
            .then(|| known.values().map(|spin| spin.start).min());
        let first = first.flatten().map(|start| start / 1_000);
        (make(&mut known.values()), first)
    }

    /// Reads new spins regularly, so that none is missed when its trace is deleted before figures are requested.
    pub async fn watch(self, after: impl Fn() -> u64 + Clone + Send + 'static) {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let (spins, after) = (self.clone(), after.clone());
            let looked = tokio::task::spawn_blocking(move || spins.read(after, |_| ()));
            if let Err(error) = looked.await
                && error.is_panic()
            {
                std::panic::resume_unwind(error.into_panic());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reelscope_collector::Options;

    const BEGAN: i64 = 1_764_000_000;

    fn spin(n: i64, name: &str) -> Vec<u8> {
        let (start, id) = (BEGAN + n, format!("{n:032x}"));
        let payload = serde_json::json!({
            "event_id": id, "transaction": name, "start_timestamp": start, "timestamp": start + 1, "release": "1.0.0",
            "measurements": { "stake": { "value": 1.0 }, "payout": { "value": 2.0 }, "rtp": { "value": 200.0 } },
            "contexts": { "trace": { "trace_id": id, "span_id": format!("{n:016x}"), "status": "ok" } },
        });
        format!("{{}}\n{{\"type\":\"transaction\"}}\n{payload}\n").into_bytes()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_session_with_more_spins_than_are_remembered_says_when_those_began() {
        let dir = tempfile::tempdir().unwrap();
        let (collector, _) = Collector::open(dir.path(), Options::standard()).unwrap();
        let of_newest = |most| SessionSpins::of_newest(collector.clone(), most);
        let (all, two) = (of_newest(3), of_newest(2));
        for (n, name) in [(1, SPIN), (2, SPIN), (3, "GET /"), (4, SPIN)] {
            collector.capture_nowait("frontend", spin(n, name));
        }
        let caught_up = async {
            while !collector.caught_up() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), caught_up)
            .await
            .unwrap();
        let starts = |spins: &mut dyn Iterator<Item = &SessionSpin>| {
            let starts = spins.map(|spin| spin.start / 1_000_000 - BEGAN);
            starts.collect::<Vec<_>>()
        };
        assert_eq!(all.read(|| 0, starts), (vec![1, 2, 4], None));
        assert_eq!(two.read(|| 0, starts), (vec![2, 4], Some(1_000 * (BEGAN + 2))));
        assert_eq!(two.read(|| 2, starts), (vec![4], None));
        let round = two.read(
            || 2,
            |spins| spins.next().map(|spin| (spin.round, spin.release.clone())),
        );
        assert_eq!(round.0, Some((Some((1.0, 2.0)), Some("1.0.0".into()))));
        collector.shutdown().await;
    }
}
