//! Items of which only numbers are kept: sessions, and what SDKs report as lost.

use std::collections::BTreeMap;

use serde_json::Value;

use super::json::{Object, name, text, values};
use crate::bounds;
use crate::content_hash::number_of;
use crate::envelope::Item;
use crate::envelope::item_type::Counted;

/// Name of the counter of sessions.
pub(crate) const SESSIONS: &str = "sessions";
/// Prefix of the counters of what SDKs report as lost; `reason/category` follows.
pub(crate) const LOST: &str = "lost:";

/// An item of which only numbers are kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Counts {
    /// Number by which it is recognised when it is sent again; `None` where that is not possible.
    pub(crate) once: Option<i64>,
    /// Counts by the name of the counter.
    pub(crate) by_name: BTreeMap<String, u64>,
}

/// Returns what is counted of an item; `None` where nothing is.
pub(super) fn counts(
    sent_at: Option<&str>,
    item: &Item<'_>,
    counted: Counted,
    payload: &Object,
) -> Option<Counts> {
    // An item without an id is recognised by its content and its time of sending.
    let by_content = || sent_at.map(|sent_at| number_of((sent_at, item.payload)));
    match counted {
        // An update belongs to a session that is counted already.
        Counted::Session if payload.get("init") != Some(&Value::Bool(true)) => None,
        Counted::Session => Some(Counts {
            once: text(payload, "sid").map(|sid| number_of(("session", sid))),
            by_name: BTreeMap::from([(SESSIONS.to_owned(), 1)]),
        }),
        Counted::Sessions => Some(Counts {
            once: by_content(),
            by_name: BTreeMap::from([(SESSIONS.to_owned(), sessions(payload))]),
        }),
        Counted::ClientReport => Some(Counts {
            once: by_content(),
            by_name: lost(payload),
        }),
    }
}

/// Number of sessions in an aggregate.
fn sessions(payload: &Object) -> u64 {
    let groups = values(payload.get("aggregates")).into_iter();
    let counts = groups.flat_map(|group| {
        ["exited", "errored", "abnormal", "crashed"].map(|kind| group.get(kind).and_then(Value::as_u64))
    });
    counts.flatten().fold(0, u64::saturating_add)
}

/// What an SDK reports as lost.
fn lost(payload: &Object) -> BTreeMap<String, u64> {
    let mut lost = BTreeMap::<String, u64>::new();
    for entry in values(payload.get("discarded_events")) {
        let word = |key| name(entry, key, bounds::ENVIRONMENT).unwrap_or_else(|| "unknown".to_owned());
        let what = format!("{LOST}{}/{}", word("reason"), word("category"));
        let count = lost.entry(what).or_default();
        *count = count.saturating_add(entry.get("quantity").and_then(Value::as_u64).unwrap_or(0));
    }
    lost
}
