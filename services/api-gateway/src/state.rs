//! What the routes share.

use tokio::sync::watch;

use crate::Knobs;
use crate::access::Access;
use crate::auth::Tokens;
use crate::limits::RateLimits;
use crate::turns::Turns;
use crate::upstream::Upstream;

/// The parts of a running gateway.
#[derive(Clone)]
pub struct State {
    /// The services behind.
    pub upstream: Upstream,
    /// Signs session tokens.
    pub tokens: Tokens,
    /// Host, origin and launch token.
    pub access: Access,
    /// Buckets of the sessions.
    pub limits: RateLimits,
    /// The rounds on which requests are at work.
    pub turns: Turns,
    /// What the demo can break.
    pub knobs: Knobs,
    /// Release of this stack; the dial changes it while everything runs.
    pub release: watch::Receiver<String>,
}
