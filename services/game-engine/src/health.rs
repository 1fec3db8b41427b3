//! Health tests of a random number generator: NIST SP 800-90B (2018), section 4.4.
//!
//! A sample is a 32-bit word, for which a sound generator has 32 bits of entropy. The standard suggests a probability of
//! a false alarm of 2^-20 to 2^-40 for each sample. With the many millions of words that are tested here, that would be
//! an alarm every minute, so it is 2^-80.

use rand::Rng;

/// Section 4.4.1: number of equal words in a row that is a failure, `1 + ⌈80 / 32⌉`.
const REPETITION_CUTOFF: u32 = 4;
/// Section 4.4.2: number of words in a window, for samples that are not binary.
const WINDOW: u32 = 512;
/// Section 4.4.2: number of occurrences of a window's first word in it that is a failure,
/// `1 + critbinom(512, 2^-32, 1 - 2^-80)`.
const PROPORTION_CUTOFF: u32 = 4;

/// Why a generator failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HealthFailure {
    /// Repetition count test: the same word is repeated.
    #[error("the generator repeats the word {word:#010x}")]
    Repetition {
        /// The word.
        word: u32,
    },
    /// Adaptive proportion test: one word is too frequent within a window.
    #[error("the generator favours the word {word:#010x}")]
    Proportion {
        /// The word.
        word: u32,
    },
}

/// Consumes the next `words` words of a generator and runs both tests over them.
///
/// # Errors
/// The first failure.
pub fn check(rng: &mut impl Rng, words: u64) -> Result<(), HealthFailure> {
    let mut previous = None;
    let mut repeated = 0;
    let mut first = 0;
    let mut occurrences = 0;
    let mut position = 0;
    for _ in 0..words {
        let word = rng.next_u32();
        if previous == Some(word) {
            repeated += 1;
            if repeated >= REPETITION_CUTOFF {
                return Err(HealthFailure::Repetition { word });
            }
        } else {
            previous = Some(word);
            repeated = 1;
        }
        if position == 0 {
            first = word;
            occurrences = 1;
        } else if word == first {
            occurrences += 1;
            if occurrences >= PROPORTION_CUTOFF {
                return Err(HealthFailure::Proportion { word });
            }
        }
        position = (position + 1) % WINDOW;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    use rand::TryRng;

    /// A generator that returns a function of the position.
    struct Faulty<F>(u64, F);

    impl<F: Fn(u64) -> u32> TryRng for Faulty<F> {
        type Error = Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            self.0 += 1;
            Ok((self.1)(self.0 - 1))
        }

        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            let low = u64::from(self.try_next_u32()?);
            Ok(low | u64::from(self.try_next_u32()?) << 32)
        }

        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
            for chunk in bytes.chunks_mut(4) {
                let word = self.try_next_u32()?.to_le_bytes();
                chunk.copy_from_slice(&word[..chunk.len()]);
            }
            Ok(())
        }
    }

    /// Returns a different word for each position.
    fn mixed(position: u64) -> u32 {
        u32::try_from(position.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32).unwrap()
    }

    #[test]
    fn a_stuck_generator_fails_at_the_fourth_word_and_a_sound_one_does_not() {
        let stuck = |words| check(&mut Faulty(0, |_| 7), words);
        assert_eq!(stuck(3), Ok(()));
        assert_eq!(stuck(4), Err(HealthFailure::Repetition { word: 7 }));
        assert_eq!(check(&mut Faulty(0, mixed), 1_000_000), Ok(()));
        let sticks_later = |position| if position < 100_000 { mixed(position) } else { 9 };
        assert_eq!(
            check(&mut Faulty(0, sticks_later), 200_000),
            Err(HealthFailure::Repetition { word: 9 })
        );
    }

    #[test]
    fn a_generator_that_favours_a_word_fails_though_it_never_repeats_one() {
        let alternates = |position| if position % 2 == 0 { 5 } else { mixed(position) };
        let check = |words| check(&mut Faulty(0, alternates), words);
        assert_eq!(check(6), Ok(()));
        assert_eq!(check(7), Err(HealthFailure::Proportion { word: 5 }));
    }

    #[test]
    fn a_window_ends_after_512_words() {
        // Three in each window; the last one and the first one of the next window are side by side.
        let edges = |position| match position % u64::from(WINDOW) {
            0 | 1 | 511 => 5,
            _ => mixed(position),
        };
        assert_eq!(check(&mut Faulty(0, edges), 100 * u64::from(WINDOW)), Ok(()));
    }

    #[test]
    fn the_cutoffs_are_those_of_the_standard() {
        let bits = 80_u32;
        assert_eq!(REPETITION_CUTOFF, 1 + bits.div_ceil(32));
        // The probability of more than `k` of 512 words. Its first term is so large that the others do not matter.
        let log2_of_more_than = |k: u32| {
            let choose: f64 = (0..=k)
                .map(|i| f64::from(WINDOW - i) / f64::from(i + 1))
                .product();
            choose.log2() - 32.0 * f64::from(k + 1)
        };
        let critical = (0..WINDOW).find(|k| log2_of_more_than(*k) <= -f64::from(bits));
        assert_eq!(critical.map(|k| k + 1), Some(PROPORTION_CUTOFF));
    }
}
