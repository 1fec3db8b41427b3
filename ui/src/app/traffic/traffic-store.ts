import { Injectable, computed, inject, signal } from '@angular/core';

import { Followed } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';
import { SetTraffic } from '../core/api/schema';

const LOOK_MS = 1_000;

/** The virtual players: their settings and their state. */
@Injectable({ providedIn: 'root' })
export class TrafficStore {
  private readonly gateway = inject(Gateway);
  private readonly followed = new Followed(() => this.gateway.traffic(), { everyMs: LOOK_MS });
  private readonly _wish = signal<SetTraffic | null>(null);
  private readonly _error = signal<unknown>(null);
  private asking = false;

  /** The state with the settings that are requested and not confirmed yet. */
  readonly traffic = computed(() => {
    const [traffic, wish] = [this.followed.value(), this._wish()];
    return traffic && { ...traffic, ...wish };
  });
  /** The error of the last request. */
  readonly error = this._error.asReadonly();

  /** Requests the state every second from now on; the returned function ends it. */
  readonly watch = this.followed.watch;

  /**
   * Changes the settings. A slider may move faster than requests are answered, so only its last position is requested.
   */
  async wish(change: Partial<SetTraffic>): Promise<void> {
    const known = this.traffic();
    if (!known) return;
    const { running, players, budget_percent } = known;
    this._wish.set({ running, players, budget_percent, ...change });
    if (this.asking) return;
    this.asking = true;
    this._error.set(null);
    for (let wish = this._wish(); wish; wish = this.newerWish(wish)) {
      try {
        this.followed.take(await this.gateway.setTraffic(wish));
      } catch (error) {
        this._error.set(error);
      }
    }
    this._wish.set(null);
    this.asking = false;
  }

  /** The settings that were changed after the pending request was sent. */
  private newerWish(asked: SetTraffic): SetTraffic | null {
    const wish = this._wish();
    return wish === asked ? null : wish;
  }
}
