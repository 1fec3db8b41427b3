//! The store endpoint, for SDKs from before envelopes: one event in a request, as JSON, compressed or not.
//!
//! Source: <https://develop.sentry.dev/sdk/foundations/transport/>, and Relay's `endpoints/store.rs`: a body that
//! is not JSON is base64 of JSON, or of JSON compressed by zlib.

use std::io::Read;

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use rand::RngExt;
use reelscope_contracts::{ApiProblem, Code};
use serde_json::{Map, Value};

use crate::envelope::lenient;
use crate::envelope::{MAX_EVENT, format_id, json_reason, parse_id};

/// Makes an envelope of the event in a body. The event stays as received, except that an id is added where there is
/// none.
///
/// # Errors
/// An [`ApiProblem`]: the body is no event in any of these forms, or it is too large.
pub(crate) fn envelope_of(body: Vec<u8>) -> Result<Vec<u8>, ApiProblem> {
    let event = unpacked(body)?;
    if event.len() > MAX_EVENT {
        return Err(too_large());
    }
    let members: Map<String, Value> = lenient::read(&event).map_err(|error| {
        let detail = format!("The event is not valid JSON: {}.", json_reason(&error));
        malformed(&detail)
    })?;
    let known = members.get("event_id").and_then(Value::as_str).and_then(parse_id);
    let id = format_id(known.unwrap_or_else(|| rand::rng().random()));
    let event = if known.is_some() {
        event
    } else {
        with_id(event, &id, members.is_empty())
    };
    // Old SDKs send transactions here too.
    let is_transaction = members.get("type").is_some_and(|kind| kind == "transaction");
    let kind = if is_transaction { "transaction" } else { "event" };
    let head = format!(
        "{{\"event_id\":\"{id}\"}}\n{{\"type\":\"{kind}\",\"content_type\":\"application/json\",\"length\":{}}}\n",
        event.len()
    );
    Ok([head.as_bytes(), &event, b"\n"].concat())
}

/// Adds an id as the last member, because of two members with one name the last counts.
fn with_id(mut event: Vec<u8>, id: &str, is_empty: bool) -> Vec<u8> {
    let end = event
        .iter()
        .rposition(|byte| *byte == b'}')
        .unwrap_or(event.len());
    event.truncate(end);
    let kept = event.trim_ascii_end().len();
    event.truncate(kept);
    if !is_empty && event.last() != Some(&b',') {
        event.push(b',');
    }
    event.extend_from_slice(format!("\"event_id\":\"{id}\"}}").as_bytes());
    event
}

fn unpacked(body: Vec<u8>) -> Result<Vec<u8>, ApiProblem> {
    if lenient::begins_object(&body) {
        return Ok(body);
    }
    if body.trim_ascii().is_empty() {
        return Err(malformed("The body is empty; send an event as JSON."));
    }
    if let Some(event) = inflated(&body)? {
        return Ok(event);
    }
    let text: Vec<u8> = body
        .into_iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let alphabet = if text.iter().any(|byte| matches!(byte, b'-' | b'_')) {
        &URL_SAFE
    } else {
        &STANDARD
    };
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engine = GeneralPurpose::new(alphabet, lenient);
    let decoded = engine.decode(text).map_err(|_| unknown_form())?;
    if lenient::begins_object(&decoded) {
        return Ok(decoded);
    }
    inflated(&decoded)?.ok_or_else(unknown_form)
}

/// Decompresses zlib or gzip, recognised by the first bytes; `None` for neither.
fn inflated(bytes: &[u8]) -> Result<Option<Vec<u8>>, ApiProblem> {
    // One byte more than the limit shows that it is exceeded.
    let most = MAX_EVENT as u64 + 1;
    let mut event = Vec::new();
    let read = match bytes {
        [0x1f, 0x8b, ..] => MultiGzDecoder::new(bytes).take(most).read_to_end(&mut event),
        // Compression method 8, and a checksum modulo 31 (RFC 1950).
        [method, flags, ..] if method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]) % 31 == 0 => {
            ZlibDecoder::new(bytes).take(most).read_to_end(&mut event)
        }
        _ => return Ok(None),
    };
    if event.len() > MAX_EVENT {
        return Err(too_large());
    }
    read.map(|_| Some(event))
        .map_err(|_| malformed("The event is not compressed as it begins."))
}

