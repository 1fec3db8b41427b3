//! What a board pays for a stake: a pure function of the two.

use crate::paytable::{FEWEST, InForce, PAYLINES, pay, pay_by};
use crate::reels::{Board, REELS, Symbol};

/// The number of paylines as money counts it; the stake is a multiple of it, so that every line has whole
/// units.
pub const STAKE_STEP: i64 = {
    assert!(PAYLINES.len() == 10);
    10
};

/// The largest stake that is accepted, in minor units.
///
/// With every line and the scatter at the highest pay the payout still fits an `i64`. The limit is checked
/// before the board is read: whether a stake is accepted never depends on the outcome.
pub const LARGEST_STAKE: i64 = {
    let line = pay(Symbol::Wild, REELS) as i64;
    let scatter = pay(Symbol::Scatter, REELS) as i64;
    i64::MAX / (line + scatter) / STAKE_STEP * STAKE_STEP
};

/// Everything that a board pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// The sum of all wins, in minor units.
    pub payout: i64,
    /// Line wins in the order of the paylines, then the scatter win.
    pub wins: Vec<Win>,
}

/// One win.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Win {
    /// Where it was won.
    pub kind: WinKind,
    /// The symbol that pays; a wild in its run stands for it.
    pub symbol: Symbol,
    /// How many cells make the win.
    pub count: usize,
    /// Times the stake per line; for the scatter times the total stake.
    pub multiplier: u32,
    /// In minor units.
    pub payout: i64,
    /// The winning cells as (reel, row), from left to right.
    pub cells: Vec<(usize, usize)>,
}

/// Where a win was won.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WinKind {
    /// On a payline, from the leftmost reel.
    Line {
        /// Index into [`PAYLINES`], from 0.
        payline: usize,
    },
    /// Anywhere on the board.
    Scatter,
}

/// A stake that cannot be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StakeError {
    /// Not a positive multiple of [`STAKE_STEP`].
    #[error("the stake must be a positive multiple of {STAKE_STEP} minor units, and is {0}")]
    NotAStep(i64),
    /// More than [`LARGEST_STAKE`].
    #[error("the stake must be at most {LARGEST_STAKE} minor units, and is {0}")]
    TooLarge(i64),
}

/// What this board pays for a total stake in minor units.
///
/// # Errors
/// When the stake is not a positive multiple of [`STAKE_STEP`], or is above [`LARGEST_STAKE`].
pub fn evaluate(board: &Board, stake_minor: i64) -> Result<Evaluation, StakeError> {
    evaluate_by(InForce::Certified, board, stake_minor)
}

/// The same, by the pays in force.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_by(in_force: InForce, board: &Board, stake_minor: i64) -> Result<Evaluation, StakeError> {
    if stake_minor <= 0 || stake_minor % STAKE_STEP != 0 {
        return Err(StakeError::NotAStep(stake_minor));
    }
    if stake_minor > LARGEST_STAKE {
        return Err(StakeError::TooLarge(stake_minor));
    }
    let stake_per_line = stake_minor / STAKE_STEP;

    let mut wins = Vec::new();
    for (payline, rows) in PAYLINES.iter().enumerate() {
        let run = (0..REELS).try_fold(Run::default(), |run, reel| {
            match run.extended(board[reel][rows[reel]]) {
                Some(longer) => Ok(longer),
                None => Err(run),
            }
        });
        // Ended early or at the last reel: either way this is the run.
        let (Ok(run) | Err(run)) = run;
        if let Some((symbol, count)) = run.win() {
            let multiplier = pay_by(in_force, symbol, count);
            wins.push(Win {
                kind: WinKind::Line { payline },
                symbol,
                count,
                multiplier,
                payout: stake_per_line * i64::from(multiplier),
                cells: (0..count).map(|reel| (reel, rows[reel])).collect(),
            });
        }
    }

    let scatters: Vec<(usize, usize)> = board
        .iter()
        .enumerate()
        .flat_map(|(reel, window)| {
            window
                .iter()
                .enumerate()
                .map(move |(row, symbol)| (reel, row, *symbol))
        })
        .filter(|(_, _, symbol)| *symbol == Symbol::Scatter)
        .map(|(reel, row, _)| (reel, row))
        .collect();
    if scatters.len() >= FEWEST {
        let multiplier = pay_by(in_force, Symbol::Scatter, scatters.len());
        wins.push(Win {
            kind: WinKind::Scatter,
            symbol: Symbol::Scatter,
            count: scatters.len(),
            multiplier,
            payout: stake_minor * i64::from(multiplier),
            cells: scatters,
        });
    }

    Ok(Evaluation {
        payout: wins.iter().map(|win| win.payout).sum(),
        wins,
    })
}

