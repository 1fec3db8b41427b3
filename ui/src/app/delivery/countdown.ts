import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  computed,
  effect,
  inject,
  input,
  signal,
} from '@angular/core';

import { secondsUntil, spelled } from './seconds-until';

/**
 * The time until a moment. Its width is equal at 0:09 and 0:59, so that nothing beside it moves.
 */
@Component({
  selector: 'rs-countdown',
  template: `{{ left() > 0 ? before() + ' ' + text() : over() }}`,
  styles: `
    :host {
      display: inline-block;
      min-width: 10rem;
      text-align: right;
      color: var(--soft);
      font-variant-numeric: tabular-nums;
    }
  `,
  // It changes every second, which a screen reader must not announce.
  host: { 'aria-live': 'off' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Countdown {
  /** In milliseconds since the Unix epoch. */
  readonly until = input.required<number>();
  /** The text before the time, and the text in place of both once the moment has passed. */
  readonly before = input.required<string>();
  readonly over = input.required<string>();
  private readonly now = signal(Date.now());
  protected readonly left = computed(() => secondsUntil(this.until(), this.now()));
  protected readonly text = computed(() => spelled(this.left()));

  constructor() {
    let timer: ReturnType<typeof setTimeout> | undefined;
    // The next update is at the end of the next second, so that no second is skipped or shown
    // twice.
    effect(() => {
      clearTimeout(timer);
      const rest = this.until() - this.now();
      if (rest > 0) timer = setTimeout(() => this.now.set(Date.now()), (rest % 1000) + 1);
    });
    // A new moment after the previous one has passed: the timer had stopped.
    effect(() => {
      this.until();
      this.now.set(Date.now());
    });
    inject(DestroyRef).onDestroy(() => clearTimeout(timer));
  }
}
