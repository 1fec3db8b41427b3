//! The walk over JSON by its bytes: finds what is secret by its key or by its text, and writes the remarks in
//! `_meta`.
//!
//! A remark is `[rule, "s", from, to]`, in bytes of the new text, or `[rule, "x"]` for a removed value; `len` is
//! the number of characters of the old text. Source:
//! <https://develop.sentry.dev/sdk/foundations/data-model/event-payloads/>.
//!
//! A string that is JSON, or contains JSON, is walked too, to any depth of strings in strings, and stays JSON. What
//! is nested deeper than [`MAX_DEPTH`], including the strings around it, is removed.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::{Map, Value};

use super::edit::Edit;
use super::json::{self, Read, is_attribute, pair, skip_space, string_end, unescaped, value_end};
use super::key_context::{self, KeyContext, below};
use super::rule::{FILTERED, Found, Rule, in_order};
use super::words::{self, Meaning, is_id};
use super::{card, gate, text};
use crate::envelope::MAX_DEPTH;

/// A step of the path from the root to a value.
#[derive(Debug, Clone)]
enum Step<'a> {
    Key(Cow<'a, str>),
    Index(usize),
}

/// How many bytes a string may grow for each finding in it.
const MOST_GROWTH: usize = 64;

/// Returns the edits of a JSON document; none where it is not JSON.
pub(super) fn edits(document: &[u8], with_remarks: bool) -> Vec<Edit> {
    let mut walk = Walk::new(document, false);
    match walk.value(0, KeyContext::default(), 0) {
        Some(_) => walk.finish(with_remarks),
        None => Vec::new(),
    }
}

/// One pass over JSON, by its bytes, so that unchanged parts are not rewritten.
struct Walk<'a> {
    text: &'a [u8],
    /// Whether this is JSON within a string: then there are no remarks, and keys have no special meaning at the
    /// root.
    is_nested: bool,
    path: Vec<Step<'a>>,
    found: Vec<Found>,
    remarks: Map<String, Value>,
    /// The `_meta` of the root.
    meta: Option<Range<usize>>,
}

impl<'a> Walk<'a> {
    fn new(text: &'a [u8], is_nested: bool) -> Self {
        Self {
            text,
            is_nested,
            path: Vec::new(),
            found: Vec::new(),
            remarks: Map::new(),
            meta: None,
        }
    }

    /// Checks the value that begins at `at` within `depth` containers; returns its end, or `None` where the text is
    /// not JSON.
    fn value(&mut self, at: usize, look: KeyContext, depth: usize) -> Option<usize> {
        let at = skip_space(self.text, at);
        let first = *self.text.get(at)?;
        match (first, look.secret) {
            (b'{' | b'[', _) if depth >= MAX_DEPTH => self.container(at, Rule::Removed),
            (b'{', Some(_)) if is_attribute(self.text, at) => self.object(at, look, depth),
            (b'{', Some(secret)) if secret.meaning == Meaning::Session => {
                self.object(at, KeyContext::default(), depth)
            }
            (b'[', Some(secret)) if secret.meaning == Meaning::Session => self.array(at, look, depth),
            (b'{' | b'[', Some(secret)) => self.container(at, secret.rule),
            (b'{', None) => self.object(at, look, depth),
            (b'[', None) => self.array(at, look, depth),
            (b'"', _) => {
                let end = value_end(self.text, at)?;
                if !look.skip {
                    self.string(at..end, look, depth);
                }
                Some(end)
            }
            (b'-' | b'0'..=b'9', secret) => {
                let end = value_end(self.text, at)?;
                let number = self.text.get(at..end)?;
                match secret {
                    Some(secret) if secret.has_numbers() => self.remove(at..end, secret.rule),
                    None if !(look.skip || look.id || look.quantity) && card::is_card_number(number) => {
                        self.remove(at..end, Rule::Card);
                    }
                    _ => {}
                }
                Some(end)
            }
            _ => value_end(self.text, at),
        }
    }

