import { ChangeDetectionStrategy, Component, DestroyRef, computed, inject } from '@angular/core';

import { Language } from '../../core/i18n/language';
import { reserveBelow } from '../../core/ui/root-size';
import { PresentationStore } from '../presentation/presentation-store';
import { ScriptRun } from './script-run';
import { StepConditions } from '../presentation/step-facts';

/** Height of the bar, in rem. */
const HEIGHT_REM = 5.2;

/** What is said and done while a script plays itself, below the page. */
@Component({
  selector: 'rs-run-bar',
  imports: [StepConditions],
  templateUrl: './run-bar.html',
  styleUrls: ['../bar.css', './run-bar.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RunBar {
  private readonly language = inject(Language);
  protected readonly store = inject(PresentationStore);
  protected readonly run = inject(ScriptRun);
  protected readonly say = this.language.say;

  protected readonly place = computed(() => {
    const standing = this.store.standing();
    if (!standing) return '';
    const { number } = this.language.formats();
    const [step, steps] = [number(standing.at + 1), number(standing.of)];
    return this.say('presenter.stepOf', { step, steps });
  });
  protected readonly how = computed(() => {
    const kind = this.run.kind();
    if (!kind) return '';
    const speed = this.language.formats().number(this.run.speed());
    return `${this.say(`presenter.run.${kind}`)} · ${this.say('presenter.run.times', { speed })}`;
  });

  constructor() {
    reserveBelow(HEIGHT_REM);
    inject(DestroyRef).onDestroy(() => reserveBelow(0));
  }
}
