//! Converts the SDK's envelopes to bytes and passes them to the sink.
//!
//! This module writes a transaction's JSON itself: the SDK's `Transaction` has no `measurements`, its envelopes do
//! not repeat the `trace` header of the head, although Sentry reads both
//! (<https://develop.sentry.dev/sdk/foundations/envelopes/>), and our spans are not the SDK's.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use sentry::protocol::{
    ClientSdkInfo, Context, EnvelopeItem, Map, Request, TraceContext, Transaction, User, Value,
};
use sentry::types::Uuid;
use sentry::{Envelope, Transport, TransportFactory};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::spans::{Recorded, seconds};

/// Receives the name of a service and one of its envelopes, in the wire format without `dsn` and `sent_at`. It is
/// called on the tasks that serve requests, so it must not block.
pub type Sink = Arc<dyn Fn(&'static str, Vec<u8>) + Send + Sync>;

/// A business number: name, value, unit.
pub(crate) type Measurement = (&'static str, f64, &'static str);

/// An attribute of a transaction.
pub(crate) type Attribute = (&'static str, Value);

/// Key in an event's `extra` that carries the envelope's `trace` header, a JSON object, through the SDK.
pub(crate) const SAMPLING_CONTEXT: &str = "reelscope.trace";

/// The transport of one service: passes every envelope to the sink.
pub(crate) struct ToSink {
    pub(crate) service: &'static str,
    pub(crate) sink: Sink,
}

impl TransportFactory for ToSink {
    fn create_transport_with_options(&self, _: sentry::TransportOptions) -> Arc<dyn Transport> {
        Arc::new(ToSink {
            service: self.service,
            sink: Arc::clone(&self.sink),
        })
    }
}

impl Transport for ToSink {
    fn send_envelope(&self, envelope: Envelope) {
        (self.sink)(self.service, bytes(envelope));
    }

    fn flush(&self, _: Duration) -> bool {
        // Nothing is pending: the sink has each envelope when `send_envelope` returns.
        true
    }
}

/// The parts of a transaction that the SDK's type has no field for.
#[derive(Default)]
pub(crate) struct Carried {
    /// Trace id, 32 hexadecimal digits.
    pub(crate) trace_id: String,
    pub(crate) spans: Vec<Recorded>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) measurements: Vec<Measurement>,
    /// The envelope's `trace` header, as JSON.
    pub(crate) sampling: Option<Arc<str>>,
}

thread_local! {
    static CARRIED: Cell<Option<Carried>> = const { Cell::new(None) };
}

/// Calls `send`, which sends a transaction on this thread before it returns, and attaches `carried` to it.
pub(crate) fn carrying(carried: Carried, send: impl FnOnce()) {
    CARRIED.set(Some(carried));
    send();
    // Still there if the transaction was not sent, for example because the trace is not sampled.
    CARRIED.set(None);
}

/// The envelope in the wire format, without `dsn` and `sent_at`, which are set when it is sent.
fn bytes(envelope: Envelope) -> Vec<u8> {
    let mut whole = Vec::new();
    let mut id = envelope.uuid().copied();
    let mut header = |whole: &mut Vec<u8>, trace: Option<&str>, room: usize| {
        if whole.is_empty() {
            // Reserves the final size, so that an envelope of one item is copied once.
            whole.reserve_exact(room + trace.map_or(0, str::len) + 160);
            begin(whole, id.take(), trace);
        }
    };
    for item in envelope.into_items() {
        with_scratch(|written| match item {
            EnvelopeItem::Transaction(transaction) => {
                let carried = CARRIED.take().unwrap_or_default();
                if serde_json::to_writer(&mut *written, &Written::of(&transaction, &carried)).is_ok() {
                    header(&mut whole, carried.sampling.as_deref(), written.len());
                    push(&mut whole, "transaction", written);
                }
            }
            EnvelopeItem::Event(mut event) => {
                let trace = event
                    .extra
                    .remove(SAMPLING_CONTEXT)
                    .map(|trace| trace.to_string());
                if serde_json::to_writer(&mut *written, &event).is_ok() {
                    header(&mut whole, trace.as_deref(), written.len());
                    push(&mut whole, "event", written);
                }
            }
            // The SDK writes all other items. Its output begins with an envelope header of its own, which is cut
            // off.
            other => {
                let mut alone = Envelope::new();
                alone.add_item(other);
                // Writing to memory cannot fail.
                if alone.to_writer(&mut *written).is_ok()
                    && let Some(end) = written.iter().position(|byte| *byte == b'\n')
                {
                    header(&mut whole, None, written.len());
                    whole.extend_from_slice(&written[end + 1..]);
                }
            }
        });
    }
    header(&mut whole, None, 0);
    whole
}

/// Writes the header line of the envelope.
fn begin(whole: &mut Vec<u8>, id: Option<Uuid>, trace: Option<&str>) {
    whole.push(b'{');
    if let Some(id) = id {
        let mut digits = Uuid::encode_buffer();
        whole.extend_from_slice(b"\"event_id\":\"");
        whole.extend_from_slice(id.simple().encode_lower(&mut digits).as_bytes());
        whole.push(b'"');
    }
    if let Some(trace) = trace {
        whole.extend_from_slice(if id.is_some() {
            b",\"trace\":"
        } else {
            b"\"trace\":"
        });
        whole.extend_from_slice(trace.as_bytes());
    }
    whole.extend_from_slice(b"}\n");
}

fn push(whole: &mut Vec<u8>, kind: &str, payload: &[u8]) {
    let header = format!("{{\"type\":\"{kind}\",\"length\":{}}}\n", payload.len());
    whole.extend_from_slice(header.as_bytes());
    whole.extend_from_slice(payload);
    whole.push(b'\n');
}

/// The JSON of a transaction (<https://develop.sentry.dev/sdk/foundations/transport/event-payloads/transaction/>).
#[derive(Serialize)]
struct Written<'a> {
    event_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a User>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    tags: &'a Map<String, String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    extra: &'a Map<String, Value>,
    sdk: Option<&'a ClientSdkInfo>,
    platform: &'a str,
    start_timestamp: f64,
    timestamp: f64,
    spans: Spans<'a>,
    contexts: Contexts<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a Request>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Measurements::is_empty")]
    measurements: Measurements<'a>,
}

