//! The rules of money: what each step does to a wallet, and which ledger entries it creates. Pure.
//!
//! Double entry: every transfer takes an amount from one account and gives it to another, so the sum of all accounts is
//! always zero. The steps are those of two-phase transfers: reserve, then post or void, once.
//!
//! [`apply`] alone decides what a movement may do, and `verifier` checks the books by the same rules. Before a stake
//! comes here, the user-service refuses one above the balance (`eligibility` in
//! `services/user-service/src/http.rs`): what is allowed here and refused there never arrives.

mod verifier;

use std::fmt;

use reelscope_contracts::{Money, PlayerId};

pub use verifier::{RecordedBet, Totals, Verification, Verifier};

/// The two accounts of a player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balances {
    /// Money that can be staked.
    pub available: Money,
    /// Stakes of rounds that are not settled yet.
    pub reserved: Money,
}

/// A movement of a player's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// Money comes from outside.
    Deposit(Money),
    /// A stake is reserved.
    Reserve(Money),
    /// The stake goes to the house, and the payout comes from it.
    Post {
        /// The reserved stake.
        stake: Money,
        /// The payout of the round; zero creates no entry.
        payout: Money,
    },
    /// A reserved stake is returned.
    Void(Money),
}

/// An account of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Account {
    /// The source of deposits.
    External,
    /// The operator's side of every bet.
    House,
    /// Money that a player can stake.
    Available(PlayerId),
    /// Stakes of a player's rounds that are not settled yet.
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

/// The purpose of a ledger entry. With the round's id it identifies the entry.
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
    /// The name in ids and records.
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

/// An amount that moves from one account to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The purpose.
    pub kind: EntryKind,
    /// The account that loses the amount.
    pub debit: Account,
    /// The account that gains the amount.
    pub credit: Account,
    /// The amount, above zero.
    pub amount: Money,
}

/// Why a movement is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The available balance is smaller than the stake.
    #[error("the balance is too small")]
    InsufficientFunds,
    /// An amount is negative, or zero where it must not be, or a sum overflows.
    #[error("the amount is out of range")]
    OutOfRange,
}

/// Applies a movement to a player's balances.
///
/// # Errors
/// [`LedgerError`]; no money was moved.
pub fn apply(
    balances: Balances,
    player: &PlayerId,
    movement: Movement,
) -> Result<(Balances, Vec<Transfer>), LedgerError> {
    let Balances { available, reserved } = balances;
    let of_available = || Account::Available(player.clone());
    let of_reserved = || Account::Reserved(player.clone());
    let transfer = |kind, debit, credit, amount| Transfer {
        kind,
        debit,
        credit,
        amount,
    };
    let (available, reserved, transfers) = match movement {
        Movement::Deposit(amount) => (
            plus(available, above_zero(amount)?)?,
            reserved,
            vec![transfer(
                EntryKind::Deposit,
                Account::External,
                of_available(),
                amount,
            )],
        ),
        Movement::Reserve(stake) => (
            minus(available, above_zero(stake)?).ok_or(LedgerError::InsufficientFunds)?,
            plus(reserved, stake)?,
            vec![transfer(EntryKind::Reserve, of_available(), of_reserved(), stake)],
        ),
        Movement::Post { stake, payout } => {
            if payout < Money::ZERO {
                return Err(LedgerError::OutOfRange);
            }
            let mut transfers = vec![transfer(EntryKind::Stake, of_reserved(), Account::House, stake)];
            if payout > Money::ZERO {
                transfers.push(transfer(
                    EntryKind::Payout,
                    Account::House,
                    of_available(),
                    payout,
                ));
            }
            (
                plus(available, payout)?,
                minus(reserved, above_zero(stake)?).ok_or(LedgerError::OutOfRange)?,
                transfers,
            )
        }
        Movement::Void(stake) => (
            plus(available, above_zero(stake)?)?,
            minus(reserved, stake).ok_or(LedgerError::OutOfRange)?,
            vec![transfer(EntryKind::Void, of_reserved(), of_available(), stake)],
        ),
    };
    Ok((Balances { available, reserved }, transfers))
}

fn above_zero(amount: Money) -> Result<Money, LedgerError> {
    if amount > Money::ZERO {
        Ok(amount)
    } else {
        Err(LedgerError::OutOfRange)
    }
}

fn plus(balance: Money, amount: Money) -> Result<Money, LedgerError> {
    balance.checked_add(amount).ok_or(LedgerError::OutOfRange)
}

/// Returns the remainder, or `None` if the balance is too small.
fn minus(balance: Money, amount: Money) -> Option<Money> {
    balance.checked_sub(amount).filter(|rest| *rest >= Money::ZERO)
}

#[cfg(test)]
mod tests;
