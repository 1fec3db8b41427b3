//! Sentry's envelope: a header line, then items, each a header line and a payload.
//!
//! Source: <https://develop.sentry.dev/sdk/foundations/transport/envelopes/>. The parser borrows: a payload is the
//! received bytes, is never rewritten, and items of unknown types are kept. It is lenient where SDKs are (no
//! `length`, no newline at the end, lines ending in `\r\n`), and everything is bounded.

use std::borrow::Cow;
use std::collections::BTreeMap;

use reelscope_contracts::{UnixMillis, rfc3339};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

pub mod category;
mod error;
mod header;
pub mod item_type;
pub(crate) mod lenient;
mod nesting;

use crate::dsn::Dsn;
use category::Categories;
pub use error::EnvelopeError;
use header::header_json;
pub use header::{Header, ItemHeader, Sdk, TraceHeader};
use item_type::{Indexed, ItemType, Most};
pub(crate) use nesting::deeper_than;

pub use lenient::MAX_DEPTH;

/// Limit of an envelope in bytes, decompressed. Sentry takes 200 MiB, which is for minidumps.
pub const MAX_ENVELOPE: usize = 40 * 1024 * 1024;
/// Limit of an event or transaction in bytes, which is Sentry's.
pub const MAX_EVENT: usize = 1024 * 1024;
/// Limit of items in one envelope.
pub const MAX_ITEMS: usize = 1_000;
/// Limit of a header line in bytes.
pub const MAX_HEADER_LINE: usize = 64 * 1024;

/// An item, borrowed from its envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<'a> {
    /// Its parsed header.
    pub header: ItemHeader,
    /// Its header as received.
    pub line: &'a [u8],
    /// Its payload as received.
    pub payload: &'a [u8],
}

/// An envelope, borrowed from its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// Its parsed header.
    pub header: Header,
    /// Its header as received.
    pub line: &'a [u8],
    /// Everything after the header's newline, as received.
    pub rest: &'a [u8],
    /// Its items.
    pub items: Vec<Item<'a>>,
    /// The trace id of its header, or otherwise of its event or transaction.
    pub trace_id: Option<u128>,
}

