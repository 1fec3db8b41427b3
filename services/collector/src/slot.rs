//! Where an envelope came from: a service of ours has its name as the slot.

/// The slot of envelopes from other SDKs.
pub const EXTERNAL: &str = "external";
/// The slot of envelopes from the page, which is the head of a spin's trace.
pub(crate) const FRONTEND: &str = "frontend";
