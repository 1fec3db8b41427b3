//! Rate limits of one destination. Pure: the caller passes the time.
//!
//! Source: <https://develop.sentry.dev/sdk/foundations/transport/rate-limiting/>. A limit never drops an envelope
//! here; it holds it. Limits are durations from the response on, so they end on the monotonic clock.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::part;
use crate::envelope::category::Categories;

/// Duration of the limit of a 429 that states none, in seconds.
const DEFAULT_SECONDS: u64 = 60;
/// Limit of a duration that is accepted, in seconds: a day.
const MAX_SECONDS: u64 = 24 * 60 * 60;

/// The limits of one destination.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RateLimits {
    /// End of the limit by the bits of its category.
    ends: BTreeMap<u32, Instant>,
    /// End of the limit on all categories.
    all: Option<Instant>,
    /// Categories that were limited and have not been accepted since; one request at a time tests them.
    doubted: Categories,
}

impl RateLimits {
    /// Applies a response to a request with the categories `sent`. `limits` is the header `X-Sentry-Rate-Limits`,
    /// `retry_after` is `Retry-After`. A 429 without the first header limits everything; one whose limits do not
    /// cover `sent` limits these categories.
    pub(crate) fn learn(
        &mut self,
        status: u16,
        limits: Option<&str>,
        retry_after: Option<&str>,
        sent: Categories,
        now: Instant,
    ) {
        let until = || after(now, retry_after.and_then(seconds).unwrap_or(DEFAULT_SECONDS));
        match limits.map(str::trim).filter(|limits| !limits.is_empty()) {
            Some(limits) => {
                limits.split(',').for_each(|limit| self.learn_one(limit, now));
                if status == 429 && !sent.is_empty() && !self.limited(now).meets(sent) {
                    sent.each()
                        .for_each(|(category, _)| self.limit(category, until()));
                }
            }
            None if status == 429 => self.limit_all(until()),
            None => {}
        }
        if status / 100 == 2 {
            self.trust(sent.without(self.limited(now)));
        }
    }

    /// Applies one limit, `seconds:categories:scope:reason…`; scope and reason do not matter here. Empty categories
    /// mean all; unknown ones are ignored.
    fn learn_one(&mut self, limit: &str, now: Instant) {
        let mut parts = limit.split(':');
        let Some(seconds) = parts.next().and_then(seconds) else {
            return;
        };
        let until = after(now, seconds);
        let categories = parts.next().unwrap_or("").trim();
        if categories.is_empty() {
            self.limit_all(until);
        }
        categories
            .split(';')
            .filter_map(|name| Categories::named(name.trim()))
            .for_each(|category| self.limit(category, until));
    }

    fn limit(&mut self, category: Categories, until: Instant) {
        let end = self.ends.entry(category.bits()).or_insert(until);
        *end = until.max(*end);
        self.doubted = self.doubted.with(category);
    }

    fn limit_all(&mut self, until: Instant) {
        self.all = self.all.max(Some(until));
        self.doubted = Categories::ALL;
    }

    /// Ends the doubt about accepted categories. After a limit on everything, any accepted category ends all doubt.
    fn trust(&mut self, taken: Categories) {
        self.doubted = match self.doubted {
            Categories::ALL if !taken.is_empty() => Categories::default(),
            doubted => doubted.without(taken),
        };
    }

    /// The categories that are limited at `now`.
    pub(crate) fn limited(&self, now: Instant) -> Categories {
        if self.all.is_some_and(|end| end > now) {
            return Categories::ALL;
        }
        let limited = self.ends.iter().filter(|(_, end)| **end > now);
        limited.fold(Categories::default(), |all, (bits, _)| {
            all.with(Categories::from_bits(*bits))
        })
    }

    /// The categories of a request with `sent` that it tests, and that no other request may contain meanwhile.
    pub(crate) fn asks_for(&self, sent: Categories) -> Categories {
        match self.doubted {
            Categories::ALL => Categories::ALL,
            doubted => doubted.of(sent),
        }
    }

    /// The end of the limits that hold all of `left`; `None` when some part may be sent now.
    pub(crate) fn held_until(&self, left: Categories, now: Instant) -> Option<Instant> {
        if part::free(left, self.limited(now)).is_some() {
            return None;
        }
        let end = |category: Categories| self.ends.get(&category.bits()).copied();
        let ends = left.each().map(|(category, _)| {
            // A companion also waits for the earliest of its events.
            let events = part::events_of(category, left);
            let event = events.each().map(|(event, _)| end(event)).min().flatten();
            end(category).max(event)
        });
        ends.min().flatten().max(self.all)
    }

    /// The limits in force: the name of a category or `all`, with the end.
    pub(crate) fn active(&self, now: Instant) -> Vec<(&'static str, Instant)> {
        let named = self.ends.iter().flat_map(|(bits, end)| {
            let names = Categories::from_bits(*bits).each();
            names.map(|(_, name)| (name, *end))
        });
        let all = self.all.map(|end| ("all", end));
        all.into_iter()
            .chain(named)
            .filter(|(_, end)| *end > now)
            .collect()
    }
}

/// Parses seconds and rounds fractions up. A date, which `Retry-After` allows, is ignored.
fn seconds(text: &str) -> Option<u64> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: u64 = whole.parse().ok()?;
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let up = u64::from(fraction.bytes().any(|b| b != b'0'));
    Some(whole.saturating_add(up).min(MAX_SECONDS))
}

