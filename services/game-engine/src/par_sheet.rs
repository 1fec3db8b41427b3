//! The PAR sheet: what the game pays in the long run, computed exactly by going through its whole cycle.
//!
//! A slot machine's designer gives a PAR sheet to the regulator. Its parts are described by Harrigan and Dixon, "PAR
//! Sheets, probabilities, and slot machine play", Journal of Gambling Issues 23 (2009).

use std::collections::HashMap;

use crate::evaluate::{Run, STAKE_STEP};
use crate::paytable::{FEWEST, PAYLINES, Paytable};
use crate::reels::{REELS, STRIPS, Strips, Symbol, Window, window};
use num_rational::Ratio;

/// The mathematics of the game. Rates are exact fractions; a payout is a multiple of the total stake.
#[derive(Clone, Debug, PartialEq)]
pub struct ParSheet {
    /// Number of sets of stops. Each is equally likely.
    pub cycle: u128,
    /// Return to player: the mean payout.
    pub rtp: Ratio<u128>,
    /// Share of rounds that pay anything.
    pub hit_frequency: Ratio<u128>,
    /// Variance of the payout of one round.
    pub variance: Ratio<u128>,
    /// Square root of the variance.
    pub standard_deviation: f64,
    /// The standard deviation times 1.645, which is half the width of a 90 % confidence band in standard errors. After n
    /// rounds the observed RTP is within index / √n of the RTP in nine of ten cases (Harrigan and Dixon 2009).
    pub volatility_index_90: f64,
    /// Class of the index.
    pub class: VolatilityClass,
    /// Largest payout of one round.
    pub max_payout: Ratio<u128>,
    /// Number of boards of the cycle that pay that much.
    pub max_payout_boards: u128,
    /// Contributions of every symbol and count, in the order of [`Symbol::ALL`] and by rising count.
    pub contributions: Vec<Contribution>,
}

/// What one symbol pays in the long run with one number of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// The symbol that pays.
    pub symbol: Symbol,
    /// Number of winning cells.
    pub count: usize,
    /// Number of wins of this kind in the cycle. A board counts once for every line that wins.
    pub hits: u128,
    /// Its share of the return to player; the shares of all contributions sum to the RTP.
    pub rtp: Ratio<u128>,
}

/// How widely payouts vary.
///
/// No standard defines the bounds, so they are our own: a hundred rounds return the expected sum give or take half of the
/// stakes with an index of 5, and one and a half times the stakes with an index of 15.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VolatilityClass {
    /// An index below 5.
    Low,
    /// An index from 5 to below 15.
    Medium,
    /// An index from 15.
    High,
}

impl VolatilityClass {
    fn of(index_90: f64) -> Self {
        match index_90 {
            index if index < 5.0 => Self::Low,
            index if index < 15.0 => Self::Medium,
            _ => Self::High,
        }
    }

    /// The stable lower-case name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Converts an exact rate to the nearest floating-point number, precise to 15 digits, for display only.
#[must_use]
pub fn approximate(rate: Ratio<u128>) -> f64 {
    *rate.numer() as f64 / *rate.denom() as f64
}

/// Computes the PAR sheet of the game by a paytable. It takes milliseconds of CPU time, so call it once.
#[must_use]
pub fn par_sheet(paytable: &Paytable) -> ParSheet {
    sheet_of(&Cycle::of(paytable, &STRIPS))
}

fn sheet_of(cycle: &Cycle<'_>) -> ParSheet {
    let stakes = cycle.boards * PAID_PER_STAKE;
    let rtp = Ratio::new(cycle.paid, stakes);
    // E[X²] − E[X]², over the common denominator before it is reduced.
    let variance = Ratio::new(
        cycle.paid_squared * cycle.boards - cycle.paid * cycle.paid,
        stakes * stakes,
    );
    let standard_deviation = approximate(variance).sqrt();
    let volatility_index_90 = 1.645 * standard_deviation;

    let mut contributions = Vec::new();
    for symbol in Symbol::ALL {
        for count in FEWEST..=REELS {
            let hits = cycle.wins[symbol as usize][count];
            contributions.push(Contribution {
                symbol,
                count,
                hits,
                rtp: Ratio::new(hits * u128::from(paid_for(cycle.paytable, symbol, count)), stakes),
            });
        }
    }

    ParSheet {
        cycle: cycle.boards,
        rtp,
        hit_frequency: Ratio::new(cycle.paying_boards, cycle.boards),
        variance,
        standard_deviation,
        volatility_index_90,
        class: VolatilityClass::of(volatility_index_90),
        max_payout: Ratio::new(u128::from(cycle.highest), PAID_PER_STAKE),
        max_payout_boards: cycle.highest_boards,
        contributions,
    }
}

/// Number of stakes per line in one stake. Payouts are counted in stakes per line, which are whole numbers.
const PAID_PER_STAKE: u128 = STAKE_STEP as u128;

/// Payout of one win, in stakes per line.
fn paid_for(paytable: &Paytable, symbol: Symbol, count: usize) -> u64 {
    let times = u64::from(paytable.pay(symbol, count));
    if symbol == Symbol::Scatter {
        times * PAYLINES.len() as u64
    } else {
        times
    }
}

/// Sums over all boards of a set of strips by a paytable. Payouts are in stakes per line.
#[derive(Debug, PartialEq, Eq)]
struct Cycle<'a> {
    paytable: &'a Paytable,
    boards: u128,
    paying_boards: u128,
    paid: u128,
    paid_squared: u128,
    highest: u64,
    highest_boards: u128,
    /// Number of wins by symbol and count.
    wins: [[u128; REELS + 1]; Symbol::ALL.len()],
}

