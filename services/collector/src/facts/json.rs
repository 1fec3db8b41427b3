//! Reads members of a payload leniently: one of an unexpected type counts as absent.

use reelscope_page_api::telemetry::{Measurement, Named};
use serde_json::{Map, Value};

use crate::bounds;
use crate::envelope::lenient;
use crate::envelope::parse_id;

pub(super) type Object = Map<String, Value>;

pub(super) fn text(payload: &Object, name: &str) -> Option<String> {
    payload.get(name).and_then(as_text)
}

/// A text that becomes a name, cut to `most` bytes.
pub(super) fn name(payload: &Object, member: &str, most: usize) -> Option<String> {
    payload.get(member).and_then(|value| as_name(value, most))
}

pub(super) fn as_name(value: &Value, most: usize) -> Option<String> {
    match value {
        // Cut without a copy, because the text may be as long as the envelope.
        Value::String(text) => Some(bounds::cut(text, most)),
        _ => as_text(value),
    }
}

pub(super) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// A text for people of at most `most` bytes: a value that is none is its JSON, as Relay has it. Where its element is
/// broken, the reason is added, or replaces it.
pub(super) fn readable(element: &Object, member: &str, most: usize) -> String {
    let written = match element.get(member) {
        Some(value @ (Value::Array(_) | Value::Object(_))) => Some(bounds::cut(&value.to_string(), most)),
        value => value.and_then(|value| as_name(value, most)),
    };
    match (written, lenient::unreadable(element)) {
        (Some(text), Some(reason)) => format!("{text} ({reason})"),
        (text, reason) => text.or(reason).unwrap_or_default(),
    }
}

pub(super) fn id(payload: &Object, name: &str) -> Option<u128> {
    payload.get(name).and_then(as_id)
}

pub(super) fn as_id(value: &Value) -> Option<u128> {
    value.as_str().and_then(parse_id).filter(|id| *id != 0)
}

/// The id of a span. One that is hexadecimal is in lower case, as Relay has it, because it is compared.
pub(super) fn as_span_id(value: &Value) -> Option<String> {
    let mut id = as_name(value, bounds::ID)?;
    if id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        id.make_ascii_lowercase();
    }
    Some(id)
}

/// A number. One that no double holds is text, see [`lenient`].
pub(super) fn as_number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

/// A member by its name, or by the name that old SDKs use.
pub(super) fn either<'a>(payload: &'a Object, name: &str, old: &str) -> Option<&'a Value> {
    payload
        .get(name)
        .filter(|value| !value.is_null())
        .or_else(|| payload.get(old))
}

/// The objects of a list, which may be the member `values` of an object, or one object.
pub(super) fn values(list: Option<&Value>) -> Vec<&Object> {
    let Some(list) = list else { return Vec::new() };
    match list.get("values").unwrap_or(list) {
        Value::Array(list) => list.iter().filter_map(Value::as_object).collect(),
        Value::Object(one) if !one.is_empty() => vec![one],
        _ => Vec::new(),
    }
}

pub(super) fn trace_context(payload: &Object) -> Option<&Object> {
    payload.get("contexts")?.get("trace")?.as_object()
}

pub(super) fn player(user: &Value) -> Option<String> {
    as_name(user.get("id")?, bounds::PLAYER)
}

/// Tags, which are an object or a list of pairs.
pub(super) fn tags(tags: &Value) -> Named<String> {
    let tag = |name: String, value: &Value| {
        let name = bounds::cut(&name, bounds::TAG);
        Some((name, as_name(value, bounds::TAG_VALUE)?))
    };
    match tags {
        Value::Object(tags) => tags
            .iter()
            .filter_map(|(name, value)| tag(name.clone(), value))
            .collect(),
        Value::Array(pairs) => pairs
            .iter()
            .filter_map(|pair| tag(as_text(pair.get(0)?)?, pair.get(1)?))
            .collect(),
        _ => Named::new(),
    }
}

pub(super) fn measurements(measurements: &Value) -> Named<Measurement> {
    let measurements = measurements.as_object();
    measurements
        .into_iter()
        .flatten()
        .filter_map(|(name, entry)| {
            let value = entry.get("value").and_then(as_number)?;
            let unit = entry.get("unit").and_then(Value::as_str);
            let unit = unit.filter(|unit| !unit.is_empty()).unwrap_or("none");
            let measurement = Measurement {
                value,
                unit: bounds::cut(unit, bounds::WORD),
            };
            Some((bounds::cut(name, bounds::MEASUREMENT), measurement))
        })
        .collect()
}

/// The members of an object.
pub(super) fn named(value: Value) -> Named<Value> {
    match value {
        Value::Object(members) => members.into_iter().collect(),
        _ => Named::new(),
    }
}

/// The values of `{"name": {"value": …, "type": …}}`.
pub(super) fn attributes(payload: &Object) -> Named<Value> {
    let attributes = payload.get("attributes").and_then(Value::as_object);
    attributes
        .into_iter()
        .flatten()
        .map(|(name, entry)| (name.clone(), entry.get("value").unwrap_or(entry).clone()))
        .collect()
}
