//! Output of the program. A reader that has gone (`… | head`) is no error; the rest of the output is dropped.
//! Output that cannot be written for another reason, such as a full disk, gives the program an exit code of its
//! own.
//!
//! Lines for people are made legible here, because names, messages and paths may come from anybody: a name cannot move
//! the cursor, turn the direction of a line, or begin another one. JSON is printed as it is.

use std::fmt;
use std::io::{self, ErrorKind, Write};

use parking_lot::Mutex;

/// Exit code of a program whose output could not be written.
pub(crate) const UNWRITTEN: u8 = 26;

/// The error after which nothing more is written to standard output.
static ENDED: Mutex<Option<ErrorKind>> = Mutex::new(None);

/// Prints a line of the program's answer for people to standard output.
macro_rules! say {
    ($($text:tt)*) => { $crate::output::line(format_args!($($text)*)) };
}

/// Prints a line for the person to standard error.
macro_rules! note {
    ($($text:tt)*) => { $crate::output::aside(format_args!($($text)*)) };
}

pub(crate) use {note, say};

pub(crate) fn line(text: fmt::Arguments<'_>) {
    write_line(&legible(&text.to_string()));
}

/// Prints the program's answer for machines, in one line.
pub(crate) fn json(value: &serde_json::Value) {
    write_line(&value.to_string());
}

/// Prints what clap answers instead of a command: help and version to standard output, wrong usage to standard error.
pub(crate) fn usage(answer: &clap::Error) {
    let written = answer.print().and_then(|()| io::stdout().flush());
    if !answer.use_stderr() {
        *ENDED.lock() = written.err().map(|error| error.kind());
    }
}

fn write_line(text: &str) {
    let mut ended = ENDED.lock();
    if ended.is_none() {
        let mut out = io::stdout().lock();
        let written = writeln!(out, "{text}").and_then(|()| out.flush());
        *ended = written.err().map(|error| error.kind());
    }
}

/// Ignores errors: a closed standard error has no reader.
pub(crate) fn aside(text: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{}", legible(&text.to_string()));
}

/// Why the output could not be written; `None` when it was, or when its reader has gone.
pub(crate) fn unwritten() -> Option<String> {
    let ended = *ENDED.lock();
    ended
        .filter(|kind| *kind != ErrorKind::BrokenPipe)
        .map(|kind| format!("the answer could not be written to standard output: {kind}"))
}

/// Shows every character that is invisible or changes its neighbours as an escape, such as `\u{1b}`: controls, marks and
/// overrides of direction (UAX #9), and characters without width. Joiners stay, because scripts and emoji need them.
fn legible(text: &str) -> String {
    let mut seen = String::with_capacity(text.len());
    for character in text.chars() {
        let is_hidden = character.is_control()
            || matches!(
                character,
                '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
                    | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
            );
        if is_hidden {
            seen.extend(character.escape_default());
        } else {
            seen.push(character);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        let check = |text: &str, seen: &str| assert_eq!(legible(text), seen);
        check(
            "GET /orders — Казань 👩\u{200d}💻 ملعب",
            "GET /orders — Казань 👩\u{200d}💻 ملعب",
        );
        check("\u{1b}]0;x\u{7}\u{1b}[2Jx", r"\u{1b}]0;x\u{7}\u{1b}[2Jx");
        check("\u{9b}2J\u{7f}", r"\u{9b}2J\u{7f}");
        check("a\nb\r\tc", r"a\nb\r\tc");
        check(
            "a\u{202e}b\u{2066}c\u{200f}\u{feff}",
            r"a\u{202e}b\u{2066}c\u{200f}\u{feff}",
        );
    }
}
