//! Ends endless responses when the stack stops.

use axum::Router;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::map_response;
use axum::response::Response;
use futures_util::StreamExt;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Ends the event streams of `routes` once `stop` is cancelled, because a server waits for its responses before
/// it stops.
pub(crate) fn ending(routes: Router, stop: CancellationToken) -> Router {
    routes.layer(map_response(move |response: Response| {
        let stopped = stop.clone().cancelled_owned();
        async move {
            let kind = response.headers().get(CONTENT_TYPE);
            if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream")) {
                return response;
            }
            response.map(|body| Body::from_stream(body.into_data_stream().take_until(stopped)))
        }
    }))
}

/// Serves `routes` until `stop` is cancelled and all responses have ended.
///
/// # Errors
/// A sentence with the name of the server, when it stopped by itself.
pub(crate) async fn served(
    name: &str,
    listener: TcpListener,
    routes: Router,
    stop: CancellationToken,
) -> Result<(), String> {
    let routes = ending(routes, stop.clone());
    let served = axum::serve(listener, routes).with_graceful_shutdown(stop.cancelled_owned());
    served.await.map_err(|error| format!("{name} stopped: {error}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use axum::http::Request;
    use axum::response::sse::{Event, Sse};
    use axum::routing::get;
    use futures_util::stream;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn an_event_stream_ends_with_the_stack_and_no_other_answer_is_cut() {
        let endless = || async {
            let first = stream::iter([Ok::<_, std::convert::Infallible>(Event::default().data("first"))]);
            Sse::new(first.chain(stream::pending()))
        };
        let routes = Router::new()
            .route("/events", get(endless))
            .route("/page", get(|| async { "whole" }));
        let stop = CancellationToken::new();
        let routes = ending(routes, stop.clone());
        let ask = async |path: &str| {
            let request = Request::get(path).body(Body::empty()).unwrap();
            routes.clone().oneshot(request).await.unwrap().into_body()
        };

        let mut events = ask("/events").await.into_data_stream();
        assert_eq!(events.next().await.unwrap().unwrap(), "data: first\n\n");
        let page = ask("/page").await;
        stop.cancel();
        let end = tokio::time::timeout(Duration::from_secs(5), events.next()).await;
        assert!(end.unwrap().is_none());
        assert_eq!(axum::body::to_bytes(page, 100).await.unwrap(), "whole");
        // A stream requested after the stop is empty.
        assert!(ask("/events").await.into_data_stream().next().await.is_none());
    }
}
