//! Errors of a trace, with stacks and what led to them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Micros, Named};

/// A line of a stack trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Frame {
    /// Function.
    pub function: String,
    /// Module, where it differs from the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub module: Option<String>,
    /// File.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub file: Option<String>,
    /// Line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub line: Option<u64>,
    /// Whether it is the application's own code.
    pub in_app: bool,
    /// The line itself, where the event brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub context_line: Option<String>,
    /// Lines of source before it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pre_context: Vec<String>,
    /// Lines of source after it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_context: Vec<String>,
}

/// One exception of those that an event tells of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Exception {
    /// Type.
    pub kind: String,
    /// Value.
    pub value: String,
    /// Module of the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub module: Option<String>,
    /// Type of the mechanism that caught it, such as `chained`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub mechanism: Option<String>,
    /// Whether the code caught it; absent where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub handled: Option<bool>,
    /// Its number in the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub exception_id: Option<u64>,
    /// Number of the exception that it is the cause of, or the group that it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub parent_id: Option<u64>,
    /// Where its parent holds it, such as `__cause__` or `exceptions[0]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub source: Option<String>,
    /// Whether it only holds others.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub is_exception_group: bool,
    /// Stack, the innermost frame first.
    pub frames: Vec<Frame>,
    /// Frames that there were; more than are told where the outermost are left out.
    #[serde(default)]
    #[schema(required)]
    pub frames_total: u64,
}

/// What puts events into one issue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupedBy {
    /// The fingerprint that the event brought.
    Fingerprint,
    /// Types of its exceptions, and the application's own frames.
    Stack,
    /// The same with all frames, since none is the application's own.
    SystemStack,
    /// Types and values of its exceptions, since there are no frames.
    Exception,
    /// The template of its message, or the message.
    #[default]
    Message,
}

/// Why an event is of its issue: events with the same parts are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Grouping {
    /// By what.
    pub by: GroupedBy,
    /// The parts that are compared, to be read.
    pub parts: Vec<String>,
    /// Parts that there are; more than are told where there are many.
    #[serde(default)]
    #[schema(required)]
    pub parts_total: u64,
}

/// What happened before an error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Breadcrumb {
    /// When, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub at_us: Option<Micros>,
    /// Category.
    pub category: String,
    /// Level.
    pub level: String,
    /// Text.
    pub message: String,
    /// Data as recorded.
    #[schema(value_type = HashMap<String, Value>)]
    pub data: Named<Value>,
}

/// An error event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ErrorEvent {
    /// Id of the event.
    pub event_id: String,
    /// The issue it belongs to.
    pub issue_id: String,
    /// Which service recorded it.
    pub service: String,
    /// When.
    pub at_us: Micros,
    /// `fatal`, `error`, `warning`, `info` or `debug`.
    pub level: String,
    /// Type of the exception that was seen, of a group that of the first in it; `message` for a plain message.
    pub kind: String,
    /// Value of that exception, or the message with its parameters filled in.
    pub value: String,
    /// Whether the code caught it; absent where the event does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub handled: Option<bool>,
    /// Transaction it happened in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub transaction: Option<String>,
    /// Trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub trace_id: Option<String>,
    /// Span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub span_id: Option<String>,
    /// Release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub release: Option<String>,
    /// Environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub environment: Option<String>,
    /// `user.id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub player: Option<String>,
    /// Tags.
    pub tags: Named<String>,
    /// Stack of that exception, the innermost frame first; where it has none that of the event or its thread.
    pub frames: Vec<Frame>,
    /// Frames that there were; more than are told where the outermost are left out.
    #[serde(default)]
    #[schema(required)]
    pub frames_total: u64,
    /// All exceptions, the one that was seen first, each followed by its causes, or by what is in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<Exception>,
    /// Exceptions that there were; more than are told where there are many.
    #[serde(default)]
    #[schema(required)]
    pub exceptions_total: u64,
    /// The newest breadcrumbs, oldest first.
    pub breadcrumbs: Vec<Breadcrumb>,
    /// Breadcrumbs that there were; more than are told where the oldest are left out.
    #[serde(default)]
    #[schema(required)]
    pub breadcrumbs_total: u64,
    /// Why it is of its issue.
    #[serde(default)]
    #[schema(required)]
    pub grouping: Grouping,
    /// Whether it brought no time, or one that cannot be: `at_us` is then the time of receipt.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub time_is_received: bool,
    /// Whether the clock of its sender was off and its times are corrected, as Relay does by `sent_at`.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub clock_corrected: bool,
    /// Whether it lies before or after all spans of its trace; told with a trace only.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub outside: bool,
    /// The envelope that brought it.
    pub seq: u64,
}
