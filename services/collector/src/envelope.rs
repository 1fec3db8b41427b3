//! Sentry's envelope: a header line, then items of a header line and a payload.
//!
//! Source: <https://develop.sentry.dev/sdk/foundations/transport/envelopes/>. The parser borrows: a payload is
//! the bytes that came, is never written anew, and items of unknown types are kept. It is lenient where SDKs
//! are (no `length`, no newline at the end, lines that end in `\r\n`) and bounded everywhere.

use std::borrow::Cow;
use std::collections::BTreeMap;

use reelscope_contracts::{ApiProblem, Code, UnixMillis, rfc3339};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

mod header;

use crate::category::Categories;
use crate::dsn::Dsn;
use crate::item_type::{Indexed, ItemType, Most};
use crate::lenient;
use header::header_json;
pub use header::{Header, ItemHeader, Sdk, TraceHeader};

/// Largest envelope, decompressed. Sentry itself takes 200 MiB, which is for minidumps.
pub const MAX_ENVELOPE: usize = 40 * 1024 * 1024;
/// Largest event or transaction, as Sentry has it.
pub const MAX_EVENT: usize = 1024 * 1024;
/// Most items of one envelope.
pub const MAX_ITEMS: usize = 1_000;
/// Longest header line, of the envelope or of an item.
pub const MAX_HEADER_LINE: usize = 64 * 1024;
/// Deepest nesting of a JSON that is read. Below serde_json's own limit of 128.
pub const MAX_DEPTH: usize = 100;

/// Why bytes are not an envelope that is taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Nothing at all.
    #[error("The envelope is empty.")]
    Empty,
    /// A header is not the JSON that it should be.
    #[error("{field} is not valid: {reason}.")]
    Header {
        /// Which.
        field: String,
        /// Why.
        reason: String,
    },
    /// The payload is shorter than its header says.
    #[error("{field} says {declared} bytes, but only {left} follow.")]
    Truncated {
        /// The length.
        field: String,
        /// Bytes it says.
        declared: u64,
        /// Bytes there are.
        left: usize,
    },
    /// After the payload comes neither a newline nor the end.
    #[error("{field} does not end where the next line begins.")]
    Misplaced {
        /// The length.
        field: String,
    },
    /// An event or transaction that is not JSON.
    #[error("{field} is not valid JSON: {reason}.")]
    Payload {
        /// Which.
        field: String,
        /// Why.
        reason: String,
    },
    /// A bound of this module, or one that Sentry sets.
    #[error("{field} is too much: at most {limit}.")]
    TooLarge {
        /// What.
        field: String,
        /// How much is taken, with its unit.
        limit: String,
    },
}

impl EnvelopeError {
    /// What is to blame: `header`, `items[3].length`, …
    #[must_use]
    pub fn field(&self) -> &str {
        match self {
            Self::Empty => "body",
            Self::Header { field, .. }
            | Self::Truncated { field, .. }
            | Self::Misplaced { field }
            | Self::Payload { field, .. }
            | Self::TooLarge { field, .. } => field,
        }
    }
}

impl From<&EnvelopeError> for ApiProblem {
    fn from(error: &EnvelopeError) -> Self {
        let code = match error {
            EnvelopeError::TooLarge { .. } => Code::PayloadTooLarge,
            _ => Code::EnvelopeMalformed,
        };
        Self::new(code, capitalised(&error.to_string())).field(error.field())
    }
}

/// The sentences begin with the name of a field.
fn capitalised(text: &str) -> String {
    if text.starts_with(|c: char| c.is_lowercase()) {
        format!("The field {text}")
    } else {
        text.to_owned()
    }
}

/// An item, borrowed from its envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<'a> {
    /// Its header, understood.
    pub header: ItemHeader,
    /// Its header, as it came.
    pub line: &'a [u8],
    /// Its payload, as it came.
    pub payload: &'a [u8],
}

/// An envelope, borrowed from its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// Its header, understood.
    pub header: Header,
    /// Its header, as it came.
    pub line: &'a [u8],
    /// Everything after the header's newline, as it came.
    pub rest: &'a [u8],
    /// Its items.
    pub items: Vec<Item<'a>>,
    /// The trace it belongs to: the header's, else that of its event or transaction.
    pub trace_id: Option<u128>,
}

