//! The rate at which virtual players may begin turns within a budget of CPU. Pure: the caller brings the clock and
//! the CPU times.
//!
//! The price of a turn is the CPU time that the process spent for each turn of the last seconds, and the rate is
//! the budget divided by the price. When turns cost more than their price, because a problem was switched on, the
//! difference is a debt, and no turn begins until it is paid off: a token bucket in milliseconds of CPU (Turner
//! 1986).

use std::time::Duration;

/// Assumed price of a turn before the first one, in milliseconds of CPU. It is more than most turns cost, so that
/// traffic begins gently.
const FIRST_PRICE_MS: f64 = 1_000.0;
/// Number of turns that the price averages over.
const TURNS_REMEMBERED: f64 = 8.0;
/// Shortest time, in seconds, that the price averages over.
const SHORTEST_MEMORY_S: f64 = 4.0;
/// Longest time, in seconds, that the price averages over.
const LONGEST_MEMORY_S: f64 = 16.0;
/// Lowest rate, in turns per second, whatever the debt: without any turn there is nothing to see and no price.
const LEAST_RATE: f64 = 0.25;
/// Share of all cores, in percent, that is left to other work whatever the budget is.
const LEFT_FREE: f64 = 10.0;
/// Share of all cores, in percent, that players may use on a machine that other work keeps busy, if the budget
/// allows it; without it there is nothing to see.
const LEAST_SHARE: f64 = 20.0;
/// Limit of the debt, as the time in seconds that pays it off.
const MOST_DEBT_S: f64 = 5.0;
/// Factor and constant of the limit of turns under way: rate × duration × 2 + 3.
const OVERLAP: (f64, f64) = (2.0, 3.0);

/// Measurements since the last sample.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CpuSample {
    /// Time since the last sample.
    pub(crate) elapsed: Duration,
    /// CPU time that this process spent, in milliseconds.
    pub(crate) spent_ms: f64,
    /// Number of turns begun.
    pub(crate) begun: u32,
    /// Share of all cores that was busy with any work, in percent; the share of this process where the system does
    /// not report it.
    pub(crate) busy_percent: f64,
}

/// The state of the pace.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    cores: f64,
    /// CPU time in milliseconds, with an exponentially decreasing weight of the past; `begun` are the turns
    /// likewise.
    spent_ms: f64,
    begun: f64,
    /// CPU time beyond the budget, in milliseconds.
    debt_ms: f64,
    /// Smoothed share of all cores that other work uses, in percent.
    others: f64,
    /// Turns per second.
    rate: f64,
    /// Whether the budget limits the rate, rather than the wish of the players.
    throttled: bool,
}

impl Pace {
    /// Creates the pace before the first turn.
    pub(crate) fn new(cores: f64) -> Self {
        Self {
            cores,
            spent_ms: 2.0 * FIRST_PRICE_MS,
            begun: 2.0,
            debt_ms: 0.0,
            others: 0.0,
            rate: LEAST_RATE,
            throttled: false,
        }
    }

    /// Price of a turn in milliseconds of CPU.
    pub(crate) fn price_ms(&self) -> f64 {
        self.spent_ms / self.begun.max(0.1)
    }

    /// Whether the budget limits the rate.
    pub(crate) fn throttled(&self) -> bool {
        self.throttled
    }

