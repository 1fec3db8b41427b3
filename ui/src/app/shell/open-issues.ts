import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { Language } from '../core/i18n/language';
import { openWords } from '../issues/issue-list';
import { IssueStore } from '../issues/issue-store';

/** The number of open issues, beside the link to their page. */
@Component({
  selector: 'rs-open-issues',
  template: `@if (open(); as open) {
    <b data-test="open-issues" [title]="open.text">{{ open.count }}</b>
  }`,
  styles: `
    /* Above its word, because the next links must not move when it comes or goes. */
    b {
      position: absolute;
      top: var(--space-2);
      left: calc(100% - var(--space-6));
      min-width: 1rem;
      padding: 0 var(--space-2);
      border-radius: 0.5rem;
      background: var(--bad-badge);
      color: var(--on-badge);
      font-size: 0.75rem;
      font-weight: 650;
      line-height: 1rem;
      text-align: center;
    }
    /* The header has two lines. */
    @container (max-width: 58rem) {
      b {
        top: -0.7rem;
      }
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class OpenIssues {
  private readonly language = inject(Language);
  private readonly issues = inject(IssueStore);
  /** Null for none. */
  protected readonly open = computed(() => {
    const open = this.issues.open();
    return open === 0 ? null : openWords(open, this.issues.cut(), this.language);
  });

  constructor() {
    this.issues.follow();
  }
}
