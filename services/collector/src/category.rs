//! The categories of data by which Sentry counts and limits.
//!
//! Source: Sentry's data categories, <https://develop.sentry.dev/sdk/foundations/transport/rate-limiting/>.

use crate::item_type::ItemType;

/// Names of the categories. The position of a category is its bit in [`Categories`], which is stored on disk, so
/// this table is append-only.
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
    // Client reports are never limited, so Sentry's headers have no name for them.
    "client_report",
    "security",
    "metric_bucket",
];

/// A set of categories, as bits.
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
    /// All categories, including those of later versions.
    pub const ALL: Self = Self(u32::MAX);

    /// Returns the category of a type of item.
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

    /// Returns the category that a rate limit names. Several names limit the same category, by bytes or by other
    /// counts.
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

    /// Converts stored bits to a set.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Converts the set to bits, to store them.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Union of both sets.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set without the members of the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Intersection of both sets.
    #[must_use]
    pub const fn of(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the sets have a common member.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Iterates over the members, each with its name.
    pub fn each(self) -> impl Iterator<Item = (Self, &'static str)> {
        (0..)
            .zip(NAMES)
            .map(|(bit, name)| (Self(1 << bit), name))
            .filter(move |(category, _)| self.meets(*category))
    }
}
