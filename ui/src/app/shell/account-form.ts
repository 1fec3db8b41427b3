import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  afterNextRender,
  computed,
  inject,
  input,
  output,
  viewChild,
} from '@angular/core';

import { ApiProblem } from '../core/api/api-problem';
import { Health } from '../core/api/health';
import { problemWords } from '../core/i18n/error-words';
import { Language } from '../core/i18n/language';

/** Why a code was refused: it is none, or the log-in failed. */
export type AccountRefusal =
  { kind: 'malformed' } | { kind: 'failed'; code: string; error: unknown };

/** The field for the code of another account. */
@Component({
  selector: 'rs-account-form',
  template: `
    <form (submit)="submit($event, field.value)">
      <h2>{{ say('account.title') }}</h2>
      <label for="account-code">{{ say('account.hint') }}</label>
      <div class="line">
        <input
          id="account-code"
          #field
          data-test="account-input"
          autocomplete="off"
          spellcheck="false"
          maxlength="12"
          aria-describedby="account-refusal"
          [attr.aria-invalid]="refusal() !== null"
          [value]="code()"
        />
        <button type="submit" data-test="account-apply" [attr.aria-disabled]="busy()">
          {{ say('account.apply') }}
        </button>
      </div>
      <p id="account-refusal" role="alert" data-test="account-error">{{ refusalWords() }}</p>
    </form>
  `,
  styleUrl: './account-form.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AccountForm {
  /** The code of the present account. */
  readonly code = input.required<string>();
  /** Why the last code was refused. */
  readonly refusal = input.required<AccountRefusal | null>();
  readonly busy = input.required<boolean>();
  readonly wanted = output<string>();
  private readonly language = inject(Language);
  private readonly health = inject(Health);
  protected readonly say = this.language.say;
  protected readonly refusalWords = computed(() => {
    const refusal = this.refusal();
    if (!refusal) return null;
    if (refusal.kind === 'malformed') return this.say('account.malformed');
    const { code, error } = refusal;
    if (error instanceof ApiProblem && error.code === 'player_not_found') {
      const seeding = this.health.seeding();
      if (!seeding) return this.say('account.notFound', { code });
      const { number } = this.language.formats();
      return this.say('account.notSeeded', {
        code,
        done: number(seeding.done),
        total: number(seeding.total),
      });
    }
    const { what } = problemWords(error);
    // The phrase of this error says "three times in a row", which is true of spins only.
    const reason =
      error instanceof ApiProblem ? this.language.text(what) : this.say('start.unreachable.title');
    return this.say('account.failed', { reason });
  });
  private readonly field = viewChild.required<ElementRef<HTMLInputElement>>('field');

  constructor() {
    afterNextRender(() => {
      const field = this.field().nativeElement;
      field.focus();
      field.select();
    });
  }

  protected submit(event: Event, typed: string): void {
    event.preventDefault();
    this.wanted.emit(typed);
  }
}
