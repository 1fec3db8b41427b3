import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';

import { keepInTab, keptInTab } from '../core/api/tab-memory';
import { Language } from '../core/i18n/language';
import { PartFailed, PartLoading } from '../core/ui/part-states';
import { ProblemsTab } from '../problems/problems-tab';

/** Name of what the tab keeps: whether the problems are open. */
const KEPT = 'problems-beside';

/** The problems at the edge of the traces, so that one is fixed with its trace in sight. */
@Component({
  selector: 'rs-problems-beside',
  imports: [PartFailed, PartLoading, ProblemsTab],
  template: `
    <button
      type="button"
      data-test="problems-beside"
      aria-controls="problems-beside"
      [attr.aria-expanded]="open()"
      (click)="toggle()"
    >
      <span>{{ say('panel.problems') }}</span>
    </button>
    <aside
      id="problems-beside"
      tabindex="0"
      [hidden]="!open()"
      [attr.aria-label]="say('panel.problems')"
    >
      @if (open()) {
        @defer (on immediate) {
          <rs-problems-tab />
        } @placeholder {
          <rs-part-loading />
        } @error {
          <rs-part-failed part="problems" />
        }
      }
    </aside>
  `,
  styles: `
    :host {
      display: flex;
      min-height: 0;
      border-left: var(--hair) solid var(--line);
      background: var(--list-veil);
    }
    button {
      /* In Chromium the upright text has no width while the page is laid out beside it. */
      flex: none;
      min-width: 2.05rem;
      padding: var(--space-10) var(--space-4);
      color: var(--dim);
      display: flex;
      font-weight: 550;
    }
    /* On the button itself WebKitGTK ignores it. */
    button span {
      writing-mode: vertical-rl;
    }
    button:hover,
    button[aria-expanded='true'] {
      color: var(--text);
    }
    button[aria-expanded='true'] {
      border-right: 0.15rem solid var(--gold);
    }
    aside {
      position: relative;
      width: 24.5rem;
      padding: var(--space-9) var(--space-11) var(--space-12);
      overflow-y: auto;
    }
    aside:focus-visible {
      outline-offset: -0.15rem;
    }
    /* A narrow window has no room for both, and the problems stand above the trace. */
    @media (max-width: 70rem) {
      aside {
        position: fixed;
        z-index: 3;
        inset: auto 2rem 2.5rem auto;
        max-height: calc(100% - 7rem);
        border: var(--hair) solid var(--line);
        background: var(--list);
      }
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ProblemsBeside {
  protected readonly say = inject(Language).say;
  protected readonly open = signal(keptInTab(KEPT) === true);

  protected toggle(): void {
    this.open.update((open) => !open);
    keepInTab(KEPT, this.open());
  }
}
