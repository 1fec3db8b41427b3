//! Groups errors to issues.

mod grouping;

pub(crate) use grouping::group;
