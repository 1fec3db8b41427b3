//! The value calculator: what a demo cannot measure, computed from what it did measure and from assumptions.
//!
//! ```text
//!   calculator_http ──> Calculator   what was entered, in a file
//!                           ├─ inputs    every input: unit, bounds, built-in value
//!                           ├─ measured  what the demo measured of them
//!                           └─ formulas  every formula, and what comes of all of them
//! ```

pub mod formulas;
pub mod inputs;
pub mod measured;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use reelscope_contracts::{ApiProblem, Code};
use reelscope_store::durable;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::facts::Observer;
use crate::files::{CALCULATOR, stored, stored_on_disk};
use crate::script::DEMO_CURRENCY;
use formulas::{FormulaId, check, results};
use inputs::{CalculatorTopic, CalculatorUnit, InputId, InputSpread, MINOR, ScenarioValues};
use measured::{MeasuredInput, measured};

/// `GET /api/v1/calculator`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Calculation {
    /// ISO 4217 code of the currency of all money.
    pub currency: String,
    /// In the order of the page.
    pub inputs: Vec<CalculatorInput>,
    /// Each after those that it uses.
    pub formulas: Vec<CalculatorFormula>,
}

/// An input with its values.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CalculatorInput {
    /// Its name in formulas.
    pub id: InputId,
    /// What it is about.
    pub topic: CalculatorTopic,
    /// What it counts.
    pub unit: CalculatorUnit,
    /// How it differs between the scenarios.
    pub spread: InputSpread,
    /// The least value that it can have.
    pub least: f64,
    /// The largest value that it can have.
    pub most: f64,
    /// Its values.
    pub values: ScenarioValues,
    /// Whether these are the values that are built in.
    pub built_in: bool,
    /// What was measured, where that was taken over; otherwise the values are assumed.
    #[schema(required)]
    pub measured: Option<MeasuredInput>,
    /// What is measured now, to be taken over.
    #[schema(required)]
    pub offered: Option<MeasuredInput>,
}

/// A formula with what comes of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CalculatorFormula {
    /// Its name in later formulas.
    pub id: FormulaId,
    /// What it is about.
    pub topic: CalculatorTopic,
    /// What its value counts.
    pub unit: CalculatorUnit,
    /// The formula.
    pub text: String,
    /// Whether it is the one that is built in.
    pub built_in: bool,
    /// What comes of it.
    pub values: ScenarioResults,
}

/// What comes of a formula in each scenario; absent where it cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct ScenarioResults {
    /// When little comes of it.
    #[schema(required)]
    pub pessimistic: Option<f64>,
    /// What is expected.
    #[schema(required)]
    pub expected: Option<f64>,
    /// When much comes of it.
    #[schema(required)]
    pub optimistic: Option<f64>,
}

/// What was entered or taken over; what is as built in is not kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct KeptCalculator {
    inputs: BTreeMap<InputId, KeptInput>,
    formulas: BTreeMap<FormulaId, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct KeptInput {
    values: ScenarioValues,
    measured: Option<MeasuredInput>,
}

/// The calculator. Clones share it.
#[derive(Clone)]
pub struct Calculator {
    observer: Observer,
    file: Arc<PathBuf>,
    kept: Arc<Mutex<KeptCalculator>>,
}

impl Calculator {
    /// Continues with what the data directory has.
    pub(crate) fn of(observer: Observer, data_dir: &Path) -> Self {
        let file = data_dir.join(CALCULATOR);
        let kept = stored(&file).map(|text| KeptCalculator::read(&text));
        Self {
            observer,
            file: Arc::new(file),
            kept: Arc::new(Mutex::new(kept.unwrap_or_default())),
        }
    }

    /// Computes everything, for a customer who counts in this currency.
    pub(crate) async fn calculation(&self, currency: String) -> Calculation {
        let offered = measured(&self.observer, currency == DEMO_CURRENCY).await;
        let kept = self.kept.lock().clone();
        kept.calculation(currency, &offered)
    }

    /// Sets the values of an input, which are assumed from then on.
    ///
    /// # Errors
    /// The values cannot be, or could not be stored.
    pub(crate) async fn assume(&self, id: InputId, values: ScenarioValues) -> Result<(), ApiProblem> {
        id.check(values)?;
        let measured = None;
        self.change(move |kept| kept.set(id, KeptInput { values, measured }))
            .await
    }

    /// Takes over what is measured of an input.
    ///
    /// # Errors
    /// Nothing is measured of it yet, or it could not be stored.
    pub(crate) async fn take_over(&self, id: InputId, currency: &str) -> Result<(), ApiProblem> {
        let offered = measured(&self.observer, currency == DEMO_CURRENCY).await;
        let Some(measured) = offered.get(&id).copied() else {
            let sentence = format!("Nothing is measured of `{}` yet.", id.name());
            return Err(ApiProblem::new(Code::InvalidRequest, sentence).field("id"));
        };
        let values = ScenarioValues::same(measured.value);
        let measured = Some(measured);
        self.change(move |kept| kept.set(id, KeptInput { values, measured }))
            .await
    }

