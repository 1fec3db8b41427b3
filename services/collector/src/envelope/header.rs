//! The headers of an envelope and of its items, with the members that are used here.
//!
//! A regular header is parsed at once. Otherwise its members are parsed one by one, so that an optional member of a
//! wrong type, or one that occurs twice, does not make the rest unreadable.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{EnvelopeError, MAX_DEPTH, MAX_HEADER_LINE, deeper_than, json_reason, parse_id, too_large};
use crate::envelope::item_type::ItemType;
use crate::envelope::lenient;

/// The header of an envelope.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Header {
    /// Id of the event in the envelope.
    #[serde(default)]
    pub event_id: Option<String>,
    /// DSN that the envelope was made for.
    #[serde(default)]
    pub dsn: Option<String>,
    /// The dynamic sampling context.
    #[serde(default)]
    pub trace: Option<TraceHeader>,
    /// The SDK that made the envelope.
    #[serde(default)]
    pub sdk: Option<Sdk>,
    /// When the sender sent it, by the sender's clock; normally RFC 3339.
    #[serde(default)]
    pub sent_at: Option<String>,
}

/// The dynamic sampling context of the envelope's trace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct TraceHeader {
    /// Id of the trace.
    #[serde(default)]
    pub trace_id: Option<String>,
    /// The sample rate of the head of the trace, without quotes, because SDKs write it as text or as a number.
    #[serde(default, deserialize_with = "unquoted")]
    pub sample_rate: Option<String>,
}

impl TraceHeader {
    /// The sample rate of the head of the trace, 0 to 1; `None` where it is missing.
    #[must_use]
    pub fn sample_rate(&self) -> Option<f64> {
        let rate = self.sample_rate.as_ref()?.parse().ok()?;
        (0.0..=1.0).contains(&rate).then_some(rate)
    }
}

/// Accepts any value, because an unexpected type is no reason to refuse an envelope.
fn unquoted<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = Box::<RawValue>::deserialize(deserializer)?;
    Ok(Some(value.get().trim_matches('"').to_owned()))
}

/// The SDK that made an envelope.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Sdk {
    /// Name, such as `sentry.rust`.
    #[serde(default)]
    pub name: Option<String>,
    /// Version, such as `0.49.5`.
    #[serde(default)]
    pub version: Option<String>,
}

/// The header of an item.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ItemHeader {
    /// Type of the item.
    #[serde(rename = "type")]
    pub item_type: ItemType,
    /// Size of the payload in bytes; without it the payload ends with its line.
    #[serde(default)]
    pub length: Option<u64>,
    /// Content type of the payload.
    #[serde(default)]
    pub content_type: Option<String>,
}

/// Parses a header. An irregular one is parsed member by member with `of`; of two members with one name the last
/// counts, as elsewhere in JSON.
pub(super) fn header_json<T: DeserializeOwned>(
    line: &[u8],
    field: &str,
    of: impl Fn(&Map<String, Value>) -> Result<T, &'static str>,
) -> Result<T, EnvelopeError> {
    if line.len() > MAX_HEADER_LINE {
        return Err(too_large(field, "64 KiB"));
    }
    let broken = |reason: String| EnvelopeError::Header {
        field: field.to_owned(),
        reason,
    };
    if !lenient::begins_object(line) {
        return Err(broken("it is not a JSON object".to_owned()));
    }
    if deeper_than(line, MAX_DEPTH) {
        return Err(broken("it is nested too deeply".to_owned()));
    }
    if let Ok(header) = serde_json::from_slice(line) {
        return Ok(header);
    }
    // Syntax errors do not quote the input, which may contain a secret.
    let members: Map<String, Value> = lenient::read(line).map_err(|error| broken(json_reason(&error)))?;
    of(&members).map_err(|reason| broken(reason.to_owned()))
}

impl Header {
    /// Parses the first line of an envelope.
    ///
    /// # Errors
    /// The line is no JSON object, or too long.
    pub(crate) fn parse(line: &[u8]) -> Result<Self, EnvelopeError> {
        if line.is_empty() {
            return Err(EnvelopeError::Empty);
        }
        let mut header = header_json(line, "header", |members| Ok(Self::of(members)))?;
        // This id is informative only: the event has its own.
        header.event_id = header.event_id.filter(|id| parse_id(id).is_some());
        Ok(header)
    }

    fn of(members: &Map<String, Value>) -> Self {
        let sdk = members.get("sdk").and_then(Value::as_object);
        let trace = members.get("trace").and_then(Value::as_object);
        Self {
            event_id: text(members, "event_id"),
            dsn: text(members, "dsn"),
            trace: trace.map(TraceHeader::of),
            sdk: sdk.map(|sdk| Sdk {
                name: text(sdk, "name"),
                version: text(sdk, "version"),
            }),
            sent_at: members.get("sent_at").and_then(|at| match at {
                Value::String(text) => Some(text.clone()),
                Value::Number(seconds) => Some(seconds.to_string()),
                _ => None,
            }),
        }
    }
}

impl TraceHeader {
    pub(super) fn of(members: &Map<String, Value>) -> Self {
        let rate = members.get("sample_rate");
        let rate = rate.map(|rate| rate.as_str().map_or_else(|| rate.to_string(), str::to_owned));
        Self {
            trace_id: text(members, "trace_id"),
            sample_rate: rate,
        }
    }
}

impl ItemHeader {
    pub(super) fn of(members: &Map<String, Value>) -> Result<Self, &'static str> {
        let length = match members.get("length") {
            None | Some(Value::Null) => None,
            Some(length) => Some(length.as_u64().ok_or("its length is not a number of bytes")?),
        };
        Ok(Self {
            item_type: text(members, "type").ok_or("its type is not a text")?.into(),
            length,
            content_type: text(members, "content_type"),
        })
    }
}

fn text(members: &Map<String, Value>, name: &str) -> Option<String> {
    members.get(name).and_then(Value::as_str).map(str::to_owned)
}
