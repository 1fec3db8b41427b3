//! Computes what a board pays for a stake by a paytable, as a pure function of these three.

use crate::paytable::{CERTIFIED, FEWEST, PAYLINES, Paytable};
use crate::reels::{Board, REELS, ROWS, Symbol};

/// Number of paylines, in the type of amounts. The stake is a multiple of it, so that every line gets whole minor units.
pub const STAKE_STEP: i64 = {
    assert!(PAYLINES.len() == 10);
    10
};

/// Largest stake that is accepted, in minor units.
///
/// The payout fits an `i64` even with the highest certified pay on every line and for the scatter. The stake is checked
/// before the board is read, so that accepting it never depends on the outcome.
pub const LARGEST_STAKE: i64 = {
    let line = CERTIFIED.pay(Symbol::Wild, REELS) as i64;
    let scatter = CERTIFIED.pay(Symbol::Scatter, REELS) as i64;
    i64::MAX / (line + scatter) / STAKE_STEP * STAKE_STEP
};

/// The result of evaluating a board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// Sum of all wins, in minor units.
    pub payout: i64,
    /// Line wins in the order of the paylines, then the scatter win.
    pub wins: Vec<Win>,
}

/// One win.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Win {
    /// Whether it is on a line or scattered.
    pub kind: WinKind,
    /// The symbol that pays. Wilds in its run count as this symbol.
    pub symbol: Symbol,
    /// Number of winning cells.
    pub count: usize,
    /// Multiple of the stake per line; for the scatter, of the total stake.
    pub multiplier: u32,
    /// Payout in minor units.
    pub payout: i64,
    /// The winning cells as (reel, row), from left to right.
    pub cells: Vec<(usize, usize)>,
}

/// The kind of a win.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WinKind {
    /// A run on a payline, from the leftmost reel.
    Line {
        /// Index into [`PAYLINES`], from 0.
        payline: usize,
    },
    /// Scatters anywhere on the board.
    Scatter,
}

/// Why a stake cannot be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StakeError {
    /// It is not a positive multiple of [`STAKE_STEP`].
    #[error("the stake must be a positive multiple of {STAKE_STEP} minor units, and is {0}")]
    NotAStep(i64),
    /// It is more than [`LARGEST_STAKE`].
    #[error("the stake must be at most {LARGEST_STAKE} minor units, and is {0}")]
    TooLarge(i64),
}

/// Evaluates a board by a paytable, for a total stake in minor units.
///
/// # Errors
/// The stake is not a positive multiple of [`STAKE_STEP`], or is above [`LARGEST_STAKE`].
pub fn evaluate(paytable: &Paytable, board: &Board, stake_minor: i64) -> Result<Evaluation, StakeError> {
    if stake_minor <= 0 || stake_minor % STAKE_STEP != 0 {
        return Err(StakeError::NotAStep(stake_minor));
    }
    if stake_minor > LARGEST_STAKE {
        return Err(StakeError::TooLarge(stake_minor));
    }
    let stake_per_line = stake_minor / STAKE_STEP;
    let lines = (0..PAYLINES.len()).filter_map(|payline| line_win(paytable, board, payline, stake_per_line));
    let wins: Vec<Win> = lines.chain(scatter_win(paytable, board, stake_minor)).collect();
    Ok(Evaluation {
        payout: wins.iter().map(|win| win.payout).sum(),
        wins,
    })
}

/// Returns the win on one line, if there is one.
fn line_win(paytable: &Paytable, board: &Board, payline: usize, stake_per_line: i64) -> Option<Win> {
    let rows = PAYLINES[payline];
    let run = (0..REELS).try_fold(Run::default(), |run, reel| {
        match run.extended(board[reel][rows[reel]]) {
            Some(longer) => Ok(longer),
            None => Err(run),
        }
    });
    // The run ends at a symbol that does not fit, or at the last reel.
    let (Ok(run) | Err(run)) = run;
    let (symbol, count) = run.win(paytable)?;
    let multiplier = paytable.pay(symbol, count);
    Some(Win {
        kind: WinKind::Line { payline },
        symbol,
        count,
        multiplier,
        payout: stake_per_line * i64::from(multiplier),
        cells: (0..count).map(|reel| (reel, rows[reel])).collect(),
    })
}

/// Returns the win of the scatters, if there is one.
fn scatter_win(paytable: &Paytable, board: &Board, stake_minor: i64) -> Option<Win> {
    let cells = (0..REELS).flat_map(|reel| (0..ROWS).map(move |row| (reel, row)));
    let cells: Vec<_> = cells
        .filter(|(reel, row)| board[*reel][*row] == Symbol::Scatter)
        .collect();
    if cells.len() < FEWEST {
        return None;
    }
    let multiplier = paytable.pay(Symbol::Scatter, cells.len());
    Some(Win {
        kind: WinKind::Scatter,
        symbol: Symbol::Scatter,
        count: cells.len(),
        multiplier,
        payout: stake_minor * i64::from(multiplier),
        cells,
    })
}

/// A payline that is read from the left, one reel at a time, until a symbol does not fit.
///
/// The PAR sheet uses this type too, so that it follows the same rules as the game.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Run {
    /// The regular symbol of the run; `None` while it consists of wilds.
    symbol: Option<Symbol>,
    length: usize,
    /// Number of wilds before the first regular symbol. They may pay more as a run of their own.
    leading_wilds: usize,
}

impl Run {
    /// Returns the run with the next reel's symbol, or `None` if that symbol ends it.
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

    /// Returns the symbol and the count that this run pays for: its regular symbol, or the wilds at its beginning if
    /// these pay more.
    pub(crate) fn win(self, paytable: &Paytable) -> Option<(Symbol, usize)> {
        let as_wilds = (Symbol::Wild, self.leading_wilds);
        let as_symbol = (self.symbol.unwrap_or(Symbol::Wild), self.length);
        let better = if paytable.pay(as_wilds.0, as_wilds.1) > paytable.pay(as_symbol.0, as_symbol.1) {
            as_wilds
        } else {
            as_symbol
        };
        (better.1 >= FEWEST).then_some(better)
    }
}

#[cfg(test)]
mod tests;
