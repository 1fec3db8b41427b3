//! The first step of the quick check: finds the words of the table in bytes, at about one processor cycle per byte.
//!
//! At each position a table tells whether three bytes may be three letters of a word, its part, and only then words
//! with this part are compared. The table is small, because envelopes come one at a time and find the processor's
//! caches full of other data: it has an entry for two letters, with a bit for each group of parts whose first two
//! letters they are, and another for the last two. No group contains both `abc` and `dbe`, because then `abe` would
//! match too.

use std::ops::Range;
use std::sync::LazyLock;

use super::words::{self, Hit, Meaning};

/// Number of bytes that are checked before the results are read.
const BLOCK: usize = 16;
/// Number of bytes that the check of a block reads beyond it.
const BEYOND: usize = 2;
/// Number of entries: pairs of letters, with gaps in between.
const PAIRS: usize = 1 << 13;

struct Sieve {
    /// By pair of letters: a bit for each group with a part that begins with it.
    begins: [u8; PAIRS],
    /// By pair of letters: a bit for each group with a part that ends with it.
    ends: [u8; PAIRS],
    /// The parts, sorted, each with the words that contain it, the one that ends first before the others.
    parts: Vec<([u8; 3], Vec<Word>)>,
}

struct Word {
    writing: String,
    meaning: Meaning,
    /// Position of the part within the word.
    offset: usize,
}

/// Mask of the bits that a letter and its capital, and some other characters, have in common.
const LETTER: u8 = 31;

/// The index of two bytes in the tables.
#[inline]
fn place(pair: [u8; 2]) -> usize {
    usize::from(u16::from_le_bytes(pair) & u16::from_le_bytes([LETTER, LETTER]))
}

/// Three letters of each word, in each of its spellings, chosen to be rare in our own envelopes. A test compares
/// them with the table of words.
const PARTS: &[[u8; 3]] = &[
    *b"pas", *b"ecr", *b"pik", *b"i_k", *b"i-k", *b"i k", *b"i.k", *b"cre", *b"pwd", *b"iva", *b"rdn",
    *b"d_n", *b"d-n", *b"d n", *b"d.n", *b"ssi", *b"sid", *b"uth", *b"oke", *b"bea", *b"srf", *b"kie",
    *b"otp", *b"wof", *b"o_f", *b"o-f", *b"o f", *b"o.f", *b"pin", *b"cvv", *b"cvc", *b"jwt", *b"rwa",
    *b"_ip", *b"-ip", *b" ip", *b".ip", *b"tip", *b"lip", *b"gip", *b"p_a", *b"mot", *b"t.a", *b"pho",
    *b"fir", *b"ddl", *b"t_n", *b"t-n", *b"t n", *b"t.n", *b"stn", *b"sur", *b"bir", *b"ssn", *b"rna",
    *b"r.e", *b"r.n", *b"r.u", *b"r.f", *b"---", *b"eyj", *b"bas", *b"\\u0", *b"\\u2", *b"or=", *b"by=",
    *b"cur", *b"--u", *b"y-u", *b"hpa", *b"mys", *b"iad", *b"s-c", *b"nbs", *b"#16", *b"xap",
];

static SIEVE: LazyLock<Box<Sieve>> = LazyLock::new(|| {
    let mut sieve = Box::new(Sieve {
        begins: [0; PAIRS],
        ends: [0; PAIRS],
        parts: PARTS.iter().map(|part| (*part, Vec::new())).collect(),
    });
    sieve.parts.sort_unstable_by_key(|(part, _)| *part);
    for (group, [a, b, c]) in grouped(PARTS) {
        sieve.begins[place([a, b])] |= 1 << group;
        sieve.ends[place([b, c])] |= 1 << group;
    }
    for (writing, meaning) in words::writings().filter(|(_, meaning)| *meaning != Meaning::Harmless) {
        let threes = writing.as_bytes().array_windows().enumerate();
        let found = threes.into_iter().find_map(|(offset, three)| {
            let at = sieve.parts.binary_search_by_key(three, |(part, _)| *part);
            Some((offset, at.ok()?))
        });
        // A word without a part would be missed; a test checks that there is none.
        if let Some((offset, at)) = found
            && let Some((_, words)) = sieve.parts.get_mut(at)
        {
            words.push(Word {
                writing,
                meaning,
                offset,
            });
        }
    }
    for (_, words) in &mut sieve.parts {
        words.sort_by_key(|word| word.writing.len() - word.offset);
    }
    sieve
});

/// Number of groups: the bits of an entry.
const GROUPS: usize = 8;

