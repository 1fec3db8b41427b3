//! Paylines, and what a run of symbols pays.

use crate::reels::{REELS, Symbol};

/// The row of a line on each reel, from 0 at the top.
pub type Payline = [usize; REELS];

/// The paylines. All are always played, and the stake is divided evenly among them.
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

/// Smallest number of symbols that pays, on a line or scattered.
pub const FEWEST: usize = 3;

/// What runs of symbols pay, in the certified game or in a release that pays otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paytable {
    version: u32,
    /// Pays of 3, 4 and 5 of a symbol, in the order of [`Symbol::ALL`], as multiples of the stake per line; for the
    /// scatter, of the total stake.
    pays: [[u32; REELS - FEWEST + 1]; Symbol::ALL.len()],
}

/// Version 1, for which the PAR sheet is exact.
///
/// The wild pays at least as much as any symbol that it replaces, so that another wild never pays less.
pub const CERTIFIED: Paytable = Paytable {
    version: 1,
    pays: [
        [50, 500, 10_000], // Wild
        [3, 15, 100],      // Scatter
        [40, 200, 2_500],  // Seven
        [25, 100, 500],    // Gem
        [15, 60, 250],     // Bell
        [10, 35, 150],     // Bar
        [8, 25, 100],      // Star
        [5, 20, 75],       // Cherry
    ],
};

impl Paytable {
    /// Identifies this paytable. Paytables that pay differently have different versions.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// Pays of 3, 4 and 5 of a symbol.
    #[must_use]
    pub const fn pays(&self, symbol: Symbol) -> [u32; REELS - FEWEST + 1] {
        self.pays[symbol as usize]
    }

    /// Pay of `count` of a symbol; 0 below [`FEWEST`]. More than five count as five, because no real board shows more.
    #[must_use]
    pub const fn pay(&self, symbol: Symbol, count: usize) -> u32 {
        if count < FEWEST {
            0
        } else if count > REELS {
            self.pays(symbol)[REELS - FEWEST]
        } else {
            self.pays(symbol)[count - FEWEST]
        }
    }

    /// Returns this paytable with one pay changed, as another version. `count` is from [`FEWEST`] to [`REELS`].
    #[must_use]
    pub(crate) const fn with(mut self, version: u32, symbol: Symbol, count: usize, pays: u32) -> Self {
        self.version = version;
        self.pays[symbol as usize][count - FEWEST] = pays;
        self
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
    fn another_version_differs_in_the_one_pay() {
        let other = CERTIFIED.with(9, Symbol::Bar, 4, 36);
        assert_eq!((CERTIFIED.version(), other.version()), (1, 9));
        for symbol in Symbol::ALL {
            let mut pays = CERTIFIED.pays(symbol);
            if symbol == Symbol::Bar {
                assert_eq!(pays[1], 35);
                pays[1] = 36;
            }
            assert_eq!(other.pays(symbol), pays);
        }
    }

    #[test]
    fn longer_runs_pay_more_and_nothing_pays_more_than_the_wild() {
        for symbol in Symbol::ALL {
            let pay = |count| CERTIFIED.pay(symbol, count);
            assert_eq!(pay(FEWEST - 1), 0);
            assert_eq!(pay(REELS + 1), pay(REELS));
            for count in FEWEST..=REELS {
                assert!(pay(count) > pay(count - 1));
                assert!(pay(count) <= CERTIFIED.pay(Symbol::Wild, count));
            }
        }
    }
}
