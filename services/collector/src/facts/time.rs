//! Reads the times of a payload and corrects them to the collector's clock.
//!
//! A wrong clock is corrected as Relay does (`relay-event-normalization/src/clock_drift.rs`): when an envelope's
//! `sent_at` differs from its arrival by at least 55 minutes, all of its times are shifted by the difference. An
//! item from the future is shifted so that it happens at its arrival. A time that is implausible after that counts
//! as absent.

use reelscope_page_api::telemetry::{Micros, Span};
use serde_json::Value;

use super::Source;
use crate::slot::EXTERNAL;

const SECOND: Micros = 1_000_000;
/// The smallest difference of clocks that is corrected, in microseconds: more than a network needs, and less than a
/// time zone.
const LEAST_DRIFT: Micros = 55 * 60 * SECOND;
/// How far ahead of the clock a time may be, in microseconds.
const MOST_AHEAD: Micros = 60 * SECOND;
/// Start of the year 2000, in microseconds. A clock that was never set starts in 1970, before any SDK.
const EARLIEST: Micros = 946_684_800 * SECOND;

/// The oddity of a span without a time of its own.
pub(crate) const MISSING_TIME: &str = "missing_time";
const MISSING_START: &str = "missing_start";
const MISSING_END: &str = "missing_end";
const CORRECTED: &str = "clock_corrected";

/// Whether a span lacks its start or its end, so that nobody knows how long it lasted.
pub(crate) fn is_without_length(span: &Span) -> bool {
    let missing = [MISSING_TIME, MISSING_START, MISSING_END];
    span.oddities
        .iter()
        .any(|oddity| missing.contains(&oddity.as_str()))
}

/// The correction of times.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    received: Micros,
    /// The shift of every time, in microseconds.
    shift: Micros,
    /// The earliest plausible time.
    earliest: Micros,
    /// Time of sending in the header, otherwise that of arrival.
    sent: Micros,
}

impl Clock {
    /// The correction of an envelope, by the time of sending in its header.
    pub(super) fn of(source: Source<'_>, sent_at: Option<Micros>) -> Self {
        let received = source.received_us;
        let drift = sent_at.map_or(0, |sent_at| received.saturating_sub(sent_at));
        Self {
            received,
            sent: sent_at.unwrap_or(received),
            shift: if drift.saturating_abs() >= LEAST_DRIFT {
                drift
            } else {
                0
            },
            // Our own services use the collector's clock, so their times are accepted.
            earliest: if source.slot == EXTERNAL {
                EARLIEST.min(received)
            } else {
                1
            },
        }
    }

    /// The correction of an item that happened at `at`.
    pub(super) fn of_item(self, at: Option<&Value>) -> Self {
        let ahead = self.shifted(at).map_or(0, |at| at.saturating_sub(self.received));
        Self {
            shift: if ahead > MOST_AHEAD {
                self.shift.saturating_sub(ahead)
            } else {
                self.shift
            },
            ..self
        }
    }

    /// A time as it was sent; a corrected one differs each time that the envelope is sent. For what is no time, the time
    /// of sending.
    pub(super) fn told(self, value: Option<&Value>) -> Micros {
        value.and_then(micros).unwrap_or(self.sent)
    }

    fn shifted(self, value: Option<&Value>) -> Option<Micros> {
        let at = value.and_then(micros).filter(|at| *at > 0)?;
        Some(at.saturating_add(self.shift))
    }

    /// Reads a time; `None` where it is absent or implausible.
    pub(super) fn time(self, value: Option<&Value>) -> Option<Micros> {
        let latest = self.received.saturating_add(MOST_AHEAD);
        self.shifted(value)
            .filter(|at| (self.earliest..=latest).contains(at))
    }

    /// The time of an event, whether it is the time of arrival instead, and whether it is corrected.
    pub(super) fn moment(self, value: Option<&Value>) -> (Micros, bool, bool) {
        match self.time(value) {
            Some(at) => (at, false, self.shift != 0),
            None => (self.received, true, false),
        }
    }

    /// Start and end of a span; adds what is odd about them.
    pub(super) fn interval(self, times: [&Value; 2], oddities: &mut Vec<String>) -> (Micros, Micros) {
        let (start, end) = match times.map(|time| self.time(Some(time))) {
            [Some(start), Some(end)] => (start, end),
            [Some(start), None] => {
                oddities.push(MISSING_END.to_owned());
                (start, start)
            }
            [None, Some(end)] => {
                oddities.push(MISSING_START.to_owned());
                (end, end)
            }
            [None, None] => {
                oddities.push(MISSING_TIME.to_owned());
                return (self.received, self.received);
            }
        };
        if self.shift != 0 {
            oddities.push(CORRECTED.to_owned());
        }
        if end < start {
            oddities.push("negative_duration".to_owned());
        }
        (start, end)
    }
}

