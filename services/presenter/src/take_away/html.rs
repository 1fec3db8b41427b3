//! The take-away as one HTML file: no script, nothing that is loaded, every text escaped.

use std::fmt::Write;

use reelscope_demo::wire::{BeforeAfter, Figures};

use super::calculator::calculator;
use super::format::{Format, brief, count, escaped, ms};
use super::picture::picture;
use super::words::Words;
use super::{ReportedIssue, TakeAway};
use crate::script::Unit;
use crate::wire::{ClaimVerdict, FixVerdict};

/// The content security policy of the file: styles of its own and pictures within it.
pub const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
const STYLE: &str = include_str!("style.css");

/// Returns the take-away as HTML.
#[must_use]
pub fn html(report: &TakeAway) -> String {
    let page = Page {
        words: Words::of(report.language),
        format: Format(report.language),
    };
    let parts = [
        page.head(report),
        page.pairs(&report.pairs),
        page.fixes(report),
        page.claims(report),
        page.waterfalls(report),
        page.issues(&report.issues),
        page.money(report),
        page.releases(report),
        page.cost(report),
        page.calculator(report),
        page.questions(report),
        page.glossary(report),
    ];
    let lang = page.words.language.code();
    let title = escaped(&report.title);
    let body = parts.concat();
    let footer = page.words.footer;
    format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n{body}<footer>{footer}</footer>\n</body>\n</html>\n"
    )
}

struct Page {
    words: &'static Words,
    format: Format,
}

