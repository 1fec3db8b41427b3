import { Injectable, effect, inject, signal, untracked } from '@angular/core';

import { TrafficStore } from './traffic-store';

/** Length of the history, in milliseconds. */
export const SPAN_MS = 60_000;

/** One reply about the virtual players. */
export interface Sample {
  /** By `performance.now()`. */
  readonly at: number;
  readonly p95: number;
}

/** P95 of the waiting times of virtual players during the last minute, as far as a page has watched them. */
@Injectable({ providedIn: 'root' })
export class P95History {
  private readonly _samples = signal<readonly Sample[]>([]);

  /** Oldest first. */
  readonly samples = this._samples.asReadonly();

  constructor() {
    const store = inject(TrafficStore);
    effect(() => {
      const traffic = store.traffic();
      const at = performance.now();
      const p95 = traffic?.running ? traffic.p95_ms : null;
      untracked(() =>
        this._samples.update((samples) => [
          // What was measured before the players stopped is no history of these players.
          ...(traffic?.running ? samples.filter((each) => each.at >= at - SPAN_MS) : []),
          ...(p95 === null ? [] : [{ at, p95 }]),
        ]),
      );
    });
  }
}

/** Points of a line in a box of 1 × 1 that ends now; the lowest value is 0, the highest is `most`. */
export function pointsOf(samples: readonly Sample[], now: number, most: number): string {
  return samples
    .map(({ at, p95 }) => `${placeOf(at, now).toFixed(4)},${(1 - p95 / most).toFixed(4)}`)
    .join(' ');
}

/** Place of a time, 0 to 1; negative before the beginning. */
export function placeOf(at: number, now: number): number {
  return 1 - (now - at) / SPAN_MS;
}
