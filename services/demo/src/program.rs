//! What the demo asks of the program that it is a part of.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use reelscope_contracts::ApiProblem;

/// The program; clones are the same.
#[derive(Clone)]
pub struct Program {
    /// Puts a release in force: everything that is reported from then on says it.
    pub say_release: Arc<dyn Fn(String) -> BoxFuture<'static, Result<(), ApiProblem>> + Send + Sync>,
    /// Whether it measures what telemetry costs, which traffic would disturb.
    pub is_measuring: Arc<dyn Fn() -> bool + Send + Sync>,
    /// Ends that measurement, if there is one.
    pub stop_measuring: Arc<dyn Fn() + Send + Sync>,
}
