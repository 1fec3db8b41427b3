//! What speaks for a trace: which of its spans, errors and log lines its name and other values are taken from.

use reelscope_page_api::telemetry::{Micros, Span};
use serde::{Deserialize, Serialize};

use crate::dsn::fnv1a;

/// Priority of what speaks for the trace; the lowest wins: a transaction without a parent, any transaction, a span
/// without a parent, a span, an error, a log line; then the earliest; then a hash of the id, so that the order of
/// arrival does not matter.
pub(super) type NamePriority = (u8, Micros, u64);
pub(super) const ROOT: u8 = 0;
pub(super) const ERROR: u8 = 4;
pub(super) const LOG: u8 = 5;

pub(super) fn claim_of(span: &Span) -> NamePriority {
    let class = match (span.transaction, &span.parent_span_id) {
        (true, None) => ROOT,
        (true, Some(_)) => 1,
        (false, None) => 2,
        (false, Some(_)) => 3,
    };
    (class, span.start_us, fnv1a(span.span_id.as_bytes()))
}

/// The id of the root: of the earliest transaction without a parent.
pub(crate) fn root_of(spans: &[Span]) -> Option<&str> {
    let claims = spans.iter().map(|span| (claim_of(span), span.span_id.as_str()));
    let (claim, id) = claims.min()?;
    (claim.0 == ROOT).then_some(id)
}

/// The priorities behind the values in the summary.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Said {
    pub(super) release: Option<NamePriority>,
    pub(super) environment: Option<NamePriority>,
    pub(super) player: Option<NamePriority>,
    pub(super) currency: Option<NamePriority>,
}

/// Sets a value, if there is one and its priority is better than that of the present value.
pub(super) fn note(
    place: &mut Option<String>,
    by: &mut Option<NamePriority>,
    said: Option<&String>,
    claim: NamePriority,
) {
    if said.is_some() && by.is_none_or(|best| claim < best) {
        *place = said.cloned();
        *by = Some(claim);
    }
}
