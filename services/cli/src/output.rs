//! What the program prints. A reader that has gone (`… | head`) is no error, and nothing is printed to it any more; output
//! that cannot be written for another reason, such as a full disk, ends the program with a code of its own.

use std::fmt;
use std::io::{self, ErrorKind, Write};

use parking_lot::Mutex;

/// Exit code of a program whose answer could not be written.
pub(crate) const UNWRITTEN: u8 = 26;

/// Why nothing more goes to standard output.
static ENDED: Mutex<Option<ErrorKind>> = Mutex::new(None);

/// Prints a line of the program's answer.
macro_rules! say {
    ($($text:tt)*) => { $crate::output::line(format_args!($($text)*)) };
}

/// Prints a line for the person beside the answer, on standard error.
macro_rules! note {
    ($($text:tt)*) => { $crate::output::aside(format_args!($($text)*)) };
}

pub(crate) use {note, say};

pub(crate) fn line(text: fmt::Arguments<'_>) {
    let mut ended = ENDED.lock();
    if ended.is_none() {
        let mut out = io::stdout().lock();
        let written = writeln!(out, "{text}").and_then(|()| out.flush());
        *ended = written.err().map(|error| error.kind());
    }
}

/// Whoever has closed standard error wants to read nothing.
pub(crate) fn aside(text: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Why the answer could not be written; `None` when it was, or when its reader has gone.
pub(crate) fn unwritten() -> Option<String> {
    let ended = *ENDED.lock();
    ended
        .filter(|kind| *kind != ErrorKind::BrokenPipe)
        .map(|kind| format!("the answer could not be written to standard output: {kind}"))
}
