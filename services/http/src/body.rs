//! How a server reads bodies and paths, and a client replies.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use http::request::Parts;
use http::{StatusCode, header};
use serde::de::DeserializeOwned;

use reelscope_contracts::{ApiProblem, Code};

use crate::{ProblemResponse, not_found};

/// A JSON body. Unlike axum's own extractor its rejection is an [`ApiProblem`] that names the field.
#[derive(Debug, Clone, Copy)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ProblemResponse;

    async fn from_request(request: Request, state: &S) -> Result<Self, ProblemResponse> {
        let declared = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or("");
        let essence = declared.split(';').next().unwrap_or("").trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            let sentence = "Send the body as JSON, with the header `Content-Type: application/json`.";
            return Err(ApiProblem::new(Code::UnsupportedMediaType, sentence).into());
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| unreadable(&rejection))?;
        // serde would fill a struct from an array by position.
        if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
            let problem = ApiProblem::new(Code::InvalidRequest, "The body must be a JSON object.");
            return Err(problem.field("body").into());
        }
        Ok(Self(parse(&bytes)?))
    }
}

/// A part of the path. Unlike axum's own extractor its rejection is an [`ApiProblem`]: what cannot be an id names nothing that
/// is here. The problem names the part.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ProblemResponse> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(part)) => Ok(Self(part)),
            Err(_) => Err(no_such_part(parts, state).await.into()),
        }
    }
}

/// The query of the address. Unlike axum's own extractor its rejection is an [`ApiProblem`] that names the parameter.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ProblemResponse> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        let query = serde_path_to_error::deserialize(pairs).map_err(|error| {
            let text = error.inner().to_string();
            let name = blamed(&error.path().to_string(), &text, "query");
            ApiProblem::new(
                Code::InvalidRequest,
                format!("The parameter `{name}` does not fit: {text}."),
            )
            .field(name)
        })?;
        Ok(Self(query))
    }
}

/// The problem of a path with a part that cannot be read.
async fn no_such_part<S: Send + Sync>(parts: &mut Parts, state: &S) -> ApiProblem {
    let ProblemResponse(problem) = not_found().await;
    let Ok(raw) = RawPathParams::from_request_parts(parts, state).await else {
        return problem;
    };
    // Which of several it is, axum does not say.
    match raw.iter().collect::<Vec<_>>().as_slice() {
        [(name, _)] => problem.field(*name),
        _ => problem,
    }
}

/// Reads JSON and blames the field by its path.
///
/// # Errors
/// `malformed_json` when it is not JSON, `invalid_request` with the field's path when it is but does not fit.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiProblem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let cause = error.into_inner();
        if cause.is_data() {
            misfit(&path, &cause)
        } else {
            malformed(&cause)
        }
    })?;
    deserializer.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

fn malformed(cause: &serde_json::Error) -> ApiProblem {
    ApiProblem::new(
        Code::MalformedJson,
        format!("The body is not valid JSON: {cause}."),
    )
}

/// Returns the path of the field that an error of serde is about; `whole` where it is about no field.
fn blamed(path: &str, text: &str, whole: &str) -> String {
    // serde reports a missing field at the object that lacks it; the field's name is in its sentence only.
    let quoted = |prefix| text.strip_prefix(prefix).and_then(|rest| rest.split('`').next());
    let named = ["missing field `", "unknown field `", "duplicate field `"]
        .into_iter()
        .find_map(quoted);
    match (path, named) {
        (".", Some(name)) => name.to_owned(),
        (".", None) => whole.to_owned(),
        (path, Some(name)) if !path.ends_with(name) => format!("{path}.{name}"),
        (path, _) => path.to_owned(),
    }
}

fn misfit(path: &str, cause: &serde_json::Error) -> ApiProblem {
    let text = cause.to_string();
    let field = blamed(path, &text, "body");
    ApiProblem::new(
        Code::InvalidRequest,
        format!("The field `{field}` does not fit: {text}."),
    )
    .field(field)
}

