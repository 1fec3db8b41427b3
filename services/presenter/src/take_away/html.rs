//! The take-away as one HTML file: no script, nothing that is loaded, every text escaped.

use std::fmt::Write;

use super::TakeAway;
use super::calculator::calculator;
use super::format::{Format, count, escaped, ms};
use super::picture::picture;
use super::words::Words;
use crate::script::Unit;

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
        page.pairs(report),
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

/// Writes the parts of the file, each in one of the neighbouring files.
pub(super) struct Page {
    pub(super) words: &'static Words,
    pub(super) format: Format,
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

/// A text with a note below it, where there is one.
pub(super) fn noted(text: &str, note: &str) -> String {
    if note.is_empty() {
        return escaped(text);
    }
    format!("{}<small>{}</small>", escaped(text), escaped(note))
}

impl Page {
    pub(super) fn part(&self, title: &str, content: &str) -> String {
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
            let missing = match (&report.before, &report.after) {
                (None, _) => words.not_before,
                (_, None) => words.not_after,
                _ => "",
            };
            if !missing.is_empty() {
                let _ = writeln!(content, "<p class=\"dim\">{missing}</p>");
            }
        }
        self.part(words.waterfalls, &content)
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
            .map(|term| (term.term.as_str(), escaped(&term.meaning)))
            .collect();
        self.part(self.words.glossary, &pairs_of(&rows))
    }
}

/// Names with their values, which are markup.
pub(super) fn pairs_of(rows: &[(&str, String)]) -> String {
    let mut text = "<dl>\n".to_owned();
    for (name, value) in rows {
        let _ = writeln!(text, "<dt>{}</dt><dd>{value}</dd>", escaped(name));
    }
    text.push_str("</dl>\n");
    text
}
