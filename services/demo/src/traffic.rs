//! Virtual players that spin in the background, so that percentiles have enough spins within a minute.
//!
//! Each player pauses, makes one spin through the gateway as the page does, and pauses again. Turns begin on a
//! common clock that keeps the process within a budget of CPU ([`pace`]). Without a budget nothing delays them,
//! which shows how services collapse under load.

mod machine;
mod pace;
mod player;
mod settings;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use crate::wire::{SetTraffic, Traffic as View};
use hdrhistogram::Histogram;
use parking_lot::{Mutex, MutexGuard};
use reelscope_contracts::Code;
use reelscope_page_api::telemetry::nearest_rank;
use reelscope_telemetry::{cpu_ms, latencies, record_latency, watched};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinSet};

use crate::figures::sorted;
use crate::players::TrafficTarget;
use machine::{busy, machine_ticks};
use pace::{CpuSample, Pace};
use player::{FIRST_ACCOUNT, wanted};

pub use machine::cores;
pub use settings::{Budget, MOST_PLAYERS, TrafficFlags, TrafficRefusal, budget};

/// The initial settings.
const AT_REST: SetTraffic = SetTraffic {
    running: false,
    players: 50,
    budget_percent: Some(50),
};
/// Interval of reading the CPU times.
const CONTROL_EVERY: Duration = Duration::from_millis(500);
/// Window of the displayed rate.
const SHOWN_OVER: Duration = Duration::from_secs(5);
/// Window of the displayed 95th percentile: at three spins a second it holds thirty of them.
const WAITS_SHOWN_OVER: Duration = Duration::from_secs(10);
/// Assumed duration of a turn before the first one has ended.
const FIRST_TURN_TAKES: Duration = Duration::from_secs(4);

/// Controls the traffic. Clones share it; dropping the last one stops the traffic.
#[derive(Clone)]
pub struct TrafficControl {
    shared: Arc<Shared>,
}

struct Shared {
    target: TrafficTarget,
    state: Mutex<State>,
    /// When the last turn was given. Players queue for this lock, so turns are given in order of arrival.
    turns: tokio::sync::Mutex<Instant>,
    /// Wakes the first player of the queue when settings or pace change.
    changed: Notify,
    next_account: AtomicU64,
    /// Whether the system reports CPU times.
    is_told: bool,
}

struct State {
    set: SetTraffic,
    pace: Pace,
    /// Number of turns begun since the last CPU sample.
    begun: u32,
    under_way: usize,
    /// Smoothed duration of a turn.
    turn_takes: Duration,
    cpu_percent: Option<f64>,
    tally: Tally,
    /// The newest spins: when each ended, and how long its player waited.
    ended: VecDeque<(Instant, Duration)>,
    /// The tasks of the players.
    seats: Vec<AbortHandle>,
    tasks: JoinSet<()>,
}

impl State {
    /// Spawns a task that runs as long as the traffic. A panic of one stops all of it, so that what is shown stays true
    /// and the next start begins anew.
    fn spawn(
        &mut self,
        shared: &Arc<Shared>,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) -> AbortHandle {
        let shared = Arc::clone(shared);
        self.tasks.spawn(async move {
            if watched(name, task).await.is_err() {
                shared.state().end();
            }
        })
    }

    /// Stops all players. Their spins under way still end, because the gateway runs each on a task of its own.
    fn end(&mut self) {
        self.set.running = false;
        self.tasks.abort_all();
        self.seats.clear();
        self.ended.clear();
    }
}

/// Results of the virtual players since they were last started.
#[derive(Debug, Clone)]
pub struct Tally {
    /// Number of spins that succeeded.
    pub ok: u64,
    /// Number of failed spins, by the stable code of the failure.
    pub failed_by_code: BTreeMap<String, u64>,
    /// Waiting times of the players in microseconds; more than one hour counts as one hour.
    pub waits_us: Histogram<u64>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            ok: 0,
            failed_by_code: BTreeMap::new(),
            waits_us: latencies(),
        }
    }
}

