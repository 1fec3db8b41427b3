//! A problem as a reply, and the problems that every server answers.

use std::any::Any;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use reelscope_contracts::{ApiProblem, Code};
use serde::Serialize;

/// An [`ApiProblem`] as a reply of `application/problem+json`, with `Retry-After` where it has one. The problem also
/// travels as an extension, so that a middleware can log it without reading the body again.
#[derive(Debug)]
pub struct ProblemResponse(pub ApiProblem);

impl<E: Into<ApiProblem>> From<E> for ProblemResponse {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for ProblemResponse {
    fn into_response(self) -> Response {
        let Self(problem) = self;
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(&problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = problem.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(problem);
        response
    }
}

/// The reply of a problem.
#[must_use]
pub fn respond(problem: ApiProblem) -> Response {
    ProblemResponse(problem).into_response()
}

/// Fallback for an address that is not there.
pub async fn not_found() -> ProblemResponse {
    ProblemResponse(ApiProblem::new(
        Code::NotFound,
        "Nothing is at this address; the API is described at /api/openapi.json.",
    ))
}

/// Fallback for a method that an address does not have.
pub async fn method_not_allowed() -> ProblemResponse {
    ProblemResponse(ApiProblem::new(
        Code::MethodNotAllowed,
        "This address does not take that method; see /api/openapi.json.",
    ))
}

/// The answer of a handler that panicked. What the panic said goes to the log, never to the caller.
#[must_use]
pub fn panicked(_payload: Box<dyn Any + Send>) -> Response {
    respond(ApiProblem::new(
        Code::Internal,
        "Internal error in the service; the request was not completed.",
    ))
}

/// A reply with status 201.
pub fn created<T: Serialize>(body: T) -> Response {
    (StatusCode::CREATED, axum::Json(body)).into_response()
}
