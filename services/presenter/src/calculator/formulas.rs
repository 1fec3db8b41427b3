//! The formulas of the calculator: how they are built in, how a text becomes one, and what comes of all of them.
//! An expression is arithmetic with names, `min`, `max` and conditions; it can do nothing else, and its length bounds
//! what it costs.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use minijinja::{Environment, Error, ErrorKind, Value};
use serde::{Deserialize, Serialize};
use strum::{EnumIter, IntoEnumIterator, IntoStaticStr};
use utoipa::ToSchema;

use super::inputs::{CalculatorTopic, CalculatorUnit, InputId};

/// Limit of a formula, in letters.
pub(crate) const MOST_LETTERS: usize = 500;
/// Words of the language of expressions.
const KEYWORDS: [&str; 5] = ["if", "else", "and", "or", "not"];
/// Functions with two arguments.
const FUNCTIONS: [&str; 2] = ["min", "max"];
/// Letters of a formula beside letters, digits and spaces. Without quotes and brackets every value is a number.
const SIGNS: &str = "_.+-*/%(),<>=!";

/// A formula of the calculator; its name is its variable in the formulas after it.
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
pub enum FormulaId {
    /// Spins in a month.
    SpinsPerMonth,
    /// Revenue in a month: what is kept of the stakes.
    Revenue,
    /// Revenue in a month of spins that no longer fail.
    FailuresValue,
    /// Hours of repair that are saved in a month.
    RepairHoursSaved,
    /// What engineers no longer spend on repair in a month.
    EngineersValue,
    /// Revenue in a month of hours in which people can play again.
    DowntimeValue,
    /// Revenue in a month of players who go on to pay.
    ConversionValue,
    /// Revenue in a month of spins that players make more.
    EngagementValue,
    /// Revenue in a month of players who stay.
    ChurnValue,
    /// All that it brings in a month.
    Benefit,
    /// What telemetry costs in a month.
    TelemetryCost,
    /// What remains of a month.
    Net,
    /// Months until what it costs once is earned.
    PaybackMonths,
}

/// What is wrong with a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FormulaMistakeKind {
    /// It is longer than a formula may be.
    TooLong,
    /// A letter that no formula has.
    Letter,
    /// A name that is neither an input nor a formula before this one.
    Name,
    /// Something is missing here, or too much.
    Syntax,
    /// What stands here gives no number.
    NoNumber,
}

/// A mistake in a formula, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FormulaMistake {
    /// What is wrong.
    pub kind: FormulaMistakeKind,
    /// Index of its first letter.
    pub at: usize,
    /// The part of the formula; empty for one that is missing.
    pub part: String,
}

impl FormulaId {
    /// All of them, each after those that it uses.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// The name, which later formulas use.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What it is about.
    pub(crate) const fn topic(self) -> CalculatorTopic {
        match self {
            Self::SpinsPerMonth | Self::Revenue => CalculatorTopic::Volume,
            Self::FailuresValue => CalculatorTopic::Failures,
            Self::RepairHoursSaved | Self::EngineersValue => CalculatorTopic::Repair,
            Self::DowntimeValue => CalculatorTopic::Downtime,
            Self::ConversionValue => CalculatorTopic::Conversion,
            Self::EngagementValue => CalculatorTopic::Engagement,
            Self::ChurnValue => CalculatorTopic::Churn,
            Self::TelemetryCost => CalculatorTopic::Costs,
            Self::Benefit | Self::Net | Self::PaybackMonths => CalculatorTopic::Result,
        }
    }

    /// What its value counts.
    pub(crate) const fn unit(self) -> CalculatorUnit {
        match self {
            Self::SpinsPerMonth => CalculatorUnit::Count,
            Self::RepairHoursSaved => CalculatorUnit::Hours,
            Self::PaybackMonths => CalculatorUnit::Months,
            _ => CalculatorUnit::Money,
        }
    }

    /// The formula as it is built in.
    pub(crate) const fn built_in(self) -> &'static str {
        match self {
            Self::SpinsPerMonth => "spins_per_day * 30",
            Self::Revenue => "spins_per_month * average_stake * hold_percent / 100",
            Self::FailuresValue => {
                "spins_per_month * (failure_before_percent - failure_after_percent) / 100 * loss_per_failed_spin * hold_percent / 100"
            }
            Self::RepairHoursSaved => "incidents * (repair_before_hours - repair_after_hours)",
            Self::EngineersValue => "repair_hours_saved * engineers * engineer_hour_cost",
            Self::DowntimeValue => "revenue / (30 * 24) * downtime_hours * downtime_less_percent / 100",
            Self::ConversionValue => {
                "new_players * conversion_percent / 100 * conversion_more_percent / 100 * revenue / players"
            }
            Self::EngagementValue => "revenue * hindered_percent / 100 * engagement_more_percent / 100",
            Self::ChurnValue => "revenue * churn_percent / 100 * churn_less_percent / 100",
            Self::Benefit => {
                "failures_value + engineers_value + downtime_value + conversion_value + engagement_value + churn_value"
            }
            Self::TelemetryCost => "tool_cost + spins_per_month * overhead_cpu_ms / 3600000 * core_hour_cost",
            Self::Net => "benefit - telemetry_cost",
            Self::PaybackMonths => "(one_off_cost + setup_hours * engineer_hour_cost) / max(net, 0)",
        }
    }

    /// Whether a formula may use this name.
    fn knows(self, name: &str) -> bool {
        let is_before = |other: Self| other < self && other.name() == name;
        InputId::all().any(|input| input.name() == name) || Self::all().any(is_before)
    }
}

