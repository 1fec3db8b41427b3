//! Which errors are the same.

mod grouping;

pub(crate) use grouping::group;
