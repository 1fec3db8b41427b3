//! Virtual players that spin in the background, so that percentiles fill in a minute.
//!
//! Each player thinks, spins through the gateway as the page does, and thinks again. Spins begin on a common clock whose
//! rate keeps the process within a budget of CPU: it falls at once when the budget is exceeded and rises slowly when there
//! is room (additive increase, multiplicative decrease; Chiu and Jain 1989). With the budget lifted nothing holds them
//! back, which is what shows a service collapse under load.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use reelscope_contracts::problems::{SetTraffic, Traffic as View};
use reelscope_contracts::{Code, Money};
use reelscope_telemetry::{Client, Service, TraceLink, Turnover, tag};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::figures::SPIN;
use crate::load::{self, cpu_ms};

/// Most virtual players.
pub const MOST_PLAYERS: u32 = 200;
/// A player thinks about this long between two spins, exponentially distributed.
const THINKS: Duration = Duration::from_secs(3);
/// Stakes and how often out of a hundred they are played: most players play small.
const STAKES: [(i64, u32); 6] = [
    (100, 34),
    (200, 27),
    (500, 20),
    (1_000, 12),
    (2_000, 5),
    (5_000, 2),
];
/// The first account that a virtual player may use; those before it are people's.
const FIRST_ACCOUNT: u64 = 1_001;
/// Between two looks at the CPU.
const CONTROL_EVERY: Duration = Duration::from_millis(500);
/// The rate is shown over this long.
const SHOWN_OVER: Duration = Duration::from_secs(5);
/// What the rate rises by in each look, in spins a second.
const RISE: f64 = 0.25;
/// The rate never falls below: something has to be seen.
const LEAST_RATE: f64 = 0.5;

/// Why traffic was not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrafficRefusal {
    /// Not 1 to 200.
    #[error("there can be 1 to {MOST_PLAYERS} virtual players, not {0}")]
    Players(u32),
    /// Not 10 to 100.
    #[error("the budget is 10 to 100 percent of all cores, not {0}")]
    Budget(u32),
}

/// Where virtual players spin.
#[derive(Clone)]
pub(crate) struct Table {
    pub(crate) origin: String,
    pub(crate) launch_token: String,
    pub(crate) frontend: Service,
    /// Players there are at least; the accounts of virtual players are among them.
    pub(crate) accounts: Arc<dyn Fn() -> u64 + Send + Sync>,
}

/// The traffic; clones share it. Dropping the last one stops it.
#[derive(Clone)]
pub struct Traffic {
    shared: Arc<Shared>,
}

struct Shared {
    table: Table,
    state: Mutex<State>,
    /// When the last turn was given; who wants the next waits for it in the order of coming.
    turns: tokio::sync::Mutex<Instant>,
    /// Wakes the player whose turn comes next when the settings change.
    changed: Notify,
    next_account: AtomicU64,
}

struct State {
    set: SetTraffic,
    /// Spins a second that may begin; infinite without a budget.
    rate: f64,
    cpu_percent: Option<f64>,
    throttled: bool,
    spins: u64,
    failed: u64,
    ended: VecDeque<Instant>,
    tasks: JoinSet<()>,
}

impl Traffic {
    pub(crate) fn new(table: Table) -> Self {
        let state = State {
            set: SetTraffic {
                running: false,
                players: 50,
                budget_percent: Some(50),
            },
            rate: LEAST_RATE,
            cpu_percent: None,
            throttled: false,
            spins: 0,
            failed: 0,
            ended: VecDeque::new(),
            tasks: JoinSet::new(),
        };
        Self {
            shared: Arc::new(Shared {
                table,
                state: Mutex::new(state),
                turns: tokio::sync::Mutex::new(Instant::now()),
                changed: Notify::new(),
                next_account: AtomicU64::new(FIRST_ACCOUNT),
            }),
        }
    }

