//! What is compared: before and after, each fix, what was said, and the releases.

use reelscope_demo::figures::LEAST_SPINS;
use reelscope_demo::wire::{
    AllProblems, BeforeAfter, ComparedFigure, ComparedProblem, Figures, Regression, ReleaseFigures,
};

use super::TakeAway;
use super::format::{count, escaped};
use super::hero::{WholePair, about};
use super::html::{Page, marked, noted, table};
use super::words::filled;
use crate::chance::{WIDEST_RTP, enough_for_rtp};
use crate::script::Unit;
use crate::wire::{ClaimVerdict, FixState, FixVerdict};

const FIXED: &str = "-fixed";

impl Page {
    pub(super) fn pairs(&self, report: &TakeAway) -> String {
        let words = self.words;
        let heads = [
            (words.problem, ""),
            ("", ""),
            (words.spins, "n"),
            (words.median, "n"),
            (words.p95, "n"),
            (words.failed_spins, "n"),
            (words.failed_stakes, "n"),
        ];
        let mut rows = Vec::new();
        let mut whole: Vec<_> = report.pairs.iter().filter_map(WholePair::of).collect();
        whole.sort_by_key(|pair| pair.problem != ComparedProblem::All(AllProblems::All));
        for pair in &whole {
            rows.push(self.side(words.compared(pair.problem), words.before, pair.before));
            rows.push(self.side("", words.after, pair.after));
        }
        let mut content = self.hero(report);
        if !rows.is_empty() {
            content.push_str(&table(&heads, &rows));
        }
        let sides = whole.iter().flat_map(|pair| [pair.before, pair.after]);
        if sides.into_iter().any(|figures| figures.recorded < LEAST_SPINS) {
            content.push_str(&self.few_note());
        }
        content.push_str(&self.not_compared(&report.pairs));
        self.part(words.at_a_glance, &content)
    }

    fn side(&self, name: &str, side: &str, figures: &Figures) -> Vec<String> {
        vec![
            escaped(name),
            escaped(side),
            self.counted(figures),
            self.format.ms(figures.p50_ms),
            self.format.ms(figures.p95_ms),
            self.format.percent(figures.error_rate_percent),
            self.format.money(figures.failed_minor),
        ]
    }

    /// A number of spins, and whether percentiles of them say something.
    fn counted(&self, figures: &Figures) -> String {
        let spins = about(figures, &self.format.number(count(figures.spins), 0));
        let few = if figures.recorded < LEAST_SPINS {
            self.words.few
        } else {
            ""
        };
        noted(&spins, few)
    }

    fn few_note(&self) -> String {
        let note = filled(self.words.few_note, &[&self.format.number(count(LEAST_SPINS), 0)]);
        format!("<p class=\"dim\">{}</p>\n", escaped(&note))
    }

    /// The problems without one of their sides, each named once.
    fn not_compared(&self, pairs: &[BeforeAfter]) -> String {
        let words = self.words;
        let mut content = String::new();
        for (missing, said) in [
            ((true, false), words.not_before),
            ((false, true), words.not_after),
            ((true, true), words.not_on_either),
        ] {
            let of = pairs
                .iter()
                .filter(|pair| (pair.before.is_none(), pair.after.is_none()) == missing);
            let names: Vec<_> = of.map(|pair| words.compared(pair.problem)).collect();
            if !names.is_empty() {
                let line = format!("{}: {said}", names.join(", "));
                content.push_str(&format!("<p class=\"dim\">{}</p>\n", escaped(&line)));
            }
        }
        content
    }

    pub(super) fn fixes(&self, report: &TakeAway) -> String {
        let words = self.words;
        let heads = [
            (words.problem, ""),
            (words.before, "n"),
            (words.after, "n"),
            (words.verdict, "v"),
        ];
        let rows: Vec<_> = report
            .fixes
            .iter()
            .map(|fix| {
                // A figure without its pair says nothing of the fix.
                let pair = fix.before.zip(fix.after);
                vec![
                    escaped(words.problem(fix.problem)),
                    self.format.maybe(pair.map(|(before, _)| before), fix.unit),
                    self.format.maybe(pair.map(|(_, after)| after), fix.unit),
                    self.brought(fix),
                ]
            })
            .collect();
        self.part(words.fixes, &table(&heads, &rows))
    }

    fn brought(&self, fix: &FixState) -> String {
        let words = self.words;
        let missing = match (fix.before, fix.after) {
            (Some(_), Some(_)) => None,
            (None, Some(_)) => Some(words.not_before),
            (Some(_), None) => Some(words.not_after),
            (None, None) => Some(words.not_on_either),
        };
        if let Some(missing) = missing {
            return marked(missing, None);
        }
        let said = words.fix_verdict(fix.verdict);
        match fix.verdict {
            FixVerdict::Helped => marked(said, Some(true)),
            FixVerdict::DidNotHelp => marked(said, Some(false)),
            FixVerdict::TooFew => marked(said, None) + &self.enough(words.enough_on_each, fix.enough),
        }
    }

    /// How many spins would tell, below a verdict.
    pub(super) fn enough(&self, phrase: &str, enough: Option<u64>) -> String {
        enough.map_or_else(String::new, |enough| {
            let enough = filled(phrase, &[&self.format.number(count(enough), 0)]);
            format!("<small>{}</small>", escaped(&enough))
        })
    }

