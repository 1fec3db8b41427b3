//! From the SDK's envelopes to bytes, handed to whoever keeps them.
//!
//! The SDK's `Transaction` has no `measurements` and its envelopes no `trace` header, though Sentry reads both
//! (<https://develop.sentry.dev/sdk/foundations/envelopes/>). Both travel through the SDK in `extra`, under names of
//! ours, and are put in their places here.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use sentry::protocol::{EnvelopeItem, Map, Span, Value};
use sentry::{Envelope, Transport, TransportFactory};
use serde::Serialize;
use serde_json::json;

use crate::Sink;

/// Key in `extra` of the dynamic sampling context, as the JSON object of the envelope's `trace` header.
pub(crate) const SAMPLING_CONTEXT: &str = "reelscope.trace";
/// Key in `extra` of the measurements, as the JSON object of the transaction.
pub(crate) const MEASUREMENTS: &str = "reelscope.measurements";

/// Hands every envelope of one service to the sink.
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
        // The sink has taken each envelope before `send_envelope` returned.
        true
    }
}

/// The envelope as it goes over the wire, without `dsn` and `sent_at`: these belong to the moment of sending.
fn bytes(envelope: Envelope) -> Vec<u8> {
    let mut trace = None;
    let mut items = Vec::new();
    let id = envelope.uuid().map(|id| id.simple().to_string());
    for item in envelope.into_items() {
        match item {
            EnvelopeItem::Transaction(mut transaction) => {
                trace = transaction.extra.remove(SAMPLING_CONTEXT).or(trace);
                let measurements = transaction.extra.remove(MEASUREMENTS);
                transaction.spans.iter_mut().for_each(without_carriers_code);
                let whole = Measured {
                    transaction: &transaction,
                    measurements,
                };
                push(&mut items, "transaction", &whole);
            }
            EnvelopeItem::Event(mut event) => {
                trace = event.extra.remove(SAMPLING_CONTEXT).or(trace);
                event.extra.remove(MEASUREMENTS);
                push(&mut items, "event", &event);
            }
            // The SDK knows how the rest is written; what is written before the first newline is its own header.
            other => {
                let mut alone = Envelope::new();
                alone.add_item(other);
                with_scratch(|written| {
                    // Writing to memory does not fail.
                    if alone.to_writer(&mut *written).is_ok()
                        && let Some(end) = written.iter().position(|byte| *byte == b'\n')
                    {
                        items.extend_from_slice(&written[end + 1..]);
                    }
                });
            }
        }
    }
    let mut header = Map::new();
    if let Some(id) = id {
        header.insert("event_id".to_owned(), json!(id));
    }
    if let Some(trace) = trace {
        header.insert("trace".to_owned(), trace);
    }
    let header = serde_json::to_vec(&header).unwrap_or_else(|_| b"{}".to_vec());
    let mut whole = Vec::with_capacity(header.len() + 1 + items.len());
    whole.extend_from_slice(&header);
    whole.push(b'\n');
    whole.extend_from_slice(&items);
    whole
}

/// Takes the place in the code from spans that are made by the crates which carry calls and queries for everybody: it
/// says nothing of who called, and is a third of a small span.
fn without_carriers_code(span: &mut Span) {
    const PLACE: [&str; 4] = [
        "code.module.name",
        "code.file.path",
        "code.line.number",
        "sentry.tracing.target",
    ];
    let module = span
        .data
        .get(PLACE[0])
        .and_then(Value::as_str)
        .unwrap_or_default();
    if module.starts_with("reelscope_telemetry") || module.starts_with("reelscope_store") {
        for name in PLACE {
            span.data.remove(name);
        }
    }
}

#[derive(Serialize)]
struct Measured<'a> {
    #[serde(flatten)]
    transaction: &'a sentry::protocol::Transaction<'static>,
    #[serde(skip_serializing_if = "Option::is_none")]
    measurements: Option<Value>,
}

fn push(items: &mut Vec<u8>, kind: &str, payload: &impl Serialize) {
    with_scratch(|written| {
        if serde_json::to_writer(&mut *written, payload).is_ok() {
            items.reserve_exact(written.len() + 64);
            let header = json!({"type": kind, "length": written.len()});
            items.extend_from_slice(header.to_string().as_bytes());
            items.push(b'\n');
            items.extend_from_slice(written);
            items.push(b'\n');
        }
    });
}

/// Lends an empty buffer that has grown already: a payload is written before its length is known, and growing anew for
/// each was a twentieth of what a spin cost.
fn with_scratch(write: impl FnOnce(&mut Vec<u8>)) {
    /// A larger buffer is given back.
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
