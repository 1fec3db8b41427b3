//! Types of items. Source: <https://develop.sentry.dev/sdk/foundations/envelopes/envelope-items/>, and for what SDKs of
//! other years send `ItemType` in `relay-server/src/envelope/item.rs` of Relay.

use std::fmt;

use serde::Deserialize;

/// What an item is. Whoever asks matches all of them, so that a new one is thought of everywhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(from = "String")]
pub enum ItemType {
    /// An error, or a message.
    Event,
    /// A transaction with its spans.
    Transaction,
    /// A span alone, or a container of spans.
    Span,
    /// A container of log entries, or one of them.
    Log,
    /// A container of metrics, or one of them.
    TraceMetric,
    /// The beginning, an update or the end of a session.
    Session,
    /// Sessions, counted.
    Sessions,
    /// What an SDK has lost.
    ClientReport,
    /// A file.
    Attachment,
    /// Fields of a form that came with a crash.
    FormData,
    /// What somebody said of an event.
    UserReport,
    /// What somebody said.
    Feedback,
    /// A sign of life of a cron job.
    CheckIn,
    /// What a replay is about.
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
    /// Counters and gauges, added up.
    MetricBuckets,
    /// A browser's report of a failed request.
    Nel,
    /// A crash of Unreal Engine.
    UnrealReport,
    /// A type of which nobody here knows anything.
    Other(String),
}

/// What kind of bytes a payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Payload {
    Json,
    /// Lines of text, or JSON.
    Text,
    /// Whatever its sender likes; it is neither read nor scrubbed.
    Bytes,
}

/// How often it may stand in an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Most {
    /// Once, counted with all of the kind.
    OneEvent,
    /// Once where it is a container.
    OneContainer,
    /// Once.
    One,
    Any,
}

/// What the index makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Indexed {
    /// Rows of what it says: spans, errors, log lines, points.
    Read,
    /// A row with its content, and its numbers are summed up.
    Counted,
    /// A row with its content.
    Listed,
}

impl ItemType {
    /// All that are known, by their names.
    const KNOWN: [(&'static str, Self); 23] = [
        ("event", Self::Event),
        ("transaction", Self::Transaction),
        ("span", Self::Span),
        ("log", Self::Log),
        ("trace_metric", Self::TraceMetric),
        ("session", Self::Session),
        ("sessions", Self::Sessions),
        ("client_report", Self::ClientReport),
        ("attachment", Self::Attachment),
        ("form_data", Self::FormData),
        ("user_report", Self::UserReport),
        ("feedback", Self::Feedback),
        ("check_in", Self::CheckIn),
        ("replay_event", Self::ReplayEvent),
        ("replay_recording", Self::ReplayRecording),
        ("replay_video", Self::ReplayVideo),
        ("profile", Self::Profile),
        ("profile_chunk", Self::ProfileChunk),
        ("raw_security", Self::RawSecurity),
        ("statsd", Self::Statsd),
        ("metric_buckets", Self::MetricBuckets),
        ("nel", Self::Nel),
        ("unreal_report", Self::UnrealReport),
    ];

    /// Its name, as headers have it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        if let Self::Other(name) = self {
            return name;
        }
        let known = Self::KNOWN.iter().find(|(_, known)| known == self);
        known.map_or("", |(name, _)| name)
    }

    /// What its payload is made of.
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

    /// Whether its payload is an event: of the size, depth and shape that Sentry demands of one.
    pub(crate) fn is_event(&self) -> bool {
        self.most() == Most::OneEvent
    }

    /// How many of it Sentry takes in one envelope.
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

    /// What the index makes of it.
    pub(crate) fn indexed(&self) -> Indexed {
        match self {
            Self::Event | Self::Transaction | Self::Span | Self::Log | Self::TraceMetric => Indexed::Read,
            Self::Session | Self::Sessions | Self::ClientReport => Indexed::Counted,
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
        let known = Self::KNOWN.iter().find(|(known, _)| *known == name);
        known.map_or(Self::Other(name), |(_, known)| known.clone())
    }
}

impl fmt::Display for ItemType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_a_name_of_its_own() {
        for (name, known) in ItemType::KNOWN {
            assert_eq!(
                (ItemType::from(name.to_owned()), known.as_str()),
                (known.clone(), name)
            );
        }
        let other = ItemType::from("tomorrow".to_owned());
        assert_eq!(other, ItemType::Other("tomorrow".to_owned()));
        assert_eq!(other.to_string(), "tomorrow");
    }
}
