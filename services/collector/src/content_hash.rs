//! Numbers for things without an id: equal content has an equal number.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Hashes the id of a thing, or the whole content of a thing without an id.
pub(crate) fn number_of(hash: impl Hash) -> i64 {
    hashed(hash).cast_signed()
}

pub(crate) fn hashed(hash: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    hash.hash(&mut hasher);
    hasher.finish()
}
