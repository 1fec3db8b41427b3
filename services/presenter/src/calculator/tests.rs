use proptest::prelude::*;

use super::formulas::{FormulaMistake, FormulaMistakeKind, MOST_LETTERS};
use super::*;

const NOTHING_MEASURED: BTreeMap<InputId, MeasuredInput> = BTreeMap::new();

fn calculation(kept: &KeptCalculator) -> Calculation {
    kept.calculation(DEMO_CURRENCY.to_owned(), &NOTHING_MEASURED)
}

fn of(calculation: &Calculation, id: FormulaId) -> ScenarioResults {
    let found = calculation.formulas.iter().find(|formula| formula.id == id);
    found.expect("every formula is there").values
}

/// Values of every input within its bounds, each growing or falling as it must.
fn entered() -> impl Strategy<Value = KeptCalculator> {
    let each = InputId::all().map(|id| {
        let spec = id.spec();
        prop::array::uniform3(0.0..=1.0_f64).prop_map(move |shares| {
            let mut values = shares.map(|share| {
                let value = spec.least + share * (spec.most - spec.least);
                if spec.unit == CalculatorUnit::Money {
                    value.round()
                } else {
                    value
                }
            });
            match spec.spread {
                InputSpread::Same => values = [values[0]; 3],
                InputSpread::Grows => values.sort_by(f64::total_cmp),
                InputSpread::Falls => values.sort_by(|one, other| other.total_cmp(one)),
            }
            let [pessimistic, expected, optimistic] = values;
            let values = ScenarioValues {
                pessimistic,
                expected,
                optimistic,
            };
            (
                id,
                KeptInput {
                    values,
                    measured: None,
                },
            )
        })
    });
    each.collect::<Vec<_>>().prop_map(|inputs| KeptCalculator {
        inputs: inputs.into_iter().collect(),
        formulas: BTreeMap::new(),
    })
}

proptest! {
    #[test]
    fn the_optimistic_scenario_is_never_worse_than_the_expected_one_nor_that_than_the_pessimistic(kept in entered()) {
        for (id, input) in &kept.inputs {
            prop_assert!(id.check(input.values).is_ok(), "{id:?}");
        }
        for formula in calculation(&kept).formulas {
            let ScenarioResults { pessimistic, expected, optimistic } = formula.values;
            if formula.id == FormulaId::PaybackMonths {
                let [slow, medium, quick] = [pessimistic, expected, optimistic].map(|value| value.unwrap_or(f64::INFINITY));
                prop_assert!(slow >= medium && medium >= quick, "{:?}", formula.values);
            } else {
                prop_assert!(pessimistic.is_some(), "{:?}", formula);
                prop_assert!(pessimistic <= expected && expected <= optimistic, "{:?}", formula);
            }
        }
    }

    #[test]
    fn whatever_is_typed_is_a_formula_or_has_a_mistake_at_a_place_in_it(text in "[a-z0-9_ .+*/()%<>=!,é-]{0,40}|[(]{0,600}|.{0,30}") {
        if let Err(mistake) = check(FormulaId::Net, &text) {
            prop_assert!(mistake.at <= text.chars().count(), "{mistake:?}");
        }
    }
}

#[test]
fn as_built_in_it_pays_within_the_months_that_the_script_states() {
    let built_in = calculation(&KeptCalculator::default());
    assert!(
        built_in
            .inputs
            .iter()
            .all(|input| input.built_in && input.measured.is_none())
    );
    for id in FormulaId::all() {
        assert_eq!(check(id, id.built_in()), Ok(()), "{id:?}");
    }
    let months = of(&built_in, FormulaId::PaybackMonths).expected.unwrap();
    assert!((2.0..=3.0).contains(&months), "{months}");
    // 240,000 spins a day of 100.00 at a hold of 5 %.
    assert_eq!(of(&built_in, FormulaId::Revenue).expected, Some(3_600_000_000.0));
}