    /// Removes a container, unless it is empty.
    fn container(&mut self, at: usize, rule: Rule) -> Option<usize> {
        let end = value_end(self.text, at)?;
        let is_empty = skip_space(self.text, at + 1) + 1 >= end;
        if !is_empty {
            self.remove(at..end, rule);
        }
        Some(end)
    }

    fn object(&mut self, at: usize, look: KeyContext, depth: usize) -> Option<usize> {
        let mut at = skip_space(self.text, at + 1);
        if self.text.get(at) == Some(&b'}') {
            return Some(at + 1);
        }
        let mut named = None;
        loop {
            let key_end = string_end(self.text, at)?;
            let key = unescaped(self.text, at..key_end)?;
            at = skip_space(self.text, key_end);
            if self.text.get(at) != Some(&b':') {
                return None;
            }
            let value = skip_space(self.text, at + 1);
            let at_root = self.path.is_empty() && !self.is_nested;
            if at_root && key == "_meta" {
                at = value_end(self.text, value)?;
                self.meta = Some(value..at);
            } else {
                let mut below = below(&key, look, at_root);
                let is_text = self.text.get(value) == Some(&b'"');
                if is_text && matches!(&*key, "name" | "key" | "header" | "field") {
                    let end = string_end(self.text, value)?;
                    named = unescaped(self.text, value..end).and_then(|name| key_context::named(&name));
                } else if is_text && key == "value" && below.secret.is_none() && !below.skip {
                    // Headers and forms may be lists of `{"name": "Cookie", "value": …}`.
                    below.secret = named;
                }
                self.path.push(Step::Key(key));
                at = self.value(value, below, depth + 1)?;
                self.path.pop();
            }
            at = skip_space(self.text, at);
            match self.text.get(at)? {
                b',' => at = skip_space(self.text, at + 1),
                b'}' => return Some(at + 1),
                _ => return None,
            }
        }
    }

    fn array(&mut self, at: usize, look: KeyContext, depth: usize) -> Option<usize> {
        let mut at = skip_space(self.text, at + 1);
        if self.text.get(at) == Some(&b']') {
            return Some(at + 1);
        }
        for index in 0.. {
            self.path.push(Step::Index(index));
            let pair = pair(self.text, at).filter(|_| look.secret.is_none() && depth + 1 < MAX_DEPTH);
            at = match pair {
                // Headers, tags and queries may be lists of pairs.
                Some((name, value)) => {
                    self.path.push(Step::Index(1));
                    let end = self.value(value, below(&name, look, false), depth + 2)?;
                    self.path.pop();
                    // The bracket of the pair.
                    skip_space(self.text, end) + 1
                }
                None => self.value(at, look, depth + 1)?,
            };
            self.path.pop();
            at = skip_space(self.text, at);
            match self.text.get(at)? {
                b',' => at = skip_space(self.text, at + 1),
                b']' => return Some(at + 1),
                _ => return None,
            }
        }
        None
    }