/// A payline read from the left, one reel at a time, until a symbol no longer fits.
///
/// The PAR sheet reads lines through this same type: the game that is analysed is the game that is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Run {
    /// The regular symbol of the run; none while there were only wilds.
    symbol: Option<Symbol>,
    length: usize,
    /// Wilds before the first regular symbol: they may be worth more by themselves.
    leading_wilds: usize,
}

impl Run {
    /// The run with the next reel's symbol, or nothing when that symbol ends it.
    pub(crate) fn extended(self, next: Symbol) -> Option<Self> {
        let length = self.length + 1;
        match (next, self.symbol) {
            (Symbol::Scatter, _) => None,
            (Symbol::Wild, None) => Some(Self {
                symbol: None,
                length,
                leading_wilds: length,
            }),
            (Symbol::Wild, Some(_)) => Some(Self { length, ..self }),
            (_, None) => Some(Self {
                symbol: Some(next),
                length,
                ..self
            }),
            (_, Some(symbol)) => (symbol == next).then_some(Self { length, ..self }),
        }
    }

    /// The symbol and count that this run pays for: the better of its two readings, as a run of its regular
    /// symbol or as the wilds that lead it. Readings that pay the same count as the longer one.
    pub(crate) fn win(self) -> Option<(Symbol, usize)> {
        let as_wilds = (Symbol::Wild, self.leading_wilds);
        let as_symbol = (self.symbol.unwrap_or(Symbol::Wild), self.length);
        let better = if pay(as_wilds.0, as_wilds.1) > pay(as_symbol.0, as_symbol.1) {
            as_wilds
        } else {
            as_symbol
        };
        (better.1 >= FEWEST).then_some(better)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reels::ROWS;
    use Symbol::{Bar, Bell, Cherry, Gem, Scatter, Seven, Star, Wild};
    use proptest::prelude::*;

    /// A board whose middle row is given; above and below no three reels agree.
    fn with_middle_row(row: [Symbol; REELS]) -> Board {
        let others = [[Gem, Bell], [Star, Bar], [Gem, Bell], [Star, Bar], [Gem, Bell]];
        std::array::from_fn(|reel| [others[reel][0], row[reel], others[reel][1]])
    }

    /// The middle row pays for this symbol and count, times 10 on the middle line of a stake of 10 per line.
    fn check(row: [Symbol; REELS], expected: Option<(Symbol, usize, i64)>) {
        let evaluation = evaluate(&with_middle_row(row), 100).unwrap();
        let middle = evaluation
            .wins
            .iter()
            .find(|win| win.kind == WinKind::Line { payline: 0 });
        assert_eq!(
            middle.map(|win| (win.symbol, win.count, win.payout)),
            expected,
            "{row:?}"
        );
    }

    #[test]
    fn a_line_pays_from_the_leftmost_reel_only() {
        check([Cherry, Cherry, Cherry, Bar, Cherry], Some((Cherry, 3, 50)));
        check([Cherry, Cherry, Cherry, Cherry, Seven], Some((Cherry, 4, 200)));
        check([Seven, Seven, Seven, Seven, Seven], Some((Seven, 5, 25_000)));
        check([Bar, Cherry, Cherry, Cherry, Cherry], None);
        check([Cherry, Cherry, Bar, Cherry, Cherry], None);
    }

    #[test]
    fn a_wild_stands_for_every_symbol_but_the_scatter() {
        check([Wild, Cherry, Wild, Star, Star], Some((Cherry, 3, 50)));
        check([Gem, Wild, Wild, Wild, Gem], Some((Gem, 5, 5_000)));
        check([Scatter, Wild, Wild, Wild, Wild], None);
        check([Wild, Wild, Scatter, Wild, Wild], None);
    }

    #[test]
    fn the_better_of_two_readings_counts() {
        check([Wild, Wild, Wild, Cherry, Star], Some((Wild, 3, 500)));
        check([Wild, Wild, Wild, Cherry, Cherry], Some((Cherry, 5, 750)));
        check([Wild, Wild, Wild, Seven, Star], Some((Seven, 4, 2_000)));
        check([Wild, Wild, Wild, Wild, Seven], Some((Seven, 5, 25_000)));
        check([Wild, Wild, Wild, Wild, Cherry], Some((Wild, 4, 5_000)));
        check([Wild, Wild, Wild, Wild, Wild], Some((Wild, 5, 100_000)));
        check([Wild, Wild, Wild, Scatter, Wild], Some((Wild, 3, 500)));
    }

    #[test]
    fn scatters_pay_the_total_stake_wherever_they_are() {
        let mut board = with_middle_row([Scatter, Cherry, Star, Scatter, Bar]);
        assert_eq!(evaluate(&board, 100).unwrap().payout, 0);
        board[4][2] = Scatter;
        let evaluation = evaluate(&board, 100).unwrap();
        let win = Win {
            kind: WinKind::Scatter,
            symbol: Scatter,
            count: 3,
            multiplier: 3,
            payout: 300,
            cells: vec![(0, 1), (3, 1), (4, 2)],
        };
        assert_eq!(
            evaluation,
            Evaluation {
                payout: 300,
                wins: vec![win]
            }
        );
    }

    #[test]
    fn a_stake_is_refused_whatever_the_board() {
        for board in [
            with_middle_row([Cherry, Star, Bar, Gem, Bell]),
            [[Wild; ROWS]; REELS],
        ] {
            for stake in [0, -10, 5, 15, i64::MIN] {
                assert_eq!(evaluate(&board, stake), Err(StakeError::NotAStep(stake)));
            }
            for stake in [LARGEST_STAKE + STAKE_STEP, i64::MAX / 10 * 10] {
                assert_eq!(evaluate(&board, stake), Err(StakeError::TooLarge(stake)));
            }
        }
    }

    #[test]
    fn the_largest_stake_does_not_overflow() {
        let everything = evaluate(&[[Wild; ROWS]; REELS], LARGEST_STAKE).unwrap();
        assert_eq!(everything.payout, LARGEST_STAKE * 10_000);
        assert!(evaluate(&[[Scatter; ROWS]; REELS], LARGEST_STAKE).is_ok());
    }

    fn any_symbol() -> impl Strategy<Value = Symbol> {
        proptest::sample::select(Symbol::ALL.to_vec())
    }

    /// Boards crowded with wilds, two regular symbols and scatters: they win often enough to say something.
    fn any_board() -> impl Strategy<Value = Board> {
        let crowded = proptest::sample::select(vec![
            Wild, Wild, Cherry, Cherry, Cherry, Seven, Seven, Seven, Scatter,
        ]);
        let window = || proptest::array::uniform3(prop_oneof![3 => crowded.clone(), 1 => any_symbol()]);
        proptest::array::uniform5(window())
    }

    fn any_stake() -> impl Strategy<Value = i64> {
        (1..=1_000_000_i64).prop_map(|lines| lines * STAKE_STEP)
    }

    /// A second reading of the rules, from the definition: for each symbol, how many cells from the left hold
    /// it or a wild; the best pay of all symbols.
    fn line_multiplier(line: [Symbol; REELS]) -> u32 {
        let regular = Symbol::ALL.into_iter().filter(|symbol| *symbol != Scatter);
        let count = |symbol| {
            line.iter()
                .take_while(|cell| **cell == symbol || **cell == Wild)
                .count()
        };
        let holds = |symbol| symbol == Wild || line[..count(symbol)].contains(&symbol);
        regular
            .filter(|symbol| holds(*symbol))
            .map(|symbol| pay(symbol, count(symbol)))
            .max()
            .unwrap_or(0)
    }

    proptest! {
        #[test]
        fn the_payout_is_the_sum_of_the_wins(board in any_board(), stake in any_stake()) {
            let Evaluation { payout, wins } = evaluate(&board, stake).unwrap();
            prop_assert_eq!(payout, wins.iter().map(|win| win.payout).sum::<i64>());
            for win in wins {
                let unit = if win.kind == WinKind::Scatter { stake } else { stake / STAKE_STEP };
                prop_assert!(win.payout > 0);
                prop_assert_eq!(win.payout, unit * i64::from(win.multiplier));
            }
        }

        #[test]
        fn the_payout_scales_with_the_stake(board in any_board(), stake in any_stake(), times in 1..1_000_i64) {
            let once = evaluate(&board, stake).unwrap();
            let often = evaluate(&board, stake * times).unwrap();
            prop_assert_eq!(often.payout, once.payout * times);
            prop_assert_eq!(often.wins.len(), once.wins.len());
        }

        #[test]
        fn every_line_pays_what_the_rules_say(board in any_board()) {
            let wins = evaluate(&board, STAKE_STEP).unwrap().wins;
            for (payline, rows) in PAYLINES.iter().enumerate() {
                let line = std::array::from_fn(|reel| board[reel][rows[reel]]);
                let found = wins.iter().find(|win| win.kind == WinKind::Line { payline });
                prop_assert_eq!(found.map_or(0, |win| win.multiplier), line_multiplier(line));
            }
        }

        #[test]
        fn a_line_ignores_the_cells_off_it(
            board in any_board(),
            other in any_board(),
            payline in 0..PAYLINES.len(),
        ) {
            let rows = PAYLINES[payline];
            let mut mixed = other;
            for reel in 0..REELS {
                mixed[reel][rows[reel]] = board[reel][rows[reel]];
            }
            let on_line = |board: &Board| {
                let wins = evaluate(board, STAKE_STEP).unwrap().wins;
                wins.into_iter().find(|win| win.kind == WinKind::Line { payline })
            };
            prop_assert_eq!(on_line(&board), on_line(&mixed));
        }

        #[test]
        fn one_more_wild_never_costs(board in any_board(), reel in 0..REELS, row in 0..ROWS) {
            // A scatter is worth something of its own: a wild in its place may cost.
            prop_assume!(board[reel][row] != Scatter);
            let before = evaluate(&board, STAKE_STEP).unwrap().payout;
            let mut wilder = board;
            wilder[reel][row] = Wild;
            prop_assert!(evaluate(&wilder, STAKE_STEP).unwrap().payout >= before);
        }

        #[test]
        fn scatters_pay_wherever_in_their_windows(board in any_board(), turns in proptest::array::uniform5(0..ROWS)) {
            let mut turned = board;
            for (window, turn) in turned.iter_mut().zip(turns) {
                window.rotate_left(turn);
            }
            let scattered = |board: &Board| {
                let wins = evaluate(board, STAKE_STEP).unwrap().wins;
                wins.iter().filter(|win| win.kind == WinKind::Scatter).map(|win| win.payout).sum::<i64>()
            };
            prop_assert_eq!(scattered(&board), scattered(&turned));
        }

        #[test]
        fn winning_cells_hold_the_symbol_or_a_wild(board in any_board()) {
            for win in evaluate(&board, STAKE_STEP).unwrap().wins {
                prop_assert_eq!(win.cells.len(), win.count);
                for (place, (reel, row)) in win.cells.into_iter().enumerate() {
                    let cell = board[reel][row];
                    match win.kind {
                        WinKind::Scatter => prop_assert_eq!(cell, Scatter),
                        WinKind::Line { payline } => {
                            prop_assert!(cell == win.symbol || cell == Wild);
                            prop_assert_eq!((reel, row), (place, PAYLINES[payline][place]));
                        }
                    }
                }
            }
        }
    }
}
