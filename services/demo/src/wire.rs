//! Requests and responses about virtual players and about the figures of the session. Times are milliseconds since
//! the Unix epoch.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::faults::table::FaultId;

use reelscope_contracts::{Money, UnixMillis};
use reelscope_page_api::telemetry::Micros;

/// Figures of spins under one condition, as their players saw them. Where not all traces are recorded, counts and
/// sums are estimates: each recorded spin stands for as many as the sample rate of its trace says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Figures {
    /// Number of spins.
    pub spins: u64,
    /// Number of recorded spins behind these figures; fewer than `spins` where those are an estimate.
    pub recorded: u64,
    /// Number of spins that failed, for their player or in the settlement after the response.
    pub failed: u64,
    /// Median of the waiting time, in milliseconds; nearest rank.
    pub p50_ms: f64,
    /// 95th percentile of the waiting time, in milliseconds.
    pub p95_ms: f64,
    /// 99th percentile of the waiting time, in milliseconds.
    pub p99_ms: f64,
    /// 100 × failed ÷ spins.
    pub error_rate_percent: f64,
    /// Spins per second, without pauses of ten seconds or more; absent for fewer than two spins.
    #[schema(required)]
    pub per_second: Option<f64>,
    /// Total waiting time of a player in seconds, averaged over the players.
    pub waited_s_per_player: f64,
    /// Sum of the stakes of spins that the gateway answered with a 5xx after it had identified the player.
    pub failed_minor: Money,
    /// Number of requests that api-gateway, user-service, game-engine and payment-service answered for these spins;
    /// the page and the provider do not count.
    pub requests: u64,
    /// Number of these requests that were answered with a 5xx.
    pub failed_requests: u64,
    /// 100 × failed_requests ÷ requests: the overall error rate, as in `reelscope spin --json`.
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

/// How long the part that a problem slows down takes on the critical path of a spin, before and after the fix. What the
/// player does not wait for takes no time there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SlowedTime {
    /// The service or peer that the problem slows down.
    pub actor: String,
    /// 95th percentile before the fix, in milliseconds; nearest rank.
    pub before_p95_ms: f64,
    /// 95th percentile after the fix, in milliseconds.
    pub after_p95_ms: f64,
}

/// A comparison of the figures before and after a fix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BeforeAfter {
    /// The id of a problem, or `all`.
    pub problem: ComparedProblem,
    /// With the problem, or with all of them.
    #[schema(required)]
    pub before: Option<Figures>,
    /// With its fix, or with all fixes, and everything else equal.
    #[schema(required)]
    pub after: Option<Figures>,
    /// The measure of the problem itself; absent without spins on both sides, for a problem that makes spins fail, and for
    /// all of them.
    #[schema(required)]
    pub slowed: Option<SlowedTime>,
    /// The trace of the median spin before the fix.
    #[schema(required)]
    pub before_trace: Option<String>,
    /// The trace of the median spin after the fix.
    #[schema(required)]
    pub after_trace: Option<String>,
}

/// `GET /api/faults/figures`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProblemFigures {
    /// Start of the spins that count: the start of this session, the last reset, or the oldest spin that is
    /// remembered.
    pub since: UnixMillis,
    /// Figures of the spins with every problem in its present state; absent while there are none.
    #[schema(required)]
    pub now: Option<Figures>,
    /// Number of spins that do not count, because a fault beside the story was on.
    pub left_out: u64,
    /// Number of the counted spins that virtual players made.
    pub virtual_spins: u64,
    /// One pair for each problem, and one for all of them.
    pub pairs: Vec<BeforeAfter>,
}

/// `GET /api/faults/costs`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProblemCosts {
    /// Start of the spins that count; see [`ProblemFigures::since`].
    pub since: UnixMillis,
    /// In the order of the story.
    pub costs: Vec<ProblemCost>,
}

/// What a problem cost in the recorded spins that had it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProblemCost {
    /// The problem.
    pub problem: FaultId,
    /// Number of these spins.
    pub spins: u64,
    /// Time that players waited for what it slows down, on the critical paths of these spins; of a problem that makes
    /// spins fail, the time of those that failed.
    pub waited_us: Micros,
    /// Sum of the stakes of spins that it made fail.
    pub failed_stakes: Money,
}

