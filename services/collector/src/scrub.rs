//! Takes out of envelopes what must not leave: secrets, and what tells who a person is.
//!
//! Pure: bytes in, bytes out. What is replaced becomes [`FILTERED`] (or `null` where the protocol has no place for
//! a text) and is noted in `_meta` the way Relay notes its own scrubbing, so that Sentry and the viewer show what was
//! scrubbed and by which rule. Everything else stays as it came, byte by byte: numbers are never written anew.
//!
//! Rules: values below keys that Relay takes for sensitive; e-mail addresses, card numbers, IBANs, bearer tokens, private
//! keys, passwords in addresses, `secret=value` in texts; the name, e-mail and address of a user. Ids are never touched.
//! Sources: <https://docs.sentry.io/security-legal-pii/scrubbing/server-side-scrubbing/> (what counts as sensitive),
//! <https://develop.sentry.dev/sdk/foundations/data-model/event-payloads/> (`_meta`); the format of remarks as the wheel
//! `sentry-relay` answers it. A remark is `[rule, "s", from, to]`, bytes of the new text, or `[rule, "x"]` for what was
//! removed; `len` counts the characters of the old text.
//!
//! Left alone: attachments, payloads that are not JSON (replays, minidumps, statsd), and headers, which name the
//! project's public key.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};
use serde_json::{Map, Value};

use crate::envelope::{Envelope, MAX_DEPTH, MAX_EVENT, is_container};
use crate::gate;

/// What stands where something was.
pub const FILTERED: &str = "[Filtered]";

/// The words that make a key sensitive, wherever they stand in it; those of Relay's rule `@password`, and cookies.
const WORDS: &str = "password|passwd|passphrase|secret|api[-_]?key|auth|credentials|mysql_pwd|private[-_]?key|token|cookie|csrf|xsrf";

/// A rule, named as in `_meta`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// A key or a name in a text says that it is secret.
    Password,
    /// The same, where a number is a count and no secret: `max_tokens`, `auth_ms`.
    PasswordText,
    Bearer,
    Email,
    Card,
    Iban,
    PrivateKey,
    UrlAuth,
    /// Whose name it is.
    Name,
    /// A network address in a free text.
    Address,
    /// A network address where Sentry takes nothing else.
    Removed,
}

impl Rule {
    const fn name(self) -> &'static str {
        match self {
            Self::Password | Self::PasswordText => "@password:filter",
            Self::Bearer => "@bearer:filter",
            Self::Email => "@email:filter",
            Self::Card => "@creditcard:filter",
            Self::Iban => "@iban:filter",
            Self::PrivateKey => "@pemkey:filter",
            Self::UrlAuth => "@urlauth:legacy",
            Self::Name => "@anything:filter",
            Self::Address => "@ip:filter",
            Self::Removed => "@anything:remove",
        }
    }
}

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
    matches_suspect(bytes)
        || PATTERNS.user.find_iter(bytes).any(|found| {
            !PATTERNS
                .only_an_id
                .is_match(bytes.get(found.end()..).unwrap_or_default())
        })
}

fn matches_suspect(bytes: &[u8]) -> bool {
    gate::may_hold(bytes) && PATTERNS.suspect.is_match(bytes)
}

