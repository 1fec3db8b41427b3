//! Moves work on large inputs off the workers of the runtime, which all services share.

use reelscope_contracts::{ApiProblem, Code};
use tokio::task::JoinError;

/// Size of an input in bytes from which its work runs on a blocking thread.
pub(crate) const LARGE: usize = 64 * 1024;

/// Runs `work` on an input of this size: on this thread if it is small, otherwise on a blocking thread.
///
/// # Errors
/// The work panicked there, or the runtime ends.
pub(crate) async fn run<T: Send + 'static>(
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JoinError> {
    if bytes < LARGE {
        Ok(work())
    } else {
        tokio::task::spawn_blocking(work).await
    }
}

/// The response to a request whose work did not end. The panic is in the log.
pub(crate) fn unfinished(_: JoinError) -> ApiProblem {
    let detail = "Internal error in the collector; the request was not completed.";
    ApiProblem::new(Code::Internal, detail)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::collector::{Collector, Options};
    use crate::envelope::lenient;
    use crate::http::ingest::ingest_router;
    use crate::viewer::viewer_router;
    use axum::Router;
    use axum::body::Body;
    use axum::extract::Request;
    use serde_json::Value;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;
    use std::time::{Duration, Instant};
    use tower::ServiceExt;

    #[tokio::test]
    async fn only_what_is_large_is_done_elsewhere() {
        let here = thread::current().id();
        for (bytes, is_here) in [(0, true), (LARGE - 1, true), (LARGE, false)] {
            let found = run(bytes, || thread::current().id()).await;
            assert_eq!(found.ok().map(|found| found == here), Some(is_here), "{bytes}");
        }
    }

    /// Returns the status of the response, and the longest time during which the test's only worker was blocked.
    async fn answered(router: Router, request: Request) -> (u16, Duration) {
        let done = Arc::new(AtomicBool::new(false));
        let is_done = Arc::clone(&done);
        let others = tokio::spawn(async move {
            let (mut last, mut longest) = (Instant::now(), Duration::ZERO);
            while !is_done.load(Ordering::Relaxed) {
                tokio::task::yield_now().await;
                longest = longest.max(last.elapsed());
                last = Instant::now();
            }
            longest
        });
        let status = router.oneshot(request).await.unwrap().status().as_u16();
        done.store(true, Ordering::Relaxed);
        (status, others.await.unwrap())
    }

    #[tokio::test]
    async fn a_large_envelope_holds_up_nobody() {
        let dir = tempfile::tempdir().unwrap();
        let (collector, _) = Collector::open(dir.path(), Options::standard()).unwrap();
        let element = b",{\"a\":[1,2,3],\"b\":null}";
        let elements = element.repeat(1_000_000);

        // The whole payload is scanned before its end shows that it cannot be read.
        let payload = [b"{\"items\":[NaN".as_slice(), &elements].concat();
        let began = Instant::now();
        assert!(!lenient::is_object(&payload));
        let alone = began.elapsed();
        let header = format!(
            "{{\"dsn\":\"http://{}@h/1\"}}\n{{\"type\":\"log\"}}\n",
            collector.key()
        );
        let envelope = [header.as_bytes(), &payload].concat();
        for (path, router) in [
            ("/api/1/envelope/", ingest_router(collector.clone())),
            ("/envelope", viewer_router(collector.clone())),
        ] {
            let request = Request::post(path).body(Body::from(envelope.clone())).unwrap();
            let (status, longest) = answered(router, request).await;
            assert_eq!(status, 400);
            assert!(longest < alone / 2, "{path}: {longest:?} of {alone:?}");
        }

        // The payload is parsed and written again to be shown.
        let payload = [
            b"{\"items\":[0".as_slice(),
            &elements[..40_000 * element.len()],
            b"]}",
        ]
        .concat();
        let mut envelope = b"{}\n".to_vec();
        for _ in 0..25 {
            envelope.extend_from_slice(b"{\"type\":\"odd\"}\n");
            envelope.extend_from_slice(&payload);
            envelope.push(b'\n');
        }
        collector.capture_durable("external", envelope).await.unwrap();
        let began = Instant::now();
        for _ in 0..25 {
            lenient::read::<Value>(&payload).unwrap();
        }
        let alone = began.elapsed();
        let request = Request::get("/envelopes/1").body(Body::empty()).unwrap();
        let (status, longest) = answered(viewer_router(collector.clone()), request).await;
        assert_eq!(status, 200);
        assert!(longest < alone / 2, "{longest:?} of {alone:?}");
        collector.shutdown().await;
    }
}
