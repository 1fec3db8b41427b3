//! The rules of money, pure: what each step does to a wallet and which ledger entries it leaves.
//!
//! Double entry: every transfer takes from one account what it gives to another, so the sum over all accounts is
//! zero at any time. The steps are those of two-phase transfers (reserve, then post or void, once).

use std::collections::HashMap;
use std::fmt;

use reelscope_contracts::payments::BetStatus;
use reelscope_contracts::{Money, RoundId};

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
    Available(String),
    /// What a player has at stake.
    Reserved(String),
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
pub enum Refusal {
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
/// [`Refusal`]; nothing has moved then.
pub fn apply(
    balances: Balances,
    player: &str,
    movement: Movement,
) -> Result<(Balances, Vec<Transfer>), Refusal> {
    let Balances { available, reserved } = balances;
    let above_zero = |amount: Money| {
        if amount > Money::ZERO {
            Ok(amount)
        } else {
            Err(Refusal::OutOfRange)
        }
    };
    let plus = |a: Money, b: Money| a.checked_add(b).ok_or(Refusal::OutOfRange);
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
    let available_of = || Account::Available(player.to_owned());
    let reserved_of = || Account::Reserved(player.to_owned());
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
                available: minus(available, stake, Refusal::InsufficientFunds)?,
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
                return Err(Refusal::OutOfRange);
            }
            let next = Balances {
                available: plus(available, payout)?,
                reserved: minus(reserved, stake, Refusal::OutOfRange)?,
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
                reserved: minus(reserved, stake, Refusal::OutOfRange)?,
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
    /// Bets that are neither posted nor voided.
    pub pending: u64,
    /// Minor units by which stored balances, ledger and bets disagree, all disagreements added up; 0 is right.
    pub imbalance: i128,
}

/// Recomputes every balance from the entries and compares it with what is stored, and every bet with the
/// entries made for it.
#[derive(Debug, Default)]
pub struct Verifier {
    derived: HashMap<String, i128>,
    by_round: HashMap<RoundId, ByKind>,
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
    pub fn wallet(&mut self, player: &str, balances: Balances) {
        self.accounts += 1;
        let pairs = [
            (Account::Available(player.to_owned()), balances.available),
            (Account::Reserved(player.to_owned()), balances.reserved),
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
    pub fn bet(&mut self, round: RoundId, status: BetStatus, stake: Money, payout: Option<Money>) {
        let stake = i128::from(stake.minor());
        let payout = i128::from(payout.unwrap_or_default().minor());
        let expected = match status {
            BetStatus::Reserved | BetStatus::Pending => {
                self.pending += 1;
                ByKind {
                    reserve: stake,
                    ..ByKind::default()
                }
            }
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
        Verification {
            accounts: self.accounts,
            entries: self.entries,
            pending: self.pending,
            imbalance: self.imbalance + orphaned_accounts + orphaned_rounds,
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

    fn check(before: (i64, i64), movement: Movement, after: Result<(i64, i64), Refusal>) {
        let result = apply(balances(before.0, before.1), "p", movement).map(|(b, _)| b);
        assert_eq!(result, after.map(|(a, r)| balances(a, r)), "{movement:?}");
    }

    #[test]
    fn each_step_moves_what_it_says() {
        check((0, 0), Movement::Deposit(Money(5)), Ok((5, 0)));
        check((10, 0), Movement::Reserve(Money(10)), Ok((0, 10)));
        check(
            (9, 0),
            Movement::Reserve(Money(10)),
            Err(Refusal::InsufficientFunds),
        );
        check((9, 0), Movement::Reserve(Money(0)), Err(Refusal::OutOfRange));
        check((9, 0), Movement::Reserve(Money(-1)), Err(Refusal::OutOfRange));
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
            Err(Refusal::OutOfRange),
        );
        check(
            (0, 9),
            Movement::Post {
                stake: Money(10),
                payout: Money(0),
            },
            Err(Refusal::OutOfRange),
        );
        check(
            (i64::MAX, 10),
            Movement::Post {
                stake: Money(10),
                payout: Money(1),
            },
            Err(Refusal::OutOfRange),
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
                let Ok((next, transfers)) = apply(current, "p", step) else { continue };
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
            verifier.wallet("p", balances(available, 0));
            verifier.bet(round, status, Money(10), payout);
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
}
