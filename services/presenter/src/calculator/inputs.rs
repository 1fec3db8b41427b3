//! What the calculator computes with: every input with its unit, its bounds and the value that it has until somebody
//! enters or measures another.

use reelscope_contracts::{ApiProblem, Code};
use serde::{Deserialize, Serialize};
use strum::{EnumIter, IntoEnumIterator, IntoStaticStr};
use utoipa::ToSchema;

/// An input of the calculator; its name is its variable in formulas.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    ToSchema,
    EnumIter,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum InputId {
    /// Players in a month.
    Players,
    /// Spins of all players in a day.
    SpinsPerDay,
    /// Stake of a spin, on average.
    AverageStake,
    /// Share of the stakes that the operator keeps.
    HoldPercent,
    /// Share of spins that fail before the fixes.
    FailureBeforePercent,
    /// The same after the fixes.
    FailureAfterPercent,
    /// Stake that is not played when a spin fails, on average.
    LossPerFailedSpin,
    /// Incidents in a month.
    Incidents,
    /// Hours to repair one without traces.
    RepairBeforeHours,
    /// Hours to repair one with traces.
    RepairAfterHours,
    /// Engineers who repair one.
    Engineers,
    /// Price of an hour of one engineer.
    EngineerHourCost,
    /// Hours in a month in which nobody can play.
    DowntimeHours,
    /// How much less of them there will be.
    DowntimeLessPercent,
    /// New players in a month who have not paid yet.
    NewPlayers,
    /// Share of new players who go on to pay.
    ConversionPercent,
    /// How much that share grows, relative to itself.
    ConversionMorePercent,
    /// Share of players who are often hindered by slow or failed spins.
    HinderedPercent,
    /// How many more spins they make when they no longer are.
    EngagementMorePercent,
    /// Share of players who leave in a month.
    ChurnPercent,
    /// How many fewer leave.
    ChurnLessPercent,
    /// Hours of engineers to build telemetry in.
    SetupHours,
    /// What it costs once beside them: contract, training, pilot.
    OneOffCost,
    /// What the tool costs in a month.
    ToolCost,
    /// CPU time that telemetry adds to a spin.
    OverheadCpuMs,
    /// Price of an hour of a CPU core.
    CoreHourCost,
}

/// What a value of the calculator counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CalculatorUnit {
    /// A bare number.
    Count,
    /// Percent.
    Percent,
    /// Minor units of the currency, whole; formulas compute in major units.
    Money,
    /// Hours.
    Hours,
    /// Months.
    Months,
    /// Milliseconds.
    Ms,
}

/// What an input or a formula is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CalculatorTopic {
    /// How much is played.
    Volume,
    /// Spins that fail.
    Failures,
    /// Time to repair, and what engineers spend on it.
    Repair,
    /// Time in which nobody can play.
    Downtime,
    /// New players who go on to pay.
    Conversion,
    /// Spins of a player.
    Engagement,
    /// Players who leave.
    Churn,
    /// What telemetry costs.
    Costs,
    /// What remains.
    Result,
}

/// A value for each scenario.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioValues {
    /// When little comes of it.
    pub pessimistic: f64,
    /// What is expected.
    pub expected: f64,
    /// When much comes of it.
    pub optimistic: f64,
}

impl ScenarioValues {
    /// The same value in all scenarios.
    pub(crate) const fn same(value: f64) -> Self {
        Self {
            pessimistic: value,
            expected: value,
            optimistic: value,
        }
    }

    /// The values from the pessimistic to the optimistic one.
    pub(crate) const fn in_order(self) -> [f64; 3] {
        [self.pessimistic, self.expected, self.optimistic]
    }
}

/// Names of the fields of [`ScenarioValues`], in the same order.
const SCENARIOS: [&str; 3] = ["pessimistic", "expected", "optimistic"];

/// How an input differs between the scenarios.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InputSpread {
    /// Not at all: a fact of the customer.
    Same,
    /// It grows from the pessimistic to the optimistic one.
    Grows,
    /// It falls from the pessimistic to the optimistic one.
    Falls,
}

/// An input as it is built in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InputSpec {
    pub(crate) topic: CalculatorTopic,
    pub(crate) unit: CalculatorUnit,
    pub(crate) spread: InputSpread,
    pub(crate) values: ScenarioValues,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

/// Limit of counts, and of money in major units.
const MOST: f64 = 1e9;
/// Minor units in a major unit.
pub(crate) const MINOR: f64 = 100.0;

const fn fact(topic: CalculatorTopic, unit: CalculatorUnit, value: f64) -> InputSpec {
    let (factor, most) = match unit {
        CalculatorUnit::Money => (MINOR, MOST * MINOR),
        CalculatorUnit::Percent => (1.0, 100.0),
        CalculatorUnit::Hours => (1.0, 720.0),
        CalculatorUnit::Ms => (1.0, 60_000.0),
        CalculatorUnit::Count | CalculatorUnit::Months => (1.0, MOST),
    };
    InputSpec {
        topic,
        unit,
        spread: InputSpread::Same,
        values: ScenarioValues::same(factor * value),
        least: 0.0,
        most,
    }
}