impl<'a> Envelope<'a> {
    /// Parses an envelope and checks its payloads.
    ///
    /// # Errors
    /// The first thing that is wrong, with the field to blame.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, EnvelopeError> {
        Self::framed(bytes)?.checked()
    }

    /// Checks the payloads of an envelope whose headers are parsed.
    ///
    /// # Errors
    /// As [`Envelope::parse`].
    pub(crate) fn checked(mut self) -> Result<Self, EnvelopeError> {
        for (n, item) in self.items.iter().enumerate() {
            if item.header.item_type.is_event() {
                let found = event_trace(item.payload, n)?;
                self.trace_id = self.trace_id.or(found);
            }
        }
        single(&self.items)?;
        Ok(self)
    }

    /// Parses the headers and finds the payloads, without checking these. For envelopes that were checked before,
    /// or that the SDK of this process wrote. The trace id is the header's.
    ///
    /// # Errors
    /// As [`Envelope::parse`], except for payloads.
    pub(crate) fn framed(bytes: &'a [u8]) -> Result<Self, EnvelopeError> {
        if bytes.is_empty() {
            return Err(EnvelopeError::Empty);
        }
        if bytes.len() > MAX_ENVELOPE {
            return Err(too_large("body", "40 MiB"));
        }
        let (line, rest) = split_line(bytes);
        let header = Header::parse(line)?;
        let trace_id = header
            .trace
            .as_ref()
            .and_then(|t| t.trace_id.as_deref())
            .and_then(parse_id);
        let items = items(rest)?;
        Ok(Self {
            header,
            line,
            rest,
            items,
            trace_id,
        })
    }

    /// Checks that the viewer can show something of it: at least one payload is readable, or of a type that the
    /// viewer does not read.
    ///
    /// # Errors
    /// There are items, and none of them is readable.
    pub(crate) fn readable(&self) -> Result<(), EnvelopeError> {
        let mut unreadable = None;
        for (n, item) in self.items.iter().enumerate() {
            // Events and transactions have been parsed with the envelope.
            let item_type = &item.header.item_type;
            let is_read = item_type.indexed() != Indexed::Listed && !item_type.is_event();
            if !is_read || lenient::is_object(item.payload) {
                return Ok(());
            }
            unreadable = unreadable.or(Some(n));
        }
        let Some(n) = unreadable else { return Ok(()) };
        Err(EnvelopeError::Payload {
            field: format!("items[{n}].payload"),
            reason: "nothing of it can be read as a JSON object".to_owned(),
        })
    }

    /// The categories of its items.
    #[must_use]
    pub fn categories(&self) -> Categories {
        self.items.iter().fold(Categories::default(), |all, item| {
            all.with(Categories::of_item(&item.header.item_type))
        })
    }

    /// Id of its event.
    #[must_use]
    pub fn event_id(&self) -> Option<u128> {
        self.header.event_id.as_deref().and_then(parse_id)
    }

    /// Returns the bytes to send to `dsn`: the header with its members as received, except for `dsn` and `sent_at`,
    /// and then the items as received. Sentry shifts all times by the age of `sent_at`, so it is set here.
    ///
    /// A trace that began here has `own_key` as the public key of its head, because the destination was unknown
    /// then. Sentry looks this key up to decide about the trace, so it is replaced by `head_key`.
    #[must_use]
    pub fn addressed(&self, dsn: &Dsn, now: UnixMillis, own_key: &str, head_key: &str) -> Vec<u8> {
        // The header has been parsed before, so it is an object.
        let line = lenient::sound(self.line).unwrap_or(Cow::Borrowed(self.line));
        let mut members: BTreeMap<String, &RawValue> = serde_json::from_slice(&line).unwrap_or_default();
        // Sentry refuses the whole envelope for one such member that it does not understand.
        members.retain(|name, value| is_understood(name, value));
        let set = [("dsn", dsn.public()), ("sent_at", rfc3339(now))]
            .map(|(name, value)| (name, serde_json::value::to_raw_value(&value)));
        for (name, value) in &set {
            if let Ok(value) = value {
                members.insert((*name).to_owned(), value);
            }
        }
        let trace = members
            .get("trace")
            .and_then(|trace| with_key(trace, own_key, head_key));
        if let Some(trace) = &trace {
            members.insert("trace".to_owned(), trace);
        }
        let mut bytes = serde_json::to_vec(&members).unwrap_or_else(|_| self.line.to_vec());
        bytes.push(b'\n');
        bytes.extend_from_slice(self.rest);
        bytes
    }
}

/// Whether Sentry understands a member of an envelope's header. Unknown members are passed on.
fn is_understood(name: &str, value: &RawValue) -> bool {
    let value = || serde_json::from_str::<Value>(value.get()).unwrap_or_default();
    match name {
        "event_id" => value().as_str().and_then(parse_id).is_some(),
        "trace" => value().is_object(),
        "sdk" => ["name", "version"].iter().all(|name| value()[name].is_string()),
        _ => true,
    }
}

/// Returns the header `trace` with the public key `head_key`; `None` when its key is not `own_key`.
fn with_key(trace: &RawValue, own_key: &str, head_key: &str) -> Option<Box<RawValue>> {
    let mut members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(trace.get()).ok()?;
    let key = members.get_mut("public_key")?;
    if key != own_key {
        return None;
    }
    *key = head_key.into();
    serde_json::value::to_raw_value(&members).ok()
}

/// Parses an id of a trace or event, or a UUID: 32 hexadecimal digits, with or without dashes.
#[must_use]
pub fn parse_id(text: &str) -> Option<u128> {
    let (mut id, mut digits) = (0_u128, 0);
    for byte in text.bytes().filter(|byte| *byte != b'-') {
        let digit = char::from(byte).to_digit(16)?;
        id = id << 4 | u128::from(digit);
        digits += 1;
        if digits > 32 {
            return None;
        }
    }
    (digits == 32).then_some(id)
}

/// Converts 16 bytes, the highest first, to an id; other lengths give 0.
pub(crate) fn id_of_bytes(bytes: &[u8]) -> u128 {
    bytes.try_into().map_or(0, u128::from_be_bytes)
}

/// Formats an id as 32 hexadecimal digits.
#[must_use]
pub fn format_id(id: u128) -> String {
    format!("{id:032x}")
}

