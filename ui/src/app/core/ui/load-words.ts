import { ChangeDetectionStrategy, Component, inject, input, output } from '@angular/core';

import { LoadState } from '../api/followed';
import { Key, Language } from '../i18n/language';

/** Stands where nothing is shown yet: it is being loaded, or could not be and can be asked for again. */
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
  /** What is said while it is loaded, and where it could not be. */
  readonly loading = input.required<Key>();
  readonly failed = input<Key>('insights.noAnswer');
  readonly again = output();
  protected readonly say = inject(Language).say;
}
