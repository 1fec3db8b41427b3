use std::collections::HashMap;

use proptest::prelude::*;
use reelscope_contracts::payments::BetStatus;
use reelscope_contracts::{Day, RoundId};

use super::*;

fn balances(available: i64, reserved: i64) -> Balances {
    Balances {
        available: Money(available),
        reserved: Money(reserved),
    }
}

fn check(before: (i64, i64), movement: Movement, after: Result<(i64, i64), LedgerError>) {
    let result = apply(balances(before.0, before.1), &"p".into(), movement).map(|(b, _)| b);
    assert_eq!(result, after.map(|(a, r)| balances(a, r)), "{movement:?}");
}

#[test]
fn each_step_moves_what_it_says() {
    check((0, 0), Movement::Deposit(Money(5)), Ok((5, 0)));
    check((10, 0), Movement::Reserve(Money(10)), Ok((0, 10)));
    check(
        (9, 0),
        Movement::Reserve(Money(10)),
        Err(LedgerError::InsufficientFunds),
    );
    check((9, 0), Movement::Reserve(Money(0)), Err(LedgerError::OutOfRange));
    check((9, 0), Movement::Reserve(Money(-1)), Err(LedgerError::OutOfRange));
    check(
        (0, 10),
        Movement::Post {
            stake: Money(10),
            payout: Money(45),
        },
        Ok((45, 0)),
    );
    check(
        (0, 10),
        Movement::Post {
            stake: Money(10),
            payout: Money(-1),
        },
        Err(LedgerError::OutOfRange),
    );
    check(
        (0, 9),
        Movement::Post {
            stake: Money(10),
            payout: Money(0),
        },
        Err(LedgerError::OutOfRange),
    );
    check(
        (i64::MAX, 10),
        Movement::Post {
            stake: Money(10),
            payout: Money(1),
        },
        Err(LedgerError::OutOfRange),
    );
    check((0, 10), Movement::Void(Money(10)), Ok((10, 0)));
}

fn movement() -> impl Strategy<Value = Movement> {
    let amount = || (-5_i64..2_000).prop_map(Money);
    prop_oneof![
        amount().prop_map(Movement::Deposit),
        amount().prop_map(Movement::Reserve),
        (amount(), amount()).prop_map(|(stake, payout)| Movement::Post { stake, payout }),
        amount().prop_map(Movement::Void),
    ]
}

proptest! {
    #[test]
    fn the_transfers_are_the_change_and_nothing_is_negative(steps in proptest::collection::vec(movement(), 1..60)) {
        let mut current = balances(0, 0);
        let mut sums: HashMap<Account, i64> = HashMap::new();
        for step in steps {
            let Ok((next, transfers)) = apply(current, &"p".into(), step) else { continue };
            for transfer in transfers {
                prop_assert!(transfer.amount > Money::ZERO);
                *sums.entry(transfer.debit).or_default() -= transfer.amount.minor();
                *sums.entry(transfer.credit).or_default() += transfer.amount.minor();
            }
            current = next;
            prop_assert!(current.available >= Money::ZERO && current.reserved >= Money::ZERO);
        }
        let of = |account| sums.get(&account).copied().unwrap_or_default();
        prop_assert_eq!(of(Account::Available("p".into())), current.available.minor());
        prop_assert_eq!(of(Account::Reserved("p".into())), current.reserved.minor());
        prop_assert_eq!(sums.values().sum::<i64>(), 0);
    }
}

