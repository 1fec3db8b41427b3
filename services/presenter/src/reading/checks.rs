//! What types cannot say of a script: ids that are unique, references that lead somewhere, numbers within bounds.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reelscope_demo::faults::dial::Release;
use reelscope_demo::faults::table::FaultId;
use reelscope_demo::faults_http::LASTS_SECONDS;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::script::{Action, Claim, Range, Script, Step, StepCondition};

/// Limit of a logo, in bytes of the picture.
const MOST_LOGO_BYTES: usize = 256 * 1024;
/// Beginnings of a logo's data URI, by the ending of a picture's file.
pub(crate) const PICTURES: [(&str, &str); 5] = [
    ("png", "data:image/png;base64,"),
    ("jpg", "data:image/jpeg;base64,"),
    ("jpeg", "data:image/jpeg;base64,"),
    ("webp", "data:image/webp;base64,"),
    ("svg", "data:image/svg+xml;base64,"),
];
const LONGEST_STEP_MINUTES: f64 = 60.0;

/// One part of the way to an entry of the document.
enum Part {
    Key(&'static str),
    Index(usize),
}

const LOGO: [Part; 2] = [Part::Key("customer"), Part::Key("logo")];

/// Where in the text an entry of the document begins; where it is absent, the innermost table or list around it.
fn place(document: &Spanned<DeTable<'_>>, way: &[Part]) -> usize {
    let mut at = document.span().start;
    let mut table = Some(document.get_ref());
    let mut list: Option<&[Spanned<DeValue<'_>>]> = None;
    for part in way {
        let next = match part {
            Part::Key(key) => table.and_then(|table| table.get(*key)),
            Part::Index(index) => list.and_then(|list| list.get(*index)),
        };
        let Some(value) = next else { break };
        at = value.span().start;
        (table, list) = match value.get_ref() {
            DeValue::Table(entries) => (Some(entries), None),
            DeValue::Array(items) => (None, Some(&**items)),
            _ => (None, None),
        };
    }
    at
}

/// Where the logo of the customer is in the text.
pub(super) fn place_of_logo(document: &Spanned<DeTable<'_>>) -> usize {
    place(document, &LOGO)
}

struct Checks<'a> {
    document: &'a Spanned<DeTable<'a>>,
    found: Vec<(usize, String)>,
}

impl Checks<'_> {
    fn wrong(&mut self, way: &[Part], what: impl Into<String>) {
        self.found.push((place(self.document, way), what.into()));
    }
}

/// Returns what does not fit together, each with its place in the text.
pub(super) fn check(script: &Script, document: &Spanned<DeTable<'_>>) -> Vec<(usize, String)> {
    let mut checks = Checks {
        document,
        found: Vec::new(),
    };
    checks.customer(script);
    if script.steps.is_empty() {
        checks.wrong(&[Part::Key("steps")], "a script has at least one step");
    }
    let questions: BTreeSet<&str> = script.questions.iter().map(|each| each.id.as_str()).collect();
    let mut known = BTreeSet::new();
    for (index, step) in script.steps.iter().enumerate() {
        checks.id("steps", index, &step.id, &mut known);
        checks.step(index, step, &questions);
    }
    let mut known = BTreeSet::new();
    for (index, question) in script.questions.iter().enumerate() {
        checks.id("questions", index, &question.id, &mut known);
        for (claim, of) in question.claims.iter().enumerate() {
            checks.claim(("questions", index), claim, of);
        }
        if let Some(button) = &question.show {
            let way = [
                Part::Key("questions"),
                Part::Index(index),
                Part::Key("show"),
                Part::Key("action"),
            ];
            checks.action(&way, &button.action, &questions);
        }
    }
    checks.found
}

