//! A quick check whether the closer checks may find anything in bytes. It never misses what they find, which tests
//! check. It reads JSON without unescaping, so an escape may stand between a word and what follows it, at any
//! depth.
//!
//! A word of the table counts where a value may follow: before a colon, an equals sign or a percent-encoded
//! character; in a key; as the first element of a pair. An `@` counts within the form of an address, digits where
//! they may be a card number, capitals and digits where they may be an IBAN.

use std::ops::Range;

use super::border::is_of_a_name;
use super::words::{self, Hit, Meaning};
use super::{entities, forms, percents, sieve};

/// Length of the shortest run of digits, spaces and dashes that may be a card number.
const CARD: usize = 13;
/// Length of the shortest IBAN, that of Norway.
const IBAN: usize = 15;
/// How far such a run is followed, in bytes. A longer one goes to the closer check, so that this check stays
/// linear.
const FOLLOWED: usize = 64;

/// Whether there may be anything to find.
pub(super) fn may_hold(bytes: &[u8]) -> bool {
    has_address(bytes) || has_run(bytes) || has_word(bytes)
}

fn has_word(bytes: &[u8]) -> bool {
    let mut around = Around::default();
    sieve::any_word(bytes, |hit| counts(bytes, hit, &mut around))
}

fn counts(bytes: &[u8], hit: Hit, around: &mut Around) -> bool {
    let next = |at: usize| bytes.get(at);
    match hit.meaning {
        Meaning::Sign => match next(hit.start) {
            // The escape of a space or a dash, or of a letter that needs none.
            Some(b'\\') if bytes.get(hit.end - 2) == Some(&b'0') => {
                matches!(next(hit.end), Some(b'2'..=b'7' | b'a' | b'A'))
            }
            Some(b'b' | b'B') if hit.end - hit.start == b"basic".len() => matches!(
                next(hit.end),
                Some(b' ' | b'\t' | b'\n' | b'\r' | b'\\' | b'%' | b'+')
            ),
            // A node of the header `Forwarded`.
            Some(b'b' | b'B' | b'f' | b'F') => {
                matches!(next(hit.end), Some(b'0'..=b'9' | b'"' | b'\\' | b'['))
            }
            _ => true,
        },
        Meaning::Harmless => false,
        Meaning::Own => {
            let is_quoted = hit.start.checked_sub(1).and_then(next) == Some(&b'"');
            is_quoted && (has_value(bytes, hit.end) || around.is_pair(bytes, hit))
        }
        Meaning::LastPart | Meaning::Session | Meaning::Person => {
            words::starts_a_part(bytes, hit.start)
                && (forms::may_name(bytes, &(hit.start..hit.end))
                    || words::ends_a_name(bytes, hit.end)
                        && (around.has_value(bytes, hit)
                            || around.is_key(bytes, hit)
                            || around.is_pair(bytes, hit)))
        }
        Meaning::Secret | Meaning::Address | Meaning::Cookies | Meaning::Counted => {
            // `bearer` is followed by its value without a separator.
            let is_scheme = hit.meaning == Meaning::Counted
                && hit.end - hit.start == b"bearer".len()
                && matches!(
                    next(hit.end),
                    Some(b' ' | b'\t' | b'\n' | b'\r' | b'\\' | b'%' | b'+')
                );
            is_scheme
                || around.has_value(bytes, hit)
                || around.is_key(bytes, hit)
                || around.is_pair(bytes, hit)
                || forms::may_name(bytes, &(hit.start..hit.end))
        }
    }
}

/// The end of the name that contains `at`.
fn name_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| is_of_a_name(**byte)).count()
}

/// Whether a separator at `at` is followed by a value.
fn has_value(bytes: &[u8], at: usize) -> bool {
    let at = skip(bytes, at);
    let next = bytes.get(at + 1);
    match bytes.get(at) {
        // `::` of Rust's paths and `==` are no separators.
        Some(b':') => next != Some(&b':'),
        Some(b'=') => next != Some(&b'='),
        Some(b'%' | b'&') => true,
        _ => false,
    }
}