impl<'a> Cycle<'a> {
    /// Returns the sums of no boards.
    fn empty(paytable: &'a Paytable) -> Self {
        Self {
            paytable,
            boards: 0,
            paying_boards: 0,
            paid: 0,
            paid_squared: 0,
            highest: 0,
            highest_boards: 0,
            wins: [[0; REELS + 1]; Symbol::ALL.len()],
        }
    }

    /// Goes through the cycle reel by reel from the left, so that boards with equal first reels share the work.
    ///
    /// The rest of a board depends only on the runs that have not ended, on the payout so far, and on the number of
    /// scatters, so beginnings that are equal in these are merged. When all runs have ended, as on two thirds of the
    /// boards after the third reel, only scatters can follow, and boards are counted by their number of scatters.
    fn of(paytable: &'a Paytable, strips: &Strips<'_>) -> Self {
        let windows = strips.map(|strip| {
            (0..strip.len())
                .map(|stop| window(strip, stop))
                .collect::<Vec<_>>()
        });

        let mut scatter_ways = [[0_u64; REELS + 1]; REELS + 1];
        scatter_ways[REELS][0] = 1;
        for reel in (0..REELS).rev() {
            for window in &windows[reel] {
                let here = scatters_in(window);
                for more in here..=REELS {
                    scatter_ways[reel][more] += scatter_ways[reel + 1][more - here];
                }
            }
        }

        let mut cycle = Self::empty(paytable);
        let start = Beginning {
            runs: [Some(Run::default()); PAYLINES.len()],
            paid: 0,
            scatters: 0,
        };
        let mut beginnings = HashMap::from([(start, 1)]);
        for reel in 0..REELS {
            let mut longer = HashMap::new();
            for (beginning, ways) in beginnings {
                for window in &windows[reel] {
                    let next =
                        cycle.extend_and_count(&beginning, ways, reel, window, &scatter_ways[reel + 1]);
                    if next.runs.iter().any(Option::is_some) {
                        *longer.entry(next).or_default() += ways;
                    } else {
                        for (more, rest) in scatter_ways[reel + 1].iter().enumerate() {
                            cycle.count(next.paid, next.scatters + more, ways * rest);
                        }
                    }
                }
            }
            beginnings = longer;
        }
        cycle
    }

    /// Extends a beginning, which occurs in `ways` ways, by a window of the next `reel`. The runs that end there count
    /// for every board that continues from it; the number of these for each way is the sum of `rest`.
    fn extend_and_count(
        &mut self,
        beginning: &Beginning,
        ways: u64,
        reel: usize,
        window: &Window,
        rest: &[u64],
    ) -> Beginning {
        let mut next = *beginning;
        next.scatters += scatters_in(window);
        for (slot, line) in next.runs.iter_mut().zip(PAYLINES) {
            let Some(run) = *slot else { continue };
            let longer = run.extended(window[line[reel]]);
            *slot = longer.filter(|_| reel + 1 < REELS);
            if slot.is_some() {
                continue;
            }
            if let Some((symbol, count)) = longer.unwrap_or(run).win(self.paytable) {
                next.paid += paid_for(self.paytable, symbol, count);
                self.wins[symbol as usize][count] += u128::from(ways * rest.iter().sum::<u64>());
            }
        }
        next
    }

    /// Adds `boards` boards on which all lines have ended.
    fn count(&mut self, paid_on_lines: u64, scatters: usize, boards: u64) {
        if boards == 0 {
            return;
        }
        let paid = paid_on_lines + paid_for(self.paytable, Symbol::Scatter, scatters);
        let boards = u128::from(boards);
        self.boards += boards;
        if paid == 0 {
            return;
        }
        self.paying_boards += boards;
        self.paid += boards * u128::from(paid);
        self.paid_squared += boards * u128::from(paid * paid);
        if scatters >= FEWEST {
            self.wins[Symbol::Scatter as usize][scatters] += boards;
        }
        if paid > self.highest {
            self.highest = paid;
            self.highest_boards = 0;
        }
        if paid == self.highest {
            self.highest_boards += boards;
        }
    }
}

/// The state of a board after its first reels.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Beginning {
    /// The runs by payline; `None` where the run has ended.
    runs: [Option<Run>; PAYLINES.len()],
    /// Payout of the lines that have ended.
    paid: u64,
    scatters: usize,
}

fn scatters_in(window: &Window) -> usize {
    window.iter().filter(|symbol| **symbol == Symbol::Scatter).count()
}

#[cfg(test)]
mod tests;