    /// Brings the built-in value of an input back.
    ///
    /// # Errors
    /// It could not be stored.
    pub(crate) async fn forget_input(&self, id: InputId) -> Result<(), ApiProblem> {
        self.change(move |kept| {
            kept.inputs.remove(&id);
        })
        .await
    }

    /// Uses another formula, or the built-in one again for `None`.
    ///
    /// # Errors
    /// It could not be stored.
    pub(crate) async fn use_formula(&self, id: FormulaId, text: Option<String>) -> Result<(), ApiProblem> {
        let text = text.filter(|text| text != id.built_in());
        self.change(move |kept| {
            match text {
                Some(text) => kept.formulas.insert(id, text),
                None => kept.formulas.remove(&id),
            };
        })
        .await
    }

    /// Brings everything back as it is built in.
    ///
    /// # Errors
    /// It could not be stored.
    pub(crate) async fn forget_all(&self) -> Result<(), ApiProblem> {
        self.change(|kept| *kept = KeptCalculator::default()).await
    }

    /// Stores a change, and then uses it.
    async fn change(
        &self,
        change: impl FnOnce(&mut KeptCalculator) + Send + 'static,
    ) -> Result<(), ApiProblem> {
        let calculator = self.clone();
        stored_on_disk(move || {
            // Held while writing, so that an older state never replaces a newer one.
            let mut kept = calculator.kept.lock();
            let mut next = kept.clone();
            change(&mut next);
            durable::write(&calculator.file, &serde_json::to_vec_pretty(&next)?)?;
            *kept = next;
            Ok(())
        })
        .await
    }
}

impl KeptCalculator {
    /// Reads what was stored. What cannot be any more is as built in.
    fn read(text: &str) -> Self {
        let mut kept: Self = serde_json::from_str(text).unwrap_or_else(|error| {
            tracing::warn!(%error, "the calculator begins anew");
            Self::default()
        });
        kept.inputs.retain(|id, input| id.check(input.values).is_ok());
        kept.formulas.retain(|id, text| check(*id, text).is_ok());
        kept
    }

    fn set(&mut self, id: InputId, input: KeptInput) {
        self.inputs.insert(id, input);
    }

    fn values(&self, id: InputId) -> ScenarioValues {
        self.inputs
            .get(&id)
            .map_or(id.spec().values, |input| input.values)
    }

    fn text(&self, id: FormulaId) -> &str {
        self.formulas.get(&id).map_or(id.built_in(), String::as_str)
    }

    fn calculation(&self, currency: String, offered: &BTreeMap<InputId, MeasuredInput>) -> Calculation {
        let input = |id: InputId| {
            let spec = id.spec();
            let values = self.values(id);
            CalculatorInput {
                id,
                topic: spec.topic,
                unit: spec.unit,
                spread: spec.spread,
                least: spec.least,
                most: spec.most,
                values,
                built_in: values == spec.values,
                measured: self.inputs.get(&id).and_then(|input| input.measured),
                offered: offered.get(&id).copied(),
            }
        };
        let [pessimistic, expected, optimistic] = self.scenarios();
        let formula = |id: FormulaId| {
            let value = |of: &BTreeMap<FormulaId, Option<f64>>| {
                let value = of.get(&id).copied().flatten()?;
                Some(match id.unit() {
                    CalculatorUnit::Money => (value * MINOR).round(),
                    _ => value,
                })
            };
            CalculatorFormula {
                id,
                topic: id.topic(),
                unit: id.unit(),
                text: self.text(id).to_owned(),
                built_in: !self.formulas.contains_key(&id),
                values: ScenarioResults {
                    pessimistic: value(&pessimistic),
                    expected: value(&expected),
                    optimistic: value(&optimistic),
                },
            }
        };
        Calculation {
            currency,
            inputs: InputId::all().map(input).collect(),
            formulas: FormulaId::all().map(formula).collect(),
        }
    }

    /// What comes of all formulas, from the pessimistic to the optimistic scenario.
    fn scenarios(&self) -> [BTreeMap<FormulaId, Option<f64>>; 3] {
        [0, 1, 2].map(|scenario| {
            let major = |id: InputId| {
                let value = self.values(id).in_order()[scenario];
                match id.spec().unit {
                    CalculatorUnit::Money => value / MINOR,
                    _ => value,
                }
            };
            let names = InputId::all().map(|id| (id.name(), major(id)));
            results(names.collect(), |id| self.text(id))
        })
    }
}

#[cfg(test)]
mod tests;
