//! Words for the person in front of the program.

use reelscope_contracts::now;
use reelscope_contracts::telemetry::{Named, Notice};

/// A notice of this moment.
pub(crate) fn notice(code: &str, detail: impl Into<String>) -> Notice {
    Notice {
        code: code.to_owned(),
        detail: detail.into(),
        params: Named::new(),
        at: now(),
    }
}
