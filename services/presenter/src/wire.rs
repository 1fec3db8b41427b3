//! What the page is told of a presentation. Times are milliseconds of a monotonic clock.

use reelscope_demo::faults::table::{FaultId, FaultState};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::reading::ScriptMistake;
use crate::script::{Action, Page, Script, Unit};

/// `GET /api/v1/presentation`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Presentation {
    /// The script in the language that was asked for, or the own one.
    pub script: Script,
    /// Where the presentation stands.
    pub state: PresentationState,
}

/// Whether a presentation is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PresentationStatus {
    /// It has not begun.
    #[default]
    Idle,
    /// It is given.
    UnderWay,
    /// It has come to its end.
    Ended,
}

/// Where a presentation stands. The event `presentation` of `GET /api/telemetry/events` says that anything but a time has
/// changed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PresentationState {
    /// Grows with every change, from start to start of the program too.
    pub revision: u64,
    /// Whether it is given.
    pub status: PresentationStatus,
    /// Whether the script is one of the presenter's own.
    pub own_script: bool,
    /// Id of the present step; of the first before the start, and of the last after the end.
    pub step: String,
    /// Index of the present line of what the step says.
    pub line: u32,
    /// Planned time of all steps.
    pub planned_ms: u64,
    /// Time since the start while it was given.
    pub elapsed_ms: u64,
    /// In the order of the script.
    pub steps: Vec<StepState>,
    /// In the order of the script.
    pub questions: Vec<QuestionState>,
}

/// Where a step stands.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StepState {
    /// Id of the step.
    pub id: String,
    /// Planned time.
    pub planned_ms: u64,
    /// Time that was spent on it.
    pub elapsed_ms: u64,
    /// Whether all of its conditions are fulfilled; false for one that has none and was not left yet.
    pub done: bool,
    /// In the order of `done_when`.
    pub conditions: Vec<ConditionState>,
    /// In the order of `claims`.
    pub claims: Vec<ClaimState>,
    /// What the fixes of this step brought.
    pub fixes: Vec<FixState>,
}

/// Where a condition stands.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct ConditionState {
    /// Whether it was fulfilled since its step began.
    pub fulfilled: bool,
    /// How far it is, in the unit of `wanted`; absent where it is only fulfilled or not, or nothing is measured yet.
    #[schema(required)]
    pub measured: Option<f64>,
    /// What fulfils it: a count, or percent.
    #[schema(required)]
    pub wanted: Option<f64>,
}

/// Whether a claim is borne out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimVerdict {
    /// The measured value is what the script says.
    BorneOut,
    /// It is not.
    NotBorneOut,
    /// There are too few spins to say, or none.
    TooFew,
}

/// Where a claim stands.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ClaimState {
    /// The measured value; absent while nothing is measured.
    #[schema(required)]
    pub measured: Option<f64>,
    /// Unit of the figure.
    pub unit: Unit,
    /// Number of spins that it was measured over.
    pub spins: u64,
    /// Whether it is borne out; a share is judged by the 95 % interval around it.
    pub verdict: ClaimVerdict,
    /// About how many spins would tell; absent where it is told.
    #[schema(required)]
    pub enough: Option<u64>,
    /// What to do so that it can be said, or is borne out; absent where nothing helps or nothing is needed.
    #[schema(required)]
    pub needs: Option<Action>,
}

/// Whether a fix helped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FixVerdict {
    /// It did.
    Helped,
    /// It did not.
    DidNotHelp,
    /// There are too few spins before or after it to say.
    TooFew,
}

/// What a fix brought, by the figure of its own problem.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FixState {
    /// The problem.
    pub problem: FaultId,
    /// Its state.
    pub state: FaultState,
    /// Unit of the figures: milliseconds that the cause takes of a spin, or for failures percent of spins.
    pub unit: Unit,
    /// The figure with the problem.
    #[schema(required)]
    pub before: Option<f64>,
    /// Number of spins with the problem.
    pub spins_before: u64,
    /// The figure with its fix.
    #[schema(required)]
    pub after: Option<f64>,
    /// Number of spins with its fix.
    pub spins_after: u64,
    /// Whether it helped; shares are compared by a two-proportion z-test.
    pub verdict: FixVerdict,
    /// About how many spins on each side would tell; absent where it is told.
    #[schema(required)]
    pub enough: Option<u64>,
    /// What to do so that it can be said; absent where nothing is needed.
    #[schema(required)]
    pub needs: Option<Action>,
}

/// Where a question stands.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QuestionState {
    /// Id of the question.
    pub id: String,
    /// Whether it was opened since the start.
    pub opened: bool,
    /// In the order of `claims`.
    pub claims: Vec<ClaimState>,
}

/// `POST /api/v1/presentation/go`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoTo {
    /// Id of the step.
    pub step: String,
    /// Index of the line of what it says.
    #[serde(default)]
    pub line: u32,
}

/// `POST /api/v1/presentation/seen`: what a person looks at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Seen {
    /// A page.
    Page(Page),
    /// A trace, by its id of 32 hexadecimal digits.
    Trace(String),
    /// Two traces of the same round, side by side.
    Compared(ComparedTraces),
    /// An issue, by its id.
    Issue(String),
    /// A question, by its id.
    Question(String),
}

/// Two traces of the same round, by their ids.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComparedTraces {
    /// Before the fix.
    #[serde(deserialize_with = "trace_id")]
    #[schema(pattern = "^[0-9a-f]{32}$")]
    pub before: String,
    /// After it.
    #[serde(deserialize_with = "trace_id")]
    #[schema(pattern = "^[0-9a-f]{32}$")]
    pub after: String,
}

fn trace_id<'de, D: Deserializer<'de>>(input: D) -> Result<String, D::Error> {
    let id = String::deserialize(input)?;
    let is_digit = |letter: u8| matches!(letter, b'0'..=b'9' | b'a'..=b'f');
    if id.len() == 32 && id.bytes().all(is_digit) {
        Ok(id)
    } else {
        Err(D::Error::custom("the id of a trace is 32 hexadecimal digits"))
    }
}

/// What is wrong with a script that was refused: an `ApiProblem`, and every mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefusedScript {
    /// The problem.
    #[serde(flatten)]
    pub problem: reelscope_contracts::ApiProblem,
    /// All mistakes, in the order of their places; nothing of the script is used.
    pub mistakes: Vec<ScriptMistake>,
}
