//! Removes secrets and personal data from envelopes.
//!
//! Pure: bytes in, bytes out. A finding is replaced by [`FILTERED`] (or by `null` where the protocol does not allow
//! a text) and recorded in `_meta` as Relay records its own scrubbing, so that Sentry and the viewer show what was
//! scrubbed and by which rule. Everything else stays byte for byte; numbers are never rewritten. Scrubbing twice
//! gives the same as scrubbing once.
//!
//! Rules: values whose key, or whose `name` beside a `value`, is sensitive by the table of words; email addresses,
//! card numbers, IBANs, bearer and JSON Web Tokens, names with passwords in base64, private keys, passwords in URLs
//! and in the options of commands, `secret=value` in texts and in JSON in texts, nodes of the header `Forwarded`;
//! name, email and address of a user. Ids are never changed, and numbers only where they are a card number or have
//! the name of a secret. What is nested deeper than [`MAX_DEPTH`] is removed.
//!
//! ```text
//!   mod ──> gate      quick check of a payload (sieve: the words in it)
//!    │
//!    └────> walk      JSON by its bytes: keys (key_context) and strings
//!             └─> text      free text; its rules: iban, groups, email, command, named (line, values)
//!
//!   below all of them: words (the table), rule, card, forms, border, percents, entities, quote, json, edit
//! ```
//!
//! Sources: <https://docs.sentry.io/security-legal-pii/scrubbing/server-side-scrubbing/> (what counts as
//! sensitive); the format of remarks is that of the wheel `sentry-relay`.
//!
//! A new key word is a row of the table in `words.rs`.
//!
//! Not scrubbed: attachments, payloads that are not JSON (replays, minidumps, statsd), and headers, which contain
//! the project's public key.

mod border;
mod card;
mod edit;
mod entities;
mod forms;
mod gate;
mod json;
mod key_context;
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

use crate::envelope::item_type::Payload;
use crate::envelope::{Envelope, MAX_DEPTH, MAX_EVENT, deeper_than, is_container};
use edit::{Edit, applied, grown};
use json::{member, skip_space, string_end, value_end};

pub use rule::FILTERED;

/// Returns the envelope without secrets and personal data; `None` when there are none, or when it is no envelope.
#[must_use]
pub fn scrubbed(envelope: &[u8]) -> Option<Vec<u8>> {
    scrubbed_items(envelope, &Envelope::framed(envelope).ok()?)
}

/// Returns JSON that is no envelope without secrets and personal data.
#[must_use]
pub fn scrubbed_json(json: &[u8]) -> Vec<u8> {
    applied(json, &payload_edits(json, false, false))
}

/// The same for bytes whose headers are parsed.
pub(crate) fn scrubbed_items(bytes: &[u8], envelope: &Envelope<'_>) -> Option<Vec<u8>> {
    without(bytes, envelope, is_suspicious)
}

/// Whether a payload needs a closer check. It is never false when there is something to scrub, and takes a few
/// microseconds.
fn is_suspicious(payload: &[u8]) -> bool {
    gate::may_hold(payload) || has_a_known_user(payload) || deeper_than(payload, MAX_DEPTH)
}

/// Whether a user has more than an id.
fn has_a_known_user(payload: &[u8]) -> bool {
    const USER: &[u8] = b"\"user\"";
    memchr::memmem::find_iter(payload, USER).any(|at| {
        let at = skip_space(payload, at + USER.len());
        let user = skip_space(payload, at + 1);
        matches!(payload.get(at), Some(b':' | b','))
            && payload.get(user) == Some(&b'{')
            && !is_only_an_id(payload, user)
    })
}

/// Whether the object at `at` has an id and nothing else.
fn is_only_an_id(text: &[u8], at: usize) -> bool {
    let key = skip_space(text, at + 1);
    let Some(key_end) = string_end(text, key) else {
        return false;
    };
    let colon = skip_space(text, key_end);
    let end = string_end(text, skip_space(text, colon + 1));
    text.get(key..key_end) == Some(b"\"id\"")
        && text.get(colon) == Some(&b':')
        && end.is_some_and(|end| text.get(skip_space(text, end)) == Some(&b'}'))
}

/// Whether an item of an envelope needs a closer check.
#[cfg(any(fuzzing, test))]
pub(crate) fn is_suspect(bytes: &[u8]) -> bool {
    Envelope::framed(bytes)
        .is_ok_and(|envelope| envelope.items.iter().any(|item| is_suspicious(item.payload)))
}

/// Scrubs the envelope without the quick check.
#[cfg(any(fuzzing, test))]
pub(crate) fn scrub(bytes: &[u8]) -> Option<Vec<u8>> {
    without(bytes, &Envelope::framed(bytes).ok()?, |_| true)
}

/// Scrubs the payloads that fulfil `is_looked_at`.
fn without(bytes: &[u8], envelope: &Envelope<'_>, is_looked_at: impl Fn(&[u8]) -> bool) -> Option<Vec<u8>> {
    let mut edits = Vec::new();
    for item in &envelope.items {
        if item.header.item_type.payload() == Payload::Bytes || !is_looked_at(item.payload) {
            continue;
        }
        let mut of_item = payload_edits(item.payload, is_container(item), true);
        if item.header.item_type.is_event() && grown(item.payload, &of_item) > MAX_EVENT {
            // Sentry refuses an event of this size, and the remarks are dispensable.
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

/// The offset of a part within `whole`.
fn offset(whole: &[u8], part: &[u8]) -> usize {
    part.as_ptr().addr().saturating_sub(whole.as_ptr().addr())
}

/// Returns the edits of an item's payload; none when it is not JSON. In a container each entry has a `_meta` of its
/// own.
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