/// The same without the quick look.
pub(crate) fn scrub(bytes: &[u8]) -> Option<Vec<u8>> {
    let envelope = Envelope::framed(bytes).ok()?;
    let mut edits = Vec::new();
    for item in &envelope.items {
        if item.header.item_type == "attachment" {
            continue;
        }
        let mut of_item = payload_edits(item.payload, is_container(item), true);
        let is_event = matches!(item.header.item_type.as_str(), "event" | "transaction");
        if is_event && grown(item.payload, &of_item) > MAX_EVENT {
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

/// Bytes to be put in place of others.
#[derive(Debug)]
struct Edit {
    range: Range<usize>,
    text: String,
}

impl Edit {
    const fn at(range: Range<usize>, text: String) -> Self {
        Self { range, text }
    }

    fn moved(self, by: usize) -> Self {
        Self {
            range: self.range.start + by..self.range.end + by,
            text: self.text,
        }
    }
}

/// The length once the edits are made.
fn grown(bytes: &[u8], edits: &[Edit]) -> usize {
    edits.iter().fold(bytes.len(), |length, edit| {
        (length + edit.text.len()).saturating_sub(edit.range.len())
    })
}

/// The edits made; they are in order and do not overlap.
fn applied(bytes: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut made = Vec::with_capacity(grown(bytes, edits));
    let mut from = 0;
    for edit in edits {
        made.extend_from_slice(bytes.get(from..edit.range.start).unwrap_or_default());
        made.extend_from_slice(edit.text.as_bytes());
        from = edit.range.end;
    }
    made.extend_from_slice(bytes.get(from..).unwrap_or_default());
    made
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
        let mut walk = Walk::new(text);
        if walk.value(0, Look::default(), 0).is_none() {
            continue;
        }
        edits.extend(
            walk.finish(with_remarks)
                .into_iter()
                .map(|edit| edit.moved(root.start)),
        );
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

/// How a value is looked at, by what stands above it.
#[derive(Debug, Clone, Copy, Default)]
struct Look {
    /// All of it is secret.
    secret: Option<Rule>,
    /// It is the protocol's own and holds nothing of a person.
    skip: bool,
    /// It is a user.
    user: bool,
    /// It is the SDK, of which only the address it was seen at is anyone's.
    sdk: bool,
    /// It is a frame of a stack, or a list of them.
    frame: bool,
    /// It is named an id.
    id: bool,
}

/// Where a value stands below its root.
#[derive(Debug, Clone)]
enum Step<'a> {
    Key(Cow<'a, str>),
    Index(usize),
}

/// One pass over a JSON text. It finds its way by the text's bytes, so that what is not changed is not written anew.
struct Walk<'a> {
    text: &'a [u8],
    path: Vec<Step<'a>>,
    edits: Vec<Edit>,
    remarks: Map<String, Value>,
    /// The root's own `_meta`.
    meta: Option<Range<usize>>,
}

impl<'a> Walk<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            path: Vec::new(),
            edits: Vec::new(),
            remarks: Map::new(),
            meta: None,
        }
    }

    /// Looks at the value that begins at `at`; where it ends, or `None` where the text is not JSON.
    fn value(&mut self, at: usize, look: Look, depth: usize) -> Option<usize> {
        if depth > MAX_DEPTH {
            return None;
        }
        let at = skip_space(self.text, at);
        match *self.text.get(at)? {
            b'{' if look.secret.is_none() || is_attribute(self.text, at) => self.object(at, look, depth),
            b'[' if look.secret.is_none() => self.array(at, look, depth),
            b'{' | b'[' => {
                let end = value_end(self.text, at)?;
                let is_empty = skip_space(self.text, at + 1) + 1 >= end;
                if !is_empty && let Some(rule) = look.secret {
                    self.remove(at..end, rule);
                }
                Some(end)
            }
            b'"' => {
                let end = value_end(self.text, at)?;
                if !look.skip {
                    self.string(at..end, look);
                }
                Some(end)
            }
            b'-' | b'0'..=b'9' => {
                let end = value_end(self.text, at)?;
                if look.secret == Some(Rule::Password) {
                    self.remove(at..end, Rule::Password);
                }
                Some(end)
            }
            _ => value_end(self.text, at),
        }
    }

    fn object(&mut self, at: usize, look: Look, depth: usize) -> Option<usize> {
        let mut at = skip_space(self.text, at + 1);
        if self.text.get(at) == Some(&b'}') {
            return Some(at + 1);
        }
        loop {
            let key_end = string_end(self.text, at)?;
            let key = unescaped(self.text, at..key_end)?;
            at = skip_space(self.text, key_end);
            if self.text.get(at) != Some(&b':') {
                return None;
            }
            let value = skip_space(self.text, at + 1);
            if self.path.is_empty() && key == "_meta" {
                at = value_end(self.text, value)?;
                self.meta = Some(value..at);
            } else {
                let below = below(&key, look, self.path.is_empty());
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

    fn array(&mut self, at: usize, look: Look, depth: usize) -> Option<usize> {
        let mut at = skip_space(self.text, at + 1);
        if self.text.get(at) == Some(&b']') {
            return Some(at + 1);
        }
        for index in 0.. {
            self.path.push(Step::Index(index));
            at = match pair(self.text, at) {
                // Headers, tags and queries are lists of names with values.
                Some((name, value)) => {
                    self.path.push(Step::Index(1));
                    let end = self.value(value, below(&name, look, false), depth + 2)?;
                    self.path.pop();
                    // The pair's own bracket.
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

    fn string(&mut self, range: Range<usize>, look: Look) {
        let Some(text) = unescaped(self.text, range.clone()) else {
            return;
        };
        let found = match look.secret {
            Some(_) if text.is_empty() || text == FILTERED => return,
            Some(Rule::Removed) => return self.remove(range, Rule::Removed),
            Some(rule) => vec![(0..text.len(), rule)],
            None if is_id(&text, look.id) => return,
            None => findings(&text),
        };
        if found.is_empty() {
            return;
        }
        let mut written = String::with_capacity(text.len());
        let mut remarks = Vec::with_capacity(found.len());
        let mut from = 0;
        for (place, rule) in found {
            written.push_str(text.get(from..place.start).unwrap_or_default());
            let start = written.len();
            written.push_str(FILTERED);
            remarks.push(serde_json::json!([rule.name(), "s", start, written.len()]));
            from = place.end;
        }
        written.push_str(text.get(from..).unwrap_or_default());
        self.edits.push(Edit::at(range, Value::from(written).to_string()));
        self.note(remarks, Some(text.chars().count()));
    }

    fn remove(&mut self, range: Range<usize>, rule: Rule) {
        self.edits.push(Edit::at(range, "null".to_owned()));
        self.note(vec![serde_json::json!([rule.name(), "x"])], None);
    }

    /// Adds remarks at today's path.
    fn note(&mut self, remarks: Vec<Value>, length: Option<usize>) {
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

    /// The edits, that of `_meta` among them, in order.
    fn finish(mut self, with_remarks: bool) -> Vec<Edit> {
        if self.edits.is_empty() || !with_remarks || self.text.first() != Some(&b'{') {
            return self.edits;
        }
        match self.meta {
            Some(range) => {
                let known = self.text.get(range.clone()).unwrap_or_default();
                let mut known: Value = serde_json::from_slice(known).unwrap_or_default();
                merge(&mut known, self.remarks.into());
                self.edits.push(Edit::at(range, known.to_string()));
                self.edits.sort_by_key(|edit| edit.range.start);
            }
            None => {
                let end = self.text.len() - 1;
                let meta = format!(",\"_meta\":{}", Value::from(self.remarks));
                self.edits.push(Edit::at(end..end, meta));
            }
        }
        self.edits
    }
}

/// Adds remarks to those that an SDK made. Ours come last, as they were made last.
fn merge(known: &mut Value, ours: Value) {
    match (known, ours) {
        (Value::Object(known), Value::Object(ours)) => {
            for (key, value) in ours {
                match known.get_mut(&key) {
                    // The length before anyone touched it is the SDK's.
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

/// How the value of `key` is looked at.
fn below(key: &str, look: Look, at_root: bool) -> Look {
    if look.skip || look.secret.is_some() {
        // In an attribute only the value is anyone's.
        let secret = look.secret.filter(|_| key == "value");
        return Look {
            skip: look.skip || secret.is_none(),
            secret,
            ..Look::default()
        };
    }
    let skip = (at_root && matches!(key, "modules" | "debug_meta" | "measurements" | "dist"))
        || matches!(key, "release" | "sentry.release")
        || (look.frame && matches!(key, "filename" | "abs_path" | "module" | "package" | "function"))
        || (look.sdk && key != "client_ip");
    let secret = if skip { None } else { secret_by_key(key, look) };
    Look {
        secret,
        skip,
        user: key == "user",
        sdk: at_root && key == "sdk",
        frame: key == "frames",
        // The value of an attribute is named by the attribute.
        id: names_an_id(key) || (key == "value" && look.id),
    }
}

fn secret_by_key(key: &str, look: Look) -> Option<Rule> {
    if look.user {
        match key {
            "email" => return Some(Rule::Email),
            "name" | "username" | "full_name" => return Some(Rule::Name),
            _ => {}
        }
    }
    match key {
        "ip_address" | "client_ip" => return Some(Rule::Removed),
        "user.email" => return Some(Rule::Email),
        "username" | "user.name" | "user.username" | "user.full_name" => return Some(Rule::Name),
        "user.ip" | "user.ip_address" | "client.address" | "REMOTE_ADDR" | "remote_addr" => {
            return Some(Rule::Address);
        }
        _ => {}
    }
    let found = PATTERNS.key.captures(key.as_bytes())?;
    let is_counted = found.name("counted").is_some();
    Some(if is_counted {
        Rule::PasswordText
    } else {
        Rule::Password
    })
}

fn names_an_id(key: &str) -> bool {
    let ends = ["_id", ".id", "Id", "ID", "-id"];
    matches!(key, "id" | "did" | "sid" | "ids") || ends.iter().any(|end| key.ends_with(end))
}

/// Whether a text is an id of a span, a trace, an event or a round: hexadecimal digits, with the dashes of a UUID or
/// without. Only where it is named an id may it be all decimal digits, as a card is.
fn is_id(text: &str, named_so: bool) -> bool {
    let decimal = text.bytes().all(|byte| byte.is_ascii_digit());
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    let dashes = text.bytes().filter(|byte| *byte == b'-').count();
    let shaped = digits + dashes == text.len() && matches!((digits, dashes), (16 | 32, 0) | (32, 4));
    if decimal { named_so } else { shaped }
}

/// Whether the object at `at` is the value of an attribute: `{"value": …, "type": …}`, perhaps with a unit.
fn is_attribute(text: &[u8], at: usize) -> bool {
    let Some(end) = value_end(text, at) else {
        return false;
    };
    let object = text.get(at..end).unwrap_or_default();
    let known = ["value", "type", "unit"];
    let others = members(object, |key| !known.contains(&key));
    others.is_none() && member(object, "value").is_some()
}

/// The patterns, made once.
struct Patterns {
    /// Anything of all below, in JSON as it stands.
    suspect: Regex,
    /// The beginning of a user.
    user: Regex,
    /// The rest of a user of whom nothing but an id is said.
    only_an_id: Regex,
    /// A key of something secret.
    key: Regex,
    /// `password=…` in a text; the value is the second group.
    named: Regex,
    bearer: Regex,
    email: Regex,
    iban: Regex,
    private_key: Regex,
    url_auth: Regex,
    digits: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| Patterns {
    suspect: pattern(&format!(
        concat!(
            // A key; a name in a text; a name in a pair.
            r#"(?i:{words})(?:[^"\\]|\\.)*"\s*:"#,
            r#"|(?i:{words}|otp)[\w.-]*\\?["']?(?:\s|\\[nrt])*[:=](?:[^:=]|\z)"#,
            r#"|\[\s*"(?:[^"\\]|\\.)*(?i:{words})(?:[^"\\]|\\.)*"\s*,"#,
            r#"|"(?i:otp|two[-_]?factor)""#,
            r#"|"(?:user\.(?:e|n|u|f|ip)\w*|client\.address|ip_address|client_ip|REMOTE_ADDR|remote_addr|username)""#,
            r#"|(?i:bearer)[\s\\]"#,
            r#"|[\w.+%-]@[\w-]+\."#,
            r#"|:[^\s/"@]+@"#,
            // Not a fraction's digits, and not the beginning of something hexadecimal.
            r#"|(?:\A|[^\w.]|\\[bfnrt])[2-6]\d{{3}}(?:[ -]?\d){{9,}}(?:\W|\z)"#,
            r#"|(?:\b|\\[bfnrt])[A-Z]{{2}}\d{{2}} ?[A-Z0-9]{{4}}"#,
            r#"|-----BEGIN"#,
            // A letter that need not be escaped may hide any of these.
            r#"|\\u00[2-7]"#,
        ),
        words = WORDS
    )),
    user: pattern(r#""user"\s*[:,]\s*\{"#),
    only_an_id: pattern(r#"\A\s*"id"\s*:\s*"[^"\\]*"\s*\}"#),
    key: pattern(&format!(
        "(?i)(?:password|passwd|passphrase|secret|api[-_]?key|credentials|mysql_pwd|private[-_]?key|^otp$|^two[-_]?factor$)|(?P<counted>{WORDS})"
    )),
    // What follows two colons is a path of Rust's.
    named: pattern(
        r#"(?i)((?:password|passwd|passphrase|secret|api[-_]?key|\bauth|authorization|credentials|mysql_pwd|private[-_]?key|token|cookie|csrf|xsrf|\botp)[\w.-]*)["']?\s*[:=]\s*["']?(?:(?:basic|digest|bearer)\s+)?([^\s"'&,;<>{}():=][^\s"'&,;<>{}()]*)"#,
    ),
    bearer: pattern(r"(?i)\bbearer\s+([^\s\x22',;]+)"),
    email: pattern(r"[\w.+%-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}\b"),
    iban: pattern(r"\b[A-Z]{2}\d{2} ?[A-Z0-9]{4}(?: ?[A-Z0-9]){7,26}\b"),
    private_key: pattern(r"-----BEGIN [A-Z ]*PRIVATE KEY-----((?:-{0,4}[^-])+)"),
    url_auth: pattern(r#"//[^\s/"'@:]*:([^\s/"'@]+)@"#),
    digits: pattern(r"\d(?:[ -]?\d){12,}"),
});

/// A pattern over bytes: what is not ASCII is never part of a word.
fn pattern(text: &str) -> Regex {
    let built = RegexBuilder::new(text).unicode(false).build();
    #[expect(clippy::expect_used, reason = "they are constants, and every test makes them")]
    built.expect("a pattern")
}

/// What is to be taken out of a text, in order and without overlaps.
fn findings(text: &str) -> Vec<(Range<usize>, Rule)> {
    let bytes = text.as_bytes();
    if !matches_suspect(bytes) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for captures in PATTERNS.named.captures_iter(bytes) {
        let (Some(name), Some(value)) = (captures.get(1), captures.get(2)) else {
            continue;
        };
        let counts = PATTERNS
            .key
            .captures(name.as_bytes())
            .is_none_or(|key| key.name("counted").is_some());
        let is_number = value
            .as_bytes()
            .iter()
            .all(|byte| byte.is_ascii_digit() || *byte == b'.');
        let after = bytes.get(value.end()..).unwrap_or_default().trim_ascii_start();
        let is_scheme = [b"basic".as_slice(), b"digest", b"bearer"]
            .iter()
            .any(|scheme| value.as_bytes().eq_ignore_ascii_case(scheme));
        let is_done = value.as_bytes().starts_with(FILTERED.as_bytes())
            || is_scheme && after.starts_with(FILTERED.as_bytes());
        if !(is_done || counts && is_number) {
            found.push((value.range(), Rule::Password));
        }
    }
    let others = [
        (&PATTERNS.url_auth, Rule::UrlAuth),
        (&PATTERNS.bearer, Rule::Bearer),
        (&PATTERNS.private_key, Rule::PrivateKey),
    ];
    for (pattern, rule) in others {
        let parts = pattern
            .captures_iter(bytes)
            .filter_map(|captures| captures.get(1));
        let parts = parts.filter(|part| !part.as_bytes().starts_with(FILTERED.as_bytes()));
        found.extend(parts.map(|part| (part.range(), rule)));
    }
    let passwords: HashSet<usize> = found
        .iter()
        .filter(|(_, rule)| *rule == Rule::UrlAuth)
        .map(|(range, _)| range.start)
        .collect();
    for email in PATTERNS.email.find_iter(bytes) {
        // `//key@host` and `//name:password@host` name no person.
        let before = email.start().checked_sub(2);
        let after_slashes = before.and_then(|before| bytes.get(before..email.start())) == Some(b"//");
        if !after_slashes && !passwords.contains(&email.start()) {
            found.push((email.range(), Rule::Email));
        }
    }
    for run in PATTERNS.digits.find_iter(bytes) {
        let (mut start, mut end) = (run.start(), run.end());
        let space = |byte: &u8| *byte == b' ';
        // What touches a letter is something else, and what a space parts from it is not.
        if !is_free_before(bytes, start, b"-._") {
            start = run
                .as_bytes()
                .iter()
                .position(space)
                .map_or(end, |at| start + at + 1);
        }
        if !is_free_after(bytes, end, b"-._") {
            end = run
                .as_bytes()
                .iter()
                .rposition(space)
                .map_or(start, |at| run.start() + at);
        }
        let cards = cards(bytes.get(start..end).unwrap_or_default()).into_iter();
        found.extend(cards.map(|card| (start + card.start..start + card.end, Rule::Card)));
    }
    let mut at = 0;
    while let Some(candidate) = PATTERNS.iban.find_at(bytes, at) {
        at = candidate.start() + 2;
        if let Some(length) = iban_len(candidate.as_bytes()) {
            let range = candidate.start()..candidate.start() + length;
            if is_free_before(bytes, range.start, b"-_") && is_free_after(bytes, range.end, b"-_") {
                at = range.end;
                found.push((range, Rule::Iban));
            }
        }
    }
    found.sort_by_key(|(range, _)| (range.start, usize::MAX - range.end));
    // Of two that overlap the second goes on where the first ends.
    let mut from = 0;
    for (range, _) in &mut found {
        range.start = range.start.max(from);
        from = from.max(range.end);
    }
    found.retain(|(range, _)| !range.is_empty() && text.get(range.clone()).is_some());
    found
}

/// Whether neither a letter, nor a digit, nor one of `joints` stands before `at`.
fn is_free_before(text: &[u8], at: usize, joints: &[u8]) -> bool {
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    !before.is_some_and(|byte| is_part(*byte, joints))
}

/// The same of what stands at `at`. A full stop may end a sentence.
fn is_free_after(text: &[u8], at: usize, joints: &[u8]) -> bool {
    let goes_on = text.get(at + 1).is_some_and(u8::is_ascii_digit);
    let after = text.get(at).filter(|byte| **byte != b'.' || goes_on);
    !after.is_some_and(|byte| is_part(*byte, joints))
}

fn is_part(byte: u8, joints: &[u8]) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii() || joints.contains(&byte)
}

/// The cards in a run of digits that spaces or dashes may part into groups. Other numbers may stand beside a card,
/// but a list of numbers as long as a card's groups is a list, and what dashes join is one thing.
fn cards(run: &[u8]) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for part in run.split(|byte| !byte.is_ascii_digit()) {
        groups.push(start..start + part.len());
        start += part.len() + 1;
    }
    let card_from = |first: usize| {
        let lasts = (first..groups.len().min(first + MOST_GROUPS)).rev();
        lasts.into_iter().find_map(|last| {
            let (head, tail) = (groups.get(first)?, groups.get(last)?);
            // Whether the group beside goes with the group at the card's edge.
            let belongs = |beside: Option<&Range<usize>>, joint: Option<&u8>, edge: &Range<usize>| {
                beside.is_some_and(|beside| match joint {
                    Some(b'-') => first == last || beside.len() > 3,
                    _ => first != last && beside.len() == edge.len(),
                })
            };
            let before = head.start.checked_sub(1).and_then(|at| run.get(at));
            let is_part = belongs(first.checked_sub(1).and_then(|at| groups.get(at)), before, head)
                || belongs(groups.get(last + 1), run.get(tail.end), tail);
            let range = head.start..tail.end;
            (!is_part && is_card(run.get(range.clone())?)).then_some((range, last))
        })
    };
    let mut cards = Vec::new();
    let mut first = 0;
    while first < groups.len() {
        first = match card_from(first) {
            Some((card, last)) => {
                cards.push(card);
                last + 1
            }
            None => first + 1,
        };
    }
    cards
}

/// Most groups that a card's digits are parted into.
const MOST_GROUPS: usize = 5;

/// Whether digits, perhaps in groups, are a card's: by the first digits of the networks (ISO/IEC 7812), by length, and by
/// Luhn's check digit. No network's numbers begin as times in seconds, milli-, micro- or nanoseconds do in this century.
fn is_card(text: &[u8]) -> bool {
    let mut groups = text.split(|byte| !byte.is_ascii_digit()).map(<[u8]>::len);
    // A list of small numbers is not a card.
    if groups.next().is_none_or(|first| first < 4) || groups.any(|group| group < 3) {
        return false;
    }
    let digits: Vec<u32> = text
        .iter()
        .filter_map(|byte| char::from(*byte).to_digit(10))
        .collect();
    let head = |count: usize| {
        let head = digits.iter().take(count);
        head.fold(0, |number, digit| number * 10 + digit)
    };
    let fits = match (head(1), digits.len()) {
        (4, 13 | 16 | 19) => true,
        (5, 16) => head(2) != 59,
        (5, 13..=19) => matches!(head(2), 50 | 56..=58),
        (3, 15) if matches!(head(2), 34 | 37) => true,
        (3, 14..=19) if matches!(head(3), 300..=305) || matches!(head(2), 36 | 38 | 39) => true,
        (3, 16..=19) => matches!(head(4), 3528..=3589),
        (6, 13..=19) => true,
        (2, 16..=19) => matches!(head(4), 2200..=2204 | 2221..=2720),
        _ => false,
    };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => *digit,
            (_, double) => double / 10 + double % 10,
        })
        .sum();
    fits && sum.is_multiple_of(10)
}

/// Length of the IBAN that a text begins with, its spaces included: the longest whose check digits are right (ISO
/// 13616: the number with its first four characters behind, letters as 10 to 35, is 1 modulo 97).
fn iban_len(text: &[u8]) -> Option<usize> {
    let ends = (15..=text.len())
        .rev()
        .filter(|end| text.get(end - 1).is_some_and(|byte| *byte != b' '));
    ends.into_iter().find(|end| {
        let characters: Vec<u8> = text
            .iter()
            .take(*end)
            .copied()
            .filter(|byte| *byte != b' ')
            .collect();
        (15..=34).contains(&characters.len()) && text.get(*end).is_none_or(|next| *next == b' ') && {
            let (head, body) = characters.split_at(4);
            let value = body.iter().chain(head).fold(0_u32, |rest, byte| {
                let digit = char::from(*byte).to_digit(36).unwrap_or(0);
                (if digit < 10 { rest * 10 } else { rest * 100 } + digit) % 97
            });
            value == 1
        }
    })
}

/// The first place at or after `at` that is not white space.
fn skip_space(text: &[u8], mut at: usize) -> usize {
    while matches!(text.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// The end of the string that begins at `at`.
fn string_end(text: &[u8], at: usize) -> Option<usize> {
    if text.get(at) != Some(&b'"') {
        return None;
    }
    let mut at = at + 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The end of the value that begins at or after `at`. Structure is followed without recursion.
fn value_end(text: &[u8], at: usize) -> Option<usize> {
    let mut at = skip_space(text, at);
    let mut depth = 0_usize;
    loop {
        match text.get(at)? {
            b'"' => at = string_end(text, at)?,
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                at += 1;
            }
            b',' | b':' if depth == 0 => return None,
            b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => at += 1,
            _ => {
                let is_scalar = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
                let rest = text.get(at..).unwrap_or_default();
                let length = rest.iter().take_while(|byte| is_scalar(byte)).count();
                if length == 0 {
                    return None;
                }
                at += length;
            }
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

/// The value of the first member of an object whose key `holds`.
fn members(object: &[u8], holds: impl Fn(&str) -> bool) -> Option<Range<usize>> {
    let mut at = skip_space(object, 0);
    if object.get(at) != Some(&b'{') {
        return None;
    }
    at = skip_space(object, at + 1);
    loop {
        let key_end = string_end(object, at)?;
        let key = unescaped(object, at..key_end)?;
        at = skip_space(object, key_end);
        if object.get(at) != Some(&b':') {
            return None;
        }
        let start = skip_space(object, at + 1);
        let end = value_end(object, start)?;
        if holds(&key) {
            return Some(start..end);
        }
        at = skip_space(object, end);
        if object.get(at) != Some(&b',') {
            return None;
        }
        at = skip_space(object, at + 1);
    }
}

fn member(object: &[u8], name: &str) -> Option<Range<usize>> {
    members(object, |key| key == name)
}

/// The name and the place of the value, where an array of exactly two begins at `at` and the first is a string.
fn pair(text: &[u8], at: usize) -> Option<(Cow<'_, str>, usize)> {
    if text.get(at) != Some(&b'[') {
        return None;
    }
    let start = skip_space(text, at + 1);
    let name_end = string_end(text, start)?;
    let comma = skip_space(text, name_end);
    if text.get(comma) != Some(&b',') {
        return None;
    }
    let value = skip_space(text, comma + 1);
    let end = skip_space(text, value_end(text, value)?);
    (text.get(end) == Some(&b']')).then_some((unescaped(text, start..name_end)?, value))
}

/// A JSON string read. What is not quite Unicode, as when JavaScript or a proxy cut it, has its halves replaced.
fn unescaped(text: &[u8], range: Range<usize>) -> Option<Cow<'_, str>> {
    let quoted = text.get(range)?;
    let inner = quoted.get(1..quoted.len().checked_sub(1)?)?;
    if !inner.contains(&b'\\') {
        return Some(String::from_utf8_lossy(inner));
    }
    let read = serde_json::from_slice(quoted).ok();
    Some(Cow::Owned(read.unwrap_or_else(|| {
        let whole = without_surrogates(&String::from_utf8_lossy(quoted));
        serde_json::from_str(&whole).unwrap_or(whole)
    })))
}

/// The JSON string with U+FFFD for every escape of a surrogate, be it one of a pair or not.
fn without_surrogates(quoted: &str) -> String {
    let mut whole = String::with_capacity(quoted.len());
    let mut rest = quoted;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        whole.push_str(before);
        let is_surrogate = matches!(
            escape.as_bytes(),
            [
                b'\\',
                b'u',
                b'd' | b'D',
                b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F',
                ..,
            ]
        );
        let length = if is_surrogate {
            6
        } else {
            1 + escape.chars().nth(1).map_or(0, char::len_utf8)
        };
        let (escape, after) = escape.split_at_checked(length).unwrap_or((escape, ""));
        whole.push_str(if is_surrogate { "\\ufffd" } else { escape });
        rest = after;
    }
    whole.push_str(rest);
    whole
}

#[cfg(test)]
#[allow(clippy::cast_precision_loss)] // times in eighths of a second stay far below 2^53
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

    fn event(payload: &Value) -> Vec<u8> {
        format!("{{\"event_id\":\"{TRACE}\"}}\n{{\"type\":\"event\"}}\n{payload}\n").into_bytes()
    }

    /// The payload of the only item after scrubbing, its `_meta` taken out of it.
    fn scrubbed_event(payload: &Value) -> (Value, Value) {
        let bytes = event(payload);
        let bytes = scrubbed(&bytes).unwrap_or(bytes);
        let envelope = Envelope::parse(&bytes).unwrap();
        let mut payload: Value = serde_json::from_slice(envelope.items[0].payload).unwrap();
        let meta = payload.as_object_mut().unwrap().remove("_meta");
        (payload, meta.unwrap_or_default())
    }

    /// What becomes of a text, and by which rules.
    fn text(before: &str) -> (String, Vec<String>) {
        let (payload, meta) = scrubbed_event(&json!({ "extra": { "text": before } }));
        let rules = meta["extra"]["text"][""]["rem"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let rules = rules.iter().map(|remark| remark[0].as_str().unwrap().to_owned());
        (
            payload["extra"]["text"].as_str().unwrap().to_owned(),
            rules.collect(),
        )
    }

    #[test]
    fn what_a_text_holds_is_found() {
        for (before, after, rule) in [
            (
                "mail ann.b+c@mail.example.com, now",
                "mail [Filtered], now",
                "@email:filter",
            ),
            (
                "card 4111 1111 1111 1111.",
                "card [Filtered].",
                "@creditcard:filter",
            ),
            (
                "12 4111-1111-1111-1111 99",
                "12 [Filtered] 99",
                "@creditcard:filter",
            ),
            ("3782 822463 10005", "[Filtered]", "@creditcard:filter"),
            ("2200700000000009 (Mir)", "[Filtered] (Mir)", "@creditcard:filter"),
            ("to DE89370400440532013000", "to [Filtered]", "@iban:filter"),
            (
                "to DE89 3704 0044 0532 0130 00 AND more",
                "to [Filtered] AND more",
                "@iban:filter",
            ),
            (
                "sent bearer  abc.def-_ there",
                "sent bearer  [Filtered] there",
                "@bearer:filter",
            ),
            (
                "https://h/?a=1&token=abc&b=2",
                "https://h/?a=1&token=[Filtered]&b=2",
                "@password:filter",
            ),
            (
                "{\"password\": \"x\", \"n\": 1}",
                "{\"password\": \"[Filtered]\", \"n\": 1}",
                "@password:filter",
            ),
            (
                "Authorization: Basic YTpi end",
                "Authorization: Basic [Filtered] end",
                "@password:filter",
            ),
            (
                "http://ann:pw@mail.example.com/x",
                "http://ann:[Filtered]@mail.example.com/x",
                "@urlauth:legacy",
            ),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----",
                "-----BEGIN RSA PRIVATE KEY-----[Filtered]-----END RSA PRIVATE KEY-----",
                "@pemkey:filter",
            ),
        ] {
            assert_eq!(
                text(before),
                (after.to_owned(), vec![rule.to_owned()]),
                "{before}"
            );
        }
        for (before, after) in [
            (
                "account 12345678 4111 1111 1111 1111 end",
                "account 12345678 [Filtered] end",
            ),
            (
                "4111111111111111 2030 378282246310005",
                "[Filtered] 2030 [Filtered]",
            ),
            ("DE89370400440532013000 4111111111111111", "[Filtered] [Filtered]"),
            (
                "DE89370400440532013000 GB82WEST12345698765432",
                "[Filtered] [Filtered]",
            ),
            ("x7 4111111111111111 8y", "x7 [Filtered] 8y"),
        ] {
            assert_eq!(text(before).0, after);
        }
        let (after, rules) = text("Ж a@b.cc 5555555555554444 token=x");
        assert_eq!(after, "Ж [Filtered] [Filtered] token=[Filtered]");
        assert_eq!(rules, ["@email:filter", "@creditcard:filter", "@password:filter"]);
    }

    #[test]
    fn what_looks_like_it_but_is_not_stays() {
        for same in [
            "4111 1111 1111 1112",
            "4000 4100 4200 4300 4400 4500 4600",
            "3 5 2 1 4 4 2 3 5 1 2 3 4 5 2 3 3 3 1 1",
            "12345678-1234-1234-1234-123456789012",
            "00-41111111111111114111111111111111-4111111111111111-01",
            "1764000000000 1764000000123456 1764000000123456789",
            "2026-11-24T14:10:06.123456789Z",
            "DE89370400440532013001",
            "reelscope_api_gateway::auth::verify took 3 ms",
            "npm:@sentry/angular, zone.js@0.15.1, reelscope@1.0.0",
            "https://0123456789abcdef@sentry.example.com/7",
            "max_tokens=100 auth_ms: 12",
            "sessions.find { token }",
            "[Filtered]",
            "password=[Filtered]",
        ] {
            assert_eq!(text(same), (same.to_owned(), vec![]), "{same}");
        }
    }

    #[test]
    fn sensitive_keys_hide_what_is_below_them() {
        let (payload, meta) = scrubbed_event(&json!({
            "user": { "id": "player-1", "email": "a@b.example", "username": "ann", "name": "Ann", "ip_address": "10.0.0.1" },
            "extra": {
                "Password": "hünter2", "pin_secret": 1234, "token_count": 17, "auth": { "a": ["x"] }, "is_token": true,
                "authorizations": [], "otp": "123", "author": "x", "plain": "p", "credentials": "" },
            "request": { "headers": [["Authorization", "Bearer x"], ["Accept", "*/*"], ["X-CSRF", "y"]], "cookies": { "a": "b" },
                "query_string": [["token", "abc"], ["x", "1"]] },
            "contexts": { "trace": { "trace_id": TRACE, "data": {
                "client.address": "10.0.0.1", "user.email": "a@b.example", "user.name": "Ann", "http.request.header.cookie": "a=b" } } },
            "modules": { "oauth-token": "1.2.3" }, "measurements": { "auth_tokens": { "value": 3.0 } },
            "exception": { "values": [{ "stacktrace": { "frames": [
                { "filename": "a@b.example.js", "function": "f", "vars": { "secret": "s" } } ] } }] },
        }));
        assert_eq!(
            payload,
            json!({
                "user": { "id": "player-1", "email": FILTERED, "username": FILTERED, "name": FILTERED, "ip_address": null },
                "extra": {
                    "Password": FILTERED, "pin_secret": null, "token_count": 17, "auth": null, "is_token": true,
                    "authorizations": [], "otp": FILTERED, "author": FILTERED, "plain": "p", "credentials": "" },
                "request": { "headers": [["Authorization", FILTERED], ["Accept", "*/*"], ["X-CSRF", FILTERED]], "cookies": null,
                    "query_string": [["token", FILTERED], ["x", "1"]] },
                "contexts": { "trace": { "trace_id": TRACE, "data": {
                    "client.address": FILTERED, "user.email": FILTERED, "user.name": FILTERED, "http.request.header.cookie": FILTERED } } },
                "modules": { "oauth-token": "1.2.3" }, "measurements": { "auth_tokens": { "value": 3.0 } },
                "exception": { "values": [{ "stacktrace": { "frames": [
                    { "filename": "a@b.example.js", "function": "f", "vars": { "secret": FILTERED } } ] } }] },
            })
        );
        let noted = |remark: Value, length: Option<usize>| match length {
            Some(length) => json!({ "": { "rem": [remark], "len": length } }),
            None => json!({ "": { "rem": [remark] } }),
        };
        assert_eq!(
            meta["extra"]["Password"],
            noted(json!(["@password:filter", "s", 0, 10]), Some(7))
        );
        assert_eq!(
            meta["extra"]["auth"],
            noted(json!(["@password:filter", "x"]), None)
        );
        assert_eq!(
            meta["user"]["ip_address"],
            noted(json!(["@anything:remove", "x"]), None)
        );
        assert_eq!(
            meta["user"]["email"],
            noted(json!(["@email:filter", "s", 0, 10]), Some(11))
        );
        assert_eq!(
            meta["request"]["headers"],
            json!({ "0": { "1": { "": { "rem": [["@password:filter", "s", 0, 10]], "len": 8 } } },
                "2": { "1": { "": { "rem": [["@password:filter", "s", 0, 10]], "len": 1 } } } })
        );
        // Bytes of the new text, as Relay counts; characters of the old.
        let (_, meta) = scrubbed_event(&json!({ "message": "Ж a@b.cc Ж" }));
        assert_eq!(
            meta["message"][""],
            json!({ "rem": [["@email:filter", "s", 3, 13]], "len": 10 })
        );
    }

    #[test]
    fn nothing_else_is_written_anew() {
        let payload = "{ \"n\" : 0.10000000000000000001e+5,\"a\":\"\\u0041\\ud800\",\"a\":1, \"m\":\"x@y.example \\ud800\", \"_meta\" : {\"m\":{\"\":{\"len\":99,\"rem\":[[\"!limit\",\"s\",1,2]]}}} }";
        let length = payload.len();
        let before = format!(
            "{{\"dsn\":\"http://key:secret@h/1\"}}\n{{\"length\" : {length},\"type\":\"event\"}}\n{payload}\r\n\n{{\"type\":\"attachment\",\"length\":11}}\nx@y.example\n{{\"type\":\"replay_recording\"}}\n{{}} x@y.example\n"
        );
        let after = String::from_utf8(scrubbed(before.as_bytes()).unwrap()).unwrap();
        let expected = payload
            .replace("\"x@y.example \\ud800\"", "\"[Filtered] \u{fffd}\"")
            .replace(
                "{\"m\":{\"\":{\"len\":99,\"rem\":[[\"!limit\",\"s\",1,2]]}}}",
                "{\"m\":{\"\":{\"len\":99,\"rem\":[[\"!limit\",\"s\",1,2],[\"@email:filter\",\"s\",0,10]]}}}",
            );
        assert_eq!(
            after,
            before.replace(payload, &expected).replace(
                &format!("\"length\" : {length}"),
                &format!("\"length\" : {}", expected.len())
            )
        );
    }

    #[test]
    fn entries_of_a_container_have_remarks_of_their_own() {
        let log = json!({ "items": [
            { "trace_id": TRACE, "body": "hello", "attributes": { "n": { "value": 1, "type": "integer" } } },
            { "trace_id": TRACE, "body": "to a@b.example", "attributes": {
                "password": { "value": "p", "type": "string" }, "auth.tokens": { "value": 3, "type": "integer" },
                "user.ip_address": { "value": "10.0.0.1", "type": "string" },
                "round_id": { "value": "4111111111111111", "type": "string" } } } ] });
        let bytes = format!(
            "{{}}\n{{\"type\":\"log\",\"item_count\":2,\"content_type\":\"application/vnd.sentry.items.log+json\"}}\n{log}\n"
        );
        let bytes = scrubbed(bytes.as_bytes()).unwrap();
        let envelope = Envelope::parse(&bytes).unwrap();
        let after: Value = serde_json::from_slice(envelope.items[0].payload).unwrap();
        assert_eq!(after["items"][0], log["items"][0]);
        let second = &after["items"][1];
        assert_eq!(second["body"], "to [Filtered]");
        assert_eq!(
            second["attributes"],
            json!({
                "password": { "value": FILTERED, "type": "string" }, "auth.tokens": { "value": 3, "type": "integer" },
                "user.ip_address": { "value": FILTERED, "type": "string" },
                "round_id": { "value": "4111111111111111", "type": "string" } })
        );
        assert_eq!(
            second["_meta"],
            json!({ "body": { "": { "rem": [["@email:filter", "s", 3, 13]], "len": 14 } }, "attributes": {
                "password": { "value": { "": { "rem": [["@password:filter", "s", 0, 10]], "len": 1 } } },
                "user.ip_address": { "value": { "": { "rem": [["@ip:filter", "s", 0, 10]], "len": 8 } } } } })
        );
    }

    #[test]
    fn an_event_that_remarks_would_make_too_large_goes_without() {
        let mut payload = json!({ "extra": { "password": "0123456789", "padding": "" } });
        let padding = MAX_EVENT - payload.to_string().len();
        payload["extra"]["padding"] = "x".repeat(padding).into();
        let (after, meta) = scrubbed_event(&payload);
        assert_eq!(
            (after["extra"]["password"].as_str(), meta),
            (Some(FILTERED), Value::Null)
        );
    }

    #[test]
    fn an_escape_hides_nothing() {
        let payload = r#"{"extra":{"pass\u0077ord":"x","\u0061uth":"y","m":"a\u0040b.example"},"user":{"\u0065mail":"z"}}"#;
        let bytes = format!("{{}}\n{{\"type\":\"event\"}}\n{payload}\n");
        let after = String::from_utf8(scrubbed(bytes.as_bytes()).unwrap()).unwrap();
        for secret in ["\"x\"", "\"y\"", "\"z\"", "u0040"] {
            assert!(!after.contains(secret), "{secret}: {after}");
        }
    }

    #[test]
    fn a_long_text_takes_no_longer_than_its_length() {
        for piece in [
            "a@b.example,",
            "4111111111111111-",
            "token=",
            "DE89",
            "[\"a\",",
            "https://a:b@",
        ] {
            let payload = json!({ "extra": { "text": piece.repeat(900_000 / piece.len()) } });
            let started = std::time::Instant::now();
            let _ = scrubbed(&event(&payload));
            assert!(
                started.elapsed().as_secs() < 5,
                "{piece}: {:?}",
                started.elapsed()
            );
        }
    }

    /// Texts of which none may be touched.
    fn harmless() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<u128>().prop_map(|id| format!("{id:032x}").into()),
            any::<u128>().prop_map(|id| {
                let id = format!("{id:032x}");
                format!(
                    "{}-{}-{}-{}-{}",
                    &id[..8],
                    &id[8..12],
                    &id[12..16],
                    &id[16..20],
                    &id[20..]
                )
                .into()
            }),
            (any::<u128>(), any::<u64>())
                .prop_map(|(trace, span)| format!("00-{trace:032x}-{span:016x}-01").into()),
            any::<i64>().prop_map(Value::from),
            any::<i32>().prop_map(|n| json!(f64::from(n) / 8.0)),
            (12_800_000_000_i64..32_000_000_000).prop_map(|eighths| json!((eighths as f64) / 8.0)),
            (1_600_000_000_u64..2_000_000_000, 0_u64..1_000_000_000)
                .prop_map(|(s, ns)| format!("{s}{ns:09}").into()),
            (1_600_000_000_000_i64..4_000_000_000_000).prop_map(|ms| reelscope_contracts::rfc3339(ms).into()),
            any::<bool>().prop_map(Value::from),
            "[a-zA-Z ]{0,12}".prop_map(Value::from),
            "v[0-9]{1,2}\\.[0-9]{1,2}\\.[0-9]{1,2}".prop_map(Value::from),
        ]
    }

    /// Names that say nothing of a secret.
    fn names() -> impl Strategy<Value = String> {
        prop_oneof![
            Just("contexts".to_owned()),
            Just("data".to_owned()),
            Just("values".to_owned()),
            Just("value".to_owned()),
            Just("name".to_owned()),
            Just("frames".to_owned()),
            Just("tags".to_owned()),
            "[a-n]{1,5}",
        ]
    }

    fn trees(leaf: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> {
        let tree = leaf.prop_recursive(5, 40, 5, |below| {
            prop_oneof![
                proptest::collection::vec(below.clone(), 0..5).prop_map(Value::from),
                proptest::collection::btree_map(names(), below, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        });
        tree.prop_map(|tree| json!({ "extra": tree }))
    }

    /// Something secret under a name or in a text, with the part that must be gone.
    fn secrets() -> impl Strategy<Value = (Value, &'static str)> {
        prop_oneof![
            Just((json!({ "db_PASSWORD": "Zq#1" }), "Zq#1")),
            Just((json!([["X-Auth-Token", "Zq#1"]]), "Zq#1")),
            Just((json!({ "api-key": { "deep": ["Zq#1"] } }), "Zq#1")),
            Just((
                json!({ "user": { "geo": {}, "id": "player-1", "name": "Zq#1" } }),
                "Zq#1"
            )),
            Just((
                json!({ "user": { "id": "player-1", "ip_address": "10.9.8.7" } }),
                "10.9.8.7"
            )),
            Just((json!("from zq.1@mail.example to"), "zq.1@mail")),
            Just((json!("with 4111-1111-1111-1111"), "4111-1111")),
            Just((json!("4111111111111111"), "41111111")),
            Just((json!("GB82 WEST 1234 5698 7654 32"), "WEST 1234")),
            Just((json!("Bearer\tZq#1"), "Zq#1")),
            Just((json!("a\nsecret = Zq#1"), "Zq#1")),
            Just((json!({ "otp": "Zq#1" }), "Zq#1")),
            Just((json!("{\"token\":\"Zq#1\"}"), "Zq#1")),
        ]
    }

    /// Texts that each part of the pattern for suspects finds.
    fn suspects() -> impl Strategy<Value = String> {
        let parts = [
            format!(r#"({WORDS})[a-z_]{{0,4}}" ?:"#),
            format!(r#"({WORDS}|otp)[a-z.-]{{0,3}}["']?( |\\n)?[:=]x"#),
            format!(r#"\[ ?"[a-z]{{0,3}}({WORDS})[a-z]{{0,3}}" ?,"#),
            r#""(otp|two[-_]?factor)""#.to_owned(),
            r#""(user\.(e|n|u|f|ip)[a-z]{0,6}|client\.address|ip_address|client_ip|REMOTE_ADDR|remote_addr|username)""#.to_owned(),
            r"bearer[ \\]".to_owned(),
            r"[a-z.+%-]@[a-z-]{1,4}\.".to_owned(),
            ":[a-z.]{1,4}@".to_owned(),
            r"( |\\n)[2-6][0-9]{3}([ -]?[0-9]){9,14} ".to_owned(),
            r"( |\\n)[A-Z]{2}[0-9]{2} ?[A-Z0-9]{4}".to_owned(),
            "-----BEGIN".to_owned(),
            r"\\u00[2-7]".to_owned(),
        ];
        let parts = parts.map(|part| proptest::string::string_regex(&part).unwrap().boxed());
        proptest::strategy::Union::new(parts)
    }

    /// Texts out of pieces that rules are made of, to meet what nobody thought of.
    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("password"),
            Just("token"),
            Just("auth"),
            Just("otp"),
            Just("user"),
            Just("name"),
            Just("id"),
            Just("email"),
            Just("="),
            Just(":"),
            Just(" "),
            Just("\""),
            Just("\\"),
            Just("\n"),
            Just("@"),
            Just("a.b"),
            Just("//"),
            Just("4111111111111111"),
            Just("1111"),
            Just("-"),
            Just("DE89370400440532013000"),
            Just("Bearer "),
            Just("[Filtered]"),
            Just("-----BEGIN PRIVATE KEY-----"),
            Just("é"),
            Just("\u{1f3b0}"),
            Just(","),
            Just("["),
            Just("]"),
            Just("{"),
            Just("}"),
        ];
        proptest::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
    }

    fn odd_trees() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![pieces().prop_map(Value::from), Just(json!(7)), Just(json!(null))];
        let tree = leaf.prop_recursive(4, 24, 4, |below| {
            prop_oneof![
                proptest::collection::vec(below.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(pieces(), below, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        });
        tree.prop_map(|tree| json!({ "extra": tree }))
    }

    /// The same tree with `null` where anything was replaced, as far as the remarks say.
    fn without_noted(value: &Value, meta: &Value) -> Value {
        if meta.get("").is_some() {
            return Value::Null;
        }
        let below = |key: &str, value: &Value| without_noted(value, meta.get(key).unwrap_or(&Value::Null));
        match value {
            Value::Object(map) => map
                .iter()
                .map(|(key, value)| (key.clone(), below(key, value)))
                .collect(),
            Value::Array(list) => list
                .iter()
                .enumerate()
                .map(|(index, value)| below(&index.to_string(), value))
                .collect(),
            other => other.clone(),
        }
    }

    #[test]
    fn what_our_own_envelopes_are_full_of_needs_no_closer_look() {
        let numbers = [59.233_870_967_741_936, 1_795_553_596.530_547_6];
        let ids = [
            "373a2487e9bcef0f3eb690a98919582a",
            "50405527386964df",
            "f16f9654-ce96-5322-8201-5804870080a9",
        ];
        let spans: Vec<_> = ids
            .iter()
            .map(|id| json!({ "span_id": id, "op": "auth", "description": "verify the session token" }))
            .collect();
        let names = [
            "External payment provider API",
            "internal_error",
            "server.address",
        ];
        let envelope = event(&json!({ "data": numbers, "spans": spans, "names": names }));
        assert!(!is_suspect(&envelope));
        for card in [
            "4111111111111111",
            "pays with 4111 1111 1111 1111.",
            "a\n4111111111111111",
        ] {
            assert!(is_suspect(&event(&json!({ "text": card }))), "{card}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn ids_numbers_and_times_are_never_hurt(tree in trees(harmless())) {
            prop_assert_eq!(scrub(&event(&tree)), None);
        }

        #[test]
        fn no_number_is_written_anew(number in any::<f64>(), whole in any::<i64>()) {
            let numbers = json!([number, whole, { "n": number }]);
            let tree = json!({ "a": numbers, "password": "x", "z": numbers });
            let after = String::from_utf8(scrub(&event(&tree)).unwrap()).unwrap();
            prop_assert_eq!(after.matches(&numbers.to_string()).count(), 2);
        }

        #[test]
        fn an_id_of_decimal_digits_is_an_id(digits in "[2-6][0-9]{15}", key in "[a-g]{1,5}_id") {
            prop_assert_eq!(scrub(&event(&json!({ "contexts": { "trace": { key: digits } } }))), None);
        }

        #[test]
        fn a_secret_is_found_wherever_it_is((secret, gone) in secrets(), around in trees(harmless()), key in "[a-h]{1,5}") {
            let mut around = around;
            around["breadcrumbs"] = json!({ "values": [{ key: secret }] });
            let before = event(&around);
            let after = scrubbed(&before).expect("something to scrub");
            prop_assert!(!String::from_utf8_lossy(&after).contains(gone));
            let after = Envelope::parse(&after).unwrap().items[0].payload.to_vec();
            let mut after: Value = serde_json::from_slice(&after).unwrap();
            let meta = after.as_object_mut().unwrap().remove("_meta").unwrap();
            // All that is not noted is as it was.
            prop_assert_eq!(without_noted(&after, &meta), without_noted(&around, &meta));
        }

        #[test]
        fn the_gate_is_open_where_the_patterns_find_something(
            text in suspects(),
            before in "[ -~]{0,20}",
            after in "[ -~]{0,20}",
        ) {
            prop_assert!(PATTERNS.suspect.is_match(text.as_bytes()), "{}", text);
            let around = format!("{before}{text}{after}");
            for text in [&text, &around, &around.to_uppercase(), &around.to_lowercase()] {
                let found = PATTERNS.suspect.is_match(text.as_bytes());
                prop_assert!(!found || gate::may_hold(text.as_bytes()), "{}", text);
            }
        }

        #[test]
        fn the_quick_look_misses_nothing_and_twice_is_once(tree in odd_trees()) {
            let before = event(&tree);
            prop_assert!(gate::may_hold(&before) || !PATTERNS.suspect.is_match(&before));
            if let Some(after) = scrub(&before) {
                prop_assert!(is_suspect(&before), "{}", tree);
                prop_assert_eq!(scrub(&after).map(|again| String::from_utf8(again).unwrap()), None);
                let bytes = Envelope::parse(&after).unwrap().items[0].payload.to_vec();
                let mut after: Value = serde_json::from_slice(&bytes).unwrap();
                let meta = after.as_object_mut().unwrap().remove("_meta").unwrap();
                prop_assert_eq!(without_noted(&after, &meta), without_noted(&tree, &meta));
            }
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut envelope = b"{}\n{\"type\":\"x\"}\n".to_vec();
            let _ = payload_edits(&bytes, true, true);
            envelope.extend(bytes);
            let _ = scrub(&envelope);
        }
    }
}
