//! Spins of a session, as far as figures are made of them: a tenth of what the line of a trace takes, so that all of them
//! can be kept, those too whose traces had to go.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use reelscope_collector::{Collector, Digests};
use reelscope_contracts::telemetry::{Micros, ServiceShare, TraceSummary, weight};
use reelscope_contracts::{Money, UnixMillis};

use crate::faults::table::{FaultId, FaultState, STORY, StoryStates};

/// Name of the root transaction of a spin.
pub const SPIN: &str = "slot-machine-spin";
/// Measurement of the stake of a spin that failed, in major units.
pub const FAILED_STAKE: &str = "failed_stake";

/// Services whose requests make the overall error rate.
const BACKEND: [&str; 4] = ["api-gateway", "user-service", "game-engine", "payment-service"];
/// Most spins that a session remembers: half an hour of 50 a second, in about 65 MB. Figures are of the newest.
const MOST: usize = 100_000;
/// Between two looks while nobody asks: nothing goes before it was seen, since what is kept lasts for longer.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// A spin.
#[derive(Debug, Clone)]
pub struct SessionSpin {
    pub(crate) trace_id: Box<str>,
    /// Whether its trace can still be looked at.
    pub(crate) has_trace: bool,
    /// How many spins it stands for.
    pub(crate) weight: f64,
    pub(crate) start: Micros,
    pub(crate) waited: Micros,
    /// Whether it ended in an error: its player was told of a failure, or what went on behind the answer failed.
    pub(crate) failed: bool,
    pub(crate) failed_stake: Money,
    pub(crate) player: Option<Box<str>>,
    pub(crate) virtual_player: bool,
    pub(crate) requests: u64,
    pub(crate) failed_requests: u64,
    pub(crate) release: Option<Box<str>>,
    /// Where each problem of the story stood.
    pub(crate) story: StoryStates,
    /// Faults beside the story that it met.
    pub(crate) faults: Box<[Cow<'static, str>]>,
    /// Stake and payout in major units of a round that was drawn by chance.
    pub(crate) round: Option<(f64, f64)>,
    pub(crate) shares: Box<[Share]>,
}

/// What one service did in it.
#[derive(Debug, Clone)]
pub(crate) struct Share {
    pub(crate) service: Cow<'static, str>,
    pub(crate) errors: u32,
    pub(crate) own: Micros,
    pub(crate) waiting: Micros,
}

impl SessionSpin {
    /// The spin whose trace this is; `None` where it is none of a spin.
    #[must_use]
    pub fn of(trace: &TraceSummary) -> Option<Self> {
        if trace.name != SPIN {
            return None;
        }
        let measured = |name: &str| trace.measurements.get(name).map(|measurement| measurement.value);
        let round = match (measured("stake"), measured("payout"), measured("rtp")) {
            // A round that was not drawn by chance has measured no RTP.
            (Some(stake), Some(payout), Some(_)) => Some((stake, payout)),
            _ => None,
        };
        let of_backend = |what: fn(&ServiceShare) -> u32| {
            // The page is no backend, and the provider, which reports nothing, not ours.
            let shares = trace.services.iter();
            let ours = shares.filter(|share| BACKEND.contains(&share.service.as_str()));
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

/// A name that all spins have stands once in memory.
fn shared_name(name: &str) -> Cow<'static, str> {
    let faults = FaultId::ALL.iter().map(|id| id.as_str());
    let known = BACKEND.into_iter().chain(["frontend"]).chain(faults);
    let known = known.into_iter().find(|known| *known == name);
    known.map_or_else(|| Cow::Owned(name.to_owned()), Cow::Borrowed)
}

/// Where each problem of the story stood when this trace was made.
fn story(trace: &TraceSummary) -> StoryStates {
    let names = |list: &[String], id: FaultId| list.iter().any(|name| name == id.as_str());
    STORY.map(|id| {
        // A spin during which it was switched saw both; it was begun with the problem.
        if names(&trace.problems, id) {
            FaultState::On
        } else if names(&trace.problems_fixed, id) {
            FaultState::Fixed
        } else {
            FaultState::Off
        }
    })
}

/// Measurements are floating.
fn minor(major: f64) -> Money {
    whole(major * 100.0)
}

/// Amounts of a demo are far below 2^53 minor units.
#[allow(clippy::cast_possible_truncation)]
pub fn whole(minor: f64) -> Money {
    Money(minor.round() as i64)
}

/// The spins of the session that goes on; clones share them.
#[derive(Clone)]
pub struct SessionSpins {
    collector: Collector,
    known: Arc<Mutex<Digests<SessionSpin>>>,
}

impl SessionSpins {
    /// None is known yet.
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

    /// Makes something of all spins that came after the envelope that `after` tells, and says when the first of them began if
    /// there were more than are remembered. Blocks.
    pub fn read<T>(
        &self,
        after: impl FnOnce() -> u64,
        make: impl FnOnce(&mut dyn Iterator<Item = &SessionSpin>) -> T,
    ) -> (T, Option<UnixMillis>) {
        let mut known = self.known.lock();
        let gone = |spin: &mut SessionSpin| spin.has_trace = false;
        if let Err(error) = self
            .collector
            .follow_traces(after(), &mut known, SessionSpin::of, gone)
        {
            tracing::warn!(%error, "spins of the session could not be read");
        }
        let first = known
            .is_cut()
            .then(|| known.values().map(|spin| spin.start).min());
        let first = first.flatten().map(|start| start / 1_000);
        (make(&mut known.values()), first)
    }

    /// Sees spins before their traces go, though nobody asks for figures.
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