    /// Adds a sample. `budget_percent` is a share of all cores; `most` is the rate that the players wish, in turns
    /// per second.
    pub(crate) fn take(&mut self, sample: CpuSample, budget_percent: f64, most: f64) {
        let elapsed_s = sample.elapsed.as_secs_f64().max(1e-3);
        let memory_s = (TURNS_REMEMBERED / self.rate).clamp(SHORTEST_MEMORY_S, LONGEST_MEMORY_S);
        let kept = (-elapsed_s / memory_s).exp();
        self.spent_ms = self.spent_ms * kept + sample.spent_ms;
        self.begun = self.begun * kept + f64::from(sample.begun);

        let own = sample.spent_ms / elapsed_s / self.cores / 10.0;
        self.others += 0.2 * ((sample.busy_percent - own).max(0.0) - self.others);
        let left = (100.0 - LEFT_FREE - self.others).max(LEAST_SHARE);
        let share = budget_percent.min(left);
        let ms_a_second = share * self.cores * 10.0;
        let debt = self.debt_ms + sample.spent_ms - ms_a_second * elapsed_s;
        self.debt_ms = debt.clamp(0.0, ms_a_second * MOST_DEBT_S);

        self.rate = (ms_a_second / self.price_ms()).clamp(LEAST_RATE, most.max(LEAST_RATE));
        // Hysteresis, so that the state does not flicker around the limit.
        let enough = if self.throttled { 0.99 } else { 0.9 };
        self.throttled = self.rate < enough * most;
    }

    /// Returns how long the next turn must wait, or `None` when it may begin. `since_last` is the time since the
    /// last turn began, `under_way` the number of turns under way, and `length` their mean duration.
    pub(crate) fn wait(&self, since_last: Duration, under_way: usize, length: Duration) -> Option<Duration> {
        let interval = Duration::from_secs_f64(1.0 / self.rate);
        // A turn spends its CPU time at once, so it is a debt of up to its own price.
        let in_debt = self.debt_ms > 1.5 * self.price_ms();
        let most_under_way = OVERLAP.0 * self.rate * length.as_secs_f64() + OVERLAP.1;
        #[allow(clippy::cast_precision_loss)] // a few hundred
        let crowded = under_way as f64 >= most_under_way;
        let long_ago = since_last.as_secs_f64() * LEAST_RATE >= 1.0;
        if crowded || (in_debt && !long_ago) {
            return Some(LOOK_AGAIN);
        }
        (since_last < interval).then(|| interval - since_last)
    }
}

