//! Reads a script from TOML, and finds all of its mistakes with their places. Nothing of a script with a mistake is used.

mod checks;

use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};
use utoipa::ToSchema;

use crate::script::Script;

pub(crate) use checks::PICTURES;

/// Limit of a script's text, in bytes.
pub const MOST_BYTES: usize = 512 * 1024;
/// Limit of the mistakes that are told.
const MOST_MISTAKES: usize = 50;

/// What serde calls the numbers of a script, and what a person calls them.
const NUMBERS: [(&str, &str); 4] = [
    ("expected f64", "expected a number"),
    ("expected u32", "expected a whole number"),
    ("expected u16", "expected a whole number"),
    ("expected u8", "expected a whole number"),
];

/// A mistake in a script.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct ScriptMistake {
    /// Its line, from 1.
    pub line: usize,
    /// Its column in characters, from 1.
    pub column: usize,
    /// What is wrong there, as a sentence.
    pub sentence: String,
}

impl std::fmt::Display for ScriptMistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.sentence)
    }
}

impl ScriptMistake {
    fn at(text: &str, place: usize, what: &str) -> Self {
        let before = text.get(..place).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        // The parser adds what it was doing on lines of its own, and names numbers as Rust does.
        let mut what = what.trim().replace('\n', "; ");
        for (type_of_rust, words) in NUMBERS {
            what = what.replace(type_of_rust, words);
        }
        Self {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
            sentence: reelscope_contracts::api_problem::sentence(what.trim_end_matches('.')),
        }
    }
}

/// Reads a script.
///
/// # Errors
/// All mistakes, in the order of their places: those of the syntax; without any, fields that are unknown, missing or
/// of another type; without any of those, what does not fit together.
pub fn read(text: &str) -> Result<Script, Vec<ScriptMistake>> {
    let only_there =
        "the path of a picture works only in a file that is opened with --script; use a data URI";
    read_with(text, |_| Err(only_there.to_owned()))
}

