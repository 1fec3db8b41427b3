//! Synthetic players. The n-th player is the same on every machine.

use reelscope_contracts::users::Limits;
use reelscope_contracts::{AccountCode, Money, PlayerId};

/// A player of this service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Player {
    /// Id used between services.
    pub player_id: PlayerId,
    /// The code with which a person logs in.
    pub account_code: AccountCode,
    /// Synthetic name.
    pub display_name: String,
    /// Synthetic address in a domain that cannot exist (RFC 2606).
    pub email: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Deposit with which the wallet is opened.
    pub opening_balance: Money,
    /// Limits of one bet.
    pub limits: Limits,
}

/// Why a stake is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StakeRefusal {
    /// It is below the smallest stake.
    TooSmall,
    /// It is above the largest stake.
    TooLarge,
    /// It is not a multiple of the step.
    OffStep,
}

/// Checks a stake against limits.
///
/// # Errors
/// The limit that the stake breaks.
pub fn check_stake(limits: &Limits, stake: Money) -> Result<(), StakeRefusal> {
    if stake < limits.min_stake {
        Err(StakeRefusal::TooSmall)
    } else if stake > limits.max_stake {
        Err(StakeRefusal::TooLarge)
    } else if stake.minor() % limits.stake_step.minor() != 0 {
        Err(StakeRefusal::OffStep)
    } else {
        Ok(())
    }
}

/// Number of an account whose balance covers only a few of the smallest stakes, to show `insufficient_funds`.
pub const NEARLY_EMPTY: u64 = 2;

const FIRST_NAMES: [&str; 16] = [
    "Alex", "Vera", "Maxim", "Olga", "Pavel", "Nina", "Roman", "Daria", "Leo", "Mira", "Anton", "Zoya",
    "Ivan", "Kira", "Yuri", "Tess",
];
const INITIALS: [char; 20] = [
    'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'K', 'L', 'M', 'N', 'O', 'P', 'R', 'S', 'T', 'V', 'W', 'Z',
];

/// Returns the n-th synthetic player, from 1. Nothing is random, so that a run can be repeated on another machine.
#[must_use]
pub fn synthetic(number: u64) -> Player {
    // A fixed mixing step (the finaliser of SplitMix64, Steele et al. 2014), so that neighbouring players differ.
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^= mixed >> 31;
    let pick = |n: u64, of: usize| usize::try_from((mixed >> (n * 8)) % of as u64).unwrap_or(0);
    let first_name = FIRST_NAMES[pick(0, FIRST_NAMES.len())];
    let initial = INITIALS[pick(1, INITIALS.len())];
    let opening_balance = match number {
        1 => 1_000_000,
        NEARLY_EMPTY => 450,
        // 500.00 to 5,000.00 in steps of 10.00.
        _ => 50_000 + i64::try_from(mixed % 451).unwrap_or(0) * 1_000,
    };
    Player {
        player_id: format!("player-{number:06}").into(),
        account_code: AccountCode::numbered(number),
        display_name: format!("{first_name} {initial}."),
        email: format!("player{number}@players.invalid"),
        currency: "RUB".to_owned(),
        opening_balance: Money(opening_balance),
        limits: Limits {
            min_stake: Money(100),
            max_stake: Money(50_000),
            stake_step: Money(10),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stake_is_checked_at_every_edge() {
        let limits = synthetic(1).limits;
        let check = |stake, expected| assert_eq!(check_stake(&limits, Money(stake)), expected, "{stake}");
        check(100, Ok(()));
        check(50_000, Ok(()));
        check(99, Err(StakeRefusal::TooSmall));
        check(0, Err(StakeRefusal::TooSmall));
        check(-1_000, Err(StakeRefusal::TooSmall));
        check(50_010, Err(StakeRefusal::TooLarge));
        check(i64::MAX, Err(StakeRefusal::TooLarge));
        check(105, Err(StakeRefusal::OffStep));
    }

    #[test]
    fn players_are_the_same_everywhere_and_differ_from_each_other() {
        assert_eq!(synthetic(77), synthetic(77));
        let balances: std::collections::HashSet<_> =
            (1..1_000).map(|n| synthetic(n).opening_balance).collect();
        assert!(balances.len() > 200);
        assert!(synthetic(NEARLY_EMPTY).opening_balance < Money(1_000));
    }
}
