//! The calculator in the take-away: which values are measured and which assumed, the formulas, and what comes of them.

use reelscope_contracts::Money;

use super::format::{Format, SMALL_AMOUNT, count, escaped};
use super::html::{marked, table};
use super::words::Words;
use crate::calculator::formulas::FormulaId;
use crate::calculator::inputs::{CalculatorUnit, InputId};
use crate::calculator::{Calculation, CalculatorFormula, CalculatorInput};
use crate::script::DEMO_CURRENCY;

/// Returns the content of its part of the report.
pub(super) fn calculator(words: &Words, format: Format, calculation: &Calculation) -> String {
    let own = Writer {
        words,
        format,
        currency: &calculation.currency,
    };
    let scenarios = [
        (words.pessimistic, "n"),
        (words.expected, "n"),
        (words.optimistic, "n"),
    ];
    let [pessimistic, expected, optimistic] = scenarios;
    let named = format!("{}, {}", words.figure, words.formula.to_lowercase());
    let results: Vec<_> = calculation
        .formulas
        .iter()
        .map(|formula| own.result(formula))
        .collect();
    let results = table(&[(&named, ""), pessimistic, expected, optimistic], &results);
    let inputs: Vec<_> = calculation.inputs.iter().map(|input| own.input(input)).collect();
    let heads = [
        (words.figure, ""),
        pessimistic,
        expected,
        optimistic,
        (words.source, ""),
    ];
    let inputs = table(&heads, &inputs);
    format!(
        "<p class=\"dim\">{}</p>\n<h3>{}</h3>\n{results}<h3>{}</h3>\n{inputs}",
        escaped(words.assumed),
        escaped(words.results),
        escaped(words.entered),
    )
}

struct Writer<'a> {
    words: &'a Words,
    format: Format,
    currency: &'a str,
}

impl Writer<'_> {
    fn result(&self, formula: &CalculatorFormula) -> Vec<String> {
        let values = &formula.values;
        let [pessimistic, expected, optimistic] = [values.pessimistic, values.expected, values.optimistic]
            .map(|value| value.map_or_else(|| "–".to_owned(), |value| self.value(value, formula.unit)));
        // The formula has the room of a line of its own below the name.
        let name = escaped(self.words.formula_name(formula.id));
        let readable = escaped(&self.readable(&formula.text));
        vec![
            format!("{name}<small>{readable}</small>"),
            pessimistic,
            expected,
            optimistic,
        ]
    }

    fn input(&self, input: &CalculatorInput) -> Vec<String> {
        let [pessimistic, expected, optimistic] =
            input.values.in_order().map(|value| self.value(value, input.unit));
        let source = match &input.measured {
            Some(measured) => {
                let spins = self.format.number(count(measured.spins), 0);
                let at = self.format.time(measured.at);
                let text = format!("{} · {}: {spins} · {at}", self.words.measured, self.words.spins);
                marked(&text, Some(true))
            }
            None => marked(self.words.assumption, None),
        };
        vec![
            escaped(self.words.input(input.id)),
            pessimistic,
            expected,
            optimistic,
            source,
        ]
    }

    fn value(&self, value: f64, unit: CalculatorUnit) -> String {
        let number = |value| self.format.trimmed(value);
        let hours = self.words.hours;
        let months = self.words.months;
        match unit {
            CalculatorUnit::Count => number(value),
            CalculatorUnit::Percent => self.format.with_percent(&number(value)),
            CalculatorUnit::Hours => format!("{}\u{a0}{hours}", number(value)),
            CalculatorUnit::Months => format!("{}\u{a0}{months}", number(value)),
            CalculatorUnit::Ms => self.format.ms(value),
            #[allow(clippy::cast_possible_truncation)] // saturates, and amounts are whole
            CalculatorUnit::Money if self.currency == DEMO_CURRENCY => {
                self.format.whole_money(Money(value as i64))
            }
            CalculatorUnit::Money => format!(
                "{}\u{a0}{}",
                self.format.number(
                    value / 100.0,
                    if value.abs() / 100.0 < SMALL_AMOUNT { 2 } else { 0 }
                ),
                escaped(self.currency)
            ),
        }
    }

    /// A formula with the names of this language and the signs of arithmetic.
    fn readable(&self, text: &str) -> String {
        let name = |word: &str| {
            let input = InputId::all()
                .find(|id| id.name() == word)
                .map(|id| self.words.input(id));
            let formula = || {
                FormulaId::all()
                    .find(|id| id.name() == word)
                    .map(|id| self.words.formula_name(id))
            };
            input.or_else(formula).map(|name| self.words.quoted(name))
        };
        let mut readable = String::new();
        for part in text.split_inclusive(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_') {
            let word = part.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
            readable.push_str(&name(word).unwrap_or_else(|| word.to_owned()));
            readable.extend(part[word.len()..].chars().map(|sign| match sign {
                '*' => '×',
                '/' => '÷',
                '-' => '−',
                other => other,
            }));
        }
        readable
    }
}
