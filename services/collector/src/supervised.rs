//! Restarts threads that panic, and reports the panics.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use tokio::task::JoinError;

/// Limit of restarts within the time [`WITHIN`], because more would not help.
const MOST_RESTARTS: usize = 5;
const WITHIN: Duration = Duration::from_secs(60);

/// Runs `work` until it returns. After a panic it calls `met` with the message and runs `work` again. Returns the
/// message when it panics too often.
pub(crate) fn again<W>(
    work: &mut W,
    run: impl Fn(&mut W),
    mut met: impl FnMut(&mut W, &str),
) -> Result<(), String> {
    let mut restarts: Vec<Instant> = Vec::new();
    loop {
        let words = match once(|| run(work)) {
            Ok(()) => return Ok(()),
            Err(words) => words,
        };
        met(work, &words);
        restarts.retain(|at| at.elapsed() < WITHIN);
        if restarts.len() == MOST_RESTARTS {
            return Err(words);
        }
        restarts.push(Instant::now());
    }
}

/// Runs `work` once.
///
/// # Errors
/// The message of a panic. The panic hook has reported it.
pub(crate) fn once(work: impl FnOnce()) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| words_of(&*panic))
}

/// Why a task did not end: the message of its panic.
pub(crate) fn last_words(error: JoinError) -> String {
    match error.try_into_panic() {
        Ok(panic) => words_of(&*panic),
        Err(_) => "the program ends".to_owned(),
    }
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a defect without words".to_owned())
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn work_that_meets_a_defect_begins_anew_where_it_was() {
        let (mut done, mut met) = (Vec::new(), Vec::new());
        let run = |(done, next): &mut (&mut Vec<u32>, u32)| {
            while *next < 5 {
                *next += 1;
                assert!(*next % 2 == 1, "{next} is even");
                done.push(*next);
            }
        };
        let ended = again(&mut (&mut done, 0), run, |(_, at), words| {
            met.push((*at, words.to_owned()));
        });
        assert_eq!((ended, done), (Ok(()), vec![1, 3, 5]));
        assert_eq!(met, [(2, "2 is even".to_owned()), (4, "4 is even".to_owned())]);
    }

    #[test]
    fn what_meets_one_defect_after_another_ends_with_its_words() {
        let mut runs = 0;
        let ended = again(
            &mut runs,
            |runs| {
                *runs += 1;
                panic!("always");
            },
            |_, _| {},
        );
        assert_eq!((ended, runs), (Err("always".to_owned()), 1 + MOST_RESTARTS));
    }
}
