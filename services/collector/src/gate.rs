//! A first look at bytes, before the scrubber's patterns: three times as quick as they are, and never blind to what they
//! find.
//!
//! It asks for four letters of each word that the patterns look for, for an `@`, for the beginning of an IBAN, and for a
//! run of digits as long as a card's. A test holds it to the patterns.

/// Four letters of each word that the patterns look for; such that our own envelopes seldom have. Case does not matter.
const PARTS: [&[u8; 4]; 28] = [
    b"assw", b"assp", b"ecre", b"ikey", b"i-ke", b"i_ke", b"auth", b"cred", b"mysq", b"priv", b"toke",
    b"cook", b"csrf", b"xsrf", b"fact", b"er.e", b"er.n", b"er.u", b"er.f", b"r.ip", b"t.ad", b"ip_a",
    b"t_ip", b"ote_", b"sern", b"eare", b"----", b"\\u00",
];
/// `otp` is a word by itself, and too short for four letters: whatever follows.
const SHORT: u32 = fold(u32::from_le_bytes(*b"otp\0")) & 0x00ff_ffff;
/// Shortest run of digits, spaces and dashes that may be a card.
const CARD: usize = 13;
/// As far as such a run is followed; of a longer one the patterns decide, so that the look stays linear.
const FOLLOWED: usize = 64;

const fn fold(letters: u32) -> u32 {
    // Makes capitals small, and of some signs others: the same on both sides.
    letters | 0x2020_2020
}

/// Which of 16,384 places a word's letters fall to (Fibonacci hashing: the golden ratio's fraction of 2^32).
const fn place(letters: u32) -> usize {
    (letters.wrapping_mul(0x9e37_79b9) >> 18) as usize
}

/// A bit for each place that one of the words falls to.
static PLACES: [u64; 256] = {
    let mut places = [0; 256];
    let mut n = 0;
    while n < PARTS.len() {
        let at = place(fold(u32::from_le_bytes(*PARTS[n])));
        places[at / 64] |= 1 << (at % 64);
        n += 1;
    }
    let mut last = 0_u32;
    while last < 256 {
        let at = place(fold(SHORT | last << 24));
        places[at / 64] |= 1 << (at % 64);
        last += 1;
    }
    places
};

/// Whether the patterns may find anything: false only when they cannot.
pub(crate) fn may_hold(bytes: &[u8]) -> bool {
    bytes.contains(&b'@') || has_digits_of_a_card(bytes) || has_a_word(bytes)
}

fn has_a_word(bytes: &[u8]) -> bool {
    bytes.array_windows().any(|window: &[u8; 4]| {
        let letters = u32::from_le_bytes(*window);
        // Two capitals and two digits, and a few signs beside each in ASCII.
        let begins_an_iban = letters & 0xf0f0_e0e0 == 0x3030_4040;
        let at = place(fold(letters));
        begins_an_iban || PLACES[at / 64] >> (at % 64) & 1 == 1 && is_part(fold(letters))
    })
}

/// Two words may fall to one place.
#[cold]
fn is_part(letters: u32) -> bool {
    letters & 0x00ff_ffff == SHORT
        || PARTS
            .iter()
            .any(|part| fold(u32::from_le_bytes(**part)) == letters)
}

fn has_digits_of_a_card(bytes: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b' ' | b'-');
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    // A run of that length has one of these places in it.
    (0..bytes.len()).step_by(CARD - 1).any(|at| {
        let (before, after) = bytes.split_at(at);
        let after_at = after
            .iter()
            .take(FOLLOWED)
            .take_while(|byte| is_part(byte))
            .count();
        if after_at == 0 {
            return false;
        }
        let start = at
            - before
                .iter()
                .rev()
                .take(FOLLOWED)
                .take_while(|byte| is_part(byte))
                .count();
        let (outside, run) = (&bytes[..start], &bytes[start..at + after_at]);
        if run.len() < CARD {
            return false;
        }
        if run.len() >= FOLLOWED {
            return true;
        }
        // Digits alone that touch a letter or follow a point are a part of something else; an escape ends in a letter.
        let is_parted = run.iter().any(|byte| !byte.is_ascii_digit());
        let is_escaped = matches!(outside, [.., b'\\', _]);
        let is_free = |byte: Option<&u8>| byte.is_none_or(|byte| !is_word(byte) && *byte != b'.');
        is_parted || (is_free(outside.last()) || is_escaped) && !bytes.get(at + after_at).is_some_and(is_word)
    })
}
