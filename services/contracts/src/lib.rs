//! What the services say to each other: money, ids, requests, replies, problem codes. The page gets some of these
//! types unchanged, so these describe themselves for the `OpenAPI` document too.
//!
//! ```text
//! money        amounts in minor units            users      ┐
//! ids          round, player, account, session   game       ├ what the services ask each other
//! api_problem  errors with a stable code         payments   ┘
//!                                                provider   what the external provider is asked
//! ```
//!
//! ```
//! use reelscope_contracts::{ApiProblem, Code, Money};
//!
//! let stake: Money = "10.50".parse()?;
//! assert_eq!(serde_json::to_string(&stake).ok().as_deref(), Some("1050"));
//! let problem = ApiProblem::new(Code::InsufficientFunds, "The balance is too small.").field("stake");
//! assert_eq!((problem.status, problem.code.as_str()), (402, "insufficient_funds"));
//! # Ok::<(), reelscope_contracts::money::NotMoney>(())
//! ```

pub mod api_problem;
pub mod game;
pub mod ids;
pub mod money;
pub mod payments;
pub mod provider;
pub mod users;

pub use api_problem::{ApiProblem, Code, StakeStatus};
pub use ids::{AccountCode, PlayerId, RoundId, SessionId};
pub use money::Money;

use serde::{Deserialize, Serialize};

/// The services of ours, by their names in traces, in the order in which a spin meets them first. The page is one.
pub const SERVICES: [&str; 5] = [
    "frontend",
    "api-gateway",
    "user-service",
    "game-engine",
    "payment-service",
];

/// A day in UTC; on the wire as `2026-01-31`.
pub type Day = jiff::civil::Date;

/// Milliseconds since the Unix epoch, UTC.
pub type UnixMillis = i64;

/// Reads the wall clock. Domain code is handed the result; only servers call this.
#[must_use]
pub fn now() -> UnixMillis {
    jiff::Timestamp::now().as_millisecond()
}

/// RFC 3339 text of a time, for replies that people read too. Times outside of jiff's range (year 9999) are
/// clamped to the epoch.
#[must_use]
pub fn rfc3339(at: UnixMillis) -> String {
    jiff::Timestamp::from_millisecond(at)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_string()
}

/// The day of a time in UTC. Times outside of jiff's range (year 9999) are clamped to the epoch.
#[must_use]
pub fn day_of(at: UnixMillis) -> Day {
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date()
}

/// Reads a day as it is written on the wire, and in no other way.
#[must_use]
pub fn parse_day(text: &str) -> Option<Day> {
    let day = text.parse::<Day>().ok()?;
    (day.to_string() == text).then_some(day)
}

/// Answer of every service's `GET /health`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Health {
    /// Name of the service, as in traces.
    pub service: String,
    /// `ok`, or a word on what is missing.
    pub status: String,
}

impl Health {
    /// The answer of a service; `status` is `ok`, or a word on what is missing.
    #[must_use]
    pub fn of(service: &str, status: &str) -> Self {
        Self {
            service: service.to_owned(),
            status: status.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_that_of_utc_and_is_written_in_one_way() {
        for (at, day) in [
            (0, "1970-01-01"),
            (86_400_000 - 1, "1970-01-01"),
            (86_400_000, "1970-01-02"),
            (-1, "1969-12-31"),
        ] {
            assert_eq!(day_of(at).to_string(), day);
        }
        assert_eq!(parse_day("1970-01-02"), Some(day_of(86_400_000)));
        assert!(parse_day("2024-02-29").is_some());
        for text in [
            "2026-02-29",
            "2026-1-31",
            "20260131",
            "2026-01-31T00:00",
            "today",
            "",
        ] {
            assert_eq!(parse_day(text), None, "{text}");
        }
    }
}