proptest! {
    /// The verifier has the rules a second time; this holds both to each other, for every status of a bet.
    #[test]
    fn what_the_rules_write_is_right_for_the_verifier(
        rounds in proptest::collection::vec((1..400_i64, 0..400_i64, 0..4_u8), 1..40),
    ) {
        let day = "2026-01-31".parse::<Day>().unwrap();
        let mut verifier = Verifier::default();
        let mut current = balances(0, 0);
        let mut step = |verifier: &mut Verifier, movement, round| {
            let (next, transfers) = apply(current, &"p".into(), movement)?;
            for Transfer { kind, debit, credit, amount } in transfers {
                verifier.entry(kind.as_str(), &debit.to_string(), &credit.to_string(), amount, round);
            }
            current = next;
            Ok::<_, LedgerError>(())
        };
        step(&mut verifier, Movement::Deposit(Money(3_000)), None).unwrap();
        let (mut bets, mut totals) = (Vec::new(), Totals::default());
        for (number, (stake, payout, end)) in (1..).zip(rounds) {
            let round = RoundId::from_u128(number);
            let (stake, payout) = (Money(stake), Money(payout));
            if step(&mut verifier, Movement::Reserve(stake), Some(round)).is_err() {
                continue;
            }
            let (status, payout, movement) = match end {
                0 => (BetStatus::Posted, Some(payout), Some(Movement::Post { stake, payout })),
                1 => (BetStatus::Voided, None, Some(Movement::Void(stake))),
                2 => (BetStatus::Pending, Some(payout), None),
                _ => (BetStatus::Reserved, None, None),
            };
            match movement {
                Some(movement) => step(&mut verifier, movement, Some(round)).unwrap(),
                None => verifier.listed_as_open(round),
            }
            let posted_on = (status == BetStatus::Posted).then_some(day);
            if let Some(payout) = payout.filter(|_| posted_on.is_some()) {
                totals.stakes += i128::from(stake.minor());
                totals.payouts += i128::from(payout.minor());
                totals.bets += 1;
            }
            let (currency, reversal_due) = ("RUB", false);
            bets.push(RecordedBet { round, status, stake, payout, currency, posted_on, reversal_due });
        }
        verifier.wallet(&"p".into(), current);
        for bet in bets {
            verifier.bet(bet);
        }
        verifier.total(day, "RUB", totals);
        prop_assert_eq!(verifier.finish().imbalance, 0);
    }
}

