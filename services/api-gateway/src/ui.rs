//! Serves the built page with a strict content security policy.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

/// `npm run build` puts the page here; a release carries it inside.
#[derive(RustEmbed)]
#[folder = "../../ui/dist/browser"]
#[allow_missing = true]
struct Built;

/// Stands in index.html where the nonce of a response goes.
const NONCE_MARK: &str = "CSP_NONCE";

/// The page's files; every other path is the page itself, whose router knows what it means.
pub async fn serve(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    if let Some(file) = Built::get(path).filter(|_| !path.is_empty() && path != "index.html") {
        let mime = mime_guess::from_path(path).first_or_octet_stream();
        let mut response = Response::new(Body::from(file.data.into_owned()));
        let headers = response.headers_mut();
        if let Ok(value) = HeaderValue::from_str(mime.as_ref()) {
            headers.insert(header::CONTENT_TYPE, value);
        }
        // The build names files after their content.
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        );
        return response;
    }
    if path.rsplit('/').next().is_some_and(|name| name.contains('.')) && path != "index.html" {
        return StatusCode::NOT_FOUND.into_response();
    }
    index()
}

fn index() -> Response {
    let Some(file) = Built::get("index.html") else {
        let text = "The page is not built. Run `npm ci && npm run build` in ui/ and start again.\n";
        return (StatusCode::SERVICE_UNAVAILABLE, text).into_response();
    };
    let nonce = format!("{:032x}", rand::random::<u128>());
    let html = String::from_utf8_lossy(&file.data).replace(NONCE_MARK, &nonce);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'self'; \
         form-action 'none'; frame-ancestors 'none'"
    );
    let mut response = html.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, value);
    }
    response
}

/// Headers that every answer of this server carries.
pub async fn secure(request: Request, next: axum::middleware::Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let ours = is_ours(request.headers());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !ours {
        headers.insert(
            "cross-origin-opener-policy",
            HeaderValue::from_static("same-origin"),
        );
    }
    if api {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Whether a person or this page asked, and no other site. Then no other site has opened the page and needs to be isolated
/// from it, unless a person typed the address into a window that another site had opened. Isolation has a cost: WebKit
/// gives the page a new process for it, which takes a third of the window's start.
///
/// `Sec-Fetch-Site` is [Fetch Metadata](https://www.w3.org/TR/fetch-metadata/); no page can set it.
fn is_ours(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "none" || site == "same-origin")
}
