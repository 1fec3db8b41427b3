//! The PAR sheet: what the game pays in the long run, exactly, by going through its whole cycle.
//!
//! A PAR sheet is what a slot machine's designer hands to the regulator; for its parts see Harrigan and
//! Dixon, "PAR Sheets, probabilities, and slot machine play", Journal of Gambling Issues 23 (2009).

use std::collections::HashMap;

use crate::evaluate::{Run, STAKE_STEP};
use crate::paytable::{FEWEST, PAYLINES, pay};
use crate::reels::{REELS, STRIPS, Strips, Symbol, Window, window};
use num_rational::Ratio;

/// The mathematics of the game. Rates are exact fractions; a payout is a multiple of the total stake.
#[derive(Clone, Debug, PartialEq)]
pub struct ParSheet {
    /// How many sets of stops there are; each is equally likely.
    pub cycle: u128,
    /// Return to player: the mean payout.
    pub rtp: Ratio<u128>,
    /// The share of rounds that pay anything.
    pub hit_frequency: Ratio<u128>,
    /// Of the payout of one round.
    pub variance: Ratio<u128>,
    /// The square root of the variance.
    pub standard_deviation: f64,
    /// The standard deviation times 1.645, the half width in standard errors of a 90 % confidence band: after
    /// n rounds the observed RTP lies within index / √n of the RTP nine times in ten (Harrigan and Dixon
    /// 2009).
    pub volatility_index_90: f64,
    /// The index in a word.
    pub class: VolatilityClass,
    /// The largest payout of one round.
    pub max_payout: Ratio<u128>,
    /// How many of the cycle's boards pay that much.
    pub max_payout_boards: u128,
    /// What every symbol and count adds, in the order of [`Symbol::ALL`] and by rising count.
    pub contributions: Vec<Contribution>,
}

/// What one symbol pays in the long run when so many of it win.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// The symbol that pays.
    pub symbol: Symbol,
    /// Its number of cells.
    pub count: usize,
    /// How many wins of this kind the cycle holds; a board counts once for every line that wins.
    pub hits: u128,
    /// Its share of the return to player; the shares of all contributions sum to the RTP.
    pub rtp: Ratio<u128>,
}

/// How widely payouts spread.
///
/// No standard fixes the bounds. These are ours: below an index of 5 a hundred rounds return the stake give
/// or take a half, from 15 on give or take one and a half times the stake.
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

    /// The stable lower-case name that crosses the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// The nearest floating-point number to an exact rate, good to 15 digits: for showing, not for counting.
#[must_use]
pub fn approximate(rate: Ratio<u128>) -> f64 {
    *rate.numer() as f64 / *rate.denom() as f64
}

/// The PAR sheet of the game. Goes through the whole cycle: milliseconds of CPU, so call it once.
#[must_use]
pub fn par_sheet() -> ParSheet {
    sheet_of(&Cycle::of(&STRIPS))
}

