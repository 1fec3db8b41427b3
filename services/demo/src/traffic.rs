//! Virtual players that spin in the background, so that percentiles have enough spins within a minute.
//!
//! Each player pauses, makes one spin through the gateway as the page does, and pauses again. Turns begin on a
//! common clock that keeps the process within a budget of CPU ([`pace`]). Without a budget nothing delays them,
//! which shows how services collapse under load.

mod pace;
pub mod surge;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::wire::{SetTraffic, Traffic as View};
use hdrhistogram::Histogram;
use parking_lot::{Mutex, MutexGuard};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use reelscope_contracts::telemetry::nearest_rank;
use reelscope_contracts::{Code, Money};
use reelscope_telemetry::{Client, Service, TraceLink, Turnover, tag};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinSet};

use crate::figures::sorted;
use crate::measure::{cpu_ms, latencies};
use crate::players;
use crate::spins::SPIN;
use pace::{CpuSample, Pace};

/// Limit of virtual players.
pub const MOST_PLAYERS: u32 = 200;
/// Mean pause of a player between two spins; pauses are exponentially distributed.
const THINKS: Duration = Duration::from_secs(3);
/// Stakes in minor units, and how many of a hundred spins have each: most players play small.
const STAKES: [(i64, u32); 6] = [
    (100, 34),
    (200, 27),
    (500, 20),
    (1_000, 12),
    (2_000, 5),
    (5_000, 2),
];
/// The settings before anybody sets others.
const AT_REST: SetTraffic = SetTraffic {
    running: false,
    players: 50,
    budget_percent: Some(50),
};
/// Number of the first account for virtual players; accounts before it are for people.
const FIRST_ACCOUNT: u64 = 1_001;
/// Interval of reading the CPU times.
const CONTROL_EVERY: Duration = Duration::from_millis(500);
/// Window of the displayed rate.
const SHOWN_OVER: Duration = Duration::from_secs(5);
/// Window of the displayed 95th percentile: at three spins a second it holds thirty of them.
const WAITS_SHOWN_OVER: Duration = Duration::from_secs(10);
/// Assumed duration of a turn before the first one has ended.
const FIRST_TURN_TAKES: Duration = Duration::from_secs(4);

/// Why traffic was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrafficRefusal {
    /// The number of players is not 1 to 200.
    #[error("there can be 1 to {MOST_PLAYERS} virtual players, not {0}")]
    Players(u32),
    /// The budget is not 10 to 100.
    #[error("the CPU limit is 10 to 100 percent of all cores, not {0}")]
    Budget(u32),
}

/// The flags of a command line about virtual players.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct TrafficFlags {
    /// Virtual players that spin in the background once all players are written, 1 to 200 [default: none].
    #[arg(long, value_name = "PLAYERS", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_PLAYERS)))]
    traffic: Option<u32>,
    /// Share of all cores that they keep to, 10 to 100, or `none` [default: 50].
    #[arg(long, value_name = "PERCENT|none", requires = "traffic", value_parser = budget)]
    traffic_budget: Option<Budget>,
}

impl TrafficFlags {
    /// The settings that the flags ask for; `None` without virtual players.
    #[must_use]
    pub fn wish(self) -> Option<SetTraffic> {
        Some(SetTraffic {
            running: true,
            players: self.traffic?,
            budget_percent: self.traffic_budget.unwrap_or_default().0,
        })
    }
}

/// A budget in percent of all cores; `None` is no budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget(pub Option<u32>);

impl Default for Budget {
    fn default() -> Self {
        Self(Some(50))
    }
}

/// Parses `50` or `none`.
///
/// # Errors
/// A sentence about what is allowed.
pub fn budget(text: &str) -> Result<Budget, String> {
    if text == "none" {
        return Ok(Budget(None));
    }
    let percent = text.parse().ok().filter(|percent| (10..=100).contains(percent));
    let budget = percent.map(|percent| Budget(Some(percent)));
    budget.ok_or_else(|| "the CPU limit is 10 to 100 percent of all cores, or `none`".to_owned())
}

/// What virtual players need to call the gateway.
#[derive(Clone)]
pub struct TrafficTarget {
    /// Origin of the gateway.
    pub origin: String,
    /// The launch token.
    pub launch_token: String,
    /// The service that begins the traces of their spins.
    pub frontend: Service,
    /// Returns the number of accounts that exist at least.
    pub accounts: Arc<dyn Fn() -> u64 + Send + Sync>,
}

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
        self.waits_us
            .saturating_record(u64::try_from(waited.as_micros()).unwrap_or(u64::MAX));
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
            state.tasks.spawn(Arc::clone(&self.shared).control());
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
            let player = state.tasks.spawn(Arc::clone(&self.shared).play());
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

/// Idle ticks and all ticks of the machine's cores, from `/proc/stat` (proc(5)); `None` on systems without it. Work
/// of low priority (nice) counts as idle, because it gives way.
fn machine_ticks() -> Option<(u64, u64)> {
    let stat = std::fs::read_to_string("/proc/stat").ok()?;
    let ticks = stat.lines().next()?.split_whitespace().skip(1).take(8);
    let ticks: Vec<u64> = ticks.map(|tick| tick.parse().unwrap_or(0)).collect();
    let [_user, nice, _system, idle, waiting, ..] = ticks.as_slice() else {
        return None;
    };
    Some((nice + idle + waiting, ticks.iter().sum()))
}

