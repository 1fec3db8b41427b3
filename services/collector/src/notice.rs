//! Notices for the person who uses the program.

use reelscope_contracts::now;
use reelscope_page_api::telemetry::{Named, Notice};

/// Creates a notice with the present time.
pub(crate) fn notice(code: &str, detail: impl Into<String>) -> Notice {
    Notice {
        code: code.to_owned(),
        detail: detail.into(),
        params: Named::new(),
        at: now(),
    }
}
