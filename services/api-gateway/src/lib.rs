//! The API gateway: authorises, orchestrates a spin, serves the page.
//!
//! ```text
//! http ──> access     own host, own origin, launch token
//!      ├─> session    the session that sends a request
//!      │     └─> auth       its signed token
//!      ├─> limits     a token bucket for each session
//!      ├─> turns      one request at a time for each round
//!      ├─> spin       check the player, reserve the stake, draw, settle
//!      │     └─> upstream   the services behind, each with its deadline
//!      ├─> faults     what the demo can break
//!      ├─> document   what OpenAPI says of the routes
//!      └─> ui         the page
//! ```
//!
//! The idempotency key of a spin names its round, also after a restart:
//!
//! ```
//! use reelscope_api_gateway::spin::round_id;
//!
//! let round = round_id(&"p1".into(), "k");
//! assert_eq!(round.to_string(), "e11fe37a-5499-5dc9-95f5-65e142121d11");
//! ```

pub mod access;
pub mod auth;
mod document;
pub mod error;
pub mod faults;
pub mod http;
pub mod limits;
mod rounds_http;
mod session;
pub mod spin;
mod state;
pub mod turns;
pub mod ui;
pub mod upstream;

pub use error::GatewayError;
pub use faults::Knobs;
pub use http::{guarded, open_to_all, page, router};
pub use state::State;
