//! Money as an integer count of minor units (kopecks, cents). Never a float.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An amount in minor units of the account's currency; on the wire a JSON integer.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", schema(value_type = i64, example = 1000))]
pub struct Money(pub i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// Major units, for measurements; books stay in minor units.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // exact up to 2^53 minor units
    pub fn major(self) -> f64 {
        self.0 as f64 / 100.0
    }

    /// Sum, or `None` when it does not fit.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// Sum, or the nearest amount that fits.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Difference, or `None` when it does not fit.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Some(Self(difference)),
            None => None,
        }
    }
}

impl fmt::Display for Money {
    /// Major units with two decimals and a point: `10.00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let minor = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", minor / 100, minor % 100)
    }
}

/// Text that is not an amount.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not an amount of money; write it as 10 or 10.00")]
pub struct NotMoney(String);

impl FromStr for Money {
    type Err = NotMoney;

    /// Reads `10`, `10.5` or `10.00` (a comma works too): major units with at most two decimals.
    fn from_str(text: &str) -> Result<Self, NotMoney> {
        let fail = || NotMoney(text.to_owned());
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (major, minor) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
        let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(major) || !all_digits(minor) || minor.len() > 2 {
            return Err(fail());
        }
        let major: i64 = major.parse().map_err(|_| fail())?;
        let cents: i64 = format!("{minor:0<2}").parse().map_err(|_| fail())?;
        let value = major
            .checked_mul(100)
            .and_then(|m| m.checked_add(cents))
            .ok_or_else(fail)?;
        Ok(Self(sign * value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_people_write() {
        let check =
            |text: &str, minor| assert_eq!(text.parse::<Money>().map(Money::minor).ok(), minor, "{text}");
        check("10", Some(1000));
        check("10.5", Some(1050));
        check("10,05", Some(1005));
        check("-0.01", Some(-1));
        check("", None);
        check("ten", None);
        check("1.005", None);
        check("1.", None);
        check("99999999999999999999", None);
    }

    proptest! {
        #[test]
        fn display_is_read_back(minor in -1_000_000_000_000_i64..1_000_000_000_000) {
            prop_assert_eq!(Money(minor).to_string().parse::<Money>(), Ok(Money(minor)));
        }
    }
}
