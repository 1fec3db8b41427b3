//! The first step of the quick look: where in bytes a word of the table may be, at about one processor cycle a byte.
//!
//! Each place is asked whether its three bytes may be three letters that a word has: by one entry of a small table, and
//! where that says so, by one of a second. Only around those that are left the automaton of all words runs.

use std::ops::Range;
use std::sync::LazyLock;

/// Bytes that are looked at before it is asked whether one of them had anything.
const BLOCK: usize = 16;
/// Bytes that a look at a block reads beyond it.
const BEYOND: usize = 4;
/// No word is longer, its joints included; a test holds the table to it.
const LONGEST: usize = 20;

struct Sieve {
    /// Fits into a part of the first cache.
    first: [u8; 1 << 14],
    second: [u8; 1 << 16],
}

/// The place of the first three of four bytes in a table of so many bits (Fibonacci hashing: the golden ratio's fraction
/// of 2^32, moved by a byte, by which the fourth is lost). Small letters are expected.
const fn place(four: u32, bits: u32) -> usize {
    (four.wrapping_mul(0x3779_b900) >> (32 - bits)) as usize
}

/// Makes capitals small, and of some signs others: the same on both sides.
const fn fold(four: u32) -> u32 {
    four | 0x2020_2020
}

/// Three letters of each word, in each of its writings; such that our own envelopes seldom have. A test holds them to the
/// table of words.
const PARTS: &[[u8; 3]] = &[
    *b"pas", *b"ecr", *b"pik", *b"i_k", *b"i-k", *b"i k", *b"i.k", *b"cre", *b"pwd", *b"iva", *b"rdn",
    *b"d_n", *b"d-n", *b"d n", *b"d.n", *b"ssi", *b"sid", *b"uth", *b"oke", *b"bea", *b"srf", *b"kie",
    *b"otp", *b"wof", *b"o_f", *b"o-f", *b"o f", *b"o.f", *b"pin", *b"cvv", *b"cvc", *b"jwt", *b"rwa",
    *b"_ip", *b"-ip", *b" ip", *b".ip", *b"tip", *b"lip", *b"gip", *b"p_a", *b"mot", *b"t.a", *b"pho",
    *b"fir", *b"ddl", *b"t_n", *b"t-n", *b"t n", *b"t.n", *b"stn", *b"sur", *b"bir", *b"ssn", *b"rna",
    *b"r.e", *b"r.n", *b"r.u", *b"r.f", *b"---", *b"eyj", *b"bas", *b"\\u0",
];

static SIEVE: LazyLock<Box<Sieve>> = LazyLock::new(|| {
    let mut sieve = Box::new(Sieve {
        first: [0; 1 << 14],
        second: [0; 1 << 16],
    });
    for [a, b, c] in PARTS {
        let four = fold(u32::from_le_bytes([*a, *b, *c, 0]));
        sieve.first[place(four, 14)] = 1;
        sieve.second[second_place(four)] = 1;
    }
    sieve
});

const fn second_place(four: u32) -> usize {
    ((four & 0x00ff_ffff).wrapping_mul(0x85eb_ca6b) >> 16) as usize
}

/// Parts of the bytes in which words may be, each longer by a word on both sides. They may overlap.
pub(super) fn parts(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let sieve = &**SIEVE;
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(block) = bytes
            .get(at..)
            .and_then(<[u8]>::first_chunk::<{ BLOCK + BEYOND }>)
        {
            let start = at;
            at += BLOCK;
            if may_be_in(sieve, block) && is_in(sieve, block) {
                return Some(start.saturating_sub(LONGEST)..bytes.len().min(at + LONGEST));
            }
        }
        let last = std::mem::replace(&mut at, bytes.len());
        (last < bytes.len()).then(|| last.saturating_sub(LONGEST)..bytes.len())
    })
}

#[inline]
fn four(block: &[u8; BLOCK + BEYOND], at: usize) -> u32 {
    fold(u32::from_le_bytes([
        block[at],
        block[at + 1],
        block[at + 2],
        block[at + 3],
    ]))
}

#[inline]
fn may_be_in(sieve: &Sieve, block: &[u8; BLOCK + BEYOND]) -> bool {
    let mut any = 0;
    for at in 0..BLOCK {
        any |= sieve.first[place(four(block, at), 14)];
    }
    any != 0
}

#[cold]
fn is_in(sieve: &Sieve, block: &[u8; BLOCK + BEYOND]) -> bool {
    (0..BLOCK).any(|at| sieve.second[second_place(four(block, at))] != 0)
}

#[cfg(test)]
mod tests {
    use super::super::words;
    use super::*;

    #[test]
    fn each_word_has_one_of_the_parts_and_none_is_too_long() {
        for word in words::patterns() {
            assert!(word.len() <= LONGEST, "{word}");
            let has = |part: &[u8; 3]| word.as_bytes().array_windows().any(|three| three == part);
            assert!(PARTS.iter().any(has), "{word}");
        }
    }

    #[test]
    fn a_word_is_in_the_parts_wherever_it_stands() {
        for word in words::patterns() {
            for before in 0..2 * BLOCK {
                for after in [0, 1, BLOCK, 2 * BLOCK + 1] {
                    let text = format!("{}{word}{}", "#".repeat(before), "#".repeat(after));
                    let is_inside =
                        |part: Range<usize>| part.start <= before && before + word.len() <= part.end;
                    for text in [text.to_ascii_uppercase(), text] {
                        assert!(parts(text.as_bytes()).any(is_inside), "{text}");
                    }
                }
            }
        }
    }
}