/// `GET /api/traffic`: virtual players that spin in the background.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Traffic {
    /// Whether virtual players spin.
    pub running: bool,
    /// Number of virtual players.
    pub players: u32,
    /// Budget of CPU in percent of all cores; absent without a budget.
    #[schema(required)]
    pub budget_percent: Option<u32>,
    /// Number of spins since the start.
    pub spins: u64,
    /// Number of these spins that failed.
    pub failed: u64,
    /// Spins per second over the last seconds.
    pub per_second: f64,
    /// 95th percentile of the waiting time over the last seconds, in milliseconds; absent while no spin has ended.
    #[schema(required)]
    pub p95_ms: Option<f64>,
    /// Spins per second if nothing delayed the players and spins took no time.
    pub wanted_per_second: f64,
    /// Use of CPU by this process in percent of all cores; absent where the system does not report it.
    #[schema(required)]
    pub cpu_percent: Option<f64>,
    /// Whether the budget limits the players.
    pub throttled: bool,
}

/// `PUT /api/traffic`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetTraffic {
    /// Whether virtual players should spin.
    pub running: bool,
    /// Number of virtual players, 1 to 200.
    #[schema(minimum = 1, maximum = 200)]
    pub players: u32,
    /// Budget of CPU in percent of all cores, 10 to 100; `null` for none.
    #[schema(minimum = 10, maximum = 100)]
    pub budget_percent: Option<u32>,
}

/// What is compared between releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ComparedFigure {
    /// 95th percentile of the waiting time.
    P95,
    /// Share of spins that failed.
    Errors,
    /// Return to player.
    Rtp,
}

/// A figure of a release that exceeds chance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Regression {
    /// Which figure.
    pub figure: ComparedFigure,
    /// The value to compare with: that of the release before, or for `rtp` the exact one of the PAR sheet.
    /// Milliseconds or percent.
    pub expected: f64,
    /// The measured value. Milliseconds or percent.
    pub measured: f64,
    /// Difference of the two in standard errors; chance alone exceeds 3.29 once in a thousand times.
    pub standard_errors: f64,
    /// The service that its traces point at.
    pub service: String,
    /// The change of this release in that service; absent without one.
    #[schema(required)]
    pub suspect: Option<String>,
}

/// Figures of one release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseFigures {
    /// Version, as in envelopes.
    pub release: String,
    /// Changes of the release: stable names, such as `slow-rng` or `wrong-paytable`, with `-fixed` where it removes
    /// one.
    pub changes: Vec<String>,
    /// Figures of its spins.
    pub figures: Figures,
    /// The observed RTP in percent; absent without stakes.
    #[schema(required)]
    pub rtp_percent: Option<f64>,
    /// Half the width of the band that contains the observed RTP 95 times in 100, in percent.
    #[schema(required)]
    pub rtp_band_percent: Option<f64>,
    /// Figures that exceed chance.
    pub regressions: Vec<Regression>,
}

/// The money of spins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SpinMoney {
    /// Number of recorded spins.
    pub spins: u64,
    /// Sum of the stakes.
    pub staked: Money,
    /// Sum of the payouts.
    pub paid_out: Money,
    /// Sum of the stakes of spins that failed.
    pub failed_stakes: Money,
    /// The observed RTP in percent; absent without stakes.
    #[schema(required)]
    pub rtp_percent: Option<f64>,
    /// Half the width of the band that contains the observed RTP 95 times in 100, in percent.
    #[schema(required)]
    pub rtp_band_percent: Option<f64>,
    /// The exact RTP of the game, in percent.
    pub exact_rtp_percent: f64,
}

/// `GET /api/faults/releases`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Releases {
    /// Start of the spins that count; see [`ProblemFigures::since`].
    pub since: UnixMillis,
    /// Number of spins that do not count, because a fault was on that the release does not have, or because a
    /// problem was switched by hand.
    pub left_out: u64,
    /// Number of the counted spins that virtual players made.
    pub virtual_spins: u64,
    /// The exact RTP of the game, in percent.
    pub exact_rtp_percent: f64,
    /// In the order of their first spins.
    pub releases: Vec<ReleaseFigures>,
}