impl<'a> Written<'a> {
    fn of(transaction: &'a Transaction<'static>, carried: &'a Carried) -> Self {
        Self {
            event_id: transaction.event_id.simple().to_string(),
            transaction: transaction.name.as_deref(),
            release: transaction.release.as_deref(),
            environment: transaction.environment.as_deref(),
            user: transaction.user.as_ref(),
            tags: &transaction.tags,
            extra: &transaction.extra,
            sdk: transaction.sdk.as_deref(),
            platform: &transaction.platform,
            start_timestamp: seconds(transaction.start_timestamp),
            timestamp: seconds(transaction.timestamp.unwrap_or(transaction.start_timestamp)),
            spans: Spans(carried),
            contexts: Contexts(&transaction.contexts, &carried.attributes),
            request: transaction.request.as_ref(),
            server_name: transaction.server_name.as_deref(),
            measurements: Measurements(&carried.measurements),
        }
    }
}

struct Spans<'a>(&'a Carried);

impl Serialize for Spans<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.spans.iter().map(|span| span.within(&self.0.trace_id)))
    }
}

/// The contexts of a transaction, with its attributes as the `data` of the context `trace`
/// (<https://develop.sentry.dev/sdk/foundations/transport/event-payloads/contexts/#trace-context>).
struct Contexts<'a>(&'a Map<String, Context>, &'a [Attribute]);

impl Serialize for Contexts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Trace<'a> {
            #[serde(rename = "type")]
            kind: &'static str,
            #[serde(flatten)]
            of_sdk: &'a TraceContext,
            #[serde(skip_serializing_if = "Attributes::is_empty")]
            data: Attributes<'a>,
        }
        let mut contexts = serializer.serialize_map(Some(self.0.len()))?;
        for (name, context) in self.0 {
            match context {
                Context::Trace(of_sdk) => {
                    let trace = Trace {
                        kind: "trace",
                        of_sdk,
                        data: Attributes(self.1),
                    };
                    contexts.serialize_entry(name, &trace)?;
                }
                other => contexts.serialize_entry(name, other)?,
            }
        }
        contexts.end()
    }
}

struct Attributes<'a>(&'a [Attribute]);

impl Attributes<'_> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Attributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (*key, value)))
    }
}

struct Measurements<'a>(&'a [Measurement]);

impl Measurements<'_> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Measurements<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Value {
            value: f64,
            unit: &'static str,
        }
        let values = self
            .0
            .iter()
            .map(|&(name, value, unit)| (name, Value { value, unit }));
        serializer.collect_map(values)
    }
}

/// Lends an empty buffer that keeps its capacity from use to use. The payload is written before its length is
/// known, and growing a new buffer each time costs a twentieth of a spin's CPU time.
fn with_scratch(write: impl FnOnce(&mut Vec<u8>)) {
    /// Buffers above this size, in bytes, are freed after use.
    const LARGEST_KEPT: usize = 256 * 1024;
    thread_local! {
        static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    }
    let mut buffer = SCRATCH.take();
    buffer.clear();
    write(&mut buffer);
    if buffer.capacity() <= LARGEST_KEPT {
        SCRATCH.set(buffer);
    }
}
