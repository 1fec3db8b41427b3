//! Reads JSON as SDKs write it; every payload and header is read here.
//!
//! Valid JSON is read by `serde_json` alone. What it refuses, or would round, is rewritten and read again: half a surrogate pair,
//! invalid UTF-8 and a broken escape become U+FFFD; a number that neither 64 bits nor a double hold as it is
//! written, `NaN` and `Infinity` become text; a control character is escaped. A broken element of an array loses
//! everything after its last valid member and gets the member [`UNREADABLE`]; the other elements stay whole. Grammar:
//! <https://datatracker.ietf.org/doc/html/rfc8259>.

use std::borrow::Cow;

use memchr::memmem;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value};

/// Limit of the nesting of JSON that is read; below serde_json's own limit of 128.
pub const MAX_DEPTH: usize = 100;

/// Member of a broken element, whose value is the reason.
pub(crate) const UNREADABLE: &str = "reelscope.unreadable";
/// Limit of the bytes that are scanned for the ends of broken elements, as a multiple of the payload's length.
const MOST_LOOKS: usize = 4;
/// Number of digits in a row from which a number may be more than a double holds.
const MANY_DIGITS: usize = MOST_DIGITS + 1;
/// Number of significant digits that tell any double from all others.
const MOST_DIGITS: usize = 17;
const REPLACEMENT: &str = "\u{fffd}";
/// Byte order mark, which some clients write before the JSON.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Parses a value.
///
/// # Errors
/// The bytes are not JSON and cannot be repaired, or the value has another type.
pub(crate) fn read<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    read_with(json, |json| serde_json::from_slice(json))
}

/// Parses with `read`, which gets the JSON as received, and repaired if it refuses that.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_with<T>(
    json: &[u8],
    parse: impl Fn(&[u8]) -> serde_json::Result<T>,
) -> serde_json::Result<T> {
    // Valid JSON loses nothing because of a number in it, as it might where it is nested deeply.
    let is_broken = |json: &[u8]| memmem::find(json, UNREADABLE.as_bytes()).is_some();
    if has_long_number(json)
        && let Some(mended) = mended(json)
        && is_broken(&mended) == is_broken(json)
    {
        return parse(&mended);
    }
    // Syntax within a part that is read as raw JSON is an error of data too.
    parse(json).or_else(|error| mended(json).map_or(Err(error), |mended| parse(&mended)))
}

/// Returns the JSON as received if it is valid, otherwise repaired; `None` when it cannot be repaired.
pub(crate) fn sound(json: &[u8]) -> Option<Cow<'_, [u8]>> {
    if serde_json::from_slice::<Value>(json).is_ok() {
        return Some(Cow::Borrowed(json));
    }
    mended(json).map(Cow::Owned)
}

/// Whether there are many digits in a row, with a decimal point at most, as in a number that would be rounded. Most JSON
/// has none, so it is not rewritten.
fn has_long_number(json: &[u8]) -> bool {
    let mut digits = 0;
    json.iter().any(|byte| {
        match byte {
            // A leading zero is no significant digit.
            b'0' if digits == 0 => {}
            b'0'..=b'9' => digits += 1,
            b'.' => {}
            _ => digits = 0,
        }
        digits >= MANY_DIGITS
    })
}

/// Whether a number of JSON is the same number after it is read.
fn is_held(number: &[u8]) -> bool {
    let Ok(number) = std::str::from_utf8(number) else {
        return false;
    };
    if number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok() {
        return true;
    }
    let (mantissa, _) = number.split_once(['e', 'E']).unwrap_or((number, ""));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len() <= MOST_DIGITS
}

/// Whether [`read`] returns an object. Quicker, because valid JSON is not built.
pub(crate) fn is_object(json: &[u8]) -> bool {
    begins_object(json) && (serde_json::from_slice::<IgnoredAny>(json).is_ok() || mended(json).is_some())
}