/// The first position from `at` on that is no white space, quote, closing bracket of an index, or escape of these.
fn skip(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at = skip_blank(bytes, at);
        match bytes.get(at) {
            Some(b'"' | b'\'' | b'`' | b']') => at += 1,
            _ => return at,
        }
    }
}

/// What is known about the name and the string around the last hit, so that many hits in one are not slower than
/// one.
#[derive(Debug, Default)]
struct Around {
    /// End of the last name, and whether a value follows it.
    name: (usize, bool),
    string: Range<usize>,
    /// Position after the last quote in the string, or at its end, that is followed by a colon.
    key_end: usize,
    /// The same for a comma.
    comma: usize,
    /// Position of the first quote in the string, or at its beginning, that follows a bracket.
    bracket: Option<usize>,
}

impl Around {
    fn has_value(&mut self, bytes: &[u8], hit: Hit) -> bool {
        if hit.end > self.name.0 {
            let end = name_end(bytes, hit.end);
            self.name = (end, has_value(bytes, end));
        }
        self.name.1
    }

    /// Whether the hit is part of a key, also of JSON within a string.
    fn is_key(&mut self, bytes: &[u8], hit: Hit) -> bool {
        self.look(bytes, hit);
        hit.end <= self.key_end
    }

    /// Whether the hit is part of the first string of a list, as in a pair of name and value.
    fn is_pair(&mut self, bytes: &[u8], hit: Hit) -> bool {
        self.look(bytes, hit);
        hit.end <= self.comma && self.bracket.is_some_and(|bracket| bracket < hit.start)
    }

    fn look(&mut self, bytes: &[u8], hit: Hit) {
        if hit.end <= self.string.end && self.string.start <= hit.start {
            return;
        }
        let is_escaped = |at: usize| {
            let before = bytes.get(..at).unwrap_or_default();
            before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
        };
        let floor = self.string.end.min(hit.start);
        let before = bytes.get(floor..hit.start).unwrap_or_default();
        let start = memchr::memrchr_iter(b'"', before)
            .map(|at| floor + at)
            .find(|at| !is_escaped(*at))
            .unwrap_or(floor);
        let after = bytes.get(hit.end..).unwrap_or_default();
        let end = memchr::memchr_iter(b'"', after)
            .map(|at| hit.end + at)
            .find(|at| !is_escaped(*at))
            .map_or(bytes.len(), |at| at + 1);
        (self.key_end, self.comma, self.bracket) = (0, 0, None);
        for quote in memchr::memchr_iter(b'"', bytes.get(start..end).unwrap_or_default()) {
            let at = start + quote;
            match bytes.get(skip_blank(bytes, at + 1)) {
                Some(b':') => self.key_end = at,
                Some(b',') => self.comma = at,
                _ => {}
            }
            if self.bracket.is_none() && follows_a_bracket(bytes, at) {
                self.bracket = Some(at);
            }
        }
        self.string = start..end;
    }
}

/// The first position from `at` on that is neither white space nor an escape of it.
fn skip_blank(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at += match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'\\'), Some(b'n' | b'r' | b't')) => 2,
            (Some(b' ' | b'\t' | b'\n' | b'\r' | b'\\'), _) => 1,
            _ => return at,
        };
    }
}

/// Whether a bracket precedes the quote at `at`.
fn follows_a_bracket(bytes: &[u8], mut at: usize) -> bool {
    while let Some(before) = at.checked_sub(1) {
        match bytes.get(before) {
            Some(b'[') => return true,
            Some(b' ' | b'\t' | b'\n' | b'\r' | b'\\') => {}
            Some(b'n' | b'r' | b't')
                if before.checked_sub(1).and_then(|at| bytes.get(at)) == Some(&b'\\') => {}
            _ => return false,
        }
        at = before;
    }
    false
}

