//! A collector with its routers, and requests to them.
#![allow(dead_code, clippy::unwrap_used)]

use std::io::Write;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use reelscope_collector::{BodyLimits, Collector, ingest_router_within, viewer_router};
use serde_json::Value;
use tower::ServiceExt;

use crate::support::options;

pub(crate) struct Opened {
    pub(crate) collector: Collector,
    pub(crate) ingest: Router,
    pub(crate) viewer: Router,
    pub(crate) dir: tempfile::TempDir,
}

pub(crate) fn open_within(limits: BodyLimits) -> Opened {
    let dir = tempfile::tempdir().unwrap();
    let (collector, _) = Collector::open(dir.path(), options()).unwrap();
    Opened {
        ingest: ingest_router_within(collector.clone(), limits),
        viewer: viewer_router(collector.clone()),
        collector,
        dir,
    }
}

pub(crate) fn open() -> Opened {
    open_within(BodyLimits::standard())
}

impl Opened {
    pub(crate) async fn listen(&self) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let router = self.ingest.clone();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        addr
    }

    pub(crate) fn auth(&self) -> String {
        format!("Sentry sentry_client=test/1, sentry_key={}", self.collector.key())
    }

    pub(crate) fn post(&self, path: &str, body: impl Into<Body>) -> Request<Body> {
        let request = Request::post(path).header("x-sentry-auth", self.auth());
        request.body(body.into()).unwrap()
    }

    pub(crate) async fn taken(&self, path: &str, body: impl Into<Body>) -> Value {
        let (response, body) = send(&self.ingest, self.post(path, body)).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}: {body}");
        body
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (response, body) = send(&self.viewer, Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}: {body}");
        body
    }
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> (Response<()>, Value) {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    (Response::from_parts(parts, ()), body)
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
