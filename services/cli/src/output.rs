//! Output of the program. A reader that has gone (`… | head`) is no error; the rest of the output is dropped.
//! Output that cannot be written for another reason, such as a full disk, gives the program an exit code of its
//! own.

use std::fmt;
use std::io::{self, ErrorKind, Write};

use parking_lot::Mutex;

/// Exit code of a program whose output could not be written.
pub(crate) const UNWRITTEN: u8 = 26;

/// The error after which nothing more is written to standard output.
static ENDED: Mutex<Option<ErrorKind>> = Mutex::new(None);

/// Prints a line of the program's answer to standard output.
macro_rules! say {
    ($($text:tt)*) => { $crate::output::line(format_args!($($text)*)) };
}

/// Prints a line for the person to standard error.
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

/// Ignores errors: a closed standard error has no reader.
pub(crate) fn aside(text: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Why the output could not be written; `None` when it was, or when its reader has gone.
pub(crate) fn unwritten() -> Option<String> {
    let ended = *ENDED.lock();
    ended
        .filter(|kind| *kind != ErrorKind::BrokenPipe)
        .map(|kind| format!("the answer could not be written to standard output: {kind}"))
}
