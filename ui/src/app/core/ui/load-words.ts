import { ChangeDetectionStrategy, Component, inject, input, output } from '@angular/core';

import { LoadState } from '../api/followed';
import { Key, Language } from '../i18n/language';

/** Text in place of content that is being loaded, or could not be loaded, with a button to retry. */
@Component({
  selector: 'rs-load-state',
  template: `
    @if (state() === 'failed') {
      <div role="alert">
        <p>{{ say(failed()) }}</p>
        <button type="button" class="quiet" (click)="again.emit()">
          {{ say('insights.again') }}
        </button>
      </div>
    } @else {
      <p role="status">{{ say(loading()) }}</p>
    }
  `,
  styles: `
    div {
      display: flex;
      flex-direction: column;
      align-items: center;
      gap: var(--space-9);
    }
    :host {
      display: block;
      color: var(--soft);
      text-align: center;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class LoadWords {
  readonly state = input.required<LoadState | 'unknown'>();
  /** The phrases for both states. */
  readonly loading = input.required<Key>();
  readonly failed = input<Key>('insights.noAnswer');
  readonly again = output();
  protected readonly say = inject(Language).say;
}
