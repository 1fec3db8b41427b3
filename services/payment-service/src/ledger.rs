//! The rules of money, pure: what each step does to a wallet and which ledger entries it leaves.
//!
//! Double entry: every transfer takes from one account what it gives to another, so the sum over all accounts is
//! zero at any time. The steps are those of two-phase transfers (reserve, then post or void, once).

use std::collections::HashMap;
use std::fmt;

use reelscope_contracts::payments::BetStatus;
use reelscope_contracts::{Day, Money, PlayerId, RoundId};

/// The two accounts of a player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balances {
    /// Money that can be staked.
    pub available: Money,
    /// Stakes of rounds that are not settled yet.
    pub reserved: Money,
}

/// One step of a player's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// Money comes in from outside.
    Deposit(Money),
    /// A stake is set aside.
    Reserve(Money),
    /// The stake goes to the house, the payout comes from it.
    Post {
        /// What was reserved.
        stake: Money,
        /// What the round paid; zero leaves no entry.
        payout: Money,
    },
    /// A stake that was set aside goes back.
    Void(Money),
}

/// An account of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Account {
    /// Where deposits come from.
    External,
    /// The operator's side of every bet.
    House,
    /// What a player can stake.
    Available(PlayerId),
    /// What a player has at stake.
    Reserved(PlayerId),
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::External => write!(f, "external"),
            Self::House => write!(f, "house"),
            Self::Available(player) => write!(f, "player:{player}:available"),
            Self::Reserved(player) => write!(f, "player:{player}:reserved"),
        }
    }
}

/// What a ledger entry was made for; with the round's id it names the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// Money from outside.
    Deposit,
    /// Stake set aside.
    Reserve,
    /// Stake taken.
    Stake,
    /// Payout paid.
    Payout,
    /// Stake given back.
    Void,
}

impl EntryKind {
    /// The word in ids and records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::Reserve => "reserve",
            Self::Stake => "stake",
            Self::Payout => "payout",
            Self::Void => "void",
        }
    }
}

/// Money that goes from one account to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Why.
    pub kind: EntryKind,
    /// Loses the amount.
    pub debit: Account,
    /// Gains the amount.
    pub credit: Account,
    /// Above zero.
    pub amount: Money,
}

/// Why a movement cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The available balance is smaller than the stake.
    #[error("the balance is too small")]
    InsufficientFunds,
    /// An amount is negative, zero where it must not be, or a sum does not fit.
    #[error("the amount is out of range")]
    OutOfRange,
}

/// Applies a movement to a player's balances.
///
/// # Errors
/// [`LedgerError`]; nothing has moved then.
pub fn apply(
    balances: Balances,
    player: &PlayerId,
    movement: Movement,
) -> Result<(Balances, Vec<Transfer>), LedgerError> {
    let Balances { available, reserved } = balances;
    let above_zero = |amount: Money| {
        if amount > Money::ZERO {
            Ok(amount)
        } else {
            Err(LedgerError::OutOfRange)
        }
    };
    let plus = |a: Money, b: Money| a.checked_add(b).ok_or(LedgerError::OutOfRange);
    let minus = |a: Money, b: Money, short| match a.checked_sub(b) {
        Some(rest) if rest >= Money::ZERO => Ok(rest),
        _ => Err(short),
    };
    let own = |kind, debit, credit, amount| Transfer {
        kind,
        debit,
        credit,
        amount,
    };
    let available_of = || Account::Available(player.clone());
    let reserved_of = || Account::Reserved(player.clone());
    match movement {
        Movement::Deposit(amount) => {
            let amount = above_zero(amount)?;
            let next = Balances {
                available: plus(available, amount)?,
                reserved,
            };
            Ok((
                next,
                vec![own(EntryKind::Deposit, Account::External, available_of(), amount)],
            ))
        }
        Movement::Reserve(stake) => {
            let stake = above_zero(stake)?;
            let next = Balances {
                available: minus(available, stake, LedgerError::InsufficientFunds)?,
                reserved: plus(reserved, stake)?,
            };
            Ok((
                next,
                vec![own(EntryKind::Reserve, available_of(), reserved_of(), stake)],
            ))
        }
        Movement::Post { stake, payout } => {
            let stake = above_zero(stake)?;
            if payout < Money::ZERO {
                return Err(LedgerError::OutOfRange);
            }
            let next = Balances {
                available: plus(available, payout)?,
                reserved: minus(reserved, stake, LedgerError::OutOfRange)?,
            };
            let mut transfers = vec![own(EntryKind::Stake, reserved_of(), Account::House, stake)];
            if payout > Money::ZERO {
                transfers.push(own(EntryKind::Payout, Account::House, available_of(), payout));
            }
            Ok((next, transfers))
        }
        Movement::Void(stake) => {
            let stake = above_zero(stake)?;
            let next = Balances {
                available: plus(available, stake)?,
                reserved: minus(reserved, stake, LedgerError::OutOfRange)?,
            };
            Ok((
                next,
                vec![own(EntryKind::Void, reserved_of(), available_of(), stake)],
            ))
        }
    }
}

