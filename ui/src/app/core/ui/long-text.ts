import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  linkedSignal,
} from '@angular/core';

import { Language } from '../i18n/language';
import { brief } from '../i18n/legible';
import { DottedName } from './dotted-name';

/** Number of characters that are shown at first. */
const MOST = 600;

/** A text of any length from outside: its beginning, and a button that shows the whole text. */
@Component({
  selector: 'rs-long-text',
  imports: [DottedName],
  template: `<rs-dotted-name [text]="open() ? text() : start()" />&ngsp;
    @if (long()) {
      &ngsp;<button
        type="button"
        data-test="long-text"
        [attr.aria-expanded]="open()"
        (click)="open.set(!open())"
      >
        {{ open() ? say('more.less') : whole() }}
      </button>
    }`,
  styles: `
    :host {
      overflow-wrap: anywhere;
      unicode-bidi: isolate;
    }
    button {
      color: var(--dim);
      font: inherit;
      font-size: 0.85rem;
      text-decoration: underline;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class LongText {
  readonly text = input.required<string>();
  readonly most = input(MOST);

  private readonly language = inject(Language);
  protected readonly say = this.language.say;
  /** A new text is shown shortened again. */
  protected readonly open = linkedSignal({ source: this.text, computation: () => false });
  protected readonly start = computed(() => brief(this.text(), this.most()));
  protected readonly long = computed(() => this.text().length > this.most());
  protected readonly whole = computed(() =>
    this.say('more.whole', { count: this.language.formats().number(this.text().length) }),
  );
}
