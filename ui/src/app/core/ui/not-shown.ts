import { ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';

import { Language } from '../i18n/language';

/** How many of a list are not shown, with a button that shows them; nothing where all are. */
@Component({
  selector: 'rs-not-shown',
  template: `
    @if (count() > 0) {
      <span data-test="not-shown">{{ words() }}</span>
      @if (expandable()) {
        &ngsp;<button type="button" data-test="show-all" (click)="shown.emit()">
          {{ say('more.all') }}
        </button>
      }
    }
  `,
  styles: `
    :host {
      color: var(--dim);
    }
    button {
      color: var(--soft);
      text-decoration: underline;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class NotShown {
  readonly count = input.required<number>();
  /** False where nobody has the rest. */
  readonly expandable = input(true);
  readonly shown = output();

  private readonly language = inject(Language);
  protected readonly say = this.language.say;
  protected readonly words = computed(() =>
    this.say('more.rest', { count: this.language.formats().number(this.count()) }),
  );
}