#[test]
fn a_mistake_in_a_formula_has_its_place() {
    let wrong = |text: &str, kind, at, part: &str| {
        let part = part.to_owned();
        assert_eq!(
            check(FormulaId::Revenue, text),
            Err(FormulaMistake { kind, at, part }),
            "{text}"
        );
    };
    wrong("players * spins", FormulaMistakeKind::Name, 10, "spins");
    // Only formulas before this one.
    wrong("net + 1", FormulaMistakeKind::Name, 0, "net");
    wrong("players + true", FormulaMistakeKind::Name, 10, "true");
    wrong("players.x", FormulaMistakeKind::Name, 0, "players.x");
    wrong("players × 2", FormulaMistakeKind::Letter, 8, "×");
    wrong("players + 'x' * 9", FormulaMistakeKind::Letter, 10, "'");
    wrong("players < 1", FormulaMistakeKind::NoNumber, 0, "players < 1");
    let kind_and_place =
        |text: &str| check(FormulaId::Revenue, text).map_err(|mistake| (mistake.kind, mistake.at));
    assert_eq!(
        kind_and_place("2 * (players + 1"),
        Err((FormulaMistakeKind::Syntax, 15))
    );
    assert_eq!(kind_and_place("players 2"), Err((FormulaMistakeKind::Syntax, 8)));
    assert_eq!(kind_and_place(""), Err((FormulaMistakeKind::Syntax, 0)));
    assert_eq!(
        kind_and_place("1 + players / 0"),
        Err((FormulaMistakeKind::NoNumber, 4))
    );
    let long = format!("1{}", " + 1".repeat(MOST_LETTERS));
    assert_eq!(
        kind_and_place(&long),
        Err((FormulaMistakeKind::TooLong, MOST_LETTERS))
    );
    for fine in [
        "players / 3",
        "max(players, 2.5) if players > 1 else 1e3",
        "spins_per_month ** 2",
    ] {
        assert_eq!(kind_and_place(fine), Ok(()), "{fine}");
    }
}

#[test]
fn whole_numbers_are_divided_exactly_and_what_cannot_be_computed_is_absent_with_what_depends_on_it() {
    let mut kept = KeptCalculator::default();
    kept.formulas.insert(FormulaId::SpinsPerMonth, "7 / 2".to_owned());
    kept.formulas
        .insert(FormulaId::Revenue, "1 / (players - 10000)".to_owned());
    let calculation = calculation(&kept);
    assert_eq!(of(&calculation, FormulaId::SpinsPerMonth).expected, Some(3.5));
    assert_eq!(of(&calculation, FormulaId::Revenue).expected, None);
    assert_eq!(of(&calculation, FormulaId::Net).expected, None);
    assert!(of(&calculation, FormulaId::EngineersValue).expected.is_some());
}

#[test]
fn an_input_that_cannot_be_names_its_scenario() {
    let wrong = |id: InputId, [pessimistic, expected, optimistic]: [f64; 3], field: &str| {
        let values = ScenarioValues {
            pessimistic,
            expected,
            optimistic,
        };
        assert_eq!(
            id.check(values).unwrap_err().field.as_deref(),
            Some(field),
            "{id:?}"
        );
    };
    wrong(InputId::Players, [0.0; 3], "pessimistic");
    wrong(InputId::HoldPercent, [101.0; 3], "pessimistic");
    wrong(InputId::AverageStake, [10.5; 3], "pessimistic");
    wrong(InputId::Engineers, [1.0, 2.0, 2.0], "expected");
    wrong(InputId::ChurnLessPercent, [5.0, 15.0, 10.0], "optimistic");
    wrong(InputId::RepairAfterHours, [1.0, 2.0, 0.5], "expected");
    wrong(InputId::ChurnPercent, [f64::NAN; 3], "pessimistic");
}

#[test]
fn what_was_stored_is_read_again_but_for_what_cannot_be() {
    let text = r#"{
        "inputs": {
            "players": {"values": {"pessimistic": 5, "expected": 5, "optimistic": 5}, "measured": null},
            "hold_percent": {"values": {"pessimistic": 500, "expected": 5, "optimistic": 5}, "measured": null}
        },
        "formulas": {"net": "benefit", "revenue": "nonsense"}
    }"#;
    let kept = KeptCalculator::read(text);
    assert_eq!(kept.values(InputId::Players), ScenarioValues::same(5.0));
    assert_eq!(
        kept.values(InputId::HoldPercent),
        InputId::HoldPercent.spec().values
    );
    assert_eq!(kept.text(FormulaId::Net), "benefit");
    assert_eq!(kept.text(FormulaId::Revenue), FormulaId::Revenue.built_in());
    let again = serde_json::to_string(&kept).unwrap();
    assert_eq!(KeptCalculator::read(&again), kept);
    assert_eq!(KeptCalculator::read("{"), KeptCalculator::default());
}
