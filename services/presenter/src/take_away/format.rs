//! Numbers as the languages write them, and text that cannot become markup.

use reelscope_contracts::{Money, UnixMillis, rfc3339};
use reelscope_page_api::telemetry::Micros;

use crate::script::{Range, ScriptLanguage, Unit};

/// Writes for one language.
#[derive(Clone, Copy)]
pub(super) struct Format(pub(super) ScriptLanguage);

/// A space at which no line breaks.
const NBSP: char = '\u{a0}';
const NOTHING: &str = "–";
/// A smaller amount of money, in major units, is written with its small change.
pub(super) const SMALL_AMOUNT: f64 = 100.0;

impl Format {
    /// A number with this many decimals, thousands apart.
    pub(super) fn number(self, value: f64, decimals: usize) -> String {
        let (thousands, point) = match self.0 {
            ScriptLanguage::En => (',', '.'),
            ScriptLanguage::Ru => (NBSP, ','),
        };
        let text = format!("{:.decimals$}", value.abs());
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let mut written = String::new();
        if value < 0.0 && text.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) {
            written.push('−');
        }
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                written.push(thousands);
            }
            written.push(digit);
        }
        if !part.is_empty() {
            written.push(point);
            written.push_str(part);
        }
        written
    }

    /// Milliseconds, or seconds from one second on.
    pub(super) fn ms(self, value: f64) -> String {
        self.time_of(value, |number, decimals| self.number(number, decimals))
    }

    /// A time whose number is written with the decimals that a measured one has.
    fn time_of(self, ms: f64, written: impl Fn(f64, usize) -> String) -> String {
        let (millisecond, second) = match self.0 {
            ScriptLanguage::En => ("ms", "s"),
            ScriptLanguage::Ru => ("мс", "с"),
        };
        if ms.abs() >= 1_000.0 {
            format!("{}{NBSP}{second}", written(ms / 1e3, 2))
        } else {
            let decimals = if ms.abs() < 10.0 { 2 } else { 0 };
            format!("{}{NBSP}{millisecond}", written(ms, decimals))
        }
    }

    /// A number with at most two decimals, and no more than it needs.
    pub(super) fn trimmed(self, value: f64) -> String {
        let needs = |decimals: i32| {
            let scaled = value * 10_f64.powi(decimals);
            (scaled - scaled.round()).abs() > 1e-6
        };
        let decimals = if !needs(0) {
            0
        } else if needs(1) {
            2
        } else {
            1
        };
        self.number(value, decimals)
    }

    /// Percent.
    pub(super) fn percent(self, value: f64) -> String {
        self.with_percent(&self.number(value, 1))
    }

    /// A written number as percent.
    pub(super) fn with_percent(self, number: &str) -> String {
        match self.0 {
            ScriptLanguage::En => format!("{number}%"),
            ScriptLanguage::Ru => format!("{number}{NBSP}%"),
        }
    }

    /// Money of the demo, which is played in roubles; the sign comes last in every language, as on the page.
    pub(super) fn money(self, value: Money) -> String {
        format!("{}{NBSP}₽", self.number(value.major(), 2))
    }

    /// Money without its small change, of which a large amount needs none.
    pub(super) fn whole_money(self, value: Money) -> String {
        let major = value.major();
        let decimals = if major.abs() < SMALL_AMOUNT { 2 } else { 0 };
        format!("{}{NBSP}₽", self.number(major, decimals))
    }

    /// A value in its unit.
    pub(super) fn value(self, value: f64, unit: Unit) -> String {
        match unit {
            Unit::Ms => self.ms(value),
            Unit::Percent => self.percent(value),
            Unit::Count => self.number(value, 0),
            Unit::Bytes => {
                let kilobytes = match self.0 {
                    ScriptLanguage::En => "kB",
                    ScriptLanguage::Ru => "кБ",
                };
                format!("{}{NBSP}{kilobytes}", self.number(value / 1e3, 1))
            }
        }
    }

    /// A value that may be absent.
    pub(super) fn maybe(self, value: Option<f64>, unit: Unit) -> String {
        value.map_or_else(|| NOTHING.to_owned(), |value| self.value(value, unit))
    }

    /// A stated value, with no digits that are not stated.
    fn stated(self, value: f64, unit: Unit) -> String {
        match unit {
            Unit::Ms => self.time_of(value, |number, _| self.trimmed(number)),
            Unit::Percent => self.with_percent(&self.trimmed(value)),
            Unit::Count | Unit::Bytes => self.value(value, unit),
        }
    }

    /// A stated range in its unit.
    pub(super) fn range(self, range: Range, unit: Unit) -> String {
        let [from, to] = [range.from, range.to].map(|end| end.map(|end| self.stated(end, unit)));
        match (from, to) {
            (Some(from), Some(to)) if from == to => from,
            (Some(from), Some(to)) => format!("{from} – {to}"),
            (Some(from), None) => format!("≥{NBSP}{from}"),
            (None, Some(to)) => format!("≤{NBSP}{to}"),
            (None, None) => NOTHING.to_owned(),
        }
    }

    /// Day and time in UTC.
    pub(super) fn time(self, at: UnixMillis) -> String {
        let text = rfc3339(at);
        let (day, time) = text.split_once('T').unwrap_or((&text, ""));
        let time = time.get(..5).unwrap_or_default();
        match self.0 {
            ScriptLanguage::En => format!("{day} {time} UTC"),
            ScriptLanguage::Ru => {
                let mut parts = day.split('-');
                let (year, month, day) = (parts.next(), parts.next(), parts.next());
                let parts = [day, month, year].map(Option::unwrap_or_default);
                format!("{} {time} UTC", parts.join("."))
            }
        }
    }
}

/// Text as text of HTML, in elements and in quoted attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}

/// The first letters of a text.
pub(super) fn brief(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(most.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// A count as a number.
#[allow(clippy::cast_precision_loss)] // counts and times of a session stay far below 2^53
pub(super) fn count(value: u64) -> f64 {
    value as f64
}

/// Microseconds as milliseconds.
#[allow(clippy::cast_precision_loss)]
pub(super) fn ms(micros: Micros) -> f64 {
    micros as f64 / 1e3
}