    fn string(&mut self, range: Range<usize>, look: KeyContext, depth: usize) {
        let Some(Read { text, otherwise }) = json::read(self.text, range.clone()) else {
            return;
        };
        let is_session = |text: &str| is_id(text, look.id) || words::is_said(text);
        let found = match look.secret {
            Some(_) if text.is_empty() || text == FILTERED => return,
            Some(secret) if secret.rule == Rule::Removed => return self.remove(range, Rule::Removed),
            Some(secret) if secret.meaning == Meaning::Session && is_session(&text) => return,
            Some(secret) => vec![Found::new(0..text.len(), secret.rule)],
            None if is_id(&text, look.id) => return,
            None => found_in(&text, depth),
        };
        // If the two readings of a string differ in what is secret, the whole string is removed.
        let otherwise = otherwise.unwrap_or_default();
        let other = found_in(&otherwise, depth);
        let hidden = parts(&text, &found);
        let is_doubtful = parts(&otherwise, &other)
            .iter()
            .any(|part| !hidden.contains(part));
        let Some(rule) = found.first().or(other.first()).map(|first| first.rule) else {
            return;
        };
        let (mut written, mut remarks) = replaced(&text, &found);
        let mut with = Value::from(written.as_str()).to_string();
        // A string that is written with fewer escapes than it came with would double with each string around it, so
        // it is removed as a whole; so is a string that would be scrubbed again.
        let findings = written.matches(FILTERED).count().max(found.len());
        let unchanged = Value::from(&*text).to_string().len();
        if is_doubtful
            || with.len() > unchanged + MOST_GROWTH * findings
            || !found_in(&written, depth).is_empty()
        {
            (written, remarks) = replaced(&text, &[Found::new(0..text.len(), rule)]);
            with = Value::from(written).to_string();
        }
        let length = text.chars().count();
        self.found.push(Found {
            range,
            rule,
            with: with.into(),
        });
        self.note(remarks, Some(length));
    }

    fn remove(&mut self, range: Range<usize>, rule: Rule) {
        self.found.push(Found {
            range,
            rule,
            with: Cow::Borrowed("null"),
        });
        self.note(vec![serde_json::json!([rule.name(), "x"])], None);
    }

    /// Adds remarks at the present path, unless `_meta` would nest too deep.
    fn note(&mut self, remarks: Vec<Value>, length: Option<usize>) {
        /// Number of containers of `_meta` above and below a path: its own, that of the remarks, their list, and
        /// one remark.
        const OWN: usize = 4;
        if self.is_nested || self.path.len() + OWN > MAX_DEPTH {
            return;
        }
        let mut node = &mut self.remarks;
        let keys = self.path.iter().map(|step| match step {
            Step::Key(key) => key.as_ref().to_owned(),
            Step::Index(index) => index.to_string(),
        });
        for key in keys.chain([String::new()]) {
            let below = node.entry(key).or_insert_with(|| Map::new().into());
            let Value::Object(below) = below else { return };
            node = below;
        }
        if let Some(length) = length {
            node.insert("len".to_owned(), length.into());
        }
        node.insert("rem".to_owned(), remarks.into());
    }

    /// Returns the edits in order, including that of `_meta`.
    fn finish(self, with_remarks: bool) -> Vec<Edit> {
        let edit = |found: Found| Edit::at(found.range, found.with.into_owned());
        let mut edits: Vec<Edit> = self.found.into_iter().map(edit).collect();
        if self.remarks.is_empty() || !with_remarks || self.text.first() != Some(&b'{') {
            return edits;
        }
        match self.meta {
            Some(range) => {
                let known = self.text.get(range.clone()).unwrap_or_default();
                let mut known: Value = serde_json::from_slice(known).unwrap_or_default();
                merge(&mut known, self.remarks.into());
                edits.push(Edit::at(range, known.to_string()));
                edits.sort_by_key(|edit| edit.range.start);
            }
            None => {
                let end = self.text.len() - 1;
                let meta = format!(",\"_meta\":{}", Value::from(self.remarks));
                edits.push(Edit::at(end..end, meta));
            }
        }
        edits
    }
}

/// The findings as parts of the text.
fn parts<'a>(text: &'a str, found: &[Found]) -> Vec<&'a str> {
    let parts = found.iter().map(|one| text.get(one.range.clone()));
    parts.map(Option::unwrap_or_default).collect()
}

/// Replaces the findings; returns the new text and a remark for each.
fn replaced(text: &str, found: &[Found]) -> (String, Vec<Value>) {
    let mut written = String::with_capacity(text.len());
    let mut remarks = Vec::with_capacity(found.len());
    let mut from = 0;
    for one in found {
        written.push_str(text.get(from..one.range.start).unwrap_or_default());
        let start = written.len();
        written.push_str(&one.with);
        remarks.push(serde_json::json!([one.rule.name(), "s", start, written.len()]));
        from = one.range.end;
    }
    written.push_str(text.get(from..).unwrap_or_default());
    (written, remarks)
}

