//! A script as data: what is said, shown and pressed, step by step. `scripts/*.toml` are written in these types, the
//! page gets them as JSON, and the JSON Schema for editors is derived from them.

mod actions;
mod claims;
mod conditions;
mod places;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};
use utoipa::ToSchema;

pub use actions::{Action, BreakFor, Button};
pub use claims::{Assumption, AssumptionId, Claim, ClaimedFigure, Range, Unit};
pub use conditions::{ProblemStands, ServiceShareAtLeast, SpanShown, StepCondition};
pub use places::{Page, Spot, TraceRow};

/// Language of what the server writes: scripts and reports.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    ToSchema,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum ScriptLanguage {
    /// English.
    En,
    /// Russian.
    Ru,
}

impl ScriptLanguage {
    /// All languages.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Its ISO 639-1 code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// A script of a presentation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// Title of the presentation.
    pub title: String,
    /// Language of all its texts.
    pub language: ScriptLanguage,
    /// For whom it is.
    #[serde(default)]
    pub customer: Customer,
    /// In the order of the presentation; at least one.
    pub steps: Vec<Step>,
    /// What listeners ask.
    #[serde(default)]
    pub questions: Vec<Question>,
}

/// For whom a presentation is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// Name; empty for nobody in particular.
    #[serde(default)]
    pub name: String,
    /// ISO 4217 code of the currency of the customer's own figures.
    #[serde(default = "roubles")]
    #[schema(pattern = "^[A-Z]{3}$")]
    pub currency: String,
    /// `data:image/…;base64,…`; in a file that is opened with `--script` also the path of a PNG, JPEG, WebP or SVG
    /// beside it. At most 256 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub logo: Option<String>,
}

/// The currency that the demo is played in.
pub(crate) const DEMO_CURRENCY: &str = "RUB";

fn roubles() -> String {
    DEMO_CURRENCY.to_owned()
}

impl Default for Customer {
    fn default() -> Self {
        Self {
            name: String::new(),
            currency: roubles(),
            logo: None,
        }
    }
}

/// One beat of the presentation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Unique in the script: lower-case letters, digits and hyphens.
    #[schema(pattern = "^[a-z0-9-]{1,40}$")]
    pub id: String,
    /// Title.
    pub title: String,
    /// Planned minutes, above 0 and at most 60.
    #[schema(exclusive_minimum = 0.0, maximum = 60)]
    pub minutes: f64,
    /// What only the presenter reads, in paragraphs.
    #[serde(default)]
    pub notes: Vec<String>,
    /// What is said, in lines, each with the place that it is about.
    #[serde(default)]
    pub say: Vec<Line>,
    /// The page on which the step is shown; absent where any will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub page: Option<Page>,
    /// What is pressed, in this order.
    #[serde(default)]
    pub actions: Vec<Button>,
    /// When the step is fulfilled: all of these.
    #[serde(default)]
    pub done_when: Vec<StepCondition>,
    /// Figures that the step states and the demo measures.
    #[serde(default)]
    pub claims: Vec<Claim>,
    /// Figures that the step states and no demo can measure.
    #[serde(default)]
    pub assumptions: Vec<Assumption>,
}

/// One line of what is said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The words.
    pub text: String,
    /// What on the screen they are about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub spot: Option<Spot>,
}

/// A question with its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Unique among the questions: lower-case letters, digits and hyphens.
    #[schema(pattern = "^[a-z0-9-]{1,40}$")]
    pub id: String,
    /// As listeners ask it.
    pub question: String,
    /// In a few sentences.
    pub answer: String,
    /// Where the answer comes from.
    pub source: String,
    /// Figures that the answer states and the demo measures.
    #[serde(default)]
    pub claims: Vec<Claim>,
    /// What shows it live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub show: Option<Button>,
}
