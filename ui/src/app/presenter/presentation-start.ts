import { ChangeDetectionStrategy, Component, computed, inject, output } from '@angular/core';

import { Language } from '../core/i18n/language';
import { LoadWords } from '../core/ui/load-words';
import { PresentationStore } from './presentation/presentation-store';
import { ChosenRun, RunChoice } from './run/run-choice';
import { ScriptChoice } from './script-choice';

/** Where a presentation is begun: which script, for whom, how long, and with a second screen or without. */
@Component({
  selector: 'rs-presentation-start',
  imports: [LoadWords, RunChoice, ScriptChoice],
  templateUrl: './presentation-start.html',
  styleUrl: './presentation-start.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { 'data-test': 'presentation-start' },
})
export class PresentationStart {
  private readonly language = inject(Language);
  protected readonly store = inject(PresentationStore);
  protected readonly say = this.language.say;

  /** It shall begin; true from the first step on. */
  readonly begun = output<boolean>();
  /** It shall play itself. */
  readonly run = output<ChosenRun>();
  readonly view = output();
  readonly closed = output();

  protected readonly script = computed(() => this.store.presentation()?.script ?? null);
  protected readonly length = computed(() => {
    const { number } = this.language.formats();
    const planned = this.store.presentation()?.state.planned_ms ?? 0;
    const steps = this.language.count('presenter.steps', this.script()?.steps.length ?? 0);
    const minutes = this.say('presenter.minutes', {
      minutes: number(Math.round(planned / 60_000)),
    });
    return `${steps} · ${minutes}`;
  });
  /** Where an ended presentation can go on; empty where it begins. */
  protected readonly goOn = computed(() => {
    const standing = this.store.standing();
    const left = this.store.status() === 'ended' && standing?.next;
    if (!standing || (!left && !this.store.underWay())) return '';
    const step = this.language.formats().number(standing.at + 1);
    return this.say('presenter.goOn', { step });
  });
}
