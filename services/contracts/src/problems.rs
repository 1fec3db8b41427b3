//! The problems of the demo, the release dial, the traffic, and what was measured before and after: what the page asks
//! the stack. Times are milliseconds since the Unix epoch.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Money, UnixMillis};

/// A problem: a real cause in one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemId {
    /// Players are looked up without an index.
    MissingIndex,
    /// The generator does its start-up work again for every stop.
    SlowRng,
    /// The player waits for a provider that takes seconds.
    SlowProvider,
    /// One payment in ten fails at the provider.
    PaymentErrors,
}

impl ProblemId {
    /// All of them, in the order of the story.
    pub const ALL: [Self; 4] = [
        Self::MissingIndex,
        Self::SlowRng,
        Self::SlowProvider,
        Self::PaymentErrors,
    ];

    /// Stable name, as on the wire and in traces.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MissingIndex => "missing-index",
            Self::SlowRng => "slow-rng",
            Self::SlowProvider => "slow-provider",
            Self::PaymentErrors => "payment-errors",
        }
    }

    /// The service that the fix belongs to.
    #[must_use]
    pub const fn service(self) -> &'static str {
        match self {
            Self::MissingIndex => "user-service",
            Self::SlowRng => "game-engine",
            Self::SlowProvider | Self::PaymentErrors => "payment-service",
        }
    }
}

impl std::str::FromStr for ProblemId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|id| id.as_str() == text);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            format!("`{text}` is none of the problems; they are {names}")
        })
    }
}

/// Where a problem stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProblemState {
    /// The cause is there and hurts.
    On,
    /// The cause is mended; what is somebody else's, such as a slow provider, is coped with.
    Fixed,
    /// There is no cause: the world is healthy.
    Off,
}

impl ProblemState {
    /// Stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Fixed => "fixed",
            Self::Off => "off",
        }
    }
}

impl std::str::FromStr for ProblemState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "on" => Ok(Self::On),
            "fixed" => Ok(Self::Fixed),
            "off" => Ok(Self::Off),
            _ => Err(format!("`{text}` is none of on, fixed and off")),
        }
    }
}

/// A change that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Switching {
    /// The state that it leads to.
    pub to: ProblemState,
    /// Documents that are done with, as far as that can be known.
    pub done: u64,
    /// Documents in all; 0 when that cannot be known.
    pub total: u64,
}

/// Evidence of a problem in real spans or issues.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Observed {
    /// Traces that show it since it was switched on.
    pub count: u64,
    /// The newest of them.
    pub trace_id: String,
    /// When that trace began.
    pub at: UnixMillis,
    /// Milliseconds that the span took; absent where the evidence is an issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ms: Option<f64>,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProblemView {
    /// Which.
    pub id: ProblemId,
    /// Where it is mended.
    pub service: String,
    /// Where it stands.
    pub state: ProblemState,
    /// A change that is under way.
    #[schema(required)]
    pub switching: Option<Switching>,
    /// When it came to this state.
    pub switched_at: UnixMillis,
    /// Milliseconds since then, by a clock that cannot be set: what was before it and what after is told by this.
    pub switched_ms_ago: u64,
    /// Evidence since it was switched on; absent while there is none.
    #[schema(required)]
    pub observed: Option<Observed>,
}

/// A release of the demo and the problems it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseView {
    /// Version, as every envelope says it.
    pub version: String,
    /// Problems that hurt in it.
    pub problems: Vec<ProblemId>,
    /// Whether it has the wrong paytable.
    pub wrong_paytable: bool,
}

/// `GET /api/problems`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Problems {
    /// Release that envelopes say now.
    pub release: String,
    /// The dial.
    pub releases: Vec<ReleaseView>,
    /// In the order of the story.
    pub problems: Vec<ProblemView>,
    /// Payments that will fail on cue.
    pub armed_failures: u32,
    /// Whether every problem can be switched: the players are written.
    pub ready: bool,
}

/// `PUT /api/problems/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchProblem {
    /// The state that is wanted.
    pub state: ProblemState,
}

/// `PUT /api/problems/release`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChooseRelease {
    /// One of the dial's versions.
    pub release: String,
}

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
    One(ProblemId),
    /// All of them.
    All(AllProblems),
}

/// The same before and after a fix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BeforeAfter {
    /// A problem's id, or `all`.
    pub problem: ComparedProblem,
    /// With the problem (with all four).
    #[schema(required)]
    pub before: Option<Figures>,
    /// With its fix (with all four fixes), everything else alike.
    #[schema(required)]
    pub after: Option<Figures>,
    /// A typical trace of each: the one at the median.
    #[schema(required)]
    pub before_trace: Option<String>,
    /// See `before_trace`.
    #[schema(required)]
    pub after_trace: Option<String>,
}

/// `GET /api/problems/figures`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProblemFigures {
    /// Only spins since then count: the start of this session, the last reset, or the first spin that is remembered of very
    /// many.
    pub since: UnixMillis,
    /// Spins since then with every problem where it stands now; absent while there are none.
    #[schema(required)]
    pub now: Option<Figures>,
    /// Spins since then that count nowhere, because a fault of the second group was on.
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

/// `GET /api/problems/releases`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Releases {
    /// Only spins since then count; see [`ProblemFigures::since`].
    pub since: UnixMillis,
    /// Spins since then that count nowhere, because a fault of the second group was on that the release does not have, or
    /// because a problem was switched by hand.
    pub left_out: u64,
    /// Of the spins that count, those of virtual players.
    pub virtual_spins: u64,
    /// The exact RTP of the game, in percent.
    pub exact_rtp_percent: f64,
    /// In the order in which they were first seen.
    pub releases: Vec<ReleaseFigures>,
}
