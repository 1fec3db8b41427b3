//! Paylines, and what a run of symbols pays.

use crate::reels::{REELS, Symbol};

/// The row (0 is the top) through which a line passes on each reel.
pub type Payline = [usize; REELS];

/// The paylines. All of them are always played: the stake is divided evenly among them.
pub const PAYLINES: [Payline; 10] = [
    [1, 1, 1, 1, 1],
    [0, 0, 0, 0, 0],
    [2, 2, 2, 2, 2],
    [0, 1, 2, 1, 0],
    [2, 1, 0, 1, 2],
    [0, 0, 1, 2, 2],
    [2, 2, 1, 0, 0],
    [1, 0, 0, 0, 1],
    [1, 2, 2, 2, 1],
    [1, 0, 1, 2, 1],
];

/// The fewest symbols that pay, on a line or scattered.
pub const FEWEST: usize = 3;

/// What 3, 4 and 5 of a symbol pay: multiples of the stake per line, for the scatter of the total stake.
///
/// The wild pays at least as much as any symbol for which it stands, so that one more wild never costs the
/// player.
#[must_use]
pub const fn pays(symbol: Symbol) -> [u32; REELS - FEWEST + 1] {
    match symbol {
        Symbol::Wild => [50, 500, 10_000],
        Symbol::Scatter => [3, 15, 100],
        Symbol::Seven => [40, 200, 2_500],
        Symbol::Gem => [25, 100, 500],
        Symbol::Bell => [15, 60, 250],
        Symbol::Bar => [10, 35, 150],
        Symbol::Star => [8, 25, 100],
        Symbol::Cherry => [5, 20, 75],
    }
}

/// Which pays a round is evaluated with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InForce {
    /// [`pays`]: what the PAR sheet is exact for.
    Certified,
    /// A release that went out with a zero too many: three cherries pay 50 instead of 5. No request fails and no span is
    /// slow; only the return to the player shows it.
    Wrong,
}

/// What `count` of a symbol pay by the pays in force.
#[must_use]
pub const fn pay_by(in_force: InForce, symbol: Symbol, count: usize) -> u32 {
    match (in_force, symbol, count) {
        (InForce::Wrong, Symbol::Cherry, FEWEST) => 10 * pay(symbol, count),
        _ => pay(symbol, count),
    }
}

/// What `count` of a symbol pay; 0 below [`FEWEST`]. More than five count as five: no real board shows more.
#[must_use]
pub const fn pay(symbol: Symbol, count: usize) -> u32 {
    if count < FEWEST {
        0
    } else if count > REELS {
        pays(symbol)[REELS - FEWEST]
    } else {
        pays(symbol)[count - FEWEST]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reels::ROWS;

    #[test]
    fn the_first_paylines_are_the_middle_top_and_bottom_rows() {
        assert_eq!(PAYLINES[..3], [[1; REELS], [0; REELS], [2; REELS]]);
    }

    #[test]
    fn paylines_differ_and_move_by_at_most_one_row() {
        for (index, line) in PAYLINES.iter().enumerate() {
            assert!(
                !PAYLINES[..index].contains(line),
                "payline {index} is there twice"
            );
            assert!(line.iter().all(|row| *row < ROWS));
            assert!(line.windows(2).all(|step| step[0].abs_diff(step[1]) <= 1));
        }
    }

    #[test]
    fn longer_runs_pay_more_and_nothing_pays_more_than_the_wild() {
        for symbol in Symbol::ALL {
            assert_eq!(pay(symbol, FEWEST - 1), 0);
            assert_eq!(pay(symbol, REELS + 1), pay(symbol, REELS));
            for count in FEWEST..=REELS {
                assert!(pay(symbol, count) > pay(symbol, count - 1));
                assert!(pay(symbol, count) <= pay(Symbol::Wild, count));
            }
        }
    }
}
