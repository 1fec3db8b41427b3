import { Injectable, inject, signal } from '@angular/core';

import { Gateway } from '../core/gateway';
import { Session } from '../core/session';
import { Round } from '../core/wire';

const SHOWN = 20;

/** The last rounds of the player, newest first. */
@Injectable({ providedIn: 'root' })
export class RoundsStore {
  private readonly gateway = inject(Gateway);
  private readonly session = inject(Session);

  private readonly _rounds = signal<readonly Round[]>([]);
  private readonly _failed = signal(false);

  readonly rounds = this._rounds.asReadonly();
  /** The list shown is older than the last round, because the gateway did not give a newer one. */
  readonly failed = this._failed.asReadonly();

  /** A failure is shown beside the list; it never stops the machine. */
  async refresh(): Promise<void> {
    const asked = this.session.player()?.account_code;
    try {
      const reply = await this.session.authorised((token) => this.gateway.rounds(token, SHOWN));
      if (this.session.player()?.account_code !== asked) return;
      this._rounds.set(reply.rounds);
      this._failed.set(false);
    } catch {
      this._failed.set(true);
    }
  }
}