impl Tally {
    /// Number of failed spins.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.failed_by_code.values().sum()
    }

    fn add(&mut self, waited: Duration, failed: Option<Code>) {
        record_latency(&mut self.waits_us, waited);
        match failed {
            None => self.ok += 1,
            Some(code) => *self.failed_by_code.entry(code.as_str().to_owned()).or_default() += 1,
        }
    }
}

impl TrafficControl {
    /// Creates the control without players.
    #[must_use]
    pub fn new(target: TrafficTarget) -> Self {
        let state = State {
            set: AT_REST,
            pace: Pace::new(cores()),
            begun: 0,
            under_way: 0,
            turn_takes: FIRST_TURN_TAKES,
            cpu_percent: None,
            tally: Tally::default(),
            ended: VecDeque::new(),
            seats: Vec::new(),
            tasks: JoinSet::new(),
        };
        Self {
            shared: Arc::new(Shared {
                target,
                state: Mutex::new(state),
                turns: tokio::sync::Mutex::new(Instant::now()),
                changed: Notify::new(),
                next_account: AtomicU64::new(FIRST_ACCOUNT),
                is_told: cpu_ms().is_some(),
            }),
        }
    }

    /// Returns the state for the page.
    #[must_use]
    pub fn view(&self) -> View {
        let mut state = self.shared.state();
        let now = Instant::now();
        while state
            .ended
            .front()
            .is_some_and(|(at, _)| now - *at > WAITS_SHOWN_OVER)
        {
            state.ended.pop_front();
        }
        let newest = state.ended.iter().filter(|(at, _)| now - *at <= SHOWN_OVER);
        #[allow(clippy::cast_precision_loss)] // a few thousand
        let per_second = newest.count() as f64 / SHOWN_OVER.as_secs_f64();
        let waits = sorted(
            state
                .ended
                .iter()
                .map(|(_, waited)| i64::try_from(waited.as_micros()).unwrap_or(i64::MAX)),
        );
        #[allow(clippy::cast_precision_loss)] // far below 2^53 microseconds
        let p95_ms = (!waits.is_empty()).then(|| nearest_rank(&waits, 95) as f64 / 1e3);
        View {
            running: state.set.running,
            players: state.set.players,
            budget_percent: state.set.budget_percent,
            spins: state.tally.ok + state.tally.failed(),
            failed: state.tally.failed(),
            per_second,
            p95_ms,
            wanted_per_second: wanted(state.set),
            cpu_percent: state.cpu_percent.filter(|_| state.set.running),
            throttled: state.set.running && state.set.budget_percent.is_some() && state.pace.throttled(),
        }
    }

    /// Starts, stops or changes the traffic.
    ///
    /// # Errors
    /// [`TrafficRefusal`]; nothing is changed.
    pub fn set(&self, wanted: SetTraffic) -> Result<(), TrafficRefusal> {
        if !(1..=MOST_PLAYERS).contains(&wanted.players) {
            return Err(TrafficRefusal::Players(wanted.players));
        }
        if let Some(budget) = wanted
            .budget_percent
            .filter(|budget| !(10..=100).contains(budget))
        {
            return Err(TrafficRefusal::Budget(budget));
        }
        let mut state = self.shared.state();
        let began = !state.set.running;
        state.set = wanted;
        if !wanted.running {
            state.end();
            return Ok(());
        }
        if began {
            state.tally = Tally::default();
            state.pace = Pace::new(cores());
            state.turn_takes = FIRST_TURN_TAKES;
            state.tasks = JoinSet::new();
            let control = Arc::clone(&self.shared).control();
            state.spawn(&self.shared, "pace of the virtual players", control);
        }
        let players = wanted.players as usize;
        // Removed players stop at once: one that pauses or waits for a turn would still be there when its place is
        // taken again.
        let seated = state.seats.len();
        for gone in state.seats.drain(players.min(seated)..) {
            gone.abort();
        }
        while state.tasks.try_join_next().is_some() {}
        while state.seats.len() < players {
            let play = Arc::clone(&self.shared).play();
            let player = state.spawn(&self.shared, "virtual player", play);
            state.seats.push(player);
        }
        drop(state);
        self.shared.changed.notify_waiters();
        Ok(())
    }

