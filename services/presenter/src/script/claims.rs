//! Figures that a script states: those that the demo measures, and those that it can only assume.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A stated figure that the demo measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// What is measured.
    pub figure: ClaimedFigure,
    /// The name of the figure, as the presenter reads it.
    pub label: String,
    /// What the script says, in the figure's unit.
    pub stated: Range,
    /// What bears the claim out, in the figure's unit; absent where it is exactly what is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub holds: Option<Range>,
}

impl Claim {
    /// The range that bears it out.
    #[must_use]
    pub fn band(&self) -> Range {
        self.holds.unwrap_or(self.stated)
    }
}

/// A range; both ends are in it, and one may be absent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Its lower end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub from: Option<f64>,
    /// Its upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub to: Option<f64>,
}

impl Range {
    /// Whether a value is in it.
    #[must_use]
    pub fn holds(self, value: f64) -> bool {
        self.from.is_none_or(|from| value >= from) && self.to.is_none_or(|to| value <= to)
    }
}

/// A figure that the demo measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimedFigure {
    /// Services of ours in the newest spin's trace.
    Services,
    /// Median wait for a spin of a person with all problems on, in milliseconds.
    SpinMs,
    /// Median of looking a player up without the index, in milliseconds.
    LookUpMs,
    /// Median of drawing the stops with the inefficient RNG, in milliseconds.
    DrawMs,
    /// Median of the slow provider's calls, in milliseconds.
    ProviderMs,
    /// Median share of the wait that the slow provider has, with all problems on, in percent.
    ProviderSharePercent,
    /// Share of spins that fail with the payment errors on, in percent.
    FailedSpinsPercent,
    /// 95th percentile of the wait with all problems on, in milliseconds.
    P95BeforeMs,
    /// 95th percentile of the wait with all problems fixed, in milliseconds.
    P95AfterMs,
    /// Share of requests to our services that fail with all problems on, in percent.
    ErrorRateBeforePercent,
    /// Share of requests to our services that fail with all problems fixed, in percent.
    ErrorRateAfterPercent,
    /// CPU time that telemetry adds to a spin, in milliseconds.
    OverheadCpuMs,
    /// Share of one core that telemetry takes at one spin a second, in percent.
    OverheadCpuPercent,
    /// Latency that telemetry adds to the median spin, in milliseconds.
    OverheadMs,
    /// Telemetry that is stored for a spin, in bytes.
    BytesPerSpin,
}

/// The unit of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Milliseconds.
    Ms,
    /// Percent.
    Percent,
    /// Bytes.
    Bytes,
    /// A bare number.
    Count,
}

impl ClaimedFigure {
    /// The unit of the figure.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Self::Services => Unit::Count,
            Self::BytesPerSpin => Unit::Bytes,
            Self::SpinMs
            | Self::LookUpMs
            | Self::DrawMs
            | Self::ProviderMs
            | Self::P95BeforeMs
            | Self::P95AfterMs
            | Self::OverheadCpuMs
            | Self::OverheadMs => Unit::Ms,
            Self::ProviderSharePercent
            | Self::FailedSpinsPercent
            | Self::ErrorRateBeforePercent
            | Self::ErrorRateAfterPercent
            | Self::OverheadCpuPercent => Unit::Percent,
        }
    }
}

/// A stated figure that no demo measures. The page labels it as an assumption.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assumption {
    /// Which field of the calculator it is.
    pub id: AssumptionId,
    /// The words of the script.
    pub text: String,
}

/// What the calculator computes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssumptionId {
    /// Time to repair.
    Mttr,
    /// Players who go on to pay.
    Conversion,
    /// Spins of a player.
    Engagement,
    /// Time in which nobody can play.
    Downtime,
    /// Players who leave.
    Churn,
    /// Hours of engineers.
    EngineersTime,
    /// Time until the costs are earned.
    Payback,
}
