//! Fills the parameters into the template of a message, as Relay does where the SDK has not
//! (<https://develop.sentry.dev/sdk/foundations/transport/event-payloads/message/>).
//!
//! There are two forms: that of printf and Python (`%s`, `%5.2f`, `%2$s`, `%(name)s`), and braces (`{}`, `{0}`,
//! `{name}`, `{0:N2}`). A template is read once, so a parameter is never read as a template; a placeholder without
//! a parameter stays as it is.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::bounds;

/// Maximum size of a placeholder in bytes. Without it, each sign that begins none would cause a search through the
/// rest of the text.
const LONGEST_PLACE: usize = 256;

/// The parameters of a template.
pub(super) enum Params<'a> {
    List(&'a [Value]),
    Named(&'a Map<String, Value>),
}

impl<'a> Params<'a> {
    pub(super) fn of(value: Option<&'a Value>) -> Option<Self> {
        match value? {
            Value::Array(list) if !list.is_empty() => Some(Self::List(list)),
            Value::Object(members) if !members.is_empty() => Some(Self::Named(members)),
            _ => None,
        }
    }

    fn at(&self, index: usize) -> Option<&'a Value> {
        match self {
            Self::List(list) => list.get(index),
            Self::Named(members) => members.get(&index.to_string()),
        }
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        match (self, name.parse::<usize>()) {
            (Self::Named(members), _) => members.get(name),
            (Self::List(list), Ok(index)) => list.get(index),
            (Self::List(_), Err(_)) => None,
        }
    }
}

/// Returns the template with its parameters. A result that becomes longer than [`bounds::VALUE`], to which callers
/// cut it, may be incomplete. A template with percent signs is read as printf's, and only where no parameter fits
/// is it read with braces.
pub(super) fn filled(template: &str, params: &Params<'_>) -> String {
    let forms = [('%', percent as Form), ('{', brace as Form)];
    for (sign, form) in forms {
        if let Some(text) = fill(template, params, sign, form) {
            return text;
        }
    }
    template.to_owned()
}

/// Parses a placeholder at the beginning of a text; the last parameter counts those without a name.
type Form = for<'a> fn(&'a str, &Params<'a>, &mut usize) -> Option<Placeholder<'a>>;

struct Placeholder<'a> {
    length: usize,
    shown: Cow<'a, str>,
    /// Whether a parameter was inserted.
    is_filled: bool,
}

