use super::*;
use Symbol::{Bar, Bell, Cherry, Gem, Scatter, Seven, Star, Wild};
use proptest::prelude::*;

/// Returns a board with this middle row. In the other rows no three neighbouring reels agree.
fn with_middle_row(row: [Symbol; REELS]) -> Board {
    let others = [[Gem, Bell], [Star, Bar], [Gem, Bell], [Star, Bar], [Gem, Bell]];
    std::array::from_fn(|reel| [others[reel][0], row[reel], others[reel][1]])
}

/// Checks symbol, count and payout of the win in the middle row, for a stake of 10 per line.
fn check(row: [Symbol; REELS], expected: Option<(Symbol, usize, i64)>) {
    let evaluation = evaluate(&CERTIFIED, &with_middle_row(row), 100).unwrap();
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
    assert_eq!(evaluate(&CERTIFIED, &board, 100).unwrap().payout, 0);
    board[4][2] = Scatter;
    let evaluation = evaluate(&CERTIFIED, &board, 100).unwrap();
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
            assert_eq!(
                evaluate(&CERTIFIED, &board, stake),
                Err(StakeError::NotAStep(stake))
            );
        }
        for stake in [LARGEST_STAKE + STAKE_STEP, i64::MAX / 10 * 10] {
            assert_eq!(
                evaluate(&CERTIFIED, &board, stake),
                Err(StakeError::TooLarge(stake))
            );
        }
    }
}

#[test]
fn the_largest_stake_does_not_overflow() {
    let everything = evaluate(&CERTIFIED, &[[Wild; ROWS]; REELS], LARGEST_STAKE).unwrap();
    assert_eq!(everything.payout, LARGEST_STAKE * 10_000);
    assert!(evaluate(&CERTIFIED, &[[Scatter; ROWS]; REELS], LARGEST_STAKE).is_ok());
}

fn any_symbol() -> impl Strategy<Value = Symbol> {
    proptest::sample::select(Symbol::ALL.to_vec())
}

/// Boards with many wilds, two regular symbols and scatters, so that many of them win.
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

/// A second implementation of the rules, by their definition: for each symbol, count the cells from the left that show it
/// or a wild; the best pay of all symbols counts.
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
        .map(|symbol| CERTIFIED.pay(symbol, count(symbol)))
        .max()
        .unwrap_or(0)
}

proptest! {
    #[test]
    fn the_payout_is_the_sum_of_the_wins(board in any_board(), stake in any_stake()) {
        let Evaluation { payout, wins } = evaluate(&CERTIFIED, &board, stake).unwrap();
        prop_assert_eq!(payout, wins.iter().map(|win| win.payout).sum::<i64>());
        for win in wins {
            let unit = if win.kind == WinKind::Scatter { stake } else { stake / STAKE_STEP };
            prop_assert!(win.payout > 0);
            prop_assert_eq!(win.payout, unit * i64::from(win.multiplier));
        }
    }

    #[test]
    fn the_payout_scales_with_the_stake(board in any_board(), stake in any_stake(), times in 1..1_000_i64) {
        let once = evaluate(&CERTIFIED, &board, stake).unwrap();
        let often = evaluate(&CERTIFIED, &board, stake * times).unwrap();
        prop_assert_eq!(often.payout, once.payout * times);
        prop_assert_eq!(often.wins.len(), once.wins.len());
    }

    #[test]
    fn every_line_pays_what_the_rules_say(board in any_board()) {
        let wins = evaluate(&CERTIFIED, &board, STAKE_STEP).unwrap().wins;
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
            let wins = evaluate(&CERTIFIED, board, STAKE_STEP).unwrap().wins;
            wins.into_iter().find(|win| win.kind == WinKind::Line { payline })
        };
        prop_assert_eq!(on_line(&board), on_line(&mixed));
    }

    #[test]
    fn one_more_wild_never_costs(board in any_board(), reel in 0..REELS, row in 0..ROWS) {
        // A scatter pays by itself, so a wild in its place may pay less.
        prop_assume!(board[reel][row] != Scatter);
        let before = evaluate(&CERTIFIED, &board, STAKE_STEP).unwrap().payout;
        let mut wilder = board;
        wilder[reel][row] = Wild;
        prop_assert!(evaluate(&CERTIFIED, &wilder, STAKE_STEP).unwrap().payout >= before);
    }

    #[test]
    fn scatters_pay_wherever_in_their_windows(board in any_board(), turns in proptest::array::uniform5(0..ROWS)) {
        let mut turned = board;
        for (window, turn) in turned.iter_mut().zip(turns) {
            window.rotate_left(turn);
        }
        let scattered = |board: &Board| {
            let wins = evaluate(&CERTIFIED, board, STAKE_STEP).unwrap().wins;
            wins.iter().filter(|win| win.kind == WinKind::Scatter).map(|win| win.payout).sum::<i64>()
        };
        prop_assert_eq!(scattered(&board), scattered(&turned));
    }

    #[test]
    fn winning_cells_hold_the_symbol_or_a_wild(board in any_board()) {
        for win in evaluate(&CERTIFIED, &board, STAKE_STEP).unwrap().wins {
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
