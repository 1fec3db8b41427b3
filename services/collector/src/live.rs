//! Messages that are streamed to viewers at once.

use reelscope_page_api::telemetry::{IssueSummary, TraceSummary};

/// A message to viewers.
#[derive(Debug, Clone)]
pub(crate) enum Live {
    Trace(TraceSummary),
    Issue(IssueSummary),
    /// Something beside telemetry has this revision.
    Revision {
        event: &'static str,
        revision: u64,
    },
}