fn unreadable(rejection: &BytesRejection) -> ApiProblem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        ApiProblem::new(
            Code::PayloadTooLarge,
            "The body is larger than this server reads; send less.",
        )
    } else {
        ApiProblem::new(Code::MalformedJson, "The body ended early; send it again.")
    }
}

/// Reads another service's reply: what it answered, or its problem.
///
/// # Errors
/// The problem that the service sent; `internal` when the reply is neither.
pub fn reply<T: DeserializeOwned>(status: u16, body: &[u8]) -> Result<T, ApiProblem> {
    let broken = || {
        ApiProblem::new(
            Code::Internal,
            "A service answered what this one does not understand.",
        )
    };
    if (200..300).contains(&status) {
        serde_json::from_slice(body).map_err(|_| broken())
    } else {
        Err(serde_json::from_slice(body).unwrap_or_else(|_| broken()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use proptest::prelude::*;
    use reelscope_contracts::{Money, RoundId};
    use tower::ServiceExt;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Order {
        #[allow(dead_code)]
        stake: Money,
    }

    fn check(body: &str, code: Code, field: Option<&str>) {
        let problem = parse::<Order>(body.as_bytes()).unwrap_err();
        assert_eq!(
            (problem.code, problem.field.as_deref()),
            (code, field),
            "{body}: {}",
            problem.detail
        );
    }

    #[test]
    fn the_field_is_named() {
        check(r#"{"stake":"ten"}"#, Code::InvalidRequest, Some("stake"));
        check(r#"{"stake":1.5}"#, Code::InvalidRequest, Some("stake"));
        check(
            r#"{"stake":99999999999999999999}"#,
            Code::InvalidRequest,
            Some("stake"),
        );
        check(r#"{"stake":null}"#, Code::InvalidRequest, Some("stake"));
        check("{}", Code::InvalidRequest, Some("stake"));
        check(r#"{"stake":1,"tip":2}"#, Code::InvalidRequest, Some("tip"));
        check("[]", Code::InvalidRequest, Some("body"));
        check("{", Code::MalformedJson, None);
        check("", Code::MalformedJson, None);
        check(r#"{"stake":1} trailing"#, Code::MalformedJson, None);
    }

    #[tokio::test]
    async fn a_part_of_a_path_that_cannot_be_read_is_named() {
        let handler = async |Path(round_id): Path<RoundId>| round_id.to_string();
        let routes = Router::new().route("/rounds/{round_id}", get(handler));
        for (id, status) in [("00000000-0000-0000-0000-000000000007", 200), ("7", 404)] {
            let request = Request::get(format!("/rounds/{id}")).body(Body::empty()).unwrap();
            let response = routes.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), status, "{id}");
            let problem = response.extensions().get::<ApiProblem>();
            let field = problem.and_then(|problem| problem.field.as_deref());
            assert_eq!(field, (status == 404).then_some("round_id"));
        }
    }

    #[tokio::test]
    async fn a_parameter_of_a_query_that_cannot_be_read_is_named() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Page {
            limit: Option<u64>,
            of: String,
        }
        let handler =
            async |Query(Page { limit, of }): Query<Page>| format!("{of} {}", limit.unwrap_or_default());
        let routes = Router::new().route("/", get(handler));
        let ask = async |query: &str| {
            let request = Request::get(format!("/?{query}")).body(Body::empty()).unwrap();
            let response = routes.clone().oneshot(request).await.unwrap();
            let problem = response.extensions().get::<ApiProblem>();
            let field = problem.and_then(|problem| problem.field.clone());
            (response.status().as_u16(), field.unwrap_or_default())
        };
        for (query, status, field) in [
            ("of=a%20b&limit=7", 200, ""),
            ("of=a&limit=ten", 422, "limit"),
            ("limit=7", 422, "of"),
            ("of=a&of=b", 422, "of"),
            ("of=a&colour=red", 422, "colour"),
        ] {
            assert_eq!(ask(query).await, (status, field.to_owned()), "{query}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse::<Order>(&bytes);
        }
    }
}
