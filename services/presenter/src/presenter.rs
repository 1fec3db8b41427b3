//! A presentation with its script, its progress, and the files that keep both.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};
use reelscope_collector::ReadError;
use reelscope_contracts::{ApiProblem, Code};
use reelscope_store::durable;

use crate::calculator::inputs::InputId;
use crate::calculator::{Calculation, Calculator};
use crate::evaluation::{LookedAt, are_two_spins};
use crate::facts::Observer;
use crate::files::{OWN_SCRIPT, PROGRESS, stored_on_disk, stored_progress, stored_script};
use crate::progress::{Progress, StepRecord};
use crate::reading;
use crate::reading::ScriptMistake;
use crate::script::{Script, ScriptLanguage, Step, StepCondition};
use crate::scripts::{OwnScript, built_in};
use crate::standing::{fulfil, key, standing, without_times};
use crate::take_away::{TakeAway, take_away};
use crate::wire::{Presentation, PresentationState, PresentationStatus, Seen};

/// Name of the event that tells pages of a change.
const EVENT: &str = "presentation";
/// Interval of looking whether a condition is fulfilled, while a presentation is given.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Number of looks after which the time that was spent is stored, although nothing has changed.
const STORED_EVERY: u32 = 15;
/// Limit of opened traces that one look reads, the newest first.
const READ_AT_MOST: usize = 10;

/// The presentation. Clones share it.
#[derive(Clone)]
pub struct Presenter {
    shared: Arc<Shared>,
}

struct Shared {
    observer: Observer,
    calculator: Calculator,
    data_dir: PathBuf,
    built_in: [Script; 2],
    state: Mutex<State>,
}

struct State {
    own: Option<OwnScript>,
    progress: Progress,
    /// What the pages were told last, without times.
    told: Option<PresentationState>,
}