fn items(mut rest: &[u8]) -> Result<Vec<Item<'_>>, EnvelopeError> {
    let mut items = Vec::new();
    loop {
        // There may be empty lines between items and at the end.
        while let [b'\n', after @ ..] | [b'\r', b'\n', after @ ..] = rest {
            rest = after;
        }
        if rest.is_empty() {
            return Ok(items);
        }
        let n = items.len();
        if n == MAX_ITEMS {
            return Err(too_large("items", "1000 items"));
        }
        let (line, after) = split_line(rest);
        let header = header_json(line, &format!("items[{n}]"), ItemHeader::of)?;
        let payload = match header.length {
            Some(declared) => {
                let field = || format!("items[{n}].length");
                let length = usize::try_from(declared)
                    .ok()
                    .filter(|length| *length <= after.len());
                let Some(length) = length else {
                    return Err(EnvelopeError::Truncated {
                        field: field(),
                        declared,
                        left: after.len(),
                    });
                };
                let (payload, tail) = after.split_at(length);
                if !matches!(tail, [] | [b'\n', ..] | [b'\r', b'\n', ..]) {
                    return Err(EnvelopeError::Misplaced { field: field() });
                }
                rest = tail;
                payload
            }
            None => {
                let (payload, tail) = split_line(after);
                rest = tail;
                payload
            }
        };
        items.push(Item {
            header,
            line,
            payload,
        });
    }
}

/// Checks that there is one event or transaction at most, and one container each of logs, metrics and spans, as
/// Sentry demands.
fn single(items: &[Item<'_>]) -> Result<(), EnvelopeError> {
    let mut events = 0;
    let mut containers: BTreeMap<&ItemType, u32> = BTreeMap::new();
    for (n, item) in items.iter().enumerate() {
        let item_type = &item.header.item_type;
        let too_many = match item_type.most() {
            Most::OneEvent => {
                events += 1;
                events > 1
            }
            Most::OneContainer if !is_container(item) => false,
            Most::One | Most::OneContainer => {
                let count = containers.entry(item_type).or_default();
                *count += 1;
                *count > 1
            }
            Most::Any => false,
        };
        if too_many {
            return Err(too_large(
                &format!("items[{n}]"),
                "one of its kind in an envelope",
            ));
        }
    }
    Ok(())
}

/// Whether the payload is `{"items": […]}` and not a single span.
pub(crate) fn is_container(item: &Item<'_>) -> bool {
    item.header
        .content_type
        .as_deref()
        .is_some_and(|kind| kind.starts_with("application/vnd.sentry.items."))
}

#[derive(Default, Deserialize)]
struct TraceOfEvent {
    #[serde(default)]
    contexts: Option<Contexts>,
}

#[derive(Deserialize)]
struct Contexts {
    #[serde(default)]
    trace: Option<TraceHeader>,
}

/// Checks that an event can be parsed, and returns its trace id. Members of unexpected types are accepted, because
/// Sentry normalises them.
fn event_trace(payload: &[u8], n: usize) -> Result<Option<u128>, EnvelopeError> {
    let field = || format!("items[{n}].payload");
    if payload.len() > MAX_EVENT {
        return Err(too_large(&field(), "1 MiB"));
    }
    let broken = |reason: String| EnvelopeError::Payload {
        field: field(),
        reason,
    };
    if deeper_than(payload, MAX_DEPTH) {
        return Err(broken("it is nested too deeply".to_owned()));
    }
    if !lenient::begins_object(payload) {
        return Err(broken("it is not an object".to_owned()));
    }
    let trace = match serde_json::from_slice::<TraceOfEvent>(payload) {
        Ok(event) => event.contexts.and_then(|contexts| contexts.trace),
        Err(_) => {
            let event: Map<String, Value> =
                lenient::read(payload).map_err(|error| broken(json_reason(&error)))?;
            let trace = event.get("contexts").and_then(|contexts| contexts.get("trace"));
            trace.and_then(Value::as_object).map(TraceHeader::of)
        }
    };
    let trace_id = trace.and_then(|trace| trace.trace_id);
    Ok(trace_id.as_deref().and_then(parse_id))
}

/// What is wrong with JSON, without quoting it, because it may contain a secret.
pub(crate) fn json_reason(error: &serde_json::Error) -> String {
    if error.is_data() {
        "it is not an object".to_owned()
    } else {
        error.to_string()
    }
}

/// Splits off the first line, without its newline.
fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b'\n', bytes) {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &[]),
    }
}

