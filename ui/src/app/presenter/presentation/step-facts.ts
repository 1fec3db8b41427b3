import { ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';

import { Action, Claim, ClaimState } from '../../core/api/schema';
import { Language } from '../../core/i18n/language';
import {
  actionWords,
  claimKey,
  conditionWords,
  enoughWords,
  figureText,
  fixWords,
  nameOfFault,
  rangeText,
} from './presenter-words';
import { Standing } from './standing';

/** The figures of a script beside what is measured, each with what to do where it is not borne out. */
@Component({
  selector: 'rs-claims',
  template: `
    @for (row of rows(); track $index) {
      <div class="claim" data-test="claim" [attr.data-verdict]="row.verdict">
        <span class="label">{{ row.label }}</span>
        <span class="stated">{{ say('presenter.claim.stated') }} {{ row.stated }}</span>
        <b class="measured">{{ row.measured }}</b>
        <span class="verdict">{{ row.words }}</span>
        @if (row.enough; as enough) {
          <span class="enough" data-test="claim-enough">{{ enough }}</span>
        }
        @if (row.needs; as needs) {
          <button type="button" class="quiet" data-test="claim-needs" (click)="act.emit(needs)">
            {{ row.doing }}
          </button>
        }
      </div>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: var(--space-5);
    }
    .claim {
      display: grid;
      grid-template: auto auto / minmax(0, 1fr) auto;
      gap: 0 var(--space-8);
      padding: var(--space-5) var(--space-7);
      border-left: 0.2rem solid var(--edge);
      border-radius: 0.3rem;
      background: var(--raised);
    }
    .claim[data-verdict='borne_out'] {
      border-color: var(--good);
    }
    .claim[data-verdict='not_borne_out'] {
      border-color: var(--warn);
    }
    .measured {
      grid-area: 1 / 2;
      font-size: 1.35rem;
      line-height: 1.2;
      text-align: right;
    }
    [data-verdict='borne_out'] .measured,
    [data-verdict='borne_out'] .verdict {
      color: var(--good);
    }
    [data-verdict='not_borne_out'] .measured,
    [data-verdict='not_borne_out'] .verdict {
      color: var(--warn);
    }
    .stated,
    .verdict {
      color: var(--dim);
      font-size: 0.85rem;
    }
    .verdict {
      text-align: right;
    }
    .enough {
      grid-column: 1 / -1;
      color: var(--soft);
      font-size: 0.85rem;
      text-align: right;
    }
    button {
      grid-column: 1 / -1;
      justify-self: start;
      margin-top: var(--space-4);
      font-size: 0.85rem;
      white-space: normal;
      text-align: left;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Claims {
  private readonly language = inject(Language);
  protected readonly say = this.language.say;

  readonly claims = input.required<readonly Claim[]>();
  readonly states = input.required<readonly ClaimState[]>();
  /** What a figure needs so that it is measured or borne out. */
  readonly act = output<Action>();

  protected readonly rows = computed(() =>
    this.claims().flatMap(({ label, stated }, at) => {
      const state = this.states()[at];
      if (!state) return [];
      const { measured, unit, spins, verdict, needs } = state;
      const over = spins > 0 ? ` · ${this.language.count('presenter.claim.spins', spins)}` : '';
      const enough = enoughWords(this.language, state);
      return [
        {
          label,
          verdict,
          needs,
          stated: rangeText(this.language, stated, unit),
          measured: figureText(this.language, measured, unit),
          words: this.say(claimKey(state)) + over,
          enough,
          doing: needs ? actionWords(this.language, needs) : '',
        },
      ];
    }),
  );
}

/** Limit of the marks that a line has room for. */
const IN_A_LINE = 3;

/** What fulfils the step, each with a mark, and what its fixes brought; in one line how many, and the next of them. */
@Component({
  selector: 'rs-step-conditions',
  template: `
    @for (row of inLine() ? summed() : rows(); track $index) {
      <span
        class="condition"
        data-test="condition"
        [attr.data-fulfilled]="row.fulfilled"
        [title]="row.words"
      >
        <svg class="outline" viewBox="0 0 16 16" aria-hidden="true">
          @if (row.fulfilled) {
            <path d="m3 8.5 3.5 3.5L13 5" />
          } @else {
            <circle cx="8" cy="8" r="5" />
          }
        </svg>
        <span class="cut">{{ row.words }}</span>
        <span class="visually-hidden">{{
          say(row.fulfilled ? 'presenter.done' : 'presenter.open')
        }}</span>
      </span>
    }
  `,
  styles: `
    :host {
      display: flex;
      gap: var(--space-3) var(--space-9);
      min-width: 0;
      color: var(--soft);
      font-size: 0.85rem;
    }
    :host(.column) {
      flex-direction: column;
    }
    :host(.column) .cut {
      white-space: normal;
    }
    .condition {
      display: flex;
      align-items: center;
      gap: var(--space-3);
      min-width: 0;
    }
    .condition[data-fulfilled='true'] {
      color: var(--good);
    }
    svg {
      flex: none;
      width: 1rem;
      height: 1rem;
      stroke-width: 2;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class StepConditions {
  private readonly language = inject(Language);
  protected readonly say = this.language.say;

  readonly standing = input.required<Standing>();
  readonly inLine = input(false);

  protected readonly summed = computed(() => {
    const rows = this.rows();
    if (rows.length <= IN_A_LINE) return rows;
    const open = rows.filter(({ fulfilled }) => !fulfilled);
    const { number } = this.language.formats();
    const counts = { done: number(rows.length - open.length), of: number(rows.length) };
    const words = this.say('presenter.doneOf', counts);
    return [{ fulfilled: open.length === 0, words }, ...open.slice(0, 1)];
  });
  protected readonly rows = computed(() => {
    const { step, state } = this.standing();
    const conditions = (step.done_when ?? []).flatMap((condition, at) => {
      const now = state.conditions[at];
      if (!now) return [];
      const words = conditionWords(this.language, condition, now);
      return [{ fulfilled: now.fulfilled, words }];
    });
    const fixes = state.fixes.map((fix) => {
      const { problem, verdict, before, after, unit } = fix;
      const figures = {
        before: figureText(this.language, before, unit),
        after: figureText(this.language, after, unit),
      };
      const name = nameOfFault(this.language, problem);
      const words = fixWords(this.language, fix, figures);
      return { fulfilled: verdict === 'helped', words: `${name}: ${words}` };
    });
    return [...conditions, ...fixes];
  });
}