impl<'a> Envelope<'a> {
    /// Reads an envelope.
    ///
    /// # Errors
    /// What is wrong first, with the field to blame.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, EnvelopeError> {
        Self::framed(bytes)?.checked()
    }

    /// The same of one whose headers were read: looks into the payloads.
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

    /// Reads the headers of an envelope and where its payloads are, for one that was parsed before or that the SDK
    /// wrote in this process: payloads are not looked into, and the trace is the header's.
    ///
    /// # Errors
    /// As [`Envelope::parse`], for what is looked at.
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

    /// Makes sure that the viewer can show something of it: one item whose payload it reads, or one that it does not read.
    ///
    /// # Errors
    /// There are items, and none can be read.
    pub(crate) fn readable(&self) -> Result<(), EnvelopeError> {
        let mut unreadable = None;
        for (n, item) in self.items.iter().enumerate() {
            // Events and transactions were read when the envelope was.
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

    /// What it holds.
    #[must_use]
    pub fn categories(&self) -> Categories {
        self.items.iter().fold(Categories::default(), |all, item| {
            all.with(Categories::of_item(&item.header.item_type))
        })
    }

    /// Id of the event in it.
    #[must_use]
    pub fn event_id(&self) -> Option<u128> {
        self.header.event_id.as_deref().and_then(parse_id)
    }

    /// The bytes to send to `dsn`: the header's members as they came, but for `dsn` and `sent_at`; then the items
    /// as they came. Sentry shifts all times by the age of `sent_at`, so it must be that of the sending.
    ///
    /// A trace that began here names `own_key` as the key of its head, since where it would be sent was not known then.
    /// Sentry looks that key up to decide about the trace, so `head_key` takes its place.
    #[must_use]
    pub fn addressed(&self, dsn: &Dsn, now: UnixMillis, own_key: &str, head_key: &str) -> Vec<u8> {
        // The header was read once, so it is an object.
        let line = lenient::sound(self.line).unwrap_or(Cow::Borrowed(self.line));
        let mut members: BTreeMap<String, &RawValue> = serde_json::from_slice(&line).unwrap_or_default();
        // Sentry refuses the whole envelope for one of them that it does not understand.
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

/// Whether Sentry understands an informative member of an envelope's header; those that nobody here knows are its own.
fn is_understood(name: &str, value: &RawValue) -> bool {
    let value = || serde_json::from_str::<Value>(value.get()).unwrap_or_default();
    match name {
        "event_id" => value().as_str().and_then(parse_id).is_some(),
        "trace" => value().is_object(),
        "sdk" => ["name", "version"].iter().all(|name| value()[name].is_string()),
        _ => true,
    }
}

/// The header `trace` with another public key; `None` when it names another than `own_key`.
fn with_key(trace: &RawValue, own_key: &str, head_key: &str) -> Option<Box<RawValue>> {
    let mut members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(trace.get()).ok()?;
    let key = members.get_mut("public_key")?;
    if key != own_key {
        return None;
    }
    *key = head_key.into();
    serde_json::value::to_raw_value(&members).ok()
}

/// A trace, event or UUID written as 32 hexadecimal digits, with or without dashes.
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

/// An id of 16 bytes, the first of them the highest; 0 for other lengths.
pub(crate) fn id_of_bytes(bytes: &[u8]) -> u128 {
    bytes.try_into().map_or(0, u128::from_be_bytes)
}

/// The way an id is written here.
#[must_use]
pub fn format_id(id: u128) -> String {
    format!("{id:032x}")
}

fn items(mut rest: &[u8]) -> Result<Vec<Item<'_>>, EnvelopeError> {
    let mut items = Vec::new();
    loop {
        // Empty lines stand between items at times, and at the end.
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

/// Sentry takes one event or transaction an envelope, and one container each of logs, metrics and spans.
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

/// Whether the payload is `{"items": […]}` rather than a single span.
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

/// Makes sure that an event can be read, and reads its trace. Members of other types than ours are let through:
/// Sentry normalises them, and it is not for us to refuse what it takes.
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

/// What is wrong with JSON, without a word of it: it may be a secret.
pub(crate) fn json_reason(error: &serde_json::Error) -> String {
    if error.is_data() {
        "it is not an object".to_owned()
    } else {
        error.to_string()
    }
}

/// Whether brackets outside of strings nest deeper than `most`.
pub(crate) fn deeper_than(json: &[u8], most: usize) -> bool {
    /// Bytes that are passed at once where none of them is a bracket or a backslash.
    const BLOCK: usize = 16;
    // What has fewer brackets cannot, and seldom has anything more.
    let count = |bracket| memchr::memchr_iter(bracket, json).count();
    if count(b'{') + count(b'[') <= most {
        return false;
    }
    let mut nesting = Nesting::default();
    let (blocks, rest) = json.as_chunks::<BLOCK>();
    let is_deep = blocks.iter().any(|block| {
        let (mut is_odd, mut others) = (0_u8, 0_u8);
        for byte in block {
            // A bracket and a brace differ by this bit alone.
            let bracket = byte | 0x20;
            is_odd ^= u8::from(*byte == b'"');
            others |= u8::from(bracket == b'{') | u8::from(bracket == b'}') | u8::from(*byte == b'\\');
        }
        if others != 0 || nesting.escaped {
            return nesting.exceeds(block, most);
        }
        nesting.in_string ^= is_odd == 1;
        false
    });
    is_deep || nesting.exceeds(rest, most)
}

#[derive(Default)]
struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Nesting {
    /// Goes on over a part of the JSON.
    fn exceeds(&mut self, part: &[u8], most: usize) -> bool {
        for byte in part {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_string => self.escaped = true,
                b'"' => self.in_string = !self.in_string,
                b'{' | b'[' if !self.in_string => {
                    self.depth += 1;
                    if self.depth > most {
                        return true;
                    }
                }
                b'}' | b']' if !self.in_string => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        false
    }
}

/// The line without its newline, and what follows.
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

    /// Bytes that are near to an envelope, so that more than the first check is met.
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

    /// What was accepted is the header, the rest, and in the rest the items in order with nothing but newlines
    /// between them.
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
