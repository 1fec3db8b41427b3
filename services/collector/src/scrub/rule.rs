//! The names of rules, and findings.

use std::borrow::Cow;
use std::ops::Range;

/// Replacement of a finding.
pub const FILTERED: &str = "[Filtered]";

/// A rule, with its name in `_meta`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// The name of the value is that of a secret.
    Password,
    Bearer,
    /// A user name and a password in base64 (RFC 7617).
    Basic,
    Email,
    Card,
    Iban,
    PrivateKey,
    UrlAuth,
    /// Personal data: a name, a telephone number.
    Person,
    /// A network address in free text.
    Address,
    /// A value of which Sentry accepts nothing but personal data, or one that is nested too deep.
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

/// A finding: a part of a text to remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Its range of bytes.
    pub(super) range: Range<usize>,
    pub(super) rule: Rule,
    /// Its replacement.
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

/// Sorts the findings and joins those that overlap, so that no half of a finding remains.
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
