//! Types of items. Source: <https://develop.sentry.dev/sdk/foundations/envelopes/envelope-items/>, and for older
//! SDKs `ItemType` in `relay-server/src/envelope/item.rs` of Relay.
//!
//! How a type is read, limited and indexed is decided here, its category in `category.rs`, what is read of it in
//! `facts.rs`, its rows in `index/keeper.rs`. `CONTRIBUTING.md` has the steps of a new one, also those that neither
//! the compiler nor a test names.

use std::fmt;

use serde::Deserialize;
use strum::{AsRefStr, EnumIter, EnumString};

/// The type of an item. What decides by it matches all variants, so that the compiler names each place for a new one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, AsRefStr, EnumIter, EnumString)]
#[serde(from = "String")]
#[strum(serialize_all = "snake_case")]
pub enum ItemType {
    /// An error or a message.
    Event,
    /// A transaction with its spans.
    Transaction,
    /// A span, or a container of spans.
    Span,
    /// A container of log entries, or one entry.
    Log,
    /// A container of metrics, or one metric.
    TraceMetric,
    /// The beginning, an update or the end of a session.
    Session,
    /// Aggregated sessions.
    Sessions,
    /// What an SDK has lost.
    ClientReport,
    /// A file.
    Attachment,
    /// Fields of a form that came with a crash.
    FormData,
    /// A person's report about an event.
    UserReport,
    /// A person's feedback.
    Feedback,
    /// A check-in of a cron job.
    CheckIn,
    /// The event of a replay.
    ReplayEvent,
    /// A part of a replay.
    ReplayRecording,
    /// A part of a replay as a video.
    ReplayVideo,
    /// The profile of a transaction.
    Profile,
    /// A part of a continuous profile.
    ProfileChunk,
    /// A violation of a page's security policy.
    RawSecurity,
    /// Counters and gauges as text.
    Statsd,
    /// Aggregated counters and gauges.
    MetricBuckets,
    /// A browser's report about a failed request.
    Nel,
    /// A crash of Unreal Engine.
    UnrealReport,
    /// An unknown type.
    #[strum(disabled)]
    Other(String),
}

/// The kind of a payload's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Payload {
    Json,
    /// Lines of text, or JSON.
    Text,
    /// Any bytes; they are neither read nor scrubbed.
    Bytes,
}

/// How many of a type one envelope may contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Most {
    /// One, together with all types of this kind.
    OneEvent,
    /// One, if it is a container.
    OneContainer,
    /// One.
    One,
    Any,
}

/// What the index keeps of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Indexed {
    /// Its content has tables of its own. It is not in `items`, so `?item_type=` does not find it.
    Read(Content),
    /// A row with its content, and its counts.
    Counted(Counted),
    /// A row with its content.
    Listed,
}

/// What is read of a type; `facts.rs` matches all variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    Transaction,
    Error,
    Spans,
    Logs,
    Metrics,
}

/// What is counted of a type; `facts.rs` matches all variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    Session,
    Sessions,
    ClientReport,
}

impl ItemType {
    /// The name, as in headers.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(name) => name,
            known => known.as_ref(),
        }
    }

    /// The kind of its payload.
    pub(crate) fn payload(&self) -> Payload {
        match self {
            Self::Event
            | Self::Transaction
            | Self::Span
            | Self::Log
            | Self::TraceMetric
            | Self::Session
            | Self::Sessions
            | Self::ClientReport
            | Self::FormData
            | Self::UserReport
            | Self::Feedback
            | Self::CheckIn
            | Self::ReplayEvent
            | Self::Profile
            | Self::ProfileChunk
            | Self::RawSecurity
            | Self::MetricBuckets
            | Self::Nel => Payload::Json,
            Self::Statsd | Self::Other(_) | Self::ReplayRecording => Payload::Text,
            Self::Attachment | Self::ReplayVideo | Self::UnrealReport => Payload::Bytes,
        }
    }

    /// Whether its payload is an event, with Sentry's limits of size, depth and shape.
    pub(crate) fn is_event(&self) -> bool {
        self.most() == Most::OneEvent
    }

    /// How many of it one envelope may contain.
    pub(crate) fn most(&self) -> Most {
        match self {
            Self::Event | Self::Transaction => Most::OneEvent,
            Self::Log | Self::TraceMetric => Most::One,
            Self::Span => Most::OneContainer,
            Self::Session
            | Self::Sessions
            | Self::ClientReport
            | Self::Attachment
            | Self::FormData
            | Self::UserReport
            | Self::Feedback
            | Self::CheckIn
            | Self::ReplayEvent
            | Self::ReplayRecording
            | Self::ReplayVideo
            | Self::Profile
            | Self::ProfileChunk
            | Self::RawSecurity
            | Self::Statsd
            | Self::MetricBuckets
            | Self::Nel
            | Self::UnrealReport
            | Self::Other(_) => Most::Any,
        }
    }

    /// What the index keeps of it.
    pub(crate) fn indexed(&self) -> Indexed {
        match self {
            Self::Event => Indexed::Read(Content::Error),
            Self::Transaction => Indexed::Read(Content::Transaction),
            Self::Span => Indexed::Read(Content::Spans),
            Self::Log => Indexed::Read(Content::Logs),
            Self::TraceMetric => Indexed::Read(Content::Metrics),
            Self::Session => Indexed::Counted(Counted::Session),
            Self::Sessions => Indexed::Counted(Counted::Sessions),
            Self::ClientReport => Indexed::Counted(Counted::ClientReport),
            Self::Attachment
            | Self::FormData
            | Self::UserReport
            | Self::Feedback
            | Self::CheckIn
            | Self::ReplayEvent
            | Self::ReplayRecording
            | Self::ReplayVideo
            | Self::Profile
            | Self::ProfileChunk
            | Self::RawSecurity
            | Self::Statsd
            | Self::MetricBuckets
            | Self::Nel
            | Self::UnrealReport
            | Self::Other(_) => Indexed::Listed,
        }
    }
}

impl From<String> for ItemType {
    fn from(name: String) -> Self {
        name.parse().unwrap_or(Self::Other(name))
    }
}

impl fmt::Display for ItemType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn every_type_has_the_name_of_the_headers() {
        assert_eq!(ItemType::iter().count(), 23);
        for known in ItemType::iter() {
            assert_eq!(ItemType::from(known.to_string()), known);
        }
        let names = [
            ItemType::TraceMetric,
            ItemType::FormData,
            ItemType::CheckIn,
            ItemType::Nel,
        ];
        let names = names.map(|known| known.to_string());
        assert_eq!(names, ["trace_metric", "form_data", "check_in", "nel"]);
        let other = ItemType::from("tomorrow".to_owned());
        assert_eq!(other, ItemType::Other("tomorrow".to_owned()));
        assert_eq!(other.to_string(), "tomorrow");
    }
}