/// Whether the JSON begins like an object. serde would fill a struct from an array by position.
pub(crate) fn begins_object(json: &[u8]) -> bool {
    let json = json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json);
    json.trim_ascii_start().first() == Some(&b'{')
}

/// The reason why an element is broken, if it is.
pub(crate) fn unreadable(element: &Map<String, Value>) -> Option<String> {
    let reason = element.get(UNREADABLE)?;
    let reason = reason.as_str().map_or_else(|| reason.to_string(), str::to_owned);
    Some(format!("unreadable: {reason}"))
}

/// Rewrites JSON so that `serde_json` reads it.
fn mended(json: &[u8]) -> Option<Vec<u8>> {
    let mut mender = Mender {
        json: json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json),
        at: 0,
        out: Vec::with_capacity(json.len() + 64),
        looked: 0,
    };
    mender.value(0).ok()?;
    mender.space();
    (mender.at == mender.json.len()).then_some(mender.out)
}

/// Why a value cannot be read.
enum Fault {
    /// The element that contains it is given up.
    Here(&'static str),
    /// The end of that element cannot be found either.
    Lost,
}

type Done = Result<(), Fault>;

struct Mender<'a> {
    json: &'a [u8],
    at: usize,
    out: Vec<u8>,
    looked: usize,
}