/// The parts, each with its group: the first group without a part of the same middle letter and other letters on
/// both sides.
fn grouped(parts: &[[u8; 3]]) -> Vec<(usize, [u8; 3])> {
    let mut grouped: Vec<(usize, [u8; 3])> = Vec::new();
    for part in parts {
        let fits = |group: &usize| {
            let mut others = grouped.iter().filter(|(other, _)| other == group);
            others.all(|(_, other)| {
                let same = |at: usize| other[at] & LETTER == part[at] & LETTER;
                !same(1) || same(0) || same(2)
            })
        };
        // Where none fits, some comparisons are superfluous.
        let group = (0..GROUPS).find(fits).unwrap_or_default();
        grouped.push((group, *part));
    }
    grouped
}

/// Whether a word in the bytes fulfils `holds`; overlapping words are tested too.
pub(super) fn any_word(bytes: &[u8], mut holds: impl FnMut(Hit) -> bool) -> bool {
    let sieve = &**SIEVE;
    let mut at = 0;
    while let Some(block) = bytes
        .get(at..)
        .and_then(<[u8]>::first_chunk::<{ BLOCK + BEYOND }>)
    {
        if sieve.may_be_in(block) && sieve.is_any_in(bytes, at..at + BLOCK, &mut holds) {
            return true;
        }
        at += BLOCK;
    }
    sieve.is_any_in(bytes, at..bytes.len(), &mut holds)
}

impl Sieve {
    /// Whether a part may begin in a block.
    #[inline]
    fn may_be_in(&self, block: &[u8; BLOCK + BEYOND]) -> bool {
        let mut any = 0;
        let mut before = place([block[0], block[1]]);
        for at in 0..BLOCK {
            let pair = place([block[at + 1], block[at + 2]]);
            any |= self.begins[before] & self.ends[pair];
            before = pair;
        }
        any != 0
    }

    /// The groups that may contain three letters, as bits.
    #[inline]
    fn groups(&self, [a, b, c]: [u8; 3]) -> u8 {
        self.begins[place([a, b])] & self.ends[place([b, c])]
    }

    /// Whether a word whose part begins in `range` fulfils `holds`.
    #[cold]
    fn is_any_in(&self, bytes: &[u8], range: Range<usize>, holds: &mut impl FnMut(Hit) -> bool) -> bool {
        let end = bytes.len().min(range.end + BEYOND);
        let threes = bytes.get(range.start..end).unwrap_or_default().array_windows();
        threes.zip(range.start..).any(|(three, at)| {
            self.groups(*three) != 0
                && self
                    .words_by(*three)
                    .iter()
                    .any(|word| word.at(bytes, at).is_some_and(&mut *holds))
        })
    }

    /// The words with this part.
    fn words_by(&self, part: [u8; 3]) -> &[Word] {
        let part = part.map(|byte| byte.to_ascii_lowercase());
        let at = self.parts.binary_search_by_key(&part, |(part, _)| *part).ok();
        at.and_then(|at| self.parts.get(at))
            .map_or(&[], |(_, words)| words)
    }
}

impl Word {
    /// The hit of this word, where its part is at `at`.
    fn at(&self, bytes: &[u8], at: usize) -> Option<Hit> {
        let start = at.checked_sub(self.offset)?;
        let end = start + self.writing.len();
        let is_written = bytes
            .get(start..end)?
            .eq_ignore_ascii_case(self.writing.as_bytes());
        is_written.then_some(Hit {
            start,
            end,
            meaning: self.meaning,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words_in(bytes: &[u8]) -> Vec<(usize, usize, Meaning)> {
        let mut found = Vec::new();
        any_word(bytes, |hit| {
            found.push((hit.start, hit.end, hit.meaning));
            false
        });
        found.sort_unstable();
        found
    }

    #[test]
    fn each_word_is_found_wherever_it_stands() {
        for (word, meaning) in words::writings().filter(|(_, meaning)| *meaning != Meaning::Harmless) {
            for before in 0..2 * BLOCK {
                for after in [0, 1, BLOCK, 2 * BLOCK + 1] {
                    let text = format!("{}{word}{}", "#".repeat(before), "#".repeat(after));
                    for text in [text.to_ascii_uppercase(), text] {
                        let found = words_in(text.as_bytes());
                        let is_it =
                            |hit: &(usize, usize, Meaning)| *hit == (before, before + word.len(), meaning);
                        assert!(found.iter().any(is_it), "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_words_are_those_of_the_table() {
        let text: String = words::writings().map(|(word, _)| word).collect();
        let mut known: Vec<_> = words::hits(text.as_bytes())
            .filter(|hit| hit.meaning != Meaning::Harmless)
            .map(|hit| (hit.start, hit.end, hit.meaning))
            .collect();
        known.sort_unstable();
        assert_eq!(words_in(text.as_bytes()), known);
    }
}