fn too_large(field: &str, limit: &str) -> EnvelopeError {
    EnvelopeError::TooLarge {
        field: field.to_owned(),
        limit: limit.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use reelscope_contracts::ApiProblem;

    const ID: &str = "9ec79c33ec9942ab8353589fcb2e04dc";

    fn refused(text: &[u8], field: &str, status: u16) {
        let error = Envelope::parse(text).unwrap_err();
        let problem = ApiProblem::from(&error);
        assert_eq!((error.field(), problem.status), (field, status), "{error}");
    }

    #[test]
    fn what_is_wrong_is_named() {
        refused(b"", "body", 400);
        refused(b"nonsense", "header", 400);
        refused(b"[]\n", "header", 400);
        refused(b"{\"event_id\":oops}", "header", 400);
        refused(b"{}\n{\"type\":\"log\",\"length\":-1}\n{}", "items[0]", 400);
        refused(b"{}\n{\"type\":\"log\",\"length\":1e30}\n{}", "items[0]", 400);
        refused(
            b"{}\n{\"type\":\"log\",\"length\":18446744073709551615}\n{}",
            "items[0].length",
            400,
        );
        refused(b"{}\n{\"type\":\"log\",\"length\":3}\n{}", "items[0].length", 400);
        refused(b"{}\n{\"type\":\"log\",\"length\":1}\n{}", "items[0].length", 400);
        refused(b"{}\n{\"length\":2}\n{}", "items[0]", 400);
        refused(b"{}\n{\"type\":\"event\"}\n{\"a\":", "items[0].payload", 400);
        refused(b"{}\n{\"type\":\"event\"}\n[1]", "items[0].payload", 400);
        refused(b"{}\n{\"type\":\"event\"}", "items[0].payload", 400);
        refused(
            b"{}\n{\"type\":\"log\"}\n{}\n{\"type\":\"log\"}\n{}",
            "items[1]",
            413,
        );
        refused(
            b"{}\n{\"type\":\"event\"}\n{}\n{\"type\":\"transaction\"}\n{}",
            "items[1]",
            413,
        );
        let deep = format!(
            "{{}}\n{{\"type\":\"event\"}}\n{{\"a\":{}1{}}}",
            "[".repeat(200),
            "]".repeat(200)
        );
        refused(deep.as_bytes(), "items[0].payload", 400);
        let long = format!(
            "{{}}\n{{\"type\":\"event\"}}\n{{\"a\":\"{}\"}}",
            "x".repeat(MAX_EVENT)
        );
        refused(long.as_bytes(), "items[0].payload", 413);
        let many = format!(
            "{{}}\n{}",
            "{\"type\":\"x\",\"length\":0}\n\n".repeat(MAX_ITEMS + 1)
        );
        refused(many.as_bytes(), "items", 413);
        let header = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_HEADER_LINE));
        refused(header.as_bytes(), "header", 413);
    }

    #[test]
    fn what_sdks_send_is_taken() {
        let text = format!(
            "{{\"event_id\":\"{ID}\",\"trace\":{{\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\"}}}}\n\
             {{\"type\":\"attachment\",\"length\":4}}\n\n\n\n\n\r\n{{\"type\":\"from_tomorrow\"}}\r\nsomething\n\
             {{\"type\":\"span\"}}\n{{}}\n{{\"type\":\"span\"}}\n{{}}"
        );
        let envelope = Envelope::parse(text.as_bytes()).unwrap();
        assert_eq!(envelope.event_id(), parse_id(ID));
        assert_eq!(envelope.trace_id, parse_id("0af7651916cd43dd8448eb211c80319c"));
        let payloads: Vec<&[u8]> = envelope.items.iter().map(|item| item.payload).collect();
        assert_eq!(payloads, [b"\n\n\n\n".as_slice(), b"something", b"{}", b"{}"]);
        let names: Vec<_> = envelope.categories().each().map(|(_, name)| name).collect();
        assert_eq!(names, ["default", "span", "attachment"]);
    }

    #[test]
    fn the_trace_of_an_event_is_found() {
        let text = format!(
            "{{}}\n{{\"type\":\"event\"}}\n{{\"contexts\":{{\"trace\":{{\"trace_id\":\"{ID}\"}}}}}}\n"
        );
        assert_eq!(Envelope::parse(text.as_bytes()).unwrap().trace_id, parse_id(ID));
        let odd = b"{}\n{\"type\":\"event\"}\n{\"contexts\":[1]}";
        assert_eq!(Envelope::parse(odd).unwrap().trace_id, None);
    }

    #[test]
    fn addressing_changes_the_header_only() {
        let text = "{\"trace\":{\"public_key\":\"k\",  \"sample_rand\":0.10000000000000000001},\"dsn\":\"http://old@h/1\",\"sent_at\":\"old\"}\n{\"type\":\"x\",\"length\":2}\né\n";
        let dsn: Dsn = "https://key:secret@sentry.example/7".parse().unwrap();
        let sent = Envelope::parse(text.as_bytes())
            .unwrap()
            .addressed(&dsn, 0, "own", "head");
        assert_eq!(
            String::from_utf8(sent).unwrap(),
            "{\"dsn\":\"https://key@sentry.example/7\",\"sent_at\":\"1970-01-01T00:00:00Z\",\"trace\":{\"public_key\":\"k\",  \"sample_rand\":0.10000000000000000001}}\n{\"type\":\"x\",\"length\":2}\né\n"
        );
    }

    #[test]
    fn a_trace_that_began_here_is_given_the_key_of_its_heads_destination() {
        let text = "{\"trace\":{\"public_key\":\"own\",\"release\":\"1\"}}\n";
        let dsn: Dsn = "https://key@sentry.example/7".parse().unwrap();
        let sent = Envelope::parse(text.as_bytes())
            .unwrap()
            .addressed(&dsn, 0, "own", "head");
        let header: serde_json::Value = serde_json::from_slice(&sent).unwrap();
        assert_eq!(
            header["trace"],
            serde_json::json!({"public_key": "head", "release": "1"})
        );
    }

    /// Bytes that resemble an envelope, so that they pass the first checks.
    fn near_envelopes() -> impl Strategy<Value = Vec<u8>> {
        let part = prop_oneof![
            Just(b"{}".to_vec()),
            Just(b"\n".to_vec()),
            Just(b"\r\n".to_vec()),
            Just(b"{\"type\":\"event\"}\n{}".to_vec()),
            Just(b"{\"type\":\"event\",\"length\":2}\n".to_vec()),
            (0_i64..40).prop_map(|n| format!("{{\"type\":\"x\",\"length\":{n}}}\n").into_bytes()),
            Just(format!("{{\"event_id\":\"{ID}\"}}\n").into_bytes()),
            proptest::collection::vec(any::<u8>(), 0..40),
        ];
        proptest::collection::vec(part, 0..12).prop_map(|parts| {
            let mut bytes = b"{}\n".to_vec();
            bytes.extend(parts.concat());
            bytes
        })
    }

    /// Checks that an accepted envelope consists of the header, the rest, and in the rest of the items in order
    /// with only newlines between them.
    fn round_trips(bytes: &[u8]) {
        let Ok(envelope) = Envelope::parse(bytes) else {
            return;
        };
        let newline: &[u8] = if bytes.len() > envelope.line.len() {
            b"\n"
        } else {
            b""
        };
        assert_eq!([envelope.line, newline, envelope.rest].concat(), bytes);
        let mut rest = envelope.rest;
        let newlines = |rest: &mut &[u8]| {
            while let [b'\n' | b'\r', after @ ..] = *rest {
                *rest = after;
            }
        };
        for item in &envelope.items {
            newlines(&mut rest);
            rest = rest.strip_prefix(item.line).unwrap();
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            rest = rest.strip_prefix(item.payload).unwrap();
        }
        newlines(&mut rest);
        assert!(rest.is_empty());
        let dsn: Dsn = "https://key@sentry.example/7".parse().unwrap();
        let sent = envelope.addressed(&dsn, 0, "own", "head");
        let again = Envelope::parse(&sent).unwrap();
        assert_eq!(again.items, envelope.items);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            round_trips(&bytes);
        }

        #[test]
        fn no_near_envelope_panics(bytes in near_envelopes()) {
            round_trips(&bytes);
        }
    }
}