impl Presenter {
    /// Continues where the data directory says. `own` is the script of the command line, which comes before one that
    /// was stored.
    ///
    /// # Errors
    /// The mistakes of a built-in script.
    pub fn new(
        observer: Observer,
        data_dir: PathBuf,
        own: Option<OwnScript>,
    ) -> Result<Self, Vec<ScriptMistake>> {
        let built_in = [
            reading::read(built_in(ScriptLanguage::En))?,
            reading::read(built_in(ScriptLanguage::Ru))?,
        ];
        let own = own.or_else(|| stored_script(&data_dir));
        let progress = stored_progress(&data_dir);
        let state = State {
            own,
            progress,
            told: None,
        };
        Ok(Self {
            shared: Arc::new(Shared {
                calculator: Calculator::of(observer.clone(), &data_dir),
                observer,
                data_dir,
                built_in,
                state: Mutex::new(state),
            }),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock()
    }

    /// Returns the text of the script in a language, or of the own one.
    #[must_use]
    pub fn text(&self, language: ScriptLanguage) -> String {
        let state = self.state();
        let own = state.own.as_ref().map(|own| own.text.clone());
        own.unwrap_or_else(|| built_in(language).to_owned())
    }

    /// Returns the script in a language, or the own one.
    #[must_use]
    pub fn script(&self, language: ScriptLanguage) -> Script {
        let own = self.state().own.as_ref().map(|own| own.script.clone());
        let [en, ru] = &self.shared.built_in;
        own.unwrap_or_else(|| match language {
            ScriptLanguage::En => en.clone(),
            ScriptLanguage::Ru => ru.clone(),
        })
    }

    /// Returns everything.
    pub async fn presentation(&self, language: ScriptLanguage) -> Presentation {
        let script = self.script(language);
        let state = self.look(&script).await;
        Presentation { script, state }
    }

    /// Returns where the presentation stands.
    pub async fn standing(&self) -> PresentationState {
        self.look(&self.script(ScriptLanguage::En)).await
    }

    /// Gathers the take-away in a language.
    ///
    /// # Errors
    /// The telemetry could not be read.
    pub async fn take_away(&self, language: ScriptLanguage) -> Result<TakeAway, ReadError> {
        let script = self.script(language);
        let opened = |id: &str| self.state().progress.is_opened(id);
        let questions = script.questions.iter().filter(|question| opened(&question.id));
        let questions = questions.cloned().collect();
        let calculation = self.calculation().await;
        take_away(&self.shared.observer, &script, calculation, questions, language).await
    }

    /// What is entered into the calculator.
    pub(crate) fn calculator(&self) -> &Calculator {
        &self.shared.calculator
    }

    /// Computes everything that the calculator shows.
    pub async fn calculation(&self) -> Calculation {
        self.calculator().calculation(self.currency()).await
    }

    /// Takes over what is measured of an input of the calculator.
    ///
    /// # Errors
    /// Nothing is measured of it yet, or it could not be stored.
    pub(crate) async fn take_over(&self, id: InputId) -> Result<(), ApiProblem> {
        self.calculator().take_over(id, &self.currency()).await
    }

    /// The currency of the customer's own figures.
    fn currency(&self) -> String {
        self.script(ScriptLanguage::En).customer.currency
    }

    /// Begins at the first step, after the demo was brought to its start where that is wanted.
    ///
    /// # Errors
    /// The [`ApiProblem`] of the reset, or that the progress could not be stored.
    pub async fn start(&self, reset_demo: bool) -> Result<(), ApiProblem> {
        if reset_demo {
            self.shared.observer.reset().await?;
        }
        let first = self
            .script(ScriptLanguage::En)
            .steps
            .first()
            .map(|step| step.id.clone());
        let captured = self.shared.observer.captured();
        self.change(|progress| {
            progress.start(&first.unwrap_or_default(), Instant::now(), captured);
            Ok(())
        })
        .await
    }

    /// Goes to the next step, or ends after the last.
    ///
    /// # Errors
    /// No presentation is given, or the progress could not be stored.
    pub async fn next(&self) -> Result<(), ApiProblem> {
        self.walk(|at, steps| at.checked_add(1).filter(|next| *next < steps))
            .await
    }

    /// Goes back to the step before; stays at the first.
    ///
    /// # Errors
    /// As [`Presenter::next`].
    pub async fn back(&self) -> Result<(), ApiProblem> {
        self.walk(|at, _| Some(at.saturating_sub(1))).await
    }

    /// Goes to the step at the index that `to` returns for the present index and the number of steps; without one the
    /// presentation ends.
    async fn walk(&self, to: impl FnOnce(usize, usize) -> Option<usize>) -> Result<(), ApiProblem> {
        let steps = self.script(ScriptLanguage::En).steps;
        let captured = self.shared.observer.captured();
        self.change(|progress| {
            if progress.status != PresentationStatus::UnderWay {
                let sentence = "No presentation is under way; start one first.";
                return Err(ApiProblem::new(Code::InvalidRequest, sentence).field("status"));
            }
            let at = steps
                .iter()
                .position(|step| step.id == progress.step)
                .unwrap_or(0);
            let Some(index) = to(at, steps.len()) else {
                progress.end(Instant::now());
                return Ok(());
            };
            if index > at {
                progress.leave();
            }
            if let Some(step) = steps.get(index) {
                progress.go(&step.id, 0, Instant::now(), captured);
            }
            Ok(())
        })
        .await
    }

    /// Goes to a step, and to a line of what it says. Begins the presentation where none is given.
    ///
    /// # Errors
    /// The script has no such step or line, or the progress could not be stored.
    pub async fn go(&self, id: &str, line: u32) -> Result<(), ApiProblem> {
        let script = self.script(ScriptLanguage::En);
        let Some(step) = script.steps.iter().find(|step| step.id == id) else {
            let sentence = format!("The script has no step `{id}`.");
            return Err(ApiProblem::new(Code::InvalidRequest, sentence).field("step"));
        };
        if line as usize >= step.say.len().max(1) {
            let sentence = format!("The step `{id}` says {} lines.", step.say.len());
            return Err(ApiProblem::new(Code::InvalidRequest, sentence).field("line"));
        }
        let captured = self.shared.observer.captured();
        self.change(|progress| {
            progress.go(id, line, Instant::now(), captured);
            Ok(())
        })
        .await
    }

    /// Ends the presentation.
    ///
    /// # Errors
    /// The progress could not be stored.
    pub async fn end(&self) -> Result<(), ApiProblem> {
        self.change(|progress| {
            progress.end(Instant::now());
            Ok(())
        })
        .await
    }

    /// Notes what a person looks at.
    ///
    /// # Errors
    /// The script has no such question, or the progress could not be stored.
    pub async fn see(&self, seen: Seen) -> Result<(), ApiProblem> {
        if let Seen::Question(id) = &seen
            && !self
                .script(ScriptLanguage::En)
                .questions
                .iter()
                .any(|each| each.id == *id)
        {
            let sentence = format!("The script has no question `{id}`.");
            return Err(ApiProblem::new(Code::InvalidRequest, sentence).field("question"));
        }
        self.change(|progress| {
            progress.see(seen);
            Ok(())
        })
        .await
    }

    /// Uses this script from now on, and stores it; `None` is the built-in one again.
    ///
    /// # Errors
    /// It could not be stored; nothing is changed.
    pub async fn use_script(&self, own: Option<OwnScript>) -> Result<(), ApiProblem> {
        let file = self.shared.data_dir.join(OWN_SCRIPT);
        let text = own.as_ref().map(|own| own.text.clone());
        stored_on_disk(move || match text {
            Some(text) => durable::write(&file, text.as_bytes()),
            None => match std::fs::remove_file(&file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            },
        })
        .await?;
        self.state().own = own;
        self.change(|progress| {
            progress.revision += 1;
            Ok(())
        })
        .await
    }

    /// Changes the progress, and stores it.
    async fn change(
        &self,
        change: impl FnOnce(&mut Progress) -> Result<(), ApiProblem>,
    ) -> Result<(), ApiProblem> {
        let (before, revision) = {
            let mut state = self.state();
            let before = state.progress.revision;
            change(&mut state.progress)?;
            (before, state.progress.revision)
        };
        if revision == before {
            return Ok(());
        }
        self.shared.observer.announce(EVENT, revision);
        self.store().await
    }

    async fn store(&self) -> Result<(), ApiProblem> {
        let presenter = self.clone();
        let file = self.shared.data_dir.join(PROGRESS);
        stored_on_disk(move || {
            // Held while writing, so that an older state never replaces a newer one.
            let mut state = presenter.state();
            state.progress.settle(Instant::now());
            durable::write(&file, &serde_json::to_vec_pretty(&state.progress)?)
        })
        .await
    }

    /// Looks whether conditions are fulfilled and claims borne out, and tells the pages of changes, while a
    /// presentation is given.
    pub async fn watch(self) {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut looks: u32 = 0;
        loop {
            ticks.tick().await;
            if self.state().progress.status != PresentationStatus::UnderWay {
                continue;
            }
            self.standing().await;
            looks = looks.wrapping_add(1);
            if looks.is_multiple_of(STORED_EVERY)
                && let Err(problem) = self.store().await
            {
                tracing::warn!(problem.detail, "the progress of the presentation");
            }
        }
    }

    /// Evaluates a script over the facts of the moment.
    async fn look(&self, script: &Script) -> PresentationState {
        let facts = self.shared.observer.facts().await;
        let step = {
            let state = self.state();
            let present = script.steps.iter().find(|step| step.id == state.progress.step);
            present.map(|step| (step, state.progress.record(&step.id).cloned().unwrap_or_default()))
        };
        let looked_at = match &step {
            Some((step, record)) => self.looked_at(step, record).await,
            None => LookedAt::default(),
        };
        let (shown, changed) = {
            let mut state = self.state();
            let before = state.progress.revision;
            if let Some((step, _)) = &step
                && state.progress.status == PresentationStatus::UnderWay
            {
                fulfil(&mut state.progress, step, &facts, &looked_at);
            }
            let is_fulfilled = state.progress.revision != before;
            let shown = standing(script, state.own.is_some(), &state.progress, &facts, &looked_at);
            let timeless = without_times(shown.clone());
            let is_known = state.told.as_ref() == Some(&timeless);
            if !is_known && !is_fulfilled && state.told.is_some() {
                state.progress.revision += 1;
            }
            let revision = state.progress.revision;
            state.told = Some(timeless);
            (
                (PresentationState { revision, ..shown }),
                (!is_known).then_some((revision, is_fulfilled)),
            )
        };
        if let Some((revision, is_fulfilled)) = changed {
            self.shared.observer.announce(EVENT, revision);
            if is_fulfilled && let Err(problem) = self.store().await {
                tracing::warn!(problem.detail, "the progress of the presentation");
            }
        }
        shown
    }

    /// Reads what a person looked at, as far as a condition of the step asks for it.
    async fn looked_at(&self, step: &Step, record: &StepRecord) -> LookedAt {
        let is_open = |condition: &&StepCondition| record.fulfilled(&key(condition)).is_none();
        let open: Vec<_> = step.done_when.iter().filter(is_open).collect();
        let mut looked_at = LookedAt::default();
        let observer = &self.shared.observer;
        if open
            .iter()
            .any(|condition| matches!(condition, StepCondition::TraceOpened(_)))
        {
            let traces = record.seen.iter().filter_map(|seen| match seen {
                Seen::Trace(id) => Some(id),
                _ => None,
            });
            for id in traces.take(READ_AT_MOST) {
                looked_at.opened.extend(observer.trace(id).await);
            }
        }
        if open.contains(&&StepCondition::SameRoundCompared) {
            for seen in &record.seen {
                let Seen::Compared(pair) = seen else { continue };
                let (before, after) = (
                    observer.trace(&pair.before).await,
                    observer.trace(&pair.after).await,
                );
                looked_at.compared |= before
                    .zip(after)
                    .is_some_and(|(one, other)| are_two_spins(&one, &other));
            }
        }
        looked_at
    }
}
