//! Before and after in three large figures: how long a player waits, how many spins fail, and what that costs.

use reelscope_contracts::Money;
use reelscope_demo::figures::LEAST_SPINS;
use reelscope_demo::wire::{AllProblems, BeforeAfter, ComparedProblem, Figures};

use super::TakeAway;
use super::format::{count, escaped};
use super::html::{Page, marked};
use super::words::filled;
use crate::calculator::inputs::InputId;
use crate::chance::{Change, Share, change};

/// With fewer spins on a side nothing is projected to an hour.
const LEAST_PROJECTED: u64 = 100;
const HOURS_OF_A_DAY: f64 = 24.0;
/// A change of a time within this factor counts as none.
const ALIKE: f64 = 1.05;
/// A wait that is a smaller part of what it was is no wait any more.
const GONE: f64 = 1_000.0;

/// A pair with figures on both sides.
#[derive(Clone, Copy)]
pub(super) struct WholePair<'a> {
    pub(super) problem: ComparedProblem,
    pub(super) before: &'a Figures,
    pub(super) after: &'a Figures,
}

impl<'a> WholePair<'a> {
    pub(super) fn of(pair: &'a BeforeAfter) -> Option<Self> {
        Some(Self {
            problem: pair.problem,
            before: pair.before.as_ref()?,
            after: pair.after.as_ref()?,
        })
    }

    fn fewest(self) -> u64 {
        self.before.recorded.min(self.after.recorded)
    }

    /// How many times as fast it became at its slow end; 0 while that is not known.
    fn gain(self) -> f64 {
        if self.fewest() < LEAST_SPINS || self.after.p95_ms <= 0.0 {
            return 0.0;
        }
        self.before.p95_ms / self.after.p95_ms
    }

    fn failures(self) -> Change {
        let share = |figures: &Figures| Share::of_failures(figures.error_rate_percent, figures.recorded);
        change(share(self.before), share(self.after))
    }
}

/// The pair of the large figures: that of all problems, or else the fix that brought most.
fn shown(pairs: &[BeforeAfter]) -> Option<WholePair<'_>> {
    let whole = || pairs.iter().filter_map(WholePair::of);
    let all = ComparedProblem::All(AllProblems::All);
    whole()
        .find(|pair| pair.problem == all)
        .or_else(|| whole().max_by(|one, other| one.gain().total_cmp(&other.gain())))
}

/// One large figure.
struct Large<'a> {
    name: &'a str,
    before: String,
    after: String,
    /// Whether it became better or worse, beyond chance.
    is_good: Option<bool>,
    said: String,
    note: String,
}

impl Page {
    /// The large figures; a sentence where nothing is compared yet.
    pub(super) fn hero(&self, report: &TakeAway) -> String {
        let words = self.words;
        let Some(pair) = shown(&report.pairs) else {
            return format!("<p class=\"dim\">{}</p>\n", escaped(words.nothing_compared));
        };
        let figures = [self.wait(pair), self.failures(pair), self.lost(pair, report)];
        let cards: Vec<_> = figures.iter().map(|figure| self.large(figure)).collect();
        format!(
            "<h3>{}</h3>\n<div class=\"hero\">\n{}</div>\n",
            escaped(words.compared(pair.problem)),
            cards.concat()
        )
    }

    fn large(&self, figure: &Large<'_>) -> String {
        let class = match figure.is_good {
            Some(true) => "good",
            Some(false) => "bad",
            None => "",
        };
        format!(
            "<div class=\"card\"><p class=\"name\">{}</p><p class=\"large\"><s>{}</s> → <b class=\"{class}\">{}</b></p>\
             <p>{}</p><p class=\"dim\">{}</p></div>\n",
            escaped(figure.name),
            escaped(&figure.before),
            escaped(&figure.after),
            marked(&figure.said, figure.is_good),
            escaped(&figure.note),
        )
    }

