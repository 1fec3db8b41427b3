//! Takes out of envelopes what must not leave: secrets, and what tells who a person is.
//!
//! Pure: bytes in, bytes out. What is replaced becomes [`FILTERED`] (or `null` where the protocol has no place for
//! a text) and is noted in `_meta` the way Relay notes its own scrubbing, so that Sentry and the viewer show what was
//! scrubbed and by which rule. Everything else stays as it came, byte by byte: numbers are never written anew. Scrubbing
//! twice is scrubbing once.
//!
//! Rules: values below keys that the table of words takes for sensitive, and those of `{"name": …, "value": …}` whose name it
//! takes for so; e-mail addresses, card numbers, IBANs, bearer and JSON Web Tokens, names with passwords in base64, private keys, passwords in addresses, `secret=value` in texts and in JSON in texts; the name, e-mail and address
//! of a user. Ids are never touched, and no number but a card's or one named a secret. What is nested deeper than
//! [`MAX_DEPTH`](crate::envelope::MAX_DEPTH) is removed whole.
//!
//! Modules, each knowing only those before it: `rule` (names of rules, findings), `border`, `percents`, `words` (the one
//! table), `sieve` (where a word may be), `json`, `edit`, `quote`, `forms` (other ways to give a value to a name), `gate` (the
//! quick look); `card`, `iban`, `email`, `named` (one rule each), `text` (all of them), `look` (what
//! keys say), `walk` (documents). What is masked of `name=value` and `name: value`, and what is prose, `named` says.
//!
//! Sources: <https://docs.sentry.io/security-legal-pii/scrubbing/server-side-scrubbing/> (what counts as sensitive); the
//! format of remarks as the wheel `sentry-relay` answers it.
//!
//! Left alone: attachments, payloads that are not JSON (replays, minidumps, statsd), and headers, which name the
//! project's public key.

mod border;
mod card;
mod edit;
mod email;
mod forms;
mod gate;
mod iban;
mod json;
mod look;
mod named;
mod percents;
mod quote;
mod rule;
mod sieve;
#[cfg(test)]
mod tests;
mod text;
mod walk;
mod words;

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::envelope::{Envelope, MAX_DEPTH, MAX_EVENT, deeper_than, is_container};
use crate::item_type::Payload;
use edit::{Edit, applied, grown};
use json::{member, skip_space, value_end};

pub use rule::FILTERED;

/// The envelope without what must not leave; `None` when there is nothing of the kind, or when it is no envelope.
#[must_use]
pub fn scrubbed(envelope: &[u8]) -> Option<Vec<u8>> {
    if is_suspect(envelope) {
        scrub(envelope)
    } else {
        None
    }
}

/// Whether a closer look is needed: never false when there is something to scrub. A few microseconds.
pub(crate) fn is_suspect(bytes: &[u8]) -> bool {
    gate::may_hold(bytes) || has_a_known_user(bytes) || is_deep(bytes)
}

/// Whether something but an id is said of a user.
fn has_a_known_user(bytes: &[u8]) -> bool {
    static USER: LazyLock<Regex> = LazyLock::new(|| border::pattern(r#""user"\s*[:,]\s*\{"#));
    static ONLY_AN_ID: LazyLock<Regex> =
        LazyLock::new(|| border::pattern(r#"\A\s*"id"\s*:\s*"[^"\\]*"\s*\}"#));
    USER.find_iter(bytes)
        .any(|found| !ONLY_AN_ID.is_match(bytes.get(found.end()..).unwrap_or_default()))
}

/// Whether a payload is nested deeper than is looked. Only what has as many brackets may be.
fn is_deep(bytes: &[u8]) -> bool {
    memchr::memchr2_iter(b'{', b'[', bytes).nth(MAX_DEPTH).is_some()
        && Envelope::framed(bytes).is_ok_and(|envelope| {
            envelope
                .items
                .iter()
                .any(|item| deeper_than(item.payload, MAX_DEPTH))
        })
}

/// The same without the quick look.
pub(crate) fn scrub(bytes: &[u8]) -> Option<Vec<u8>> {
    let envelope = Envelope::framed(bytes).ok()?;
    let mut edits = Vec::new();
    for item in &envelope.items {
        if item.header.item_type.payload() == Payload::Bytes {
            continue;
        }
        let mut of_item = payload_edits(item.payload, is_container(item), true);
        if item.header.item_type.is_event() && grown(item.payload, &of_item) > MAX_EVENT {
            // Sentry would refuse it for its size, and the remarks are what can be done without.
            of_item = payload_edits(item.payload, false, false);
        }
        if of_item.is_empty() {
            continue;
        }
        if item.header.length.is_some()
            && let Some(range) = member(item.line, "length")
        {
            let length = grown(item.payload, &of_item).to_string();
            edits.push(Edit::at(range, length).moved(offset(bytes, item.line)));
        }
        let start = offset(bytes, item.payload);
        edits.extend(of_item.into_iter().map(|edit| edit.moved(start)));
    }
    (!edits.is_empty()).then(|| applied(bytes, &edits))
}

/// Where a part of `whole` begins in it.
fn offset(whole: &[u8], part: &[u8]) -> usize {
    part.as_ptr().addr().saturating_sub(whole.as_ptr().addr())
}

/// What to change in the payload of an item; nothing when it is not JSON. In a container every entry has a `_meta` of
/// its own.
fn payload_edits(payload: &[u8], container: bool, with_remarks: bool) -> Vec<Edit> {
    let mut edits = Vec::new();
    let roots = if container {
        entries(payload)
    } else {
        let end = value_end(payload, 0).filter(|end| skip_space(payload, *end) == payload.len());
        end.map(|end| std::iter::once(skip_space(payload, 0)..end).collect())
    };
    for root in roots.unwrap_or_default() {
        let Some(text) = payload.get(root.clone()) else {
            continue;
        };
        let of_root = walk::edits(text, with_remarks);
        edits.extend(of_root.into_iter().map(|edit| edit.moved(root.start)));
    }
    edits
}

/// The entries of `{"items": […]}`.
fn entries(payload: &[u8]) -> Option<Vec<Range<usize>>> {
    let items = member(payload, "items")?;
    let mut entries = Vec::new();
    let mut at = skip_space(payload, items.start + 1);
    while payload.get(items.start) == Some(&b'[') && at < items.end && payload.get(at) != Some(&b']') {
        let end = value_end(payload, at)?;
        entries.push(at..end);
        at = skip_space(payload, end);
        if payload.get(at) == Some(&b',') {
            at = skip_space(payload, at + 1);
        }
    }
    Some(entries)
}