    pub(super) fn claims(&self, report: &TakeAway) -> String {
        let words = self.words;
        let heads = [
            (words.figure, ""),
            (words.stated, "n"),
            (words.holds, "n"),
            (words.measured, "n"),
            (words.spins, "n"),
            (words.verdict, "v"),
        ];
        let rows: Vec<_> = report
            .claims
            .iter()
            .map(|claim| {
                let state = &claim.state;
                let said = words.claim_verdict(state.verdict);
                let verdict = match state.verdict {
                    ClaimVerdict::BorneOut => marked(said, Some(true)),
                    ClaimVerdict::NotBorneOut => marked(said, Some(false)),
                    ClaimVerdict::TooFew if state.measured.is_none() => marked(words.not_on_either, None),
                    ClaimVerdict::TooFew => marked(said, None) + &self.enough(words.enough, state.enough),
                };
                vec![
                    escaped(&claim.label),
                    self.format.range(claim.stated, state.unit),
                    self.format.range(claim.holds, state.unit),
                    self.format.maybe(state.measured, state.unit),
                    self.format.number(count(state.spins), 0),
                    verdict,
                ]
            })
            .collect();
        self.part(words.claims, &table(&heads, &rows))
    }

    /// An observed RTP with its interval; of too few spins it says how many would do.
    pub(super) fn rtp(&self, rtp: Option<f64>, band: Option<f64>, spins: u64) -> String {
        let observed = self.format.maybe(rtp, Unit::Percent);
        match band {
            Some(band) if band > WIDEST_RTP => {
                let enough = enough_for_rtp(spins, band);
                let few = format!("<small>{}</small>", escaped(self.words.too_few));
                marked(&observed, None) + &few + &self.enough(self.words.enough, Some(enough))
            }
            Some(band) => noted(&observed, &format!("±{}", self.format.percent(band))),
            None => observed,
        }
    }

    pub(super) fn releases(&self, report: &TakeAway) -> String {
        let words = self.words;
        let heads = [
            (words.release, ""),
            (words.changes, "c"),
            (words.spins, "n"),
            (words.p95, "n"),
            (words.failed_spins, "n"),
            (words.rtp, "n r"),
            (words.verdict, ""),
        ];
        let rows: Vec<_> = report
            .releases
            .iter()
            .enumerate()
            .map(|(at, release)| self.release(release, at > 0))
            .collect();
        let mut content = String::new();
        if !rows.is_empty() {
            content.push_str(&table(&heads, &rows));
            let few = |release: &ReleaseFigures| release.figures.recorded < LEAST_SPINS;
            if report.releases.iter().any(few) {
                content.push_str(&self.few_note());
            }
        }
        if rows.len() == 1 {
            content.push_str(&format!("<p class=\"dim\">{}</p>\n", escaped(words.one_release)));
        }
        if report.releases_left_out > 0 {
            let spins = self.format.number(count(report.releases_left_out), 0);
            let left_out = filled(words.left_out_spins, &[&spins]);
            content.push_str(&format!("<p class=\"dim\">{}</p>\n", escaped(&left_out)));
        }
        self.part(words.releases, &content)
    }

    fn release(&self, release: &ReleaseFigures, is_compared: bool) -> Vec<String> {
        let words = self.words;
        let names = |mends: bool| {
            let of = release
                .changes
                .iter()
                .filter(|name| name.ends_with(FIXED) == mends);
            let names: Vec<_> = of
                .map(|name| words.change(name.strip_suffix(FIXED).unwrap_or(name)))
                .collect();
            names.join(", ")
        };
        let changes: Vec<_> = [(words.fixed_in, names(true)), (words.came_in, names(false))]
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(phrase, names)| escaped(&filled(phrase, &[&names])))
            .collect();
        let verdict: Vec<_> = if release.regressions.is_empty() && is_compared {
            let is_few = release.figures.recorded < LEAST_SPINS;
            vec![marked(if is_few { words.too_few } else { words.fine }, None)]
        } else {
            let regressions = release.regressions.iter();
            regressions
                .map(|regression| self.regression(regression))
                .collect()
        };
        vec![
            escaped(&release.release),
            changes.join("<br>"),
            self.counted(&release.figures),
            self.format.ms(release.figures.p95_ms),
            self.format.percent(release.figures.error_rate_percent),
            self.rtp(
                release.rtp_percent,
                release.rtp_band_percent,
                release.figures.recorded,
            ),
            verdict.join("<br>"),
        ]
    }

    fn regression(&self, regression: &Regression) -> String {
        let words = self.words;
        let value = |value| match regression.figure {
            ComparedFigure::P95 => self.format.ms(value),
            ComparedFigure::Errors | ComparedFigure::Rtp => self.format.percent(value),
        };
        let (measured, expected) = (value(regression.measured), value(regression.expected));
        let said = format!(
            "{}: {}",
            words.compared_figure(regression.figure),
            filled(words.instead, &[&measured, &expected])
        );
        let cause = match &regression.suspect {
            Some(change) => filled(words.suspect, &[words.change(change), &regression.service]),
            None => filled(words.points_to, &[&regression.service]),
        };
        format!("{}<small>{}</small>", marked(&said, Some(false)), escaped(&cause))
    }
}
