//! Sends one request to Sentry and interprets the response.

use std::error::Error as _;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use rand::RngExt;
use reelscope_contracts::{UnixMillis, rfc3339};
use reelscope_page_api::telemetry::{Named, Notice, TestOutcome};
use reqwest::{Client, redirect};

use crate::dsn::Dsn;
use crate::log::DeadReason;
use crate::notice::notice;

/// Limit of the bytes that are read of a response; Sentry's have about a hundred.
const MOST_ANSWER: usize = 64 * 1024;
/// Limit of the text of `X-Sentry-Error` that is repeated, in characters.
const MOST_SAID: usize = 200;
/// Name of this program as a client.
const OURSELVES: &str = concat!("reelscope/", env!("CARGO_PKG_VERSION"));

/// What a response means for the envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Sentry has accepted it.
    Delivered,
    /// Sentry has limited it.
    Limited,
    /// Another attempt will not help.
    Dead(DeadReason),
    /// Another attempt may help.
    Retry,
}

impl Verdict {
    /// Whether no further attempt follows.
    pub(super) fn is_final(&self) -> bool {
        matches!(self, Self::Delivered | Self::Dead(_))
    }
}

/// A verdict, its explanation, and the rate-limit headers of the response.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) verdict: Verdict,
    /// Stable code, which `POST /delivery/test` returns too.
    pub(crate) code: &'static str,
    pub(crate) detail: String,
    /// Parameters of the explanation; see [`TestOutcome::params`].
    pub(crate) params: Named<String>,
    /// Status of the response; 0 when there is none.
    pub(crate) status: u16,
    pub(crate) rate_limits: Option<String>,
    pub(crate) retry_after: Option<String>,
}

/// Sends envelopes. Clones share its connections.
#[derive(Clone)]
pub(crate) struct Sender {
    client: Client,
    timeout: Duration,
}

impl Sender {
    /// Creates a sender that uses the system's proxy and the system's certificates. Without certificates only
    /// `http` works, and a notice is added.
    pub(crate) fn new(timeout: Duration, notices: &mut Vec<Notice>) -> Self {
        // A redirect turns the request into a GET, and in a captive network it leads to a login page.
        let builder = || {
            Client::builder()
                .redirect(redirect::Policy::none())
                .timeout(timeout)
                .connect_timeout(timeout.min(Duration::from_secs(10)))
        };
        let client = builder().build().unwrap_or_else(|error| {
            let cause = root_cause(&error);
            let detail = format!(
                "This system's certificates could not be loaded, so no https address can be reached: {cause}."
            );
            notices.push(notice("no_trust_store", detail).with("cause", cause));
            builder().tls_certs_only([]).build().unwrap_or_default()
        });
        Self { client, timeout }
    }

    /// Sends an envelope whose header has its `dsn` and `sent_at`. `sdk` is the name of the SDK that made it.
    pub(crate) async fn send(&self, dsn: &Dsn, envelope: &[u8], sdk: &str) -> Answer {
        let body = match gzip(envelope) {
            Ok(body) => body,
            Err(error) => {
                let detail = format!("The envelope could not be compressed: {error}.");
                return Answer::failed("network", detail, error.to_string());
            }
        };
        let sent = self
            .client
            .post(dsn.envelope_url())
            .header("Content-Type", "application/x-sentry-envelope")
            .header("Content-Encoding", "gzip")
            .header(
                "X-Sentry-Auth",
                format!(
                    "Sentry sentry_version=7, sentry_client={sdk}, sentry_key={}",
                    dsn.key()
                ),
            )
            .header("User-Agent", OURSELVES)
            .body(body)
            .send()
            .await;
        match sent {
            Ok(response) => judge(response, dsn).await,
            Err(error) => Answer::of_failure(&error, dsn),
        }
    }

    /// Sends one real event and returns what happened.
    pub(crate) async fn test(&self, dsn: &Dsn, now: UnixMillis) -> TestOutcome {
        let started = Instant::now();
        // A client of its own, because it must use the present proxy, and its connections end with the caller's
        // runtime.
        let sender = Self::new(self.timeout, &mut Vec::new());
        let answer = sender.send(dsn, &test_envelope(dsn, now), OURSELVES).await;
        TestOutcome {
            ok: answer.verdict == Verdict::Delivered,
            code: answer.code.to_owned(),
            detail: answer.detail,
            params: answer.params,
            destination: Some(dsn.masked()),
            elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        }
    }
}

