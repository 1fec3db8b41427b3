import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';

import { Step } from '../../core/api/schema';
import { Language } from '../../core/i18n/language';
import { PresentationStore } from '../presentation/presentation-store';
import { conditionWords } from '../presentation/presenter-words';
import { PlayedStep, Remark } from './script-run';

/** How the steps of a rehearsal went, and what each missed one lacks. */
@Component({
  selector: 'rs-run-report',
  template: `
    <p [class.good]="missed() === 0" [class.bad]="missed() > 0" data-test="run-sum">{{ sum() }}</p>
    <ol>
      @for (row of rows(); track row.id) {
        <li data-test="run-step" [attr.data-step]="row.id" [attr.data-fulfilled]="row.fulfilled">
          <p class="title">
            <svg class="outline" viewBox="0 0 16 16" aria-hidden="true">
              @if (row.fulfilled) {
                <path d="m3 8.5 3.5 3.5L13 5" />
              } @else {
                <path d="m4 4 8 8m0-8-8 8" />
              }
            </svg>
            {{ row.title }}
            <span class="visually-hidden">{{
              say(row.fulfilled ? 'presenter.done' : 'presenter.run.missed')
            }}</span>
          </p>
          @for (words of row.remarks; track $index) {
            <p class="remark" data-test="run-remark">{{ words }}</p>
          }
        </li>
      }
    </ol>
  `,
  styles: `
    .good {
      color: var(--good);
    }
    .bad {
      color: var(--bad);
    }
    ol {
      display: grid;
      gap: var(--space-4);
      margin-top: var(--space-8);
    }
    .title {
      display: flex;
      align-items: center;
      gap: var(--space-4);
    }
    svg {
      flex: none;
      width: 1rem;
      height: 1rem;
      stroke-width: 2;
      color: var(--good);
    }
    [data-fulfilled='false'] svg {
      color: var(--bad);
    }
    .remark {
      margin-left: var(--space-14);
      color: var(--soft);
      font-size: 0.85rem;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RunReport {
  private readonly language = inject(Language);
  private readonly store = inject(PresentationStore);
  protected readonly say = this.language.say;

  readonly steps = input.required<readonly PlayedStep[]>();

  protected readonly missed = computed(
    () => this.steps().filter(({ fulfilled }) => !fulfilled).length,
  );
  protected readonly sum = computed(() => {
    const { number } = this.language.formats();
    const [all, missed] = [this.steps().length, this.missed()];
    return this.say('presenter.run.sum', { done: number(all - missed), of: number(all) });
  });
  protected readonly rows = computed(() => {
    const steps = this.store.presentation()?.script.steps ?? [];
    return this.steps().flatMap(({ id, fulfilled, remarks }) => {
      const step = steps.find((each) => each.id === id);
      if (!step) return [];
      const words = remarks.map((remark) => this.remarkWords(step, remark));
      return [{ id, fulfilled, title: step.title, remarks: words }];
    });
  });

  private remarkWords(step: Step, remark: Remark): string {
    switch (remark.what) {
      case 'condition': {
        const condition = step.done_when?.[remark.at];
        const words = condition ? conditionWords(this.language, condition, remark.state) : '';
        return this.say('presenter.run.notFulfilled', { words });
      }
      case 'refusal': {
        const label = step.actions?.[remark.button]?.label ?? '';
        return this.say('presenter.run.refused', { label, words: remark.words });
      }
      case 'spot': {
        const text = step.say?.[remark.line]?.text ?? '';
        return this.say('presenter.run.notShown', { text });
      }
    }
  }
}