/// What `reelscope ledger verify` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verification {
    /// Wallets.
    pub accounts: u64,
    /// Ledger entries.
    pub entries: u64,
    /// Bets that are not at their end: neither posted nor voided, or voided here and still settled at the provider.
    pub pending: u64,
    /// Minor units by which stored balances, ledger, bets, lists of open bets and totals by day disagree, all
    /// disagreements added up; 0 is right.
    pub imbalance: i128,
}

/// A bet as it is stored.
#[derive(Debug, Clone, Copy)]
pub struct RecordedBet<'a> {
    /// The round.
    pub round: RoundId,
    /// Where it stands.
    pub status: BetStatus,
    /// The stake.
    pub stake: Money,
    /// The payout, once known.
    pub payout: Option<Money>,
    /// ISO 4217 code.
    pub currency: &'a str,
    /// The day on which it came to its end.
    pub posted_on: Option<Day>,
    /// The provider has settled it though it was voided here, and has not taken it back.
    pub reversal_due: bool,
}

/// Stakes, payouts and number of the bets that were posted in a currency on a day.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Sum of the stakes, in minor units.
    pub stakes: i128,
    /// Sum of the payouts, in minor units.
    pub payouts: i128,
    /// Bets.
    pub bets: i128,
}

impl Totals {
    fn distance(self, other: Self) -> i128 {
        (self.stakes - other.stakes).abs()
            + (self.payouts - other.payouts).abs()
            + (self.bets - other.bets).abs()
    }
}

/// How often a bet is on the lists of open ones, and how often it should be.
#[derive(Debug, Default, Clone, Copy)]
struct Listing {
    listed: i128,
    expected: i128,
    stake: i128,
}

/// Recomputes every balance from the entries and compares it with what is stored, every bet with the entries made for
/// it, and the lists of open bets and the totals by day with the bets.
#[derive(Debug, Default)]
pub struct Verifier {
    derived: HashMap<String, i128>,
    by_round: HashMap<RoundId, ByKind>,
    listings: HashMap<RoundId, Listing>,
    /// By day and currency, as the bets add up.
    totals: HashMap<(Day, String), Totals>,
    /// What is stored; absent where an older build kept none.
    stored_totals: Option<HashMap<(Day, String), Totals>>,
    entries: u64,
    accounts: u64,
    pending: u64,
    imbalance: i128,
}

/// Sum of a round's entries by kind.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct ByKind {
    reserve: i128,
    stake: i128,
    payout: i128,
    void: i128,
}

impl ByKind {
    fn distance(self, other: Self) -> i128 {
        (self.reserve - other.reserve).abs()
            + (self.stake - other.stake).abs()
            + (self.payout - other.payout).abs()
            + (self.void - other.void).abs()
    }
}

impl Verifier {
    /// Takes in one ledger entry. An unknown `kind` counts with its whole amount as a disagreement.
    pub fn entry(&mut self, kind: &str, debit: &str, credit: &str, amount: Money, round: Option<RoundId>) {
        let minor = i128::from(amount.minor());
        self.entries += 1;
        *self.derived.entry(debit.to_owned()).or_default() -= minor;
        *self.derived.entry(credit.to_owned()).or_default() += minor;
        if minor <= 0 {
            self.imbalance += minor.abs().max(1);
        }
        match (kind, round) {
            ("deposit", None) => {}
            ("reserve", Some(round)) => self.by_round.entry(round).or_default().reserve += minor,
            ("stake", Some(round)) => self.by_round.entry(round).or_default().stake += minor,
            ("payout", Some(round)) => self.by_round.entry(round).or_default().payout += minor,
            ("void", Some(round)) => self.by_round.entry(round).or_default().void += minor,
            _ => self.imbalance += minor.abs().max(1),
        }
    }

