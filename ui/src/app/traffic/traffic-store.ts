import { Injectable, computed, inject, signal } from '@angular/core';

import { Gateway } from '../core/api/gateway';
import { SetTraffic, Traffic } from '../core/api/schema';

const LOOK_MS = 1_000;

/** The virtual players: what they are told to do, and how it goes. */
@Injectable({ providedIn: 'root' })
export class TrafficStore {
  private readonly gateway = inject(Gateway);
  private readonly _traffic = signal<Traffic | null>(null);
  private readonly _wish = signal<SetTraffic | null>(null);
  private readonly _error = signal<unknown>(null);
  private watching = false;
  private asking = false;
  /** Answers to wishes: a look that was asked for before one of them is older than it. */
  private answers = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** With what is wished for and not answered yet. */
  readonly traffic = computed(() => {
    const [traffic, wish] = [this._traffic(), this._wish()];
    return traffic && { ...traffic, ...wish };
  });
  /** Why the last wish was not granted. */
  readonly error = this._error.asReadonly();

  /** Looks each second from now on; the answer ends it. */
  watch(): () => void {
    this.watching = true;
    void this.look();
    return () => {
      this.watching = false;
      clearTimeout(this.timer);
    };
  }

  /** Whoever drags a slider wishes faster than it is granted: the last wish counts. */
  async wish(change: Partial<SetTraffic>): Promise<void> {
    const known = this.traffic();
    if (!known) return;
    const { running, players, budget_percent } = known;
    this._wish.set({ running, players, budget_percent, ...change });
    if (this.asking) return;
    this.asking = true;
    this._error.set(null);
    for (let wish = this._wish(); wish; wish = this.stillWished(wish)) {
      try {
        const traffic = await this.gateway.setTraffic(wish);
        this.answers += 1;
        this._traffic.set(traffic);
      } catch (error) {
        this._error.set(error);
      }
    }
    this._wish.set(null);
    this.asking = false;
  }

  /** What is wished for instead of what was asked for, if anything. */
  private stillWished(asked: SetTraffic): SetTraffic | null {
    const wish = this._wish();
    return wish === asked ? null : wish;
  }

  private async look(): Promise<void> {
    clearTimeout(this.timer);
    const answers = this.answers;
    if (!document.hidden) {
      try {
        const traffic = await this.gateway.traffic();
        if (answers === this.answers) this._traffic.set(traffic);
      } catch {
        // What is shown stays; the next look may be answered.
      }
    }
    if (this.watching) this.timer = setTimeout(() => void this.look(), LOOK_MS);
  }
}
