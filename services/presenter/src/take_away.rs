//! The take-away of a presentation: everything that the session measured, as data and as one HTML file.

mod calculator;
mod compared;
mod format;
mod hero;
mod html;
mod picture;
mod recorded;
mod waterfall;
mod words;

use reelscope_collector::ReadError;
use reelscope_collector::scrub::scrubbed_json;
use reelscope_contracts::{UnixMillis, now};
use reelscope_demo::faults::table::STORY;
use reelscope_demo::releases::{Exact, compare, spin_money};
use reelscope_demo::wire::{AllProblems, BeforeAfter, ComparedProblem, ReleaseFigures, SpinMoney};
use reelscope_page_api::telemetry::{Frame, IssueSummary};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::calculator::Calculation;
use crate::facts::{Observer, TelemetryCost};
use crate::judging::{claim_state, fix_state};
use crate::script::{Customer, Question, Range, Script, ScriptLanguage};
use crate::wire::{ClaimState, FixState};

pub use html::{POLICY, html};
pub use waterfall::{Waterfall, WaterfallRow};

/// Limit of issues in a take-away; the newest come first.
const MOST_ISSUES: usize = 20;
/// Limit of frames of each.
const MOST_FRAMES: usize = 12;

/// What a listener takes away.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TakeAway {
    /// When it was made.
    pub at: UnixMillis,
    /// Language of its texts.
    pub language: ScriptLanguage,
    /// Title of the script.
    pub title: String,
    /// For whom it is.
    pub customer: Customer,
    /// The money of all spins.
    pub money: SpinMoney,
    /// Figures before and after each fix, and all of them.
    pub pairs: Vec<BeforeAfter>,
    /// A typical spin before the fixes; absent while there is none.
    #[schema(required)]
    pub before: Option<Waterfall>,
    /// A typical spin after the fixes; absent while there is none.
    #[schema(required)]
    pub after: Option<Waterfall>,
    /// What each fix brought, by the figure of its own problem.
    pub fixes: Vec<FixState>,
    /// The claims of the script, each once.
    pub claims: Vec<ReportedClaim>,
    /// The newest issues.
    pub issues: Vec<ReportedIssue>,
    /// Figures by release.
    pub releases: Vec<ReleaseFigures>,
    /// Number of spins that count for no release, because of a fault that it does not have, or a problem that was switched
    /// by hand.
    pub releases_left_out: u64,
    /// What telemetry costs; absent while it is not measured.
    #[schema(required)]
    pub cost: Option<TelemetryCost>,
    /// The calculator: which of its values are measured and which assumed, and what comes of them.
    pub calculator: Calculation,
    /// The questions that were opened, with their answers.
    pub questions: Vec<Question>,
    /// The words that it uses.
    pub glossary: Vec<Term>,
}

/// A claim of the script beside what was measured.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReportedClaim {
    /// Name of the figure.
    pub label: String,
    /// What the script says.
    pub stated: Range,
    /// The range that bears it out, which may be wider or open.
    pub holds: Range,
    /// What was measured.
    pub state: ClaimState,
}

/// An issue with the stack of its newest event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReportedIssue {
    /// The issue.
    pub issue: IssueSummary,
    /// The innermost frames of the application's own code, else of all code.
    pub frames: Vec<Frame>,
}

/// A word with its meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Term {
    /// The word.
    pub term: String,
    /// What it means.
    pub meaning: String,
}

/// Gathers a take-away. `questions` are those that were opened.
///
/// # Errors
/// The issues could not be read.
pub async fn take_away(
    observer: &Observer,
    script: &Script,
    calculator: Calculation,
    questions: Vec<Question>,
    language: ScriptLanguage,
) -> Result<TakeAway, ReadError> {
    let facts = observer.all_facts().await;
    let (before, after) = typical(&facts.pairs);
    let session = observer.session.clone();
    let captured = observer.captured_before();
    let computed = tokio::task::spawn_blocking(move || {
        let exact = Exact::of_the_game();
        let (money, _) = session.read(|| captured, |spins| spin_money(spins, exact));
        let (compared, _) = session.read(|| captured, |spins| compare(spins, exact));
        (money, compared)
    });
    let (money, compared) = computed
        .await
        .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    let mut claims: Vec<ReportedClaim> = Vec::new();
    for claim in script.steps.iter().flat_map(|step| &step.claims) {
        let reported = ReportedClaim {
            label: claim.label.clone(),
            stated: claim.stated,
            holds: claim.band(),
            state: claim_state(claim, &facts),
        };
        if !claims.contains(&reported) {
            claims.push(reported);
        }
    }
    Ok(TakeAway {
        at: now(),
        language,
        title: script.title.clone(),
        customer: script.customer.clone(),
        money,
        before: drawn(observer, before).await,
        after: drawn(observer, after).await,
        fixes: STORY.map(|problem| fix_state(problem, &facts)).to_vec(),
        claims,
        issues: issues(observer).await?,
        releases: compared.releases,
        releases_left_out: compared.left_out,
        cost: facts.cost,
        calculator,
        questions,
        glossary: words::glossary(language),
        pairs: facts.pairs,
    })
}

/// The traces of typical spins before and after: of all problems, or else of the first that has both, or else those
/// that there are.
fn typical(pairs: &[BeforeAfter]) -> (Option<String>, Option<String>) {
    let all = ComparedProblem::All(AllProblems::All);
    let is_whole = |pair: &&BeforeAfter| pair.before_trace.is_some() && pair.after_trace.is_some();
    let whole = pairs.iter().filter(is_whole);
    let best = whole.min_by_key(|pair| pair.problem != all);
    match best {
        Some(pair) => (pair.before_trace.clone(), pair.after_trace.clone()),
        None => (
            pairs.iter().find_map(|pair| pair.before_trace.clone()),
            pairs.iter().find_map(|pair| pair.after_trace.clone()),
        ),
    }
}

async fn drawn(observer: &Observer, id: Option<String>) -> Option<Waterfall> {
    let trace = observer.trace(&id?).await?;
    scrubbed(&Waterfall::of(&trace)?)
}

async fn issues(observer: &Observer) -> Result<Vec<ReportedIssue>, ReadError> {
    let mut reported = Vec::new();
    for issue in observer.collector.issues(MOST_ISSUES).await? {
        let newest = match issue.trace_ids.first() {
            Some(id) => observer.trace(id).await,
            None => None,
        };
        let event = newest.and_then(|trace| {
            let mut events = trace.errors.into_iter();
            events.find(|event| event.issue_id == issue.issue_id)
        });
        let frames = event.map(|event| event.frames).unwrap_or_default();
        let has_own = frames.iter().any(is_own);
        let shown = frames.into_iter().filter(|frame| is_own(frame) || !has_own);
        let frames = shown.take(MOST_FRAMES).collect();
        reported.extend(scrubbed(&ReportedIssue { issue, frames }));
    }
    Ok(reported)
}

/// Whether a frame is of the application: the SDK that records an error is not, even if it is built into it.
fn is_own(frame: &Frame) -> bool {
    let place = frame.module.as_deref().unwrap_or(&frame.function);
    frame.in_app && !place.starts_with("sentry")
}

/// Removes secrets and personal data once more, because scrubbing can be off while telemetry is kept. `None` where
/// nothing readable is left.
fn scrubbed<T: Serialize + serde::de::DeserializeOwned>(part: &T) -> Option<T> {
    let json = serde_json::to_vec(part).ok()?;
    serde_json::from_slice(&scrubbed_json(&json)).ok()
}

#[cfg(test)]
mod tests;
