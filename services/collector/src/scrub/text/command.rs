//! Passwords in the options of commands: `curl -u name:password`, `sshpass -p password`. Options with the name of a
//! secret, such as `--password`, are found elsewhere.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::scrub::border::pattern;
use crate::scrub::rule::{FILTERED, Found, Rule};

/// The compiled patterns. One group of each is the secret.
struct Patterns {
    /// `-u name:password` of curl, also within joined short options.
    short: Regex,
    /// `--user name:password`.
    long: Regex,
    /// Options that are followed by a password alone.
    alone: [Regex; 3],
}

/// A word of a command line, with or without quotes.
const WORD: &str = r#"(?:'([^'\n]+)|"([^"\n]+)|([^\s'"\\]+))"#;
/// A name and a password.
const NAMED: &str = r#"(?:'[^':\n]*:([^'\n]+)|"[^":\n]*:([^"\n]+)|[^\s'":/\\]+:([^\s'"\\]+))"#;

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| Patterns {
    short: pattern(&format!(r"\s-[A-Za-z]{{0,8}}?[uU][ \t]*{NAMED}")),
    long: pattern(&format!(r"(?:^|[^\w-])--(?:proxy-)?user(?:=|[ \t]+){NAMED}")),
    alone: [
        pattern(&format!(r"\bsshpass[^\n|]{{0,200}}?\s-p[ \t]*{WORD}")),
        pattern(&format!(
            r"\b(?:mysql(?:dump|admin|import|sh)?|mariadb(?:-dump|-admin)?)[ \t](?:[^\n|]{{0,200}}?[ \t])?-p{WORD}"
        )),
        pattern(&format!(r"\bredis-cli[^\n|]{{0,200}}?\s-a[ \t]+{WORD}")),
    ],
});

/// Commands whose `--user` is a user and a group of the system.
const OF_THE_SYSTEM: [&[u8]; 3] = [b"docker", b"podman", b"nerdctl"];

/// Adds the passwords in command lines.
pub(super) fn find(bytes: &[u8], found: &mut Vec<Found>) {
    let has = |word: &[u8]| memchr::memmem::find(bytes, word).is_some();
    if has(b"curl") {
        for line in lines(bytes) {
            let command = memchr::memmem::find(bytes.get(line.clone()).unwrap_or_default(), b"curl");
            if let Some(at) = command {
                add(&PATTERNS.short, bytes, line.start + at..line.end, found);
            }
        }
    }
    if has(b"user") {
        for line in lines(bytes) {
            let text = bytes.get(line.clone()).unwrap_or_default();
            let is_of_the_system = |command: &&[u8]| memchr::memmem::find(text, command).is_some();
            if !OF_THE_SYSTEM.iter().any(is_of_the_system) {
                add(&PATTERNS.long, bytes, line, found);
            }
        }
    }
    for pattern in &PATTERNS.alone {
        add(pattern, bytes, 0..bytes.len(), found);
    }
}

/// Splits a text into lines.
fn lines(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let ends = memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]);
    ends.scan(0, |start, end| Some(std::mem::replace(start, end + 1)..end))
}

/// Adds the matches of a pattern in a part of the bytes.
fn add(pattern: &Regex, bytes: &[u8], part: Range<usize>, found: &mut Vec<Found>) {
    let text = bytes.get(part.clone()).unwrap_or_default();
    for captures in pattern.captures_iter(text) {
        let password = captures.iter().skip(1).flatten().next();
        let Some(password) = password.filter(|password| password.as_bytes() != FILTERED.as_bytes()) else {
            continue;
        };
        let range = part.start + password.start()..part.start + password.end();
        found.push(Found::new(range, Rule::Password));
    }
}
