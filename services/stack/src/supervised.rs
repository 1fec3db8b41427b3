//! Tasks that run as long as the stack. A task that panics is restarted, or ends the stack with a sentence.

use reelscope_telemetry::watched;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Limit of restarts of one task; the next panic ends the stack.
const MOST_RESTARTS: u32 = 5;

/// The tasks. Dropping them aborts them.
pub(crate) struct Tasks {
    set: JoinSet<()>,
    failed: mpsc::UnboundedSender<String>,
    failures: mpsc::UnboundedReceiver<String>,
}

impl Tasks {
    pub(crate) fn new() -> Self {
        let (failed, failures) = mpsc::unbounded_channel();
        Self {
            set: JoinSet::new(),
            failed,
            failures,
        }
    }

    /// Runs a task that cannot be restarted; a panic ends the stack.
    pub(crate) fn spawn(&mut self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let failed = self.failed.clone();
        self.set.spawn(async move {
            if let Err(words) = watched(name, task).await {
                // The receiver is gone when the stack has stopped.
                let _ = failed.send(words);
            }
        });
    }

    /// Runs a task that is restarted after a panic, up to [`MOST_RESTARTS`] times; one panic more ends the stack.
    pub(crate) fn spawn_restarted<F>(
        &mut self,
        name: &'static str,
        begin: impl Fn() -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        let failed = self.failed.clone();
        self.set.spawn(async move {
            let mut restarts = 0;
            while let Err(words) = watched(name, async { begin().await }).await {
                restarts += 1;
                if restarts > MOST_RESTARTS {
                    let _ = failed.send(words);
                    return;
                }
                tracing::warn!(restarts, "the {name} is begun again");
            }
        });
    }

    /// Waits for a panic that ends the stack, and returns a sentence about it.
    pub(crate) async fn failed(&mut self) -> String {
        match self.failures.recv().await {
            Some(words) => words,
            // Unreachable, because `self` holds a sender.
            None => std::future::pending().await,
        }
    }

    /// Aborts all tasks and waits for their end.
    pub(crate) async fn stop(&mut self) {
        self.set.shutdown().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test]
    async fn a_defect_ends_the_stack_with_a_sentence() {
        let mut tasks = Tasks::new();
        tasks.spawn("quiet task", async {});
        tasks.spawn("seeding of players", async { panic!("on {}", "purpose") });
        assert_eq!(
            tasks.failed().await,
            "the seeding of players met a defect: on purpose"
        );
    }

    #[tokio::test]
    async fn a_task_that_can_be_begun_again_is_and_is_given_up_in_the_end() {
        let mut tasks = Tasks::new();
        let begun = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&begun);
        tasks.spawn_restarted("watch", move || {
            let counted = Arc::clone(&counted);
            async move {
                counted.fetch_add(1, Ordering::Relaxed);
                panic!("again");
            }
        });
        assert_eq!(tasks.failed().await, "the watch met a defect: again");
        assert_eq!(begun.load(Ordering::Relaxed), MOST_RESTARTS + 1);
    }
}
