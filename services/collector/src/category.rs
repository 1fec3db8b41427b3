//! What an envelope holds, in the categories by which Sentry counts and limits.
//!
//! Source: Sentry's data categories, <https://develop.sentry.dev/sdk/foundations/transport/rate-limiting/>.

use crate::item_type::ItemType;

/// The categories, each a bit of [`Categories`]. The position in this table is kept on disk: append only.
const NAMES: [&str; 16] = [
    "default",
    "error",
    "transaction",
    "span",
    "log_item",
    "trace_metric",
    "session",
    "attachment",
    "profile",
    "profile_chunk",
    "replay",
    "monitor",
    "feedback",
    // Reports of losses are never limited, so Sentry's headers do not name them.
    "client_report",
    "security",
    "metric_bucket",
];

/// A set of categories.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Categories(u32);

impl Categories {
    /// Errors.
    pub const ERROR: Self = Self(1 << 1);
    /// Transactions.
    pub const TRANSACTION: Self = Self(1 << 2);
    /// Sessions.
    pub const SESSION: Self = Self(1 << 6);
    /// Attachments.
    pub const ATTACHMENT: Self = Self(1 << 7);
    /// Profiles of transactions.
    pub const PROFILE: Self = Self(1 << 8);
    /// All of them, those too that have no name yet.
    pub const ALL: Self = Self(u32::MAX);

    /// The category of an item's type.
    #[must_use]
    pub fn of_item(item_type: &ItemType) -> Self {
        let name = match item_type {
            ItemType::Event | ItemType::FormData | ItemType::UnrealReport => "error",
            ItemType::Transaction => "transaction",
            ItemType::Span => "span",
            ItemType::Log => "log_item",
            ItemType::TraceMetric => "trace_metric",
            ItemType::Session | ItemType::Sessions => "session",
            ItemType::ClientReport => "client_report",
            ItemType::Attachment => "attachment",
            ItemType::UserReport | ItemType::Feedback => "feedback",
            ItemType::CheckIn => "monitor",
            ItemType::ReplayEvent | ItemType::ReplayRecording | ItemType::ReplayVideo => "replay",
            ItemType::Profile => "profile",
            ItemType::ProfileChunk => "profile_chunk",
            ItemType::RawSecurity => "security",
            ItemType::Statsd | ItemType::MetricBuckets => "metric_bucket",
            ItemType::Nel | ItemType::Other(_) => "default",
        };
        Self::named(name).unwrap_or(Self(1))
    }

    /// The category that a rate limit names. Some names limit by bytes or by copies what an item counts once.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = match name {
            "log_byte" => "log_item",
            "trace_metric_byte" => "trace_metric",
            "attachment_item" => "attachment",
            "transaction_processed" => "transaction",
            other => other,
        };
        NAMES
            .iter()
            .position(|known| *known == name)
            .map(|bit| Self(1 << bit))
    }

    /// The set that was kept as `bits`.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The set as it is kept.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Both sets.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set but for the other's members.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// What is in both.
    #[must_use]
    pub const fn of(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether it has no members.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the two have a member in common.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The members, one by one.
    pub fn each(self) -> impl Iterator<Item = (Self, &'static str)> {
        (0..)
            .zip(NAMES)
            .map(|(bit, name)| (Self(1 << bit), name))
            .filter(move |(category, _)| self.meets(*category))
    }
}
