//! The context that the keys above a JSON value give it.

use super::rule::Rule;
use super::words::{self, Meaning, NamePosition};

/// What the name of a value tells about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Secret {
    pub(super) rule: Rule,
    pub(super) meaning: Meaning,
}

impl Secret {
    /// Whether a number is secret too, and not a count.
    pub(super) const fn has_numbers(self) -> bool {
        matches!(
            self.meaning,
            Meaning::Secret | Meaning::LastPart | Meaning::Person | Meaning::Address
        )
    }
}

/// The context of a value.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct KeyContext {
    /// The whole value is secret.
    pub(super) secret: Option<Secret>,
    /// The value belongs to the protocol and contains no personal data.
    pub(super) skip: bool,
    /// The value is a user.
    user: bool,
    /// The value is the SDK, of which only the client's address is personal.
    sdk: bool,
    /// The value is a frame of a stack, or a list of frames.
    frame: bool,
    /// The name is that of an id.
    pub(super) id: bool,
    /// The name is that of an amount, a count or a time.
    pub(super) quantity: bool,
}

/// Returns the context of the value of `key`.
pub(super) fn below(key: &str, parent: KeyContext, at_root: bool) -> KeyContext {
    if parent.skip || parent.secret.is_some() {
        // Of an attribute only the value can be secret.
        let secret = parent.secret.filter(|_| key == "value");
        return KeyContext {
            skip: parent.skip || secret.is_none(),
            secret,
            ..KeyContext::default()
        };
    }
    let skip = (at_root && matches!(key, "modules" | "debug_meta" | "measurements" | "dist"))
        || matches!(key, "release" | "sentry.release")
        || (parent.frame && matches!(key, "filename" | "abs_path" | "module" | "package" | "function"))
        || (parent.sdk && key != "client_ip");
    let secret = if skip { None } else { secret_by_key(key, parent) };
    KeyContext {
        secret,
        skip,
        user: key == "user",
        sdk: at_root && key == "sdk",
        frame: key == "frames",
        // The value of an attribute has the attribute's name.
        id: words::names_an_id(key) || (key == "value" && parent.id),
        quantity: words::names_a_quantity(key) || (key == "value" && parent.quantity),
    }
}

/// Returns the context of the `value` of an object whose `name` this is.
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
        other => words::rule_of(other),
    };
    Some(Secret { rule, meaning })
}
