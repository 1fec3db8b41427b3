import { Injectable, inject, signal } from '@angular/core';

import { Gateway } from '../core/gateway';
import { ProblemFigures } from '../core/problems-wire';

/** Percentiles move slowly: nobody has to see every spin. */
const LOOK_MS = 2_000;

export type LoadState = 'loading' | 'ready' | 'failed';

/** What was measured before and after, looked at again while a page shows it. */
@Injectable({ providedIn: 'root' })
export class FiguresStore {
  private readonly gateway = inject(Gateway);
  private readonly _figures = signal<ProblemFigures | null>(null);
  private readonly _state = signal<LoadState>('loading');
  private watching = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly figures = this._figures.asReadonly();
  /** `failed` only before the first answer: what is shown stays. */
  readonly state = this._state.asReadonly();

  /** Looks from now on; the answer ends it. */
  watch(): () => void {
    this.watching = true;
    void this.look();
    return () => {
      this.watching = false;
      clearTimeout(this.timer);
    };
  }

  async load(): Promise<void> {
    try {
      this._figures.set(await this.gateway.figures());
      this._state.set('ready');
    } catch {
      if (this._state() !== 'ready') this._state.set('failed');
    }
  }

  private async look(): Promise<void> {
    clearTimeout(this.timer);
    if (!document.hidden) await this.load();
    if (this.watching) this.timer = setTimeout(() => void this.look(), LOOK_MS);
  }
}
