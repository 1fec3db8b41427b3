//! What is streamed to viewers the moment it happens.

use reelscope_contracts::telemetry::{IssueSummary, TraceSummary};

/// One message.
#[derive(Debug, Clone)]
pub(crate) enum Live {
    Trace(TraceSummary),
    Issue(IssueSummary),
}