fn after(now: Instant, seconds: u64) -> Instant {
    now + Duration::from_secs(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ERROR: Categories = Categories::ERROR;
    const TRANSACTION: Categories = Categories::TRANSACTION;
    const ATTACHMENT: Categories = Categories::ATTACHMENT;
    const NOTHING: Categories = Categories::from_bits(0);

    #[track_caller]
    fn check(status: u16, limits: Option<&str>, retry_after: Option<&str>, expected: &[(&str, u64)]) {
        let (mut learned, now) = (RateLimits::default(), Instant::now());
        learned.learn(status, limits, retry_after, ERROR, now);
        let active = learned.active(now).into_iter();
        let active: Vec<(&str, u64)> = active.map(|(name, end)| (name, (end - now).as_secs())).collect();
        assert_eq!(active, expected, "{status} {limits:?} {retry_after:?}");
    }

    #[test]
    fn both_forms_of_the_headers() {
        check(
            200,
            Some("60:transaction:organization:quota"),
            None,
            &[("transaction", 60)],
        );
        check(
            429,
            Some("60:error;transaction:key, 2700:default;attachment:organization:x:y"),
            Some("5"),
            &[
                ("default", 2_700),
                ("error", 60),
                ("transaction", 60),
                ("attachment", 2_700),
            ],
        );
        check(200, Some("10::organization"), None, &[("all", 10)]);
        check(200, Some("10"), None, &[("all", 10)]);
        check(429, None, Some("7"), &[("all", 7)]);
        check(429, None, Some("1.5"), &[("all", 2)]);
        check(429, None, None, &[("all", 60)]);
        check(429, None, Some("Wed, 21 Oct 2026 07:28:00 GMT"), &[("all", 60)]);
        check(200, None, Some("7"), &[]);
        check(
            200,
            Some("soon:error:x, 5:log_byte:key"),
            None,
            &[("log_item", 5)],
        );
        check(200, Some("60:unheard_of:x"), None, &[]);
        check(200, Some("99999999999999:error:x"), None, &[("error", 86_400)]);
    }

    #[test]
    fn a_429_whose_limits_spare_what_was_sent_limits_it() {
        check(429, Some("60:unheard_of:x"), Some("7"), &[("error", 7)]);
        check(429, Some("soon:error:x"), None, &[("error", 60)]);
        check(
            429,
            Some("9:transaction:x"),
            None,
            &[("error", 60), ("transaction", 9)],
        );
    }

    #[test]
    fn an_envelope_is_held_until_the_first_of_it_may_go() {
        let (mut limits, now) = (RateLimits::default(), Instant::now());
        limits.learn(200, Some("60:transaction:x, 10:attachment:x"), None, NOTHING, now);
        let until = |left, seconds| limits.held_until(left, now + Duration::from_secs(seconds));
        let end = |seconds| Some(now + Duration::from_secs(seconds));
        assert_eq!(until(ERROR.with(TRANSACTION), 0), None);
        assert_eq!(until(ERROR.with(ATTACHMENT), 0), None);
        assert_eq!(until(ATTACHMENT, 0), end(10));
        assert_eq!(until(ATTACHMENT, 10), None);
        // Without its event it is not sent.
        assert_eq!(until(TRANSACTION.with(ATTACHMENT), 0), end(60));
        assert_eq!(until(TRANSACTION.with(ATTACHMENT), 59), end(60));
        assert_eq!(until(TRANSACTION.with(ATTACHMENT), 60), None);
        assert_eq!(until(NOTHING, 0), None);
        let mut limits = limits.clone();
        limits.learn(429, None, Some("30"), ERROR, now);
        for (left, seconds) in [(ERROR, 30), (ATTACHMENT, 30), (TRANSACTION, 60), (NOTHING, 30)] {
            assert_eq!(limits.held_until(left, now), end(seconds), "{left:?}");
        }
    }

    #[test]
    fn what_was_limited_is_asked_for_by_one_request_until_it_is_taken() {
        let (mut limits, now) = (RateLimits::default(), Instant::now());
        let later = now + Duration::from_secs(10);
        let sent = ERROR.with(TRANSACTION);
        assert_eq!(limits.asks_for(sent), NOTHING);
        limits.learn(429, Some("10:transaction:x"), None, sent, now);
        assert_eq!(limits.asks_for(sent), TRANSACTION);
        // This request was under way before the limit.
        limits.learn(200, None, None, TRANSACTION, now);
        assert_eq!(limits.asks_for(sent), TRANSACTION);
        limits.learn(200, None, None, TRANSACTION, later);
        assert_eq!(limits.asks_for(sent), NOTHING);
        limits.learn(429, None, Some("1"), ERROR, now);
        assert_eq!(limits.asks_for(TRANSACTION), Categories::ALL);
        limits.learn(200, None, None, TRANSACTION, later);
        assert_eq!(limits.asks_for(ERROR), NOTHING);
    }

    proptest! {
        #[test]
        fn no_header_panics(limits in ".*", after in ".*", sent in any::<u32>()) {
            let (mut learned, now) = (RateLimits::default(), Instant::now());
            let sent = Categories::from_bits(sent);
            learned.learn(429, Some(&limits), Some(&after), sent, now);
            learned.learn(429, None, Some(&after), sent, now);
            let _ = (learned.active(now), learned.held_until(sent, now));
        }
    }
}
