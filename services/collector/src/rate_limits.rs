//! Which categories Sentry does not take at the moment. Pure: times are passed in.
//!
//! Source: <https://develop.sentry.dev/sdk/foundations/transport/rate-limiting/>. A limit never drops anything
//! here; it only says until when to hold.

use std::collections::BTreeMap;

use reelscope_contracts::UnixMillis;

use crate::category::Categories;

/// How long a 429 without any header holds everything, in seconds.
const DEFAULT_SECONDS: u64 = 60;
/// Longest limit that is believed, in seconds: a day.
const MAX_SECONDS: u64 = 24 * 60 * 60;

/// The limits of one destination.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RateLimits {
    /// Ends by category bit.
    ends: BTreeMap<u32, UnixMillis>,
    /// End of the limit on everything.
    all: UnixMillis,
}

impl RateLimits {
    /// Takes in an answer: `limits` is `X-Sentry-Rate-Limits`, `retry_after` is `Retry-After`. A 429 without the
    /// first limits everything for the second, or for a minute.
    pub fn learn(&mut self, status: u16, limits: Option<&str>, retry_after: Option<&str>, now: UnixMillis) {
        match limits.map(str::trim).filter(|limits| !limits.is_empty()) {
            Some(limits) => limits.split(',').for_each(|limit| self.learn_one(limit, now)),
            None if status == 429 => {
                let seconds = retry_after.and_then(seconds).unwrap_or(DEFAULT_SECONDS);
                self.all = self.all.max(after(now, seconds));
            }
            None => {}
        }
    }

    /// `seconds:categories:scope:reason…`, of which the first two matter here. Empty categories mean all; unknown
    /// ones are not for us.
    fn learn_one(&mut self, limit: &str, now: UnixMillis) {
        let mut parts = limit.split(':');
        let Some(seconds) = parts.next().and_then(seconds) else {
            return;
        };
        let until = after(now, seconds);
        let categories = parts.next().unwrap_or("").trim();
        if categories.is_empty() {
            self.all = self.all.max(until);
        }
        for category in categories
            .split(';')
            .filter_map(|name| Categories::named(name.trim()))
        {
            let end = self.ends.entry(category.bits()).or_insert(until);
            *end = until.max(*end);
        }
    }

    /// Until when an envelope with these categories is held; `None` when it may go. One limited category holds
    /// the whole envelope, since it is sent whole.
    #[must_use]
    pub fn held_until(&self, categories: Categories, now: UnixMillis) -> Option<UnixMillis> {
        let of_categories = self
            .ends
            .iter()
            .filter(|(bits, _)| categories.meets(Categories::from_bits(**bits)))
            .map(|(_, end)| *end);
        of_categories.chain([self.all]).filter(|end| *end > now).max()
    }

    /// The limits in force: category or `all`, and when it ends.
    #[must_use]
    pub fn active(&self, now: UnixMillis) -> Vec<(&'static str, UnixMillis)> {
        let named = self.ends.iter().flat_map(|(bits, end)| {
            let names = Categories::from_bits(*bits).each();
            names.map(|(_, name)| (name, *end))
        });
        [("all", self.all)]
            .into_iter()
            .chain(named)
            .filter(|(_, end)| *end > now)
            .collect()
    }
}

/// Whole or fractional seconds, rounded up. A date, which `Retry-After` may also be, is not understood and counts
/// as absent.
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

fn after(now: UnixMillis, seconds: u64) -> UnixMillis {
    now.saturating_add(i64::try_from(seconds.saturating_mul(1_000)).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(status: u16, limits: Option<&str>, retry_after: Option<&str>, expected: &[(&str, i64)]) {
        let mut learned = RateLimits::default();
        learned.learn(status, limits, retry_after, 1_000);
        assert_eq!(
            learned.active(1_000),
            expected,
            "{status} {limits:?} {retry_after:?}"
        );
    }

    #[test]
    fn both_forms_of_the_headers() {
        check(
            200,
            Some("60:transaction:organization:quota"),
            None,
            &[("transaction", 61_000)],
        );
        check(
            429,
            Some("60:error;transaction:key, 2700:default;attachment:organization:x:y"),
            Some("5"),
            &[
                ("default", 2_701_000),
                ("error", 61_000),
                ("transaction", 61_000),
                ("attachment", 2_701_000),
            ],
        );
        check(200, Some("10::organization"), None, &[("all", 11_000)]);
        check(200, Some("10"), None, &[("all", 11_000)]);
        check(429, None, Some("7"), &[("all", 8_000)]);
        check(429, None, Some("1.5"), &[("all", 3_000)]);
        check(429, None, None, &[("all", 61_000)]);
        check(
            429,
            None,
            Some("Wed, 21 Oct 2026 07:28:00 GMT"),
            &[("all", 61_000)],
        );
        check(200, None, Some("7"), &[]);
        check(
            200,
            Some("soon:error:x, 5:log_byte:key"),
            None,
            &[("log_item", 6_000)],
        );
        check(200, Some("60:unheard_of:x"), None, &[]);
        check(
            200,
            Some("99999999999999:error:x"),
            None,
            &[("error", 86_401_000)],
        );
    }

    #[test]
    fn one_limited_category_holds_the_envelope() {
        let mut limits = RateLimits::default();
        limits.learn(200, Some("60:attachment:x"), None, 0);
        let attachment = Categories::of_item("attachment");
        assert_eq!(limits.held_until(Categories::ERROR, 0), None);
        assert_eq!(
            limits.held_until(Categories::ERROR.with(attachment), 0),
            Some(60_000)
        );
        assert_eq!(
            limits.held_until(Categories::ERROR.with(attachment), 60_000),
            None
        );
    }

    proptest! {
        #[test]
        fn no_header_panics(limits in ".*", after in ".*", now in any::<i64>()) {
            let mut learned = RateLimits::default();
            learned.learn(429, Some(&limits), Some(&after), now);
            learned.learn(429, None, Some(&after), now);
            let _ = learned.active(now);
        }
    }
}
