import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  afterNextRender,
  inject,
  input,
  output,
  viewChild,
} from '@angular/core';

import { Language } from '../core/i18n/language';

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
      <p id="account-refusal" role="alert" data-test="account-error">{{ refusal() }}</p>
    </form>
  `,
  styleUrl: './account-form.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AccountForm {
  /** The code of the present account. */
  readonly code = input.required<string>();
  /** Why the last code was refused. */
  readonly refusal = input.required<string | null>();
  readonly busy = input.required<boolean>();
  readonly wanted = output<string>();
  protected readonly say = inject(Language).say;
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