const fn effect(
    topic: CalculatorTopic,
    unit: CalculatorUnit,
    [pessimistic, expected, optimistic]: [f64; 3],
) -> InputSpec {
    let spread = if pessimistic < optimistic {
        InputSpread::Grows
    } else {
        InputSpread::Falls
    };
    let values = ScenarioValues {
        pessimistic,
        expected,
        optimistic,
    };
    InputSpec {
        spread,
        values,
        ..fact(topic, unit, 0.0)
    }
}

impl InputId {
    /// All of them, in the order of the page.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// The name, which formulas use.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// How it is built in. The expected values are those that the demo's script states, as far as it states one.
    pub(crate) const fn spec(self) -> InputSpec {
        use CalculatorTopic::{Churn, Conversion, Costs, Downtime, Engagement, Failures, Repair, Volume};
        use CalculatorUnit::{Count, Hours, Money, Ms, Percent};
        /// Something can grow to more than twice of what it is.
        const fn more(spec: InputSpec) -> InputSpec {
            InputSpec {
                most: 1_000.0,
                ..spec
            }
        }
        match self {
            // Revenue of one player is a quotient.
            Self::Players => InputSpec {
                least: 1.0,
                ..fact(Volume, Count, 10_000.0)
            },
            Self::SpinsPerDay => fact(Volume, Count, 240_000.0),
            Self::AverageStake => fact(Volume, Money, 100.0),
            Self::HoldPercent => fact(Volume, Percent, 5.0),
            Self::FailureBeforePercent => fact(Failures, Percent, 2.5),
            Self::FailureAfterPercent => effect(Failures, Percent, [1.0, 0.5, 0.25]),
            Self::LossPerFailedSpin => fact(Failures, Money, 100.0),
            Self::Incidents => fact(Repair, Count, 4.0),
            Self::RepairBeforeHours => effect(Repair, Hours, [4.0, 5.0, 6.0]),
            Self::RepairAfterHours => effect(Repair, Hours, [1.0, 0.75, 0.5]),
            Self::Engineers => fact(Repair, Count, 3.0),
            Self::EngineerHourCost => fact(Repair, Money, 3_000.0),
            Self::DowntimeHours => fact(Downtime, Hours, 2.0),
            Self::DowntimeLessPercent => effect(Downtime, Percent, [50.0, 80.0, 90.0]),
            Self::NewPlayers => fact(Conversion, Count, 1_000.0),
            Self::ConversionPercent => fact(Conversion, Percent, 10.0),
            Self::ConversionMorePercent => more(effect(Conversion, Percent, [5.0, 15.0, 20.0])),
            Self::HinderedPercent => fact(Engagement, Percent, 5.0),
            Self::EngagementMorePercent => more(effect(Engagement, Percent, [10.0, 25.0, 30.0])),
            Self::ChurnPercent => fact(Churn, Percent, 5.0),
            Self::ChurnLessPercent => effect(Churn, Percent, [5.0, 15.0, 20.0]),
            Self::SetupHours => effect(Costs, Hours, [120.0, 80.0, 40.0]),
            Self::OneOffCost => fact(Costs, Money, 3_000_000.0),
            Self::ToolCost => fact(Costs, Money, 300_000.0),
            Self::OverheadCpuMs => fact(Costs, Ms, 1.0),
            Self::CoreHourCost => fact(Costs, Money, 5.0),
        }
    }

    /// Checks values that somebody entered.
    ///
    /// # Errors
    /// An [`ApiProblem`] whose field is the first scenario with a value that cannot be.
    pub(crate) fn check(self, values: ScenarioValues) -> Result<(), ApiProblem> {
        let spec = self.spec();
        let refuse = |scenario: &str, sentence: String| {
            Err(ApiProblem::new(Code::InvalidRequest, sentence).field(scenario))
        };
        let name = self.name();
        for (value, scenario) in values.in_order().into_iter().zip(SCENARIOS) {
            if !(spec.least..=spec.most).contains(&value) {
                let sentence = format!("`{name}` is a number from {} to {}.", spec.least, spec.most);
                return refuse(scenario, sentence);
            }
            if spec.unit == CalculatorUnit::Money && value.fract() != 0.0 {
                return refuse(scenario, format!("`{name}` is a whole number of minor units."));
            }
        }
        let [pessimistic, expected, optimistic] = values.in_order();
        for ((one, other), scenario) in [(pessimistic, expected), (expected, optimistic)]
            .into_iter()
            .zip(&SCENARIOS[1..])
        {
            let (grows, falls) = (one < other, one > other);
            let sentence = match spec.spread {
                InputSpread::Same if grows || falls => {
                    format!("`{name}` is the same in all scenarios.")
                }
                InputSpread::Grows if falls => {
                    format!("`{name}` grows from the pessimistic to the optimistic scenario.")
                }
                InputSpread::Falls if grows => {
                    format!("`{name}` falls from the pessimistic to the optimistic scenario.")
                }
                _ => continue,
            };
            return refuse(scenario, sentence);
        }
        Ok(())
    }
}
