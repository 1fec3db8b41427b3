use super::*;
use crate::evaluate::{Evaluation, WinKind, evaluate};
use crate::faults::TENFOLD_CHERRIES;
use crate::paytable::CERTIFIED;
use crate::reels::{Stops, board_at, board_on};
use crate::rng::{draw, seeds};
use proptest::prelude::*;

#[test]
fn the_figures_of_the_game() {
    let sheet = par_sheet(&CERTIFIED);
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
    let sheet = par_sheet(&CERTIFIED);
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
    let rtp = approximate(par_sheet(&TENFOLD_CHERRIES).rtp);
    // The certified RTP is 96 %. After a few hundred rounds the difference exceeds chance.
    assert!((1.2..3.0).contains(&rtp), "{rtp}");
}

#[test]
fn the_contributions_sum_to_the_rtp() {
    let sheet = par_sheet(&CERTIFIED);
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

/// Number of a reel's stops that show this symbol in a given row, which is the number on the strip.
fn stops_with(reel: usize, symbol: Symbol) -> u128 {
    STRIPS[reel]
        .iter()
        .filter(|on_strip| **on_strip == symbol)
        .count() as u128
}

/// As [`stops_with`], for the symbol or a wild.
fn stops_fitting(reel: usize, symbol: Symbol) -> u128 {
    stops_with(reel, symbol) + stops_with(reel, Symbol::Wild)
}

/// Number of ways in which the reels from this one on can stop.
fn ways_from(reel: usize) -> u128 {
    STRIPS[reel..].iter().map(|strip| strip.len() as u128).product()
}

/// Number of ways in which a run of `count` of a regular symbol ends: at the edge, or at a symbol that does not fit.
fn endings(symbol: Symbol, count: usize) -> u128 {
    if count == REELS {
        1
    } else {
        ways_from(count) - stops_fitting(count, symbol) * ways_from(count + 1)
    }
}

/// Number of sets of stops with which a line begins with exactly `leading` wilds, continues as a run of `count` of a
/// regular symbol, and pays more for its wilds.
fn better_as_wilds(symbol: Symbol, count: usize, leading: usize) -> u128 {
    if CERTIFIED.pay(Symbol::Wild, leading) <= CERTIFIED.pay(symbol, count) {
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

/// The wins of the cycle on one line, or of the scatter, in closed form: from the number of each symbol on the strips,
/// without boards.
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
            let less_follows = Symbol::ALL[2..]
                .iter()
                .flat_map(|symbol| (count + 1..=REELS).map(|longer| better_as_wilds(*symbol, longer, count)));
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
    let sheet = par_sheet(&CERTIFIED);
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
        // Each of the ten lines pays a multiple of a tenth of the stake, so the mean of one line is the mean of all.
        rtp += Ratio::new(once * u128::from(CERTIFIED.pay(symbol, count)), sheet.cycle);
    }
    assert_eq!(rtp, sheet.rtp);
}

/// The same sums, computed from every board of the cycle.
fn by_brute_force(strips: &Strips<'_>) -> Cycle<'static> {
    let mut cycle = Cycle::empty(&CERTIFIED);
    let boards: usize = strips.iter().map(|strip| strip.len()).product();
    for index in 0..boards {
        let mut rest = index;
        let stops: Stops = strips.map(|strip| {
            let stop = rest % strip.len();
            rest /= strip.len();
            stop
        });
        // At one unit per line, the payout in minor units is the payout in stakes per line.
        let Evaluation { payout, wins } = evaluate(&CERTIFIED, &board_on(strips, stops), STAKE_STEP).unwrap();
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

/// Strips of five stops with at most one scatter, and with so few symbols that runs of every kind occur.
fn any_short_strip() -> impl Strategy<Value = Vec<Symbol>> {
    use Symbol::{Cherry, Gem, Scatter, Seven, Wild};
    let first = proptest::sample::select(vec![Scatter, Scatter, Wild, Cherry]);
    let others = proptest::sample::select(vec![Wild, Cherry, Cherry, Gem, Gem, Seven]);
    (first, proptest::collection::vec(others, 4)).prop_map(|(first, others)| [vec![first], others].concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_enumeration_agrees_with_evaluating_every_board(
        strips in proptest::array::uniform5(any_short_strip()),
    ) {
        let strips: Strips<'_> = std::array::from_fn(|reel| strips[reel].as_slice());
        prop_assert_eq!(Cycle::of(&CERTIFIED, &strips), by_brute_force(&strips));
    }
}

#[test]
fn a_part_of_the_real_strips_agrees_too() {
    let strips: Strips<'_> = STRIPS.map(|strip| &strip[strip.len() - 9..]);
    assert_eq!(Cycle::of(&CERTIFIED, &strips), by_brute_force(&strips));
}

#[test]
fn two_million_rounds_stay_within_the_confidence_bands() {
    const ROUNDS: u32 = 2_000_000;
    // The normal quantile of a two-sided 99.9 % band.
    const QUANTILE: f64 = 3.2905;
    let play = |master| {
        let (mut paid, mut hits) = (0_i64, 0_u32);
        for seed in seeds(master).take(ROUNDS as usize / 2) {
            let payout = evaluate(&CERTIFIED, &board_at(draw(seed)), STAKE_STEP)
                .unwrap()
                .payout;
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

    let sheet = par_sheet(&CERTIFIED);
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
