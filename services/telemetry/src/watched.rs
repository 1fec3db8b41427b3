//! Notices the panic of a task that nothing waits for.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// Runs `task` to its end. `name` is what it does, as in "the seeding of players".
///
/// # Errors
/// A sentence, when the task panicked; it is logged as an error. The caller then takes back what says that the task is
/// under way.
pub async fn watched<T>(name: &str, task: impl Future<Output = T>) -> Result<T, String> {
    let mut task = pin!(task);
    poll_fn(
        |cx| match catch_unwind(AssertUnwindSafe(|| task.as_mut().poll(cx))) {
            Ok(polled) => polled.map(Ok),
            Err(panic) => {
                let sentence = format!("the {name} met a defect: {}", message(panic.as_ref()));
                tracing::error!("{sentence}");
                Poll::Ready(Err(sentence))
            }
        },
    )
    .await
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn panics() {
        tokio::task::yield_now().await;
        panic!("on {}", "purpose");
    }

    #[tokio::test]
    async fn a_panic_is_a_sentence_and_everything_else_a_result() {
        assert_eq!(watched("sum", async { 1 + 1 }).await, Ok(2));
        let sentence = "the sum met a defect: on purpose";
        assert_eq!(watched("sum", panics()).await, Err(sentence.to_owned()));
    }
}