impl Mender<'_> {
    fn peek(&self) -> Option<u8> {
        self.json.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Copies a byte if it is the next one.
    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        if is_next {
            self.at += 1;
            self.out.push(byte);
        }
        is_next
    }

    fn value(&mut self, depth: usize) -> Done {
        self.space();
        match self.peek() {
            Some(b'{' | b'[') if depth >= MAX_DEPTH => Err(Fault::Here("it is nested too deeply")),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string(),
            Some(_) => self.word(),
            None => Err(Fault::Here("it ends early")),
        }
    }

    /// Consumes the comma before another member or element, or the end; drops a trailing comma.
    fn has_more(&mut self, end: u8, is_first: bool) -> Result<bool, Fault> {
        self.space();
        if self.take(end) {
            return Ok(false);
        }
        if is_first {
            return Ok(true);
        }
        if self.peek() != Some(b',') {
            return Err(Fault::Here("a comma is missing"));
        }
        self.at += 1;
        self.space();
        if self.take(end) {
            return Ok(false);
        }
        self.out.push(b',');
        Ok(true)
    }

    /// Copies an object. After a fault it is left open behind its last valid member.
    fn object(&mut self, depth: usize) -> Done {
        self.take(b'{');
        let mut whole = self.out.len();
        let mut is_first = true;
        loop {
            if !self.has_more(b'}', is_first)? {
                return Ok(());
            }
            if let Err(fault) = self.member(depth) {
                self.out.truncate(whole);
                return Err(fault);
            }
            is_first = false;
            whole = self.out.len();
        }
    }

    fn member(&mut self, depth: usize) -> Done {
        if self.peek() != Some(b'"') {
            return Err(Fault::Here("a member has no name"));
        }
        self.string()?;
        self.space();
        if !self.take(b':') {
            return Err(Fault::Here("a member has no value"));
        }
        self.value(depth + 1)
    }

    fn array(&mut self, depth: usize) -> Done {
        self.take(b'[');
        let mut is_first = true;
        loop {
            if !self.has_more(b']', is_first)? {
                return Ok(());
            }
            self.element(depth)?;
            is_first = false;
        }
    }

    fn element(&mut self, depth: usize) -> Done {
        let (start, begun) = (self.at, self.out.len());
        let is_object = self.peek() == Some(b'{');
        let done = self.value(depth + 1);
        self.space();
        let reason = match done {
            Ok(()) if matches!(self.peek(), Some(b',' | b']')) => return Ok(()),
            Ok(()) if self.peek().is_none() => return Err(Fault::Lost),
            Ok(()) => {
                if is_object {
                    self.out.pop();
                }
                "a comma is missing"
            }
            Err(Fault::Here(reason)) => reason,
            Err(Fault::Lost) => return Err(Fault::Lost),
        };
        self.at = self.end_of_element(start)?;
        if !is_object {
            self.out.truncate(begun);
            self.out.push(b'{');
        }
        if self.out.last() != Some(&b'{') {
            self.out.push(b',');
        }
        // The reasons are constants without quotes.
        self.out
            .extend_from_slice(format!("\"{UNREADABLE}\":\"{reason}\"}}").as_bytes());
        Ok(())
    }

    /// Finds the end of the element that begins at `start`, by brackets and quotes alone. Fails where brackets do
    /// not match, or where a quote seems to be missing, because the text then begins outside of a string.
    fn end_of_element(&mut self, start: usize) -> Result<usize, Fault> {
        let (mut open, mut text, mut escaped) = (Vec::new(), None, false);
        for (n, byte) in self.json.iter().enumerate().skip(start) {
            self.looked += 1;
            if self.looked > self.json.len().saturating_mul(MOST_LOOKS) {
                return Err(Fault::Lost);
            }
            match (byte, text) {
                _ if escaped => escaped = false,
                (b'\\', Some(_)) => escaped = true,
                (b'"', None) => text = Some(n + 1),
                (b'"', Some(begun)) if stands_between(&self.json[begun..n]) => return Err(Fault::Lost),
                (b'"', Some(_)) => text = None,
                (_, Some(_)) => {}
                (b',' | b']', None) if open.is_empty() => return Ok(n),
                (b'{', None) => open.push(b'}'),
                (b'[', None) => open.push(b']'),
                (b'}' | b']', None) if open.pop() != Some(*byte) => return Err(Fault::Lost),
                _ => {}
            }
        }
        Err(Fault::Lost)
    }

    fn string(&mut self) -> Done {
        self.take(b'"');
        loop {
            let rest = &self.json[self.at..];
            let run = rest
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\\') || *byte < b' ')
                .ok_or(Fault::Here("a text does not end"))?;
            for chunk in rest[..run].utf8_chunks() {
                self.out.extend_from_slice(chunk.valid().as_bytes());
                if !chunk.invalid().is_empty() {
                    self.out.extend_from_slice(REPLACEMENT.as_bytes());
                }
            }
            self.at += run;
            if self.take(b'"') {
                return Ok(());
            }
            if rest[run] == b'\\' {
                self.escape();
            } else {
                self.out
                    .extend_from_slice(format!("\\u{:04x}", rest[run]).as_bytes());
                self.at += 1;
            }
        }
    }

    /// Copies an escape, or its replacement if it is invalid.
    fn escape(&mut self) {
        let rest = &self.json[self.at..];
        let (copied, length) = match rest.get(1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => (&rest[..2], 2),
            Some(b'u') => match (unit(rest), unit(rest.get(6..).unwrap_or_default())) {
                (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (&rest[..12], 12),
                (Some(0xd800..=0xdfff), _) => (REPLACEMENT.as_bytes(), 6),
                (Some(_), _) => (&rest[..6], 6),
                (None, _) => (REPLACEMENT.as_bytes(), 2),
            },
            _ => (b"\\\\".as_slice(), 1),
        };
        self.out.extend_from_slice(copied);
        self.at += length;
    }

    /// Copies a number, a literal of JSON, or one of the words that SDKs write instead of a number.
    fn word(&mut self) -> Done {
        let rest = &self.json[self.at..];
        let end = rest
            .iter()
            .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')));
        let word = &rest[..end.unwrap_or(rest.len())];
        let is_read = matches!(word, b"true" | b"false" | b"null")
            || word.first().is_some_and(|byte| !byte.is_ascii_alphabetic())
                && serde_json::from_slice::<Value>(word).is_ok()
                && is_held(word);
        let is_number = matches!(word.first(), Some(b'0'..=b'9' | b'-' | b'+' | b'.'))
            || matches!(word, b"NaN" | b"Infinity" | b"undefined");
        if is_read {
            self.out.extend_from_slice(word);
        } else if is_number {
            self.out.push(b'"');
            self.out.extend_from_slice(word);
            self.out.push(b'"');
        } else {
            return Err(Fault::Here("a value is missing"));
        }
        self.at += word.len();
        Ok(())
    }
}

