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
 * An amount that counts to its new value. The text is written straight into the element, so that
 * sixty figures a second do not pass through change detection.
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
  /** What the change is measured by: a bigger multiple of it counts longer. */
  readonly stake = input(1000);
  /** Where the first counting starts; without it the first amount is simply shown. */
  readonly from = input<number | null>(null);

  private readonly formats = inject(Language).formats;
  private readonly element: HTMLElement = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private shown: number | null = null;
  private frame = 0;

  constructor() {
    effect(() => {
      const amount = this.amount();
      // The language and the currency are read here too: a switch rewrites the figure.
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
