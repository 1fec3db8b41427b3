//! The categories of data by which Sentry counts and limits.
//!
//! Source: Sentry's data categories, <https://develop.sentry.dev/sdk/foundations/transport/rate-limiting/>.

use super::item_type::ItemType;

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

const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// A set of categories, as bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Categories(u32);

impl Categories {
    /// Errors.
    pub const ERROR: Self = Self::one("error");
    /// Transactions.
    pub const TRANSACTION: Self = Self::one("transaction");
    /// Sessions.
    pub const SESSION: Self = Self::one("session");
    /// Attachments.
    pub const ATTACHMENT: Self = Self::one("attachment");
    /// Profiles of transactions.
    pub const PROFILE: Self = Self::one("profile");
    /// All categories, including those of later versions.
    pub const ALL: Self = Self(u32::MAX);

    /// The category of this name. For constants only, in which a name that [`NAMES`] lacks does not compile.
    const fn one(name: &str) -> Self {
        let mut bit = 0;
        while bit < NAMES.len() {
            if is_same(NAMES[bit], name) {
                return Self(1 << bit);
            }
            bit += 1;
        }
        panic!("no category has this name")
    }

    /// Returns the category of a type of item.
    #[must_use]
    pub const fn of_item(item_type: &ItemType) -> Self {
        match item_type {
            ItemType::Event | ItemType::FormData | ItemType::UnrealReport => Self::ERROR,
            ItemType::Transaction => Self::TRANSACTION,
            ItemType::Span => const { Self::one("span") },
            ItemType::Log => const { Self::one("log_item") },
            ItemType::TraceMetric => const { Self::one("trace_metric") },
            ItemType::Session | ItemType::Sessions => Self::SESSION,
            ItemType::ClientReport => const { Self::one("client_report") },
            ItemType::Attachment => Self::ATTACHMENT,
            ItemType::UserReport | ItemType::Feedback => const { Self::one("feedback") },
            ItemType::CheckIn => const { Self::one("monitor") },
            ItemType::ReplayEvent | ItemType::ReplayRecording | ItemType::ReplayVideo => {
                const { Self::one("replay") }
            }
            ItemType::Profile => Self::PROFILE,
            ItemType::ProfileChunk => const { Self::one("profile_chunk") },
            ItemType::RawSecurity => const { Self::one("security") },
            ItemType::Statsd | ItemType::MetricBuckets => const { Self::one("metric_bucket") },
            ItemType::Nel | ItemType::Other(_) => const { Self::one("default") },
        }
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
