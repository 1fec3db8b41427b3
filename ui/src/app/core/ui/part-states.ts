import {
  ChangeDetectionStrategy,
  Component,
  ErrorHandler,
  OnInit,
  inject,
  input,
} from '@angular/core';

import { Language } from '../i18n/language';

/**
 * Placeholder of a part of the page that is being loaded. It appears after a moment, because most parts are loaded
 * before.
 */
@Component({
  selector: 'rs-part-loading',
  template: `<p role="status" data-test="part-loading">{{ say('part.loading') }}</p>`,
  styles: `
    p {
      padding: var(--space-20);
      color: var(--dim);
      animation: appear 0s 300ms backwards;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PartLoading {
  protected readonly say = inject(Language).say;
}

/**
 * Replaces a part of the page that could not be loaded. A browser does not load a failed module again, so the button
 * reloads the whole page; the address restores what it showed.
 */
@Component({
  selector: 'rs-part-failed',
  template: `
    <div role="alert" data-test="part-failed">
      <p>{{ say('part.failed') }}</p>
      <button type="button" data-test="part-retry" (click)="reload()">
        {{ say('part.retry') }}
      </button>
    </div>
  `,
  styles: `
    div {
      display: grid;
      justify-items: start;
      gap: var(--space-8);
      padding: var(--space-20);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PartFailed implements OnInit {
  /** The name of the part, for the report. */
  readonly part = input.required<string>();
  protected readonly say = inject(Language).say;
  private readonly errors = inject(ErrorHandler);

  ngOnInit(): void {
    // Angular reports no error of a `@defer` block that has an `@error` block.
    this.errors.handleError(new Error(`The part “${this.part()}” of the page could not be loaded`));
  }

  protected reload(): void {
    location.reload();
  }
}