/// Returns the findings in a string within `depth` containers, in order and without overlaps: in JSON by its keys,
/// elsewhere by the text around them.
fn found_in(text: &str, depth: usize) -> Vec<Found> {
    if !gate::may_hold(text.as_bytes()) {
        return Vec::new();
    }
    if depth > MAX_DEPTH {
        return if text == FILTERED {
            Vec::new()
        } else {
            vec![Found::new(0..text.len(), Rule::Removed)]
        };
    }
    let mut documents = Vec::new();
    let mut inside: Vec<Found> = Vec::new();
    for document in documents_in(text.as_bytes()) {
        let part = text.as_bytes().get(document.clone()).unwrap_or_default();
        let is_text = part.first() == Some(&b'"');
        let mut walk = Walk::new(part, true);
        if walk.value(0, KeyContext::default(), depth + usize::from(is_text)) == Some(part.len()) {
            inside.extend(
                walk.found
                    .into_iter()
                    .map(|found| unquoted(found, document.start)),
            );
            documents.push(document);
        }
    }
    let mut found = text::findings(text);
    found.retain(|one| {
        let next = documents.partition_point(|document| document.end < one.range.end);
        // A finding that is a whole document has been found by its name outside of it.
        let is_inside = documents
            .get(next)
            .is_some_and(|document| document.start <= one.range.start && *document != one.range);
        let next = inside.partition_point(|other| other.range.end <= one.range.start);
        let is_free = inside
            .get(next)
            .is_none_or(|other| one.range.end <= other.range.start);
        let may_be_in_a_key = !matches!(
            one.rule,
            Rule::Password | Rule::Person | Rule::Address | Rule::Card
        );
        !is_inside || is_free && may_be_in_a_key
    });
    found.extend(inside);
    in_order(found)
}

/// Moves a finding in a document that begins at `start`; of a string only the text between the quotes is replaced.
fn unquoted(found: Found, start: usize) -> Found {
    let Found { range, rule, with } = found;
    let range = range.start + start..range.end + start;
    match with.strip_prefix('"').and_then(|with| with.strip_suffix('"')) {
        Some(inner) => Found {
            range: range.start + 1..range.end - 1,
            rule,
            with: Cow::Owned(inner.to_owned()),
        },
        None => Found { range, rule, with },
    }
}

/// Limit of brackets that begin no document, so that the time is linear in the text.
const MOST_FAILURES: usize = 8;

/// The ranges of a text that may be JSON: the whole text, or what brackets enclose.
fn documents_in(text: &[u8]) -> Vec<Range<usize>> {
    let start = skip_space(text, 0);
    if let Some(end) = string_end(text, start)
        && skip_space(text, end) == text.len()
    {
        return std::iter::once(start..end).collect();
    }
    let mut documents = Vec::new();
    let (mut from, mut failures) = (0, 0);
    while let Some(rest) = text.get(from..)
        && let Some(at) = memchr::memchr2(b'{', b'[', rest)
        && failures < MOST_FAILURES
    {
        let start = from + at;
        from = match value_end(text, start) {
            Some(end) => {
                documents.push(start..end);
                end
            }
            None => {
                failures += 1;
                start + 1
            }
        };
    }
    documents
}

/// Adds our remarks to those of an SDK, after them.
fn merge(known: &mut Value, ours: Value) {
    match (known, ours) {
        (Value::Object(known), Value::Object(ours)) => {
            for (key, value) in ours {
                match known.get_mut(&key) {
                    // The original length is the one that the SDK recorded.
                    Some(below) if key != "len" => merge(below, value),
                    Some(_) => {}
                    None => {
                        known.insert(key, value);
                    }
                }
            }
        }
        (Value::Array(known), Value::Array(ours)) => known.extend(ours),
        (known, ours) => *known = ours,
    }
}