impl<'a> Checks<'a> {
    fn customer(&mut self, script: &Script) {
        let currency = &script.customer.currency;
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            let way = [Part::Key("customer"), Part::Key("currency")];
            self.wrong(&way, "a currency is three capital letters, as `EUR`");
        }
        if let Some(logo) = &script.customer.logo
            && let Err(what) = check_logo(logo)
        {
            self.wrong(&LOGO, what);
        }
    }

    fn id(&mut self, list: &'static str, index: usize, id: &'a str, known: &mut BTreeSet<&'a str>) {
        let way = [Part::Key(list), Part::Index(index), Part::Key("id")];
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if id.is_empty() || id.len() > 40 || !id.bytes().all(is_plain) {
            self.wrong(
                &way,
                format!("the id `{id}` is not 1 to 40 lower-case letters, digits and hyphens"),
            );
        } else if !known.insert(id) {
            self.wrong(&way, format!("the id `{id}` is there twice"));
        }
    }

    fn step(&mut self, index: usize, step: &Step, questions: &BTreeSet<&str>) {
        let at = |key| [Part::Key("steps"), Part::Index(index), Part::Key(key)];
        if !(step.minutes > 0.0 && step.minutes <= LONGEST_STEP_MINUTES) {
            self.wrong(&at("minutes"), "a step takes more than 0 and at most 60 minutes");
        }
        for (number, button) in step.actions.iter().enumerate() {
            let [steps, step, actions] = at("actions");
            let way = [steps, step, actions, Part::Index(number), Part::Key("action")];
            self.action(&way, &button.action, questions);
        }
        for (number, condition) in step.done_when.iter().enumerate() {
            let [steps, step, done_when] = at("done_when");
            let way = [steps, step, done_when, Part::Index(number)];
            match condition {
                StepCondition::Spins(count)
                | StepCondition::Failures(count)
                | StepCondition::QuestionsOpened(count)
                    if !(1..=100).contains(count) =>
                {
                    self.wrong(&way, "a count is 1 to 100");
                }
                StepCondition::Release(version) => self.release(&way, version),
                StepCondition::Share(share) if !(0.0..=100.0).contains(&share.percent) => {
                    self.wrong(&way, "a share is 0 to 100 percent");
                }
                StepCondition::FixHelped(fault) => self.story(&way, *fault),
                _ => {}
            }
        }
        for (number, claim) in step.claims.iter().enumerate() {
            self.claim(("steps", index), number, claim);
        }
    }

    fn action(&mut self, way: &[Part], action: &Action, questions: &BTreeSet<&str>) {
        match action {
            Action::Spin(count) if !(1..=20).contains(count) => {
                self.wrong(way, "a button makes 1 to 20 spins");
            }
            Action::Release(version) => self.release(way, version),
            Action::Question(id) if !questions.contains(id.as_str()) => {
                self.wrong(way, format!("there is no question `{id}`"));
            }
            Action::Fix(fault) | Action::BringBack(fault) => self.fixable(way, *fault),
            Action::Break(wanted) => {
                if !wanted.fault.row().how.is_switched() {
                    self.wrong(
                        way,
                        format!("`{}` is triggered, not switched", wanted.fault.as_str()),
                    );
                }
                if !LASTS_SECONDS.contains(&wanted.seconds) {
                    self.wrong(way, "a fault turns itself off after 1 to 600 seconds");
                }
            }
            Action::Fire(fault) if !fault.row().how.is_fired() => {
                self.wrong(way, format!("`{}` is switched, not triggered", fault.as_str()));
            }
            _ => {}
        }
    }

    fn release(&mut self, way: &[Part], version: &str) {
        if Release::of(version).is_none() {
            self.wrong(way, format!("there is no release `{version}`"));
        }
    }

    fn fixable(&mut self, way: &[Part], fault: FaultId) {
        if fault.row().fix.is_none() {
            self.wrong(way, format!("`{}` has no fix", fault.as_str()));
        }
    }

    fn story(&mut self, way: &[Part], fault: FaultId) {
        if !fault.is_story() {
            let sentence = format!(
                "`{}` is no problem of the story, so nothing compares it",
                fault.as_str()
            );
            self.wrong(way, sentence);
        }
    }

    fn claim(&mut self, (list, index): (&'static str, usize), number: usize, claim: &Claim) {
        let mut range = |key, range: Range| {
            let way = [
                Part::Key(list),
                Part::Index(index),
                Part::Key("claims"),
                Part::Index(number),
                Part::Key(key),
            ];
            match (range.from, range.to) {
                (None, None) => self.wrong(&way, "a range has `from`, `to` or both"),
                (Some(from), Some(to)) if from > to => self.wrong(&way, "a range begins below its end"),
                _ => {}
            }
        };
        range("stated", claim.stated);
        if let Some(holds) = claim.holds {
            range("holds", holds);
        }
    }
}

/// Checks a logo that is a data URI.
fn check_logo(logo: &str) -> Result<(), String> {
    let body = PICTURES.iter().find_map(|(_, head)| logo.strip_prefix(head));
    let body = body.ok_or("a logo is `data:image/png;base64,…`, or of JPEG, WebP or SVG")?;
    let picture = STANDARD.decode(body).map_err(|_| "the logo is not base64")?;
    if picture.len() > MOST_LOGO_BYTES {
        return Err(format!("a logo has at most {MOST_LOGO_BYTES} bytes"));
    }
    Ok(())
}