/// Whether an `@` stands in what may be an email address, after a password in a URL, in percent-encoding, or in an
/// entity.
fn has_address(bytes: &[u8]) -> bool {
    let mut from = 0;
    memchr::memchr3_iter(b'@', b'%', b'&', bytes).any(|at| {
        let sign = percents::sign(bytes, at).or_else(|| entities::sign(bytes, at));
        if bytes.get(at) != Some(&b'@') {
            return sign.is_some_and(|(sign, _)| sign == b'@');
        }
        let before = bytes.get(from..at).unwrap_or_default();
        from = at + 1;
        let is_local = before
            .last()
            .is_some_and(|byte| is_of_a_name(*byte) || !byte.is_ascii() || b"+%".contains(byte));
        let is_password = before
            .iter()
            .rev()
            .take_while(|byte| !byte.is_ascii_whitespace() && !b"/\"".contains(byte))
            .any(|byte| *byte == b':');
        is_password || is_local && has_domain(bytes.get(from..).unwrap_or_default())
    })
}

/// Whether a text begins with labels joined by points, of which one after the first begins with a letter. Escapes
/// count as letters.
fn has_domain(text: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || !byte.is_ascii() || *byte == b'\\';
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"-.\\".contains(*byte);
    let length = text.iter().take_while(is_part).count();
    let domain = text.get(..length).unwrap_or_default();
    domain
        .array_windows()
        .any(|[joint, first]: &[u8; 2]| *joint == b'.' && is_letter(first))
}

/// Whether there is a run as long as a card number or an IBAN. Such a run contains one of the checked positions,
/// and half of it lies on one side of that position.
fn has_run(bytes: &[u8]) -> bool {
    const STEP: usize = CARD - 1;
    const HALF: usize = STEP / 2;
    let kinds_of = |part: Option<&[u8; HALF]>| {
        let kinds = |part: &[u8; HALF]| {
            part.iter()
                .fold(u8::MAX, |kinds, byte| kinds & KINDS[usize::from(*byte)])
        };
        part.map_or(0, kinds)
    };
    (0..bytes.len()).step_by(STEP).any(|at| {
        let (before, after) = bytes.split_at_checked(at).unwrap_or((bytes, &[]));
        if after.first().is_none_or(|byte| KINDS[usize::from(*byte)] == 0) {
            return false;
        }
        let kinds = kinds_of(before.last_chunk()) | kinds_of(after.first_chunk());
        kinds & CARD_PART != 0 && may_be_a_card(bytes, at)
            || kinds & IBAN_PART != 0 && may_be_an_iban(bytes, at)
            || kinds & GROUP_PART != 0 && may_be_in_groups(bytes, at)
    })
}

/// Flag of a byte that may be part of a card number.
const CARD_PART: u8 = 1;
/// Flag of a byte that may be part of an IBAN.
const IBAN_PART: u8 = 2;

/// Flag of a byte that may be part of either in groups, or of a separator of groups, as JSON writes it.
const GROUP_PART: u8 = 4;

/// The flags of each byte.
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0_u8;
    loop {
        kinds[byte as usize] = match byte {
            b'0'..=b'9' | b' ' => CARD_PART | IBAN_PART | GROUP_PART,
            b'-' => CARD_PART | GROUP_PART,
            b'A'..=b'Z' => IBAN_PART | GROUP_PART,
            b'\t' | b'.' | b'/' | b'_' | b'+' | b'%' | b'\\' | b't' => GROUP_PART,
            0x80..=0x95 | 0xA0 | 0xAF | 0xB7 | 0xC2 | 0xE2 => GROUP_PART,
            _ => 0,
        };
        if byte == u8::MAX {
            break kinds;
        }
        byte += 1;
    }
};

/// The run around `at` of bytes that fulfil `is_part`; empty where the one at `at` does not.
fn run_around(bytes: &[u8], at: usize, is_part: impl Fn(u8) -> bool) -> Range<usize> {
    let (before, after) = bytes.split_at_checked(at).unwrap_or((bytes, &[]));
    let after = after
        .iter()
        .take(FOLLOWED)
        .take_while(|byte| is_part(**byte))
        .count();
    if after == 0 {
        return at..at;
    }
    let before = before
        .iter()
        .rev()
        .take(FOLLOWED)
        .take_while(|byte| is_part(**byte))
        .count();
    at - before..at + after
}

