//! How the services speak HTTP.
//!
//! ```text
//! body           JSON bodies, parts of the path and queries, read so that a problem names the field; replies of other
//!                services
//! problem        a problem as a reply, and the problems that every server answers
//! service_token  the secret of a launch, without which a service answers nobody
//! ```
//!
//! ```
//! use reelscope_contracts::{Code, Money};
//!
//! #[derive(Debug, serde::Deserialize)]
//! struct Order {
//!     #[allow(dead_code)]
//!     stake: Money,
//! }
//!
//! let problem = reelscope_http::parse::<Order>(br#"{"stake":"ten"}"#).unwrap_err();
//! assert_eq!((problem.code, problem.field.as_deref()), (Code::InvalidRequest, Some("stake")));
//! ```

mod body;
mod problem;
mod service_token;

pub use body::{Body, Path, Query, parse, reply};
pub use problem::{ProblemResponse, created, method_not_allowed, not_found, panicked, respond};
pub use service_token::{SERVICE_TOKEN_HEADER, ServiceToken};
