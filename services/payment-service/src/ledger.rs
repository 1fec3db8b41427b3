//! The rules of money, pure: what each step does to a wallet and which ledger entries it leaves.
//!
//! Double entry: every transfer takes from one account what it gives to another, so the sum over all accounts is
//! zero at any time. The steps are those of two-phase transfers (reserve, then post or void, once).

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

/// What is left, unless the balance is too small.
fn minus(balance: Money, amount: Money) -> Option<Money> {
    balance.checked_sub(amount).filter(|rest| *rest >= Money::ZERO)
}

#[cfg(test)]
mod tests;