/// Share of all cores that was busy between two samples, in percent.
#[allow(clippy::cast_precision_loss)] // ticks of half a second
fn busy((idle_before, all_before): (u64, u64), (idle, all): (u64, u64)) -> Option<f64> {
    let all = all.checked_sub(all_before).filter(|all| *all > 0)?;
    Some(100.0 * (1.0 - idle.saturating_sub(idle_before) as f64 / all as f64))
}

/// Number of cores of this machine, at least 1.
#[must_use]
pub fn cores() -> f64 {
    #[allow(clippy::cast_precision_loss)] // a few hundred
    std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64)
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

/// Spins per second if nothing delays the players and spins take no time.
fn wanted(set: SetTraffic) -> f64 {
    f64::from(set.players) / THINKS.as_secs_f64()
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

    /// Runs one virtual player until the task is aborted.
    async fn play(self: Arc<Self>) {
        let mut rng: ChaCha12Rng = ChaCha12Rng::seed_from_u64(rand::random());
        let client = self.target.frontend.client();
        let turnover = Turnover::default();
        let mut session: Option<String> = None;
        // A random first pause, so that the players are not in step.
        tokio::time::sleep(THINKS.mul_f64(rng.random::<f64>())).await;
        loop {
            let turn = self.turn().await;
            // A log-in belongs to the turn, because it looks up the player as a spin does. As a turn of its own, it
            // would make all players log in before the first of them spins.
            if session.is_none() {
                session = self.sit_down(&client).await;
            }
            let Some(token) = session.clone() else {
                drop(turn);
                tokio::time::sleep(THINKS).await;
                continue;
            };
            let began = Instant::now();
            let stake = stake(&mut rng);
            let key = format!("traffic-{:032x}", rng.random::<u128>());
            let url = format!("{}/api/v1/spins", self.target.origin);
            let work = async {
                tag("traffic", "virtual");
                let spun = players::spin(&client, &url, &self.target.launch_token, &token, &key, stake).await;
                if let Ok(round) = &spun
                    && !round.replayed
                {
                    turnover.measure(round.stake.major(), round.payout.major());
                }
                spun
            };
            let frontend = &self.target.frontend;
            let spun = frontend
                .transaction(SPIN, "ui.action", TraceLink::default(), work)
                .await;
            drop(turn);
            let waited = began.elapsed();
            match spun {
                Ok(_) => self.note(waited, None),
                // An empty wallet or an ended session is no failure: the next account takes the place.
                Err(Code::InsufficientFunds | Code::SessionExpired | Code::Unauthorized) => session = None,
                Err(code) => self.note(waited, Some(code)),
            }
            tokio::time::sleep(thinks(&mut rng)).await;
        }
    }

    fn note(&self, waited: Duration, failed: Option<Code>) {
        let mut state = self.state();
        state.tally.add(waited, failed);
        state.ended.push_back((Instant::now(), waited));
        if state.ended.len() > 100_000 {
            state.ended.pop_front();
        }
    }

    /// Logs the next account in.
    async fn sit_down(&self, client: &Client) -> Option<String> {
        let accounts = (self.target.accounts)().max(1);
        let next = self.next_account.fetch_add(1, Ordering::Relaxed);
        // While the players are being written, or when there are few, several virtual players share an account.
        let number = if accounts > FIRST_ACCOUNT {
            FIRST_ACCOUNT + (next - FIRST_ACCOUNT) % (accounts - FIRST_ACCOUNT)
        } else {
            1 + next % accounts
        };
        players::log_in_at(&self.target.origin, &self.target.launch_token, client, number)
            .await
            .ok()
    }
}

fn stake(rng: &mut impl Rng) -> Money {
    let whole: u32 = STAKES.iter().map(|(_, weight)| weight).sum();
    let mut drawn = rng.random_range(0..whole);
    for (stake, weight) in STAKES {
        if drawn < weight {
            return Money(stake);
        }
        drawn -= weight;
    }
    Money(STAKES[0].0)
}

/// Draws a pause from the exponential distribution by inversion, limited to ten times the mean.
fn thinks(rng: &mut impl Rng) -> Duration {
    let uniform: f64 = rng.random();
    THINKS.mul_f64((-(1.0 - uniform).ln()).min(10.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_busy_as_far_as_it_is_not_idle() {
        assert_eq!(busy((100, 1_000), (150, 1_200)), Some(75.0));
        assert_eq!(busy((100, 1_000), (100, 1_000)), None);
        if cfg!(target_os = "linux") {
            let (idle, all) = machine_ticks().unwrap();
            assert!(idle <= all && all > 0);
        }
    }

    #[test]
    fn stakes_follow_their_weights() {
        let mut rng = ChaCha12Rng::seed_from_u64(1);
        let drawn: Vec<_> = (0..100_000).map(|_| stake(&mut rng).minor()).collect();
        for (amount, weight) in STAKES {
            let share = drawn.iter().filter(|stake| **stake == amount).count() as f64 / 1_000.0;
            // Five standard deviations of a share of a hundred thousand draws are below 0.8 percentage points.
            assert!((share - f64::from(weight)).abs() < 0.8, "{amount}: {share} %");
        }
        assert_eq!(STAKES.iter().map(|(_, weight)| weight).sum::<u32>(), 100);
    }

    #[test]
    fn players_think_as_long_as_they_are_said_to() {
        let mut rng = ChaCha12Rng::seed_from_u64(2);
        let mean = (0..100_000).map(|_| thinks(&mut rng).as_secs_f64()).sum::<f64>() / 100_000.0;
        assert!((mean - THINKS.as_secs_f64()).abs() < 0.06, "{mean} s");
    }
}
