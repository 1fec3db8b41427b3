//! Percent-encoded characters (RFC 3986), encoded once or more: `%3D`, `%253D`, `%25253D`.

/// The character that is percent-encoded at `at`, and the length of its code.
pub(super) fn sign(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let rest = bytes.get(at..)?;
    if rest.first() != Some(&b'%') {
        return None;
    }
    let mut length = 1;
    while let Some([b'2', b'5', after @ ..]) = rest.get(length..)
        && matches!(after, [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit())
    {
        length += 2;
    }
    let digit = |at: usize| rest.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let code = digit(length)? * 16 + digit(length + 1)?;
    Some((u8::try_from(code).ok()?, length + 2))
}

/// The length of the percent-encoded character that ends at `end`, such as `%3D` before a name.
pub(super) fn length_before(bytes: &[u8], end: usize) -> usize {
    let before = bytes.get(..end).unwrap_or_default();
    let Some((a, rest)) = before.split_last() else {
        return 0;
    };
    let Some((b, mut rest)) = rest.split_last() else {
        return 0;
    };
    if !(a.is_ascii_hexdigit() && b.is_ascii_hexdigit()) {
        return 0;
    }
    while let [shorter @ .., b'2', b'5'] = rest {
        rest = shorter;
    }
    match rest {
        [shorter @ .., b'%'] => end - shorter.len(),
        _ => 0,
    }
}