    /// How it goes.
    #[must_use]
    pub fn view(&self) -> View {
        let mut state = self.shared.state();
        let now = Instant::now();
        while state.ended.front().is_some_and(|at| now - *at > SHOWN_OVER) {
            state.ended.pop_front();
        }
        #[allow(clippy::cast_precision_loss)] // a few thousand
        let per_second = state.ended.len() as f64 / SHOWN_OVER.as_secs_f64();
        View {
            running: state.set.running,
            players: state.set.players,
            budget_percent: state.set.budget_percent,
            spins: state.spins,
            failed: state.failed,
            per_second,
            wanted_per_second: wanted(state.set),
            cpu_percent: state.cpu_percent.filter(|_| state.set.running),
            throttled: state.set.running && state.throttled,
        }
    }

    /// Starts, stops, or goes on otherwise.
    ///
    /// # Errors
    /// [`TrafficRefusal`]; nothing was changed.
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
        let before = std::mem::replace(&mut state.set, wanted);
        if before.budget_percent != wanted.budget_percent {
            state.throttled = false;
        }
        if !wanted.running {
            // Spins under way end on tasks of the gateway, whoever waits for them.
            state.tasks.abort_all();
            state.ended.clear();
            return Ok(());
        }
        let began = !before.running;
        if began {
            (state.spins, state.failed, state.throttled) = (0, 0, false);
            state.rate = LEAST_RATE;
            state.tasks = JoinSet::new();
            state.tasks.spawn(Arc::clone(&self.shared).control());
        }
        let present = if began { 0 } else { before.players };
        for seat in present..wanted.players {
            state.tasks.spawn(Arc::clone(&self.shared).play(seat));
        }
        drop(state);
        self.shared.changed.notify_waiters();
        Ok(())
    }

    /// Stops it.
    pub fn stop(&self) {
        let mut state = self.shared.state();
        state.set.running = false;
        state.tasks.abort_all();
        state.ended.clear();
    }
}

/// Jiffies that the cores of this machine were idle, and all of them, from `/proc/stat` (proc(5)); `None` elsewhere.
fn machine_ticks() -> Option<(u64, u64)> {
    let stat = std::fs::read_to_string("/proc/stat").ok()?;
    let ticks = stat.lines().next()?.split_whitespace().skip(1).take(8);
    let ticks: Vec<u64> = ticks.map(|tick| tick.parse().unwrap_or(0)).collect();
    Some((ticks.get(3)? + ticks.get(4)?, ticks.iter().sum()))
}

/// Whether less than a tenth of all cores was idle in between.
fn is_full((idle_before, all_before): (u64, u64), (idle, all): (u64, u64)) -> bool {
    let all = all.saturating_sub(all_before);
    all > 0 && idle.saturating_sub(idle_before) * 10 < all
}

