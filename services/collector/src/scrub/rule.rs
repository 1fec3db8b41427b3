//! What a finding is called, and what stands in its place.

use std::borrow::Cow;
use std::ops::Range;

/// What stands where something was.
pub const FILTERED: &str = "[Filtered]";

/// A rule, named as in `_meta`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// A name says that the value is secret.
    Password,
    Bearer,
    /// A name and a password in base64 (RFC 7617).
    Basic,
    Email,
    Card,
    Iban,
    PrivateKey,
    UrlAuth,
    /// Of a person: a name, a telephone number.
    Person,
    /// A network address in a free text.
    Address,
    /// What stands where Sentry takes nothing else than what must not leave, or deeper than is looked.
    Removed,
}

impl Rule {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Password | Self::Basic => "@password:filter",
            Self::Bearer => "@bearer:filter",
            Self::Email => "@email:filter",
            Self::Card => "@creditcard:filter",
            Self::Iban => "@iban:filter",
            Self::PrivateKey => "@pemkey:filter",
            Self::UrlAuth => "@urlauth:legacy",
            Self::Person => "@anything:filter",
            Self::Address => "@ip:filter",
            Self::Removed => "@anything:remove",
        }
    }
}

/// A part of a text that must not leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Bytes of the text.
    pub(super) range: Range<usize>,
    pub(super) rule: Rule,
    /// What takes its place.
    pub(super) with: Cow<'static, str>,
}

impl Found {
    pub(super) const fn new(range: Range<usize>, rule: Rule) -> Self {
        Self {
            range,
            rule,
            with: Cow::Borrowed(FILTERED),
        }
    }
}

/// The findings in order, those that overlap made one, so that no half of a finding is left over.
pub(super) fn in_order(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|one| (one.range.start, usize::MAX - one.range.end));
    let mut ordered: Vec<Found> = Vec::with_capacity(found.len());
    for one in found {
        match ordered.last_mut() {
            Some(last) if one.range.start < last.range.end => {
                if one.range.end > last.range.end {
                    last.range.end = one.range.end;
                    last.with = Cow::Borrowed(FILTERED);
                }
            }
            _ => ordered.push(one),
        }
    }
    ordered
}