/// Fills in the parameters; `None` where none fits.
fn fill(template: &str, params: &Params<'_>, sign: char, form: Form) -> Option<String> {
    let mut text = String::new();
    let (mut rest, mut next, mut is_filled) = (template, 0, false);
    while let Some(at) = rest.find(sign) {
        text.push_str(&rest[..at]);
        // Stops here, because one parameter may be inserted many times, and the text may grow far beyond template
        // and parameters.
        if is_filled && text.len() > bounds::VALUE {
            return Some(text);
        }
        rest = &rest[at..];
        // The result borrows from the placeholder and the parameters only.
        let place = &rest[..rest.floor_char_boundary(LONGEST_PLACE)];
        let length = match form(place, params, &mut next) {
            Some(place) => {
                is_filled |= place.is_filled;
                text.push_str(&place.shown);
                place.length
            }
            None => {
                text.push(sign);
                sign.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    text.push_str(rest);
    is_filled.then_some(text)
}

/// Parses `%%`, `%s`, `%-5.2f`, `%2$s`, `%(name)s`, `%o`.
// Long because it is one parser of one placeholder, element by element.
fn percent<'a>(text: &'a str, params: &Params<'a>, next: &mut usize) -> Option<Placeholder<'a>> {
    let rest = &text[1..];
    if rest.starts_with('%') {
        return Some(Placeholder {
            length: 2,
            shown: Cow::Borrowed("%"),
            is_filled: false,
        });
    }
    let (name, rest) = match rest.strip_prefix('(') {
        Some(rest) => {
            let (name, rest) = rest.split_once(')')?;
            (Some(name), rest)
        }
        None => (None, rest),
    };
    let flags = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '#' | '.' | '$');
    let end = rest.find(|c| !flags(c))?;
    let (format, conversion) = (&rest[..end], rest[end..].chars().next()?);
    if !matches!(
        conversion,
        's' | 'd'
            | 'i'
            | 'u'
            | 'f'
            | 'F'
            | 'e'
            | 'E'
            | 'g'
            | 'G'
            | 'x'
            | 'X'
            | 'r'
            | 'a'
            | 'c'
            | 'o'
            | 'O'
            | 'j'
            | 'v'
            | 'q'
    ) {
        return None;
    }
    let (position, format) = match format.split_once('$') {
        Some((position, format)) => (Some(position.parse::<usize>().ok()?.checked_sub(1)?), format),
        None => (None, format),
    };
    let value = match (name, position) {
        (Some(name), _) => params.get(name)?,
        (None, Some(position)) => params.at(position)?,
        (None, None) => {
            let value = params.at(*next)?;
            *next += 1;
            value
        }
    };
    let decimals = format
        .split_once('.')
        .and_then(|(_, digits)| digits.parse::<usize>().ok());
    let shown = match (conversion, decimals, value.as_f64()) {
        ('f' | 'F', decimals, Some(number)) => {
            Cow::Owned(format!("{number:.*}", decimals.unwrap_or(6).min(20)))
        }
        _ => shown(value),
    };
    Some(Placeholder {
        length: text.len() - rest.len() + end + conversion.len_utf8(),
        shown,
        is_filled: true,
    })
}

/// Parses `{}`, `{0}`, `{name}`, `{0:N2}`, `{@name}`. Other templates, which are not filled in, have two braces, or braces
/// within braces: `{{ name }}`, `{n, plural, one {# file}}`.
fn brace<'a>(text: &'a str, params: &Params<'a>, next: &mut usize) -> Option<Placeholder<'a>> {
    let braces = text.len() - text.trim_start_matches('{').len();
    if braces > 1 {
        return Some(Placeholder {
            length: braces,
            shown: Cow::Borrowed(&text[..braces]),
            is_filled: false,
        });
    }
    let end = text.find('}')?;
    if text[1..end].contains('{') {
        let length = nested(text)?;
        return Some(Placeholder {
            length,
            shown: Cow::Borrowed(&text[..length]),
            is_filled: false,
        });
    }
    let name = text[1..end].split([':', ',', '!']).next()?.trim();
    let name = name.trim_start_matches(['@', '$']);
    let value = if name.is_empty() {
        let value = params.at(*next)?;
        *next += 1;
        value
    } else if let Some(value) = params.get(name) {
        value
    } else {
        // Names of a logger whose parameters are a list are filled in their order.
        let is_word = name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
        if !is_word || name.starts_with(|c: char| c.is_ascii_digit()) || matches!(params, Params::Named(_)) {
            return None;
        }
        let value = params.at(*next)?;
        *next += 1;
        value
    };
    Some(Placeholder {
        length: end + 1,
        shown: shown(value),
        is_filled: true,
    })
}

/// The length of the braces at the beginning of a text, with those within them.
fn nested(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    let end = text.bytes().position(|byte| {
        match byte {
            b'{' => open += 1,
            b'}' => open -= 1,
            _ => {}
        }
        open == 0
    });
    end.map(|end| end + 1)
}

fn shown(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        value => Cow::Owned(value.to_string()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn check(template: &str, params: &Value, expected: &str) {
        assert_eq!(filled(template, &Params::of(Some(params)).unwrap()), expected);
    }

    #[test]
    fn parameters_are_filled_in_as_sdks_write_them() {
        check(
            "bet %s of %d refused",
            &json!(["9.50", 3]),
            "bet 9.50 of 3 refused",
        );
        check("%.2f of %5.1f%%", &json!([0.5, 99]), "0.50 of 99.0%");
        check("%2$s before %1$s", &json!(["b", "a"]), "a before b");
        check(
            "reel %(reel)s at %(stop)d",
            &json!({ "reel": "left", "stop": 7 }),
            "reel left at 7",
        );
        check(
            "reel {0} at {1:N2}, {0}",
            &json!(["left", 7]),
            "reel left at 7, left",
        );
        check("reel {} at {}", &json!(["left", "cherry"]), "reel left at cherry");
        check(
            "reel {reel} at {stop!r}",
            &json!({ "reel": "left", "stop": 7 }),
            "reel left at 7",
        );
        check("reel {Reel} at {Stop}", &json!(["left", 7]), "reel left at 7");
        check("{0} and {1}", &json!({ "0": "a", "1": "b" }), "a and b");
        check("%s is %s", &json!([null, { "a": 1 }]), "null is {\"a\":1}");
    }

    #[test]
    fn what_has_no_parameter_stays_and_no_parameter_is_a_template() {
        check("%s then %s", &json!(["%s"]), "%s then %s");
        check("{} then {}", &json!(["{}{}"]), "{}{} then {}");
        check("100 % of {}", &json!(["reels"]), "100 % of reels");
        check("path %(a", &json!({ "a": 1 }), "path %(a");
        check("{\"json\": 1}", &json!(["a"]), "{\"json\": 1}");
        check("nothing", &json!(["a"]), "nothing");
        // Templates of others.
        check("Hello {{ name }}", &json!({ "name": "Ann" }), "Hello {{ name }}");
        check("{{}} and {}", &json!(["x"]), "{{}} and x");
        let plural = "{n, plural, one {# file} other {# files}}";
        check(plural, &json!({ "n": 3 }), plural);
        let worded = "{0, plural, one {file} other {files}} of {0}";
        check(
            worded,
            &json!(["3"]),
            "{0, plural, one {file} other {files}} of 3",
        );
        check("%", &json!(["a"]), "%");
        check("{", &json!(["a"]), "{");
        assert!(Params::of(Some(&json!([]))).is_none() && Params::of(None).is_none());
    }

    #[test]
    fn no_more_is_filled_in_than_is_kept() {
        for (times, length) in [
            (1, 8_191),
            (1, 8_192),
            (1, 8_193),
            (3, 4_000),
            (2_000, 5),
            (4_000, 3),
        ] {
            let param = "ё\"x".repeat(length / 4) + &"y".repeat(length % 4);
            let params = json!([param]);
            let params = Params::of(Some(&params)).unwrap();
            for place in ["{0}", "%1$s", "{0} %", "é{0}"] {
                let template = place.repeat(times) + " end";
                let whole = template.replace("{0}", &param).replace("%1$s", &param);
                let kept = |text: &str| bounds::cut(text, bounds::VALUE);
                assert_eq!(
                    kept(&filled(&template, &params)),
                    kept(&whole),
                    "{place} {times} {length}"
                );
            }
        }
        let params = json!(["x".repeat(500_000)]);
        let params = Params::of(Some(&params)).unwrap();
        for place in ["{0}", "%1$s"] {
            let text = filled(&place.repeat(170_000), &params);
            assert!(text.len() <= 500_000 + bounds::VALUE, "{}", text.len());
        }
    }

    /// Without the limit each sign causes a search through the rest of the text, an hour in total for this text.
    #[test]
    fn signs_that_begin_no_place_are_passed() {
        let params = json!({ "a": "filled" });
        for (sign, place) in [("{", "{a}"), ("%(", "%(a)s")] {
            let template = sign.repeat(500_000) + &"b".repeat(300) + place;
            let text = filled(&template, &Params::of(Some(&params)).unwrap());
            assert!(text.ends_with("bfilled"), "{sign}");
        }
    }

    proptest! {
        #[test]
        fn no_template_panics(template in "[%{}()$.0-9sdfa\u{e9} :]{0,30}", params in proptest::collection::vec("[%{}s]{0,4}", 1..4)) {
            let params = Value::from(params);
            let _ = filled(&template, &Params::of(Some(&params)).unwrap());
        }
    }
}
