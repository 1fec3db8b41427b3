//! Decides which conditions are fulfilled. Pure.

use reelscope_demo::faults::table::{FaultId, FaultState};
use reelscope_demo::players::SPIN;
use reelscope_page_api::telemetry::{Span, TraceDetail};

use crate::facts::{Facts, PersonSpin};
use crate::judging::fix_state;
use crate::progress::{Progress, StepRecord};
use crate::script::{SpanShown, StepCondition};
use crate::wire::{ConditionState, FixVerdict, Seen};

/// The traces that a person looked at in a step.
#[derive(Default)]
pub(crate) struct LookedAt {
    /// The traces that were opened.
    pub(crate) opened: Vec<TraceDetail>,
    /// Whether two traces of different spins were compared.
    pub(crate) compared: bool,
}

/// Whether two traces that were compared are two different spins.
pub(crate) fn are_two_spins(before: &TraceDetail, after: &TraceDetail) -> bool {
    let is_spin = |trace: &TraceDetail| trace.summary.name == SPIN;
    is_spin(before) && is_spin(after) && before.summary.trace_id != after.summary.trace_id
}

/// Tells how a condition stands, as if it had not been fulfilled before.
// Long because it has a case for each kind of condition.
pub(crate) fn evaluate(
    condition: &StepCondition,
    facts: &Facts,
    (progress, record): (&Progress, &StepRecord),
    looked_at: &LookedAt,
) -> ConditionState {
    let fault = |id: FaultId| facts.board.faults.iter().find(|fault| fault.id == id);
    let since = |of: fn(&&PersonSpin) -> bool| {
        let spins = facts.spins.iter();
        let of_step = spins.filter(|spin| spin.first_envelope > record.began_after);
        of_step.filter(of).count()
    };
    match condition {
        StepCondition::Spins(least) => counted(since(|_| true), *least),
        StepCondition::Failures(least) => counted(since(|spin| spin.failed), *least),
        StepCondition::QuestionsOpened(least) => counted(progress.questions_opened(), *least),
        StepCondition::Share(wanted) => {
            let shares = facts.newest().map(|figures| &figures.shares);
            let measured = shares.map(|shares| shares.get(&wanted.service).copied().unwrap_or(0.0));
            ConditionState {
                fulfilled: measured.is_some_and(|share| share >= wanted.percent),
                measured,
                wanted: Some(wanted.percent),
            }
        }
        StepCondition::TraceOpened(wanted) => {
            let shows = |trace: &TraceDetail| trace.spans.iter().any(|span| is_shown(span, wanted));
            whether(looked_at.opened.iter().any(shows))
        }
        StepCondition::Observed(id) => whether(fault(*id).is_some_and(|fault| fault.observed.is_some())),
        StepCondition::Problem(wanted) => {
            let state = fault(wanted.id).map_or(FaultState::Off, |fault| fault.state);
            whether(state == wanted.is)
        }
        StepCondition::FixHelped(id) => whether(fix_state(*id, facts).verdict == FixVerdict::Helped),
        StepCondition::Release(version) => whether(facts.board.release == *version),
        StepCondition::Traffic(on) => whether(facts.traffic == *on),
        StepCondition::OverheadMeasured => whether(facts.cost.is_some()),
        StepCondition::SameRoundCompared => whether(looked_at.compared),
        StepCondition::IssueOpened => whether(record.seen.iter().any(|seen| matches!(seen, Seen::Issue(_)))),
        StepCondition::PageSeen(page) => whether(record.seen.contains(&Seen::Page(*page))),
    }
}

#[allow(clippy::cast_precision_loss)] // a few thousand
fn counted(count: usize, least: u32) -> ConditionState {
    ConditionState {
        fulfilled: count as u64 >= u64::from(least),
        measured: Some(count as f64),
        wanted: Some(f64::from(least)),
    }
}

fn whether(fulfilled: bool) -> ConditionState {
    ConditionState {
        fulfilled,
        measured: None,
        wanted: None,
    }
}

#[allow(clippy::cast_precision_loss)] // a span is shorter than 2^53 microseconds
fn is_shown(span: &Span, wanted: &SpanShown) -> bool {
    let is = |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
    let has_attribute = wanted.attribute.as_ref().is_none_or(|name| {
        let value = span.data.get(name);
        let equals = wanted.equals.as_ref();
        value.is_some_and(|value| equals.is_none_or(|wanted| wanted == value))
    });
    let lasted_ms = (span.end_us - span.start_us) as f64 / 1e3;
    is(&wanted.service, &span.service)
        && is(&wanted.op, &span.op)
        && is(&wanted.description, &span.description)
        && has_attribute
        && wanted.at_least_ms.is_none_or(|least| lasted_ms >= least)
}
