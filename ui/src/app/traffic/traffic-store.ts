import { Injectable, computed, inject, signal } from '@angular/core';

import { Followed } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';
import { SetTraffic } from '../core/api/schema';

const LOOK_MS = 1_000;

/** The virtual players: what they are told to do, and how it goes. */
@Injectable({ providedIn: 'root' })
export class TrafficStore {
  private readonly gateway = inject(Gateway);
  private readonly followed = new Followed(() => this.gateway.traffic(), { everyMs: LOOK_MS });
  private readonly _wish = signal<SetTraffic | null>(null);
  private readonly _error = signal<unknown>(null);
  private asking = false;

  /** With what is wished for and not answered yet. */
  readonly traffic = computed(() => {
    const [traffic, wish] = [this.followed.value(), this._wish()];
    return traffic && { ...traffic, ...wish };
  });
  /** Why the last wish was not granted. */
  readonly error = this._error.asReadonly();

  /** Looks each second from now on; the answer ends it. */
  watch(): () => void {
    return this.followed.watch();
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
        this.followed.take(await this.gateway.setTraffic(wish));
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
}
