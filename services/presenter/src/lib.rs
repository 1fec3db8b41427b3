//! The presenter: the script of a presentation, where the presentation stands, and what of it is borne out. The server
//! alone decides what is fulfilled; pages tell what a person looks at.
//!
//! ```text
//!   http ──> presenter   script, progress, their files (files) ──> standing   where a presentation stands
//!     │          ├─ scripts     built in (scripts/*.toml), or own ──> reading   TOML, with all its mistakes
//!     │          ├─ progress    the present step, times, what is fulfilled
//!     │          ├─ evaluation  when a condition is fulfilled      ┐ over facts: the state of the demo, and
//!     │          ├─ judging     what claims and fixes are worth    ┘ trace_figures; chance: what a sample can say
//!     │          ├─ take_away   the report: data, and the same as one HTML file
//!     │          └─ calculator  what cannot be measured, computed from measured values and assumptions
//!     └────> schema      the JSON Schema of a script
//!
//!   script  the types of a script     wire  what the page is told
//! ```

pub mod calculator;
pub mod calculator_http;
mod chance;
mod evaluation;
pub mod facts;
mod files;
pub mod http;
mod judging;
pub mod presenter;
mod progress;
pub mod reading;
pub mod schema;
pub mod script;
pub mod scripts;
mod standing;
pub mod take_away;
mod trace_figures;
pub mod wire;
