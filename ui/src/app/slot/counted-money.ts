import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  ElementRef,
  effect,
  inject,
  input,
  untracked,
} from '@angular/core';

import { Language } from '../core/i18n/language';
import { reducedMotion } from '../core/ui/reduced-motion';
import { countUpAt, countUpMs } from './count-up';

/**
 * An amount that counts to its new value. The text is written to the element directly, so that sixty updates a second
 * do not cause change detection.
 */
@Component({
  selector: 'rs-counted-money',
  template: '',
  styles: `
    :host {
      font-variant-numeric: tabular-nums;
      white-space: nowrap;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class CountedMoney {
  readonly amount = input.required<number>();
  readonly currency = input.required<string>();
  /** The stake; the duration of counting depends on the change as a multiple of it. */
  readonly stake = input(1000);
  /** Start of the first counting; without it the first amount is shown at once. */
  readonly from = input<number | null>(null);

  private readonly formats = inject(Language).formats;
  private readonly element: HTMLElement = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private shown: number | null = null;
  private frame = 0;

  constructor() {
    effect(() => {
      const amount = this.amount();
      // Language and currency are read here too, so that a switch rewrites the amount.
      this.formats();
      this.currency();
      untracked(() => this.countTo(amount));
    });
    inject(DestroyRef).onDestroy(() => cancelAnimationFrame(this.frame));
  }

  private countTo(amount: number): void {
    cancelAnimationFrame(this.frame);
    const from = this.shown ?? this.from() ?? amount;
    if (from === amount || reducedMotion() || document.hidden) {
      this.write(amount);
      return;
    }
    const startedAt = performance.now();
    const duration = countUpMs(amount - from, this.stake());
    const step = (): void => {
      const elapsed = performance.now() - startedAt;
      this.write(countUpAt(from, amount, elapsed, duration));
      if (elapsed < duration) this.frame = requestAnimationFrame(step);
    };
    step();
  }

  private write(amount: number): void {
    this.shown = amount;
    this.element.textContent = this.formats().money(amount, this.currency());
  }
}
