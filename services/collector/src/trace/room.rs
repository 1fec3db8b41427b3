//! Bounds the lists in a trace's summary, whatever is sent.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::dsn::fnv1a;

/// Limit of the JSON of services, measurements, problems and faults in a summary, in bytes. With the other members,
/// which are bounded each, a summary is below 4,000 bytes, and a list of 50 below 200 kB.
const MOST_LISTED_BYTES: usize = 1_850;
/// Limit of names without room that are counted individually.
const MOST_LEFT_OUT: usize = 1_000;

/// The room that is left for the lists of a summary.
#[derive(Serialize, Deserialize)]
pub(super) struct ListRoom {
    bytes: usize,
    /// Hashes of the names without room, by list.
    pub(super) left_out: BTreeMap<String, BTreeSet<u64>>,
}

impl Default for ListRoom {
    fn default() -> Self {
        Self {
            bytes: MOST_LISTED_BYTES,
            left_out: BTreeMap::new(),
        }
    }
}

impl ListRoom {
    /// Takes the room of a new name with `belongings` further bytes; returns whether there is enough.
    pub(super) fn takes(&mut self, list: &str, name: &str, belongings: usize) -> bool {
        let bytes = bounds::bytes(name) + belongings;
        if let Some(left) = self.bytes.checked_sub(bytes) {
            self.bytes = left;
            return true;
        }
        let left_out = self.left_out.entry(list.to_owned()).or_default();
        if left_out.len() < MOST_LEFT_OUT {
            left_out.insert(fnv1a(name.as_bytes()));
        }
        false
    }
}

/// Adds names to a sorted list without repetition, as far as there is room.
pub(super) fn insert_all(
    list: &mut Vec<String>,
    names: impl IntoIterator<Item = String>,
    name_of_list: &str,
    room: &mut ListRoom,
) {
    for name in names {
        let name = bounds::cut(&name, bounds::ENVIRONMENT);
        // Two quotes and a comma.
        if let Err(place) = list.binary_search(&name)
            && room.takes(name_of_list, &name, 3)
        {
            list.insert(place, name);
        }
    }
}
