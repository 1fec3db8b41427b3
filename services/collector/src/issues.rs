//! Which errors are the same: by fingerprint, else by type, pattern of the value, and the application's frames.

use reelscope_contracts::telemetry::ErrorEvent;

use crate::dsn::fnv1a;

/// Most frames that make an issue.
const MOST_FRAMES: usize = 5;
/// The id of an event's issue: 16 hexadecimal digits, the same in every version and after every restart.
pub(crate) fn key(fingerprint: &[String], event: &ErrorEvent) -> String {
    let default = || {
        let own = event.frames.iter().filter(|frame| frame.in_app).take(MOST_FRAMES);
        let frames = own.map(|frame| {
            format!(
                "{}\u{1f}{}",
                frame.module.as_deref().or(frame.file.as_deref()).unwrap_or(""),
                frame.function
            )
        });
        let mut parts = vec![event.kind.clone(), pattern(&event.value)];
        parts.extend(frames);
        parts.join("\u{1e}")
    };
    let text = if fingerprint.is_empty() {
        default()
    } else {
        let parts = fingerprint.iter().map(|part| match part.trim() {
            "{{ default }}" | "{{default}}" => default(),
            part => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join("\u{1d}")
    };
    format!("{:016x}", fnv1a(text.as_bytes()))
}

/// The value without what differs from event to event: a word with a digit in it, be it a number, a UUID, a hash
/// or an address, becomes `#`.
pub(crate) fn pattern(value: &str) -> String {
    let mut masked = String::with_capacity(value.len());
    let mut word = String::new();
    let is_part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    for c in value.chars().chain([' ']) {
        if is_part(c) {
            word.push(c);
            continue;
        }
        if word.contains(|c: char| c.is_ascii_digit()) {
            masked.push('#');
        } else {
            masked.push_str(&word);
        }
        word.clear();
        masked.push(c);
    }
    masked.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, expected: &str) {
        assert_eq!(pattern(value), expected);
    }

    #[test]
    fn what_differs_is_masked() {
        check(
            "round 9ec79c33-ec99-42ab-8353-589fcb2e04dc timed out after 5000 ms",
            "round # timed out after # ms",
        );
        check("at 0x7ffee3b2 in RS-000001", "at # in #");
        check("deadline exceeded", "deadline exceeded");
        check("", "");
        check("10.5 %", "#.# %");
    }
}
