import { ChangeDetectionStrategy, Component, computed, effect, inject } from '@angular/core';

import { Action } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { LoadWords } from '../core/ui/load-words';
import { OwnCommand, followCommands } from './commands';
import { PresentationStore } from './presentation/presentation-store';
import { clockText } from './presentation/presenter-words';
import { QuestionList } from './presentation/question-list';
import { Questions } from './presentation/questions';
import { Remote } from './remote';
import { ScriptChoice } from './script-choice';
import { buttonId, nextButton } from './presentation/standing';
import { Claims, StepConditions } from './presentation/step-facts';

/** What the presenter reads while the projector shows the machine; its buttons act in the window of the machine. */
@Component({
  selector: 'rs-presenter-view',
  imports: [Claims, LoadWords, QuestionList, ScriptChoice, StepConditions],
  templateUrl: './presenter-view.html',
  styleUrl: './presenter-view.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PresenterView {
  private readonly language = inject(Language);
  protected readonly store = inject(PresentationStore);
  protected readonly remote = inject(Remote);
  protected readonly questions = inject(Questions);
  protected readonly say = this.language.say;

  protected readonly script = computed(() => this.store.presentation()?.script ?? null);
  protected readonly steps = computed(() => {
    const states = this.store.presentation()?.state.steps ?? [];
    const { number } = this.language.formats();
    return (this.script()?.steps ?? []).map(({ id, title }, at) => ({
      id,
      title,
      number: number(at + 1),
      done: states[at]?.done ?? false,
      now: at === this.store.standing()?.at,
    }));
  });
  protected readonly times = computed(() => {
    const formats = this.language.formats();
    return this.store.times().map(({ spent, plan, ...time }) => ({
      ...time,
      spent: clockText(formats, spent),
      plan: this.say('presenter.of', { planned: clockText(formats, plan) }),
      share: plan > 0 ? Math.min(spent / plan, 1) : 0,
    }));
  });
  protected readonly buttons = computed(() => {
    const standing = this.store.standing();
    if (!standing) return [];
    const pressed = new Set(this.remote.projector().pressed);
    const next = nextButton(standing, pressed);
    return (standing.step.actions ?? []).map((button, at) => ({
      ...button,
      id: buttonId(standing.step.id, at),
      pressed: pressed.has(buttonId(standing.step.id, at)),
      next: at === next,
    }));
  });
  protected readonly following = computed(() => {
    const standing = this.store.standing();
    if (!standing) return '';
    const { next } = standing;
    return next
      ? this.say('presenter.nextStep', { title: next.title })
      : this.say('presenter.lastStep');
  });
  protected readonly startWords = computed(() => {
    const standing = this.store.standing();
    if (this.store.status() !== 'ended' || !standing?.next) return this.say('presenter.start');
    const step = this.language.formats().number(standing.at + 1);
    return this.say('presenter.goOn', { step });
  });

  constructor() {
    followCommands((command) => this.run(command));
    effect(() => (document.title = `${this.say('presenter.openView')} · ${this.say('brand')}`));
    let asked = '';
    effect(() => {
      const id = this.questions.shown() ?? '';
      if (id !== '' && id !== asked) void this.store.note({ question: id });
      asked = id;
    });
  }

  protected perform(action: Action, button?: string): void {
    // A question is answered where it is read.
    if (typeof action === 'object' && 'question' in action)
      return this.questions.open(action.question);
    if (this.remote.busy()) return;
    const order = button === undefined ? { perform: action } : { perform: action, button };
    void this.remote.order(order);
  }

  protected openMachine(): void {
    window.open('/', 'reelscope-machine');
  }

  private run(command: OwnCommand): void {
    switch (command) {
      case 'start':
        return void this.store.start();
      case 'black':
        return void this.remote.order('black');
    }
  }
}