/// Whether these bytes look like the text between two strings: `:`, `,`, `: 7, `, `},{`.
fn stands_between(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let begins = matches!(text.first(), Some(b':' | b',' | b'}' | b']'));
    begins && matches!(text.last(), Some(b':' | b',' | b'{' | b'['))
}

/// Parses the UTF-16 unit of an escape `\uXXXX` at the start of `text`.
pub(crate) fn unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |unit, digit| {
        let digit = u16::try_from(char::from(*digit).to_digit(16)?).ok()?;
        Some(unit << 4 | digit)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn check(text: &[u8], expected: &Value) {
        let found = read::<Value>(text);
        assert_eq!(&found.unwrap(), expected, "{}", String::from_utf8_lossy(text));
    }

    #[test]
    fn what_is_nearly_json_is_read() {
        check(br#"{"a":"x\ud83d"}"#, &json!({ "a": "x\u{fffd}" }));
        check(br#"{"a":"\ud83dx\ude00"}"#, &json!({ "a": "\u{fffd}x\u{fffd}" }));
        check(br#"{"a":"\ud83d\u0041"}"#, &json!({ "a": "\u{fffd}A" }));
        check(
            br#"{"a":"\ud83d\ud83d\ude00"}"#,
            &json!({ "a": "\u{fffd}\u{1f600}" }),
        );
        check(br#"{"\udc00":1}"#, &json!({ "\u{fffd}": 1 }));
        check(
            b"{\"a\":\"\xff\xc3\xa9\xe2\x82\"}",
            &json!({ "a": "\u{fffd}\u{e9}\u{fffd}" }),
        );
        check(
            br#"{"a":1e999,"b":-1e999}"#,
            &json!({ "a": "1e999", "b": "-1e999" }),
        );
        check(
            br#"{"a":NaN,"b":-Infinity,"c":01}"#,
            &json!({ "a": "NaN", "b": "-Infinity", "c": "01" }),
        );
        check(
            br#"{"a":1180591620717411303424,"b":18446744073709551616,"c":-9223372036854775809}"#,
            &json!({ "a": "1180591620717411303424", "b": "18446744073709551616", "c": "-9223372036854775809" }),
        );
        check(
            br#"{"a":18446744073709551615,"b":-9223372036854775808,"c":100000000000000000000}"#,
            &json!({ "a": u64::MAX, "b": i64::MIN, "c": 1e20 }),
        );
        check(
            br#"{"a":[0.12345678901234567890123],"b":0.10000000000000000000,"c":1764000000.1234567}"#,
            &json!({ "a": ["0.12345678901234567890123"], "b": 0.1, "c": 1_764_000_000.123_456_7_f64 }),
        );
        check(b"{\"a\":\"x\n\x00\"}", &json!({ "a": "x\n\u{0}" }));
        check(br#"{"a":"\x41\u12"}"#, &json!({ "a": "\\x41\u{fffd}12" }));
        check(b"\xef\xbb\xbf{\"a\":1}", &json!({ "a": 1 }));
        check(br#"{"a":[1,],"b":2,}"#, &json!({ "a": [1], "b": 2 }));
        check(br#"{"a":"1","a":"2","b":NaN}"#, &json!({ "a": "2", "b": "NaN" }));
    }

    #[test]
    fn an_element_that_is_broken_loses_itself_only() {
        let text = br#"{"items":[{"n":1},{"n":2,"t":"a" "b","c":[1,{}]},{"n":3},oops,{"n":4 5}]}"#;
        let missing = "a comma is missing";
        check(
            text,
            &json!({ "items": [
                { "n": 1 }, { "n": 2, "t": "a", UNREADABLE: missing }, { "n": 3 },
                { UNREADABLE: "a value is missing" }, { "n": 4, UNREADABLE: missing },
            ] }),
        );
        let deep = format!("[1,{}{},2]", "[".repeat(500), "]".repeat(500));
        let found = read::<Value>(deep.as_bytes()).unwrap();
        assert_eq!((&found[0], &found[2]), (&json!(1), &json!(2)));
    }

    #[test]
    fn what_has_no_end_is_refused() {
        for text in [
            "",
            "{",
            "{\"a\":",
            "{\"a\":\"x",
            "[1,{\"a\":1}",
            "{\"a\":1}}",
            "{\"a\":1 2}",
            "[}]",
            "x",
            "{\"a\":oops}",
            "[{\"a\":\"},{\"a\":\"\\\"\"}]",
            "[{\"a\":\"b},{\"a\":\"c\"}]",
            "[{\"a\":[},{\"a\":1}]",
        ] {
            assert!(read::<Value>(text.as_bytes()).is_err(), "{text}");
            assert!(
                sound(text.as_bytes()).is_none() && !is_object(text.as_bytes()),
                "{text}"
            );
        }
        // Many nested broken elements cost only a few scans.
        let text = format!("{}x y{}", "[".repeat(90), " y]".repeat(90));
        let _ = read::<Value>(text.as_bytes());
    }

    /// Members of one element: valid ones, and ones to repair.
    fn members() -> impl Strategy<Value = (String, Option<Value>)> {
        let sound = any::<i32>().prop_map(|n| (n.to_string(), Some(json!(n))));
        let text =
            "[a-z\u{e9}\u{1f600}\"\\\\]{0,6}".prop_map(|text| (json!(text).to_string(), Some(json!(text))));
        let mended = prop_oneof![
            Just((r#""\ud83d""#.to_owned(), Some(json!("\u{fffd}")))),
            Just(("1e400".to_owned(), Some(json!("1e400")))),
            Just(("NaN".to_owned(), Some(json!("NaN")))),
        ];
        let broken = prop_oneof![
            Just("oops"),
            Just("1 2"),
            Just("\"a\" \"b\""),
            Just("{:}"),
            Just("[}")
        ]
        .prop_map(|text| (text.to_owned(), None));
        prop_oneof![3 => sound, 3 => text, 2 => mended, 1 => broken]
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read::<Value>(&bytes);
            if let Some(sound) = sound(&bytes) {
                prop_assert!(serde_json::from_slice::<Value>(&sound).is_ok());
            }
        }

        #[test]
        fn what_is_mended_is_json(text in r#"[\[\]{},:"0-9eatru\\ \u{e9}-]{0,60}"#) {
            if let Some(mended) = mended(text.as_bytes()) {
                prop_assert!(serde_json::from_slice::<Value>(&mended).is_ok(), "{}", String::from_utf8_lossy(&mended));
            }
            if let Ok(value) = serde_json::from_str::<Value>(&text) {
                prop_assert_eq!(read::<Value>(text.as_bytes()).unwrap(), value);
            }
        }

        #[test]
        fn all_sound_elements_are_there_or_it_is_refused(elements in proptest::collection::vec(members(), 0..12)) {
            let texts: Vec<String> = elements.iter().map(|(text, _)| format!("{{\"a\":{text}}}")).collect();
            let text = format!("{{\"items\":[{}]}}", texts.join(","));
            if let Ok(found) = read::<Value>(text.as_bytes()) {
                for (n, (_, expected)) in elements.iter().enumerate() {
                    if let Some(expected) = expected {
                        prop_assert_eq!(&found["items"][n]["a"], expected, "{}", text);
                    } else {
                        prop_assert!(found["items"][n].get(UNREADABLE).is_some(), "{}", text);
                    }
                }
            } else {
                prop_assert!(!is_object(text.as_bytes()));
            }
        }
    }
}
