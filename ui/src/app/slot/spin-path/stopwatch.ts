import { Injectable, effect, inject, signal, untracked } from '@angular/core';

import { Play } from '../play/play';

/** Interval of the shown tenths of a second, in milliseconds. */
const TICK_MS = 100;

/** The time since the press of SPIN, which stops when the spin is answered. */
@Injectable({ providedIn: 'root' })
export class Stopwatch {
  private readonly play = inject(Play);
  private readonly _elapsed = signal(0);
  /** In milliseconds. */
  readonly elapsed = this._elapsed.asReadonly();

  constructor() {
    effect((onCleanup) => {
      if (this.play.phase() !== 'spinning') return;
      const begunAt = this.play.last()?.begunAt ?? performance.now();
      const look = (): void => this._elapsed.set(performance.now() - begunAt);
      untracked(look);
      const timer = setInterval(look, TICK_MS);
      onCleanup(() => {
        clearInterval(timer);
        look();
      });
    });
  }
}