/// How long a player waits before it checks again whether debt or overlap have gone.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha12Rng;

    const STEP: Duration = Duration::from_millis(10);
    const CORES: usize = 2;

    /// A machine in virtual time. Its players pause three seconds; a turn needs a core for a while and then waits
    /// for the provider.
    struct Machine {
        pace: Pace,
        players: usize,
        price_ms: f64,
        others_ms_a_second: f64,
        /// The step at which each pausing player is ready for a turn.
        thinking: Vec<u64>,
        /// Milliseconds of CPU that each turn under way still needs.
        working: Vec<f64>,
        /// The step at which each waiting turn ends.
        waiting: Vec<u64>,
        now: u64,
        last_turn: u64,
        spent_ms: f64,
        begun: u32,
        rng: ChaCha12Rng,
    }

    impl Machine {
        fn new(players: usize, price_ms: f64) -> Self {
            Self {
                pace: Pace::new(2.0),
                players,
                price_ms,
                others_ms_a_second: 0.0,
                thinking: vec![0; players],
                working: Vec::new(),
                waiting: Vec::new(),
                now: 0,
                last_turn: 0,
                spent_ms: 0.0,
                begun: 0,
                rng: ChaCha12Rng::seed_from_u64(7),
            }
        }

        fn step(&mut self) {
            let step_ms = 10.0;
            self.now += 1;
            let since_last = STEP * u32::try_from(self.now - self.last_turn).unwrap();
            let under_way = self.working.len() + self.waiting.len();
            let ready = self.thinking.iter().position(|at| *at <= self.now);
            if let Some(ready) = ready
                && self
                    .pace
                    .wait(since_last, under_way, Duration::from_secs(4))
                    .is_none()
            {
                self.thinking.swap_remove(ready);
                let price = self.price_ms * self.rng.random_range(0.7..1.3);
                self.working.push(price);
                self.begun += 1;
                self.last_turn = self.now;
            }
            // Each turn has a core to itself, or its share of all cores.
            let share = step_ms * (CORES as f64 / self.working.len().max(CORES) as f64);
            for left in &mut self.working {
                self.spent_ms += left.min(share);
                *left -= share;
            }
            let done = self.working.iter().filter(|left| **left <= 0.0).count();
            self.working.retain(|left| *left > 0.0);
            for _ in 0..done {
                self.waiting.push(self.now + 340);
            }
            let now = self.now;
            self.waiting.retain(|ends| *ends > now);
            while self.thinking.len() + self.working.len() + self.waiting.len() < self.players {
                let thinks = -300.0 * (1.0 - self.rng.random::<f64>()).ln();
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                self.thinking.push(self.now + thinks as u64);
            }
        }

        /// Runs half a second with a budget; returns the share of all cores that was used, in percent.
        fn half_a_second(&mut self, budget: f64) -> f64 {
            (self.spent_ms, self.begun) = (0.0, 0);
            for _ in 0..50 {
                self.step();
            }
            let used = self.spent_ms / 10.0;
            let sample = CpuSample {
                elapsed: Duration::from_millis(500),
                spent_ms: self.spent_ms,
                begun: self.begun,
                busy_percent: used + self.others_ms_a_second / 20.0,
            };
            self.pace.take(sample, budget, self.players as f64 / 3.0);
            used
        }

        /// Runs `seconds`, and returns the used share of all cores for each two seconds.
        fn run(&mut self, seconds: usize, budget: f64) -> Vec<f64> {
            let pair = |machine: &mut Self| (0..4).map(|_| machine.half_a_second(budget)).sum::<f64>() / 4.0;
            (0..seconds / 2).map(|_| pair(self)).collect()
        }
    }

    fn mean(values: &[f64]) -> f64 {
        values.iter().sum::<f64>() / values.len() as f64
    }

    #[test]
    fn the_budget_is_kept_calmly() {
        for (price, budget) in [(700.0, 50.0), (700.0, 30.0), (40.0, 50.0), (250.0, 70.0)] {
            let mut machine = Machine::new(200, price);
            machine.run(20, budget);
            let used = machine.run(120, budget);
            let around = (mean(&used) - budget).abs();
            assert!(around < 6.0, "{price} ms, {budget} %: {} %", mean(&used));
            let beyond = used.iter().filter(|used| (**used - budget).abs() > 15.0).count();
            assert!(beyond <= used.len() / 20, "{price} ms, {budget} %: {used:?}");
            assert!(machine.pace.throttled());
        }
    }

    #[test]
    fn players_who_want_less_than_the_budget_are_not_held_back() {
        let mut machine = Machine::new(20, 10.0);
        machine.run(30, 50.0);
        let used = machine.run(20, 50.0);
        assert!(mean(&used) < 10.0, "{used:?}");
        assert!(!machine.pace.throttled());
    }

    #[test]
    fn a_problem_that_comes_and_goes_is_met_within_seconds() {
        let mut machine = Machine::new(100, 5.0);
        machine.run(40, 50.0);
        assert!(!machine.pace.throttled());
        machine.price_ms = 700.0;
        machine.run(16, 50.0);
        let used = machine.run(40, 50.0);
        assert!((mean(&used) - 50.0).abs() < 8.0, "{used:?}");
        assert!(machine.pace.throttled());
        machine.price_ms = 5.0;
        machine.run(40, 50.0);
        assert!(!machine.pace.throttled(), "{:?}", machine.pace);
    }

    #[test]
    fn what_others_use_is_left_to_them() {
        let mut machine = Machine::new(100, 700.0);
        machine.others_ms_a_second = 1_300.0;
        machine.run(20, 50.0);
        let used = machine.run(60, 50.0);
        // Other work uses 65 % of the two cores, and a tenth is left free.
        assert!((mean(&used) - 25.0).abs() < 5.0, "{used:?}");
    }
}