fn sheet_of(cycle: &Cycle) -> ParSheet {
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
                rtp: Ratio::new(hits * u128::from(paid_for(symbol, count)), stakes),
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

/// Payouts are counted in stakes per line while the cycle is gone through: whole numbers. This many make one
/// stake.
const PAID_PER_STAKE: u128 = STAKE_STEP as u128;

/// What one win pays, in stakes per line.
fn paid_for(symbol: Symbol, count: usize) -> u64 {
    let times = u64::from(pay(symbol, count));
    if symbol == Symbol::Scatter {
        times * PAYLINES.len() as u64
    } else {
        times
    }
}

/// The sums over all boards of a set of strips, payouts in stakes per line.
#[derive(Debug, Default, PartialEq, Eq)]
struct Cycle {
    boards: u128,
    paying_boards: u128,
    paid: u128,
    paid_squared: u128,
    highest: u64,
    highest_boards: u128,
    /// Wins by symbol and count.
    wins: [[u128; REELS + 1]; Symbol::ALL.len()],
}

impl Cycle {
    /// Goes through the cycle reel by reel, from the left: all boards that begin alike share the work.
    ///
    /// What has been seen matters for the rest of a board only by the runs that still go on, what the others paid, and
    /// the number of scatters. Beginnings that agree in these are one from there on. Where no run goes on, which is so
    /// for two thirds of the boards after the third reel, only scatters can still come, and the boards are counted by their
    /// number of scatters without looking at one of them.
    fn of(strips: &Strips<'_>) -> Self {
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

        let mut cycle = Self::default();
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

    /// A beginning, of which there are so many `ways`, with the window of the next `reel`. The runs that end there are
    /// counted as won on every board that goes on from it, whose number is the sum of `rest`.
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
            if let Some((symbol, count)) = longer.unwrap_or(run).win() {
                next.paid += paid_for(symbol, count);
                self.wins[symbol as usize][count] += u128::from(ways * rest.iter().sum::<u64>());
            }
        }
        next
    }

    /// Adds so many boards on which every line is read to the end.
    fn count(&mut self, paid_on_lines: u64, scatters: usize, boards: u64) {
        if boards == 0 {
            return;
        }
        let paid = paid_on_lines + paid_for(Symbol::Scatter, scatters);
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

/// What the first reels of a board leave to the rest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Beginning {
    /// By payline; none where it has ended.
    runs: [Option<Run>; PAYLINES.len()],
    /// By the lines that have ended.
    paid: u64,
    scatters: usize,
}

fn scatters_in(window: &Window) -> usize {
    window.iter().filter(|symbol| **symbol == Symbol::Scatter).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{Evaluation, WinKind, evaluate};
    use crate::paytable::{InForce, pay_by};
    use crate::reels::{Stops, board_at, board_on};
    use crate::rng::{draw, seeds};
    use proptest::prelude::*;

    #[test]
    fn the_figures_of_the_game() {
        let sheet = par_sheet();
        assert_eq!(sheet.cycle, 32_378_880);
        assert_eq!(sheet.rtp, Ratio::new(5_180_047, 5_396_480));
        assert_eq!(sheet.hit_frequency, Ratio::new(322_879, 952_320));
        assert_eq!(
            sheet.variance,
            Ratio::new(8_651_792_082_607_057, 436_829_945_856_000)
        );
        assert_eq!(sheet.max_payout, Ratio::from_integer(1_042));
        assert_eq!(sheet.max_payout_boards, 1);
        assert_eq!(sheet.class, VolatilityClass::Medium);
        assert_eq!(format!("{:.4}", sheet.standard_deviation), "4.4504");
        assert_eq!(format!("{:.4}", sheet.volatility_index_90), "7.3209");
    }

    #[test]
    fn the_game_keeps_its_promises() {
        let sheet = par_sheet();
        assert_eq!(
            sheet.cycle,
            STRIPS.iter().map(|strip| strip.len() as u128).product()
        );
        assert!((0.95..=0.97).contains(&approximate(sheet.rtp)));
        assert!((0.25..=0.35).contains(&approximate(sheet.hit_frequency)));
        assert!(sheet.max_payout >= Ratio::from_integer(1_000));
    }

    #[test]
    fn the_wrong_paytable_pays_more_than_is_staked() {
        let sheet = par_sheet();
        let extra = sheet.contributions.iter().map(|part| {
            let certified = u128::from(pay(part.symbol, part.count));
            let wrong = u128::from(pay_by(InForce::Wrong, part.symbol, part.count));
            part.rtp * Ratio::new(wrong - certified, certified)
        });
        let rtp = approximate(sheet.rtp + extra.sum::<Ratio<u128>>());
        // Far enough from the certified 96 % that a few hundred rounds leave its band.
        assert!((1.2..3.0).contains(&rtp), "{rtp}");
    }

    #[test]
    fn the_contributions_sum_to_the_rtp() {
        let sheet = par_sheet();
        assert_eq!(
            sheet
                .contributions
                .iter()
                .map(|part| part.rtp)
                .sum::<Ratio<u128>>(),
            sheet.rtp
        );
        assert!(sheet.contributions.iter().all(|part| part.hits > 0));
    }

    /// How many of a reel's stops show this symbol in a given row: as many as the strip holds, whatever the
    /// row.
    fn stops_with(reel: usize, symbol: Symbol) -> u128 {
        STRIPS[reel]
            .iter()
            .filter(|on_strip| **on_strip == symbol)
            .count() as u128
    }

    /// The same for the symbol or a wild.
    fn stops_fitting(reel: usize, symbol: Symbol) -> u128 {
        stops_with(reel, symbol) + stops_with(reel, Symbol::Wild)
    }

    /// In how many ways the reels from this one on can stop.
    fn ways_from(reel: usize) -> u128 {
        STRIPS[reel..].iter().map(|strip| strip.len() as u128).product()
    }

    /// In how many ways a run of `count` of a regular symbol ends: at the edge, or at a symbol that does not
    /// fit.
    fn endings(symbol: Symbol, count: usize) -> u128 {
        if count == REELS {
            1
        } else {
            ways_from(count) - stops_fitting(count, symbol) * ways_from(count + 1)
        }
    }

    /// The sets of stops for which one line begins with exactly `leading` wilds, goes on as a run of `count`
    /// of a regular symbol, and yet pays more for its wilds.
    fn better_as_wilds(symbol: Symbol, count: usize, leading: usize) -> u128 {
        if pay(Symbol::Wild, leading) <= pay(symbol, count) {
            return 0;
        }
        (0..leading)
            .map(|reel| stops_with(reel, Symbol::Wild))
            .product::<u128>()
            * stops_with(leading, symbol)
            * (leading + 1..count)
                .map(|reel| stops_fitting(reel, symbol))
                .product::<u128>()
            * endings(symbol, count)
    }

    /// The wins of the cycle on one line, or of the scatter, in closed form: from how many of each symbol a
    /// strip holds, without looking at any board.
    fn hits_in_closed_form(symbol: Symbol, count: usize) -> u128 {
        let wilds = (0..count)
            .map(|reel| stops_with(reel, Symbol::Wild))
            .product::<u128>();
        match symbol {
            Symbol::Wild => {
                let nothing_follows = if count == REELS {
                    1
                } else {
                    stops_with(count, Symbol::Scatter) * ways_from(count + 1)
                };
                let less_follows = Symbol::ALL[2..].iter().flat_map(|symbol| {
                    (count + 1..=REELS).map(|longer| better_as_wilds(*symbol, longer, count))
                });
                wilds * nothing_follows + less_follows.sum::<u128>()
            }
            Symbol::Scatter => (0..1_u32 << REELS)
                .filter(|reels| reels.count_ones() as usize == count)
                .map(|reels| {
                    let ways = |reel: usize| {
                        let showing = stops_with(reel, Symbol::Scatter) * 3;
                        if reels >> reel & 1 == 1 {
                            showing
                        } else {
                            STRIPS[reel].len() as u128 - showing
                        }
                    };
                    (0..REELS).map(ways).product::<u128>()
                })
                .sum(),
            _ => {
                let runs = (0..count)
                    .map(|reel| stops_fitting(reel, symbol))
                    .product::<u128>()
                    - wilds;
                let lost: u128 = (FEWEST..count)
                    .map(|leading| better_as_wilds(symbol, count, leading))
                    .sum();
                runs * endings(symbol, count) - lost
            }
        }
    }

    #[test]
    fn the_enumeration_agrees_with_the_closed_form() {
        let sheet = par_sheet();
        let mut rtp = Ratio::from_integer(0);
        for Contribution {
            symbol, count, hits, ..
        } in sheet.contributions
        {
            let once = hits_in_closed_form(symbol, count);
            let lines = if symbol == Symbol::Scatter {
                1
            } else {
                PAYLINES.len() as u128
            };
            assert_eq!(hits, once * lines, "{count} × {symbol:?}");
            // A line pays its multiple of a tenth of the stake on ten lines: the mean of one line is the mean
            // of all.
            rtp += Ratio::new(once * u128::from(pay(symbol, count)), sheet.cycle);
        }
        assert_eq!(rtp, sheet.rtp);
    }

    /// The same sums, by evaluating every board of the cycle.
    fn by_brute_force(strips: &Strips<'_>) -> Cycle {
        let mut cycle = Cycle::default();
        let boards: usize = strips.iter().map(|strip| strip.len()).product();
        for index in 0..boards {
            let mut rest = index;
            let stops: Stops = strips.map(|strip| {
                let stop = rest % strip.len();
                rest /= strip.len();
                stop
            });
            // At one unit per line the payout in minor units is the payout in stakes per line.
            let Evaluation { payout, wins } = evaluate(&board_on(strips, stops), STAKE_STEP).unwrap();
            let paid = u64::try_from(payout).unwrap();
            cycle.boards += 1;
            cycle.paying_boards += u128::from(paid > 0);
            cycle.paid += u128::from(paid);
            cycle.paid_squared += u128::from(paid * paid);
            for win in wins {
                assert_eq!(win.kind == WinKind::Scatter, win.symbol == Symbol::Scatter);
                cycle.wins[win.symbol as usize][win.count] += 1;
            }
            if paid > cycle.highest {
                (cycle.highest, cycle.highest_boards) = (paid, 0);
            }
            cycle.highest_boards += u128::from(paid > 0 && paid == cycle.highest);
        }
        cycle
    }

    /// Strips of five stops with at most one scatter, crowded enough that runs of every kind come up.
    fn any_short_strip() -> impl Strategy<Value = Vec<Symbol>> {
        use Symbol::{Cherry, Gem, Scatter, Seven, Wild};
        let first = proptest::sample::select(vec![Scatter, Scatter, Wild, Cherry]);
        let others = proptest::sample::select(vec![Wild, Cherry, Cherry, Gem, Gem, Seven]);
        (first, proptest::collection::vec(others, 4))
            .prop_map(|(first, others)| [vec![first], others].concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn the_enumeration_agrees_with_evaluating_every_board(
            strips in proptest::array::uniform5(any_short_strip()),
        ) {
            let strips: Strips<'_> = std::array::from_fn(|reel| strips[reel].as_slice());
            prop_assert_eq!(Cycle::of(&strips), by_brute_force(&strips));
        }
    }

    #[test]
    fn a_part_of_the_real_strips_agrees_too() {
        let strips: Strips<'_> = STRIPS.map(|strip| &strip[strip.len() - 9..]);
        assert_eq!(Cycle::of(&strips), by_brute_force(&strips));
    }

    #[test]
    fn two_million_rounds_stay_within_the_confidence_bands() {
        const ROUNDS: u32 = 2_000_000;
        // The normal quantile of a two-sided band that holds 99.9 % of the time.
        const QUANTILE: f64 = 3.2905;
        let play = |master| {
            let (mut paid, mut hits) = (0_i64, 0_u32);
            for seed in seeds(master).take(ROUNDS as usize / 2) {
                let payout = evaluate(&board_at(draw(seed)), STAKE_STEP).unwrap().payout;
                paid += payout;
                hits += u32::from(payout > 0);
            }
            (paid, hits)
        };
        let (one, other) = std::thread::scope(|scope| {
            let one = scope.spawn(|| play(1));
            let other = scope.spawn(|| play(2));
            (one.join().unwrap(), other.join().unwrap())
        });
        let rounds = f64::from(ROUNDS);
        let observed_rtp = (one.0 + other.0) as f64 / STAKE_STEP as f64 / rounds;
        let observed_frequency = f64::from(one.1 + other.1) / rounds;

        let sheet = par_sheet();
        let rtp_band = QUANTILE * sheet.standard_deviation / rounds.sqrt();
        let rtp = approximate(sheet.rtp);
        assert!(
            (observed_rtp - rtp).abs() < rtp_band,
            "{observed_rtp} is not within {rtp} ± {rtp_band}"
        );
        let frequency = approximate(sheet.hit_frequency);
        let frequency_band = QUANTILE * (frequency * (1.0 - frequency) / rounds).sqrt();
        assert!(
            (observed_frequency - frequency).abs() < frequency_band,
            "{observed_frequency} is not within {frequency} ± {frequency_band}"
        );
    }

    #[test]
    fn volatility_classes_begin_at_their_bounds() {
        for (index, class) in [
            (0.0, VolatilityClass::Low),
            (4.99, VolatilityClass::Low),
            (5.0, VolatilityClass::Medium),
            (14.99, VolatilityClass::Medium),
            (15.0, VolatilityClass::High),
        ] {
            assert_eq!(VolatilityClass::of(index), class, "{index}");
        }
    }
}
