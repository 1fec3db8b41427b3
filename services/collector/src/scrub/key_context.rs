//! How a value of JSON is looked at, by the keys above it.

use super::rule::Rule;
use super::words::{self, Meaning, NamePosition};

/// What the name of a value says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Secret {
    pub(super) rule: Rule,
    pub(super) meaning: Meaning,
}

impl Secret {
    /// Whether a number is one, and no count.
    pub(super) const fn has_numbers(self) -> bool {
        matches!(
            self.meaning,
            Meaning::Secret | Meaning::Whole | Meaning::Person | Meaning::Address
        )
    }
}

/// How a value is looked at, by what stands above it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct KeyContext {
    /// All of it is secret.
    pub(super) secret: Option<Secret>,
    /// It is the protocol's own and holds nothing of a person.
    pub(super) skip: bool,
    /// It is a user.
    user: bool,
    /// It is the SDK, of which only the address it was seen at is anyone's.
    sdk: bool,
    /// It is a frame of a stack, or a list of them.
    frame: bool,
    /// It is named an id.
    pub(super) id: bool,
    /// It is named an amount, a count or a time.
    pub(super) quantity: bool,
}

/// How the value of `key` is looked at.
pub(super) fn below(key: &str, look: KeyContext, at_root: bool) -> KeyContext {
    if look.skip || look.secret.is_some() {
        // In an attribute only the value is anyone's.
        let secret = look.secret.filter(|_| key == "value");
        return KeyContext {
            skip: look.skip || secret.is_none(),
            secret,
            ..KeyContext::default()
        };
    }
    let skip = (at_root && matches!(key, "modules" | "debug_meta" | "measurements" | "dist"))
        || matches!(key, "release" | "sentry.release")
        || (look.frame && matches!(key, "filename" | "abs_path" | "module" | "package" | "function"))
        || (look.sdk && key != "client_ip");
    let secret = if skip { None } else { secret_by_key(key, look) };
    KeyContext {
        secret,
        skip,
        user: key == "user",
        sdk: at_root && key == "sdk",
        frame: key == "frames",
        // The value of an attribute is named by the attribute.
        id: words::names_an_id(key) || (key == "value" && look.id),
        quantity: words::names_a_quantity(key) || (key == "value" && look.quantity),
    }
}

/// How the `value` of an object is looked at whose `name` is this.
pub(super) fn named(name: &str) -> Option<Secret> {
    secret_by_key(name, KeyContext::default())
}

fn secret_by_key(key: &str, look: KeyContext) -> Option<Secret> {
    if look.user {
        let rule = match key {
            "email" => Some(Rule::Email),
            "name" | "username" | "full_name" => Some(Rule::Person),
            _ => None,
        };
        if let Some(rule) = rule {
            let meaning = Meaning::Own;
            return Some(Secret { rule, meaning });
        }
    }
    let meaning = words::meaning(key, NamePosition::Key)?;
    let rule = match meaning {
        Meaning::Own => words::own_rule(key),
        Meaning::Address => Rule::Address,
        Meaning::Person => Rule::Person,
        _ => Rule::Password,
    };
    Some(Secret { rule, meaning })
}
