//! Requests and responses about virtual players and about the figures of the session. Times are milliseconds since
//! the Unix epoch.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::faults::table::FaultId;

use reelscope_contracts::{Money, UnixMillis};

/// What was measured of spins under one condition, as their players saw them. Where not all traces are recorded, each that
/// is stands for as many spins as the sample rate of its trace says, in everything that is counted or added up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Figures {
    /// Spins.
    pub spins: u64,
    /// Of them, those that were recorded: what is behind these figures. Fewer than `spins` where those are an estimate.
    pub recorded: u64,
    /// Of them, spins that ended in an error: their player was told of it, or their settlement failed behind the answer.
    pub failed: u64,
    /// Milliseconds; nearest rank, as everywhere.
    pub p50_ms: f64,
    /// Milliseconds.
    pub p95_ms: f64,
    /// Milliseconds.
    pub p99_ms: f64,
    /// 100 × failed ÷ spins.
    pub error_rate_percent: f64,
    /// Spins a second while they came without a pause of ten seconds; absent for fewer than two.
    #[schema(required)]
    pub per_second: Option<f64>,
    /// Seconds that a player waited in all, on average over the players.
    pub waited_s_per_player: f64,
    /// Stakes of the spins that the gateway answered with a 5xx once it knew whose they were.
    pub failed_minor: Money,
    /// Requests that our backend services answered for these spins: api-gateway, user-service, game-engine and
    /// payment-service; neither the page nor the provider.
    pub requests: u64,
    /// Of them, those answered with a 5xx.
    pub failed_requests: u64,
    /// 100 × failed_requests ÷ requests: the overall error rate, as `reelscope spin --json` counts it.
    pub overall_error_rate_percent: f64,
}

/// All problems at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AllProblems {
    /// All of them.
    All,
}

/// What is compared before and after a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ComparedProblem {
    /// One problem.
    One(FaultId),
    /// All of them.
    All(AllProblems),
}

/// The same before and after a fix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BeforeAfter {
    /// A problem's id, or `all`.
    pub problem: ComparedProblem,
    /// With the problem (with all of them).
    #[schema(required)]
    pub before: Option<Figures>,
    /// With its fix (with all fixes), everything else alike.
    #[schema(required)]
    pub after: Option<Figures>,
    /// A typical trace of each: the one at the median.
    #[schema(required)]
    pub before_trace: Option<String>,
    /// See `before_trace`.
    #[schema(required)]
    pub after_trace: Option<String>,
}

/// `GET /api/faults/figures`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProblemFigures {
    /// Only spins since then count: the start of this session, the last reset, or the first spin that is remembered of very
    /// many.
    pub since: UnixMillis,
    /// Spins since then with every problem where it stands now; absent while there are none.
    #[schema(required)]
    pub now: Option<Figures>,
    /// Spins since then that count nowhere, because a fault beside the story was on.
    pub left_out: u64,
    /// Of the spins that count, those of virtual players.
    pub virtual_spins: u64,
    /// One entry a problem, and one for all of them.
    pub pairs: Vec<BeforeAfter>,
}

/// `GET /api/traffic`: virtual players that spin in the background.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Traffic {
    /// Whether they spin.
    pub running: bool,
    /// How many there are.
    pub players: u32,
    /// Share of all cores that this process may use before they slow down; absent when that is lifted.
    #[schema(required)]
    pub budget_percent: Option<u32>,
    /// Spins since it was started.
    pub spins: u64,
    /// Of them, spins that ended in an error.
    pub failed: u64,
    /// Spins a second, over the last seconds.
    pub per_second: f64,
    /// 95th percentile of what their players waited over the last seconds, in milliseconds; absent while none has ended.
    #[schema(required)]
    pub p95_ms: Option<f64>,
    /// Spins a second that the players would make if nothing held them back and spins took no time.
    pub wanted_per_second: f64,
    /// Share of all cores that this process uses now; absent where the system does not tell.
    #[schema(required)]
    pub cpu_percent: Option<f64>,
    /// Whether the budget holds them back.
    pub throttled: bool,
}

/// `PUT /api/traffic`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetTraffic {
    /// Whether they are to spin.
    pub running: bool,
    /// 1 to 200.
    #[schema(minimum = 1, maximum = 200)]
    pub players: u32,
    /// 10 to 100; `null` lifts it.
    #[schema(minimum = 10, maximum = 100)]
    pub budget_percent: Option<u32>,
}

/// What is compared between releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ComparedFigure {
    /// 95th percentile of what players waited.
    P95,
    /// Share of spins that ended in an error.
    Errors,
    /// Return to player.
    Rtp,
}

/// A figure of a release that left what chance allows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Regression {
    /// Which.
    pub figure: ComparedFigure,
    /// What is compared with: the release before; for `rtp` the exact figure of the PAR sheet. Milliseconds or percent.
    pub expected: f64,
    /// What was measured. Milliseconds or percent.
    pub measured: f64,
    /// Standard errors between the two; beyond 3.29 chance alone gets there once in a thousand times.
    pub standard_errors: f64,
    /// Service that its traces point at.
    pub service: String,
    /// Change of this release in that service; absent when the release names none.
    #[schema(required)]
    pub suspect: Option<String>,
}

/// What was measured of one release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseFigures {
    /// Version as envelopes say it.
    pub release: String,
    /// Changes that it came with: stable names, such as `slow-rng` or `wrong-paytable`, with `-fixed` when it took one away.
    pub changes: Vec<String>,
    /// Of its spins.
    pub figures: Figures,
    /// Paid out of a hundred staked; absent while nothing was staked.
    #[schema(required)]
    pub rtp_percent: Option<f64>,
    /// Half width of the band in which chance keeps the observed RTP 999 times in 1,000, in percent.
    #[schema(required)]
    pub rtp_band_percent: Option<f64>,
    /// What left its band.
    pub regressions: Vec<Regression>,
}

/// `GET /api/faults/releases`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Releases {
    /// Only spins since then count; see [`ProblemFigures::since`].
    pub since: UnixMillis,
    /// Spins since then that count nowhere, because a fault beside the story was on that the release does not have, or
    /// because a problem was switched by hand.
    pub left_out: u64,
    /// Of the spins that count, those of virtual players.
    pub virtual_spins: u64,
    /// The exact RTP of the game, in percent.
    pub exact_rtp_percent: f64,
    /// In the order in which they were first seen.
    pub releases: Vec<ReleaseFigures>,
}