/// Spins a second of players who do nothing but think and spin at once.
fn wanted(set: SetTraffic) -> f64 {
    f64::from(set.players) / THINKS.as_secs_f64()
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the rate within the budget.
    async fn control(self: Arc<Self>) {
        let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
        let mut ticks = tokio::time::interval(CONTROL_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        ticks.tick().await;
        let mut before = (Instant::now(), cpu_ms());
        let mut machine_before = machine_ticks();
        loop {
            ticks.tick().await;
            let after = (Instant::now(), cpu_ms());
            let machine = machine_ticks();
            let full = machine_before
                .zip(machine)
                .is_some_and(|(before, after)| is_full(before, after));
            machine_before = machine;
            let spent_ms = before.1.zip(after.1).map(|(before, after)| after - before);
            let elapsed_ms = (after.0 - before.0).as_secs_f64() * 1e3;
            before = after;
            let mut state = self.state();
            let used = spent_ms.map(|spent| 100.0 * spent / elapsed_ms / cores);
            // Smoothed over about two seconds: a single spin is a burst of CPU.
            let smooth = |old: f64| used.map(|used| old + 0.3 * (used - old));
            state.cpu_percent = state.cpu_percent.map_or(used, smooth);
            let most = wanted(state.set);
            let (budget, used) = (state.set.budget_percent, state.cpu_percent);
            match budget.zip(used) {
                Some((budget, used)) if used > f64::from(budget) || full => {
                    // On a machine that others keep busy, spins would queue up long before the budget is used.
                    let back = if full {
                        0.8
                    } else {
                        (f64::from(budget) / used).max(0.5)
                    };
                    state.rate = (state.rate * back).max(LEAST_RATE);
                    state.throttled = state.rate < most;
                }
                _ => {
                    state.rate = (state.rate + RISE).min(most);
                    state.throttled = state.throttled && state.rate < most;
                }
            }
        }
    }

    /// Waits until this player may begin a spin. Turns are spread evenly, so that no burst delays a person's spin, and each
    /// is given at the rate of its moment: whoever waits in the queue gains from a rate that has risen since.
    async fn turn(&self) {
        let mut last = self.turns.lock().await;
        let interval = {
            let state = self.state();
            state
                .set
                .budget_percent
                .map(|_| Duration::from_secs_f64(1.0 / state.rate))
        };
        if let Some(interval) = interval {
            tokio::select! {
                () = tokio::time::sleep_until((*last + interval).into()) => {}
                () = self.changed.notified() => {}
            }
        }
        *last = Instant::now();
    }

    /// One virtual player, in one of the seats.
    async fn play(self: Arc<Self>, seat: u32) {
        let mut rng: ChaCha12Rng = ChaCha12Rng::seed_from_u64(rand::random());
        let client = self.table.frontend.client();
        let turnover = Turnover::default();
        let mut session: Option<String> = None;
        // They do not come in step.
        tokio::time::sleep(THINKS.mul_f64(rng.random::<f64>())).await;
        while self.is_seated(seat) {
            // A log-in looks the player up as a spin does: both belong to the turn.
            self.turn().await;
            if session.is_none() {
                session = self.sit_down(&client).await;
            }
            let Some(token) = session.clone() else {
                tokio::time::sleep(THINKS).await;
                continue;
            };
            let stake = stake(&mut rng);
            let key = format!("traffic-{:032x}", rng.random::<u128>());
            let url = format!("{}/api/v1/spins", self.table.origin);
            let work = async {
                tag("traffic", "virtual");
                let spun = load::spin(&client, &url, &self.table.launch_token, &token, &key, stake).await;
                if let Ok(round) = &spun {
                    turnover.measure(round.stake.major(), round.payout.major());
                }
                spun
            };
            let frontend = &self.table.frontend;
            let spun = frontend
                .transaction(SPIN, "ui.action", TraceLink::default(), work)
                .await;
            match spun {
                Ok(_) => self.note(true),
                // An empty purse or a session that is over are not failures: somebody else sits down.
                Err(Code::InsufficientFunds | Code::SessionExpired | Code::Unauthorized) => session = None,
                Err(_) => self.note(false),
            }
            tokio::time::sleep(thinks(&mut rng)).await;
        }
    }

    fn is_seated(&self, seat: u32) -> bool {
        let state = self.state();
        state.set.running && seat < state.set.players
    }

    fn note(&self, ok: bool) {
        let mut state = self.state();
        state.spins += 1;
        state.failed += u64::from(!ok);
        state.ended.push_back(Instant::now());
        if state.ended.len() > 100_000 {
            state.ended.pop_front();
        }
    }

    /// Logs the next account in.
    async fn sit_down(&self, client: &Client) -> Option<String> {
        let accounts = (self.table.accounts)().max(1);
        let next = self.next_account.fetch_add(1, Ordering::Relaxed);
        // While the players are being written, or with few of them, accounts are shared.
        let number = if accounts > FIRST_ACCOUNT {
            FIRST_ACCOUNT + (next - FIRST_ACCOUNT) % (accounts - FIRST_ACCOUNT)
        } else {
            1 + next % accounts
        };
        load::log_in_at(&self.table.origin, &self.table.launch_token, client, number)
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

/// Exponentially distributed, by inversion; never longer than ten times the mean.
fn thinks(rng: &mut impl Rng) -> Duration {
    let uniform: f64 = rng.random();
    THINKS.mul_f64((-(1.0 - uniform).ln()).min(10.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_full_when_less_than_a_tenth_is_idle() {
        assert!(is_full((100, 1_000), (109, 1_100)));
        assert!(!is_full((100, 1_000), (110, 1_100)));
        assert!(!is_full((100, 1_000), (100, 1_000)));
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
            // Five standard deviations of a share of a hundred thousand draws are below 0.8 points.
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
