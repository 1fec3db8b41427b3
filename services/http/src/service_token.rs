//! A service answers callers that hold the secret of the launch. Loopback alone is no protection: every program on the
//! machine reaches it, and every web site that is open in a browser there.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, header};
use subtle::ConstantTimeEq;

use reelscope_contracts::{ApiProblem, Code};

use crate::respond;

/// Header of every call between services.
pub const SERVICE_TOKEN_HEADER: &str = "x-reelscope-service-token";

/// The secret that the services of one launch share. It is never printed and reaches no other program.
#[derive(Clone)]
pub struct ServiceToken(Arc<str>);

impl ServiceToken {
    /// A secret of at least 128 random bits, as hexadecimal digits.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        Self(secret.into())
    }

    /// What the header holds; `None` when the secret cannot be one.
    #[must_use]
    pub fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&self.0).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    fn is_held_by(&self, headers: &HeaderMap) -> bool {
        headers
            .get(SERVICE_TOKEN_HEADER)
            .is_some_and(|value| value.as_bytes().ct_eq(self.0.as_bytes()).into())
    }

    /// Puts every path of `routes`, those that do not exist among them, behind the secret: 401 without it, 403 when
    /// `Host` names another server than the one at `address`.
    pub fn guard(self, address: SocketAddr, routes: Router) -> Router {
        routes.layer(from_fn_with_state((self, address), only_services))
    }
}

async fn only_services(
    State((token, address)): State<(ServiceToken, SocketAddr)>,
    request: Request,
    next: Next,
) -> Response {
    if !token.is_held_by(request.headers()) {
        let sentence = "Only Reelscope's own services may use this server; use the gateway instead.";
        return respond(ApiProblem::new(Code::Unauthorized, sentence).field(SERVICE_TOKEN_HEADER));
    }
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let host = host.or_else(|| request.uri().authority().map(Authority::as_str));
    if host != Some(address.to_string().as_str()) {
        return respond(ApiProblem::foreign_host());
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn the_secret_opens_this_server_and_no_other() {
        let token = ServiceToken::new("0123456789abcdef0123456789abcdef");
        let address: SocketAddr = "127.0.0.1:4242".parse().unwrap();
        let routes = token
            .clone()
            .guard(address, Router::new().route("/", get(async || "here")));
        for (host, expected) in [
            (Some("127.0.0.1:4242"), 200),
            (Some("127.0.0.1:4243"), 403),
            (Some("localhost:4242"), 403),
            (Some("evil.example"), 403),
            (None, 403),
        ] {
            let mut request = Request::builder()
                .uri("/")
                .header(SERVICE_TOKEN_HEADER, token.header().unwrap());
            if let Some(host) = host {
                request = request.header(header::HOST, host);
            }
            let request = request.body(Body::empty()).unwrap();
            let answer = routes.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), expected, "{host:?}");
        }
    }
}
