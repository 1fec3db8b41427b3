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

/** How long until a moment. Whole seconds, as wide at 0:09 as at 0:59: nothing beside it moves. */
@Component({
  selector: 'rs-countdown',
  template: `{{ left() > 0 ? before() + ' ' + text() : over() }}`,
  styles: `
    :host {
      display: inline-block;
      min-width: 10rem;
      text-align: right;
      color: var(--gold);
      font-variant-numeric: tabular-nums;
    }
  `,
  // It changes each second, which nobody wants read out.
  host: { 'aria-live': 'off' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Countdown {
  /** Milliseconds since the Unix epoch. */
  readonly until = input.required<number>();
  /** What stands before the time, and what stands there instead of both afterwards. */
  readonly before = input.required<string>();
  readonly over = input.required<string>();
  private readonly now = signal(Date.now());
  protected readonly left = computed(() => secondsUntil(this.until(), this.now()));
  protected readonly text = computed(() => spelled(this.left()));

  constructor() {
    let timer: ReturnType<typeof setTimeout> | undefined;
    // The next look is when the next second is over, so that none is skipped and none is shown twice.
    effect(() => {
      clearTimeout(timer);
      const rest = this.until() - this.now();
      if (rest > 0) timer = setTimeout(() => this.now.set(Date.now()), (rest % 1000) + 1);
    });
    // A later moment than the one that has passed: the clock was stopped meanwhile.
    effect(() => {
      this.until();
      this.now.set(Date.now());
    });
    inject(DestroyRef).onDestroy(() => clearTimeout(timer));
  }
}
