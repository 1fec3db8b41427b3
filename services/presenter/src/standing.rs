//! Where a presentation stands: its script beside the progress and the facts. Pure but for the monotonic clock.

use std::time::Instant;

use reelscope_demo::faults::table::FaultId;

use crate::evaluation::{LookedAt, evaluate};
use crate::facts::Facts;
use crate::judging::{claim_state, fix_state};
use crate::progress::{Progress, StepRecord};
use crate::script::{Action, Script, Step, StepCondition};
use crate::wire::{ConditionState, PresentationState, PresentationStatus, QuestionState, StepState};

/// A condition as the key of its record.
pub(crate) fn key(condition: &StepCondition) -> String {
    serde_json::to_string(condition).unwrap_or_default()
}

/// Notes the conditions of the present step that are fulfilled.
pub(crate) fn fulfil(progress: &mut Progress, step: &Step, facts: &Facts, looked_at: &LookedAt) {
    for condition in &step.done_when {
        let Some(record) = progress.record(&step.id) else {
            return;
        };
        let found = evaluate(condition, facts, (progress, record), looked_at);
        if found.fulfilled {
            progress.fulfil(&step.id, key(condition), found.measured);
        }
    }
}

/// Tells where a presentation stands.
pub(crate) fn standing(
    script: &Script,
    own_script: bool,
    progress: &Progress,
    facts: &Facts,
    looked_at: &LookedAt,
) -> PresentationState {
    let now = Instant::now();
    let first = script.steps.first().map_or("", |step| &step.id);
    let is_there = script.steps.iter().any(|step| step.id == progress.step);
    let steps: Vec<_> = script
        .steps
        .iter()
        .map(|step| shown_step(step, progress, now, facts, looked_at))
        .collect();
    let questions = script.questions.iter().map(|question| QuestionState {
        id: question.id.clone(),
        opened: progress.is_opened(&question.id),
        claims: question
            .claims
            .iter()
            .map(|claim| claim_state(claim, facts))
            .collect(),
    });
    PresentationState {
        revision: progress.revision,
        status: progress.status,
        own_script,
        step: if is_there {
            progress.step.clone()
        } else {
            first.to_owned()
        },
        line: if is_there { progress.line } else { 0 },
        planned_ms: steps.iter().map(|step| step.planned_ms).sum(),
        elapsed_ms: steps.iter().map(|step| step.elapsed_ms).sum(),
        questions: questions.collect(),
        steps,
    }
}

fn shown_step(
    step: &Step,
    progress: &Progress,
    now: Instant,
    facts: &Facts,
    looked_at: &LookedAt,
) -> StepState {
    let record = progress.record(&step.id);
    let condition = |condition| condition_state(condition, step, progress, facts, looked_at);
    let conditions: Vec<_> = step.done_when.iter().map(condition).collect();
    let is_left = record.is_some_and(|record| record.left);
    let all = conditions.iter().all(|condition| condition.fulfilled);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // above 0, and at most an hour
    let planned_ms = (step.minutes * 60_000.0).round() as u64;
    StepState {
        id: step.id.clone(),
        planned_ms,
        elapsed_ms: progress.elapsed_ms(&step.id, now),
        done: all && (is_left || !conditions.is_empty()),
        conditions,
        claims: step
            .claims
            .iter()
            .map(|claim| claim_state(claim, facts))
            .collect(),
        fixes: fixes_of(step)
            .into_iter()
            .map(|problem| fix_state(problem, facts))
            .collect(),
    }
}

/// Fulfilled once is fulfilled; otherwise how far it is while its step is given.
fn condition_state(
    condition: &StepCondition,
    step: &Step,
    progress: &Progress,
    facts: &Facts,
    looked_at: &LookedAt,
) -> ConditionState {
    let nothing = StepRecord::default();
    let record = progress.record(&step.id);
    let found = evaluate(
        condition,
        facts,
        (progress, record.unwrap_or(&nothing)),
        looked_at,
    );
    let is_present = progress.status == PresentationStatus::UnderWay && progress.step == step.id;
    match record.and_then(|record| record.fulfilled(&key(condition))) {
        Some(measured) => ConditionState {
            fulfilled: true,
            measured,
            ..found
        },
        None => ConditionState {
            fulfilled: false,
            measured: found.measured.filter(|_| is_present),
            ..found
        },
    }
}

/// The problems whose fix a step is about.
fn fixes_of(step: &Step) -> Vec<FaultId> {
    let fixed = step.actions.iter().filter_map(|button| match button.action {
        Action::Fix(problem) => Some(problem),
        _ => None,
    });
    let helped = step.done_when.iter().filter_map(|condition| match condition {
        StepCondition::FixHelped(problem) => Some(*problem),
        _ => None,
    });
    let mut problems: Vec<_> = fixed.chain(helped).filter(|id| id.is_story()).collect();
    problems.sort_unstable();
    problems.dedup();
    problems
}

pub(crate) fn without_times(state: PresentationState) -> PresentationState {
    let steps = state.steps.into_iter().map(|step| StepState {
        elapsed_ms: 0,
        ..step
    });
    PresentationState {
        revision: 0,
        elapsed_ms: 0,
        steps: steps.collect(),
        ..state
    }
}