/// Parses the time of sending in a header.
pub(super) fn sent_at(text: &str) -> Option<Micros> {
    micros(&Value::from(text)).filter(|at| *at > 0)
}

/// Parses a time as SDKs write it, seconds as a number or RFC 3339 as text, to microseconds.
fn micros(value: &Value) -> Option<Micros> {
    match value {
        Value::Number(number) => number.as_f64().and_then(whole_micros),
        Value::String(text) => match text.trim().parse::<f64>() {
            Ok(seconds) => whole_micros(seconds),
            Err(_) => rfc3339_micros(text.trim()),
        },
        _ => None,
    }
}

/// Parses RFC 3339. Some SDKs omit the zone and mean UTC.
fn rfc3339_micros(text: &str) -> Option<Micros> {
    let parse = |text: &str| text.parse::<jiff::Timestamp>().ok();
    parse(text)
        .or_else(|| parse(&format!("{text}Z")))
        .map(jiff::Timestamp::as_microsecond)
}

fn whole_micros(seconds: f64) -> Option<Micros> {
    /// The year 9999; a value beyond it, in either direction, is no time.
    const MOST: f64 = 253_402_300_800.0;
    // Rounded and bounded, so the cast loses nothing.
    #[allow(clippy::cast_possible_truncation)]
    (seconds.abs() < MOST).then(|| (seconds * 1e6).round() as Micros)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Arrival of `Source::external`, in seconds.
    const CAME: i64 = 1_764_000_000;

    fn check(text: &str, expected: Option<Micros>) {
        assert_eq!(micros(&serde_json::from_str(text).unwrap()), expected, "{text}");
    }

    #[test]
    fn times_as_sdks_write_them() {
        check("1764000000.5", Some(1_764_000_000_500_000));
        check("\"1764000000.5\"", Some(1_764_000_000_500_000));
        check("\"2025-11-24T16:00:00.000001Z\"", Some(1_764_000_000_000_001));
        check("\"2025-11-24T16:00:00\"", Some(1_764_000_000_000_000));
        check("\"2025-11-24 16:00:00\"", Some(1_764_000_000_000_000));
        check("\"2025-11-24T18:00:00+02:00\"", Some(1_764_000_000_000_000));
        check("1e300", None);
        check("\"NaN\"", None);
        check("\"soon\"", None);
        check("null", None);
    }

    /// Reads a time of an envelope that was sent `late` seconds before its arrival; returns seconds after the
    /// arrival.
    fn read(value: &str, late: Option<i64>) -> Option<i64> {
        let value: Value = serde_json::from_str(value).unwrap();
        let sent_at = late.map(|late| (CAME - late) * SECOND);
        let clock = Clock::of(Source::external(1), sent_at).of_item(Some(&value));
        let (at, is_received, _) = clock.moment(Some(&value));
        (!is_received).then(|| at / SECOND - CAME)
    }

    #[test]
    fn what_cannot_be_a_time_is_none() {
        for odd in [
            "null",
            "0",
            "-5",
            "12",
            "\"\"",
            "\"0001-01-01T00:00:00Z\"",
            "\"1970-01-01T00:01:30Z\"",
            "\"10:00\"",
            "1764000000000",
            "1764000000000000000",
            "\"NaN\"",
            "{}",
            "[]",
            "true",
        ] {
            assert_eq!(read(odd, None), None, "{odd}");
            assert_eq!(read(odd, Some(30)), None, "{odd}");
        }
        assert_eq!(read("1763999990", None), Some(-10));
        assert_eq!(read("1764000059", None), Some(59));
        assert_eq!(read("1577836800", None), Some(1_577_836_800 - CAME));
    }

    #[test]
    fn a_clock_that_is_off_is_corrected_by_when_it_was_sent() {
        // Behind by a day, and ahead by two hours; each ten seconds before it was sent.
        assert_eq!(read("1763913590", Some(86_400)), Some(-10));
        assert_eq!(read("1764007190", Some(-7_200)), Some(-10));
        // A clock that was never set but runs.
        assert_eq!(read("20", Some(CAME - 30)), Some(-10));
        // A smaller difference is the time of transmission.
        assert_eq!(read("1763996710", Some(3_299)), Some(-3_290));
        assert_eq!(read("1763996690", Some(3_300)), Some(-10));
        // Without a time of sending, an event of the future happens at its arrival.
        assert_eq!(read("1764000061", None), Some(0));
        assert_eq!(read("\"9999-01-01T00:00:00Z\"", None), Some(0));
    }
}