fn malformed(detail: &str) -> ApiProblem {
    ApiProblem::new(Code::EnvelopeMalformed, detail).field("body")
}

fn unknown_form() -> ApiProblem {
    malformed("The event is neither JSON nor base64 of JSON that may be packed by zlib; send it as JSON.")
}

fn too_large() -> ApiProblem {
    ApiProblem::new(
        Code::PayloadTooLarge,
        "The event is larger than 1 MiB; send less.",
    )
    .field("body")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::envelope::Envelope;
    use std::io::Write;

    const ID: &str = "9ec79c33ec9942ab8353589fcb2e04dc";

    fn check(body: &[u8], kind: &str, message: &str) {
        let bytes = envelope_of(body.to_vec()).unwrap();
        let envelope = Envelope::parse(&bytes).unwrap();
        let event: Value = lenient::read(envelope.items[0].payload).unwrap();
        assert_eq!(
            (envelope.items.len(), envelope.items[0].header.item_type.as_str()),
            (1, kind)
        );
        assert_eq!(event["message"], message, "{}", String::from_utf8_lossy(&bytes));
        let id = parse_id(event["event_id"].as_str().unwrap());
        assert!(id.is_some() && id == envelope.event_id());
    }

    #[test]
    fn an_event_comes_in_every_form_of_old_sdks() {
        let plain = format!("{{\"event_id\":\"{ID}\",\"message\":\"m\"}}");
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        zlib.write_all(plain.as_bytes()).unwrap();
        let zlib = zlib.finish().unwrap();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(plain.as_bytes()).unwrap();
        let base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
        check(plain.as_bytes(), "event", "m");
        check(&zlib, "event", "m");
        check(&gzip.finish().unwrap(), "event", "m");
        check(base64(&zlib).as_bytes(), "event", "m");
        check(
            base64(plain.as_bytes()).trim_end_matches('=').as_bytes(),
            "event",
            "m",
        );
        let lines = base64(&zlib)
            .as_bytes()
            .chunks(20)
            .map(|line| [line, b"\r\n"].concat())
            .collect::<Vec<_>>();
        check(&lines.concat(), "event", "m");
    }

    #[test]
    fn an_id_is_made_where_there_is_none() {
        check(b"{\"message\":\"m\"}", "event", "m");
        check(b" {\"message\":\"m\" , } \n", "event", "m");
        check(b"{\"event_id\":\"\",\"message\":\"m\"}", "event", "m");
        check(b"{\"event_id\":7,\"message\":\"m\",\"rate\":NaN}", "event", "m");
        check(
            b"{\"type\":\"transaction\",\"message\":\"m\"}",
            "transaction",
            "m",
        );
        let bytes = envelope_of(b"{}".to_vec()).unwrap();
        assert!(Envelope::parse(&bytes).unwrap().event_id().is_some());
    }

    #[test]
    fn what_is_no_event_is_refused() {
        let refused = |body: &[u8], status: u16| {
            let problem = envelope_of(body.to_vec()).unwrap_err();
            assert_eq!(
                (problem.status, problem.field.as_deref()),
                (status, Some("body")),
                "{}",
                problem.detail
            );
        };
        refused(b"", 400);
        refused(b"[1]", 400);
        refused(b"hello world!", 400);
        refused(b"{\"a\":", 400);
        refused(b"\x78\x9cbroken", 400);
        refused(b"eJxicm9rZW4=", 400);
        refused(
            &[b"{\"a\":\"".as_slice(), &vec![b'x'; MAX_EVENT], b"\"}"].concat(),
            413,
        );
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        zlib.write_all(&vec![b' '; 64 * MAX_EVENT]).unwrap();
        refused(&zlib.finish().unwrap(), 413);
    }
}