impl Answer {
    fn failed(code: &'static str, detail: String, cause: String) -> Self {
        Self {
            verdict: Verdict::Retry,
            code,
            detail,
            params: Named::from([("cause".to_owned(), cause)]),
            status: 0,
            rate_limits: None,
            retry_after: None,
        }
    }

    fn of_failure(error: &reqwest::Error, dsn: &Dsn) -> Self {
        let host = dsn.masked();
        let cause = root_cause(error);
        let texts = causes(error).join(" / ").to_lowercase();
        let refused = causes_io(error) == Some(io::ErrorKind::ConnectionRefused);
        // Texts of rustls: its errors are hidden in I/O errors, which keep the text only.
        let of_tls = [
            "certificate",
            "tls",
            "handshake",
            "corrupt message",
            "fatal alert",
        ];
        let of_tls = of_tls.into_iter().any(|word| texts.contains(word));
        let (code, detail) = if texts.contains("proxy") || texts.contains("tunnel") {
            (
                "proxy",
                format!("The proxy rejected the request to {host}: {cause}."),
            )
        } else if error.is_dns() || texts.contains("dns error") {
            (
                "dns",
                format!("The host of {host} was not found; check the network and the address."),
            )
        } else if refused {
            (
                "refused",
                format!("Connection to {host} refused; check the address and the port."),
            )
        } else if of_tls {
            ("tls", format!("Secure connection to {host} failed: {cause}."))
        } else if error.is_timeout() {
            ("timeout", format!("{host} did not respond in time."))
        } else if texts.contains("invalid http") || texts.contains("parse error") {
            ("not_sentry", format!("The server at {host} does not use HTTP."))
        } else {
            ("network", format!("The connection to {host} broke: {cause}."))
        };
        Self::failed(code, detail, cause)
    }
}

async fn judge(mut response: reqwest::Response, dsn: &Dsn) -> Answer {
    let status = response.status().as_u16();
    let header = |name: &str| {
        response
            .headers()
            .get(name)
            .and_then(|v| v.to_str().ok())
            .map(str::to_owned)
    };
    let (rate_limits, retry_after) = (header("x-sentry-rate-limits"), header("retry-after"));
    let said = header("x-sentry-error");
    let mut body = Vec::new();
    while body.len() < MOST_ANSWER {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break,
            // The response is incomplete, so the envelope may have been accepted. Another attempt is safe: Sentry
            // recognises an event by its id.
            Err(error) => return Answer::of_failure(&error, dsn),
        }
    }
    let (verdict, code) = meaning(status, &body);
    let said = said.map(|said| said.chars().take(MOST_SAID).collect::<String>());
    let detail = sentence(code, status, said.as_deref(), dsn);
    let mut params = Named::from([("status".to_owned(), status.to_string())]);
    params.extend(said.map(|said| ("said".to_owned(), said)));
    Answer {
        verdict,
        code,
        detail,
        params,
        status,
        rate_limits,
        retry_after,
    }
}

/// Interprets a status. A 2xx whose body is neither empty nor a JSON object is not Sentry's: a login page of the
/// network answers so, and the envelope would be lost.
fn meaning(status: u16, body: &[u8]) -> (Verdict, &'static str) {
    let is_sentrys = body.trim_ascii().is_empty()
        || serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(body).is_ok();
    match status {
        400 => (Verdict::Dead(DeadReason::Rejected), "rejected"),
        401 => (Verdict::Dead(DeadReason::Unauthorized), "unauthorized"),
        403 => (Verdict::Dead(DeadReason::Forbidden), "forbidden"),
        404 => (Verdict::Dead(DeadReason::Refused), "not_found"),
        407 => (Verdict::Retry, "proxy"),
        408 => (Verdict::Retry, "timeout"),
        413 => (Verdict::Dead(DeadReason::TooLarge), "too_large"),
        429 => (Verdict::Limited, "rate_limited"),
        _ => match status / 100 {
            2 if is_sentrys => (Verdict::Delivered, "ok"),
            4 => (Verdict::Dead(DeadReason::Refused), "rejected"),
            5 => (Verdict::Retry, "server_error"),
            _ => (Verdict::Retry, "not_sentry"),
        },
    }
}