/// A table; the first column is text, the others have the class `n` where their heads say so.
pub(super) fn table(heads: &[(&str, &str)], rows: &[Vec<String>]) -> String {
    let mut text = "<table>\n<thead><tr>".to_owned();
    for (head, class) in heads {
        let _ = write!(text, "<th class=\"{class}\">{}</th>", escaped(head));
    }
    text.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        text.push_str("<tr>");
        for (cell, (_, class)) in row.iter().zip(heads) {
            let _ = write!(text, "<td class=\"{class}\">{cell}</td>");
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</tbody>\n</table>\n");
    text
}

/// A text that says something good, bad or neither.
pub(super) fn marked(text: &str, is_good: Option<bool>) -> String {
    let class = match is_good {
        Some(true) => "good",
        Some(false) => "bad",
        None => "dim",
    };
    format!("<span class=\"{class}\">{}</span>", escaped(text))
}

impl Page {
    fn part(&self, title: &str, content: &str) -> String {
        let content = if content.is_empty() {
            format!("<p class=\"dim\">{}</p>\n", self.words.nothing)
        } else {
            content.to_owned()
        };
        format!("<section>\n<h2>{}</h2>\n{content}</section>\n", escaped(title))
    }

    fn head(&self, report: &TakeAway) -> String {
        let customer = &report.customer;
        let logo = customer.logo.as_deref().map_or_else(String::new, |logo| {
            format!("<img src=\"{}\" alt=\"\">", escaped(logo))
        });
        let mut below = self.format.time(report.at);
        if !customer.name.is_empty() {
            below = format!("{} {} · {below}", self.words.made_for, customer.name);
        }
        let (title, below) = (escaped(&report.title), escaped(&below));
        format!("<header>{logo}<div><h1>{title}</h1><p class=\"dim\">{below}</p></div></header>\n")
    }

    fn pairs(&self, pairs: &[BeforeAfter]) -> String {
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
        let row = |name: &str, side: &str, figures: &Figures| {
            vec![
                escaped(name),
                escaped(side),
                self.format.number(count(figures.spins), 0),
                self.format.ms(figures.p50_ms),
                self.format.ms(figures.p95_ms),
                self.format.percent(figures.error_rate_percent),
                self.format.money(figures.failed_minor),
            ]
        };
        let mut rows = Vec::new();
        for pair in pairs {
            let mut name = words.compared(pair.problem);
            let sides = [(words.before, &pair.before), (words.after, &pair.after)];
            for (side, figures) in sides
                .into_iter()
                .filter_map(|(side, of)| Some((side, of.as_ref()?)))
            {
                rows.push(row(name, side, figures));
                name = "";
            }
        }
        let content = if rows.is_empty() {
            String::new()
        } else {
            table(&heads, &rows)
        };
        self.part(words.at_a_glance, &content)
    }

    /// Both on one scale, so that the shorter one is seen to be shorter.
    fn waterfalls(&self, report: &TakeAway) -> String {
        let words = self.words;
        let both = [(words.before, &report.before), (words.after, &report.after)];
        let shown: Vec<_> = both
            .into_iter()
            .filter_map(|(side, trace)| Some((side, trace.as_ref()?)))
            .collect();
        let scale = shown.iter().map(|(_, trace)| trace.length_us).max().unwrap_or(1);
        let mut content = String::new();
        for (side, trace) in shown {
            let waited = self.format.ms(ms(trace.waited_us));
            let title = format!("{side}: {} {waited}", words.waited.to_lowercase());
            let _ = writeln!(content, "<figure><h3>{}</h3>", escaped(&title));
            content.push_str(&picture(self.format, trace, scale.max(1)));
            let left_out = match trace.left_out {
                0 => String::new(),
                count => format!(" · {count} {}", words.left_out),
            };
            let below = format!("{}{left_out}", trace.trace_id);
            let _ = writeln!(content, "<figcaption>{}</figcaption></figure>", escaped(&below));
        }
        if !content.is_empty() {
            content = format!("<div class=\"waterfalls\">\n{content}</div>\n");
        }
        self.part(words.waterfalls, &content)
    }

    fn fixes(&self, report: &TakeAway) -> String {
        let words = self.words;
        let heads = [
            (words.problem, ""),
            ("", ""),
            (words.before, "n"),
            (words.after, "n"),
            (words.verdict, ""),
        ];
        let rows: Vec<_> = report
            .fixes
            .iter()
            .map(|fix| {
                let is_good = match fix.verdict {
                    FixVerdict::Helped => Some(true),
                    FixVerdict::DidNotHelp => Some(false),
                    FixVerdict::TooFew => None,
                };
                vec![
                    escaped(words.problem(fix.problem)),
                    escaped(words.state(fix.state)),
                    self.format.maybe(fix.before, fix.unit),
                    self.format.maybe(fix.after, fix.unit),
                    marked(words.fix_verdict(fix.verdict), is_good),
                ]
            })
            .collect();
        self.part(words.fixes, &table(&heads, &rows))
    }

    fn claims(&self, report: &TakeAway) -> String {
        let words = self.words;
        let heads = [
            (words.figure, ""),
            (words.stated, "n"),
            (words.holds, "n"),
            (words.measured, "n"),
            (words.spins, "n"),
            (words.verdict, ""),
        ];
        let rows: Vec<_> = report
            .claims
            .iter()
            .map(|claim| {
                let state = &claim.state;
                let is_good = match state.verdict {
                    ClaimVerdict::BorneOut => Some(true),
                    ClaimVerdict::NotBorneOut => Some(false),
                    ClaimVerdict::TooFew => None,
                };
                vec![
                    escaped(&claim.label),
                    self.format.range(claim.stated, state.unit),
                    self.format.range(claim.holds, state.unit),
                    self.format.maybe(state.measured, state.unit),
                    self.format.number(count(state.spins), 0),
                    marked(words.claim_verdict(state.verdict), is_good),
                ]
            })
            .collect();
        self.part(words.claims, &table(&heads, &rows))
    }

    fn issues(&self, issues: &[ReportedIssue]) -> String {
        let words = self.words;
        let mut content = String::new();
        for ReportedIssue { issue, frames } in issues {
            let mut below = format!(
                "{} · {}: {} · {}: {}",
                issue.services.join(", "),
                words.events,
                self.format.number(count(issue.events), 0),
                words.players,
                self.format.number(count(issue.players), 0),
            );
            if let Some(share) = &issue.share {
                let percent = 100.0 * count(share.failed) / count(share.requests.max(1));
                let _ = write!(
                    below,
                    " · {} {} {}",
                    self.format.percent(percent),
                    words.share,
                    share.transaction
                );
            }
            let stack: Vec<_> = frames
                .iter()
                .map(|frame| {
                    let file = frame.file.as_deref().unwrap_or_default();
                    let line = frame.line.map_or_else(String::new, |line| format!(":{line}"));
                    format!("{}  {file}{line}", frame.function)
                })
                .collect();
            let _ = writeln!(
                content,
                "<div class=\"issue\"><h3>{}: {}</h3><p class=\"dim\">{}</p><pre>{}</pre></div>",
                escaped(&issue.kind),
                escaped(&brief(&issue.value, 300)),
                escaped(&below),
                escaped(&stack.join("\n")),
            );
        }
        self.part(words.issues, &content)
    }

    fn money(&self, report: &TakeAway) -> String {
        let (words, money) = (self.words, &report.money);
        let band = money
            .rtp_band_percent
            .map_or_else(String::new, |band| format!(" ± {}", self.format.percent(band)));
        let rtp = format!(
            "{}{band} ({} {})",
            self.format.maybe(money.rtp_percent, Unit::Percent),
            words.exact,
            self.format.percent(money.exact_rtp_percent),
        );
        let rows = [
            (words.spins, self.format.number(count(money.spins), 0)),
            (words.staked, self.format.money(money.staked)),
            (words.paid_out, self.format.money(money.paid_out)),
            (words.rtp, rtp),
            (words.failed_stakes, self.format.money(money.failed_stakes)),
        ];
        self.part(words.money, &pairs_of(&rows))
    }

    fn releases(&self, report: &TakeAway) -> String {
        let words = self.words;
        let heads = [
            (words.release, ""),
            (words.changes, ""),
            (words.spins, "n"),
            (words.p95, "n"),
            (words.failed_spins, "n"),
            (words.rtp, "n"),
            ("", ""),
        ];
        let rows: Vec<_> = report
            .releases
            .iter()
            .map(|release| {
                let regressed = !release.regressions.is_empty();
                vec![
                    escaped(&release.release),
                    escaped(&release.changes.join(", ")),
                    self.format.number(count(release.figures.spins), 0),
                    self.format.ms(release.figures.p95_ms),
                    self.format.percent(release.figures.error_rate_percent),
                    self.format.maybe(release.rtp_percent, Unit::Percent),
                    if regressed {
                        marked(words.regression, Some(false))
                    } else {
                        String::new()
                    },
                ]
            })
            .collect();
        let content = if rows.is_empty() {
            String::new()
        } else {
            table(&heads, &rows)
        };
        self.part(words.releases, &content)
    }

    fn cost(&self, report: &TakeAway) -> String {
        let words = self.words;
        let Some(cost) = report.cost else {
            return self.part(
                words.cost,
                &format!("<p class=\"dim\">{}</p>\n", words.not_measured),
            );
        };
        let rows = [
            (words.cpu_per_spin, self.format.maybe(cost.cpu_ms, Unit::Ms)),
            (words.added_wait, self.format.ms(cost.p50_ms)),
            (
                words.bytes_per_spin,
                self.format.value(cost.bytes_per_spin, Unit::Bytes),
            ),
            (words.spins, self.format.number(count(cost.spins), 0)),
        ];
        self.part(words.cost, &pairs_of(&rows))
    }

    fn calculator(&self, report: &TakeAway) -> String {
        let content = calculator(self.words, self.format, &report.calculator);
        self.part(self.words.calculator, &content)
    }

    fn questions(&self, report: &TakeAway) -> String {
        let mut content = String::new();
        for question in &report.questions {
            let _ = writeln!(
                content,
                "<h3>{}</h3><p>{}</p><p class=\"dim\">{}: {}</p>",
                escaped(&question.question),
                escaped(&question.answer),
                self.words.source,
                escaped(&question.source),
            );
        }
        if content.is_empty() {
            return content;
        }
        self.part(self.words.questions, &content)
    }

    fn glossary(&self, report: &TakeAway) -> String {
        let terms = report.glossary.iter();
        let rows: Vec<_> = terms
            .map(|term| (term.term.as_str(), term.meaning.clone()))
            .collect();
        self.part(self.words.glossary, &pairs_of(&rows))
    }
}

/// Names with their values.
fn pairs_of(rows: &[(&str, String)]) -> String {
    let mut text = "<dl>\n".to_owned();
    for (name, value) in rows {
        let _ = writeln!(text, "<dt>{}</dt><dd>{}</dd>", escaped(name), escaped(value));
    }
    text.push_str("</dl>\n");
    text
}
