//! The limits of the traffic, and its flags on a command line.

use crate::wire::SetTraffic;

/// Limit of virtual players.
pub const MOST_PLAYERS: u32 = 200;
/// Why traffic was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrafficRefusal {
    /// The number of players is not 1 to 200.
    #[error("there can be 1 to {MOST_PLAYERS} virtual players, not {0}")]
    Players(u32),
    /// The budget is not 10 to 100.
    #[error("the CPU limit is 10 to 100 percent of all cores, not {0}")]
    Budget(u32),
}

/// The flags of a command line about virtual players.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct TrafficFlags {
    /// Virtual players that spin in the background once all players are written, 1 to 200 [default: none].
    #[arg(long, value_name = "PLAYERS", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_PLAYERS)))]
    traffic: Option<u32>,
    /// Share of all cores that they keep to, 10 to 100, or `none` [default: 50].
    #[arg(long, value_name = "PERCENT|none", requires = "traffic", value_parser = budget)]
    traffic_budget: Option<Budget>,
}

impl TrafficFlags {
    /// The settings that the flags ask for; `None` without virtual players.
    #[must_use]
    pub fn wish(self) -> Option<SetTraffic> {
        Some(SetTraffic {
            running: true,
            players: self.traffic?,
            budget_percent: self.traffic_budget.unwrap_or_default().0,
        })
    }
}

/// A budget in percent of all cores; `None` is no budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget(pub Option<u32>);

impl Default for Budget {
    fn default() -> Self {
        Self(Some(50))
    }
}

/// Parses `50` or `none`.
///
/// # Errors
/// A sentence about what is allowed.
pub fn budget(text: &str) -> Result<Budget, String> {
    if text == "none" {
        return Ok(Budget(None));
    }
    let percent = text.parse().ok().filter(|percent| (10..=100).contains(percent));
    let budget = percent.map(|percent| Budget(Some(percent)));
    budget.ok_or_else(|| "the CPU limit is 10 to 100 percent of all cores, or `none`".to_owned())
}
