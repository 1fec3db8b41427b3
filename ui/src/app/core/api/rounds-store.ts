import { Injectable, inject, signal } from '@angular/core';

import { Gateway } from './gateway';
import { Session } from './session';
import { RoundSummary } from './schema';

const SHOWN = 20;
/** Intervals of polling a round that is not settled: 1, 2, 4, 8 s, and then every 15 s. */
const FIRST_LOOK_MS = 1_000;
const SLOWEST_LOOK_MS = 15_000;

/** The last rounds of the player, newest first. */
@Injectable({ providedIn: 'root' })
export class RoundsStore {
  private readonly gateway = inject(Gateway);
  private readonly session = inject(Session);

  private readonly _rounds = signal<readonly RoundSummary[]>([]);
  private readonly _failed = signal(false);
  /** Number of requests; a reply that a later one has overtaken is dropped. */
  private asked = 0;
  private looks = 0;
  private nextLook: ReturnType<typeof setTimeout> | undefined;

  readonly rounds = this._rounds.asReadonly();
  /** The list lacks the last round, because the gateway returned no newer one. */
  readonly failed = this._failed.asReadonly();

  /** A failure is shown beside the list and does not stop the machine. */
  refresh(): Promise<void> {
    this.looks = 0;
    return this.load();
  }

  /** Clears the list for another player, who must not see the rounds of the previous one. */
  clear(): void {
    this.asked += 1;
    clearTimeout(this.nextLook);
    this._rounds.set([]);
    this._failed.set(false);
  }

  private async load(): Promise<void> {
    clearTimeout(this.nextLook);
    this.asked += 1;
    const mine = this.asked;
    try {
      const reply = await this.session.authorised((token) => this.gateway.rounds(token, SHOWN));
      if (mine !== this.asked) return;
      this._rounds.set(reply.rounds);
      this._failed.set(false);
    } catch {
      if (mine !== this.asked) return;
      this._failed.set(true);
    }
    if (this._rounds().some(({ status }) => status !== 'posted' && status !== 'voided'))
      this.lookAgain();
  }

  private lookAgain(): void {
    const pause = Math.min(FIRST_LOOK_MS * 2 ** this.looks, SLOWEST_LOOK_MS);
    this.looks += 1;
    this.nextLook = setTimeout(() => void this.load(), pause);
  }
}
