//! Finds the key of a request, in every form that Relay accepts.
//!
//! Source: <https://develop.sentry.dev/sdk/foundations/transport/authentication/>, and Relay's `RequestMeta`.

use axum::extract::Query;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The key of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presented {
    /// There is none, so the envelope's header must have it.
    Nothing,
    /// This collector's key, in every place that has one.
    Own,
    /// Another key.
    Foreign,
}

/// Reads the keys in `X-Sentry-Auth`, `Authorization` and the query; all of them must be `own`. The user name of
/// Basic authentication counts only when there is no other key, because it may be meant for a proxy.
pub(crate) fn presented(parts: &Parts, own: &str) -> Presented {
    let mut keys = Vec::new();
    for value in texts(parts, "x-sentry-auth") {
        keys.extend(field(
            after_scheme(value, "sentry").unwrap_or(value),
            "sentry_key",
        ));
    }
    for value in texts(parts, AUTHORIZATION.as_str()) {
        keys.extend(after_scheme(value, "sentry").and_then(|fields| field(fields, "sentry_key")));
    }
    keys.extend(in_query(parts, "sentry_key"));
    if keys.is_empty() {
        keys.extend(texts(parts, AUTHORIZATION.as_str()).filter_map(basic_name));
    }
    // Relay appends flags after a point.
    let is_own = |key: &String| key.split('.').next() == Some(own);
    match keys.iter().all(is_own) {
        _ if keys.is_empty() => Presented::Nothing,
        true => Presented::Own,
        false => Presented::Foreign,
    }
}

/// Name and version of the SDK: its name for Sentry, otherwise its `User-Agent`.
pub(crate) fn client(parts: &Parts) -> Option<String> {
    let headers = ["x-sentry-auth", AUTHORIZATION.as_str()];
    let mut said = headers
        .iter()
        .flat_map(|name| texts(parts, name))
        .filter_map(|value| {
            let fields = after_scheme(value, "sentry").unwrap_or(value);
            field(fields, "sentry_client")
        });
    said.next()
        .or_else(|| in_query(parts, "sentry_client").next())
        .or_else(|| texts(parts, "user-agent").next().map(str::to_owned))
}

fn texts<'a>(parts: &'a Parts, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let values = parts.headers.get_all(name).into_iter();
    values.filter_map(|value| value.to_str().ok())
}

/// Returns the text after a scheme, whose case does not matter.
fn after_scheme<'a>(value: &'a str, scheme: &str) -> Option<&'a str> {
    let value = value.trim_start();
    let (word, rest) = value.split_once(char::is_whitespace)?;
    word.eq_ignore_ascii_case(scheme).then_some(rest)
}

/// Returns a member of `name=value, …`, with or without quotes.
fn field(fields: &str, name: &str) -> Option<String> {
    let mut fields = fields.split(',').filter_map(|field| field.split_once('='));
    let (_, value) = fields.find(|(found, _)| found.trim().eq_ignore_ascii_case(name))?;
    let value = value.trim().trim_matches('"');
    let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
    (!value.is_empty()).then(|| value.into_owned())
}

fn in_query(parts: &Parts, name: &str) -> impl Iterator<Item = String> + use<> {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
    let pairs = pairs.map(|Query(pairs)| pairs).unwrap_or_default();
    let name = name.to_owned();
    pairs.into_iter().filter_map(move |(found, value)| {
        let value = value.trim().to_owned();
        (found == name && !value.is_empty()).then_some(value)
    })
}

/// Returns the user name of Basic authentication.
fn basic_name(value: &str) -> Option<String> {
    let decoded = STANDARD.decode(after_scheme(value, "basic")?.trim()).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    decoded.split_once(':').map(|(name, _)| name.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use axum::http::Request;

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    fn check(uri: &str, headers: &[(&str, &str)], expected: Presented) {
        let mut request = Request::post(uri);
        for (name, value) in headers {
            request = request.header(*name, value.replace("KEY", KEY));
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        assert_eq!(presented(&parts, KEY), expected, "{uri} {headers:?}");
    }

    #[test]
    fn a_key_is_found_wherever_it_is_written() {
        use Presented::{Foreign, Nothing, Own};
        let query = format!("/?sentry_version=7&sentry_key={KEY}");
        let encoded = format!("/?sentry_key=%30{}&sentry_client=x%2F1", &KEY[1..]);
        for value in [
            "Sentry sentry_version=7, sentry_key=KEY",
            "Sentry sentry_key=KEY,sentry_secret=x",
            "sentry  sentry_key=KEY",
            "SENTRY Sentry_Key = KEY , sentry_client=\"a/1\"",
            "Sentry sentry_key=\"KEY\"",
            "Sentry sentry_key=KEY.no-cache",
        ] {
            check("/", &[("x-sentry-auth", value)], Own);
            check("/", &[("authorization", value)], Own);
        }
        check("/", &[("x-sentry-auth", "sentry_key=KEY,sentry_version=7")], Own);
        check(
            "/",
            &[(
                "x-sentry-auth",
                "Sentry sentry_key=%30123456789abcdef0123456789abcdef",
            )],
            Own,
        );
        check(
            "/",
            &[
                ("x-sentry-auth", "Sentry sentry_version=7"),
                ("x-sentry-auth", "Sentry sentry_key=KEY"),
            ],
            Own,
        );
        check(
            "/",
            &[
                ("x-sentry-auth", "Sentry sentry_key=KEY"),
                ("authorization", "Bearer abc"),
            ],
            Own,
        );
        check(
            "/",
            &[
                ("x-sentry-auth", "Sentry sentry_key=KEY"),
                ("authorization", "Basic YTpi"),
            ],
            Own,
        );
        let basic = format!("Basic {}", STANDARD.encode(format!("{KEY}:secret")));
        check("/", &[("authorization", &basic)], Own);
        check("/", &[("authorization", "Basic YTpi")], Foreign);
        check("/", &[("authorization", "Basic nonsense")], Nothing);
        check("/", &[("authorization", "Bearer abc")], Nothing);
        check(&query, &[], Own);
        check(&encoded, &[], Own);
        check(&query, &[("x-sentry-auth", "Sentry sentry_key=KEY")], Own);
        check(&query, &[("x-sentry-auth", "Sentry sentry_key=other")], Foreign);
        check(
            "/?sentry_key=",
            &[("x-sentry-auth", "Sentry sentry_key=")],
            Nothing,
        );
        check("/", &[], Nothing);
    }

    #[test]
    fn a_client_is_called_what_it_calls_itself() {
        let check = |headers: &[(&str, &str)], uri: &str, expected: Option<&str>| {
            let mut request = Request::post(uri);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let (parts, ()) = request.body(()).unwrap().into_parts();
            assert_eq!(client(&parts).as_deref(), expected);
        };
        let agent = ("user-agent", "curl/8");
        check(
            &[
                ("x-sentry-auth", "Sentry sentry_client=raven-python/6.10.0"),
                agent,
            ],
            "/",
            Some("raven-python/6.10.0"),
        );
        check(&[agent], "/?sentry_client=js%2F7", Some("js/7"));
        check(&[agent], "/", Some("curl/8"));
        check(&[], "/", None);
    }
}
