//! The headers that carry a trace from service to service: `sentry-trace`, which the SDK reads and writes, and
//! `baggage`, which the SDK does not forward.
//!
//! The service that begins a trace, its head, freezes the inputs of the sampling decision into `sentry-*` members
//! of the baggage. Every later service forwards them unchanged and repeats them in the header of its envelopes, so
//! that Sentry decides about the whole trace at once
//! (<https://develop.sentry.dev/sdk/telemetry/traces/dynamic-sampling-context/>).
//!
//! A reply carries one header back, which keeps a failure from being reported twice in its trace.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use http::HeaderMap;
use parking_lot::Mutex;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serializer as _;

pub(crate) const SENTRY_TRACE: &str = "sentry-trace";
pub(crate) const BAGGAGE: &str = "baggage";
/// Header of a reply whose failure has been reported by the service that it happened in.
pub(crate) const REPORTED: &str = "x-reelscope-reported";

/// Limit of the baggage in bytes; longer baggage is not forwarded. W3C Baggage §3.3.2 asks for at least 8,192.
const LONGEST_BAGGAGE: usize = 8_192;

/// Characters to encode in a baggage value. The ones removed are a subset of what W3C Baggage §3.3 allows.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The trace headers of an incoming request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Incoming {
    pub(crate) sentry_trace: Option<String>,
    pub(crate) baggage: Option<String>,
}

impl Incoming {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let members: Vec<_> = headers
            .get_all(BAGGAGE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        let baggage = members.join(",");
        Self {
            sentry_trace: text(SENTRY_TRACE).map(ToOwned::to_owned),
            baggage: (!baggage.is_empty() && baggage.len() <= LONGEST_BAGGAGE).then_some(baggage),
        }
    }
}

/// The dynamic sampling context, as the head of a trace writes it.
pub(crate) struct Head<'a> {
    pub(crate) trace_id: &'a str,
    pub(crate) public_key: &'a str,
    pub(crate) release: &'a str,
    pub(crate) environment: &'a str,
    pub(crate) transaction: &'a str,
    pub(crate) sample_rate: f32,
    pub(crate) sampled: bool,
}

impl Head<'_> {
    /// Writes the members as baggage.
    pub(crate) fn baggage(&self) -> String {
        let rate = self.sample_rate.to_string();
        let members = [
            ("trace_id", self.trace_id),
            ("public_key", self.public_key),
            ("release", self.release),
            ("environment", self.environment),
            ("transaction", self.transaction),
            ("sample_rate", &rate),
            ("sampled", if self.sampled { "true" } else { "false" }),
        ];
        let written =
            members.map(|(key, value)| format!("sentry-{key}={}", utf8_percent_encode(value, ENCODED)));
        written.join(",")
    }
}

/// Converts the `sentry-*` members of baggage to the `trace` header of an envelope, a JSON object. Returns `None`
/// when there are none, because only the head of a trace can write them.
pub(crate) fn sampling_context(baggage: &str) -> Option<Arc<str>> {
    /// Number of remembered contexts: the services of a trace forward the same baggage, and this many traces run at once.
    const MOST: usize = 128;
    static NEWEST: LazyLock<Mutex<HashMap<String, Option<Arc<str>>>>> = LazyLock::new(Mutex::default);
    if let Some(known) = NEWEST.lock().get(baggage) {
        return known.clone();
    }
    let context = converted(baggage).map(Arc::from);
    let mut newest = NEWEST.lock();
    if newest.len() >= MOST {
        newest.clear();
    }
    newest.insert(baggage.to_owned(), context.clone());
    context
}

fn converted(baggage: &str) -> Option<String> {
    let mut members: Vec<(&str, Cow<'_, str>)> = Vec::with_capacity(8);
    for member in baggage.split(',') {
        // Properties of a member follow a semicolon (W3C Baggage §3.2.1.2).
        let member = member.split(';').next().unwrap_or_default();
        if let Some((key, value)) = member.split_once('=')
            && let Some(key) = key.trim().strip_prefix("sentry-")
        {
            members.retain(|(known, _)| *known != key);
            members.push((key, percent_decode_str(value.trim()).decode_utf8_lossy()));
        }
    }
    if members.is_empty() {
        return None;
    }
    let mut written = Vec::with_capacity(baggage.len() + 64);
    let mut serializer = serde_json::Serializer::new(&mut written);
    // Writing strings to memory cannot fail.
    serializer.collect_map(members).ok()?;
    String::from_utf8(written).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn sampling_context(baggage: &str) -> Option<Value> {
        super::sampling_context(baggage).map(|text| serde_json::from_str(&text).unwrap())
    }

    #[test]
    fn what_the_head_says_arrives_in_the_envelopes_of_all() {
        let head = Head {
            trace_id: "0123456789abcdef0123456789abcdef",
            public_key: "k",
            release: "reelscope@1.0.0+тест",
            environment: "demo, pilot",
            transaction: "slot-machine-spin",
            sample_rate: 1.0,
            sampled: true,
        };
        let context = sampling_context(&head.baggage()).unwrap();
        assert_eq!(
            context,
            json!({
                "trace_id": "0123456789abcdef0123456789abcdef",
                "public_key": "k",
                "release": "reelscope@1.0.0+тест",
                "environment": "demo, pilot",
                "transaction": "slot-machine-spin",
                "sample_rate": "1",
                "sampled": "true",
            })
        );
    }

    #[test]
    fn foreign_members_are_forwarded_and_not_taken_for_ours() {
        let mut headers = HeaderMap::new();
        headers.append(
            BAGGAGE,
            "userId=alice;secret=1, sentry-release=1%2E0;x=y".parse().unwrap(),
        );
        headers.append(BAGGAGE, "sentry-sampled=true".parse().unwrap());
        let incoming = Incoming::of(&headers);
        let baggage = incoming.baggage.unwrap();
        assert_eq!(
            baggage,
            "userId=alice;secret=1, sentry-release=1%2E0;x=y,sentry-sampled=true"
        );
        assert_eq!(
            sampling_context(&baggage),
            Some(json!({"release": "1.0", "sampled": "true"}))
        );
        assert_eq!(sampling_context("userId=alice"), None);
        assert_eq!(sampling_context(",;=,sentry-"), None);
        headers.clear();
        headers.append(
            BAGGAGE,
            format!("sentry-release={}", "x".repeat(9_000)).parse().unwrap(),
        );
        assert_eq!(Incoming::of(&headers), Incoming::default());
    }
}
