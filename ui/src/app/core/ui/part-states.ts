import {
  ChangeDetectionStrategy,
  Component,
  ErrorHandler,
  OnInit,
  inject,
  input,
} from '@angular/core';

import { Language } from '../i18n/language';

/** Stands where a part of the page is still being loaded. It shows after a moment: most parts are there before. */
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
 * Stands where a part of the page could not be loaded. A browser does not load a module again that failed once, so trying
 * again loads the whole page: the address says where one was.
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
  /** Name of what is missing, for the report. */
  readonly part = input.required<string>();
  protected readonly say = inject(Language).say;
  private readonly errors = inject(ErrorHandler);

  ngOnInit(): void {
    // A block that has a word for its failure reports none by itself.
    this.errors.handleError(new Error(`The part “${this.part()}” of the page could not be loaded`));
  }

  protected reload(): void {
    location.reload();
  }
}