    fn wait(&self, pair: WholePair<'_>) -> Large<'_> {
        let words = self.words;
        let (before, after) = (pair.before.p50_ms, pair.after.p50_ms);
        let factor = if after > 0.0 { before / after } else { 1.0 };
        // One digit after the point below ten, and none that is 0.
        let times = |factor: f64| {
            let tenths = (factor * 10.0).round() / 10.0;
            let has_tenths = tenths < 10.0 && tenths.fract() > 0.0;
            self.format.number(factor, usize::from(has_tenths))
        };
        let (is_good, said) = if pair.fewest() < LEAST_SPINS {
            (None, words.too_few.to_owned())
        } else if before > GONE * after {
            (Some(true), words.gone.to_owned())
        } else if factor > ALIKE {
            (Some(true), words.times(&times(factor), true))
        } else if factor < 1.0 / ALIKE {
            (Some(false), words.times(&times(1.0 / factor), false))
        } else {
            (None, words.alike.to_owned())
        };
        Large {
            name: words.hero_wait,
            before: self.format.ms(before),
            after: self.format.ms(after),
            is_good,
            said,
            note: self.behind(pair, Some(LEAST_SPINS)),
        }
    }

    fn failures(&self, pair: WholePair<'_>) -> Large<'_> {
        let words = self.words;
        let (is_good, said, enough) = match pair.failures() {
            Change::Smaller => (Some(true), words.fewer_failures, None),
            Change::Larger => (Some(false), words.more_failures, None),
            Change::None => (None, words.alike, None),
            Change::TooFew(enough) => (None, words.too_few, Some(enough)),
        };
        let share = |figures: &Figures| about(figures, &self.format.percent(figures.error_rate_percent));
        Large {
            name: words.hero_errors,
            before: share(pair.before),
            after: share(pair.after),
            is_good,
            said: said.to_owned(),
            note: self.behind(pair, enough),
        }
    }

    /// What failures cost: in an hour at the assumed volume where there are enough spins, else as measured.
    fn lost(&self, pair: WholePair<'_>, report: &TakeAway) -> Large<'_> {
        let words = self.words;
        let inputs = report.calculator.inputs.iter();
        let volume = inputs
            .filter(|input| input.id == InputId::SpinsPerDay)
            .map(|input| input.values.expected / HOURS_OF_A_DAY)
            .next();
        let is_good = match pair.failures() {
            Change::Smaller => Some(true),
            Change::Larger => Some(false),
            Change::None | Change::TooFew(_) => None,
        };
        match volume {
            Some(volume) if pair.fewest() >= LEAST_PROJECTED => {
                let money = |figures| self.format.whole_money(per_hour(figures, volume));
                Large {
                    name: words.hero_lost_per_hour,
                    before: money(pair.before),
                    after: money(pair.after),
                    is_good,
                    said: String::new(),
                    note: filled(words.volume, &[&self.format.number(volume, 0)]),
                }
            }
            _ => {
                let money = |figures: &Figures| about(figures, &self.format.money(figures.failed_minor));
                Large {
                    name: words.hero_lost,
                    before: money(pair.before),
                    after: money(pair.after),
                    is_good: None,
                    said: words.few_per_hour.to_owned(),
                    note: self.behind(pair, Some(LEAST_PROJECTED)),
                }
            }
        }
    }

    /// How many spins there would have to be, where there are fewer, or else how many there are.
    fn behind(&self, pair: WholePair<'_>, enough: Option<u64>) -> String {
        let words = self.words;
        match enough {
            Some(enough) if pair.fewest() < enough => {
                filled(words.enough_on_each, &[&self.format.number(count(enough), 0)])
            }
            _ => {
                let spins = |figures: &Figures| about(figures, &self.format.number(count(figures.spins), 0));
                filled(words.spins_on_each, &[&spins(pair.before), &spins(pair.after)])
            }
        }
    }
}

/// A figure, with a sign where it is an estimate because not all spins were recorded.
pub(super) fn about(figures: &Figures, text: &str) -> String {
    if figures.recorded < figures.spins {
        format!("≈{text}")
    } else {
        text.to_owned()
    }
}

/// The measured loss of a spin times the spins of an hour, to three significant digits.
fn per_hour(figures: &Figures, spins_per_hour: f64) -> Money {
    let lost = figures.failed_minor.major() / count(figures.spins.max(1)) * spins_per_hour;
    if lost <= 0.0 {
        return Money::ZERO;
    }
    let unit = 10_f64.powf(lost.log10().floor() - 2.0);
    #[allow(clippy::cast_possible_truncation)] // saturates
    Money((100.0 * (lost / unit).round() * unit).round() as i64)
}