fn sentence(code: &str, status: u16, said: Option<&str>, dsn: &Dsn) -> String {
    let host = dsn.masked();
    let text = match code {
        "ok" => format!("{host} accepted the envelope"),
        "not_sentry" => {
            format!("The server at {host} is not Sentry (status {status}); possibly a network login page")
        }
        "rejected" => format!("{host} refused the envelope (status {status})"),
        "unauthorized" => format!("{host} does not accept the key (401); copy the DSN again"),
        "forbidden" => format!("{host} refused key or project (403); copy the DSN again"),
        "not_found" => format!("{host} has no such address (404); check path and project of the DSN"),
        "proxy" => "The proxy requires authentication (407)".to_owned(),
        "timeout" => format!("{host} timed out waiting for the request (408)"),
        "too_large" => format!("The envelope is too large for {host} (413)"),
        "rate_limited" => format!("{host} rate limit reached (429)"),
        _ => format!("{host} reported a server error (status {status})"),
    };
    match said {
        Some(said) => format!("{text}: {}.", said.trim_end_matches('.')),
        None => format!("{text}."),
    }
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn causes(error: &reqwest::Error) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(next) = cause {
        texts.push(next.to_string());
        cause = next.source();
    }
    texts
}

fn causes_io(error: &reqwest::Error) -> Option<io::ErrorKind> {
    let mut cause = error.source();
    while let Some(next) = cause {
        if let Some(io) = next.downcast_ref::<io::Error>() {
            return Some(io.kind());
        }
        cause = next.source();
    }
    None
}

fn root_cause(error: &reqwest::Error) -> String {
    causes(error).pop().unwrap_or_default()
}

fn test_envelope(dsn: &Dsn, now: UnixMillis) -> Vec<u8> {
    let event_id = format!("{:032x}", rand::rng().random::<u128>());
    let header = serde_json::json!({ "event_id": event_id, "dsn": dsn.public(), "sent_at": rfc3339(now) });
    let event = serde_json::json!({
        "event_id": event_id,
        "timestamp": rfc3339(now),
        "platform": "other",
        "level": "info",
        "logger": "reelscope",
        "message": { "formatted": "Reelscope reached this project." },
    });
    format!("{header}\n{{\"type\":\"event\"}}\n{event}\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, body: &str, verdict: &Verdict, code: &str) {
        assert_eq!(
            meaning(status, body.as_bytes()),
            (verdict.clone(), code_of(code)),
            "{status} {body}"
        );
    }

    /// The same text with a static lifetime.
    fn code_of(code: &str) -> &'static str {
        let codes = [
            "ok",
            "not_sentry",
            "rejected",
            "too_large",
            "rate_limited",
            "server_error",
            "timeout",
        ];
        codes.into_iter().find(|known| *known == code).unwrap()
    }

    #[test]
    fn what_an_answer_means() {
        check(200, "{\"id\":\"x\"}", &Verdict::Delivered, "ok");
        check(200, "", &Verdict::Delivered, "ok");
        check(202, "{}", &Verdict::Delivered, "ok");
        check(
            200,
            "<html>Welcome to the hotel</html>",
            &Verdict::Retry,
            "not_sentry",
        );
        check(302, "", &Verdict::Retry, "not_sentry");
        check(400, "{}", &Verdict::Dead(DeadReason::Rejected), "rejected");
        check(413, "{}", &Verdict::Dead(DeadReason::TooLarge), "too_large");
        check(422, "{}", &Verdict::Dead(DeadReason::Refused), "rejected");
        check(429, "", &Verdict::Limited, "rate_limited");
        check(408, "", &Verdict::Retry, "timeout");
        check(503, "", &Verdict::Retry, "server_error");
    }

    #[test]
    fn the_test_envelope_is_an_envelope() {
        let dsn: Dsn = "https://key@sentry.example/7".parse().unwrap();
        crate::envelope::Envelope::parse(&test_envelope(&dsn, 0)).unwrap();
    }
}
