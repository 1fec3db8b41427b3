import { ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';

import { Language } from '../i18n/language';

/** The number of omitted elements of a list, with a button that shows them; empty if there are none. */
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
  /** False if the omitted elements cannot be loaded. */
  readonly expandable = input(true);
  readonly shown = output();

  private readonly language = inject(Language);
  protected readonly say = this.language.say;
  protected readonly words = computed(() =>
    this.say('more.rest', { count: this.language.formats().number(this.count()) }),
  );
}