/// The environment of all expressions: no filter, no test, and two functions.
static EXPRESSIONS: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::empty();
    environment.set_debug(true);
    environment.add_function("min", |one: f64, other: f64| one.min(other));
    environment.add_function("max", |one: f64, other: f64| one.max(other));
    environment
});

/// The values of names.
pub(crate) type Names = BTreeMap<&'static str, f64>;

/// Checks a text that is to become a formula.
///
/// # Errors
/// Its first mistake.
pub(crate) fn check(id: FormulaId, text: &str) -> Result<(), FormulaMistake> {
    use FormulaMistakeKind::{Letter, Name, TooLong};
    let mistake = |kind, at, part: &str| {
        let part = part.to_owned();
        Err(FormulaMistake { kind, at, part })
    };
    if let Some((_, rest)) = text
        .char_indices()
        .nth(MOST_LETTERS)
        .map(|(at, _)| text.split_at(at))
    {
        return mistake(TooLong, MOST_LETTERS, rest.get(..1).unwrap_or_default());
    }
    let is_allowed = |letter: char| {
        letter.is_ascii_whitespace() || letter.is_ascii_alphanumeric() || SIGNS.contains(letter)
    };
    // Every letter before the first that is not allowed is one byte long.
    if let Some((at, letter)) = text.char_indices().find(|(_, letter)| !is_allowed(*letter)) {
        return mistake(Letter, at, &letter.to_string());
    }
    for (at, word) in words(text) {
        if !id.knows(word) && !KEYWORDS.contains(&word) && !FUNCTIONS.contains(&word) {
            return mistake(Name, at, word);
        }
    }
    // Values that make no difference of two names zero.
    let names = InputId::all().map(InputId::name);
    let names = names.chain(FormulaId::all().map(FormulaId::name));
    let probe = names
        .zip(1_u32..)
        .map(|(name, number)| (name, f64::from(number).sqrt()));
    evaluate(text, &probe.collect())
        .map(|_| ())
        .map_err(|error| mistake_of(&error, text))
}

/// The words of a formula, which are not numbers, with their places.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.';
    let mut at = 0;
    text.split(move |letter| !is_part(letter))
        .filter_map(move |word| {
            let began = at;
            at += word.len() + 1;
            let is_number = word.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.');
            (!word.is_empty() && !is_number).then_some((began, word))
        })
}

fn mistake_of(error: &Error, text: &str) -> FormulaMistake {
    let kind = match error.kind() {
        ErrorKind::SyntaxError => FormulaMistakeKind::Syntax,
        _ => FormulaMistakeKind::NoNumber,
    };
    let range = error.range().unwrap_or(0..text.len());
    FormulaMistake {
        kind,
        at: range.start.min(text.len()),
        part: text.get(range).unwrap_or_default().to_owned(),
    }
}

/// Evaluates one expression.
fn evaluate(text: &str, names: &Names) -> Result<f64, Error> {
    let expression = EXPRESSIONS.compile_expression(text)?;
    let names = names.iter().map(|(name, value)| (*name, *value));
    let value = expression.eval(Value::from_pairs(names))?;
    // A truth value would count as a number.
    if value.is_number() {
        f64::try_from(value)
    } else {
        Err(Error::new(ErrorKind::InvalidOperation, "this gives no number"))
    }
}

/// Evaluates all formulas over the values of the inputs, in major units of money. A value that cannot be computed, as
/// of a division by zero, is absent, and so is what depends on it.
pub(crate) fn results<'a>(
    mut names: Names,
    text: impl Fn(FormulaId) -> &'a str,
) -> BTreeMap<FormulaId, Option<f64>> {
    let mut results = BTreeMap::new();
    for id in FormulaId::all() {
        let value = evaluate(text(id), &names).ok().filter(|value| value.is_finite());
        if let Some(value) = value {
            names.insert(id.name(), value);
        }
        results.insert(id, value);
    }
    results
}