fn may_be_a_card(bytes: &[u8], at: usize) -> bool {
    let range = run_around(bytes, at, |byte| {
        byte.is_ascii_digit() || matches!(byte, b' ' | b'-')
    });
    if range.len() < CARD {
        return false;
    }
    let run = bytes.get(range.clone()).unwrap_or_default();
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    let count = run.iter().filter(|byte| is_digit(byte)).count();
    if run.len() >= FOLLOWED {
        return count > 0;
    }
    let mut groups = run.split(|byte| !is_digit(byte));
    if count < CARD || !groups.any(|group| matches!(group.first(), Some(b'2'..=b'6'))) {
        return false;
    }
    let first = range.start + run.iter().position(is_digit).unwrap_or_default();
    let last = range.start + run.iter().rposition(is_digit).unwrap_or_default();
    // A space separates digits from what precedes them; an escape ends with a letter.
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
    let outside = bytes.get(..first).unwrap_or_default();
    let is_free = outside.last().is_none_or(|byte| !is_part(byte) && *byte != b'.');
    let is_escaped = matches!(outside, [.., b'\\', _]);
    let is_parted = bytes.get(first..last).is_some_and(|inner| inner.contains(&b' '));
    is_parted || (is_free || is_escaped) && !bytes.get(last + 1).is_some_and(is_part)
}

fn may_be_an_iban(bytes: &[u8], at: usize) -> bool {
    let is_part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ';
    let range = run_around(bytes, at, is_part);
    let run = bytes.get(range).unwrap_or_default();
    let begins = |four: &[u8; 4]| {
        let [a, b, c, d] = four;
        a.is_ascii_uppercase() && b.is_ascii_uppercase() && c.is_ascii_digit() && d.is_ascii_digit()
    };
    run.len() >= IBAN && run.array_windows().any(begins)
}

/// Whether a card number or an IBAN in groups may be around `at`: the first four characters and a separator; for a
/// card number also a separator other than a single space or dash, because ids have only these.
fn may_be_in_groups(bytes: &[u8], at: usize) -> bool {
    /// Limit of letters and digits between two separators: those of a group, and of a percent-encoded space.
    const LONGEST: usize = 6;
    let is_sign = |byte: u8| !byte.is_ascii_alphanumeric();
    let length = |bytes: &[u8]| {
        let run = bytes.iter().rev().take(LONGEST + 1);
        run.take_while(|byte| !is_sign(**byte)).count()
    };
    let head = bytes.get(..=at).unwrap_or_default();
    let group = length(head);
    // A longer group that is joined to the next one is something else, such as a time with fractions of a second.
    let before = head.get(..head.len() - group).unwrap_or_default();
    let is_joined = matches!(before, [long @ .., b'-' | b'_' | b'.' | b'/' | b'+'] if length(long) > LONGEST);
    if group > LONGEST || is_joined {
        return false;
    }
    let range = run_around(bytes, at, |byte| KINDS[usize::from(byte)] & GROUP_PART != 0);
    let run = bytes.get(range).unwrap_or_default();
    if run.iter().filter(|byte| !is_sign(**byte)).count() < CARD {
        return false;
    }
    let is_usual = |byte: u8| b" -".contains(&byte);
    let has_odd = run.array_windows().any(|[one, next]| {
        let is_odd = |byte: u8| is_sign(byte) && !is_usual(byte);
        is_odd(*one) || is_odd(*next) || is_usual(*one) && is_usual(*next)
    });
    let begins = |[a, b, c, d, sign]: &[u8; 5]| {
        let is_of_an_iban = a.is_ascii_uppercase() && b.is_ascii_uppercase();
        let is_of_a_card = has_odd && matches!(a, b'2'..=b'6') && b.is_ascii_digit();
        c.is_ascii_digit() && d.is_ascii_digit() && is_sign(*sign) && (is_of_an_iban || is_of_a_card)
    };
    let is_free = |at: usize| {
        !at.checked_sub(1)
            .and_then(|at| run.get(at))
            .is_some_and(u8::is_ascii_digit)
    };
    run.array_windows()
        .enumerate()
        .any(|(at, window)| begins(window) && is_free(at))
}
