import { Injectable, computed, inject } from '@angular/core';

import { Followed } from './followed';
import { Gateway } from './gateway';
import { Session } from './session';

/** Largest number of rounds in one reply of the gateway. */
const MOST = 50;
/** Intervals of polling a round that is not settled: 1, 2, 4, 8 s, and then every 15 s. */
const FIRST_LOOK_MS = 1_000;
const SLOWEST_LOOK_MS = 15_000;

/** The last rounds of the player, newest first. */
@Injectable({ providedIn: 'root' })
export class RoundsStore {
  private readonly gateway = inject(Gateway);
  private readonly session = inject(Session);

  private readonly followed = new Followed(() =>
    this.session.authorised((token) => this.gateway.rounds(token, MOST)),
  );
  private looks = 0;
  private nextLook: ReturnType<typeof setTimeout> | undefined;

  readonly rounds = computed(() => this.followed.value()?.rounds ?? []);
  readonly most = MOST;
  /** Whether there may be older rounds than the list contains. */
  readonly cut = computed(() => this.rounds().length >= MOST);
  /** The list shown is older than the last round, because the gateway did not give a newer one. */
  readonly failed = computed(() => this.followed.error() !== null);

  /** A failure is shown beside the list and does not stop the machine. */
  refresh(): Promise<void> {
    this.looks = 0;
    return this.load();
  }

  /** Clears the list for another player, who must not see the rounds of the previous one. */
  clear(): void {
    clearTimeout(this.nextLook);
    this.followed.restart();
  }

  private async load(): Promise<void> {
    clearTimeout(this.nextLook);
    await this.followed.load();
    if (this.rounds().some(({ status }) => status !== 'posted' && status !== 'voided'))
      this.lookAgain();
  }

  private lookAgain(): void {
    const pause = Math.min(FIRST_LOOK_MS * 2 ** this.looks, SLOWEST_LOOK_MS);
    this.looks += 1;
    clearTimeout(this.nextLook);
    this.nextLook = setTimeout(() => void this.load(), pause);
  }
}