    /// Takes in one wallet, after all entries.
    pub fn wallet(&mut self, player: &PlayerId, balances: Balances) {
        self.accounts += 1;
        let pairs = [
            (Account::Available(player.clone()), balances.available),
            (Account::Reserved(player.clone()), balances.reserved),
        ];
        for (account, stored) in pairs {
            let stored = i128::from(stored.minor());
            let derived = self.derived.remove(&account.to_string()).unwrap_or_default();
            self.imbalance += (stored - derived).abs();
            // A balance below zero is wrong even when the ledger agrees with it.
            self.imbalance += (-stored).max(0);
        }
    }

    /// Takes in one bet, after all entries.
    pub fn bet(&mut self, bet: RecordedBet<'_>) {
        let round = bet.round;
        let stake = i128::from(bet.stake.minor());
        let payout = i128::from(bet.payout.unwrap_or_default().minor());
        let open = matches!(bet.status, BetStatus::Reserved | BetStatus::Pending) || bet.reversal_due;
        if open {
            self.pending += 1;
            let listing = self.listings.entry(round).or_default();
            listing.expected += 1;
            listing.stake = stake;
        }
        if bet.status == BetStatus::Posted
            && bet.payout.is_some()
            && let Some(day) = bet.posted_on
        {
            let key = (day, bet.currency.to_owned());
            let totals = self.totals.entry(key).or_default();
            totals.stakes += stake;
            totals.payouts += payout;
            totals.bets += 1;
        }
        let expected = match bet.status {
            BetStatus::Reserved | BetStatus::Pending => ByKind {
                reserve: stake,
                ..ByKind::default()
            },
            BetStatus::Posted => ByKind {
                reserve: stake,
                stake,
                payout,
                void: 0,
            },
            BetStatus::Voided => ByKind {
                reserve: stake,
                void: stake,
                ..ByKind::default()
            },
        };
        let found = self.by_round.remove(&round).unwrap_or_default();
        self.imbalance += found.distance(expected);
    }

    /// Takes in one place of a round on a list of open bets.
    pub fn listed_as_open(&mut self, round: RoundId) {
        self.listings.entry(round).or_default().listed += 1;
    }

    /// Totals by day are kept: what the bets add up to has to be among what [`Verifier::total`] takes in.
    pub fn totals_are_kept(&mut self) {
        self.stored_totals.get_or_insert_default();
    }

    /// Takes in the totals of a currency on a day.
    pub fn total(&mut self, day: Day, currency: &str, totals: Totals) {
        let key = (day, currency.to_owned());
        let stored = self.stored_totals.get_or_insert_default();
        if let Some(twice) = stored.insert(key, totals) {
            self.imbalance += twice.distance(Totals::default()).max(1);
        }
    }

    /// Takes in totals whose id is no day.
    pub fn totals_of_no_day(&mut self) {
        self.imbalance += 1;
    }

    /// The result; entries of wallets or bets that were not taken in count as disagreements.
    #[must_use]
    pub fn finish(self) -> Verification {
        let orphaned_accounts: i128 = self
            .derived
            .iter()
            .filter(|(name, _)| *name != "external" && *name != "house")
            .map(|(_, balance)| balance.abs())
            .sum();
        let orphaned_rounds: i128 = self
            .by_round
            .values()
            .map(|sums| sums.distance(ByKind::default()))
            .sum();
        // A bet that is on no list is ended by nobody; one that is on a list without need is worked on for ever.
        let listings: i128 = self
            .listings
            .values()
            .map(
                |Listing {
                     listed,
                     expected,
                     stake,
                 }| (listed - expected).abs() * (*stake).max(1),
            )
            .sum();
        let totals: i128 = self.stored_totals.map_or(0, |mut stored| {
            let missing: i128 = self
                .totals
                .into_iter()
                .map(|(key, totals)| totals.distance(stored.remove(&key).unwrap_or_default()))
                .sum();
            let of_no_bet: i128 = stored
                .values()
                .map(|totals| totals.distance(Totals::default()))
                .sum();
            missing + of_no_bet
        });
        Verification {
            accounts: self.accounts,
            entries: self.entries,
            pending: self.pending,
            imbalance: self.imbalance + orphaned_accounts + orphaned_rounds + listings + totals,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
        // Voided here, settled there: open until the provider has taken it back.
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
}
