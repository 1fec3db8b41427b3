//! What was recorded: the issues, and the money of all spins.

use std::fmt::Write;

use reelscope_page_api::telemetry::Frame;

use super::format::{brief, count, escaped};
use super::html::{Page, pairs_of};
use super::{ReportedIssue, TakeAway};

impl Page {
    pub(super) fn issues(&self, issues: &[ReportedIssue]) -> String {
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
            let stack: Vec<_> = frames.iter().map(line_of).collect();
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

    pub(super) fn money(&self, report: &TakeAway) -> String {
        let (words, money) = (self.words, &report.money);
        let observed = self.rtp(money.rtp_percent, money.rtp_band_percent, money.spins);
        let exact = format!("{} {}", words.exact, self.format.percent(money.exact_rtp_percent));
        let text = |value: String| escaped(&value);
        let rows = [
            (words.spins, text(self.format.number(count(money.spins), 0))),
            (words.staked, text(self.format.money(money.staked))),
            (words.paid_out, text(self.format.money(money.paid_out))),
            (words.rtp, format!("{observed}<small>{}</small>", escaped(&exact))),
            (words.failed_stakes, text(self.format.money(money.failed_stakes))),
        ];
        self.part(words.money, &pairs_of(&rows))
    }
}

/// A frame as a line of a stack.
fn line_of(frame: &Frame) -> String {
    let file = frame.file.as_deref().unwrap_or_default();
    let line = frame.line.map_or_else(String::new, |line| format!(":{line}"));
    format!("{}  {file}{line}", readable_name(frame))
}

/// The name of a function without the marks of a compiler. Code without a name, such as the body of an async function
/// (`{async_fn#0}`) or a closure, is named after its module.
fn readable_name(frame: &Frame) -> String {
    let module = frame.module.as_deref().and_then(|path| path.rsplit("::").next());
    let mut kinds = Vec::new();
    let mut name = Vec::new();
    for part in module.into_iter().chain(frame.function.split("::")) {
        match part.strip_prefix('{') {
            Some(unnamed) => kinds.push(kind_of(unnamed)),
            None => name.push(part),
        }
    }
    let is_named = kinds.is_empty() || !frame.function.starts_with('{');
    if is_named && module.is_some() {
        name.remove(0);
    }
    let name = name.join("::");
    match (name.as_str(), kinds.first()) {
        ("", Some(kind)) => kind.clone(),
        (_, Some(kind)) => format!("{name} ({kind})"),
        (_, None) => name,
    }
}

/// What the compiler calls a piece of code: `async_fn#0}` is an async fn.
fn kind_of(unnamed: &str) -> String {
    let word = unnamed.trim_matches(|letter| letter == '{' || letter == '}');
    let word = word.split('#').next().unwrap_or_default();
    word.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_have_names_that_a_person_reads() {
        for (module, function, name) in [
            (None, "settle", "settle"),
            (Some("shop::provider"), "settle", "settle"),
            (Some("shop::provider"), "{async_fn#0}", "provider (async fn)"),
            (None, "provider::{async_fn#0}", "provider (async fn)"),
            (Some("shop::provider"), "run::{{closure}}", "run (closure)"),
            (None, "{async_block#0}", "async block"),
            (None, "run::{closure#1}", "run (closure)"),
            (Some("shop"), "<impl Shop>::open", "<impl Shop>::open"),
        ] {
            let frame = Frame {
                function: function.to_owned(),
                module: module.map(str::to_owned),
                file: None,
                line: None,
                in_app: true,
                context_line: None,
                pre_context: Vec::new(),
                post_context: Vec::new(),
            };
            assert_eq!(readable_name(&frame), name, "{module:?} {function}");
        }
    }
}
