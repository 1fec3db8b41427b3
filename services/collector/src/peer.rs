//! Whom a span calls, as far as it says so itself: its service may never record anything.

use reelscope_page_api::telemetry::{Named, Span};
use serde_json::Value;

use crate::service;

/// Whether a span is a call of another service, by its operation or its kind.
pub(crate) fn is_call(op: &str, kind: Option<&str>) -> bool {
    let calls = ["http.client", "rpc.client", "grpc.client", "graphql.client"];
    kind == Some("client") || calls.iter().any(|call| op.starts_with(call))
}

/// The callee that a span of `service` names, if the span is a call of another service.
pub(crate) fn peer(service: &str, op: &str, data: &Named<Value>) -> Option<String> {
    let text = |name: &&str| data.get(*name).and_then(Value::as_str);
    if !is_call(op, text(&"span.kind")) {
        return None;
    }
    let names = ["peer.service", "server.address", "net.peer.name"];
    let named = names.iter().filter_map(text).find(|name| !name.is_empty());
    let of_url = || {
        ["url.full", "http.url", "url"]
            .iter()
            .find_map(text)
            .and_then(host)
    };
    let called = named.map(str::to_owned).or_else(of_url)?;
    (called != service).then(|| service::peer(service, &called))
}

/// The host of a URL, with its port unless that is the usual one.
fn host(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.to_ascii_lowercase();
    let port = match scheme {
        "http" | "ws" => ":80",
        _ => ":443",
    };
    let host = host.strip_suffix(port).unwrap_or(&host);
    (!host.is_empty()).then(|| host.to_owned())
}

/// The origin of the page whose load a transaction is.
pub(crate) fn origin(span: &Span) -> Option<String> {
    if !span.transaction || !matches!(span.op.as_str(), "pageload" | "navigation") {
        return None;
    }
    let host = host(span.data.get("url.full")?.as_str()?)?;
    Some(service::peer(&span.service, &host))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_call_names_its_callee_and_else_the_host_of_its_url() {
        let called = |op: &str, data: Value| peer("shop", op, &serde_json::from_value(data).unwrap());
        let check = |op, data, expected: Option<&str>| assert_eq!(called(op, data).as_deref(), expected);
        check(
            "http.client",
            json!({ "server.address": "a", "peer.service": "b" }),
            Some("b"),
        );
        check("grpc.client", json!({ "net.peer.name": "c" }), Some("c"));
        check(
            "custom",
            json!({ "span.kind": "client", "server.address": "d" }),
            Some("d"),
        );
        check(
            "http.client",
            json!({ "url": "https://me@Api.Example:443/v1?q" }),
            Some("api.example"),
        );
        check(
            "http.client",
            json!({ "url.full": "http://bank:8080" }),
            Some("bank:8080"),
        );
        check("http.client", json!({ "url": "/relative" }), None);
        check("http.client", json!({ "peer.service": "shop" }), None);
        check("http.server", json!({ "peer.service": "b" }), None);
    }
}