/// Reads a script; `picture` returns the data URI of a logo that is a path, or why there is none.
///
/// # Errors
/// As [`read`].
pub fn read_with(
    text: &str,
    picture: impl Fn(&str) -> Result<String, String>,
) -> Result<Script, Vec<ScriptMistake>> {
    if text.len() > MOST_BYTES {
        let sentence = format!("a script has at most {MOST_BYTES} bytes");
        return Err(vec![ScriptMistake::at(text, 0, &sentence)]);
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    let place = |span: Option<Range<usize>>| span.map_or(text.len(), |span| span.start);
    let told = |found: Vec<(usize, String)>| {
        let mistakes = found.iter().map(|(at, what)| ScriptMistake::at(text, *at, what));
        let in_order: BTreeSet<_> = mistakes.collect();
        in_order.into_iter().take(MOST_MISTAKES).collect()
    };
    if !errors.is_empty() {
        let errors = errors.iter();
        return Err(told(
            errors
                .map(|error| (place(error.span()), error.message().to_owned()))
                .collect(),
        ));
    }
    let mut script = typed(&document).map_err(told)?;
    let mut wrong = Vec::new();
    if let Some(logo) = script.customer.logo.take() {
        match if logo.starts_with("data:") {
            Ok(logo)
        } else {
            picture(&logo)
        } {
            Ok(logo) => script.customer.logo = Some(logo),
            Err(reason) => wrong.push((checks::place_of_logo(&document), reason)),
        }
    }
    wrong.extend(checks::check(&script, &document));
    if wrong.is_empty() {
        Ok(script)
    } else {
        Err(told(wrong))
    }
}

/// Gives the document its types. Serde stops at the first mistake, so the entry with it is left out and the rest is tried
/// again, until no mistake is new.
fn typed(document: &Spanned<DeTable<'_>>) -> Result<Script, Vec<(usize, String)>> {
    let mut rest = document.clone();
    let mut found = Vec::new();
    // Tables that lack a field because it was left out, by their place.
    let mut cut = BTreeSet::new();
    for _ in 0..MOST_MISTAKES {
        let error = match Script::deserialize(Deserializer::from(rest.clone())) {
            Ok(script) if found.is_empty() => return Ok(script),
            Ok(_) => break,
            Err(error) => error,
        };
        let span = error.span().unwrap_or(0..0);
        if !(error.message().starts_with("missing field") && cut.contains(&span.start)) {
            found.push((span.start, error.message().to_owned()));
        }
        let start = rest.span().start;
        if !matches!(leave_out(rest.get_mut(), start, &span, &mut cut), Found::Removed) {
            break;
        }
    }
    Err(found)
}

/// Where the entry at a place is, seen from a value.
enum Found {
    /// Elsewhere.
    No,
    /// It is the value itself, which its parent has to remove.
    Here,
    /// It was within the value, and is removed.
    Removed,
}

/// Removes the innermost entry at `place`. The only entry of a table goes with its table, because such a table is a choice
/// of one of several. Adds tables that lack an entry since then to `cut`.
fn leave_out(
    table: &mut DeTable<'_>,
    start: usize,
    place: &Range<usize>,
    cut: &mut BTreeSet<usize>,
) -> Found {
    let is_choice = table.len() == 1;
    let mut found = Found::No;
    let mut at = None;
    for (key, value) in table.iter_mut() {
        found = match leave_out_of(value, place, cut) {
            Found::No if holds(&key.span(), place) => Found::Here,
            found => found,
        };
        if !matches!(found, Found::No) {
            at = Some(key.clone());
            break;
        }
    }
    match (found, at) {
        (Found::Here, _) if is_choice => Found::Here,
        (Found::Here, Some(key)) => {
            table.remove(&key);
            cut.insert(start);
            Found::Removed
        }
        (found, _) => found,
    }
}

fn leave_out_of(value: &mut Spanned<DeValue<'_>>, place: &Range<usize>, cut: &mut BTreeSet<usize>) -> Found {
    let span = value.span();
    let within = match value.get_mut() {
        DeValue::Table(table) => leave_out(table, span.start, place, cut),
        DeValue::Array(items) => {
            let mut found = Found::No;
            let mut at = None;
            for (index, item) in items.iter_mut().enumerate() {
                found = leave_out_of(item, place, cut);
                if !matches!(found, Found::No) {
                    at = Some(index);
                    break;
                }
            }
            if matches!(found, Found::Here) {
                let kept = items.clone().into_iter().enumerate();
                *items = kept
                    .filter(|(index, _)| Some(*index) != at)
                    .map(|(_, item)| item)
                    .collect();
                Found::Removed
            } else {
                found
            }
        }
        _ => Found::No,
    };
    match within {
        Found::No if holds(&span, place) => Found::Here,
        within => within,
    }
}

fn holds(span: &Range<usize>, place: &Range<usize>) -> bool {
    span.start <= place.start && place.end <= span.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::{Action, ScriptLanguage, Step, StepCondition};
    use crate::scripts::built_in;

    fn places(text: &str) -> Vec<(usize, usize)> {
        let mistakes = read(text).unwrap_err();
        mistakes
            .iter()
            .map(|mistake| (mistake.line, mistake.column))
            .collect()
    }

    #[test]
    fn both_languages_have_the_same_structure() {
        let script_in = |language: ScriptLanguage| {
            let script = read(built_in(language)).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
            assert_eq!(script.language, language);
            script
        };
        /// A step without its words.
        fn bare(step: &Step) -> (&str, String, Vec<&StepCondition>, Vec<&Action>) {
            let spots: Vec<_> = step.say.iter().map(|line| &line.spot).collect();
            let claims: Vec<_> = step
                .claims
                .iter()
                .map(|claim| (claim.figure, claim.band()))
                .collect();
            let assumed: Vec<_> = step.assumptions.iter().map(|each| each.id).collect();
            let rest = (step.page, step.notes.len(), spots, claims, assumed);
            let actions = step.actions.iter().map(|button| &button.action);
            (
                &step.id,
                format!("{} {rest:?}", step.minutes),
                step.done_when.iter().collect(),
                actions.collect(),
            )
        }
        let en = script_in(ScriptLanguage::En);
        assert_eq!(en.questions.len(), 14);
        let others = ScriptLanguage::ALL
            .iter()
            .filter(|language| **language != ScriptLanguage::En);
        for language in others {
            let script = script_in(*language);
            assert_eq!(en.steps.len(), script.steps.len());
            for (one, other) in en.steps.iter().zip(&script.steps) {
                assert_eq!(bare(one), bare(other));
                assert_ne!(one.title, other.title);
            }
            assert_eq!(en.questions.len(), script.questions.len());
            for (one, other) in en.questions.iter().zip(&script.questions) {
                let shown =
                    |question: &crate::script::Question| question.show.clone().map(|button| button.action);
                let claims = |question: &crate::script::Question| {
                    let claims = question.claims.iter();
                    claims
                        .map(|claim| (claim.figure, claim.band()))
                        .collect::<Vec<_>>()
                };
                assert_eq!(
                    (&one.id, shown(one), claims(one)),
                    (&other.id, shown(other), claims(other))
                );
            }
        }
        let minutes: f64 = en.steps.iter().map(|step| step.minutes).sum();
        assert!((19.0..=23.0).contains(&minutes), "{minutes}");
    }

    #[test]
    fn every_mistake_of_types_is_told_with_its_place() {
        let text = r#"title = 5
language = "fr"
[customer]
nom = "x"
[[steps]]
id = "one"
title = "One"
minutes = "long"
done_when = [
    { spins = "three" },
    { spins = 3 },
    { spin = 3 },
    { problem = { id = "missing-index", is = "broken" } },
]
[[steps]]
id = "two"
minutes = 1
say = [{ text = "Привет", spott = "spin" }, { text = "x", spot = "nowhere" }]
"#;
        let expected = [
            (1, 9),
            (2, 12),
            (4, 1),
            (8, 11),
            (10, 15),
            (12, 7),
            (13, 46),
            (15, 1),
            (18, 27),
            (18, 66),
        ];
        assert_eq!(places(text), expected, "{:#?}", read(text));
    }

    #[test]
    fn every_mistake_of_syntax_is_told() {
        let found = places("title = \nlanguage = \"en\nsteps = [1,\n");
        assert!(found.contains(&(1, 8)) || found.contains(&(1, 9)), "{found:?}");
        assert!(found.len() > 1, "{found:?}");
    }

    #[test]
    fn what_does_not_fit_together_is_told() {
        let text = r#"title = "T"
language = "en"
[customer]
currency = "euro"
logo = "logo.png"
[[steps]]
id = "One"
title = "One"
minutes = 0
actions = [
    { label = "a", action = { release = "9" } },
    { label = "b", action = { question = "none" } },
    { label = "c", action = { fix = "provider-spike" } },
    { label = "d", action = { fire = "slow-rng" } },
]
claims = [{ figure = "spin_ms", label = "x", stated = { } }]
[[questions]]
id = "a"
question = "?"
answer = "!"
source = "s"
[[questions]]
id = "a"
question = "?"
answer = "!"
source = "s"
"#;
        let lines: Vec<_> = places(text).into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [4, 5, 7, 9, 11, 12, 13, 14, 16, 23], "{:#?}", read(text));
    }

    #[test]
    fn a_logo_is_read_from_beside_the_file() {
        let text = "title = \"T\"\nlanguage = \"en\"\n[customer]\nlogo = \"logo.png\"\n[[steps]]\nid = \"a\"\ntitle = \"A\"\nminutes = 1\n";
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("script.toml");
        std::fs::write(&file, text).unwrap();
        let opened = crate::scripts::OwnScript::open(&file);
        assert!(opened.unwrap_err().to_string().contains("line 4, column 8"));
        std::fs::write(dir.path().join("logo.png"), b"picture").unwrap();
        let opened = crate::scripts::OwnScript::open(&file).unwrap();
        let logo = opened.script.customer.logo;
        assert_eq!(logo.as_deref(), Some("data:image/png;base64,cGljdHVyZQ=="));
    }
}
