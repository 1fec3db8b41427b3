//! Numbers for things without an id: equal content has an equal number.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Number of a thing with an id, or with its whole content as the id.
pub(crate) fn number_of(hash: impl Hash) -> i64 {
    hashed(hash).cast_signed()
}

pub(crate) fn hashed(hash: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    hash.hash(&mut hasher);
    hasher.finish()
}