    /// Returns the results since the last start.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.shared.state().tally.clone()
    }

    /// Stops the traffic.
    pub fn stop(&self) {
        self.shared.state().end();
    }

    /// Stops the traffic and restores the initial settings.
    pub fn reset(&self) {
        let mut state = self.shared.state();
        state.end();
        state.set = AT_REST;
        state.tally = Tally::default();
    }
}

/// A turn under way; it ends when dropped.
struct Turn {
    shared: Arc<Shared>,
    began: Instant,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.under_way = state.under_way.saturating_sub(1);
        let took = self.began.elapsed().as_secs_f64();
        let before = state.turn_takes.as_secs_f64();
        // Smoothed over about ten turns.
        state.turn_takes = Duration::from_secs_f64(before + 0.1 * (took - before));
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// Samples the CPU times, for the pace and for the display.
    async fn control(self: Arc<Self>) {
        let mut ticks = tokio::time::interval(CONTROL_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        ticks.tick().await;
        let (mut then, mut cpu_then, mut machine_then) = (Instant::now(), cpu_ms(), machine_ticks());
        loop {
            ticks.tick().await;
            let (now, cpu, machine) = (Instant::now(), cpu_ms(), machine_ticks());
            let elapsed = now - then;
            let spent = cpu_then.zip(cpu).map(|(before, after)| after - before);
            let busy_percent = machine_then
                .zip(machine)
                .and_then(|(before, after)| busy(before, after));
            (then, cpu_then, machine_then) = (now, cpu, machine);
            let mut state = self.state();
            let begun = std::mem::take(&mut state.begun);
            let own = spent.map(|spent| spent / elapsed.as_secs_f64() / cores() / 10.0);
            // Smoothed over a few seconds, because a single spin is a burst of CPU.
            let smooth = |old: f64| own.map(|own| old + 0.15 * (own - old));
            state.cpu_percent = state.cpu_percent.map_or(own, smooth);
            if let (Some(budget), Some(spent_ms), Some(own)) = (state.set.budget_percent, spent, own) {
                let most = wanted(state.set);
                let sample = CpuSample {
                    elapsed,
                    spent_ms,
                    begun,
                    busy_percent: busy_percent.unwrap_or(own),
                };
                state.pace.take(sample, f64::from(budget), most);
            }
            drop(state);
            self.changed.notify_waiters();
        }
    }

    /// Waits until the caller may begin a turn; the turn lasts until the returned value is dropped. Turns are
    /// spread evenly, so that no burst delays a person's spin. The wait follows the present rate, so that players
    /// in the queue profit when it rises.
    async fn turn(self: &Arc<Self>) -> Turn {
        let mut last = self.turns.lock().await;
        loop {
            let wait = {
                let mut state = self.state();
                // Where the system reports no CPU times, there is no budget to keep to.
                let budget = state.set.budget_percent.filter(|_| self.is_told);
                let wait =
                    budget.and_then(|_| state.pace.wait(last.elapsed(), state.under_way, state.turn_takes));
                if wait.is_none() {
                    state.begun += 1;
                    state.under_way += 1;
                }
                wait
            };
            let Some(wait) = wait else { break };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.changed.notified() => {}
            }
        }
        *last = Instant::now();
        Turn {
            shared: Arc::clone(self),
            began: *last,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reelscope_telemetry::{Service, Timings};

    #[tokio::test]
    async fn a_player_that_meets_a_defect_stops_the_traffic_and_the_next_start_works() {
        let traffic = TrafficControl::new(TrafficTarget {
            origin: "http://127.0.0.1:9".to_owned(),
            launch_token: String::new(),
            frontend: Service::new("frontend", Timings::default()),
            accounts: Arc::new(|| panic!("on purpose")),
        });
        for _ in 0..2 {
            let wanted = SetTraffic {
                running: true,
                players: 50,
                budget_percent: None,
            };
            traffic.set(wanted).unwrap();
            assert!(traffic.view().running);
            let stopped = async {
                while traffic.view().running {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            tokio::time::timeout(Duration::from_secs(20), stopped)
                .await
                .unwrap();
            assert!(traffic.shared.state().seats.is_empty());
        }
    }
}
