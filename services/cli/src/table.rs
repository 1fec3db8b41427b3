//! Tables of figures, printed for a terminal or as Markdown.

use std::fmt::Write;

use crate::output::say;

/// A table of figures. The first cell of a row is its name.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    title: String,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// The form in which tables are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Text,
    Markdown,
}

impl Table {
    /// Creates an empty table.
    pub(crate) fn new(title: impl Into<String>, columns: &[&str]) -> Self {
        Self {
            title: title.into(),
            columns: columns.iter().map(ToString::to_string).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row with one cell per column; missing cells are empty.
    pub(crate) fn row(&mut self, name: impl Into<String>, cells: impl IntoIterator<Item = String>) {
        let mut row = vec![name.into()];
        row.extend(cells);
        row.resize(self.columns.len(), String::new());
        self.rows.push(row);
    }

    pub(crate) fn print(&self, format: Format) {
        let text = match format {
            Format::Text => self.text(),
            Format::Markdown => self.markdown(),
        };
        text.lines().for_each(|line| say!("{line}"));
    }

    /// Formats the table for a terminal: columns are aligned, figures to the right.
    fn text(&self) -> String {
        let mut text = format!("-- {}", self.title);
        let widths = self.widths();
        for row in std::iter::once(&self.columns).chain(&self.rows) {
            text.push_str("\n ");
            for (number, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let _ = match number {
                    0 => write!(text, " {cell:<width$}"),
                    _ => write!(text, "  {cell:>width$}"),
                };
            }
            text.truncate(text.trim_end().len());
        }
        text
    }

    fn widths(&self) -> Vec<usize> {
        let width = |column: usize| {
            let rows = std::iter::once(&self.columns).chain(&self.rows);
            rows.map(|row| row[column].chars().count()).max().unwrap_or(0)
        };
        (0..self.columns.len()).map(width).collect()
    }

    /// Formats the table as Markdown: <https://github.github.com/gfm/#tables-extension->.
    fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let mut text = format!("\n## {}\n\n{}", self.title, line(&self.columns));
        let rule: Vec<&str> = self.columns.iter().map(|_| "--:").collect();
        let _ = writeln!(text, "|{}|", rule.join("|").replacen("--:", "---", 1));
        for row in &self.rows {
            text.push_str(&line(row));
        }
        text.truncate(text.trim_end().len());
        text
    }
}

/// Formats a figure with `count` digits after the point, and a missing one as `–`.
pub(crate) fn digits(value: Option<f64>, count: usize) -> String {
    let value = value.filter(|value| value.is_finite());
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.count$}"))
}

/// Formats a figure as a multiple of the baseline.
pub(crate) fn ratio(value: Option<f64>, baseline: Option<f64>) -> String {
    let ratio = value
        .zip(baseline.filter(|baseline| *baseline > 0.0))
        .map(|(value, baseline)| value / baseline);
    digits(ratio, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new("spins", &["figure", "off", "on"]);
        table.row("p50 ms", [digits(Some(1.25), 1), digits(None, 1)]);
        table.row(
            "ratio",
            [ratio(Some(3.0), Some(2.0)), ratio(Some(3.0), Some(0.0))],
        );
        table
    }

    #[test]
    fn figures_stand_one_below_the_other() {
        let expected = "-- spins\n  figure   off  on\n  p50 ms   1.2   –\n  ratio   1.50   –";
        assert_eq!(table().text(), expected);
    }

    #[test]
    fn a_document_has_the_same_cells() {
        let expected =
            "\n## spins\n\n| figure | off | on |\n|---|--:|--:|\n| p50 ms | 1.2 | – |\n| ratio | 1.50 | – |";
        assert_eq!(table().markdown(), expected);
    }
}
