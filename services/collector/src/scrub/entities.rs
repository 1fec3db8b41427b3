//! Characters as entities of HTML and XML, encoded once or more: `&quot;`, `&#34;`, `&#x22;`, `&amp;quot;`.

/// Names of the characters that separate names from values, or enclose them.
const NAMED: &[(&[u8], u8)] = &[
    (b"quot;", b'"'),
    (b"apos;", b'\''),
    (b"equals;", b'='),
    (b"colon;", b':'),
    (b"commat;", b'@'),
    (b"lt;", b'<'),
    (b"gt;", b'>'),
];

/// The character of the entity at `at`, and the length of the entity.
pub(super) fn sign(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let whole = bytes.get(at..)?;
    let mut rest = whole.strip_prefix(b"&")?;
    while let Some(inner) = rest.strip_prefix(b"amp;") {
        rest = inner;
    }
    let (sign, length) = match rest.strip_prefix(b"#") {
        Some(number) => numbered(number).map(|(sign, length)| (sign, 1 + length))?,
        None => NAMED
            .iter()
            .find(|(name, _)| rest.starts_with(name))
            .map(|(name, sign)| (*sign, name.len()))?,
    };
    Some((sign, whole.len() - rest.len() + length))
}

/// The character whose number follows `&#`, and the length of the number with its semicolon.
fn numbered(text: &[u8]) -> Option<(u8, usize)> {
    /// Limit of digits, including leading zeros; real ones have fewer.
    const MOST_DIGITS: usize = 8;
    let (radix, prefix) = match text {
        [b'x' | b'X', ..] => (16, 1),
        _ => (10, 0),
    };
    let digits = text.get(prefix..)?;
    let end = digits
        .iter()
        .take(MOST_DIGITS + 1)
        .position(|byte| *byte == b';')?;
    let number = digits.get(..end).filter(|digits| !digits.is_empty())?;
    let code = number.iter().try_fold(0_u32, |code, byte| {
        Some(code * radix + char::from(*byte).to_digit(radix)?)
    })?;
    Some((u8::try_from(code).ok()?, prefix + end + 1))
}
