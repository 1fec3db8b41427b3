import { DestroyRef, Injectable, effect, inject, untracked } from '@angular/core';

import { Page, Seen } from '../../core/api/schema';
import { Address } from '../../core/ui/address';
import { PresentationStore } from './presentation-store';
import { Questions } from './questions';
import { seenAt } from './seen';

/** Interval of looking which parts of a page are in sight, in milliseconds. */
const LOOK_MS = 1_000;
/** Parts of pages that count as pages of the script, which are the names of their spots. */
const PARTS = ['overhead', 'calculator'] as const satisfies readonly Page[];

/** Tells the server what a person looks at, for the present step, while a presentation is given. */
@Injectable({ providedIn: 'root' })
export class SeenReporter {
  private readonly store = inject(PresentationStore);
  /** What was told for the present step. */
  private told = new Set<string>();

  constructor() {
    const address = inject(Address);
    const questions = inject(Questions);
    let step = '';
    effect(() => {
      const path = address.path();
      const asked = questions.shown();
      const now = this.store.underWay() ? (this.store.standing()?.step.id ?? '') : '';
      untracked(() => {
        if (now !== step) this.told = new Set();
        step = now;
        if (now === '') return;
        for (const seen of seenAt(path)) this.tell(seen);
        if (asked !== null) this.tell({ page: 'questions' });
        if (asked) this.tell({ question: asked });
      });
    });
    const timer = setInterval(() => this.lookAtParts(), LOOK_MS);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
  }

  private lookAtParts(): void {
    if (!this.store.underWay() || document.hidden) return;
    for (const page of PARTS) {
      const box = document.querySelector(`[data-spot~="${page}"]`)?.getBoundingClientRect();
      if (box && box.height > 0 && box.top < innerHeight && box.bottom > 0) this.tell({ page });
    }
  }

  private tell(seen: Seen): void {
    const key = JSON.stringify(seen);
    if (this.told.has(key)) return;
    this.told.add(key);
    void this.store.note(seen);
  }
}
