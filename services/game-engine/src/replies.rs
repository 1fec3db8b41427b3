//! Converts rounds and the paytable to replies.

use num_rational::Ratio;
use reelscope_contracts::game::{
    self, Contribution, Fraction, ParSheet, Pay, Round, SymbolKind, SymbolName, SymbolPays, Volatility, Win,
};
use reelscope_contracts::{Money, RoundId, UnixMillis};

use crate::evaluate::{Evaluation, WinKind};
use crate::par_sheet::{self, approximate};
use crate::paytable::{CERTIFIED, FEWEST, PAYLINES};
use crate::reels::{Board, REELS, ROWS, STRIPS, Stops, Symbol};

/// Name of the game, in the paytable and in traces.
pub const GAME: &str = "reelscope-classic";

/// Stakes that the machine offers, in minor units. Each can be divided evenly among the paylines.
const STAKES: [i64; 7] = [100, 200, 500, 1_000, 2_000, 5_000, 10_000];

fn small(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

fn name(symbol: Symbol) -> SymbolName {
    match symbol {
        Symbol::Wild => SymbolName::Wild,
        Symbol::Scatter => SymbolName::Scatter,
        Symbol::Seven => SymbolName::Seven,
        Symbol::Gem => SymbolName::Gem,
        Symbol::Bell => SymbolName::Bell,
        Symbol::Bar => SymbolName::Bar,
        Symbol::Star => SymbolName::Star,
        Symbol::Cherry => SymbolName::Cherry,
    }
}

/// Returns the reply for a round.
pub(crate) fn round(
    round_id: RoundId,
    stake: Money,
    seed: &str,
    stops: Stops,
    board: &Board,
    evaluation: &Evaluation,
    drawn_at: UnixMillis,
) -> Round {
    let win = |win: &crate::evaluate::Win| Win {
        kind: match win.kind {
            WinKind::Line { .. } => game::WinKind::Line,
            WinKind::Scatter => game::WinKind::Scatter,
        },
        payline: match win.kind {
            WinKind::Line { payline } => Some(small(payline + 1)),
            WinKind::Scatter => None,
        },
        symbol: name(win.symbol),
        count: small(win.count),
        multiplier: i64::from(win.multiplier),
        payout: Money(win.payout),
        cells: win
            .cells
            .iter()
            .map(|(reel, row)| (small(*reel), small(*row)))
            .collect(),
    };
    Round {
        round_id,
        stake,
        payout: Money(evaluation.payout),
        seed: seed.to_owned(),
        stops: stops
            .iter()
            .map(|stop| u16::try_from(*stop).unwrap_or(u16::MAX))
            .collect(),
        board: board
            .iter()
            .map(|reel| reel.iter().copied().map(name).collect())
            .collect(),
        wins: evaluation.wins.iter().map(win).collect(),
        drawn_at,
        same_seed_as: None,
    }
}

/// Returns the whole certified game as an auditor needs it. It goes through the whole cycle, so call it once.
#[must_use]
pub fn paytable() -> game::Paytable {
    let sheet = par_sheet::par_sheet(&CERTIFIED);
    let symbol = |symbol: &Symbol| SymbolPays {
        symbol: name(*symbol),
        kind: match symbol {
            Symbol::Wild => SymbolKind::Wild,
            Symbol::Scatter => SymbolKind::Scatter,
            _ => SymbolKind::Regular,
        },
        pays: CERTIFIED
            .pays(*symbol)
            .iter()
            .enumerate()
            .map(|(i, pays)| Pay {
                count: small(FEWEST + i),
                pays: i64::from(*pays),
            })
            .collect(),
    };
    game::Paytable {
        game: GAME.to_owned(),
        reels: small(REELS),
        rows: small(ROWS),
        stakes: STAKES.map(Money).to_vec(),
        symbols: Symbol::ALL.iter().map(symbol).collect(),
        paylines: PAYLINES
            .iter()
            .map(|line| line.iter().map(|row| small(*row)).collect())
            .collect(),
        reel_strips: STRIPS
            .iter()
            .map(|strip| strip.iter().copied().map(name).collect())
            .collect(),
        par_sheet: par_sheet_reply(&sheet),
    }
}

fn par_sheet_reply(sheet: &par_sheet::ParSheet) -> ParSheet {
    ParSheet {
        cycle: sheet.cycle.to_string(),
        rtp_percent: 100.0 * approximate(sheet.rtp),
        rtp: fraction(&sheet.rtp),
        hit_frequency_percent: 100.0 * approximate(sheet.hit_frequency),
        hit_frequency: fraction(&sheet.hit_frequency),
        volatility: Volatility {
            standard_deviation: sheet.standard_deviation,
            variance: fraction(&sheet.variance),
            index_90: sheet.volatility_index_90,
            class: sheet.class.as_str().to_owned(),
        },
        max_payout: approximate(sheet.max_payout),
        max_payout_combinations: sheet.max_payout_boards.to_string(),
        contributions: sheet
            .contributions
            .iter()
            .map(|c| Contribution {
                symbol: name(c.symbol),
                count: small(c.count),
                hits: c.hits.to_string(),
                rtp_percent: 100.0 * approximate(c.rtp),
                rtp: fraction(&c.rtp),
            })
            .collect(),
    }
}

fn fraction(ratio: &Ratio<u128>) -> Fraction {
    Fraction {
        numerator: ratio.numer().to_string(),
        denominator: ratio.denom().to_string(),
    }
}
