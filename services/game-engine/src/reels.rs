//! Symbols, the five reel strips, and the board that a set of stops shows.

/// A symbol in a cell of the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Symbol {
    /// Stands for every symbol except the scatter, and pays by itself.
    Wild,
    /// Pays anywhere on the board, in multiples of the total stake.
    Scatter,
    /// The highest regular symbol.
    Seven,
    /// A regular symbol.
    Gem,
    /// A regular symbol.
    Bell,
    /// A regular symbol.
    Bar,
    /// A regular symbol.
    Star,
    /// The lowest regular symbol.
    Cherry,
}

impl Symbol {
    /// All symbols, in the order in which a PAR sheet lists them; `ALL[symbol as usize] == symbol`.
    pub const ALL: [Self; 8] = [
        Self::Wild,
        Self::Scatter,
        Self::Seven,
        Self::Gem,
        Self::Bell,
        Self::Bar,
        Self::Star,
        Self::Cherry,
    ];
}

/// Number of reels, the columns of the board.
pub const REELS: usize = 5;

/// Number of cells of each reel that the player sees.
pub const ROWS: usize = 3;

/// The visible cells of one reel, top first.
pub type Window = [Symbol; ROWS];

/// The visible cells: one window per reel, from left to right.
pub type Board = [Window; REELS];

/// Where each reel stopped: the index, on its strip, of the symbol in the top row.
pub type Stops = [usize; REELS];

/// One strip for each reel. A strip is a loop: its last symbol is above its first.
pub type Strips<'a> = [&'a [Symbol]; REELS];

/// The strips of the game.
///
/// Reels 1 and 3 have many cherries and bars, reel 2 has many stars and bells. Neighbouring reels therefore rarely agree,
/// so a game with ten paylines pays about once in three rounds and can have large prizes. Two scatters on a strip are at
/// least three stops apart, so that a window never shows both.
pub const STRIPS: Strips<'static> = {
    use Symbol::{Bar, Bell, Cherry, Gem, Scatter, Seven, Star, Wild};
    [
        &[
            Bell, Cherry, Bar, Bell, Cherry, Scatter, Cherry, Seven, Cherry, Star, Cherry, Bar, Cherry, Bar,
            Cherry, Gem, Cherry, Gem, Bell, Bar, Wild, Cherry, Seven, Cherry, Bar, Gem, Star, Bar, Gem, Bar,
            Star, Bar,
        ],
        &[
            Cherry, Seven, Wild, Star, Cherry, Star, Gem, Star, Seven, Star, Cherry, Star, Bell, Star, Bell,
            Gem, Star, Bar, Bell, Bar, Star, Bell, Star, Bell, Star, Bell, Gem, Bell, Seven, Scatter,
        ],
        &[
            Star, Gem, Bar, Cherry, Scatter, Cherry, Bar, Star, Bar, Cherry, Bell, Star, Bar, Seven, Cherry,
            Bar, Bell, Gem, Bell, Cherry, Bar, Wild, Cherry, Star, Cherry, Seven, Gem, Cherry, Bar, Cherry,
            Wild, Bell,
        ],
        &[
            Bell, Gem, Star, Seven, Gem, Scatter, Star, Bar, Cherry, Gem, Bar, Cherry, Gem, Bell, Bar, Star,
            Wild, Star, Gem, Star, Cherry, Star, Bell, Star, Bell, Cherry, Seven, Cherry, Star, Bar, Bell,
            Scatter, Bar, Star,
        ],
        &[
            Cherry, Bar, Bell, Star, Bar, Seven, Bar, Cherry, Bell, Cherry, Bell, Cherry, Bar, Cherry, Star,
            Cherry, Gem, Seven, Cherry, Bar, Scatter, Wild, Seven, Gem, Star, Bar, Gem, Star, Cherry, Bell,
            Gem,
        ],
    ]
};

/// Returns the board of these stops. A stop beyond the end of its strip continues from the start, as on a real reel.
#[must_use]
pub fn board_at(stops: Stops) -> Board {
    board_on(&STRIPS, stops)
}

/// Returns the board of other strips than the game's, so that a short cycle can be checked board by board.
pub(crate) fn board_on(strips: &Strips<'_>, stops: Stops) -> Board {
    std::array::from_fn(|reel| window(strips[reel], stops[reel]))
}

/// Returns what one reel shows at a stop.
pub(crate) fn window(strip: &[Symbol], stop: usize) -> Window {
    std::array::from_fn(|row| strip[(stop % strip.len() + row) % strip.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_listed_in_the_order_of_their_discriminants() {
        for (index, symbol) in Symbol::ALL.into_iter().enumerate() {
            assert_eq!(symbol as usize, index);
        }
    }

    #[test]
    fn strips_have_28_to_34_stops_and_hold_every_symbol() {
        for strip in STRIPS {
            assert!((28..=34).contains(&strip.len()), "{} stops", strip.len());
            for symbol in Symbol::ALL {
                assert!(strip.contains(&symbol), "a strip lacks {symbol:?}");
            }
        }
    }

    #[test]
    fn no_window_shows_two_scatters() {
        for strip in STRIPS {
            for stop in 0..strip.len() {
                let scatters = window(strip, stop)
                    .into_iter()
                    .filter(|symbol| *symbol == Symbol::Scatter)
                    .count();
                assert!(scatters <= 1, "stop {stop} shows {scatters}");
            }
        }
    }

    #[test]
    fn a_window_starts_at_its_stop_and_wraps_around_the_strip() {
        let first = board_at([0; REELS]);
        let last = board_at(STRIPS.map(|strip| strip.len() - 1));
        for (reel, strip) in STRIPS.iter().enumerate() {
            assert_eq!(first[reel], strip[..ROWS]);
            assert_eq!(last[reel], [strip[strip.len() - 1], strip[0], strip[1]]);
        }
        assert_eq!(board_at(STRIPS.map(<[Symbol]>::len)), first);
    }
}
