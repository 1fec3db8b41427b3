//! What the demo asks of the program that contains it.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use reelscope_contracts::ApiProblem;

/// Functions of the program. Clones are equal.
#[derive(Clone)]
pub struct Program {
    /// Sets the release that all envelopes name from then on.
    pub say_release: Arc<dyn Fn(String) -> BoxFuture<'static, Result<(), ApiProblem>> + Send + Sync>,
    /// Whether the program measures the cost of telemetry, which traffic would disturb.
    pub is_measuring: Arc<dyn Fn() -> bool + Send + Sync>,
    /// Ends that measurement, if one runs.
    pub stop_measuring: Arc<dyn Fn() + Send + Sync>,
}
