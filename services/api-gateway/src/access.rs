//! Which requests this server answers at all: those of its own page, and of clients that hold the launch token.
//!
//! The server listens on loopback, which every program and every web site open in a browser can reach. Three
//! things keep them out: the `Host` header must name this machine (a site that rebinds its DNS name to 127.0.0.1
//! still sends its own name), the `Origin` header, if any, must be ours, and the API wants the token of this
//! launch. The token comes once in the launch URL and goes on as a cookie that no script can read, as Jupyter
//! does it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use reelscope_contracts::{ApiProblem, Code};
use reelscope_http::respond;
use subtle::ConstantTimeEq;
use tokio::sync::Notify;

/// Header that carries the launch token for clients without cookies.
pub const TOKEN_HEADER: &str = "x-reelscope-token";

/// What is checked.
#[derive(Clone)]
pub struct Access {
    token: Arc<str>,
    listen: SocketAddr,
    refused: Arc<Notify>,
}

impl Access {
    /// The server listens on `listen` and was launched with `token`.
    #[must_use]
    pub fn new(token: &str, listen: SocketAddr) -> Self {
        Self {
            token: token.into(),
            listen,
            refused: Arc::default(),
        }
    }

    /// Notified when a request is refused because it lacks the token. The sender is not known: it
    /// may be our own page, whose browser has lost the cookie, or any other program.
    #[must_use]
    pub fn refused(&self) -> Arc<Notify> {
        Arc::clone(&self.refused)
    }

    fn is_token(&self, candidate: &str) -> bool {
        candidate.as_bytes().ct_eq(self.token.as_bytes()).into()
    }

    /// Cookies are not separated by port: with the port in the name two instances do not overwrite each other's.
    fn cookie_name(&self) -> String {
        format!("reelscope_{}", self.listen.port())
    }

    fn holds_token(&self, headers: &HeaderMap) -> bool {
        let name = self.cookie_name();
        let cookies = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok());
        let mut pairs = cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        let by_cookie = pairs.any(|(key, value)| key == name && self.is_token(value));
        let by_header = headers
            .get(TOKEN_HEADER)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|v| self.is_token(v));
        by_cookie || by_header
    }

    fn check(&self, headers: &HeaderMap, uri: &Uri) -> Result<(), ApiProblem> {
        let text = |name| {
            headers
                .get(name)
                .and_then(|value: &HeaderValue| value.to_str().ok())
        };
        let host = text(header::HOST).or_else(|| uri.authority().map(axum::http::uri::Authority::as_str));
        if !host.is_some_and(|host| self.is_own(host)) {
            return Err(ApiProblem::foreign_host());
        }
        let own = |origin: &str| {
            origin
                .strip_prefix("http://")
                .is_some_and(|authority| self.is_own(authority))
        };
        if headers.contains_key(header::ORIGIN) && !text(header::ORIGIN).is_some_and(own) {
            let sentence = "Pages from other sites may not use this server.";
            return Err(ApiProblem::new(Code::ForeignOrigin, sentence).field("Origin"));
        }
        Ok(())
    }

    /// `authority` is `host[:port]` and names this server: by an address (a name could be rebound) or as
    /// `localhost`, and with our port.
    fn is_own(&self, authority: &str) -> bool {
        let Ok(authority) = authority.parse::<axum::http::uri::Authority>() else {
            return false;
        };
        if authority.port_u16().unwrap_or(80) != self.listen.port() {
            return false;
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        match host.parse::<IpAddr>() {
            Ok(ip) => ip.is_loopback() || ip == self.listen.ip() || self.listen.ip().is_unspecified(),
            Err(_) => host.eq_ignore_ascii_case("localhost"),
        }
    }
}

/// Refuses foreign hosts and origins, on every path.
pub async fn own_host_only(State(access): State<Access>, request: Request, next: Next) -> Response {
    match access.check(request.headers(), request.uri()) {
        Ok(()) => next.run(request).await,
        Err(problem) => respond(problem),
    }
}

/// Exchanges `?token=` of the launch URL for the cookie, on pages.
pub async fn exchange_token(State(access): State<Access>, request: Request, next: Next) -> Response {
    let token = request
        .uri()
        .query()
        .and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("token=")));
    match token {
        Some(token) if access.is_token(token) => {
            let cookie = format!(
                "{}={token}; Path=/; HttpOnly; SameSite=Strict",
                access.cookie_name()
            );
            let location = without_token(request.uri());
            let headers = [(header::SET_COOKIE, cookie), (header::LOCATION, location)];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        _ => next.run(request).await,
    }
}

/// The same address without the token, and with one leading slash only: `//host` would lead away.
fn without_token(uri: &Uri) -> String {
    let path = uri.path().trim_start_matches('/');
    let query = uri.query().unwrap_or_default();
    let rest: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("token="))
        .collect();
    if rest.is_empty() {
        format!("/{path}")
    } else {
        format!("/{path}?{}", rest.join("&"))
    }
}

/// Wants the launch token, on the API.
pub async fn launch_token_only(State(access): State<Access>, request: Request, next: Next) -> Response {
    if access.holds_token(request.headers()) {
        next.run(request).await
    } else {
        access.refused.notify_one();
        respond(ApiProblem::new(
            Code::LaunchTokenRequired,
            "Open Reelscope from the app or from the address that `reelscope serve` printed; a client sends that address's token as the header X-Reelscope-Token.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_by_address_is_own() {
        let access = Access::new("t", "127.0.0.1:4200".parse().unwrap());
        let check = |authority, own| assert_eq!(access.is_own(authority), own, "{authority}");
        check("127.0.0.1:4200", true);
        check("localhost:4200", true);
        check("LOCALHOST:4200", true);
        check("[::1]:4200", true);
        check("127.0.0.1:4201", false);
        check("127.0.0.1", false);
        check("evil.example:4200", false);
        check("127.0.0.1.evil.example:4200", false);
        check("192.168.0.7:4200", false);
        check("", false);
        check("a b", false);
    }

    #[test]
    fn a_redirect_stays_here_and_keeps_all_but_the_token() {
        let check = |from: &'static str, to| assert_eq!(without_token(&Uri::from_static(from)), to, "{from}");
        check("//evil.example/?token=t", "/evil.example/");
        check("/trace/1?token=t", "/trace/1");
        check("/?token=t", "/");
        check(
            "/traces?service=api-gateway&token=t&page=2",
            "/traces?service=api-gateway&page=2",
        );
        check("/traces?token=t&token=u", "/traces");
    }
}