#[test]
fn verification_sees_every_kind_of_disagreement() {
    let round = RoundId::from_u128(1);
    let build = |available: i64, entries: &[(&str, &str, &str, i64)], status, payout| {
        let mut verifier = Verifier::default();
        verifier.entry("deposit", "external", "player:p:available", Money(100), None);
        for (kind, debit, credit, amount) in entries {
            verifier.entry(kind, debit, credit, Money(*amount), Some(round));
        }
        verifier.wallet(&"p".into(), balances(available, 0));
        verifier.bet(RecordedBet {
            round,
            status,
            stake: Money(10),
            payout,
            currency: "RUB",
            posted_on: None,
            reversal_due: false,
        });
        verifier.finish().imbalance
    };
    let reserve = ("reserve", "player:p:available", "player:p:reserved", 10);
    let stake = ("stake", "player:p:reserved", "house", 10);
    let payout = ("payout", "house", "player:p:available", 30);
    let posted = BetStatus::Posted;
    assert_eq!(build(120, &[reserve, stake, payout], posted, Some(Money(30))), 0);
    assert_eq!(
        build(121, &[reserve, stake, payout], posted, Some(Money(30))),
        1,
        "balance off by one"
    );
    assert_ne!(
        build(120, &[reserve, stake], posted, Some(Money(30))),
        0,
        "payout entry lost"
    );
    assert_ne!(
        build(120, &[reserve, stake, payout, payout], posted, Some(Money(30))),
        0,
        "paid twice"
    );
    assert_ne!(
        build(120, &[reserve, stake, payout], BetStatus::Voided, None),
        0,
        "status disagrees"
    );
    assert_ne!(
        build(
            120,
            &[reserve, stake, ("tip", "house", "player:p:available", 30)],
            posted,
            None
        ),
        0
    );
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

#[test]
fn verification_sees_lists_and_totals_that_disagree_with_the_bets() {
    let bet = |number: u128, status, payout, day| RecordedBet {
        round: RoundId::from_u128(number),
        status,
        stake: Money(10),
        payout,
        currency: "RUB",
        posted_on: day,
        reversal_due: false,
    };
    let totals = |stakes, payouts, bets| Totals {
        stakes,
        payouts,
        bets,
    };
    let build = |change: fn(&mut Verifier), listed: &[u128], days: &[(Day, Totals)]| {
        let mut verifier = Verifier::default();
        verifier.entry("deposit", "external", "player:p:available", Money(100), None);
        for round in 1..=3 {
            let round = Some(RoundId::from_u128(round));
            verifier.entry(
                "reserve",
                "player:p:available",
                "player:p:reserved",
                Money(10),
                round,
            );
        }
        for round in 2..=3 {
            let round = Some(RoundId::from_u128(round));
            verifier.entry("stake", "player:p:reserved", "house", Money(10), round);
            verifier.entry("payout", "house", "player:p:available", Money(4), round);
        }
        verifier.wallet(&"p".into(), balances(78, 10));
        verifier.bet(bet(1, BetStatus::Reserved, None, None));
        verifier.bet(bet(2, BetStatus::Posted, Some(Money(4)), Some(day("2026-01-31"))));
        verifier.bet(bet(3, BetStatus::Posted, Some(Money(4)), Some(day("2026-02-01"))));
        change(&mut verifier);
        for round in listed {
            verifier.listed_as_open(RoundId::from_u128(*round));
        }
        for (day, totals) in days {
            verifier.total(*day, "RUB", *totals);
        }
        let result = verifier.finish();
        (result.pending, result.imbalance)
    };
    let days = [
        (day("2026-01-31"), totals(10, 4, 1)),
        (day("2026-02-01"), totals(10, 4, 1)),
    ];
    let kept = Verifier::totals_are_kept;
    assert_eq!(build(kept, &[1], &days), (1, 0));
    assert_eq!(build(|_| {}, &[1], &[]), (1, 0), "an older build kept no totals");
    for (listed, why) in [
        (&[][..], "an open bet that is on no list"),
        (&[1, 1], "twice on a list"),
        (&[1, 2], "a posted bet that is listed"),
        (&[1, 9], "a bet that there is not"),
    ] {
        assert_ne!(build(kept, listed, &days).1, 0, "{why}");
    }
    for (days, why) in [
        (&[][..], "all totals lost"),
        (&days[..1], "a day lost"),
        (
            &[days[0], (day("2026-02-01"), totals(11, 4, 1))],
            "a stake off by one",
        ),
        (
            &[days[0], (day("2026-02-01"), totals(10, 5, 1))],
            "a payout off by one",
        ),
        (
            &[days[0], (day("2026-02-01"), totals(10, 4, 2))],
            "a bet too many",
        ),
        (
            &[days[0], days[1], (day("2026-02-02"), totals(10, 4, 1))],
            "a day of no bet",
        ),
        (&[days[0], days[1], days[1]], "a day twice"),
    ] {
        assert_ne!(build(kept, &[1], days).1, 0, "{why}");
    }
    // A bet that was voided here and settled at the provider is open until the provider reverses it.
    let due = |verifier: &mut Verifier| {
        verifier.entry(
            "reserve",
            "player:p:available",
            "player:p:reserved",
            Money(10),
            Some(RoundId::from_u128(4)),
        );
        verifier.entry(
            "void",
            "player:p:reserved",
            "player:p:available",
            Money(10),
            Some(RoundId::from_u128(4)),
        );
        verifier.bet(RecordedBet {
            round: RoundId::from_u128(4),
            status: BetStatus::Voided,
            stake: Money(10),
            payout: Some(Money(4)),
            currency: "RUB",
            posted_on: Some(day("2026-02-01")),
            reversal_due: true,
        });
    };
    assert_eq!(build(due, &[1, 4], &days), (2, 0));
    assert_ne!(build(due, &[1], &days).1, 0, "a reversal that nobody makes");
}
